//! Decoding at a part of the size: the same picture as the whole one made smaller, in every kind of file.

use std::io::{self, BufRead, Cursor, Read, Seek, SeekFrom, Write};
use std::sync::atomic::{AtomicBool, Ordering};

use flate2::Compression;
use flate2::write::ZlibEncoder;
use image::{DynamicImage, ImageFormat, Rgb, RgbImage, Rgba, RgbaImage};
use jpeg_encoder::{ColorType, Encoder, SamplingFactor};
use plantain::domain::PixelSize;
use plantain::picture::{
    Limits, PictureError, Pixels, decode, decode_at_least, fit, panic_is_caught,
};

use super::{exif, limits};

/// Like a photograph: slopes, waves of several lengths, grain.
fn photo(width: u32, height: u32) -> RgbImage {
    RgbImage::from_fn(width, height, |x, y| {
        let (u, v) = (f64::from(x) / 640.0, f64::from(y) / 640.0);
        let wave = (u * 19.0 + v * 7.0).sin() * 30.0 + (u * 5.0 - v * 41.0).cos() * 22.0;
        let grain = f64::from((x.wrapping_mul(7919) ^ y.wrapping_mul(104_729)) % 9) - 4.0;
        Rgb([
            (120.0 + 90.0 * u + wave + grain).clamp(0.0, 255.0) as u8,
            (160.0 - 80.0 * v + wave * 0.6 + grain).clamp(0.0, 255.0) as u8,
            (70.0 + 60.0 * (u + v) - wave + grain).clamp(0.0, 255.0) as u8,
        ])
    })
}

fn file(picture: impl Into<DynamicImage>, format: ImageFormat) -> Vec<u8> {
    let mut out = Cursor::new(Vec::new());
    picture.into().write_to(&mut out, format).unwrap();
    out.into_inner()
}

/// A JPEG by jpeg-encoder; `change` sets what is not usual.
fn jpeg(picture: &RgbImage, change: impl FnOnce(&mut Encoder<&mut Vec<u8>>)) -> Vec<u8> {
    let mut out = Vec::new();
    let mut encoder = Encoder::new(&mut out, 90);
    encoder.set_sampling_factor(SamplingFactor::R_4_2_0);
    change(&mut encoder);
    let (width, height) = (picture.width() as u16, picture.height() as u16);
    encoder
        .encode(picture, width, height, ColorType::Rgb)
        .unwrap();
    out
}

fn at_least(bytes: &[u8], least: PixelSize) -> Result<Pixels, PictureError> {
    decode_at_least(Cursor::new(bytes), least, limits(), &AtomicBool::new(false))
}

/// dB over the colours of two pictures of one size.
fn psnr(one: &Pixels, other: &Pixels) -> f64 {
    assert_eq!(one.size(), other.size());
    let (mut squares, mut count) = (0.0, 0.0);
    for (a, b) in one.rgba().chunks(4).zip(other.rgba().chunks(4)) {
        for (a, b) in a.iter().zip(b).take(3) {
            squares += (f64::from(*a) - f64::from(*b)).powi(2);
            count += 1.0;
        }
    }
    10.0 * (255.0 * 255.0 * count / f64::max(squares, 1e-9)).log10()
}

/// Decodes a part and all of it, makes both `least`, and gives how far apart they are, dB, with the size of the part.
fn apart(bytes: &[u8], least: PixelSize) -> (f64, PixelSize) {
    let whole = decode(bytes, limits()).unwrap();
    let part = at_least(bytes, least).unwrap();
    let (own, got) = (whole.size(), part.size());
    assert!(got.width >= least.width.min(own.width), "{got} of {own}");
    assert!(got.height >= least.height.min(own.height), "{got} of {own}");
    assert_eq!(part.is_opaque(), whole.is_opaque());
    (psnr(&fit(&part, least), &fit(&whole, least)), got)
}

const SMALL: PixelSize = PixelSize::new(70, 39);

#[test]
fn every_format_is_made_smaller_and_stays_the_picture() {
    let photo = photo(640, 360);
    for (format, part) in [
        (ImageFormat::Png, PixelSize::new(160, 90)),
        (ImageFormat::Jpeg, PixelSize::new(160, 90)),
        (ImageFormat::WebP, PixelSize::new(160, 90)),
        (ImageFormat::Gif, PixelSize::new(160, 90)),
    ] {
        let bytes = file(photo.clone(), format);
        let (db, got) = apart(&bytes, SMALL);
        assert!(db > 45.0 && got == part, "{format:?}: {db:.1} dB, {got}");
        // Not below what leaves a filter something to work on.
        for least in [PixelSize::new(300, 169), PixelSize::new(640, 360)] {
            let (db, got) = apart(&bytes, least);
            assert!(db > 90.0, "{format:?}: {db:.1} dB");
            assert_eq!(got, PixelSize::new(640, 360));
        }
    }
    let bytes = jpeg(&photo, |_| {});
    let (db, got) = apart(&bytes, PixelSize::new(200, 113));
    assert!(db > 45.0 && got == PixelSize::new(320, 180), "{db:.1} dB");
}

