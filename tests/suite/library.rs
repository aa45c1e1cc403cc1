//! The library over real files in a temporary folder: journal, pictures, history, and several processes at once.

mod bad_luck;
mod converted;
mod damage;
mod demo;
mod history;
mod journal;
mod left;
mod opening;
mod pictures;
mod sharing;
mod thumbnails;

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::{env, fs};

use jiff::tz::TimeZone;
use plantain::domain::{
    AspectRatio, Failure, FileFormat, Generation, GenerationId, OutputFormat, Picture, PixelSize,
    Prompt, Request, Step,
};
use plantain::library::Library;

/// 2026-11-24 14:02:33 UTC.
const CREATED: i64 = 1_795_528_953_000;

fn open(folder: &Path) -> Library {
    Library::open(folder, TimeZone::UTC).unwrap()
}

fn refused(folder: &Path) -> Failure {
    Library::open(folder, TimeZone::UTC).unwrap_err()
}

/// A new generation whose id is `n`.
fn generation(n: u128, prompt: &str) -> Generation {
    let id = GenerationId::from_number(n);
    let request = Request {
        model: "NanoBananaPro-1K".to_owned(),
        ratio: AspectRatio::new(16, 9).unwrap(),
        format: OutputFormat::Png,
        prompt: Prompt::new(prompt).unwrap(),
        references: Vec::new(),
        parent: None,
    };
    Generation::new(id, id, CREATED, request, false)
}

/// One that is in the journal and sent.
fn sent(library: &Library, n: u128, prompt: &str) -> Generation {
    let mut generation = generation(n, prompt);
    library.prepare(&mut generation).unwrap();
    library.step(&mut generation, Step::Send).unwrap();
    generation
}

/// Saves `bytes` as the next picture and adds it to the generation.
fn save(library: &Library, generation: &mut Generation, bytes: &[u8]) -> Picture {
    let n = generation.pictures.len() as u16 + 1;
    let size = Some(PixelSize::new(1376, 768));
    let picture = library
        .save_picture(generation, n, bytes, FileFormat::Png, size, None)
        .unwrap();
    generation.pictures.push(picture.clone());
    picture
}

/// A finished one with one picture.
fn done(library: &Library, n: u128, prompt: &str) -> Generation {
    let mut generation = sent(library, n, prompt);
    save(library, &mut generation, prompt.as_bytes());
    library.step(&mut generation, Step::Save).unwrap();
    generation
}

/// The lines of `records.jsonl` that tell an end or a change after it; those of work are left out.
fn records(library: &Library) -> Vec<serde_json::Value> {
    let path = library.folder().join(".plantain/records.jsonl");
    fs::read_to_string(path)
        .unwrap_or_default()
        .lines()
        .map(|line| serde_json::from_str::<serde_json::Value>(line).unwrap())
        .filter(|line| line["status"] != "running")
        .collect()
}

/// Every file below `folder`, as paths from there, sorted; `.plantain` left out.
fn files(folder: &Path) -> Vec<String> {
    fn walk(at: &Path, out: &mut Vec<PathBuf>) {
        for entry in fs::read_dir(at).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() && !path.is_symlink() {
                if path.file_name().unwrap() != ".plantain" {
                    walk(&path, out);
                }
            } else {
                out.push(path);
            }
        }
    }
    let mut out = Vec::new();
    walk(folder, &mut out);
    let mut out: Vec<String> = out
        .iter()
        .map(|p| p.strip_prefix(folder).unwrap().display().to_string())
        .collect();
    out.sort();
    out
}

/// Names the folder to a process that a test started.
const FOLDER: &str = "PLANTAIN_TEST_LIBRARY";

/// The test binary once more: it runs only the test of that name, which then finds the folder by [`started`].
fn another_process(binary: &Path, test: &str, folder: &Path) -> Command {
    let mut command = Command::new(binary);
    command
        .args([test, "--exact", "--nocapture"])
        .env(FOLDER, folder)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped());
    command
}

/// The folder, in such a process.
fn started() -> Option<PathBuf> {
    env::var_os(FOLDER).map(PathBuf::from)
}
