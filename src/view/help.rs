//! The help: all keys, context by context, from the table that dispatches them.

use ratatui::layout::Rect;
use ratatui::style::Style;

use crate::studio::{HELP_MARGIN, HelpLine, help_lines, key_column};

use super::panel;
use super::sheet::{Sheet, skip};
use super::text::rows;

/// Draws the help from its line `scroll` on.
pub fn draw(sheet: &mut Sheet<'_>, scroll: usize) {
    let area = sheet.layout.popup_list;
    let lines = help_lines(&sheet.state.keymap, area.width);
    let first = panel::scrolled_popup(sheet, "Keys", scroll, lines.len());

    let theme = sheet.theme;
    let (before, between) = HELP_MARGIN;
    let column = key_column(area.width);
    for (line, row) in lines.iter().skip(first).zip(rows(area)) {
        match line {
            HelpLine::Heading(title) => {
                sheet.put(skip(row, 1), title, theme.accent);
            }
            HelpLine::Keys(keys, what) => {
                let left = skip(row, before);
                let width = column.min(left.width);
                sheet.put(Rect { width, ..left }, keys, theme.key);
                sheet.put(skip(left, column + between), what, Style::new());
            }
        }
    }
}
