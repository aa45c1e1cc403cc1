//! What a file is, from its first bytes. Nothing is decoded here.

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
