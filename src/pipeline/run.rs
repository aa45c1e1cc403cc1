//! The course of one generation, and how each way of ending is written down.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio::time::sleep;

use super::gate::{Cancel, Cancelled, Place};
use super::save::SAVE_WAITS;
use super::{Inner, Tell, blocking};
use crate::domain::{Clean, Failure, FailureKind, Generation, Progress, State, Step};
use crate::endpoint::Downloader;

/// How long one that was stopped waits for a library that refuses its end: a busy one is free again soon.
const LAST_WAITS: [Duration; 2] = [Duration::from_secs(1); 2];

/// One generation in work.
pub(super) struct Run {
    pub(super) inner: Arc<Inner>,
    pub(super) generation: Generation,
    pub(super) cancel: Cancel,
    pub(super) tell: Tell,
    /// For what another base URL's answers named; `None`: the pipeline's own.
    pub(super) downloader: Option<Downloader>,
    /// Its call was made once at least.
    pub(super) called: bool,
    /// Files of pictures that have their names, and whose rows the library refused to the end.
    pub(super) without_row: Vec<PathBuf>,
}

/// Why a generation ends without reaching its goal.
pub(super) enum Stop {
    /// After the call was made: it may be billed.
    Cancelled,
    /// Cancelled while nothing of it was accepted: before the call, or between a refusal and the next one.
    CancelledUnsent,
    /// No picture, but words: the model's own.
    Refused(Failure),
    Failed(Failure),
}

impl From<Failure> for Stop {
    fn from(failure: Failure) -> Self {
        Self::Failed(failure)
    }
}

impl From<Cancelled> for Stop {
    fn from(Cancelled: Cancelled) -> Self {
        Self::Cancelled
    }
}

impl Run {
    /// Runs until it ends one way or the other, and gives its record: a final one, unless the process ends first.
    pub(super) async fn finish(mut self, place: Place) -> Generation {
        let outcome = self.course(&place).await;
        drop(place);
        self.end(outcome).await
    }

    /// Writes the end down and tells it.
    pub(super) async fn end(mut self, outcome: Result<(), Stop>) -> Generation {
        self.close(outcome).await;
        self.tell_end()
    }

    /// Tells the record as its last word.
    pub(super) fn tell_end(self) -> Generation {
        self.say(Progress::Finished(Box::new(self.generation.clone())));
        self.generation
    }

    async fn course(&mut self, place: &Place) -> Result<(), Stop> {
        let turn = self.cancel.clone().guard_unsent(place.turn()).await;
        turn.map_err(|Cancelled| Stop::CancelledUnsent)?;
        // Waiting for its turn is no work: how long things take is told from this on.
        let started = Instant::now();
        let outcome = self.work().await;
        let elapsed = u64::try_from(started.elapsed().as_millis()).unwrap_or(u64::MAX);
        self.generation.elapsed_ms = Some(elapsed);
        outcome
    }

    async fn work(&mut self) -> Result<(), Stop> {
        let answer = self.talk().await?;
        self.save(answer).await
    }

