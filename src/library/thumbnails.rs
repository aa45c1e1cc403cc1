//! Small pictures of large ones, kept in the user's cache, so that one that was decoded once has its first look in a few ms.
//!
//! A cache: each file can go at any time, none is believed without its digest, and what fails here fails in silence. Bytes
//! only; what is in them is for the caller to decode.

use std::fmt::Write as _;
use std::fs::{self, DirBuilder, File, Metadata};
use std::io::{self, Read, Write as _};
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::{DirBuilderExt, MetadataExt};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use sha2::{Digest, Sha256};

/// bytes of one SHA-256
const DIGEST: usize = 32;
/// Longer ones were not made here, bytes: a PNG with alpha of 512x512 px that does not compress at all has 1 MB.
const LONGEST: u64 = 2 * 1024 * 1024;
/// bytes of all of them: some two thousand.
const ROOM: u64 = 64 * 1024 * 1024;
/// The folder is looked through at the first of so many that are kept.
const LOOKS_EACH: u32 = 32;

/// The folder of thumbnails. Clones share it.
#[derive(Debug, Clone)]
pub struct Thumbnails {
    folder: PathBuf,
    room: u64,
    kept: Arc<AtomicU32>,
}

impl Thumbnails {
    /// Those in `folder`, which is made when the first is kept, for nobody but its user.
    pub fn new(folder: PathBuf) -> Self {
        Self::with_room(folder, ROOM)
    }

    /// As [`new`](Self::new), with another bound on all of them, bytes.
    pub fn with_room(folder: PathBuf, room: u64) -> Self {
        Self {
            folder,
            room,
            kept: Arc::default(),
        }
    }

    /// The file that was kept for the picture at `picture`, as it is there now: one that has been changed has none.
    pub fn get(&self, picture: &Path) -> Option<Vec<u8>> {
        let key = Key::of(picture)?;
        let file = File::open(self.folder.join(key.name())).ok()?;
        let meta = file.metadata().ok().filter(Metadata::is_file)?;
        if meta.len() > LONGEST {
            return None;
        }
        let mut bytes = Vec::with_capacity(meta.len() as usize);
        file.take(LONGEST).read_to_end(&mut bytes).ok()?;
        let (body, digest) = bytes.split_at_checked(bytes.len().checked_sub(DIGEST)?)?;
        if key.seal(body) != *digest {
            return None;
        }
        bytes.truncate(bytes.len() - DIGEST);
        Some(bytes)
    }

    /// Keeps `thumbnail` for the picture at `picture`, in the place of the one that was there. The oldest go when the
    /// folder is full.
    ///
    /// # Errors
    /// Those of the disk; nothing depends on it.
    pub fn keep(&self, picture: &Path, thumbnail: &[u8]) -> io::Result<()> {
        let key = Key::of(picture).ok_or(io::ErrorKind::NotFound)?;
        if thumbnail.len() as u64 + DIGEST as u64 > LONGEST {
            return Err(io::ErrorKind::FileTooLarge.into());
        }
        let mut folder = DirBuilder::new();
        folder.recursive(true).mode(0o700).create(&self.folder)?;
        // 0600 is what a temporary file has. A crash leaves it behind, to go with the oldest; what it holds half is never
        // believed, so that nothing waits for the disk.
        let mut file = tempfile::Builder::new()
            .prefix(".")
            .tempfile_in(&self.folder)?;
        file.write_all(thumbnail)?;
        file.write_all(&key.seal(thumbnail))?;
        file.persist(self.folder.join(key.name()))?;
        if self
            .kept
            .fetch_add(1, Ordering::Relaxed)
            .is_multiple_of(LOOKS_EACH)
        {
            self.make_room()?;
        }
        Ok(())
    }

    /// Removes that of the picture at `picture`, which must still be there.
    pub fn forget(&self, picture: &Path) {
        if let Some(key) = Key::of(picture) {
            let _ = fs::remove_file(self.folder.join(key.name()));
        }
    }

    /// Removes the oldest until nine tenths of the room are taken at most.
    fn make_room(&self) -> io::Result<()> {
        let mut files: Vec<_> = fs::read_dir(&self.folder)?
            .filter_map(|entry| {
                let entry = entry.ok()?;
                let meta = entry.metadata().ok().filter(Metadata::is_file)?;
                Some((meta.modified().ok()?, meta.len(), entry.path()))
            })
            .collect();
        let mut taken: u64 = files.iter().map(|(_, length, _)| length).sum();
        if taken <= self.room {
            return Ok(());
        }
        files.sort_unstable();
        for (_, length, path) in files {
            if taken <= self.room / 10 * 9 {
                break;
            }
            // Another process may have been faster.
            let _ = fs::remove_file(path);
            taken -= length;
        }
        Ok(())
    }
}

/// Which picture, in which state.
struct Key([u8; DIGEST]);

impl Key {
    /// By path, length and time of change. By its contents the picture would have to be read, which takes longer than its
    /// thumbnail saves; and a name in the history is no proof of what is in the file today.
    fn of(picture: &Path) -> Option<Self> {
        let path = std::path::absolute(picture).ok()?;
        let meta = fs::metadata(&path).ok().filter(Metadata::is_file)?;
        let mut hash = Sha256::new();
        for number in [meta.len().cast_signed(), meta.mtime(), meta.mtime_nsec()] {
            hash.update(number.to_le_bytes());
        }
        hash.update(path.as_os_str().as_bytes());
        Some(Self(hash.finalize().into()))
    }

    fn name(&self) -> String {
        self.0.iter().fold(String::new(), |mut name, byte| {
            let _ = write!(name, "{byte:02x}");
            name
        })
    }

    /// What is written behind a thumbnail: tells one that is cut, damaged, or another's.
    fn seal(&self, thumbnail: &[u8]) -> [u8; DIGEST] {
        Sha256::new()
            .chain_update(self.0)
            .chain_update(thumbnail)
            .finalize()
            .into()
    }
}
