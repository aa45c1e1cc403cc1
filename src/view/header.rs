//! The line at the top: what the next request asks for, where pictures go, and whether they come from the demo.

use crate::domain::Clean;
use crate::studio::Endpoint;

use super::sheet::{Sheet, skip};
use super::text;

/// Narrower than this, the library's path says nothing any more.
const LEAST_PATH: u16 = 12;

/// The cells of the program's name, with its air.
const NAME: u16 = 11;

/// Draws the header.
pub fn draw(sheet: &mut Sheet<'_>) {
    let (state, theme) = (sheet.state, sheet.theme);
    let mut area = sheet.layout.header;
    let form = &state.form;
    let model = Clean::line(&form.model);
    let asked = [
        format!("{model}  {}  {}", form.ratio, form.format),
        format!("{model}  {}", form.ratio),
        model.to_string(),
    ];
    // In front of it the name, behind it the shortest note.
    let room = area.width.saturating_sub(NAME + 7);
    let asked = asked
        .iter()
        .find(|a| text::width(a) <= room)
        .unwrap_or(&asked[2]);
    let core = NAME + text::width(asked);

    // The note is the honest one: what is left of the room is the path's.
    let (notes, style) = match &state.endpoint {
        Endpoint::Demo => (
            [
                "demo endpoint - pictures are procedural",
                "demo endpoint",
                "demo",
            ]
            .map(Clean::line),
            theme.demo,
        ),
        Endpoint::Host(host) => ([host.clone(), host.clone(), Clean::default()], theme.dim),
    };
    let room = area.width.saturating_sub(core + 3);
    let note = notes.iter().find(|n| text::width(n.as_str()) <= room);
    let note = note.unwrap_or(&notes[2]).as_str();
    area.width = area.width.saturating_sub(1);
    let wide = text::put_right(sheet.buf, area, note, style);
    area.width = area.width.saturating_sub(wide + 2);

    area = skip(area, 1);
    area = skip(area, sheet.put(area, "plantain", theme.accent) + 2);
    area = skip(area, sheet.put(area, asked, theme.base) + 3);
    if area.width >= LEAST_PATH {
        let path = text::cut_start(state.library.as_str(), area.width);
        sheet.put(area, &path, theme.dim);
    }
}
