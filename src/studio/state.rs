//! Everything that the studio knows. No pixels, no handles, no senders: ids, sizes and words.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use crate::domain::{Catalog, Clean, Display, GenerationId, Now, Request, TaskId};

use super::keymap::Key;
use super::{
    Context, Editor, Field, Form, History, Jobs, Keymap, Layout, Notices, Picker, Session,
};

/// The pane that has the keyboard.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub enum Focus {
    /// The editor.
    #[default]
    Prompt,
    /// Model, ratio, format, count.
    Settings,
    /// The list.
    History,
    /// The picture of the selected row.
    Picture,
}

impl Focus {
    /// In the order of Tab.
    pub const ALL: [Self; 4] = [Self::Prompt, Self::Settings, Self::History, Self::Picture];

    /// Its title.
    pub const fn title(self) -> &'static str {
        match self {
            Self::Prompt => "Prompt",
            Self::Settings => "Settings",
            Self::History => "History",
            Self::Picture => "Picture",
        }
    }
}

/// Which of the two stands above the prompt where only one fits: the one last focused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Upper {
    /// The picture.
    #[default]
    Picture,
    /// The history.
    History,
}

/// What lies over the panes.
#[derive(Debug, Clone, PartialEq)]
pub enum Popup {
    /// All keys.
    Help {
        /// First line that is shown.
        scroll: usize,
    },
    /// All that is known of the selected generation.
    Details {
        /// First line that is shown.
        scroll: usize,
    },
    /// A list.
    Pick(Picker),
}

/// A question in the footer: Enter says yes, Esc no. What spends money, may have been billed, or ends work asks here.
#[derive(Debug, Clone, PartialEq)]
pub enum Ask {
    /// Send these.
    Send(Vec<Request>),
    /// Cancel one that was sent already.
    Cancel(GenerationId),
    /// Quit.
    Quit,
}

/// Where pictures come from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Endpoint {
    /// The embedded one: pictures are procedural.
    Demo,
    /// A base URL's host.
    Host(Clean),
}

/// What the studio is started with.
#[derive(Debug, Clone)]
pub struct Setup {
    /// Models, ratios, formats, prices.
    pub catalog: Catalog,
    /// The bindings.
    pub keymap: Keymap,
    /// The first form, from the settings.
    pub form: Form,
    /// For the header.
    pub endpoint: Endpoint,
    /// The library's folder as the header shows it.
    pub library: Clean,
    /// Columns and rows of the terminal.
    pub size: (u16, u16),
}

/// A reference that is being looked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Resolving {
    /// What was given.
    pub given: String,
    /// The `@word` that leaves the prompt once it is found.
    pub word: Option<String>,
}

/// The whole state.
#[derive(Debug, Clone)]
pub struct State {
    /// When the last event happened; `view` reckons elapsed times with it.
    pub now: Now,
    /// Columns and rows.
    pub size: (u16, u16),
    /// The zone that times of day are shown in; the runtime reads it once.
    pub zone: jiff::tz::TimeZone,
    /// What the terminal can do.
    pub display: Display,
    /// Whether the terminal's window has the focus; `None`: it does not tell.
    pub terminal_focused: Option<bool>,
    /// Models, ratios, formats, prices.
    pub catalog: Catalog,
    /// Models that the endpoint named itself.
    pub models: Vec<String>,
    /// The bindings.
    pub keymap: Keymap,
    /// Where pictures come from.
    pub endpoint: Endpoint,
    /// The library's folder.
    pub library: Clean,

    /// The pane that has the keyboard.
    pub focus: Focus,
    /// Which of picture and history is shown where one fits.
    pub upper: Upper,
    /// Whether the picture covers the screen.
    pub full_view: bool,
    /// What lies over the panes.
    pub popup: Option<Popup>,
    /// The question in the footer.
    pub ask: Option<Ask>,
    /// What the studio tells.
    pub notices: Notices,

    /// The prompt.
    pub editor: Editor,
    /// What the next request asks for.
    pub form: Form,
    /// The field of the settings that is selected.
    pub field: Field,
    /// The rows.
    pub history: History,
    /// What runs here.
    pub jobs: Jobs,

    /// The keys of an unfinished sequence, shown in the footer.
    pub pending: Vec<Key>,
    /// The last action that was done.
    pub last_action: Option<super::Action>,
    pub(super) inner: Inner,
}

