//! `plantain doctor`: each verdict with its why, from a terminal that answers, one that does not, and a pipe.

use std::fs;

use serde_json::Value;

use super::home::Home;
use super::terminal::Terminal;

const FENCE: &str = "\x1b[c";
/// kitty 0.41.
const KITTY: &[u8] = b"\x1b_Gi=31;OK\x1b\\\x1b_Gi=2130706433;OK\x1b\\\x1b[2;1R\
    \x1bP>|kitty(0.41.1)\x1b\\\x1b[6;17;8t\x1b]11;rgb:1e1e/1e1e/2e2e\x1b\\\x1b[?2026;2$y\x1b[?62;c";

/// The JSON object among what a terminal got.
fn object(terminal: &Terminal) -> Value {
    let text = terminal.text();
    let line = text.lines().find_map(|line| {
        let from = line.find("{\"terminal\"")?;
        serde_json::from_str(&line[from..]).ok()
    });
    line.unwrap_or_else(|| panic!("no object in {text:?}"))
}

fn value<'a>(object: &'a Value, key: &str) -> &'a Value {
    &object[key]["value"]
}

#[tokio::test]
async fn a_terminal_is_asked_and_each_verdict_has_its_why() {
    let home = Home::new();
    let mut terminal = Terminal::start(&home, "xterm-256color", &["doctor", "--json"]);
    terminal.until(FENCE).send(KITTY);
    assert_eq!(terminal.end(), 0);
    let told = object(&terminal);
    assert_eq!(value(&told, "terminal"), "kitty(0.41.1)");
    assert_eq!(value(&told, "graphics"), "kitty");
    assert_eq!(value(&told, "placeholders"), true);
    assert_eq!(value(&told, "synchronized_output"), true);
    assert_eq!(value(&told, "background"), "#1e1e2e");
    assert_eq!(told["cell"]["value"]["height"], 17);
    assert!(value(&told, "probe_ms").is_u64(), "{told:#}");
    for (key, verdict) in told.as_object().unwrap() {
        let of_settings = ["config_file", "library", "endpoint"].contains(&key.as_str());
        let why = verdict["why"].as_str().unwrap();
        assert!(of_settings || !why.is_empty(), "{key}");
    }
}

#[tokio::test]
async fn the_lines_stand_in_columns_and_name_who_forced_what() {
    let home = Home::new();
    let arguments = ["doctor", "--graphics", "sixel"];
    let mut terminal = Terminal::start(&home, "xterm-256color", &arguments);
    terminal.until(FENCE).send(KITTY);
    assert_eq!(terminal.end(), 0);
    let screen = terminal.screen().join("\n");
    assert!(screen.contains("graphics          sixel"), "{screen}");
    assert!(screen.contains("forced by --graphics, though"), "{screen}");
    assert!(screen.contains("placeholders      yes"), "{screen}");
}

#[tokio::test]
async fn a_pipe_gets_what_the_environment_tells_and_no_secret() {
    let home = Home::new().set("TERM", "xterm-kitty");
    let url = "http://user:hidden@127.0.0.1:9/v1?key=hidden";
    for arguments in [
        &["doctor", "--base-url", url][..],
        &["doctor", "--json", "--base-url", url],
    ] {
        let ran = home.run(arguments).await;
        assert!(!ran.out.contains("hidden"), "{}", ran.out);
        assert!(!ran.out.contains('\x1b'), "{:?}", ran.out);
    }
    let ran = home.run(&["doctor", "--base-url", "http://127.0.0.1:9/some/path"]);
    let ran = ran.await.done();
    for told in [
        "not asked",
        "has not answered",
        "TERM is xterm-kitty",
        "http://127.0.0.1:9 ",
    ] {
        assert!(ran.out.contains(told), "{told}: {}", ran.out);
    }
    assert!(!ran.out.contains("some/path"), "{}", ran.out);
    assert!(!home.library().exists(), "a look makes no library");

    let ran = home.run(&["doctor", "--json"]).await.done();
    let told: Value = serde_json::from_str(&ran.out).unwrap();
    assert!(value(&told, "probe_ms").is_null());
    assert!(value(&told, "endpoint").is_null());
    assert!(told["endpoint"]["why"].as_str().unwrap().contains("demo"));
}

#[tokio::test]
async fn a_wrong_settings_file_is_named() {
    let home = Home::new();
    let file = home.path().join(".config/plantain/config.toml");
    fs::create_dir_all(file.parent().unwrap()).unwrap();
    fs::write(&file, "[studio]\ngraphics = \"nice\"\n").unwrap();
    home.run(&["doctor"]).await.failed(2, &["config.toml:2"]);
}
