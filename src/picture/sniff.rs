//! What a file is and whether all of it came, from its bytes alone. Nothing is decoded here.

use super::container;
use crate::domain::FileFormat;

/// The format that the first bytes declare; 12 bytes are enough, more are not looked at.
pub fn sniff(bytes: &[u8]) -> Option<FileFormat> {
    match bytes {
        [0xFF, 0xD8, 0xFF, ..] => Some(FileFormat::Jpeg),
        [0x89, b'P', b'N', b'G', ..] => Some(FileFormat::Png),
        [b'G', b'I', b'F', b'8', ..] => Some(FileFormat::Gif),
        [
            b'R',
            b'I',
            b'F',
            b'F',
            _,
            _,
            _,
            _,
            b'W',
            b'E',
            b'B',
            b'P',
            ..,
        ] => Some(FileFormat::Webp),
        [_, _, _, _, b'f', b't', b'y', b'p', brand @ ..] => match brand.get(..4)? {
            b"avif" | b"avis" => Some(FileFormat::Avif),
            b"heic" | b"heix" | b"heim" | b"heis" | b"hevc" | b"hevx" | b"mif1" | b"msf1" => {
                Some(FileFormat::Heic)
            }
            _ => None,
        },
        _ => None,
    }
}

/// Whether the file reaches its own end mark; bytes behind that mark do no harm.
///
/// A decoder is no judge of this: half a JPEG decodes without an error. The mark is looked for where the format's
/// structure puts it (JPEG's EOI, PNG's IEND, the RIFF size, GIF's trailer, the last box of AVIF and HEIC), so that a
/// thumbnail's mark inside the metadata does not count.
pub fn is_whole(format: FileFormat, bytes: &[u8]) -> bool {
    if sniff(bytes) != Some(format) {
        return false;
    }
    match format {
        FileFormat::Jpeg => container::jpeg(bytes).is_some(),
        FileFormat::Png => container::png(bytes).is_some(),
        FileFormat::Webp => container::webp(bytes).is_some(),
        FileFormat::Gif => container::gif_ends(bytes),
        FileFormat::Avif | FileFormat::Heic => container::boxes_end(bytes),
    }
}
