//! Encoders played back into pixels; the placement diff and the stage as properties.

mod capabilities;
mod encoders;
mod pictures;
mod plan;
mod playback;
mod recorded;
mod screen;
mod stage;
