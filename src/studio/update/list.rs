//! The history list: pages of it, the filter, and what is selected.

use crate::domain::{Failure, GenerationId, TaskId};

use super::super::{Effect, Page, Popup, State};
use super::{focus, popup};

/// Rows of the history that one page holds.
const PAGE: usize = 100;
/// The next page is asked for when the selection comes this close to the last loaded row.
const NEAR_END: usize = 25;

/// Reads the list anew, as far as it was loaded; the newest such wish wins.
pub(super) fn reload(state: &mut State) -> Effect {
    let task = state.task();
    state.history.loading = Some(task);
    state.history.appending = false;
    state.history.stale = false;
    Effect::LoadHistory {
        task,
        query: state.history.filter.text().trim().to_owned(),
        before: None,
        limit: state.history.rows.len().max(PAGE),
    }
}

/// Asks for the next page when the selection comes near the end of what is loaded.
pub(super) fn load_more(state: &mut State) -> Option<Effect> {
    let history = &state.history;
    if !history.more || history.loading.is_some() || history.failed.is_some() {
        return None;
    }
    let at = history
        .selected_index()
        .unwrap_or(0)
        .max(history.offset + state.layout().rows());
    if at + NEAR_END < history.rows.len() {
        return None;
    }
    let before = history.rows.last()?.generation.seq?;
    let task = state.task();
    state.history.loading = Some(task);
    state.history.appending = true;
    Some(Effect::LoadHistory {
        task,
        query: state.history.filter.text().trim().to_owned(),
        before: Some(before),
        limit: PAGE,
    })
}

/// A page came.
pub(super) fn loaded(
    state: &mut State,
    task: TaskId,
    result: Result<Page, Failure>,
) -> Vec<Effect> {
    if state.history.loading != Some(task) {
        return Vec::new();
    }
    state.history.loading = None;
    match result {
        Ok(page) => {
            state.history.failed = None;
            let jobs = &state.jobs;
            let append = state.history.appending;
            state
                .history
                .take_page(page, append, |id| jobs.get(id).is_some());
            let restored = state.history.restore.take();
            let restored = restored.filter(|id| state.history.index_of(*id).is_some());
            if let (Some(id), false) = (restored, state.history.chosen) {
                state.history.select(id);
            } else if state.history.selected.is_none()
                && let Some(first) = state.history.rows.first().map(|r| r.generation.id)
            {
                state.history.select(first);
            }
        }
        Err(failure) => {
            state.notices.fail(&failure);
            state.history.failed = Some(failure);
        }
    }
    if state.history.stale {
        vec![reload(state)]
    } else {
        Vec::new()
    }
}

/// Another process wrote: read again, but not while an answer is awaited.
pub(super) fn changed(state: &mut State) -> Vec<Effect> {
    if state.history.loading.is_some() {
        state.history.stale = true;
        return Vec::new();
    }
    vec![reload(state)]
}

/// Moves the selection by rows, or the open list by lines, stopping at the ends.
pub(super) fn step(state: &mut State, by: isize) {
    match &mut state.popup {
        Some(Popup::Pick(picker)) => return picker.step(by),
        Some(_) => return popup::scroll(state, by),
        None => {}
    }
    let Some(last) = state.history.rows.len().checked_sub(1) else {
        return;
    };
    let to = match state.history.selected_index() {
        Some(at) => at.saturating_add_signed(by).min(last),
        // The selected row is hidden by the filter: start from the top.
        None if by == isize::MAX => last,
        None => 0,
    };
    select(state, to);
}

/// Moves by `1/part` of a page.
pub(super) fn page(state: &mut State, by: isize, part: usize) {
    let layout = state.layout();
    let lines = if state.popup.is_some() {
        usize::from(layout.popup_list.height)
    } else if state.focus == super::super::Focus::Prompt && !state.full_view {
        return state.editor.move_page(by);
    } else {
        layout.rows()
    };
    step(state, by * (lines / part).max(1) as isize);
}

/// Selects the row at a place of the screen.
pub(super) fn select_place(state: &mut State, place: usize) {
    let at = state.history.offset + place;
    if at < state.history.rows.len() {
        select(state, at);
    }
}

/// The user's own choice: from here on no new row takes the selection.
fn select(state: &mut State, at: usize) {
    let id: GenerationId = state.history.rows[at].generation.id;
    state.jobs.follow = None;
    state.history.chosen = true;
    state.history.select(id);
}

/// Gives the keyboard to the filter.
pub(super) fn filter(state: &mut State) {
    focus(state, super::super::Focus::History);
    state.history.filtering = true;
}

/// Leaves the filter's field; the filter stays.
pub(super) fn keep_filter(state: &mut State) {
    state.history.filtering = false;
    if state.history.selected_index().is_none() && !state.history.rows.is_empty() {
        select(state, 0);
    }
}

/// Shows all rows again.
pub(super) fn drop_filter(state: &mut State) -> Vec<Effect> {
    state.history.filtering = false;
    if state.history.filter.is_empty() {
        return Vec::new();
    }
    state.history.filter.set("");
    vec![reload(state)]
}
