//! One test binary: each suite is a module, so that the crate is linked once.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stderr,
    missing_docs
)]

mod suite {
    mod architecture;
    mod clean;
    mod cli;
    mod config;
    mod decoding;
    mod demo;
    mod endpoint;
    mod graphics;
    mod killing;
    mod library;
    mod picture;
    mod pipeline;
    mod pty;
    mod raw_server;
    mod readme;
    mod screens;
    mod studio;
    mod terminal;
}
