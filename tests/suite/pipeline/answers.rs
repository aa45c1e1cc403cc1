//! Every transcript of WIRE §4 as a whole answer: what is saved, how it ends, and how often it was asked for.

use std::fs;

use plantain::domain::{FailureKind, FileFormat, Generation, Profile, State};
use plantain::pipeline::Pipeline;

use super::{Bench, PATH, SSE, Told, body, bytes_of, prompt_of, request, submit, to_the_end};
use crate::suite::endpoint::fixtures::{self, Fixture, JPG, PNG, PNG2, WEBP};
use crate::suite::raw_server::{RawServer, RequestSeen, Script, answer, head};

/// How a transcript must end.
struct End {
    name: &'static str,
    state: State,
    /// In the answer's order, as base64; the last one is selected.
    pictures: &'static [&'static str],
    failure: Option<(FailureKind, bool)>,
    notices: &'static [&'static str],
}

const fn saved(
    name: &'static str,
    pictures: &'static [&'static str],
    notices: &'static [&'static str],
) -> End {
    End {
        name,
        state: State::Saved,
        pictures,
        failure: None,
        notices,
    }
}

const fn ended(name: &'static str, state: State, kind: FailureKind, billed: bool) -> End {
    End {
        name,
        state,
        pictures: &[],
        failure: Some((kind, billed)),
        notices: &[],
    }
}

const JPEG_CAME: &str = "asked png, got jpeg";
const WEBP_CAME: &str = "asked png, got webp";

const ENDS: [End; 25] = [
    saved(
        "f01",
        &[JPG],
        &[
            JPEG_CAME,
            "asked NanoBanana2-0.5K, NanoBananaPro-8K answered",
        ],
    ),
    saved("f02", &[JPG], &[JPEG_CAME]),
    saved("f03", &[PNG, PNG2], &[]),
    saved("f04", &[WEBP], &[WEBP_CAME]),
    saved("f05", &[JPG, PNG], &[]),
    saved("f06", &[JPG], &[JPEG_CAME]),
    saved("f07", &[PNG], &[]),
    saved("f08", &[WEBP], &[WEBP_CAME]),
    saved("f09", &[PNG, PNG2], &[]),
    saved("f11", &[PNG, JPG], &[JPEG_CAME]),
    ended("f13", State::Refused, FailureKind::Refused, true),
    ended("f14", State::Refused, FailureKind::Refused, true),
    ended("f16", State::Refused, FailureKind::NoPicture, true),
    ended("f20", State::Failed, FailureKind::Auth, false),
    ended("f21", State::Refused, FailureKind::Refused, false),
    ended("f22", State::Failed, FailureKind::BadRequest, false),
    ended("f23", State::Failed, FailureKind::RateLimited, false),
    ended("f25", State::Failed, FailureKind::Gateway, true),
    ended("f26", State::Failed, FailureKind::Gateway, true),
    ended("f27", State::Failed, FailureKind::Gateway, true),
    ended("f28", State::Failed, FailureKind::Timeout, true),
    ended("f29", State::Failed, FailureKind::NotTheEndpoint, false),
    ended("f30", State::Failed, FailureKind::Quota, false),
    saved("f32", &[PNG], &[]),
    ended("f33", State::Failed, FailureKind::Cut, true),
];

/// The transcript with its pictures' URLs leading to the server that plays it.
pub(super) fn rewritten(fixture: &Fixture, host: &str) -> Vec<u8> {
    let text = String::from_utf8(fixture.body.clone()).unwrap();
    // One transcript splits its URL over two chunks; here the cut goes through the host too.
    let (start, rest) = host.split_at(host.len() - 2);
    text.replace("https://img.test", &format!("http://{host}"))
        .replace("https://img.te", &format!("http://{start}"))
        .replace("\"st/o/", &format!("\"{rest}/o/"))
        .into_bytes()
}

/// The picture that belongs to a path.
pub(super) fn picture(request: &RequestSeen) -> Script {
    let path = request.path.split('?').next().unwrap();
    let bytes = match path.rsplit_once('.').map(|(_, suffix)| suffix) {
        Some("jpeg") => JPG,
        Some("png") => PNG,
        Some("webp") => WEBP,
        _ => PNG2,
    };
    // Lies about the type, as hosts do.
    answer(200, &[("Content-Type", "image/gif")], &bytes_of(bytes))
}

/// Plays the transcript that the prompt names.
async fn stage() -> RawServer {
    let fixtures = fixtures::all();
    RawServer::start(move |request| {
        if request.method == "GET" {
            return picture(request);
        }
        let prompt = prompt_of(request);
        let fixture = fixtures.iter().find(|f| f.name == prompt).unwrap();
        let headers: Vec<(&str, &str)> = fixture
            .headers
            .iter()
            .map(|(n, v)| (n.as_str(), v.as_str()))
            .chain([("Content-Type", fixture.content_type.as_str())])
            .collect();
        let body = rewritten(fixture, request.header("host").unwrap());
        if body[0] == b'd' {
            // Without a length: the end of the connection is the end of the stream.
            let head = head(fixture.status, &headers);
            return vec![crate::suite::raw_server::Step::Bytes([head, body].concat())];
        }
        answer(fixture.status, &headers, &body)
    })
    .await
}

