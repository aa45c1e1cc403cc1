//! Text inside picture files: written into our own, taken out of those that leave the machine. Pixels stay as they are.

use super::container::{self, Chunk, EOI, PNG_SIGNATURE, SOI};
use super::decode::{self, Limits};
use super::{PictureError, sniff};
use crate::domain::FileFormat;

/// Who wrote the text.
const SOFTWARE: &str = "plantain";
const XMP_HEADER: &[u8] = b"http://ns.adobe.com/xap/1.0/\0";
const EXIF_HEADER: &[u8] = b"Exif\0\0";

/// Flags of WebP's `VP8X`.
const HAS_ALPHA: u8 = 0x10;
const HAS_EXIF: u8 = 0x08;
const HAS_XMP: u8 = 0x04;

/// Writes a text into a png (`Description` and `Software`), jpeg or webp (XMP `dc:description`), without encoding again.
///
/// A file of another format, or one that is not whole, comes back as it was. For files of our own making: an XMP
/// packet that is already there is not looked for.
pub fn label(bytes: Vec<u8>, format: FileFormat, text: &str) -> Vec<u8> {
    let labelled = match format {
        FileFormat::Png => label_png(&bytes, text),
        FileFormat::Jpeg => label_jpeg(&bytes, text),
        FileFormat::Webp => label_webp(&bytes, text),
        FileFormat::Gif | FileFormat::Avif | FileFormat::Heic => None,
    };
    labelled.unwrap_or(bytes)
}

/// Takes everything out of a png, jpeg or webp that is neither pixels, colour nor orientation: EXIF with its GPS, XMP,
/// comments, maker notes, thumbnails, and whatever follows the end mark. The pixels are not encoded again.
///
/// # Errors
/// `NotAPicture`; `Unsupported` for gif, avif and heic, which are not taken apart here; `Damaged` for a file that is
/// not whole.
pub fn strip(bytes: &[u8]) -> Result<Vec<u8>, PictureError> {
    let format = sniff(bytes).ok_or(PictureError::NotAPicture)?;
    let stripped = match format {
        FileFormat::Png => strip_png(bytes),
        FileFormat::Jpeg => strip_jpeg(bytes),
        FileFormat::Webp => strip_webp(bytes),
        FileFormat::Gif | FileFormat::Avif | FileFormat::Heic => {
            return Err(PictureError::Unsupported(format));
        }
    };
    stripped.ok_or(PictureError::Damaged)
}

fn label_png(bytes: &[u8], text: &str) -> Option<Vec<u8>> {
    let mut out = PNG_SIGNATURE.to_vec();
    for (n, chunk) in container::png(bytes)?.iter().enumerate() {
        out.extend(chunk.bytes);
        if n == 0 {
            for (keyword, text) in [("Software", SOFTWARE), ("Description", text)] {
                // No compression, no language, no translated keyword.
                let data = [keyword.as_bytes(), &[0; 5], text.as_bytes()].concat();
                out.extend(png_chunk(*b"iTXt", &data));
            }
        }
    }
    Some(out)
}

fn strip_png(bytes: &[u8]) -> Option<Vec<u8>> {
    /// Chunks with a small first letter that say how pixels look, or animate them.
    const KEPT: [&[u8; 4]; 14] = [
        b"tRNS", b"gAMA", b"cHRM", b"sRGB", b"iCCP", b"cICP", b"mDCV", b"cLLI", b"sBIT", b"bKGD",
        b"pHYs", b"acTL", b"fcTL", b"fdAT",
    ];
    let mut out = PNG_SIGNATURE.to_vec();
    for (n, chunk) in container::png(bytes)?.iter().enumerate() {
        if chunk.kind[0].is_ascii_uppercase() || KEPT.contains(&&chunk.kind) {
            out.extend(chunk.bytes);
        }
        if n == 0
            && let Some(exif) = orientation_alone(bytes)
        {
            out.extend(png_chunk(*b"eXIf", &exif));
        }
    }
    Some(out)
}

fn png_chunk(kind: [u8; 4], data: &[u8]) -> Vec<u8> {
    let body = [&kind, data].concat();
    let mut out = (data.len() as u32).to_be_bytes().to_vec();
    out.extend(&body);
    out.extend(crc32(&body).to_be_bytes());
    out
}

/// The checksum of a PNG chunk (PNG specification, annex D); bit by bit, since our chunks are short.
fn crc32(bytes: &[u8]) -> u32 {
    !bytes.iter().fold(u32::MAX, |crc, byte| {
        (0..8).fold(crc ^ u32::from(*byte), |crc, _| {
            (crc >> 1) ^ (0xEDB8_8320 & (crc & 1).wrapping_neg())
        })
    })
}

fn label_jpeg(bytes: &[u8], text: &str) -> Option<Vec<u8>> {
    let packet = [XMP_HEADER, xmp(text).as_bytes()].concat();
    let segment = jpeg_segment(0xE1, &packet)?;
    let segments = container::jpeg(bytes)?;
    // JFIF wants its APP0 first.
    let jfif = segments.first().filter(|s| s.marker == 0xE0);
    let behind = SOI.len() + jfif.map_or(0, |s| s.bytes.len());
    Some([bytes.get(..behind)?, &segment, bytes.get(behind..)?].concat())
}

