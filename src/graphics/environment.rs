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

/// Terminals that draw iTerm2's inline images, by a part of their name (viuer's list).
const ITERM2_PROGRAMS: [&str; 5] = ["iTerm", "WezTerm", "mintty", "rio", "WarpTerminal"];

impl Environment {
    /// Whether questions may be sent. A dumb terminal would print them, and so does the Linux console with those that
    /// it does not know.
    pub fn answers_queries(&self) -> bool {
        !matches!(self.term.as_str(), "" | "dumb" | "linux")
    }

    /// Whether tmux or screen stands between: the answers are theirs, and pictures do not pass.
    pub fn multiplexed(&self) -> bool {
        self.tmux || self.term.starts_with("tmux") || self.term.starts_with("screen")
    }

    /// The variable that names a terminal with iTerm2's inline images, if one does.
    pub(super) fn iterm2_by(&self) -> Option<String> {
        let named = |value: &str| ITERM2_PROGRAMS.iter().any(|name| value.contains(name));
        if named(&self.term_program) {
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
