//! Settings, paths and secrets, in layers: assets < file < environment < flags.

mod catalog;

pub use catalog::builtin_catalog;
