//! What is made of an answer beyond the fixtures: parts, ranks, drafts, errors, caps, clean text.

use plantain::domain::FailureKind;
use plantain::endpoint::{Answer, Framing, Origin, Part, Reply};

use super::fixtures::{self, JPG, PNG, data, shown, whole};

#[test]
fn parts_are_told_as_they_arrive() {
    let (parts, _) = whole(&fixtures::named("f09").body);
    let kinds: Vec<&str> = parts
        .iter()
        .map(|p| match p {
            Part::Image(_) => "image",
            Part::Text(_) => "text",
            Part::Reasoning(_) => "reasoning",
            Part::Percent(_) => "percent",
            Part::Usage(_) => "usage",
            Part::Model(_) => "model",
            Part::Finish(_) => "finish",
            Part::Error(_) => "error",
        })
        .collect();
    assert_eq!(
        kinds,
        ["model", "text", "image", "image", "finish", "usage"]
    );
    assert!(parts.iter().any(|p| matches!(p, Part::Usage(u) if u
        == r#"{"prompt_tokens":8,"completion_tokens":1300,"total_tokens":1308,"cost":0.134}"#)));

    let (parts, answer) = whole(&fixtures::named("f07").body);
    let percents: Vec<u8> = parts
        .iter()
        .filter_map(|p| match p {
            Part::Percent(n) => Some(*n),
            _ => None,
        })
        .collect();
    assert_eq!(percents, [35, 67]);
    assert_eq!(answer.images[0].origin, Origin::Markdown);
}

/// The addresses that each of these deltas' payloads tells.
fn told(payloads: &[&str]) -> Vec<Vec<String>> {
    let (mut framing, mut reply) = (Framing::new(), Reply::new());
    let mut of = |payload: &&str| -> Vec<String> {
        let chunks = framing.push(format!("data: {payload}\n\n").as_bytes());
        let parts = chunks.unwrap().into_iter().flat_map(|c| reply.push(c));
        let images = parts.filter_map(|part| match part {
            Part::Image(image) => Some(shown(&image)),
            _ => None,
        });
        images.collect()
    };
    payloads.iter().map(&mut of).collect()
}

#[test]
fn an_address_in_text_is_told_as_soon_as_its_end_is_certain() {
    let one = "https://a.test/1.png";
    let delta = |text: &str| format!(r#"{{"choices":[{{"delta":{{"content":"{text}"}}}}]}}"#);
    let thought =
        |text: &str| format!(r#"{{"choices":[{{"delta":{{"reasoning_content":"{text}"}}}}]}}"#);
    let stop = r#"{"choices":[{"delta":{},"finish_reason":"stop"}]}"#;
    let image = format!("![a (b)]({one})");
    let (first, second) = image.split_at(20);
    let none: Vec<String> = Vec::new();
    for (payloads, expected) in [
        (vec![delta(&image)], vec![vec![one.to_owned()]]),
        (
            vec![
                delta(first),
                delta(second),
                delta(" Done."),
                stop.to_owned(),
            ],
            vec![
                none.clone(),
                vec![one.to_owned()],
                none.clone(),
                none.clone(),
            ],
        ),
        (vec![thought(&image)], vec![vec![one.to_owned()]]),
        (
            vec![delta(&format!("<img src='{one}'>"))],
            vec![vec![one.to_owned()]],
        ),
        // An echo of the request, half an address, and a page that words name.
        (
            vec![delta(&format!("```json\\n{image}"))],
            vec![none.clone()],
        ),
        (
            vec![delta("https://a.test/1"), delta(".png")],
            vec![none.clone(), none.clone()],
        ),
        (
            vec![delta("See https://a.test/rules"), stop.to_owned()],
            vec![none.clone(), none.clone()],
        ),
        (
            vec![
                delta("https://a.test/1"),
                delta(".png"),
                stop.to_owned(),
                stop.to_owned(),
            ],
            vec![none.clone(), none.clone(), vec![one.to_owned()], none],
        ),
    ] {
        let payloads: Vec<&str> = payloads.iter().map(String::as_str).collect();
        assert_eq!(told(&payloads), expected, "{payloads:?}");
    }
}

#[test]
fn thoughts_are_drafts_and_a_late_null_undoes_nothing() {
    let (parts, answer) = whole(&fixtures::named("f05").body);
    let drafts: Vec<bool> = answer.images.iter().map(|c| c.draft).collect();
    assert_eq!(drafts, [true, false]);
    assert_eq!(answer.reasoning.as_str(), "**Planning**");
    assert_eq!(answer.model.unwrap().as_str(), "gemini-3-pro-image");
    assert!(
        parts
            .iter()
            .all(|p| !matches!(p, Part::Text(t) if t.as_str().contains("base64")))
    );
    let (_, answer) = whole(&fixtures::named("f09").body);
    assert_eq!(answer.finish_reason.unwrap().as_str(), "stop");
    assert!(answer.ended_well);
}

fn said(payloads: &[&str]) -> Answer {
    let events: Vec<String> = payloads.iter().map(|p| format!("data: {p}\n\n")).collect();
    whole(events.concat().as_bytes()).1
}

fn content(text: &str) -> Answer {
    let text = serde_json::Value::from(text);
    said(&[&format!(
        r#"{{"choices":[{{"index":0,"delta":{{"content":{text}}},"finish_reason":"stop"}}]}}"#
    )])
}

fn urls(answer: &Answer) -> Vec<String> {
    answer.images.iter().map(|c| shown(&c.image)).collect()
}

#[test]
fn text_is_read_for_pictures_by_rank() {
    for (text, expected) in [
        ("**https://a.test/x.png**", vec!["https://a.test/x.png"]),
        (
            "(https://a.test/x_(1).png)",
            vec!["https://a.test/x_(1).png"],
        ),
        ("see https://a.test/x.png.", vec!["https://a.test/x.png"]),
        ("http://[::1]:8080/x.png]", vec!["http://[::1]:8080/x.png"]),
        (
            "<img src=\"https://a.test/x.png?a=1&b=2\">",
            vec!["https://a.test/x.png?a=1&b=2"],
        ),
        (
            "![a b](<https://a.test/x.png> \"t\")",
            vec!["https://a.test/x.png"],
        ),
        (
            "[![a](https://a.test/x.png)](https://a.test/page)",
            vec!["https://a.test/x.png"],
        ),
        ("[get](https://a.test/x.png)", vec!["https://a.test/x.png"]),
        (
            "https://a.test/x.png [get](https://a.test/dl/x.png)",
            vec!["https://a.test/x.png"],
        ),
        (
            "![a](https://a.test/1.png) https://b.test/ ![b](https://a.test/2.png) ![c](https://a.test/1.png)",
            vec!["https://a.test/1.png", "https://a.test/2.png"],
        ),
        ("```json\n{\"u\":\"https://a.test/ref.png\"}\n```", vec![]),
        (
            "```\nx\n```\n{\"u\":\"https://a.test/1.png\"}\n```\ny\n```",
            vec!["https://a.test/1.png"],
        ),
        ("nothing at https:// or http://", vec![]),
        ("HTTPS://a.test/x.png?a=1", vec!["HTTPS://a.test/x.png?a=1"]),
    ] {
        assert_eq!(urls(&content(text)), expected, "{text}");
    }
}

#[test]
fn a_link_that_may_be_a_page_leaves_the_words_to_stand() {
    for (text, certain) in [
        ("No. See https://a.test/policy", false),
        ("[rules](https://a.test/policy)", false),
        ("Here: https://a.test/x.PNG?sig=1.", true),
        ("![x](https://a.test/o/2)", true),
        // The document's form: the content is the address.
        ("https://a.test/o/2", true),
        ("\nhttps://a.test/o/2\nhttps://a.test/o/3 ", true),
        ("https://a.test/o/2 [rules](https://a.test/policy)", false),
    ] {
        let answer = content(text);
        assert_eq!(answer.images[0].is_certain(), certain, "{text}");
        assert_eq!(answer.failure, None);
        let words = answer.words_only.map(|f| (f.kind, f.maybe_billed));
        let refused = (!certain).then_some((FailureKind::Refused, true));
        assert_eq!(words, refused, "{text}");
    }
    let answer = said(&[
        r#"{"choices":[{"delta":{"content":"See https://a.test/policy "}}]}"#,
        r#"{"error":{"message":"upstream fell over","code":502}}"#,
    ]);
    assert!(answer.failure.is_some());
    assert_eq!(answer.words_only, answer.failure);
}

#[test]
fn a_host_without_a_path_is_no_picture() {
    let refused = content("This breaks the rules of https://policy.test/ and www.x.test");
    assert_eq!(refused.failure.unwrap().kind, FailureKind::Refused);
    assert!(refused.images.is_empty());
    let half = r#"data: {"choices":[{"delta":{"content":"Here it is: https://img.te"}}]}"#;
    let (_, cut) = whole(format!("{half}\n\n").as_bytes());
    assert!(cut.images.is_empty());
    assert_eq!(cut.failure.unwrap().kind, FailureKind::Cut);
    for url in [
        "https://img.test/a",
        "https://img.test/?id=1",
        "https://img.test?id=1",
    ] {
        assert_eq!(urls(&content(url)), [url]);
    }
}

#[test]
fn data_uris_in_text_may_be_wrapped_unpadded_and_split() {
    let bare = PNG.trim_end_matches('=');
    let long = JPG
        .as_bytes()
        .chunks(76)
        .map(|c| std::str::from_utf8(c).unwrap());
    let wrapped = long.collect::<Vec<_>>().join("\n");
    assert_eq!(
        urls(&content(&format!("here: data:image/png;base64,{bare} ok"))),
        [data(PNG)]
    );
    assert_eq!(
        urls(&content(&format!(
            "data:image/jpeg;base64,\n{wrapped}\nDone"
        )))
        .len(),
        0,
        "a line end before the data is no data"
    );
    assert_eq!(
        urls(&content(&format!("![x](data:image/jpeg;base64,{wrapped})"))),
        [data(JPG)]
    );
    let (one, two) = PNG.split_at(31);
    let answer = said(&[
        &format!(r#"{{"choices":[{{"delta":{{"content":"![x](data:image/png;base64,{one}"}}}}]}}"#),
        &format!(r#"{{"choices":[{{"delta":{{"content":"{two})"}},"finish_reason":"stop"}}]}}"#),
    ]);
    assert_eq!(urls(&answer), [data(PNG)]);
}

#[test]
fn a_picture_that_was_complete_before_an_error_is_kept() {
    let answer = said(&[
        r#"{"choices":[],"media":{"outputs":["https://a.test/x.png"]}}"#,
        r#"{"error":{"code":429,"message":"late"}}"#,
    ]);
    assert_eq!(urls(&answer), ["https://a.test/x.png"]);
    let failure = answer.failure.unwrap();
    assert!(failure.maybe_billed);
    assert!(failure.message.as_str().contains("late"));
}

#[test]
fn an_error_behind_anything_may_have_been_billed_and_one_at_once_was_not() {
    let role = r#"{"choices":[{"delta":{"role":"assistant","content":""},"finish_reason":null}]}"#;
    for code in [400, 401, 402, 429] {
        let error = format!(r#"{{"error":{{"code":{code},"message":"late"}}}}"#);
        for (payloads, billed) in [(vec![&*error], false), (vec![role, &error], true)] {
            let failure = said(&payloads).failure.unwrap();
            assert_eq!(failure.maybe_billed, billed, "{payloads:?}: {failure}");
        }
    }
}

#[test]
fn eof_behind_a_complete_picture_is_a_warning_and_without_one_a_cut() {
    let answer = said(&[r#"{"media":{"outputs":["https://a.test/x.png"]},"choices":[]}"#]);
    assert!(answer.failure.is_none() && !answer.ended_well);
    assert_eq!(answer.notices.len(), 1);
    let answer =
        said(&[r#"{"choices":[{"delta":{"content":"![x](data:image/png;base64,AAAA"}}]}"#]);
    assert!(answer.images[0].maybe_cut);
    assert_eq!(answer.failure.unwrap().kind, FailureKind::Cut);
    let answer = said(&[]);
    assert_eq!(answer.failure.unwrap().kind, FailureKind::Cut);
    for noise in ["data: hello\n\n", "OK", "\u{1f}\u{8b}\u{8}\n\n"] {
        let answer = whole(noise.as_bytes()).1;
        assert_eq!(
            answer.failure.unwrap().kind,
            FailureKind::NotTheEndpoint,
            "{noise:?}"
        );
    }
}

#[test]
fn json_may_have_a_terminator_glued_on_or_comments_before_it() {
    let body = br#"{"choices":[{"message":{"content":"a } \" [ b"}}],"media":{"outputs":["https://a.test/x.png"]}}"#;
    for (before, behind) in [
        ("", "data: [DONE]\n\n"),
        ("", "[DONE]"),
        (": PING\n\n", ""),
        ("\n\n", "\n"),
    ] {
        let bytes = [before.as_bytes(), body, behind.as_bytes()].concat();
        let answer = whole(&bytes).1;
        assert_eq!(
            urls(&answer),
            ["https://a.test/x.png"],
            "{before:?} {behind:?}"
        );
        assert!(answer.failure.is_none() && answer.ended_well);
        assert_eq!(answer.text.as_str(), "a } \" [ b");
    }
}

#[test]
fn a_page_is_a_page_only_at_the_beginning() {
    let answer = whole(
        b"data: {\"choices\":[]}\n\n<!-- alive -->\n\ndata: {\"media\":{\"outputs\":[\"https://a.test/x.png\"]}}\n\n",
    )
    .1;
    assert_eq!(urls(&answer), ["https://a.test/x.png"]);
}

#[test]
fn an_error_may_be_named_by_its_event_only() {
    let answer = whole(b"event: error\ndata: {\"message\":\"boom\"}\n\n").1;
    assert!(answer.failure.unwrap().message.as_str().contains("boom"));
}

#[test]
fn a_filter_is_a_refusal_in_whoever_s_words() {
    for reasons in [
        r#""finish_reason":"content_filter""#,
        r#""finish_reason":"PROHIBITED_CONTENT""#,
        r#""finish_reason":"stop","native_finish_reason":"IMAGE_SAFETY""#,
    ] {
        let answer = said(&[&format!(r#"{{"choices":[{{"delta":{{}},{reasons}}}]}}"#)]);
        assert_eq!(
            answer.failure.unwrap().kind,
            FailureKind::Refused,
            "{reasons}"
        );
    }
    let answer = said(&[r#"{"choices":[{"message":{"refusal":"No."},"finish_reason":"stop"}]}"#]);
    assert_eq!(answer.text.as_str(), "No.");
    assert_eq!(answer.failure.unwrap().message.as_str(), "refused: No.");
}

#[test]
fn at_most_sixteen_pictures_and_it_is_said() {
    let list: Vec<String> = (0..20)
        .map(|n| format!("\"https://a.test/{n}.png\""))
        .collect();
    let answer = said(&[&format!(
        r#"{{"choices":[],"media":{{"outputs":[{}]}}}}"#,
        list.join(",")
    )]);
    let last: Vec<String> = (4..20).map(|n| format!("https://a.test/{n}.png")).collect();
    assert_eq!(urls(&answer), last, "the last one is the final");
    let notices = answer.notices.iter();
    let said = notices.filter(|n| n.as_str().contains("16"));
    assert_eq!(said.count(), 1);
}

#[test]
fn text_and_thoughts_over_256_kb_are_cut_between_letters_and_it_is_said_once() {
    // Three bytes a letter: 256 KB is no multiple of that.
    let long = "画".repeat(350_000);
    let just = "a ".repeat(128 * 1024);
    for (content, thoughts, said_of) in [
        (&long, &just, vec!["the answer's text"]),
        (&just, &long, vec!["the model's thoughts"]),
        (
            &long,
            &long,
            vec!["the answer's text", "the model's thoughts"],
        ),
        (&just, &just, vec![]),
    ] {
        let payload = serde_json::json!({"choices": [{
            "delta": {"content": content, "reasoning_content": thoughts}, "finish_reason": "stop",
        }]});
        let answer = said(&[&payload.to_string()]);
        for (kept, given) in [(&answer.text, content), (&answer.reasoning, thoughts)] {
            let kept = kept.as_str();
            assert!(given.starts_with(kept));
            assert!(
                (256 * 1024 - 2..=256 * 1024).contains(&kept.len()),
                "{}",
                kept.len()
            );
        }
        let notices: Vec<&str> = answer
            .notices
            .iter()
            .map(plantain::domain::Clean::as_str)
            .collect();
        assert_eq!(notices.len(), said_of.len(), "{notices:?}");
        for (notice, of) in notices.iter().zip(said_of) {
            assert!(
                notice.starts_with(of) && notice.contains("256 KB"),
                "{notice}"
            );
        }
    }
}

#[test]
fn of_too_many_pictures_the_drafts_go_first() {
    let part = |n: usize, thought: bool| {
        format!(
            r#"{{"choices":[{{"delta":{{"content":[{{"thought":{thought},"image_url":"https://a.test/{n}.png"}}]}}}}]}}"#
        )
    };
    let mut payloads = vec![part(0, false)];
    payloads.extend((1..17).map(|n| part(n, true)));
    payloads.push(part(17, false));
    let payloads: Vec<&str> = payloads.iter().map(String::as_str).collect();
    let answer = said(&payloads);
    let drafts = answer.images.iter().filter(|c| c.draft).count();
    assert_eq!((answer.images.len(), drafts), (16, 14));
    let finals = ["https://a.test/0.png", "https://a.test/17.png"];
    assert_eq!(urls(&answer)[14..], finals);
}

#[test]
fn a_stream_of_addresses_is_not_told_for_ever() {
    let list = |from: usize| {
        let urls = (from..from + 50).map(|n| format!("\"https://a.test/{n}.png\""));
        let urls = urls.collect::<Vec<_>>().join(",");
        format!(r#"{{"choices":[],"media":{{"outputs":[{urls}]}}}}"#)
    };
    let counts = told(&[&list(0), &list(50), &list(100)]);
    assert_eq!(counts.iter().map(Vec::len).sum::<usize>(), 64);
}

#[test]
fn foreign_text_is_clean_and_signatures_stay_out_of_it() {
    let answer = content(
        "a\u{1b}[31mb\u{202e} https://a.test/page?sig=SECRET ![x](https://a.test/x.png?sig=SECRET)",
    );
    assert_eq!(answer.text.as_str(), "ab https://a.test/page");
    assert!(!format!("{answer:?}").contains("SECRET"));
    let answer = said(&[r#"{"model":"m\u001b]0;x\u0007","error":"\u001b[2Jno {\"a\":1}"}"#]);
    assert_eq!(answer.model.unwrap().as_str(), "m");
    assert!(answer.failure.unwrap().message.as_str().ends_with(": no"));
}

#[test]
fn a_complete_picture_in_a_broken_payload_is_saved() {
    let data_uri = format!("data:image/png;base64,{PNG}");
    for (payload, expected) in [
        (
            r#"{"choices":[{"delta":{"content":"https:\/\/a.test\/x.png?a=1\u0026b=2"},"finish_reason":"stop"}],"media":{"outp"#,
            vec!["https://a.test/x.png?a=1&b=2".to_owned()],
        ),
        (
            &format!(r#"{{"choices":[{{"message":{{"content":"![x]({data_uri})"}},"fini"#),
            vec![data(PNG)],
        ),
        (
            r#"{"choices":[{"delta":{"content":"https://a.test/x.pn"#,
            vec![],
        ),
        (
            &format!(r#"{{"choices":[{{"delta":{{"content":"![x]({data_uri}"#),
            vec![],
        ),
    ] {
        for framed in [format!("data: {payload}"), payload.to_owned()] {
            let answer = whole(framed.as_bytes()).1;
            assert_eq!(urls(&answer), expected, "{framed}");
            assert!(!answer.ended_well);
            match &answer.failure {
                None => assert_eq!(answer.notices.len(), 1),
                Some(failure) => assert!(expected.is_empty() && failure.kind == FailureKind::Cut),
            }
        }
    }
}

#[test]
fn damaged_utf_8_costs_a_letter_and_not_the_picture() {
    let answer = whole(
        b"data: {\"choices\":[{\"delta\":{\"content\":\"caf\xE9\"}}],\"media\":{\"outputs\":[\"https://a.test/x.png\"]}}\n\n",
    )
    .1;
    assert_eq!(urls(&answer), ["https://a.test/x.png"]);
    assert!(answer.text.as_str().starts_with("caf"));
}
