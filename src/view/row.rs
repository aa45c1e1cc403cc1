//! One row of the history: a small picture, the prompt, and in a second line where it stands or what came.

use ratatui::layout::Rect;
use ratatui::style::{Modifier, Style};

use crate::domain::{Generation, GraphicsKind, State as Stand, StatusJson};
use crate::graphics::fit;
use crate::studio::{Endpoint, Focus, Job, Row, words};

use super::sheet::{Sheet, below, skip};
use super::text::{self, excerpt, rows};
use super::{Theme, clock, picture};

/// The columns of the small picture.
const THUMBNAIL: u16 = 6;
/// Narrower rows do without it.
const LEAST_FOR_THUMBNAIL: u16 = 32;

/// Draws one row of the history into its two lines.
pub fn draw(sheet: &mut Sheet<'_>, area: Rect, row: &Row) {
    let (state, theme) = (sheet.state, sheet.theme);
    let generation = &row.generation;
    let selected = state.history.selected();
    let selected = selected.is_some_and(|s| s.id == generation.id);
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
    let on_row = |style| theme.on_row(style, selected && focused);
    let mut first = inside;
    if row.unseen {
        let took = text::put_right(sheet.buf, first, "new", on_row(theme.good));
        first.width = first.width.saturating_sub(took + 1);
    }
    let prompt = excerpt(generation.request.prompt.typed(), first.width);
    let weight = if selected {
        Style::new().add_modifier(Modifier::BOLD)
    } else {
        Style::new()
    };
    sheet.put(first, prompt.as_str(), weight);
    let second = below(inside, 1);
    if !second.is_empty() {
        let styles = [stand_style(theme, generation, job), theme.dim].map(on_row);
        second_line(sheet, second, generation, job, styles);
    }
}

/// `2K 16:9 png  3 pictures  14:02`, behind the state of what is not done, which alone is `bright`.
fn second_line(
    sheet: &mut Sheet<'_>,
    mut area: Rect,
    generation: &Generation,
    job: Option<&Job>,
    [bright, dim]: [Style; 2],
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
        let took = text::put_right(sheet.buf, area, &time, dim);
        area.width = area.width.saturating_sub(took + 1);
    }
    if !done {
        area = skip(area, sheet.put(area, &stand, bright) + 2);
    }
    let request = &generation.request;
    let tier = state.catalog.tier(&request.model);
    let tier = tier.map(|tier| format!("{tier} ")).unwrap_or_default();
    let mut facts = Vec::from_iter(words::usual(generation, state));
    facts.push(format!("{tier}{} {}", request.ratio, request.format));
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
            area = skip(area, sheet.put(area, &fact, dim) + 2);
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
    let style = stand_style(sheet.theme, generation, job);
    sheet.buf.set_style(area, sheet.theme.selected_unfocused);
    sheet.put_centred(area, sign(generation, job), style);
}

fn sign(generation: &Generation, job: Option<&Job>) -> &'static str {
    match StatusJson::of(generation) {
        _ if job.is_some() => "···",
        StatusJson::Done => "▣",
        StatusJson::Refused | StatusJson::Failed => "✕",
        StatusJson::Cancelled => "–",
        StatusJson::Unknown => "?",
        StatusJson::Running => "···",
    }
}

/// How the words for where a generation stands look.
pub fn stand_style(theme: &Theme, generation: &Generation, job: Option<&Job>) -> Style {
    match StatusJson::of(generation) {
        _ if job.is_some() => theme.running,
        StatusJson::Done => theme.good,
        StatusJson::Refused | StatusJson::Failed => theme.bad,
        StatusJson::Cancelled | StatusJson::Unknown => theme.warn,
        StatusJson::Running => theme.running,
    }
}
