//! `plantain generate`: what it prints, writes and sends.

use std::fs;
use std::io::Write;
use std::path::Path;

use plantain::domain::OutputFormat;
use serde_json::{Value, json};

use super::home::{Home, MODEL, body, giving, is, picture, pictures, quick_demo, refusing, said};
use crate::suite::raw_server::{RawServer, answer};

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
async fn the_prompt_may_come_on_stdin() {
    let server = giving(OutputFormat::Jpeg).await;
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
    let server = giving(OutputFormat::Jpeg).await;
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
