//! Whether all of a file came: walks from mark to mark and from length to length, in memory or on disk, and keeps nothing.

use std::io::{self, BufRead, Cursor, Seek};

use super::container::{EOI, PNG_SIGNATURE};
use super::sniff;
use crate::domain::FileFormat;

/// Whether the file reaches its own end mark; bytes behind that mark do no harm.
///
/// A decoder is no judge of this: half a JPEG decodes without an error. The mark is looked for where the format's
/// structure puts it (JPEG's EOI, PNG's IEND, the RIFF size, GIF's trailer, the last box of AVIF and HEIC), so that a
/// thumbnail's mark inside the metadata does not count.
pub fn is_whole(format: FileFormat, bytes: &[u8]) -> bool {
    // Memory has no errors of its own.
    is_whole_in(format, Cursor::new(bytes)).unwrap_or(false)
}

/// As [`is_whole`], for a file that is read from where `reader` stands.
///
/// # Errors
/// Those of the reader. A file that ends early is no error.
pub fn is_whole_in(format: FileFormat, reader: impl BufRead + Seek) -> io::Result<bool> {
    let mut walk = Walk::new(reader)?;
    let mut head = [0; 16];
    let room = head
        .len()
        .min(usize::try_from(walk.left).unwrap_or(usize::MAX));
    walk.reader.read_exact(&mut head[..room])?;
    walk.reader.seek_relative(-(room as i64))?;
    if sniff(&head[..room]) != Some(format) {
        return Ok(false);
    }
    let whole = match format {
        FileFormat::Jpeg => walk.jpeg(),
        FileFormat::Png => walk.png(),
        FileFormat::Webp => walk.webp(),
        FileFormat::Gif => walk.gif(),
        FileFormat::Avif | FileFormat::Heic => walk.boxes(),
    }?;
    Ok(whole.is_some())
}

/// A reader that knows how much is left. `None` means that a step led behind the end.
struct Walk<R> {
    reader: R,
    left: u64,
}

/// Goes on only inside the file.
macro_rules! inside {
    ($step:expr) => {
        match $step? {
            Some(value) => value,
            None => return Ok(None),
        }
    };
}

impl<R: BufRead + Seek> Walk<R> {
    fn new(mut reader: R) -> io::Result<Self> {
        let at = reader.stream_position()?;
        let end = reader.seek(io::SeekFrom::End(0))?;
        reader.seek(io::SeekFrom::Start(at))?;
        Ok(Self {
            reader,
            left: end.saturating_sub(at),
        })
    }

    fn skip(&mut self, bytes: u64) -> io::Result<Option<()>> {
        if bytes > self.left {
            return Ok(None);
        }
        self.reader.seek_relative(bytes.cast_signed())?;
        self.left -= bytes;
        Ok(Some(()))
    }

    fn array<const N: usize>(&mut self) -> io::Result<Option<[u8; N]>> {
        if N as u64 > self.left {
            return Ok(None);
        }
        let mut bytes = [0; N];
        self.reader.read_exact(&mut bytes)?;
        self.left -= N as u64;
        Ok(Some(bytes))
    }

    /// PNG specification, 5.3. Checksums are the decoder's business.
    fn png(mut self) -> io::Result<Option<()>> {
        inside!(self.skip(PNG_SIGNATURE.len() as u64));
        loop {
            let length = u32::from_be_bytes(inside!(self.array()));
            let kind: [u8; 4] = inside!(self.array());
            inside!(self.skip(u64::from(length) + 4));
            if kind == *b"IEND" {
                return Ok(Some(()));
            }
        }
    }

    /// ITU T.81, annex B.
    fn jpeg(mut self) -> io::Result<Option<()>> {
        inside!(self.skip(2));
        loop {
            let marker = inside!(self.marker());
            if marker == EOI[1] {
                return Ok(Some(()));
            }
            let length = u16::from_be_bytes(inside!(self.array()));
            inside!(self.skip(u64::from(length).saturating_sub(2)));
        }
    }

