//! The one writer: a thread that owns the terminal's output, so that a slow or stopped line never holds up the loop.
//!
//! It takes one frame at a time and says when that is written. While it is busy the loop draws nothing, so what would be
//! stale by then is never drawn, and nothing piles up.

use std::io::{self, PipeReader, PipeWriter};
use std::os::fd::AsFd;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use tokio::sync::watch;

use super::Tty;
use super::tty::{Ready, after, wait};
use rustix::event::PollFlags;

/// How the line to the terminal is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Line {
    /// All is written; the next frame can go.
    Ready,
    /// A frame is on its way.
    Busy,
    /// The terminal is gone.
    Down,
}

/// The terminal's output.
#[derive(Debug)]
pub struct Writer {
    frames: Option<SyncSender<Vec<u8>>>,
    line: watch::Sender<Line>,
    /// The thread may write while this end is open.
    go_on: Option<PipeWriter>,
    /// Hangs up when the thread has ended.
    ended: PipeReader,
    thread: Option<JoinHandle<()>>,
}

impl Writer {
    /// Starts the thread.
    pub fn start(tty: &Tty) -> io::Result<Self> {
        let (told, go_on) = io::pipe()?;
        let (ended, alive) = io::pipe()?;
        let (frames, queue) = sync_channel(1);
        let line = watch::Sender::new(Line::Ready);
        let (tty, state) = (tty.clone(), line.clone());
        let thread = thread::Builder::new()
            .name("output".to_owned())
            .spawn(move || {
                write(&tty, &queue, &told, &state);
                drop(alive);
            })?;
        Ok(Self {
            frames: Some(frames),
            line,
            go_on: Some(go_on),
            ended,
            thread: Some(thread),
        })
    }

    /// Hands over a frame, to be written whole and in one piece where the line takes it. False, and the frame is dropped,
    /// unless the line is [`Line::Ready`]. Never waits.
    pub fn try_send(&mut self, frame: Vec<u8>) -> bool {
        let Some(frames) = &self.frames else {
            return false;
        };
        if self.line() != Line::Ready {
            return false;
        }
        self.line.send_replace(Line::Busy);
        let sent = frames.try_send(frame).is_ok();
        if !sent {
            self.line.send_replace(Line::Down);
        }
        sent
    }

    /// How the line is now.
    pub fn line(&self) -> Line {
        *self.line.borrow()
    }

    /// Waits until the line is not busy; tells whether it is ready or down. Losing the future loses nothing.
    pub async fn ready(&self) -> Line {
        let mut line = self.line.subscribe();
        line.wait_for(|line| *line != Line::Busy)
            .await
            .map_or(Line::Down, |line| *line)
    }

    /// Waits at most `limit` for the frame on its way, then ends. False when the line did not take all of it.
    pub fn flush_and_stop(mut self, limit: Duration) -> bool {
        drop(self.frames.take());
        let ended = wait(self.ended.as_fd(), PollFlags::IN, after(limit), None);
        drop(self.go_on.take());
        // Not so where the output could not be opened as non-blocking and the line stands: such a thread is left behind.
        let soon = after(Duration::from_millis(100));
        if let Ok(Ready::Yes) = wait(self.ended.as_fd(), PollFlags::IN, soon, None)
            && let Some(thread) = self.thread.take()
        {
            let _ = thread.join();
        }
        matches!(ended, Ok(Ready::Yes)) && self.line() == Line::Ready
    }
}

fn write(tty: &Tty, frames: &Receiver<Vec<u8>>, told: &PipeReader, line: &watch::Sender<Line>) {
    for frame in frames {
        if tty.write_frame(&frame, told.as_fd()).is_err() {
            line.send_replace(Line::Down);
            return;
        }
        line.send_replace(Line::Ready);
    }
}
