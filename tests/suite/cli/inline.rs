//! Pictures between the lines of a shell, on a real pty whose far end answers like one terminal or another.

use std::fs;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use image::{Rgb, RgbImage};
use plantain::domain::{OutputFormat, PixelSize};

use super::home::{BINARY, Home, MODEL, giving, picture_of, pictures, quick_demo};
use super::terminal::Terminal;
use crate::suite::raw_server::{RawServer, Step, head};

/// The last of the questions.
const FENCE: &str = "\x1b[c";

/// What a terminal answers when it is asked.
const KITTY: &[u8] = b"\x1b_Gi=31;OK\x1b\\\x1b[6;17;8t\x1b[?62;c";
const SIXEL: &[u8] = b"\x1b[6;17;8t\x1b[?62;4c";
const NEITHER: &[u8] = b"\x1b[?62;22c";

/// A home with one picture of 688x384 px, and its path.
async fn with_a_picture() -> (Home, PathBuf) {
    let bytes = picture_of(PixelSize::new(688, 384), OutputFormat::Jpeg, 1);
    let server = RawServer::saying(pictures(&[bytes])).await;
    let home = Home::new();
    let arguments = ["generate", "--base-url", &server.url(), "a fox"];
    let path = home.run(&arguments).await.done().paths().remove(0);
    (home, path)
}

/// A path that wraps stands in several lines.
fn shows(terminal: &Terminal, path: &std::path::Path) -> bool {
    terminal.screen().concat().contains(path.to_str().unwrap())
}

#[tokio::test]
async fn a_terminal_that_takes_kitty_gets_kitty() {
    let (home, path) = with_a_picture().await;
    let mut terminal = Terminal::start(&home, "xterm-256color", &["show", "last"]);
    terminal.until(FENCE).send(KITTY);
    assert_eq!(terminal.end(), 0);
    let text = terminal.text();
    assert!(text.contains("\x1b_Ga=T"), "{text:?}");
    assert!(!text.contains('▄') && shows(&terminal, &path), "{text:?}");
    assert!(!text.contains("demo endpoint"));
}

#[tokio::test]
async fn a_picture_of_the_demo_is_named_one() {
    let server = quick_demo().await;
    let home = Home::new();
    home.run(&[
        "generate",
        "--base-url",
        &server.base_url(),
        "-m",
        MODEL,
        "a fox",
    ])
    .await
    .done();
    let mut terminal = Terminal::start(&home, "xterm-256color", &["show", "last"]);
    terminal.until(FENCE).send(NEITHER);
    assert_eq!(terminal.end(), 0);
    assert!(terminal.text().contains("demo endpoint"));
}

/// A picture with the grain of a photograph, which nothing without loss makes small, in a file of the working folder.
fn grainy(home: &Home) {
    let mut seed = 1_u32;
    let photo = RgbImage::from_fn(320, 180, |x, y| {
        let slope = 40.0 + f64::from(x) * 0.4 + (f64::from(y) * 0.05).sin() * 30.0;
        Rgb([0.0, 25.0, -20.0].map(|tint| {
            seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            (slope + tint + f64::from(seed >> 24) / 32.0) as u8
        }))
    });
    photo.save(home.work().join("grain.png")).unwrap();
}

#[tokio::test]
async fn over_ssh_a_picture_is_printed_in_few_bytes() {
    let home = Home::new();
    grainy(&home);
    let printed = |home: &Home| {
        let mut terminal = Terminal::start(home, "xterm-256color", &["show", "grain.png"]);
        terminal.until(FENCE).send(KITTY);
        assert_eq!(terminal.end(), 0);
        assert!(terminal.text().contains("a=T"), "{}", terminal.text());
        terminal.seen.len()
    };
    let local = printed(&home);
    let remote = printed(&home.set("SSH_CONNECTION", "192.0.2.1 50000 192.0.2.2 22"));
    // 285 KB for 1000x558 px are half a byte a px (the figure).
    assert!(remote < 320 * 180 / 2, "{remote} bytes");
    assert!(remote * 2 < local, "{remote} of {local} bytes");
}

#[tokio::test]
async fn a_terminal_that_takes_sixel_gets_sixel() {
    let (home, path) = with_a_picture().await;
    let mut terminal = Terminal::start(&home, "xterm", &["show", "last"]);
    terminal.until(FENCE).send(SIXEL);
    assert_eq!(terminal.end(), 0);
    let text = terminal.text();
    assert!(text.contains("\x1bP") && text.contains('q'), "{text:?}");
    assert!(shows(&terminal, &path), "{text:?}");
}

