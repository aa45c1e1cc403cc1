//! What lies over the panes: lists, help, details, and the question in the footer.

use super::super::attaching::Origin;
use super::super::{
    ACTIONS, Action, ActionInfo, Ask, Choice, Effect, Field, Focus, Item, PickKind, Picker, Popup,
    State, fits_row, sheet_lines,
};
use super::{focus, input, list, perform, prompt, references, session, settings, toast_task, warn};

/// References that are offered from the history.
const RECENT: usize = 100;
/// What the palette offers first, where the selected row allows it.
const OF_A_ROW: [Action; 16] = [
    Action::Cancel,
    Action::FetchAgain,
    Action::Edit,
    Action::Again,
    Action::Finish,
    Action::SaveCopy,
    Action::Convert,
    Action::CopyPath,
    Action::CopyUrl,
    Action::CopyPrompt,
    Action::CopyCommand,
    Action::RecallAll,
    Action::RecallPrompt,
    Action::FullView,
    Action::Details,
    Action::OpenOutside,
];
/// Of a prompt, a line of a list shows at most this many characters.
const LABEL: usize = 120;

pub(super) fn open(state: &mut State, popup: Popup) {
    state.history.filtering = false;
    state.attaching.opened_by = None;
    state.popup = Some(popup);
}

/// Opens a list.
pub(super) fn pick(state: &mut State, kind: PickKind) {
    let (items, at) = match kind {
        PickKind::Palette => (palette(state), None),
        PickKind::Model => settings::values(state, Field::Model),
        PickKind::Ratio => settings::values(state, Field::Ratio),
        PickKind::Format => settings::values(state, Field::Format),
        PickKind::Count => settings::values(state, Field::Count),
        PickKind::Prompt => (prompts(state), None),
        PickKind::Reference => (pictures(state), None),
    };
    if kind == PickKind::Prompt && items.is_empty() {
        return warn(state, "there are no earlier prompts", "send one with Enter");
    }
    let picker = Picker::new(kind, items, at.unwrap_or(0));
    open(state, Popup::Pick(picker));
}

/// Opens the details of the selected row.
pub(super) fn details(state: &mut State) {
    if state.history.selected().is_some() {
        open(state, Popup::Details { scroll: 0 });
    } else {
        warn(
            state,
            "nothing is selected",
            "choose a row of the history first",
        );
    }
}

/// Closes what is open without a choice.
pub(super) fn close(state: &mut State) {
    if let Some(Popup::Pick(picker)) = state.popup.take() {
        input::literal_attach(state, picker.kind, picker.field.text());
    }
}

/// Scrolls the help or the details.
pub(super) fn scroll(state: &mut State, by: isize) {
    let area = state.layout().popup_list;
    let lines = sheet_lines(state, area.width).unwrap_or(0);
    let last = lines.saturating_sub(usize::from(area.height));
    if let Some(Popup::Help { scroll } | Popup::Details { scroll }) = &mut state.popup {
        *scroll = scroll.saturating_add_signed(by).min(last);
    }
}

/// A line of the open list was clicked.
pub(super) fn clicked(state: &mut State, place: usize) -> Vec<Effect> {
    let Some(Popup::Pick(picker)) = &mut state.popup else {
        return Vec::new();
    };
    let at = picker.offset + place;
    if at >= picker.shown().len() {
        return Vec::new();
    }
    picker.selected = at;
    confirm(state)
}

/// Takes what is selected.
pub(super) fn confirm(state: &mut State) -> Vec<Effect> {
    if state.history.filtering && state.popup.is_none() {
        list::keep_filter(state);
        return Vec::new();
    }
    let Some(Popup::Pick(picker)) = state.popup.take() else {
        return Vec::new();
    };
    let Some(item) = picker.current() else {
        // Nothing matches: the list stays, so that what was typed can be mended.
        state.popup = Some(Popup::Pick(picker));
        return Vec::new();
    };
    state.attaching.opened_by = None;
    match item.choice.clone() {
        Choice::Act(action) => return perform(state, action),
        Choice::Reference(given) => {
            let from = if given == picker.field.text().trim() {
                Origin::Typed
            } else {
                Origin::Chosen
            };
            return references::look_for(state, &given, from);
        }
        Choice::Prompt(text) => {
            prompt::replace(state, &text);
            focus(state, Focus::Prompt);
        }
        value => settings::take(state, value),
    }
    Vec::new()
}

/// The question in the footer was answered with yes.
pub(super) fn answered_yes(state: &mut State, question: Ask) -> Vec<Effect> {
    match question {
        Ask::Send(requests) => prompt::send(state, requests),
        Ask::FetchAgain(id) => vec![Effect::FetchAgain(id)],
        Ask::Cancel(id) => {
            let Some(job) = state.jobs.running.get_mut(&id) else {
                return Vec::new();
            };
            job.cancelling = true;
            vec![Effect::Cancel(id)]
        }
        Ask::RemoveDemo => {
            if state.history.selected().is_some_and(|g| g.demo) {
                // Else it would be kept as a row that the list does not hold.
                state.history.unselect();
            }
            vec![Effect::RemoveDemo {
                task: toast_task(state),
            }]
        }
        Ask::Quit => session::quit(state),
    }
}

/// What can be done with the selected row comes first.
fn palette(state: &State) -> Vec<Item> {
    let item = |info: &'static ActionInfo| Item {
        label: info.words.to_owned(),
        name: info.name,
        detail: state.keymap.keys_of(info.action).unwrap_or_default(),
        choice: Choice::Act(info.action),
    };
    let place = |info: &ActionInfo| {
        let at = OF_A_ROW.iter().position(|a| *a == info.action);
        at.filter(|_| state.history.selected().is_some() && fits_row(state, info.action))
            .unwrap_or(OF_A_ROW.len())
    };
    let mut listed: Vec<_> = ACTIONS.iter().filter(|i| i.palette).collect();
    listed.sort_by_key(|info| place(info));
    listed.into_iter().map(item).collect()
}

fn prompts(state: &State) -> Vec<Item> {
    prompt::earlier(state, "")
        .into_iter()
        .map(|text| Item {
            label: one_line(&text),
            name: "",
            detail: String::new(),
            choice: Choice::Prompt(text),
        })
        .collect()
}

fn pictures(state: &State) -> Vec<Item> {
    let pictures = state
        .history
        .rows
        .iter()
        .filter_map(|r| Some((&r.generation, r.generation.selected()?)));
    pictures
        .take(RECENT)
        .map(|(generation, picture)| Item {
            label: one_line(generation.request.prompt.typed()),
            name: "",
            detail: picture.id.short(),
            choice: Choice::Reference(picture.id.to_string()),
        })
        .collect()
}

fn one_line(text: &str) -> String {
    let line = text
        .split_whitespace()
        .take(LABEL)
        .collect::<Vec<_>>()
        .join(" ");
    line.chars().take(LABEL).collect()
}
