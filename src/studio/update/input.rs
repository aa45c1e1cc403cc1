//! Input from the terminal: keys through the keymap, unbound keys as text, pastes, the mouse, sizes.

use std::time::Duration;

use crossterm::event::{
    Event as Input, KeyCode, KeyEventKind, MouseButton, MouseEvent, MouseEventKind,
};
use ratatui::layout::{Position, Rect};

use super::super::keymap::{Key, Lookup, show_keys};
use super::super::{
    Action, Ask, Context, Effect, Field, Focus, PickKind, Popup, ROW_HEIGHT, State,
};
use super::{focus, list, perform, popup, prompt, references, session, warn};

/// How long the second key of a sequence is waited for.
const SEQUENCE: Duration = Duration::from_secs(1);

pub(super) fn input(state: &mut State, input: Input) -> Vec<Effect> {
    match input {
        Input::Key(event) if event.kind != KeyEventKind::Release => {
            session::touch(state);
            state.jobs.watched = false;
            key(state, Key::of(&event))
        }
        Input::Key(_) => Vec::new(),
        Input::Paste(text) => {
            session::touch(state);
            state.jobs.watched = false;
            paste(state, &text)
        }
        Input::Mouse(event) => mouse(state, event),
        Input::Resize(width, height) => {
            state.size = (width, height);
            Vec::new()
        }
        Input::FocusGained => {
            state.terminal_focused = Some(true);
            // It may be another one now: tmux was attached elsewhere, a window of VS Code was loaded anew.
            vec![Effect::CheckTerminal]
        }
        Input::FocusLost => {
            state.terminal_focused = Some(false);
            Vec::new()
        }
    }
}

fn key(state: &mut State, key: Key) -> Vec<Effect> {
    state.pending_until = None;
    let mut keys = std::mem::take(&mut state.pending);
    if state.ask.is_some() {
        if let Some(action) = answer(state, key) {
            return perform(state, action);
        }
        state.ask = None;
    }
    keys.push(key);
    match state.keymap.lookup(state.contexts(), &keys) {
        Lookup::Action(action) if holds(state, action, &keys) => bound(state, action, key),
        Lookup::Prefix if !is_text(state, &keys) => {
            state.pending_until = Some(state.now.since_start + SEQUENCE);
            state.pending = keys;
            Vec::new()
        }
        // The second key of an unknown sequence does nothing: `y x` must not cancel.
        _ if keys.len() > 1 => {
            if key.code != KeyCode::Esc {
                let begun = &keys[..keys.len() - 1];
                let next = state.keymap.following(state.contexts(), begun).join(" ");
                let hint = format!("after {}: {next}", show_keys(begun));
                warn(state, format!("{} is not bound", show_keys(&keys)), &hint);
            }
            Vec::new()
        }
        _ => text(state, key),
    }
}

/// A question takes Enter, Esc, and what asked it; any other key says no and means what it always does.
fn answer(state: &State, key: Key) -> Option<Action> {
    use Action::{Again, Back, CloseOrQuit, Confirm, Interrupt, Quit};
    let contexts = [&[Context::Popup], state.contexts()].concat();
    match state.keymap.lookup(&contexts, &[key]) {
        Lookup::Action(action @ (Confirm | Back | Interrupt | CloseOrQuit | Quit)) => Some(action),
        // It names this key as the other thing that can be meant.
        Lookup::Action(Again) if matches!(state.ask, Some(Ask::FetchAgain(_))) => Some(Again),
        _ => None,
    }
}

/// Whether these keys would type text into the editor if they were not bound.
fn is_text(state: &State, keys: &[Key]) -> bool {
    let over = state.popup.is_some() || state.history.filtering || state.full_view;
    !over && state.focus == Focus::Prompt && keys.iter().all(|k| k.typed().is_some())
}

/// In the editor a bound character is text, except where it begins something: `/` in an empty editor, `@` where a word starts.
fn holds(state: &State, action: Action, keys: &[Key]) -> bool {
    match action {
        _ if !is_text(state, keys) => true,
        Action::Attach => state.editor.word_before_cursor().is_empty(),
        _ => state.editor.is_empty(),
    }
}

fn bound(state: &mut State, action: Action, key: Key) -> Vec<Effect> {
    match action {
        // A backslash before Enter breaks the line where no modified Enter comes through.
        Action::Generate if key.code == KeyCode::Enter && state.editor.follows('\\') => {
            state.editor.delete_back();
            perform(state, Action::Newline)
        }
        Action::Attach => {
            let effects = perform(state, action);
            state.attaching.opened_by = key.typed();
            effects
        }
        _ => perform(state, action),
    }
}

