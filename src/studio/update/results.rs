//! Answers of the world that need no more than a place in the state.

use crate::domain::{Clean, Display, Failure, PictureId, TaskId};

use super::super::{Effect, State};

/// The endpoint named its models. That it did not is no news: the catalog serves.
pub(super) fn models(
    state: &mut State,
    task: TaskId,
    result: Result<Vec<String>, Failure>,
) -> Vec<Effect> {
    if state.tasks.models == Some(task) {
        state.tasks.models = None;
        state.models = result.unwrap_or_default();
    }
    Vec::new()
}

/// A copy, an opening or a saving is over.
pub(super) fn done(state: &mut State, task: TaskId, result: Result<Clean, Failure>) -> Vec<Effect> {
    let Some(at) = state.tasks.toasts.iter().position(|t| *t == task) else {
        return Vec::new();
    };
    state.tasks.toasts.remove(at);
    match result {
        Ok(text) => state.notices.info(text.as_str(), state.now.since_start),
        Err(failure) => state.notices.fail(&failure),
    }
    Vec::new()
}

/// The terminal was probed; what could not be drawn on the last one may be drawn on this.
pub(super) fn display(state: &mut State, display: Display) -> Vec<Effect> {
    if state.display != display {
        state.history.undrawable.clear();
    }
    state.display = display;
    Vec::new()
}

/// A picture cannot be drawn: its card says why.
pub(super) fn undrawable(state: &mut State, id: PictureId, failure: Failure) -> Vec<Effect> {
    state.history.undrawable.insert(id, failure.message);
    Vec::new()
}
