//! Behind a proxy of the environment: it carries the call and the pictures, looks names up itself, and is asked for nothing
//! that is near.

use super::home::{Home, MODEL};
use crate::suite::endpoint::fixtures::PNG;
use crate::suite::raw_server::{RawServer, answer};

/// A proxy for plain http, beside which no name of `.test` leads anywhere; the call's answer names `picture`.
async fn proxy(picture: &'static str) -> RawServer {
    use base64::Engine as _;
    let png = base64::engine::general_purpose::STANDARD
        .decode(PNG)
        .unwrap();
    RawServer::start(move |request| match request.method.as_str() {
        "POST" => {
            let text = format!(r#"{{"choices":[{{"message":{{"content":"![a]({picture})"}},"finish_reason":"stop"}}]}}"#);
            answer(200, &[], text.as_bytes())
        }
        _ => answer(200, &[], &png),
    })
    .await
}

#[tokio::test]
async fn a_proxy_carries_pictures_and_its_own_address_is_not_vetted() {
    for (picture, words) in [
        ("http://pic.test:8080/a.png?sig=SECRET", ""),
        ("http://10.0.0.5/a.png?sig=SECRET", "private network"),
        ("http://127.0.0.1:1/a.png?sig=SECRET", "this machine"),
        ("http://169.254.169.254/a.png?sig=SECRET", "link-local"),
    ] {
        let proxy = proxy(picture).await;
        let home = Home::at("http://gw.test:8080").set("HTTP_PROXY", &proxy.url());
        let ran = home
            .run(&["generate", "--no-preview", "-m", MODEL, "a cat"])
            .await;
        let asked: Vec<String> = proxy.requests().into_iter().map(|r| r.path).collect();
        assert_eq!(asked[0], "http://gw.test:8080/v1/chat/completions");
        if words.is_empty() {
            ran.done();
            assert_eq!(asked[1..], [picture]);
        } else {
            ran.failed(1, &[words]);
            assert_eq!(asked.len(), 1, "{asked:?}");
        }
    }
}

#[tokio::test]
async fn a_gateway_on_this_machine_is_asked_past_the_proxy() {
    let proxy = proxy("http://unused.test/a.png").await;
    let gateway = RawServer::start(|request| match request.method.as_str() {
        "POST" => {
            let text = format!(r#"{{"choices":[{{"message":{{"content":"![a](data:image/png;base64,{PNG})"}},"finish_reason":"stop"}}]}}"#);
            answer(200, &[], text.as_bytes())
        }
        _ => answer(404, &[], b""),
    })
    .await;
    let home = Home::at(&gateway.url())
        .set("HTTP_PROXY", &proxy.url())
        .set("HTTPS_PROXY", &proxy.url())
        .set("ALL_PROXY", &proxy.url());
    home.run(&["generate", "--no-preview", "-m", MODEL, "a cat"])
        .await
        .done();
    assert_eq!(gateway.count("POST"), 1);
    assert!(proxy.requests().is_empty(), "{:?}", proxy.requests());
}
