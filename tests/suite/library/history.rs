//! Reading back: pages, filters, ids as people type them, and the two small stores.

use plantain::domain::{FailureKind, GenerationId, Step};
use plantain::library::{Library, Query};

use super::{done, generation, open, save, sent};

fn shorts(library: &Library, query: &str, before: Option<i64>, limit: usize) -> Vec<String> {
    library
        .page(&Query::parse(query), before, limit)
        .unwrap()
        .iter()
        .map(|g| g.id.short())
        .collect()
}

#[test]
fn pages_go_from_the_newest_to_the_oldest_without_gaps() {
    let folder = tempfile::tempdir().unwrap();
    let library = open(folder.path());
    for n in 1..=7 {
        // Ids fall while rows rise.
        library.prepare(&mut generation(100 - n, "fox")).unwrap();
    }
    let mut seen = Vec::new();
    let mut before = None;
    loop {
        let page = library.page(&Query::default(), before, 3).unwrap();
        let Some(last) = page.last() else { break };
        before = last.seq;
        seen.extend(page.iter().map(|g| g.id));
    }
    let expected: Vec<_> = (93..=99).map(GenerationId::from_number).collect();
    assert_eq!(seen, expected);
    assert_eq!(library.count(&Query::default()).unwrap(), 7);
}

#[test]
fn a_filter_wants_every_word_in_the_prompt_or_the_model() {
    let folder = tempfile::tempdir().unwrap();
    let library = open(folder.path());
    let prompts = [
        "A red FOX in the snow",
        "a cat",
        "Übergrößenträger, 100% wool_",
        "雪の中の赤い狐",
        "fox\nand hound",
    ];
    for (n, prompt) in (1..).zip(prompts) {
        let mut one = generation(n, prompt);
        if n == 2 {
            one.request.model = "Seedream-4K".to_owned();
            one.demo = true;
        }
        library.prepare(&mut one).unwrap();
    }
    for (query, expected) in [
        ("fox", vec!["00000005", "00000001"]),
        ("fox SNOW", vec!["00000001"]),
        ("snow red", vec!["00000001"]),
        ("fox dog", vec![]),
        ("cat seedream", vec!["00000002"]),
        ("bananapro hound", vec!["00000005"]),
        ("ÜBERGRÖSS", vec![]),
        ("übergröß TRÄGER", vec!["00000003"]),
        ("100%", vec!["00000003"]),
        ("_", vec!["00000003"]),
        ("'", vec![]),
        ("\"red\"", vec![]),
        ("fox OR cat", vec![]),
        ("red*", vec![]),
        ("赤い", vec!["00000004"]),
        ("is:demo", vec!["00000002"]),
        ("is:demo fox", vec![]),
        (
            "  ",
            vec!["00000005", "00000004", "00000003", "00000002", "00000001"],
        ),
    ] {
        assert_eq!(shorts(&library, query, None, 9), expected, "{query:?}");
        let count = library.count(&Query::parse(query)).unwrap();
        assert_eq!(count, expected.len() as u64, "{query:?}");
    }
    assert_eq!(shorts(&library, "fox", Some(5), 9), ["00000001"]);
}

#[test]
fn an_id_is_found_by_any_unique_ending() {
    let folder = tempfile::tempdir().unwrap();
    let library = open(folder.path());
    let id: GenerationId = "0199a7f0-0000-7000-8000-aaaa7c31d09e".parse().unwrap();
    let twin: GenerationId = "0199a7f0-0000-7000-8000-bbbb7c31d09e".parse().unwrap();
    for id in [id, twin] {
        let mut one = generation(0, "fox");
        (one.id, one.batch) = (id, id);
        library.prepare(&mut one).unwrap();
        if one.id == twin {
            library.step(&mut one, Step::Send).unwrap();
            save(&library, &mut one, b"draft");
            save(&library, &mut one, b"final");
            library.step(&mut one, Step::Save).unwrap();
        }
    }
    for text in ["a7c31d09e", "A7C31D09E", "-aaaa7c31d09e", &id.to_string()] {
        let found = library.find(text).unwrap();
        assert_eq!((found.generation.id, found.picture), (id, None), "{text}");
    }
    let found = library.find("b7c31d09e").unwrap();
    assert_eq!(found.picture, None);
    assert_eq!(found.shown().unwrap().id.n, 2);
    let found = library.find("b7c31d09e.1").unwrap();
    assert_eq!(found.shown().unwrap().id.n, 1);

    for (text, words) in [
        ("7c31d09e", "more than one generation ends in 7c31d09e"),
        ("ffff", "nothing in the history is called ffff"),
        ("b7c31d09e.3", "7c31d09e has 2 pictures, not a number 3"),
        ("a7c31d09e.1", "7c31d09e has no pictures, not a number 1"),
        ("b7c31d09e.x", "\"b7c31d09e.x\" is not an id"),
        ("", "\"\" is not an id"),
        ("-", "\"-\" is not an id"),
        ("%", "\"%\" is not an id"),
        ("fox", "\"fox\" is not an id"),
    ] {
        let failure = library.find(text).unwrap_err();
        assert_eq!(failure.kind, FailureKind::Usage, "{text}");
        assert_eq!(failure.message.as_str(), words);
        assert!(failure.hint.is_some(), "{text}");
    }
    let failure = library.find("7c31d09e").unwrap_err();
    let hint = failure.hint.unwrap();
    assert!(hint.as_str().contains(&id.to_string()), "{hint}");
}

#[test]
fn last_is_the_selected_picture_of_the_newest_generation_that_has_one() {
    let folder = tempfile::tempdir().unwrap();
    let library = open(folder.path());
    assert_eq!(library.last().unwrap(), None);
    assert_eq!(
        library.find("last").unwrap_err().message.as_str(),
        "there is no picture in the history yet"
    );
    done(&library, 1, "a red fox");
    let mut two = sent(&library, 2, "a cat");
    save(&library, &mut two, b"one");
    save(&library, &mut two, b"two");
    library.step(&mut two, Step::Save).unwrap();
    sent(&library, 3, "still on its way");
    assert_eq!(library.last().unwrap().unwrap().id, two.pictures[1].id);
    library.select_picture(two.pictures[0].id).unwrap();
    assert_eq!(library.last().unwrap().unwrap().id, two.pictures[0].id);
    let found = library.find("last").unwrap();
    assert_eq!(found.picture.unwrap().id, two.pictures[0].id);
}

#[test]
fn profiles_and_drafts_are_kept() {
    let folder = tempfile::tempdir().unwrap();
    let library = open(folder.path());
    let url = "https://gateway.example/v1";
    let found = |library: &Library, asked| library.endpoint_profile(url, asked).unwrap();
    assert_eq!(found(&library, "documented"), None);
    assert_eq!(library.draft("studio").unwrap(), None);
    for text in ["older", "example"] {
        library
            .set_endpoint_profile(url, "documented", text)
            .unwrap();
        library.set_draft("studio", text).unwrap();
    }
    drop(library);
    let library = open(folder.path());
    assert_eq!(found(&library, "documented").as_deref(), Some("example"));
    assert_eq!(found(&library, "mine"), None, "says nothing of another");
    assert_eq!(library.draft("studio").unwrap().as_deref(), Some("example"));
    assert_eq!(library.draft("other").unwrap(), None);
}
