//! The journal: what is on disk after each step, and that an illegal step writes nothing.

use plantain::domain::{
    Clean, Failure, FailureKind, GenerationJson, PictureId, Reference, ReferenceSource, State,
    StatusJson, Step,
};

use plantain::library::Query;

use super::{done, generation, open, records, save, sent};

const STEPS: [Step; 7] = [
    Step::Send,
    Step::Answer,
    Step::Save,
    Step::Refuse,
    Step::Fail,
    Step::Cancel,
    Step::Lose,
];

#[test]
fn every_state_is_on_disk_before_the_next_step() {
    let folder = tempfile::tempdir().unwrap();
    let (library, other) = (open(folder.path()), open(folder.path()));
    let mut one = generation(1, "  a red fox\n");
    one.request.references = vec![Reference {
        given: "hero.png".to_owned(),
        source: ReferenceSource::File("/tmp/hero.png".into()),
    }];
    one.request.parent = Some(PictureId {
        generation: one.id,
        n: 2,
    });

    library.prepare(&mut one).unwrap();
    assert_eq!(other.get(one.id).unwrap(), one);
    assert!(other.get(one.id).unwrap().is_running());

    library.step(&mut one, Step::Send).unwrap();
    assert_eq!(other.get(one.id).unwrap().state, State::Sent);

    one.model_answered = Some(Clean::line("nano-banana-pro"));
    one.text = Clean::text("Here it is.\nEnjoy.");
    one.urls = vec!["https://cdn.example/a.png?sig=1".to_owned()];
    one.finish_reason = Some(Clean::line("stop"));
    one.usage = Some("{\"total_tokens\":7}".to_owned());
    one.demo = true;
    library.step(&mut one, Step::Answer).unwrap();
    assert_eq!(other.get(one.id).unwrap(), one);
    assert_eq!(records(&library), [] as [serde_json::Value; 0]);

    let url = one.urls[0].clone();
    library
        .save_picture(
            &one,
            1,
            b"bytes",
            plantain::domain::FileFormat::Png,
            None,
            Some(&url),
        )
        .unwrap();
    one.notices.push(Clean::line("asked png, got jpeg"));
    one.elapsed_ms = Some(41_000);
    library.step(&mut one, Step::Save).unwrap();
    let read = other.get(one.id).unwrap();
    assert_eq!(read, one);
    assert_eq!(read.state, State::Saved);
    assert_eq!(read.urls, [] as [String; 0], "its picture is on disk");
    assert!(read.pictures[0].selected);
    assert_eq!(read.request.prompt.typed(), "  a red fox\n");
}

#[test]
fn an_illegal_step_writes_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let library = open(folder.path());
    let roads: [&[Step]; 8] = [
        &[],
        &[Step::Send],
        &[Step::Send, Step::Answer],
        &[Step::Send, Step::Save],
        &[Step::Send, Step::Refuse],
        &[Step::Fail],
        &[Step::Cancel],
        &[Step::Send, Step::Lose],
    ];
    let mut tried = 0;
    for (n, road) in roads.into_iter().enumerate() {
        let mut one = generation(n as u128 + 1, "a red fox");
        library.prepare(&mut one).unwrap();
        for step in road {
            library.step(&mut one, *step).unwrap();
        }
        let (before, lines) = (library.get(one.id).unwrap(), records(&library).len());
        for step in STEPS {
            if one.state.after(step).is_ok() {
                continue;
            }
            let mut copy = one.clone();
            copy.text = Clean::line("must not be written");
            let unchanged = copy.clone();
            let failure = library.step(&mut copy, step).unwrap_err();
            assert_eq!(failure.kind, FailureKind::Internal);
            assert_eq!(copy, unchanged);
            assert_eq!(library.get(one.id).unwrap(), before);
            assert_eq!(records(&library).len(), lines);
            tried += 1;
        }
    }
    assert_eq!(tried, 8 * STEPS.len() - 16, "all pairs but the legal ones");
}

