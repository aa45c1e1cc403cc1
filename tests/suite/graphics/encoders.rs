//! Each encoder played back into pixels: printed at the cursor, and by the stage.

use plantain::domain::{ColorDepth, Glyphs, GraphicsKind, PixelSize};
use plantain::graphics::{
    Bitmap, Damage, EncodeError, Link, Payload, Placement, Print, Route, Rung, Stage,
};
use ratatui::layout::{Position, Rect, Size};
use ratatui::style::Color;
use sha2::{Digest, Sha256};

use super::pictures::{Pixels, caps, id, psnr};
use super::screen::Screen;

/// The model's cell for a kind: half-blocks have two pixels a cell.
fn cell(kind: GraphicsKind) -> (u32, u32) {
    match kind {
        GraphicsKind::Blocks => (1, 2),
        _ => (10, 20),
    }
}

/// `picture` at `area` of a screen of 40x20 cells, through the stage.
fn staged(kind: GraphicsKind, area: Rect) -> (Screen, Pixels) {
    let mut screen = Screen::new(40, 20, cell(kind));
    let mut stage = Stage::new(caps(kind));
    let placement = Placement {
        picture: id(1),
        area,
        part: area,
    };
    screen.feed(&stage.want(&[placement], &Damage::None));
    let jobs = stage.jobs();
    assert_eq!(jobs.len(), 1);
    let picture = Pixels::photo(jobs[0].px());
    stage.ready(jobs[0].key(), jobs[0].run(&picture.bitmap()).unwrap());
    while let Some(bytes) = stage.slice(2000, Some(Position::new(3, 19))) {
        screen.feed(&bytes);
    }
    (screen, picture)
}

/// dB of the picture that stands at `area`.
fn quality(screen: &Screen, picture: &Pixels, kind: GraphicsKind, area: Rect) -> f64 {
    let (left, top) = (
        u32::from(area.x) * cell(kind).0,
        u32::from(area.y) * cell(kind).1,
    );
    psnr(picture, |x, y| screen.pixel(left + x, top + y).unwrap())
}

#[test]
fn what_the_stage_sends_is_the_picture() {
    let area = Rect::new(5, 2, 30, 17);
    for (kind, least) in [
        (GraphicsKind::Kitty, f64::INFINITY),
        (GraphicsKind::Blocks, f64::INFINITY),
        (GraphicsKind::Sixel, 30.0),
        (GraphicsKind::Iterm2, 30.0),
    ] {
        let (screen, picture) = staged(kind, area);
        let quality = quality(&screen, &picture, kind, area);
        assert!(quality >= least, "{kind}: {quality} dB");
        assert!(screen.cursor_shown);
        assert_eq!(screen.cursor, Position::new(3, 19));
    }
}

#[test]
fn a_picture_may_reach_the_last_column() {
    let area = Rect::new(10, 0, 30, 19);
    for kind in [
        GraphicsKind::Sixel,
        GraphicsKind::Blocks,
        GraphicsKind::Kitty,
    ] {
        let (screen, _) = staged(kind, area);
        assert_eq!(screen.scrolled, 0);
    }
}

#[test]
fn a_print_leaves_the_cursor_below_the_picture() {
    for kind in [
        GraphicsKind::Kitty,
        GraphicsKind::Sixel,
        GraphicsKind::Iterm2,
        GraphicsKind::Blocks,
    ] {
        let caps = caps(kind);
        let print = Print::new(
            PixelSize::new(300, 160),
            &caps,
            Size::new(20, 18),
            Rung::Exact,
        )
        .unwrap();
        // 20 columns are 200 px, so 107 px and 5 rows.
        let picture = Pixels::photo(print.px());
        let bytes = print.run(&picture.bitmap()).unwrap();
        for start in [0, 19] {
            let mut screen = Screen::new(40, 20, cell(kind));
            screen.cursor.y = start;
            screen.feed(&bytes);
            let top = (start + 5).min(19) - 5;
            assert_eq!(screen.cursor, Position::new(0, top + 5), "{kind}");
            let area = Rect::new(0, top, 20, 5);
            let quality = quality(&screen, &picture, kind, area);
            assert!(quality > 30.0, "{kind}: {quality} dB");
        }
    }
}

