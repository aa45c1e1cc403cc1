//! Where `-o` puts the copy, under which name, and that it never replaces a file unasked.

use std::fs;
use std::path::Path;

use plantain::domain::OutputFormat;

use super::home::{Home, MODEL, giving, is, picture, pictures};
use crate::suite::raw_server::RawServer;

#[tokio::test]
async fn four_pictures_get_four_names() {
    let server = giving(OutputFormat::Png).await;
    let home = Home::at(&server.url());
    let ran = home
        .run(&[
            "generate", "-f", "png", "-n", "4", "-o", "hero.png", "a fox",
        ])
        .await
        .done();
    assert_eq!(ran.out, "hero-1.png\nhero-2.png\nhero-3.png\nhero-4.png\n");
    for path in ran.paths() {
        assert!(is(&home.work().join(path), "png"));
    }
    let rows = home.history().await;
    assert_eq!(rows.len(), 4);
    assert!(
        rows.iter().all(|r| r["batch"] == rows[3]["id"]),
        "one batch"
    );
    let pngs = home
        .files()
        .iter()
        .filter(|f| f.extension().is_some_and(|e| e == "png"))
        .count();
    assert_eq!(pngs, 8, "the library keeps its own");
}

#[tokio::test]
async fn the_extension_follows_the_bytes() {
    let server = giving(OutputFormat::Jpeg).await;
    let home = Home::at(&server.url());
    let ran = home
        .run(&["generate", "-f", "png", "-o", "hero.png", "x"])
        .await
        .done();
    assert_eq!(ran.out, "hero.jpg\n");
    let ran = ran.says(&["hero.jpg"]);
    assert!(!ran.err.contains("demo"));
    // Whatever differs stands in one line.
    let told: Vec<&str> = ran.err.lines().filter(|l| l.contains("asked")).collect();
    let line = format!("plantain: asked 1K png, got jpeg 64x36; {MODEL} answered");
    assert_eq!(told, [line]);
    // Names that mean the same are kept, and a dot in a name is no extension.
    for (asked, written) in [
        ("a.jpeg", "a.jpeg"),
        ("b.JPG", "b.JPG"),
        ("c.v2", "c.v2.jpg"),
        ("d", "d.jpg"),
    ] {
        let ran = home.run(&["generate", "-o", asked, "x"]).await.done();
        assert_eq!(ran.out.trim(), written);
        assert!(is(&home.work().join(written), "jpeg"));
        assert!(!ran.err.contains("so it is"), "{ran:?}");
    }
}

#[tokio::test]
async fn a_folder_gets_names_from_the_prompt() {
    let server = giving(OutputFormat::Jpeg).await;
    let home = Home::at(&server.url());
    fs::create_dir(home.work().join("out")).unwrap();
    for folder in ["out", "out/"] {
        let ran = home
            .run(&["generate", "-n", "2", "-o", folder, "A red fox!"])
            .await
            .done();
        for path in ran.paths() {
            assert!(path.starts_with("out"), "{ran:?}");
            assert!(path.to_str().unwrap().contains("a-red-fox"), "{ran:?}");
            assert!(is(&home.work().join(path), "jpeg"));
        }
    }
    assert_eq!(fs::read_dir(home.work().join("out")).unwrap().count(), 4);
}

#[tokio::test]
async fn the_json_names_the_copy_too() {
    let server = giving(OutputFormat::Jpeg).await;
    let home = Home::at(&server.url());
    let ran = home
        .run(&["generate", "--json", "-o", "hero.png", "x"])
        .await
        .done();
    let object = &ran.objects()[0];
    let copy = Path::new(object["output"].as_str().unwrap());
    assert!(
        copy.is_absolute() && copy.ends_with("work/hero.jpg"),
        "{object}"
    );
    let kept = object["pictures"][0]["path"].as_str().unwrap();
    assert_eq!(fs::read(copy).unwrap(), fs::read(kept).unwrap());
}

#[tokio::test]
async fn a_file_is_refused_before_anything_is_sent_and_replaced_by_force_only() {
    let server = giving(OutputFormat::Jpeg).await;
    let home = Home::at(&server.url());
    let mine = home.work().join("hero.jpg");
    fs::write(&mine, "mine").unwrap();
    // The name as given, and the one that the asked format leads to.
    for asked in ["hero.jpg", "hero.png"] {
        home.run(&["generate", "-f", "jpeg", "-o", asked, "x"])
            .await
            .failed(2, &["hero.jpg exists already", "--force"]);
    }
    fs::write(home.work().join("a-3.png"), "mine").unwrap();
    home.run(&["generate", "-n", "3", "-o", "a.png", "x"])
        .await
        .failed(2, &["a-3.png exists already"]);
    home.run(&["generate", "-o", "none/hero.png", "x"])
        .await
        .failed(2, &["there is no folder none"]);
    home.run(&["generate", "-o", "/proc/hero.png", "x"])
        .await
        .failed(2, &["/proc"]);
    assert_eq!(server.requests().len(), 0);
    assert_eq!(fs::read(&mine).unwrap(), b"mine");
    assert!(home.history().await.is_empty());

    home.run(&["generate", "-o", "hero.jpg", "--force", "x"])
        .await
        .done();
    assert!(is(&mine, "jpeg"));
}

#[tokio::test]
async fn a_name_that_is_taken_meanwhile_costs_no_picture() {
    let home = Home::new();
    let taken = home.work().join("hero.webp");
    // The gateway answers in a format that nobody asked for, and the name for it appears while it works.
    let server = RawServer::start(move |_| {
        fs::write(&taken, "mine").unwrap();
        pictures(&[picture(OutputFormat::Webp, 1)])
    })
    .await;
    let ran = home
        .run(&[
            "generate",
            "--base-url",
            &server.url(),
            "-o",
            "hero.png",
            "x",
        ])
        .await;
    assert_eq!(ran.code, 1, "{ran:?}");
    let kept = &ran.paths()[0];
    assert!(kept.starts_with(home.library()), "{ran:?}");
    let ran = ran.says(&["hero.webp", "the picture is safe at"]);
    assert_eq!(fs::read(home.work().join("hero.webp")).unwrap(), b"mine");
    let left = fs::read_dir(home.work()).unwrap().count();
    assert_eq!(left, 1, "no half copy stays behind: {ran:?}");
}
