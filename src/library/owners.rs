//! Who is alive: each open library holds a locked file, and the kernel lets go of the lock when its process dies.

use std::fs::{self, File, OpenOptions};
use std::io;
use std::path::{Path, PathBuf};

use rustix::fs::{FlockOperation, flock};

use super::error::Error;

/// The folder of owner files.
pub(super) struct Owners {
    folder: PathBuf,
}

/// This process's own file, locked until it is dropped.
pub(super) struct Owner {
    id: String,
    path: PathBuf,
    _locked: File,
}

/// Held while a library is being opened, so that one process makes its file, migrates and tidies up at a time.
pub(super) struct Turn {
    _locked: File,
}

impl Owners {
    pub(super) fn new(own_folder: &Path) -> Self {
        Self {
            folder: own_folder.join("owners"),
        }
    }

    /// Waits for its turn to open the library.
    pub(super) fn turn(&self) -> Result<Turn, Error> {
        let folder = File::open(&self.folder).map_err(|e| Error::file(&self.folder, e))?;
        flock(&folder, FlockOperation::LockExclusive).map_err(|e| Error::file(&self.folder, e))?;
        Ok(Turn { _locked: folder })
    }

    /// Makes and locks a file of a new name. The turn keeps others from taking it for a dead one's in between.
    pub(super) fn join(&self, _turn: &Turn) -> Result<Owner, Error> {
        loop {
            let id = format!("{:012x}", fastrand::u64(..) >> 16);
            let path = self.folder.join(&id);
            let file = match OpenOptions::new().write(true).create_new(true).open(&path) {
                Ok(file) => file,
                Err(e) if e.kind() == io::ErrorKind::AlreadyExists => continue,
                Err(e) => return Err(Error::file(&path, e)),
            };
            flock(&file, FlockOperation::LockExclusive).map_err(|e| Error::file(&path, e))?;
            return Ok(Owner {
                id,
                path,
                _locked: file,
            });
        }
    }

    /// Whether the process of that id is alive. A file that is gone belonged to one that ended in order; what cannot be
    /// told counts as alive, since the rows of a dead one can wait and those of a living one must not be taken.
    pub(super) fn is_alive(&self, id: &str) -> bool {
        if !is_id(id) {
            return false;
        }
        match File::open(self.folder.join(id)) {
            // Shared, so that two processes which look at the same time do not see each other.
            Ok(file) => flock(&file, FlockOperation::NonBlockingLockShared).is_err(),
            Err(e) => e.kind() != io::ErrorKind::NotFound,
        }
    }

    /// Ids whose file is there and whose process is not.
    pub(super) fn dead(&self, _turn: &Turn) -> Vec<String> {
        let Ok(entries) = fs::read_dir(&self.folder) else {
            return Vec::new();
        };
        entries
            .flatten()
            .filter_map(|entry| entry.file_name().into_string().ok())
            .filter(|id| is_id(id) && !self.is_alive(id))
            .collect()
    }

    /// Whether any other process has the library open.
    pub(super) fn others(&self, _turn: &Turn, own: &Owner) -> bool {
        let Ok(entries) = fs::read_dir(&self.folder) else {
            return true;
        };
        entries
            .flatten()
            .filter_map(|entry| entry.file_name().into_string().ok())
            .any(|id| id != own.id && self.is_alive(&id))
    }

    /// Forgets a dead one.
    pub(super) fn bury(&self, id: &str) {
        // What stays is found again at the next start.
        let _ = fs::remove_file(self.folder.join(id));
    }
}

impl Owner {
    pub(super) fn id(&self) -> &str {
        &self.id
    }
}

impl Drop for Owner {
    fn drop(&mut self) {
        let _ = fs::remove_file(&self.path);
    }
}

/// An id read from a database must not lead out of the folder.
fn is_id(text: &str) -> bool {
    text.len() == 12 && text.bytes().all(|b| b.is_ascii_hexdigit())
}
