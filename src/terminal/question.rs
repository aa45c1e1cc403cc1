//! A question on the terminal between the lines of a shell, answered with one line: a yes, or a secret that is not echoed.
//!
//! Not for the studio's own screen. Dropping a question that was not answered ends it: nothing goes on reading, and the
//! terminal is as it was.

use std::io;
use std::os::fd::AsFd;
use std::time::Duration;

use rustix::event::PollFlags;
use rustix::pipe::pipe;
use tokio::task::spawn_blocking;
use zeroize::Zeroizing;

use super::Tty;
use super::guard::{conceal, restore_now};
use super::tty::{Ready, wait};
use crate::domain::Secret;

/// How long a stopped line may hold up the question.
const WRITE_LIMIT: Duration = Duration::from_secs(5);
/// The longest line that the kernel edits, bytes.
const MAX_LINE: usize = 4096;

/// Asks for a secret: what is typed is not shown. `None` for an empty line, and for what is no text.
pub async fn ask_secret(tty: &Tty, prompt: &str) -> io::Result<Option<Secret>> {
    let concealed = Concealed::new(tty)?;
    let line = ask_line(tty, &format!("{prompt} ")).await;
    drop(concealed);
    // The Enter was not shown either.
    tty.write(b"\n", WRITE_LIMIT)?;
    Ok(std::str::from_utf8(&line?).ok().and_then(Secret::new))
}

/// Asks whether to go on; only a `y` or `yes` is one.
pub async fn ask_yes(tty: &Tty, prompt: &str) -> io::Result<bool> {
    let line = ask_line(tty, &format!("{prompt} [y/N] ")).await?;
    let answer = String::from_utf8_lossy(&line).trim().to_lowercase();
    Ok(matches!(answer.as_str(), "y" | "yes"))
}

async fn ask_line(tty: &Tty, prompt: &str) -> io::Result<Zeroizing<Vec<u8>>> {
    tty.write(prompt.as_bytes(), WRITE_LIMIT)?;
    // Closed when this future is dropped: then the thread stops waiting for a line.
    let (go_on, _going) = pipe()?;
    let reading = tty.clone();
    spawn_blocking(move || {
        // Whole at once: a buffer that grows leaves pieces behind.
        let mut line = Zeroizing::new(vec![0; MAX_LINE]);
        let mut length = 0;
        loop {
            match wait(reading.input(), PollFlags::IN, None, Some(go_on.as_fd()))? {
                Ready::Yes => {}
                Ready::Late | Ready::Stopped => return Err(io::ErrorKind::Interrupted.into()),
            }
            let read = rustix::io::read(reading.input(), &mut line[length..])?;
            length += read;
            // No byte: Ctrl+D, or no room for more.
            if read == 0 || line[..length].contains(&b'\n') {
                break;
            }
        }
        line.truncate(length);
        Ok(line)
    })
    .await
    .unwrap_or_else(|error| Err(io::Error::other(error)))
}

/// The terminal without echo, until this is dropped.
struct Concealed;

impl Concealed {
    fn new(tty: &Tty) -> io::Result<Self> {
        conceal(tty)?;
        Ok(Self)
    }
}

impl Drop for Concealed {
    fn drop(&mut self) {
        restore_now();
    }
}
