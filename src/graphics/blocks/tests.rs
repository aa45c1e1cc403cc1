//! What is written, byte for byte on tiny pictures, and played back into pixels on larger ones.

// For the test of pure rooms too: what follows may unwrap.
#[cfg(test)]
use super::*;

type Rgb = [u8; 3];

const RED: Rgb = [255, 0, 0];
const BLUE: Rgb = [0, 0, 255];
const GREEN: Rgb = [0, 255, 0];
const SETS: [Glyphs; 4] = [
    Glyphs::Halves,
    Glyphs::Quadrants,
    Glyphs::Sextants,
    Glyphs::Octants,
];

fn raster(width: usize, pixels: &[Rgb]) -> Raster {
    Raster {
        width,
        height: pixels.len() / width,
        pixels: pixels.to_vec(),
    }
}

fn only_row(glyphs: Glyphs, depth: ColorDepth, threshold: u32, raster: &Raster) -> String {
    let mut rows = rows(raster, glyphs, depth, threshold, false);
    assert_eq!(rows.len(), 1);
    String::from_utf8(rows.remove(0)).unwrap()
}

/// One cell of `glyphs` whose pixels are red where `mask` is set, else blue.
fn cell(glyphs: Glyphs, mask: usize) -> Raster {
    let (width, height) = glyphs.pixels();
    let pixels: Vec<Rgb> = (0..width * height)
        .map(|bit| if mask >> bit & 1 == 1 { RED } else { BLUE })
        .collect();
    raster(width as usize, &pixels)
}

/// Plays rows back: each cell becomes `px` pixels of its own. SGR, REP and the characters of all sets.
fn play(rows: &[Vec<u8>], px: (usize, usize)) -> Raster {
    let mut lines: Vec<Vec<Rgb>> = Vec::new();
    for row in rows {
        let text = std::str::from_utf8(row).unwrap();
        let mut cells: Vec<(char, Rgb, Rgb)> = Vec::new();
        let (mut fg, mut bg) = ([1; 3], [1; 3]);
        let mut chars = text.chars();
        while let Some(glyph) = chars.next() {
            if glyph != '\x1b' {
                cells.push((glyph, fg, bg));
                continue;
            }
            assert_eq!(chars.next(), Some('['));
            let rest = chars.as_str();
            let end = rest.find(|c: char| c.is_ascii_alphabetic()).unwrap();
            let parameters = &rest[..end];
            match rest.as_bytes()[end] {
                b'm' => select(parameters, &mut fg, &mut bg),
                b'b' => {
                    let last = *cells.last().unwrap();
                    let times = parameters.parse().unwrap();
                    cells.extend(std::iter::repeat_n(last, times));
                }
                other => panic!("CSI {}", char::from(other)),
            }
            chars = rest[end + 1..].chars();
        }
        assert!(row.ends_with(b"\x1b[m"), "ends in plain colours");
        for y in 0..px.1 {
            let line = cells.iter().flat_map(|&(glyph, fg, bg)| {
                (0..px.0).map(move |x| if is_ink(glyph, (x, y), px) { fg } else { bg })
            });
            lines.push(line.collect());
        }
    }
    assert!(lines.iter().all(|line| line.len() == lines[0].len()));
    raster(lines[0].len(), &lines.concat())
}

fn select(parameters: &str, fg: &mut Rgb, bg: &mut Rgb) {
    let mut numbers = parameters.split(';').filter_map(|n| n.parse::<u8>().ok());
    while let Some(number) = numbers.next() {
        let named = |n: u8| color::Color::Named(n).rgb().map(|sample| sample as u8);
        let color = match number {
            30..38 | 40..48 => named(number % 10),
            90..98 | 100..108 => named(8 + number % 10),
            38 | 48 => match numbers.next() {
                Some(2) => std::array::from_fn(|_| numbers.next().unwrap()),
                Some(5) => {
                    let index = numbers.next().unwrap();
                    color::Color::Cube(index).rgb().map(|sample| sample as u8)
                }
                other => panic!("{number};{other:?}"),
            },
            _ => panic!("SGR {number}"),
        };
        let background = (40..50).contains(&number) || number >= 100;
        *(if background { &mut *bg } else { &mut *fg }) = color;
    }
}

fn is_ink(glyph: char, (x, y): (usize, usize), px: (usize, usize)) -> bool {
    let (glyphs, mask) = SETS
        .into_iter()
        .find_map(|glyphs| {
            let mask = glyphs::table(glyphs).iter().position(|&g| g == glyph)?;
            Some((glyphs, mask))
        })
        .unwrap();
    let (width, height) = glyphs.pixels();
    let (width, height) = (width as usize, height as usize);
    mask >> (y * height / px.1 * width + x * width / px.0) & 1 == 1
}

