//! Whether the database is whole: how closely that is looked at when a library is opened.

use std::fs;
use std::path::{Path, PathBuf};

use rusqlite::Connection;

use super::error::Error;
use super::rows::Rows;
use super::{OWN_FOLDER, schema};

/// Up to this size in bytes, some hundred generations, the indexes are held against their tables at every start.
const TINY: u64 = 1024 * 1024;
/// A look at every page takes about 3 ms a MB. Up to this size in bytes, some thousand generations, it is taken at every
/// start.
const SMALL: u64 = 4 * 1024 * 1024;
/// Up to this size it is taken where a process ended without closing, or the machine did.
const AFTER_A_CRASH: u64 = 64 * 1024 * 1024;
/// Rows that are read at once.
const ROWS: i64 = 1_000;

/// The file that says that damage was met.
fn mark_path(folder: &Path) -> PathBuf {
    folder.join(OWN_FOLDER).join("damage-was-met")
}

/// Asks the next start to look closely.
pub(super) fn mark(folder: &Path) {
    // On a disk that takes no more the next start meets it again by itself.
    let _ = fs::write(mark_path(folder), b"");
}

/// Says that it was looked at.
pub(super) fn unmark(folder: &Path) {
    let _ = fs::remove_file(mark_path(folder));
}

/// Fails with [`Error::Damaged`] or the database's own words when it is not whole, as far as it is looked at: every row of
/// it where damage was met, else every page, unless it is too large for that.
pub(super) fn check(rows: &Rows, after_a_crash: bool) -> Result<(), Error> {
    let limit = if after_a_crash { AFTER_A_CRASH } else { SMALL };
    if !schema::is_complete(rows.connection) {
        return Err(Error::Damaged("a table is missing".to_owned()));
    }
    if mark_path(rows.folder).exists() {
        ask(rows.connection, "PRAGMA integrity_check(1)")?;
        read_all(rows)?;
        unmark(rows.folder);
        return Ok(());
    }
    match size(rows.connection)? {
        ..=TINY => ask(rows.connection, "PRAGMA integrity_check(1)"),
        bytes if bytes <= limit => ask(rows.connection, "PRAGMA quick_check(1)"),
        _ => Ok(()),
    }
}

fn ask(connection: &Connection, pragma: &str) -> Result<(), Error> {
    let said: String = connection.query_row(pragma, [], |row| row.get(0))?;
    if said == "ok" {
        Ok(())
    } else {
        // It may be several lines long.
        let first = said.lines().last().unwrap_or_default();
        Err(Error::Damaged(first.to_owned()))
    }
}

fn size(connection: &Connection) -> rusqlite::Result<u64> {
    let number = |pragma| connection.pragma_query_value(None, pragma, |row| row.get::<_, i64>(0));
    Ok(number("page_count")?.unsigned_abs() * number("page_size")?.unsigned_abs())
}

/// A page may be whole and hold nonsense.
fn read_all(rows: &Rows) -> Result<(), Error> {
    let mut after = i64::MIN;
    loop {
        let some = rows.all("WHERE seq > ?1 ORDER BY seq LIMIT ?2", (after, ROWS))?;
        match some.last().and_then(|generation| generation.seq) {
            Some(seq) => after = seq,
            None => return Ok(()),
        }
    }
}
