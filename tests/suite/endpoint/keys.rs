//! The key in an answer: hidden wherever and however a gateway repeats it.

use plantain::domain::Secret;
use plantain::endpoint::{Answer, BaseUrl, Client, Part, Timeouts};
use serde_json::{Value, json};

use super::fixtures::{self, whole};
use crate::suite::raw_server::{RawServer, Step, answer, head};

const KEY: &str = "sk-canary-0123456789";

/// What an answer tells and becomes, as text, and its answer.
async fn told(pieces: Vec<Vec<u8>>) -> (String, Answer, Vec<Part>) {
    told_to(KEY, pieces).await
}

/// The same with another key.
async fn told_to(key: &str, pieces: Vec<Vec<u8>>) -> (String, Answer, Vec<Part>) {
    let mut script = vec![Step::Bytes(head(
        200,
        &[("Content-Type", "text/event-stream")],
    ))];
    script.extend(pieces.into_iter().map(Step::Bytes));
    let server = RawServer::saying(script).await;
    let base = BaseUrl::parse(&server.url()).unwrap();
    let client = Client::new(base, Secret::new(key), Timeouts::default()).unwrap();
    let mut response = client.chat("{}".into(), true).await.unwrap();
    let mut parts = Vec::new();
    while let Some(more) = response.next().await {
        parts.extend(more);
    }
    let answer = response.finish();
    (format!("{parts:?} {answer:?}"), answer, parts)
}

fn event(payload: &Value) -> Vec<u8> {
    format!("data: {payload}\n\n").into_bytes()
}

fn delta(key: &str, text: &str) -> Vec<u8> {
    event(&json!({"choices": [{"delta": {key: text}}]}))
}

#[tokio::test]
async fn cut_anywhere_over_two_deltas_or_two_packets() {
    for field in ["content", "reasoning_content", "refusal"] {
        for at in 0..=KEY.len() {
            let (one, two) = KEY.split_at(at);
            let pieces = vec![
                delta(field, &format!("It is {one}")),
                delta(field, &format!("{two} I think, s")),
                b"data: [DONE]\n\n".to_vec(),
            ];
            let whole = pieces.concat();
            let (told, answer, _) = self::told(pieces).await;
            assert!(!told.contains("canary"), "{field} {at}: {told}");
            assert!(!told.contains("0123456789"), "{field} {at}: {told}");
            let kept = format!("{} {}", answer.text, answer.reasoning);
            // Everything around it stays, to the letter that might have begun another one.
            assert!(
                kept.contains("It is (the key) I think, s"),
                "{field} {at}: {kept}"
            );
            if at % 5 == 0 {
                let key = memchr::memmem::find(&whole, b"It is ").unwrap() + 6 + at;
                let (one, two) = whole.split_at(key);
                let (told, _, _) = self::told(vec![one.to_vec(), two.to_vec()]).await;
                assert!(!told.contains("canary"), "{field} {at}: {told}");
            }
        }
    }
}

