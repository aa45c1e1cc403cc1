//! The line at the bottom: the question that waits for an answer, else the keys of what has the focus; what runs; and in full view
//! whether the picture is from the demo.

use ratatui::layout::Rect;

use crate::domain::Clean;
use crate::studio::{State, hints, keymap, words};

use super::sheet::{Sheet, skip};
use super::text;

/// Draws the footer.
pub fn draw(sheet: &mut Sheet<'_>) {
    let (state, theme) = (sheet.state, sheet.theme);
    let mut area = sheet.layout.footer;
    area.width = area.width.saturating_sub(1);

    if let Some(ask) = &state.ask {
        // It names the model, which may be any string.
        question(sheet, Clean::line(&words::ask(ask, state)).as_str());
        return;
    }

    if shows_demo(state) {
        let wide = text::put_right(sheet.buf, area, "demo", theme.demo);
        area.width = area.width.saturating_sub(wide + 2);
    }
    // What the frame says elsewhere.
    if let Some(preview) = words::preview(state).filter(|_| state.full_view) {
        let wide = text::put_right(sheet.buf, area, &preview, theme.dim);
        area.width = area.width.saturating_sub(wide + 2);
    }
    let work = words::work(&state.jobs, state.now.since_start);
    let wide = text::put_right(sheet.buf, area, &work, theme.running);
    area.width = area.width.saturating_sub(wide + 2);
    area = skip(area, 1);

    if !state.pending.is_empty() {
        let keys = format!("{} …", keymap::show_keys(&state.pending));
        sheet.put(area, &keys, theme.key);
        return;
    }
    for hint in hints(state) {
        // A hint that does not fit is left out whole; a shorter one behind it may still fit.
        if text::width(&hint.keys) + 1 + text::width(hint.word) > area.width {
            continue;
        }
        area = skip(area, sheet.put(area, &hint.keys, theme.key) + 1);
        area = skip(area, sheet.put(area, hint.word, theme.dim) + 2);
    }
}

/// Whether a picture of the demo is seen where no header and no caption say so.
fn shows_demo(state: &State) -> bool {
    let history = &state.history;
    state.full_view && history.shown().is_some() && history.selected().is_some_and(|g| g.demo)
}

/// A question is read to its end, where its keys stand: what does not fit one line goes above it, over the panes.
fn question(sheet: &mut Sheet<'_>, words: &str) {
    let (theme, footer) = (sheet.theme, sheet.layout.footer);
    let lines: Vec<&str> = text::wrap(words, footer.width.saturating_sub(2)).collect();
    let height = (lines.len() as u16).min(footer.bottom());
    let area = Rect {
        y: footer.bottom() - height,
        height,
        ..footer
    };
    sheet.clear(area, theme.base.patch(theme.selected));
    for (line, row) in lines.iter().zip(text::rows(area)) {
        let took = sheet.put(skip(row, 1), line, theme.selected);
        sheet.rest_cursor(row.x + 1 + took, row.y);
    }
}
