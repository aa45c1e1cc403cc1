//! The help: all keys, context by context, from the table that dispatches them.

use ratatui::layout::Rect;
use ratatui::style::Style;

use crate::studio::{HelpLine, help_lines};

use super::panel;
use super::sheet::{Sheet, skip};
use super::text::{rows, width};

/// Draws the help from its line `scroll` on.
pub fn draw(sheet: &mut Sheet<'_>, scroll: usize) {
    let lines = help_lines(&sheet.state.keymap);
    let area = sheet.layout.popup_list;
    let first = panel::scrolled_popup(sheet, "Keys", scroll, lines.len());

    let theme = sheet.theme;
    let keys = lines.iter().map(|line| match line {
        HelpLine::Heading(_) => 0,
        HelpLine::Keys(keys, _) => width(keys),
    });
    let column = keys.max().unwrap_or(0).min(area.width * 2 / 5);
    for (line, row) in lines.iter().skip(first).zip(rows(area)) {
        match line {
            HelpLine::Heading(title) => {
                sheet.put(skip(row, 1), title, theme.accent);
            }
            HelpLine::Keys(keys, what) => {
                let left = skip(row, 3);
                let column = Rect {
                    width: column.min(left.width),
                    ..left
                };
                sheet.put(column, keys, theme.key);
                sheet.put(skip(left, column.width + 2), what, Style::new());
            }
        }
    }
}
