//! Notices over the panes, each as large as its words.

use ratatui::layout::Rect;
use ratatui::style::Style;

use crate::domain::Clean;
use crate::studio::{Level, Notice};

use super::sheet::{Sheet, skip};
use super::text::{rows, width, wrap};

/// A cause or a hint takes no more lines than this.
const MOST_LINES: usize = 3;
/// Between cause and hint in one line.
const BETWEEN: &str = " - ";
/// Air, the mark, air.
const MARGIN: u16 = 3;

/// Draws as many as fit, the newest lowest.
pub fn draw(sheet: &mut Sheet<'_>) {
    let area = sheet.layout.notices;
    let mut bottom = area.bottom();
    for notice in sheet.state.notices.list().iter().rev() {
        let lines = lines(sheet, notice);
        let height = lines.len() as u16;
        if height > bottom - area.y {
            return;
        }
        let top = bottom - height;
        draw_one(sheet, notice, &lines, top);
        bottom = top;
    }
}

/// Cause and hint in one line where they fit, else below each other.
fn lines<'n>(sheet: &Sheet<'_>, notice: &'n Notice) -> Vec<Vec<(&'n str, Style)>> {
    let room = sheet.layout.screen.width.saturating_sub(MARGIN + 1);
    let (cause, hint) = (notice.text.as_str(), notice.hint.as_ref());
    let style = mark(sheet, notice.level).1;
    let Some(hint) = hint.map(Clean::as_str) else {
        return wrap(cause, room)
            .take(MOST_LINES)
            .map(|line| vec![(line, style)])
            .collect();
    };
    let dim = sheet.theme.dim;
    if width(cause).saturating_add(width(hint)) + width(BETWEEN) <= room {
        return vec![vec![(cause, style), (BETWEEN, dim), (hint, dim)]];
    }
    let causes = wrap(cause, room)
        .take(MOST_LINES)
        .map(|line| vec![(line, style)]);
    let hints = wrap(hint, room)
        .take(MOST_LINES)
        .map(|line| vec![(line, dim)]);
    causes.chain(hints).collect()
}

fn draw_one(sheet: &mut Sheet<'_>, notice: &Notice, lines: &[Vec<(&str, Style)>], top: u16) {
    let screen = sheet.layout.screen;
    let widest = lines
        .iter()
        .map(|line| line.iter().map(|(words, _)| width(words)).sum::<u16>());
    let wide = (widest.max().unwrap_or(0) + MARGIN + 1).min(screen.width);
    let area = Rect::new(screen.right() - wide, top, wide, lines.len() as u16);
    sheet.clear(area, sheet.theme.popup);
    let (sign, style) = mark(sheet, notice.level);
    sheet.put(skip(area, 1), sign, style);
    for (line, row) in lines.iter().zip(rows(area)) {
        let mut left = skip(row, MARGIN);
        for (words, style) in line {
            left = skip(left, sheet.put(left, words, *style));
        }
    }
}

fn mark(sheet: &Sheet<'_>, level: Level) -> (&'static str, Style) {
    let theme = sheet.theme;
    match level {
        Level::Info => ("✓", theme.good),
        Level::Note => ("–", theme.dim),
        Level::Warning => ("!", theme.warn),
        Level::Error => ("✕", theme.bad),
    }
}
