//! Files that appear whole or not at all, and never in another's place: temporary, fsync, rename, fsync of the folder.
//!
//! Every name is resolved from an open folder and no link is followed, so that nothing is written outside.

use std::fs::{self, File};
use std::io::{self, Write};
use std::os::fd::OwnedFd;
use std::path::{Path, PathBuf};

use rustix::fs::{AtFlags, Mode, OFlags, RenameFlags};
use rustix::io::Errno;

use super::OWN_FOLDER;
use super::error::Error;

/// An open folder.
pub(super) struct Folder {
    fd: OwnedFd,
    path: PathBuf,
}

/// A whole file under a temporary name; dropping it removes it.
pub(super) struct Temporary<'a> {
    folder: &'a Folder,
    name: String,
}

impl Folder {
    pub(super) fn open(path: &Path) -> Result<Self, Error> {
        let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::CLOEXEC;
        let fd = rustix::fs::open(path, flags, Mode::empty()).map_err(|e| Error::file(path, e))?;
        Ok(Self {
            fd,
            path: path.to_owned(),
        })
    }

    /// The folder `name` in this one, made where it is missing. `None` when something else, a link perhaps, has that name.
    pub(super) fn child(&self, name: &str) -> Result<Option<Self>, Error> {
        let path = self.path.join(name);
        match rustix::fs::mkdirat(&self.fd, name, Mode::from_raw_mode(0o777)) {
            Ok(()) => self.sync()?,
            Err(Errno::EXIST) => {}
            Err(e) => return Err(Error::file(&path, e)),
        }
        let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::NOFOLLOW | OFlags::CLOEXEC;
        match rustix::fs::openat(&self.fd, name, flags, Mode::empty()) {
            Ok(fd) => Ok(Some(Self { fd, path })),
            Err(Errno::LOOP | Errno::NOTDIR) => Ok(None),
            Err(e) => Err(Error::file(&path, e)),
        }
    }

    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// Writes `bytes` to `.NAME.OWNER.tmp` and waits until they are on disk.
    pub(super) fn write(
        &self,
        name: &str,
        owner: &str,
        bytes: &[u8],
    ) -> Result<Temporary<'_>, Error> {
        let temporary = format!(".{name}.{owner}.tmp");
        let told = |e: io::Error| Error::file(&self.path.join(name), e);
        let flags = OFlags::WRONLY | OFlags::CREATE | OFlags::EXCL | OFlags::CLOEXEC;
        let fd = rustix::fs::openat(&self.fd, &temporary, flags, Mode::from_raw_mode(0o666))
            .map_err(|e| told(e.into()))?;
        let temporary = Temporary {
            folder: self,
            name: temporary,
        };
        let mut file = File::from(fd);
        file.write_all(bytes).map_err(told)?;
        file.sync_all().map_err(told)?;
        Ok(temporary)
    }

    /// Waits until the names in it are on disk.
    pub(super) fn sync(&self) -> Result<(), Error> {
        rustix::fs::fsync(&self.fd).map_err(|e| Error::file(&self.path, e))
    }

    /// Whether `name` is a file that holds exactly `bytes`.
    pub(super) fn holds(&self, name: &str, bytes: &[u8]) -> bool {
        let path = self.path.join(name);
        fs::symlink_metadata(&path).is_ok_and(|m| m.is_file() && m.len() == bytes.len() as u64)
            && fs::read(&path).is_ok_and(|there| there == bytes)
    }
}

impl Temporary<'_> {
    /// Gives the file its name if that is free, and says whether it was. Never replaces.
    pub(super) fn rename(&self, name: &str) -> Result<bool, Error> {
        let fd = &self.folder.fd;
        let renamed = rustix::fs::renameat_with(fd, &self.name, fd, name, RenameFlags::NOREPLACE);
        let outcome = match renamed {
            // Some file systems (NFS) cannot rename that way; a hard link does not replace either.
            Err(Errno::INVAL | Errno::NOSYS | Errno::OPNOTSUPP) => {
                rustix::fs::linkat(fd, &self.name, fd, name, AtFlags::empty())
            }
            outcome => outcome,
        };
        match outcome {
            Ok(()) => Ok(true),
            Err(Errno::EXIST) => Ok(false),
            Err(e) => Err(Error::file(&self.folder.path.join(name), e)),
        }
    }

    /// Gives the file its name, whatever had it.
    pub(super) fn replace(&self, name: &str) -> Result<(), Error> {
        let fd = &self.folder.fd;
        rustix::fs::renameat(fd, &self.name, fd, name)
            .map_err(|e| Error::file(&self.folder.path.join(name), e))
    }
}

impl Drop for Temporary<'_> {
    fn drop(&mut self) {
        // After a rename there is nothing under this name.
        let _ = rustix::fs::unlinkat(&self.folder.fd, &self.name, AtFlags::empty());
    }
}

/// Removes the temporary files that these dead owners left in the months and among the references.
pub(super) fn remove_temporaries(folder: &Path, dead: &[String]) {
    let months = fs::read_dir(folder)
        .into_iter()
        .flatten()
        .flatten()
        .filter(|entry| entry.file_type().is_ok_and(|t| t.is_dir()))
        .filter(|entry| is_month(&entry.file_name().to_string_lossy()))
        .map(|entry| entry.path());
    for place in months.chain([folder.join(OWN_FOLDER).join("references")]) {
        for entry in fs::read_dir(place).into_iter().flatten().flatten() {
            let name = entry.file_name();
            let name = name.to_string_lossy();
            let owner = name
                .strip_prefix('.')
                .and_then(|n| n.strip_suffix(".tmp"))
                .and_then(|n| n.rsplit_once('.'))
                .map(|(_, owner)| owner);
            if owner.is_some_and(|owner| dead.iter().any(|id| id == owner)) {
                let _ = fs::remove_file(entry.path());
            }
        }
    }
}

/// `2026-11`, or `2026-11-2` where something else had that name.
fn is_month(name: &str) -> bool {
    name.len() >= 7 && name.bytes().all(|b| b.is_ascii_digit() || b == b'-')
}
