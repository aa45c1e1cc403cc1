//! Drawing: `(&State, &Theme, Rect, &mut Buffer)` to cells and a [`Scene`]. It decides nothing and changes nothing.
//!
//! Rectangles come from the studio's `Layout`, words from its tables, colours from the [`Theme`]'s roles.

mod card;
mod clock;
mod color;
mod details;
mod field;
mod footer;
mod header;
mod help;
mod history;
mod notices;
mod panel;
mod picker;
mod picture;
mod prompt;
mod row;
mod scene;
mod settings;
mod sheet;
mod text;
mod theme;

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use crate::studio::{Popup, Shape, State};

pub use scene::Scene;
pub use theme::Theme;

use sheet::Sheet;

/// Draws the whole studio into `area` of an empty `buf`; `area` is of the state's size.
pub fn draw(state: &State, theme: &Theme, area: Rect, buf: &mut Buffer) -> Scene {
    buf.set_style(area, theme.base);
    let mut sheet = Sheet {
        state,
        theme,
        layout: state.layout(),
        buf,
        scene: Scene::default(),
    };
    match sheet.layout.shape {
        Shape::TooSmall => too_small(&mut sheet, area),
        _ => studio(&mut sheet),
    }
    sheet.scene
}

fn studio(sheet: &mut Sheet<'_>) {
    if sheet.state.full_view {
        picture::full_view(sheet);
    } else {
        header::draw(sheet);
        picture::draw(sheet);
        history::draw(sheet);
        prompt::draw(sheet);
        settings::draw(sheet);
    }
    match &sheet.state.popup {
        Some(Popup::Help { scroll }) => help::draw(sheet, *scroll),
        Some(Popup::Details { scroll }) => details::draw(sheet, *scroll),
        Some(Popup::Pick(picker)) => picker::draw(sheet, picker),
        None => {}
    }
    notices::draw(sheet);
    footer::draw(sheet);
}

/// One line where there is no room for a pane.
fn too_small(sheet: &mut Sheet<'_>, area: Rect) {
    const WORDS: [&str; 3] = [
        "This window is too small for plantain: make it larger",
        "plantain needs a larger window",
        "too small",
    ];
    let fits = WORDS.iter().find(|w| text::width(w) <= area.width);
    let words = fits.unwrap_or(&WORDS[2]);
    text::put(sheet.buf, area, words, sheet.theme.warn);
}
