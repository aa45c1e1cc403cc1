//! Files read back: how like the picture they are, and whether they keep to their bytes.

use super::near::{Quality, rows};
use super::{exact, fitted, glance, indexed};
use crate::graphics::palette::Indexed;
use crate::graphics::raster::Raster;
use crate::graphics::rung::Rung;

fn picture(width: usize, height: usize, color: impl Fn(usize, usize) -> [u8; 3]) -> Raster {
    let pixels = (0..width * height).map(|at| color(at % width, at / width));
    Raster {
        width,
        height,
        pixels: pixels.collect(),
    }
}

/// Mixed so well that neither a filter nor a match helps.
fn mixed(x: usize, y: usize) -> u32 {
    let seed = (x as u32).wrapping_mul(0x9e37_79b1) ^ (y as u32).wrapping_mul(0x85eb_ca6b);
    let seed = (seed ^ (seed >> 15)).wrapping_mul(0x2c1b_3c6d);
    seed ^ (seed >> 13)
}

fn photo_light(x: usize, y: usize) -> f32 {
    80.0 + (x as f32 / 31.0).sin() * (y as f32 / 23.0).cos() * 60.0
}

/// Soft light, an edge and noise.
fn photo(width: usize, height: usize) -> Raster {
    picture(width, height, |x, y| {
        let light = photo_light(x, y) - 80.0;
        let edge = if x + y / 2 > width / 2 { 40.0 } else { 0.0 };
        std::array::from_fn(|c| {
            let noise = (mixed(x, y) >> (8 * c) & 7) as f32;
            (80.0 + light * (1.0 - c as f32 / 5.0) + edge + noise) as u8
        })
    })
}

/// A ramp from top to bottom with a little noise, as skies are.
fn sky(width: usize, height: usize) -> Raster {
    picture(width, height, |x, y| {
        let light = 90.0 + 100.0 * y as f32 / height as f32 + (mixed(x, y) & 3) as f32;
        [light * 0.7, light * 0.9, light * 1.2].map(|v| v as u8)
    })
}

/// Soft-edged discs and lines on one ground: thousands of colours, most of them rare.
fn drawing(width: usize, height: usize) -> Raster {
    picture(width, height, |x, y| {
        let far = |x: usize, y: usize| {
            let (dx, dy) = ((x % 90) as f32 - 45.0, (y % 80) as f32 - 40.0);
            (dx.hypot(dy) - 25.0).clamp(0.0, 2.0) / 2.0
        };
        let ink = 1.0 - far(x, y);
        let tint = [200, 60, 30].map(|v| v + (x / 90 * 9 + y / 80 * 5) as u16 % 50);
        std::array::from_fn(|c| (245.0 + (f32::from(tint[c]) - 245.0) * ink) as u8)
    })
}

fn shown(file: &[u8]) -> Raster {
    let read = image::load_from_memory_with_format(file, image::ImageFormat::Png)
        .expect("a PNG")
        .to_rgb8();
    Raster {
        width: read.width() as usize,
        height: read.height() as usize,
        pixels: read.as_raw().as_chunks::<3>().0.to_vec(),
    }
}

/// dB between a picture and a file of the same size.
fn psnr(raster: &Raster, file: &[u8]) -> f64 {
    let got = shown(file);
    assert_eq!((got.width, got.height), (raster.width, raster.height));
    let errors = raster.samples().iter().zip(got.samples());
    let squares: f64 = errors.map(|(a, b)| f64::from(a.abs_diff(*b)).powi(2)).sum();
    10.0 * (255.0 * 255.0 * raster.samples().len() as f64 / squares).log10()
}

fn color_type(file: &[u8]) -> (u8, u8) {
    (file[25], file[24])
}

#[test]
fn residuals_are_whole_steps_against_what_is_shown() {
    let dots = picture(3, 2, |x, y| [[10, 20, 30], [200, 0, 90]][(x + y) % 2]);
    // A weight of nothing: each sample as near as a step of 4 comes.
    let got = rows::<2>(&dots, Quality::new(4, 0.0));
    #[rustfmt::skip]
    assert_eq!(got, [
        1, 12, 20, 32,   188, 236, 60,    64, 20, 192,
        3, 196, 248, 76, 64, 20, 192,     192, 236, 64,
    ]);
}

#[test]
fn a_palette_takes_the_fewest_bits() {
    let two = Indexed {
        colors: vec![[1, 2, 3], [250, 251, 252]],
        indices: vec![0, 1, 0, 1, 0, 1],
    };
    let file = indexed::encode(&two, 3, 9).expect("no failure");
    assert_eq!(color_type(&file), (3, 1));
    assert_eq!(shown(&file).pixels[1], [250, 251, 252]);
    for (colors, bits) in [(4, 2), (5, 4), (16, 4), (17, 8), (256, 8)] {
        let many = picture(colors * 2, 3, |x, _| {
            [(x / 2) as u8, 7, 255 - (x / 2) as u8]
        });
        let file = fitted(&many, Rung::Quick, None).expect("no failure");
        assert_eq!(color_type(&file), (3, bits), "{colors} colours");
        assert_eq!(shown(&file), many);
    }
}

#[test]
fn exact_is_every_pixel() {
    for raster in [photo(61, 37), picture(3, 2, |x, y| [x as u8, y as u8, 9])] {
        assert_eq!(shown(&exact(&raster).expect("no failure")), raster);
    }
}

