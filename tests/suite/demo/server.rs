//! The server around the answers: models, files, time and end.

use std::time::{Duration, Instant};

use plantain::config::builtin_catalog;
use plantain::demo::{Options, start};
use reqwest::StatusCode;
use serde_json::{Value, json};

use super::{body, demo, demo_with, picture_url};

#[tokio::test]
async fn models_are_listed_with_and_without_the_prefix() {
    let (server, client) = demo().await;
    let base = server.base_url();
    for url in [format!("{base}/models"), base.replace("/v1", "/models")] {
        let list: Value = client.get(url).send().await.unwrap().json().await.unwrap();
        assert_eq!(list["object"], "list");
        let ids: Vec<&str> = list["data"]
            .as_array()
            .unwrap()
            .iter()
            .map(|m| m["id"].as_str().unwrap())
            .collect();
        let catalog = builtin_catalog();
        let known: Vec<&str> = catalog.models.iter().map(|m| m.name.as_str()).collect();
        assert_eq!(ids, known);
        assert_eq!(list["data"][0]["object"], "model");
        assert_eq!(list["data"][0]["owned_by"], "plantain-demo");
        assert!(list["data"][0]["created"].is_u64());
    }
}

#[tokio::test]
async fn files_are_served_in_ranges() {
    let (server, client) = demo().await;
    let url = picture_url(&server, &client, &body(json!({}))).await;
    let whole = client.get(&url).send().await.unwrap();
    assert_eq!(whole.headers()["content-type"], "image/jpeg");
    assert_eq!(whole.headers()["accept-ranges"], "bytes");
    let tag = whole.headers()["etag"].to_str().unwrap().to_owned();
    let bytes = whole.bytes().await.unwrap();

    let head = client.head(&url).send().await.unwrap();
    assert_eq!(head.status(), StatusCode::OK);
    assert_eq!(head.headers()["content-length"], bytes.len().to_string());

    let part = client
        .get(&url)
        .header("range", "bytes=100-")
        .header("if-range", &tag)
        .send()
        .await
        .unwrap();
    assert_eq!(part.status(), StatusCode::PARTIAL_CONTENT);
    assert_eq!(
        part.headers()["content-range"],
        format!("bytes 100-{}/{}", bytes.len() - 1, bytes.len())
    );
    assert_eq!(part.bytes().await.unwrap(), bytes.slice(100..));

    let beyond = client.get(&url).header("range", "bytes=99999999-");
    let beyond = beyond.send().await.unwrap();
    assert_eq!(beyond.status(), StatusCode::RANGE_NOT_SATISFIABLE);
    assert_eq!(
        beyond.headers()["content-range"],
        format!("bytes */{}", bytes.len())
    );

    let other = client
        .get(&url)
        .header("range", "bytes=100-")
        .header("if-range", "\"other\"");
    assert_eq!(other.send().await.unwrap().status(), StatusCode::OK);
}

#[tokio::test]
async fn progress_is_spread_over_the_delay() {
    let (server, client) = demo_with(Duration::from_millis(600)).await;
    let begun = Instant::now();
    let url = format!("{}/chat/completions", server.base_url());
    let ask = body(json!({"stream": true}));
    let mut response = client.post(url).json(&ask).send().await.unwrap();
    let first = response.chunk().await.unwrap().unwrap();
    let first = String::from_utf8_lossy(&first);
    assert!(!first.contains("[DONE]"), "all at once: {first}");
    while response.chunk().await.unwrap().is_some() {}
    assert!(begun.elapsed() >= Duration::from_millis(600));
}

#[tokio::test]
async fn stopping_ends_what_runs_and_frees_the_port() {
    let (server, client) = demo_with(Duration::from_secs(600)).await;
    let base = server.base_url();
    let url = format!("{base}/chat/completions");
    let ask = body(json!({"stream": true}));
    let mut response = client.post(&url).json(&ask).send().await.unwrap();
    response.chunk().await.unwrap().unwrap();
    let begun = Instant::now();
    server.stop().await;
    assert!(begun.elapsed() < Duration::from_secs(5));
    while let Ok(Some(rest)) = response.chunk().await {
        assert!(!rest.windows(6).any(|w| w == b"[DONE]"));
    }
    assert!(client.get(format!("{base}/models")).send().await.is_err());
    let port = base.split([':', '/']).nth(4).unwrap().parse().unwrap();
    let options = Options {
        port,
        ..Options::new(builtin_catalog())
    };
    assert_eq!(start(options).await.unwrap().base_url(), base);
}
