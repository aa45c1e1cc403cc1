//! What the process knows of its terminal without asking it. `runtime` reads it, here it is only judged.

/// The facts of the environment that say something about the terminal.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Environment {
    /// `TERM`; empty when unset.
    pub term: String,
    /// `TERM_PROGRAM`; empty when unset.
    pub term_program: String,
    /// `LC_TERMINAL`, which iTerm2 sets so that it crosses SSH; empty when unset.
    pub lc_terminal: String,
    /// `COLORTERM`; empty when unset.
    pub colorterm: String,
    /// `KONSOLE_VERSION` is set.
    pub konsole: bool,
    /// `TMUX` is set.
    pub tmux: bool,
    /// `STY` is set: GNU screen.
    pub screen: bool,
    /// `ZELLIJ` is set.
    pub zellij: bool,
    /// `SSH_CONNECTION` or `SSH_TTY` is set.
    pub ssh: bool,
    /// `NO_COLOR` is set and not empty.
    pub no_color: bool,
    /// The size of the window as the kernel tells it.
    pub window: Window,
}

/// The window's size (TIOCGWINSZ). Zero where it is not told.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Window {
    /// cells
    pub columns: u16,
    /// cells
    pub rows: u16,
    /// px
    pub width: u16,
    /// px
    pub height: u16,
}

/// What may stand in front of the terminal and take kitty's sequences for something else.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Multiplexer {
    /// tmux, which makes the title of the pane of them, but hands wrapped ones through where it may.
    Tmux,
    /// GNU screen.
    Screen,
}

/// Terminals that draw iTerm2's inline images, by a part of their name (viuer's list).
const ITERM2_PROGRAMS: [&str; 5] = ["iTerm", "WezTerm", "mintty", "rio", "WarpTerminal"];

impl Environment {
    /// Whether questions may be sent. A dumb terminal would print them, and so does the Linux console with those that
    /// it does not know.
    pub fn answers_queries(&self) -> bool {
        !matches!(self.term.as_str(), "" | "dumb" | "linux")
    }

    /// Whether tmux or screen may stand in front of us; a terminal that was started from one of their panes inherits
    /// their variables.
    pub fn multiplexed(&self) -> bool {
        self.tmux || self.screen || self.multiplexer().is_some()
    }

    /// The multiplexer in front of us where it does not tell its name: by `TERM`, which a terminal sets anew.
    pub fn multiplexer(&self) -> Option<Multiplexer> {
        let term = |prefix: &str| self.term.starts_with(prefix);
        if term("tmux") || term("screen") && self.tmux && !self.screen {
            Some(Multiplexer::Tmux)
        } else if term("screen") {
            Some(Multiplexer::Screen)
        } else {
            None
        }
    }

    /// The variable that names a terminal with iTerm2's inline images, if one does. Inside Zellij, which swallows these
    /// images, the variables are those of the terminal that it was started in.
    pub(super) fn iterm2_by(&self) -> Option<String> {
        let named = |value: &str| ITERM2_PROGRAMS.iter().any(|name| value.contains(name));
        if self.zellij {
            None
        } else if named(&self.term_program) {
            Some(format!("TERM_PROGRAM is {}", self.term_program))
        } else if named(&self.lc_terminal) {
            Some(format!("LC_TERMINAL is {}", self.lc_terminal))
        } else if self.konsole {
            Some("KONSOLE_VERSION is set".to_owned())
        } else {
            None
        }
    }
}
