//! No file that came from a server reaches the terminal: what is drawn was encoded anew, of pixels, and no command names
//! a file or shared memory.

use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use plantain::domain::{ColorDepth, FileFormat, GraphicsKind, OutputFormat, PixelSize};
use plantain::graphics::{
    Bitmap, Capabilities, Damage, Link, Payload, Placement, Print, Route, Rung, Stage,
};
use plantain::picture::{Limits, Pixels, decode, encode, fit, label};
use ratatui::layout::{Position, Rect, Size};

use super::pictures::{self, caps, id};

/// Exactly the cells of [`AREA`], so that nothing has to be resized.
const SIZE: PixelSize = PixelSize {
    width: 300,
    height: 200,
};
const AREA: Rect = Rect::new(2, 1, 30, 10);
const LABEL: &str = "what only the file of the server says";

/// A file as a server sends it, and the picture in it.
fn served(format: OutputFormat) -> (Vec<u8>, Pixels) {
    let photo = pictures::Pixels::photo(SIZE);
    let pixels = Pixels::new(SIZE, photo.rgba).unwrap();
    let file = encode(&pixels, format, 92).unwrap();
    let format = match format {
        OutputFormat::Png => FileFormat::Png,
        OutputFormat::Jpeg => FileFormat::Jpeg,
        OutputFormat::Webp => FileFormat::Webp,
    };
    let file = label(file, format, LABEL);
    assert!(memchr::memmem::find(&file, LABEL.as_bytes()).is_some());
    let pixels = decode(&file, Limits::default()).unwrap();
    (file, pixels)
}

/// Every terminal that pictures are encoded for.
fn terminals() -> Vec<Capabilities> {
    let mut all = Vec::new();
    for kind in [
        GraphicsKind::Kitty,
        GraphicsKind::Sixel,
        GraphicsKind::Iterm2,
        GraphicsKind::Blocks,
    ] {
        all.push(caps(kind));
        let mut behind = caps(kind);
        behind.multiplexed = true;
        behind.route = Route::Tmux { levels: 1 };
        behind.placeholders = kind == GraphicsKind::Kitty;
        behind.colors = ColorDepth::Ansi256;
        all.push(behind);
    }
    all
}

/// The files in the output: those of kitty's and iTerm2's commands, out of their chunks and their base64.
fn files(output: &[u8]) -> Vec<Vec<u8>> {
    let text = String::from_utf8_lossy(output);
    let body = |text: &str| {
        let end = text.find(['\x1b', '\x07']).unwrap_or(text.len());
        text[..end].to_owned()
    };
    let mut base64: Vec<String> = Vec::new();
    for command in text.split("_G").skip(1) {
        let command = body(command);
        let Some((keys, payload)) = command.split_once(';') else {
            continue;
        };
        if keys.contains("a=t") || keys.contains("a=T") {
            base64.push(String::new());
        }
        base64.last_mut().unwrap().push_str(payload);
    }
    for command in text.split("1337;File=").skip(1) {
        base64.push(body(command).split_once(':').unwrap().1.to_owned());
    }
    base64
        .iter()
        .map(|base64| STANDARD.decode(base64).unwrap())
        .collect()
}

/// The medium of each of kitty's transmissions is the command itself.
fn check_medium(output: &[u8]) {
    for command in String::from_utf8_lossy(output).split("_G").skip(1) {
        let keys = command.split([';', '\x1b']).next().unwrap();
        let medium = keys.split(',').find_map(|key| key.strip_prefix("t="));
        assert!(medium.is_none_or(|medium| medium == "d"), "{keys}");
    }
}

