//! Layers, and errors that name file, line and key.
