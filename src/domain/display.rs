//! What the core knows of the terminal; `runtime` makes it from the probe's capabilities.

use std::fmt;
use std::str::FromStr;

/// How pictures reach the terminal.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum GraphicsKind {
    /// The kitty graphics protocol.
    Kitty,
    /// DEC sixel.
    Sixel,
    /// iTerm2's inline images (OSC 1337).
    Iterm2,
    /// Half-block characters in two colours a cell: the fallback everywhere.
    #[default]
    Blocks,
    /// No pictures: text cards.
    Off,
}

impl GraphicsKind {
    /// As flags and settings spell it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Kitty => "kitty",
            Self::Sixel => "sixel",
            Self::Iterm2 => "iterm2",
            Self::Blocks => "blocks",
            Self::Off => "off",
        }
    }
}

impl fmt::Display for GraphicsKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

/// What is wrong with a text that should name a kind of graphics.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("graphics is one of auto, kitty, sixel, iterm2, blocks, off")]
pub struct NotGraphics;

impl FromStr for GraphicsKind {
    type Err = NotGraphics;

    fn from_str(text: &str) -> Result<Self, NotGraphics> {
        [
            Self::Kitty,
            Self::Sixel,
            Self::Iterm2,
            Self::Blocks,
            Self::Off,
        ]
        .into_iter()
        .find(|kind| kind.as_str() == text)
        .ok_or(NotGraphics)
    }
}

/// Block characters for pictures, coarsest first: how many pixels one cell has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub enum Glyphs {
    /// 1 x 2: U+2580 and U+2584, in every font.
    #[default]
    Halves,
    /// 2 x 2: U+2596 to U+259F.
    Quadrants,
    /// 2 x 3: U+1FB00 to U+1FB3B (Unicode 13).
    Sextants,
    /// 2 x 4: U+1CD00 to U+1CDE5 (Unicode 16).
    Octants,
}

impl Glyphs {
    /// As settings spell it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Halves => "halves",
            Self::Quadrants => "quadrants",
            Self::Sextants => "sextants",
            Self::Octants => "octants",
        }
    }

    /// px of one cell: width and height.
    pub const fn pixels(self) -> (u32, u32) {
        match self {
            Self::Halves => (1, 2),
            Self::Quadrants => (2, 2),
            Self::Sextants => (2, 3),
            Self::Octants => (2, 4),
        }
    }
}

impl fmt::Display for Glyphs {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

/// What is wrong with a text that should name block characters.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("blocks is one of auto, halves, quadrants, sextants, octants")]
pub struct NotGlyphs;

impl FromStr for Glyphs {
    type Err = NotGlyphs;

    fn from_str(text: &str) -> Result<Self, NotGlyphs> {
        [Self::Halves, Self::Quadrants, Self::Sextants, Self::Octants]
            .into_iter()
            .find(|glyphs| glyphs.as_str() == text)
            .ok_or(NotGlyphs)
    }
}

/// How many colours text cells have.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ColorDepth {
    /// None: `NO_COLOR`, or a dumb terminal.
    None,
    /// The 16 named ones.
    Ansi16,
    /// The 256-colour cube.
    Ansi256,
    /// 24 bits.
    True,
}

/// The size of one cell in px.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct CellSize {
    /// px
    pub width: u16,
    /// px
    pub height: u16,
}

impl CellSize {
    /// Assumed where the terminal does not tell: two to one, as most fonts are.
    pub const ASSUMED: Self = Self {
        width: 10,
        height: 20,
    };
}

/// The terminal as the core sees it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Display {
    /// How pictures are shown.
    pub graphics: GraphicsKind,
    /// Cell size in px, told or assumed.
    pub cell: CellSize,
    /// Text colours.
    pub colors: ColorDepth,
    /// Whether the line to it is a network (SSH).
    pub remote: bool,
}

impl Default for Display {
    fn default() -> Self {
        Self {
            graphics: GraphicsKind::Blocks,
            cell: CellSize::ASSUMED,
            colors: ColorDepth::True,
            remote: false,
        }
    }
}
