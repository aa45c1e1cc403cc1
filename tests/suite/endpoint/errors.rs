//! Failing answers: kind, words, hint, and whether they may have been billed.

use plantain::domain::FailureKind::{
    self, Auth, BadRequest, Gateway, NotTheEndpoint, Quota, RateLimited, Refused, Timeout,
};
use plantain::endpoint::{failure_of, names_a_documented_field};

use super::fixtures;

#[test]
fn every_failing_fixture() {
    for (name, kind, words, billed) in [
        ("f20", Auth, "无效的令牌 (request id: 20260101f20)", false),
        (
            "f21",
            Refused,
            "prompt refused upstream: PROHIBITED_CONTENT",
            false,
        ),
        ("f22", BadRequest, "Unknown name \"--aspect_ratio\"", false),
        ("f23", RateLimited, "Too many requests", false),
        ("f28", Timeout, "gw.test | 524: A timeout occurred", true),
        ("f30", Quota, "insufficient quota", false),
    ] {
        let fixture = fixtures::named(name);
        let failure = failure_of(fixture.status, &fixture.body);
        assert_eq!(
            (failure.kind, failure.maybe_billed),
            (kind, billed),
            "{name}: {failure}"
        );
        assert!(
            failure.message.as_str().contains(words),
            "{name}: {failure}"
        );
        assert!(failure.hint.is_some(), "{name}");
    }
    for fixture in fixtures::all() {
        assert_eq!(
            names_a_documented_field(fixture.status, &fixture.body),
            fixture.name == "f22",
            "{}",
            fixture.name
        );
    }
}

#[test]
fn a_field_is_named_by_the_complaint_and_not_by_an_echo_of_the_request() {
    for (body, expected) in [
        (
            r#"{"error":{"message":"Unknown parameter","param":"--aspect_ratio"}}"#,
            true,
        ),
        (
            r#"{"error":{"message":"Unknown name \"output_format\" at 'extra_body'"}}"#,
            true,
        ),
        (
            r#"{"detail":[{"loc":["body","--output_format"],"msg":"extra fields not permitted"}]}"#,
            true,
        ),
        (r#"{"error":"unknown field --output_format"}"#, true),
        (r#"json: unknown field "--aspect_ratio""#, true),
        (
            r#"{"error":{"message":"bad prompt","param":"messages"},"request":{"--aspect_ratio":"1:1"}}"#,
            false,
        ),
        (
            r#"{"error":{"message":"bad prompt","body":"{\"--output_format\":\"png\"}"}}"#,
            false,
        ),
        (
            "<html><title>400</title><pre>--aspect_ratio</pre></html>",
            false,
        ),
    ] {
        assert_eq!(
            names_a_documented_field(400, body.as_bytes()),
            expected,
            "{body}"
        );
    }
    assert!(!names_a_documented_field(
        422,
        b"unknown field --aspect_ratio"
    ));
}

#[test]
fn every_shape_and_status() {
    let cases: [(u16, &str, FailureKind, &str, bool); 25] = [
        (
            501,
            "<html><title>Error response</title>",
            NotTheEndpoint,
            "web page \"Error response\" (HTTP 501)",
            false,
        ),
        (
            403,
            r#"{"message":"Forbidden by policy"}"#,
            Auth,
            "Forbidden by policy",
            false,
        ),
        (
            429,
            "<html><title>429 Too Many Requests</title>",
            RateLimited,
            "429 Too Many Requests",
            false,
        ),
        (
            400,
            r#"{"error":{"message":"cannot get https://a.test/x?sig=SECRET or data:image/png;base64,AAAA, sorry"}}"#,
            BadRequest,
            "cannot get https://a.test/x or , sorry",
            false,
        ),
        (
            400,
            r#"{"error":"bad"}"#,
            BadRequest,
            "accept the request: bad",
            false,
        ),
        (
            400,
            r#"{"code":1001,"msg":"nope"}"#,
            BadRequest,
            ": nope",
            false,
        ),
        (
            422,
            r#"{"detail":[{"loc":["body"],"msg":"field required"}]}"#,
            BadRequest,
            "field required",
            false,
        ),
        (
            400,
            r#"{"success":false,"message":"no"}"#,
            BadRequest,
            ": no",
            false,
        ),
        (
            400,
            "data: {\"error\":{\"message\":\"in a frame\"}}\n\n",
            BadRequest,
            "in a frame",
            false,
        ),
        (
            400,
            r#"{"error":{"message":"upstream said {\"error\":{\"message\":\"inner\"}}"}}"#,
            BadRequest,
            "upstream said: inner",
            false,
        ),
        (
            400,
            r#"{"error":{"message":"bad <html><body>x"}}"#,
            BadRequest,
            ": bad",
            false,
        ),
        (
            400,
            r#"{"error":{"message":"m\u001b[31m","code":null}}"#,
            BadRequest,
            ": m",
            false,
        ),
        (402, "", Quota, "no credit", false),
        (
            403,
            r#"{"error":{"message":"用户额度不足","code":"x"}}"#,
            Quota,
            "用户额度不足",
            false,
        ),
        (403, "", Auth, "denied", false),
        (
            404,
            "<html><title>Not here</title>",
            NotTheEndpoint,
            "\"Not here\" (HTTP 404)",
            false,
        ),
        (
            404,
            r#"{"error":{"message":"no model","code":"model_not_found"}}"#,
            BadRequest,
            "no model",
            false,
        ),
        (413, "", BadRequest, "too large", false),
        (
            429,
            r#"{"error":{"message":"x","code":"insufficient_quota"}}"#,
            Quota,
            "x",
            false,
        ),
        (
            429,
            r#"{"error":{"message":"Resource exhausted (quota)","status":"RESOURCE_EXHAUSTED"}}"#,
            RateLimited,
            "Resource",
            false,
        ),
        (500, "oops", Gateway, "(HTTP 500): oops", true),
        (
            502,
            r#"{"error":{"message":"bad gateway"}}"#,
            Gateway,
            "bad gateway",
            true,
        ),
        (504, "", Timeout, "(HTTP 504)", true),
        (307, "", NotTheEndpoint, "elsewhere", false),
        (
            502,
            "<html><h1>no title</h1></html>",
            Gateway,
            "(HTTP 502)",
            true,
        ),
    ];
    for (status, body, kind, words, billed) in cases {
        let failure = failure_of(status, body.as_bytes());
        assert_eq!(
            (failure.kind, failure.maybe_billed),
            (kind, billed),
            "{status} {body}: {failure}"
        );
        let message = failure.message.as_str();
        assert!(message.contains(words), "{status} {body}: {message}");
        assert!(!message.contains(['<', '{', '\u{1b}']), "{message}");
    }
}
