//! Everything that goes wrong, as people read it: a cause, a next step, billed or not; never HTML, JSON or an escape.

use plantain::domain::Failure;
use plantain::domain::FailureKind::{
    self, Auth, BadRequest, Cut, Gateway, NoPicture, NotTheEndpoint, Quota, RateLimited, Refused,
    Timeout,
};
use plantain::endpoint::failure_of;

use super::fixtures::{self, whole};

type Row = (u16, &'static str, FailureKind, bool, &'static str);

/// Status, body, kind, billed, and a piece of the words.
const TABLE: [Row; 52] = [
    // Refusals and empty answers at status 200.
    (
        200,
        r#"{"choices":[{"message":{"content":"I can't do that.\nSorry."},"finish_reason":"stop"}]}"#,
        Refused,
        true,
        "words only: I can't do that.",
    ),
    (
        200,
        r#"{"choices":[{"message":{"content":""},"finish_reason":"content_filter"}]}"#,
        Refused,
        true,
        "(content_filter)",
    ),
    (
        200,
        r#"{"choices":[{"message":{"content":null,"refusal":"No."},"finish_reason":"stop"}]}"#,
        Refused,
        true,
        "refused: No.",
    ),
    (
        200,
        r#"{"choices":[{"message":{"content":"{\"error\":{\"message\":\"blocked upstream\"}}"},"finish_reason":"stop"}]}"#,
        Refused,
        true,
        "blocked upstream",
    ),
    (
        200,
        r#"{"choices":[{"message":{"content":"<html><title>Oops</title></html>"},"finish_reason":"stop"}]}"#,
        Refused,
        true,
        "words only: Oops",
    ),
    (
        200,
        r#"{"choices":[],"usage":{"completion_tokens":1120}}"#,
        NoPicture,
        true,
        "billed, no image delivered: 1120 tokens",
    ),
    (
        200,
        r#"{"choices":[{"message":{"role":"assistant"},"finish_reason":"stop"}],"usage":{"output_tokens":7}}"#,
        NoPicture,
        true,
        "billed, no image delivered: 7 tokens",
    ),
    (
        200,
        r#"{"choices":[]}"#,
        NoPicture,
        true,
        "holds no picture",
    ),
    (
        200,
        r#"{"choices":[{"message":{"content":""},"finish_reason":"stop"}]}"#,
        NoPicture,
        true,
        "holds no picture",
    ),
    (
        200,
        r#"{"candidates":[{"finishReason":"IMAGE_SAFETY"}]}"#,
        Refused,
        true,
        "(IMAGE_SAFETY)",
    ),
    // Errors at status 200.
    (
        200,
        r#"{"error":{"code":502,"message":"Provider returned error"}}"#,
        Gateway,
        true,
        "Provider returned error",
    ),
    (
        200,
        r#"{"error":{"code":429,"message":"slow down"}}"#,
        RateLimited,
        false,
        "slow down",
    ),
    (
        200,
        r#"{"error":"bare words"}"#,
        Gateway,
        true,
        "bare words",
    ),
    (
        200,
        r#"[{"error":{"code":400,"message":"in an array","status":"INVALID_ARGUMENT"}}]"#,
        BadRequest,
        false,
        "in an array",
    ),
    (
        200,
        r#"{"code":1001,"msg":"no account","data":{}}"#,
        Gateway,
        true,
        "no account",
    ),
    (
        200,
        r#"{"code":"401","msg":"token","data":null}"#,
        Auth,
        false,
        "token",
    ),
    (
        200,
        r#"{"error_code":336003,"error_msg":"bad parameter"}"#,
        Gateway,
        true,
        "bad parameter",
    ),
    (
        200,
        r#"{"base_resp":{"status_code":1004,"status_msg":"login fail"}}"#,
        Gateway,
        true,
        "login fail",
    ),
    (
        200,
        r#"{"object":"error","message":"no such thing","code":404}"#,
        BadRequest,
        false,
        "no such thing",
    ),
    (
        200,
        r#"{"status":"failed","message":"job failed"}"#,
        Gateway,
        true,
        "job failed",
    ),
    (
        200,
        r#"{"success":false,"message":"nope"}"#,
        Gateway,
        true,
        "nope",
    ),
    (
        200,
        r#"{"choices":[{"finish_reason":"error","message":{"content":""}}]}"#,
        Gateway,
        true,
        "reported an error",
    ),
    (
        200,
        r#"{"choices":[{"error":{"message":"in a choice","code":503}}]}"#,
        Gateway,
        true,
        "in a choice",
    ),
    (
        200,
        "event: error\ndata: {\"message\":\"by its event\"}\n\n",
        Gateway,
        true,
        "by its event",
    ),
    (
        200,
        "data: {\"choices\":[{\"delta\":{\"content\":\"W\"}}]}\n\ndata: {\"error\":{\"code\":400,\"message\":\"late\"}}\n\n",
        BadRequest,
        true,
        "late",
    ),
    (
        200,
        r#"{"error":{"message":"prompt refused: PROHIBITED_CONTENT","code":400}}"#,
        Refused,
        true,
        "PROHIBITED_CONTENT",
    ),
    // No answer of this format.
    (
        200,
        "<!doctype html><title>Console</title>",
        NotTheEndpoint,
        false,
        "web page \"Console\"",
    ),
    (
        200,
        "OK",
        NotTheEndpoint,
        true,
        "not in the chat completions format",
    ),
    (200, "", Cut, true, "empty"),
    (
        200,
        "{\"choices\":[{\"delta\":{\"content\":\"Wor",
        Cut,
        true,
        "broke off",
    ),
    // What gateways quote from each other.
    (
        400,
        r#"{"error":{"message":"{\"error\":{\"message\":\"deep\",\"code\":400}}"}}"#,
        BadRequest,
        false,
        ": deep",
    ),
    (
        400,
        r#"{"error":{"message":"upstream: {\"error\":{\"message\":\"{\\\"error\\\":{\\\"message\\\":\\\"deeper\\\"}}\"}}"}}"#,
        BadRequest,
        false,
        "upstream: deeper",
    ),
    (
        400,
        r#"{"error":{"message":"Error code: 400 - {'error': {'message': 'as Python prints it', 'type': 'x'}}"}}"#,
        BadRequest,
        false,
        "Error code: 400: as Python prints it",
    ),
    (
        400,
        r#"{"error":{"message":"litellm.BadRequestError: [{\"error\":{\"code\":400,\"message\":\"in an array\"}}]"}}"#,
        BadRequest,
        false,
        "BadRequestError: in an array",
    ),
    (
        400,
        r#"{"error":{"message":"said \\\"{\\\\\\\"a\\\\\\\":1}"}}"#,
        BadRequest,
        false,
        "said",
    ),
    (
        400,
        r#"{"error":{"message":"cut off {\"error\":{\"message\":\"ha"}}"#,
        BadRequest,
        false,
        "cut off: ha",
    ),
    (
        400,
        r#"{"error":{"message":"use {name} here"}}"#,
        BadRequest,
        false,
        "use",
    ),
    (
        502,
        r#"{"error":{"message":"<html><head><title>502 Bad Gateway</title></head>"}}"#,
        Gateway,
        true,
        "502 Bad Gateway",
    ),
    (500, "{'error': 'no JSON'}", Gateway, true, "(HTTP 500)"),
    (
        500,
        "panic: Some(Error)\n\tat main.rs",
        Gateway,
        true,
        "(HTTP 500)",
    ),
    // By status.
    (400, "{}", BadRequest, false, "did not accept"),
    (
        401,
        r#"{"error":{"message":"bad key"}}"#,
        Auth,
        false,
        "bad key",
    ),
    (
        402,
        r#"{"error":{"message":"pay"}}"#,
        Quota,
        false,
        "no credit left: pay",
    ),
    (403, "", Auth, false, "denied"),
    (
        404,
        r#"{"error":{"message":"no model","code":"model_not_found"}}"#,
        BadRequest,
        false,
        "no model",
    ),
    (408, "", Timeout, false, "gave up waiting"),
    (
        413,
        "<html><title>413 Request Entity Too Large</title>",
        BadRequest,
        false,
        "too large",
    ),
    (
        422,
        r#"{"detail":[{"loc":["body","messages"],"msg":"field required"}]}"#,
        BadRequest,
        false,
        "field required",
    ),
    (429, "", RateLimited, false, "too many requests"),
    (
        503,
        r#"{"error":{"message":"no available channel for model X","code":"model_not_found"}}"#,
        Gateway,
        true,
        "no available channel",
    ),
    (
        524,
        "<html><title>gw | 524: A timeout occurred</title>",
        Timeout,
        true,
        "(HTTP 524)",
    ),
    (530, "error code: 1033", Gateway, true, "error code: 1033"),
];

