//! Frames: of panes, and of popups, which also clear what lies under them.

use ratatui::layout::Rect;
use ratatui::style::Style;
use ratatui::text::{Line, Span};
use ratatui::widgets::{Block, BorderType, Widget};

use super::sheet::Sheet;

/// Draws a pane's frame with its title, and a note at the right of it.
pub fn pane(sheet: &mut Sheet<'_>, area: Rect, title: &str, note: Line<'_>, focused: bool) {
    let theme = sheet.theme;
    let (border, style) = if focused {
        (theme.border_focused, theme.title_focused)
    } else {
        (theme.border, theme.title)
    };
    frame(border)
        .title_top(Line::from(Span::styled(format!(" {title} "), style)))
        .title_top(note.right_aligned())
        .render(area, sheet.buf);
}

/// Clears `area`, cuts the pictures under it and draws a popup's frame, with a note at the right of its foot.
pub fn popup(sheet: &mut Sheet<'_>, area: Rect, title: &str, foot: &str) {
    let theme = sheet.theme;
    sheet.clear(area, theme.popup);
    sheet.scene.cursor = None;
    let mut block = frame(theme.popup_border)
        .title_top(Line::from(Span::styled(format!(" {title} "), theme.accent)));
    if !foot.is_empty() {
        let foot = Span::styled(format!(" {foot} "), theme.dim);
        block = block.title_bottom(Line::from(foot).right_aligned());
    }
    block.render(area, sheet.buf);
}

/// Draws the popup of a text of `all` lines, with its place in the foot; gives the first line to be shown, which is
/// `scroll` unless the text ends before.
pub fn scrolled_popup(sheet: &mut Sheet<'_>, title: &str, scroll: usize, all: usize) -> usize {
    let shown = usize::from(sheet.layout.popup_list.height);
    let first = scroll.min(all.saturating_sub(shown));
    let foot = format!("{}-{} of {all}", first + 1, (first + shown).min(all));
    let area = sheet.layout.popup;
    popup(sheet, area, title, &foot);
    scrollbar(sheet, area, first, shown, all);
    first
}

/// Thickens that part of the frame's right side which `area` shows of `all` lines or rows, from `first` on; where all
/// are shown the frame stays as it is.
pub fn scrollbar(sheet: &mut Sheet<'_>, area: Rect, first: usize, shown: usize, all: usize) {
    let track = usize::from(area.height.saturating_sub(2));
    if shown >= all || track == 0 {
        return;
    }
    let length = (track * shown / all).max(1);
    let start = (track - length) * first.min(all - shown) / (all - shown);
    for y in start..start + length {
        let at = (area.right() - 1, area.y + 1 + y as u16);
        if let Some(cell) = sheet.buf.cell_mut(at) {
            cell.set_symbol("┃");
        }
    }
}

fn frame(border: Style) -> Block<'static> {
    Block::bordered()
        .border_type(BorderType::Rounded)
        .border_style(border)
}
