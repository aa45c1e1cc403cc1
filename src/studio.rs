//! The pure core of the studio: what happened goes in as an [`Event`], what is asked of the world comes out as [`Effect`]s.
//!
//! Keys become an [`Action`] through the keymap; the palette and the mouse call [`act`] as well. The room holds no clock,
//! no disk, no tasks and no pixels: time is an argument, results come back as events that echo the id that asked.

pub mod action;
mod attaching;
mod convert;
mod details;
mod drafts;
mod editor;
mod effect;
mod event;
mod form;
mod help;
mod history;
mod jobs;
pub mod keymap;
mod layout;
mod notices;
mod picker;
mod session;
mod state;
mod update;
pub mod words;

pub use action::{ACTIONS, Action, ActionInfo, Context};
pub use convert::offer;
use convert::target;
pub use details::{Detail, DetailLine, LABEL_WIDTH, caption, detail_lines, details, facts};
pub use editor::{Editor, LineField, VisualLine};
pub use effect::Effect;
pub use event::{Event, Page};
pub use form::{Field, Form, MAX_COUNT};
use help::fits_row;
pub use help::{HELP_MARGIN, HelpLine, Hint, help_lines, hints, key_column};
pub use history::{History, Row};
pub use jobs::{Download, Job, Jobs, Stage, Wait};
pub use keymap::Keymap;
use layout::sheet_lines;
pub use layout::{Layout, ROW_HEIGHT, Shape, inner};
pub use notices::{Level, Notice, Notices};
pub use picker::{Choice, Item, PickKind, Picker};
pub use session::Session;
pub use state::{Ask, Endpoint, Focus, Popup, Setup, State, Upper};
pub use update::{act, next_wake, start, update};
