//! The details: all that is known of the selected generation, as labelled paragraphs.

use ratatui::style::Style;

use crate::studio::details;

use super::panel;
use super::sheet::{Sheet, skip};
use super::text::{rows, wrap};

/// The cells of the labels' column.
const LABEL: u16 = 13;

/// Draws the details from line `scroll` on.
pub fn draw(sheet: &mut Sheet<'_>, scroll: usize) {
    let Some(generation) = sheet.state.history.selected() else {
        return;
    };
    let area = sheet.layout.popup_list;
    let text = skip(area, LABEL + 1);
    let width = text.width.saturating_sub(1);
    let all = details(generation);
    let lines: Vec<(&str, &str)> = all
        .iter()
        .flat_map(|detail| {
            let labels = std::iter::once(detail.label).chain(std::iter::repeat(""));
            labels.zip(wrap(detail.text.as_str(), width))
        })
        .collect();
    let title = format!("Details of {}", generation.id.short());
    let first = panel::scrolled_popup(sheet, &title, scroll, lines.len());

    let theme = sheet.theme;
    for ((label, line), row) in lines.into_iter().skip(first).zip(rows(area)) {
        sheet.put(skip(row, 1), label, theme.dim);
        sheet.put(skip(row, LABEL + 1), line, Style::new());
    }
}
