//! Typing while pictures travel: the release binary behind a line of 60 KB/s and 100 ms, and its terminal at the far end.
//!
//! Each round selects the next picture and types on in the prompt, a key every 300 ms, whatever is answered. A key's echo
//! has arrived when the prompt's row shows all that was typed. The picture is watched by its pixels.

use std::env;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use image::RgbImage;
use jiff::tz::TimeZone;
use plantain::domain::{
    AspectRatio, FileFormat, Generation, GenerationId, OutputFormat, Prompt, Request, Step,
};
use plantain::library::Library;
use ratatui::layout::Rect;
use tempfile::TempDir;

use crate::line::{Over, Session, Shape, command, environment};
use crate::photos::{Photo, Photos, files, png};
use crate::screen::Profile;
use crate::table;
use crate::{CELL, WINDOW, quality};

const ROUNDS: usize = 5;
/// Without spaces, which nobody sees arrive.
const TYPED: &str = "sevenquickfoxesrun";
const BETWEEN: Duration = Duration::from_millis(300);
const IDLE: Duration = Duration::from_secs(5);
/// A picture is whole when nothing has come for so long.
const QUIET: Duration = Duration::from_secs(2);
const PATIENCE: Duration = Duration::from_secs(180);
/// dB from which a picture is recognised; half-blocks leave 17 of the noisiest photograph.
const SEEN: f64 = 14.0;
/// A picture this near to how it ends is the whole one.
const NEARLY: f64 = 0.2;

pub fn table(photos: &Photos) {
    println!(
        "typing while pictures travel over 60 KB/s and 100 ms: {ROUNDS} pictures, {} keys each, one every {} ms",
        TYPED.len(),
        BETWEEN.as_millis()
    );
    println!(
        "{:<34}{:>12}{:>12}{:>12}{:>20}{:>20}{:>20}{:>12}{:>10}",
        "", "echo p50 ms", "p95 ms", "worst ms", "glance ms", "whole ms", "KB", "dB", "idle B"
    );
    let own = PathBuf::from(env!("CARGO_BIN_EXE_plantain"));
    let before = env::var_os("PLANTAIN_BASELINE").map(PathBuf::from);
    let binaries = [("", Some(own)), ("before: ", before)];
    let binaries: Vec<_> = binaries
        .into_iter()
        .filter_map(|(name, file)| Some((name, file?)))
        .collect();
    for (name, profile) in PROFILES {
        for (which, binary) in &binaries {
            // The next one would begin where this one ended.
            let home = library(photos);
            let name = format!("{which}{name}");
            match typing(binary, home.path(), photos, profile) {
                Ok(figures) => figures.print(&name),
                Err(why) => println!("{name:<34}{why}"),
            }
        }
    }
    println!(
        "\n`show` over the same line\n{:<34}{:>12}{:>12}{:>12}{:>12}",
        "", "KB", "first ms", "whole ms", "dB"
    );
    let home = TempDir::new().unwrap();
    let (_folder, files) = files(&photos.own()[..1]);
    for (name, profile) in PROFILES {
        for (which, binary) in &binaries {
            show(
                &format!("{which}{name}"),
                binary,
                home.path(),
                profile,
                &files[0],
                &photos.own()[0],
            );
        }
    }
    println!();
}

const PROFILES: [(&str, Profile); 4] = [
    ("kitty", Profile::Kitty),
    ("sixel", Profile::Sixel),
    ("iTerm2", Profile::Iterm2),
    ("no graphics", Profile::Plain),
];

/// A home whose history has the photographs, the first one newest.
fn library(photos: &Photos) -> TempDir {
    let home = TempDir::new().unwrap();
    let folder = home.path().join("Pictures/plantain");
    let library = Library::open(&folder, TimeZone::UTC).unwrap();
    for (n, photo) in photos.own().iter().rev().enumerate() {
        let id = GenerationId::from_number(n as u128 + 1);
        let request = Request {
            model: "NanoBananaPro-1K".to_owned(),
            ratio: AspectRatio::new(16, 9).unwrap(),
            format: OutputFormat::Png,
            prompt: Prompt::new(format!("photo {}", photo.name)).unwrap(),
            references: Vec::new(),
            parent: None,
        };
        let at = 1_795_528_953_000 + n as i64 * 1000;
        let mut generation = Generation::new(id, id, at, request, true);
        library.prepare(&mut generation).unwrap();
        library.step(&mut generation, Step::Send).unwrap();
        let size = Some(photo.pixels.size());
        let file = png(&photo.pixels);
        let picture = library
            .save_picture(&generation, 1, &file, FileFormat::Png, size, None)
            .unwrap();
        generation.pictures.push(picture);
        library.step(&mut generation, Step::Save).unwrap();
    }
    home
}

