//! What can still be read of a damaged database, for rows that its records lack or know less of.

use std::path::Path;

use rusqlite::config::DbConfig;
use rusqlite::{Connection, OpenFlags};

use super::put;
use crate::domain::Generation;
use crate::library::error::Error;
use crate::library::rows::{self, COLUMNS, Rows};
use crate::library::schema;

/// Where the table cannot be walked, numbers are asked for one by one until so many in a row lead nowhere: more than the
/// rows below one inner page.
const MISSES: u32 = 10_000;

/// Puts every row of the damaged database that can be read into the new one, where that knows less of it; then drafts and
/// endpoints. What cannot be read is passed over; only the new database can make it fail.
pub(super) fn salvage(damaged: &Path, new: &Rows) -> Result<(), Error> {
    let Some(old) = open(damaged) else {
        return Ok(());
    };
    let old_rows = Rows {
        connection: &old,
        ..*new
    };
    let mut keep = |mut generation: Generation, owner: String| {
        if old_rows.add_pictures(&mut generation).is_err() {
            // Its pictures are on disk still, though it does not know of them.
            generation.pictures.clear();
        }
        put(new, generation, &owner).map(|_| ())
    };
    if let Some(low) = walk(&old, "ASC", &mut keep)? {
        let high = walk(&old, "DESC", &mut keep)?.unwrap_or(i64::MAX);
        let select = format!("SELECT {COLUMNS} FROM generations WHERE seq = ?1");
        let mut misses = 0;
        for seq in low.saturating_add(1)..high {
            let found = old
                .prepare_cached(&select)
                .and_then(|mut select| select.query_row([seq], rows::generation));
            if let Ok((generation, owner)) = found {
                keep(generation, owner)?;
                misses = 0;
            } else {
                misses += 1;
                if misses > MISSES {
                    break;
                }
            }
        }
    }
    // A draft and what served an endpoint are no loss where they cannot be read.
    for [name, text] in texts(&old, "name, text FROM drafts") {
        let insert = "INSERT OR REPLACE INTO drafts (name, text) VALUES (?1, ?2)";
        new.connection.execute(insert, [name, text])?;
    }
    for [base_url, asked, profile] in texts(&old, "base_url, asked, profile FROM endpoints") {
        let insert =
            "INSERT OR REPLACE INTO endpoints (base_url, asked, profile) VALUES (?1, ?2, ?3)";
        new.connection.execute(insert, [base_url, asked, profile])?;
    }
    Ok(())
}

/// Rows of so many texts.
fn texts<const N: usize>(old: &Connection, columns: &str) -> Vec<[String; N]> {
    let read = || {
        let mut select = old.prepare(&format!("SELECT {columns}"))?;
        let rows = select.query_map([], |row| {
            let mut texts = [const { String::new() }; N];
            for (column, text) in texts.iter_mut().enumerate() {
                *text = row.get(column)?;
            }
            Ok(texts)
        })?;
        rows.collect::<rusqlite::Result<Vec<_>>>()
    };
    read().unwrap_or_default()
}

/// Only for reading, with whatever log stands beside it.
fn open(damaged: &Path) -> Option<Connection> {
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let old = Connection::open_with_flags(damaged, flags).ok()?;
    // Nothing that stands in it is to be run.
    old.set_db_config(DbConfig::SQLITE_DBCONFIG_TRUSTED_SCHEMA, false)
        .ok()?;
    old.pragma_update(None, "cell_size_check", true).ok()?;
    // Of an earlier version it may lack columns; where that cannot be mended, what needs them is passed over.
    let _ = schema::stand_in(&old);
    Some(old)
}

/// Walks the table one way. Gives the number that it came to when it broke off, `None` when it came to the end.
fn walk(
    old: &Connection,
    way: &str,
    keep: &mut impl FnMut(Generation, String) -> Result<(), Error>,
) -> Result<Option<i64>, Error> {
    let start = if way == "ASC" { 0 } else { i64::MAX };
    let mut came_to = start;
    let Ok(mut select) = old.prepare(&format!(
        "SELECT {COLUMNS} FROM generations ORDER BY seq {way}"
    )) else {
        return Ok(Some(start));
    };
    let Ok(mut rows) = select.query([]) else {
        return Ok(Some(start));
    };
    loop {
        let row = match rows.next() {
            Ok(Some(row)) => row,
            Ok(None) => return Ok(None),
            Err(_) => return Ok(Some(came_to)),
        };
        match row.get::<_, i64>(0) {
            Ok(seq) if came_to == start || (seq > came_to) == (way == "ASC") => came_to = seq,
            // A tree that bites its own tail would be walked for ever.
            _ => return Ok(Some(came_to)),
        }
        if let Ok((generation, owner)) = rows::generation(row) {
            keep(generation, owner)?;
        }
    }
}
