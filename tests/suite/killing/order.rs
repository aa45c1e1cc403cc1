//! D2: the order in which a picture comes to the disk, as the kernel sees it. Needs strace; where there is none, it says so.

use std::fs;

use plantain::domain::OutputFormat;
use tokio::process::Command;

use crate::suite::cli::home::{BINARY, Home, MODEL, picture, said};
use crate::suite::raw_server::{RawServer, answer};

/// Names another number of runs than one; see `tests/soak/kill9.sh`.
const RUNS: &str = "PLANTAIN_ROUNDS";

/// One system call: its text, and the lines of the trace between which it ran.
#[derive(Debug)]
struct Call {
    text: String,
    began: usize,
    ended: usize,
}

/// A picture by its URL for each call.
async fn gateway() -> RawServer {
    RawServer::start(|request| {
        if request.method == "POST" {
            let host = request.header("host").unwrap();
            let url = format!("http://{host}/{}.png", request.n);
            said(&serde_json::json!({"role": "assistant", "content": "", "images": [{"image_url": {"url": url}}]}))
        } else {
            answer(200, &[], &picture(OutputFormat::Png, request.n as u8))
        }
    })
    .await
}

/// What one `generate` asked of the kernel; `None` where strace is not installed or not allowed.
async fn trace(home: &Home) -> Option<Vec<Call>> {
    let out = home.path().join("trace");
    let output = Command::new("strace")
        .args(["-f", "-y", "-s", "0", "-e", "signal=none"])
        .args([
            "-e",
            "trace=connect,pwrite64,fsync,fdatasync,renameat2,linkat",
        ])
        .arg("-o")
        .arg(&out)
        .args([BINARY, "generate", "-f", "png", "-m", MODEL, "x"])
        .env_clear()
        .envs(home.variables())
        .current_dir(home.work())
        .output()
        .await
        .ok()?;
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    if said.contains("ptrace") {
        return None;
    }
    assert!(output.status.success(), "{said}");
    Some(calls(&fs::read_to_string(out).unwrap()))
}

/// Reads a trace of several threads, whose calls may be told in two halves.
fn calls(trace: &str) -> Vec<Call> {
    let mut calls: Vec<Call> = Vec::new();
    let mut open: Vec<(&str, usize)> = Vec::new();
    for (n, line) in trace.lines().enumerate() {
        let (thread, text) = line.split_once(' ').unwrap();
        let text = text.trim_start();
        if text.starts_with("<... ") {
            let at = open.iter().position(|(t, _)| *t == thread).unwrap();
            let (_, call) = open.remove(at);
            calls[call].ended = n;
            continue;
        }
        if text.ends_with("<unfinished ...>") {
            open.push((thread, calls.len()));
        }
        calls.push(Call {
            text: text.to_owned(),
            began: n,
            ended: n,
        });
    }
    calls
}

/// The calls of that name in whose text all of these stand.
fn find<'a>(calls: &'a [Call], name: &str, words: &[&str]) -> Vec<&'a Call> {
    let fits = |call: &&Call| {
        call.text.starts_with(&format!("{name}(")) && words.iter().all(|w| call.text.contains(w))
    };
    calls.iter().filter(fits).collect()
}

/// Asserts that a picture was whole on disk before it had its name, and had its name on disk before it had a row.
fn check(calls: &[Call]) {
    let renames: Vec<&Call> = calls
        .iter()
        .filter(|c| c.text.starts_with("renameat2(") || c.text.starts_with("linkat("))
        .filter(|c| c.text.contains(".tmp\"") && c.text.contains(".png\""))
        .collect();
    let [renamed] = renames.as_slice() else {
        panic!("{renames:?}");
    };
    let written = find(calls, "pwrite64", &[".tmp>"]);
    let synced = find(calls, "fsync", &[".tmp>"]);
    let last = written.iter().map(|c| c.ended).max().unwrap();
    let synced = synced
        .iter()
        .find(|c| c.began > last)
        .expect("no fsync of the file");
    assert!(
        synced.ended < renamed.began,
        "renamed before it was on disk"
    );

    // `renameat2(9</library/2026-11>, ...`: the folder's own path.
    let folder = renamed.text.split(['<', '>']).nth(1).unwrap();
    let folder = format!("<{folder}>)");
    let folders = find(calls, "fsync", &[&folder]);
    let folder = folders
        .iter()
        .find(|c| c.began > renamed.ended)
        .expect("no fsync of the folder");
    // Which of the two SQLite calls depends on how it was built.
    let mut commits = find(calls, "fdatasync", &["library.db-wal>"]);
    commits.extend(find(calls, "fsync", &["library.db-wal>"]));
    let rows = find(calls, "pwrite64", &["library.db-wal>"]);
    let row = rows
        .iter()
        .find(|c| c.began > renamed.began)
        .expect("no row was written");
    assert!(
        folder.ended < row.began,
        "its row was written before its name was on disk"
    );
    assert!(
        commits.iter().any(|c| c.began > row.began),
        "its row was not waited for"
    );

    // Nothing leaves before the journal says so, and no picture is asked for before its URL is in there.
    let connects = find(calls, "connect", &["127.0.0.1"]);
    let [call, fetch] = connects.as_slice() else {
        panic!("{connects:?}");
    };
    let before = |c: &Call| {
        commits
            .iter()
            .filter(|commit| commit.ended < c.began)
            .count()
    };
    assert!(before(call) >= 2, "prepared and sent");
    assert!(before(fetch) > before(call), "answered");
}

#[tokio::test]
async fn a_picture_is_on_disk_before_its_name_and_its_name_before_its_row() {
    let runs = std::env::var(RUNS).ok();
    let runs = runs.map_or(1, |text| text.parse().expect(RUNS));
    let server = gateway().await;
    let home = Home::at(&server.url());
    for n in 0..runs {
        let Some(calls) = trace(&home).await else {
            eprintln!("not checked: strace cannot be run here");
            return;
        };
        check(&calls);
        if runs > 1 {
            eprintln!("right order {} of {runs}", n + 1);
        }
    }
}
