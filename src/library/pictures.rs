//! Picture files: saved exactly as served, under a name that nothing had, and only then told to the database.

use std::path::PathBuf;

use sha2::{Digest, Sha256};

use crate::domain::{Failure, FileFormat, Generation, Picture, PictureId, PixelSize};

use super::error::Error;
use super::files::Folder;
use super::spool::{Spooled, hex};
use super::{Library, journal, names, rows, words};

/// So many names are tried before giving up.
pub(super) const CANDIDATES: u32 = 10_000;

/// A file that is in place, and whose row is still to come.
struct Placed {
    /// From the library's folder.
    path: String,
    bytes: u64,
    sha256: String,
}

impl Library {
    /// Saves picture `n` (from 1) of a journalled generation from memory: [`Self::spool`], then [`Self::save_spooled`].
    ///
    /// After a failure of kind [`Library`](crate::domain::FailureKind::Library), which names path and free space on a full
    /// disk, it may simply be called again.
    pub fn save_picture(
        &self,
        generation: &Generation,
        n: u16,
        bytes: &[u8],
        format: FileFormat,
        size: Option<PixelSize>,
        url: Option<&str>,
    ) -> Result<Picture, Failure> {
        if let Some(path) = self.placed(generation, bytes, format)? {
            let placed = Placed {
                path,
                bytes: bytes.len() as u64,
                sha256: digest(bytes),
            };
            return self.give_row(generation, n, placed, format, size, url);
        }
        let mut spooled = self.spool(generation)?;
        let written = spooled.append(bytes);
        written.map_err(|e| self.failure(Error::file(&spooled.shown_path(format), e)))?;
        self.save_spooled(generation, n, &spooled, format, size, url)
    }

    /// Gives a spooled picture its name and its row: picture `n` (from 1) of a journalled generation, `size` in px. `url` is
    /// the one that the answer gave, before any redirect: it then no longer counts as open. The caller adds the picture to
    /// `generation`.
    ///
    /// The file appears whole or not at all and replaces nothing; a file that an earlier attempt left there without a row is
    /// taken over. After a failure the bytes can still be read from `spooled`, but only [`Self::save_picture`] may be called
    /// with them: what was not written to the end once need not be on disk the next time that it is asked for.
    pub fn save_spooled(
        &self,
        generation: &Generation,
        n: u16,
        spooled: &Spooled,
        format: FileFormat,
        size: Option<PixelSize>,
        url: Option<&str>,
    ) -> Result<Picture, Failure> {
        // Nothing gets a name that no row could ever have.
        if generation.seq.is_none() {
            return Err(words::not_journalled(generation.id));
        }
        let placed = Placed {
            path: self.put(generation, spooled, format)?,
            bytes: spooled.len(),
            sha256: spooled.sha256(),
        };
        self.give_row(generation, n, placed, format, size, url)
    }

    /// Where a file of the generation stands that holds these bytes and that no row names; absolute. An earlier attempt to
    /// save them left it, and [`Self::adopt`] finds it once this process is gone.
    pub fn without_row(
        &self,
        generation: &Generation,
        bytes: &[u8],
        format: FileFormat,
    ) -> Result<Option<PathBuf>, Failure> {
        let path = self.placed(generation, bytes, format)?;
        Ok(path.map(|path| self.inner.folder.join(path)))
    }

    /// Adds the row of a picture whose file is in place.
    fn give_row(
        &self,
        generation: &Generation,
        n: u16,
        placed: Placed,
        format: FileFormat,
        size: Option<PixelSize>,
        url: Option<&str>,
    ) -> Result<Picture, Failure> {
        let seq = generation
            .seq
            .ok_or_else(|| words::not_journalled(generation.id))?;
        let picture = Picture {
            id: PictureId {
                generation: generation.id,
                n,
            },
            path: self.inner.folder.join(&placed.path),
            format,
            size,
            bytes: placed.bytes,
            sha256: placed.sha256,
            url: url.map(str::to_owned),
            selected: false,
            converted: Vec::new(),
        };
        self.write(|transaction, owner| {
            rows::insert_picture(transaction, seq, &picture, &placed.path)?;
            let rows = self.inner.rows(transaction);
            let changed = rows
                .at(seq)?
                .ok_or_else(|| words::not_journalled(generation.id))?;
            journal::record(rows.folder, &changed, owner.id())
        })?;
        Ok(picture)
    }

