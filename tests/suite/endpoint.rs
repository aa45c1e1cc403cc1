//! The wire: what is sent, fixtures over every framing, cut anywhere; then the same over real sockets.

mod body;
mod call;
mod dialects;
mod download;
mod errors;
pub mod fixtures;
mod framings;
mod large;
mod replies;