fn strip_jpeg(bytes: &[u8]) -> Option<Vec<u8>> {
    let segments = container::jpeg(bytes)?;
    let mut out = SOI.to_vec();
    let exif = orientation_alone(bytes)
        .and_then(|exif| jpeg_segment(0xE1, &[EXIF_HEADER, &exif].concat()));
    let jfif = segments.first().is_some_and(|s| s.marker == 0xE0);
    for (n, segment) in segments.iter().enumerate() {
        if n == usize::from(jfif)
            && let Some(exif) = &exif
        {
            out.extend(exif);
        }
        let kept = match segment.marker {
            0xE0 => segment.payload().starts_with(b"JFIF\0"),
            0xE2 => segment.payload().starts_with(b"ICC_PROFILE\0"),
            0xEE => segment.payload().starts_with(b"Adobe"),
            0xE1..=0xEF | 0xFE => false,
            _ => true,
        };
        if kept {
            out.extend(segment.bytes);
        }
    }
    out.extend(EOI);
    Some(out)
}

/// `None` where the payload is longer than a segment can be.
fn jpeg_segment(marker: u8, payload: &[u8]) -> Option<Vec<u8>> {
    let length = u16::try_from(payload.len() + 2).ok()?;
    Some([&[0xFF, marker], &length.to_be_bytes()[..], payload].concat())
}

fn label_webp(bytes: &[u8], text: &str) -> Option<Vec<u8>> {
    let chunks = container::webp(bytes)?;
    let mut body = Vec::new();
    let rest = match chunks.first()? {
        head if head.kind == *b"VP8X" => {
            body.extend(vp8x(head, |flags| flags | HAS_XMP)?);
            chunks.get(1..)?
        }
        head => {
            // The simple form has no place for metadata: it becomes the extended one.
            let size = decode::measure(bytes, Limits::default()).ok()?;
            let alpha = head.kind == *b"VP8L" && head.data.get(4)? & 0x10 != 0;
            let flags = HAS_XMP | if alpha { HAS_ALPHA } else { 0 };
            let mut data = vec![flags, 0, 0, 0];
            for side in [size.width, size.height] {
                data.extend(side.checked_sub(1)?.to_le_bytes().get(..3)?);
            }
            body.extend(riff_chunk(*b"VP8X", &data));
            &chunks
        }
    };
    body.extend(rest.iter().flat_map(|c| riff_chunk(c.kind, c.data)));
    body.extend(riff_chunk(*b"XMP ", xmp(text).as_bytes()));
    Some(riff(&body))
}

fn strip_webp(bytes: &[u8]) -> Option<Vec<u8>> {
    const KEPT: [&[u8; 4]; 7] = [
        b"VP8X", b"VP8 ", b"VP8L", b"ALPH", b"ANIM", b"ANMF", b"ICCP",
    ];
    let exif = orientation_alone(bytes);
    let mut body = Vec::new();
    for chunk in container::webp(bytes)? {
        if chunk.kind == *b"VP8X" {
            let kept = if exif.is_some() { HAS_EXIF } else { 0 };
            body.extend(vp8x(&chunk, |flags| flags & !(HAS_EXIF | HAS_XMP) | kept)?);
        } else if KEPT.contains(&&chunk.kind) {
            body.extend(riff_chunk(chunk.kind, chunk.data));
        }
    }
    if let Some(exif) = exif {
        body.extend(riff_chunk(*b"EXIF", &exif));
    }
    Some(riff(&body))
}

/// The `VP8X` chunk with other flags.
fn vp8x(chunk: &Chunk<'_>, flags: impl Fn(u8) -> u8) -> Option<Vec<u8>> {
    let mut data = chunk.data.to_vec();
    let first = data.first_mut()?;
    *first = flags(*first);
    Some(riff_chunk(*b"VP8X", &data))
}

fn riff_chunk(kind: [u8; 4], data: &[u8]) -> Vec<u8> {
    let mut out = [&kind, &(data.len() as u32).to_le_bytes()[..], data].concat();
    if data.len() % 2 == 1 {
        out.push(0);
    }
    out
}

fn riff(body: &[u8]) -> Vec<u8> {
    let length = (body.len() + 4) as u32;
    [b"RIFF", &length.to_le_bytes()[..], b"WEBP", body].concat()
}

/// A TIFF block that holds the picture's orientation and nothing else; `None` where the picture stands upright.
fn orientation_alone(bytes: &[u8]) -> Option<Vec<u8>> {
    let orientation = decode::orientation(bytes);
    if orientation == 1 {
        return None;
    }
    let mut tiff = b"II*\0\x08\0\0\0".to_vec();
    // One entry: tag 0x0112, type SHORT, one value; no further directory.
    tiff.extend([
        1,
        0,
        0x12,
        0x01,
        3,
        0,
        1,
        0,
        0,
        0,
        orientation,
        0,
        0,
        0,
        0,
        0,
        0,
        0,
    ]);
    Some(tiff)
}

/// An XMP packet (ISO 16684-1) that holds `text` as the description.
fn xmp(text: &str) -> String {
    let text = text
        .replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;");
    format!(
        "<?xpacket begin=\"\u{feff}\" id=\"W5M0MpCehiHzreSzNTczkc9d\"?>\
         <x:xmpmeta xmlns:x=\"adobe:ns:meta/\">\
         <rdf:RDF xmlns:rdf=\"http://www.w3.org/1999/02/22-rdf-syntax-ns#\">\
         <rdf:Description rdf:about=\"\" xmlns:dc=\"http://purl.org/dc/elements/1.1/\" \
         xmlns:xmp=\"http://ns.adobe.com/xap/1.0/\" xmp:CreatorTool=\"{SOFTWARE}\">\
         <dc:description><rdf:Alt><rdf:li xml:lang=\"x-default\">{text}</rdf:li></rdf:Alt></dc:description>\
         </rdf:Description></rdf:RDF></x:xmpmeta><?xpacket end=\"r\"?>"
    )
}
