//! The one refusal after which a call is written anew: a 400 that names a field which only the documented form has.

use plantain::domain::{FailureKind, Profile, State};
use plantain::pipeline::Pipeline;
use serde_json::Value;

use super::{Bench, Told, body, inline, submit};
use crate::suite::endpoint::fixtures;
use crate::suite::raw_server::{RawServer, RequestSeen, Script, answer};

/// Google's words for a field that it does not know.
fn unknown_field() -> Script {
    let fixture = fixtures::named("f22");
    answer(fixture.status, &[], &fixture.body)
}

fn is_documented(request: &RequestSeen) -> bool {
    body(request).get("--aspect_ratio").is_some()
}

/// A gateway that takes the example's form only.
async fn strict() -> RawServer {
    RawServer::start(|request| {
        if is_documented(request) {
            unknown_field()
        } else {
            inline()
        }
    })
    .await
}

fn remembered(bench: &Bench, server: &RawServer) -> Option<String> {
    let base = format!("{}/v1", server.url());
    bench.library.endpoint_profile(&base, "documented").unwrap()
}

#[tokio::test]
async fn it_is_asked_again_in_the_form_of_the_example_and_remembered() {
    let (bench, server) = (Bench::new(), strict().await);
    let generation = bench.run(&server.url(), "a cat").await;
    assert_eq!(generation.state, State::Saved, "{:?}", generation.failure);
    let said = |words: &str| {
        generation
            .notices
            .iter()
            .filter(|n| n.as_str().contains(words))
            .count()
    };
    assert_eq!(said("\"example\""), 1, "{:?}", generation.notices);
    let bodies: Vec<Value> = server.requests().iter().map(body).collect();
    assert_eq!(bodies.len(), 2);
    assert_eq!(bodies[0]["--output_format"], "png");
    let example = serde_json::json!({
        "model": "NanoBanana2-0.5K",
        "messages": [{ "role": "user", "content": "a cat" }],
        "extra_body": { "google": { "image_config": { "aspect_ratio": "1:1" } } },
        "stream": true,
    });
    assert_eq!(bodies[1], example);
    assert_eq!(remembered(&bench, &server).as_deref(), Some("example"));

    // The next one, and one of another process, start with it.
    let next = bench.run(&server.url(), "a cat").await;
    assert_eq!(next.state, State::Saved);
    assert_eq!(server.requests().len(), 3);
    assert_eq!(body(&server.requests()[2]), example);

    // Another base URL is another gateway.
    let other = RawServer::saying(inline()).await;
    let _ = bench.run(&other.url(), "a cat").await;
    assert!(is_documented(&other.requests()[0]));
}

#[tokio::test]
async fn a_profile_that_the_user_named_beats_what_another_one_was_found_to_need() {
    let (bench, server) = (Bench::new(), strict().await);
    let _ = bench.run(&server.url(), "a cat").await;
    assert_eq!(remembered(&bench, &server).as_deref(), Some("example"));
    let mut setup = bench.setup(&server.url());
    let documented = setup.profiles.iter().find(|p| p.name == "documented");
    // The same form, and the same fallback: what is known is known of the other one.
    let mine = Profile {
        name: "mine".to_owned(),
        ..documented.unwrap().clone()
    };
    setup.profiles.push(mine);
    setup.profile = "mine".to_owned();
    let pipeline = Pipeline::new(setup).unwrap();
    let running = submit(&pipeline, "a cat", &Told::default()).await;
    assert_eq!(running.done.await.unwrap().state, State::Saved);
    let forms: Vec<bool> = server.requests().iter().map(is_documented).collect();
    assert_eq!(forms, [true, false, true, false]);
    assert_eq!(
        remembered(&bench, &server),
        None,
        "another one is in use now"
    );
}

#[tokio::test]
async fn other_refusals_are_not_asked_again() {
    let aspect = br#"{"error":{"message":"--aspect_ratio is a mystery to us"}}"#;
    for bad in [
        answer(
            400,
            &[],
            br#"{"error":{"message":"aspect_ratio must be one of 1:1, 16:9"}}"#,
        ),
        answer(400, &[], br#"{"error":{"message":"unknown model"}}"#),
        answer(401, &[], aspect),
        answer(422, &[], aspect),
        answer(500, &[], aspect),
        answer(200, &[], aspect),
    ] {
        let server = RawServer::saying(bad.clone()).await;
        let bench = Bench::new();
        let generation = bench.run(&server.url(), "a cat").await;
        assert_eq!(generation.state, State::Failed, "{bad:?}");
        assert_eq!(server.requests().len(), 1, "{bad:?}");
        assert_eq!(remembered(&bench, &server), None);
    }
}

#[tokio::test]
async fn a_form_that_did_not_help_is_not_remembered() {
    let server = RawServer::saying(unknown_field()).await;
    let bench = Bench::new();
    let generation = bench.run(&server.url(), "a cat").await;
    assert_eq!(generation.failure.unwrap().kind, FailureKind::BadRequest);
    assert_eq!(server.requests().len(), 2);
    assert_eq!(remembered(&bench, &server), None);
}

#[tokio::test]
async fn profiles_that_name_each_other_end_after_one_change() {
    let server = RawServer::saying(unknown_field()).await;
    let (bench, told) = (Bench::new(), Told::default());
    let mut setup = bench.setup(&server.url());
    let circle = |p: Profile| Profile {
        fallback: p.fallback.clone().or(Some("documented".to_owned())),
        ..p
    };
    setup.profiles = setup.profiles.into_iter().map(circle).collect();
    let running = submit(&Pipeline::new(setup).unwrap(), "a cat", &told).await;
    assert_eq!(running.done.await.unwrap().state, State::Failed);
    assert_eq!(server.requests().len(), 2);
}

#[tokio::test]
async fn a_profile_that_nobody_knows_is_refused_before_anything_is_sent() {
    let bench = Bench::new();
    let mut setup = bench.setup("http://127.0.0.1:1");
    setup.profile = "mine".to_owned();
    let failure = Pipeline::new(setup).err().unwrap();
    assert_eq!(failure.kind, FailureKind::Config);
    assert!(failure.hint.unwrap().as_str().contains("documented"));
}
