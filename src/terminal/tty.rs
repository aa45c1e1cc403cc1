//! The terminal's descriptors: what is read, what is written, and a write that can be given up.
//!
//! The output is opened anew where that is possible, so that it can be non-blocking without making the shell's so: a
//! stopped line (Ctrl-S in the terminal, a dead ssh) then holds up neither the end of the program nor a restore.

use std::fs::OpenOptions;
use std::io;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::fs::OFlags;
use rustix::io::Errno;
use rustix::termios;

use super::TtySize;

/// Whether a descriptor (`std::io::stdout()`, say) is a terminal.
pub fn is_terminal(fd: impl AsFd) -> bool {
    termios::isatty(fd)
}

/// The terminal that the program talks to. A clone is the same terminal.
#[derive(Debug, Clone)]
pub struct Tty {
    input: Arc<OwnedFd>,
    output: Arc<OwnedFd>,
    given_back: Arc<AtomicBool>,
}

impl Tty {
    /// Standard input and output where they are terminals, else the controlling terminal.
    pub fn open() -> io::Result<Self> {
        let input = own_or_controlling(io::stdin().as_fd())?;
        let output = own_or_controlling(io::stdout().as_fd())?;
        Ok(Self::of(input, output))
    }

    /// A terminal by one descriptor for both directions.
    pub fn from_fd(fd: &impl AsFd) -> io::Result<Self> {
        let fd = fd.as_fd().try_clone_to_owned()?;
        Ok(Self::of(fd.try_clone()?, fd))
    }

    fn of(input: OwnedFd, output: OwnedFd) -> Self {
        Self {
            input: Arc::new(input),
            output: Arc::new(non_blocking(output)),
            given_back: Arc::default(),
        }
    }

    /// The size as the kernel knows it now.
    pub fn size(&self) -> TtySize {
        termios::tcgetwinsize(&*self.output).map_or(TtySize::ASSUMED, TtySize::from_kernel)
    }

    pub(super) fn input(&self) -> BorrowedFd<'_> {
        self.input.as_fd()
    }

    /// Whether the screen was given back to the shell, after which no frame may be written.
    pub(super) fn is_given_back(&self) -> bool {
        self.given_back.load(Ordering::Acquire)
    }

    pub(super) fn set_given_back(&self, given_back: bool) {
        self.given_back.store(given_back, Ordering::Release);
    }

    /// Writes all of `bytes`, or what the line takes of them within `limit`.
    pub(super) fn write(&self, bytes: &[u8], limit: Duration) -> io::Result<()> {
        let until = after(limit);
        self.write_all(bytes, || {
            wait(self.output.as_fd(), PollFlags::OUT, until, None)
        })
    }

    /// Writes a frame, until `go_on` hangs up or the screen is given back: then what is left of it is dropped.
    pub(super) fn write_frame(&self, frame: &[u8], go_on: BorrowedFd<'_>) -> io::Result<()> {
        if self.is_given_back() {
            return Ok(());
        }
        let written = self.write_all(frame, || {
            let ready = wait(self.output.as_fd(), PollFlags::OUT, None, Some(go_on));
            if self.is_given_back() {
                Ok(Ready::Late)
            } else {
                ready
            }
        });
        match written {
            Err(error) if error.kind() == io::ErrorKind::TimedOut => Ok(()),
            other => other,
        }
    }

    fn write_all(&self, mut bytes: &[u8], room: impl Fn() -> io::Result<Ready>) -> io::Result<()> {
        while !bytes.is_empty() {
            match rustix::io::write(&*self.output, bytes) {
                Ok(written) => bytes = &bytes[written..],
                Err(Errno::INTR) => {}
                Err(Errno::AGAIN) => match room()? {
                    Ready::Yes => {}
                    Ready::Late => return Err(io::ErrorKind::TimedOut.into()),
                    Ready::Stopped => return Err(io::ErrorKind::Interrupted.into()),
                },
                Err(error) => return Err(error.into()),
            }
        }
        Ok(())
    }
}

/// What ended a [`wait`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Ready {
    /// The descriptor can be read or written, or has failed: the next call on it tells.
    Yes,
    /// The time has passed.
    Late,
    /// The pipe hung up: stop.
    Stopped,
}

/// Waits for `fd`, for `until`, or for the other end of the pipe `go_on` to close; this last comes first.
pub(super) fn wait(
    fd: BorrowedFd<'_>,
    flags: PollFlags,
    until: Option<Instant>,
    go_on: Option<BorrowedFd<'_>>,
) -> io::Result<Ready> {
    loop {
        let left = until.map(|until| until.saturating_duration_since(Instant::now()));
        let left = left.map(|left| Timespec {
            tv_sec: i64::try_from(left.as_secs()).unwrap_or(i64::MAX),
            tv_nsec: left.subsec_nanos().into(),
        });
        let mut fds = vec![PollFd::from_borrowed_fd(fd, flags)];
        fds.extend(go_on.map(|pipe| PollFd::from_borrowed_fd(pipe, PollFlags::IN)));
        match poll(&mut fds, left.as_ref()) {
            Ok(0) => return Ok(Ready::Late),
            Ok(_) if fds.get(1).is_some_and(|pipe| !pipe.revents().is_empty()) => {
                return Ok(Ready::Stopped);
            }
            Ok(_) => return Ok(Ready::Yes),
            Err(Errno::INTR) => {}
            Err(error) => return Err(error.into()),
        }
    }
}

/// `Instant::now() + limit`, as the waits take it.
pub(super) fn after(limit: Duration) -> Option<Instant> {
    Instant::now().checked_add(limit)
}

fn own_or_controlling(fd: BorrowedFd<'_>) -> io::Result<OwnedFd> {
    if termios::isatty(fd) {
        return fd.try_clone_to_owned();
    }
    let mut options = OpenOptions::new();
    Ok(options.read(true).write(true).open("/dev/tty")?.into())
}

/// The same terminal, opened anew as non-blocking; where it may not be opened by name (after `su`), the same descriptor,
/// whose writes may block.
fn non_blocking(fd: OwnedFd) -> OwnedFd {
    let flags = OFlags::NONBLOCK | OFlags::NOCTTY;
    let reopened = termios::ttyname(&fd, Vec::new()).ok().and_then(|name| {
        let path = Path::new(std::ffi::OsStr::from_bytes(name.as_bytes()));
        let mut options = OpenOptions::new();
        let options = options.read(true).write(true);
        options
            .custom_flags(flags.bits().cast_signed())
            .open(path)
            .ok()
    });
    reopened.map_or(fd, OwnedFd::from)
}
