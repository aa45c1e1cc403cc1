//! Where pictures that come are kept, inside an answer or from their hosts: in memory while they are small, beyond that with whoever the caller
//! names. This room writes no file; it only knows that one can be written to and read from.

mod growing;

use std::any::Any;
use std::fmt;
use std::io::{self, Read, Seek, SeekFrom};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

pub(super) use self::growing::{Depot, Growing, IN_MEMORY, MAX_BLOB, is_standard};

/// Bytes that are compared or copied at a time; a multiple of three, so that base64 of it needs no padding.
const STEP: usize = 24 * 1024;

/// Takes pictures that are too large for memory.
pub trait Spool: Send + Sync {
    /// Begins an empty store. It is gone once it is dropped.
    fn begin(&self) -> io::Result<Box<dyn Store>>;
}

/// One picture that was too large for memory. All of this may block on a disk.
pub trait Store: Any + Send + Sync {
    /// Adds `bytes` at the end. After an error it holds what it held before.
    fn append(&mut self, bytes: &[u8]) -> io::Result<()>;

    /// Reads from byte `at` on; 0 at the end.
    fn read_at(&self, at: u64, buffer: &mut [u8]) -> io::Result<usize>;
}

/// The bytes of a picture that came. Clones share them.
#[derive(Clone)]
pub struct Blob {
    kept: Kept,
    len: u64,
}

#[derive(Clone)]
enum Kept {
    Memory(Arc<Vec<u8>>),
    Stored(Arc<Held>),
}

/// A store, counted among those of its answer.
struct Held {
    store: Box<dyn Store>,
    count: Arc<AtomicUsize>,
}

impl Held {
    fn new(store: Box<dyn Store>, count: &Arc<AtomicUsize>) -> Self {
        count.fetch_add(1, Ordering::Relaxed);
        Self {
            store,
            count: Arc::clone(count),
        }
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        self.count.fetch_sub(1, Ordering::Relaxed);
    }
}

/// Why the bytes of a picture that came were not kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Lost {
    /// Over 64 MB, or its answer is over 256 MB.
    TooLarge,
    /// Behind too many other large ones.
    TooMany,
    /// What was written could not be read again.
    Unreadable,
}

impl Blob {
    /// bytes
    pub fn len(&self) -> u64 {
        self.len
    }

    /// Whether it holds nothing.
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// Its bytes, where they are in memory.
    pub fn memory(&self) -> Option<&Arc<Vec<u8>>> {
        match &self.kept {
            Kept::Memory(bytes) => Some(bytes),
            Kept::Stored(_) => None,
        }
    }

    /// The store that holds it, if that is a `S`.
    pub fn stored<S: Store>(&self) -> Option<&S> {
        match &self.kept {
            Kept::Memory(_) => None,
            Kept::Stored(held) => (&*held.store as &dyn Any).downcast_ref(),
        }
    }

    /// Reads it from its beginning. Reading may block on a disk.
    pub fn reader(&self) -> impl Read + Seek + '_ {
        Reader { blob: self, at: 0 }
    }

    /// All of it, at most 64 MB. May block on a disk.
    pub fn to_vec(&self) -> io::Result<Vec<u8>> {
        let mut bytes = Vec::with_capacity(usize::try_from(self.len).unwrap_or_default());
        self.reader().read_to_end(&mut bytes)?;
        if bytes.len() as u64 == self.len {
            Ok(bytes)
        } else {
            Err(io::ErrorKind::UnexpectedEof.into())
        }
    }

    /// Whether the other holds the same bytes. What cannot be read counts as different: nothing is dropped on a guess.
    fn holds_the_same(&self, other: &Self) -> io::Result<bool> {
        if self.len != other.len {
            return Ok(false);
        }
        if let (Kept::Memory(ours), Kept::Memory(theirs)) = (&self.kept, &other.kept) {
            return Ok(ours == theirs);
        }
        let (mut ours, mut theirs) = (self.reader(), other.reader());
        let (mut our, mut their) = (vec![0; STEP], vec![0; STEP]);
        let mut left = self.len;
        while left > 0 {
            let n = usize::try_from(left).unwrap_or(STEP).min(STEP);
            ours.read_exact(&mut our[..n])?;
            theirs.read_exact(&mut their[..n])?;
            if our[..n] != their[..n] {
                return Ok(false);
            }
            left -= n as u64;
        }
        Ok(true)
    }
}

impl From<Vec<u8>> for Blob {
    fn from(bytes: Vec<u8>) -> Self {
        Self {
            len: bytes.len() as u64,
            kept: Kept::Memory(Arc::new(bytes)),
        }
    }
}

impl PartialEq for Blob {
    fn eq(&self, other: &Self) -> bool {
        self.holds_the_same(other).unwrap_or(false)
    }
}

impl Eq for Blob {}

impl fmt::Debug for Blob {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Blob({} bytes)", self.len)
    }
}

struct Reader<'b> {
    blob: &'b Blob,
    at: u64,
}

impl Read for Reader<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let n = match &self.blob.kept {
            Kept::Memory(bytes) => {
                let at = usize::try_from(self.at).unwrap_or(usize::MAX);
                bytes.get(at..).unwrap_or_default().read(buffer)?
            }
            Kept::Stored(held) => {
                let left = self.blob.len.saturating_sub(self.at);
                let room = usize::try_from(left)
                    .unwrap_or(usize::MAX)
                    .min(buffer.len());
                held.store.read_at(self.at, &mut buffer[..room])?
            }
        };
        self.at += n as u64;
        Ok(n)
    }
}

impl Seek for Reader<'_> {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        let at = match to {
            SeekFrom::Start(at) => Some(at),
            SeekFrom::Current(by) => self.at.checked_add_signed(by),
            SeekFrom::End(by) => self.blob.len.checked_add_signed(by),
        };
        self.at = at.ok_or(io::ErrorKind::InvalidInput)?;
        Ok(self.at)
    }
}
