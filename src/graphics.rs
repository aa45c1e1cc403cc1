//! Pictures for terminals, as bytes; pure: no clock, no tty, no files.

mod placement;

pub use placement::{Placement, fit};
