//! Pictures for terminals, as bytes; pure: no clock, no tty, no files.

mod placement;
mod reply;

pub use placement::{Placement, fit};
pub use reply::{ModeState, Reply};
