//! The model terminal itself: it shows what it should, and fails where a real one would go wrong. Then each encoder on it,
//! through the public doors, with a floor for what is left of the picture.

use std::panic::{AssertUnwindSafe, catch_unwind};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use image::{ImageFormat, Rgb, RgbImage};
use plantain::domain::{ColorDepth, GraphicsKind, PixelSize};
use plantain::graphics::{Damage, Placement, Print, Route, Rung, Stage};
use ratatui::layout::{Position, Rect, Size};

use super::pictures::{Pixels, caps, id, psnr};
use super::screen::{
    Profile, Screen, diacritics, glyph_of_octants, glyph_of_quadrants, glyph_of_sextants,
};

const RED: [u8; 3] = [255, 0, 0];
const BLUE: [u8; 3] = [0, 0, 255];

/// Whether a terminal of 10x8 cells of 10x20 px takes `bytes` without a fault.
fn takes(bytes: &str) -> bool {
    let mut screen = Screen::new(10, 8, (10, 20));
    catch_unwind(AssertUnwindSafe(|| screen.feed(bytes.as_bytes()))).is_ok()
}

/// A PNG of 20x40 px, red on the left and blue on the right, in base64.
fn png() -> String {
    let picture = RgbImage::from_fn(20, 40, |x, _| Rgb(if x < 10 { RED } else { BLUE }));
    let mut file = std::io::Cursor::new(Vec::new());
    picture.write_to(&mut file, ImageFormat::Png).unwrap();
    STANDARD.encode(file.into_inner())
}

#[test]
fn every_mask_of_every_block_shows_its_parts() {
    type Glyphs = fn(u8) -> char;
    let sets: [(u32, usize, Glyphs); 3] = [
        (4, 256, glyph_of_octants),
        (3, 64, glyph_of_sextants),
        (2, 16, glyph_of_quadrants),
    ];
    for (rows, count, glyph) in sets {
        for mask in 0..count {
            let mut screen = Screen::new(2, 2, (2, rows));
            let glyph = glyph(mask as u8);
            screen.feed(format!("\x1b[38;2;255;0;0;48;2;0;0;255m{glyph}").as_bytes());
            for bit in 0..2 * rows {
                let expected = if mask >> bit & 1 == 1 { RED } else { BLUE };
                let seen = screen.pixel(bit % 2, bit / 2);
                assert_eq!(seen, Some(expected), "{glyph:?} of {mask:b}");
            }
        }
    }
    // As the Unicode chart names them.
    assert_eq!(glyph_of_octants(0b100), '\u{1cd00}', "octant 3");
    assert_eq!(glyph_of_octants(0b1_0010), '\u{1cd0b}', "octants 2 and 5");
    assert_eq!(glyph_of_octants(0b1111_1110), '\u{1cde5}', "octants 2 to 8");
    assert_eq!(glyph_of_sextants(0b11_1110), '\u{1fb3b}', "sextants 2 to 6");
}

#[test]
fn colours_stay_until_others_come() {
    let mut screen = Screen::new(8, 2, (1, 2));
    screen.feed("\x1b[31;48;5;21m▀\x1b[38:2::0:255:0m▀\x1b[7m▀\x1b[0m \x1b[38;5;244m▄".as_bytes());
    let column = |x| [screen.pixel(x, 0), screen.pixel(x, 1)];
    assert_eq!(column(0), [Some([205, 0, 0]), Some(BLUE)]);
    assert_eq!(column(1), [Some([0, 255, 0]), Some(BLUE)]);
    assert_eq!(column(2), [Some(BLUE), Some([0, 255, 0])]);
    assert_eq!(column(3), [None, None]);
    assert_eq!(column(4), [None, Some([128; 3])]);
}

#[test]
fn a_placement_may_be_a_part_and_is_scaled_to_its_cells() {
    let png = png();
    let mut screen = Screen::new(10, 8, (10, 20));
    screen.feed(
        format!("\x1b_Ga=t,i=1,q=2;{png}\x1b\\")
            .replace("a=t", "a=t,f=100")
            .as_bytes(),
    );
    screen.feed(b"\x1b[2;2H\x1b_Ga=p,i=1,p=1,q=2,x=10,y=0,w=10,h=40,c=2,r=1,C=1\x1b\\");
    assert_eq!(screen.pixel(10, 20), Some(BLUE), "only the right half");
    assert_eq!(screen.pixel(29, 39), Some(BLUE));
    assert_eq!(screen.pixel(30, 20), None);
    // The same placement elsewhere is not a second one.
    screen.feed(b"\x1b[4;1H\x1b_Ga=p,i=1,p=1,q=2,c=4,r=1,C=1\x1b\\");
    assert_eq!(screen.pixel(10, 20), None);
    assert_eq!(
        [19, 20].map(|x| screen.pixel(x, 60)),
        [Some(RED), Some(BLUE)]
    );
    screen.feed(b"\x1b_Ga=d,d=i,i=1,p=1,q=2\x1b\\");
    assert_eq!((screen.pixel(10, 60), screen.images()), (None, 1));
    screen.feed(b"\x1b_Ga=d,d=I,i=1,q=2\x1b\\");
    assert_eq!(screen.images(), 0);
}

