//! The history: two lines a row with a small picture, only those rows that are on the screen.

use ratatui::layout::Rect;
use ratatui::style::{Modifier, Style};
use ratatui::text::{Line, Span};

use crate::domain::{Clean, Generation, GraphicsKind, State as Stand};
use crate::graphics::fit;
use crate::studio::{Action, Endpoint, Focus, Job, Row, words};

use super::sheet::{Sheet, below, skip};
use super::text::{self, excerpt, rows};
use super::{clock, field, panel, picture};

/// The columns of a row's small picture; narrower lists do without.
const THUMBNAIL: u16 = 6;
const LEAST_FOR_THUMBNAIL: u16 = 32;

/// Draws the pane, where the layout has one.
pub fn draw(sheet: &mut Sheet<'_>) {
    let (state, theme) = (sheet.state, sheet.theme);
    let area = sheet.layout.history;
    if area.is_empty() {
        return;
    }
    let history = &state.history;
    let title = match history.total {
        0 => "History".to_owned(),
        total => format!("History ({total})"),
    };
    let note = match history.loading {
        Some(_) => Line::from(Span::styled(" loading ", theme.dim)),
        None => Line::default(),
    };
    panel::pane(sheet, area, &title, note, state.focus == Focus::History);

    if !sheet.layout.filter.is_empty() {
        let (line, live) = (skip(sheet.layout.filter, 1), history.filtering);
        let live = live && state.popup.is_none();
        field::draw(
            sheet,
            line,
            "/ ",
            &history.filter,
            "words of the prompt",
            live,
        );
    }
    if history.rows.is_empty() {
        empty(sheet);
        return;
    }
    let all = history.rows.len().max(history.total as usize);
    let rows = sheet.layout.rows();
    panel::scrollbar(sheet, area, history.offset, rows, all);
    // One more than fit: the last may be cut by the frame.

    let shown = history.rows.iter().skip(history.offset).take(rows + 1);
    for (place, row) in shown.enumerate() {
        let area = sheet.layout.row(place);
        if !area.is_empty() {
            draw_row(sheet, area, row);
        }
    }
}

/// What to do where there is nothing to see.
fn empty(sheet: &mut Sheet<'_>) {
    let (state, theme) = (sheet.state, sheet.theme);
    let history = &state.history;
    let area = skip(below(sheet.layout.list, 1), 2);
    let words = if let Some(failure) = &history.failed {
        let hint = failure.hint.as_ref().map_or("", Clean::as_str);
        format!("{}\n{hint}", failure.message)
    } else if history.loading.is_some() {
        String::new()
    } else if !history.filter.is_empty() {
        format!(
            "Nothing matches.\n{} drops the filter.",
            sheet.keys(Action::Back)
        )
    } else {
        let generate = sheet.keys(Action::Generate);
        format!("No pictures yet.\nWrite a prompt and press {generate}.")
    };
    let style = if history.failed.is_some() {
        theme.bad
    } else {
        theme.dim
    };
    let width = area.width.saturating_sub(1);
    text::put_wrapped(sheet.buf, Rect { width, ..area }, &words, style);
}

fn draw_row(sheet: &mut Sheet<'_>, area: Rect, row: &Row) {
    let (state, theme) = (sheet.state, sheet.theme);
    let generation = &row.generation;
    let selected = state.history.selected == Some(generation.id);
    let focused = matches!(state.focus, Focus::History | Focus::Picture);
    if selected {
        let style = if focused {
            theme.selected
        } else {
            theme.selected_unfocused
        };
        sheet.buf.set_style(area, style);
        let mark = if focused { theme.accent } else { theme.dim };
        for line in rows(area) {
            sheet.put(line, "▌", mark);
        }
    }
    let job = state.jobs.get(generation.id);
    let mut inside = skip(area, 1);
    inside.width = inside.width.saturating_sub(1);
    if area.width >= LEAST_FOR_THUMBNAIL && state.display.graphics != GraphicsKind::Off {
        let width = THUMBNAIL;
        thumbnail(sheet, Rect { width, ..inside }, generation, job);
        inside = skip(inside, THUMBNAIL + 1);
    }
    let on_row = |style| {
        if selected && focused {
            theme.on_selected(style)
        } else {
            style
        }
    };
    let mut first = inside;
    if row.unseen {
        let took = text::put_right(sheet.buf, first, "new", on_row(theme.good));
        first.width = first.width.saturating_sub(took + 1);
    }
    let prompt = excerpt(generation.request.prompt.typed(), first.width);
    let weight = if selected {
        Modifier::BOLD
    } else {
        Modifier::empty()
    };
    sheet.put(first, prompt.as_str(), Style::new().add_modifier(weight));
    let second = below(inside, 1);
    if !second.is_empty() {
        let stand_style = on_row(style_of(sheet, generation, job));
        second_line(
            sheet,
            second,
            generation,
            job,
            (stand_style, on_row(theme.dim)),
        );
    }
}

