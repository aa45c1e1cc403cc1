//! `plantain generate`: what it prints, writes and sends.

use std::fs;
use std::io::Write;
use std::path::Path;

use plantain::domain::OutputFormat;
use plantain::picture::sniff;
use serde_json::{Value, json};

use super::home::{Home, MODEL, body, picture, pictures, quick_demo, refusing, said};
use crate::suite::raw_server::{RawServer, answer};

/// A gateway that gives a JPEG whatever is asked.
async fn jpegs() -> RawServer {
    RawServer::start(|request| pictures(&[picture(OutputFormat::Jpeg, request.n as u8)])).await
}

fn is(path: &Path, format: &str) -> bool {
    sniff(&fs::read(path).unwrap()).unwrap().as_str() == format
}

#[tokio::test]
async fn without_a_base_url_the_demo_makes_a_picture_and_says_so() {
    let home = Home::new();
    let ran = home
        .run(&["generate", "-m", MODEL, "a red fox"])
        .await
        .done();
    let paths = ran.paths();
    assert_eq!(paths.len(), 1, "{ran:?}");
    assert!(paths[0].starts_with(home.library()), "{ran:?}");
    assert!(is(&paths[0], "jpeg"));
    assert!(ran.err.contains("demo endpoint"), "{ran:?}");
    let row = &home.history().await[0];
    assert_eq!(row["demo"], true);
    assert_eq!(row["pictures"][0]["path"], paths[0].to_str().unwrap());
}

#[tokio::test]
async fn json_has_every_documented_field_with_its_type() {
    let server = quick_demo().await;
    let home = Home::at(&server.base_url());
    let ran = home
        .run(&[
            "generate", "-m", MODEL, "-r", "1:1", "-f", "png", "--json", "a fox",
        ])
        .await
        .done();
    let objects = ran.objects();
    let [object] = objects.as_slice() else {
        panic!("{ran:?}")
    };
    assert_eq!(object["id"].as_str().unwrap().len(), 36);
    let created: jiff::Timestamp = object["created"].as_str().unwrap().parse().unwrap();
    assert!(created > jiff::Timestamp::UNIX_EPOCH);
    assert_eq!(object["status"], "done");
    assert_eq!(object["prompt"], "a fox");
    assert_eq!(object["model_asked"], MODEL);
    assert_eq!(object["model_answered"], MODEL);
    assert_eq!(
        (&object["ratio"], &object["format"]),
        (&json!("1:1"), &json!("png"))
    );
    assert_eq!(object["references"], json!([]));
    assert_eq!(object["parent"], Value::Null);
    assert!(object["text"].is_string());
    assert_eq!(object["notices"], json!([]));
    assert_eq!(object["error"], Value::Null);
    assert!(object["elapsed_ms"].is_u64());
    // The endpoint is another process's, but it says what it is.
    assert_eq!(object["demo"], true);
    assert!(ran.err.contains("demo endpoint"), "{ran:?}");
    let picture = &object["pictures"][0];
    let path = Path::new(picture["path"].as_str().unwrap());
    assert!(path.is_absolute() && is(path, "png"));
    assert_eq!(
        picture["id"],
        format!("{}.1", object["id"].as_str().unwrap())
    );
    assert_eq!(picture["format"], "png");
    assert_eq!(
        (&picture["width"], &picture["height"]),
        (&json!(512), &json!(512))
    );
    assert_eq!(picture["bytes"], fs::metadata(path).unwrap().len());
    assert_eq!(picture["sha256"].as_str().unwrap().len(), 64);
    assert!(
        picture["url"]
            .as_str()
            .unwrap()
            .starts_with("http://127.0.0.1:")
    );

    let listed = home.history().await;
    for (field, value) in listed[0].as_object().unwrap() {
        assert_eq!(value, &object[field], "{field}");
    }
}

