//! What can be done with a row: show, repeat, cancel, take over, copy, open.

use std::time::Duration;

use plantain::domain::{
    Clean, Failure, FailureKind, Generation, Picture, PictureId, Progress, State, Step,
};
use plantain::studio::{Ask, Effect, Event, Focus, Page, Popup, details, words};

use super::script::{Script, at_row, done, failure, generation, id, picture, rows};

#[test]
fn enter_is_full_view_and_n_goes_on_in_it() {
    let mut s = at_row(3);
    s.keys("<Enter>");
    let layout = s.state.layout();
    assert_eq!((layout.canvas.height, layout.canvas.width), (39, 120));
    assert!(layout.history.is_empty() && layout.header.is_empty());
    s.keys("n");
    assert_eq!(s.selected(), Some(id(2)));
    s.keys("q");
    assert!(!s.state.full_view, "q closes what is open");
    assert_eq!(s.take(), []);
    s.keys("<Enter><Enter>");
    assert!(!s.state.full_view);
}

#[test]
fn other_pictures_of_the_same_answer() {
    let mut two = done(1, "fox");
    two.pictures = vec![picture(id(1), 1), picture(id(1), 2)];
    let mut s = Script::with_rows(120, 40, vec![two]);
    s.keys("<Esc>");
    let shown = |s: &Script| s.state.history.shown().map(|p: &Picture| p.id.n);
    assert_eq!(shown(&s), Some(1));
    s.keys("<Right>");
    assert_eq!(shown(&s), Some(2));
    s.keys("<Right>l<Left>");
    assert_eq!(shown(&s), Some(1));
}

#[test]
fn r_asks_in_the_footer_and_only_enter_sends() {
    let mut s = at_row(2);
    s.keys("r");
    assert_eq!(s.take(), []);
    let question = s.state.ask.clone().unwrap();
    assert_eq!(
        words::ask(&question, &s.state),
        "1 x NanoBananaPro-1K 1:1, price unknown - Enter sends, Esc not"
    );
    s.keys("<Esc>");
    assert_eq!((s.take(), s.state.ask.clone()), (vec![], None));
    s.keys("r<Enter>");
    let (task, requests) = s.sent();
    assert_eq!(requests[0].prompt.typed(), "prompt 2");
    let new = s.prepare(task, requests[0].clone(), 9);
    assert_eq!(s.selected(), Some(new));
}

#[test]
fn f_asks_for_one_size_up_with_this_picture() {
    let mut s = at_row(1);
    s.keys("f<Enter>");
    let (_, requests) = s.sent();
    assert_eq!(requests[0].model, "NanoBananaPro-2K");
    assert_eq!(
        requests[0].parent,
        Some(PictureId {
            generation: id(1),
            n: 1
        })
    );
    assert_eq!(requests[0].references.len(), 1);
    let mut largest = done(1, "fox");
    largest.request.model = "NanoBananaPro-4K".to_owned();
    let mut s = Script::with_rows(120, 40, vec![largest]);
    s.keys("<Esc>f<Enter>");
    assert_eq!(s.take(), []);
}

#[test]
fn x_cancels_what_is_queued_and_asks_about_what_was_sent() {
    let mut s = Script::new(120, 40);
    s.keys("fox<F6>3<Enter><Enter>");
    let (task, requests) = s.sent();
    for n in 1..=3 {
        s.prepare(task, requests[0].clone(), n);
    }
    s.progress(id(3), Progress::Sending);
    s.keys("<Esc>G");
    assert_eq!(s.selected(), Some(id(1)));
    s.keys("x");
    assert_eq!(s.take(), [Effect::Cancel(id(1))]);
    s.keys("x");
    assert_eq!(s.take(), [], "once");
    s.keys("gx");
    assert_eq!(
        (s.take(), s.state.ask.clone()),
        (vec![], Some(Ask::Cancel(id(3))))
    );
    s.keys("<Esc>x<Enter>");
    assert_eq!(s.take(), [Effect::Cancel(id(3))]);
    s.keys("X");
    assert_eq!(s.take(), [Effect::Cancel(id(2))]);
    assert_eq!(
        words::job(s.state.jobs.get(id(2)).unwrap(), s.now.since_start),
        "cancelling"
    );
}

