//! Files that come packed although they were asked for as they are. What the bytes are decides: a host that says "gzip" over
//! a plain picture is not believed, and one that packs without saying so is understood. Bounded, whatever they unpack to.

use std::io::{self, BufReader, Read};

use flate2::bufread::{MultiGzDecoder, ZlibDecoder};

use crate::endpoint::spool::{Blob, Growing};

/// Bytes that are unpacked at a time.
const STEP: usize = 64 * 1024;

/// gzip's first bytes (RFC 1952); no picture begins so.
const GZIP: &[u8] = &[0x1f, 0x8b];
/// Those of a Zstandard frame (RFC 8878).
const ZSTD: &[u8] = &[0x28, 0xb5, 0x2f, 0xfd];

/// Why a packed file gives no picture.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Trouble {
    /// It unpacks to more than the limit.
    TooLarge,
    /// It is damaged, or ends early.
    Broken,
    /// Nothing here unpacks this.
    Unknown(&'static str),
}

/// How a file is packed, as far as its bytes and its host tell.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Packing {
    /// By its first bytes.
    Gzip,
    /// By its first bytes.
    Zstd,
    /// By its host's word.
    Deflate,
    /// By its host's word.
    Brotli,
}

/// How these bytes are packed, of which their host says this `Content-Encoding`; `None` for plain ones. May block on a disk.
pub(super) fn packing(bytes: &Blob, encoding: Option<&str>) -> Option<Packing> {
    let mut head = Vec::new();
    // What cannot be read says so when it is looked at.
    let _ = bytes.reader().take(4).read_to_end(&mut head);
    if head.starts_with(GZIP) {
        return Some(Packing::Gzip);
    }
    if head.starts_with(ZSTD) {
        return Some(Packing::Zstd);
    }
    match encoding {
        Some("deflate") => Some(Packing::Deflate),
        Some("br") => Some(Packing::Brotli),
        _ => None,
    }
}

/// Unpacks to at most `limit` bytes, into the empty `out`. Takes time: not for the event loop.
pub(super) fn unpack(
    packed: Blob,
    packing: Packing,
    limit: u64,
    mut out: Growing,
) -> Result<Blob, Trouble> {
    let reader = BufReader::with_capacity(STEP, packed.reader());
    let poured = match packing {
        Packing::Gzip => pour(MultiGzDecoder::new(reader), limit, &mut out),
        Packing::Deflate => pour(ZlibDecoder::new(reader), limit, &mut out),
        Packing::Brotli => pour(brotli::Decompressor::new(reader, 4096), limit, &mut out),
        Packing::Zstd => return Err(Trouble::Unknown("zstd")),
    };
    match (poured, packing) {
        (Ok(poured), _) if poured > limit => Err(Trouble::TooLarge),
        (Ok(_), _) => out.finish().0.map_err(|_| Trouble::Broken),
        (Err(_), Packing::Gzip) => Err(Trouble::Broken),
        // Their bytes have no mark of their own, so the host may have been wrong: they are what they are.
        (Err(_), _) => Ok(packed),
    }
}

/// Gives how many bytes there were; one more than `limit` where there are more.
fn pour(packed: impl Read, limit: u64, out: &mut Growing) -> io::Result<u64> {
    let mut packed = packed.take(limit + 1);
    let mut buffer = vec![0; STEP];
    let mut poured = 0;
    loop {
        match packed.read(&mut buffer) {
            Ok(0) => return Ok(poured),
            Ok(n) => {
                poured += n as u64;
                out.keep(&buffer[..n], limit);
            }
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::endpoint::spool::Depot;
    use std::io::Write;

    const PLAIN: &[u8] = b"\x89PNG bytes, bytes, bytes";

    fn gzip(bytes: &[u8]) -> Vec<u8> {
        let mut packer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        packer.write_all(bytes).unwrap();
        packer.finish().unwrap()
    }

    fn zlib(bytes: &[u8]) -> Vec<u8> {
        let mut packer = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::fast());
        packer.write_all(bytes).unwrap();
        packer.finish().unwrap()
    }

    fn brotli(bytes: &[u8]) -> Vec<u8> {
        let mut packed = Vec::new();
        let mut packer = brotli::CompressorWriter::new(&mut packed, 4096, 5, 20);
        packer.write_all(bytes).unwrap();
        drop(packer);
        packed
    }

    fn plain_of(bytes: &[u8], encoding: Option<&str>) -> Result<Vec<u8>, Trouble> {
        let blob = Blob::from(bytes.to_vec());
        let plain = match packing(&blob, encoding) {
            None => blob,
            Some(packing) => unpack(blob, packing, 1000, Growing::new(&Depot::default()))?,
        };
        Ok(plain.to_vec().unwrap())
    }

    #[test]
    fn what_the_bytes_are_decides() {
        for (packed, encoding) in [
            (PLAIN.to_vec(), None),
            (PLAIN.to_vec(), Some("gzip")),
            (PLAIN.to_vec(), Some("br")),
            (PLAIN.to_vec(), Some("deflate")),
            (PLAIN.to_vec(), Some("aws-chunked")),
            (gzip(PLAIN), Some("gzip")),
            (gzip(PLAIN), None),
            (gzip(PLAIN), Some("br")),
            (zlib(PLAIN), Some("deflate")),
            (brotli(PLAIN), Some("br")),
        ] {
            let plain = plain_of(&packed, encoding);
            assert_eq!(plain, Ok(PLAIN.to_vec()), "{encoding:?}");
        }
        let half = &gzip(PLAIN)[..20];
        assert_eq!(plain_of(half, None), Err(Trouble::Broken));
        assert_eq!(plain_of(ZSTD, None), Err(Trouble::Unknown("zstd")));
    }

    #[test]
    fn a_bomb_is_stopped_at_the_limit() {
        let zeros = vec![0; 10_000_000];
        for (packed, encoding) in [
            (gzip(&zeros), None),
            (zlib(&zeros), Some("deflate")),
            (brotli(&zeros), Some("br")),
        ] {
            assert_eq!(plain_of(&packed, encoding), Err(Trouble::TooLarge));
        }
    }
}
