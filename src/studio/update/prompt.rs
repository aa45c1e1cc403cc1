//! The prompt: typing, sending, earlier prompts.

use std::time::Duration;

use crate::domain::{Failure, FailureKind, Prompt, Request};

use super::super::drafts::{Cleared, Entered};
use super::super::{Action, Effect, Focus, Shape, State};
use super::{focus, references, show_picture, warn};

/// Two presses of Enter this close are one.
const ONE_PRESS: Duration = Duration::from_millis(100);
/// So are these, when nothing was changed between them: a key that is held repeats itself after 250 to 660 ms.
const HELD: Duration = Duration::from_millis(700);
/// Earlier prompts that are offered.
const EARLIER: usize = 200;

/// A character that is bound to nothing.
pub(super) fn typed(state: &mut State, c: char) -> Vec<Effect> {
    state.drafts.recall = None;
    // `\/` is the way to start a prompt with a slash.
    if c == '/' && state.editor.text() == "\\" {
        state.editor.delete_back();
    }
    let effects = if c == ' ' {
        references::word_ended(state)
    } else {
        Vec::new()
    };
    state.editor.insert(c.encode_utf8(&mut [0; 4]));
    effects
}

/// Pasted text, whatever it holds, is text.
pub(super) fn pasted(state: &mut State, text: &str) {
    if state.editor.len() + text.len() > Prompt::MAX_BYTES {
        let failure = Failure::new(
            FailureKind::Usage,
            "with this the prompt would be over 1 MB long",
        );
        let failure = failure.hint("nothing was pasted; models read a few thousand words at most");
        return state.notices.fail(&failure);
    }
    state.drafts.recall = None;
    state.editor.insert(text);
}

/// Moves and edits in the editor.
pub(super) fn edit(state: &mut State, action: Action) {
    use Action as A;
    if state.focus != Focus::Prompt || state.full_view {
        focus(state, Focus::Prompt);
    }
    let editor = &mut state.editor;
    match action {
        A::CursorLeft => return editor.left(),
        A::CursorRight => return editor.right(),
        A::CursorUp => {
            if !editor.move_lines(-1) {
                older(state);
            }
            return;
        }
        A::CursorDown => {
            if !editor.move_lines(1) {
                newer(state);
            }
            return;
        }
        A::WordLeft => return editor.word_left(),
        A::WordRight => return editor.word_right(),
        A::LineStart => return editor.line_start(),
        A::LineEnd => return editor.line_end(),
        A::TextStart => return editor.text_start(),
        A::TextEnd => return editor.text_end(),
        A::Newline => editor.insert("\n"),
        A::DeleteBack if editor.is_empty() => references::detach(state),
        A::DeleteBack => editor.delete_back(),
        A::DeleteForward => editor.delete_forward(),
        A::DeleteWordBack => editor.delete_word_back(),
        A::DeleteWordForward => editor.delete_word_forward(),
        A::KillToEnd => editor.kill_to_end(),
        A::KillToStart => editor.kill_to_start(),
        A::Yank => editor.yank(),
        A::Undo => {
            editor.undo();
            come_back(state);
        }
        A::Redo => _ = editor.redo(),
        A::ClearPrompt => clear(state),
        _ => return,
    }
    state.drafts.recall = None;
}

/// Whether there is nothing to clear: no text, and no reference, found or on its way.
pub(super) fn is_bare(state: &State) -> bool {
    state.editor.is_empty()
        && state.form.references.is_empty()
        && state.attaching.looking.is_empty()
}

/// Empties the prompt with its references: kept, they would make the next words an edit that nobody asked for.
fn clear(state: &mut State) {
    let text = state.editor.text();
    state.drafts.keep(text.clone());
    state.editor.clear();
    state.drafts.cleared = Some(Cleared {
        text,
        references: std::mem::take(&mut state.form.references),
        parent: state.form.parent.take(),
    });
    state.attaching.looking.clear();
    state.attaching.then_send = false;
}

/// The references of a text that is back, if nothing was attached meanwhile.
pub(super) fn come_back(state: &mut State) {
    let text = state.editor.text();
    if let Some(cleared) = state
        .drafts
        .cleared
        .take_if(|c| c.text == text && !text.is_empty())
        && state.form.references.is_empty()
    {
        state.form.references = cleared.references;
        state.form.parent = cleared.parent;
    }
}

/// Enter: sends the prompt, after the references in its text were found.
pub(super) fn generate(state: &mut State) -> Vec<Effect> {
    let requests = match requests(state) {
        Ok(requests) => requests,
        Err(failure) => {
            state.notices.fail(&failure);
            return Vec::new();
        }
    };
    if is_held(state, &requests) {
        return Vec::new();
    }
    enter(state, Some(requests));
    let looking = references::look_for_words(state);
    if !state.attaching.looking.is_empty() {
        state.attaching.then_send = true;
        return looking;
    }
    send_text(state)
}

