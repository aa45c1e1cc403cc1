//! The outer structure of picture files in memory, to take them apart: segments and chunks. Walks lengths and marks, decodes
//! nothing. Whether a file is whole is found in `whole`, which needs no memory.
//!
//! Every walk returns nothing when the bytes end before the format's own end mark, and ignores what follows the mark.

/// JPEG: begin of image.
pub(super) const SOI: [u8; 2] = [0xFF, 0xD8];
/// JPEG: end of image.
pub(super) const EOI: [u8; 2] = [0xFF, 0xD9];
/// PNG: the first eight bytes.
pub(super) const PNG_SIGNATURE: [u8; 8] = *b"\x89PNG\r\n\x1a\n";

/// A JPEG segment with its marker and length, and the entropy-coded data up to the next marker.
#[derive(Debug, Clone, Copy)]
pub(super) struct Segment<'a> {
    /// The byte after `FF`.
    pub marker: u8,
    /// All of it, `FF` included.
    pub bytes: &'a [u8],
}

impl<'a> Segment<'a> {
    /// What follows the length field.
    pub fn payload(&self) -> &'a [u8] {
        self.bytes.get(4..).unwrap_or_default()
    }
}

/// The segments between SOI and EOI (ITU T.81, annex B).
pub(super) fn jpeg(bytes: &[u8]) -> Option<Vec<Segment<'_>>> {
    let (mut at, mut marker) = next_marker(bytes, SOI.len())?;
    let mut out = Vec::new();
    while marker != EOI[1] {
        let length = u16::from_be_bytes(array(bytes, at + 2)?);
        let end = at + 2 + usize::from(length);
        let (next, next_is) = next_marker(bytes, end)?;
        out.push(Segment {
            marker,
            bytes: bytes.get(at..next)?,
        });
        (at, marker) = (next, next_is);
    }
    Some(out)
}

/// Where the next marker stands and which it is; stuffed zeros, restart marks and fill bytes belong to the data.
pub(super) fn next_marker(bytes: &[u8], from: usize) -> Option<(usize, u8)> {
    let mut at = from;
    loop {
        at += memchr::memchr(0xFF, bytes.get(at..)?)?;
        match *bytes.get(at + 1)? {
            0x00 | 0x01 | 0xD0..=0xD7 => at += 2,
            0xFF => at += 1,
            marker => return Some((at, marker)),
        }
    }
}

/// A PNG chunk or a RIFF chunk.
#[derive(Debug, Clone, Copy)]
pub(super) struct Chunk<'a> {
    /// `IDAT`, `VP8L`, ..
    pub kind: [u8; 4],
    /// Without length, checksum and padding.
    pub data: &'a [u8],
    /// With them.
    pub bytes: &'a [u8],
}

/// The chunks of a PNG, IEND included (PNG specification, 5.3). Checksums are the decoder's business.
pub(super) fn png(bytes: &[u8]) -> Option<Vec<Chunk<'_>>> {
    let mut at = PNG_SIGNATURE.len();
    let mut out = Vec::new();
    loop {
        let length = u32::from_be_bytes(array(bytes, at)?) as usize;
        let kind = array(bytes, at + 4)?;
        let end = at.checked_add(length)?.checked_add(12)?;
        out.push(Chunk {
            kind,
            data: bytes.get(at + 8..end - 4)?,
            bytes: bytes.get(at..end)?,
        });
        if kind == *b"IEND" {
            return Some(out);
        }
        at = end;
    }
}

/// The chunks of a WebP inside its RIFF size (WebP container specification).
pub(super) fn webp(bytes: &[u8]) -> Option<Vec<Chunk<'_>>> {
    let size = u32::from_le_bytes(array(bytes, 4)?) as usize;
    let body = bytes.get(..size.checked_add(8)?)?;
    let mut at = 12;
    let mut out = Vec::new();
    while at + 8 <= body.len() {
        let length = u32::from_le_bytes(array(body, at + 4)?) as usize;
        let end = at.checked_add(8)?.checked_add(length)?;
        // The last padding byte is missing in some files.
        let padded = (end + length % 2).min(body.len());
        out.push(Chunk {
            kind: array(body, at)?,
            data: body.get(at + 8..end)?,
            bytes: body.get(at..padded)?,
        });
        at = padded;
    }
    (!out.is_empty()).then_some(out)
}

/// `N` bytes from `at`.
fn array<const N: usize>(bytes: &[u8], at: usize) -> Option<[u8; N]> {
    bytes.get(at..)?.first_chunk().copied()
}
