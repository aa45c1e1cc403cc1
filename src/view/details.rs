//! The details: all that is known of the selected generation, as labelled paragraphs.

use ratatui::style::Style;

use crate::studio::{LABEL_WIDTH, detail_lines};

use super::panel;
use super::sheet::{Sheet, skip};
use super::text::rows;

/// Draws the details from line `scroll` on.
pub fn draw(sheet: &mut Sheet<'_>, scroll: usize) {
    let Some(generation) = sheet.state.history.selected() else {
        return;
    };
    let area = sheet.layout.popup_list;
    let job = sheet.state.jobs.get(generation.id);
    let lines = detail_lines(generation, job, area.width);
    let title = format!("Details of {}", generation.id.short());
    let first = panel::scrolled_popup(sheet, &title, scroll, lines.len());

    let theme = sheet.theme;
    for (line, row) in lines.iter().skip(first).zip(rows(area)) {
        sheet.put(skip(row, 1), line.label, theme.dim);
        // The last of the cells beside the text is its right margin; a space at a line's end may hang over.
        let text = skip(row, LABEL_WIDTH - 1);
        sheet.put(text, line.text.trim_end(), Style::new());
    }
}
