//! `plantain history` and `plantain show`: finding again what was made.

use std::fs;

use plantain::domain::OutputFormat;

use super::home::{Home, picture, pictures};
use crate::suite::raw_server::{RawServer, answer};

/// A home with pictures of these prompts, made one after the other; a prompt with `fail` in it fails.
async fn with(prompts: &[&str]) -> Home {
    let server = RawServer::start(|request| {
        if String::from_utf8_lossy(&request.body).contains("fail") {
            return answer(400, &[], b"{\"error\":{\"message\":\"no\"}}");
        }
        pictures(&[picture(OutputFormat::Png, 1), picture(OutputFormat::Png, 2)])
    })
    .await;
    let home = Home::new();
    for prompt in prompts {
        let ran = home
            .run(&["generate", "-f", "png", "--base-url", &server.url(), prompt])
            .await;
        assert_eq!(ran.code, i32::from(prompt.contains("fail")), "{ran:?}");
    }
    home
}

#[tokio::test]
async fn an_empty_library_is_no_error() {
    let home = Home::new();
    let ran = home.run(&["history"]).await.done();
    assert_eq!(ran.out, "");
    ran.says(&["nothing in", "Pictures/plantain"]);
    let ran = home.run(&["history", "--json"]).await.done();
    assert_eq!((ran.out, ran.err), (String::new(), String::new()));
}

#[tokio::test]
async fn rows_come_newest_first_and_are_filtered_and_limited() {
    let home = with(&["a red fox", "a blue\nwhale", "to fail", "a red kite"]).await;
    let ran = home.run(&["history"]).await.done();
    let rows: Vec<&str> = ran.out.lines().collect();
    assert_eq!(rows.len(), 4, "{ran:?}");
    for (row, (status, prompt)) in rows.iter().zip([
        ("done", "a red kite"),
        ("failed", "to fail"),
        ("done", "a blue whale"),
        ("done", "a red fox"),
    ]) {
        assert!(row.contains(status) && row.ends_with(prompt), "{row}");
        assert!(
            row.contains("16:9") && row.contains("png") && row.contains("NanoBananaPro-1K"),
            "{row}"
        );
    }
    let count = async |arguments: &[&str]| {
        let all = [&["history"], arguments].concat();
        home.run(&all).await.done().out.lines().count()
    };
    assert_eq!(count(&["red"]).await, 2);
    assert_eq!(count(&["red fox"]).await, 1);
    assert_eq!(count(&["--limit", "3"]).await, 3);
    assert_eq!(count(&["red", "--limit", "1"]).await, 1);
    assert_eq!(count(&["is:demo"]).await, 0);
    assert_eq!(count(&["%'\"(*"]).await, 0);
    let objects = home.history().await;
    let prompts: Vec<&str> = objects
        .iter()
        .map(|o| o["prompt"].as_str().unwrap())
        .collect();
    assert_eq!(
        prompts,
        ["a red kite", "to fail", "a blue\nwhale", "a red fox"]
    );
    assert_eq!(
        objects[1]["error"]["message"]
            .as_str()
            .map(|m| m.contains("no")),
        Some(true)
    );
    // The ids of the rows are the ends of the whole ones.
    for (row, object) in rows.iter().zip(&objects) {
        let short = row.split(' ').next().unwrap();
        assert!(object["id"].as_str().unwrap().ends_with(short), "{row}");
    }
}

#[tokio::test]
async fn twenty_rows_unless_told() {
    let home = with(&[]).await;
    let server = RawServer::saying(answer(400, &[], b"{\"error\":{\"message\":\"no\"}}")).await;
    let ran = home
        .run(&["generate", "--base-url", &server.url(), "-n", "23", "x"])
        .await;
    assert_eq!(ran.code, 1);
    assert_eq!(home.run(&["history"]).await.out.lines().count(), 20);
    assert_eq!(home.history().await.len(), 20);
    assert_eq!(
        home.run(&["history", "--limit", "50"])
            .await
            .out
            .lines()
            .count(),
        23
    );
}

#[tokio::test]
async fn show_on_a_pipe_prints_the_path() {
    let home = with(&["a fox", "to fail"]).await;
    let rows = home.history().await;
    let failed = rows[0]["id"].as_str().unwrap();
    let id = rows[1]["id"].as_str().unwrap();
    let path = |n: usize| rows[1]["pictures"][n - 1]["path"].as_str().unwrap();
    let chosen = usize::from(rows[1]["pictures"][1]["selected"] == true) + 1;
    let end = &id[id.len() - 8..];
    for (what, n) in [
        ("last".to_owned(), chosen),
        (id.to_owned(), chosen),
        (end.to_owned(), chosen),
        (end.to_uppercase(), chosen),
        (format!("{end}.1"), 1),
        (format!("{end}.2"), 2),
        (format!("{id}.2"), 2),
    ] {
        let ran = home.run(&["show", &what]).await.done();
        assert_eq!(
            (ran.out.trim_end(), ran.err.as_str()),
            (path(n), ""),
            "{what}"
        );
    }
    fs::write(home.work().join("mine.png"), picture(OutputFormat::Png, 1)).unwrap();
    let ran = home.run(&["show", "mine.png"]).await.done();
    assert_eq!(
        ran.paths()[0],
        home.work().canonicalize().unwrap().join("mine.png")
    );

    home.run(&["show", &format!("{end}.3")])
        .await
        .failed(2, &["3"]);
    home.run(&["show", &format!("{end}.x")])
        .await
        .failed(2, &[".x"]);
    home.run(&["show", failed])
        .await
        .failed(2, &["has no picture", "it ended so"]);
    home.run(&["show", "none.png"])
        .await
        .failed(2, &["none.png"]);
    fs::remove_file(path(chosen)).unwrap();
    home.run(&["show", "last"])
        .await
        .failed(1, &["is gone", "outside of plantain"]);
}