#[test]
fn x_on_a_pause_stops_it_without_a_question() {
    let mut s = Script::new(120, 40);
    s.keys("fox<Enter>");
    let (task, requests) = s.sent();
    let new = s.prepare(task, requests[0].clone(), 1);
    s.progress(new, Progress::Sending);
    s.progress(
        new,
        Progress::Waiting {
            cause: Clean::line("too many requests"),
            wait: Duration::from_secs(20),
            attempt: 1,
            of: 2,
        },
    );
    s.keys("<Esc>x");
    assert_eq!(
        (s.take(), s.state.ask.clone()),
        (vec![Effect::Cancel(new)], None)
    );
    assert_eq!(words::work(&s.state.jobs, s.now.since_start), "1 running");
}

#[test]
fn a_cancelled_row_says_what_it_may_have_cost() {
    let cancelled = |kind, message: &str| {
        let mut generation = generation(1, "fox");
        generation.state = State::Cancelled;
        generation.failure = Some(Failure::new(kind, message));
        generation
    };
    let told = |generation: &Generation| words::stand(generation, None, Duration::ZERO);
    let mut sent = cancelled(FailureKind::Cancelled, "cancelled");
    sent.failure = sent.failure.map(Failure::billed);
    assert_eq!(told(&sent), "cancelled, may be billed");
    let refused = cancelled(FailureKind::Cancelled, "cancelled, was not accepted");
    assert_eq!(told(&refused), "cancelled, was not accepted");
    let lost = cancelled(FailureKind::Lost, "its process ended before it was sent");
    assert_eq!(told(&lost), "cancelled, nothing was sent");
}

#[test]
fn x_on_what_does_not_run_here_cancels_nothing() {
    let theirs = generation(5, "theirs");
    let mut s = Script::with_rows(120, 40, vec![theirs, done(1, "fox")]);
    s.keys("<Esc>x");
    assert_eq!(s.notice(), "another plantain runs it");
    s.keys("jx");
    assert_eq!(s.notice(), "it has ended already");
    assert_eq!(s.take(), []);
}

#[test]
fn recalling_takes_the_prompt_or_all_of_it() {
    let mut s = at_row(2);
    s.keys("p");
    assert_eq!(
        (s.text().as_str(), s.state.form.model.as_str()),
        ("prompt 2", "NanoBananaPro-2K")
    );
    s.keys("<Ctrl+C>mine<Esc>ja");
    assert_eq!(s.text(), "prompt 1");
    assert_eq!(s.state.form.model, "NanoBananaPro-1K");
    assert_eq!(s.state.form.ratio.to_string(), "1:1");
    assert_eq!(s.state.focus, Focus::Prompt);
    s.keys("<Up>");
    assert_eq!(s.text(), "mine", "the draft was stashed");
}

#[test]
fn copies_and_openings() {
    let mut row = done(7, "it's a 'fox'");
    row.request.references = vec![plantain::domain::Reference {
        given: "/a b.png".to_owned(),
        source: plantain::domain::ReferenceSource::File("/a b.png".into()),
    }];
    let mut s = Script::with_rows(120, 40, vec![row.clone()]);
    s.keys("<Esc>yyyuypyc");
    let copied: Vec<(String, &str)> = s
        .take()
        .into_iter()
        .map(|e| match e {
            Effect::CopyText { text, what, .. } => (text, what),
            other => panic!("{other:?}"),
        })
        .collect();
    let expected = [
        ("/pictures/00000007-1.png", "path"),
        ("https://files.example/1.png?sig=1", "URL"),
        ("it's a 'fox'", "prompt"),
        (
            "plantain generate -m NanoBananaPro-1K -r 1:1 -f jpeg -i '/a b.png' -- 'it'\\''s a '\\''fox'\\'''",
            "command",
        ),
    ];
    assert_eq!(copied, expected.map(|(t, w)| (t.to_owned(), w)));

    s.keys("s");
    let task = match &s.take()[..] {
        [Effect::SaveCopy { task, picture }] => {
            assert_eq!(**picture, row.pictures[0]);
            *task
        }
        other => panic!("{other:?}"),
    };
    s.event(Event::Done {
        task,
        result: Ok("copied to ./fox.png".into()),
    });
    assert_eq!(s.notice(), "copied to ./fox.png");
    s.event(Event::Done {
        task,
        result: Err(failure("late")),
    });
    assert_eq!(s.notice(), "copied to ./fox.png", "each answer counts once");
    s.wake();
    s.wake();
    assert_eq!(s.notice(), "", "a toast leaves by itself");
    s.keys("o");
    assert!(
        matches!(&s.take()[..], [Effect::OpenOutside { path, .. }] if path.ends_with("00000007-1.png"))
    );
}

