//! After a crash: who opens a library cancels what dead processes never sent; who works on it adopts what they did send.
//!
//! A verb that only looks settles nothing that may still bring a picture: its row stays as it is, and reads as "unknown".

use std::path::Path;

use rusqlite::{Connection, TransactionBehavior};

use crate::domain::{Clean, Failure, Generation, GenerationId, State, Step};

use super::error::Error;
use super::owners::{Owners, Turn};
use super::rows::{self, Rows};
use super::{Left, Library, files, journal, names, words};

/// No process has this id, so that it is a dead one's.
const NOBODY: &str = "";

/// A row that a dead process left and that is this library's now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Adopted {
    /// Its URLs are those of pictures that are yet to be fetched.
    pub generation: Generation,
    /// Files of it that no row names.
    pub left: Vec<Left>,
}

impl Library {
    /// Makes the rows that dead processes sent and did not end this library's own. Those of which nothing can be had any
    /// more are settled: with the pictures that had come, else as unknown. Gives the others, oldest first; the caller ends
    /// them by [`Self::step`] or [`Self::settle`].
    ///
    /// Two processes that adopt at once never get the same row.
    pub fn adopt(&self) -> Result<Vec<Adopted>, Failure> {
        self.write(|transaction, owner| {
            let rows = self.inner.rows(transaction);
            let mut adopted = Vec::new();
            for mut generation in rows.in_work()? {
                if generation.owner_alive || generation.state == State::Prepared {
                    continue;
                }
                rows::take_over(transaction, generation.seq, owner.id())?;
                generation.owner_alive = true;
                generation.failure = None;
                let left = rows.left_of(&generation)?;
                if generation.urls.is_empty() && left.is_empty() {
                    settle(&rows, generation, owner.id())?;
                } else {
                    adopted.push(Adopted { generation, left });
                }
            }
            Ok(adopted)
        })
    }

    /// Ends an adopted row of which nothing more can be had: with the pictures that it has, else as unknown. Gives the row.
    pub fn settle(&self, generation: &Generation) -> Result<Generation, Failure> {
        self.write(|transaction, owner| {
            settle(
                &self.inner.rows(transaction),
                generation.clone(),
                owner.id(),
            )
        })
    }
}

impl Library {
    /// Takes up a row again that ended, or that a dead process left, with addresses that are still open: it is this
    /// library's own then, and `Answered`. Whose it was does not matter, since nobody is at it any more.
    ///
    /// Fails where nothing is open, and where it is in work.
    pub fn reopen(&self, id: GenerationId) -> Result<Generation, Failure> {
        self.write(|transaction, owner| {
            let rows = self.inner.rows(transaction);
            let mut generation = rows.of(id)?;
            if generation.to_be_fetched() == 0 {
                return Err(words::nothing_open(id).into());
            }
            rows::take_over(transaction, generation.seq, owner.id())?;
            generation.failure = None;
            // What a dead process left is answered as it is.
            let step = if generation.state.is_final() {
                Step::Resume
            } else {
                Step::Answer
            };
            journal::take(&rows, &generation, step, owner.id())
        })
    }

    /// Lets go of a row whose open addresses could not be asked: it stays `Answered` and is nobody's, so that whoever
    /// adopts next gets it. Gives it as it then reads.
    pub fn release(&self, generation: &Generation) -> Result<Generation, Failure> {
        self.write(|transaction, owner| {
            let rows = self.inner.rows(transaction);
            let written = journal::take(&rows, generation, Step::Answer, owner.id())?;
            rows::take_over(transaction, written.seq, NOBODY)?;
            rows.of(written.id)
        })
    }
}

/// At the opening: cancels what dead processes wrote down and never sent, and removes their temporary files, but for those
/// that may hold a picture of a row that did not end.
pub(super) fn tidy(
    writer: &mut Connection,
    folder: &Path,
    owners: &Owners,
    turn: &Turn,
) -> Result<(), Error> {
    // Before the rows are read: who is dead by now writes none any more.
    let dead = owners.dead(turn);
    let transaction = writer.transaction_with_behavior(TransactionBehavior::Immediate)?;
    let rows = Rows {
        connection: &transaction,
        folder,
        owners,
    };
    let mut wanted = Vec::new();
    for generation in rows.in_work()? {
        if generation.state != State::Prepared {
            wanted.push(names::tail(&generation));
        } else if !generation.owner_alive {
            let owner = rows.owner_of(&generation)?;
            journal::take(&rows, &generation, Step::Lose, &owner)?;
        }
    }
    transaction.commit()?;
    if !dead.is_empty() {
        // Only a process that died with its file in place can have left a temporary one, so that a start after an
        // orderly end need not look through the months.
        let is_wanted = |name: &str| {
            wanted
                .iter()
                .any(|tail| names::number(name, tail).is_some())
        };
        let kept = files::remove_temporaries(folder, &dead, is_wanted);
        for id in dead.iter().filter(|id| !kept.contains(id)) {
            owners.bury(id);
        }
    }
    Ok(())
}

/// Ends a row of which nothing more can be had.
fn settle(rows: &Rows, mut generation: Generation, owner: &str) -> Result<Generation, Error> {
    let step = if generation.pictures.is_empty() {
        generation.failure = Some(words::lost());
        Step::Lose
    } else {
        generation.notices.push(Clean::line(words::ENDED_EARLY));
        Step::Save
    };
    journal::take(rows, &generation, step, owner)
}