    /// Writes the end down. A picture that is on disk makes it a success, whatever came after.
    async fn close(&mut self, outcome: Result<(), Stop>) {
        let saved = !self.generation.pictures.is_empty();
        let step = match outcome {
            // An end would hide them for ever: only what is found of a row in work is adopted.
            Ok(()) if !self.without_row.is_empty() => return self.leave(None).await,
            Err(Stop::Failed(failure) | Stop::Refused(failure)) if !self.without_row.is_empty() => {
                return self.leave(Some(failure)).await;
            }
            Ok(()) => Step::Save,
            Err(Stop::Cancelled) if self.cancel.is_left() && self.can_go_on() => {
                return self.leave(None).await;
            }
            Err(Stop::Cancelled) if saved => {
                self.note("cancelled; what had come is kept");
                for path in std::mem::take(&mut self.without_row) {
                    self.note(&format!("it is not in the history: {}", path.display()));
                }
                Step::Save
            }
            Err(Stop::Failed(failure) | Stop::Refused(failure)) if saved => {
                self.note(&failure.to_string());
                Step::Save
            }
            Err(stop @ (Stop::Cancelled | Stop::CancelledUnsent)) => {
                let failure = cancelled(&stop, self.called);
                self.generation.failure = Some(match self.without_row.first() {
                    Some(path) => {
                        failure.hint(format!("its picture is kept as {}", path.display()))
                    }
                    None => failure,
                });
                Step::Cancel
            }
            Err(Stop::Refused(failure)) => {
                self.generation.failure = Some(failure);
                Step::Refuse
            }
            Err(Stop::Failed(failure)) => {
                self.generation.failure = Some(failure);
                Step::Fail
            }
        };
        let Err(mut failure) = self.step(step).await else {
            return;
        };
        // The row would say for ever that it is on its way: a library that is full or busy is asked again for a while, and
        // shortly also by one that was stopped.
        let (mut waits, mut last) = (SAVE_WAITS.into_iter(), LAST_WAITS.into_iter());
        let mut stopped = false;
        while failure.kind == FailureKind::Library {
            if stopped {
                let Some(wait) = last.next() else { break };
                sleep(wait).await;
            } else {
                let Some(wait) = waits.next() else { break };
                let message = &failure.message;
                self.say(Progress::Notice(Clean::line(&format!(
                    "the end cannot be written down: {message}; trying again"
                ))));
                stopped = self.cancel.guard(sleep(wait)).await.is_err();
                if stopped {
                    continue;
                }
            }
            match self.step(step).await {
                Ok(()) => return,
                Err(again) => failure = again,
            }
        }
        // The record on disk stays behind; a next start finds the row and settles it. What is told is the truth.
        let _ = self.generation.step(step);
        self.note(&format!("not written down: {failure}"));
        self.generation.failure.get_or_insert(failure);
    }

    /// Whether the next process can have what is still missing: its URLs are known, or it is a file already.
    fn can_go_on(&self) -> bool {
        let urls = self.generation.state == State::Answered && !self.generation.urls.is_empty();
        urls || !self.without_row.is_empty()
    }

    /// Leaves the row as one whose pictures are known and still to be had; what is told says so, and why if that is known.
    async fn leave(&mut self, why: Option<Failure>) {
        self.jot(Step::Answer).await;
        let failure = match (why, self.without_row.first()) {
            (Some(why), _) => why,
            (None, Some(path)) => Failure::new(
                FailureKind::Library,
                format!("{} is not in the history yet", path.display()),
            ),
            (None, None) => {
                let what = "stopped before its picture was fetched; its address is kept";
                Failure::new(FailureKind::Cancelled, what)
            }
        };
        let next = match self.without_row.first() {
            Some(path) => format!(
                "the picture is kept as {}; the next start of plantain takes it up",
                path.display()
            ),
            None => "the next start of plantain fetches it".to_owned(),
        };
        self.generation.failure = Some(failure.hint(next).billed());
    }

    /// Commits a step with all that the record now holds.
    pub(super) async fn step(&mut self, step: Step) -> Result<(), Failure> {
        let inner = Arc::clone(&self.inner);
        let mut generation = self.generation.clone();
        self.generation = blocking(move || {
            inner.setup.library.step(&mut generation, step)?;
            Ok(generation)
        })
        .await?;
        Ok(())
    }

    /// Writes down what is known so far, if that can be done now. What is paid for does not wait for the journal: the
    /// record stays in memory, and the next step writes it all.
    pub(super) async fn jot(&mut self, step: Step) {
        if let Err(failure) = self.step(step).await {
            self.note(&format!("not written down yet: {}", failure.message));
        }
    }

    pub(super) fn say(&self, progress: Progress) {
        (self.tell)(self.generation.id, progress);
    }

    /// Keeps a notice with the record and tells it.
    pub(super) fn note(&mut self, text: &str) {
        let notice = Clean::line(text);
        if !self.generation.notices.contains(&notice) {
            self.generation.notices.push(notice.clone());
            self.say(Progress::Notice(notice));
        }
    }
}

/// Why there is no picture of one that was cancelled. `called`: its call was made once at least.
fn cancelled(stop: &Stop, called: bool) -> Failure {
    let failure = |words| Failure::new(FailureKind::Cancelled, words);
    match stop {
        Stop::CancelledUnsent if called => failure("cancelled, was not accepted"),
        Stop::CancelledUnsent => failure("cancelled, nothing was sent"),
        _ => failure("cancelled").billed(),
    }
}
