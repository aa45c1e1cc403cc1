//! Where an answer's large pictures go while they arrive: into the library, as temporary files of the generation. Decides
//! nothing about them.

use std::io;
use std::sync::Arc;

use crate::domain::Generation;
use crate::endpoint::{Spool, Store};
use crate::library::{Library, Spooled};

/// Spools for one generation.
struct Spooler {
    library: Library,
    generation: Generation,
}

/// A spool for the pictures of `generation`.
pub(super) fn into(library: &Library, generation: &Generation) -> Arc<dyn Spool> {
    Arc::new(Spooler {
        library: library.clone(),
        generation: generation.clone(),
    })
}

impl Spool for Spooler {
    fn begin(&self) -> io::Result<Box<dyn Store>> {
        match self.library.spool(&self.generation) {
            Ok(spooled) => Ok(Box::new(spooled)),
            Err(failure) => Err(io::Error::other(failure.message.to_string())),
        }
    }
}

impl Store for Spooled {
    fn append(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.append(bytes)
    }

    fn read_at(&self, at: u64, buffer: &mut [u8]) -> io::Result<usize> {
        self.read_at(at, buffer)
    }
}
