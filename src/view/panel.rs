//! Frames: of panes, and of popups, which also clear what lies under them.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;
use ratatui::text::{Line, Span};
use ratatui::widgets::{Block, BorderType, Clear, Padding, Widget};

use super::{Scene, Theme};

/// Draws a pane's frame with its title, and a note at the right of it; gives the room inside.
pub fn pane(
    buf: &mut Buffer,
    theme: &Theme,
    area: Rect,
    title: &str,
    note: Line<'_>,
    focused: bool,
) -> Rect {
    let (border, title_style) = if focused {
        (theme.border_focused, theme.title_focused)
    } else {
        (theme.border, theme.title)
    };
    let block = frame(border)
        .title_top(Line::from(Span::styled(format!(" {title} "), title_style)))
        .title_top(note.right_aligned());
    let inner = block.inner(area);
    block.render(area, buf);
    inner
}

/// Clears `area`, cuts the pictures under it and draws a popup's frame; gives the room inside.
pub fn popup(
    scene: &mut Scene,
    buf: &mut Buffer,
    theme: &Theme,
    area: Rect,
    title: &str,
    foot: Line<'_>,
) -> Rect {
    let area = area.intersection(buf.area);
    scene.cover(area);
    Clear.render(area, buf);
    buf.set_style(area, theme.popup);
    let block = frame(theme.popup_border)
        .padding(Padding::horizontal(1))
        .title_top(Line::from(Span::styled(format!(" {title} "), theme.accent)))
        .title_bottom(foot.right_aligned());
    let inner = block.inner(area);
    block.render(area, buf);
    inner
}

fn frame(border: Style) -> Block<'static> {
    Block::bordered()
        .border_type(BorderType::Rounded)
        .border_style(border)
}
