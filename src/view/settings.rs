//! The settings: the form's fields, what they lead to in px, and the price as far as it is known.

use ratatui::layout::Rect;
use ratatui::style::Style;
use ratatui::text::Line;

use crate::domain::Clean;
use crate::studio::{Field, Focus, Shape, inner};

use super::panel;
use super::sheet::{Sheet, below, skip};
use super::text;

/// The cells of the labels' column.
const LABEL: u16 = 8;

/// Draws the pane, or the line that stands for it.
pub fn draw(sheet: &mut Sheet<'_>) {
    let area = sheet.layout.settings;
    if area.is_empty() {
        return;
    }
    if sheet.layout.shape == Shape::Stacked {
        for field in Field::ALL {
            folded(sheet, field);
        }
        return;
    }
    let focused = sheet.state.focus == Focus::Settings;
    panel::pane(
        sheet,
        area,
        Focus::Settings.title(),
        Line::default(),
        focused,
    );
    for field in Field::ALL {
        unfolded(sheet, field);
    }
    let last = sheet.layout.field(Field::Count);
    consequences(sheet, below(inner(area), last.bottom() - inner(area).y));
}

/// One field in a line of its own: label, value, and its arrows when it has the keyboard.
fn unfolded(sheet: &mut Sheet<'_>, field: Field) {
    let (state, theme) = (sheet.state, sheet.theme);
    let area = sheet.layout.field(field);
    let selected = state.focus == Focus::Settings && state.field == field;
    if selected {
        sheet.buf.set_style(area, theme.selected);
        sheet.put(area, "▌", theme.accent);
    }
    let mut inside = skip(area, 2);
    inside.width = inside.width.saturating_sub(1);
    let on_row = |style| theme.on_row(style, selected);
    sheet.put(inside, field.label(), on_row(theme.dim));
    inside = skip(inside, LABEL);
    if field == Field::Ratio
        && let Some(size) = state.catalog.pixels(&state.form.model, state.form.ratio)
    {
        let took = text::put_right(sheet.buf, inside, &format!("{size} px"), on_row(theme.dim));
        inside.width = inside.width.saturating_sub(took + 1);
    }
    let value = Clean::line(&state.form.value(field));
    let style = value_style(sheet, field, selected);
    if selected {
        inside = skip(inside, sheet.put(inside, "‹ ", on_row(theme.accent)));
        let value = format!("{value} ");
        inside = skip(inside, sheet.put(inside, &value, style));
        sheet.put(inside, "›", on_row(theme.accent));
    } else {
        sheet.put(inside, value.as_str(), style);
    }
}

/// One field of four in one line.
fn folded(sheet: &mut Sheet<'_>, field: Field) {
    let (state, theme) = (sheet.state, sheet.theme);
    let area = sheet.layout.field(field);
    let value = Clean::line(&state.form.value(field));
    let mut inside = skip(area, 1);
    inside.width = inside.width.saturating_sub(1);
    let selected = state.focus == Focus::Settings && state.field == field;
    if selected {
        sheet.buf.set_style(area, theme.selected);
    }
    if text::width(field.label()) + 1 + text::width(value.as_str()) <= inside.width {
        inside = skip(
            inside,
            sheet.put(inside, field.label(), theme.on_row(theme.dim, selected)) + 1,
        );
    }
    sheet.put(inside, value.as_str(), value_style(sheet, field, selected));
}

/// The price, and what the catalog warns of, in few words: the notice said it whole.
fn consequences(sheet: &mut Sheet<'_>, area: Rect) {
    let (state, theme) = (sheet.state, sheet.theme);
    let (form, catalog) = (&state.form, &state.catalog);
    let mut inside = skip(area, 2);
    inside.width = inside.width.saturating_sub(1);
    let price = form.price(catalog).map(|price| Clean::line(&price));
    sheet.put(inside, "Price", theme.dim);
    match &price {
        Some(price) => sheet.put(skip(inside, LABEL), price.as_str(), theme.base),
        None => sheet.put(skip(inside, LABEL), "unknown", theme.dim),
    };
    let doubt = match catalog.model(&form.model) {
        None => "not in the catalog",
        Some(model) if !model.formats.contains(&form.format) => "format not listed for it",
        Some(_) => return,
    };
    text::put_wrapped(sheet.buf, below(inside, 1), doubt, theme.warn);
}

/// How a value looks: one that the catalog warns of stands out.
fn value_style(sheet: &Sheet<'_>, field: Field, selected: bool) -> Style {
    let (form, catalog, theme) = (&sheet.state.form, &sheet.state.catalog, sheet.theme);
    let known = catalog.model(&form.model);
    let doubtful = match field {
        Field::Model => known.is_none(),
        Field::Format => known.is_some_and(|model| !model.formats.contains(&form.format)),
        Field::Ratio | Field::Count => false,
    };
    if doubtful {
        theme.on_row(theme.warn, selected)
    } else {
        Style::new()
    }
}
