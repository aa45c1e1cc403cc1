//! A reader that fails as soon as nobody waits for the picture any more: what stops every decoder, wherever it is.

use std::io::{self, BufRead, Read, Seek, SeekFrom};
use std::sync::atomic::{AtomicBool, Ordering};

/// Reads until `given_up` is true, and not a byte after it.
#[derive(Debug)]
pub(super) struct Watched<'a, R> {
    reader: R,
    given_up: &'a AtomicBool,
}

impl<'a, R> Watched<'a, R> {
    pub fn new(reader: R, given_up: &'a AtomicBool) -> Self {
        Self { reader, given_up }
    }

    fn look(&self) -> io::Result<()> {
        if self.given_up.load(Ordering::Relaxed) {
            // Not `Interrupted`, which readers try again.
            return Err(io::Error::other("given up"));
        }
        Ok(())
    }
}

impl<R: Read> Read for Watched<'_, R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.look()?;
        self.reader.read(buffer)
    }
}

impl<R: BufRead> BufRead for Watched<'_, R> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        self.look()?;
        self.reader.fill_buf()
    }

    fn consume(&mut self, amount: usize) {
        self.reader.consume(amount);
    }
}

impl<R: Seek> Seek for Watched<'_, R> {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        self.reader.seek(to)
    }
}
