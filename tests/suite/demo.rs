//! The embedded endpoint over a real socket.

mod refusals;
mod server;

use std::io::Cursor;
use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use image::{DynamicImage, ImageFormat, Rgb, RgbImage};
use plantain::config::builtin_catalog;
use plantain::demo::{Options, PICTURE_TEXT, Server, start};
use plantain::domain::{FileFormat, PixelSize};
use plantain::picture::{Limits, is_whole, measure, sniff};
use reqwest::{Client, StatusCode};
use serde_json::{Value, json};

/// A server that answers at once, and a client.
async fn demo() -> (Server, Client) {
    demo_with(Duration::ZERO).await
}

async fn demo_with(delay: Duration) -> (Server, Client) {
    let _ = rustls::crypto::ring::default_provider().install_default();
    let options = Options {
        delay,
        ..Options::new(builtin_catalog())
    };
    let client = Client::builder().no_proxy().tls_certs_only([]).build();
    (start(options).await.unwrap(), client.unwrap())
}

/// The document's first example with the smallest model and other fields laid over it; `null` takes one out.
fn body(changes: Value) -> Value {
    let mut body = json!({
        "model": "NanoBanana2-0.5K",
        "messages": [{"role": "user", "content": "a cute cat"}],
    });
    let (Value::Object(fields), Value::Object(changes)) = (&mut body, changes) else {
        panic!("changes are an object");
    };
    fields.extend(changes);
    fields.retain(|_, v| !v.is_null());
    body
}

fn config(fields: &Value) -> Value {
    json!({"google": {"image_config": fields}})
}

async fn post(server: &Server, client: &Client, body: &Value) -> (StatusCode, Value) {
    let url = format!("{}/chat/completions", server.base_url());
    let response = client.post(url).json(body).send().await.unwrap();
    assert_eq!(response.headers()["plantain-demo"], "1");
    (response.status(), response.json().await.unwrap())
}

/// The URL of a non-stream answer.
async fn picture_url(server: &Server, client: &Client, body: &Value) -> String {
    let (status, answer) = post(server, client, body).await;
    assert_eq!(status, StatusCode::OK, "{answer}");
    let url = answer["choices"][0]["message"]["content"].as_str().unwrap();
    assert_eq!(answer["media"]["outputs"], json!([url]));
    url.to_owned()
}

async fn download(client: &Client, url: &str) -> Vec<u8> {
    let response = client.get(url).send().await.unwrap();
    assert_eq!(response.status(), StatusCode::OK);
    assert_eq!(response.headers()["plantain-demo"], "1");
    response.bytes().await.unwrap().to_vec()
}

/// The picture that `body` asks for: what it is and how large.
async fn made(server: &Server, client: &Client, body: &Value) -> (FileFormat, PixelSize) {
    let bytes = download(client, &picture_url(server, client, body).await).await;
    let format = sniff(&bytes).unwrap();
    assert!(is_whole(format, &bytes));
    (format, measure(&bytes, Limits::default()).unwrap())
}

/// The payloads of the events of a stream, in order.
async fn events(server: &Server, client: &Client, body: &Value) -> Vec<String> {
    let url = format!("{}/chat/completions", server.base_url());
    let response = client.post(url).json(body).send().await.unwrap();
    assert_eq!(response.status(), StatusCode::OK);
    assert_eq!(response.headers()["content-type"], "text/event-stream");
    let text = response.text().await.unwrap();
    text.split("\n\n")
        .filter_map(|event| event.strip_prefix("data: "))
        .map(str::to_owned)
        .collect()
}

fn png() -> Vec<u8> {
    let red = RgbImage::from_pixel(40, 30, Rgb([250, 0, 0]));
    let mut out = Cursor::new(Vec::new());
    DynamicImage::ImageRgb8(red)
        .write_to(&mut out, ImageFormat::Png)
        .unwrap();
    out.into_inner()
}

fn data_uri() -> String {
    format!("data:image/png;base64,{}", STANDARD.encode(png()))
}

fn with_picture(url: &str) -> Value {
    body(json!({"messages": [{"role": "user", "content": [
        {"type": "text", "text": "make it night"},
        {"type": "image_url", "image_url": {"url": url}},
    ]}]}))
}

#[tokio::test]
async fn every_model_makes_its_size() {
    let (server, client) = demo().await;
    let catalog = builtin_catalog();
    for model in &catalog.models {
        let ask = body(json!({"model": model.name, "--aspect_ratio": "16:9"}));
        let expected = catalog.pixels(&model.name, "16:9".parse().unwrap());
        assert_eq!(
            made(&server, &client, &ask).await,
            (FileFormat::Jpeg, expected.unwrap()),
            "{}",
            model.name
        );
    }
}

#[tokio::test]
async fn every_ratio_is_known() {
    let (server, client) = demo().await;
    let catalog = builtin_catalog();
    for (ratio, _) in &catalog.ratios {
        let ask = body(json!({"--aspect_ratio": ratio.to_string()}));
        let expected = catalog.pixels("NanoBanana2-0.5K", *ratio).unwrap();
        assert_eq!(made(&server, &client, &ask).await.1, expected, "{ratio}");
    }
}

