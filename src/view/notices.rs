//! Notices above the footer, over the panes, each as wide as its words.

use ratatui::layout::Rect;
use ratatui::widgets::{Clear, Widget};

use crate::studio::{Level, Notice};

use super::sheet::{Sheet, skip};
use super::text::{self, rows};

/// Draws all that are shown; the newest stands lowest.
pub fn draw(sheet: &mut Sheet<'_>) {
    let area = sheet.layout.notices;
    let list = sheet.state.notices.list();
    let hidden = list.len().saturating_sub(usize::from(area.height));
    for (notice, row) in list[hidden..].iter().zip(rows(area)) {
        draw_one(sheet, notice, row);
    }
}

fn draw_one(sheet: &mut Sheet<'_>, notice: &Notice, row: Rect) {
    let theme = sheet.theme;
    let (mark, style) = match notice.level {
        Level::Info => ("✓", theme.good),
        Level::Warning => ("!", theme.warn),
        Level::Error => ("✕", theme.bad),
    };
    let hint = notice.hint.as_ref().map_or("", |hint| hint.as_str());
    let gap = if hint.is_empty() { 0 } else { 2 };
    // Air, mark, air, words, air.
    let words = text::width(notice.text.as_str()).saturating_add(text::width(hint));
    let width = words.saturating_add(4 + gap).min(row.width);
    let area = Rect {
        x: row.right() - width,
        width,
        ..row
    };
    sheet.scene.cover(area);
    Clear.render(area, sheet.buf);
    sheet.buf.set_style(area, theme.popup);
    let mut inside = skip(area, 1);
    inside.width = inside.width.saturating_sub(1);
    inside = skip(inside, sheet.put(inside, mark, style) + 1);
    inside = skip(inside, sheet.put(inside, notice.text.as_str(), style) + gap);
    sheet.put(inside, hint, theme.dim);
}
