//! What the embedded endpoint made, removed in one go: procedural pictures that nobody paid for.

use std::collections::HashSet;
use std::fs;
use std::io;
use std::path::Path;

use serde_json::Value;

use crate::domain::{Failure, Generation};

use super::error::Error;
use super::files::Folder;
use super::{Library, OWN_FOLDER, Thumbnails, records};

impl Library {
    /// Removes every ended generation of the embedded endpoint: rows, records, picture files and their `thumbnails`. Gives
    /// how many it were.
    ///
    /// Rows and records go in one transaction, the files after it: a crash in between leaves files that nothing names.
    pub fn remove_demo(&self, thumbnails: Option<&Thumbnails>) -> Result<usize, Failure> {
        let removed = self.write(|transaction, owner| {
            let rows = self.inner.rows(transaction);
            let removed: Vec<Generation> = rows
                .all("WHERE demo ORDER BY seq", [])?
                .into_iter()
                .filter(|generation| !generation.is_running())
                .collect();
            for generation in &removed {
                transaction.execute("DELETE FROM generations WHERE seq = ?1", [generation.seq])?;
            }
            forget(&self.inner.folder, owner.id(), &removed)?;
            Ok(removed)
        })?;
        for picture in removed.iter().flat_map(|generation| &generation.pictures) {
            for path in [&picture.path].into_iter().chain(&picture.converted) {
                // Gone already is as good; nothing outside the library was ever written down.
                if path.starts_with(&self.inner.folder) {
                    if let Some(thumbnails) = thumbnails {
                        thumbnails.forget(path);
                    }
                    let _ = fs::remove_file(path);
                }
            }
        }
        Ok(removed.len())
    }
}

/// Writes the records anew without these generations. The caller holds the database's write lock.
fn forget(folder: &Path, owner: &str, removed: &[Generation]) -> Result<(), Error> {
    let ids: HashSet<String> = removed.iter().map(|g| g.id.to_string()).collect();
    let path = records::path(folder);
    // Bytes, since damage in one line must not keep the others here.
    let text = match fs::read(&path) {
        Ok(text) if !ids.is_empty() => text,
        Err(e) if e.kind() != io::ErrorKind::NotFound => return Err(Error::file(&path, e)),
        _ => return Ok(()),
    };
    let is_removed = |line: &[u8]| {
        serde_json::from_slice(line)
            .is_ok_and(|record: Value| record["id"].as_str().is_some_and(|id| ids.contains(id)))
    };
    let kept: Vec<u8> = text
        .split_inclusive(|byte| *byte == b'\n')
        .filter(|line| !is_removed(line))
        .flatten()
        .copied()
        .collect();
    let own = Folder::open(&folder.join(OWN_FOLDER))?;
    let name = "records.jsonl";
    own.write(name, owner, &kept)?.replace(name)?;
    own.sync()
}
