//! `records.jsonl`: one JSON object for each generation that may cost something, whenever it changes. The history can be
//! rebuilt from them.
//!
//! The caller holds the database's write lock, so that one process at a time appends. The last line of an id counts.

mod line;
mod reading;

use std::fs::{File, OpenOptions};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use crate::domain::Generation;

use super::OWN_FOLDER;
use super::error::Error;

pub(super) use reading::{each_last, tail};

pub(super) fn path(folder: &Path) -> PathBuf {
    folder.join(OWN_FOLDER).join("records.jsonl")
}

/// Whether anything was ever recorded.
pub(super) fn are_there(folder: &Path) -> bool {
    path(folder).metadata().is_ok_and(|m| m.len() > 0)
}

/// Appends the line of a generation that `owner` runs and waits until it is on disk.
pub(super) fn append(folder: &Path, generation: &Generation, owner: &str) -> Result<(), Error> {
    let path = path(folder);
    write(&path, generation, owner).map_err(|e| Error::file(&path, e))
}

fn write(path: &Path, generation: &Generation, owner: &str) -> io::Result<()> {
    let mut line = line::of(generation, owner)?;
    line.push(b'\n');
    let mut file = OpenOptions::new()
        .read(true)
        .append(true)
        .create(true)
        .open(path)?;
    let before = file.seek(SeekFrom::End(0))?;
    if !ends_in_newline(&mut file, before)? {
        // A crash cut the last line short.
        line.insert(0, b'\n');
    }
    let written = file
        .write_all(&line)
        .and_then(|()| file.sync_data())
        .and_then(|()| sync_name(path, before));
    if written.is_err() {
        // Half a line on a full disk is taken back; it would do no harm, since the next one starts on its own line.
        let _ = file.set_len(before);
    }
    written
}

/// A new file's name is on disk only when its folder is.
fn sync_name(path: &Path, length_before: u64) -> io::Result<()> {
    match path.parent() {
        Some(folder) if length_before == 0 => File::open(folder)?.sync_all(),
        _ => Ok(()),
    }
}

fn ends_in_newline(file: &mut File, length: u64) -> io::Result<bool> {
    if length == 0 {
        return Ok(true);
    }
    let mut last = [0];
    file.seek(SeekFrom::Start(length - 1))?;
    file.read_exact(&mut last)?;
    Ok(last == [b'\n'])
}
