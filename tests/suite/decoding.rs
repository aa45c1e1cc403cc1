//! A picture file for showing: only as many px as are wanted, and from its thumbnail the second time.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::atomic::AtomicBool;

use image::{Rgb, RgbImage};
use plantain::domain::{FailureKind, OutputFormat, PixelSize};
use plantain::library::Thumbnails;
use plantain::picture::{Pixels, encode};
use plantain::runtime::{decode_for, keep_thumbnail, measure, thumbnail};
use tempfile::TempDir;

/// A folder with a picture, left half green, of which the upper quarter is see-through if it is to be `cut_out`.
fn scene(size: PixelSize, format: OutputFormat, cut_out: bool) -> (TempDir, PathBuf, Thumbnails) {
    let opaque = RgbImage::from_fn(size.width, size.height, |x, _| {
        if x < size.width / 2 {
            Rgb([20, 180, 20])
        } else {
            Rgb([180, 20, 180])
        }
    });
    let mut rgba = Pixels::from(&opaque).rgba().to_vec();
    if cut_out {
        let quarter = rgba.len() / 4;
        rgba[..quarter]
            .iter_mut()
            .skip(3)
            .step_by(4)
            .for_each(|a| *a = 0);
    }
    let pixels = Pixels::new(size, rgba).unwrap();
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("picture");
    fs::write(&path, encode(&pixels, format, 90).unwrap()).unwrap();
    let thumbnails = Thumbnails::new(dir.path().join("thumbnails"));
    (dir, path, thumbnails)
}

fn decoded(path: &Path, width: u32, height: u32) -> Pixels {
    let least = PixelSize::new(width, height);
    decode_for(path, least, &AtomicBool::new(false)).unwrap()
}

fn px(pixels: &Pixels, x: u32, y: u32) -> [u8; 4] {
    let at = (y * pixels.size().width + x) as usize;
    pixels.rgba().as_chunks::<4>().0[at]
}

#[test]
fn no_more_is_decoded_than_is_wanted() {
    let size = PixelSize::new(800, 400);
    for format in [OutputFormat::Png, OutputFormat::Jpeg, OutputFormat::Webp] {
        let (_dir, path, _) = scene(size, format, false);
        assert_eq!(measure(&path).unwrap(), size);
        assert_eq!(decoded(&path, 80, 40).size(), PixelSize::new(200, 100));
        assert_eq!(decoded(&path, 800, 400).size(), size);
    }
}

#[test]
fn a_thumbnail_is_the_picture_made_small() {
    for (cut_out, format) in [(false, OutputFormat::Jpeg), (true, OutputFormat::Png)] {
        let (dir, path, thumbnails) = scene(PixelSize::new(900, 450), format, cut_out);
        assert!(thumbnail(&thumbnails, &path).is_none());
        keep_thumbnail(&thumbnails, &path, &decoded(&path, 900, 450));
        let small = thumbnail(&thumbnails, &path).unwrap();
        assert_eq!(small.size(), PixelSize::new(512, 256));
        assert_eq!(small.is_opaque(), !cut_out);
        assert_eq!(px(&small, 100, 10)[3], if cut_out { 0 } else { 255 });
        for (x, color) in [(100, [20, 180, 20, 255]), (400, [180, 20, 180, 255])] {
            let got = px(&small, x, 200);
            let near = got.iter().zip(color).all(|(a, b)| a.abs_diff(b) < 4);
            assert!(near, "{got:?}");
        }
        // What is no picture, though it was kept whole, is passed over and replaced.
        thumbnails.keep(&path, b"no picture").unwrap();
        assert!(thumbnail(&thumbnails, &path).is_none());
        keep_thumbnail(&thumbnails, &path, &small);
        assert!(
            thumbnail(&thumbnails, &path).is_none(),
            "made of too little"
        );
        keep_thumbnail(&thumbnails, &path, &decoded(&path, 900, 450));
        assert!(thumbnail(&thumbnails, &path).is_some());
        assert_eq!(
            fs::read_dir(dir.path().join("thumbnails")).unwrap().count(),
            1
        );
    }
}

#[test]
fn what_cannot_be_decoded_is_told() {
    let (dir, path, thumbnails) = scene(PixelSize::new(8, 8), OutputFormat::Png, false);
    let any = PixelSize::new(8, 8);
    let gone = dir.path().join("gone");
    for path in [&gone, dir.path()] {
        let failure = decode_for(path, any, &AtomicBool::new(false)).unwrap_err();
        assert_eq!(failure.kind, FailureKind::Library);
        assert_eq!(measure(path).unwrap_err().kind, FailureKind::Library);
    }
    let given_up = decode_for(&path, any, &AtomicBool::new(true)).unwrap_err();
    assert_eq!(given_up.kind, FailureKind::Cancelled);
    fs::write(&path, "no picture").unwrap();
    let failure = decode_for(&path, any, &AtomicBool::new(false)).unwrap_err();
    assert_eq!(failure.kind, FailureKind::NotAPicture);
    assert!(failure.hint.is_some());
    assert!(thumbnail(&thumbnails, &gone).is_none());
    fs::File::create(&path).unwrap().set_len(65 << 20).unwrap();
    let failure = decode_for(&path, any, &AtomicBool::new(false)).unwrap_err();
    assert!(
        failure.message.as_str().contains("over 64 MB"),
        "{}",
        failure.message
    );
}
