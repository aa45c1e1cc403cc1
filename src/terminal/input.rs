//! The input stream: bytes of the tty in, keys and answers out.
//!
//! `splitter` cuts the bytes into whole pieces, `answer` and `event` give a piece its meaning, `decoder` joins them
//! (all pure), and `stream` is the thread that reads. crossterm's own reader is not used: it types late answers into
//! the prompt, cannot be let go of while an editor runs, and spins on a terminal that has gone.

mod answer;
mod decoder;
mod event;
mod splitter;
mod stream;

pub use decoder::{Decoder, Input};
pub use stream::InputStream;
