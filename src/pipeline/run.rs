//! The course of one generation, and how each way of ending is written down.

use std::sync::Arc;
use std::time::Instant;

use super::gate::{Cancel, Cancelled, Place};
use super::{Inner, Tell, blocking};
use crate::domain::{Clean, Failure, FailureKind, Generation, Progress, Step};
use crate::endpoint::Downloader;

/// One generation in work.
pub(super) struct Run {
    pub(super) inner: Arc<Inner>,
    pub(super) generation: Generation,
    pub(super) cancel: Cancel,
    pub(super) tell: Tell,
    /// For what another base URL's answers named; `None`: the pipeline's own.
    pub(super) downloader: Option<Downloader>,
}

/// Why a generation ends without reaching its goal.
pub(super) enum Stop {
    Cancelled,
    /// Cancelled after the gateway had refused the call and before it was made again.
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
    /// Runs until it ends one way or the other, and gives the final record.
    pub(super) async fn finish(mut self, place: Place) -> Generation {
        let outcome = self.course(&place).await;
        drop(place);
        self.end(outcome).await
    }

    /// Writes the end down and tells it.
    pub(super) async fn end(mut self, outcome: Result<(), Stop>) -> Generation {
        self.close(outcome).await;
        self.say(Progress::Finished(Box::new(self.generation.clone())));
        self.generation
    }

    async fn course(&mut self, place: &Place) -> Result<(), Stop> {
        self.cancel.clone().guard(place.turn()).await?;
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
            Ok(()) => Step::Save,
            Err(Stop::Cancelled) if saved => {
                self.note("cancelled; what had come is kept");
                Step::Save
            }
            Err(Stop::Failed(failure) | Stop::Refused(failure)) if saved => {
                self.note(&failure.to_string());
                Step::Save
            }
            Err(stop @ (Stop::Cancelled | Stop::CancelledUnsent)) => {
                let sent = self.generation.state.maybe_billed();
                let mut failure = Failure::new(FailureKind::Cancelled, "cancelled");
                failure.maybe_billed = sent && !matches!(stop, Stop::CancelledUnsent);
                self.generation.failure = Some(failure);
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
        if let Err(failure) = self.step(step).await {
            // The record on disk stays behind; a next start finds the row and settles it. What is told is the truth.
            let _ = self.generation.step(step);
            self.note(&format!("not written down: {failure}"));
            self.generation.failure.get_or_insert(failure);
        }
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
