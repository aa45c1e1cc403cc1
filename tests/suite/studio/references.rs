//! Reference pictures: `@`, `e`, chips.

use plantain::domain::{PictureId, Reference, ReferenceSource};
use plantain::studio::{Ask, Choice, Effect, Event, Focus, Popup, hints};

use super::script::{Script, done, failure, id, rows};

fn file(given: &str) -> Reference {
    Reference {
        given: given.to_owned(),
        source: ReferenceSource::File(given.into()),
    }
}

fn asked(s: &mut Script) -> (plantain::domain::TaskId, String) {
    match &s.take()[..] {
        [Effect::ResolveReference { task, given }] => (*task, given.clone()),
        other => panic!("{other:?}"),
    }
}

fn task_of(effect: &Effect) -> plantain::domain::TaskId {
    match effect {
        Effect::ResolveReference { task, .. } => *task,
        other => panic!("{other:?}"),
    }
}

#[test]
fn at_asks_for_a_path_and_attaches_what_is_found() {
    let mut s = Script::new(120, 40);
    s.keys("make it night @~/hero.png<Enter>");
    let (task, given) = asked(&mut s);
    assert_eq!(given, "~/hero.png");
    assert_eq!(s.state.looking_for().collect::<Vec<_>>(), ["~/hero.png"]);
    s.event(Event::ReferenceResolved {
        task,
        result: Ok(file("/home/u/hero.png")),
    });
    assert_eq!(s.state.form.references[0].label(), "hero.png");
    assert_eq!(s.text(), "make it night ");
    s.after(1_000).keys("<Enter>");
    let (_, requests) = s.sent();
    assert_eq!(requests[0].references, [file("/home/u/hero.png")]);
}

#[test]
fn at_offers_the_pictures_of_the_history() {
    let mut s = Script::with_rows(120, 40, rows(3));
    s.keys("@");
    assert_eq!(s.picked(), "prompt 3");
    s.keys("prompt 2<Down><Enter>");
    let (_, given) = asked(&mut s);
    assert_eq!(
        given,
        PictureId {
            generation: id(2),
            n: 1
        }
        .to_string()
    );
}

#[test]
fn esc_leaves_what_was_typed_after_at_in_the_prompt() {
    let mut s = Script::new(120, 40);
    s.keys("meet @ anna<Esc>!");
    assert_eq!(s.text(), "meet @ anna!");
    s.keys(" a@b");
    assert_eq!(
        s.text(),
        "meet @ anna! a@b",
        "inside a word it means nothing"
    );
    assert_eq!(s.take(), []);
}

#[test]
fn a_pasted_at_path_resolves_at_the_next_space() {
    let mut s = Script::new(120, 40);
    s.paste("as in @ref/a.jpg,").keys(" at");
    let (task, given) = asked(&mut s);
    assert_eq!(given, "ref/a.jpg");
    s.event(Event::ReferenceResolved {
        task,
        result: Ok(file("/ref/a.jpg")),
    });
    assert_eq!(s.text(), "as in at");
    s.keys("!");
    assert_eq!(s.text(), "as in at!", "the cursor stayed where it was");
}

#[test]
fn enter_waits_for_the_references_of_the_text_and_then_sends() {
    let mut s = Script::new(120, 40);
    s.paste("@a.png and @https://x.example/b.webp night")
        .keys("<Enter>");
    let effects = s.take();
    let tasks: Vec<_> = effects
        .iter()
        .map(|e| match e {
            Effect::ResolveReference { task, given } => (*task, given.clone()),
            other => panic!("{other:?}"),
        })
        .collect();
    assert_eq!(tasks.len(), 2);
    s.keys("<Enter>");
    assert_eq!(s.take(), [], "asked once");
    s.event(Event::ReferenceResolved {
        task: tasks[0].0,
        result: Ok(file("/a.png")),
    });
    assert_eq!(s.take(), []);
    s.event(Event::ReferenceResolved {
        task: tasks[1].0,
        result: Ok(file("/b.webp")),
    });
    let (_, requests) = s.sent();
    assert_eq!(requests[0].prompt.sent(), "and night");
    assert_eq!(requests[0].references.len(), 2);
}

