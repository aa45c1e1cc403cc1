//! `convert` from a shell: the second file, `-o`, JSON, and the question.

use std::fs;
use std::path::PathBuf;

use plantain::domain::OutputFormat;
use serde_json::Value;

use super::home::{Home, giving, is};
use super::terminal::Terminal;

/// A gateway that gives a jpeg, a home with that setting, and a png asked for.
async fn home(setting: &str) -> (crate::suite::raw_server::RawServer, Home) {
    let server = giving(OutputFormat::Jpeg).await;
    let home = Home::at(&server.url());
    home.configure(&format!(
        "convert = \"{setting}\"\n[form]\nformat = \"png\"\n"
    ));
    (server, home)
}

fn pngs(home: &Home) -> Vec<PathBuf> {
    let mut files = home.files();
    files.retain(|f| f.starts_with(home.library()) && f.extension().is_some_and(|e| e == "png"));
    files
}

#[tokio::test]
async fn always_gives_the_name_that_was_asked_the_format_that_was_asked() {
    let (_server, home) = home("always").await;
    let ran = home
        .run(&["generate", "--json", "-o", "hero.png", "x"])
        .await
        .done();
    let object = &ran.objects()[0];
    let picture = &object["pictures"][0];
    assert_eq!(picture["format"], "jpeg", "what was served stands first");
    let kept = PathBuf::from(picture["path"].as_str().unwrap());
    let converted = PathBuf::from(picture["converted"][0].as_str().unwrap());
    assert!(is(&kept, "jpeg") && is(&converted, "png"));
    assert_eq!(pngs(&home), std::slice::from_ref(&converted));
    let copy = home.work().join("hero.png");
    assert_eq!(object["output"], copy.to_str().unwrap());
    assert_eq!(fs::read(copy).unwrap(), fs::read(converted).unwrap());
    ran.says(&[
        "asked 1K png, got jpeg",
        "hero.png is converted from the jpeg",
    ]);
    // Into a folder too; the history tells it as well.
    fs::create_dir(home.work().join("out")).unwrap();
    let ran = home.run(&["generate", "-o", "out", "x"]).await.done();
    assert!(ran.out.ends_with(".png\n"), "{ran:?}");
    let rows = home.history().await;
    assert!(
        rows.iter()
            .all(|r| r["pictures"][0]["converted"][0].is_string())
    );
}

#[tokio::test]
async fn never_leaves_it_at_what_came() {
    let (_server, home) = home("never").await;
    let ran = home
        .run(&["generate", "--json", "-o", "hero.png", "x"])
        .await
        .done();
    assert_eq!(
        ran.objects()[0]["pictures"][0]["converted"],
        Value::Array(Vec::new())
    );
    assert!(home.work().join("hero.jpg").is_file() && pngs(&home).is_empty());
    assert!(!ran.err.contains("written"), "{ran:?}");
}

#[tokio::test]
async fn where_nobody_can_be_asked_a_note_says_how() {
    let (_server, home) = home("ask").await;
    let ran = home.run(&["generate", "-n", "2", "x"]).await.done();
    let ran = ran.says(&["2 pictures", "png", "convert = \"always\""]);
    assert!(!ran.err.contains("[y/N]") && pngs(&home).is_empty());
    let ran = home.run(&["generate", "-f", "jpeg", "x"]).await.done();
    assert!(!ran.err.contains("always"), "as asked: {ran:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn on_a_terminal_it_asks_once_and_nothing_is_no() {
    let (_server, home) = home("ask").await;
    let arguments = [
        "generate",
        "--no-preview",
        "-n",
        "2",
        "-o",
        "hero.png",
        "--force",
        "x",
    ];
    for (typed, count, copy) in [("y\r", 2, "hero-2.png"), ("\r", 0, "hero-2.jpg")] {
        let before = pngs(&home).len();
        let mut terminal = Terminal::start(&home, "xterm-256color", &arguments);
        terminal.until("[y/N]").send(typed.as_bytes());
        assert_eq!(terminal.end(), 0, "{}", terminal.text());
        assert_eq!(terminal.text().matches("[y/N]").count(), 1);
        assert_eq!(pngs(&home).len() - before, count);
        assert!(terminal.text().contains(copy), "{}", terminal.text());
        assert!(home.work().join(copy).is_file());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn ctrl_c_at_the_question_loses_nothing() {
    let (_server, home) = home("ask").await;
    let mut terminal = Terminal::start(&home, "xterm-256color", &["generate", "x"]);
    terminal.until("[y/N]").send(b"\x03");
    assert_eq!(terminal.end(), 130, "{}", terminal.text());
    assert!(terminal.text().contains(".jpg"), "its path is told");
    assert!(pngs(&home).is_empty());
    assert_eq!(home.history().await[0]["status"], "done");
}

#[tokio::test]
async fn the_setting_is_shown_and_a_wrong_one_is_named() {
    let home = Home::new();
    let ran = home.run(&["config", "show"]).await.done();
    assert!(ran.out.contains("convert = \"never\""), "{}", ran.out);
    home.configure("convert = \"sometimes\"\n");
    home.run(&["config", "show"])
        .await
        .failed(2, &["config.toml:1", "sometimes", "always"]);
}
