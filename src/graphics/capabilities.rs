//! What the terminal can show: the questions, and the verdict from its answers and the environment.
//!
//! The verdict is a function of the answers so far, so an answer that comes late only makes it better. Nothing waits
//! here: the terminal that says nothing gets half-blocks.

use crate::domain::{CellSize, Clean, ColorDepth, Glyphs, GraphicsKind};

use super::environment::{Environment, Window};
use super::reply::Reply;
use super::route::Route;

/// The `i` of the kitty query; no picture of ours has it.
const KITTY_QUERY_ID: u32 = 31;
/// DA1's number for sixel.
const DA1_SIXEL: u16 = 4;
/// The private mode of synchronized output.
const SYNCHRONIZED_OUTPUT: u16 = 2026;
/// Colour registers where the terminal does not tell: all that DEC's hardware and every emulator have at least is 16,
/// every emulator of today has 256.
const SIXEL_COLORS_ASSUMED: u16 = 256;
/// A cell larger than this is a mistake of the terminal, px.
const LARGEST_CELL: u16 = 256;

/// What the terminal can do, as far as it told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Capabilities {
    /// How pictures are sent.
    pub kind: GraphicsKind,
    /// Why that kind.
    pub why: String,
    /// One cell in px, told or assumed.
    pub cell: CellSize,
    /// Where the cell's size is from.
    pub cell_why: &'static str,
    /// The cell as the size of the window gives it, which may differ by a rounding.
    pub window_cell: Option<CellSize>,
    /// Text colours, and those of half-blocks.
    pub colors: ColorDepth,
    /// Why that many colours.
    pub colors_why: String,
    /// Colour registers of one sixel picture.
    pub sixel_colors: u16,
    /// Mode 2026 has an effect: a frame between its set and reset appears at once.
    pub synchronized_output: bool,
    /// The default background, red, green, blue; transparent pictures are laid over it.
    pub background: Option<(u8, u8, u8)>,
    /// tmux or screen stands between.
    pub multiplexed: bool,
    /// How pictures reach the terminal that draws.
    pub route: Route,
    /// kitty's Unicode placeholders: a picture stands in cells of text, which tmux moves and erases like any other.
    pub placeholders: bool,
    /// The finest block characters that the terminal's font is trusted with.
    pub glyphs: Glyphs,
    /// A network stands between (SSH).
    pub remote: bool,
    /// What the terminal calls itself.
    pub name: Option<Clean>,
}

/// The questions to ask, in one write. The last is DA1, which every terminal answers: when its answer is there, all
/// others are too, or will not come.
///
/// Not to be sent unless [`Environment::answers_queries`]. tmux takes a bare kitty query for the title of the pane, so
/// it does not get one.
pub fn queries(env: &Environment) -> Vec<u8> {
    let mut out = String::new();
    if !env.multiplexed() {
        // One black RGB pixel, to be checked and not kept.
        out.push_str("\x1b_Gi=31,s=1,v=1,a=q,t=d,f=24;AAAA\x1b\\");
    }
    out.push_str("\x1b[>q"); // XTVERSION
    out.push_str("\x1b[16t\x1b[14t"); // cell and text area in px
    out.push_str("\x1b]11;?\x1b\\"); // background
    out.push_str("\x1b[?2026$p"); // DECRQM: synchronized output
    out.push_str("\x1b[?1;1;0S"); // XTSMGRAPHICS: sixel colour registers
    out.push_str("\x1b[c"); // DA1, the fence
    out.into_bytes()
}

impl Capabilities {
    /// Judges the answers that came, in any order, and the environment.
    pub fn parse(replies: &[Reply], env: &Environment) -> Self {
        let name = replies.iter().rev().find_map(|reply| match reply {
            Reply::Version(name) => Some(name.clone()),
            _ => None,
        });
        let (kind, why) = kind(replies, env);
        let (cell, cell_why) = cell(replies, env.window);
        let (colors, colors_why) = colors(kind, name.as_ref(), env);
        Self {
            kind,
            why,
            cell,
            cell_why,
            window_cell: cell_of(env.window.width, env.window.height, env.window),
            colors,
            colors_why,
            sixel_colors: sixel_colors(replies),
            synchronized_output: replies.iter().any(|reply| {
                matches!(reply, Reply::Mode { number: SYNCHRONIZED_OUTPUT, state } if state.usable())
            }),
            background: replies.iter().rev().find_map(|reply| match *reply {
                Reply::Background { red, green, blue } => Some((red, green, blue)),
                _ => None,
            }),
            multiplexed: env.multiplexed(),
            route: Route::Direct,
            placeholders: false,
            glyphs: Glyphs::Halves,
            remote: env.ssh,
            name,
        }
    }

    /// The same terminal with another way to send pictures, because `by` (a flag, a variable, a setting) says so.
    pub fn forced(mut self, kind: GraphicsKind, by: &str) -> Self {
        self.kind = kind;
        self.why = format!("forced by {by}");
        self
    }

    /// Takes up a new size of the window. The cell changes with the window's own, that is with the font.
    pub fn resize(&mut self, window: Window) {
        let cell = cell_of(window.width, window.height, window);
        if cell == self.window_cell {
            return;
        }
        self.window_cell = cell;
        if let Some(cell) = cell {
            self.cell = cell;
            self.cell_why = FROM_WINDOW;
        }
    }

    /// What stands behind a transparent picture.
    pub(super) fn backdrop(&self) -> [u8; 3] {
        let (red, green, blue) = self.background.unwrap_or((0, 0, 0));
        [red, green, blue]
    }
}