fn as_read(status: u16, body: &[u8]) -> Option<Failure> {
    if status == 200 {
        whole(body).1.failure
    } else {
        Some(failure_of(status, body))
    }
}

/// What is wrong with the words of a failure.
fn fault(failure: &Failure) -> Option<&'static str> {
    let told = failure.to_string();
    let markup = [
        "{\"", "{'", "{\\", "}}", "</", "<html", "<title", "\\\"", "\\n", "\u{1b}", "[{",
    ];
    if failure.message.as_str().trim().is_empty() {
        return Some("no cause");
    }
    if failure.hint.is_none() {
        return Some("no next step");
    }
    if told.contains("may have been billed") != failure.maybe_billed {
        return Some("does not say whether it was billed");
    }
    if failure.message.as_str().ends_with(':') {
        return Some("ends in a colon");
    }
    markup
        .iter()
        .any(|m| told.contains(m))
        .then_some("holds markup")
}

#[test]
fn every_failure_names_its_cause_the_next_step_and_whether_it_was_billed() {
    let mut faults = Vec::new();
    for (status, body, kind, billed, words) in TABLE {
        let Some(failure) = as_read(status, body.as_bytes()) else {
            faults.push(format!("{status} {body}: no failure"));
            continue;
        };
        if (failure.kind, failure.maybe_billed) != (kind, billed) {
            faults.push(format!("{status} {body}: {:?} {failure}", failure.kind));
        }
        if !failure.message.as_str().contains(words) {
            faults.push(format!("{status} {body}: not {words:?}: {failure}"));
        }
        faults.extend(fault(&failure).map(|f| format!("{status} {body}: {f}: {failure}")));
    }
    for fixture in fixtures::all() {
        let failure = as_read(fixture.status, &fixture.body);
        let fault = failure.and_then(|f| Some((fault(&f)?, f)));
        faults.extend(fault.map(|(why, f)| format!("{}: {why}: {f}", fixture.name)));
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[test]
fn hints_fit_the_cause() {
    for (status, body, hint) in [
        (413, "", "smaller reference pictures"),
        (
            400,
            r#"{"error":{"message":"payload is too large"}}"#,
            "smaller reference pictures",
        ),
        (
            400,
            r#"{"error":{"message":"cannot fetch image_url"}}"#,
            "public URL",
        ),
        (400, "{}", "gives no reason"),
        (402, "", "top up"),
        (401, "", "check the key"),
        (429, "", "wait a little"),
        (
            503,
            r#"{"error":{"message":"no available channel"}}"#,
            "pick a model",
        ),
        (524, "", "billed again"),
        (200, "<html>", "base URL"),
        (404, "<html>", "base URL"),
    ] {
        let failure = as_read(status, body.as_bytes()).unwrap();
        let told = failure.hint.unwrap();
        assert!(told.as_str().contains(hint), "{status} {body}: {told}");
    }
}