#[test]
fn kitty_tells_who_asks() {
    let png = png();
    let mut screen = Screen::new(10, 8, (10, 20));
    let mut said = |bytes: &str| {
        screen.feed(bytes.as_bytes());
        String::from_utf8(screen.take_answers()).unwrap()
    };
    assert_eq!(
        said("\x1b_Gi=31,s=1,v=1,a=q,f=24;AAAA\x1b\\"),
        "\x1b_Gi=31;OK\x1b\\"
    );
    assert_eq!(said(&format!("\x1b_Ga=t,f=100,i=7,q=1;{png}\x1b\\")), "");
    assert_eq!(
        said("\x1b_Ga=p,i=7,p=2,c=1,r=1,C=1\x1b\\"),
        "\x1b_Gi=7,p=2;OK\x1b\\"
    );
    let lost = said("\x1b_Ga=p,i=8,p=2,c=1,r=1,C=1\x1b\\");
    assert!(lost.starts_with("\x1b_Gi=8,p=2;ENOENT"), "{lost}");
    assert_eq!(
        said("\x1b[c\x1b[5n\x1b[3;4H\x1b[6n"),
        "\x1b[?62;c\x1b[0n\x1b[3;4R"
    );
}

#[test]
fn placeholders_show_their_parts_and_take_from_the_left_what_they_do_not_say() {
    let png = png();
    let mark = |n: usize| diacritics()[n];
    let cell = '\u{10eeee}';
    let set_up = format!("\x1b_Ga=T,U=1,f=100,i=66051,c=2,r=2,q=2;{png}\x1b\\");
    let first = format!("\x1b[38;2;1;2;3m{cell}{}{}", mark(1), mark(0));
    for rest in [
        format!("{cell}"),
        format!("{cell}{}", mark(1)),
        format!("{cell}{}{}", mark(1), mark(1)),
    ] {
        let mut screen = Screen::new(10, 8, (10, 20));
        screen.feed(set_up.as_bytes());
        screen.feed(format!("\x1b[2;3H{first}{rest}").as_bytes());
        let row = [10, 20, 30, 40].map(|x| screen.pixel(x, 25));
        assert_eq!(row, [None, Some(RED), Some(BLUE), None]);
        // Text takes the picture away with its cell.
        screen.feed(b"\x1b[2;4Hx");
        assert_eq!([20, 30].map(|x| screen.pixel(x, 25)), [Some(RED), None]);
    }
    let mut screen = Screen::new(10, 8, (10, 20));
    screen.feed(set_up.as_bytes());
    // Another colour is another picture, so it starts anew: row 0, column 0.
    screen.feed(format!("{first}\x1b[38;2;1;2;4m{cell}\x1b[38;2;1;2;3m{cell}").as_bytes());
    let row = [0, 10, 20].map(|x| screen.pixel(x, 5));
    assert_eq!(row, [Some(RED), None, Some(RED)]);
    assert_eq!(diacritics().len(), 297);
}

#[test]
fn what_passes_tmux_is_wrapped_and_nothing_else_is() {
    let png = png();
    let place = format!("\x1b_Ga=T,f=100,i=9,U=1,c=2,r=2,q=2;{png}\x1b\\").into_bytes();
    for levels in [1, 2] {
        let mut screen = Screen::new(10, 8, (10, 20)).behind_tmux(levels);
        screen.feed(&Route::Tmux { levels }.wrap(&place));
        assert_eq!(screen.images(), 1);
        for wrong in [
            place.clone(),
            Route::Tmux { levels: levels + 1 }.wrap(&place),
            Route::Tmux { levels }.wrap(b"text"),
            Route::Tmux { levels }.wrap(&place[..20]),
        ] {
            let mut screen = Screen::new(10, 8, (10, 20)).behind_tmux(levels);
            let taken = catch_unwind(AssertUnwindSafe(|| screen.feed(&wrong)));
            assert!(taken.is_err(), "{}", String::from_utf8_lossy(&wrong));
        }
    }
}

