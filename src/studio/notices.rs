//! Notices: what the studio tells beside the panes. Toasts leave by themselves, errors stay until the user acts.

use std::time::Duration;

use crate::domain::{Clean, Failure};

/// How long a toast stays.
const TOAST: Duration = Duration::from_secs(4);
/// More notices than this are not kept; the oldest goes.
const MOST: usize = 2;

/// How much a notice matters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Level {
    /// It worked.
    Info,
    /// It ended, neither well nor badly.
    Note,
    /// Worth knowing.
    Warning,
    /// It failed; stays until Esc or the next action.
    Error,
}

/// One notice.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Notice {
    /// How much it matters.
    pub level: Level,
    /// The cause, in one line.
    pub text: Clean,
    /// The next step, in one line.
    pub hint: Option<Clean>,
    /// When it leaves by itself, since the start of the program.
    pub until: Option<Duration>,
}

/// The notices that are shown, oldest first.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Notices {
    list: Vec<Notice>,
}

impl Notices {
    /// Oldest first.
    pub fn list(&self) -> &[Notice] {
        &self.list
    }

    /// The newest, which the footer shows when there is no room for more.
    pub fn newest(&self) -> Option<&Notice> {
        self.list.last()
    }

    /// Says that something worked.
    pub fn info(&mut self, text: impl AsRef<str>, now: Duration) {
        self.push(
            Level::Info,
            Clean::line(text.as_ref()),
            None,
            Some(now + TOAST),
        );
    }

    /// Says that something ended, neither well nor badly.
    pub fn note(&mut self, text: impl AsRef<str>, now: Duration) {
        self.push(
            Level::Note,
            Clean::line(text.as_ref()),
            None,
            Some(now + TOAST),
        );
    }

    /// Says something worth knowing, with the next step.
    pub fn warn(&mut self, text: impl AsRef<str>, hint: Option<&str>, now: Duration) {
        let hint = hint.map(Clean::line);
        self.push(
            Level::Warning,
            Clean::line(text.as_ref()),
            hint,
            Some(now + TOAST * 2),
        );
    }

    /// Tells a failure.
    pub fn fail(&mut self, failure: &Failure) {
        let mut text = failure.message.clone();
        if failure.maybe_billed {
            text.push(&Clean::line(" (may have been billed)"));
        }
        self.push(Level::Error, text, failure.hint.clone(), None);
    }

    /// Drops errors and warnings.
    pub fn dismiss(&mut self) {
        self.list.retain(|n| n.level < Level::Warning);
    }

    /// Drops toasts whose time is over.
    pub fn expire(&mut self, now: Duration) {
        self.list
            .retain(|n| n.until.is_none_or(|until| until > now));
    }

    /// When the next toast leaves.
    pub fn deadline(&self) -> Option<Duration> {
        self.list.iter().filter_map(|n| n.until).min()
    }

    fn push(&mut self, level: Level, text: Clean, hint: Option<Clean>, until: Option<Duration>) {
        // The same thing told twice is one notice with a new deadline, and of what worked the last is enough.
        let worked = level == Level::Info;
        self.list
            .retain(|n| n.text != text && !(worked && n.level == level));
        self.list.push(Notice {
            level,
            text,
            hint,
            until,
        });
        if self.list.len() > MOST {
            self.list.remove(0);
        }
    }
}
