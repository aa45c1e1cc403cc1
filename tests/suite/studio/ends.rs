//! Ends: of a generation, of the studio, and what survives.

use plantain::domain::Progress;
use plantain::studio::{Ask, Effect, Event, next_wake, words};

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
fn ctrl_c_clears_then_asks_and_twice_means_it() {
    let mut s = Script::new(120, 40);
    s.keys("fox<Ctrl+C>");
    assert_eq!(s.text(), "");
    s.keys("<Ctrl+_>");
    assert_eq!(s.text(), "fox", "undo brings it back");
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

    let mut next = Script::new(120, 40);
    next.event(Event::SessionRestored(kept));
    next.event(Event::LibraryChanged).load(rows(3), false);
    assert_eq!(next.text(), "a draft");
    assert_eq!(next.state.form.model, "NanoBananaPro-4K");
    assert_eq!(next.selected(), Some(id(2)));
}

#[test]
fn who_looks_at_the_terminal_is_not_called() {
    use crossterm::event::Event as Input;
    let mut s = Script::new(40, 12);
    s.event(Event::Input(Input::FocusGained)).keys("fox<Enter>");
    let (task, requests) = s.sent();
    let new = s.prepare(task, requests[0].clone(), 9);
    s.land(new);
    assert_eq!(s.take(), []);
    assert_eq!(
        s.notice(),
        "done: fox",
        "its picture is not in sight here, so it is said"
    );
    s.event(Event::Input(Input::FocusLost))
        .after(1_000)
        .keys("<Enter>");
    let (task, requests) = s.sent();
    let new = s.prepare(task, requests[0].clone(), 10);
    s.land(new);
    assert_eq!(s.take(), [Effect::Bell]);
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