#[tokio::test]
async fn ratio_and_format_are_read_in_all_three_places() {
    let (server, client) = demo().await;
    let wide = PixelSize::new(688, 384);
    let fields = json!({"aspect_ratio": "16:9", "output_format": "webp"});
    for place in [
        json!({"--aspect_ratio": "16:9", "--output_format": "webp"}),
        json!({"extra_body": config(&fields)}),
        config(&fields),
        // All three, in agreement, and one that is spelt as absent.
        json!({"--aspect_ratio": "16:9", "--output_format": null, "extra_body": config(&fields),
            "google": {"image_config": fields}}),
    ] {
        let got = made(&server, &client, &body(place.clone())).await;
        assert_eq!(got, (FileFormat::Webp, wide), "{place}");
    }
    let png = made(&server, &client, &body(json!({"--output_format": "png"}))).await;
    assert_eq!(png, (FileFormat::Png, PixelSize::new(512, 512)));
    let none = made(&server, &client, &body(json!({"extra_body": {}}))).await;
    assert_eq!(none, (FileFormat::Jpeg, PixelSize::new(512, 512)));
}

#[tokio::test]
async fn a_stream_tells_its_progress_and_ends_as_the_document_shows() {
    let (server, client) = demo().await;
    // The document's first example.
    let events = events(
        &server,
        &client,
        &json!({
            "model": "NanoBananaPro-1K",
            "messages": [{"role": "user", "content": "a cute cat"}],
            "extra_body": {"google": {"image_config": {"aspect_ratio": "16:9"}}},
            "stream": true
        }),
    )
    .await;
    let (done, chunks) = events.split_last().unwrap();
    assert_eq!(done, "[DONE]");
    let chunks: Vec<Value> = chunks
        .iter()
        .map(|c| serde_json::from_str(c).unwrap())
        .collect();
    for chunk in &chunks {
        assert_eq!(chunk["object"], "chat.completion.chunk");
        assert_eq!(chunk["id"], chunks[0]["id"]);
        assert_eq!(chunk["created"], chunks[0]["created"]);
        assert_eq!(chunk["model"], "NanoBananaPro-1K");
        assert_eq!(chunk["choices"][0]["index"], 0);
    }
    let (last, told) = chunks.split_last().unwrap();
    assert_eq!(
        told[0]["choices"][0]["delta"],
        json!({"role": "assistant", "content": ""})
    );
    assert!(told.len() >= 4, "a few lines");
    for chunk in &told[1..] {
        let line = chunk["choices"][0]["delta"]["content"].as_str().unwrap();
        assert!(line.starts_with("> ") && line.ends_with("%\n"), "{line}");
        assert_eq!(chunk["choices"][0]["finish_reason"], Value::Null);
    }

    let url = last["media"]["outputs"][0].as_str().unwrap();
    assert_eq!(
        last["choices"][0],
        json!({"index": 0, "delta": {"role": "assistant", "content": url}, "finish_reason": "stop"})
    );
    let fields: Vec<&String> = last.as_object().unwrap().keys().collect();
    assert_eq!(
        fields,
        ["id", "object", "created", "model", "choices", "media"]
    );
    assert_eq!(url.rsplit('.').next(), Some("jpeg"));
    let bytes = download(&client, url).await;
    assert_eq!(
        measure(&bytes, Limits::default()),
        Ok(PixelSize::new(1376, 768))
    );
}

#[tokio::test]
async fn an_answer_without_a_stream_is_one_completion() {
    let (server, client) = demo().await;
    let (status, answer) = post(&server, &client, &body(json!({"n": 1, "temperature": 0.5}))).await;
    assert_eq!(status, StatusCode::OK);
    assert_eq!(answer["object"], "chat.completion");
    assert_eq!(answer["model"], "NanoBanana2-0.5K");
    assert_eq!(answer["choices"][0]["message"]["role"], "assistant");
    assert_eq!(answer["choices"][0]["finish_reason"], "stop");
    assert!(answer["id"].as_str().unwrap().starts_with("chatcmpl_"));
    assert!(answer["usage"]["total_tokens"].is_u64());
}

#[tokio::test]
async fn every_picture_says_what_it_is() {
    let (server, client) = demo().await;
    for format in ["jpeg", "png", "webp"] {
        let ask = body(json!({"--output_format": format}));
        let bytes = download(&client, &picture_url(&server, &client, &ask).await).await;
        assert!(
            bytes
                .windows(PICTURE_TEXT.len())
                .any(|w| w == PICTURE_TEXT.as_bytes()),
            "{format}"
        );
    }
}

#[tokio::test]
async fn the_same_prompt_gives_the_same_picture_and_another_another() {
    let (server, client) = demo().await;
    let mut made = Vec::new();
    for prompt in ["a red fox", "a red fox", "a blue lake"] {
        let ask = body(json!({"messages": [
            {"role": "user", "content": "not this one"},
            {"role": "assistant", "content": "http://127.0.0.1/x.png"},
            {"role": "user", "content": [{"type": "text", "text": prompt}]},
        ]}));
        made.push(download(&client, &picture_url(&server, &client, &ask).await).await);
    }
    assert_eq!(made[0], made[1]);
    assert_ne!(made[0], made[2]);
}

#[tokio::test]
async fn references_are_taken_from_data_uris_and_loopback() {
    let (server, client) = demo().await;
    let plain = body(json!({"messages": [{"role": "user", "content": "make it night"}]}));
    let own = picture_url(&server, &client, &plain).await;
    let painted = download(&client, &own).await;
    for reference in [data_uri(), own] {
        let url = picture_url(&server, &client, &with_picture(&reference)).await;
        let edited = download(&client, &url).await;
        assert_ne!(edited, painted, "the reference has no effect");
        assert_eq!(
            measure(&edited, Limits::default()),
            Ok(PixelSize::new(512, 512))
        );
    }
}
