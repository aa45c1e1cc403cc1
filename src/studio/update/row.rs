//! What can be done with the selected row: show, edit, repeat, cancel, take over, copy, open.

use crate::domain::{Catalog, Generation, Picture, Reference, ReferenceSource, Request};

use super::super::{Action, Ask, Effect, Focus, Stage, State, target};
use super::{focus, prompt, toast_task, warn};

/// Shows the picture over the whole screen, or no longer.
pub(super) fn full_view(state: &mut State) {
    if state.full_view {
        state.full_view = false;
    } else if state.history.selected().is_some() {
        if !matches!(state.focus, Focus::History | Focus::Picture) {
            focus(state, Focus::Picture);
        }
        state.full_view = true;
    } else {
        nothing_selected(state);
    }
}

/// Another picture of the same answer, round and round.
pub(super) fn variant(state: &mut State, by: isize) {
    let Some(generation) = state.history.selected() else {
        return;
    };
    let pictures = &generation.pictures;
    let shown = state.history.shown().map(|p| p.id.n);
    let Some(at) = pictures.iter().position(|p| Some(p.id.n) == shown) else {
        return;
    };
    let to = (at as isize + by).rem_euclid(pictures.len() as isize) as usize;
    state.history.variant = Some(pictures[to].id.n);
}

/// The picture becomes reference #1 of a prompt that is yet to be written.
pub(super) fn edit(state: &mut State) {
    let Some(picture) = picture(state) else {
        return;
    };
    refer(state, &picture);
    // A draft that was not sent yet is the instruction; what was sent already is not wanted again.
    let text = state.editor.text();
    if text == state.drafts.sent_text
        || state
            .history
            .selected()
            .is_some_and(|g| g.request.prompt.typed() == text)
    {
        prompt::replace(state, "");
    }
    focus(state, Focus::Prompt);
}

/// Puts the picture in the first place of the references, instead of the one that was edited before.
fn refer(state: &mut State, picture: &Picture) {
    let form = &mut state.form;
    if let Some(parent) = form.parent.take() {
        form.references.retain(|r| r.given != parent.to_string());
    }
    let reference = reference(picture);
    form.references.retain(|r| r.source != reference.source);
    form.references.insert(0, reference);
    form.parent = Some(picture.id);
}

fn reference(picture: &Picture) -> Reference {
    Reference {
        given: picture.id.to_string(),
        source: ReferenceSource::File(picture.path.clone()),
    }
}

/// Asks whether to send the same once more. Where a picture that is paid for is still at its address, the question is first
/// whether to fetch that.
pub(super) fn again(state: &mut State) {
    match state.history.selected() {
        Some(generation) if generation.pictures.is_empty() && generation.to_be_fetched() > 0 => {
            state.ask = Some(Ask::FetchAgain(generation.id));
        }
        _ => anew(state),
    }
}

/// Fetches what the row paid for and does not have. It costs nothing, so that it is not asked.
pub(super) fn fetch_again(state: &mut State) -> Vec<Effect> {
    match state.history.selected() {
        Some(generation) if generation.to_be_fetched() > 0 => {
            return vec![Effect::FetchAgain(generation.id)];
        }
        Some(_) => warn(
            state,
            "nothing of it is left to be fetched",
            "r asks for the same once more",
        ),
        None => nothing_selected(state),
    }
    Vec::new()
}

/// Asks whether to send the same once more.
pub(super) fn anew(state: &mut State) {
    match state.history.selected() {
        Some(generation) => state.ask = Some(Ask::Send(vec![generation.request.clone()])),
        None => nothing_selected(state),
    }
}

/// Asks whether to send the same one size up, with this picture as reference.
pub(super) fn finish(state: &mut State) {
    let Some(picture) = picture(state) else {
        return;
    };
    let Some(generation) = state.history.selected() else {
        return;
    };
    let request = &generation.request;
    let Some(model) = one_size_up(&state.catalog, &request.model) else {
        let text = format!("no larger size of {} is known", request.model);
        return warn(
            state,
            text,
            "choose another model with F2 and edit the picture with e",
        );
    };
    let request = Request {
        model,
        references: vec![reference(&picture)],
        parent: Some(picture.id),
        ..request.clone()
    };
    state.ask = Some(Ask::Send(vec![request]));
}

/// The model of the same family with the next larger size.
fn one_size_up(catalog: &Catalog, name: &str) -> Option<String> {
    let model = catalog.model(name)?;
    let larger = catalog
        .models
        .iter()
        .filter(|m| m.family == model.family && m.tier > model.tier);
    larger.min_by_key(|m| m.tier).map(|m| m.name.clone())
}

/// Takes the prompt of the row into the editor, with `all` its settings and references too.
pub(super) fn recall(state: &mut State, all: bool) {
    let Some(generation) = state.history.selected() else {
        return nothing_selected(state);
    };
    let request = generation.request.clone();
    prompt::replace(state, request.prompt.typed());
    if all {
        let form = &mut state.form;
        form.model = request.model;
        form.ratio = request.ratio;
        form.format = request.format;
        form.references = request.references;
        form.parent = request.parent;
    }
    focus(state, Focus::Prompt);
}

