//! plantain: a terminal studio for making pictures with the Nano Series image models.
//!
//! Where to start:
//! 1. [`domain`] holds the words; [`pipeline`] takes one request to a saved picture.
//! 2. [`studio`] is the pure core (`update`), [`view`] draws it, [`graphics`] speaks to picture terminals.
//! 3. [`runtime`] is the loop that ties them to [`terminal`], [`pipeline`] and [`library`]; [`cli`] is the other face.
//! 4. [`endpoint`] is the wire, [`demo`] is an endpoint of our own on loopback, [`picture`] is pixels.
//! 5. [`config`] fills the catalog and the settings from `assets/` and the user's files.

pub mod cli;
pub mod config;
pub mod demo;
pub mod domain;
pub mod endpoint;
pub mod graphics;
pub mod library;
pub mod picture;
pub mod pipeline;
pub mod runtime;
pub mod studio;
pub mod terminal;
pub mod view;