#[test]
fn details_open_and_scroll() {
    let mut row = done(1, &"long words ".repeat(400));
    row.failure = Some(failure("it broke"));
    let mut s = Script::with_rows(120, 40, vec![row]);
    s.keys("<Esc>I<Down><Down>");
    assert_eq!(s.state.popup, Some(Popup::Details { scroll: 2 }));
    s.keys("<PgDn><PgDn><PgDn><PgDn><PgUp>q");
    assert_eq!(s.state.popup, None);
    assert_eq!(s.take(), []);
}

#[test]
fn without_a_row_or_a_picture_each_key_says_why() {
    let mut s = Script::new(120, 40);
    for keys in [
        "e", "r", "f", "a", "p", "x", "s", "o", "I", "<Enter>", "yy", "yc",
    ] {
        s.keys("<Alt+3>").keys(keys);
        assert_eq!(s.notice(), "nothing is selected", "{keys}");
        s.keys("<Esc>");
    }
    let mut refused = generation(1, "fox");
    refused.state = plantain::domain::State::Refused;
    let mut s = Script::with_rows(120, 40, vec![refused]);
    for keys in ["e", "f", "s", "o", "yy", "yu"] {
        s.keys("<Alt+3>").keys(keys);
        assert_eq!(s.notice(), "this row has no picture", "{keys}");
        s.keys("<Esc>");
    }
    assert_eq!(s.take(), []);
}

#[test]
fn leaving_keys_only_close_a_question() {
    let mut s = at_row(2);
    for key in ["q", "<Ctrl+C>", "<Esc>"] {
        s.keys("r").keys(key);
        assert_eq!((s.take(), s.state.ask.clone()), (vec![], None), "{key}");
    }
    assert_eq!(s.text(), "");
}

#[test]
fn removing_what_the_demo_made_is_asked_first_and_leaves_no_row_of_it_selected() {
    let mut generations = rows(2);
    generations[0].demo = true;
    let paid = generations[1].clone();
    let mut s = Script::with_rows(120, 40, generations);
    s.keys("<Esc>:");
    s.keys("remove all pictures<Enter>");
    assert!(s.take().is_empty(), "nothing is removed unasked");
    s.keys("<Esc>:remove all pictures<Enter><Enter>");
    let task = match &s.take()[..] {
        [Effect::RemoveDemo { task }] => *task,
        other => panic!("{other:?}"),
    };
    s.event(Event::Done {
        task,
        result: Ok("1 removed".into()),
    });
    assert_eq!(s.notice(), "1 removed");
    s.event(Event::LibraryChanged);
    let task = match &s.take()[..] {
        [Effect::LoadHistory { task, .. }] => *task,
        other => panic!("{other:?}"),
    };
    s.event(Event::HistoryLoaded {
        task,
        result: Ok(Page {
            generations: vec![paid.clone()],
            more: false,
            total: 1,
        }),
    });
    assert_eq!(s.state.history.selected, Some(paid.id));
    assert_eq!(s.state.history.rows.len(), 1);
}

/// A row whose process died when its picture had an address.
fn left(n: u128) -> Generation {
    let mut row = generation(n, "left");
    row.step(Step::Send).unwrap();
    row.step(Step::Answer).unwrap();
    row.owner_alive = false;
    row
}

#[test]
fn what_an_earlier_run_left_runs_until_its_picture_is_there_and_is_new_then() {
    let mut s = Script::with_rows(120, 40, vec![done(9, "fox"), left(5)]);
    let stand = |s: &Script| {
        let row = s.state.history.row(id(5)).unwrap();
        words::stand(&row.generation, s.state.jobs.get(id(5)), s.now.since_start)
    };
    assert_eq!(stand(&s), "unknown: may have been billed");
    let mut adopted = left(5);
    adopted.owner_alive = true;
    s.progress(id(5), Progress::Resumed(Box::new(adopted)));
    assert_eq!(stand(&s), "fetching again 0 s");
    assert!(!s.state.jobs.any(), "quitting loses nothing of it");
    assert_eq!(s.selected(), Some(id(9)), "it takes no selection");
    let got = Progress::Downloading {
        n: 1,
        received: 1_000_000,
        total: Some(2_000_000),
        attempt: 1,
    };
    s.after(3_000).progress(id(5), got);
    assert_eq!(stand(&s), "fetching again 1.0 MB of 2.0 MB 3 s");
    s.progress(id(5), Progress::Finished(Box::new(done(5, "left"))));
    let row = s.state.history.row(id(5)).unwrap();
    assert!(row.unseen && row.generation.selected().is_some());
    assert!(s.state.jobs.get(id(5)).is_none());
}

