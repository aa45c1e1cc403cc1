//! What came: whether it is a picture, whether all of it came, its size, and whether it can be opened. Reads, keeps nothing.

use std::io::{self, BufReader, Read, Seek};
use std::sync::{Mutex, PoisonError};

use crate::domain::{Failure, FailureKind, FileFormat, PixelSize};
use crate::endpoint::Blob;
use crate::picture::{self, Limits, PictureError};

/// bytes that are read at a time
const STEP: usize = 64 * 1024;

/// A picture that passed: what it is, and what the user should know of it.
pub(super) struct Checked {
    pub(super) format: FileFormat,
    pub(super) size: Option<PixelSize>,
    /// Why it cannot be opened.
    pub(super) trouble: Option<PictureError>,
}

/// What the bytes are. Refuses what is no picture, and one that ends early; keeps what is known but cannot be decoded.
///
/// Decoding anything but a PNG takes the memory of all its pixels: that is done one at a time, whoever holds `turn`.
pub(super) fn check(blob: &Blob, bare: bool, turn: &Mutex<()>) -> Result<Checked, Failure> {
    let (format, mut reader) = begin(blob).map_err(|e| unreadable(&e))?;
    let Some(format) = format else {
        let what = if bare {
            "the link in the answer does not lead to a picture"
        } else {
            "what came is not a picture"
        };
        return Err(Failure::new(FailureKind::NotAPicture, what)
            .hint("nothing was saved; asking again may be billed again")
            .billed());
    };
    if !picture::is_whole_in(format, &mut reader).map_err(|e| unreadable(&e))? {
        return Err(
            Failure::new(FailureKind::Cut, format!("the {format} ends early"))
                .hint("asking again may be billed again")
                .billed(),
        );
    }
    let _turn =
        (format != FileFormat::Png).then(|| turn.lock().unwrap_or_else(PoisonError::into_inner));
    reader.rewind().map_err(|e| unreadable(&e))?;
    let (size, trouble) = match picture::measure_in(&mut reader, Limits::default()) {
        Ok(size) => {
            reader.rewind().map_err(|e| unreadable(&e))?;
            (
                Some(size),
                picture::verify(&mut reader, Limits::default()).err(),
            )
        }
        Err(error) => (None, Some(error)),
    };
    Ok(Checked {
        format,
        size,
        trouble,
    })
}

/// Whether all of it came. What is no picture at all is not fetched again: another try would bring the same page.
pub(super) fn is_whole(blob: &Blob) -> io::Result<bool> {
    match begin(blob)? {
        (Some(format), reader) => picture::is_whole_in(format, reader),
        (None, _) => Ok(true),
    }
}

/// What it is, and a reader at its beginning.
fn begin(blob: &Blob) -> io::Result<(Option<FileFormat>, BufReader<impl Read + Seek>)> {
    let mut reader = BufReader::with_capacity(STEP, blob.reader());
    let mut head = Vec::new();
    reader.by_ref().take(16).read_to_end(&mut head)?;
    reader.rewind()?;
    Ok((picture::sniff(&head), reader))
}

fn unreadable(error: &io::Error) -> Failure {
    Failure::new(
        FailureKind::Library,
        format!("a picture that came cannot be read again: {error}"),
    )
    .billed()
}
