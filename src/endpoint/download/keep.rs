//! Where the bytes of one download are: in memory while they are few, beyond that in a store, which is written, read and
//! removed off the event loop. Knows nothing of tries and hosts.

use std::io;
use std::sync::Arc;

use tokio::sync::{Mutex, OwnedMutexGuard};
use tokio::task::spawn_blocking;

use super::packed::{Packing, Trouble, packing, unpack};
use crate::endpoint::spool::{Blob, Depot, Growing, IN_MEMORY, Lost, Spool};

/// What came of one picture. Whoever works on it holds the lock, also when nobody waits for that work any more.
pub(super) struct Keep {
    held: Arc<Mutex<Held>>,
    /// Bytes that were put in.
    len: u64,
}

#[derive(Default)]
struct Held {
    depot: Depot,
    came: Option<Growing>,
    /// All of it, first as it came, then unpacked.
    all: Option<Blob>,
}

/// What all of it makes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Made {
    /// The picture.
    Whole,
    /// A picture that ends early.
    Early,
    /// What came cannot be read again.
    Unreadable,
    /// It is packed, and cannot be unpacked.
    Packed(Trouble),
}

impl Keep {
    /// Empty, and in memory whatever comes.
    pub(super) fn new() -> Self {
        Self {
            held: Arc::default(),
            len: 0,
        }
    }

    /// Empty.
    pub(super) fn spooling(spool: &Arc<dyn Spool>) -> Self {
        Self {
            held: Arc::new(Mutex::new(Held {
                depot: Depot::new(Arc::clone(spool)),
                ..Held::default()
            })),
            len: 0,
        }
    }

    /// Adds bytes at the end; the caller keeps all of them under `limit`. What the disk loses shows in [`Self::finish`].
    pub(super) async fn push(&mut self, piece: impl AsRef<[u8]> + Send + 'static, limit: u64) {
        self.len += piece.as_ref().len() as u64;
        let work = self.work(self.is_little(), move |held| {
            let came = held.came.get_or_insert_with(|| Growing::new(&held.depot));
            came.keep(piece.as_ref(), limit);
        });
        if work.await.is_none() {
            let mut held = self.held.lock().await;
            held.came = Some(Growing::lost(&held.depot, Lost::Unreadable));
        }
    }

    /// Drops all of it.
    pub(super) async fn clear(&mut self) {
        self.work(self.is_little(), Held::clear).await;
        self.len = 0;
    }

    /// Makes the picture of all that came, which is gone afterwards unless the picture is whole.
    pub(super) async fn finish(
        &mut self,
        encoding: Option<&str>,
        limit: u64,
        whole: impl Fn(&Blob) -> io::Result<bool> + Send + 'static,
    ) -> Result<Blob, Made> {
        let encoding = encoding.map(str::to_owned);
        let little = self.is_little();
        let sealed = self.work(little, move |held| held.seal(encoding.as_deref()));
        let packing = sealed.await.unwrap_or(Err(Made::Unreadable))?;
        // Of little that is packed, much may become.
        let little = little && packing.is_none();
        let made = self.work(little, move |held| {
            let made = held.make(packing, limit, whole);
            if made != Made::Whole {
                held.clear();
            }
            made
        });
        let made = made.await.unwrap_or(Made::Unreadable);
        let whole = self.held.lock().await.all.take();
        self.len = 0;
        whole.ok_or(made)
    }

    fn is_little(&self) -> bool {
        self.len <= IN_MEMORY as u64
    }

    /// Works here, or where that may take long and wait for a disk. `None` where the work panicked.
    async fn work<T: Send + 'static>(
        &self,
        here: bool,
        work: impl FnOnce(&mut Held) -> T + Send + 'static,
    ) -> Option<T> {
        let mut held: OwnedMutexGuard<Held> = Arc::clone(&self.held).lock_owned().await;
        if here {
            return Some(work(&mut held));
        }
        spawn_blocking(move || work(&mut held)).await.ok()
    }
}

impl Held {
    fn clear(&mut self) {
        self.came = None;
        self.all = None;
    }

    /// Takes it as complete, and says how it is packed.
    fn seal(&mut self, encoding: Option<&str>) -> Result<Option<Packing>, Made> {
        let came = self.came.take();
        let came = came.unwrap_or_else(|| Growing::new(&self.depot));
        let all = came.finish().0.map_err(|_| Made::Unreadable)?;
        let packing = packing(&all, encoding);
        self.all = Some(all);
        Ok(packing)
    }

    fn make(
        &mut self,
        packing: Option<Packing>,
        limit: u64,
        whole: impl Fn(&Blob) -> io::Result<bool>,
    ) -> Made {
        let Some(mut all) = self.all.take() else {
            return Made::Unreadable;
        };
        if let Some(packing) = packing {
            match unpack(all, packing, limit, Growing::new(&self.depot)) {
                Ok(unpacked) => all = unpacked,
                Err(trouble) => return Made::Packed(trouble),
            }
        }
        match whole(&all) {
            Ok(true) => {
                self.all = Some(all);
                Made::Whole
            }
            Ok(false) => Made::Early,
            Err(_) => Made::Unreadable,
        }
    }
}
