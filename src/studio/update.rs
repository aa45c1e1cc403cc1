//! What happened, into the state; what is to be done, out of it. Pure: the same state, event and time give the same answer.
//!
//! Keys become actions in `input`; every action is done by [`perform`], which sends it to the pane that it concerns.

mod input;
mod list;
mod popup;
mod progress;
mod prompt;
mod references;
mod results;
mod row;
mod session;
mod settings;

use std::time::Duration;

use crate::domain::{Now, TaskId};

use super::{Action, Ask, Effect, Event, Focus, PickKind, Popup, Shape, Stage, State, Upper};

/// What is asked of the world when the studio opens: the first page of the history, and the endpoint's models.
pub fn start(state: &mut State) -> Vec<Effect> {
    let models = state.task();
    state.tasks.models = Some(models);
    vec![list::reload(state), Effect::LoadModels { task: models }]
}

/// Takes one event in.
pub fn update(state: &mut State, event: Event, now: Now) -> Vec<Effect> {
    state.now = now;
    let mut effects = session::deadlines(state);
    effects.extend(reduce(state, event));
    effects.extend(list::load_more(state));
    state.settle();
    effects
}

/// Does what the user means; keys, palette and mouse all end here.
pub fn act(state: &mut State, action: Action, now: Now) -> Vec<Effect> {
    state.now = now;
    let mut effects = perform(state, action);
    session::touch(state);
    effects.extend(list::load_more(state));
    state.settle();
    effects
}

/// When the studio wants to be woken without an event, since the start of the program; `None`: never.
pub fn next_wake(state: &State, now: Now) -> Option<Duration> {
    let layout = state.layout();
    let selected = state.history.selected;
    let seen = |id| !layout.list.is_empty() || (!layout.canvas.is_empty() && selected == Some(id));
    let timed = state
        .jobs
        .running
        .iter()
        // The footer counts a pause down wherever the row is.
        .any(|(id, job)| job.wait.is_some() || (job.stage > Stage::Queued && seen(*id)));
    // All elapsed times step together, once a second.
    let tick = timed.then(|| Duration::from_secs(now.since_start.as_secs() + 1));
    [
        tick,
        state.notices.deadline(),
        state.pending_until,
        state.saving.deadline(),
    ]
    .into_iter()
    .flatten()
    .min()
}

fn reduce(state: &mut State, event: Event) -> Vec<Effect> {
    match event {
        Event::Input(input) => input::input(state, input),
        Event::Started { task, id } => progress::started(state, task, id),
        Event::Progress(id, progress) => progress::progress(state, id, progress),
        Event::GenerateRefused { task, failure } => progress::refused(state, task, &failure),
        Event::HistoryLoaded { task, result } => list::loaded(state, task, result),
        Event::ModelsLoaded { task, result } => results::models(state, task, result),
        Event::ReferenceResolved { task, result } => references::resolved(state, task, result),
        Event::Done { task, result } => results::done(state, task, result),
        Event::Display(display) => results::display(state, display),
        Event::LibraryChanged => list::changed(state),
        Event::EditorReturned { result } => prompt::returned(state, result),
        Event::SessionRestored(session) => session::restored(state, session.map(|s| *s)),
        Event::PictureFailed(id, failure) => results::undrawable(state, id, failure),
        Event::Previewed(preview) => {
            state.preview = preview;
            Vec::new()
        }
        Event::Warned(failure) => {
            state.notices.fail(&failure);
            Vec::new()
        }
        Event::Wake => Vec::new(),
        Event::AskedToQuit => session::quit(state),
    }
}

