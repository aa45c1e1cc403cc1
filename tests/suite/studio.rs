//! The pure core, driven by key scripts: before, keys, after.

mod editing;
mod flow;
mod history;
mod keys;
mod references;
mod robust;
mod script;