#[test]
fn a_small_picture_is_not_printed_larger() {
    let caps = caps(GraphicsKind::Kitty);
    let print = Print::new(
        PixelSize::new(64, 64),
        &caps,
        Size::new(80, 24),
        Rung::Exact,
    )
    .unwrap();
    assert!(
        print.px().width <= 70 && print.px().height <= 80,
        "{}",
        print.px()
    );
    let none = Print::new(PixelSize::new(64, 64), &caps, Size::new(0, 24), Rung::Exact);
    assert!(none.is_none());
}

#[test]
fn behind_tmux_a_print_stands_in_cells_of_text() {
    for colors in [ColorDepth::True, ColorDepth::Ansi256] {
        let mut caps = caps(GraphicsKind::Kitty);
        caps.route = Route::Tmux { levels: 1 };
        caps.placeholders = true;
        caps.colors = colors;
        let print = Print::new(
            PixelSize::new(300, 160),
            &caps,
            Size::new(20, 18),
            Rung::Exact,
        );
        let print = print.unwrap();
        let picture = Pixels::photo(print.px());
        let bytes = print.run(&picture.bitmap()).unwrap();
        let text = String::from_utf8(bytes.clone()).unwrap();
        // Not a command goes to tmux itself, which would make a title of it.
        assert_eq!(
            text.matches("\x1b_G").count(),
            text.matches("\x1b\x1b_G").count()
        );
        let cells = print.cells();
        let placeholders = text.matches('\u{10EEEE}').count();
        assert_eq!(placeholders, usize::from(cells.width * cells.height));
        let mut screen = Screen::new(40, 20, (10, 20)).behind_tmux(1);
        screen.feed(&bytes);
        assert_eq!(screen.cursor.y, cells.height);
        let alike = psnr(&picture, |x, y| screen.pixel(x, y).unwrap());
        assert!(alike > 45.0, "{alike} dB");
    }
}

/// Behind placeholders a terminal keeps a picture's ratio. A third of a cell of 8x17 px has another one.
#[test]
fn a_glance_behind_placeholders_leaves_no_bars() {
    for area in [Rect::new(1, 1, 75, 20), Rect::new(0, 3, 31, 17)] {
        let mut caps = caps(GraphicsKind::Kitty);
        (caps.placeholders, caps.remote) = (true, true);
        (caps.cell.width, caps.cell.height) = (8, 17);
        let mut stage = Stage::new(caps);
        assert!(stage.set_ground(Color::Rgb(1, 2, 3)).is_empty());
        let mut screen = Screen::new(80, 24, (8, 17));
        let wanted = Placement {
            picture: id(1),
            area,
            part: area,
        };
        screen.feed(&stage.want(&[wanted], &Damage::None));
        let jobs = stage.jobs();
        let glance = &jobs[0];
        assert_eq!(glance.rung(), Rung::Glance);
        let small = Pixels::photo(glance.px());
        stage.ready(glance.key(), glance.run(&small.bitmap()).unwrap());
        while let Some(bytes) = stage.slice(2000, None) {
            // What a rounded pixel leaves bare is as the text beside it.
            let text = String::from_utf8_lossy(&bytes);
            assert_eq!(
                text.contains('\u{10EEEE}'),
                text.contains("\x1b[48;2;1;2;3m")
            );
            screen.feed(&bytes);
        }
        let (left, top) = (u32::from(area.left()) * 8, u32::from(area.top()) * 17);
        let (right, bottom) = (
            u32::from(area.right()) * 8 - 1,
            u32::from(area.bottom()) * 17 - 1,
        );
        for (x, y) in [(left + 1, top + 1), (right - 1, bottom - 1)] {
            assert!(screen.pixel(x, y).is_some(), "{area}: {x}, {y}");
        }
    }
}

