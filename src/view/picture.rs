//! The picture of the selected row, in its pane or over the whole screen, and the lines under it.
//!
//! It names a placement where a picture can be shown; everything else is a card of text.

use ratatui::layout::Rect;
use ratatui::text::{Line, Span};

use crate::domain::{Clean, Difference, Generation, GraphicsKind, Picture, remarks};
use crate::graphics::fit;
use crate::studio::{Focus, caption, offer, words};

use super::card;
use super::panel;
use super::sheet::{Sheet, below, skip};
use super::text::{self, excerpt};

/// Columns of the frame's upper side that are not the note's: corners, the title and some air.
const FRAME: usize = 14;

/// Draws the pane, where the layout has one.
pub fn draw(sheet: &mut Sheet<'_>) {
    let area = sheet.layout.picture;
    if area.is_empty() {
        return;
    }
    let focused = sheet.state.focus == Focus::Picture;
    let note = note(sheet, area.width);
    panel::pane(sheet, area, Focus::Picture.title(), note, focused);
    match shown(sheet) {
        Some((generation, picture)) => {
            place(sheet, picture);
            draw_caption(sheet, sheet.layout.caption, generation, picture);
        }
        // A card says what the caption would, so it has the caption's room too.
        None => in_words(sheet, sheet.layout.canvas.union(sheet.layout.caption)),
    }
}

/// Draws the picture over the whole screen but the footer.
pub fn full_view(sheet: &mut Sheet<'_>) {
    match shown(sheet) {
        Some((_, picture)) => place(sheet, picture),
        None => in_words(sheet, sheet.layout.canvas),
    }
}

/// The picture of the selected row, if it can be drawn.
fn shown<'a>(sheet: &Sheet<'a>) -> Option<(&'a Generation, &'a Picture)> {
    let history = &sheet.state.history;
    let (generation, picture) = (history.selected()?, history.shown()?);
    is_drawable(sheet, picture).then_some((generation, picture))
}

fn place(sheet: &mut Sheet<'_>, picture: &Picture) {
    if let Some(size) = picture.size {
        let area = fit(size, sheet.state.display.cell, sheet.layout.canvas);
        sheet.place(picture.id, area);
    }
}

/// What is known, where no picture can be drawn.
fn in_words(sheet: &mut Sheet<'_>, room: Rect) {
    let history = &sheet.state.history;
    match (history.selected(), history.shown()) {
        (None, _) => card::nothing(sheet, room),
        (Some(generation), None) => card::no_picture(sheet, room, generation),
        (Some(generation), Some(picture)) => card::picture(sheet, room, generation, picture),
    }
}

/// Whether the terminal shows pictures, and this one can be decoded.
pub fn is_drawable(sheet: &Sheet<'_>, picture: &Picture) -> bool {
    sheet.state.display.graphics != GraphicsKind::Off
        && picture.size.is_some()
        && !sheet.state.history.undrawable.contains_key(&picture.id)
}

/// `preview 38 kB of 6.1 MB  2 of 3  7c31d09e.2` for the frame; the first only where `width` has room for all.
fn note(sheet: &Sheet<'_>, width: u16) -> Line<'static> {
    let history = &sheet.state.history;
    let (Some(generation), Some(picture)) = (history.selected(), history.shown()) else {
        return Line::default();
    };
    let of = match generation.pictures.len() {
        0 | 1 => String::new(),
        many => format!(" {} of {many} ", picture.id.n),
    };
    let preview = words::preview(sheet.state)
        .map(|preview| format!(" {preview} "))
        .unwrap_or_default();
    let mut spans = vec![
        Span::styled(preview, sheet.theme.dim),
        Span::styled(of, sheet.theme.accent),
        Span::styled(format!(" {} ", picture.id.short()), sheet.theme.dim),
    ];
    let wide: usize = spans.iter().map(Span::width).sum();
    if wide + FRAME > usize::from(width) {
        spans.remove(0);
    }
    Line::from(spans)
}

/// Facts first, with the model that answered; then in one line where the picture is not what was asked and what else
/// the user should know; then the prompt, as far as there are lines.
fn draw_caption(sheet: &mut Sheet<'_>, area: Rect, generation: &Generation, picture: &Picture) {
    let theme = sheet.theme;
    let inside = Rect {
        x: area.x + 1,
        width: area.width.saturating_sub(2),
        ..area
    };
    let difference = Difference::in_record(generation, picture, &sheet.state.catalog);
    let as_asked = difference.line().is_none();
    let remarks = told(sheet, generation, picture);
    let alone = area.height < 2;
    let mut took = 0;
    // What differs names format and size too, so that a single line need not say them twice.
    if as_asked || !alone {
        took = sheet.put(inside, &caption(generation, picture, as_asked), theme.dim);
    }
    let asked = Clean::line(&generation.request.model);
    let model = generation.model_answered.as_ref().unwrap_or(&asked);
    // Another model is in the line of what differs, which needs the room where there is one line only.
    let whole = as_asked || (!alone && difference.model_notice().is_none());
    let model = Some(model).filter(|_| whole);
    let demo = generation.demo.then_some(("demo", theme.demo));
    // That it is no real picture matters more than which model is said to have made it.
    let model = model.map(|model| (model.as_str(), theme.dim));
    for (words, style) in demo.into_iter().chain(model) {
        let air = if took == 0 { 0 } else { 2 };
        if text::width(words) + air <= inside.width - took {
            took += air + sheet.put(skip(inside, took + air), words, style);
        }
    }
    let mut left = below(inside, 1);
    if !remarks.is_empty() {
        // With one line only, they follow the facts.
        let line = if alone { skip(inside, took + 2) } else { left };
        let rest = skip(line, sheet.put(line, &remarks, theme.warn) + 2);
        put_offer(sheet, rest);
        left = below(left, 1);
    }
    let prompt = excerpt(generation.request.prompt.typed(), left.width);
    sheet.put(left, prompt.as_str(), theme.base);
}

/// That the picture can be converted, whole or not at all: half a hint is none.
fn put_offer(sheet: &mut Sheet<'_>, area: Rect) {
    let Some((keys, what)) = offer(sheet.state) else {
        return;
    };
    if text::width(&keys) + 1 + text::width(&what) <= area.width {
        let rest = skip(area, sheet.put(area, &keys, sheet.theme.key) + 1);
        sheet.put(rest, &what, sheet.theme.dim);
    }
}

/// The line of what the user should know of this picture.
pub fn told(sheet: &Sheet<'_>, generation: &Generation, picture: &Picture) -> String {
    let remarks = remarks(generation, picture, &sheet.state.catalog);
    let remarks: Vec<&str> = remarks.iter().map(Clean::as_str).collect();
    remarks.join("; ")
}