#[tokio::test]
async fn a_terminal_that_takes_neither_gets_half_blocks() {
    let (home, path) = with_a_picture().await;
    let mut terminal = Terminal::start(&home, "xterm-256color", &["show", "last"]);
    terminal.until(FENCE).send(NEITHER);
    assert_eq!(terminal.end(), 0);
    assert!(shows(&terminal, &path));
    let screen = terminal.screen();
    let blocks: Vec<&String> = screen.iter().filter(|l| l.contains('▄')).collect();
    // 688x384 px in 80 cells of 8x17 px.
    assert!((18..=21).contains(&blocks.len()), "{screen:#?}");
    assert!(
        blocks.iter().all(|l| l.chars().count() >= 70),
        "{screen:#?}"
    );
}

#[tokio::test]
async fn a_terminal_that_is_named_in_the_environment_gets_what_it_takes() {
    let (home, path) = with_a_picture().await;
    let home = home.set("TERM_PROGRAM", "WezTerm");
    let mut terminal = Terminal::start(&home, "xterm-256color", &["show", "last"]);
    terminal.until(FENCE).send(NEITHER);
    assert_eq!(terminal.end(), 0);
    assert!(terminal.text().contains("\x1b]1337;File=inline=1"));
    assert!(shows(&terminal, &path));
}

#[tokio::test]
async fn a_silent_terminal_is_not_waited_for() {
    let (home, path) = with_a_picture().await;
    let mut terminal = Terminal::start(&home, "xterm-256color", &["show", "last"]);
    terminal.until(FENCE);
    let asked = Instant::now();
    terminal.until("▄");
    // 250 ms and a decoded picture; the rest of the 2 s is for answers that are late.
    assert!(
        asked.elapsed() < Duration::from_millis(1500),
        "{:?}",
        asked.elapsed()
    );
    terminal.send(NEITHER);
    assert_eq!(terminal.end(), 0);
    assert!(shows(&terminal, &path));
    assert!(
        !terminal.text().contains("62;22"),
        "a late answer is not echoed"
    );
}

#[tokio::test]
async fn a_forced_kind_asks_nobody_twice() {
    let (home, _) = with_a_picture().await;
    for (kind, words) in [
        ("kitty", "a=T"),
        ("iterm2", "\x1b]1337;"),
        ("sixel", "\x1bP"),
    ] {
        let arguments = ["show", "last", "--graphics", kind];
        let mut terminal = Terminal::start(&home, "xterm-256color", &arguments);
        terminal.until(FENCE).send(NEITHER);
        assert_eq!(terminal.end(), 0);
        assert!(terminal.text().contains(words), "{kind}");
        assert_eq!(terminal.text().matches(FENCE).count(), 1, "{kind}");
    }
}

#[tokio::test]
async fn where_no_picture_can_be_only_the_path_is_printed() {
    let (home, path) = with_a_picture().await;
    let line = format!("{}\r\n", path.display());
    for (term, arguments) in [
        ("dumb", &["show", "last"][..]),
        ("", &["show", "last"]),
        ("xterm-256color", &["show", "last", "--graphics", "off"]),
        ("xterm-256color", &["show", "last", "--accessible"]),
    ] {
        let mut terminal = Terminal::start(&home, term, arguments);
        assert_eq!(terminal.end(), 0);
        assert_eq!(terminal.text(), line, "{term} {arguments:?}");
    }
    let home = home.set("ACCESSIBLE", "1");
    let mut terminal = Terminal::start(&home, "xterm-kitty", &["show", "last"]);
    assert_eq!((terminal.end(), terminal.text()), (0, line));
}

#[tokio::test]
async fn without_colours_a_picture_has_none() {
    let (home, path) = with_a_picture().await;
    let home = home.set("NO_COLOR", "1");
    let mut terminal = Terminal::start(&home, "xterm-256color", &["show", "last"]);
    terminal.until(FENCE).send(NEITHER);
    assert_eq!(terminal.end(), 0);
    assert!(shows(&terminal, &path));
    let text = terminal.text();
    assert!(
        !text.contains("38;5") && !text.contains("48;5") && !text.contains("38;2"),
        "{text:?}"
    );
}

