//! Keys at a real terminal: typed without being seen, and not sent in the open without a yes.

use std::fs;

use rustix::process::Signal;
use tokio::runtime::Runtime;

use super::terminal::{Home, Start, Terminal};
use crate::suite::raw_server::{RawServer, Script, Step, answer, head};

const KEY: &str = "sk-canary-typed-0123456789";
const URL: &str = "https://gw.test";
const QUESTION: &str = "plantain: the key for https://gw.test (not shown): ";

/// `plantain config key` at its question.
fn asking(home: &Home) -> Terminal {
    let mut terminal = Start::new(home)
        .env("PLANTAIN_BASE_URL", URL)
        .through("exec \"$0\" config key")
        .run();
    terminal.wait("(not shown):");
    terminal
}

fn kept(home: &Home) -> Option<String> {
    fs::read_to_string(home.path().join(".config/plantain/keys")).ok()
}

#[test]
fn a_typed_key_is_not_shown() {
    let home = Home::new();
    let mut terminal = asking(&home);
    // With a slip of the finger, taken back.
    terminal.keys(&format!("x\x7f{KEY}\r"));
    let end = format!("the key for {URL} is kept");
    terminal.wait(&end);
    assert!(!terminal.seen().contains("canary"));
    let shown = terminal.text();
    assert_eq!(terminal.exit_showing(&shown), 0);
    assert!(kept(&home).unwrap().ends_with(&format!("\n{URL} {KEY}\n")));
}

#[test]
fn an_interrupted_question_gives_the_terminal_back_and_keeps_nothing() {
    for (keys, signal, code) in [
        ("sk-canary\x03", None, 130),
        ("sk-canary\x1c", None, 131),
        ("sk-canary\x1a", Some(Signal::TERM), 143),
        ("", Some(Signal::INT), 130),
        ("", Some(Signal::HUP), 129),
    ] {
        let home = Home::new();
        let mut terminal = asking(&home);
        terminal.keys(keys);
        if let Some(signal) = signal {
            terminal.signal(signal);
        }
        assert_eq!(terminal.exit_showing(""), code, "{keys:?}");
        assert!(!terminal.seen().contains("canary"));
        assert_eq!(kept(&home), None);
    }
}

#[test]
fn an_empty_line_changes_nothing() {
    for keys in ["\r", "  \r", "\x04"] {
        let home = Home::new();
        let mut terminal = asking(&home);
        terminal.keys(keys);
        terminal.wait("nothing is changed");
        let shown = terminal.text();
        assert!(shown.starts_with(QUESTION.trim_end()), "{shown}");
        assert_eq!(terminal.exit_showing(&shown), 2);
        assert_eq!(kept(&home), None);
    }
}

#[test]
fn the_studio_asks_before_a_key_travels_in_the_open() {
    // An address of a documentation network: nobody answers there, and nothing is sent before a prompt is.
    let open = "http://192.0.2.1";
    for (answer, goes_on) in [
        ("y\r", true),
        ("YES\r", true),
        ("\r", false),
        ("n\r", false),
    ] {
        let home = Home::new();
        let mut terminal = Start::new(&home)
            .env("PLANTAIN_BASE_URL", open)
            .env("PLANTAIN_API_KEY", KEY)
            .run();
        terminal.wait("unencrypted to http://192.0.2.1/v1: send it? [y/N]");
        assert!(!terminal.screen().alternate_screen());
        terminal.keys(answer);
        if goes_on {
            terminal.wait("F1 help");
            terminal.keys("\x11");
            assert_eq!(terminal.exit(), 0);
        } else {
            terminal.wait("allow_http = true");
            assert_eq!(terminal.exit(), 2);
        }
        assert!(!terminal.seen().contains("canary"));
    }
    let home = Home::new();
    let mut terminal = Start::new(&home)
        .env("PLANTAIN_BASE_URL", open)
        .env("PLANTAIN_API_KEY", KEY)
        .run();
    terminal.wait("[y/N]");
    terminal.keys("\x03");
    assert_eq!(terminal.exit(), 130);
}

/// Words with the key in them, a few letters a packet.
fn streamed() -> Script {
    let said = format!("it is {KEY}, is it not?");
    let mut script = vec![Step::Bytes(head(
        200,
        &[("Content-Type", "text/event-stream")],
    ))];
    for at in (0..said.len()).step_by(3) {
        let piece = &said[at..said.len().min(at + 3)];
        let event =
            format!("data: {{\"choices\":[{{\"delta\":{{\"content\":\"{piece}\"}}}}]}}\n\n");
        script.push(Step::Bytes(event.into_bytes()));
    }
    script.push(Step::Bytes(b"data: [DONE]\n\n".to_vec()));
    script
}

#[test]
fn the_studio_shows_and_hands_on_no_key() {
    let body = format!(r#"{{"error":{{"message":"no such key {KEY}, {KEY}"}}}}"#);
    for (answer, words) in [
        (answer(401, &[], body.as_bytes()), "no such key (the key)"),
        (streamed(), "it is (the key), is it not?"),
    ] {
        shows_and_hands_on_no_key(answer, words);
    }
}

/// A studio that is answered with the key in it, shows `words` of that, and starts an editor.
fn shows_and_hands_on_no_key(answer: Script, words: &str) {
    let runtime = Runtime::new().unwrap();
    let server = runtime.block_on(RawServer::start(move |_| answer.clone()));
    let home = Home::new();
    // What a child of the studio is given, and what everybody sees of it.
    let script = home.path().join("editor.sh");
    fs::write(
        &script,
        "cat /proc/self/environ /proc/$PPID/cmdline >seen; echo EDITED >>\"$1\"",
    )
    .unwrap();
    let mut terminal = Start::new(&home)
        .env("PLANTAIN_BASE_URL", server.url())
        .env("PLANTAIN_API_KEY", KEY)
        .env("EDITOR", format!("sh {}", script.display()))
        .open();
    terminal.keys("a fox\r");
    terminal.wait(words);
    // F4
    terminal.keys("\x1bOS");
    terminal.wait("EDITED");
    terminal.wait_for("the editor", |_| home.path().join("seen").exists());
    terminal.keys("\x11");
    assert_eq!(terminal.exit(), 0);
    assert!(!terminal.seen().contains("canary"));
    let seen = fs::read(home.path().join("seen")).unwrap();
    assert!(memchr::memmem::find(&seen, b"HOME=").is_some());
    let mut folders = vec![home.path().to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else {
                let bytes = fs::read(&path).unwrap();
                let found = memchr::memmem::find(&bytes, b"canary");
                assert!(found.is_none(), "{}", path.display());
            }
        }
    }
}
