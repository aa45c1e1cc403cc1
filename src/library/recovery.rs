//! After a crash: rows and temporary files of processes that are gone are settled when a library is opened.

use std::path::Path;

use rusqlite::{Connection, TransactionBehavior};

use crate::domain::{Clean, Generation, State, Step};

use super::error::Error;
use super::owners::{Owners, Turn};
use super::rows::Rows;
use super::{files, journal, words};

/// Settles every row in work whose owner is dead, and removes dead owners' temporary files.
///
/// What was never sent is cancelled; what was sent is unknown, unless pictures of it are on disk and no more are
/// known: then those are what it brought. A row with URLs left stays `answered`: its pictures can still be fetched.
pub(super) fn settle(
    writer: &mut Connection,
    folder: &Path,
    owners: &Owners,
    turn: &Turn,
) -> Result<(), Error> {
    let transaction = writer.transaction_with_behavior(TransactionBehavior::Immediate)?;
    let rows = Rows {
        connection: &transaction,
        folder,
        owners,
    };
    for generation in rows.all(
        "INDEXED BY in_work WHERE state IN ('prepared', 'sent', 'answered')",
        [],
    )? {
        if !generation.owner_alive {
            settle_row(&rows, generation)?;
        }
    }
    transaction.commit()?;
    let dead = owners.dead(turn);
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

fn settle_row(rows: &Rows, mut generation: Generation) -> Result<(), Error> {
    let has_all = !generation.pictures.is_empty() && generation.urls.is_empty();
    let step = match generation.state {
        State::Prepared => {
            generation.failure = Some(words::never_sent());
            Step::Lose
        }
        State::Sent | State::Answered if has_all => {
            generation.notices.push(Clean::line(words::ENDED_EARLY));
            Step::Save
        }
        State::Answered if !generation.urls.is_empty() => return Ok(()),
        _ => {
            generation.failure = Some(words::lost());
            Step::Lose
        }
    };
    let owner: String = rows.connection.query_row(
        "SELECT owner FROM generations WHERE seq = ?1",
        [generation.seq],
        |row| row.get(0),
    )?;
    journal::take(rows, &generation, step, &owner)?;
    Ok(())
}
