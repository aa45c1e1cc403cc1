//! What is said about keys: the footer's hints and the help, both read from the table of actions and the bindings.

use unicode_width::UnicodeWidthStr;

use super::editor::wrapped;
use super::keymap::show_keys;
use super::{ACTIONS, Action, Context, Focus, Keymap, Popup, State, sheet_lines, target};

/// One hint of the footer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hint {
    /// As people read them.
    pub keys: String,
    /// One or two words.
    pub word: &'static str,
    /// What it stands for.
    pub action: Action,
}

/// One line of the help.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum HelpLine {
    /// A context's title.
    Heading(&'static str),
    /// Keys, and what they do there. What is too long for its column goes on in the next line.
    Keys(String, String),
}

/// The hints of what has the keyboard now, most useful first; the footer shows as many as fit.
pub fn hints(state: &State) -> Vec<Hint> {
    let contexts = state.contexts();
    if let Some(few) = over(state) {
        let hint = |(action, word)| {
            if !fits_row(state, action) {
                return None;
            }
            let keys = state.keymap.keys_in(action, contexts)?;
            Some(Hint { keys, word, action })
        };
        return few.into_iter().filter_map(hint).collect();
    }
    let mut found: Vec<(u8, Hint)> = ACTIONS
        .iter()
        .filter(|info| contexts.contains(&info.context) && fits_row(state, info.action))
        .filter_map(|info| {
            let (rank, word) = info.hint?;
            let keys = state.keymap.keys_in(info.action, contexts)?;
            Some((
                rank,
                Hint {
                    keys,
                    word,
                    action: info.action,
                },
            ))
        })
        .collect();
    found.sort_by_key(|(rank, _)| *rank);
    let found = found.into_iter().map(|(_, hint)| hint);
    of_an_empty_prompt(state).into_iter().chain(found).collect()
}

/// What an empty editor hides: references that the next prompt would take along, and the text that was taken out of it last.
fn of_an_empty_prompt(state: &State) -> Vec<Hint> {
    if state.focus != Focus::Prompt || !state.editor.is_empty() {
        return Vec::new();
    }
    let taken = !state.drafts.stash.is_empty();
    let attached = !state.form.references.is_empty();
    // The keys of the editor do it, so theirs are named.
    let meant = [
        (attached, Action::DeleteBack, Action::Detach, "detach"),
        (
            taken,
            Action::CursorUp,
            Action::OlderPrompt,
            "brings it back",
        ),
    ];
    let hint = |(holds, key, action, word): (bool, Action, Action, &'static str)| {
        let keys = state.keymap.keys_in(key, state.contexts())?;
        holds.then_some(Hint { keys, word, action })
    };
    meant.into_iter().filter_map(hint).collect()
}

/// What lies over the panes has few keys, and how to leave it is among the first.
fn over(state: &State) -> Option<Vec<(Action, &'static str)>> {
    match &state.popup {
        Some(Popup::Pick(_)) => Some(vec![(Action::Confirm, "take"), (Action::Back, "close")]),
        Some(Popup::Help { scroll } | Popup::Details { scroll }) => {
            let area = state.layout().popup_list;
            let lines = sheet_lines(state, area.width).unwrap_or(0);
            let more = scroll + usize::from(area.height) < lines;
            let more = more.then_some((Action::PageDown, "more"));
            Some(more.into_iter().chain([(Action::Back, "close")]).collect())
        }
        None if state.history.filtering => Some(vec![
            (Action::Confirm, "keep"),
            (Action::Back, "drop the filter"),
        ]),
        None if state.full_view => Some(vec![
            (Action::Back, "back"),
            (Action::SelectNext, "next"),
            (Action::SelectPrevious, "previous"),
            (Action::Edit, "edit"),
            (Action::SaveCopy, "save"),
            (Action::Convert, "convert"),
            (Action::CopyPath, "path"),
            (Action::Cancel, "cancel"),
            (Action::FetchAgain, "fetch again"),
            (Action::Again, "again"),
            (Action::Details, "details"),
            (Action::Help, "help"),
        ]),
        None => None,
    }
}

/// Whether an action of the history has something to act on: a row, its picture, or its work.
pub(super) fn fits_row(state: &State, action: Action) -> bool {
    use Action as A;
    let history = &state.history;
    match action {
        A::Cancel => history
            .selected
            .is_some_and(|id| state.jobs.get(id).is_some()),
        A::CopyUrl => history
            .selected()
            .is_some_and(|g| !g.pictures.is_empty() || !g.urls.is_empty()),
        A::Edit | A::Finish | A::SaveCopy | A::CopyPath | A::OpenOutside => {
            history.shown().is_some()
        }
        A::FetchAgain => history.selected().is_some_and(|g| g.to_be_fetched() > 0),
        A::Convert => target(state).is_some(),
        A::FullView
        | A::Details
        | A::Again
        | A::RecallAll
        | A::RecallPrompt
        | A::CopyPrompt
        | A::CopyCommand => history.selected().is_some(),
        _ => true,
    }
}

/// The cells before the keys in a line of the help, and between them and what they do.
pub const HELP_MARGIN: (u16, u16) = (3, 2);

/// The cells of the help's column of keys, in a popup whose inside is `width` cells wide.
pub fn key_column(width: u16) -> u16 {
    (width * 2 / 5).min(30)
}

/// All bindings, context by context, broken into lines for a popup whose inside is `width` cells wide.
pub fn help_lines(keymap: &Keymap, width: u16) -> Vec<HelpLine> {
    let column = key_column(width).max(1);
    let room = width
        .saturating_sub(HELP_MARGIN.0 + column + HELP_MARGIN.1 + 1)
        .max(1);
    let mut out = Vec::new();
    for context in Context::ALL {
        let here = || {
            keymap
                .bindings()
                .iter()
                .filter(move |b| b.context == context)
        };
        if here().next().is_none() {
            continue;
        }
        out.push(HelpLine::Heading(context.title()));
        for info in ACTIONS {
            let keys: Vec<String> = here()
                .filter(|b| b.action == info.action)
                .map(|b| show_keys(&b.keys))
                .collect();
            if keys.is_empty() {
                continue;
            }
            let (keys, words) = (keys_in_lines(&keys, column), wrapped(info.words, room));
            for at in 0..keys.len().max(words.len()) {
                let part = |of: &[String]| of.get(at).cloned().unwrap_or_default();
                out.push(HelpLine::Keys(part(&keys), part(&words)));
            }
        }
    }
    out
}

/// Keys beside each other as far as `column` cells go; none is broken, however long it is.
fn keys_in_lines(keys: &[String], column: u16) -> Vec<String> {
    let mut out: Vec<String> = Vec::new();
    for key in keys {
        match out.last_mut() {
            Some(line) if line.width() + 2 + key.width() <= usize::from(column) => {
                line.push_str("  ");
                line.push_str(key);
            }
            _ => out.push(key.clone()),
        }
    }
    out
}
