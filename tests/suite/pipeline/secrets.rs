//! The key goes to the base URL's origin and nowhere else; signatures of pictures' URLs stay in their row.

use std::fs;

use plantain::domain::{Generation, State};

use super::{Bench, KEY, PATH, SSE, Told, bytes_of, gateway, holds, inline, submit};
use crate::suite::endpoint::fixtures::{JPG, PNG};
use crate::suite::raw_server::{RawServer, Script, answer};

/// Generates once and gives all that was told, as text.
async fn told_by(bench: &Bench, base: &str) -> (Generation, String) {
    let told = Told::default();
    let running = submit(&bench.pipeline(base), "a cat", &told).await;
    let generation = running.done.await.unwrap();
    let text = format!("{:?}", told.all());
    (generation, text)
}

#[tokio::test]
async fn the_key_goes_to_the_gateway_and_not_to_the_pictures_host() {
    let host = RawServer::saying(answer(200, &[], &bytes_of(PNG))).await;
    let server = gateway(&format!("{}/a.png", host.url())).await;
    let bench = Bench::new();
    let generation = bench.run(&server.url(), "a cat").await;
    assert_eq!(generation.state, State::Saved);
    let call = &server.requests()[0];
    let bearer = format!("Bearer {KEY}");
    assert_eq!(call.header("authorization"), Some(bearer.as_str()));
    assert_eq!(call.path, PATH);
    assert!(!String::from_utf8_lossy(&call.body).contains(KEY));
    let fetch = format!("{:?}", host.requests());
    assert!(!fetch.contains(KEY), "{fetch}");
}

#[tokio::test]
async fn pictures_of_the_gateways_own_origin_come_without_the_key_too() {
    let server = RawServer::start(|request| {
        if request.method == "GET" {
            return answer(200, &[], &bytes_of(PNG));
        }
        let host = request.header("host").unwrap();
        super::naming(&[&format!("http://{host}/a.png")])
    })
    .await;
    let bench = Bench::new();
    let _ = bench.run(&server.url(), "a cat").await;
    let keys = server.requests();
    assert!(keys[0].header("authorization").is_some());
    assert!(keys[1].header("authorization").is_none());
}

#[tokio::test]
async fn a_gateway_that_repeats_the_key_does_not_bring_it_anywhere() {
    let error = |status| {
        let body = format!(r#"{{"error":{{"message":"no such key {KEY}, {KEY}"}}}}"#);
        answer(status, &[], body.as_bytes())
    };
    let streamed = format!(
        "data: {{\"model\":\"{KEY}\",\"choices\":[{{\"delta\":{{\"content\":\"{KEY} is nice \",\
         \"images\":[\"data:image/png;base64,{PNG}\"]}},\"finish_reason\":\"{KEY}\"}}],\
         \"usage\":{{\"key\":\"{KEY}\"}},\"error\":\"{KEY}\"}}\n\ndata: [DONE]\n\n"
    );
    let scripts: [Script; 6] = [
        error(401),
        error(400),
        error(500),
        error(200),
        answer(200, &[SSE], streamed.as_bytes()),
        inline(),
    ];
    for script in scripts {
        let bench = Bench::new();
        let server = RawServer::saying(script).await;
        let (generation, told) = told_by(&bench, &server.url()).await;
        assert!(generation.state.is_final());
        assert!(!told.contains("canary"), "{told}");
        for file in bench.files() {
            assert!(!holds(&file, "canary"), "{}", file.display());
        }
    }
}

#[tokio::test]
async fn a_signature_is_told_to_nobody_but_the_host() {
    let host = RawServer::start(|request| match request.path.as_str() {
        "/good.jpeg?sig=S3CRET" => answer(200, &[], &bytes_of(JPG)),
        _ => answer(410, &[], b"link has expired"),
    })
    .await;
    for (path, state) in [("good", State::Saved), ("bad", State::Failed)] {
        let url = format!("{}/{path}.jpeg?sig=S3CRET", host.url());
        let (bench, server) = (Bench::new(), gateway(&url).await);
        let (generation, _) = told_by(&bench, &server.url()).await;
        assert_eq!(generation.state, state);
        let said = format!("{:?}{:?}", generation.notices, generation.failure);
        assert!(!said.contains("S3CRET"), "{said}");
        for picture in &generation.pictures {
            assert!(!picture.url_for_show().unwrap().contains("S3CRET"));
            assert!(!picture.path.display().to_string().contains("S3CRET"));
            assert_eq!(fs::read(&picture.path).unwrap(), bytes_of(JPG));
        }
    }
}
