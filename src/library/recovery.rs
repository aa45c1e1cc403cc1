//! After a crash: who opens a library cancels what dead processes never sent; who works on it adopts what they did send.
//!
//! A verb that only looks settles nothing that may still bring a picture: its row stays as it is, and reads as "unknown".

use std::path::Path;

use rusqlite::{Connection, TransactionBehavior};

use crate::domain::{Clean, Failure, Generation, State, Step};

use super::error::Error;
use super::owners::{Owners, Turn};
use super::rows::{self, Rows};
use super::{Library, files, journal, words};

impl Library {
    /// Makes the rows that dead processes sent and did not end this library's own. Those of which nothing can be had any
    /// more are settled: with the pictures that had come, else as unknown. Gives the others, oldest first, each with the
    /// URLs of pictures that are yet to be fetched; the caller ends them by [`Self::step`].
    ///
    /// Two processes that adopt at once never get the same row.
    pub fn adopt(&self) -> Result<Vec<Generation>, Failure> {
        self.write(|transaction, owner| {
            let rows = self.inner.rows(transaction);
            let mut adopted = Vec::new();
            for mut generation in rows.in_work()? {
                if generation.owner_alive || generation.state == State::Prepared {
                    continue;
                }
                rows::take_over(transaction, generation.seq, owner.id())?;
                generation.owner_alive = true;
                if generation.urls.is_empty() {
                    settle(&rows, generation, owner.id())?;
                } else {
                    generation.failure = None;
                    adopted.push(generation);
                }
            }
            Ok(adopted)
        })
    }
}

/// At the opening: cancels what dead processes wrote down and never sent, and removes their temporary files.
pub(super) fn tidy(
    writer: &mut Connection,
    folder: &Path,
    owners: &Owners,
    turn: &Turn,
) -> Result<(), Error> {
    let dead = owners.dead(turn);
    let transaction = writer.transaction_with_behavior(TransactionBehavior::Immediate)?;
    let rows = Rows {
        connection: &transaction,
        folder,
        owners,
    };
    for generation in rows.in_work()? {
        if !generation.owner_alive && generation.state == State::Prepared {
            let owner = rows.owner_of(&generation)?;
            journal::take(&rows, &generation, Step::Lose, &owner)?;
        }
    }
    transaction.commit()?;
    if !dead.is_empty() {
        // Only a process that died with its file in place can have left a temporary one, so that a start after an
        // orderly end need not look through the months.
        files::remove_temporaries(folder, &dead);
        for id in &dead {
            owners.bury(id);
        }
    }
    Ok(())
}

/// Ends a row of which nothing more can be had.
fn settle(rows: &Rows, mut generation: Generation, owner: &str) -> Result<(), Error> {
    let step = if generation.pictures.is_empty() {
        Step::Lose
    } else {
        generation.failure = None;
        generation.notices.push(Clean::line(words::ENDED_EARLY));
        Step::Save
    };
    journal::take(rows, &generation, step, owner)?;
    Ok(())
}
