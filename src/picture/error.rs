//! What can be wrong with a picture.

use crate::domain::{FileFormat, PixelSize};

/// Why bytes did not become pixels, or pixels did not become bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PictureError {
    /// No format that we know begins like this.
    #[error("this is not a picture")]
    NotAPicture,
    /// A known format without a decoder here; the file itself may be fine.
    #[error("{0} pictures can be kept, not opened")]
    Unsupported(FileFormat),
    /// More pixels than allowed; refused before anything is decoded.
    #[error("the picture is too large to open: {size} px")]
    TooLarge {
        /// As its header declares.
        size: PixelSize,
    },
    /// The bytes break the rules of their own format, or end too early.
    #[error("the picture is damaged")]
    Damaged,
    /// Nobody waits for it any more; nothing is said of the picture.
    #[error("the picture is no longer wanted")]
    GivenUp,
}