#[test]
fn a_tmux_gets_few_sixels_and_small_pictures_as_text() {
    let mut caps = caps(GraphicsKind::Sixel);
    (caps.cell.width, caps.cell.height) = (8, 17);
    caps.multiplexed = true;
    for (rows, sixels) in [(2, 0), (5, 0), (6, 1), (17, 2), (19, 2)] {
        let mut stage = Stage::new(caps.clone());
        // Known to be near: a tmux may be attached from afar.
        stage.set_link(Link {
            round_trip: Some(std::time::Duration::from_millis(1)),
            rate: Some(20_000_000),
        });
        let area = Rect::new(5, 0, 30, rows);
        let placement = Placement {
            picture: id(1),
            area,
            part: area,
        };
        stage.want(&[placement], &Damage::None);
        let job = stage.jobs().remove(0);
        let picture = Pixels::photo(job.px());
        stage.ready(job.key(), job.run(&picture.bitmap()).unwrap());
        let cell = if sixels == 0 { (1, 2) } else { (8, 17) };
        let mut screen = Screen::new(40, 20, cell);
        let mut seen = 0;
        while let Some(bytes) = stage.slice(1, None) {
            seen += String::from_utf8_lossy(&bytes).matches("\x1bP").count();
            screen.feed(&bytes);
        }
        assert_eq!(seen, sixels, "{rows} rows");
        let alike = psnr(&picture, |x, y| screen.pixel(5 * cell.0 + x, y).unwrap());
        assert!(alike > 30.0, "{rows} rows: {alike} dB");
    }
}

#[test]
fn a_wide_sixel_comes_in_tiles_that_xterm_draws() {
    let caps = caps(GraphicsKind::Sixel);
    let print = Print::new(
        PixelSize::new(2400, 200),
        &caps,
        Size::new(240, 20),
        Rung::Exact,
    )
    .unwrap();
    let picture = Pixels::pattern(id(2), print.px());
    let bytes = print.run(&picture.bitmap()).unwrap();
    let mut screen = Screen::new(240, 30, (10, 20));
    screen.feed(&bytes);
    let alike = psnr(&picture, |x, y| screen.pixel(x, y).unwrap());
    assert!(alike > 45.0, "{alike} dB");
    let widths: Vec<u32> = String::from_utf8(bytes)
        .unwrap()
        .split("\"1;1;")
        .skip(1)
        .map(|tile| tile.split(';').next().unwrap().parse().unwrap())
        .collect();
    assert!(widths.iter().all(|&width| width <= 1000), "{widths:?}");
    assert_eq!(widths.iter().sum::<u32>() % 2400, 0);
}

#[test]
fn a_picture_over_ssh_comes_in_bands_that_a_key_can_pass() {
    for (kind, longest, least) in [
        // Nothing is known of the line.
        (GraphicsKind::Sixel, 8_000, 32.0),
        (GraphicsKind::Iterm2, 8_000, 34.0),
    ] {
        let mut caps = caps(kind);
        caps.remote = true;
        let area = Rect::new(0, 0, 30, 19);
        let mut stage = Stage::new(caps);
        let placement = Placement {
            picture: id(1),
            area,
            part: area,
        };
        stage.want(&[placement], &Damage::None);
        let jobs = stage.jobs();
        let job = jobs.iter().find(|job| job.rung() == Rung::Careful);
        let job = job.unwrap();
        let picture = Pixels::photo(job.px());
        let payload = job.run(&picture.bitmap()).unwrap();
        let Payload::Bands(bands) = &payload else {
            panic!("{kind} has no bands")
        };
        assert!(bands.iter().all(|band| band.bytes.len() <= longest));
        let mut screen = Screen::new(40, 20, cell(kind));
        for band in bands {
            let (row, column) = (band.area.y + 1, band.area.x + 1);
            screen.feed(format!("\x1b[{row};{column}H").as_bytes());
            screen.feed(&band.bytes);
        }
        let quality = quality(&screen, &picture, kind, area);
        assert!(quality > least, "{kind}: {quality} dB");
    }
}

