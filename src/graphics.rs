//! Pictures for terminals, as bytes; pure: no clock, no tty, no files.
//!
//! [`Answers::ask`] and [`Capabilities::judge`] find out what the terminal can show; [`Stage`] brings placements up and
//! takes them away in the studio; [`Print`] prints one picture between the lines of a shell.

mod ansi;
mod answers;
mod blocks;
mod cache;
mod capabilities;
mod cut;
mod environment;
mod held;
mod iterm2;
mod kitty;
mod ladder;
mod link;
mod pace;
mod palette;
mod payload;
mod placeholder;
mod placement;
mod plan;
mod png;
mod print;
mod raster;
mod reply;
mod route;
mod rung;
mod sixel;
mod stage;

pub use answers::Answers;
pub use capabilities::Capabilities;
pub use cut::{minus, minus_all};
pub use environment::{Environment, Multiplexer, Window};
pub use link::Link;
pub use pace::Pace;
pub use payload::{Band, EncodeError, EncodeJob, Payload, PayloadKey};
pub use placement::{Placement, fit};
pub use plan::{Damage, Step, Surface, plan};
pub use print::Print;
pub use raster::Bitmap;
pub use reply::{ModeState, Reply};
pub use route::Route;
pub use rung::Rung;
pub use stage::Stage;
