//! A list that is filtered as one types: the palette, the settings' values, earlier prompts, references.

use ratatui::layout::Rect;
use ratatui::style::Style;

use crate::studio::{Item, PickKind, Picker};

use super::sheet::{Sheet, skip};
use super::text::{self, cut, excerpt, rows};
use super::{field, panel};

/// Draws the open list.
pub fn draw(sheet: &mut Sheet<'_>, picker: &Picker) {
    let foot = match picker.shown().len() {
        0 => String::new(),
        many => format!("{} of {many}", picker.selected + 1),
    };
    panel::popup(sheet, sheet.layout.popup, picker.title(), &foot);
    let (places, all) = (sheet.layout.popup_list.height, picker.shown().len());
    panel::scrollbar(sheet, sheet.layout.popup, picker.offset, places.into(), all);
    let line = skip(sheet.layout.popup_field, 1);
    field::draw(
        sheet,
        line,
        "› ",
        &picker.field,
        placeholder(picker.kind),
        true,
    );

    let area = sheet.layout.popup_list;
    if picker.shown().is_empty() {
        sheet.put(skip(area, 3), "Nothing matches.", sheet.theme.dim);
    }
    let shown = picker.shown().iter().enumerate().skip(picker.offset);
    for ((at, item), row) in shown.zip(rows(area)) {
        draw_item(sheet, row, item, at == picker.selected);
    }
}

fn draw_item(sheet: &mut Sheet<'_>, row: Rect, item: &Item, selected: bool) {
    let theme = sheet.theme;
    if selected {
        sheet.buf.set_style(row, theme.selected);
        sheet.put(row, "▌", theme.accent);
    }
    let mut inside = skip(row, 3);
    inside.width = inside.width.saturating_sub(1);
    // The label comes first: the detail has what it leaves, and at least a third.
    let label = excerpt(&item.label, inside.width);
    let room = inside.width.saturating_sub(text::width(label.as_str()) + 2);
    let detail = excerpt(&item.detail, inside.width);
    let detail = cut(detail.as_str(), room.max(inside.width / 3));
    let dim = theme.on_row(theme.dim, selected);
    let took = text::put_right(sheet.buf, inside, &detail, dim);
    if took > 0 {
        inside.width = inside.width.saturating_sub(took + 2);
    }
    sheet.put(inside, label.as_str(), Style::new());
}

/// What may be typed.
const fn placeholder(kind: PickKind) -> &'static str {
    match kind {
        PickKind::Palette => "type to filter the commands",
        PickKind::Model => "type to filter, or any model's name",
        PickKind::Ratio | PickKind::Format | PickKind::Count => "type to filter",
        PickKind::Prompt => "type to filter earlier prompts",
        PickKind::Reference => "~/pictures/hero.png, https://.., last",
    }
}