#[test]
fn every_kind_of_jpeg_keeps_its_colours() {
    let photo = photo(640, 360);
    let samplings = [
        SamplingFactor::R_4_4_4,
        SamplingFactor::R_4_2_2,
        SamplingFactor::R_4_4_0,
        SamplingFactor::R_4_2_0,
        SamplingFactor::R_4_1_1,
    ];
    for sampling in samplings {
        for (progressive, optimised) in [(false, false), (true, false), (false, true)] {
            let bytes = jpeg(&photo, |encoder| {
                encoder.set_sampling_factor(sampling);
                encoder.set_progressive(progressive);
                encoder.set_optimized_huffman_tables(optimised);
            });
            let whole = decode(&bytes, limits()).unwrap();
            let true_to_it = psnr(&whole, &Pixels::from(&photo));
            assert!(true_to_it > 30.0, "{sampling:?}: {true_to_it:.1} dB");
            let (db, got) = apart(&bytes, SMALL);
            assert!(db > 40.0, "{sampling:?} {progressive}: {db:.1} dB");
            assert_eq!(got, PixelSize::new(160, 90));
        }
    }
    let grey = file(
        DynamicImage::from(photo.clone()).to_luma8(),
        ImageFormat::Jpeg,
    );
    let (db, got) = apart(&grey, SMALL);
    assert!(db > 45.0 && got == PixelSize::new(160, 90), "{db:.1} dB");
}

#[test]
fn jpegs_of_four_channels_are_made_smaller_too() {
    let photo = photo(640, 360);
    let inks: Vec<u8> = photo
        .pixels()
        .flat_map(|Rgb([r, g, b])| [255 - r, 255 - g, 255 - b, 20])
        .collect();
    for kind in [ColorType::Cmyk, ColorType::CmykAsYcck] {
        let mut bytes = Vec::new();
        Encoder::new(&mut bytes, 90)
            .encode(&inks, 640, 360, kind)
            .unwrap();
        let (db, got) = apart(&bytes, SMALL);
        assert!(db > 45.0 && got == PixelSize::new(160, 90), "{db:.1} dB");
    }
}

/// zune-jpeg 0.5.15 alone gives another picture. When this fails because it no longer does, `picture::jpeg` may forget
/// the case.
#[test]
fn scans_of_one_component_each_are_read_right() {
    let photo = photo(160, 96);
    let bytes = jpeg(&photo, |encoder| encoder.set_optimized_huffman_tables(true));
    let alone = image::load_from_memory(&bytes).unwrap().into_rgb8();
    assert!(psnr(&Pixels::from(&alone), &Pixels::from(&photo)) < 15.0);
    let own = PixelSize::new(160, 96);
    for got in [decode(&bytes, limits()), at_least(&bytes, own)] {
        let db = psnr(&got.unwrap(), &Pixels::from(&photo));
        assert!(db > 30.0, "{db:.1} dB");
    }
}

#[test]
fn a_part_is_upright() {
    // Red at the top, blue at the left: every turn is told from every other.
    let mut scene = RgbImage::from_pixel(320, 160, Rgb([90, 200, 90]));
    for (x, y, px) in scene.enumerate_pixels_mut() {
        if y < 40 {
            *px = Rgb([220, 20, 20]);
        } else if x < 80 {
            *px = Rgb([20, 20, 220]);
        }
    }
    let png = file(scene.clone(), ImageFormat::Png);
    let jpeg = jpeg(&scene, |_| {});
    for orientation in 1..=8 {
        let turned = orientation >= 5;
        let least = if turned { (16, 32) } else { (32, 16) };
        let least = PixelSize::new(least.0, least.1);
        for bytes in [
            with_exif_jpeg(&jpeg, orientation),
            with_exif_png(&png, orientation),
        ] {
            let (db, got) = apart(&bytes, least);
            assert!(db > 35.0, "{orientation}: {db:.1} dB");
            assert_eq!(got.height > got.width, turned, "{orientation}");
            assert!(got.width < 160, "it was made smaller: {got}");
        }
    }
}

