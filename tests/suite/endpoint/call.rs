//! The call over real sockets: one POST each, whatever the gateway does.

use std::time::Duration;

use plantain::domain::{FailureKind, Secret};
use plantain::endpoint::{Answer, BaseUrl, CallError, Client, Timeouts, Trouble};
use serde_json::json;

use super::fixtures;
use crate::suite::raw_server::{Gate, RawServer, Script, Step, answer, head};

const KEY: &str = "sk-canary-0123456789";
const SSE: (&str, &str) = ("Content-Type", "text/event-stream");
/// An answer in three pieces: a comment, a picture with its finish reason, the terminator.
const PICTURE: &str = "data: {\"choices\":[{\"delta\":{\"content\":\"\"},\"finish_reason\":\"stop\"}],\"media\":{\"outputs\":[\"https://a.test/x.png\"]}}\n\n";

/// Long enough for a loaded machine; the tests of silence shorten one of them.
const PATIENT: Timeouts = Timeouts {
    connect: Duration::from_secs(10),
    silence: Duration::from_secs(60),
    settle: Duration::from_secs(60),
};

fn client(server: &RawServer, timeouts: Timeouts) -> Client {
    let base = BaseUrl::parse(&server.url()).unwrap();
    Client::new(base, Secret::new(KEY), timeouts).unwrap()
}

async fn call(client: &Client) -> Result<Answer, CallError> {
    let mut response = client
        .chat(json!({ "model": "m" }).to_string().into(), true)
        .await?;
    while response.next().await.is_some() {}
    Ok(response.finish())
}

#[tokio::test]
async fn every_fixture_comes_over_a_socket_as_it_does_in_memory() {
    for fixture in fixtures::all() {
        let mut headers = vec![("Content-Type", fixture.content_type.as_str())];
        headers.extend(
            fixture
                .headers
                .iter()
                .map(|(n, v)| (n.as_str(), v.as_str())),
        );
        let head = head(fixture.status, &headers);
        let mut scripts: Vec<Script> = vec![
            answer(fixture.status, &headers, &fixture.body),
            // One byte a packet.
            std::iter::once(Step::Bytes(head.clone()))
                .chain(fixture.body.iter().map(|b| Step::Bytes(vec![*b])))
                .collect(),
        ];
        // Cut at a dozen places, in two packets.
        scripts.extend((1..=12).map(|n| {
            let (one, two) = fixture.body.split_at(fixture.body.len() * n / 13);
            vec![
                Step::Bytes([head.as_slice(), one].concat()),
                Step::Bytes(two.to_vec()),
            ]
        }));
        let mut first = None;
        for script in scripts {
            let server = RawServer::saying(script).await;
            let result = call(&client(&server, PATIENT)).await;
            assert_eq!(server.count("POST"), 1, "{}", fixture.name);
            assert_eq!(result.is_ok(), fixture.status == 200, "{}", fixture.name);
            let first = first.get_or_insert_with(|| result.clone());
            assert_eq!(*first, result, "{}", fixture.name);
        }
    }
}

