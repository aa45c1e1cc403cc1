//! The tty: modes and their inverse, the input stream, the probe's exchange, and the one writer.
//!
//! Everything that touches the terminal's descriptors is here, and nothing else: what the bytes of a picture mean is
//! `graphics`, what a key means is `studio`. No part of it asks the terminal a question and waits on the loop.

mod ask;
mod guard;
mod input;
mod panic;
mod probe;
mod question;
mod size;
mod surface;
mod tty;
mod writer;

pub use ask::{Asked, ask};
pub use guard::{Modes, Screen, restore_now};
pub use input::{Decoder, Input, InputStream};
pub use panic::{install_panic_hook, take_panic};
pub use probe::{LOCAL_LIMIT, Probe, REMOTE_LIMIT, Told};
pub use question::{ask_secret, ask_yes};
pub use size::TtySize;
pub use surface::Surface;
pub use tty::{Tty, is_terminal};
pub use writer::{Line, Writer};
