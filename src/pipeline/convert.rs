//! A picture once more in the format that was asked: a second file beside the one that was served, never instead of it.

use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::blocking;
use super::run::{Run, Stop};
use crate::domain::{
    Clean, Convert, DEMO_TEXT, Failure, FailureKind, FileFormat, OutputFormat, Picture, PictureId,
    Progress,
};
use crate::library::Library;
use crate::picture;

/// No file that is larger was ever saved (RELIABILITY N4).
const MAX_FILE: u64 = 64 * 1024 * 1024;

/// A second file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Conversion {
    /// The picture as its row now says.
    pub picture: Picture,
    /// Absolute.
    pub path: PathBuf,
    /// Length of the file; `None` where it was there already.
    pub bytes: Option<u64>,
    /// Whether transparency was laid over white.
    pub flattened: bool,
}

/// Converts a saved picture; where that was done before and the file is still there, nothing is written. Blocks.
///
/// Fails with [`Usage`](FailureKind::Usage) where the picture has that format already,
/// [`Library`](FailureKind::Library) where its file cannot be read or the new one not be written, and
/// [`NotAPicture`](FailureKind::NotAPicture) where it cannot be decoded.
pub fn convert(library: &Library, id: PictureId, to: OutputFormat) -> Result<Conversion, Failure> {
    let format = FileFormat::from(to);
    let generation = library.get(id.generation)?;
    let known = generation.pictures.iter().find(|p| p.id == id);
    let picture = known.cloned().ok_or_else(|| {
        let what = format!("{} is not in the history any more", id.short());
        Failure::new(FailureKind::Library, what)
    })?;
    if picture.format == format {
        let what = format!("the picture is {format} already");
        return Err(Failure::new(FailureKind::Usage, what));
    }
    if let Some(path) = picture.converted_to(format).filter(|path| path.is_file()) {
        let path = path.to_owned();
        return Ok(Conversion {
            picture,
            path,
            bytes: None,
            flattened: false,
        });
    }
    let served = read(&picture.path)?;
    let converted = picture::convert(&served, to).map_err(|error| {
        Failure::new(FailureKind::NotAPicture, error.to_string())
            .hint("the file is kept as it came")
    })?;
    let mut bytes = converted.bytes;
    if generation.demo {
        // What is procedural says so in every file that is made of it.
        bytes = picture::label(bytes, format, DEMO_TEXT);
    }
    let picture = library.save_converted(id, &bytes, format)?;
    let path = picture.converted_to(format).map(Path::to_owned);
    Ok(Conversion {
        path: path.ok_or_else(|| Failure::new(FailureKind::Internal, "no second file"))?,
        picture,
        bytes: Some(bytes.len() as u64),
        flattened: converted.flattened,
    })
}

impl Conversion {
    /// What was done, and what the user should know of it: a larger file is no better one.
    pub fn told(&self) -> Clean {
        let name = self.path.file_name().unwrap_or_default().display();
        let Some(bytes) = self.bytes else {
            return Clean::line(&format!("{name} is there already"));
        };
        let mut text = format!("wrote {name}");
        if bytes > self.picture.bytes {
            text.push_str(": larger than what came, not better");
        }
        if self.flattened {
            text.push_str("; what was transparent is white in it");
        }
        Clean::line(&text)
    }
}

impl Run {
    /// With `convert = "always"`, writes second files of the pictures that came in another format than asked, drafts
    /// (told by their number) left out. All are saved by now; what goes wrong here is a notice.
    pub(super) async fn convert(&mut self, is_draft: impl Fn(u16) -> bool) -> Result<(), Stop> {
        let to = self.generation.request.format;
        if self.inner.setup.convert != Convert::Always {
            return Ok(());
        }
        let wanted: Vec<PictureId> = self
            .generation
            .pictures
            .iter()
            .filter(|p| p.can_become(to) && !is_draft(p.id.n))
            .map(|p| p.id)
            .collect();
        for id in wanted {
            let inner = Arc::clone(&self.inner);
            let work = blocking(move || convert(&inner.setup.library, id, to));
            match self.cancel.clone().guard(work).await? {
                Ok(conversion) => self.converted(conversion),
                Err(failure) => self.note(&format!("no {to} was written: {}", failure.message)),
            }
        }
        Ok(())
    }

    fn converted(&mut self, conversion: Conversion) {
        let Conversion {
            picture, flattened, ..
        } = conversion;
        if flattened {
            self.note("what is transparent in the picture is white in the jpeg beside it");
        }
        if let Some(known) = self
            .generation
            .pictures
            .iter_mut()
            .find(|p| p.id == picture.id)
        {
            known.converted.clone_from(&picture.converted);
            let known = known.clone();
            self.say(Progress::Saved(known));
        }
    }
}

/// The whole file. Something else may stand there by now: a pipe would be waited for without end.
fn read(path: &Path) -> Result<Vec<u8>, Failure> {
    let bytes = || {
        if !path.metadata()?.is_file() {
            return Err(io::Error::other("not a file"));
        }
        let mut bytes = Vec::new();
        File::open(path)?.take(MAX_FILE).read_to_end(&mut bytes)?;
        Ok(bytes)
    };
    bytes().map_err(|error| {
        let what = format!("{} cannot be read: {error}", path.display());
        Failure::new(FailureKind::Library, what)
            .hint("it may have been moved or deleted outside of plantain")
    })
}
