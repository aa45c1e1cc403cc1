//! Ends: of a generation, of the studio, and what survives.

use plantain::domain::{OutputFormat, Progress, Reference, ReferenceSource};
use plantain::studio::{Ask, Effect, Event, Focus, Session, next_wake, words};

use super::script::{Script, id, rows};

#[test]
fn quitting_asks_only_while_work_is_in_flight() {
    let mut s = Script::new(120, 40);
    s.keys("<Ctrl+Q>");
    assert_eq!(s.take(), [Effect::Quit]);

    s.keys("fox<Enter>");
    let (task, requests) = s.sent();
    let new = s.prepare(task, requests[0].clone(), 9);
    s.progress(new, Progress::Sending);
    s.keys("<Esc>q");
    assert_eq!(s.take(), []);
    assert_eq!(s.state.ask, Some(Ask::Quit));
    assert_eq!(
        words::ask(&Ask::Quit, &s.state),
        "1 running: what was sent may be billed - Enter quits, Esc not"
    );
    s.keys("<Esc>");
    assert_eq!(s.state.ask, None);
    s.keys("qj");
    assert_eq!(s.state.ask, None, "another key says no");
    s.keys("q<Enter>");
    assert_eq!(s.take(), [Effect::Quit]);
}

#[test]
fn the_question_speaks_of_the_bill_only_where_something_was_sent() {
    let mut s = Script::new(120, 40);
    s.keys("fox<Enter>");
    let (task, requests) = s.sent();
    s.prepare(task, requests[0].clone(), 9);
    assert_eq!(
        words::ask(&Ask::Quit, &s.state),
        "1 queued, not sent yet - Enter quits, Esc not"
    );
}

#[test]
fn ctrl_c_clears_then_asks_and_twice_means_it() {
    let mut s = Script::new(120, 40);
    s.keys("fox<Ctrl+C>");
    assert_eq!(s.text(), "");
    s.keys("<Ctrl+_>");
    assert_eq!(s.text(), "fox", "undo brings it back");
    s.keys("<Ctrl+C><Ctrl+X>u");
    assert_eq!(
        s.text(),
        "fox",
        "by keys that no terminal takes for itself, too"
    );
    s.keys("<Ctrl+C><Ctrl+C>");
    assert_eq!(s.state.ask, Some(Ask::Quit));
    assert_eq!(s.take(), []);
    s.keys("<Ctrl+C>");
    assert_eq!(s.take(), [Effect::Quit]);
}

#[test]
fn a_signal_quits_without_a_question() {
    let mut s = Script::new(120, 40);
    s.keys("draft").event(Event::AskedToQuit);
    assert!(
        matches!(&s.effects[..], [Effect::SaveSession(kept), Effect::Quit] if kept.draft == "draft")
    );
}

#[test]
fn draft_form_and_selection_survive_a_restart() {
    let mut s = Script::with_rows(120, 40, rows(3));
    s.keys("a draft<Tab><Right><Tab>j").wake();
    let kept = match &s.effects[..] {
        [Effect::SaveSession(kept)] => kept.clone(),
        other => panic!("{other:?}"),
    };
    assert_eq!(next_wake(&s.state, s.now), None);
    s.keys("<Right>").wake();
    assert_eq!(s.effects.len(), 1, "nothing changed: nothing is written");

    let mut next = Script::opened(120, 40, Vec::new());
    next.event(Event::SessionRestored(Some(kept)));
    next.event(Event::LibraryChanged).load(rows(3), false);
    assert_eq!(next.text(), "a draft");
    assert_eq!(next.state.form.model, "NanoBananaPro-4K");
    assert_eq!(next.selected(), Some(id(2)));
}

/// A session of the last run.
fn kept() -> Session {
    Session {
        draft: "of yesterday".to_owned(),
        model: "NanoBananaPro-4K".to_owned(),
        ratio: "3:2".parse().unwrap(),
        format: OutputFormat::Jpeg,
        count: 3,
        references: vec![reference("/yesterday.png")],
        parent: None,
        selected: Some(id(2).to_string()),
    }
}

fn reference(given: &str) -> Reference {
    Reference {
        given: given.to_owned(),
        source: ReferenceSource::File(given.into()),
    }
}