/// Returns how many files the output has.
fn check(output: &[u8], file: &[u8], why: &str) -> usize {
    check_medium(output);
    let own = files(output);
    let whole = STANDARD.encode(file);
    assert!(memchr::memmem::find(output, whole.as_bytes()).is_none());
    for bytes in own.iter().map(Vec::as_slice).chain([output]) {
        assert_ne!(bytes, file, "{why}");
        let label = memchr::memmem::find(bytes, LABEL.as_bytes());
        assert_eq!(label, None, "{why}");
        // The second half has no tables that many files share.
        let half = &file[file.len() / 2..];
        for piece in half.chunks_exact(24).step_by(half.len() / 24 / 16) {
            let found = memchr::memmem::find(bytes, piece);
            assert_eq!(found, None, "{why}: bytes of the file");
        }
    }
    own.len()
}

fn bitmap(pixels: &Pixels) -> Bitmap<'_> {
    Bitmap::new(pixels.size(), pixels.rgba()).unwrap()
}

/// All that a stage sends until the best is there, and its rungs.
fn staged(caps: Capabilities, rate: Option<u64>, pixels: &Pixels) -> (Vec<u8>, Vec<Rung>) {
    let mut stage = Stage::new(caps);
    stage.set_link(Link {
        round_trip: rate.map(|_| Duration::from_millis(100)),
        rate,
    });
    stage.set_close(true);
    let placement = Placement {
        picture: id(1),
        area: AREA,
        part: AREA,
    };
    let (mut out, mut rungs) = (stage.want(&[placement], &Damage::None), Vec::new());
    loop {
        let jobs = stage.jobs();
        for job in &jobs {
            let fitted = fit(pixels, job.px());
            let payload = job.run(&bitmap(&fitted)).unwrap();
            if let Payload::Image(base64) = &payload {
                assert!(STANDARD.decode(base64.as_bytes()).is_ok());
            }
            stage.ready(job.key(), payload);
            rungs.push(job.rung());
        }
        let before = out.len();
        while let Some(bytes) = stage.slice(4000, Some(Position::ORIGIN)) {
            out.extend(bytes);
        }
        if jobs.is_empty() && out.len() == before {
            return (out, rungs);
        }
    }
}

const FORMATS: [OutputFormat; 3] = [OutputFormat::Png, OutputFormat::Jpeg, OutputFormat::Webp];

#[test]
fn what_the_stage_sends_is_no_file_of_a_server() {
    let mut rungs = Vec::new();
    for format in [OutputFormat::Png, OutputFormat::Jpeg] {
        let (file, pixels) = served(format);
        for caps in terminals() {
            let lines = [(true, None), (false, None), (true, Some(200_000))];
            let differ = if caps.multiplexed { 1 } else { lines.len() };
            for (remote, rate) in lines.into_iter().take(differ) {
                let why = format!("{} {:?} {format:?} {rate:?}", caps.kind, caps.route);
                let has_files = matches!(caps.kind, GraphicsKind::Kitty | GraphicsKind::Iterm2);
                let mut caps = caps.clone();
                caps.remote = remote;
                let (out, climbed) = staged(caps, rate, &pixels);
                assert!(out.len() > 1000, "{why}");
                let files = check(&out, &file, &why);
                assert_eq!(files > 0, has_files, "{why}");
                rungs.extend(climbed);
            }
        }
    }
    rungs.sort();
    rungs.dedup();
    assert_eq!(rungs.len(), 5, "{rungs:?}");
}

#[test]
fn what_is_printed_is_no_file_of_a_server() {
    for format in FORMATS {
        let (file, pixels) = served(format);
        for caps in terminals() {
            for rung in [
                Rung::Glance,
                Rung::Quick,
                Rung::Careful,
                Rung::Fine,
                Rung::Exact,
            ] {
                let print = Print::new(SIZE, &caps, Size::new(60, 20), rung).unwrap();
                assert_eq!(print.cells(), AREA.as_size());
                let fitted = fit(&pixels, print.px());
                let out = print.run(&bitmap(&fitted)).unwrap();
                let why = format!("{} {:?} {format:?} {rung:?}", caps.kind, caps.route);
                let has_files = matches!(caps.kind, GraphicsKind::Kitty | GraphicsKind::Iterm2);
                assert_eq!(check(&out, &file, &why) > 0, has_files, "{why}");
            }
        }
    }
}
