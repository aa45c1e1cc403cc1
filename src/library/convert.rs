//! Second files: a picture once more in another format, beside the one that was served and under its name.

use std::fs;
use std::path::Path;

use crate::domain::{Failure, FileFormat, Picture, PictureId};

use super::files::Folder;
use super::{Library, journal, rows, words};

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
        let placed = self.place_in(&month, &name, bytes, format)?;
        let written = self.write(|transaction, owner| {
            let rows = self.inner.rows(transaction);
            let mut now = rows.picture_of(id)?;
            // Another process may have been as quick.
            if has(&now, format) {
                return Ok(now);
            }
            let gone = now.converted_to(format).map(Path::to_owned);
            now.converted.retain(|path| Some(path) != gone.as_ref());
            now.converted.push(self.inner.folder.join(&placed));
            rows::set_converted(transaction, &now, rows.folder)?;
            let changed = rows.of(id.generation)?;
            // One that is still in work is recorded by who runs it, at its next step.
            if changed.state.is_final() {
                journal::record(rows.folder, &changed, owner.id())?;
            }
            rows.picture_of(id)
        });
        // A file that no row names would be nobody's.
        if !self.read(|rows| rows.names_path(&placed)).unwrap_or(true) {
            let _ = fs::remove_file(self.inner.folder.join(placed));
        }
        written
    }

    /// Puts the bytes into the month's folder, if that is a folder.
    fn place_in(
        &self,
        month: &str,
        name: &str,
        bytes: &[u8],
        format: FileFormat,
    ) -> Result<String, Failure> {
        let owner = self.owner()?.id();
        let folder = Folder::open(&self.inner.folder)
            .and_then(|library| library.child(month))
            .map_err(|e| self.failure(e))?
            .ok_or_else(|| words::no_name(&self.inner.folder.join(month)))?;
        let temporary = folder.write(name, owner, bytes);
        let temporary = temporary.map_err(|e| self.failure(e))?;
        self.place(&temporary, month, name, format)
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
