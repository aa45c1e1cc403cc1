//! The database's tables and how they came to be: one SQL text a version, applied in order, never edited afterwards.

use std::path::Path;
use std::time::Duration;

use rusqlite::{Connection, OpenFlags, TransactionBehavior, functions::FunctionFlags};

use super::error::{Error, wants_to_write};
use super::rows::COLUMNS;
use super::{history, words};

/// Version 1 is the first entry. Append; what stands here was already run on people's libraries.
const MIGRATIONS: [&str; 3] = [
    // `seq` is the only order: a clock may jump. The columns that every list reads stand before the long ones.
    "CREATE TABLE generations (
        seq        INTEGER PRIMARY KEY AUTOINCREMENT,
        id         TEXT NOT NULL UNIQUE,   -- UUID
        batch      TEXT NOT NULL,          -- UUID of the first of those that one key press asked for
        parent     TEXT,                   -- UUID.N of the picture that this one edits
        owner      TEXT NOT NULL,          -- names a file in owners/
        state      TEXT NOT NULL,
        created_ms INTEGER NOT NULL,       -- since 1970
        demo       INTEGER NOT NULL,
        typed      TEXT NOT NULL,          -- the prompt, to the byte
        request    TEXT NOT NULL,          -- JSON
        reply      TEXT NOT NULL,          -- JSON
        failure    TEXT,                   -- JSON
        notices    TEXT NOT NULL           -- JSON
    ) STRICT;
    CREATE INDEX in_work ON generations (owner) WHERE state IN ('prepared', 'sent', 'answered');
    CREATE INDEX of_demo ON generations (seq) WHERE demo = 1;
    CREATE TABLE pictures (
        generation INTEGER NOT NULL REFERENCES generations (seq) ON DELETE CASCADE,
        n          INTEGER NOT NULL,       -- from 1
        url        TEXT,
        path       TEXT NOT NULL UNIQUE,   -- from the library's folder
        format     TEXT NOT NULL,
        width      INTEGER,                -- px; NULL when it cannot be decoded
        height     INTEGER,
        bytes      INTEGER NOT NULL,
        sha256     TEXT NOT NULL,
        selected   INTEGER NOT NULL DEFAULT 0,
        PRIMARY KEY (generation, n)
    ) STRICT, WITHOUT ROWID;
    -- Every run of three letters, so that any part of a word is found without reading the rows.
    CREATE VIRTUAL TABLE search USING fts5 (
        prompt, model, content = '', contentless_delete = 1, tokenize = 'trigram'
    );
    CREATE TRIGGER search_insert AFTER INSERT ON generations BEGIN
        INSERT INTO search (rowid, prompt, model) VALUES (new.seq, new.typed, new.request ->> 'model');
    END;
    CREATE TRIGGER search_delete AFTER DELETE ON generations BEGIN
        DELETE FROM search WHERE rowid = old.seq;
    END;
    CREATE TABLE endpoints (
        base_url TEXT PRIMARY KEY,
        profile  TEXT NOT NULL
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE drafts (
        name TEXT PRIMARY KEY,
        text TEXT NOT NULL
    ) STRICT, WITHOUT ROWID;",
    // Until then only one profile had a fallback.
    "ALTER TABLE endpoints ADD COLUMN asked TEXT NOT NULL DEFAULT 'documented';",
    // The same picture in other formats: a JSON array of paths from the library's folder.
    "ALTER TABLE pictures ADD COLUMN converted TEXT NOT NULL DEFAULT '[]';",
];

/// What lets an older database be read where it cannot be brought up to date: what it is asked for, and a view of this
/// connection alone that has it.
const STAND_INS: [(&str, &str); MIGRATIONS.len() - 1] = [
    (
        "SELECT asked FROM endpoints",
        "CREATE TEMP VIEW endpoints AS SELECT *, 'documented' AS asked FROM main.endpoints",
    ),
    (
        "SELECT converted FROM pictures",
        "CREATE TEMP VIEW pictures AS SELECT *, '[]' AS converted FROM main.pictures",
    ),
];

/// How long a call waits for another process's write.
const BUSY: Duration = Duration::from_secs(5);

/// A version beyond this is noise and no version.
const FAR: i64 = 9_999;

/// The schema's version that this program writes.
const fn ours() -> i64 {
    MIGRATIONS.len() as i64
}

/// Opens the database for writing, making or migrating it. Only one process at a time may be in here.
///
/// `has_history`: records of earlier generations stand beside it, so that an empty one has lost them.
pub(super) fn writer(path: &Path, has_history: bool) -> Result<Connection, Error> {
    let mut is_empty = true;
    if path.exists() {
        // A look that cannot write: opening a newer database for writing may already change it.
        let looked = reader(path)?;
        is_empty = version(&looked)? == 0;
        let tables = "SELECT count(*) FROM sqlite_schema";
        let tables: i64 = looked.query_row(tables, [], |row| row.get(0))?;
        if is_empty && tables > 0 {
            return Err(Error::Damaged("its version is lost".to_owned()));
        }
    }
    if is_empty && has_history {
        let why = "it is empty, though records of earlier generations stand beside it";
        return Err(Error::Damaged(why.to_owned()));
    }
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE
        | OpenFlags::SQLITE_OPEN_CREATE
        | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let mut connection = Connection::open_with_flags(path, flags)?;
    connection.busy_timeout(BUSY)?;
    connection.pragma_update(None, "synchronous", "FULL")?;
    connection.pragma_update(None, "foreign_keys", true)?;
    // A page that is not what it should be is told as such, before it is walked into.
    connection.pragma_update(None, "cell_size_check", true)?;
    choose_journal(&connection, path)?;
    migrate(&mut connection)?;
    Ok(connection)
}