#[test]
fn what_is_transparent_shows_the_background() {
    let mut caps = caps(GraphicsKind::Blocks);
    caps.background = Some((10, 20, 30));
    let print = Print::new(PixelSize::new(20, 20), &caps, Size::new(1, 1), Rung::Exact).unwrap();
    let rgba = [[200, 100, 50, 0], [200, 100, 50, 128]].concat();
    let size = print.px();
    let rgba = rgba.repeat((size.width * size.height / 2) as usize);
    let bytes = print.run(&Bitmap::new(size, &rgba).unwrap()).unwrap();
    let mut screen = Screen::new(4, 4, (1, 2));
    screen.feed(&bytes);
    assert_eq!(screen.pixel(0, 0), Some([10, 20, 30]));
    let second = screen.pixel(1, 0).or(screen.pixel(0, 1)).unwrap();
    assert_eq!(second, [105, 60, 40]);
}

#[test]
fn block_characters_have_their_own_pixels_and_fit_their_cells() {
    for (glyphs, px) in [
        (Glyphs::Halves, (12, 12)),
        (Glyphs::Quadrants, (24, 12)),
        (Glyphs::Sextants, (24, 18)),
        (Glyphs::Octants, (24, 24)),
    ] {
        let mut caps = caps(GraphicsKind::Blocks);
        caps.glyphs = glyphs;
        let print = Print::new(
            PixelSize::new(120, 120),
            &caps,
            Size::new(12, 6),
            Rung::Exact,
        )
        .unwrap();
        assert_eq!(print.px(), PixelSize::new(px.0, px.1), "{glyphs}");
        let picture = Pixels::photo(print.px());
        let near = print.run(&picture.bitmap()).unwrap();
        // What stands for the picture across a network is fewer bytes.
        let print = Print::new(
            PixelSize::new(120, 120),
            &caps,
            Size::new(12, 6),
            Rung::Careful,
        )
        .unwrap();
        let far = print.run(&picture.bitmap()).unwrap();
        assert!(far.len() < near.len(), "{} {}", far.len(), near.len());
    }
}

#[test]
fn fewer_colours_make_fewer_bytes() {
    let bytes = |colors| {
        let mut caps = caps(GraphicsKind::Blocks);
        caps.colors = colors;
        let print = Print::new(
            PixelSize::new(400, 400),
            &caps,
            Size::new(40, 20),
            Rung::Exact,
        )
        .unwrap();
        let picture = Pixels::photo(print.px());
        print.run(&picture.bitmap()).unwrap().len()
    };
    let sizes = [
        bytes(ColorDepth::Ansi16),
        bytes(ColorDepth::Ansi256),
        bytes(ColorDepth::True),
    ];
    assert!(sizes.is_sorted(), "{sizes:?}");
}

#[test]
fn a_bitmap_of_another_size_is_an_error() {
    let print = Print::new(
        PixelSize::new(100, 100),
        &caps(GraphicsKind::Kitty),
        Size::new(10, 10),
        Rung::Exact,
    )
    .unwrap();
    let wrong = Pixels::photo(PixelSize::new(30, 30));
    let error = print.run(&wrong.bitmap()).unwrap_err();
    assert!(matches!(error, EncodeError::WrongSize { .. }));
    assert!(Bitmap::new(PixelSize::new(2, 2), &[0; 15]).is_none());
    assert!(Bitmap::new(PixelSize::new(0, 2), &[]).is_none());
}

