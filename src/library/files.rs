//! Files that appear whole or not at all, and never in another's place: temporary, fsync, rename, fsync of the folder.
//!
//! Every name is resolved from an open folder and no link is followed, so that nothing is written outside.

use std::fs::{self, File};
use std::io::{self, Read};
use std::os::fd::OwnedFd;
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use rustix::fs::{AtFlags, Mode, OFlags, RenameFlags};
use rustix::io::Errno;

use super::OWN_FOLDER;
use super::error::Error;

/// So many temporary files of one name are written at once before giving up.
const MOST_AT_ONCE: u32 = 10_000;
/// Bytes that are compared at a time.
const STEP: usize = 64 * 1024;

/// An open folder. Clones share it.
#[derive(Debug, Clone)]
pub(super) struct Folder {
    fd: Arc<OwnedFd>,
    path: PathBuf,
}

/// A file under a temporary name; dropping it removes it.
#[derive(Debug)]
pub(super) struct Temporary {
    folder: Folder,
    name: String,
    file: File,
    len: u64,
}

impl Folder {
    pub(super) fn open(path: &Path) -> Result<Self, Error> {
        let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::CLOEXEC;
        let fd = rustix::fs::open(path, flags, Mode::empty()).map_err(|e| Error::file(path, e))?;
        Ok(Self {
            fd: Arc::new(fd),
            path: path.to_owned(),
        })
    }

    /// The folder `name` in this one, made where it is missing. `None` when something else, a link perhaps, has that name.
    pub(super) fn child(&self, name: &str) -> Result<Option<Self>, Error> {
        let path = self.path.join(name);
        match rustix::fs::mkdirat(&*self.fd, name, Mode::from_raw_mode(0o777)) {
            Ok(()) => self.sync()?,
            Err(Errno::EXIST) => {}
            Err(e) => return Err(Error::file(&path, e)),
        }
        let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::NOFOLLOW | OFlags::CLOEXEC;
        match rustix::fs::openat(&*self.fd, name, flags, Mode::empty()) {
            Ok(fd) => Ok(Some(Self {
                fd: Arc::new(fd),
                path,
            })),
            Err(Errno::LOOP | Errno::NOTDIR) => Ok(None),
            Err(e) => Err(Error::file(&path, e)),
        }
    }

    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// Begins an empty file `.NAME.OWNER.tmp`; `.NAME-2.OWNER.tmp` and so on while others of this name are being written.
    pub(super) fn begin(&self, name: &str, owner: &str) -> Result<Temporary, Error> {
        let flags = OFlags::RDWR | OFlags::CREATE | OFlags::EXCL | OFlags::CLOEXEC;
        let mut k = 1;
        loop {
            let temporary = match k {
                1 => format!(".{name}.{owner}.tmp"),
                _ => format!(".{name}-{k}.{owner}.tmp"),
            };
            match rustix::fs::openat(&*self.fd, &temporary, flags, Mode::from_raw_mode(0o666)) {
                Ok(fd) => {
                    return Ok(Temporary {
                        folder: self.clone(),
                        name: temporary,
                        file: File::from(fd),
                        len: 0,
                    });
                }
                Err(Errno::EXIST) if k < MOST_AT_ONCE => k += 1,
                Err(e) => return Err(Error::file(&self.path.join(name), e)),
            }
        }
    }

    /// Writes `bytes` to a temporary file and waits until they are on disk.
    pub(super) fn write(&self, name: &str, owner: &str, bytes: &[u8]) -> Result<Temporary, Error> {
        let mut temporary = self.begin(name, owner)?;
        let written = temporary.append(bytes);
        written.map_err(|e| Error::file(&self.path.join(name), e))?;
        temporary.sync()?;
        Ok(temporary)
    }

    /// Waits until the names in it are on disk.
    pub(super) fn sync(&self) -> Result<(), Error> {
        rustix::fs::fsync(&*self.fd).map_err(|e| Error::file(&self.path, e))
    }

    /// Renames a file in it if the new name is free, and says whether it was. Never replaces.
    pub(super) fn rename(&self, from: &str, to: &str) -> Result<bool, Error> {
        let fd = &*self.fd;
        let renamed = rustix::fs::renameat_with(fd, from, fd, to, RenameFlags::NOREPLACE);
        let outcome = match renamed {
            // Some file systems (NFS) cannot rename that way; a hard link does not replace either.
            Err(Errno::INVAL | Errno::NOSYS | Errno::OPNOTSUPP) => {
                rustix::fs::linkat(fd, from, fd, to, AtFlags::empty())
            }
            outcome => outcome,
        };
        match outcome {
            Ok(()) => Ok(true),
            Err(Errno::EXIST) => Ok(false),
            Err(e) => Err(Error::file(&self.path.join(to), e)),
        }
    }

