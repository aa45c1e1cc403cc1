//! The history's pane: its filter, those of its rows that are on the screen, or what to do where there are none.

use ratatui::layout::Rect;
use ratatui::text::Span;

use crate::domain::Clean;
use crate::studio::{Action, Focus};

use super::sheet::{Sheet, below, skip};
use super::{field, panel, row, text};

/// Draws the pane, where the layout has one.
pub fn draw(sheet: &mut Sheet<'_>) {
    let (state, theme) = (sheet.state, sheet.theme);
    let area = sheet.layout.history;
    if area.is_empty() {
        return;
    }
    let history = &state.history;
    let title = match history.total {
        0 => "History".to_owned(),
        total => format!("History ({total})"),
    };
    // Not while there is something to see: it would flicker with each letter of the filter.
    let waiting = history.loading.is_some() && history.rows.is_empty();
    let note = Span::styled(if waiting { " loading " } else { "" }, theme.dim);
    panel::pane(
        sheet,
        area,
        &title,
        note.into(),
        state.focus == Focus::History,
    );

    if !sheet.layout.filter.is_empty() {
        let (line, live) = (skip(sheet.layout.filter, 1), history.filtering);
        let live = live && state.popup.is_none();
        field::draw(
            sheet,
            line,
            "/ ",
            &history.filter,
            "words of the prompt",
            live,
        );
    }
    if history.rows.is_empty() {
        empty(sheet);
        return;
    }
    let all = history.rows.len().max(history.total as usize);
    let rows = sheet.layout.rows();
    panel::scrollbar(sheet, area, history.offset, rows, all);
    // One more than fit: the last may be cut by the frame.
    let shown = history.rows.iter().skip(history.offset).take(rows + 1);
    for (place, shown) in shown.enumerate() {
        let area = sheet.layout.row(place);
        if !area.is_empty() {
            row::draw(sheet, area, shown);
        }
    }
}

/// What to do where there is nothing to see.
fn empty(sheet: &mut Sheet<'_>) {
    let (state, theme) = (sheet.state, sheet.theme);
    let history = &state.history;
    let area = skip(below(sheet.layout.list, 1), 2);
    let words = if let Some(failure) = &history.failed {
        let hint = failure.hint.as_ref().map_or("", Clean::as_str);
        format!("{}\n{hint}", failure.message)
    } else if history.loading.is_some() {
        String::new()
    } else if !history.filter.is_empty() {
        format!(
            "Nothing matches.\n{} drops the filter.",
            sheet.keys(Action::Back)
        )
    } else {
        let generate = sheet.keys(Action::Generate);
        format!("No pictures yet.\nWrite a prompt and press {generate}.")
    };
    let style = if history.failed.is_some() {
        theme.bad
    } else {
        theme.dim
    };
    let width = area.width.saturating_sub(1);
    text::put_wrapped(sheet.buf, Rect { width, ..area }, &words, style);
}
