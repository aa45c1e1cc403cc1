//! The few cursor and erasure sequences that pictures need.

use ratatui::layout::{Position, Rect};
use ratatui::style::Color;

/// DECTCEM reset: the cursor does not flicker over a picture while it is painted.
pub(super) const HIDE_CURSOR: &[u8] = b"\x1b[?25l";
/// DECTCEM set.
pub(super) const SHOW_CURSOR: &[u8] = b"\x1b[?25h";
/// SGR 0. Every piece of output ends in it: text frames start from the default colours.
pub(super) const PLAIN: &[u8] = b"\x1b[m";

/// CUP: the cursor to a cell, counted from 0 here and from 1 on the wire.
pub(super) fn go(out: &mut Vec<u8>, at: Position) {
    out.extend_from_slice(format!("\x1b[{};{}H", at.y + 1, at.x + 1).as_bytes());
}

/// Spaces on `ground` over `area`. Spaces and not ECH or ED, since only printed characters take pixels away in every
/// terminal.
pub(super) fn blank(out: &mut Vec<u8>, area: Rect, ground: Color) {
    out.extend_from_slice(PLAIN);
    out.extend_from_slice(background(ground).as_bytes());
    for y in area.top()..area.bottom() {
        go(out, Position::new(area.x, y));
        out.resize(out.len() + usize::from(area.width), b' ');
    }
    out.extend_from_slice(PLAIN);
}

/// SGR for a background, as the text's own has it.
pub(super) fn background(color: Color) -> String {
    let named = |n: u8| format!("\x1b[48;5;{n}m");
    match color {
        Color::Reset => String::new(),
        Color::Rgb(r, g, b) => format!("\x1b[48;2;{r};{g};{b}m"),
        Color::Indexed(n) => named(n),
        Color::Black => named(0),
        Color::Red => named(1),
        Color::Green => named(2),
        Color::Yellow => named(3),
        Color::Blue => named(4),
        Color::Magenta => named(5),
        Color::Cyan => named(6),
        Color::Gray => named(7),
        Color::DarkGray => named(8),
        Color::LightRed => named(9),
        Color::LightGreen => named(10),
        Color::LightYellow => named(11),
        Color::LightBlue => named(12),
        Color::LightMagenta => named(13),
        Color::LightCyan => named(14),
        Color::White => named(15),
    }
}