/// What nobody draws.
#[derive(Debug, Clone, Default)]
pub(super) struct Inner {
    /// The last task id that was given out.
    pub(super) last_task: u64,
    /// When an unfinished key sequence is given up.
    pub(super) pending_until: Option<Duration>,
    /// When the session is to be saved.
    pub(super) save_at: Option<Duration>,
    /// When the last prompt was sent: a second Enter within 100 ms is the same press.
    pub(super) sent_at: Option<Duration>,
    /// The text that was sent last; `edit` clears the editor only when it still holds that.
    pub(super) sent_text: String,
    /// The last `Generate`, whose first generation is to be selected: dropped as soon as the user selects something.
    pub(super) follow: Option<TaskId>,
    /// Generations by the task that asked for them, until their rows are there.
    pub(super) started: BTreeMap<GenerationId, TaskId>,
    /// References that are looked for.
    pub(super) resolving: BTreeMap<TaskId, Resolving>,
    /// `@words` that are text, since nothing was found for them or the user said so.
    pub(super) literal: BTreeSet<String>,
    /// The key that opened the list of references; it is text when the list is closed without a choice.
    pub(super) attach_key: Option<char>,
    /// What was typed into that list and not found: the list opens with it again, to be mended.
    pub(super) not_found: Option<String>,
    /// The prompt is to be sent once all references of its text are there.
    pub(super) send_when_resolved: bool,
    /// The page that is on its way goes behind the rows that are there.
    pub(super) appending: bool,
    /// What was saved last, so that nothing is written twice.
    pub(super) saved: Option<Session>,
    /// Tasks that end in a toast.
    pub(super) toasts: Vec<TaskId>,
    /// The models are on their way.
    pub(super) models_task: Option<TaskId>,
    /// Prompts that were stashed when another one took their place, newest first.
    pub(super) stash: Vec<String>,
    /// Stepping through earlier prompts: the place, and the draft that was there before.
    pub(super) recall: Option<(usize, String)>,
    /// The user selected or sent something since the start.
    pub(super) chosen: bool,
    /// The selection of the last run, until the first page is there.
    pub(super) restore_selected: Option<GenerationId>,
    /// The library changed while a page was on its way.
    pub(super) stale: bool,
}

impl State {
    /// The first state; nothing is asked of the world yet, see [`start`](super::start).
    pub fn new(setup: Setup) -> Self {
        let mut state = Self {
            now: Now::default(),
            size: setup.size,
            zone: jiff::tz::TimeZone::UTC,
            display: Display::default(),
            terminal_focused: None,
            catalog: setup.catalog,
            models: Vec::new(),
            keymap: setup.keymap,
            endpoint: setup.endpoint,
            library: setup.library,
            focus: Focus::Prompt,
            upper: Upper::Picture,
            full_view: false,
            popup: None,
            ask: None,
            notices: Notices::default(),
            editor: Editor::default(),
            form: setup.form,
            field: Field::Model,
            history: History::default(),
            jobs: Jobs::default(),
            pending: Vec::new(),
            last_action: None,
            inner: Inner::default(),
        };
        state.settle();
        state
    }

    /// Where everything stands now.
    pub fn layout(&self) -> Layout {
        Layout::of(self)
    }

    /// The contexts in which a key is looked up, nearest first.
    pub fn contexts(&self) -> &'static [Context] {
        use Context::{Global, History, Panes, Popup as Over, Prompt, Settings};
        match &self.popup {
            Some(Popup::Pick(_)) => return &[Over, Global],
            Some(Popup::Help { .. } | Popup::Details { .. }) => return &[Over, Panes, Global],
            None => {}
        }
        if self.history.filtering {
            return &[Over, Global];
        }
        if self.full_view {
            return &[History, Panes, Global];
        }
        match self.focus {
            Focus::Prompt => &[Prompt, Global],
            Focus::Settings => &[Settings, Panes, Global],
            Focus::History | Focus::Picture => &[History, Panes, Global],
        }
    }

    /// References that are being looked for, as given.
    pub fn looking_for(&self) -> impl Iterator<Item = &str> {
        self.inner.resolving.values().map(|r| r.given.as_str())
    }

    /// The next task id.
    pub(super) fn task(&mut self) -> TaskId {
        self.inner.last_task += 1;
        TaskId(self.inner.last_task)
    }

    /// Brings what follows from the layout in line with it: the editor's wrap, and scrolls that keep the cursor, the
    /// selected row and the selected line on the screen.
    pub(super) fn settle(&mut self) {
        let layout = self.layout();
        self.editor.reflow(layout.text.width, layout.text.height);
        let rows = layout.rows();
        if rows > 0 {
            let at = self.history.selected_index().unwrap_or(0);
            let last = self.history.rows.len().saturating_sub(rows);
            let least = (at + 1).saturating_sub(rows);
            self.history.offset = self.history.offset.min(last).clamp(least, at);
        }
        if let Some(Popup::Pick(picker)) = &mut self.popup {
            let rows = usize::from(layout.popup_list.height.max(1));
            let at = picker.selected;
            picker.offset = picker.offset.clamp((at + 1).saturating_sub(rows), at);
        }
    }
}
