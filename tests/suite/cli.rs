//! The real binary, run as a shell runs it: an own home, an empty environment, exit codes and bytes.

mod bad_input;
mod converting;
mod doctor;
mod full_disk;
mod generate;
mod history;
pub mod home;
mod inline;
mod keys;
mod output;
mod proxy;
mod resuming;
mod secrets;
mod serve;
mod settings;
mod sharing;
mod signals;
mod terminal;