    /// Makes this picture stand for its generation, and returns the generation.
    pub fn select_picture(&self, id: PictureId) -> Result<Generation, Failure> {
        self.write(|transaction, owner| {
            let rows = self.inner.rows(transaction);
            let found = rows.of(id.generation)?;
            let Some(seq) = found
                .seq
                .filter(|_| found.pictures.iter().any(|p| p.id == id))
            else {
                return Err(
                    words::no_such_picture(id.generation, id.n, found.pictures.len()).into(),
                );
            };
            transaction.execute(
                "UPDATE pictures SET selected = (n = ?2) WHERE generation = ?1",
                (seq, id.n),
            )?;
            let changed = rows.of(id.generation)?;
            journal::record(rows.folder, &changed, owner.id())?;
            Ok(changed)
        })
    }

    /// Keeps the bytes of a reference picture, once however often they are used, and returns their absolute path.
    pub fn keep_reference(&self, bytes: &[u8], format: FileFormat) -> Result<PathBuf, Failure> {
        let owner = self.owner()?.id();
        let own = self.inner.own_folder();
        let path = own.join("references");
        let name = format!("{}.{}", digest(bytes), format.extension());
        let keep = || {
            // A link in its place is not followed: nothing is written outside.
            let folder = Folder::open(&own)?.child("references")?;
            let folder = folder.ok_or_else(|| words::no_folder(&path))?;
            // Whatever else has this name is not what its digest says.
            if !folder.holds_bytes(&name, bytes) {
                folder.write(&name, owner, bytes)?.replace(&name)?;
                folder.sync()?;
            }
            Ok::<_, Error>(path.join(&name))
        };
        keep().map_err(|e| self.failure(e))
    }

    /// The path from the library's folder of a file that an earlier attempt put there: it holds these bytes, and no row
    /// names it. Looked for before anything is written again: a full disk would take every attempt's bytes once more.
    fn placed(
        &self,
        generation: &Generation,
        bytes: &[u8],
        format: FileFormat,
    ) -> Result<Option<String>, Failure> {
        let (month, name) = names::of(generation, &self.inner.zone);
        let (month, folder) = self.month(&month).map_err(|e| self.failure(e))?;
        for k in 1..CANDIDATES {
            let candidate = names::candidate(&name, k, format.extension());
            let path = format!("{month}/{candidate}");
            if self.is_second(generation, &path) {
                continue;
            }
            if folder.path().join(&candidate).symlink_metadata().is_err() {
                break;
            }
            if folder.holds_bytes(&candidate, bytes) && !self.read(|rows| rows.names_path(&path))? {
                folder.sync().map_err(|e| self.failure(e))?;
                return Ok(Some(path));
            }
        }
        Ok(None)
    }

    /// Whether the name is written down for a second file of the generation: its row comes before the file itself, and the
    /// process may have died in between.
    fn is_second(&self, generation: &Generation, path: &str) -> bool {
        let path = self.inner.folder.join(path);
        let mut pictures = generation.pictures.iter();
        pictures.any(|picture| picture.converted.contains(&path))
    }

    /// Puts the file under a free name in its month; returns the path from the library's folder.
    fn put(
        &self,
        generation: &Generation,
        spooled: &Spooled,
        format: FileFormat,
    ) -> Result<String, Failure> {
        let temporary = spooled.temporary();
        temporary.sync().map_err(|e| self.failure(e))?;
        let folder = temporary.folder();
        for k in 1..CANDIDATES {
            let candidate = names::candidate(spooled.name(), k, format.extension());
            let path = format!("{}/{candidate}", spooled.month());
            if self.is_second(generation, &path) {
                continue;
            }
            let placed = temporary.rename(&candidate).map_err(|e| self.failure(e))?
                || (folder.holds(&candidate, temporary)
                    && !self.read(|rows| rows.names_path(&path))?);
            if placed {
                folder.sync().map_err(|e| self.failure(e))?;
                return Ok(path);
            }
        }
        Err(words::no_name(folder.path()))
    }

    /// The month's folder. Where a link or a file has its name, the picture goes beside it: it was paid for.
    pub(super) fn month(&self, name: &str) -> Result<(String, Folder), Error> {
        let library = Folder::open(&self.inner.folder)?;
        for k in 1..CANDIDATES {
            let candidate = match k {
                1 => name.to_owned(),
                _ => format!("{name}-{k}"),
            };
            if let Some(folder) = library.child(&candidate)? {
                return Ok((candidate, folder));
            }
        }
        Err(words::no_name(library.path()).into())
    }
}

/// SHA-256 in lower-case hex.
pub(super) fn digest(bytes: &[u8]) -> String {
    hex(&Sha256::digest(bytes))
}
