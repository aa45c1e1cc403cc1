//! Pixels, with damaged and lying files.

mod at_least;
mod convert;

use std::io::Cursor;

use image::{DynamicImage, ImageFormat, Rgb, RgbImage, Rgba, RgbaImage};
use plantain::domain::{FileFormat, OutputFormat, PixelSize};
use plantain::picture::{
    Limits, PictureError, Pixels, decode, encode, fit, is_whole, label, measure, panic_is_caught,
    sniff, strip, verify,
};

const FORMATS: [(FileFormat, ImageFormat); 4] = [
    (FileFormat::Jpeg, ImageFormat::Jpeg),
    (FileFormat::Png, ImageFormat::Png),
    (FileFormat::Webp, ImageFormat::WebP),
    (FileFormat::Gif, ImageFormat::Gif),
];

/// Red above, blue below, with enough noise that every format takes some kilobytes.
fn scene() -> RgbImage {
    RgbImage::from_fn(96, 64, |x, y| {
        let noise = (x.wrapping_mul(7919) ^ y.wrapping_mul(104_729)) % 24;
        if y < 32 {
            Rgb([220, noise as u8, noise as u8])
        } else {
            Rgb([noise as u8, noise as u8, 220])
        }
    })
}

fn file(format: ImageFormat) -> Vec<u8> {
    let mut out = Cursor::new(Vec::new());
    DynamicImage::ImageRgb8(scene())
        .write_to(&mut out, format)
        .unwrap();
    out.into_inner()
}

/// A TIFF block with an orientation, a GPS-like text behind it.
fn exif(orientation: u8) -> Vec<u8> {
    let mut tiff = b"MM\0*\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0".to_vec();
    tiff.extend([orientation, 0, 0, 0, 0, 0, 0]);
    tiff.extend(b"GPS 52.5200 N 13.4050 E");
    tiff
}

fn jpeg_with_exif(orientation: u8) -> Vec<u8> {
    let jpeg = file(ImageFormat::Jpeg);
    let payload = [b"Exif\0\0".as_slice(), &exif(orientation)].concat();
    let length = (payload.len() as u16 + 2).to_be_bytes();
    [
        &jpeg[..2],
        &[0xFF, 0xE1],
        &length,
        &payload,
        // A comment, too.
        &[0xFF, 0xFE, 0, 8],
        b"secret",
        &jpeg[2..],
    ]
    .concat()
}

fn webp_with_exif(orientation: u8) -> Vec<u8> {
    let plain = file(ImageFormat::WebP);
    let mut body = b"VP8X\x0a\0\0\0\x08\0\0\0\x5f\0\0\x3f\0\0".to_vec();
    body.extend(&plain[12..]);
    let data = exif(orientation);
    body.extend(b"EXIF");
    body.extend((data.len() as u32).to_le_bytes());
    body.extend(&data);
    if data.len() % 2 == 1 {
        body.push(0);
    }
    let size = (body.len() as u32 + 4).to_le_bytes();
    [b"RIFF", size.as_slice(), b"WEBP", &body].concat()
}

fn holds(bytes: &[u8], text: &str) -> bool {
    bytes.windows(text.len()).any(|w| w == text.as_bytes())
}

fn limits() -> Limits {
    Limits::default()
}

#[test]
fn magic_bytes_decide() {
    for (format, made) in FORMATS {
        let bytes = file(made);
        assert_eq!(sniff(&bytes), Some(format));
        assert_eq!(sniff(&bytes[..12]), Some(format), "12 bytes are enough");
    }
    assert_eq!(sniff(b"\0\0\0\x1cftypavif"), Some(FileFormat::Avif));
    assert_eq!(sniff(b"\0\0\0\x1cftypheic"), Some(FileFormat::Heic));
    for other in [
        "",
        "<!doctype html><html>",
        "<svg xmlns='http://www.w3.org/2000/svg'/>",
        "RIFF....WAVE",
        "{\"error\":1}",
        "....ftypisom",
        "....ftyp",
    ] {
        assert_eq!(sniff(other.as_bytes()), None, "{other}");
        assert_eq!(
            decode(other.as_bytes(), limits()),
            Err(PictureError::NotAPicture)
        );
    }
}