/// Sends what stands in the editor.
pub(super) fn send_text(state: &mut State) -> Vec<Effect> {
    match requests(state) {
        Ok(requests) => {
            state.drafts.sent_text = state.editor.text();
            enter(state, Some(requests.clone()));
            send(state, requests)
        }
        Err(failure) => {
            state.notices.fail(&failure);
            Vec::new()
        }
    }
}

/// What editor and form ask for.
fn requests(state: &State) -> Result<Vec<Request>, Failure> {
    let form = &state.form;
    let request = Request {
        model: form.model.clone(),
        ratio: form.ratio,
        format: form.format,
        prompt: Prompt::new(state.editor.text())?,
        references: form.references.clone(),
        parent: form.parent,
    };
    Ok(vec![request; usize::from(form.count)])
}

/// Whether this press of Enter is the last one still: who holds the key pays once, however long.
fn is_held(state: &mut State, requests: &[Request]) -> bool {
    let now = state.now.since_start;
    let Some(last) = &mut state.drafts.entered else {
        return false;
    };
    let ago = now.saturating_sub(last.at);
    let same = last.requests.as_deref() == Some(requests);
    let held = ago < if same { HELD } else { ONE_PRESS };
    if held {
        last.at = now;
    }
    held
}

/// Remembers what Enter is for.
fn enter(state: &mut State, requests: Option<Vec<Request>>) {
    let at = state.now.since_start;
    state.drafts.entered = Some(Entered { at, requests });
}

/// Whether editor and form still ask for what they did when Enter was pressed.
pub(super) fn is_as_entered(state: &State) -> bool {
    let entered = state.drafts.entered.as_ref();
    entered.is_some_and(|entered| entered.requests == requests(state).ok())
}

/// A reference of the text moved into the form, which is no change of the user's.
pub(super) fn still_as_entered(state: &mut State) {
    let requests = requests(state).ok();
    if let Some(entered) = &mut state.drafts.entered {
        entered.requests = requests;
    }
}

/// Asks for these; the first of them is selected when its row is there.
pub(super) fn send(state: &mut State, requests: Vec<Request>) -> Vec<Effect> {
    // Nobody pays for what cannot be seen.
    if state.layout().shape == Shape::TooSmall {
        warn(
            state,
            "not sent: the terminal is too small to show what is asked",
            "make it larger",
        );
        return Vec::new();
    }
    let task = state.task();
    state.jobs.follow = Some(task);
    state.jobs.watched = true;
    state.history.chosen = true;
    state.drafts.recall = None;
    state.jobs.asked.insert(task, requests.len());
    show_picture(state);
    vec![Effect::Generate { task, requests }]
}

/// Puts another text into the editor; the one before is kept.
pub(super) fn replace(state: &mut State, text: &str) {
    let before = state.editor.text();
    if before != text {
        state.drafts.keep(before);
        state.editor.set_text(text);
        come_back(state);
    }
}

/// Prompts that were stashed or sent, newest first, without those that read like `except`.
pub(super) fn earlier(state: &State, except: &str) -> Vec<String> {
    let mut out: Vec<String> = Vec::new();
    let rows = state
        .history
        .rows
        .iter()
        .map(|r| r.generation.request.prompt.typed());
    for text in state.drafts.stash.iter().map(String::as_str).chain(rows) {
        if text != except && !out.iter().any(|t| t == text) {
            out.push(text.to_owned());
            if out.len() == EARLIER {
                break;
            }
        }
    }
    out
}

/// One prompt further back.
pub(super) fn older(state: &mut State) {
    let (next, draft) = match &state.drafts.recall {
        Some((at, draft)) => (at + 1, draft.clone()),
        None => (0, state.editor.text()),
    };
    if let Some(text) = earlier(state, &draft).get(next) {
        state.editor.set_text(text);
        state.drafts.recall = Some((next, draft));
        come_back(state);
    }
}

/// One prompt nearer, at last the draft itself.
pub(super) fn newer(state: &mut State) {
    let Some((at, draft)) = state.drafts.recall.take() else {
        return;
    };
    if at == 0 {
        state.editor.set_text(&draft);
    } else if let Some(text) = earlier(state, &draft).get(at - 1) {
        state.editor.set_text(text);
        state.drafts.recall = Some((at - 1, draft));
    }
}

/// The user's own editor gave the terminal back.
pub(super) fn returned(state: &mut State, result: Result<String, Failure>) -> Vec<Effect> {
    match result {
        Ok(text) => {
            let text = text.strip_suffix('\n').unwrap_or(&text);
            replace(state, text.strip_suffix('\r').unwrap_or(text));
            focus(state, Focus::Prompt);
        }
        Err(failure) => state.notices.fail(&failure),
    }
    Vec::new()
}