#[tokio::test]
async fn four_pictures_get_four_names() {
    let server = quick_demo().await;
    let home = Home::at(&server.base_url());
    let ran = home
        .run(&[
            "generate", "-m", MODEL, "-f", "png", "-n", "4", "-o", "hero.png", "a fox",
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
    let server = jpegs().await;
    let home = Home::at(&server.url());
    let ran = home
        .run(&["generate", "-f", "png", "-o", "hero.png", "x"])
        .await
        .done();
    assert_eq!(ran.out, "hero.jpg\n");
    let ran = ran.says(&["asked png, got jpeg", "hero.jpg"]);
    assert!(!ran.err.contains("demo"));
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
    let server = jpegs().await;
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
    let server = jpegs().await;
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
    let server = jpegs().await;
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
        pictures(&[super::home::picture(OutputFormat::Webp, 1)])
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

#[tokio::test]
async fn the_prompt_may_come_on_stdin() {
    let server = jpegs().await;
    let home = Home::at(&server.url());
    let long = "fox ".repeat(25_000);
    for prompt in ["two\nlines\n", &long] {
        home.run_with(&["generate", "-"], prompt.as_bytes())
            .await
            .done();
        assert_eq!(home.history().await[0]["prompt"], prompt);
        let sent = body(server.requests().last().unwrap()).to_string();
        let quoted = serde_json::to_string(prompt.trim()).unwrap();
        assert!(sent.contains(quoted.trim_matches('"')));
    }
    home.run_with(&["generate", "-"], b"a\xffb")
        .await
        .failed(2, &["stdin", "UTF-8"]);
    home.run_with(&["generate", "-"], b" \n")
        .await
        .failed(2, &["the prompt is empty"]);
    assert_eq!(server.requests().len(), 2);
}

#[tokio::test]
async fn references_are_paths_urls_and_pictures_of_the_history() {
    let server = jpegs().await;
    let home = Home::at(&server.url());
    fs::write(home.work().join("ref.png"), picture(OutputFormat::Png, 9)).unwrap();
    home.run(&[
        "generate",
        "-i",
        "ref.png",
        "-i",
        "http://127.0.0.1:9/b.png",
        "x",
    ])
    .await
    .done();
    let content = body(&server.requests()[0])["messages"][0]["content"].clone();
    let urls: Vec<&str> = content
        .as_array()
        .unwrap()
        .iter()
        .filter_map(|part| part["image_url"]["url"].as_str())
        .collect();
    assert!(urls[0].starts_with("data:image/png;base64,"), "{content}");
    assert_eq!(urls[1], "http://127.0.0.1:9/b.png");
    let first = &home.history().await[0];
    assert_eq!(
        first["references"],
        json!(["ref.png", "http://127.0.0.1:9/b.png"])
    );
    assert_eq!(first["parent"], Value::Null);

    let id = first["pictures"][0]["id"].as_str().unwrap().to_owned();
    let short = &id[id.len() - 10..];
    for given in ["last", &id, short, &short[..8]] {
        home.run(&["generate", "-i", given, "x"]).await.done();
        let newest = &home.history().await[0];
        let of = newest["parent"].as_str().unwrap().to_owned();
        assert_eq!(newest["references"], json!([of]));
        if given != "last" {
            assert_eq!(of, id);
        }
    }
    let sent = server.requests().len();
    fs::write(home.work().join("text.png"), "no picture").unwrap();
    fs::write(
        home.work().join("cut.png"),
        &picture(OutputFormat::Png, 1)[..60],
    )
    .unwrap();
    let large = fs::File::create(home.work().join("large.png")).unwrap();
    (&large).write_all(&picture(OutputFormat::Png, 1)).unwrap();
    large.set_len(33 << 20).unwrap();
    for (given, words) in [
        ("none.png", "none.png"),
        ("text.png", "is not a picture"),
        ("cut.png", "cut.png cannot be sent"),
        ("large.png", "is 34 MB"),
        ("ffffffff.1", "ffffffff.1"),
        ("ftp://127.0.0.1/a.png", "ftp://"),
    ] {
        home.run(&["generate", "-i", given, "x"])
            .await
            .failed(2, &[words]);
    }
    assert_eq!(server.requests().len(), sent);
}

#[tokio::test]
async fn several_pictures_in_one_answer_are_all_kept_and_named() {
    let shades = [1, 2, 3].map(|shade| picture(OutputFormat::Png, shade));
    let server = RawServer::saying(pictures(&shades)).await;
    let home = Home::at(&server.url());
    let ran = home
        .run(&["generate", "-f", "png", "-o", "hero.png", "x"])
        .await
        .done();
    assert_eq!(ran.out, "hero.png\n");
    let row = &home.history().await[0];
    let kept = row["pictures"].as_array().unwrap();
    assert_eq!(kept.len(), 3);
    for picture in kept {
        let id = picture["id"].as_str().unwrap();
        let named = ran.err.contains(&id[id.len() - 10..]);
        assert_eq!(named, picture["selected"] == false, "{ran:?}");
    }
}

#[tokio::test]
async fn an_unknown_model_gets_the_gateways_words() {
    let server = quick_demo().await;
    let home = Home::at(&server.base_url());
    home.run(&["generate", "-m", "NanoMango", "x"])
        .await
        .failed(1, &["NanoMango", "hint: "]);
    let row = &home.history().await[0];
    assert_eq!(row["status"], "failed");
    assert_eq!(row["error"]["kind"], "bad_request");
    assert_eq!(row["error"]["maybe_billed"], false);
}

#[tokio::test]
async fn a_refusal_is_told_in_the_models_words() {
    let server = RawServer::saying(said(&json!({
        "role": "assistant", "content": "I cannot draw clowns.", "refusal": "I cannot draw clowns."
    })))
    .await;
    let home = Home::at(&server.url());
    let ran = home.run(&["generate", "--json", "a clown"]).await;
    assert_eq!(ran.code, 1, "{ran:?}");
    assert_eq!(ran.objects()[0]["status"], "refused");
    ran.says(&["I cannot draw clowns."]);
}

#[tokio::test]
async fn one_of_several_may_fail() {
    let server = RawServer::start(|request| match request.n {
        0 => answer(400, &[], b"{\"error\":{\"message\":\"not this one\"}}"),
        n => pictures(&[picture(OutputFormat::Jpeg, n as u8)]),
    })
    .await;
    let home = Home::at(&server.url());
    let ran = home.run(&["generate", "-n", "3", "x"]).await;
    assert_eq!((ran.code, ran.paths().len()), (1, 2), "{ran:?}");
    let ran = ran.says(&["not this one"]);
    assert!(ran.paths().iter().all(|path| path.is_file()));
}

#[tokio::test]
async fn a_refused_key_is_told_and_never_repeated() {
    let server = refusing(401, "Incorrect API key provided: sk-canary").await;
    let home = Home::at(&server.url()).set("PLANTAIN_API_KEY", "sk-canary");
    let ran = home
        .run(&["generate", "x"])
        .await
        .failed(1, &["the key was refused", "check the key"]);
    assert!(!ran.err.contains("canary"), "{ran:?}");
    assert_eq!(server.count("POST"), 1);
    let sent = server.requests()[0]
        .header("authorization")
        .unwrap()
        .to_owned();
    assert_eq!(sent, "Bearer sk-canary");
    assert_eq!(home.history().await[0]["error"]["kind"], "auth");
    for file in home.files() {
        let bytes = fs::read(&file).unwrap();
        assert!(
            memchr::memmem::find(&bytes, b"sk-canary").is_none(),
            "{}",
            file.display()
        );
    }
}