#[test]
fn what_is_changed_while_enter_waits_is_not_sent() {
    let changes: [fn(&mut Script) -> &mut Script; 7] = [
        |s| s.keys(", at da"),
        |s| s.keys("<Backspace>"),
        |s| s.paste(" and"),
        |s| s.keys("<Ctrl+C>a dog"),
        |s| s.keys("<Ctrl+W>"),
        |s| {
            s.event(Event::EditorReturned {
                result: Ok("a dog".to_owned()),
            })
        },
        |s| s.keys("<F6>8<Enter>"),
    ];
    for (n, change) in changes.into_iter().enumerate() {
        let mut s = Script::new(120, 40);
        s.paste("@a.png and @b.png by night").keys("<Enter>");
        let tasks: Vec<_> = s.take().iter().map(task_of).collect();
        s.event(Event::ReferenceResolved {
            task: tasks[0],
            result: Ok(file("/a.png")),
        });
        change(&mut s);
        s.event(Event::ReferenceResolved {
            task: tasks[1],
            result: Ok(file("/b.png")),
        });
        assert_eq!(s.take(), [], "change {n}");
        // Ctrl+C takes them away, those on their way too.
        let kept = if n == 3 { 0 } else { 2 };
        assert_eq!(s.state.form.references.len(), kept, "change {n}");
        s.after(700).keys("<Alt+1>!<Enter>");
        assert!(s.sent().1[0].prompt.typed().ends_with('!'), "change {n}");
    }
}

#[test]
fn a_word_that_is_no_picture_is_text_at_the_second_enter() {
    let mut s = Script::new(120, 40);
    s.paste("style of @ghibli/film").keys("<Enter>");
    let (task, _) = asked(&mut s);
    s.event(Event::ReferenceResolved {
        task,
        result: Err(failure("no such file")),
    });
    assert_eq!(s.take(), []);
    assert_eq!(s.notice(), "no such file");
    assert_eq!(s.text(), "style of @ghibli/film");
    s.after(700).keys("<Enter>");
    assert_eq!(s.sent().1[0].prompt.typed(), "style of @ghibli/film");
}

#[test]
fn e_makes_the_picture_reference_one_and_keeps_an_unsent_draft() {
    let mut s = Script::with_rows(120, 40, rows(3));
    s.keys("make it night<Esc>je");
    let parent = PictureId {
        generation: id(2),
        n: 1,
    };
    assert_eq!(s.state.focus, Focus::Prompt);
    assert_eq!(s.text(), "make it night");
    assert_eq!(s.state.form.parent, Some(parent));
    assert_eq!(s.state.form.references[0].given, parent.to_string());
    s.keys("<Enter>");
    let (task, requests) = s.sent();
    assert_eq!(requests[0].parent, Some(parent));
    let new = s.prepare(task, requests[0].clone(), 9);
    s.land(new);

    s.after(1_000).keys("<Esc>e");
    assert_eq!(s.text(), "", "what was sent already is not wanted again");
    assert_eq!(
        s.state.form.references.len(),
        1,
        "the edit goes on from the new picture"
    );
    assert_eq!(s.state.form.parent.map(|p| p.generation), Some(new));
    s.keys("<Up>");
    assert_eq!(s.text(), "make it night", "and it is not lost");
}

#[test]
fn backspace_in_an_empty_prompt_takes_the_last_reference_away() {
    let mut s = Script::with_rows(120, 40, vec![done(1, "fox")]);
    s.keys("<Esc>e");
    assert_eq!(s.state.form.references.len(), 1);
    s.keys("a<Backspace>");
    assert_eq!(s.state.form.references.len(), 1);
    s.keys("<Backspace>");
    assert_eq!(s.state.form.references.len(), 0);
    assert_eq!(
        s.state.form.parent, None,
        "without its picture it is no edit"
    );
}

