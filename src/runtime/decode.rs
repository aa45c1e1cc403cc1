//! A picture file, read and decoded for showing.

use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

use crate::domain::{Failure, FailureKind};
use crate::picture::{self, Limits, Pixels};

/// More bytes than any picture that was saved has (RELIABILITY N4): what is longer was put there by somebody else.
const LONGEST: u64 = 64 * 1024 * 1024;

/// Reads and decodes a file, in words for a card where the picture should be.
pub fn decode(path: &Path) -> Result<Pixels, Failure> {
    let bytes = read(path).map_err(|error| {
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

/// Whatever stands there now: a pipe would be waited for without end, and a device has none.
fn read(path: &Path) -> io::Result<Vec<u8>> {
    if !path.metadata()?.is_file() {
        return Err(io::Error::other("not a file"));
    }
    let mut bytes = Vec::new();
    File::open(path)?
        .take(LONGEST + 1)
        .read_to_end(&mut bytes)?;
    if bytes.len() as u64 > LONGEST {
        return Err(io::Error::other("over 64 MB"));
    }
    Ok(bytes)
}