fn check(bench: &Bench, end: &End, generation: &Generation) {
    let name = end.name;
    assert_eq!(generation.state, end.state, "{name}: {generation:?}");
    assert_eq!(bench.row(generation), *generation, "{name}");
    let failure = generation.failure.as_ref();
    assert_eq!(
        failure.map(|f| (f.kind, f.maybe_billed)),
        end.failure,
        "{name}: {failure:?}"
    );
    assert!(failure.is_none_or(|f| f.hint.is_some()), "{name}");
    let saved: Vec<Vec<u8>> = generation
        .pictures
        .iter()
        .map(|p| fs::read(&p.path).unwrap())
        .collect();
    let expected: Vec<Vec<u8>> = end.pictures.iter().map(|p| bytes_of(p)).collect();
    assert_eq!(saved, expected, "{name}");
    for (picture, base64) in generation.pictures.iter().zip(end.pictures) {
        let format = match *base64 {
            JPG => FileFormat::Jpeg,
            WEBP => FileFormat::Webp,
            _ => FileFormat::Png,
        };
        assert_eq!(picture.format, format, "{name}");
        let suffix = picture.path.extension().unwrap();
        assert_eq!(suffix, format.extension(), "{name}");
    }
    let selected: Vec<bool> = generation.pictures.iter().map(|p| p.selected).collect();
    let last = end.pictures.len().saturating_sub(1);
    assert!(
        selected.iter().enumerate().all(|(n, s)| *s == (n == last)),
        "{name}: {selected:?}"
    );
    for notice in end.notices {
        assert!(
            generation.notices.iter().any(|n| n.as_str() == *notice),
            "{name}: {:?}",
            generation.notices
        );
    }
    assert!(generation.urls.is_empty(), "{name}");
}

async fn play(bench: &Bench, pipeline: &Pipeline, stream: bool) {
    for end in &ENDS {
        let server_said = Told::default();
        let running = submit(pipeline, end.name, &server_said).await;
        let (generation, _) = to_the_end(running, &server_said, None).await;
        check(bench, end, &generation);
        assert_eq!(
            generation.request.prompt,
            request(end.name).prompt,
            "{stream}"
        );
    }
}

/// How many calls a transcript costs.
fn calls(name: &str) -> usize {
    match name {
        // The other form is tried once; a limit that is told is waited for twice.
        "f22" => 2,
        "f23" => 3,
        _ => 1,
    }
}

fn check_calls(server: &RawServer, stream: bool) {
    let posts: Vec<RequestSeen> = server
        .requests()
        .into_iter()
        .filter(|r| r.method == "POST")
        .collect();
    for end in &ENDS {
        let own: Vec<_> = posts.iter().filter(|p| prompt_of(p) == end.name).collect();
        assert_eq!(own.len(), calls(end.name), "{}", end.name);
        for post in own {
            assert_eq!(post.path, PATH);
            assert_eq!(body(post)["stream"], stream);
        }
    }
}

/// Every fetch is of a picture that the answer means: no reference that it repeats, no alternative text, no second link.
fn check_fetches(server: &RawServer) {
    let mut paths: Vec<String> = server
        .requests()
        .into_iter()
        .filter(|r| r.method == "GET")
        .map(|r| r.path)
        .collect();
    paths.sort();
    assert_eq!(
        paths,
        [
            "/cdn/x.png",
            "/o/1.png?sig=a%2Fb%3D&se=2026-01-01T00%3A00%3A00Z",
            "/o/2",
            "/o/a.png",
            "/o/cat.webp",
            "/output/a-u2_b.jpeg",
            "/output/a.jpeg",
        ]
    );
}

#[tokio::test]
async fn every_transcript_ends_as_the_wire_page_says() {
    let (bench, server) = (Bench::new(), stage().await);
    play(&bench, &bench.pipeline(&server.url()), true).await;
    check_calls(&server, true);
    check_fetches(&server);
}

#[tokio::test]
async fn every_transcript_ends_alike_when_no_stream_is_asked_for() {
    let (bench, server) = (Bench::new(), stage().await);
    let mut setup = bench.setup(&server.url());
    let whole = |p: &Profile| Profile {
        stream: false,
        ..p.clone()
    };
    setup.profiles = setup.profiles.iter().map(whole).collect();
    play(&bench, &Pipeline::new(setup).unwrap(), false).await;
    check_calls(&server, false);
    check_fetches(&server);
}

#[test]
fn no_transcript_is_left_out() {
    let names: Vec<String> = fixtures::all().into_iter().map(|f| f.name).collect();
    assert_eq!(names, ENDS.map(|e| e.name));
}

#[tokio::test]
async fn thoughts_usage_and_reason_are_kept_with_the_generation() {
    let fixture = |name| {
        let Fixture { body, .. } = fixtures::named(name);
        RawServer::saying(answer(200, &[SSE], &body))
    };
    let bench = Bench::new();
    let server = fixture("f05").await;
    let told = bench.run(&server.url(), "a cat").await;
    let row = bench.row(&told);
    assert_eq!(row.reasoning.as_str(), "**Planning**");
    assert_eq!(row.text.as_str(), "Done.");
    let server = fixture("f09").await;
    let told = bench.run(&server.url(), "a cat").await;
    let record = &bench.records()[1];
    assert_eq!(bench.row(&told).finish_reason.unwrap().as_str(), "stop");
    assert_eq!(record["finish_reason"], "stop");
    assert_eq!(record["usage"]["cost"], 0.134);
    assert_eq!(record["reasoning"], "");
    assert_eq!(bench.records()[0]["reasoning"], "**Planning**");
}