/// Sky, hills, and a sharp edge, with some grain.
fn photo(width: usize, height: usize) -> Raster {
    let pixels = (0..width * height).map(|i| {
        let (x, y) = (
            (i % width) as f32 / width as f32,
            (i / width) as f32 / height as f32,
        );
        let grain = (i * 7919 % 13) as f32;
        let hill = 0.5 + 0.2 * (9.0 * x).sin();
        let [r, g, b] = if y > hill {
            [60.0 + 90.0 * x, 120.0 - 60.0 * y, 40.0]
        } else {
            [90.0 + 120.0 * y, 140.0 + 60.0 * y, 230.0 - 60.0 * x]
        };
        [r, g, b].map(|sample| (sample + grain) as u8)
    });
    raster(width, &pixels.collect::<Vec<_>>())
}

fn psnr(a: &Raster, b: &Raster) -> f64 {
    assert_eq!((a.width, a.height), (b.width, b.height));
    let squares = a.samples().iter().zip(b.samples());
    let sum: f64 = squares
        .map(|(a, b)| f64::from(a.abs_diff(*b)).powi(2))
        .sum();
    10.0 * (255.0 * 255.0 * a.samples().len() as f64 / sum).log10()
}

#[test]
fn colours_are_named_only_when_they_change() {
    let picture = raster(4, &[RED, RED, BLUE, BLUE, BLUE, BLUE, RED, BLUE]);
    let row = only_row(Glyphs::Halves, ColorDepth::True, 0, &picture);
    // The third cell is the first one with the halves exchanged; the last needs no foreground.
    assert!(
        row == "\x1b[38;2;255;0;0;48;2;0;0;255m▀▀▄ \x1b[m"
            || row == "\x1b[38;2;0;0;255;48;2;255;0;0m▄▄▀█\x1b[m",
        "{row:?}"
    );
}

#[test]
fn each_mask_is_drawn_by_one_character_in_two_colours() {
    for glyphs in SETS {
        let (width, height) = glyphs.pixels();
        for mask in 0..1 << (width * height) {
            let picture = cell(glyphs, mask);
            let row = only_row(glyphs, ColorDepth::True, 0, &picture);
            let played = play(
                &[row.clone().into_bytes()],
                (width as usize, height as usize),
            );
            assert_eq!(played, picture, "{mask:b} {row:?}");
        }
    }
}

#[test]
fn a_cell_is_written_byte_for_byte() {
    for (glyphs, mask, either, or) in [
        (Glyphs::Quadrants, 0b0110, '▞', '▚'),
        (Glyphs::Sextants, 0b00_0111, '\u{1FB06}', '\u{1FB35}'),
        (Glyphs::Octants, 0b0000_0100, '\u{1CD00}', '\u{1CDE4}'),
        // The other one is not in every terminal that has octants.
        (Glyphs::Octants, 0b0000_0001, '\u{1CDE5}', '\u{1CDE5}'),
    ] {
        let row = only_row(glyphs, ColorDepth::True, 0, &cell(glyphs, mask));
        let (red, blue) = ("255;0;0", "0;0;255");
        assert!(
            row == format!("\x1b[38;2;{red};48;2;{blue}m{either}\x1b[m")
                || row == format!("\x1b[38;2;{blue};48;2;{red}m{or}\x1b[m"),
            "{glyphs} {row:?}"
        );
    }
}

#[test]
fn a_near_colour_stays() {
    let near = [250, 3, 2];
    let picture = raster(2, &[RED, near, BLUE, BLUE]);
    for (threshold, changes) in [(0, true), (300, false)] {
        let row = only_row(Glyphs::Halves, ColorDepth::True, threshold, &picture);
        assert_eq!(
            row.matches("38;2").count() + row.matches("48;2").count() > 2,
            changes,
            "{row:?}"
        );
    }
    // A far one does not.
    let picture = raster(2, &[RED, GREEN, BLUE, BLUE]);
    let row = only_row(Glyphs::Halves, ColorDepth::True, 300, &picture);
    assert!(row.contains("0;255;0"), "{row:?}");
}

#[test]
fn few_colours_have_short_names() {
    let picture = raster(1, &[RED, [95, 95, 95]]);
    let row = |depth| only_row(Glyphs::Halves, depth, 0, &picture);
    let row_256 = row(ColorDepth::Ansi256);
    assert!(
        row_256.contains("8;5;196") && row_256.contains("8;5;241"),
        "{row_256:?}"
    );
    assert!(
        ["\x1b[31;100m▀\x1b[m", "\x1b[90;41m▄\x1b[m"].contains(&row(ColorDepth::Ansi16).as_str())
    );
}

