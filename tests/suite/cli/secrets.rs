//! The key is nowhere but where the user put it, whatever a gateway does with it (RELIABILITY S1, S2).

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

use super::home::Home;
use crate::suite::endpoint::fixtures::PNG;
use crate::suite::raw_server::{RawServer, RequestSeen, Script, Step, answer, head};

const KEY: &str = "sk-canary-7f3e-everywhere-41c2";
/// No more than this of it is anywhere either.
const CANARY: &str = "canary-7f3e";
const JSON: (&str, &str) = ("Content-Type", "application/json");
const SSE: (&str, &str) = ("Content-Type", "text/event-stream");

/// Every way in which a gateway repeats the key that it was sent.
fn echoes() -> Vec<(&'static str, Script)> {
    let error = |status: u16| {
        let body = format!(
            r#"{{"error":{{"message":"no such key {KEY}, {KEY}","code":"{KEY}","type":"{KEY}"}}}}"#
        );
        answer(status, &[JSON, ("X-Key", KEY)], body.as_bytes())
    };
    let sse = |events: &[String]| {
        let body = format!("data: {}\n\n", events.join("\n\ndata: "));
        answer(200, &[SSE, ("X-Key", KEY)], body.as_bytes())
    };
    let delta = |text: &str| {
        format!(
            r#"{{"model":"{KEY}","choices":[{{"delta":{{"content":"{text}"}},"finish_reason":null}}]}}"#
        )
    };
    let picture = format!("data:image/png;base64,{PNG}");
    let page = format!("<html><head><title>{KEY}</title></head><body>{KEY}</body></html>");
    let to = format!("http://127.0.0.1:1/{KEY}/v1/chat/completions");
    let whole = format!(
        r#"{{"id":"{KEY}","model":"{KEY}","choices":[{{"message":{{"content":"{KEY} is nice","reasoning_content":"{KEY}","images":["{picture}"]}},"finish_reason":"{KEY}"}}],"usage":{{"key":"{KEY}","cost":1}}}}"#
    );
    let cut = [
        head(200, &[SSE]),
        format!("data: {}\n\ndata: {KEY}", delta(KEY)).into_bytes(),
    ]
    .concat();
    let mut all = vec![
        ("400", error(400)),
        ("401", error(401)),
        ("402", error(402)),
        ("403", error(403)),
        ("404", error(404)),
        ("413", error(413)),
        (
            "429",
            answer(
                429,
                &[("Retry-After", "999"), ("X-Key", KEY)],
                format!("slow down, {KEY}").as_bytes(),
            ),
        ),
        ("500", error(500)),
        ("502", error(502)),
        ("an error at 200", error(200)),
        (
            "plain words",
            answer(400, &[], format!("what is {KEY}?").as_bytes()),
        ),
        (
            "a page",
            answer(200, &[("Content-Type", "text/html")], page.as_bytes()),
        ),
        (
            "a page of failure",
            answer(524, &[("Content-Type", "text/html")], page.as_bytes()),
        ),
        (
            "a redirect",
            answer(307, &[("Location", &to)], KEY.as_bytes()),
        ),
        (
            "a picture beside it",
            answer(200, &[JSON], whole.as_bytes()),
        ),
        (
            "words in a stream",
            sse(&[delta(KEY), delta(KEY), "[DONE]".to_owned()]),
        ),
        (
            "an error in a stream",
            sse(&[delta(KEY), format!(r#"{{"error":"{KEY}"}}"#)]),
        ),
        ("a cut stream", vec![Step::Bytes(cut)]),
        (
            "noise",
            answer(200, &[("Content-Type", KEY)], KEY.as_bytes()),
        ),
        ("a reset", vec![Step::Reset]),
    ];
    for scheme in ["ftp://img.test", "http://169.254.169.254"] {
        let body = format!(
            r#"{{"media":{{"outputs":["{scheme}/a.png?key={KEY}"]}},"choices":[{{"finish_reason":"stop"}}]}}"#
        );
        all.push(("a picture's address", answer(200, &[JSON], body.as_bytes())));
    }
    all
}

/// The same, so that no piece of the answer holds the key as it is.
fn disguised_echoes() -> Vec<(String, Script)> {
    let mut all = Vec::new();
    let picture = format!("data:image/png;base64,{PNG}");
    for field in ["content", "reasoning_content"] {
        for at in [1, 4, KEY.len() / 2, KEY.len() - 1] {
            let (first, second) = KEY.split_at(at);
            let pieces = ["it is ", first, second, ", is it not?"];
            let deltas = pieces.map(|piece| {
                format!(r#"data: {{"choices":[{{"delta":{{"{field}":"{piece}"}}}}]}}"#)
            });
            let words = deltas.join("\n\n");
            let picture = format!(r#"data: {{"media":{{"outputs":["{picture}"]}}}}"#);
            for end in [String::new(), format!("{picture}\n\ndata: [DONE]\n\n")] {
                let script = answer(200, &[SSE], format!("{words}\n\n{end}").as_bytes());
                all.push((format!("{field} cut at {at}"), script));
            }
        }
    }
    let letters = KEY.bytes().map(|byte| format!("\\u{byte:04x}"));
    let escaped = letters.collect::<Vec<_>>().concat();
    let spaced = KEY.replace("nary", "na\\u200bry");
    let bidi = KEY.replace("nary", "n\u{202e}ary");
    for (how, key) in [("escaped", escaped), ("spaced", spaced), ("turned", bidi)] {
        let error = format!(r#"{{"error":{{"message":"no such key {key}","code":"{key}"}}}}"#);
        for status in [200, 401, 500] {
            all.push((
                format!("{how} at {status}"),
                answer(status, &[JSON], error.as_bytes()),
            ));
        }
        let whole = format!(
            r#"{{"model":"{key}","choices":[{{"message":{{"content":"{key}","reasoning":"{key}","images":["{picture}"]}},"finish_reason":"{key}"}}],"usage":{{"note":"{key}"}}}}"#
        );
        all.push((
            format!("{how} in an answer"),
            answer(200, &[JSON], whole.as_bytes()),
        ));
        let page = format!(
            "<html><title>{}</title></html>",
            key.replace("\\u200b", "\u{200b}")
        );
        if how != "escaped" {
            all.push((
                format!("{how} in a page"),
                answer(502, &[("Content-Type", "text/html")], page.as_bytes()),
            ));
        }
    }
    all
}

/// Files below `folder` that hold the canary, but for the one where the user put it.
fn holding(folder: &Path, but: Option<&Path>) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(holding(&path, but));
        } else if but != Some(path.as_path()) && holds(&path) {
            found.push(path);
        }
    }
    found
}

fn holds(path: &Path) -> bool {
    let bytes = fs::read(path).unwrap_or_default();
    memchr::memmem::find(&bytes, CANARY.as_bytes()).is_some()
}

/// What is to be seen of all processes from outside: those whose `part` holds the canary.
fn seen_in_proc(part: &str) -> Vec<PathBuf> {
    let Ok(processes) = fs::read_dir("/proc") else {
        return Vec::new();
    };
    processes
        .filter_map(|entry| Some(entry.ok()?.path().join(part)))
        .filter(|path| holds(path))
        .collect()
}

/// A gateway that answers with `script`, and looks about in /proc at the moment of the call.
async fn spying(script: Script) -> (RawServer, Arc<Mutex<Vec<PathBuf>>>) {
    let seen = Arc::new(Mutex::new(Vec::new()));
    let spied = Arc::clone(&seen);
    let server = RawServer::start(move |request: &RequestSeen| {
        let key = format!("Bearer {KEY}");
        assert_eq!(request.header("authorization"), Some(key.as_str()));
        let mut spied = spied.lock().unwrap();
        spied.extend(seen_in_proc("cmdline"));
        spied.extend(seen_in_proc("environ"));
        script.clone()
    })
    .await;
    (server, seen)
}

#[tokio::test]
async fn no_failure_brings_the_key_anywhere() {
    let plain = echoes().into_iter().map(|(what, s)| (what.to_owned(), s));
    for (what, script) in plain.chain(disguised_echoes()) {
        let (server, seen) = spying(script).await;
        let home = Home::at(&server.url());
        let temporary = home.path().join("tmp");
        fs::create_dir(&temporary).unwrap();
        let home = home.set("TMPDIR", temporary.to_str().unwrap());
        home.run_with(&["config", "key"], KEY.as_bytes())
            .await
            .done();
        let mut said = String::new();
        for arguments in [
            &["generate", "--json", "a fox"][..],
            &["generate", "a fox"],
            &["history"],
            &["history", "--json"],
            &["show", "last"],
            &["config", "show"],
        ] {
            let ran = home.run(arguments).await;
            said.push_str(&ran.out);
            said.push_str(&ran.err);
        }
        assert!(server.count("POST") >= 2, "{what}");
        assert!(!said.contains(CANARY), "{what}: {said}");
        let keys = home.path().join(".config/plantain/keys");
        let files = holding(home.path(), Some(&keys));
        assert_eq!(files, Vec::<PathBuf>::new(), "{what}");
        assert_eq!(*seen.lock().unwrap(), Vec::<PathBuf>::new(), "{what}");
    }
}

#[tokio::test]
async fn a_key_of_the_environment_or_of_a_command_is_not_handed_on() {
    let body = format!(r#"{{"error":{{"message":"no such key {KEY}"}}}}"#);
    let server = RawServer::saying(answer(401, &[JSON], body.as_bytes())).await;
    let home = Home::at(&server.url()).set("PLANTAIN_API_KEY", KEY);
    let ran = home.run(&["generate", "--json", "a fox"]).await;
    assert!(!format!("{ran:?}").contains(CANARY), "{ran:?}");
    assert_eq!(holding(home.path(), None), Vec::<PathBuf>::new());

    let home = Home::at(&server.url());
    fs::write(home.work().join("key"), KEY).unwrap();
    home.configure("[endpoint]\napi_key_command = \"cat key; cat key >&2\"\n");
    let ran = home.run(&["generate", "--json", "a fox"]).await;
    assert!(!format!("{ran:?}").contains(CANARY), "{ran:?}");
    let put = home.work().join("key");
    assert_eq!(holding(home.path(), Some(&put)), Vec::<PathBuf>::new());
    assert_eq!(server.count("POST"), 2);
}

#[tokio::test]
async fn a_redirect_takes_the_key_nowhere() {
    let other = RawServer::saying(answer(200, &[JSON], b"{}")).await;
    for status in [301, 302, 303, 307, 308] {
        let to = format!("{}/v1/chat/completions", other.url());
        let (server, _) = spying(answer(status, &[("Location", &to)], b"")).await;
        let home = Home::at(&server.url());
        home.run_with(&["config", "key"], KEY.as_bytes())
            .await
            .done();
        // Another port of the same host; the new address is for the user to take.
        home.run(&["generate", "a fox"])
            .await
            .failed(1, &[&format!("{}/v1", other.url())]);
        assert_eq!(server.count("POST"), 1, "{status}");
    }
    assert_eq!(other.requests().len(), 0);
}
