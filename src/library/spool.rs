//! Picture files while they arrive: written piece by piece under a temporary name in their month, hashed on the way. What
//! becomes of them (name, row) is decided in `pictures`; what is not saved is removed when it is dropped.

use std::fmt::{self, Write};
use std::io;
use std::path::PathBuf;

use sha2::{Digest, Sha256};

use super::error::Error;
use super::files::Temporary;
use super::{Library, names};
use crate::domain::{Failure, FileFormat, Generation};

/// A picture that is being written, or was and has no name yet. Dropping it removes the file.
pub struct Spooled {
    temporary: Temporary,
    month: String,
    /// Without number and extension.
    name: String,
    hash: Sha256,
}

impl Library {
    /// Begins an empty file for one picture of `generation`, as `.NAME.OWNER.tmp` in its month; several may be open at once.
    pub fn spool(&self, generation: &Generation) -> Result<Spooled, Failure> {
        let owner = self.owner()?.id();
        let (month, name) = names::of(generation, &self.inner.zone);
        let begin = || {
            let (month, folder) = self.month(&month)?;
            Ok::<_, Error>((month, folder.begin(&name, owner)?))
        };
        let (month, temporary) = begin().map_err(|e| self.failure(e))?;
        Ok(Spooled {
            temporary,
            month,
            name,
            hash: Sha256::new(),
        })
    }
}

impl Spooled {
    /// Adds `bytes` at the end. After an error it holds what it held before.
    pub fn append(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.temporary.append(bytes)?;
        self.hash.update(bytes);
        Ok(())
    }

    /// Reads from byte `at` on; 0 at the end.
    pub fn read_at(&self, at: u64, buffer: &mut [u8]) -> io::Result<usize> {
        self.temporary.read_at(at, buffer)
    }

    /// All of it, if it can still be read as it was written.
    pub fn read_back(&self) -> io::Result<Vec<u8>> {
        let mut bytes = vec![0; usize::try_from(self.len()).unwrap_or_default()];
        let mut at = 0;
        while at < bytes.len() {
            match self.read_at(at as u64, &mut bytes[at..])? {
                0 => return Err(io::ErrorKind::UnexpectedEof.into()),
                n => at += n,
            }
        }
        if hex(&Sha256::digest(&bytes)) == self.sha256() {
            Ok(bytes)
        } else {
            Err(io::ErrorKind::InvalidData.into())
        }
    }

    /// bytes so far
    pub fn len(&self) -> u64 {
        self.temporary.len()
    }

    /// Whether nothing was written yet.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Of what was appended so far, in lower-case hex.
    pub fn sha256(&self) -> String {
        hex(&self.hash.clone().finalize())
    }

    pub(super) fn temporary(&self) -> &Temporary {
        &self.temporary
    }

    pub(super) fn month(&self) -> &str {
        &self.month
    }

    pub(super) fn name(&self) -> &str {
        &self.name
    }

    /// The first name that it would get, for messages.
    pub(super) fn shown_path(&self, format: FileFormat) -> PathBuf {
        let name = names::candidate(&self.name, 1, format.extension());
        self.temporary.folder().path().join(name)
    }
}

impl fmt::Debug for Spooled {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Spooled")
            .field("name", &self.name)
            .field("len", &self.len())
            .finish_non_exhaustive()
    }
}

/// In lower-case hex.
pub(super) fn hex(bytes: &[u8]) -> String {
    let mut hex = String::with_capacity(2 * bytes.len());
    for byte in bytes {
        let _ = write!(hex, "{byte:02x}");
    }
    hex
}
