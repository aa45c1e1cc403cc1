//! Notices what other processes write to the library, without ever waking an idle studio by itself.

use std::path::Path;
use std::sync::Arc;
use std::thread;

use tokio::sync::Notify;
use tokio::sync::mpsc::UnboundedSender;

use crate::library::Library;
use crate::pipeline::blocking;
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
    let touched = Arc::new(Notify::new());
    // The thread may outlive the loop by a sleep; it holds nothing that has to be closed.
    let told = Arc::downgrade(&touched);
    thread::spawn(move || {
        let mut buffer = [0_u8; 4096];
        while rustix::io::read(&notify, &mut buffer).is_ok_and(|read| read > 0) {
            match told.upgrade() {
                Some(touched) => touched.notify_one(),
                None => return,
            }
        }
    });
    tokio::spawn(async move {
        let version = |library: &Library| {
            let library = library.clone();
            blocking(move || library.changes())
        };
        let mut last = version(&library).await.ok();
        loop {
            touched.notified().await;
            // The log beside the database also moves for our own writes; the version only for others'.
            let now = version(&library).await.ok();
            if now != last && events.send(Event::LibraryChanged).is_err() {
                return;
            }
            last = now;
        }
    });
}

/// Elsewhere the database's version is asked every 1.5 s (DESIGN section 6).
#[cfg(not(target_os = "linux"))]
pub(super) fn start(library: Library, events: UnboundedSender<Event>) {
    tokio::spawn(async move {
        let version = |library: &Library| {
            let library = library.clone();
            blocking(move || library.changes())
        };
        let mut last = version(&library).await.ok();
        loop {
            tokio::time::sleep(std::time::Duration::from_millis(1500)).await;
            let now = version(&library).await.ok();
            if now != last && events.send(Event::LibraryChanged).is_err() {
                return;
            }
            last = now;
        }
    });
}
