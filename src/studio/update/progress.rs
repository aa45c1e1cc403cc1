//! What running generations tell, into their rows and jobs. Exhaustive: a new kind of progress does not compile unheard.

use std::time::Duration;

use crate::domain::{
    Clean, Failure, Generation, GenerationId, Progress, State as Stand, Step, TaskId,
};

use super::super::words;
use super::super::{Action, Ask, Download, Effect, Focus, Job, Shape, Stage, State, Wait};
use super::{focus, session};

/// Of an answer's words this much is kept in memory while they come; the record has them all.
const TEXT: usize = 64 * 1024;
/// Of a prompt, a toast shows this much, bytes.
const TOAST: usize = 60;

/// One request of a `Generate` has its id.
pub(super) fn started(state: &mut State, task: TaskId, id: GenerationId) -> Vec<Effect> {
    let Some(waiting) = state.jobs.asked.get_mut(&task) else {
        return Vec::new();
    };
    *waiting = waiting.saturating_sub(1);
    if *waiting == 0 {
        state.jobs.asked.remove(&task);
    }
    state.jobs.started.insert(id, task);
    follow(state, id);
    Vec::new()
}

/// Nothing was started.
pub(super) fn refused(state: &mut State, task: TaskId, failure: &Failure) -> Vec<Effect> {
    if state.jobs.asked.remove(&task).is_some() {
        if state.jobs.follow == Some(task) {
            state.jobs.follow = None;
        }
        state.notices.fail(failure);
    }
    Vec::new()
}

/// Who sent wants to see that row: the first of the last `Generate` is selected, unless the user chose another since.
fn follow(state: &mut State, id: GenerationId) {
    let Some(task) = state.jobs.started.get(&id).copied() else {
        return;
    };
    if state.history.index_of(id).is_none() {
        return;
    }
    state.jobs.started.remove(&id);
    if state.jobs.follow == Some(task) {
        state.jobs.follow = None;
        state.history.select(id);
        session::touch(state);
    }
}

/// A generation tells something.
pub(super) fn progress(state: &mut State, id: GenerationId, progress: Progress) -> Vec<Effect> {
    let now = state.now.since_start;
    match progress {
        Progress::Prepared(generation) => {
            prepared(state, *generation);
            return Vec::new();
        }
        Progress::Resumed(generation) => {
            resumed(state, *generation);
            return Vec::new();
        }
        Progress::Finished(generation) => return finished(state, *generation),
        _ => {}
    }
    if state
        .history
        .row(id)
        .is_some_and(|r| r.generation.state.is_final())
    {
        return Vec::new();
    }
    if state.jobs.get(id).is_none() {
        if state.history.row(id).is_none() {
            return Vec::new();
        }
        state.jobs.running.insert(id, Job::new(now));
    }
    if let Some(row) = state.history.row_mut(id) {
        note(&mut row.generation, &progress);
    }
    if let Some(job) = state.jobs.running.get_mut(&id) {
        hear(job, progress, now);
    }
    Vec::new()
}

/// What the record keeps of it; its final form comes with `Finished`.
fn note(record: &mut Generation, progress: &Progress) {
    let step = match progress {
        Progress::Sending => Step::Send,
        Progress::Downloading { .. } => Step::Answer,
        Progress::Saved(picture) => {
            match record.pictures.iter_mut().find(|p| p.id == picture.id) {
                Some(known) => known.clone_from(picture),
                None => record.pictures.push(picture.clone()),
            }
            return;
        }
        Progress::Notice(notice) => {
            if !record.notices.contains(notice) {
                record.notices.push(notice.clone());
            }
            return;
        }
        Progress::Prepared(_)
        | Progress::Resumed(_)
        | Progress::Answering
        | Progress::Text(_)
        | Progress::Percent(_)
        | Progress::Received { .. }
        | Progress::Waiting { .. }
        | Progress::Finished(_) => return,
    };
    // Told twice (a second try, a second picture), the step is not legal any more and changes nothing.
    let _ = record.step(step);
}

