//! The transcripts of `tests/fixtures/wire`, and how they are read.

use std::fs;
use std::path::Path;

use plantain::endpoint::{Answer, End, Framing, Image, Part, Reply};

pub const PNG: &str =
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAIAAACQd1PeAAAADElEQVR42mP4f4IBAASRAcjMRuraAAAAAElFTkSuQmCC";
pub const PNG2: &str = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAIAAACQd1PeAAAAA3RFWHRrAHbLBPOQAAAADElEQVR42mP4f4IBAASRAcjMRuraAAAAAElFTkSuQmCC";
pub const JPG: &str = "/9j/4AAQSkZJRgABAQAAAQABAAD/2wBDAP//////////////////////////////////////////////////////////////////////////////////////wAALCAABAAEBAREA/8QAFAABAAAAAAAAAAAAAAAAAAAAAv/EABQQAQAAAAAAAAAAAAAAAAAAAAD/2gAIAQEAAD8AT//Z";
pub const WEBP: &str = "UklGRh4AAABXRUJQVlA4TBEAAAAvAAAAAAdQ5CIXuf+BiOh/AAA=";

/// One transcript. The first line of its file is `STATUS CONTENT-TYPE [flags]`; with the flag `sse` each line of the rest is
/// one event, `noeol` drops the last line end, `h:NAME:VALUE` is a header.
pub struct Fixture {
    pub name: String,
    pub status: u16,
    pub content_type: String,
    pub headers: Vec<(String, String)>,
    pub body: Vec<u8>,
}

/// All of them, by name.
pub fn all() -> Vec<Fixture> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/wire");
    let mut fixtures: Vec<Fixture> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| load(&entry.unwrap().path()))
        .collect();
    fixtures.sort_by(|a, b| a.name.cmp(&b.name));
    assert!(fixtures.len() >= 25, "fixtures are missing");
    fixtures
}

/// The one called `name`.
pub fn named(name: &str) -> Fixture {
    all().into_iter().find(|f| f.name == name).unwrap()
}

fn load(path: &Path) -> Fixture {
    let text = fs::read_to_string(path).unwrap();
    let (first, body) = text.split_once('\n').unwrap();
    let mut words = first.split(' ');
    let status = words.next().unwrap().parse().unwrap();
    let content_type = words.next().unwrap().to_owned();
    let flags: Vec<&str> = words.collect();
    let mut body = body
        .replace("{PNG}", PNG)
        .replace("{PNG2}", PNG2)
        .replace("{JPG}", JPG)
        .replace("{WEBP}", WEBP);
    if flags.contains(&"sse") {
        body = body.replace('\n', "\n\n");
    }
    if flags.contains(&"noeol") {
        body.truncate(body.trim_end_matches('\n').len());
    }
    Fixture {
        name: path.file_stem().unwrap().to_str().unwrap().to_owned(),
        status,
        content_type,
        headers: flags
            .iter()
            .filter_map(|f| f.strip_prefix("h:")?.split_once(':'))
            .map(|(n, v)| (n.to_owned(), v.to_owned()))
            .collect(),
        body: body.into_bytes(),
    }
}

pub fn data(base64: &str) -> String {
    format!("data:{base64}")
}

/// Reads an answer whose bytes come in these pieces.
pub fn read<'a>(pieces: impl IntoIterator<Item = &'a [u8]>) -> (Vec<Part>, Answer) {
    let mut framing = Framing::new();
    let mut reply = Reply::new();
    let mut parts = Vec::new();
    for piece in pieces {
        for chunk in framing.push(piece).unwrap() {
            parts.extend(reply.push(chunk));
        }
    }
    for chunk in framing.finish() {
        parts.extend(reply.push(chunk));
    }
    (parts, reply.finish(End::Closed))
}

pub fn whole(bytes: &[u8]) -> (Vec<Part>, Answer) {
    read([bytes])
}

pub fn shown(image: &Image) -> String {
    use base64::Engine as _;
    match image {
        Image::Url(url) => url.clone(),
        Image::Inline(blob) => {
            data(&base64::engine::general_purpose::STANDARD.encode(blob.to_vec().unwrap()))
        }
    }
}
