//! The real binary on a real terminal: `terminal` is the emulator's side of it, the rest are what a user sees.

mod behind;
mod endings;
mod flow;
mod hard;
mod keys;
mod lending;
mod pacing;
mod probing;
mod terminal;
