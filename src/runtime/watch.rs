//! Notices what other processes write to the library, without ever waking an idle studio by itself.

use std::path::Path;
use std::thread;

use tokio::sync::mpsc::UnboundedSender;

use crate::library::Library;
use crate::studio::Event;

/// Sends `LibraryChanged` whenever another process committed something. The thread sleeps in the kernel until then.
#[cfg(target_os = "linux")]
pub(super) fn start(library: Library, events: UnboundedSender<Event>) {
    use rustix::fs::inotify;
    let Some(folder) = library.db_path().parent().map(Path::to_owned) else {
        return;
    };
    let Ok(notify) = inotify::init(inotify::CreateFlags::CLOEXEC) else {
        return;
    };
    if inotify::add_watch(&notify, &folder, inotify::WatchFlags::MODIFY).is_err() {
        return;
    }
    thread::spawn(move || {
        let mut buffer = [0_u8; 4096];
        let mut last = library.changes().ok();
        while !events.is_closed() {
            match rustix::io::read(&notify, &mut buffer) {
                Ok(0) | Err(_) => return,
                Ok(_) => {}
            }
            // The log beside the database also moves for our own writes; the version only for others'.
            let version = library.changes().ok();
            if version != last {
                last = version;
                if events.send(Event::LibraryChanged).is_err() {
                    return;
                }
            }
        }
    });
}

/// Elsewhere the database's version is asked every 1.5 s (DESIGN section 6).
#[cfg(not(target_os = "linux"))]
pub(super) fn start(library: Library, events: UnboundedSender<Event>) {
    thread::spawn(move || {
        let mut last = library.changes().ok();
        while !events.is_closed() {
            thread::sleep(std::time::Duration::from_millis(1500));
            let version = library.changes().ok();
            if version != last {
                last = version;
                if events.send(Event::LibraryChanged).is_err() {
                    return;
                }
            }
        }
    });
}
