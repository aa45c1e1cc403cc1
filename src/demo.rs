//! The embedded endpoint: a real HTTP server on loopback that speaks the documented format.
//!
//! It calls no model: its painter composes a scene from the prompt's words, and every answer says so (the header
//! `plantain-demo: 1`, a text inside each picture). It listens on 127.0.0.1 only and keeps pictures in memory only.

mod ask;
mod chat;
mod painter;
mod references;
mod rejected;
mod server;
mod shelf;
mod words;

pub use server::{DEMO_HEADER, Options, Server, start};
pub use words::PICTURE_TEXT;
