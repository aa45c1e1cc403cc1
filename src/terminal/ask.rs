//! The probe for one-shot commands (`show`, `generate`): asks and waits, with a limit, before anything is printed.

use std::io;
use std::time::{Duration, Instant};

use rustix::event::PollFlags;
use rustix::process::getpgrp;
use rustix::termios::tcgetpgrp;

use super::guard::{hush, restore_now};
use super::tty::{Ready, wait};
use super::{Decoder, Input, Probe, Tty};
use crate::graphics::Reply;

/// What a terminal answered. While it owes an answer its echo is off; dropping this waits for the answer (at most 2 s
/// after the question) and sets the terminal back, so that neither screen nor shell gets it. Print, then drop.
#[derive(Debug)]
pub struct Asked {
    replies: Vec<Reply>,
    owing: Option<Owing>,
}

impl Asked {
    /// The answers, in order; empty from a silent terminal.
    pub fn replies(&self) -> &[Reply] {
        &self.replies
    }

    /// Whether an answer may still come; dropping this then waits for it.
    pub fn is_owed(&self) -> bool {
        self.owing.is_some()
    }
}

/// Sends `queries` (whose last is DA1) and waits for the answers, at most for `limit`.
///
/// A job in the background is answered nothing, since asking would stop it. Keys typed meanwhile are lost: a terminal
/// cannot be made to read them again. An ending that runs no destructors calls [`restore_now`].
pub fn ask(tty: &Tty, queries: &[u8], limit: Duration) -> io::Result<Asked> {
    if tcgetpgrp(tty.input()).is_ok_and(|foreground| foreground != getpgrp()) {
        return Ok(Asked {
            replies: Vec::new(),
            owing: None,
        });
    }
    hush(tty)?;
    let mut owing = Owing {
        tty: tty.clone(),
        decoder: Decoder::default(),
        probe: Probe::default(),
        start: Instant::now(),
    };
    tty.write(queries, limit)?;
    owing.probe.begin(Duration::ZERO, limit);
    let replies = owing.listen(limit);
    let owes = owing.probe.owed(owing.start.elapsed()).is_some();
    Ok(Asked {
        replies,
        owing: owes.then_some(owing),
    })
}

/// The terminal hushed, with an answer perhaps on its way.
#[derive(Debug)]
struct Owing {
    tty: Tty,
    decoder: Decoder,
    probe: Probe,
    start: Instant,
}

impl Owing {
    /// Reads until the fence, or for `limit` since the start; gives what came.
    fn listen(&mut self, limit: Duration) -> Vec<Reply> {
        let until = self.start.checked_add(limit);
        let mut buffer = [0; 1024];
        while let Ok(Ready::Yes) = wait(self.tty.input(), PollFlags::IN, until, None) {
            let inputs = match rustix::io::read(self.tty.input(), &mut buffer) {
                Ok(0) | Err(_) => break,
                Ok(length) => self.decoder.push(&buffer[..length]),
            };
            for input in inputs {
                if let Input::Reply(reply) = input
                    && let Some(all) = self.probe.reply(reply)
                {
                    return all;
                }
            }
        }
        self.probe.expire(limit).unwrap_or_default()
    }
}

impl Drop for Owing {
    fn drop(&mut self) {
        let elapsed = self.start.elapsed();
        if let Some(left) = self.probe.owed(elapsed) {
            self.probe.begin(elapsed, left);
            self.listen(elapsed + left);
        }
        restore_now();
    }
}
