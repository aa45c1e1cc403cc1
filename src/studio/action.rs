//! What the user can mean: one enum and one table. The keymap, the footer's hints, the help, the palette and the
//! README's key table are all read from [`ACTIONS`]; nothing else names a key or says what an action does.

mod context;

use std::fmt;

pub use context::Context;

/// What the user means by a key, a click or a line of the palette.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Action {
    /// Shows all keys.
    Help,
    /// Lists all actions, filtered as one types.
    Palette,
    /// Moves the focus to the next pane.
    NextPane,
    /// Moves the focus to the pane before.
    PreviousPane,
    /// Moves the focus to the prompt.
    FocusPrompt,
    /// Moves the focus to the settings.
    FocusSettings,
    /// Moves the focus to the history.
    FocusHistory,
    /// Moves the focus to the picture.
    FocusPicture,
    /// Lists the models.
    PickModel,
    /// Lists the aspect ratios.
    PickRatio,
    /// Lists the output formats.
    PickFormat,
    /// Lists how many pictures at once.
    PickCount,
    /// Closes what is open, drops the filter, or leaves the editor; never quits.
    Back,
    /// Clears the editor, closes what is open, or asks to quit.
    Interrupt,
    /// Closes what is open, else quits.
    CloseOrQuit,
    /// Quits; asks while work is in flight.
    Quit,
    /// Asks the terminal again what it can do, and draws everything anew.
    Redraw,
    /// Hands the terminal back to the shell.
    Suspend,

    /// Sends the prompt.
    Generate,
    /// Breaks the line.
    Newline,
    /// Attaches a reference picture by path, URL or id.
    Attach,
    /// Takes the last reference picture away.
    Detach,
    /// Edits the prompt in `$VISUAL` or `$EDITOR`.
    ExternalEditor,
    /// Lists earlier prompts, filtered as one types.
    PromptHistory,
    /// Puts the prompt before this one into the editor.
    OlderPrompt,
    /// Puts the prompt after this one into the editor.
    NewerPrompt,
    /// Moves the cursor one character back.
    CursorLeft,
    /// Moves the cursor one character on.
    CursorRight,
    /// Moves the cursor a line up; on the first line, an older prompt.
    CursorUp,
    /// Moves the cursor a line down; on the last line, a newer prompt.
    CursorDown,
    /// Moves the cursor a word back.
    WordLeft,
    /// Moves the cursor a word on.
    WordRight,
    /// Moves the cursor to the start of the line.
    LineStart,
    /// Moves the cursor to the end of the line.
    LineEnd,
    /// Moves the cursor to the start of the prompt.
    TextStart,
    /// Moves the cursor to the end of the prompt.
    TextEnd,
    /// Deletes the character before the cursor.
    DeleteBack,
    /// Deletes the character under the cursor.
    DeleteForward,
    /// Deletes the word before the cursor.
    DeleteWordBack,
    /// Deletes the word after the cursor.
    DeleteWordForward,
    /// Deletes to the end of the line.
    KillToEnd,
    /// Deletes to the start of the line.
    KillToStart,
    /// Inserts what was deleted last.
    Yank,
    /// Takes the last edit back.
    Undo,
    /// Makes the edit again that was taken back.
    Redo,
    /// Empties the editor.
    ClearPrompt,

    /// Moves to the field above.
    FieldUp,
    /// Moves to the field below.
    FieldDown,
    /// Takes the value before.
    ValueBack,
    /// Takes the next value.
    ValueNext,
    /// Lists all values of the field.
    OpenField,

    /// Selects the row below.
    SelectNext,
    /// Selects the row above.
    SelectPrevious,
    /// Selects the newest.
    SelectFirst,
    /// Selects the oldest that is loaded.
    SelectLast,
    /// Moves a page down.
    PageDown,
    /// Moves a page up.
    PageUp,
    /// Moves half a page down.
    HalfPageDown,
    /// Moves half a page up.
    HalfPageUp,
    /// Shows the next picture of the same answer.
    NextVariant,
    /// Shows the picture before of the same answer.
    PreviousVariant,
    /// Filters the history.
    Filter,
    /// Shows the picture over the whole screen.
    FullView,
    /// Shows all that is known of the generation.
    Details,
    /// Makes the picture reference #1 of a new prompt.
    Edit,
    /// Asks for the same once more; first whether to fetch what is paid for already.
    Again,
    /// Fetches pictures that are paid for and not on disk.
    FetchAgain,
    /// Asks for the same one size up, with this picture as reference.
    Finish,
    /// Puts prompt, references and settings of the row into the form.
    RecallAll,
    /// Puts the prompt of the row into the editor.
    RecallPrompt,
    /// Cancels the generation; asks when it was sent already.
    Cancel,
    /// Cancels all that are queued.
    CancelQueued,
    /// Removes all that the demo endpoint made; asks.
    RemoveDemo,
    /// Saves a copy where plantain was started.
    SaveCopy,
    /// Writes the picture once more, beside its file, in the form's format.
    Convert,
    /// Copies the file's path.
    CopyPath,
    /// Copies the picture's URL.
    CopyUrl,
    /// Copies the prompt.
    CopyPrompt,
    /// Copies a command line that asks for the same.
    CopyCommand,
    /// Opens the picture outside of the terminal.
    OpenOutside,

    /// Takes what is selected, or says yes.
    Confirm,
}