fn with_exif_jpeg(jpeg: &[u8], orientation: u8) -> Vec<u8> {
    let payload = [b"Exif\0\0".as_slice(), &exif(orientation)].concat();
    let length = (payload.len() as u16 + 2).to_be_bytes();
    [&jpeg[..2], &[0xFF, 0xE1], &length, &payload, &jpeg[2..]].concat()
}

fn with_exif_png(png: &[u8], orientation: u8) -> Vec<u8> {
    // Behind the header, which ends at byte 33.
    [&png[..33], &chunk(*b"eXIf", &exif(orientation)), &png[33..]].concat()
}

fn chunk(kind: [u8; 4], data: &[u8]) -> Vec<u8> {
    let body = [&kind, data].concat();
    let length = (data.len() as u32).to_be_bytes();
    let crc = super::crc32(&body).to_be_bytes();
    [&length, body.as_slice(), &crc].concat()
}

#[test]
fn every_kind_of_png_is_read() {
    let photo = DynamicImage::from(photo(256, 144));
    let least = PixelSize::new(28, 16);
    let reduced = PixelSize::new(64, 36);
    for (name, picture, part) in [
        ("grey", photo.to_luma8().into(), reduced),
        ("grey and alpha", photo.to_luma_alpha8().into(), reduced),
        ("RGB", photo.clone(), reduced),
        ("RGBA", photo.to_rgba8().into(), reduced),
        (
            "16 bits",
            DynamicImage::from(photo.to_rgb16()),
            PixelSize::new(256, 144),
        ),
    ] {
        let bytes = file(picture, ImageFormat::Png);
        let (db, got) = apart(&bytes, least);
        assert!(db > 45.0 && got == part, "{name}: {db:.1} dB, {got}");
    }
    let (db, got) = apart(&palette_png(), PixelSize::new(17, 17));
    // Its edges are as sharp as can be.
    assert!(db > 35.0 && got == PixelSize::new(40, 40), "{db:.1} dB");
    let (db, got) = apart(&interlaced_png(160), PixelSize::new(17, 17));
    assert!(db > 45.0 && got == PixelSize::new(40, 40), "{db:.1} dB");
}

/// 160x160 px in 4 colours of 2 bits, one of them transparent.
fn palette_png() -> Vec<u8> {
    let mut out = Vec::new();
    let mut encoder = png::Encoder::new(&mut out, 160, 160);
    encoder.set_color(png::ColorType::Indexed);
    encoder.set_depth(png::BitDepth::Two);
    encoder.set_palette([250, 10, 10, 10, 250, 10, 10, 10, 250, 250, 250, 10].as_slice());
    encoder.set_trns([255, 255, 255, 0].as_slice());
    let mut writer = encoder.write_header().unwrap();
    // Four stripes of 40 px.
    let row: Vec<u8> = (0..40u8).map(|x| (x / 10) * 0b0101_0101).collect();
    writer.write_image_data(&row.repeat(160)).unwrap();
    writer.finish().unwrap();
    out
}

/// Adam7 (PNG specification, 8.2), grey: a slope from corner to corner.
fn interlaced_png(side: usize) -> Vec<u8> {
    let mut packed = ZlibEncoder::new(Vec::new(), Compression::fast());
    for (x0, y0, dx, dy) in [
        (0, 0, 8, 8),
        (4, 0, 8, 8),
        (0, 4, 4, 8),
        (2, 0, 4, 4),
        (0, 2, 2, 4),
        (1, 0, 2, 2),
        (0, 1, 1, 2),
    ] {
        for y in (y0..side).step_by(dy) {
            let row: Vec<u8> = (x0..side)
                .step_by(dx)
                .map(|x| ((x + y) * 255 / (2 * side)) as u8)
                .collect();
            packed.write_all(&[&[0], row.as_slice()].concat()).unwrap();
        }
    }
    let side = (side as u32).to_be_bytes();
    let header = [&side, side.as_slice(), &[8, 0, 0, 0, 1]].concat();
    [
        b"\x89PNG\r\n\x1a\n".as_slice(),
        &chunk(*b"IHDR", &header),
        &chunk(*b"IDAT", &packed.finish().unwrap()),
        &chunk(*b"IEND", &[]),
    ]
    .concat()
}

#[test]
fn what_hides_under_transparent_pixels_stays_hidden() {
    // Columns of opaque blue and of transparent red.
    let cut = RgbaImage::from_fn(64, 64, |x, _| match x % 2 {
        0 => Rgba([0, 0, 200, 255]),
        _ => Rgba([255, 0, 0, 0]),
    });
    for (format, least) in [(ImageFormat::Png, 7), (ImageFormat::WebP, 7)] {
        let bytes = file(cut.clone(), format);
        let part = at_least(&bytes, PixelSize::new(least, least)).unwrap();
        assert_eq!(part.size(), PixelSize::new(16, 16));
        assert!(!part.is_opaque());
        for px in part.rgba().as_chunks::<4>().0 {
            assert_eq!(*px, [0, 0, 200, 128], "{format:?}");
        }
    }
}

