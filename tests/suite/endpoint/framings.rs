//! Framing and reply over every fixture, every framing and every cut.

use std::sync::LazyLock;

use plantain::domain::FailureKind;
use plantain::endpoint::Answer;
use proptest::prelude::*;

use super::fixtures::{self, Fixture, JPG, PNG, PNG2, WEBP, data, read, shown, whole};

/// What an answer is expected to be.
struct Expected {
    name: &'static str,
    /// URLs, or `data:` and base64; drafts first.
    images: Vec<String>,
    text: &'static str,
    failure: Option<(FailureKind, bool)>,
}

fn expected(
    name: &'static str,
    images: &[&str],
    text: &'static str,
    failure: Option<(FailureKind, bool)>,
) -> Expected {
    Expected {
        name,
        images: images.iter().map(|s| (*s).to_owned()).collect(),
        text,
        failure,
    }
}

/// Every fixture that comes with status 200.
fn table() -> Vec<Expected> {
    use FailureKind::{Cut, Gateway, NoPicture, NotTheEndpoint, Refused};
    let (png, png2, jpg, webp) = (data(PNG), data(PNG2), data(JPG), data(WEBP));
    let f07 = "```json\n{\"prompt\":\"a cat\",\"image_url\":\"https://in.test/ref.png\"}\n```\n\n> ID: `task_01`\n> 排队中..\n> 生成中 35%\n\n> 进度 **67%**\n\n> 生成完成 ✅";
    vec![
        expected("f01", &["https://img.test/output/a-u2_b.jpeg"], "", None),
        expected("f02", &["https://img.test/output/a.jpeg"], "", None),
        expected(
            "f03",
            &[
                "https://img.test/o/1.png?sig=a%2Fb%3D&se=2026-01-01T00%3A00%3A00Z",
                "https://img.test/o/2",
            ],
            "",
            None,
        ),
        expected(
            "f04",
            &["https://img.test/o/cat.webp"],
            "Here it is: 。下一步？",
            None,
        ),
        expected("f05", &[&jpg, &png], "Done.", None),
        expected("f06", &[&jpg], "", None),
        expected("f07", &["https://img.test/cdn/x.png"], f07, None),
        expected("f08", &[&webp], "", None),
        expected("f09", &[&png, &png2], "A cat.", None),
        expected("f11", &[&png, &jpg], "Voilà", None),
        expected(
            "f13",
            &[],
            "I can't create that image.",
            Some((Refused, true)),
        ),
        expected("f14", &[], "", Some((Refused, true))),
        expected("f16", &[], "", Some((NoPicture, true))),
        expected("f25", &[], "", Some((Gateway, true))),
        expected("f26", &[], "Working", Some((Gateway, true))),
        expected("f27", &[], "", Some((Gateway, true))),
        expected("f29", &[], "", Some((NotTheEndpoint, false))),
        expected("f32", &["https://img.test/o/a.png"], "", None),
        expected("f33", &[], "", Some((Cut, true))),
    ]
}

/// The line ends and beginnings that the WHATWG rules allow.
fn variants(body: &[u8]) -> Vec<(&'static str, Vec<u8>)> {
    let text = std::str::from_utf8(body).unwrap();
    vec![
        ("LF", body.to_vec()),
        ("CRLF", text.replace('\n', "\r\n").into_bytes()),
        ("CR", text.replace('\n', "\r").into_bytes()),
        ("BOM", [b"\xEF\xBB\xBF".as_slice(), body].concat()),
        ("keep-alives", [b"\n\n: hi\n\n".as_slice(), body].concat()),
        ("no space", text.replace("data: ", "data:").into_bytes()),
        ("no DONE", text.replace("data: [DONE]\n\n", "").into_bytes()),
    ]
}

fn check(expected: &Expected, answer: &Answer, case: &str) {
    let images: Vec<String> = answer.images.iter().map(|c| shown(&c.image)).collect();
    assert_eq!(images, expected.images, "{case}");
    assert_eq!(answer.selected, images.len().checked_sub(1), "{case}");
    assert_eq!(answer.text.as_str(), expected.text, "{case}");
    let failure = answer.failure.as_ref().map(|f| (f.kind, f.maybe_billed));
    assert_eq!(failure, expected.failure, "{case}: {:?}", answer.failure);
    if let Some(failure) = &answer.failure {
        assert!(failure.hint.is_some(), "{case}: {failure}");
        assert!(
            !failure.message.as_str().contains(['<', '{']),
            "{case}: {failure}"
        );
    }
    assert!(answer.notices.is_empty(), "{case}: {:?}", answer.notices);
}