#[test]
fn a_file_is_whole_only_with_its_end() {
    for (format, made) in FORMATS {
        let bytes = file(made);
        assert!(is_whole(format, &bytes), "{format}");
        for cut in (0..bytes.len()).step_by(97).chain([bytes.len() - 1]) {
            assert!(!is_whole(format, &bytes[..cut]), "{format} cut at {cut}");
        }
        let padded = [bytes.as_slice(), b"\0\0\0trailing metadata"].concat();
        assert!(is_whole(format, &padded), "{format} with a tail");
    }
    assert!(!is_whole(FileFormat::Png, &file(ImageFormat::Jpeg)));
}

#[test]
fn an_end_mark_inside_the_metadata_does_not_count() {
    let jpeg = jpeg_with_exif(1);
    // A thumbnail's EOI inside the EXIF segment.
    let at = jpeg.windows(3).position(|w| w == b"GPS").unwrap();
    let mut thumbnail = jpeg[..jpeg.len() / 2].to_vec();
    thumbnail[at..at + 2].copy_from_slice(&[0xFF, 0xD9]);
    assert!(!is_whole(FileFormat::Jpeg, &thumbnail));
}

#[test]
fn boxes_of_avif_reach_the_end() {
    let ftyp = b"\0\0\0\x10ftypavif\0\0\0\0";
    let mdat = b"\0\0\0\x0cmdat1234";
    let whole = [ftyp.as_slice(), mdat].concat();
    assert!(is_whole(FileFormat::Avif, &whole));
    for cut in 0..whole.len() {
        assert!(!is_whole(FileFormat::Avif, &whole[..cut]), "{cut}");
    }
    assert_eq!(
        decode(&whole, limits()),
        Err(PictureError::Unsupported(FileFormat::Avif))
    );
}

#[test]
fn cut_and_mangled_files_never_panic() {
    for (format, made) in FORMATS {
        let bytes = file(made);
        for cut in (0..bytes.len()).step_by(97) {
            let _ = decode(&bytes[..cut], limits());
            let _ = measure(&bytes[..cut], limits());
            let _ = strip(&bytes[..cut]);
            let mut mangled = bytes.clone();
            mangled[cut] ^= 0xA5;
            let _ = decode(&mangled, limits());
            let _ = verify(Cursor::new(&mangled), limits());
            let _ = strip(&mangled);
            let _ = is_whole(format, &mangled);
            let _ = label(mangled, format, "text");
        }
    }
    assert!(!panic_is_caught(), "the mark is taken back");
}

#[test]
fn bombs_are_refused_from_the_header() {
    // The real header of a PNG of 60000x60000 px, then nothing.
    let mut bomb = file(ImageFormat::Png);
    bomb[16..20].copy_from_slice(&60_000u32.to_be_bytes());
    bomb[20..24].copy_from_slice(&60_000u32.to_be_bytes());
    let crc = crc32(&bomb[12..29]);
    bomb[29..33].copy_from_slice(&crc.to_be_bytes());
    let size = PixelSize::new(60_000, 60_000);
    let refused = Err(PictureError::TooLarge { size });
    assert_eq!(measure(&bomb, limits()), refused);
    assert_eq!(decode(&bomb, limits()).map(|p| p.size()), refused);
    let verified = verify(Cursor::new(&bomb), limits());
    assert_eq!(verified, Err(PictureError::TooLarge { size }));

    let tight = Limits {
        side: 8192,
        bytes: 96 * 64 * 4 - 1,
    };
    for (_, made) in FORMATS {
        assert!(matches!(
            decode(&file(made), tight),
            Err(PictureError::TooLarge { .. })
        ));
    }
}

#[test]
fn a_whole_file_whose_pixels_are_damaged_is_found_by_decoding() {
    for (format, made) in FORMATS {
        let bytes = file(made);
        assert_eq!(
            verify(Cursor::new(&bytes), limits()),
            Ok(()),
            "{format} as it is"
        );
    }
    let mut bytes = file(ImageFormat::Png);
    let middle = bytes.len() / 2;
    bytes[middle] ^= 0xFF;
    assert!(is_whole(FileFormat::Png, &bytes));
    assert_eq!(measure(&bytes, limits()), Ok(PixelSize::new(96, 64)));
    assert_eq!(
        verify(Cursor::new(&bytes), limits()),
        Err(PictureError::Damaged)
    );
}

#[test]
fn the_largest_picture_of_the_endpoint_is_allowed() {
    let wide = RgbImage::new(5504, 3072);
    let mut out = Cursor::new(Vec::new());
    DynamicImage::ImageRgb8(wide)
        .write_to(&mut out, ImageFormat::Png)
        .unwrap();
    assert_eq!(
        measure(&out.into_inner(), limits()),
        Ok(PixelSize::new(5504, 3072))
    );
}

