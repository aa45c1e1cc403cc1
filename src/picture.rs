//! Pixels: the one room that decodes.
