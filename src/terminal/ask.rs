//! The probe for one-shot commands (`show`, `generate`): asks and waits, with a limit, before anything is printed.

use std::io;
use std::time::{Duration, Instant};

use rustix::event::PollFlags;
use rustix::process::getpgrp;
use rustix::termios::tcgetpgrp;

use super::guard::{hush, restore_now};
use super::tty::{Ready, wait};
use super::{Decoder, Input, Probe, Told, Tty};
use crate::graphics::{Answers, Environment, Reply};

/// What a terminal answered. While it owes an answer its echo is off; dropping this waits for the answer (at most 2 s
/// after the question) and sets the terminal back, so that neither screen nor shell gets it. Print, then drop.
#[derive(Debug)]
pub struct Asked {
    answers: Answers,
    took: Option<Duration>,
    owing: Option<Owing>,
}

impl Asked {
    /// The answers; none from a silent terminal.
    pub fn answers(&self) -> &Answers {
        &self.answers
    }

    /// How long all of them took; `None` when they did not all come.
    pub fn took(&self) -> Option<Duration> {
        self.took
    }

    /// Whether an answer may still come; dropping this then waits for it.
    pub fn is_owed(&self) -> bool {
        self.owing.is_some()
    }
}

/// Asks what the terminal can do and waits for the answers, at most for `limit`
/// ([`Probe::limit`]).
///
/// A job in the background is answered nothing, since asking would stop it. Keys typed meanwhile are lost: a terminal
/// cannot be made to read them again. An ending that runs no destructors calls [`restore_now`].
pub fn ask(tty: &Tty, facts: &Environment, limit: Duration) -> io::Result<Asked> {
    let nothing = Asked {
        answers: Answers::default(),
        took: None,
        owing: None,
    };
    if tcgetpgrp(tty.input()).is_ok_and(|foreground| foreground != getpgrp()) {
        return Ok(nothing);
    }
    let mut probe = Probe::default();
    let Some(questions) = probe.begin(Duration::ZERO, limit, facts) else {
        return Ok(nothing);
    };
    hush(tty)?;
    let mut owing = Owing {
        tty: tty.clone(),
        decoder: Decoder::default(),
        probe: Probe::default(),
        start: Instant::now(),
    };
    tty.write(&questions, limit)?;
    owing.probe = probe;
    let over = owing.listen(limit);
    let took = over.as_ref().map(|_| owing.start.elapsed());
    let answers = over.or_else(|| owing.probe.expire(limit));
    let owes = owing.probe.owed(owing.start.elapsed()).is_some();
    Ok(Asked {
        answers: answers.unwrap_or_default(),
        took,
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
    /// Reads for `limit` since the start, or until the last answer; gives all then.
    fn listen(&mut self, limit: Duration) -> Option<Answers> {
        let until = self.start.checked_add(limit);
        loop {
            for reply in self.read(until)? {
                match self.probe.reply(reply) {
                    Told::Nothing => {}
                    Told::Ask(questions) => self.tty.write(&questions, limit).ok()?,
                    Told::Over(answers) => return Some(answers),
                }
            }
        }
    }

    /// The answers of the next read; `None` when nothing comes until then, or ever.
    fn read(&mut self, until: Option<Instant>) -> Option<Vec<Reply>> {
        let mut buffer = [0; 1024];
        let Ok(Ready::Yes) = wait(self.tty.input(), PollFlags::IN, until, None) else {
            return None;
        };
        let length = rustix::io::read(self.tty.input(), &mut buffer).ok()?;
        let inputs = self.decoder.push(&buffer[..length]);
        let reply = |input| match input {
            Input::Reply(reply) => Some(reply),
            Input::Event(_) | Input::Hangup => None,
        };
        (length > 0).then(|| inputs.into_iter().filter_map(reply).collect())
    }
}

impl Drop for Owing {
    fn drop(&mut self) {
        let now = self.start.elapsed();
        let until = self
            .probe
            .owed(now)
            .and_then(|left| self.start.checked_add(now + left));
        while self.probe.owed(self.start.elapsed()).is_some()
            && let Some(replies) = self.read(until)
        {
            for reply in &replies {
                self.probe.swallow(reply);
            }
        }
        restore_now();
    }
}
