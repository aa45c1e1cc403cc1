//! Bands, budgets, glances, and the bytes of small pictures. Tests only.

use super::*;

fn picture(width: usize, height: usize, pixel: impl Fn(usize, usize) -> [u8; 3]) -> Raster {
    let pixels = (0..width * height).map(|i| pixel(i % width, i / width));
    Raster {
        width,
        height,
        pixels: pixels.collect(),
    }
}

fn noise(width: usize, height: usize) -> Raster {
    picture(width, height, |x, y| {
        let n = (y * width + x) as u32;
        (n.wrapping_mul(2_654_435_761).rotate_left(11) ^ n.wrapping_mul(40_503)).to_le_bytes()[1..]
            .try_into()
            .expect("no failure")
    })
}

/// The file that a band holds.
fn file(band: &Band) -> Vec<u8> {
    let text = std::str::from_utf8(&band.bytes).expect("no failure");
    let (_, base64) = text
        .strip_suffix('\x07')
        .expect("no failure")
        .split_once(':')
        .expect("no failure");
    STANDARD.decode(base64).expect("no failure")
}

fn covers(bands: &[Band], size: Size) {
    let cells: u32 = bands.iter().map(|band| band.area.area()).sum();
    assert_eq!(cells, u32::from(size.width) * u32::from(size.height));
    for (i, band) in bands.iter().enumerate() {
        assert_eq!(band.area, band.area.intersection(Rect::from(size)));
        assert!(bands[..i].iter().all(|b| !b.area.intersects(band.area)));
    }
}

fn within(most: usize) -> Allowed {
    Allowed {
        most: Some(most),
        ..Allowed::default()
    }
}

#[test]
fn the_file_stands_behind_its_measures() {
    assert_eq!(
        draw(b"abc", Size::new(8, 4)),
        b"\x1b]1337;File=inline=1;size=3;width=8;height=4;preserveAspectRatio=0;doNotMoveCursor=1:YWJj\x07"
    );
}

#[test]
fn two_decoders_see_the_same_picture() {
    let raster = picture(83, 45, |x, y| [(x * 3) as u8, (y * 5) as u8, (x + y) as u8]);
    let dark = picture(16, 16, |x, y| [(x * y) as u8, 9, 9]);
    for raster in [&raster, &dark, &noise(16, 16)] {
        assert!(read_alike(&jpeg(raster, 75).expect("no failure")));
    }
    let file = jpeg(&raster, 75).expect("no failure");
    let one = image::load_from_memory(&file)
        .expect("no failure")
        .into_rgb8();
    let other = jpeg_decoder::Decoder::new(&file[..])
        .decode()
        .expect("no failure");
    for ((one, other), ideal) in one.iter().zip(&other).zip(raster.samples()) {
        assert!(one.abs_diff(*other) < 8);
        assert!(one.abs_diff(*ideal) < 40);
    }
}

#[test]
fn noise_comes_in_bands_of_whole_cells_that_are_short_enough() {
    for (cell, size) in [
        ((10, 20), (30, 20)),
        ((9, 17), (40, 7)),
        ((20, 40), (100, 1)),
    ] {
        let size = Size::new(size.0, size.1);
        let raster = noise(
            usize::from(size.width) * cell.0,
            usize::from(size.height) * cell.1,
        );
        let cell = (cell.0 as u32, cell.1 as u32);
        let slow = Allowed {
            longest: 8_000,
            ..Allowed::default()
        };
        for rung in [Rung::Quick, Rung::Careful, Rung::Fine] {
            let bands = bands(&raster, cell, true, rung, slow).expect("no failure");
            covers(&bands, size);
            assert!(bands.len() > 1);
            assert!(bands.iter().all(|band| band.bytes.len() <= slow.longest));
        }
    }
}

#[test]
fn a_terminal_on_the_same_machine_gets_every_pixel() {
    let raster = noise(40, 40);
    let bands =
        bands(&raster, (10, 20), true, Rung::Exact, Allowed::default()).expect("no failure");
    let back = image::load_from_memory(&file(&bands[0])).expect("no failure");
    assert_eq!(back.into_rgb8().as_raw(), raster.samples());
    assert_eq!(bands[0].area, Rect::new(0, 0, 4, 2));
}

