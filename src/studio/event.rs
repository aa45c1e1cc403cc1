//! What happened to the studio: input, results, time. Results echo the id that asked; an unknown id is ignored.

use crate::domain::{
    Clean, Display, Failure, Generation, GenerationId, PictureId, Progress, Reference, TaskId,
};

use super::Session;

/// A part of the history, newest first.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Page {
    /// Rows by falling `seq`.
    pub generations: Vec<Generation>,
    /// Whether older rows match too.
    pub more: bool,
    /// How many rows match in all.
    pub total: u64,
}

/// One thing that happened.
#[derive(Debug, Clone, PartialEq)]
pub enum Event {
    /// A key, a paste, the mouse, a new size, a change of focus.
    Input(crossterm::event::Event),
    /// One request of a `Generate` has its id; comes once for each, before or after its `Prepared`.
    Started {
        /// Of the effect.
        task: TaskId,
        /// Its generation.
        id: GenerationId,
    },
    /// A generation tells something; also those that were not asked for here (a resumed download).
    Progress(GenerationId, Progress),
    /// A `Generate` could not even be written down.
    GenerateRefused {
        /// Of the effect.
        task: TaskId,
        /// Why.
        failure: Failure,
    },
    /// A page of the history came.
    HistoryLoaded {
        /// Of the effect.
        task: TaskId,
        /// The page.
        result: Result<Page, Failure>,
    },
    /// The endpoint named its models.
    ModelsLoaded {
        /// Of the effect.
        task: TaskId,
        /// Their names.
        result: Result<Vec<String>, Failure>,
    },
    /// A reference was found, or not.
    ReferenceResolved {
        /// Of the effect.
        task: TaskId,
        /// The reference.
        result: Result<Reference, Failure>,
    },
    /// A copy, an opening or a saving is over.
    Done {
        /// Of the effect.
        task: TaskId,
        /// What was done, for the toast: "copied to fox.png", "path copied (OSC 52)".
        result: Result<Clean, Failure>,
    },
    /// The terminal was probed.
    Display(Display),
    /// Another process wrote to the library.
    LibraryChanged,
    /// The user's editor returned.
    EditorReturned {
        /// The text, or why there is none.
        result: Result<String, Failure>,
    },
    /// What was kept by the last run; `None`: nothing. Comes once, and until then no session is saved.
    SessionRestored(Option<Box<Session>>),
    /// This picture cannot be drawn: its card is shown instead.
    PictureFailed(PictureId, Failure),
    /// So many bytes of a picture were sent for what is seen of it, and more could come; `None`: nothing like that is seen.
    Previewed(Option<(PictureId, u64)>),
    /// Something of the world is worth a notice: a wrong line in the configuration, a library that cannot be written.
    Warned(Failure),
    /// A deadline that the studio named has come.
    Wake,
    /// A signal asks to end; nothing is asked back.
    AskedToQuit,
}
