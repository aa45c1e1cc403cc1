//! Files that a dead process left of a generation: one that has its name and no row yet, or a temporary one that may be
//! whole. They are found by their name; whether they are pictures is for the caller to see.

use std::fs::{self, File};
use std::path::{Path, PathBuf};

use super::error::Error;
use super::files::{self, Folder};
use super::pictures::{CANDIDATES, digest};
use super::rows::{self, Rows};
use super::{Library, names, words};
use crate::domain::{Failure, FileFormat, Generation, Picture, PictureId, PixelSize};

/// A file that no row names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Left {
    /// Absolute.
    path: PathBuf,
    /// The names of its month and of itself.
    month: String,
    name: String,
    temporary: bool,
}

impl Left {
    /// Where it is; absolute.
    pub fn path(&self) -> &Path {
        &self.path
    }
}

impl Library {
    /// Makes a file that was left picture `n` (from 1) of its generation, without writing its bytes again: a temporary one
    /// gets a name, and then its row is added. `bytes` are what it holds, `size` is in px. `None`: the generation has that
    /// picture already. The caller adds the picture to `generation`.
    pub fn save_left(
        &self,
        generation: &Generation,
        n: u16,
        left: &Left,
        bytes: &[u8],
        format: FileFormat,
        size: Option<PixelSize>,
    ) -> Result<Option<Picture>, Failure> {
        let seq = generation
            .seq
            .ok_or_else(|| words::not_journalled(generation.id))?;
        let sha256 = digest(bytes);
        if generation.pictures.iter().any(|p| p.sha256 == sha256) {
            self.discard(left);
            return Ok(None);
        }
        let name = self
            .settle_file(generation, left, format)
            .map_err(|e| self.failure(e))?;
        let path = format!("{}/{name}", left.month);
        let picture = Picture {
            id: PictureId {
                generation: generation.id,
                n,
            },
            path: self.inner.folder.join(&path),
            format,
            size,
            bytes: bytes.len() as u64,
            sha256,
            url: None,
            converted: Vec::new(),
            selected: false,
        };
        self.write(|transaction, _| rows::insert_picture(transaction, seq, &picture, &path))?;
        Ok(Some(picture))
    }

    /// Removes a temporary file that is of no use. One that has its name stays where it is.
    pub fn discard(&self, left: &Left) {
        if left.temporary {
            // What stays is found again at the next start.
            let _ = fs::remove_file(&left.path);
        }
    }

    /// Brings the file and its name to the disk, and gives the name.
    fn settle_file(
        &self,
        generation: &Generation,
        left: &Left,
        format: FileFormat,
    ) -> Result<String, Error> {
        let synced = File::open(&left.path).and_then(|file| file.sync_all());
        synced.map_err(|e| Error::file(&left.path, e))?;
        let folder = Folder::open(&self.inner.folder.join(&left.month))?;
        let name = if left.temporary {
            let (_, stem) = names::of(generation, &self.inner.zone);
            let mut free = (1..CANDIDATES).map(|k| names::candidate(&stem, k, format.extension()));
            loop {
                let Some(candidate) = free.next() else {
                    return Err(words::no_name(folder.path()).into());
                };
                if folder.rename(&left.name, &candidate)? {
                    break candidate;
                }
            }
        } else {
            left.name.clone()
        };
        folder.sync()?;
        Ok(name)
    }
}

impl Rows<'_> {
    /// What dead processes left of a generation; those that have their name first.
    pub(super) fn left_of(&self, generation: &Generation) -> Result<Vec<Left>, Error> {
        let tail = names::tail(generation);
        let months = names::months(generation.created_ms);
        let mut found = Vec::new();
        for (month, folder) in files::months(self.folder) {
            if !months.iter().any(|m| month.starts_with(m.as_str())) {
                continue;
            }
            for entry in fs::read_dir(&folder).into_iter().flatten().flatten() {
                let Ok(name) = entry.file_name().into_string() else {
                    continue;
                };
                let Some(number) = names::number(&name, &tail) else {
                    continue;
                };
                if !entry.file_type().is_ok_and(|t| t.is_file()) {
                    continue;
                }
                let owner = files::owner_of(&name);
                let orphan = match owner {
                    Some(owner) => !self.owners.is_alive(owner),
                    None => !self.names_path(&format!("{month}/{name}"))?,
                };
                if orphan {
                    let left = Left {
                        path: entry.path(),
                        month: month.clone(),
                        temporary: owner.is_some(),
                        name,
                    };
                    found.push((number, left));
                }
            }
        }
        // As they were begun: the last one stands for its generation, and it must not be a draft.
        found.sort_by(|(n, a), (m, b)| (a.temporary, n, &a.path).cmp(&(b.temporary, m, &b.path)));
        Ok(found.into_iter().map(|(_, left)| left).collect())
    }
}