/// What is only true while it runs.
fn hear(job: &mut Job, progress: Progress, now: Duration) {
    match progress {
        Progress::Sending => {
            job.stage = job.stage.max(Stage::Sent);
            job.sent = Some(now);
            job.wait = None;
        }
        Progress::Answering => job.stage = job.stage.max(Stage::Streaming),
        Progress::Text(more) => {
            job.stage = job.stage.max(Stage::Streaming);
            if job.text.as_str().len() < TEXT {
                job.text.push(&more);
            }
        }
        Progress::Percent(percent) => job.percent = Some(percent.min(100)),
        Progress::Received { bytes } => job.bytes = bytes,
        Progress::Waiting {
            cause,
            wait,
            attempt,
            of,
        } => {
            job.wait = Some(Wait {
                cause,
                until: now + wait,
                attempt,
                of,
            });
        }
        Progress::Downloading {
            n,
            received,
            total,
            attempt,
        } => {
            job.stage = job.stage.max(Stage::Downloading);
            job.wait = None;
            job.download = Some(Download {
                n,
                received,
                total,
                attempt,
            });
        }
        Progress::Saved(_) => {
            job.stage = Stage::Saved;
            job.download = None;
        }
        Progress::Prepared(_)
        | Progress::Resumed(_)
        | Progress::Notice(_)
        | Progress::Finished(_) => {}
    }
}

/// Its row is in the journal.
fn prepared(state: &mut State, generation: Generation) {
    let (id, now) = (generation.id, state.now.since_start);
    if !generation.state.is_final() {
        state
            .jobs
            .running
            .entry(id)
            .or_insert_with(|| Job::new(now));
    }
    state.history.insert(generation);
    follow(state, id);
}

/// An earlier run left it. Its row is where its number puts it, once its page is loaded; it is not brought here.
fn resumed(state: &mut State, generation: Generation) {
    let (id, now) = (generation.id, state.now.since_start);
    state.jobs.running.insert(id, Job::resumed(now));
    if let Some(row) = state.history.row_mut(id) {
        row.generation = generation;
    }
}

/// It ended. Its row is marked when something else is selected, and what went wrong is told.
fn finished(state: &mut State, generation: Generation) -> Vec<Effect> {
    let id = generation.id;
    let job = state.jobs.running.remove(&id);
    let known = job.is_some();
    // What the user ended is no news.
    let stopped = generation.state == Stand::Cancelled || job.is_some_and(|job| job.cancelling);
    state.jobs.started.remove(&id);
    // A page that is on its way may have been read before this end.
    state.history.stale |= state.history.loading.is_some();
    let attention = attention(state, &generation);
    if state.history.row(id).is_none() {
        if !known {
            return Vec::new();
        }
        // Hidden by the filter: it is read again when the filter goes.
        tell(state, &generation, false);
        return attention;
    }
    let selected = state.history.selected == Some(id);
    let saved = generation.state == Stand::Saved;
    if selected && saved && state.jobs.watched && state.layout().shape == Shape::Single {
        focus(state, Focus::Picture);
    }
    let in_sight = selected && !state.layout().canvas.is_empty();
    if state.ask == Some(Ask::Cancel(id)) {
        state.ask = None;
    }
    tell(state, &generation, in_sight);
    if let Some(row) = state.history.row_mut(id) {
        row.generation = generation;
        row.unseen = !selected && !stopped;
    }
    attention
}

/// Tells an end beside the panes, where they do not tell it themselves.
fn tell(state: &mut State, generation: &Generation, in_sight: bool) {
    let now = state.now.since_start;
    let card_tells = in_sight && generation.selected().is_none();
    match (generation.state, &generation.failure) {
        _ if card_tells => {}
        (Stand::Cancelled, _) => state.notices.note(words::cancelled(generation), now),
        (Stand::Saved, _) if in_sight => {}
        (Stand::Saved, _) => {
            let prompt = Clean::line(generation.request.prompt.typed()).truncated(TOAST);
            let shows = state.keymap.keys_of(Action::FocusPicture);
            let selected = state.history.selected == Some(generation.id);
            let shows = shows.filter(|_| selected);
            let shows = shows.map(|keys| format!(" - {keys} shows it"));
            let shows = shows.unwrap_or_default();
            state.notices.info(format!("done: {prompt}{shows}"), now);
        }
        (_, Some(failure)) => state.notices.fail(failure),
        (_, None) => {}
    }
}

/// Calls the user, unless the terminal said that it is looked at, or the user ended it.
fn attention(state: &State, generation: &Generation) -> Vec<Effect> {
    let here = state.terminal_focused == Some(true) || generation.state == Stand::Cancelled;
    if here { Vec::new() } else { vec![Effect::Bell] }
}