/// Cancels the row; one that was sent may be billed, so that asks. One that waits to be sent again was not accepted.
pub(super) fn cancel(state: &mut State) -> Vec<Effect> {
    let Some(generation) = state.history.selected() else {
        nothing_selected(state);
        return Vec::new();
    };
    let (id, elsewhere) = (generation.id, generation.is_running());
    match state.jobs.running.get_mut(&id) {
        Some(job) if job.cancelling => {}
        Some(job) if job.stage == Stage::Queued || job.wait.is_some() => {
            job.cancelling = true;
            return vec![Effect::Cancel(id)];
        }
        Some(_) => state.ask = Some(Ask::Cancel(id)),
        None if elsewhere => warn(state, "another plantain runs it", "cancel it there"),
        None => warn(
            state,
            "it has ended already",
            "r asks for the same once more",
        ),
    }
    Vec::new()
}

/// Cancels all that were not sent yet.
pub(super) fn cancel_queued(state: &mut State) -> Vec<Effect> {
    let queued = state
        .jobs
        .running
        .iter_mut()
        .filter(|(_, j)| j.stage == Stage::Queued && !j.cancelling);
    let effects: Vec<Effect> = queued
        .map(|(id, job)| {
            job.cancelling = true;
            Effect::Cancel(*id)
        })
        .collect();
    if effects.is_empty() {
        warn(state, "nothing is queued", "x cancels the selected row");
    }
    effects
}

/// Copies something of the row, saves a copy of its picture, or opens it outside.
pub(super) fn export(state: &mut State, action: Action) -> Vec<Effect> {
    let copy = |state: &mut State, text: String, what| {
        vec![Effect::CopyText {
            task: toast_task(state),
            text,
            what,
        }]
    };
    let Some(generation) = state.history.selected() else {
        nothing_selected(state);
        return Vec::new();
    };
    match action {
        Action::CopyPrompt => {
            let text = generation.request.prompt.typed().to_owned();
            return copy(state, text, "prompt");
        }
        Action::CopyCommand => {
            let text = command_line(generation);
            return copy(state, text, "command");
        }
        // Of a picture that did not come, the address is all that there is.
        Action::CopyUrl if generation.pictures.is_empty() && !generation.urls.is_empty() => {
            let url = generation.urls[0].clone();
            return copy(state, url, "URL");
        }
        _ => {}
    }
    let Some(picture) = picture(state) else {
        return Vec::new();
    };
    match (action, picture.url.clone()) {
        (Action::CopyPath, _) => copy(state, picture.path.to_string_lossy().into_owned(), "path"),
        (Action::CopyUrl, Some(url)) => copy(state, url, "URL"),
        (Action::CopyUrl, None) => {
            warn(
                state,
                "the picture came inside the answer and has no URL",
                "y y copies its path",
            );
            Vec::new()
        }
        (Action::SaveCopy, _) => {
            vec![Effect::SaveCopy {
                task: toast_task(state),
                picture: Box::new(picture),
            }]
        }
        _ => vec![Effect::OpenOutside {
            task: toast_task(state),
            path: picture.path,
        }],
    }
}

/// Writes the picture once more in another format.
pub(super) fn convert(state: &mut State) -> Vec<Effect> {
    let Some(picture) = picture(state) else {
        return Vec::new();
    };
    match target(state) {
        Some(to) => {
            return vec![Effect::Convert {
                task: toast_task(state),
                picture: picture.id,
                to,
            }];
        }
        None if picture.size.is_none() => warn(
            state,
            match picture.format.as_str() {
                format if format.starts_with(['a', 'e', 'i', 'o', 'u']) => {
                    format!("an {format} that cannot be opened cannot be converted")
                }
                format => format!("a {format} that cannot be opened cannot be converted"),
            },
            "y y copies its path",
        ),
        None => {
            let form = state.form.format;
            let text = if picture.can_become(form) {
                format!("a {form} stands beside it already")
            } else {
                format!("the picture is {} already", picture.format)
            };
            warn(state, text, "F5 chooses another format");
        }
    }
    Vec::new()
}

/// The same request for a shell.
fn command_line(generation: &Generation) -> String {
    let request = &generation.request;
    let mut out = format!(
        "plantain generate -m {} -r {} -f {}",
        quoted(&request.model),
        request.ratio,
        request.format
    );
    for reference in &request.references {
        out.push_str(" -i ");
        out.push_str(&quoted(&reference.given));
    }
    // A prompt that begins with a dash is no option.
    out.push_str(" -- ");
    out.push_str(&quoted(request.prompt.typed()));
    out
}

/// One word for a POSIX shell.
fn quoted(text: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "-_./:".contains(c);
    if !text.is_empty() && text.chars().all(plain) {
        return text.to_owned();
    }
    format!("'{}'", text.replace('\'', "'\\''"))
}

/// The picture that is shown; without one it says so.
fn picture(state: &mut State) -> Option<Picture> {
    let picture = state.history.shown().cloned();
    if picture.is_none() {
        match state.history.selected() {
            Some(g) if g.is_running() => warn(
                state,
                "its picture is not there yet",
                "wait until it is done",
            ),
            Some(_) => warn(
                state,
                "this row has no picture",
                "r asks for the same once more",
            ),
            None => nothing_selected(state),
        }
    }
    picture
}

fn nothing_selected(state: &mut State) {
    warn(
        state,
        "nothing is selected",
        "choose a row of the history first",
    );
}