#[tokio::test]
async fn an_interrupt_while_the_terminal_is_asked_gives_it_back() {
    let (home, _) = with_a_picture().await;
    let mut terminal = Terminal::start(&home, "xterm-256color", &["show", "last"]);
    terminal.until(FENCE);
    assert!(!terminal.echoes(), "answers would be echoed");
    terminal.send(b"\x03");
    terminal.until("▄").send(NEITHER);
    assert_eq!(terminal.end(), 130);
}

#[tokio::test]
async fn a_job_in_the_background_is_not_stopped() {
    let (home, path) = with_a_picture().await;
    let script = format!("{BINARY} show last & wait $!");
    let mut terminal = Terminal::run(&home, "xterm-256color", "bash", &["-m", "-c", &script]);
    assert_eq!(terminal.end(), 0, "{}", terminal.text());
    assert!(shows(&terminal, &path) && !terminal.text().contains('▄'));
}

#[tokio::test]
async fn what_cannot_be_drawn_is_told_and_its_path_printed() {
    let home = Home::new();
    fs::write(home.work().join("text.png"), "no picture").unwrap();
    let mut terminal = Terminal::start(&home, "xterm-256color", &["show", "text.png"]);
    terminal.until(FENCE).send(NEITHER);
    assert_eq!(terminal.end(), 1);
    let text = terminal.text();
    assert!(
        text.contains("work/text.png\r\n") && text.contains("hint: "),
        "{text:?}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn generate_prints_each_picture_above_its_path_and_asks_once() {
    let server = giving(OutputFormat::Jpeg).await;
    let home = Home::at(&server.url());
    let arguments = ["generate", "-n", "2", "x"];
    let mut terminal = Terminal::start(&home, "xterm-256color", &arguments);
    terminal.until(FENCE).send(NEITHER);
    assert_eq!(terminal.end(), 0);
    let text = terminal.text();
    assert_eq!(text.matches(FENCE).count(), 1);
    let order: Vec<bool> = terminal
        .screen()
        .iter()
        .filter(|l| l.contains('▄') || l.contains(".jpg"))
        .map(|l| l.contains('▄'))
        .collect();
    let turns = order.windows(2).filter(|w| w[0] != w[1]).count();
    assert!(
        order[0] && turns == 3,
        "picture, path, picture, path: {order:?}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn generate_prints_no_picture_where_none_is_wanted() {
    let server = giving(OutputFormat::Jpeg).await;
    let home = Home::at(&server.url());
    for (term, flag, plain) in [
        ("xterm-256color", "--no-preview", false),
        ("xterm-256color", "--json", false),
        ("xterm-256color", "--accessible", true),
        ("dumb", "--no-preview", true),
        ("dumb", "-n1", true),
    ] {
        let mut terminal = Terminal::start(&home, term, &["generate", flag, "x"]);
        assert_eq!(terminal.end(), 0);
        let text = terminal.text();
        assert!(
            !text.contains(FENCE) && !text.contains('▄'),
            "{flag}: {text:?}"
        );
        // Only the progress line needs more than lines.
        assert_eq!(plain, !text.contains('\x1b'), "{term} {flag}: {text:?}");
        assert!(text.contains(".jpg"), "{flag}: {text:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_progress_line_is_wiped_and_an_interrupt_ends_it() {
    let server = RawServer::saying(vec![
        Step::Bytes(head(200, &[("Content-Type", "text/event-stream")])),
        Step::Forever,
    ])
    .await;
    let home = Home::at(&server.url());
    let mut terminal = Terminal::start(&home, "xterm-256color", &["generate", "x"]);
    terminal.until("answering").send(b"\x03");
    assert_eq!(terminal.end(), 130);
    let screen = terminal.screen().join("\n");
    assert!(!screen.contains("answering"), "{screen}");
    assert!(screen.contains("may have been billed"), "{screen}");
}

#[tokio::test(flavor = "multi_thread")]
async fn history_rows_end_at_the_edge() {
    let server = giving(OutputFormat::Jpeg).await;
    let home = Home::at(&server.url());
    let long = "狐 fox ".repeat(40);
    home.run(&["generate", &long]).await.done();
    let mut terminal = Terminal::start(&home, "xterm-256color", &["history"]);
    assert_eq!(terminal.end(), 0);
    let screen = terminal.screen();
    assert_eq!(
        screen.iter().filter(|l| !l.is_empty()).count(),
        1,
        "{screen:#?}"
    );
    assert!(screen[0].ends_with('…'));
}
