//! What happened, into the state; what is to be done, out of it. Pure: the same state, event and time give the same answer.

use std::time::Duration;

use crate::domain::Now;

use super::{Action, Effect, Event, State};

/// Rows of the history that one page holds.
const PAGE: usize = 100;

/// What is asked of the world when the studio opens: the first page of the history, and the endpoint's models.
pub fn start(state: &mut State) -> Vec<Effect> {
    let (history, models) = (state.task(), state.task());
    state.history.loading = Some(history);
    state.inner.models_task = Some(models);
    vec![
        Effect::LoadHistory {
            task: history,
            query: String::new(),
            before: None,
            limit: PAGE,
        },
        Effect::LoadModels { task: models },
    ]
}

/// Takes one event in.
pub fn update(state: &mut State, event: Event, now: Now) -> Vec<Effect> {
    state.now = now;
    let _ = event;
    state.settle();
    Vec::new()
}

/// Does what the user means; keys, palette and mouse all end here.
pub fn act(state: &mut State, action: Action, now: Now) -> Vec<Effect> {
    state.now = now;
    state.last_action = Some(action);
    Vec::new()
}

/// When the studio wants to be woken without an event, since the start of the program; `None`: never.
pub fn next_wake(state: &State, now: Now) -> Option<Duration> {
    let _ = now;
    state.notices.deadline()
}
