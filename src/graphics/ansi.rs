//! The few cursor and erasure sequences that pictures need.

use ratatui::layout::{Position, Rect};

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

/// Spaces on the default background over `area`. Spaces and not ECH or ED, since only printed characters take pixels
/// away in every terminal.
pub(super) fn blank(out: &mut Vec<u8>, area: Rect) {
    out.extend_from_slice(PLAIN);
    for y in area.top()..area.bottom() {
        go(out, Position::new(area.x, y));
        out.resize(out.len() + usize::from(area.width), b' ');
    }
}
