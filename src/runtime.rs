//! The loop, and one file a kind of effect.
