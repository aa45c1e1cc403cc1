//! A picture file, read and decoded for showing.

use std::fs;
use std::path::Path;

use crate::domain::{Failure, FailureKind};
use crate::picture::{self, Limits, Pixels};

/// Reads and decodes a file, in words for a card where the picture should be.
pub fn decode(path: &Path) -> Result<Pixels, Failure> {
    let bytes = fs::read(path).map_err(|error| {
        Failure::new(
            FailureKind::Library,
            format!("{} cannot be read: {error}", path.display()),
        )
        .hint("it may have been moved or deleted outside of plantain")
    })?;
    picture::decode(&bytes, Limits::default()).map_err(|error| {
        Failure::new(FailureKind::NotAPicture, error.to_string())
            .hint(format!("the file is kept: {}", path.display()))
    })
}