/// One row of the table of actions.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ActionInfo {
    /// The action.
    pub action: Action,
    /// Its name in `keymap.toml`: small letters and dashes.
    pub name: &'static str,
    /// What it does, in a few words.
    pub words: &'static str,
    /// Where it belongs; bindings may stand in other sections too.
    pub context: Context,
    /// Its word and rank in the footer's hints (0 comes first); `None`: not there.
    pub hint: Option<(u8, &'static str)>,
    /// Whether the palette lists it.
    pub palette: bool,
}

impl Action {
    /// Its row of [`ACTIONS`].
    pub fn info(self) -> &'static ActionInfo {
        // The table is in the enum's order; a test holds it.
        &ACTIONS[self as usize]
    }

    /// Its name in `keymap.toml`.
    pub fn name(self) -> &'static str {
        self.info().name
    }

    /// The action of that name.
    pub fn from_name(name: &str) -> Option<Self> {
        ACTIONS.iter().find(|i| i.name == name).map(|i| i.action)
    }
}

impl fmt::Display for Action {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

/// A row that the palette lists.
const fn row(
    action: Action,
    name: &'static str,
    context: Context,
    words: &'static str,
) -> ActionInfo {
    ActionInfo {
        action,
        name,
        words,
        context,
        hint: None,
        palette: true,
    }
}

impl ActionInfo {
    /// With a word and a rank in the footer.
    const fn hint(mut self, rank: u8, word: &'static str) -> Self {
        self.hint = Some((rank, word));
        self
    }

