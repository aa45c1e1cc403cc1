//! A line that is typed into: the filter, and the lines of the lists.

use ratatui::layout::Rect;
use ratatui::style::Style;
use unicode_segmentation::UnicodeSegmentation;

use crate::studio::LineField;

use super::sheet::{Sheet, skip};
use super::text::{few_marks, width};

/// Draws `field` behind `mark`, scrolled so that the cursor is seen; the cursor rests in it if it is `live`.
pub fn draw(
    sheet: &mut Sheet<'_>,
    area: Rect,
    mark: &'static str,
    field: &LineField,
    placeholder: &str,
    live: bool,
) {
    let theme = sheet.theme;
    let area = skip(area, sheet.put(area, mark, theme.accent));
    if area.is_empty() {
        return;
    }
    // One cell is kept for the cursor behind the last character.
    let hidden = field.cursor_cell().saturating_sub(area.width - 1);
    let (text, dropped) = after(field.text(), hidden);
    if field.is_empty() {
        sheet.put(area, placeholder, theme.faint);
    } else {
        // The field takes no control and no bidi characters in, so what it holds is as safe as clean text.
        sheet.put(area, &few_marks(text), Style::new());
    }
    if live {
        let column = field.cursor_cell() - dropped;
        sheet.rest_cursor(area.x + column.min(area.width - 1), area.y);
    }
}

/// `text` without clusters that fill at least its first `cells` cells, and how many cells those had.
fn after(text: &str, cells: u16) -> (&str, u16) {
    let mut gone = 0;
    for (at, cluster) in text.grapheme_indices(true) {
        if gone >= cells {
            return (&text[at..], gone);
        }
        gone += width(cluster);
    }
    ("", gone)
}
