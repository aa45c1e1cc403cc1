//! The journal: every generation is a row before its request leaves, and each state is on disk before the next step.

use std::path::Path;

use rusqlite::Connection;

use crate::domain::{Failure, Generation, State, Step};

use super::error::Error;
use super::rows::{self, Rows};
use super::{Library, records, words};

impl Library {
    /// Writes a new generation down and sets its `seq`. Call it before anything leaves this machine.
    pub fn prepare(&self, generation: &mut Generation) -> Result<(), Failure> {
        if generation.seq.is_some() || generation.state != State::Prepared {
            return Err(words::not_new(generation.id, generation.state));
        }
        let seq =
            self.write(|transaction, owner| rows::insert(transaction, generation, owner.id()))?;
        generation.seq = Some(seq);
        generation.owner_alive = true;
        Ok(())
    }

    /// Takes `step` and commits the new state together with the fields that the caller has set: model, text, urls,
    /// finish reason, usage, failure, notices, elapsed time, demo. Then `generation` is what the row now says.
    ///
    /// An illegal step is an [`Internal`](crate::domain::FailureKind::Internal) failure, as is a row that another
    /// process holds; after any failure neither the row nor `generation` has changed. From `Send` on each is also
    /// appended to the records. The last picture stands for its generation from `Save` on, unless another was selected.
    pub fn step(&self, generation: &mut Generation, step: Step) -> Result<(), Failure> {
        *generation = self.write(|transaction, owner| {
            take(&self.inner.rows(transaction), generation, step, owner.id())
        })?;
        Ok(())
    }
}

/// Takes a step on the row of `owner` and returns the row as it then stands.
pub(super) fn take(
    rows: &Rows,
    generation: &Generation,
    step: Step,
    owner: &str,
) -> Result<Generation, Error> {
    let seq = generation
        .seq
        .ok_or_else(|| words::not_journalled(generation.id))?;
    let mut next = generation.clone();
    next.step(step)?;
    if !rows::update(rows.connection, &next, generation.state, owner)? {
        return Err(words::moved(generation.id).into());
    }
    if next.state == State::Saved {
        select_last(rows.connection, seq)?;
    }
    let written = rows
        .at(seq)?
        .ok_or_else(|| words::not_journalled(generation.id))?;
    record(rows.folder, &written, owner)?;
    Ok(written)
}

/// Appends a generation to the records from the moment on that it may cost something: whatever becomes of the database,
/// what was asked, the address of its picture and its file are known.
pub(super) fn record(folder: &Path, generation: &Generation, owner: &str) -> Result<(), Error> {
    if generation.state.maybe_billed() {
        records::append(folder, generation, owner)?;
    }
    Ok(())
}

fn select_last(connection: &Connection, seq: i64) -> Result<(), Error> {
    connection.execute(
        "UPDATE pictures SET selected = 1
         WHERE generation = ?1 AND n = (SELECT max(n) FROM pictures WHERE generation = ?1)
           AND NOT EXISTS (SELECT 1 FROM pictures WHERE generation = ?1 AND selected)",
        [seq],
    )?;
    Ok(())
}
