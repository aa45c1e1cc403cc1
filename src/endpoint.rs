//! The network edge: what is sent, and what is made of the answer.
//!
//! `body` writes the request, `framing` cuts the answer's bytes into chunks, `reply` reads chunks into parts, `error` puts
//! refusals into words, `retry` says what may be repeated; `client`, `response` and `download` do the talking. Nothing here
//! writes to disk, decodes a picture or decides what is shown.
//!
//! The route: [`build_body`] -> [`Client::chat`] -> [`Response::next`] until `None`, telling [`Part`]s -> [`Response::finish`],
//! whose [`Answer`] lists the pictures -> [`Downloader::fetch`] for those that are URLs. After a [`CallError`], [`decide`].

mod base_url;
mod body;
mod client;
mod download;
mod error;
mod framing;
mod host;
mod http;
mod mask;
mod reply;
mod response;
mod retry;
mod spool;
mod vet;
mod words;

pub use base_url::BaseUrl;
pub use body::build as build_body;
pub use client::{CallError, Client, Timeouts};
pub use download::{Download, Downloader, Got};
pub use error::{failure_of, names_a_documented_field};
pub use framing::{Chunk, Cut, Framing, Payload, TooLong};
pub use reply::{Answer, Candidate, End, Image, Origin, Part, Reply};
pub use response::Response;
pub use retry::{DOWNLOAD_WAITS, Decision, MOST_REPEATS, Trouble, decide, told_wait};
pub use spool::{Blob, Lost, Spool, Store};
