//! The new database in the place of the old one, which is set aside. What a crash leaves in between is finished by the next.
//!
//! The new one gets a name of its own once it is whole and on disk; from then on the swap is decided.

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};

use jiff::Timestamp;

use crate::library::DATABASE;
use crate::library::error::Error;

/// What stands beside a database and belongs to it. The database itself comes last: while it stands, so does its name.
const PARTS: [&str; 4] = ["-wal", "-shm", "-journal", ""];

/// A free place for the new database.
pub(super) fn start(own: &Path) -> Result<PathBuf, Error> {
    let path = own.join("library.db.building");
    for part in PARTS {
        remove(&beside(&path, part))?;
    }
    Ok(path)
}

/// Puts the new database in the place of the old one. Gives where the old one is now, if there was one.
pub(super) fn swap(own: &Path, building: &Path) -> Result<Option<PathBuf>, Error> {
    let whole = || {
        File::open(building)?.sync_all()?;
        fs::rename(building, decided(own))?;
        File::open(own)?.sync_all()
    };
    whole().map_err(|e| Error::file(building, e))?;
    finish(own)
}

/// Finishes a swap that was decided.
pub(in crate::library) fn finish(own: &Path) -> Result<Option<PathBuf>, Error> {
    let decided = decided(own);
    if !decided.exists() {
        return Ok(None);
    }
    let database = own.join(DATABASE);
    let aside = free_name(own);
    let mut was_there = false;
    for part in PARTS {
        was_there |= rename(&beside(&database, part), &beside(&aside, part))?;
    }
    // Only with nothing of the old one beside it: a log would be read into whatever database has its name.
    let sync = || File::open(own)?.sync_all();
    sync().map_err(|e| Error::file(own, e))?;
    rename(&decided, &database)?;
    sync().map_err(|e| Error::file(own, e))?;
    Ok(was_there.then_some(aside))
}

fn decided(own: &Path) -> PathBuf {
    own.join("library.db.rebuilt")
}

/// `library.db.damaged-20261124T140233Z`, or with `-2` behind it where that is taken.
fn free_name(own: &Path) -> PathBuf {
    let time = Timestamp::now().strftime("%Y%m%dT%H%M%SZ").to_string();
    let name = |k: u32| match k {
        1 => own.join(format!("{DATABASE}.damaged-{time}")),
        _ => own.join(format!("{DATABASE}.damaged-{time}-{k}")),
    };
    let is_free = |path: &PathBuf| !PARTS.iter().any(|part| beside(path, part).exists());
    (1..u32::MAX)
        .map(name)
        .find(is_free)
        .unwrap_or_else(|| name(1))
}

fn beside(path: &Path, part: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(part);
    name.into()
}

fn remove(path: &Path) -> Result<(), Error> {
    match fs::remove_file(path) {
        Err(e) if e.kind() != io::ErrorKind::NotFound => Err(Error::file(path, e)),
        _ => Ok(()),
    }
}

/// Says whether there was anything.
fn rename(from: &Path, to: &Path) -> Result<bool, Error> {
    match fs::rename(from, to) {
        Ok(()) => Ok(true),
        Err(e) if e.kind() == io::ErrorKind::NotFound => Ok(false),
        Err(e) => Err(Error::file(from, e)),
    }
}
