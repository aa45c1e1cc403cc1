//! What the studio asks of the world: plain data, so that a test can compare it.

use std::path::PathBuf;

use crate::domain::{GenerationId, OutputFormat, Picture, PictureId, Request, TaskId};

use super::Session;

/// One thing to be done outside the core. Each with a `task` is answered by an [`Event`](super::Event) that echoes it.
#[derive(Debug, Clone, PartialEq)]
pub enum Effect {
    /// Start one generation for each request; they are one batch. Answered by `Started` for each, or `GenerateRefused`.
    Generate {
        /// Echoed by `Started` and `GenerateRefused`.
        task: TaskId,
        /// As many as the count says.
        requests: Vec<Request>,
    },
    /// Stop this generation.
    Cancel(GenerationId),
    /// Fetch the pictures of this generation that are still at their addresses. No call is made. Told as `Progress`, or
    /// `Warned` where it cannot begin.
    FetchAgain(GenerationId),
    /// Read a page of the history. Slot: the newest wins. Answered by `HistoryLoaded`.
    LoadHistory {
        /// Echoed.
        task: TaskId,
        /// Words that a row must hold; empty: all rows.
        query: String,
        /// Only rows with a lower `seq`; `None`: from the newest.
        before: Option<i64>,
        /// Rows at most.
        limit: usize,
    },
    /// Ask the endpoint for its models. Answered by `ModelsLoaded`.
    LoadModels {
        /// Echoed.
        task: TaskId,
    },
    /// Find a reference picture. Answered by `ReferenceResolved`.
    ResolveReference {
        /// Echoed.
        task: TaskId,
        /// A path (`~` allowed), a URL, a data URI, `ID`, `ID.N` or `last`.
        given: String,
    },
    /// Remove all that the demo endpoint made, files too. Answered by `Done`, and by `LibraryChanged`.
    RemoveDemo {
        /// Echoed.
        task: TaskId,
    },
    /// Copy the file into the folder where plantain was started. Answered by `Done`.
    SaveCopy {
        /// Echoed.
        task: TaskId,
        /// What to copy.
        picture: Box<Picture>,
    },
    /// Write the picture once more in another format, beside its file. Answered by `Done`, and by `LibraryChanged`.
    Convert {
        /// Echoed.
        task: TaskId,
        /// Which one.
        picture: PictureId,
        /// What to.
        to: OutputFormat,
    },
    /// Open a file with the desktop's program. Answered by `Done`.
    OpenOutside {
        /// Echoed.
        task: TaskId,
        /// Absolute.
        path: PathBuf,
    },
    /// Put text on the clipboard. Answered by `Done`, whose words name the route used.
    CopyText {
        /// Echoed.
        task: TaskId,
        /// The text.
        text: String,
        /// What it is, for the toast: "path", "URL", "prompt", "command".
        what: &'static str,
    },
    /// Lend the terminal to the user's editor. Answered by `EditorReturned`.
    ExternalEditor {
        /// The prompt so far.
        text: String,
    },
    /// Keep the draft, the form and the selection for the next start.
    SaveSession(Box<Session>),
    /// Ask the terminal again what it can do, and draw and send everything anew.
    ProbeTerminal,
    /// Ask the terminal again what it can do, if that was not asked just now; nothing is drawn anew unless it changed.
    CheckTerminal,
    /// Restore the terminal and stop the process (SIGTSTP).
    Suspend,
    /// Tell the user that something ended, as the settings say (bell, OSC 9 ..).
    Bell,
    /// End the studio. A `SaveSession` stands before it where there is something to keep.
    Quit,
}