#[tokio::test]
async fn the_request_is_the_documents() {
    let server = RawServer::saying(answer(
        200,
        &[SSE, ("plantain-demo", "1")],
        PICTURE.as_bytes(),
    ))
    .await;
    let client = client(&server, PATIENT);
    let response = client
        .chat(json!({ "b": 1, "a": 2 }).to_string().into(), true)
        .await
        .unwrap();
    assert!(response.is_demo());
    drop(response);
    let _ = client.chat("{}".into(), false).await.unwrap();
    let requests = server.requests();
    let first = &requests[0];
    assert_eq!(
        (first.method.as_str(), first.path.as_str()),
        ("POST", "/v1/chat/completions")
    );
    assert_eq!(first.body, br#"{"b":1,"a":2}"#);
    for (name, value) in [
        ("authorization", format!("Bearer {KEY}").as_str()),
        ("content-type", "application/json"),
        ("accept", "text/event-stream, application/json"),
        ("accept-encoding", "identity"),
    ] {
        assert_eq!(first.header(name), Some(value), "{name}");
    }
    assert_eq!(requests[1].header("accept"), Some("application/json"));

    let keyless = Client::new(BaseUrl::parse(&server.url()).unwrap(), None, PATIENT).unwrap();
    let _ = keyless.chat("{}".into(), true).await.unwrap();
    assert_eq!(server.requests()[2].header("authorization"), None);
    let server = RawServer::saying(answer(401, &[], b"")).await;
    let keyless = Client::new(BaseUrl::parse(&server.url()).unwrap(), None, PATIENT).unwrap();
    let failure = call(&keyless).await.unwrap_err().failure;
    assert!(
        failure
            .hint
            .unwrap()
            .as_str()
            .contains("plantain config key")
    );
}

#[tokio::test]
async fn troubles_are_told_apart() {
    let wait = Duration::from_secs(7);
    for (status, headers, body, trouble) in [
        (
            429,
            vec![("Retry-After", "7")],
            "",
            Trouble::Limited(Some(wait)),
        ),
        // By the clock of who says so.
        (
            429,
            vec![
                ("Date", "Thu, 01 Jan 1970 12:00:00 GMT"),
                ("Retry-After", "Thu, 01 Jan 1970 12:00:07 GMT"),
            ],
            "",
            Trouble::Limited(Some(wait)),
        ),
        (429, vec![], "", Trouble::Limited(None)),
        (
            429,
            vec![],
            r#"{"error":{"details":[{"retryDelay":"7s"}]}}"#,
            Trouble::Limited(Some(wait)),
        ),
        (
            429,
            vec![("Retry-After", "7")],
            r#"{"error":{"code":"insufficient_quota"}}"#,
            Trouble::Final,
        ),
        (
            503,
            vec![("Retry-After", "7")],
            "",
            Trouble::Unavailable(Some(wait)),
        ),
        (
            503,
            vec![],
            r#"{"error":{"details":[{"retryDelay":"7s"}]}}"#,
            Trouble::Unavailable(Some(wait)),
        ),
        (503, vec![], "", Trouble::Unavailable(None)),
        // Neither asks to wait, and both stand beside failures that were billed.
        (
            503,
            vec![("x-ratelimit-reset", "7")],
            "",
            Trouble::Unavailable(None),
        ),
        (
            503,
            vec![],
            r#"{"error":{"message":"Please try again in 20s."}}"#,
            Trouble::Unavailable(None),
        ),
        (
            429,
            vec![("x-ratelimit-reset", "7")],
            "",
            Trouble::Limited(Some(wait)),
        ),
        (500, vec![("Retry-After", "7")], "", Trouble::Final),
        (400, vec![], "", Trouble::Final),
    ] {
        let server = RawServer::saying(answer(status, &headers, body.as_bytes())).await;
        let error = call(&client(&server, PATIENT)).await.unwrap_err();
        assert_eq!(error.trouble, trouble, "{status} {headers:?} {body}");
        let waits = matches!(trouble, Trouble::Limited(_) | Trouble::Unavailable(Some(_)));
        assert_eq!(
            error.failure.maybe_billed,
            status >= 500 && !waits,
            "{status}"
        );
    }
    let fixture = fixtures::named("f22");
    let server = RawServer::saying(answer(fixture.status, &[], &fixture.body)).await;
    let error = call(&client(&server, PATIENT)).await.unwrap_err();
    assert!(error.names_documented_field);
}

#[tokio::test]
async fn nothing_was_sent_where_nobody_listens() {
    // A port that was free a moment ago.
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    drop(listener);
    let gone = Client::new(BaseUrl::parse(&url).unwrap(), None, PATIENT).unwrap();
    let error = call(&gone).await.unwrap_err();
    assert_eq!(error.trouble, Trouble::NotSent);
    assert_eq!(error.failure.kind, FailureKind::Unreachable);
    assert!(!error.failure.maybe_billed);
    assert!(
        error
            .failure
            .message
            .as_str()
            .contains("connection refused"),
        "{}",
        error.failure
    );
}

#[tokio::test]
async fn nothing_was_sent_where_tls_fails() {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("https://{}", listener.local_addr().unwrap());
    let closing = tokio::spawn(async move { drop(listener.accept().await.unwrap()) });
    let client = Client::new(BaseUrl::parse(&url).unwrap(), None, PATIENT).unwrap();
    let error = call(&client).await.unwrap_err();
    closing.await.unwrap();
    assert_eq!(error.trouble, Trouble::NotSent, "{error}");
    assert_eq!(error.failure.kind, FailureKind::Unreachable);
}

#[tokio::test]
async fn resets_and_cuts_may_have_been_billed_and_are_not_repeated() {
    let head = head(200, &[SSE, ("Content-Length", "9999")]);
    let half = &PICTURE.as_bytes()[..40];
    for (script, has_head) in [
        (vec![Step::Reset], false),
        (Vec::new(), false),
        (vec![Step::Bytes(b"HTTP/1.1 200".to_vec())], false),
        (vec![Step::Bytes(head.clone()), Step::Reset], true),
        (vec![Step::Bytes(head.clone())], true),
        (vec![Step::Bytes([&head, half].concat())], true),
    ] {
        let server = RawServer::saying(script.clone()).await;
        let failure = match call(&client(&server, PATIENT)).await {
            Ok(answer) => {
                assert!(has_head, "{script:?}");
                answer.failure.unwrap()
            }
            Err(error) => {
                assert_eq!(error.trouble, Trouble::Final);
                error.failure
            }
        };
        assert_eq!(
            (failure.kind, failure.maybe_billed),
            (FailureKind::Cut, true),
            "{script:?}"
        );
        assert_eq!(server.count("POST"), 1);
    }
}

#[tokio::test]
async fn a_picture_before_a_cut_is_kept() {
    let head = head(200, &[SSE, ("Content-Length", "9999")]);
    let server = RawServer::saying(vec![
        Step::Bytes(head),
        Step::Bytes(PICTURE.as_bytes().to_vec()),
    ])
    .await;
    let answer = call(&client(&server, PATIENT)).await.unwrap();
    assert_eq!(answer.images.len(), 1);
    assert_eq!(answer.failure, None);
}

#[tokio::test]
async fn redirects_of_the_call_are_not_followed() {
    let server = RawServer::saying(answer(
        307,
        &[("Location", "https://gw.test/v2/chat/completions")],
        b"",
    ))
    .await;
    let error = call(&client(&server, PATIENT)).await.unwrap_err();
    assert_eq!(error.failure.kind, FailureKind::NotTheEndpoint);
    let hint = error.failure.hint.unwrap().to_string();
    assert_eq!(hint, "try the base URL https://gw.test/v2");
    assert_eq!(server.requests().len(), 1);
}

#[tokio::test]
async fn a_large_request_has_its_time_on_the_way_beside_the_silence() {
    let server = RawServer::saying(vec![Step::Forever]).await;
    let short = Timeouts {
        silence: Duration::from_millis(1),
        ..PATIENT
    };
    let body = json!({ "p": "x".repeat(32 * 1024) });
    let begun = std::time::Instant::now();
    let error = client(&server, short)
        .chat(body.to_string().into(), true)
        .await
        .err()
        .unwrap();
    assert!(begun.elapsed() >= Duration::from_secs(1));
    let message = error.failure.message.as_str();
    assert_eq!(message, "the gateway did not answer for 1 s");
    assert!(error.failure.maybe_billed);
}

#[tokio::test]
async fn silence_ends_at_its_limit_before_the_head_and_behind_it() {
    let short = Timeouts {
        silence: Duration::from_millis(50),
        ..PATIENT
    };
    let server = RawServer::saying(vec![Step::Forever]).await;
    let error = call(&client(&server, short)).await.unwrap_err();
    assert_eq!(error.failure.kind, FailureKind::Timeout);
    assert_eq!(
        (error.trouble, error.failure.maybe_billed),
        (Trouble::Final, true)
    );

    let server = RawServer::saying(vec![
        Step::Bytes(head(200, &[SSE])),
        Step::Bytes(b": PING\n\n".to_vec()),
        Step::Forever,
    ])
    .await;
    let answer = call(&client(&server, short)).await.unwrap();
    let failure = answer.failure.unwrap();
    assert_eq!(
        (failure.kind, failure.maybe_billed),
        (FailureKind::Timeout, true)
    );
    server.wait_left().await;
}

#[tokio::test]
async fn an_answer_that_is_settled_or_done_does_not_wait_for_the_end() {
    let unending = |tail: &str| {
        vec![
            Step::Bytes(head(200, &[SSE])),
            Step::Bytes(format!("{PICTURE}{tail}").into_bytes()),
            Step::Forever,
        ]
    };
    let server = RawServer::saying(unending("data: [DONE]\n\n")).await;
    let answer = call(&client(&server, PATIENT)).await.unwrap();
    assert!(answer.ended_well && answer.failure.is_none());

    let settles = Timeouts {
        settle: Duration::from_millis(20),
        ..PATIENT
    };
    let server = RawServer::saying(unending("")).await;
    let answer = call(&client(&server, settles)).await.unwrap();
    assert!(answer.ended_well && answer.failure.is_none());
    assert_eq!(answer.images.len(), 1);
}

#[tokio::test]
async fn parts_come_while_the_rest_is_held_back() {
    let gate = Gate::default();
    let server = RawServer::saying(vec![
        Step::Bytes(head(200, &[SSE])),
        Step::Bytes(b": PING\n\n".to_vec()),
        Step::Bytes(PICTURE.as_bytes().to_vec()),
        Step::Wait(gate.clone()),
        Step::Bytes(b"data: [DONE]\n\n".to_vec()),
    ])
    .await;
    let client = client(&server, PATIENT);
    let mut response = client.chat("{}".into(), true).await.unwrap();
    let mut parts = Vec::new();
    while parts.len() < 2 {
        parts.extend(response.next().await.unwrap());
    }
    assert_eq!(response.bytes(), (8 + PICTURE.len()) as u64);
    gate.open();
    while response.next().await.is_some() {}
    assert!(response.finish().ended_well);
}

#[tokio::test]
async fn dropping_the_call_closes_the_connection() {
    let server = RawServer::saying(vec![
        Step::Bytes(head(200, &[SSE])),
        Step::Bytes(b": PING\n\n".to_vec()),
        Step::Forever,
    ])
    .await;
    let client = client(&server, PATIENT);
    let mut response = client.chat("{}".into(), true).await.unwrap();
    assert_eq!(response.next().await, Some(Vec::new()));
    drop(response);
    server.wait_left().await;

    // Also before the head came.
    let server = RawServer::saying(vec![Step::Forever]).await;
    let client = self::client(&server, PATIENT);
    let task = tokio::spawn(async move { client.chat("{}".into(), true).await.is_ok() });
    server.wait_for(1).await;
    task.abort();
    server.wait_left().await;
}

#[tokio::test]
async fn a_repeated_key_is_masked() {
    let body = format!(r#"{{"error":{{"message":"no such key {KEY}!"}}}}"#);
    let server = RawServer::saying(answer(401, &[], body.as_bytes())).await;
    let error = call(&client(&server, PATIENT)).await.unwrap_err();
    assert!(!format!("{error:?}").contains("canary"), "{error:?}");
    let body = format!(
        "data: {{\"choices\":[{{\"delta\":{{\"content\":\"{KEY}\"}}}}],\"error\":\"{KEY}\"}}\n\n"
    );
    let server = RawServer::saying(answer(200, &[SSE], body.as_bytes())).await;
    let answer = call(&client(&server, PATIENT)).await.unwrap();
    assert!(!format!("{answer:?}").contains("canary"), "{answer:?}");
    let body = format!("<html><title>no access with {KEY}</title></html>");
    let server = RawServer::saying(self::answer(200, &[], body.as_bytes())).await;
    let answer = call(&client(&server, PATIENT)).await.unwrap();
    let told = format!("{answer:?}");
    assert!(told.contains("no access with"), "{told}");
    assert!(!told.contains("canary"), "{told}");
}

#[tokio::test]
async fn compressed_answers_are_read_where_they_say_so() {
    // `printf '%s' '{"media":{"outputs":["https://a.test/x.png"]},"choices":[{"finish_reason":"stop"}]}' | gzip -n`
    let body = include_bytes!("../../fixtures/gzip.bin");
    let server = RawServer::saying(answer(200, &[("Content-Encoding", "gzip")], body)).await;
    let answer = call(&client(&server, PATIENT)).await.unwrap();
    assert_eq!(answer.images.len(), 1, "{answer:?}");
}

#[test]
fn a_client_for_a_remote_host_can_be_made() {
    let base = BaseUrl::parse("https://gw.test").unwrap();
    assert!(Client::new(base.clone(), Secret::new(KEY), PATIENT).is_ok());
    let failure = Client::new(base, Secret::new("sk-\n\u{7f}x"), PATIENT)
        .err()
        .unwrap();
    assert_eq!(failure.kind, FailureKind::Config);
}

#[tokio::test]
async fn models_are_listed_in_their_order() {
    let list =
        r#"{"object":"list","data":[{"id":"b"},{"id":"a"},{"id":"b"},{"id":"x\u001b[2J"},{}]}"#;
    let server = RawServer::saying(answer(200, &[], list.as_bytes())).await;
    assert_eq!(client(&server, PATIENT).models().await.unwrap(), ["b", "a"]);
    assert_eq!(server.requests()[0].path, "/v1/models");
    for (status, body, kind) in [
        (200, "<html>", FailureKind::NotTheEndpoint),
        (401, "{}", FailureKind::Auth),
        (500, "", FailureKind::Gateway),
    ] {
        let server = RawServer::saying(answer(status, &[], body.as_bytes())).await;
        let failure = client(&server, PATIENT).models().await.unwrap_err();
        assert_eq!((failure.kind, failure.maybe_billed), (kind, false));
    }
}
