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
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
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
    given_back: Arc<Mutex<bool>>,
}

impl Tty {
    /// Standard input and output, or another of the three where one is no terminal, else the controlling terminal.
    pub fn open() -> io::Result<Self> {
        let (stdin, stdout, stderr) = (io::stdin(), io::stdout(), io::stderr());
        let (stdin, stdout, stderr) = (stdin.as_fd(), stdout.as_fd(), stderr.as_fd());
        Ok(Self::of(
            first_terminal([stdin, stdout, stderr])?,
            first_terminal([stdout, stderr, stdin])?,
        ))
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

    /// Whether the screen belongs to the shell again. Once this is set, no byte of a frame is written any more.
    pub(super) fn set_given_back(&self, given_back: bool) {
        *self.given_back() = given_back;
    }

    fn given_back(&self) -> MutexGuard<'_, bool> {
        let guard = self.given_back.lock();
        guard.unwrap_or_else(PoisonError::into_inner)
    }

    /// Writes all of `bytes`; `TimedOut` when the line does not take them within `limit`.
    pub(super) fn write(&self, mut bytes: &[u8], limit: Duration) -> io::Result<()> {
        let until = after(limit);
        while !bytes.is_empty() {
            match rustix::io::write(&*self.output, bytes) {
                Ok(written) => bytes = &bytes[written..],
                Err(Errno::INTR) => {}
                Err(Errno::AGAIN) => {
                    if wait(self.output.as_fd(), PollFlags::OUT, until, None)? == Ready::Late {
                        return Err(io::ErrorKind::TimedOut.into());
                    }
                }
                Err(error) => return Err(error.into()),
            }
        }
        Ok(())
    }

    /// Writes a frame; what is left of it when the screen is given back is dropped. `Interrupted` when `go_on` hangs up.
    pub(super) fn write_frame(&self, mut frame: &[u8], go_on: BorrowedFd<'_>) -> io::Result<()> {
        while !frame.is_empty() {
            // Held over the write, so that none is under way when the screen is given back.
            let given_back = self.given_back();
            if *given_back {
                return Ok(());
            }
            let written = rustix::io::write(&*self.output, frame);
            drop(given_back);
            match written {
                Ok(written) => frame = &frame[written..],
                Err(Errno::INTR) => {}
                Err(Errno::AGAIN) => {
                    let output = self.output.as_fd();
                    if wait(output, PollFlags::OUT, None, Some(go_on))? == Ready::Stopped {
                        return Err(io::ErrorKind::Interrupted.into());
                    }
                }
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

/// The first of `fds` that is a terminal. `/dev/tty` is the last resort, since macOS cannot poll it.
fn first_terminal(fds: [BorrowedFd<'_>; 3]) -> io::Result<OwnedFd> {
    if let Some(fd) = fds.into_iter().find(|fd| is_terminal(fd)) {
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
