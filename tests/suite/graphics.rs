//! Encoders played back into pixels; the placement diff and the stage as properties.

mod budget;
mod capabilities;
mod climbing;
mod encoders;
mod model;
mod pace;
mod pictures;
mod plan;
mod playback;
mod recorded;
mod screen;
mod served;
mod stage;
mod stopped;
mod storm;
