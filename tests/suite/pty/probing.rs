//! What the terminal answers decides how pictures come, and never becomes text.

use base64::Engine;
use base64::prelude::BASE64_STANDARD;

use super::terminal::{Home, KITTY, MUTE, PLAIN, SIXEL, Start, Terminal};

/// Starts with these answers and makes a picture.
fn made(home: &Home, answers: &'static [u8]) -> Terminal {
    let mut terminal = Start::new(home).answers(answers).open();
    terminal.keys("a red fox\r");
    terminal.wait("asked 16:9 jpeg");
    terminal
}

/// The pictures that were transmitted to a kitty terminal whole, in order.
fn transmitted(seen: &str) -> Vec<image::DynamicImage> {
    let mut pictures = Vec::new();
    let mut base64 = String::new();
    for command in seen.split("\x1b_G").skip(1) {
        let (keys, payload) = command
            .split_once("\x1b\\")
            .unwrap()
            .0
            .split_once(';')
            .unwrap_or_default();
        if keys.starts_with("a=t,") {
            base64.clear();
        }
        if keys.starts_with("a=t,") || keys.starts_with("m=") {
            base64.push_str(payload);
        }
        if keys.ends_with("m=0") {
            let png = BASE64_STANDARD.decode(&base64).unwrap();
            pictures.push(image::load_from_memory(&png).unwrap());
        }
    }
    pictures
}

#[test]
fn kitty_gets_pngs_which_are_deleted_at_the_end() {
    let home = Home::new();
    let mut terminal = made(&home, KITTY);
    // The picture and its small one in the history.
    terminal.wait_for("two placements", |t| t.count("\x1b_Ga=p,") == 2);
    let pictures = transmitted(&terminal.seen());
    assert_eq!(pictures.len(), 2);
    assert!(pictures.iter().any(|picture| picture.width() > 400));
    assert_eq!(terminal.half_blocks(), 0);
    terminal.keys("\x11");
    assert_eq!(terminal.exit_clean(), 0);
    let seen = terminal.seen();
    let deleted = seen.rfind("\x1b_Ga=d,d=A,q=2\x1b\\").unwrap();
    assert!(deleted < seen.rfind("\x1b[?1049l").unwrap());
    assert!(seen.rfind("\x1b_Ga=p,").unwrap() < deleted);
}

#[test]
fn a_picture_is_sent_to_its_end_while_nothing_else_happens() {
    let home = Home::new();
    let mut terminal = made(&home, KITTY);
    terminal.wait_for("two placements", |t| t.count("\x1b_Ga=p,") == 2);
    for n in 2..5 {
        // The stage forgets all, and sends both in many slices.
        terminal.keys("\x0c");
        terminal.wait_for("both again", |t| t.count("\x1b_Ga=p,") == 2 * n);
    }
    terminal.keys("\x11");
    assert_eq!(terminal.exit_clean(), 0);
}

#[test]
fn kitty_loses_its_pictures_to_a_signal_too() {
    let home = Home::new();
    let mut terminal = made(&home, KITTY);
    terminal.wait_for("a placement", |t| t.count("\x1b_Ga=p,") > 0);
    terminal.signal(rustix::process::Signal::TERM);
    assert_eq!(terminal.exit_clean(), 143);
    assert_eq!(terminal.count("\x1b_Ga=d,d=A,q=2\x1b\\"), 1);
}

#[test]
fn a_sixel_terminal_gets_sixels() {
    let home = Home::new();
    let mut terminal = made(&home, SIXEL);
    // Some bands for the picture and one for the small one.
    terminal.wait_for("sixels", |t| t.count("\x1bP0;1q") >= 4);
    assert_eq!(terminal.half_blocks(), 0);
    assert_eq!(terminal.count("\x1b_Ga=t"), 0);
    terminal.keys("\x11");
    assert_eq!(terminal.exit_clean(), 0);
}

#[test]
fn what_is_typed_before_and_during_the_questions_is_kept() {
    let home = Home::new();
    let mut terminal = Start::new(&home).answers(MUTE).typed_ahead(b"before").run();
    terminal.wait_for("the questions", |t| t.count("\x1b[c") == 1);
    // In the middle of an answer there is no typing, since it comes in one write; between two there is.
    let (first, rest) = KITTY.split_at(b"\x1b_Gi=31;OK\x1b\\".len());
    for bytes in [b", ", first, b"during", rest, b", after"] {
        terminal.bytes(bytes);
    }
    terminal.wait("before, during, after");
    terminal.keys("\x11");
    // The terminal echoed what was typed before the studio took it.
    assert_eq!(terminal.exit_showing("before"), 0);
    assert_eq!(home.draft(), "before, during, after");
}

#[test]
fn late_answers_become_no_text() {
    let home = Home::new();
    let mut terminal = Start::new(&home).answers(MUTE).open();
    // The endpoint's answer takes longer than the terminal had.
    terminal.keys("a red fox\r");
    terminal.wait_for("the picture", |t| t.half_blocks() > 500);
    terminal.keys("!");
    let (first, rest) = KITTY.split_at(5);
    terminal.bytes(first);
    terminal.bytes(rest);
    terminal.keys("?");
    terminal.wait("a red fox!?");
    terminal.keys("\x11");
    assert_eq!(terminal.exit_clean(), 0);
    assert_eq!(home.draft(), "a red fox!?");
}

#[test]
fn the_terminal_behind_tmux_is_asked_through_it() {
    let home = Home::new();
    let start = Start::new(&home).answers(MUTE).env("TERM", "tmux-256color");
    let mut terminal = start.env("TMUX", "/tmp/tmux-0/default,1,0").run();
    terminal.wait_for("the questions", |t| t.count("\x1b[c") == 1);
    assert_eq!(terminal.count("\x1b_G"), 0, "the title of the pane");
    terminal.bytes(b"\x1bP>|tmux 3.3a\x1b\\\x1b[?1;2c");
    terminal.wait_for("those for the terminal", |t| {
        t.count("\x1bPtmux;\x1b\x1b[>q") == 1
    });
    assert_eq!(terminal.count("\x1b_G"), 0, "it may be another tmux");
    terminal.keys("typed");
    terminal.bytes(b"\x1bP>|kitty(0.41.1)\x1b\\\x1b[6;17;8t\x1b[?62;c");
    terminal.wait_for("those for pictures", |t| {
        t.count("\x1bPtmux;\x1b\x1b_Gi=31,") == 1
    });
    terminal.keys(" meanwhile");
    terminal.wait("typed meanwhile");
    terminal.keys("\x11");
    assert_eq!(terminal.exit_clean(), 0);
    assert_eq!(home.draft(), "typed meanwhile");
}

#[test]
fn questions_that_were_wanted_twice_before_a_frame_are_owed_once() {
    let home = Home::new();
    let mut terminal = Start::new(&home).answers(PLAIN).open();
    terminal.keys("\x0c\x0c\x0c");
    terminal.wait_for("the questions", |t| t.count("\x1b[c") > 1);
    // From here on it has graphics; the fence of these questions must not be taken for an older one.
    terminal.answer_with(KITTY);
    terminal.keys("\x0c\x0c\x0c");
    terminal.keys("a red fox\r");
    terminal.wait_for("two placements", |t| t.count("\x1b_Ga=p,") >= 2);
    terminal.keys("\x11");
    assert_eq!(terminal.exit_clean(), 0);
}