#[test]
fn every_fixture_over_every_framing() {
    let table = table();
    for fixture in fixtures::all().iter().filter(|f| f.status == 200) {
        let expected = table
            .iter()
            .find(|e| e.name == fixture.name)
            .unwrap_or_else(|| panic!("{} is not in the table", fixture.name));
        for (variant, body) in variants(&fixture.body) {
            let (_, answer) = whole(&body);
            check(expected, &answer, &format!("{} {variant}", fixture.name));
        }
    }
}

#[test]
fn every_fixture_cut_at_every_byte_and_byte_by_byte() {
    for fixture in fixtures::all().iter().filter(|f| f.status == 200) {
        for (variant, body) in variants(&fixture.body).into_iter().take(4) {
            let unsplit = whole(&body);
            for at in 0..=body.len() {
                let split = read([&body[..at], &body[at..]]);
                assert_eq!(split, unsplit, "{} {variant} cut at {at}", fixture.name);
            }
            assert_eq!(read(body.chunks(1)), unsplit, "{} {variant}", fixture.name);
        }
    }
}

/// Read once: a property asks for it hundreds of thousands of times.
fn body_of(name: &str) -> Vec<u8> {
    static ALL: LazyLock<Vec<Fixture>> = LazyLock::new(fixtures::all);
    ALL.iter().find(|f| f.name == name).unwrap().body.clone()
}

/// What begins a picture or a link in a text.
const OPENERS: [&str; 11] = [
    "<img src=\"https://ab/",
    "<img src=https://ab/",
    "<img alt='",
    "[a]: https://",
    "![b][a]\n\n[a]: <https://ab/",
    "![a](https://ab/",
    "![a](<https://ab/",
    "[a](https://ab/",
    "https://[",
    "data:image/png;base64,",
    "![",
];

proptest! {
    #![proptest_config(super::matrix::cases(400))]

    #[test]
    fn any_split_gives_the_same_parts(
        which in 0usize..19,
        variant in 0usize..7,
        cuts in proptest::collection::vec(any::<prop::sample::Index>(), 0..12),
    ) {
        let body = body_of(table()[which].name);
        let (_, body) = variants(&body).swap_remove(variant);
        let mut cuts: Vec<usize> = cuts.iter().map(|i| i.index(body.len() + 1)).collect();
        cuts.extend([0, body.len()]);
        cuts.sort_unstable();
        let pieces = cuts.windows(2).map(|w| &body[w[0]..w[1]]);
        prop_assert_eq!(read(pieces), whole(&body));
    }

    /// Text of letters wider than a byte, longer than any URL is read, behind whatever begins a picture or a link.
    #[test]
    fn what_nothing_closes_is_cut_inside_no_letter(
        opener in prop::sample::select(OPENERS.to_vec()),
        lead in "[a-z]{0,3}",
        letter in prop::sample::select(vec!["é", "图", "🦊", "a"]),
        length in prop::sample::select(vec![190usize, 2040, 2731, 4096, 9000]),
        behind in prop::sample::select(vec!["", ")", "\">", "\n", " \u{201c}", "]", "\n![b][a]"]),
    ) {
        let text = format!("{opener}{lead}{}{behind} 完", letter.repeat(length));
        let body = serde_json::json!({"choices": [{"message": {"content": text}, "finish_reason": "stop"}]});
        let (_, answer) = whole(body.to_string().as_bytes());
        prop_assert!(answer.failure.is_some() || !answer.images.is_empty());
    }

    #[test]
    fn mutated_bytes_never_panic(
        which in 0usize..19,
        changes in proptest::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..20),
        end in any::<prop::sample::Index>(),
    ) {
        let mut body = body_of(table()[which].name);
        for (at, byte) in changes {
            let at = at.index(body.len());
            body[at] = byte;
        }
        body.truncate(end.index(body.len() + 1));
        let (_, answer) = whole(&body);
        prop_assert!(answer.failure.is_some() || !answer.images.is_empty());
    }
}