/// Does one action.
fn perform(state: &mut State, action: Action) -> Vec<Effect> {
    use Action as A;
    match (action, state.ask.take()) {
        (A::Confirm, Some(question)) => return popup::answered_yes(state, question),
        // Asking twice to quit means it, as long as nothing is lost by it.
        (A::Interrupt | A::CloseOrQuit | A::Quit, Some(Ask::Quit)) if !state.jobs.any() => {
            return session::quit(state);
        }
        (A::Interrupt | A::CloseOrQuit | A::Quit, Some(Ask::Quit)) => {
            state.ask = Some(Ask::Quit);
            return Vec::new();
        }
        (A::Back | A::Interrupt | A::CloseOrQuit, Some(_)) => return Vec::new(),
        (A::Again, Some(Ask::FetchAgain(_))) => {
            row::anew(state);
            return Vec::new();
        }
        _ => {}
    }
    // Moving about and editing leave an error where it is; whatever else is done answers it.
    if action.info().palette || action == A::Palette {
        state.notices.dismiss();
    }
    match action {
        A::Help => popup::open(state, Popup::Help { scroll: 0 }),
        A::Palette => popup::pick(state, PickKind::Palette),
        A::Details => popup::details(state),
        A::PickModel => popup::pick(state, PickKind::Model),
        A::PickRatio => popup::pick(state, PickKind::Ratio),
        A::PickFormat => popup::pick(state, PickKind::Format),
        A::PickCount => popup::pick(state, PickKind::Count),
        A::PromptHistory => popup::pick(state, PickKind::Prompt),
        A::Attach => popup::pick(state, PickKind::Reference),
        A::Confirm => return popup::confirm(state),
        A::Back => return back(state),
        A::Interrupt => return interrupt(state),
        A::CloseOrQuit if state.popup.is_some() || state.full_view => return back(state),
        A::CloseOrQuit | A::Quit => return session::quit_or_ask(state),
        A::Redraw => {
            // What could not be drawn may be there by now.
            state.history.undrawable.clear();
            return vec![Effect::ProbeTerminal];
        }
        A::Suspend => return vec![Effect::Suspend],

        A::NextPane => step_focus(state, 1),
        A::PreviousPane => step_focus(state, Focus::ALL.len() - 1),
        A::FocusPrompt => focus(state, Focus::Prompt),
        A::FocusSettings => focus(state, Focus::Settings),
        A::FocusHistory => focus(state, Focus::History),
        A::FocusPicture => focus(state, Focus::Picture),

        A::Generate => return prompt::generate(state),
        A::ExternalEditor => {
            return vec![Effect::ExternalEditor {
                text: state.editor.text(),
            }];
        }
        A::Detach => references::detach(state),
        A::OlderPrompt => prompt::older(state),
        A::NewerPrompt => prompt::newer(state),
        A::Newline
        | A::CursorLeft
        | A::CursorRight
        | A::CursorUp
        | A::CursorDown
        | A::WordLeft
        | A::WordRight
        | A::LineStart
        | A::LineEnd
        | A::TextStart
        | A::TextEnd
        | A::DeleteBack
        | A::DeleteForward
        | A::DeleteWordBack
        | A::DeleteWordForward
        | A::KillToEnd
        | A::KillToStart
        | A::Yank
        | A::Undo
        | A::Redo
        | A::ClearPrompt => prompt::edit(state, action),

        A::FieldUp => state.field = state.field.moved(-1),
        A::FieldDown => state.field = state.field.moved(1),
        A::ValueBack => settings::step(state, -1),
        A::ValueNext => settings::step(state, 1),
        A::OpenField => popup::pick(state, settings::list_of(state.field)),

        A::SelectNext => list::step(state, 1),
        A::SelectPrevious => list::step(state, -1),
        A::SelectFirst => list::step(state, isize::MIN),
        A::SelectLast => list::step(state, isize::MAX),
        A::PageDown => list::page(state, 1, 1),
        A::PageUp => list::page(state, -1, 1),
        A::HalfPageDown => list::page(state, 1, 2),
        A::HalfPageUp => list::page(state, -1, 2),
        A::NextVariant => row::variant(state, 1),
        A::PreviousVariant => row::variant(state, -1),
        A::Filter => list::filter(state),
        A::FullView => row::full_view(state),
        A::Edit => row::edit(state),
        A::Again => row::again(state),
        A::FetchAgain => return row::fetch_again(state),
        A::Finish => row::finish(state),
        A::RecallAll => row::recall(state, true),
        A::RecallPrompt => row::recall(state, false),
        A::Cancel => return row::cancel(state),
        A::Convert => return row::convert(state),
        A::CancelQueued => return row::cancel_queued(state),
        A::RemoveDemo => state.ask = Some(Ask::RemoveDemo),
        A::SaveCopy
        | A::CopyPath
        | A::CopyUrl
        | A::CopyPrompt
        | A::CopyCommand
        | A::OpenOutside => return row::export(state, action),
    }
    Vec::new()
}

/// Moves the keyboard to a pane, and shows it where only one of two fits.
fn focus(state: &mut State, to: Focus) {
    state.popup = None;
    state.full_view = false;
    state.history.filtering = false;
    state.focus = to;
    match to {
        Focus::Picture => state.upper = Upper::Picture,
        Focus::History => state.upper = Upper::History,
        Focus::Prompt | Focus::Settings => {}
    }
}

fn step_focus(state: &mut State, by: usize) {
    let at = Focus::ALL
        .iter()
        .position(|f| *f == state.focus)
        .unwrap_or(0);
    focus(state, Focus::ALL[(at + by) % Focus::ALL.len()]);
}

/// Closes one thing: what lies on top first; what was told has been read then. Never quits.
fn back(state: &mut State) -> Vec<Effect> {
    state.notices.dismiss();
    if state.popup.is_some() {
        popup::close(state);
    } else if state.history.filtering {
        return list::drop_filter(state);
    } else if state.full_view {
        state.full_view = false;
    } else if state.focus == Focus::Prompt {
        focus(state, Focus::History);
    } else if !state.history.filter.is_empty() {
        return list::drop_filter(state);
    }
    Vec::new()
}

/// Ctrl+C: clears the prompt with its references, closes what is open, or asks to quit. It never cancels a generation.
fn interrupt(state: &mut State) -> Vec<Effect> {
    if state.popup.is_some() || state.history.filtering || state.full_view {
        return back(state);
    }
    if state.focus == Focus::Prompt && !prompt::is_bare(state) {
        prompt::edit(state, Action::ClearPrompt);
    } else {
        state.ask = Some(Ask::Quit);
    }
    Vec::new()
}

/// Shows the picture where only one of picture and history fits: who sends wants to see what comes.
fn show_picture(state: &mut State) {
    if state.layout().shape == Shape::Stacked {
        state.upper = Upper::Picture;
    }
}

/// Tells that something cannot be done, and what to do instead.
fn warn(state: &mut State, text: impl AsRef<str>, hint: &str) {
    let now = state.now.since_start;
    state.notices.warn(text, Some(hint), now);
}

/// A task whose end is told as a toast.
fn toast_task(state: &mut State) -> TaskId {
    let task = state.task();
    state.tasks.toasts.push(task);
    task
}