    /// Not in the palette: it means something only where its key is pressed.
    const fn keys_only(mut self) -> Self {
        self.palette = false;
        self
    }
}

/// Every action, in the enum's order.
#[rustfmt::skip] // A table: one line an action.
pub const ACTIONS: &[ActionInfo] = &{
    use Action as A;
    use Context::{Global, History, Panes, Popup, Prompt, Settings};
    [
        row(A::Help, "help", Global, "show all keys").hint(90, "help"),
        row(A::Palette, "palette", Global, "list all commands").hint(80, "commands").keys_only(),
        row(A::NextPane, "next-pane", Global, "go to the next pane").hint(70, "next pane"),
        row(A::PreviousPane, "previous-pane", Global, "go to the pane before"),
        row(A::FocusPrompt, "focus-prompt", Global, "go to the prompt"),
        row(A::FocusSettings, "focus-settings", Global, "go to the settings"),
        row(A::FocusHistory, "focus-history", Global, "go to the history"),
        row(A::FocusPicture, "focus-picture", Global, "go to the picture"),
        row(A::PickModel, "pick-model", Global, "choose the model"),
        row(A::PickRatio, "pick-ratio", Global, "choose the aspect ratio"),
        row(A::PickFormat, "pick-format", Global, "choose the output format"),
        row(A::PickCount, "pick-count", Global, "choose how many at once"),
        row(A::Back, "back", Global, "close what is open, drop the filter, leave the editor").keys_only(),
        row(A::Interrupt, "interrupt", Global, "clear the prompt, close what is open, or ask to quit"),
        row(A::CloseOrQuit, "close-or-quit", Panes, "close what is open, else quit").keys_only(),
        row(A::Quit, "quit", Global, "quit; asks while work is in flight"),
        row(A::Redraw, "redraw", Global, "probe the terminal again and draw all anew"),
        row(A::Suspend, "suspend", Global, "suspend to the shell"),
        row(A::Generate, "generate", Prompt, "send the prompt").hint(0, "generate"),
        row(A::Newline, "newline", Prompt, "break the line").hint(10, "newline"),
        row(A::Attach, "attach", Prompt, "attach a reference picture: path, URL or id").hint(20, "attach"),
        row(A::Detach, "detach", Prompt, "take the last reference picture away"),
        row(A::ExternalEditor, "external-editor", Prompt, "edit the prompt in $VISUAL or $EDITOR"),
        row(A::PromptHistory, "prompt-history", Prompt, "list earlier prompts"),
        row(A::OlderPrompt, "older-prompt", Prompt, "bring back the prompt before"),
        row(A::NewerPrompt, "newer-prompt", Prompt, "bring back the prompt after"),
        row(A::CursorLeft, "cursor-left", Prompt, "a character back").keys_only(),
        row(A::CursorRight, "cursor-right", Prompt, "a character on").keys_only(),
        row(A::CursorUp, "cursor-up", Prompt, "a line up; on the first, an older prompt").keys_only(),
        row(A::CursorDown, "cursor-down", Prompt, "a line down; on the last, a newer prompt").keys_only(),
        row(A::WordLeft, "word-left", Prompt, "a word back"),
        row(A::WordRight, "word-right", Prompt, "a word on"),
        row(A::LineStart, "line-start", Prompt, "to the start of the line").keys_only(),
        row(A::LineEnd, "line-end", Prompt, "to the end of the line").keys_only(),
        row(A::TextStart, "text-start", Prompt, "to the start of the prompt"),
        row(A::TextEnd, "text-end", Prompt, "to the end of the prompt"),
        row(A::DeleteBack, "delete-back", Prompt, "delete the character before").keys_only(),
        row(A::DeleteForward, "delete-forward", Prompt, "delete the character after").keys_only(),
        row(A::DeleteWordBack, "delete-word-back", Prompt, "delete the word before"),
        row(A::DeleteWordForward, "delete-word-forward", Prompt, "delete the word after"),
        row(A::KillToEnd, "kill-to-end", Prompt, "delete to the end of the line"),
        row(A::KillToStart, "kill-to-start", Prompt, "delete to the start of the line"),
        row(A::Yank, "yank", Prompt, "insert what was deleted last"),
        row(A::Undo, "undo", Prompt, "take the last edit back"),
        row(A::Redo, "redo", Prompt, "make that edit again"),
        row(A::ClearPrompt, "clear-prompt", Prompt, "empty the prompt"),
        row(A::FieldUp, "field-up", Settings, "the field above").keys_only(),
        row(A::FieldDown, "field-down", Settings, "the field below").keys_only(),
        row(A::ValueBack, "value-back", Settings, "the value before").keys_only(),
        row(A::ValueNext, "value-next", Settings, "the next value").hint(10, "change").keys_only(),
        row(A::OpenField, "open-field", Settings, "all values").hint(0, "all values").keys_only(),
        row(A::SelectNext, "select-next", History, "the row below").keys_only(),
        row(A::SelectPrevious, "select-previous", History, "the row above").keys_only(),
        row(A::SelectFirst, "select-first", History, "the newest"),
        row(A::SelectLast, "select-last", History, "the oldest that is loaded"),
        row(A::PageDown, "page-down", History, "a page down").keys_only(),
        row(A::PageUp, "page-up", History, "a page up").keys_only(),
        row(A::HalfPageDown, "half-page-down", History, "half a page down"),
        row(A::HalfPageUp, "half-page-up", History, "half a page up"),
        row(A::NextVariant, "next-variant", History, "the next picture of the same answer"),
        row(A::PreviousVariant, "previous-variant", History, "the picture before of the same answer"),
        row(A::Filter, "filter", History, "filter the history").hint(40, "filter"),
        row(A::FullView, "full-view", History, "show the picture over the whole screen").hint(0, "full view"),
        row(A::Details, "details", History, "show all that is known of it").hint(50, "details"),
        row(A::Edit, "edit", History, "edit this picture: it becomes reference #1").hint(10, "edit"),
        row(A::Again, "again", History, "ask for the same once more").hint(20, "again"),
        row(A::FetchAgain, "fetch-again", History, "fetch pictures that are paid for and still at their address").hint(15, "fetch again"),
        row(A::Finish, "finish", History, "the same one size up, this picture as reference").hint(32, "finish"),
        row(A::RecallAll, "recall-all", History, "take over its prompt and settings"),
        row(A::RecallPrompt, "recall-prompt", History, "take over its prompt"),
        row(A::Cancel, "cancel", History, "cancel it; asks when it was sent already").hint(30, "cancel"),
        row(A::CancelQueued, "cancel-queued", History, "cancel all that are queued"),
        row(A::RemoveDemo, "remove-demo", History, "remove all pictures of the demo endpoint; asks"),
        row(A::SaveCopy, "save-copy", History, "save a copy where plantain was started").hint(34, "save"),
        row(A::Convert, "convert", History, "write it once more beside its file, as asked or in the format of the settings").hint(45, "convert"),
        row(A::CopyPath, "copy-path", History, "copy the file's path").hint(36, "path"),
        row(A::CopyUrl, "copy-url", History, "copy the picture's URL"),
        row(A::CopyPrompt, "copy-prompt", History, "copy the prompt"),
        row(A::CopyCommand, "copy-command", History, "copy a command line for the same"),
        row(A::OpenOutside, "open-outside", History, "open the picture outside of the terminal"),
        row(A::Confirm, "confirm", Popup, "take it, or say yes").keys_only(),
    ]
};

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_stands_in_the_enums_order_and_names_are_unique() {
        for (i, info) in ACTIONS.iter().enumerate() {
            assert_eq!(info.action as usize, i, "{}", info.name);
            assert_eq!(info.action.info(), info);
            assert_eq!(Action::from_name(info.name), Some(info.action));
            let plain = |c: char| c.is_ascii_lowercase() || c == '-';
            assert!(info.name.chars().all(plain), "{}", info.name);
        }
    }
}