#[test]
fn each_rung_is_as_good_and_as_short_as_it_says() {
    let photo = photo(240, 160);
    let lossless = exact(&photo).expect("no failure").len();
    let mut lengths = Vec::new();
    for (rung, least) in [
        (Rung::Quick, 36.5),
        (Rung::Careful, 36.5),
        (Rung::Fine, 41.0),
    ] {
        let file = fitted(&photo, rung, None).expect("no failure");
        let quality = psnr(&photo, &file);
        assert!(quality > least, "{rung:?}: {quality} dB");
        assert_eq!(color_type(&file), (2, 8));
        lengths.push(file.len());
    }
    assert!(
        lengths[1] < lengths[0] && lengths[0] < lengths[2],
        "{lengths:?}"
    );
    assert!(lengths[2] * 2 < lossless, "{lengths:?} of {lossless}");
}

#[test]
fn a_plain_sky_has_no_specks() {
    let sky = sky(200, 160);
    let got = shown(&fitted(&sky, Rung::Careful, None).expect("no failure"));
    // A speck is a pixel that stands out from the one on its left, where the sky itself has a little noise.
    let stands_out = |pair: &[[u8; 3]]| i32::from(pair[1][1]) - i32::from(pair[0][1]) > 6;
    let specks = got
        .pixels
        .chunks(got.width)
        .map(|row| row[2..].windows(2).filter(|pair| stands_out(pair)).count())
        .sum::<usize>();
    assert!(specks < 16, "{specks} of {} px", got.pixels.len());
}

#[test]
fn drawn_art_goes_into_a_palette() {
    let art = drawing(400, 300);
    let file = fitted(&art, Rung::Careful, None).expect("no failure");
    assert_eq!(color_type(&file).0, 3);
    assert!(psnr(&art, &file) > 37.0);
    let photo = fitted(&sky(120, 300), Rung::Careful, None).expect("no failure");
    assert_eq!(color_type(&photo), (2, 8));
}

#[test]
fn a_budget_is_kept() {
    let pictures = [
        photo(320, 200),
        drawing(320, 200),
        picture(300, 200, |x, y| {
            let noise = mixed(x, y).to_le_bytes();
            [noise[0], noise[1], noise[2]]
        }),
    ];
    for raster in pictures {
        for most in [10_000, 3000, 600] {
            for rung in [Rung::Quick, Rung::Fine] {
                let file = fitted(&raster, rung, Some(most)).expect("no failure");
                assert!(file.len() <= most, "{rung:?}: {} of {most}", file.len());
                shown(&file);
            }
        }
    }
}

#[test]
fn a_glance_fills_its_bytes() {
    let small = picture(333, 186, |x, y| {
        let light = photo_light(x, y) + (mixed(x / 2, y / 2) & 63) as f32;
        [light, light * 0.8, light * 0.9].map(|v| v as u8)
    });
    let file = glance(&small, 8800).expect("no failure");
    assert!(file.len() <= 8800 && file.len() > 7000, "{}", file.len());
    let got = shown(&file);
    assert!(got.width > 100 && got.width * 186 / 333 <= got.height + 2);
    let flat = picture(333, 186, |_, _| [9, 99, 200]);
    let file = glance(&flat, 8800).expect("no failure");
    assert!(file.len() < 2000 && shown(&file).width == 333);
}

#[test]
fn no_size_and_no_picture_is_too_odd() {
    let noise = |x, y| {
        let noise = mixed(x, y).to_le_bytes();
        [noise[0], noise[1], noise[2]]
    };
    for (width, height) in [(1, 1), (1, 70), (70, 1), (2, 3), (5, 64), (40, 33)] {
        let flat = picture(width, height, |_, _| [3, 200, 90]);
        let stripes = picture(
            width,
            height,
            |x, _| if x % 2 == 0 { [0; 3] } else { [255; 3] },
        );
        for raster in [picture(width, height, noise), flat, stripes] {
            for rung in [
                Rung::Glance,
                Rung::Quick,
                Rung::Careful,
                Rung::Fine,
                Rung::Exact,
            ] {
                let file = fitted(&raster, rung, None).expect("no failure");
                let got = shown(&file);
                assert_eq!((got.width, got.height), (width, height));
                // No file is shorter than its frame; asking for that is no reason to fail.
                shown(&fitted(&raster, rung, Some(10)).expect("no failure"));
            }
            shown(&glance(&raster, 300).expect("no failure"));
        }
    }
}

#[test]
fn the_same_picture_makes_the_same_file() {
    let photo = photo(200, 120);
    for rung in [Rung::Quick, Rung::Careful, Rung::Fine] {
        let file = || fitted(&photo, rung, Some(20_000)).expect("no failure");
        assert!(file() == file());
    }
    assert!(glance(&photo, 5000).expect("no failure") == glance(&photo, 5000).expect("no failure"));
}

#[test]
fn a_tiny_picture_is_these_bytes() {
    let many = picture(6, 4, |x, y| {
        [(x * 40) as u8, (y * 60) as u8, (x * 7 + y * 13) as u8]
    });
    let file = fitted(&many, Rung::Careful, None).expect("no failure");
    let hex = file
        .iter()
        .fold(String::new(), |hex, byte| hex + &format!("{byte:02x}"));
    assert_eq!(
        hex,
        "89504e470d0a1a0a0000000d49484452000000060000000408020000002266d9140000002449444154\
         78da63646060d060e0d2009310c4cc60c3252287829819a24430842ae4d08400c71e05c955a453b900\
         00000049454e44ae426082"
    );
}
