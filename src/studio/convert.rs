//! What the shown picture can be converted to, and how that is offered under it. Nothing is asked: a question would take
//! the Enter of somebody who types.

use crate::domain::{Convert, FileFormat, OutputFormat};

use super::{Action, Context, Focus, State};

/// The form's format, or the one that was asked for where the picture has the form's already.
pub(super) fn target(state: &State) -> Option<OutputFormat> {
    let asked = state.history.selected()?.request.format;
    let picture = state.history.shown()?;
    [state.form.format, asked]
        .into_iter()
        .find(|format| picture.can_become(*format))
}

/// With `convert = "ask"`, for a picture that came in another format than asked and was not converted to that yet: the
/// keys that lead there from where the keyboard is, and what they do.
pub fn offer(state: &State) -> Option<(String, String)> {
    let generation = state.history.selected()?;
    let picture = state.history.shown()?;
    let asked = generation.request.format;
    let open = picture.can_become(asked) && picture.converted_to(FileFormat::from(asked)).is_none();
    if state.convert != Convert::Ask || !open || !generation.state.is_final() {
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
    let to = target(state)?;
    Some((keys, format!("writes a {to} beside it")))
}
