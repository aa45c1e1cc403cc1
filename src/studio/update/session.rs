//! Deadlines, the end, and what survives it: the draft, the form, the selection.

use std::time::Duration;

use super::super::{Ask, Effect, MAX_COUNT, Session, State};

/// After a change the session is saved this much later, once for all changes until then.
const SAVE_AFTER: Duration = Duration::from_secs(1);

/// Something that survives may have changed.
pub(super) fn touch(state: &mut State) {
    let at = state.now.since_start + SAVE_AFTER;
    state.saving.due.get_or_insert(at);
}

/// Does what is due by now.
pub(super) fn deadlines(state: &mut State) -> Vec<Effect> {
    let now = state.now.since_start;
    state.notices.expire(now);
    if state.pending_until.is_some_and(|at| at <= now) {
        state.pending_until = None;
        state.pending.clear();
    }
    if state.saving.deadline().is_some_and(|at| at <= now) {
        return save(state).into_iter().collect();
    }
    Vec::new()
}

/// Quits, or asks first while work is in flight.
pub(super) fn quit_or_ask(state: &mut State) -> Vec<Effect> {
    if state.jobs.any() {
        state.ask = Some(Ask::Quit);
        return Vec::new();
    }
    quit(state)
}

/// Quits now.
pub(super) fn quit(state: &mut State) -> Vec<Effect> {
    let mut effects: Vec<Effect> = save(state).into_iter().collect();
    effects.push(Effect::Quit);
    effects
}

/// The session, if it differs from what was saved last. Nothing before it is known what that is.
fn save(state: &mut State) -> Option<Effect> {
    if state.saving.first.is_some() {
        return None;
    }
    state.saving.due = None;
    let form = &state.form;
    let session = Session {
        draft: state.editor.text(),
        model: form.model.clone(),
        ratio: form.ratio,
        format: form.format,
        count: form.count,
        references: form.references.clone(),
        parent: form.parent.map(|p| p.to_string()),
        selected: state.history.selected.map(|id| id.to_string()),
    };
    if state.saving.last.as_ref() == Some(&session) {
        return None;
    }
    state.saving.last = Some(session.clone());
    Some(Effect::SaveSession(Box::new(session)))
}

/// What the last run kept. What was typed, set or selected since the start stands.
pub(super) fn restored(state: &mut State, session: Option<Session>) -> Vec<Effect> {
    let (Some(first), Some(session)) = (state.saving.first.take(), session) else {
        return Vec::new();
    };
    state.saving.last = Some(session.clone());
    if state.editor.is_empty() {
        state.editor.set_text(&session.draft);
    } else if state.editor.text() != session.draft {
        state.drafts.keep(session.draft);
    }
    let form = &mut state.form;
    if form.model == first.model {
        form.model = session.model;
    }
    if form.ratio == first.ratio {
        form.ratio = session.ratio;
    }
    if form.format == first.format {
        form.format = session.format;
    }
    if form.count == first.count {
        form.count = session.count.clamp(1, MAX_COUNT);
    }
    let attached = form.references != first.references || !state.attaching.looking.is_empty();
    if !attached && form.parent == first.parent {
        form.references = session.references;
        form.parent = session.parent.and_then(|p| p.parse().ok());
    }
    let selected = session.selected.and_then(|id| id.parse().ok());
    if let (Some(id), false) = (selected, state.history.chosen) {
        if state.history.index_of(id).is_some() {
            state.history.select(id);
        } else {
            state.history.restore = Some(id);
        }
    }
    Vec::new()
}
