//! The screen guard: every mode that is set stands beside its inverse, and the inverse is written once: on drop, error,
//! panic or signal, whichever comes first.
//!
//! A process has one terminal, so what must be restored is kept in one place that a panic hook can reach.

use std::io;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use rustix::process::{Signal, getpgrp, getsid, kill_current_process_group};
use rustix::termios::{OptionalActions, Termios, tcgetattr, tcsetattr};

use tokio::signal::unix::{SignalKind, signal};

use super::Tty;

/// How long a stopped line may hold up a change of modes. The program ends all the same.
const WRITE_LIMIT: Duration = Duration::from_millis(500);

/// A mode of the terminal: what sets it, and what undoes that.
struct Mode {
    set: &'static str,
    unset: &'static str,
}

/// The alternate screen, which also saves the cursor.
const ALTERNATE_SCREEN: Mode = Mode {
    set: "\x1b[?1049h",
    unset: "\x1b[?1049l",
};
/// No cursor until a frame places it.
const NO_CURSOR: Mode = Mode {
    set: "\x1b[?25l",
    unset: "\x1b[?25h",
};
/// Pastes come in brackets.
const BRACKETED_PASTE: Mode = Mode {
    set: "\x1b[?2004h",
    unset: "\x1b[?2004l",
};
/// The terminal tells when it gains or loses the focus.
const FOCUS: Mode = Mode {
    set: "\x1b[?1004h",
    unset: "\x1b[?1004l",
};
/// Buttons, wheel and drags in SGR form; not bare motion, which would wake the studio at every move.
const MOUSE: Mode = Mode {
    set: "\x1b[?1000h\x1b[?1002h\x1b[?1006h",
    unset: "\x1b[?1006l\x1b[?1002l\x1b[?1000l",
};
/// kitty's keyboard protocol, flag 1: `Shift+Enter` and `Esc` get sequences of their own. Each screen has a stack of
/// flags, so it is pushed after the alternate screen is entered and popped before it is left.
const KEYBOARD: Mode = Mode {
    set: "\x1b[>1u",
    unset: "\x1b[<u",
};

/// Ends whatever a frame that was cut left open: a control string (CAN, ST), synchronized output, colours.
const UNTANGLE: &str = "\x18\x1b\\\x1b[?2026l\x1b[0m";

/// Which modes the screen wants beside those that it always needs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Modes {
    /// Mouse reports; they take drag-to-select away from the terminal.
    pub mouse: bool,
    /// kitty's keyboard protocol. Terminals without it ignore the request.
    pub keyboard: bool,
}

impl Modes {
    /// In the order in which they are set.
    fn list(self) -> Vec<&'static Mode> {
        let mut list = vec![&ALTERNATE_SCREEN, &NO_CURSOR, &BRACKETED_PASTE, &FOCUS];
        if self.mouse {
            list.push(&MOUSE);
        }
        if self.keyboard {
            list.push(&KEYBOARD);
        }
        list
    }

    fn set(self) -> String {
        self.list().iter().map(|mode| mode.set).collect()
    }

    fn unset(self) -> String {
        let list = self.list();
        let undo = list.iter().rev().map(|mode| mode.unset);
        undo.chain(["\x1b[0m"]).collect()
    }
}

/// What must be written and set to give the terminal back.
struct Held {
    tty: Tty,
    cooked: Termios,
    /// None when only the line's settings were changed.
    modes: Option<Modes>,
    farewell: Vec<u8>,
}

static HELD: Mutex<Option<Held>> = Mutex::new(None);

/// The whole terminal, taken from the shell. Dropping it gives the terminal back.
#[derive(Debug)]
pub struct Screen {
    tty: Tty,
    modes: Modes,
    farewell: Vec<u8>,
}

impl Screen {
    /// Takes the terminal: raw mode, alternate screen, hidden cursor, pastes in brackets, focus reports, and `modes`.
    ///
    /// `AlreadyExists` when the process has taken it before, else what the kernel says.
    pub fn enter(tty: &Tty, modes: Modes) -> io::Result<Self> {
        take(tty, modes, Vec::new())?;
        Ok(Self {
            tty: tty.clone(),
            modes,
            farewell: Vec::new(),
        })
    }

    /// What to write whenever the terminal is given back, however that comes: the bytes that delete our pictures. They
    /// are written while our screen is still shown.
    pub fn set_farewell(&mut self, bytes: Vec<u8>) {
        if let Some(held) = &mut *lock() {
            held.farewell.clone_from(&bytes);
        }
        self.farewell = bytes;
    }