#[test]
fn what_an_earlier_run_left_far_down_is_not_brought_up() {
    let mut s = Script::with_rows(120, 40, rows(3));
    s.progress(id(77), Progress::Resumed(Box::new(left(77))));
    assert_eq!(s.state.history.rows.len(), 3);
    s.event(Event::LibraryChanged);
    s.load(vec![done(3, "fox"), left(77)], false);
    let row = s.state.history.row(id(77)).unwrap();
    let stand = words::stand(&row.generation, s.state.jobs.get(id(77)), s.now.since_start);
    assert_eq!(stand, "fetching again 0 s");
}

#[test]
fn x_on_what_an_earlier_run_left_stops_it() {
    let mut s = Script::with_rows(120, 40, vec![left(5)]);
    s.progress(id(5), Progress::Resumed(Box::new(left(5))));
    s.keys("<Esc>x<Enter>");
    assert_eq!(s.take(), [Effect::Cancel(id(5))]);
}

#[test]
fn what_ended_unknown_can_be_asked_again_and_recalled() {
    let mut s = Script::with_rows(120, 40, vec![left(5)]);
    s.keys("<Esc>x");
    assert_eq!(s.notice(), "it has ended already");
    s.keys("r");
    assert!(matches!(&s.state.ask, Some(Ask::Send(requests)) if requests.len() == 1));
    assert_eq!(s.take(), [], "it costs, so it is asked first");
    s.keys("<Enter>");
    assert_eq!(s.sent().1[0].prompt.typed(), "left");
    s.keys("<Esc>p");
    assert_eq!(s.text(), "left");
}

#[test]
fn details_tell_thoughts_reason_and_usage_in_words() {
    let mut generation = done(1, "fox");
    generation.reasoning = Clean::text("A fox is red.");
    generation.finish_reason = Some(Clean::line("stop"));
    generation.usage = Some(
        r#"{"prompt_tokens":8,"completion_tokens":1300,"total_tokens":1308,"cost":0.134}"#
            .to_owned(),
    );
    let told = |generation: &Generation, label: &str| {
        let all = details(generation, None);
        let found = all.iter().find(|d| d.label == label);
        found.map(|d| d.text.as_str().to_owned())
    };
    for (label, text) in [
        ("Thoughts", "A fox is red."),
        ("Ended by", "stop"),
        ("Usage", "1308 tokens (8 in, 1300 out), cost 0.134"),
    ] {
        assert_eq!(told(&generation, label).as_deref(), Some(text));
    }
    for (usage, text) in [
        (
            r#"{"input_tokens":8,"output_tokens":2}"#,
            Some("10 tokens (8 in, 2 out)"),
        ),
        (r#"{"cost":1.5}"#, Some("cost 1.5")),
        (r#"{"seconds":2}"#, None),
        ("not JSON", None),
    ] {
        generation.usage = Some(usage.to_owned());
        assert_eq!(told(&generation, "Usage").as_deref(), text, "{usage}");
    }
}

#[test]
fn what_is_paid_for_and_not_here_is_fetched_before_a_new_one_is_asked_for() {
    let url = "https://files.example/1.png?sig=1".to_owned();
    let mut row = generation(1, "fox");
    row.urls = vec![url.clone()];
    row.state = State::Failed;
    row.failure = Some(failure("files.example answered HTTP 503"));
    let mut s = Script::with_rows(120, 40, vec![row.clone()]);
    s.keys("<Esc>r");
    let question = s.state.ask.clone().unwrap();
    assert_eq!(
        words::ask(&question, &s.state),
        "1 picture is still at its address: Enter fetches it (costs nothing), r asks for a new one, Esc not"
    );
    s.keys("<Enter>");
    assert_eq!(s.take(), [Effect::FetchAgain(id(1))]);
    s.keys("rr");
    assert!(matches!(&s.state.ask, Some(Ask::Send(requests)) if requests.len() == 1));
    s.keys("<Esc>F");
    assert_eq!(s.take(), [Effect::FetchAgain(id(1))]);
    s.keys("yu");
    assert!(
        matches!(&s.take()[..], [Effect::CopyText { text, what: "URL", .. }] if *text == url),
        "the address is all that there is"
    );
    row.state = State::Answered;
    s.progress(id(1), Progress::Resumed(Box::new(row)));
    assert!(s.state.jobs.get(id(1)).unwrap().resumed);
    s.keys("F");
    assert_eq!(s.notice(), "nothing of it is left to be fetched");
    let mut s = at_row(1);
    s.keys("F");
    assert_eq!(s.take(), []);
}
