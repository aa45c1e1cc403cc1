//! The file of one picture, for the task that works on it: decoded once, and its thumbnail.

use std::path::Path;
use std::sync::atomic::AtomicBool;

use crate::domain::{Failure, PixelSize};
use crate::graphics::Rung;
use crate::library::Thumbnails;
use crate::picture::Pixels;
use crate::runtime::{decode_for, keep_thumbnail, thumbnail};

/// Where the pixels of a task's picture are from.
pub(super) struct PictureFile<'a> {
    path: &'a Path,
    thumbnails: Option<&'a Thumbnails>,
    source: Option<Source>,
}

impl<'a> PictureFile<'a> {
    pub fn new(path: &'a Path, thumbnails: Option<&'a Thumbnails>) -> Self {
        Self {
            path,
            thumbnails,
            source: None,
        }
    }

    /// The thumbnail, as long as the picture is not decoded, for a first look and for what is so small that nobody sees
    /// what a thumbnail lost.
    pub fn thumbnail(&self, rung: Rung, size: PixelSize) -> Option<Pixels> {
        if self.source.is_some() {
            return None;
        }
        let small = thumbnail(self.thumbnails?, self.path)?;
        let had = small.size();
        let twice = had.width >= 2 * size.width && had.height >= 2 * size.height;
        (rung == Rung::Glance || twice).then_some(small)
    }

    /// The picture, of at least `least` px or all that it has; decoded once as long as no more are wanted.
    pub fn decoded(&mut self, least: PixelSize, given_up: &AtomicBool) -> Result<&Pixels, Failure> {
        // A smaller one goes before the larger one is there.
        let source = match self.source.take().filter(|it| it.serves(least)) {
            Some(source) => source,
            None => Source {
                least,
                pixels: decode_for(self.path, least, given_up)?,
                kept: false,
            },
        };
        Ok(&self.source.insert(source).pixels)
    }

    /// Keeps a thumbnail for the next time.
    pub fn keep(&mut self) {
        if let (Some(thumbnails), Some(source)) = (self.thumbnails, &mut self.source)
            && !source.kept
        {
            source.kept = true;
            keep_thumbnail(thumbnails, self.path, &source.pixels);
        }
    }
}

/// A decoded picture, as large as it was wanted at least.
struct Source {
    least: PixelSize,
    pixels: Pixels,
    /// A thumbnail was made of it.
    kept: bool,
}

impl Source {
    fn serves(&self, size: PixelSize) -> bool {
        size.width <= self.least.width && size.height <= self.least.height
    }
}