#[test]
fn sequences_may_come_in_pieces() {
    let png = png();
    let bytes = format!(
        "\x1b[2;2H▀\x1bP0;1q\"1;1;2;6#0;2;100;0;0#0~~\x1b\\\x1b[4;1H\x1b_Ga=T,f=100,i=1,p=1,c=2,r=2,C=1,q=2;{png}\x1b\\"
    );
    let mut whole = Screen::new(10, 8, (10, 20));
    whole.feed(bytes.replace("▀\x1bP", "▀\x1b[3;1H\x1bP").as_bytes());
    let mut pieces = Screen::new(10, 8, (10, 20));
    for byte in bytes.replace("▀\x1bP", "▀\x1b[3;1H\x1bP").bytes() {
        pieces.stream(&[byte]);
    }
    assert!(pieces.is_at_rest());
    let area = Rect::new(0, 0, 10, 8);
    assert_eq!(whole.picture(area), pieces.picture(area));
    assert_eq!(whole.pixel(1, 45), Some(RED));
}

#[test]
fn an_iterm2_file_may_come_in_parts_and_is_scaled() {
    let png = png();
    let size = STANDARD.decode(&png).unwrap().len();
    let arguments = format!("inline=1;size={size};width=4;height=2;preserveAspectRatio=0");
    let whole = format!("\x1b]1337;File={arguments}:{png}\x07");
    let (one, two) = png.split_at(png.len() / 8 * 4);
    let parts = format!(
        "\x1b]1337;MultipartFile={arguments}\x07\x1b]1337;FilePart={one}\x07\x1b]1337;FilePart={two}\x07\x1b]1337;FileEnd\x07"
    );
    for bytes in [whole, parts] {
        let mut screen = Screen::new(10, 8, (10, 20));
        screen.feed(bytes.as_bytes());
        assert_eq!(screen.extent(), Some([0, 0, 40, 40]));
        assert_eq!(
            [5, 35].map(|x| screen.pixel(x, 39)),
            [Some(RED), Some(BLUE)]
        );
    }
}

#[test]
fn what_a_terminal_minds_is_a_fault() {
    let png = png();
    let place = |keys: &str| format!("\x1b_Ga=T,f=100,q=2,{keys};{png}\x1b\\");
    let one = place("i=1,p=1,c=2,r=2,C=1");
    let sixel = |rows: u32| format!("\x1bP0;1q\"1;1;2;{rows}#0;2;0;0;0#0~~\x1b\\");
    assert!(takes(&one));
    assert!(takes(&sixel(6)));
    assert!(takes(&format!(
        "{one}\x1b[1;3H{}",
        place("i=2,p=1,c=2,r=2,C=1")
    )));
    for (what, bytes) in [
        (
            "another command among chunks",
            "\x1b_Ga=t,i=1,m=1,q=2;AAAA\x1b\\\x1b_Ga=d,d=i,i=1\x1b\\".into(),
        ),
        (
            "a chunk over 4096",
            format!("\x1b_Ga=t,i=1,q=2;{}\x1b\\", "A".repeat(4100)),
        ),
        (
            "a chunk of broken groups",
            "\x1b_Ga=t,i=1,m=1,q=2;AAA\x1b\\".into(),
        ),
        (
            "placed without a picture",
            "\x1b_Ga=p,i=5,c=1,r=1,C=1,q=2\x1b\\".into(),
        ),
        (
            "a placement that is not there",
            format!("{one}\x1b_Ga=d,d=i,i=1,p=4\x1b\\"),
        ),
        (
            "two on one cell",
            format!("{one}\x1b[2;2H{}", place("i=2,p=1,c=2,r=2,C=1")),
        ),
        ("over text", format!("\x1b[2;2Hx\x1b[1;1H{one}")),
        ("out of the screen", format!("\x1b[8;1H{one}")),
        ("moves the cursor", place("i=1,p=1,c=2,r=2")),
        ("a crop outside", place("i=1,p=1,c=2,r=2,C=1,x=10,w=20")),
        ("a file", "\x1b_Ga=t,t=f,i=1;AAAA\x1b\\".into()),
        ("an unknown key", place("i=1,p=1,c=2,r=2,C=1,e=3")),
        ("a sixel in the last row", format!("\x1b[8;1H{}", sixel(6))),
        ("a sixel over text", format!("x\x1b[1;1H{}", sixel(6))),
        ("a sixel outside its raster", sixel(4)),
        (
            "a sixel without raster",
            "\x1bP0;1q#0;2;0;0;0#0~\x1b\\".into(),
        ),
        (
            "a colour of the last picture",
            "\x1bP0;1q\"1;1;1;6#0~\x1b\\".into(),
        ),
        (
            "an opaque sixel",
            "\x1bP0;0q\"1;1;1;6#0;2;0;0;0~\x1b\\".into(),
        ),
        ("the cursor after a sixel", format!("{}x", sixel(6))),
        ("past the last column", "0123456789a".into()),
        ("the cursor outside", "\x1b[9;1H".into()),
        ("an unknown sequence", "\x1b[5z".into()),
        ("an unknown mode", "\x1b[?9999h".into()),
        ("half a sequence", "\x1b[3".into()),
        (
            "tmux's wrapping without tmux",
            "\x1bPtmux;\x1b\x1b[c\x1b\\".into(),
        ),
    ] {
        assert!(!takes(&bytes), "{what}");
    }
}

