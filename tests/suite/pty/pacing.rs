//! Pictures on a slow or stopped line: keys are answered before them, and nothing but pictures waits.

use image::{ImageFormat, Rgb, RgbImage};
use plantain::domain::{
    AspectRatio, FileFormat, Generation, GenerationId, OutputFormat, PixelSize, Prompt, Request,
    State, Step,
};

use super::terminal::{Home, KITTY, PLAIN, SIXEL, Start, Terminal};

const TRANSMIT: &str = "\x1b_Ga=t,";
const PLACE: &str = "\x1b_Ga=p,";
const ASKED: &str = "\x1b[5n";
/// Bytes that may come when slices do not arrive: the window of a line that nothing is known of, and some frames.
const WINDOW: usize = 24_000;

/// A home with finished generations. The last picture is noise, so it takes long; the others are plain.
fn with_pictures(count: u8) -> Home {
    let home = Home::new();
    let library = home.library();
    for n in 1..=count {
        let request = Request {
            model: "NanoBanana2-0.5K".to_owned(),
            ratio: AspectRatio::new(16, 9).unwrap(),
            format: OutputFormat::Png,
            prompt: Prompt::new(format!("number {n}")).unwrap(),
            references: Vec::new(),
            parent: None,
        };
        let id = GenerationId::from_number(u128::from(n));
        let mut generation = Generation::new(id, id, 1_795_528_953_000, request, false);
        library.prepare(&mut generation).unwrap();
        library.step(&mut generation, Step::Send).unwrap();
        let mut random = u32::from(n == count);
        let pixels = RgbImage::from_fn(320, 180, |_, _| {
            Rgb([0; 3].map(|_: u8| {
                random = random.wrapping_mul(1_664_525);
                (random >> 24) as u8
            }))
        });
        let mut bytes = std::io::Cursor::new(Vec::new());
        pixels.write_to(&mut bytes, ImageFormat::Png).unwrap();
        let size = Some(PixelSize::new(320, 180));
        library
            .save_picture(&generation, 1, bytes.get_ref(), FileFormat::Png, size, None)
            .unwrap();
        library.step(&mut generation, Step::Save).unwrap();
    }
    home
}

/// A studio with the first slices of its large picture on their way; `pictures` are on the screen, most of them small.
fn under_way(home: &Home, answers: &'static [u8], begins: &str, pictures: usize) -> Terminal {
    let mut terminal = Start::new(home).answers(answers).run();
    terminal.wait("F1 help");
    // What is drawn in block characters before the terminal has answered arrives.
    terminal.wait_for("the first", |t| t.count(begins) > 0);
    terminal.slow();
    terminal.wait_for("the picture", |t| t.count(begins) == pictures);
    terminal
}

#[test]
fn a_keys_frame_comes_before_the_rest_of_a_picture() {
    let home = with_pictures(1);
    let mut terminal = under_way(&home, KITTY, TRANSMIT, 2);
    let begun = terminal.seen().rfind(TRANSMIT).unwrap();
    terminal.keys("a key and another");
    terminal.wait("a key and another");
    assert!(terminal.count(PLACE) < 2, "the picture is not whole");
    let sent = terminal.seen().len() - begun;
    assert!(sent < WINDOW, "{sent} bytes");
    terminal.fast();
    // The picture and its small one.
    terminal.wait_for("two placements", |t| t.count(PLACE) == 2);
    let sent = terminal.seen().len() - begun;
    assert!(sent > 2 * WINDOW, "only {sent} bytes");
    terminal.keys("\x11");
    assert_eq!(terminal.exit_clean(), 0);
}

#[test]
fn the_cursor_rests_at_the_caret_after_each_slice() {
    for (answers, begins) in [(SIXEL, "\x1bP0;1q"), (KITTY, TRANSMIT)] {
        let home = with_pictures(1);
        let mut terminal = under_way(&home, answers, begins, 2);
        terminal.keys("a red fox");
        // The frame ends behind its text.
        let caret = (32, 11);
        terminal.wait("a red fox");
        terminal.wait_for("the caret", |t| t.screen().cursor_position() == caret);
        let slices = terminal.count(ASKED);
        terminal.fast();
        terminal.wait_for("slices", |t| t.count(ASKED) > slices);
        for screen in &terminal.after_slices()[slices..] {
            assert_eq!(screen.cursor_position(), caret);
            assert!(!screen.hide_cursor());
        }
        terminal.keys("\x11");
        assert_eq!(terminal.exit_clean(), 0);
    }
}

#[test]
fn moving_on_abandons_what_is_left_of_a_picture() {
    let home = with_pictures(2);
    let mut terminal = under_way(&home, KITTY, TRANSMIT, 3);
    let begun = terminal.seen().rfind(TRANSMIT).unwrap();
    // To the history, and to the other one.
    terminal.keys("\x1b3");
    terminal.wait("Enter full view");
    terminal.keys("j");
    let other = "number 1";
    // In its row, and under its picture.
    terminal.wait_for("the other", |t| t.text().matches(other).count() == 2);
    let abort = "\x1b_Gm=0;\x1b\\";
    terminal.fast();
    // The other picture and both small ones.
    terminal.wait_for("three placements", |t| t.count(PLACE) == 3);
    let seen = terminal.seen();
    let left = seen[begun..].find(abort).unwrap();
    assert!(left < WINDOW, "{left} bytes");
    assert_eq!(terminal.count(abort), 1);
    terminal.keys("\x11");
    assert_eq!(terminal.exit_clean(), 0);
}

#[test]
fn a_stopped_line_holds_up_nothing_but_pictures() {
    let home = Home::new();
    let mut watching = Start::new(&home).answers(PLAIN).open();
    let mut making = Start::new(&home).answers(KITTY).open();
    let before = making.memory();
    // From here on nobody reads what it writes.
    making.keys("a blue bird\r");
    watching.wait("History (1)");
    watching.wait_for("the picture", |t| t.half_blocks() > 500);
    assert_eq!(home.rows()[0].state, State::Saved);
    for _ in 0..500 {
        making.keys("abcdefghij");
        making.keys(&"\x7f".repeat(10));
    }
    let stopped = making.seen().len();
    making.keys(" and a red fox");
    making.wait("a blue bird and a red fox");
    let stale = making.seen().len() - stopped;
    assert!(stale < 100_000, "{stale} bytes before the key's frame");
    making.wait_for("the pictures", |t| t.count(PLACE) == 2);
    let grown = making.memory().saturating_sub(before);
    assert!(grown < 48 << 20, "{grown} bytes");
    for studio in [&mut making, &mut watching] {
        studio.keys("\x11");
        assert_eq!(studio.exit_clean(), 0);
    }
}

#[test]
fn answers_to_the_last_slices_do_not_reach_the_shell() {
    let home = with_pictures(1);
    let mut terminal = under_way(&home, KITTY, TRANSMIT, 2);
    terminal.keys("\x11");
    // It does not wait for the rest of the picture.
    terminal.wait_for("the picture to go", |t| t.count("\x1b_Gm=0;\x1b\\") > 0);
    terminal.fast();
    assert_eq!(terminal.exit_clean(), 0);
    assert_eq!(terminal.unread(), 0);
}
