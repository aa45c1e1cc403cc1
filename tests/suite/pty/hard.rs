//! What terminals and users do to a program: sizes, floods, and places where it cannot run.

use std::process::Command;

use super::terminal::{Home, KITTY, Start, Terminal};

const CLEAR: &str = "\x1b[2J";
const PLACE: &str = "\x1b_Ga=p,";

#[test]
fn a_storm_of_sizes_during_a_generation_ends_in_a_right_frame() {
    let home = Home::new();
    let mut terminal = Start::new(&home).answers(KITTY).open();
    terminal.keys("a red fox\r");
    terminal.wait("> reading the prompt");
    for n in 0..100_u16 {
        let frames = terminal.count(CLEAR);
        // From 1x1 to 300x100, in leaps.
        terminal.resize(1 + n * 37 % 300, 1 + n * 29 % 100);
        // Most come faster than they can be drawn.
        if n % 10 == 0 {
            terminal.wait_for("a frame", |t| t.count(CLEAR) > frames);
        }
    }
    let frames = terminal.count(CLEAR);
    terminal.resize(120, 40);
    terminal.wait_for("a frame", |t| t.count(CLEAR) > frames);
    terminal.wait("asked 16:9 jpeg");
    // The picture and its small one.
    let whole = |t: &Terminal| last_frame(t).matches(PLACE).count() == 2;
    terminal.wait_for("the pictures", whole);
    terminal.keys("!");
    terminal.wait("a red fox!");
    terminal.wait_for("no work", |t| !t.text().contains("1 running"));

    let (shown, frames) = (terminal.text(), terminal.count(CLEAR));
    terminal.keys("\x0c");
    terminal.wait_for("a new frame", |t| t.count(CLEAR) > frames);
    terminal.wait_for("the pictures", whole);
    assert_eq!(terminal.text(), shown);
    terminal.keys("\x11");
    assert_eq!(terminal.exit_clean(), 0);
}

/// All that came since the screen was cleared last.
fn last_frame(terminal: &Terminal) -> String {
    let seen = terminal.seen();
    seen.rsplit(CLEAR).next().unwrap_or_default().to_owned()
}

#[test]
fn a_terminal_of_one_line_is_no_end() {
    let home = Home::new();
    let mut terminal = Start::new(&home).open();
    terminal.resize(10, 1);
    terminal.wait_for("a frame", |t| t.count(CLEAR) > 1);
    terminal.resize(120, 40);
    terminal.wait("Pictures appear here.");
    terminal.keys("\x11");
    assert_eq!(terminal.exit_clean(), 0);
}

#[test]
fn a_large_paste_is_a_draft_and_sends_nothing() {
    let home = Home::new();
    let mut terminal = Start::new(&home).open();
    let lines: Vec<String> = (0..2000)
        .map(|n| format!("line {n} of a very long prompt, such as nobody types it"))
        .collect();
    let text = lines.join("\n");
    assert!(text.len() > 100_000);
    terminal.bytes(format!("\x1b[200~{}\x1b[201~", text.replace('\n', "\r")).as_bytes());
    terminal.wait("line 1999 of a very long prompt");
    terminal.keys("!");
    terminal.wait("nobody types it!");
    terminal.keys("\x11");
    assert_eq!(terminal.exit_clean(), 0);
    assert_eq!(home.draft(), format!("{text}!"));
    assert!(home.rows().is_empty());
}

#[test]
fn without_a_terminal_that_can_place_text_it_says_so() {
    let home = Home::new();
    for start in [
        Start::new(&home).env("TERM", "dumb"),
        Start::new(&home).without("TERM"),
    ] {
        let mut terminal = start.run();
        assert_eq!(terminal.exit(), 2);
        let said = terminal.seen();
        assert!(
            said.starts_with("plantain: the studio needs a terminal that can place text"),
            "{said}"
        );
        assert!(said.contains("plantain generate"), "{said}");
    }
}

#[test]
fn in_a_pipe_it_says_so() {
    let home = Home::new();
    let output = Command::new(env!("CARGO_BIN_EXE_plantain"))
        .env_clear()
        .env("HOME", home.path())
        .env("TERM", "xterm-256color")
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(2));
    assert!(output.stdout.is_empty());
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(
        said.starts_with("plantain: the studio needs a terminal"),
        "{said}"
    );
    assert!(said.contains("plantain generate"), "{said}");
}

#[test]
fn a_redraw_asks_anew_and_draws_the_same() {
    let home = Home::new();
    let mut terminal = Start::new(&home).open();
    terminal.wait("No pictures yet.");
    terminal.keys("a red fox");
    terminal.wait("a red fox");
    let shown = terminal.text();
    terminal.keys("\x0c");
    terminal.wait_for("the questions again", |t| t.count("\x1b[c") == 2);
    terminal.wait_for("the same as before", |t| t.text() == shown);
    assert_eq!(terminal.count(CLEAR), 2);
    terminal.keys("\x11");
    assert_eq!(terminal.exit_clean(), 0);
}
