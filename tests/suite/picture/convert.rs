//! A picture once more in another format: pixels, transparency, colours, and what is left behind.

use std::io::Cursor;

use image::codecs::jpeg::JpegEncoder;
use image::codecs::png::PngEncoder;
use image::codecs::webp::WebPEncoder;
use image::{ExtendedColorType, ImageDecoder, ImageEncoder, ImageFormat, ImageReader};
use plantain::domain::{FileFormat, OutputFormat, PixelSize};
use plantain::picture::{PictureError, Pixels, convert, decode, encode, is_whole, measure, sniff};

use super::{file, holds, jpeg_with_exif, limits, scene};

/// Half of it see-through.
fn cut_out() -> Pixels {
    let rgba = (0..64 * 32)
        .flat_map(|at| [200, 40, 40, if at % 64 < 32 { 0 } else { 255 }])
        .collect();
    Pixels::new(PixelSize::new(64, 32), rgba).unwrap()
}

#[test]
fn without_loss_every_pixel_is_kept() {
    let jpeg = file(ImageFormat::Jpeg);
    let pixels = decode(&jpeg, limits()).unwrap();
    for to in [OutputFormat::Png, OutputFormat::Webp] {
        let made = convert(&jpeg, to).unwrap();
        assert_eq!(sniff(&made.bytes), Some(FileFormat::from(to)));
        assert!(is_whole(FileFormat::from(to), &made.bytes));
        assert_eq!(decode(&made.bytes, limits()).unwrap(), pixels, "{to}");
        assert!(!made.flattened);
    }
}

#[test]
fn a_jpeg_has_white_where_the_picture_was_transparent() {
    let png = encode(&cut_out(), OutputFormat::Png, 90).unwrap();
    let kept = convert(&png, OutputFormat::Webp).unwrap();
    assert_eq!(decode(&kept.bytes, limits()).unwrap(), cut_out());
    assert!(!kept.flattened);
    let jpeg = convert(&png, OutputFormat::Jpeg).unwrap();
    assert!(jpeg.flattened);
    let pixels = decode(&jpeg.bytes, limits()).unwrap();
    let near = |at: usize, expected: [u8; 3]| {
        let got = &pixels.rgba()[at * 4..at * 4 + 3];
        got.iter().zip(expected).all(|(a, b)| a.abs_diff(b) < 6)
    };
    assert!(near(4, [255; 3]) && near(60, [200, 40, 40]));
}

#[test]
fn the_new_file_stands_upright_and_carries_no_metadata() {
    let turned = jpeg_with_exif(6);
    let made = convert(&turned, OutputFormat::Png).unwrap();
    let size = measure(&turned, limits()).unwrap();
    assert_eq!(size, PixelSize::new(64, 96));
    assert_eq!(measure(&made.bytes, limits()).unwrap(), size);
    for text in ["GPS", "secret", "Exif"] {
        assert!(holds(&turned, text) && !holds(&made.bytes, text), "{text}");
    }
}

/// A header of 128 bytes that declares a colour space.
fn profile(space: [u8; 4]) -> Vec<u8> {
    let mut profile = vec![7; 128];
    profile[16..20].copy_from_slice(&space);
    profile
}

fn with_profile(format: ImageFormat, profile: &[u8]) -> Vec<u8> {
    fn write(mut encoder: impl ImageEncoder, profile: &[u8]) {
        encoder.set_icc_profile(profile.to_vec()).unwrap();
        let pixels = scene();
        encoder
            .write_image(&pixels, 96, 64, ExtendedColorType::Rgb8)
            .unwrap();
    }
    let mut out = Cursor::new(Vec::new());
    match format {
        ImageFormat::Png => write(PngEncoder::new(&mut out), profile),
        ImageFormat::Jpeg => write(JpegEncoder::new(&mut out), profile),
        _ => write(WebPEncoder::new_lossless(&mut out), profile),
    }
    out.into_inner()
}

fn profile_of(bytes: &[u8]) -> Option<Vec<u8>> {
    let reader = ImageReader::new(Cursor::new(bytes)).with_guessed_format();
    reader
        .unwrap()
        .into_decoder()
        .unwrap()
        .icc_profile()
        .unwrap()
}

#[test]
fn the_colour_profile_comes_along_where_it_is_one_for_rgb() {
    for from in [ImageFormat::Jpeg, ImageFormat::Png, ImageFormat::WebP] {
        for to in OutputFormat::ALL {
            let rgb = profile(*b"RGB ");
            let made = convert(&with_profile(from, &rgb), to).unwrap();
            assert_eq!(profile_of(&made.bytes), Some(rgb), "{from:?} to {to}");
            let cmyk = profile(*b"CMYK");
            let made = convert(&with_profile(from, &cmyk), to).unwrap();
            assert_eq!(profile_of(&made.bytes), None, "{from:?} to {to}");
        }
    }
}

#[test]
fn what_cannot_be_decoded_is_an_error() {
    let png = file(ImageFormat::Png);
    let mut broken = png.clone();
    let middle = broken.len() / 2;
    broken[middle..middle + 200].fill(0);
    assert_eq!(
        convert(&broken, OutputFormat::Jpeg),
        Err(PictureError::Damaged)
    );
    assert_eq!(
        convert(b"<html>", OutputFormat::Png),
        Err(PictureError::NotAPicture)
    );
    let avif = b"\0\0\0\x1cftypavif\0\0\0\0avifmif1miaf";
    assert_eq!(
        convert(avif, OutputFormat::Png),
        Err(PictureError::Unsupported(FileFormat::Avif))
    );
}
