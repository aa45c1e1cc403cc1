//! Second files: a picture once more in another format, beside the one that was served and under its name.

use std::path::Path;

use crate::domain::{Failure, FileFormat, Picture, PictureId};

use super::files::Folder;
use super::pictures::CANDIDATES;
use super::{Library, journal, names, rows, words};

impl Library {
    /// Puts `bytes`, a conversion of picture `id` to `format`, beside its file under the same name and the format's
    /// extension, writes that down with the picture, and returns the picture as its row then says. The served file is
    /// not touched, and nothing is replaced.
    ///
    /// Where such a file was written before and is still there, it stays and nothing is written.
    pub fn save_converted(
        &self,
        id: PictureId,
        bytes: &[u8],
        format: FileFormat,
    ) -> Result<Picture, Failure> {
        let picture = self.read(|rows| rows.picture_of(id))?;
        if has(&picture, format) {
            return Ok(picture);
        }
        let (month, name) = self
            .month_and_name(&picture.path)
            .ok_or_else(|| words::no_name(&picture.path))?;
        let owner = self.owner()?.id();
        let folder = Folder::open(&self.inner.folder)
            .and_then(|library| library.child(&month))
            .map_err(|e| self.failure(e))?
            .ok_or_else(|| words::no_name(&self.inner.folder.join(&month)))?;
        // Not under the picture's own name: what a dead process leaves must not pass for a picture that was served.
        let temporary = folder.write(&format!("to-{name}"), owner, bytes);
        let temporary = temporary.map_err(|e| self.failure(e))?;
        for k in 1..CANDIDATES {
            let candidate = names::candidate(&name, k, format.extension());
            let path = format!("{month}/{candidate}");
            if folder.path().join(&candidate).symlink_metadata().is_ok() {
                continue;
            }
            // The row comes first, for the same reason.
            let picture = self.name_converted(id, format, &path)?;
            let ours = self.inner.folder.join(&path);
            if picture.converted_to(format) != Some(ours.as_path()) {
                return Ok(picture);
            }
            let placed = temporary.rename(&candidate).map_err(|e| self.failure(e))?
                || folder.holds(&candidate, &temporary);
            if placed {
                folder.sync().map_err(|e| self.failure(e))?;
                return Ok(picture);
            }
        }
        Err(words::no_name(folder.path()))
    }

    /// Writes down that the picture's second file in that format is the one at `path`, unless another is there by now;
    /// returns the picture.
    fn name_converted(
        &self,
        id: PictureId,
        format: FileFormat,
        path: &str,
    ) -> Result<Picture, Failure> {
        self.write(|transaction, owner| {
            let rows = self.inner.rows(transaction);
            let mut picture = rows.picture_of(id)?;
            // Another process may have been as quick.
            if has(&picture, format) {
                return Ok(picture);
            }
            let gone = picture.converted_to(format).map(Path::to_owned);
            picture.converted.retain(|path| Some(path) != gone.as_ref());
            picture.converted.push(rows.folder.join(path));
            rows::set_converted(transaction, &picture, rows.folder)?;
            let changed = rows.of(id.generation)?;
            // One that is still in work is recorded by who runs it, at its next step.
            if changed.state.is_final() {
                journal::record(rows.folder, &changed, owner.id())?;
            }
            Ok(picture)
        })
    }

    /// The folder and the name without extension of a picture's file; `None` for one that is not in a month.
    fn month_and_name(&self, path: &Path) -> Option<(String, String)> {
        let inside = path.strip_prefix(&self.inner.folder).ok()?;
        let month = inside.parent()?.to_str()?;
        let plain = !month.is_empty() && !month.contains(['/', '.']);
        let name = inside.file_stem()?.to_str()?;
        plain.then(|| (month.to_owned(), name.to_owned()))
    }
}

/// Whether the picture's second file in that format is there.
fn has(picture: &Picture, format: FileFormat) -> bool {
    picture.converted_to(format).is_some_and(Path::is_file)
}