#[test]
fn what_has_alpha_is_a_png() {
    let raster = picture(60, 60, |x, _| if x < 30 { [0; 3] } else { [255; 3] });
    let bands =
        bands(&raster, (10, 20), false, Rung::Careful, Allowed::default()).expect("no failure");
    let back = image::load_from_memory(&file(&bands[0])).expect("no failure");
    assert_eq!(back.into_rgb8().as_raw(), raster.samples());
}

#[test]
fn what_has_alpha_is_near_lossless_across_a_network() {
    let grain = noise(200, 200);
    let raster = picture(200, 200, |x, y| {
        let grain = grain.pixels[y * 200 + x].map(|sample| sample % 16);
        [x as u8 + grain[0], y as u8 + grain[1], 90 + grain[2]]
    });
    let length = |rung| {
        let allowed = Allowed::default();
        let bands = bands(&raster, (10, 20), false, rung, allowed).expect("no failure");
        bands.iter().map(|band| band.bytes.len()).sum::<usize>()
    };
    let (far, near) = (length(Rung::Careful), length(Rung::Exact));
    assert!(far * 3 < near * 2, "{far} of {near}");
}

#[test]
fn bands_are_as_full_as_can_be() {
    // As detailed everywhere, so that no band must be short.
    let raster = picture(800, 480, |x, y| {
        let n = ((x * 7919 + y * 104_729) as u32).wrapping_mul(2_654_435_761) >> 27;
        [x as u8 / 3 + n as u8, y as u8 / 2 + n as u8, 90 + n as u8]
    });
    for longest in [5_000, 8_000, 16_000] {
        let allowed = Allowed {
            longest,
            ..Allowed::default()
        };
        let bands = bands(&raster, (10, 20), true, Rung::Careful, allowed).expect("no failure");
        covers(&bands, Size::new(80, 24));
        assert!(bands.iter().all(|band| band.bytes.len() <= longest));
        let bytes: usize = bands.iter().map(|band| band.bytes.len()).sum();
        let filled = bytes * 100 / (bands.len() * longest);
        assert!(filled >= 80, "{filled} % of {longest}");
    }
}

#[test]
fn a_budget_is_kept() {
    let raster = noise(300, 200);
    for (opaque, most) in [(true, 60_000), (true, 30_000), (false, 30_000)] {
        let bands =
            bands(&raster, (10, 20), opaque, Rung::Careful, within(most)).expect("no failure");
        let bytes: usize = bands.iter().map(|band| band.bytes.len()).sum();
        assert!(bytes <= most, "{bytes} of {most}");
    }
}

#[test]
fn a_glance_is_as_good_as_its_bytes_allow() {
    let cells = Size::new(100, 28);
    let smooth = picture(333, 186, |x, y| [(x / 2) as u8, y as u8, 90]);
    let easy = glance(&smooth, cells, 12_000).expect("no failure");
    let hard = glance(&noise(333, 186), cells, 12_000).expect("no failure");
    for bands in [&easy, &hard] {
        assert_eq!(bands[0].area, Rect::from(cells));
        assert!(bands[0].bytes.len() <= 12_000);
    }
    let width = |bands: &[Band]| {
        image::load_from_memory(&file(&bands[0]))
            .expect("no failure")
            .width()
    };
    assert_eq!(width(&easy), 333);
    assert!(width(&hard) < 333);
}

#[test]
fn the_smallest_pictures_are_pictures() {
    let raster = picture(1, 1, |_, _| [1, 2, 3]);
    for rung in [Rung::Glance, Rung::Quick, Rung::Fine, Rung::Exact] {
        let bands = bands(&raster, (1, 1), true, rung, within(1)).expect("no failure");
        covers(&bands, Size::new(1, 1));
    }
    glance(&raster, Size::new(1, 1), 1).expect("no failure");
}
