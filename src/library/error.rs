//! What can go wrong inside the room, so that `?` works; at the seam it becomes a `Failure` in people's words.

use std::io;
use std::path::{Path, PathBuf};

use rusqlite::{ErrorCode, ffi};

use crate::domain::{Failure, IllegalStep};

use super::{DATABASE, OWN_FOLDER, words};

/// A trouble of the room.
#[derive(Debug, thiserror::Error)]
pub(super) enum Error {
    /// The database refused.
    #[error(transparent)]
    Database(#[from] rusqlite::Error),
    /// A file could not be read or written.
    #[error("{path}: {source}")]
    File {
        /// Where.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// The database is not whole, and says nothing of it itself.
    #[error("{0}")]
    Damaged(String),
    /// The state machine refused.
    #[error(transparent)]
    Step(#[from] IllegalStep),
    /// Already in people's words.
    #[error(transparent)]
    Told(#[from] Failure),
}

impl Error {
    pub(super) fn file(path: &Path, source: impl Into<io::Error>) -> Self {
        Self::File {
            path: path.to_owned(),
            source: source.into(),
        }
    }

    /// Whether the folder can still be read, though not written: no permission, a read-only mount, a full disk.
    pub(super) fn forbids_writing(&self) -> bool {
        match self {
            Self::File { source, .. } => matches!(
                source.kind(),
                io::ErrorKind::PermissionDenied
                    | io::ErrorKind::ReadOnlyFilesystem
                    | io::ErrorKind::StorageFull
                    | io::ErrorKind::QuotaExceeded
            ),
            Self::Database(error) => wants_to_write(error),
            Self::Damaged(_) | Self::Step(_) | Self::Told(_) => false,
        }
    }

    /// The bare reason, without the file's name.
    pub(super) fn reason(&self) -> String {
        match self {
            Self::File { source, .. } => source.kind().to_string(),
            Self::Database(error) if is_full(error) => "no space left on its disk".to_owned(),
            other => other.to_string(),
        }
    }

    /// Why the database is not whole, if that is the trouble.
    pub(super) fn damage(&self) -> Option<String> {
        match self {
            Self::Damaged(why) => Some(why.clone()),
            Self::Database(error) if is_damage(error) => Some(error.to_string()),
            _ => None,
        }
    }

    pub(super) fn into_failure(self, folder: &Path) -> Failure {
        match self {
            Self::Database(error) => {
                words::database(&folder.join(OWN_FOLDER).join(DATABASE), &error)
            }
            Self::Damaged(why) => words::damaged(&folder.join(OWN_FOLDER).join(DATABASE), &why),
            Self::File { path, source } => words::file(&path, &source),
            Self::Step(illegal) => words::illegal(illegal),
            Self::Told(failure) => failure,
        }
    }
}

/// Whether the database would be readable if nothing had to be written: even reading wants shared memory beside it.
pub(super) fn wants_to_write(error: &rusqlite::Error) -> bool {
    is_full(error)
        || matches!(
            error.sqlite_error_code(),
            Some(ErrorCode::ReadOnly | ErrorCode::PermissionDenied | ErrorCode::CannotOpen)
        )
}

/// Whether the database is not whole: its pages, or what stands in them.
pub(super) fn is_damage(error: &rusqlite::Error) -> bool {
    use rusqlite::Error::{
        FromSqlConversionFailure, IntegralValueOutOfRange, InvalidColumnType, Utf8Error,
    };
    matches!(
        error.sqlite_error_code(),
        Some(ErrorCode::NotADatabase | ErrorCode::DatabaseCorrupt)
    ) || matches!(
        error,
        FromSqlConversionFailure(..)
            | InvalidColumnType(..)
            | IntegralValueOutOfRange(..)
            | Utf8Error(..)
    )
}

/// Whether the disk is full. Shared memory that cannot grow is told as a fault of the disk.
pub(super) fn is_full(error: &rusqlite::Error) -> bool {
    error.sqlite_error().is_some_and(|error| {
        error.code == ErrorCode::DiskFull || error.extended_code == ffi::SQLITE_IOERR_SHMSIZE
    })
}
