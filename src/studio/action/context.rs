//! Where keys hold: the sections of `keymap.toml`.

/// Where a key means an action. A section of `keymap.toml`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Context {
    /// Everywhere, in text too.
    Global,
    /// In panes without text entry.
    Panes,
    /// In the prompt editor.
    Prompt,
    /// In the settings.
    Settings,
    /// In the history and the picture, in full view too.
    History,
    /// In lists and questions that lie over the panes.
    Popup,
}

impl Context {
    /// In the order of the help and the key table.
    pub const ALL: [Self; 6] = [
        Self::Global,
        Self::Panes,
        Self::Prompt,
        Self::Settings,
        Self::History,
        Self::Popup,
    ];

    /// The name of its section in `keymap.toml`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Global => "global",
            Self::Panes => "panes",
            Self::Prompt => "prompt",
            Self::Settings => "settings",
            Self::History => "history",
            Self::Popup => "popup",
        }
    }

    /// Its heading in the help.
    pub const fn title(self) -> &'static str {
        match self {
            Self::Global => "Anywhere",
            Self::Panes => "Outside text",
            Self::Prompt => "Prompt",
            Self::Settings => "Settings",
            Self::History => "History and picture",
            Self::Popup => "Lists and questions",
        }
    }

    /// The context of that section.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|c| c.name() == name)
    }
}
