//! Reference pictures of the form: found by path, URL or id; typed as `@word` or chosen from a list.

use crate::domain::{Failure, Reference, TaskId};

use super::super::attaching::{Given, Origin};
use super::super::{Effect, State};
use super::prompt;

/// Endings that make a word a picture.
const ENDINGS: [&str; 7] = [".png", ".jpg", ".jpeg", ".webp", ".gif", ".avif", ".heic"];

/// What may follow a path in a sentence.
const PUNCTUATION: [char; 7] = [',', '.', ';', ':', '!', '?', ')'];

/// Looks for one reference.
pub(super) fn look_for(state: &mut State, given: &str, from: Origin) -> Vec<Effect> {
    let given = given.trim().to_owned();
    if given.is_empty() || state.attaching.looking.values().any(|g| g.text == given) {
        return Vec::new();
    }
    let task = state.task();
    let wanted = Given {
        text: given.clone(),
        from,
    };
    state.attaching.looking.insert(task, wanted);
    vec![Effect::ResolveReference { task, given }]
}

/// Looks for every `@word` of the prompt that reads like a picture.
pub(super) fn look_for_words(state: &mut State) -> Vec<Effect> {
    let text = state.editor.text();
    text.split_whitespace()
        .flat_map(|word| look_for_word(state, word))
        .collect()
}

/// A space was typed: the word before it may be a reference.
pub(super) fn word_ended(state: &mut State) -> Vec<Effect> {
    let word = state.editor.word_before_cursor().to_owned();
    look_for_word(state, &word)
}

/// From now on this word is no reference.
pub(super) fn keep_as_text(state: &mut State, word: &str) {
    state.attaching.literal.insert(word.to_owned());
}

fn look_for_word(state: &mut State, word: &str) -> Vec<Effect> {
    // A comma behind a path belongs to the sentence.
    let given = word
        .strip_prefix('@')
        .map(|g| g.trim_end_matches(PUNCTUATION));
    match given {
        Some(given) if reads_like_a_picture(given) && !state.attaching.literal.contains(word) => {
            look_for(state, given, Origin::Word(word.to_owned()))
        }
        _ => Vec::new(),
    }
}

/// `@` inside a word means nothing, and so does `@home`: only paths, URLs, picture names and ids.
fn reads_like_a_picture(given: &str) -> bool {
    let lower = given.to_ascii_lowercase();
    let id = given.split('.').next().unwrap_or_default();
    given.contains('/')
        || given.starts_with('~')
        || lower.starts_with("data:")
        || lower == "last"
        || ENDINGS.iter().any(|e| lower.ends_with(e))
        || (id.len() >= 8 && id.chars().all(|c| c.is_ascii_hexdigit() || c == '-'))
}

/// It was found, or not.
pub(super) fn resolved(
    state: &mut State,
    task: TaskId,
    result: Result<Reference, Failure>,
) -> Vec<Effect> {
    let Some(asked) = state.attaching.looking.remove(&task) else {
        return Vec::new();
    };
    // What was changed since Enter is half done: it takes another Enter.
    state.attaching.then_send &= prompt::is_as_entered(state);
    match result {
        Ok(reference) => {
            if let Origin::Word(word) = &asked.from {
                state.editor.remove_word(word);
            }
            if !state
                .form
                .references
                .iter()
                .any(|r| r.source == reference.source)
            {
                state.form.references.push(reference);
            }
        }
        Err(mut failure) => {
            state.attaching.then_send = false;
            match asked.from {
                Origin::Word(word) => {
                    // Not a picture after all: a second Enter sends it as it stands.
                    let hint = failure.hint.take();
                    let hint = hint.map(|h| format!("{h}; ")).unwrap_or_default();
                    failure = failure.hint(format!("{hint}Enter again sends {word} as text"));
                    keep_as_text(state, &word);
                }
                Origin::Typed => give_back(state, &asked.text),
                Origin::Chosen => {}
            }
            state.notices.fail(&failure);
        }
    }
    if state.attaching.then_send {
        prompt::still_as_entered(state);
        if state.attaching.looking.is_empty() {
            state.attaching.then_send = false;
            return prompt::send_text(state);
        }
    }
    Vec::new()
}

/// Puts what was not found into the prompt, to be mended there: a wrong letter does not cost the whole path.
fn give_back(state: &mut State, text: &str) {
    let space = if state.editor.word_before_cursor().is_empty() {
        ""
    } else {
        " "
    };
    state.editor.insert(&format!("{space}@{text}"));
}

/// Takes the last reference away.
pub(super) fn detach(state: &mut State) {
    let Some(gone) = state.form.references.pop() else {
        return;
    };
    // Without the picture that it edits, the next one is no edit of it.
    if state
        .form
        .parent
        .is_some_and(|p| gone.given == p.to_string())
    {
        state.form.parent = None;
    }
}
