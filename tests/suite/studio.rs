//! The pure core, driven by key scripts: before, keys, after.

mod converting;
mod editing;
mod ends;
mod flow;
mod history;
mod keys;
mod references;
mod robust;
mod rows;
mod script;
