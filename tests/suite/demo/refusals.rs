//! What is refused, and that the refusal names the field in OpenAI's error shape.

use plantain::demo::Server;
use reqwest::{Client, Method, StatusCode};
use serde_json::{Value, json};

use super::{body, config, data_uri, demo, post, with_picture};

/// The `param` of a refusal.
async fn refused(server: &Server, client: &Client, body: &Value) -> Value {
    let (status, answer) = post(server, client, body).await;
    assert_eq!(status, StatusCode::BAD_REQUEST, "{body} got {answer}");
    assert_error_shape(&answer);
    answer["error"]["param"].clone()
}

fn assert_error_shape(answer: &Value) {
    let error = answer["error"].as_object().unwrap();
    let fields: Vec<&str> = error.keys().map(String::as_str).collect();
    assert_eq!(fields, ["message", "type", "param", "code"]);
    assert_eq!(error["type"], "invalid_request_error");
    assert!(error["message"].as_str().is_some_and(|m| !m.is_empty()));
    assert!(error["code"].is_string());
}

#[tokio::test]
async fn places_that_disagree_are_refused() {
    let (server, client) = demo().await;
    let nested = "extra_body.google.image_config";
    for (changes, field) in [
        (
            json!({"--aspect_ratio": "1:1", "extra_body": config(&json!({"aspect_ratio": "16:9"}))}),
            format!("{nested}.aspect_ratio"),
        ),
        (
            json!({"extra_body": config(&json!({"output_format": "png"})),
                "google": {"image_config": {"output_format": "jpeg"}}}),
            "google.image_config.output_format".to_owned(),
        ),
        (
            json!({"--output_format": "png", "google": {"image_config": {"output_format": "jpeg"}}}),
            "google.image_config.output_format".to_owned(),
        ),
    ] {
        assert_eq!(refused(&server, &client, &body(changes)).await, field);
    }
}

#[tokio::test]
async fn wrong_values_are_refused_by_name() {
    let (server, client) = demo().await;
    let nested = "extra_body.google.image_config";
    let part = |part: Value| json!({"messages": [{"role": "user", "content": [part]}]});
    for (changes, field) in [
        (json!({"model": null}), "model"),
        (json!({"model": 7}), "model"),
        (json!({"model": "NanoBananaPro-8K"}), "model"),
        (json!({"--aspect_ratio": "7:3"}), "--aspect_ratio"),
        (json!({"--aspect_ratio": 1}), "--aspect_ratio"),
        (json!({"--output_format": "JPG"}), "--output_format"),
        (json!({"extra_body": 1}), "extra_body"),
        (
            json!({"google": {"image_config": []}}),
            "google.image_config",
        ),
        (
            json!({"extra_body": config(&json!({"aspect_ratio": ""}))}),
            &format!("{nested}.aspect_ratio"),
        ),
        (
            json!({"extra_body": config(&json!({"output_format": "gif"}))}),
            &format!("{nested}.output_format"),
        ),
        (json!({"stream": "yes"}), "stream"),
        (json!({"messages": null}), "messages"),
        (json!({"messages": []}), "messages"),
        (json!({"messages": "a cat"}), "messages"),
        (
            json!({"messages": [{"role": "system", "content": "a cat"}]}),
            "messages",
        ),
        (
            json!({"messages": [{"role": "user", "content": "  "}]}),
            "messages",
        ),
        (json!({"messages": [{"role": "user"}]}), "messages"),
        (part(json!({"type": "input_audio"})), "messages"),
        (
            part(json!({"type": "image_url", "image_url": "http://127.0.0.1/"})),
            "messages",
        ),
    ] {
        let ask = body(changes);
        assert_eq!(refused(&server, &client, &ask).await, field, "{ask}");
    }
}

#[tokio::test]
async fn other_faults_have_the_same_shape() {
    let (server, client) = demo().await;
    let base = server.base_url();
    let root = base.strip_suffix("/v1").unwrap();
    for (method, url, sent, expected) in [
        (
            Method::POST,
            format!("{base}/chat/completions"),
            "{\"model\":",
            400,
        ),
        (Method::POST, format!("{base}/chat/completions"), "[]", 400),
        (Method::POST, format!("{base}/chat/completions"), "", 400),
        (Method::GET, format!("{base}/chat/completions"), "", 405),
        (Method::POST, format!("{base}/models"), "", 405),
        (Method::POST, format!("{base}/completions"), "{}", 404),
        (Method::GET, root.to_owned(), "", 404),
        (Method::GET, format!("{root}/files/none.png"), "", 404),
    ] {
        let response = client
            .request(method.clone(), &url)
            .body(sent)
            .send()
            .await
            .unwrap();
        assert_eq!(response.status(), expected, "{method} {url}");
        assert_eq!(response.headers()["plantain-demo"], "1");
        assert_error_shape(&response.json().await.unwrap());
    }
}

#[tokio::test]
async fn references_from_elsewhere_or_of_no_use_are_refused() {
    let (server, client) = demo().await;
    let missing = server.base_url().replace("/v1", "/files/none.png");
    for reference in [
        "https://example.com/xxxxxxx.jpg",
        "http://127.0.0.1.example.com/a.png",
        "http://10.0.0.1/a.png",
        "file:///etc/hostname",
        "cat.png",
        "",
        "data:image/png,plain",
        "data:image/png;base64,????",
        "data:image/png;base64,aGVsbG8=",
        &missing,
    ] {
        let param = refused(&server, &client, &with_picture(reference)).await;
        assert_eq!(param, "messages", "{reference}");
    }
    // The second one counts, too.
    let mut two = with_picture(&data_uri());
    let second =
        json!({"type": "image_url", "image_url": {"url": "data:image/png;base64,aGVsbG8="}});
    let parts = two["messages"][0]["content"].as_array_mut().unwrap();
    parts.push(second);
    assert_eq!(refused(&server, &client, &two).await, "messages");
}

#[tokio::test]
async fn a_large_body_is_taken_and_a_huge_one_refused_in_shape() {
    let (server, client) = demo().await;
    let large = body(json!({"user": "x".repeat(3 << 20)}));
    let (status, _) = post(&server, &client, &large).await;
    assert_eq!(status, StatusCode::OK);
    let url = format!("{}/chat/completions", server.base_url());
    let huge = client.post(url).body(vec![b' '; (64 << 20) + 1]);
    let answer = huge.send().await.unwrap();
    assert_eq!(answer.status(), StatusCode::PAYLOAD_TOO_LARGE);
    assert_error_shape(&answer.json().await.unwrap());
}