#[test]
fn what_scrolls_takes_its_pictures_along() {
    let png = png();
    let mut screen = Screen::new(10, 8, (10, 20));
    screen.feed(format!("\x1b[3;1H\x1b_Ga=T,f=100,i=1,p=1,c=2,r=2,C=1,q=2;{png}\x1b\\").as_bytes());
    screen.feed("\x1b[38;2;255;0;0m\x1b[8;5H█\x1b[m\r\n\r\n\r\n".as_bytes());
    assert_eq!(screen.pixel(5, 5), Some(RED), "its lower half");
    assert_eq!(screen.pixel(5, 25), None);
    assert_eq!(screen.pixel(45, 4 * 20 + 5), Some(RED), "text, too");
    screen.feed(b"\r\n");
    assert_eq!(screen.pixel(5, 5), None);
}

/// Few colours in plain areas, with hard edges, as drawings have.
fn art(size: PixelSize) -> Pixels {
    Pixels::by(size, |x, y| {
        let ring = (x.abs_diff(size.width / 2).pow(2) + y.abs_diff(size.height / 2).pow(2)) / 900;
        match (ring % 4, (x / 23 + y / 31) % 5) {
            (0, _) => [30, 30, 46],
            (1, 0..3) => [203, 166, 247],
            (1, _) => [166, 227, 161],
            (2, _) => [250, 179, 135],
            _ => [137, 180, 250],
        }
    })
}

/// A picture whose corners are transparent; and as it is seen over `backdrop`.
fn cut_out(size: PixelSize, backdrop: [u8; 3]) -> (Pixels, Pixels) {
    let mut picture = Pixels::photo(size);
    let mut seen = Pixels::photo(size);
    for (n, pixel) in picture.rgba.chunks_exact_mut(4).enumerate() {
        let (x, y) = (n as u32 % size.width, n as u32 / size.width);
        let (dx, dy) = (
            f64::from(x) / f64::from(size.width) - 0.5,
            f64::from(y) / f64::from(size.height) - 0.5,
        );
        let alpha = ((0.5 - dx.hypot(dy)) * 40.0).clamp(0.0, 1.0);
        pixel[3] = (alpha * 255.0) as u8;
        let alpha = f64::from(pixel[3]) / 255.0;
        for i in 0..3 {
            let mixed = f64::from(pixel[i]) * alpha + f64::from(backdrop[i]) * (1.0 - alpha);
            seen.rgba[n * 4 + i] = mixed.round() as u8;
        }
    }
    (picture, seen)
}

const KINDS: [GraphicsKind; 4] = [
    GraphicsKind::Kitty,
    GraphicsKind::Sixel,
    GraphicsKind::Iterm2,
    GraphicsKind::Blocks,
];
const BACKDROP: [u8; 3] = [24, 24, 37];

/// px of a cell of the model; blocks are given as many as they draw.
fn cell(kind: GraphicsKind) -> (u32, u32) {
    match kind {
        GraphicsKind::Blocks => (1, 2),
        _ => (10, 20),
    }
}