#[test]
fn words_filter_the_list_of_references_and_paths_come_first() {
    let mut s = Script::with_rows(120, 40, rows(3));
    s.keys("@prompt");
    assert_eq!(s.picked(), "prompt 3");
    s.keys("<Ctrl+U>./prompt");
    match &s.state.popup {
        Some(Popup::Pick(p)) => {
            assert_eq!(
                p.current().unwrap().choice,
                Choice::Reference("./prompt".to_owned())
            );
        }
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_path_that_was_not_found_is_in_the_prompt_to_be_mended() {
    let mut s = Script::with_rows(120, 40, rows(1));
    s.keys("as in @/a/pth.png<Enter>");
    let (task, _) = asked(&mut s);
    assert_eq!(s.text(), "as in ");
    s.event(Event::ReferenceResolved {
        task,
        result: Err(failure("no such file")),
    });
    assert!(s.state.popup.is_none(), "it takes no keys away");
    assert_eq!(s.text(), "as in @/a/pth.png");
    s.keys("<Enter>");
    let (task, given) = asked(&mut s);
    assert_eq!(
        given, "/a/pth.png",
        "it is looked for again, not sent as text"
    );
    s.event(Event::ReferenceResolved {
        task,
        result: Ok(file("/a/pth.png")),
    });
    assert_eq!(s.sent().1[0].prompt.sent(), "as in");

    s.after(1_000).keys("<Ctrl+C>@<Enter>");
    let (task, _) = asked(&mut s);
    s.event(Event::ReferenceResolved {
        task,
        result: Err(failure("its file is gone")),
    });
    assert_eq!(s.text(), "", "what was chosen was not typed");
}

#[test]
fn ctrl_c_takes_the_references_away_with_the_text() {
    let mut s = Script::with_rows(120, 40, vec![done(1, "fox")]);
    s.keys("<Esc>emake it night<Ctrl+C>a clown<Enter>");
    let (_, requests) = s.sent();
    assert_eq!(requests[0].references, []);
    assert_eq!(requests[0].parent, None, "it is no edit of the fox");

    s.after(1_000).keys("<Ctrl+C><Esc>e<Ctrl+C>");
    assert_eq!(s.state.form.references, []);
    assert_eq!(s.state.ask, None, "references go before the question");
    s.keys("<Ctrl+C>");
    assert_eq!(s.state.ask, Some(Ask::Quit));
}

#[test]
fn a_reference_on_its_way_is_cleared_too() {
    let mut s = Script::new(120, 40);
    s.paste("@a.png night").keys("<Enter>");
    let (task, _) = asked(&mut s);
    s.keys("<Ctrl+C>");
    s.event(Event::ReferenceResolved {
        task,
        result: Ok(file("/a.png")),
    });
    assert_eq!(s.state.form.references, []);
    assert_eq!(s.take(), [], "and nothing is sent");
}

#[test]
fn an_empty_prompt_names_the_key_that_detaches_and_the_one_that_brings_the_text_back() {
    let mut s = Script::with_rows(120, 40, vec![done(1, "fox")]);
    let first = |s: &Script| {
        let hint = &hints(&s.state)[0];
        format!("{} {}", hint.keys, hint.word)
    };
    s.keys("<Esc>e");
    assert_eq!(first(&s), "Backspace detach");
    s.keys("at night");
    assert_eq!(first(&s), "Enter generate");
    s.keys("<Ctrl+C>");
    assert_eq!(first(&s), "Up brings it back");
    s.keys("<Up>");
    assert_eq!(s.text(), "at night");
    assert_eq!(s.state.form.references.len(), 1, "with what it was about");
    assert!(s.state.form.parent.is_some());
    s.keys("<Ctrl+C><Ctrl+X>u");
    assert_eq!(
        (s.text().as_str(), s.state.form.references.len()),
        ("at night", 1)
    );
    s.keys("<Ctrl+C>a cat<Ctrl+C><Up>");
    assert_eq!(
        (s.text().as_str(), s.state.form.references.len()),
        ("a cat", 0)
    );
}