    /// Behind the next marker; stuffed zeros, restart marks and fill bytes belong to the data.
    fn marker(&mut self) -> io::Result<Option<u8>> {
        loop {
            let buffer = self.reader.fill_buf()?;
            if buffer.is_empty() {
                return Ok(None);
            }
            let found = memchr::memchr(0xFF, buffer);
            let n = found.map_or(buffer.len(), |at| at + 1);
            self.reader.consume(n);
            self.left = self.left.saturating_sub(n as u64);
            if found.is_none() {
                continue;
            }
            let mut byte = 0xFF;
            while byte == 0xFF {
                [byte] = inside!(self.array());
            }
            if !matches!(byte, 0x00 | 0x01 | 0xD0..=0xD7) {
                return Ok(Some(byte));
            }
        }
    }

    /// WebP container specification: chunks inside the RIFF size.
    fn webp(mut self) -> io::Result<Option<()>> {
        inside!(self.skip(4));
        let size = u64::from(u32::from_le_bytes(inside!(self.array())));
        if size < 4 || size > self.left {
            return Ok(None);
        }
        self.left = size;
        inside!(self.skip(4));
        let mut chunks = 0;
        while self.left >= 8 {
            inside!(self.skip(4));
            let length = u64::from(u32::from_le_bytes(inside!(self.array())));
            inside!(self.skip(length));
            // The last padding byte is missing in some files.
            inside!(self.skip((length % 2).min(self.left)));
            chunks += 1;
        }
        Ok((chunks > 0).then_some(()))
    }

    /// GIF89a specification: blocks up to the trailer.
    fn gif(mut self) -> io::Result<Option<()>> {
        inside!(self.skip(10));
        let [packed] = inside!(self.array());
        inside!(self.skip(2 + color_table(packed)));
        loop {
            match inside!(self.array()) {
                [0x3B] => return Ok(Some(())),
                [0x21] => inside!(self.skip(1)),
                [0x2C] => {
                    inside!(self.skip(8));
                    let [packed] = inside!(self.array());
                    inside!(self.skip(color_table(packed) + 1));
                }
                _ => return Ok(None),
            }
            loop {
                match inside!(self.array()) {
                    [0] => break,
                    [length] => inside!(self.skip(u64::from(length))),
                }
            }
        }
    }

    /// ISO 14496-12, 4.2: the top boxes of an AVIF or HEIC file fill it to its end and hold picture data.
    fn boxes(mut self) -> io::Result<Option<()>> {
        let mut data = false;
        while self.left > 0 {
            let room = self.left;
            let length = u32::from_be_bytes(inside!(self.array()));
            let kind: [u8; 4] = inside!(self.array());
            let length = match length {
                0 => room,
                1 => u64::from_be_bytes(inside!(self.array())),
                length => u64::from(length),
            };
            let head = room - self.left;
            inside!(
                length
                    .checked_sub(head)
                    .map_or(Ok(None), |rest| self.skip(rest))
            );
            data |= kind == *b"mdat";
        }
        Ok(data.then_some(()))
    }
}

/// Bytes of the colour table that a GIF's packed field declares.
fn color_table(packed: u8) -> u64 {
    if packed & 0x80 == 0 {
        0
    } else {
        3 << ((packed & 7) + 1)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::container;
    use super::*;

    proptest! {
        /// The walk that takes files apart and the one that only looks agree on what is whole.
        #[test]
        fn both_walks_see_the_same_end(
            which in 0usize..3,
            body in proptest::collection::vec(prop_oneof![Just(0xFFu8), Just(0u8), Just(2), Just(0xD9), any::<u8>()], 0..60),
        ) {
            let (format, head): (_, &[u8]) = [
                (FileFormat::Jpeg, b"\xFF\xD8\xFF".as_slice()),
                (FileFormat::Png, &PNG_SIGNATURE),
                (FileFormat::Webp, b"RIFF\x20\0\0\0WEBP"),
            ][which];
            let bytes = [head, &body].concat();
            let taken_apart = match format {
                FileFormat::Jpeg => container::jpeg(&bytes).is_some(),
                FileFormat::Png => container::png(&bytes).is_some(),
                _ => container::webp(&bytes).is_some(),
            };
            prop_assert_eq!(is_whole(format, &bytes), taken_apart);
            let small = io::BufReader::with_capacity(3, Cursor::new(&bytes));
            prop_assert_eq!(is_whole_in(format, small).unwrap(), taken_apart);
        }
    }
}
