//! Picture files: saved exactly as served, under a name that nothing had, and only then told to the database.

use std::fmt::Write;
use std::path::PathBuf;

use sha2::{Digest, Sha256};

use crate::domain::{Failure, FileFormat, Generation, Picture, PictureId, PixelSize};

use super::error::Error;
use super::files::Folder;
use super::{Library, journal, names, rows, words};

/// So many names are tried before giving up.
const CANDIDATES: u32 = 10_000;

impl Library {
    /// Saves picture `n` (from 1) of a journalled generation, `size` in px, and adds its row. `url` is the one that the
    /// answer gave, before any redirect: it then no longer counts as open. The caller adds the picture to `generation`.
    ///
    /// The file appears whole or not at all and replaces nothing; a file that an earlier attempt left there without a
    /// row is taken over. Fails with [`Library`](crate::domain::FailureKind::Library) naming path and free space on a
    /// full disk; then it may simply be called again.
    pub fn save_picture(
        &self,
        generation: &Generation,
        n: u16,
        bytes: &[u8],
        format: FileFormat,
        size: Option<PixelSize>,
        url: Option<&str>,
    ) -> Result<Picture, Failure> {
        let seq = generation
            .seq
            .ok_or_else(|| words::not_journalled(generation.id))?;
        let path = self.put(generation, bytes, format)?;
        let picture = Picture {
            id: PictureId {
                generation: generation.id,
                n,
            },
            path: self.inner.folder.join(&path),
            format,
            size,
            bytes: bytes.len() as u64,
            sha256: digest(bytes),
            url: url.map(str::to_owned),
            selected: false,
        };
        self.write(|transaction, _| rows::insert_picture(transaction, seq, &picture, &path))?;
        Ok(picture)
    }

    /// Makes this picture stand for its generation, and returns the generation.
    pub fn select_picture(&self, id: PictureId) -> Result<Generation, Failure> {
        self.write(|transaction, _| {
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
            journal::record(rows.folder, &changed)?;
            Ok(changed)
        })
    }

    /// Keeps the bytes of a reference picture, once however often they are used, and returns their absolute path.
    pub fn keep_reference(&self, bytes: &[u8], format: FileFormat) -> Result<PathBuf, Failure> {
        let owner = self.owner()?.id();
        let path = self.inner.own_folder().join("references");
        let name = format!("{}.{}", digest(bytes), format.extension());
        let keep = || {
            let folder = Folder::open(&path)?;
            // Whatever else has this name is not what its digest says.
            if !folder.holds(&name, bytes) {
                folder.write(&name, owner, bytes)?.replace(&name)?;
                folder.sync()?;
            }
            Ok::<_, Error>(path.join(&name))
        };
        keep().map_err(|e| self.failure(e))
    }

    /// Puts the bytes into their month under a free name; returns the path from the library's folder.
    fn put(
        &self,
        generation: &Generation,
        bytes: &[u8],
        format: FileFormat,
    ) -> Result<String, Failure> {
        let owner = self.owner()?.id();
        let (month, name) = names::of(generation, &self.inner.zone);
        let (month, folder) = self.month(&month).map_err(|e| self.failure(e))?;
        let extension = format.extension();
        let temporary = folder
            .write(&names::candidate(&name, 1, extension), owner, bytes)
            .map_err(|e| self.failure(e))?;
        for k in 1..CANDIDATES {
            let candidate = names::candidate(&name, k, extension);
            let path = format!("{month}/{candidate}");
            let placed = temporary.rename(&candidate).map_err(|e| self.failure(e))?
                || (folder.holds(&candidate, bytes)
                    && !self.read(|rows| rows.names_path(&path))?);
            if placed {
                folder.sync().map_err(|e| self.failure(e))?;
                return Ok(path);
            }
        }
        Err(words::no_name(folder.path()))
    }

    /// The month's folder. Where a link or a file has its name, the picture goes beside it: it was paid for.
    fn month(&self, name: &str) -> Result<(String, Folder), Error> {
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
fn digest(bytes: &[u8]) -> String {
    Sha256::digest(bytes)
        .iter()
        .fold(String::with_capacity(64), |mut hex, byte| {
            let _ = write!(hex, "{byte:02x}");
            hex
        })
}