    /// Gives the terminal back for a while: to an editor, say. The input stream must have been stopped.
    pub fn leave(&self) {
        restore_now();
    }

    /// Takes the terminal again after [`Self::leave`]. All has to be drawn anew.
    pub fn resume(&self) -> io::Result<()> {
        take(&self.tty, self.modes, self.farewell.clone())
    }

    /// Gives the terminal back, stops the process group as Ctrl+Z does elsewhere, and goes on when the shell continues it.
    /// The input stream must have been stopped; all has to be drawn anew.
    ///
    /// False, and nothing was done, when there is no shell that could.
    pub async fn suspend(&self) -> io::Result<bool> {
        if !has_job_control() {
            return Ok(false);
        }
        // The stop takes effect some time after `kill` returns, if another thread gets the signal; SIGCONT is certain.
        let mut continued = signal(SignalKind::from_raw(Signal::CONT.as_raw()))?;
        self.leave();
        kill_current_process_group(Signal::STOP)?;
        continued.recv().await;
        self.resume()?;
        Ok(true)
    }
}

impl Drop for Screen {
    fn drop(&mut self) {
        restore_now();
    }
}

/// Gives the terminal back, if it is taken: for panic hooks and the ends that run no destructors. Does nothing when it
/// was given back before. Errors are not told: there is nowhere to tell them.
pub fn restore_now() {
    let Some(held) = lock().take() else { return };
    held.tty.set_given_back(true);
    if let Some(modes) = held.modes {
        let unset = modes.unset();
        let bytes = [UNTANGLE.as_bytes(), &held.farewell, unset.as_bytes()].concat();
        let _ = held.tty.write(&bytes, WRITE_LIMIT);
    }
    let _ = tcsetattr(held.tty.input(), OptionalActions::Now, &held.cooked);
}

/// Whether the terminal is taken at the moment.
pub(super) fn is_held() -> bool {
    lock().is_some()
}

/// Stops echo and line editing, and nothing else, until [`restore_now`].
pub(super) fn hush(tty: &Tty) -> io::Result<()> {
    hold(tty, None, Vec::new(), |termios| {
        use rustix::termios::LocalModes;
        termios.local_modes -= LocalModes::ECHO | LocalModes::ICANON;
    })
}

/// Stops echo, and keeps line editing, until [`restore_now`]. Ctrl+Z does nothing meanwhile: not every shell would turn
/// the echo on again.
pub(super) fn conceal(tty: &Tty) -> io::Result<()> {
    hold(tty, None, Vec::new(), |termios| {
        use rustix::termios::{LocalModes, SpecialCodeIndex};
        termios.local_modes -= LocalModes::ECHO | LocalModes::ECHONL;
        // _POSIX_VDISABLE
        termios.special_codes[SpecialCodeIndex::VSUSP] = 0;
    })
}

fn take(tty: &Tty, modes: Modes, farewell: Vec<u8>) -> io::Result<()> {
    hold(tty, Some(modes), farewell, Termios::make_raw)?;
    tty.set_given_back(false);
    tty.write(modes.set().as_bytes(), WRITE_LIMIT)
        .inspect_err(|_| restore_now())
}

/// Changes the line's settings, and remembers how to undo that. The settings come before any mode: in the background the
/// kernel stops us there, with the screen still the shell's.
fn hold(
    tty: &Tty,
    modes: Option<Modes>,
    farewell: Vec<u8>,
    change: impl FnOnce(&mut Termios),
) -> io::Result<()> {
    let mut slot = lock();
    if slot.is_some() {
        return Err(io::ErrorKind::AlreadyExists.into());
    }
    let cooked = tcgetattr(tty.input())?;
    let mut changed = cooked.clone();
    change(&mut changed);
    tcsetattr(tty.input(), OptionalActions::Now, &changed)?;
    *slot = Some(Held {
        tty: tty.clone(),
        cooked,
        modes,
        farewell,
    });
    Ok(())
}

fn lock() -> std::sync::MutexGuard<'static, Option<Held>> {
    HELD.lock().unwrap_or_else(PoisonError::into_inner)
}

/// A shell with job control gives each job a process group of its own. In the session leader's group (`xterm -e`,
/// `ssh host plantain`) a stopped process would stay stopped for ever.
fn has_job_control() -> bool {
    getsid(None).is_ok_and(|session| session != getpgrp())
}