#[test]
fn nothing_is_written_over_what_was_not_read_yet() {
    let mut s = Script::opened(120, 40, rows(3));
    s.event(Event::AskedToQuit);
    assert_eq!(s.effects, [Effect::Quit]);
    let mut s = Script::opened(120, 40, rows(3));
    s.keys("new").after(5_000);
    assert_eq!(next_wake(&s.state, s.now), None);
    s.event(Event::Wake).event(Event::AskedToQuit);
    assert_eq!(s.effects, [Effect::Quit]);

    // Nothing was kept: what was typed meanwhile is.
    let mut s = Script::opened(120, 40, rows(3));
    s.keys("new").event(Event::SessionRestored(None)).wake();
    assert!(matches!(&s.effects[..], [Effect::SaveSession(kept)] if kept.draft == "new"));
}

#[test]
fn what_was_touched_before_the_session_came_stands() {
    let mut s = Script::opened(120, 40, rows(3));
    s.keys("new<F6>2<Enter><Esc>G<Alt+1>")
        .event(Event::SessionRestored(Some(Box::new(kept()))));
    assert_eq!(s.text(), "new");
    let form = &s.state.form;
    assert_eq!((form.count, form.model.as_str()), (2, "NanoBananaPro-4K"));
    assert_eq!(form.ratio.to_string(), "3:2");
    assert_eq!(form.format, OutputFormat::Jpeg);
    assert_eq!(form.references, [reference("/yesterday.png")]);
    assert_eq!(s.selected(), Some(id(1)));
    s.wake();
    assert!(matches!(&s.effects[..], [Effect::SaveSession(kept)] if kept.draft == "new"));
    s.keys("<Up>");
    assert_eq!(s.text(), "of yesterday", "the draft is not lost");

    let mut s = Script::opened(120, 40, rows(3));
    s.keys("@/new.png<Enter>");
    let Effect::ResolveReference { task, .. } = s.take()[0].clone() else {
        panic!("not looked for");
    };
    s.event(Event::SessionRestored(Some(Box::new(kept()))));
    s.event(Event::ReferenceResolved {
        task,
        result: Ok(reference("/new.png")),
    });
    assert_eq!(s.state.form.references, [reference("/new.png")]);
    assert_eq!(s.text(), "of yesterday");
    assert_eq!(s.selected(), Some(id(2)));
}

#[test]
fn who_looks_at_the_terminal_is_not_called() {
    use crossterm::event::Event as Input;
    let mut s = Script::new(120, 40);
    s.event(Event::Input(Input::FocusGained));
    assert_eq!(s.take(), [Effect::CheckTerminal], "it may be another one");
    s.keys("fox<Enter>");
    let (task, requests) = s.sent();
    let new = s.prepare(task, requests[0].clone(), 9);
    s.land(new);
    assert_eq!(s.take(), []);
    s.event(Event::Input(Input::FocusLost))
        .after(1_000)
        .keys("<Enter>");
    let (task, requests) = s.sent();
    let new = s.prepare(task, requests[0].clone(), 10);
    s.land(new);
    assert_eq!(s.take(), [Effect::Bell]);
}

#[test]
fn where_one_pane_fits_the_picture_comes_to_who_waits_for_it() {
    let mut s = Script::new(40, 12);
    s.keys("fox<Enter>");
    let (task, requests) = s.sent();
    let new = s.prepare(task, requests[0].clone(), 9);
    s.land(new);
    assert_eq!(s.state.focus, Focus::Picture);
    assert_eq!(s.notice(), "", "it is in sight");
    s.take();

    s.after(1_000).keys("<Alt+1><Enter>");
    let (task, requests) = s.sent();
    s.keys("!");
    let new = s.prepare(task, requests[0].clone(), 10);
    s.land(new);
    assert_eq!(s.state.focus, Focus::Prompt, "who types on is left alone");
    assert_eq!(s.notice(), "done: fox - Alt+4 shows it");
}

#[test]
fn a_question_about_what_has_ended_goes_away() {
    let mut s = Script::new(120, 40);
    s.keys("fox<Enter>");
    let (task, requests) = s.sent();
    let new = s.prepare(task, requests[0].clone(), 9);
    s.progress(new, Progress::Sending);
    s.keys("<Esc>x");
    assert_eq!(s.state.ask, Some(Ask::Cancel(new)));
    s.land(new);
    assert_eq!(s.state.ask, None);
    s.take();
    s.keys("<Enter>");
    assert_eq!(s.take(), []);
    assert!(s.state.full_view, "Enter means what it always does");
}
