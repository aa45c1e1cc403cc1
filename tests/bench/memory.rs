//! How much memory an answer with large pictures takes, in it or at addresses that it names, from the socket to the saved files. Run by `cargo bench --bench memory`.
//!
//! Each case is a process of its own: the real pipeline into a library in a temporary folder. Another process is the gateway
//! and makes the bytes as it sends them. What is printed is the peak of the resident memory over what the process had before
//! it asked (Linux only: /proc). It prints a table and judges nothing.

#![allow(
    clippy::print_stdout,
    clippy::unwrap_used,
    reason = "a bench prints, and ends where something is not as it should be"
)]

use std::env;
use std::fs;
use std::io::{BufRead, BufReader, BufWriter, Cursor, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use flate2::Compression;
use flate2::write::GzEncoder;
use image::codecs::jpeg::JpegEncoder;
use image::{ExtendedColorType, ImageEncoder};
use jiff::tz::TimeZone;
use plantain::config::{builtin_catalog, builtin_profiles};
use plantain::domain::{AspectRatio, OutputFormat, Prompt, Request, State};
use plantain::endpoint::BaseUrl;
use plantain::library::Library;
use plantain::pipeline::{Pipeline, Setup};

/// What the gateway answers, by the number in the prompt.
const CASES: [(&str, &[u32], Shape); 8] = [
    ("one line of 45 MB, markdown", &[3340], Shape::Markdown),
    (
        "one line of 120 MB, three pictures",
        &[3160, 3161, 3162],
        Shape::Data,
    ),
    ("45 MB in deltas of 4 kB", &[3340], Shape::Deltas(4000)),
    ("45 MB in deltas of 1 MB", &[3340], Shape::Deltas(1_000_000)),
    (
        "one line of 45 MB, slashes escaped",
        &[3340],
        Shape::Escaped,
    ),
    ("a JPEG of 4096x4096", &[4096], Shape::Jpeg),
    ("a download of 60 MB", &[4472], Shape::Download(false)),
    ("the same, packed", &[4472], Shape::Download(true)),
];

#[derive(Clone, Copy)]
enum Shape {
    Markdown,
    Data,
    Deltas(usize),
    Escaped,
    Jpeg,
    /// Named in the answer; packed with gzip or not.
    Download(bool),
}

fn main() {
    let mut arguments = env::args().skip(1);
    match (
        arguments.next().as_deref(),
        arguments.next(),
        arguments.next(),
    ) {
        (Some("gateway"), Some(case), _) => gateway(CASES[case.parse::<usize>().unwrap()]),
        (Some("client"), Some(case), Some(url)) => {
            client(CASES[case.parse::<usize>().unwrap()], &url);
        }
        _ => {
            println!(
                "{:<40}{:>10}{:>10}{:>14}",
                "", "MB came", "s", "MB over before"
            );
            for case in 0..CASES.len() {
                run(&case.to_string());
            }
        }
    }
}

fn run(case: &str) {
    let own = env::current_exe().unwrap();
    let mut gateway = Command::new(&own)
        .args(["gateway", case])
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut url = String::new();
    let out = gateway.stdout.as_mut().unwrap();
    BufReader::new(out).read_line(&mut url).unwrap();
    let client = Command::new(&own)
        .args(["client", case, url.trim()])
        .status();
    gateway.kill().unwrap();
    gateway.wait().unwrap();
    assert!(client.unwrap().success());
}

fn client((name, sides, shape): (&str, &[u32], Shape), url: &str) {
    let folder = tempfile::tempdir().unwrap();
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .unwrap();
    let pipeline = Pipeline::new(Setup {
        library: Library::open(folder.path(), TimeZone::UTC).unwrap(),
        catalog: builtin_catalog(),
        base_url: BaseUrl::parse(url).unwrap(),
        key: None,
        profiles: builtin_profiles(),
        profile: "documented".to_owned(),
        parallel: 4,
        silence: Duration::from_secs(300),
        convert: plantain::domain::Convert::Never,
        demo: false,
    })
    .unwrap();
    let before = status("VmRSS:");
    // From here on the peak is counted anew.
    fs::write("/proc/self/clear_refs", "5").unwrap();
    let started = Instant::now();
    let generation = runtime.block_on(async {
        let request = Request {
            model: "NanoBananaPro-4K".to_owned(),
            ratio: AspectRatio::SQUARE,
            format: OutputFormat::Png,
            prompt: Prompt::new("noise").unwrap(),
            references: Vec::new(),
            parent: None,
        };
        let running = pipeline.submit(request, None, Arc::new(|_, _| {})).await;
        running.unwrap().done.await.unwrap()
    });
    let took = started.elapsed();
    let peak = status("VmHWM:");
    assert_eq!(generation.state, State::Saved, "{:?}", generation.failure);
    assert_eq!(generation.pictures.len(), sides.len());
    let bytes: u64 = generation.pictures.iter().map(|p| p.bytes).sum();
    let base64 = if let Shape::Download(_) = shape {
        1.0
    } else {
        4.0 / 3.0
    };
    println!(
        "{name:<40}{:>10.1}{:>10.2}{:>14.1}",
        bytes as f64 / 1e6 * base64,
        took.as_secs_f64(),
        (peak - before) / 1e3
    );
}

/// kB
fn status(field: &str) -> f64 {
    let status = fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find_map(|l| l.strip_prefix(field)).unwrap();
    line.trim().trim_end_matches(" kB").parse().unwrap()
}

fn gateway((_, sides, shape): (&str, &[u32], Shape)) {
    let pictures = sides
        .iter()
        .map(|side| noise(*side, matches!(shape, Shape::Jpeg)));
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    if let Shape::Download(packed) = shape {
        let pictures: Vec<Vec<u8>> = pictures
            .map(|p| if packed { gzip(&p) } else { p })
            .collect();
        println!("{url}");
        while let Ok((stream, _)) = listener.accept() {
            host(stream, &pictures[0], &url);
        }
        return;
    }
    let pictures: Vec<String> = pictures.map(|p| STANDARD.encode(p)).collect();
    println!("{url}");
    while let Ok((stream, _)) = listener.accept() {
        answer(stream, &pictures, shape);
    }
}

/// Answers a call with the address of the picture, and gives it to who asks there.
fn host(mut stream: TcpStream, picture: &[u8], url: &str) {
    let mut request = Vec::new();
    let over = |request: &[u8]| {
        if request.starts_with(b"GET") {
            request.ends_with(b"\r\n\r\n")
        } else {
            request.ends_with(b"}")
        }
    };
    while !over(&request) {
        let mut piece = [0; 4096];
        let n = stream.read(&mut piece).unwrap();
        if n == 0 {
            return;
        }
        request.extend_from_slice(&piece[..n]);
    }
    let names = format!("{{\"data\":[{{\"url\":\"{url}/a.png\"}}]}}");
    let body = if request.starts_with(b"GET") {
        picture
    } else {
        names.as_bytes()
    };
    let length = body.len();
    let head = format!("HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: {length}\r\n\r\n");
    stream.write_all(head.as_bytes()).unwrap();
    stream.write_all(body).unwrap();
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut packer = GzEncoder::new(Vec::new(), Compression::fast());
    packer.write_all(bytes).unwrap();
    packer.finish().unwrap()
}

fn answer(mut stream: TcpStream, pictures: &[String], shape: Shape) {
    let mut request = Vec::new();
    while !request.ends_with(b"}") {
        let mut piece = [0; 4096];
        let n = stream.read(&mut piece).unwrap();
        if n == 0 {
            return;
        }
        request.extend_from_slice(&piece[..n]);
    }
    let mut out = BufWriter::with_capacity(1 << 16, stream);
    let head = "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Type: text/event-stream\r\n\r\n";
    out.write_all(head.as_bytes()).unwrap();
    let start = "data: {\"choices\":[{\"index\":0,\"delta\":{\"content\":\"";
    let uri = "data:image/png;base64,";
    match shape {
        Shape::Download(_) => return,
        Shape::Data => {
            let list: Vec<String> = pictures
                .iter()
                .map(|p| format!("{{\"b64_json\":\"{p}\"}}"))
                .collect();
            write!(out, "data: {{\"data\":[{}]}}\n\n", list.join(",")).unwrap();
        }
        Shape::Markdown | Shape::Jpeg => {
            write!(out, "{start}![x]({uri}{})\"}}}}]}}\n\n", pictures[0]).unwrap();
        }
        Shape::Escaped => {
            let escaped = pictures[0].replace('/', "\\/");
            write!(out, "{start}![x]({uri}{escaped})\"}}}}]}}\n\n").unwrap();
        }
        Shape::Deltas(size) => {
            let text = format!("![x]({uri}{})", pictures[0]);
            for piece in text.as_bytes().chunks(size) {
                let piece = std::str::from_utf8(piece).unwrap();
                write!(out, "{start}{piece}\"}}}}]}}\n\n").unwrap();
            }
        }
    }
    out.write_all(b"data: [DONE]\n\n").unwrap();
    out.flush().unwrap();
}

/// A picture of noise, a PNG of about three bytes a pixel or a JPEG.
fn noise(side: u32, jpeg: bool) -> Vec<u8> {
    let mut random = fastrand::Rng::with_seed(u64::from(side));
    let mut pixels = vec![0; (side * side * 3) as usize];
    random.fill(&mut pixels);
    let mut out = Cursor::new(Vec::new());
    let color = ExtendedColorType::Rgb8;
    if jpeg {
        let encoder = JpegEncoder::new_with_quality(&mut out, 85);
        encoder.write_image(&pixels, side, side, color).unwrap();
    } else {
        let encoder = image::codecs::png::PngEncoder::new(&mut out);
        encoder.write_image(&pixels, side, side, color).unwrap();
    }
    out.into_inner()
}
