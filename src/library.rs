//! The disk edge: the journal, the history and the picture files, in one folder that several processes share.
//!
//! Every call blocks on the disk, so nothing here may be called on an event loop. Nothing here knows the network or
//! pixels: bytes and measures come from the caller.

mod check;
mod convert;
mod demo;
mod error;
mod files;
mod find;
mod history;
mod journal;
mod left;
mod names;
mod open;
mod owners;
mod pictures;
mod rebuild;
mod records;
mod recovery;
mod rows;
mod schema;
mod spool;
mod stores;
mod thumbnails;
mod words;

use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use jiff::tz::TimeZone;
use rusqlite::{Connection, Transaction, TransactionBehavior};

use crate::domain::Failure;

pub use find::Found;
pub use history::Query;
pub use left::Left;
pub use recovery::Adopted;
pub use spool::Spooled;
pub use thumbnails::Thumbnails;

use error::Error;
use owners::{Owner, Owners};
use rows::Rows;

/// The name of plantain's own folder inside the library; the pictures stand beside it.
const OWN_FOLDER: &str = ".plantain";
/// The database, inside [`OWN_FOLDER`].
const DATABASE: &str = "library.db";

/// A library folder, open. Clones share it.
///
/// Writers of all processes take turns: each write is one immediate transaction that waits up to 5 s for the others.
/// Readers never wait for a writer.
#[derive(Clone)]
pub struct Library {
    inner: Arc<Inner>,
}

struct Inner {
    /// Absolute.
    folder: PathBuf,
    zone: TimeZone,
    owners: Owners,
    reader: Mutex<Connection>,
    /// What had to be mended when it was opened.
    repaired: Option<Failure>,
    access: Access,
}

/// What this process may do with the folder.
enum Access {
    Write {
        writer: Mutex<Connection>,
        owner: Owner,
    },
    Read {
        why: String,
    },
}

impl Library {
    /// Whether there is a library in `folder`. Makes none.
    pub fn is_at(folder: &Path) -> bool {
        folder.join(OWN_FOLDER).join(DATABASE).exists()
    }

    /// Opens the library in `folder`, making it where there is none, and cancels what dead processes never sent.
    /// What they did send waits for [`Self::adopt`].
    ///
    /// Picture names use local time in `zone`. A folder that has a library but cannot be written opens for reading
    /// (see [`Self::is_read_only`]). A damaged database is set aside and rebuilt from the records beside it (see
    /// [`Self::repaired`]). Fails with [`Library`](crate::domain::FailureKind::Library) when the folder can neither be
    /// made nor read, when its database is damaged while another process has it open or nothing can be written, or when
    /// a newer plantain wrote it.
    pub fn open(folder: &Path, zone: TimeZone) -> Result<Self, Failure> {
        let folder =
            std::path::absolute(folder).map_err(|e| Error::file(folder, e).into_failure(folder))?;
        let inner = open::open(&folder, zone).map_err(|e| e.into_failure(&folder))?;
        Ok(Self {
            inner: Arc::new(inner),
        })
    }

    /// The library's folder, absolute.
    pub fn folder(&self) -> &Path {
        &self.inner.folder
    }

    /// The database. Its folder is the one to watch: commits of other processes go to a log beside it.
    pub fn db_path(&self) -> PathBuf {
        self.inner.own_folder().join(DATABASE)
    }

    /// Whether nothing can be written; every call that writes then fails.
    pub fn is_read_only(&self) -> bool {
        matches!(self.inner.access, Access::Read { .. })
    }

    /// What the user should know of a history that was damaged and has been rebuilt, or that had lost something.
    pub fn repaired(&self) -> Option<&Failure> {
        self.inner.repaired.as_ref()
    }

    /// A number that differs from the last one when another `Library` (another process, as a rule) changed the database.
    ///
    /// What this one wrote does not count. It costs some microseconds, so that it may be polled.
    pub fn changes(&self) -> Result<i64, Failure> {
        let connection = match &self.inner.access {
            Access::Write { writer, .. } => lock(writer),
            Access::Read { .. } => lock(&self.inner.reader),
        };
        connection
            .pragma_query_value(None, "data_version", |row| row.get(0))
            .map_err(|e| self.failure(e))
    }

    /// Reads in one snapshot.
    fn read<T>(&self, work: impl FnOnce(&Rows) -> Result<T, Error>) -> Result<T, Failure> {
        let connection = lock(&self.inner.reader);
        let snapshot = connection
            .unchecked_transaction()
            .map_err(|e| self.failure(e))?;
        work(&self.inner.rows(&snapshot)).map_err(|e| self.failure(e))
    }

    /// Writes in one transaction; an error of `work` leaves nothing of it.
    fn write<T>(
        &self,
        work: impl FnOnce(&Transaction, &Owner) -> Result<T, Error>,
    ) -> Result<T, Failure> {
        let Access::Write { writer, owner } = &self.inner.access else {
            return Err(self.refuse_write());
        };
        let mut connection = lock(writer);
        // A deferred transaction that turns to writing is told "locked" at once, without any waiting.
        let transaction = connection
            .transaction_with_behavior(TransactionBehavior::Immediate)
            .map_err(|e| self.failure(e))?;
        let done = work(&transaction, owner).map_err(|e| self.failure(e))?;
        transaction.commit().map_err(|e| self.failure(e))?;
        Ok(done)
    }

    /// This process's owner, where it may write.
    fn owner(&self) -> Result<&Owner, Failure> {
        match &self.inner.access {
            Access::Write { owner, .. } => Ok(owner),
            Access::Read { .. } => Err(self.refuse_write()),
        }
    }

    fn refuse_write(&self) -> Failure {
        let why = match &self.inner.access {
            Access::Read { why } => why.as_str(),
            Access::Write { .. } => "",
        };
        words::read_only(&self.inner.folder, why)
    }

    fn failure(&self, error: impl Into<Error>) -> Failure {
        let error = error.into();
        if error.damage().is_some() {
            check::mark(&self.inner.folder);
        }
        error.into_failure(&self.inner.folder)
    }
}

impl fmt::Debug for Library {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Library")
            .field("folder", &self.inner.folder)
            .field("read_only", &self.is_read_only())
            .finish()
    }
}

impl Inner {
    fn own_folder(&self) -> PathBuf {
        self.folder.join(OWN_FOLDER)
    }

    fn rows<'a>(&'a self, connection: &'a Connection) -> Rows<'a> {
        Rows {
            connection,
            folder: &self.folder,
            owners: &self.owners,
        }
    }
}

/// A panic elsewhere leaves a connection whole: its transaction was rolled back when it was dropped.
fn lock(connection: &Mutex<Connection>) -> MutexGuard<'_, Connection> {
    connection.lock().unwrap_or_else(PoisonError::into_inner)
}
