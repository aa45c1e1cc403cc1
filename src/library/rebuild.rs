//! A damaged history made anew: from the records beside it, and from what can still be read of it. The damaged database is
//! set aside, never changed and never deleted; no picture is touched.

mod salvage;
mod swap;

use std::path::Path;

use rusqlite::{Connection, ErrorCode, OptionalExtension, TransactionBehavior};

use crate::domain::{Failure, Generation, State};

use super::error::Error;
use super::owners::Owners;
use super::rows::{self, Rows};
use super::{DATABASE, OWN_FOLDER, records, schema, words};

pub(super) use swap::finish;

/// A row number beyond this comes from noise, and would leave none for the next.
const LAST_SEQ: i64 = 1 << 40;

/// Builds a new database, sets the old one aside and puts the new one in its place; says what was done.
///
/// The caller holds the turn, and no other process has the database open. A crash at any moment leaves either the old
/// one in place or enough for [`finish`].
pub(super) fn rebuild(folder: &Path, owners: &Owners, why: &str) -> Result<Failure, Error> {
    let own = folder.join(OWN_FOLDER);
    let building = swap::start(&own)?;
    let mut new = schema::fresh(&building)?;
    let transaction = new.transaction()?;
    let rows = Rows {
        connection: &transaction,
        folder,
        owners,
    };
    let unreadable = records::each_last(folder, |generation, owner| {
        put(&rows, generation, owner).map(|_| ())
    })?;
    salvage::salvage(&own.join(DATABASE), &rows)?;
    let count: i64 = transaction.query_row("SELECT count(*) FROM generations", [], |r| r.get(0))?;
    transaction.commit()?;
    new.close().map_err(|(_, error)| error)?;
    let aside = swap::swap(&own, &building)?;
    Ok(words::rebuilt(
        why,
        count.unsigned_abs(),
        unreadable,
        aside.as_deref(),
    ))
}

/// Gives the database what its records know and it does not: its log was lost, or an older copy of it was put back, or a
/// process died between its record and its commit. Says how many generations had been lost.
pub(super) fn catch_up(
    writer: &mut Connection,
    folder: &Path,
    owners: &Owners,
) -> Result<usize, Error> {
    let behind = |connection: &Connection, generation: &Generation| {
        let there = there(connection, generation)?;
        Ok::<_, Error>(there.is_none_or(|there| there.is_behind(generation, owners)))
    };
    let mut is_behind = false;
    for (generation, _) in records::tail(folder) {
        is_behind = is_behind || behind(writer, &generation)?;
    }
    if !is_behind {
        return Ok(0);
    }
    let transaction = writer.transaction_with_behavior(TransactionBehavior::Immediate)?;
    let rows = Rows {
        connection: &transaction,
        folder,
        owners,
    };
    let mut lost = 0;
    records::each_last(folder, |generation, owner| {
        lost += usize::from(put(&rows, generation, owner)? == Put::Added);
        Ok(())
    })?;
    transaction.commit()?;
    Ok(lost)
}

/// What became of a generation that was to be put into the database.
#[derive(PartialEq)]
enum Put {
    Added,
    Replaced,
    /// What is there says as much, or it cannot be put there.
    Left,
}

/// A row that has the same id.
struct There {
    seq: i64,
    state: Option<State>,
    owner: String,
}

impl There {
    fn is_behind(&self, generation: &Generation, owners: &Owners) -> bool {
        self.state.map_or(-1, weight) < weight(generation.state) && !owners.is_alive(&self.owner)
    }
}

/// How far a state is: what is final cannot be behind what is not.
const fn weight(state: State) -> i8 {
    match state {
        State::Prepared | State::Sent => 0,
        State::Answered => 1,
        _ => 2,
    }
}

fn there(connection: &Connection, generation: &Generation) -> Result<Option<There>, Error> {
    let mut select =
        connection.prepare_cached("SELECT seq, state, owner FROM generations WHERE id = ?1")?;
    let there = select.query_row([generation.id.to_string()], |row| {
        Ok(There {
            seq: row.get(0)?,
            state: State::from_name(row.get_ref(1)?.as_str()?),
            owner: row.get(2)?,
        })
    });
    Ok(there.optional()?)
}

/// Puts a generation into the database unless it knows as much of it, under its own number if that is free.
fn put(rows: &Rows, mut generation: Generation, owner: &str) -> Result<Put, Error> {
    let connection = rows.connection;
    let mut outcome = Put::Added;
    if let Some(there) = there(connection, &generation)? {
        if !there.is_behind(&generation, rows.owners) {
            return Ok(Put::Left);
        }
        connection.execute("DELETE FROM generations WHERE seq = ?1", [there.seq])?;
        generation.seq = Some(there.seq);
        outcome = Put::Replaced;
    }
    let is_taken = |seq: &i64| -> Result<bool, Error> {
        let mut select = connection.prepare_cached("SELECT 1 FROM generations WHERE seq = ?1")?;
        Ok(select.exists([seq])?)
    };
    if let Some(seq) = generation.seq
        && (!(1..=LAST_SEQ).contains(&seq) || is_taken(&seq)?)
    {
        generation.seq = None;
    }
    let Some(seq) = unless_refused(rows::insert(connection, &generation, owner))? else {
        return Ok(Put::Left);
    };
    for picture in &generation.pictures {
        let relative = picture.path.strip_prefix(rows.folder);
        if let Some(path) = relative.ok().and_then(|path| path.to_str()) {
            let inserted = rows::insert_picture(connection, seq, picture, path);
            if unless_refused(inserted)?.is_some() {
                rows::set_converted(connection, picture, rows.folder)?;
            }
        }
    }
    Ok(outcome)
}

/// What two lines claim (a path, a number) belongs to the first.
fn unless_refused<T>(inserted: Result<T, Error>) -> Result<Option<T>, Error> {
    match inserted {
        Ok(value) => Ok(Some(value)),
        Err(Error::Database(error))
            if error.sqlite_error_code() == Some(ErrorCode::ConstraintViolation) =>
        {
            Ok(None)
        }
        Err(error) => Err(error),
    }
}
