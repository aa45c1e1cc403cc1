//! The wire: what is sent, fixtures over every framing, cut anywhere; then the same over real sockets.

mod body;
mod call;
mod dialects;
mod download;
mod errors;
mod failures;
pub mod fixtures;
mod framings;
mod keys;
mod large;
pub mod matrix;
mod packed;
mod replies;
