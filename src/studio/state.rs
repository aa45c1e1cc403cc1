//! Everything that the studio knows. No pixels, no handles, no senders: ids, sizes and words.

use std::time::Duration;

use ratatui::layout::Position;

use crate::domain::{
    Catalog, Clean, Convert, Display, GenerationId, Now, PictureId, Request, TaskId,
};

use super::attaching::Attaching;
use super::drafts::Drafts;
use super::keymap::Key;
use super::session::Saving;
use super::{Context, Editor, Field, Form, History, Jobs, Keymap, Layout, Notices, Picker};

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
    /// Fetch what a row paid for and does not have.
    FetchAgain(GenerationId),
    /// Cancel one that was sent already.
    Cancel(GenerationId),
    /// Remove all that the demo endpoint made.
    RemoveDemo,
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
    /// What happens to pictures that come in another format than asked.
    pub convert: Convert,
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
    /// The picture that is seen in less than all its bytes, and in how many.
    pub preview: Option<(PictureId, u64)>,
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
    /// What happens to pictures that come in another format than asked.
    pub convert: Convert,

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
    /// When an unfinished sequence is given up.
    pub(super) pending_until: Option<Duration>,
    /// Earlier texts of the editor.
    pub(super) drafts: Drafts,
    /// References on their way into the form.
    pub(super) attaching: Attaching,
    /// What the mouse is about.
    pub(super) mouse: Mouse,
    /// What survives a restart.
    pub(super) saving: Saving,
    /// Numbers for effects.
    pub(super) tasks: Tasks,
}

/// What the mouse is about.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Mouse {
    /// Where the left button was pressed; `None` once it is up or moves.
    pub(super) pressed: Option<Position>,
    /// How text is selected was told.
    pub(super) told: bool,
}

/// Numbers for effects, and which of them are awaited.
#[derive(Debug, Clone, Default)]
pub(super) struct Tasks {
    /// The last id that was given out.
    pub(super) last: u64,
    /// Tasks that end in a toast.
    pub(super) toasts: Vec<TaskId>,
    /// The models are on their way.
    pub(super) models: Option<TaskId>,
}

impl State {
    /// The first state; nothing is asked of the world yet, see [`start`](super::start).
    pub fn new(setup: Setup) -> Self {
        let saving = Saving {
            first: Some(setup.form.clone()),
            ..Saving::default()
        };
        let mut state = Self {
            now: Now::default(),
            size: setup.size,
            zone: jiff::tz::TimeZone::UTC,
            display: Display::default(),
            preview: None,
            terminal_focused: None,
            catalog: setup.catalog,
            models: Vec::new(),
            keymap: setup.keymap,
            endpoint: setup.endpoint,
            library: setup.library,
            convert: setup.convert,
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
            pending_until: None,
            drafts: Drafts::default(),
            attaching: Attaching::default(),
            mouse: Mouse::default(),
            saving,
            tasks: Tasks::default(),
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
        self.attaching.looking.values().map(|g| g.text.as_str())
    }

    /// The next task id.
    pub(super) fn task(&mut self) -> TaskId {
        self.tasks.last += 1;
        TaskId(self.tasks.last)
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