    /// Whether `name` is a file that holds exactly what `temporary` does.
    pub(super) fn holds(&self, name: &str, temporary: &Temporary) -> bool {
        let path = self.path.join(name);
        fs::symlink_metadata(&path).is_ok_and(|m| m.is_file() && m.len() == temporary.len)
            && File::open(&path).is_ok_and(|there| temporary.equals(there).unwrap_or(false))
    }

    /// Whether `name` is a file that holds exactly `bytes`.
    pub(super) fn holds_bytes(&self, name: &str, bytes: &[u8]) -> bool {
        let path = self.path.join(name);
        fs::symlink_metadata(&path).is_ok_and(|m| m.is_file() && m.len() == bytes.len() as u64)
            && fs::read(&path).is_ok_and(|there| there == bytes)
    }
}

impl Temporary {
    pub(super) fn folder(&self) -> &Folder {
        &self.folder
    }

    /// bytes so far
    pub(super) fn len(&self) -> u64 {
        self.len
    }

    /// Adds `bytes` at the end. After an error the file is as it was before.
    pub(super) fn append(&mut self, bytes: &[u8]) -> io::Result<()> {
        let written = self.file.write_all_at(bytes, self.len);
        match written {
            Ok(()) => self.len += bytes.len() as u64,
            Err(_) => self.file.set_len(self.len)?,
        }
        written
    }

    /// Reads from byte `at` on; 0 at the end.
    pub(super) fn read_at(&self, at: u64, buffer: &mut [u8]) -> io::Result<usize> {
        self.file.read_at(buffer, at)
    }

    /// Waits until its bytes are on disk.
    pub(super) fn sync(&self) -> Result<(), Error> {
        let path = || self.folder.path.join(&self.name);
        self.file.sync_all().map_err(|e| Error::file(&path(), e))
    }

    /// Whether `other`, of the same length, holds the same bytes.
    fn equals(&self, mut other: impl Read) -> io::Result<bool> {
        let (mut ours, mut theirs) = (vec![0; STEP], vec![0; STEP]);
        let mut at = 0;
        loop {
            let n = self.read_at(at, &mut ours)?;
            if n == 0 {
                return Ok(at == self.len);
            }
            other.read_exact(&mut theirs[..n])?;
            if ours[..n] != theirs[..n] {
                return Ok(false);
            }
            at += n as u64;
        }
    }

    /// Gives the file its name if that is free, and says whether it was. Never replaces.
    pub(super) fn rename(&self, name: &str) -> Result<bool, Error> {
        self.folder.rename(&self.name, name)
    }

    /// Gives the file its name, whatever had it.
    pub(super) fn replace(&self, name: &str) -> Result<(), Error> {
        let fd = &*self.folder.fd;
        rustix::fs::renameat(fd, &self.name, fd, name)
            .map_err(|e| Error::file(&self.folder.path.join(name), e))
    }
}

impl Drop for Temporary {
    fn drop(&mut self) {
        // After a rename there is nothing under this name.
        let _ = rustix::fs::unlinkat(&*self.folder.fd, &self.name, AtFlags::empty());
    }
}

/// Removes the temporary files that these dead owners left, but for those in the months that are `wanted` by their name.
/// Gives the owners of which something stays.
pub(super) fn remove_temporaries(
    folder: &Path,
    dead: &[String],
    wanted: impl Fn(&str) -> bool,
) -> Vec<String> {
    let mut kept = Vec::new();
    let own = folder.join(OWN_FOLDER);
    let places = months(folder).map(|(_, path)| (path, true));
    let others = [own.join("references"), own].map(|path| (path, false));
    for (place, in_month) in places.chain(others) {
        for entry in fs::read_dir(place).into_iter().flatten().flatten() {
            let name = entry.file_name();
            let name = name.to_string_lossy();
            let Some(owner) = owner_of(&name).filter(|o| dead.iter().any(|id| id == o)) else {
                continue;
            };
            if in_month && wanted(&name) {
                kept.push(owner.to_owned());
            } else {
                let _ = fs::remove_file(entry.path());
            }
        }
    }
    kept
}

/// The owner of a temporary file: of `.fox.png.0123456789ab.tmp` it is `0123456789ab`.
pub(super) fn owner_of(name: &str) -> Option<&str> {
    let inside = name.strip_prefix('.')?.strip_suffix(".tmp")?;
    inside.rsplit_once('.').map(|(_, owner)| owner)
}

/// The months of a library, each with its path.
pub(super) fn months(folder: &Path) -> impl Iterator<Item = (String, PathBuf)> {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    entries
        .filter(|entry| entry.file_type().is_ok_and(|t| t.is_dir()))
        .filter_map(|entry| Some((entry.file_name().into_string().ok()?, entry.path())))
        .filter(|(name, _)| is_month(name))
}

/// `2026-11`, or `2026-11-2` where something else had that name.
fn is_month(name: &str) -> bool {
    name.len() >= 7 && name.bytes().all(|b| b.is_ascii_digit() || b == b'-')
}
