//! The loop: wait, drain, draw once. It knows every room, and does nothing that could be done in one of them.
//!
//! `studio` is the loop itself; `world` is what generations run on; `hands`, `outside`, `lend` and `watch` do what the
//! core asks for; `gateway` says what the settings say about one base URL; `pictures` decodes and encodes for the stage;
//! `clock` and `signals` say when, `ending` how it ends.

mod clock;
mod decode;
mod ending;
mod facts;
mod gateway;
mod hands;
mod lend;
mod outside;
mod pictures;
mod signals;
mod studio;
mod watch;
mod world;

pub use decode::{decode_for, keep_thumbnail, measure, thumbnail};
pub use ending::{Halt, finishing, limit_after, wind_down};
pub use facts::{capabilities_of, environment_of};
pub use gateway::profile_for;
pub use signals::Signals;
pub use studio::{Ending, run};
pub use world::World;
