//! The real binary, killed at any step of its work: whatever it had paid for is on disk after a restart, and nothing was
//! paid for twice (RELIABILITY M3, D1, D2).

mod gateway;
mod killer;
#[cfg(target_os = "linux")]
mod order;
mod scene;
mod states;