#[test]
fn orientation_is_applied() {
    for bytes in [jpeg_with_exif(6), webp_with_exif(6)] {
        assert_eq!(measure(&bytes, limits()), Ok(PixelSize::new(64, 96)));
        let pixels = decode(&bytes, limits()).unwrap();
        assert_eq!(pixels.size(), PixelSize::new(64, 96));
        // A quarter turn clockwise: what was above is now at the right.
        let px = |x: usize| &pixels.rgba()[(48 * 64 + x) * 4..][..3];
        assert!(px(60)[0] > 180, "red at the right: {:?}", px(60));
        assert!(px(3)[2] > 180, "blue at the left: {:?}", px(3));
    }
}

#[test]
fn formats_decode_to_what_was_drawn() {
    let drawn = Pixels::from(&scene());
    for (_, made) in &FORMATS[1..3] {
        assert_eq!(decode(&file(*made), limits()).unwrap(), drawn);
    }
    for (_, made) in FORMATS {
        let pixels = decode(&file(made), limits()).unwrap();
        assert_eq!(pixels.size(), PixelSize::new(96, 64));
        assert!(pixels.is_opaque());
    }
}

#[test]
fn a_cmyk_jpeg_is_opened() {
    let bytes = cmyk_jpeg();
    assert!(is_whole(FileFormat::Jpeg, &bytes));
    let pixels = decode(&bytes, limits()).unwrap();
    assert_eq!(pixels.size(), PixelSize::new(8, 8));
    assert!(pixels.is_opaque());
}

#[test]
fn alpha_is_kept_weighed_and_flattened() {
    // White at the left, and green that nobody sees at the right.
    let cut_out = RgbaImage::from_fn(64, 64, |x, _| {
        if x < 32 {
            Rgba([255, 255, 255, 255])
        } else {
            Rgba([0, 255, 0, 0])
        }
    });
    let mut png = Cursor::new(Vec::new());
    cut_out.write_to(&mut png, ImageFormat::Png).unwrap();
    let pixels = decode(&png.into_inner(), limits()).unwrap();
    assert!(!pixels.is_opaque());

    let small = fit(&pixels, PixelSize::new(9, 9));
    for px in small.rgba().chunks(4).filter(|px| px[3] > 8) {
        assert!(px[0] > 240 && px[2] > 240, "hidden green bled in: {px:?}");
    }

    for format in [OutputFormat::Png, OutputFormat::Webp] {
        let again = decode(&encode(&pixels, format, 90).unwrap(), limits()).unwrap();
        assert_eq!(again, pixels, "{format}");
    }
    let jpeg = decode(&encode(&pixels, OutputFormat::Jpeg, 90).unwrap(), limits()).unwrap();
    assert!(jpeg.is_opaque());
    assert!(jpeg.rgba().iter().all(|b| *b > 240), "laid over white");
}

#[test]
fn fitting_gives_the_exact_size() {
    let pixels = Pixels::from(&scene());
    for size in [(1, 1), (48, 32), (300, 7), (96, 64)] {
        let size = PixelSize::new(size.0, size.1);
        let fitted = fit(&pixels, size);
        assert_eq!(fitted.size(), size);
        assert_eq!(fitted.rgba().len(), (size.width * size.height * 4) as usize);
    }
    let half = fit(&pixels, PixelSize::new(48, 32));
    assert!(half.rgba()[0] > 180 && half.rgba()[2] < 60, "red above");
    assert_eq!(fit(&pixels, pixels.size()), pixels);
    assert_eq!(fit(&pixels, PixelSize::new(0, 5)).size().width, 1);
}

#[test]
fn pixels_hold_what_their_size_says() {
    assert!(Pixels::new(PixelSize::new(2, 1), vec![0; 8]).is_some());
    assert!(Pixels::new(PixelSize::new(2, 1), vec![0; 7]).is_none());
    assert!(Pixels::new(PixelSize::new(0, 0), Vec::new()).is_none());
}

#[test]
fn a_size_that_the_format_cannot_hold_is_an_error() {
    let long = Pixels::new(PixelSize::new(70_000, 1), vec![9; 280_000]).unwrap();
    assert!(encode(&long, OutputFormat::Jpeg, 90).is_err());
    assert!(encode(&long, OutputFormat::Png, 90).is_ok());
}