#[test]
fn what_the_divisor_leaves_over_is_in_the_part() {
    // 2 px of 402 are left over at the right, 1 of 401 at the bottom.
    let mut edges = RgbImage::from_pixel(402, 401, Rgb([0, 0, 0]));
    for (x, y, px) in edges.enumerate_pixels_mut() {
        if x >= 400 {
            *px = Rgb([200, 0, 0]);
        }
        if y >= 400 {
            px.0[1] = 180;
        }
    }
    let bytes = file(edges, ImageFormat::Png);
    let part = at_least(&bytes, PixelSize::new(10, 10)).unwrap();
    assert_eq!(part.size(), PixelSize::new(101, 101));
    let last = |n: usize| &part.rgba()[n * 4..][..4];
    assert_eq!(last(100), [200, 0, 0, 255]);
    assert_eq!(last(101 * 101 - 2), [0, 180, 0, 255]);
}

/// A file that is no longer wanted once `left` bytes of it were read.
struct Leaving<'a> {
    file: Cursor<&'a [u8]>,
    left: usize,
    read: usize,
    given_up: &'a AtomicBool,
}

impl Read for Leaving<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let room = buffer.len().min(64);
        let n = self.file.read(&mut buffer[..room])?;
        self.consumed(n);
        Ok(n)
    }
}

impl BufRead for Leaving<'_> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        let all = self.file.fill_buf()?;
        Ok(&all[..all.len().min(64)])
    }

    fn consume(&mut self, n: usize) {
        self.file.consume(n);
        self.consumed(n);
    }
}

impl Seek for Leaving<'_> {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        self.file.seek(to)
    }
}

impl Leaving<'_> {
    fn consumed(&mut self, n: usize) {
        self.read += n;
        if self.read >= self.left {
            self.given_up.store(true, Ordering::Relaxed);
        }
    }
}

#[test]
fn a_picture_that_nobody_wants_any_more_is_not_read_to_its_end() {
    let photo = photo(320, 180);
    for format in [
        ImageFormat::Png,
        ImageFormat::Jpeg,
        ImageFormat::WebP,
        ImageFormat::Gif,
    ] {
        let bytes = file(photo.clone(), format);
        for least in [SMALL, PixelSize::new(320, 180)] {
            let given_up = AtomicBool::new(false);
            let mut reader = Leaving {
                file: Cursor::new(&bytes),
                left: bytes.len() / 2,
                read: 0,
                given_up: &given_up,
            };
            let got = decode_at_least(&mut reader, least, limits(), &given_up);
            assert_eq!(got, Err(PictureError::GivenUp), "{format:?}");
            let read = reader.read;
            assert!(read < bytes.len() / 2 + 65, "{format:?}: {read}");
        }
        let before = AtomicBool::new(true);
        let got = decode_at_least(Cursor::new(&bytes), SMALL, limits(), &before);
        assert_eq!(got, Err(PictureError::GivenUp), "{format:?}");
    }
}

#[test]
fn damaged_files_never_panic_and_half_a_jpeg_is_shown() {
    let photo = photo(128, 96);
    let least = PixelSize::new(20, 15);
    let kinds = [
        file(photo.clone(), ImageFormat::Png),
        jpeg(&photo, |_| {}),
        jpeg(&photo, |encoder| encoder.set_progressive(true)),
        jpeg(&photo, |encoder| encoder.set_optimized_huffman_tables(true)),
        palette_png(),
    ];
    for bytes in &kinds {
        for at in (0..bytes.len()).step_by(61) {
            let _ = at_least(&bytes[..at], least);
            let mut mangled = bytes.clone();
            mangled[at] ^= 0xA5;
            let _ = at_least(&mangled, least);
        }
    }
    assert!(!panic_is_caught(), "the mark is taken back");
    let half = &kinds[1][..kinds[1].len() / 2];
    assert!(at_least(half, least).is_ok());
    let half = &kinds[0][..kinds[0].len() / 2];
    assert_eq!(at_least(half, least), Err(PictureError::Damaged));
    let tight = Limits {
        side: 100,
        bytes: 1 << 20,
    };
    for bytes in &kinds {
        let got = decode_at_least(Cursor::new(bytes), least, tight, &AtomicBool::new(false));
        assert!(matches!(got, Err(PictureError::TooLarge { .. })), "{got:?}");
    }
}