/// Prints `make`'s picture over 24x12 cells and gives the dB to what should be seen.
fn printed(kind: GraphicsKind, make: impl Fn(PixelSize) -> (Pixels, Pixels)) -> f64 {
    let mut caps = caps(kind);
    caps.background = Some(BACKDROP.into());
    let print = Print::new(
        PixelSize::new(240, 240),
        &caps,
        Size::new(24, 12),
        Rung::Exact,
    )
    .unwrap();
    assert_eq!(print.cells(), Size::new(24, 12));
    let (picture, seen) = make(print.px());
    let mut screen = Screen::new(40, 20, cell(kind));
    screen.feed(&print.run(&picture.bitmap()).unwrap());
    assert_eq!(screen.cursor, Position::new(0, 12), "{kind}");
    assert!(screen.take_answers().is_empty(), "nobody reads them");
    psnr(&seen, |x, y| screen.pixel(x, y).unwrap())
}

#[test]
fn a_print_is_the_picture() {
    type Make = fn(PixelSize) -> (Pixels, Pixels);
    let pictures: [(&str, Make, [f64; 4]); 3] = [
        (
            "photo",
            |size| (Pixels::photo(size), Pixels::photo(size)),
            [37.0, 30.0, 33.0, 30.0],
        ),
        (
            "art",
            |size| (art(size), art(size)),
            [40.0, 38.0, 28.0, 38.0],
        ),
        (
            "cut-out",
            |size| cut_out(size, BACKDROP),
            [36.0, 29.0, 32.0, 28.0],
        ),
    ];
    for (name, make, floors) in pictures {
        for (kind, floor) in KINDS.into_iter().zip(floors) {
            let quality = printed(kind, make);
            assert!(quality >= floor, "{name} through {kind}: {quality:.1} dB");
        }
    }
}

#[test]
fn few_colours_still_show_the_picture() {
    for (colors, floor) in [(ColorDepth::Ansi256, 18.0), (ColorDepth::Ansi16, 10.0)] {
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
        let mut screen = Screen::new(40, 24, (1, 2));
        screen.feed(&print.run(&picture.bitmap()).unwrap());
        let quality = psnr(&picture, |x, y| screen.pixel(x, y).unwrap());
        assert!(quality >= floor, "{colors:?}: {quality:.1} dB");
    }
}

#[test]
fn a_popup_cuts_the_picture_and_gives_it_back() {
    let area = Rect::new(2, 1, 20, 10);
    let popup = Rect::new(8, 4, 6, 3);
    for kind in KINDS {
        let (width, height) = cell(kind);
        let mut stage = Stage::new(caps(kind));
        let mut screen = Screen::new(30, 14, (width, height));
        let whole = Placement {
            picture: id(1),
            area,
            part: area,
        };
        let around = plantain::graphics::minus_all(area, [popup]);
        let around: Vec<Placement> = around
            .into_iter()
            .map(|part| Placement { part, ..whole })
            .collect();
        let px = PixelSize::new(20 * width, 10 * height);
        let picture = Pixels::photo(px);
        for (open, wanted) in [(false, vec![whole]), (true, around), (false, vec![whole])] {
            let damage = Damage::Cells(vec![popup]);
            screen.stream(&stage.want(&wanted, &damage));
            if open {
                screen.popup(popup);
            } else {
                screen.type_over(popup);
            }
            screen.check();
            loop {
                for job in stage.jobs() {
                    let own = Pixels::photo(job.px());
                    stage.ready(job.key(), job.run(&own.bitmap()).unwrap());
                }
                let Some(bytes) = stage.slice(3000, None) else {
                    break;
                };
                screen.feed(&bytes);
            }
            screen.check();
            for at in area.positions() {
                let seen = screen.pixel(u32::from(at.x) * width, u32::from(at.y) * height);
                assert_eq!(seen.is_none(), open && popup.contains(at), "{kind} at {at}");
            }
        }
        let left = u32::from(area.x) * width;
        let top = u32::from(area.y) * height;
        let quality = psnr(&picture, |x, y| screen.pixel(left + x, top + y).unwrap());
        assert!(quality > 25.0, "{kind}: {quality:.1} dB");
    }
}

#[test]
fn terminals_are_told_apart_by_what_they_answer_and_draw() {
    let sixel = b"\x1bP0;1q\"1;1;2;6#0;2;0;0;0#0~~\x1b\\";
    for (profile, draws) in [
        (Profile::Sixel, true),
        (Profile::Kitty, false),
        (Profile::Plain, false),
    ] {
        let mut screen = Screen::new(10, 8, (10, 20)).like(profile);
        screen.feed(b"\x1b[c");
        let numbers = String::from_utf8(screen.take_answers()).unwrap();
        assert_eq!(numbers.contains(";4;"), draws, "{profile:?}");
        let taken = catch_unwind(AssertUnwindSafe(|| screen.feed(sixel))).is_ok();
        assert_eq!(taken, draws, "{profile:?}");
    }
}
