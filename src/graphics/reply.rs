//! What a terminal may answer, as values. `terminal` recognises the sequences; here they only have meaning.

use crate::domain::Clean;

/// One answer of the terminal, complete and checked for its shape.
///
/// An answer is never typed text: what arrives late, unasked or twice is a `Reply` too, and is then ignored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reply {
    /// `APC G i=ID[,p=PLACEMENT] ; OK ST`, or an error text in place of `OK`.
    KittyGraphics {
        /// The `i` that the command carried; 0 when the answer names none.
        id: u32,
        /// The `p` that the command carried.
        placement: Option<u32>,
        /// The text is exactly `OK`.
        ok: bool,
        /// `OK`, or `CODE:text`, e.g. `EBADF:…`.
        message: Clean,
    },
    /// `CSI ? n ; n … c` (DA1): the numbers, in order. The last query is DA1, so this ends the exchange.
    PrimaryAttributes(Vec<u16>),
    /// `CSI > n ; n … c` (DA2): that all that came before has been read; what it says of the terminal is not used.
    SecondaryAttributes,
    /// `DCS > | text ST` (XTVERSION).
    Version(Clean),
    /// `CSI 6 ; height ; width t`: one cell in px.
    CellPixels {
        /// px
        width: u16,
        /// px
        height: u16,
    },
    /// `CSI 4 ; height ; width t`: the text area in px.
    TextAreaPixels {
        /// px
        width: u16,
        /// px
        height: u16,
    },
    /// `OSC 1337 ; ReportCellSize=height;width[;scale] ST`: one cell, points times scale, rounded to px.
    ItermCell {
        /// px
        width: u16,
        /// px
        height: u16,
    },
    /// `OSC 11 ; rgb:…  ST`: the default background, each part brought to 8 bits.
    Background {
        /// 0-255
        red: u8,
        /// 0-255
        green: u8,
        /// 0-255
        blue: u8,
    },
    /// `CSI ? number ; state $ y` (DECRPM).
    Mode {
        /// The private mode, e.g. 2026.
        number: u16,
        /// What the terminal says of it.
        state: ModeState,
    },
    /// `CSI ? 1 ; 0 ; n S` (XTSMGRAPHICS): how many colours a sixel picture may have.
    SixelColors(u16),
    /// `CSI row ; column R` (CPR): where the cursor is, from 1.
    CursorPosition {
        /// From 1.
        column: u16,
        /// From 1.
        row: u16,
    },
    /// `CSI 0 n` (DSR): all that came before has been read.
    Status,
    /// `CSI ? flags u`: the kitty keyboard protocol is there.
    KeyboardFlags(u8),
    /// An answer of a known shape with a content that nobody here asks for.
    Other,
}

/// What DECRPM says of a mode (its second number).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ModeState {
    /// 0: the terminal does not know the mode.
    Unknown,
    /// 1
    Set,
    /// 2
    Reset,
    /// 3
    AlwaysSet,
    /// 4
    AlwaysReset,
}

impl ModeState {
    /// From DECRPM's number; anything above 4 is `Unknown`.
    pub const fn from_number(number: u16) -> Self {
        match number {
            1 => Self::Set,
            2 => Self::Reset,
            3 => Self::AlwaysSet,
            4 => Self::AlwaysReset,
            _ => Self::Unknown,
        }
    }

    /// Whether setting the mode would have an effect: it can be switched, or it is always on.
    pub const fn usable(self) -> bool {
        matches!(self, Self::Set | Self::Reset | Self::AlwaysSet)
    }
}