/// A key that means nothing: text, where text is taken.
fn text(state: &mut State, key: Key) -> Vec<Effect> {
    match &mut state.popup {
        Some(Popup::Pick(picker)) => {
            if picker.field.key(key) {
                picker.refilter();
            }
            return Vec::new();
        }
        Some(_) => return Vec::new(),
        None => {}
    }
    if state.history.filtering {
        if state.history.filter.key(key) {
            return vec![list::reload(state)];
        }
    } else if state.focus == Focus::Prompt
        && !state.full_view
        && let Some(c) = key.typed()
    {
        return prompt::typed(state, c);
    }
    Vec::new()
}

/// Pasted text is never read as keys. Without a field it goes to the prompt.
fn paste(state: &mut State, pasted: &str) -> Vec<Effect> {
    state.ask = None;
    state.pending.clear();
    if let Some(Popup::Pick(picker)) = &mut state.popup {
        picker.field.insert(pasted);
        picker.refilter();
        return Vec::new();
    }
    if state.history.filtering {
        state.history.filter.insert(pasted);
        return vec![list::reload(state)];
    }
    focus(state, Focus::Prompt);
    prompt::pasted(state, pasted);
    Vec::new()
}

fn mouse(state: &mut State, event: MouseEvent) -> Vec<Effect> {
    let at = Position::new(event.column, event.row);
    match event.kind {
        MouseEventKind::Down(MouseButton::Left) => {
            state.mouse.pressed = Some(at);
            Vec::new()
        }
        // A press that becomes a drag means to mark text, which the terminal does only with Shift.
        MouseEventKind::Drag(MouseButton::Left) => {
            dragged(state);
            Vec::new()
        }
        MouseEventKind::Up(MouseButton::Left) => match state.mouse.pressed.take() {
            Some(pressed) if pressed == at => {
                session::touch(state);
                state.jobs.watched = false;
                click(state, at)
            }
            Some(_) => {
                dragged(state);
                Vec::new()
            }
            None => Vec::new(),
        },
        MouseEventKind::ScrollDown => wheel(state, at, 1),
        MouseEventKind::ScrollUp => wheel(state, at, -1),
        _ => Vec::new(),
    }
}

/// The first drag is told how text is selected; no drag moves anything.
fn dragged(state: &mut State) {
    state.mouse.pressed = None;
    if !std::mem::replace(&mut state.mouse.told, true) {
        let now = state.now.since_start;
        state.notices.note("Shift+drag selects text", now);
    }
}

fn wheel(state: &mut State, at: Position, by: isize) -> Vec<Effect> {
    let layout = state.layout();
    if state.popup.is_some() || layout.history.contains(at) {
        list::step(state, by);
    } else if layout.prompt.contains(at) {
        state.editor.move_lines(by);
    }
    Vec::new()
}

fn click(state: &mut State, at: Position) -> Vec<Effect> {
    let layout = state.layout();
    let place = |area: Rect| usize::from(at.y - area.y);
    if state.ask.take().is_some() {
        return Vec::new();
    }
    if state.popup.is_some() {
        if layout.popup_list.contains(at) {
            return popup::clicked(state, place(layout.popup_list));
        }
        if !layout.popup.contains(at) {
            return perform(state, Action::Back);
        }
        return Vec::new();
    }
    if state.full_view {
        return perform(state, Action::FullView);
    }
    if layout.text.contains(at) {
        focus(state, Focus::Prompt);
        state
            .editor
            .click(at.x - layout.text.x, at.y - layout.text.y);
    } else if layout.list.contains(at) {
        focus(state, Focus::History);
        list::select_place(state, place(layout.list) / usize::from(ROW_HEIGHT));
    } else if layout.canvas.contains(at) {
        focus(state, Focus::Picture);
        return perform(state, Action::FullView);
    } else if let Some(field) = Field::ALL
        .into_iter()
        .find(|f| layout.field(*f).contains(at))
    {
        focus(state, Focus::Settings);
        state.field = field;
        return perform(state, Action::OpenField);
    } else if let Some(pane) = Focus::ALL
        .into_iter()
        .find(|f| layout.pane(*f).contains(at))
    {
        focus(state, pane);
    }
    Vec::new()
}

/// Closing the list of references without a choice leaves in the prompt what was typed, its `@` too.
pub(super) fn literal_attach(state: &mut State, kind: PickKind, typed: &str) {
    if kind == PickKind::Reference
        && let Some(c) = state.attaching.opened_by.take()
    {
        state.editor.insert(&format!("{c}{typed}"));
        references::keep_as_text(state, &format!("{c}{typed}"));
    }
}