#[tokio::test]
async fn in_escapes_behind_invisible_letters_and_in_every_field() {
    let escaped = KEY.replace('c', "\\u0063");
    let split = KEY
        .replace("can", "c\u{200b}an")
        .replace("ary", "a\u{1b}[0mry");
    for payload in [
        format!(
            r#"{{"choices":[{{"delta":{{"content":"a {escaped} b"}},"finish_reason":"{escaped}"}}],"model":"{escaped}"}}"#
        ),
        format!(r#"{{"error":{{"message":"{escaped}","code":"{escaped}"}}}}"#),
        format!(r#"{{"usage":{{"of":"{escaped}"}},"choices":[]}}"#),
        format!(r#"{{"usage":{{"{escaped}":{{"{KEY}":1}}}},"choices":[]}}"#),
        format!(
            r#"{{"media":{{"outputs":["https://img.test/a.png?key={escaped}"]}},"choices":[]}}"#
        ),
        format!(r#"{{"choices":[{{"delta":{{"content":"![x](https://img.test/{KEY}.png)"}}}}]}}"#),
        json!({"choices": [{"delta": {"content": format!("a {split} b")}}], "model": split})
            .to_string(),
        json!({"error": split}).to_string(),
    ] {
        let body = format!("data: {payload}\n\ndata: [DONE]\n\n");
        let (told, _, _) = self::told(vec![body.into_bytes()]).await;
        assert!(
            !told.contains("canary") && !told.contains("0123456789"),
            "{payload}: {told}"
        );
    }
}

#[tokio::test]
async fn words_without_a_key_in_them_lose_nothing_and_wait_for_nothing() {
    let (_, answer, parts) = told(vec![
        delta("content", "sk-ca is no key, sk-can "),
        delta("content", "neither. "),
        b"data: [DONE]\n\n".to_vec(),
    ])
    .await;
    assert_eq!(answer.text.as_str(), "sk-ca is no key, sk-can neither.");
    let texts = parts.iter().filter(|p| matches!(p, Part::Text(_))).count();
    assert_eq!(texts, 2);
}

#[tokio::test]
async fn in_failing_answers_and_in_the_list_of_models() {
    let escaped = KEY.replace('c', "\\u0063");
    for body in [
        format!(r#"{{"error":{{"message":"no such key {escaped}"}}}}"#),
        format!("no such key {KEY}"),
        format!("<html><title>{KEY}</title>"),
    ] {
        let server = RawServer::saying(answer(401, &[], body.as_bytes())).await;
        let base = BaseUrl::parse(&server.url()).unwrap();
        let client = Client::new(base, Secret::new(KEY), Timeouts::default()).unwrap();
        let error = client.chat("{}".into(), true).await.err().unwrap();
        assert!(!format!("{error:?}").contains("canary"), "{error:?}");
        let failure = client.models().await.unwrap_err();
        assert!(!format!("{failure:?}").contains("canary"), "{failure:?}");
    }
    let list = format!(r#"{{"data":[{{"id":"a"}},{{"id":"{escaped}"}}]}}"#);
    let server = RawServer::saying(answer(200, &[], list.as_bytes())).await;
    let base = BaseUrl::parse(&server.url()).unwrap();
    let client = Client::new(base, Secret::new(KEY), Timeouts::default()).unwrap();
    assert_eq!(client.models().await.unwrap(), ["a", "(the key)"]);
}

#[tokio::test]
async fn a_key_that_is_a_common_word_damages_no_answer() {
    let fixtures = fixtures::all().into_iter().filter(|f| f.status == 200);
    for fixture in fixtures.filter(|f| f.content_type == "text/event-stream") {
        let (_, expected) = whole(&fixture.body);
        for key in ["test", "1234", "null", "data", "content"] {
            let (_, answer, _) = told_to(key, vec![fixture.body.clone()]).await;
            assert_eq!(answer, expected, "{}, {key}", fixture.name);
        }
    }
}

#[tokio::test]
async fn a_key_that_is_part_of_the_form_damages_no_answer() {
    let body = json!({"created": 1_712_345_678, "choices": [{"finish_reason": "stop", "message": {
        "content": "for 12345678", "image_url": {"url": "https://img.test/a.png"}}}]})
    .to_string();
    for (key, text) in [
        ("12345678", "for (the key)"),
        ("image_url", "for 12345678"),
        ("\":{\"url\":", "for 12345678"),
    ] {
        let (told, answer, _) = told_to(key, vec![body.clone().into_bytes()]).await;
        assert_eq!(answer.images.len(), 1, "{key}: {told}");
        assert_eq!(answer.text.as_str(), text, "{key}");
        assert!(answer.ended_well, "{key}");
    }
    let body = r#"{"error":{"message":"no such key 12345678","code":1234567890}}"#;
    let server = RawServer::saying(answer(400, &[], body.as_bytes())).await;
    let base = BaseUrl::parse(&server.url()).unwrap();
    let client = Client::new(base, Secret::new("12345678"), Timeouts::default()).unwrap();
    let error = client.chat("{}".into(), true).await.err().unwrap();
    let message = error.failure.message.as_str();
    assert!(message.ends_with("no such key (the key)"), "{message}");
}