#[test]
fn a_label_is_in_the_file_and_the_pixels_are_as_before() {
    let text = "a <demo> & no model";
    for (format, made) in FORMATS {
        let plain = file(made);
        let labelled = label(plain.clone(), format, text);
        assert_eq!(
            decode(&labelled, limits()).unwrap(),
            decode(&plain, limits()).unwrap(),
            "{format}"
        );
        assert!(is_whole(format, &labelled));
        match format {
            FileFormat::Png => assert!(holds(&labelled, text)),
            FileFormat::Gif => assert_eq!(labelled, plain),
            _ => assert!(holds(&labelled, "a &lt;demo&gt; &amp; no model")),
        }
        if format != FileFormat::Gif {
            let stripped = strip(&labelled).unwrap();
            assert!(!holds(&stripped, "demo"), "{format}");
            assert_eq!(
                decode(&stripped, limits()).unwrap(),
                decode(&plain, limits()).unwrap()
            );
        }
    }
    // The text chunk is one that a strict reader accepts, checksum and all.
    let png = label(file(ImageFormat::Png), FileFormat::Png, text);
    let reader = png::Decoder::new(Cursor::new(png)).read_info().unwrap();
    let chunk = &reader.info().utf8_text[1];
    assert_eq!(chunk.keyword, "Description");
    assert_eq!(chunk.get_text().unwrap(), text);
}

#[test]
fn a_translucent_webp_stays_so_under_its_label() {
    let glass = Pixels::new(PixelSize::new(2, 2), vec![100; 16]).unwrap();
    let webp = encode(&glass, OutputFormat::Webp, 90).unwrap();
    let labelled = label(webp, FileFormat::Webp, "text");
    assert_eq!(decode(&labelled, limits()).unwrap(), glass);
}

#[test]
fn stripping_leaves_orientation_and_nothing_else() {
    for orientation in [1, 6, 8] {
        for bytes in [jpeg_with_exif(orientation), webp_with_exif(orientation)] {
            assert!(holds(&bytes, "GPS"));
            let stripped = strip(&bytes).unwrap();
            assert!(!holds(&stripped, "GPS"));
            assert!(!holds(&stripped, "secret"));
            assert_eq!(holds(&stripped, "II*"), orientation != 1);
            assert_eq!(
                decode(&stripped, limits()).unwrap(),
                decode(&bytes, limits()).unwrap()
            );
        }
    }
    // A video or a second picture behind the end is gone as well.
    let tail = [file(ImageFormat::Jpeg), b"ftypmp42 GPS".to_vec()].concat();
    assert_eq!(strip(&tail).unwrap(), file(ImageFormat::Jpeg));
}

#[test]
fn what_cannot_be_stripped_is_said() {
    assert_eq!(strip(b"<html>"), Err(PictureError::NotAPicture));
    assert_eq!(
        strip(b"\0\0\0\x10ftypheic\0\0\0\0"),
        Err(PictureError::Unsupported(FileFormat::Heic))
    );
    let half = file(ImageFormat::Jpeg);
    assert_eq!(strip(&half[..half.len() / 2]), Err(PictureError::Damaged));
}

fn crc32(bytes: &[u8]) -> u32 {
    !bytes.iter().fold(u32::MAX, |crc, byte| {
        (0..8).fold(crc ^ u32::from(*byte), |crc, _| {
            (crc >> 1) ^ (0xEDB8_8320 & (crc & 1).wrapping_neg())
        })
    })
}

/// A grey JPEG of 8x8 px in four channels: one block each, all of its values 0, each Huffman table with one code.
fn cmyk_jpeg() -> Vec<u8> {
    let mut out = b"\xFF\xD8\xFF\xEE\0\x0EAdobe\0\x64\0\0\0\0\0".to_vec();
    out.extend(b"\xFF\xDB\0\x43\0");
    out.extend([1; 64]);
    out.extend(b"\xFF\xC0\0\x14\x08\0\x08\0\x08\x04");
    for component in 1..=4 {
        out.extend([component, 0x11, 0]);
    }
    for class in [0x00, 0x10] {
        out.extend(b"\xFF\xC4\0\x14");
        out.extend([class, 1]);
        out.extend([0; 16]);
    }
    out.extend(b"\xFF\xDA\0\x0E\x04\x01\0\x02\0\x03\0\x04\0\0\x3F\0");
    out.extend(b"\0\xFF\xD9");
    out
}