#[test]
fn a_band_for_iterm2_is_these_bytes() {
    let mut caps = caps(GraphicsKind::Iterm2);
    caps.remote = true;
    let mut stage = Stage::new(caps);
    let area = Rect::new(3, 1, 4, 2);
    let placement = Placement {
        picture: id(1),
        area,
        part: area,
    };
    assert!(stage.want(&[placement], &Damage::None).is_empty());
    let jobs = stage.jobs();
    assert_eq!(jobs.len(), 1, "so small a picture needs no glance");
    let picture = Pixels::pattern(id(1), jobs[0].px());
    stage.ready(jobs[0].key(), jobs[0].run(&picture.bitmap()).unwrap());
    let sent = stage.slice(1 << 20, Some(Position::new(9, 9))).unwrap();
    assert_eq!(stage.slice(1 << 20, None), None, "one band");
    let digest = Sha256::digest(&sent);
    let hex = digest
        .iter()
        .fold(String::new(), |hex, byte| hex + &format!("{byte:02x}"));
    let expected = "783581199b96770a4a48844a1ba92db89816058c0c8a838e7deca4a75a727809";
    assert_eq!((sent.len(), hex.as_str()), (2663, expected));
}

/// dB and bytes of the glance over `area` (at the corner) in a terminal with `caps`; every pixel of it is drawn.
fn glanced(mut caps: plantain::graphics::Capabilities, area: Rect, part: Rect) -> f64 {
    caps.remote = true;
    let (width, height) = (u32::from(caps.cell.width), u32::from(caps.cell.height));
    let mut stage = Stage::new(caps);
    stage.set_link(Link {
        round_trip: Some(std::time::Duration::from_millis(100)),
        rate: Some(60_000),
    });
    let mut screen = Screen::new(area.width + 2, area.height + 2, (width, height));
    let placement = Placement {
        picture: id(1),
        area,
        part,
    };
    screen.feed(&stage.want(&[placement], &Damage::None));
    let jobs = stage.jobs();
    assert_eq!(jobs[0].rung(), Rung::Glance);
    // The same light at both sizes.
    let light = |size: PixelSize| {
        Pixels::by(size, |x, y| {
            let turn = |v: u32, of: u32| f64::from(2 * v + 1) / f64::from(of) * 3.0;
            let (fx, fy) = (turn(x, size.width), turn(y, size.height));
            let light = |phase: f64| (127.0 + 90.0 * (fx + phase).sin() * (fy - phase).cos()) as u8;
            [light(0.0), light(0.7), light(1.9)]
        })
    };
    let small = light(jobs[0].px());
    stage.ready(jobs[0].key(), jobs[0].run(&small.bitmap()).unwrap());
    while let Some(bytes) = stage.slice(8192, None) {
        screen.feed(&bytes);
    }
    let px = |cells: u16, px: u32| u32::from(cells) * px;
    let whole = light(PixelSize::new(
        px(area.width, width),
        px(area.height, height),
    ));
    let (left, top) = (px(part.x, width), px(part.y, height));
    let shown = PixelSize::new(px(part.width, width), px(part.height, height));
    let wanted = Pixels::by(shown, |x, y| whole.rgb(left + x, top + y));
    psnr(&wanted, |x, y| {
        let seen = screen.pixel(left + x, top + y);
        seen.unwrap_or_else(|| panic!("{area}: nothing at {x}, {y}"))
    })
}

#[test]
fn a_glance_fills_its_cells_wherever_it_stands() {
    for (columns, rows) in [(38, 18), (100, 37), (41, 13)] {
        let area = Rect::new(0, 0, columns, rows);
        for (width, height) in [(10, 20), (9, 17), (8, 16)] {
            let mut caps = caps(GraphicsKind::Kitty);
            (caps.cell.width, caps.cell.height) = (width, height);
            let direct = glanced(caps.clone(), area, area);
            caps.placeholders = true;
            let in_text = glanced(caps, area, area);
            let near = direct > 28.0 && in_text > direct - 1.5;
            assert!(near, "{area}: {direct:.1} dB, as text {in_text:.1} dB");
        }
    }
}

#[test]
fn a_glance_of_a_part_is_that_part() {
    let area = Rect::new(0, 0, 41, 21);
    for part in [area, Rect::new(7, 0, 34, 21), Rect::new(0, 3, 40, 17)] {
        let quality = glanced(caps(GraphicsKind::Iterm2), area, part);
        assert!(quality > 30.0, "{part}: {quality:.1} dB");
    }
}
