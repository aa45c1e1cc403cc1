//! The thread that reads the tty. It ends when it is told to (so that an editor or a shell can read), or when the
//! terminal is gone; in between it sleeps in one `poll`.

use std::io::{self, PipeReader, PipeWriter};
use std::os::fd::AsFd;
use std::thread::{self, JoinHandle};

use rustix::event::PollFlags;
use rustix::io::Errno;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};

use super::{Decoder, Input};
use crate::terminal::Tty;
use crate::terminal::tty::{Ready, after, wait};

/// More than the kernel hands over at once.
const READ_BYTES: usize = 8192;

/// The input of a terminal while somebody listens. Dropping it stops the reader; what is typed from then on stays with
/// the kernel, for whoever reads next.
#[derive(Debug)]
pub struct InputStream {
    /// The reader goes on while this end is open.
    go_on: Option<PipeWriter>,
    thread: Option<JoinHandle<()>>,
}

impl InputStream {
    /// Starts to read. The receiver ends after [`Input::Hangup`], and when the stream is stopped.
    ///
    /// The terminal should be in raw mode, else input comes by lines.
    pub fn start(tty: &Tty) -> io::Result<(Self, UnboundedReceiver<Input>)> {
        let (told, go_on) = io::pipe()?;
        let (sender, receiver) = unbounded_channel();
        let tty = tty.clone();
        let thread = thread::Builder::new()
            .name("input".to_owned())
            .spawn(move || read(&tty, &told, &sender))?;
        let stream = Self {
            go_on: Some(go_on),
            thread: Some(thread),
        };
        Ok((stream, receiver))
    }

    /// Stops to read, and waits until the reader has let go of the terminal (at once).
    pub fn stop(self) {}
}

impl Drop for InputStream {
    fn drop(&mut self) {
        drop(self.go_on.take());
        if let Some(thread) = self.thread.take() {
            // A reader that panicked has been told of by the panic hook.
            let _ = thread.join();
        }
    }
}

fn read(tty: &Tty, told: &PipeReader, sender: &UnboundedSender<Input>) {
    let mut decoder = Decoder::default();
    let mut buffer = vec![0; READ_BYTES];
    loop {
        let until = decoder.pending().and_then(after);
        let inputs = match wait(tty.input(), PollFlags::IN, until, Some(told.as_fd())) {
            Ok(Ready::Stopped) => return,
            Ok(Ready::Late) => decoder.timeout(),
            Ok(Ready::Yes) => match rustix::io::read(tty.input(), &mut buffer) {
                Err(Errno::INTR | Errno::AGAIN) => continue,
                // A terminal that is gone reads as an end or an error (EIO), at once and for ever.
                Ok(0) | Err(_) => vec![Input::Hangup],
                Ok(length) => decoder.push(&buffer[..length]),
            },
            Err(_) => vec![Input::Hangup],
        };
        for input in inputs {
            let last = input == Input::Hangup;
            if sender.send(input).is_err() || last {
                return;
            }
        }
    }
}
