//! What the shown picture can be converted to, and how that is offered under it. Nothing is asked: a question would take
//! the Enter of somebody who types.

use crate::domain::{Convert, FileFormat, OutputFormat, Picture};

use super::{Action, Context, Focus, State};

/// The format that was asked for, or the form's: the first that there is no file of yet.
pub(super) fn target(state: &State) -> Option<OutputFormat> {
    let asked = state.history.selected()?.request.format;
    let picture = state.history.shown()?;
    [asked, state.form.format]
        .into_iter()
        .find(|format| is_open(picture, *format))
}

fn is_open(picture: &Picture, format: OutputFormat) -> bool {
    picture.can_become(format) && picture.converted_to(FileFormat::from(format)).is_none()
}

/// With `convert = "ask"`, for a picture that came in another format than asked and was not converted to that yet: the
/// keys that lead there from where the keyboard is, and what they do.
pub fn offer(state: &State) -> Option<(String, String)> {
    let generation = state.history.selected()?;
    let picture = state.history.shown()?;
    let asked = generation.request.format;
    if state.convert != Convert::Ask || !is_open(picture, asked) || !generation.state.is_final() {
        return None;
    }
    let keymap = &state.keymap;
    let list = [Context::History, Context::Panes, Context::Global];
    let convert = keymap.keys_in(Action::Convert, &list)?;
    let way = match state.focus {
        Focus::Prompt => Some(Action::Back),
        Focus::Settings => Some(Action::NextPane),
        Focus::History | Focus::Picture => None,
    };
    let keys = match way {
        Some(action) => format!("{} {convert}", keymap.keys_in(action, state.contexts())?),
        None => convert,
    };
    Some((keys, format!("writes a {asked} beside it")))
}
