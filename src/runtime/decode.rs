//! A picture file, read and decoded for showing: no more px than are wanted, and from its thumbnail where it has one.
//!
//! All of it takes a disk and a processor: blocking tasks only.

use std::fs::File;
use std::io::{self, BufReader, Read, Take};
use std::path::Path;
use std::sync::atomic::AtomicBool;

use crate::domain::{Failure, FailureKind, OutputFormat, PixelSize};
use crate::library::Thumbnails;
use crate::picture::{self, Limits, PictureError, Pixels};

/// More bytes than any picture that was saved has (RELIABILITY N4): what is longer was put there by somebody else.
const LONGEST: u64 = 64 * 1024 * 1024;
/// bytes that are read at a time
const STEP: usize = 64 * 1024;
/// The longer side of a thumbnail, px: a third of a preview 150 columns wide.
const THUMBNAIL: u32 = 512;
/// Smaller pictures have none, px of their longer side: they are decoded as quickly.
const SMALLEST: u32 = 640;
/// For those that are JPEGs.
const QUALITY: u8 = 85;

/// The size in px of the picture at `path`, upright, read from its header.
///
/// # Errors
/// In words for a card where the picture should be.
pub fn measure(path: &Path) -> Result<PixelSize, Failure> {
    let reader = open(path)?;
    picture::measure_in(reader, Limits::default()).map_err(|error| failure(path, error))
}

/// Decodes the picture at `path` to at least `least` px in both directions, or all that it has: what
/// [`fit`](picture::fit) makes that size of.
///
/// # Errors
/// As [`measure`]; `Cancelled` soon after `given_up` became true.
pub fn decode_for(path: &Path, least: PixelSize, given_up: &AtomicBool) -> Result<Pixels, Failure> {
    let reader = open(path)?;
    picture::decode_at_least(reader, least, Limits::default(), given_up)
        .map_err(|error| failure(path, error))
}

/// The thumbnail that was [kept](keep_thumbnail) for the picture at `path` as it is now: at most 512 px in both
/// directions, in some ms.
pub fn thumbnail(thumbnails: &Thumbnails, path: &Path) -> Option<Pixels> {
    let bytes = thumbnails.get(path)?;
    let limits = Limits {
        side: THUMBNAIL,
        bytes: u64::from(THUMBNAIL * THUMBNAIL * 4),
    };
    picture::decode(&bytes, limits).ok()
}

/// Keeps a thumbnail of the picture at `path`, which was decoded to `pixels`, unless these are hardly more than it has.
///
/// Fails in silence: a cache that cannot be written costs time alone.
pub fn keep_thumbnail(thumbnails: &Thumbnails, path: &Path, pixels: &Pixels) {
    let had = pixels.size();
    let longer = had.width.max(had.height);
    if longer < SMALLEST {
        return;
    }
    let side = |px: u32| (px * THUMBNAIL).div_ceil(longer);
    let small = picture::fit(pixels, PixelSize::new(side(had.width), side(had.height)));
    let format = if small.is_opaque() {
        OutputFormat::Jpeg
    } else {
        OutputFormat::Png
    };
    if let Ok(bytes) = picture::encode(&small, format, QUALITY) {
        let _ = thumbnails.keep(path, &bytes);
    }
}

/// Whatever stands there now: a pipe would be waited for without end, and a device has none.
fn open(path: &Path) -> Result<BufReader<Take<File>>, Failure> {
    let open = || {
        let meta = path.metadata()?;
        if !meta.is_file() {
            return Err(io::Error::other("not a file"));
        }
        if meta.len() > LONGEST {
            return Err(io::Error::other("over 64 MB"));
        }
        // It may grow meanwhile.
        let file = File::open(path)?.take(LONGEST);
        Ok(BufReader::with_capacity(STEP, file))
    };
    open().map_err(|error| {
        Failure::new(
            FailureKind::Library,
            format!("{} cannot be read: {error}", path.display()),
        )
        .hint("it may have been moved or deleted outside of plantain")
    })
}

fn failure(path: &Path, error: PictureError) -> Failure {
    match error {
        PictureError::GivenUp => Failure::new(FailureKind::Cancelled, error.to_string()),
        _ => Failure::new(FailureKind::NotAPicture, error.to_string())
            .hint(format!("the file is kept: {}", path.display())),
    }
}