#[test]
fn without_colours_there_are_shades() {
    let light = raster(1, &[[255; 3], [250; 3]]);
    let shade = |glyphs, light_backdrop, raster: &Raster| {
        String::from_utf8(rows(raster, glyphs, ColorDepth::None, 0, light_backdrop).remove(0))
            .unwrap()
    };
    assert_eq!(shade(Glyphs::Halves, false, &light), "█");
    assert_eq!(shade(Glyphs::Halves, true, &light), " ");
    let grey = raster(4, &[[128; 3]; 16]);
    assert_eq!(shade(Glyphs::Octants, false, &grey), "▒▒");
}

#[test]
fn finer_characters_show_more() {
    let picture = photo(72, 72);
    let quality = SETS.map(|glyphs| {
        let (width, height) = glyphs.pixels();
        let (width, height) = (12 * width as usize, 6 * height as usize);
        let small = glance::shrink(&picture, width, width, 1, height);
        let rows = rows(&small, glyphs, ColorDepth::True, 0, false);
        psnr(&play(&rows, (6, 12)), &picture)
    });
    assert!(
        quality.is_sorted() && quality[3] > quality[0] + 1.0,
        "{quality:?}"
    );
}

#[test]
fn a_higher_threshold_costs_quality_and_saves_bytes() {
    for glyphs in SETS {
        let (width, height) = glyphs.pixels();
        let (width, height) = (width as usize, height as usize);
        let picture = photo(30 * width, 12 * height);
        let drawn = [0, 150, 600].map(|t| rows(&picture, glyphs, ColorDepth::True, t, false));
        let sizes = drawn.each_ref().map(|rows| bytes(rows));
        let quality = drawn.map(|rows| psnr(&play(&rows, (width, height)), &picture));
        assert!(sizes[0] > sizes[1] && sizes[1] > sizes[2], "{sizes:?}");
        assert!(
            quality[0] >= quality[1] && quality[1] >= quality[2],
            "{quality:?}"
        );
        assert!(quality[1] > 25.0, "{quality:?}");
        if glyphs == Glyphs::Halves {
            assert!(quality[0].is_infinite());
        }
    }
}

#[test]
fn each_depth_looks_like_the_picture() {
    let picture = photo(60, 60);
    for (depth, least) in [
        (ColorDepth::True, 30.0),
        (ColorDepth::Ansi256, 19.0),
        (ColorDepth::Ansi16, 11.0),
    ] {
        let rows = rows(&picture, Glyphs::Octants, depth, 0, false);
        let quality = psnr(&play(&rows, (2, 4)), &picture);
        assert!(quality > least, "{depth:?} {quality}");
    }
}

#[test]
fn a_limit_is_kept_and_used() {
    let picture = photo(80, 96);
    for most in [2_000, 3_000, 5_000] {
        let rows = rows_within(&picture, Glyphs::Octants, ColorDepth::True, most, false);
        assert_eq!(rows.len(), 24);
        let size = bytes(&rows);
        assert!(size <= most && size * 10 >= most * 8, "{size} of {most}");
    }
    let roomy = rows_within(&picture, Glyphs::Octants, ColorDepth::True, 1 << 20, false);
    assert_eq!(
        roomy,
        rows(
            &picture,
            Glyphs::Octants,
            ColorDepth::True,
            THRESHOLD,
            false
        )
    );
}

#[test]
fn a_glance_fits_into_its_bytes_on_every_screen() {
    let picture = photo(320, 180);
    for (columns, lines) in [(1, 1), (7, 3), (100, 28), (161, 60), (300, 80)] {
        for depth in [ColorDepth::True, ColorDepth::Ansi256, ColorDepth::Ansi16] {
            let rows = glance(&picture, columns, lines, depth, false);
            assert_eq!(rows.len(), lines);
            let size = bytes(&rows);
            assert!(size <= 12_000, "{columns}x{lines} {depth:?}: {size}");
            let played = play(&rows, (1, 2));
            assert_eq!((played.width, played.height), (columns, 2 * lines));
            if columns >= 100 && depth != ColorDepth::Ansi16 {
                let ideal = glance::shrink(&picture, columns, columns, 1, 2 * lines);
                let quality = psnr(&played, &ideal);
                assert!(quality > 18.0, "{columns}x{lines} {depth:?}: {quality}");
            }
        }
    }
}
