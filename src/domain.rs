//! The vocabulary that every room speaks: plain values and the rules between them.
//!
//! Nothing here reads a clock, a file, a socket or a terminal, and nothing here names another room.

mod catalog;
mod clean;
mod convert;
mod difference;
mod display;
mod failure;
mod format;
mod generation;
mod id;
mod json;
mod model;
mod now;
mod picture;
mod profile;
mod progress;
mod prompt;
mod ratio;
mod reference;
mod request;
mod secret;
pub mod words;

pub use catalog::{Catalog, Price};
pub use clean::Clean;
pub use convert::Convert;
pub use difference::{Difference, remarks};
pub use display::{CellSize, ColorDepth, Display, Glyphs, GraphicsKind};
pub use failure::{Failure, FailureKind};
pub use format::{FileFormat, OutputFormat};
pub use generation::{Generation, IllegalStep, State, Step};
pub use id::{GenerationId, PictureId, TaskId};
pub use json::{GenerationJson, PictureJson, StatusJson};
pub use model::{Family, Model, Tier};
pub use now::Now;
pub use picture::{DEMO_TEXT, Picture, PixelSize};
pub use profile::{Constant, FieldPath, Profile, ReferenceForms};
pub use progress::Progress;
pub use prompt::Prompt;
pub use ratio::AspectRatio;
pub use reference::{Reference, ReferenceSource};
pub use request::Request;
pub use secret::Secret;
