//! The panic hook: the terminal first, then the message.

use std::panic;
use std::sync::{Mutex, PoisonError};
use std::thread;

use super::guard::{is_held, restore_now};

static LAST: Mutex<Option<String>> = Mutex::new(None);

/// Makes a panic leave a usable terminal. Call it on the thread that runs the loop.
///
/// A panic there gives the terminal back and prints its message. One on another thread is kept for [`take_panic`] while the
/// screen is up, since printing would tear the screen. One of which `is_caught` says that it is expected (decoders run
/// behind `catch_unwind`) is no news at all.
pub fn install_panic_hook(is_caught: fn() -> bool) {
    let before = panic::take_hook();
    let here = thread::current().id();
    panic::set_hook(Box::new(move |info| {
        if is_caught() {
            return;
        }
        if thread::current().id() != here && is_held() {
            *LAST.lock().unwrap_or_else(PoisonError::into_inner) = Some(info.to_string());
            return;
        }
        restore_now();
        before(info);
    }));
}

/// The message of the last panic on another thread, once: for the log, or for the words of an ending that it caused.
pub fn take_panic() -> Option<String> {
    LAST.lock().unwrap_or_else(PoisonError::into_inner).take()
}