#[test]
fn a_holder_of_an_old_state_cannot_take_a_step() {
    let folder = tempfile::tempdir().unwrap();
    let (library, other) = (open(folder.path()), open(folder.path()));
    let mut one = sent(&library, 1, "a red fox");
    let mut stale = one.clone();
    library.step(&mut one, Step::Answer).unwrap();
    assert!(library.step(&mut stale, Step::Answer).is_err());
    // Nor another process, whatever it has read.
    let mut foreign = other.get(one.id).unwrap();
    assert!(other.step(&mut foreign, Step::Cancel).is_err());
    assert_eq!(library.get(one.id).unwrap(), one);
}

#[test]
fn a_generation_is_journalled_once() {
    let folder = tempfile::tempdir().unwrap();
    let library = open(folder.path());
    let mut one = generation(1, "a red fox");
    assert!(library.step(&mut one, Step::Send).is_err(), "no row yet");
    library.prepare(&mut one).unwrap();
    assert!(library.prepare(&mut one).is_err());
    assert!(library.prepare(&mut generation(1, "a twin")).is_err());
    assert_eq!(library.count(&Query::default()).unwrap(), 1);
}

#[test]
fn the_records_hold_what_the_history_prints() {
    let folder = tempfile::tempdir().unwrap();
    let library = open(folder.path());
    let mut one = sent(&library, 1, "a red fox");
    save(&library, &mut one, b"first");
    save(&library, &mut one, b"second");
    library.step(&mut one, Step::Save).unwrap();
    let mut two = sent(&library, 2, "a clown");
    two.failure = Some(
        Failure::new(FailureKind::Refused, "I cannot draw that")
            .hint("say it differently")
            .billed(),
    );
    library.step(&mut two, Step::Refuse).unwrap();
    let one = library.select_picture(one.pictures[0].id).unwrap();
    assert!(one.pictures[0].selected && !one.pictures[1].selected);

    let lines = records(&library);
    assert_eq!(lines.len(), 3, "one a final state, one for the selection");
    for generation in [one, two] {
        let printed = serde_json::to_value(GenerationJson::from(&generation)).unwrap();
        let last = lines.iter().rfind(|line| line["id"] == printed["id"]);
        let mut last = last.unwrap().as_object().unwrap().clone();
        // Beside it stands what a rebuild needs: the row's number, its owner, addresses that are open.
        assert!(last.remove("row").unwrap().is_object());
        assert_eq!(serde_json::Value::Object(last), printed);
        assert_eq!(library.get(generation.id).unwrap(), generation);
    }
}

#[test]
fn a_line_that_a_crash_cut_does_not_spoil_the_next() {
    let folder = tempfile::tempdir().unwrap();
    let library = open(folder.path());
    done(&library, 1, "a red fox");
    let path = folder.path().join(".plantain/records.jsonl");
    let mut text = std::fs::read_to_string(&path).unwrap();
    text.push_str("{\"id\":\"00");
    std::fs::write(&path, text).unwrap();
    done(&library, 2, "a cat");
    let text = std::fs::read_to_string(&path).unwrap();
    let whole = text
        .lines()
        .filter_map(|line| serde_json::from_str::<GenerationJson>(line).ok());
    let done = whole.filter(|object| object.status == StatusJson::Done);
    assert_eq!(done.count(), 2);
}

#[test]
fn the_last_picture_stands_for_its_generation_unless_another_was_selected() {
    let folder = tempfile::tempdir().unwrap();
    let library = open(folder.path());
    let mut one = sent(&library, 1, "a red fox");
    for bytes in [b"draft", b"final"] {
        save(&library, &mut one, bytes);
    }
    library.select_picture(one.pictures[0].id).unwrap();
    library.step(&mut one, Step::Save).unwrap();
    assert_eq!(one.selected().unwrap().id.n, 1);

    let mut two = sent(&library, 2, "a red fox");
    for bytes in [b"draft", b"final"] {
        save(&library, &mut two, bytes);
    }
    library.step(&mut two, Step::Save).unwrap();
    assert_eq!(two.selected().unwrap().id.n, 2);
    assert_eq!(
        two.pictures.iter().filter(|p| p.selected).count(),
        1,
        "exactly one is selected"
    );

    let missing = PictureId {
        generation: two.id,
        n: 3,
    };
    let failure = library.select_picture(missing).unwrap_err();
    assert_eq!(failure.kind, FailureKind::Usage);
}