fn kind(replies: &[Reply], env: &Environment) -> (GraphicsKind, String) {
    if matches!(env.term.as_str(), "" | "dumb") {
        let why = if env.term.is_empty() {
            "TERM is not set"
        } else {
            "TERM is dumb"
        };
        return (GraphicsKind::Off, why.to_owned());
    }
    // tmux 3.5 claims sixel in every terminal, also where the outer one has none.
    if env.multiplexed() {
        let why = "inside tmux or screen, which let no pictures through";
        return (GraphicsKind::Blocks, why.to_owned());
    }
    let kitty = replies.iter().rev().find_map(|reply| match reply {
        Reply::KittyGraphics {
            id: KITTY_QUERY_ID,
            ok,
            message,
        } => Some((*ok, message)),
        _ => None,
    });
    if let Some((true, _)) = kitty {
        let why = "the terminal answered OK to a kitty graphics query";
        return (GraphicsKind::Kitty, why.to_owned());
    }
    if let Some(why) = env.iterm2_by() {
        return (GraphicsKind::Iterm2, why);
    }
    let attributes = replies.iter().rev().find_map(|reply| match reply {
        Reply::PrimaryAttributes(numbers) => Some(numbers),
        _ => None,
    });
    let refused = kitty.map_or_else(String::new, |(_, message)| {
        format!(", kitty said {message}")
    });
    match attributes {
        Some(numbers) if numbers.contains(&DA1_SIXEL) => (
            GraphicsKind::Sixel,
            format!("the terminal lists sixel among its attributes{refused}"),
        ),
        Some(_) => (
            GraphicsKind::Blocks,
            format!("the terminal answered, but knows neither kitty graphics nor sixel{refused}"),
        ),
        None => (
            GraphicsKind::Blocks,
            format!("the terminal has not answered{refused}"),
        ),
    }
}

const FROM_WINDOW: &str = "the size of the window";

fn cell(replies: &[Reply], window: Window) -> (CellSize, &'static str) {
    let told = replies.iter().rev().find_map(|reply| match *reply {
        Reply::CellPixels { width, height } => plausible(width, height),
        _ => None,
    });
    if let Some(cell) = told {
        return (cell, "the terminal told it");
    }
    if let Some(cell) = cell_of(window.width, window.height, window) {
        return (cell, FROM_WINDOW);
    }
    let divided = replies.iter().rev().find_map(|reply| match *reply {
        Reply::TextAreaPixels { width, height } => cell_of(width, height, window),
        _ => None,
    });
    if let Some(cell) = divided {
        return (cell, "the size of the text area");
    }
    let iterm = replies.iter().rev().find_map(|reply| match *reply {
        Reply::ItermCell { width, height } => plausible(width, height),
        _ => None,
    });
    match iterm {
        Some(cell) => (cell, "iTerm2's cell report"),
        None => (CellSize::ASSUMED, "assumed"),
    }
}

/// The cell of a window of `width` x `height` px, rounded down: Konsole adds 2 px to the width.
fn cell_of(width: u16, height: u16, window: Window) -> Option<CellSize> {
    plausible(
        width.checked_div(window.columns)?,
        height.checked_div(window.rows)?,
    )
}

fn plausible(width: u16, height: u16) -> Option<CellSize> {
    let sane = 1..=LARGEST_CELL;
    (sane.contains(&width) && sane.contains(&height)).then_some(CellSize { width, height })
}

fn colors(kind: GraphicsKind, name: Option<&Clean>, env: &Environment) -> (ColorDepth, String) {
    if env.no_color {
        return (ColorDepth::None, "NO_COLOR is set".to_owned());
    }
    if kind == GraphicsKind::Off {
        return (ColorDepth::None, "the terminal is a dumb one".to_owned());
    }
    if matches!(env.colorterm.as_str(), "truecolor" | "24bit") {
        return (ColorDepth::True, format!("COLORTERM is {}", env.colorterm));
    }
    // xterm never sets COLORTERM, and nothing sets it across SSH. Inside tmux only COLORTERM tells of the outer one.
    if !env.multiplexed() {
        if let Some(name) = name.filter(|name| is_true_color(name.as_str())) {
            return (ColorDepth::True, format!("the terminal is {name}"));
        }
        if is_true_color(&env.term) {
            return (ColorDepth::True, format!("TERM is {}", env.term));
        }
        if matches!(kind, GraphicsKind::Kitty | GraphicsKind::Iterm2) {
            return (
                ColorDepth::True,
                format!("terminals with {kind} graphics have 24 bits"),
            );
        }
    }
    let depth = if env.term.contains("256color") || env.multiplexed() {
        ColorDepth::Ansi256
    } else {
        ColorDepth::Ansi16
    };
    (depth, format!("TERM is {}", env.term))
}

/// Whether a name of a terminal, by XTVERSION or TERM, is of one with 24-bit colours.
fn is_true_color(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    // As a TERM, `xterm` says nothing: every terminal claims it. XTVERSION's spelling is `XTerm(379)`.
    [
        "xterm(",
        "kitty",
        "foot",
        "konsole",
        "wezterm",
        "ghostty",
        "iterm",
        "mintty",
        "mlterm",
        "contour",
        "alacritty",
        "vte",
        "direct",
    ]
    .iter()
    .any(|known| name.contains(known))
}

fn sixel_colors(replies: &[Reply]) -> u16 {
    replies
        .iter()
        .rev()
        .find_map(|reply| match *reply {
            Reply::SixelColors(colors) => Some(colors.clamp(2, 256)),
            _ => None,
        })
        .unwrap_or(SIXEL_COLORS_ASSUMED)
}