/// `2K 16:9 png  3 pictures  14:02`, behind the state of what is not done; `styles` are of the state and of the rest.
fn second_line(
    sheet: &mut Sheet<'_>,
    mut area: Rect,
    generation: &Generation,
    job: Option<&Job>,
    styles: (Style, Style),
) {
    let state = sheet.state;
    let done = job.is_none() && generation.state == Stand::Saved;
    let stand = if done {
        String::new()
    } else {
        words::stand(generation, job, state.now.since_start)
    };
    // What goes on matters more than when it began.
    let time = clock::time_of_day(generation.created_ms, state.now.wall, &state.zone);
    if text::width(&stand) + 1 + text::width(&time) <= area.width {
        let took = text::put_right(sheet.buf, area, &time, styles.1);
        area.width = area.width.saturating_sub(took + 1);
    }
    if !done {
        area = skip(area, sheet.put(area, &stand, styles.0) + 2);
    }
    let request = &generation.request;
    let tier = state.catalog.tier(&request.model);
    let tier = tier.map(|tier| format!("{tier} ")).unwrap_or_default();
    let mut facts = vec![format!("{tier}{} {}", request.ratio, request.format)];
    if request.parent.is_some() {
        facts.push("edit".to_owned());
    }
    if generation.demo && state.endpoint != Endpoint::Demo {
        facts.push("demo".to_owned());
    }
    if generation.pictures.len() > 1 {
        facts.push(format!("{} pictures", generation.pictures.len()));
    }
    // Whole facts or none: half a one reads like another.
    for fact in facts {
        if text::width(&fact) <= area.width {
            area = skip(area, sheet.put(area, &fact, styles.1) + 2);
        }
    }
}

/// The small picture, or a sign of why there is none.
fn thumbnail(sheet: &mut Sheet<'_>, area: Rect, generation: &Generation, job: Option<&Job>) {
    let shown = generation
        .selected()
        .filter(|p| picture::is_drawable(sheet, p));
    if let Some((picture, size)) = shown.and_then(|p| Some((p, p.size?))) {
        let fitted = fit(size, sheet.state.display.cell, area);
        sheet.place(picture.id, fitted);
        return;
    }
    let style = style_of(sheet, generation, job);
    sheet.buf.set_style(area, sheet.theme.selected_unfocused);
    sheet.put_centred(area, sign(generation, job), style);
}

fn sign(generation: &Generation, job: Option<&Job>) -> &'static str {
    match generation.state {
        _ if job.is_some() => "···",
        Stand::Saved => "▣",
        Stand::Refused | Stand::Failed => "✕",
        Stand::Cancelled => "–",
        Stand::Unknown => "?",
        Stand::Prepared | Stand::Sent | Stand::Answered => "···",
    }
}

fn style_of(sheet: &Sheet<'_>, generation: &Generation, job: Option<&Job>) -> Style {
    let theme = sheet.theme;
    match generation.state {
        _ if job.is_some() => theme.running,
        Stand::Saved => theme.good,
        Stand::Refused | Stand::Failed => theme.bad,
        Stand::Cancelled | Stand::Unknown => theme.warn,
        Stand::Prepared | Stand::Sent | Stand::Answered => theme.running,
    }
}
