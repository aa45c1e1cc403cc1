//! What generations run on, and what is known of the terminal.

mod decode;
mod facts;
mod world;

pub use decode::decode;
pub use facts::{capabilities_of, environment_of};
pub use world::World;
