//! What happens behind the studio's back while it runs: files that go bad, and other processes that write.

use std::fs;
use std::os::unix::fs::symlink;
use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

use image::{ImageFormat, Rgb, RgbImage};
use plantain::domain::{
    AspectRatio, FileFormat, Generation, GenerationId, OutputFormat, Picture, PixelSize, Prompt,
    Request, Step,
};
use plantain::library::Library;

use super::terminal::{Home, KITTY, Start};

const PLACE: &str = "\x1b_Ga=p,";

/// A finished generation with a picture of 320x180 px, as another process makes it.
fn done(library: &Library, n: u8, prompt: &str) -> Picture {
    let request = Request {
        model: "NanoBanana2-0.5K".to_owned(),
        ratio: AspectRatio::new(16, 9).unwrap(),
        format: OutputFormat::Png,
        prompt: Prompt::new(prompt).unwrap(),
        references: Vec::new(),
        parent: None,
    };
    let id = GenerationId::from_number(u128::from(n));
    let mut generation = Generation::new(id, id, 1_795_528_953_000, request, false);
    library.prepare(&mut generation).unwrap();
    library.step(&mut generation, Step::Send).unwrap();
    let pixels = RgbImage::from_fn(320, 180, |x, y| Rgb([n, x as u8, y as u8]));
    let mut bytes = std::io::Cursor::new(Vec::new());
    pixels.write_to(&mut bytes, ImageFormat::Png).unwrap();
    let size = Some(PixelSize::new(320, 180));
    let picture = library
        .save_picture(&generation, 1, bytes.get_ref(), FileFormat::Png, size, None)
        .unwrap();
    library.step(&mut generation, Step::Save).unwrap();
    picture
}

fn truncate(path: &Path) {
    let bytes = fs::read(path).unwrap();
    fs::write(path, &bytes[..bytes.len() / 3]).unwrap();
}

/// A small file that says that it has 20,000 x 20,000 px.
fn bomb(path: &Path) {
    let mut bytes = fs::read(path).unwrap();
    bytes[16..24].copy_from_slice(&[0, 0, 0x4e, 0x20, 0, 0, 0x4e, 0x20]);
    fs::write(path, bytes).unwrap();
}

fn pipe(path: &Path) {
    fs::remove_file(path).unwrap();
    assert!(Command::new("mkfifo").arg(path).status().unwrap().success());
}

/// What is done to a file, how, and a word of what its card then says.
type Harm = (&'static str, &'static dyn Fn(&Path), &'static str);

#[test]
fn a_file_that_goes_bad_is_a_card_in_words() {
    let harms: [Harm; 7] = [
        ("deleted", &|path| fs::remove_file(path).unwrap(), "cannot"),
        ("truncated", &truncate, "damaged"),
        (
            "emptied",
            &|path| fs::write(path, b"").unwrap(),
            "this is not",
        ),
        (
            "text",
            &|path| fs::write(path, b"\x1b[2J<svg/>").unwrap(),
            "this is not",
        ),
        ("a bomb", &bomb, "the picture is"),
        ("a pipe", &pipe, "cannot"),
        (
            "a device",
            &|path| {
                fs::remove_file(path).unwrap();
                symlink("/dev/zero", path).unwrap();
            },
            "cannot",
        ),
    ];
    let home = Home::new();
    let library = home.library();
    let pictures: Vec<Picture> = (1..)
        .zip(harms)
        .map(|(n, (what, ..))| done(&library, n, &format!("number {n}, then {what}")))
        .collect();
    done(&library, 100, "the newest, which stays");
    drop(library);

    let mut terminal = Start::new(&home).answers(KITTY).open();
    terminal.wait("the newest, which stays");
    terminal.wait_for("the picture", |t| t.count(PLACE) > 0);
    for ((_, harm, _), picture) in harms.iter().zip(&pictures) {
        harm(&picture.path);
    }
    terminal.keys("\x1b3");
    for (n, (what, _, says)) in harms.iter().enumerate().rev() {
        terminal.keys("j");
        let id = format!("{:08x}.1", n + 1);
        terminal.wait_for(what, |t| {
            let text = t.text();
            text.contains(&id) && text.contains(says)
        });
    }
    // Back to what is whole.
    terminal.keys("gg");
    let before = terminal.count(PLACE);
    terminal.keys("\x0c");
    terminal.wait_for("the picture", |t| t.count(PLACE) > before);
    terminal.keys("\x11");
    assert_eq!(terminal.exit_clean(), 0);
    assert!(!terminal.seen().contains("panicked"));

    // The command line: each is listed, and a missing one is named.
    let run = |arguments: &[&str]| {
        Command::new(env!("CARGO_BIN_EXE_plantain"))
            .args(arguments)
            .env_clear()
            .env("HOME", home.path())
            .output()
            .unwrap()
    };
    let listed = run(&["history", "--json"]);
    assert!(listed.status.success());
    assert_eq!(String::from_utf8(listed.stdout).unwrap().lines().count(), 8);
    let shown = run(&["show", "00000001"]);
    assert_eq!(shown.status.code(), Some(1));
    assert!(String::from_utf8(shown.stderr).unwrap().contains("is gone"));
}

#[test]
fn what_another_process_makes_is_seen_within_two_seconds() {
    let home = Home::new();
    let library = home.library();
    let mut terminal = Start::new(&home).open();
    terminal.wait("No pictures yet.");
    for n in 1..6 {
        let made = Instant::now();
        done(&library, n, &format!("their number {n}"));
        terminal.wait(&format!("their number {n}"));
        terminal.wait(&format!("History ({n})"));
        assert!(
            made.elapsed() < Duration::from_secs(2),
            "{:?}",
            made.elapsed()
        );
    }
    terminal.keys("\x11");
    assert_eq!(terminal.exit_clean(), 0);
}