struct Figures {
    /// ms, of each key.
    echoes: Vec<f64>,
    /// ms, of each picture.
    glances: Vec<f64>,
    wholes: Vec<f64>,
    /// KB that arrived in each round, text and all.
    kilobytes: Vec<f64>,
    qualities: Vec<f64>,
    idle: usize,
}

impl Figures {
    fn print(mut self, name: &str) {
        for values in [
            &mut self.echoes,
            &mut self.glances,
            &mut self.wholes,
            &mut self.kilobytes,
            &mut self.qualities,
        ] {
            values.sort_by(f64::total_cmp);
        }
        println!(
            "{name:<34}{:>12.0}{:>12.0}{:>12.0}{:>20}{:>20}{:>20}{:>12}{:>10}",
            table::percentile(&self.echoes, 50),
            table::percentile(&self.echoes, 95),
            table::percentile(&self.echoes, 100),
            table::spread(&self.glances, 0),
            table::spread(&self.wholes, 0),
            table::spread(&self.kilobytes, 1),
            table::middle(&self.qualities, 1),
            self.idle
        );
    }
}

fn start(binary: &Path, arguments: &[&str], home: &Path, profile: Profile) -> Session {
    let mut command = command(binary, arguments, &environment(profile));
    command.env("HOME", home);
    command.cwd(home);
    Session::start(command, profile, Shape::SLOW)
}

fn typing(
    binary: &Path,
    home: &Path,
    photos: &Photos,
    profile: Profile,
) -> Result<Figures, String> {
    let mut session = start(binary, &[], home, profile);
    let end = Instant::now() + PATIENCE;
    if session.play(end, |s| s.screen.text().contains("F1 help")) != Over::Met {
        return Err(format!("no first frame:\n{}", session.screen.text()));
    }
    session.settle(QUIET, PATIENCE);
    let mut figures = Figures {
        echoes: Vec::new(),
        glances: Vec::new(),
        wholes: Vec::new(),
        kilobytes: Vec::new(),
        qualities: Vec::new(),
        idle: 0,
    };
    for round in 1..=ROUNDS {
        let (before, next) = (&photos.own()[round - 1], &photos.own()[round]);
        let Some(mut watch) = Watch::new(&session, before, next) else {
            return Err(format!("no picture to be seen:\n{}", session.screen.text()));
        };
        let bytes = session.bytes;
        let pressed = Instant::now();
        session.press("\x1b3\x1b[B\x1b1");
        // The prompt must have the keys, whatever has become of the picture.
        let mut typed = String::new();
        let mut waiting: Vec<(String, Instant)> = Vec::new();
        for key in TYPED.chars() {
            session.press(&key.to_string());
            typed.push(key);
            waiting.push((typed.clone(), Instant::now()));
            let next = pressed + BETWEEN * typed.len() as u32;
            session.play(next, |session| {
                hear(session, &mut waiting, &mut figures.echoes);
                watch.look(session, false);
                false
            });
        }
        let end = Instant::now() + PATIENCE;
        while !waiting.is_empty() {
            let over = session.play(end, |session| {
                hear(session, &mut waiting, &mut figures.echoes);
                watch.look(session, false);
                waiting.is_empty()
            });
            if over != Over::Met {
                return Err(format!("no echo:\n{}", session.screen.text()));
            }
        }
        loop {
            let quiet = Instant::now() + QUIET;
            let over = session.play(quiet, |session| {
                watch.look(session, false);
                true
            });
            if over != Over::Met && session.screen.is_at_rest() {
                break;
            }
        }
        watch.look(&session, true);
        figures.kilobytes.push((session.bytes - bytes) as f64 / 1e3);
        if let Some((glance, whole)) = watch.told(pressed) {
            figures.glances.push(glance);
            figures.wholes.push(whole);
        }
        let shown = session.screen.picture(watch.area);
        figures.qualities.push(quality::psnr(&watch.ideal, &shown));
        // The prompt is empty again for the next round.
        session.press("\x15");
        session.settle(QUIET, PATIENCE);
    }
    let before = session.bytes;
    session.play(Instant::now() + IDLE, |_| false);
    figures.idle = session.bytes - before;
    session.end();
    Ok(figures)
}

/// Takes down the echoes that have arrived.
fn hear(session: &Session, waiting: &mut Vec<(String, Instant)>, echoes: &mut Vec<f64>) {
    let Some(prompt) = prompt(session) else {
        return;
    };
    waiting.retain(|(typed, at)| {
        let there = prompt.starts_with(typed);
        if there {
            echoes.push((session.last - *at).as_secs_f64() * 1e3);
        }
        !there
    });
}

