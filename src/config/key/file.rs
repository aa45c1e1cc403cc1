//! The file of keys: one line a gateway, its origin and its key, for this user's eyes only (mode 0600).
//!
//! A key is found by the origin that it was given for, so that it can go nowhere else. No error and no Debug holds any
//! of the file's text.

use std::fs::{self, File};
use std::io::{self, Read, Write};
use std::os::unix::fs::{DirBuilderExt, PermissionsExt};
use std::path::{Path, PathBuf};

use tempfile::Builder;
use zeroize::Zeroizing;

use crate::config::Paths;
use crate::domain::{Failure, FailureKind, Secret};

const HEADER: &str =
    "# Written by `plantain config key`: a gateway's origin and its key on each line.\n";

/// What is read of it, bytes.
const MAX_BYTES: u64 = 1024 * 1024;

/// The bits of a mode that let others in.
const OTHERS: u32 = 0o077;

/// The file of keys beside the settings. It need not exist.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyFile {
    path: PathBuf,
}

impl KeyFile {
    /// `keys`, beside the settings file.
    pub fn of(paths: &Paths) -> Self {
        Self {
            path: paths.config_file.with_file_name("keys"),
        }
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The gateways that it has keys for.
    pub fn origins(&self) -> Result<Vec<String>, Failure> {
        let entries = self.read()?;
        Ok(entries.into_iter().map(|(origin, _)| origin).collect())
    }

    /// The key of this origin (scheme, host, port).
    pub fn get(&self, origin: &str) -> Result<Option<Secret>, Failure> {
        let entries = self.read()?;
        let found = entries.into_iter().find(|(known, _)| known == origin);
        Ok(found.map(|(_, key)| key))
    }

    /// Keeps a key for an origin; true when it took an older one's place. The file is replaced whole, and on disk when
    /// this returns.
    pub fn set(&self, origin: &str, key: &Secret) -> Result<bool, Failure> {
        let mut entries = self.read()?;
        let before = entries.len();
        entries.retain(|(known, _)| known != origin);
        let replaced = entries.len() < before;
        entries.push((origin.to_owned(), key.clone()));
        self.write(&entries)?;
        Ok(replaced)
    }

    /// Forgets the key of an origin; false when there was none.
    pub fn remove(&self, origin: &str) -> Result<bool, Failure> {
        let mut entries = self.read()?;
        let before = entries.len();
        entries.retain(|(known, _)| known != origin);
        if entries.len() == before {
            return Ok(false);
        }
        if entries.is_empty() {
            fs::remove_file(&self.path).map_err(|error| self.unwritable(&error))?;
        } else {
            self.write(&entries)?;
        }
        Ok(true)
    }

    fn read(&self) -> Result<Vec<(String, Secret)>, Failure> {
        let file = match File::open(&self.path) {
            Ok(file) => file,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
            Err(error) => return Err(self.unreadable(&error)),
        };
        // Of the file that is open, not of the name: that may be another one by now.
        let meta = file.metadata().map_err(|error| self.unreadable(&error))?;
        let mode = meta.permissions().mode();
        if mode & OTHERS != 0 {
            let what = format!(
                "{} holds keys and is open to others (mode {:03o})",
                self.path.display(),
                mode & 0o777
            );
            return Err(Failure::new(FailureKind::Config, what).hint(format!(
                "chmod 600 {}; if others use this machine, ask the gateway for a new key too",
                self.path.display()
            )));
        }
        // Room for all of it at once: a buffer that grows leaves pieces behind.
        let room = usize::try_from(meta.len().min(MAX_BYTES)).unwrap_or(0) + 1;
        let mut text = Zeroizing::new(String::with_capacity(room));
        file.take(MAX_BYTES)
            .read_to_string(&mut text)
            .map_err(|error| self.unreadable(&error))?;
        let mut entries = Vec::new();
        for (number, line) in (1..).zip(text.lines()) {
            let line = line.trim();
            if line.is_empty() || line.starts_with('#') {
                continue;
            }
            let entry = line
                .split_once(char::is_whitespace)
                .and_then(|(origin, key)| Some((origin.to_owned(), Secret::new(key)?)));
            entries.push(entry.ok_or_else(|| {
                let what = format!("{}:{number}: not an origin and a key", self.path.display());
                Failure::new(FailureKind::Config, what).hint(
                    "mend the line, or move the file away and run `plantain config key` again",
                )
            })?);
        }
        Ok(entries)
    }

    fn write(&self, entries: &[(String, Secret)]) -> Result<(), Failure> {
        self.replace(entries)
            .map_err(|error| self.unwritable(&error))
    }

    fn replace(&self, entries: &[(String, Secret)]) -> io::Result<()> {
        let room = entries.iter().map(|(o, k)| o.len() + k.expose().len() + 2);
        let mut text = Zeroizing::new(String::with_capacity(HEADER.len() + room.sum::<usize>()));
        text.push_str(HEADER);
        for (origin, key) in entries {
            text.push_str(origin);
            text.push(' ');
            text.push_str(key.expose());
            text.push('\n');
        }
        let folder = match self.path.parent() {
            Some(folder) if !folder.as_os_str().is_empty() => folder,
            _ => Path::new("."),
        };
        fs::DirBuilder::new()
            .recursive(true)
            .mode(0o700)
            .create(folder)?;
        // Made with mode 0600: there is no moment at which others could read it.
        let mut file = Builder::new()
            .prefix(".keys.")
            .suffix(".tmp")
            .tempfile_in(folder)?;
        file.write_all(text.as_bytes())?;
        file.as_file().sync_all()?;
        file.persist(&self.path).map_err(|error| error.error)?;
        File::open(folder)?.sync_all()
    }

    fn unreadable(&self, error: &io::Error) -> Failure {
        let what = format!("cannot read {}: {error}", self.path.display());
        Failure::new(FailureKind::Config, what).hint("mend its permissions")
    }

    fn unwritable(&self, error: &io::Error) -> Failure {
        let what = format!("cannot write {}: {error}", self.path.display());
        Failure::new(FailureKind::Config, what)
            .hint("mend the folder's permissions, or name another one by --config FILE")
    }
}
