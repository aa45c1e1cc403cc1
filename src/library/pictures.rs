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
        let seq = generation
            .seq
            .ok_or_else(|| words::not_journalled(generation.id))?;
        let path = self.put(spooled, format)?;
        let picture = Picture {
            id: PictureId {
                generation: generation.id,
                n,
            },
            path: self.inner.folder.join(&path),
            format,
            size,
            bytes: spooled.len(),
            sha256: spooled.sha256(),
            url: url.map(str::to_owned),
            selected: false,
            converted: Vec::new(),
        };
        self.write(|transaction, owner| {
            rows::insert_picture(transaction, seq, &picture, &path)?;
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

    /// Puts the file under a free name in its month; returns the path from the library's folder.
    fn put(&self, spooled: &Spooled, format: FileFormat) -> Result<String, Failure> {
        let temporary = spooled.temporary();
        temporary.sync().map_err(|e| self.failure(e))?;
        let folder = temporary.folder();
        for k in 1..CANDIDATES {
            let candidate = names::candidate(spooled.name(), k, format.extension());
            let path = format!("{}/{candidate}", spooled.month());
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