/// What is written in the prompt's first row.
fn prompt(session: &Session) -> Option<String> {
    let text = session.screen.text();
    let mut rows = text.lines().skip_while(|row| !row.contains(" Prompt "));
    let row = rows.nth(1)?;
    Some(row.trim_start_matches(['│', '┃', '║', ' ']).to_owned())
}

/// How the next picture comes up where the last one stands, by samples of its pixels.
struct Watch {
    area: Rect,
    /// px, from the corner of the area.
    points: Vec<(u32, u32)>,
    before: RgbImage,
    ideal: RgbImage,
    looked: Instant,
    bytes: usize,
    /// When, dB to the next one.
    seen: Vec<(Instant, f64)>,
}

const LOOK_EVERY: Duration = Duration::from_millis(40);
/// px between two samples: looking at all of them would hold up the terminal.
const APART: usize = 9;

impl Watch {
    fn new(session: &Session, before: &Photo, next: &Photo) -> Option<Self> {
        // The preview is left of the history and above the prompt.
        let area = crate::ours::preview_area(&session.screen.text(), before.pixels.size())?;
        let (width, height) = (
            u32::from(area.width) * CELL.0,
            u32::from(area.height) * CELL.1,
        );
        let rows = (0..height).step_by(APART);
        let points = rows.flat_map(|y| (0..width).step_by(APART).map(move |x| (x, y)));
        Some(Self {
            area,
            points: points.collect(),
            before: quality::ideal(&before.pixels, width, height),
            ideal: quality::ideal(&next.pixels, width, height),
            looked: Instant::now(),
            bytes: 0,
            seen: Vec::new(),
        })
    }

    fn look(&mut self, session: &Session, always: bool) {
        if !always && (session.last < self.looked + LOOK_EVERY || session.bytes == self.bytes) {
            return;
        }
        self.looked = session.last;
        self.bytes = session.bytes;
        let (left, top) = (
            u32::from(self.area.x) * CELL.0,
            u32::from(self.area.y) * CELL.1,
        );
        let seen = |(x, y): &(u32, u32)| session.screen.pixel(left + x, top + y);
        let shown: Vec<[u8; 3]> = self
            .points
            .iter()
            .map(|at| seen(at).unwrap_or_default())
            .collect();
        let to = |picture: &RgbImage| {
            let pixels = self.points.iter().map(|(x, y)| picture.get_pixel(*x, *y).0);
            let pairs = pixels.zip(&shown).flat_map(|(a, b)| a.into_iter().zip(*b));
            let error: f64 = pairs.map(|(a, b)| f64::from(a.abs_diff(b)).powi(2)).sum();
            let mean = error.max(1.0) / (self.points.len() * 3) as f64;
            10.0 * (255.0 * 255.0 / mean).log10()
        };
        let to_next = to(&self.ideal);
        let is_next = to_next > to(&self.before);
        let seen = if is_next { to_next } else { 0.0 };
        self.seen.push((session.last, seen));
    }

    /// ms to the glance and to the whole picture; nothing when it never came.
    fn told(&self, since: Instant) -> Option<(f64, f64)> {
        let last = self.seen.last().map_or(0.0, |(_, db)| *db);
        let reaches = |db: f64| {
            let first = self.seen.iter().find(|(_, seen)| *seen >= db)?.0;
            Some(first.saturating_duration_since(since).as_secs_f64() * 1e3)
        };
        (last >= SEEN).then_some(())?;
        Some((reaches(SEEN)?, reaches(last - NEARLY)?))
    }
}

fn show(name: &str, binary: &Path, home: &Path, profile: Profile, file: &Path, photo: &Photo) {
    let path = file.display().to_string();
    let mut session = start(binary, &["show", &path], home, profile);
    let mut first = None;
    let over = session.play(Instant::now() + PATIENCE, |session| {
        if first.is_none() && session.bytes > 2000 {
            first = Some(session.last - session.started);
        }
        false
    });
    if over != Over::Ended {
        println!("{name:<34}it does not end");
        session.end();
        return;
    }
    let extent = session.screen.extent();
    let db = extent.map(|[left, top, width, height]| {
        let whole = session.screen.picture(Rect::new(0, 0, WINDOW.0, WINDOW.1));
        let shown = image::imageops::crop_imm(&whole, left, top, width, height).to_image();
        quality::psnr(&quality::ideal(&photo.pixels, width, height), &shown)
    });
    let ms = |took: Duration| took.as_secs_f64() * 1e3;
    println!(
        "{name:<34}{:>12.1}{:>12.0}{:>12.0}{:>12.1}",
        session.bytes as f64 / 1e3,
        first.map_or(f64::NAN, ms),
        ms(session.last - session.started),
        db.unwrap_or(f64::NAN)
    );
    session.end();
}