/// Makes an empty database in a file that nobody else knows of. It is not safe from a crash until the file is synced.
pub(super) fn fresh(path: &Path) -> Result<Connection, Error> {
    let mut connection = Connection::open(path)?;
    connection.pragma_update(None, "synchronous", "OFF")?;
    connection.pragma_update_and_check(None, "journal_mode", "MEMORY", |_| Ok(()))?;
    connection.pragma_update(None, "foreign_keys", true)?;
    migrate(&mut connection)?;
    Ok(connection)
}

/// Whether every table can be asked for what this program asks; a database of another making, or a torn one, cannot.
pub(super) fn is_complete(connection: &Connection) -> bool {
    let asked = [
        &format!(
            "SELECT {COLUMNS} FROM generations INDEXED BY in_work WHERE state IN ('prepared', 'sent', 'answered')"
        ),
        "SELECT generation, n, url, path, format, width, height, bytes, sha256, selected, converted FROM pictures",
        "SELECT rowid FROM search WHERE search MATCH 'fox'",
        "SELECT base_url, asked, profile FROM endpoints",
        "SELECT name, text FROM drafts",
    ];
    asked
        .iter()
        .all(|select| connection.prepare(select).is_ok())
}

/// Opens the database for reading only; where even that wants to write beside it, as it stands in its file.
pub(super) fn reader(path: &Path) -> Result<Connection, Error> {
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let mut connection = Connection::open_with_flags(path, flags)?;
    connection.busy_timeout(BUSY)?;
    if let Err(error) = version(&connection) {
        // On a read-only mount or a full disk there is no place for the shared memory of WAL.
        let uri = url::Url::from_file_path(path).ok();
        let Some(mut uri) = uri.filter(|_| wants_to_write(&error)) else {
            return Err(error.into());
        };
        uri.set_query(Some("immutable=1"));
        connection = Connection::open_with_flags(uri.as_str(), flags | OpenFlags::SQLITE_OPEN_URI)?;
    }
    let theirs = version(&connection)?;
    if !(0..=FAR).contains(&theirs) {
        return Err(Error::Damaged(format!("its version reads {theirs}")));
    }
    if theirs > ours() {
        return Err(words::newer(path, theirs, ours()).into());
    }
    if (1..ours()).contains(&theirs) {
        stand_in(&connection)?;
    }
    connection.create_scalar_function(
        "holds",
        2,
        FunctionFlags::SQLITE_UTF8 | FunctionFlags::SQLITE_DETERMINISTIC,
        |context| {
            let text = context.get_raw(0).as_str()?;
            let word = context.get_raw(1).as_str()?;
            Ok(history::holds(text, word))
        },
    )?;
    Ok(connection)
}

/// Gives this connection alone the columns that an older database has not.
pub(super) fn stand_in(connection: &Connection) -> rusqlite::Result<()> {
    connection.pragma_update(None, "temp_store", "MEMORY")?;
    for (asked, view) in STAND_INS {
        if connection.prepare(asked).is_err() {
            connection.execute_batch(view)?;
        }
    }
    Ok(())
}

fn version(connection: &Connection) -> rusqlite::Result<i64> {
    connection.pragma_query_value(None, "user_version", |row| row.get(0))
}

fn migrate(connection: &mut Connection) -> Result<(), Error> {
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    let from = usize::try_from(version(&transaction)?).unwrap_or(0);
    if from < MIGRATIONS.len() {
        for step in &MIGRATIONS[from..] {
            transaction.execute_batch(step)?;
        }
        transaction.pragma_update(None, "user_version", ours())?;
        transaction.commit()?;
    }
    Ok(())
}

/// WAL lets readers and the writer pass each other, but needs memory that processes share: not over a network.
fn choose_journal(connection: &Connection, path: &Path) -> rusqlite::Result<()> {
    let set = |mode| {
        connection
            .pragma_update_and_check(None, "journal_mode", mode, |row| row.get::<_, String>(0))
    };
    if !on_network(path) && set("WAL").is_ok_and(|got| got.eq_ignore_ascii_case("wal")) {
        return Ok(());
    }
    set("TRUNCATE").map(|_| ())
}

#[cfg(target_os = "linux")]
fn on_network(path: &Path) -> bool {
    /// NFS, SMB, CIFS, SMB2 and 9P, from `linux/magic.h`.
    const NETWORKS: [u32; 5] = [0x6969, 0x517b, 0xff53_4d42, 0xfe53_4d42, 0x0102_1997];
    rustix::fs::statfs(path).is_ok_and(|fs| NETWORKS.contains(&(fs.f_type as u32)))
}

#[cfg(not(target_os = "linux"))]
fn on_network(_: &Path) -> bool {
    false
}
