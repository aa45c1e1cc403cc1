//! The main road: a prompt, Enter, what is told, the picture.

use std::time::Duration;

use plantain::domain::{Clean, Progress, State as Stand};
use plantain::studio::{Effect, Event, Focus, Level, Stage, details, next_wake, words};

use super::script::{Script, failure, id, picture, rows};

#[test]
fn enter_sends_what_the_form_says() {
    let mut s = Script::new(120, 40);
    s.keys("a red fox<Enter>");
    let (_, requests) = s.sent();
    assert_eq!(requests.len(), 1);
    assert_eq!(requests[0].prompt.typed(), "a red fox");
    assert_eq!(requests[0].model, "NanoBananaPro-2K");
    assert_eq!(requests[0].ratio.to_string(), "16:9");
    assert_eq!(
        s.text(),
        "a red fox",
        "the prompt stays, to be changed and sent again"
    );
    assert_eq!(s.state.jobs.queued(), 1);
}

#[test]
fn a_double_enter_is_one_generation() {
    let mut s = Script::new(120, 40);
    s.keys("fox<Enter>").after(99).keys("<Enter>");
    s.sent();
}

#[test]
fn a_held_enter_is_one_generation() {
    let mut s = Script::new(120, 40);
    s.keys("fox<Enter>").after(660);
    for _ in 0..100 {
        s.keys("<Enter>").after(30);
    }
    s.sent();
    s.after(700).keys("<Enter>");
    assert_eq!(s.sent().1.len(), 1, "let go and pressed again");
}

#[test]
fn a_held_enter_does_not_pass_by_a_failure() {
    let mut s = Script::new(120, 40);
    s.paste("like @a.png").keys("<Enter>");
    let Effect::ResolveReference { task, .. } = s.take()[0].clone() else {
        panic!("not looked for");
    };
    s.event(Event::ReferenceResolved {
        task,
        result: Err(failure("no such file")),
    });
    for _ in 0..100 {
        s.after(120).keys("<Enter>");
    }
    assert_eq!(s.take(), [], "who holds the key has not read the failure");
}

#[test]
fn a_changed_prompt_is_sent_at_once() {
    let mut s = Script::new(120, 40);
    s.keys("fox<Enter>");
    s.sent();
    s.after(200).keys("es<Enter>");
    assert_eq!(s.sent().1[0].prompt.typed(), "foxes");
    s.after(200).keys("<F6>2<Enter><Enter>");
    assert_eq!(s.sent().1.len(), 2, "so is another form");
}

#[test]
fn the_count_makes_as_many_requests_and_the_first_row_is_selected() {
    let mut s = Script::with_rows(120, 40, rows(3));
    s.keys("fox<F6>3<Enter><Enter>");
    let (task, requests) = s.sent();
    assert_eq!(requests.len(), 3);
    assert_eq!(s.state.jobs.queued(), 3);
    for n in 10..13 {
        s.prepare(task, requests[0].clone(), n);
    }
    assert_eq!(s.selected(), Some(id(10)));
    assert_eq!(s.state.jobs.queued(), 3);
    assert!(s.state.jobs.asked.is_empty());
}

#[test]
fn an_empty_prompt_says_so_and_sends_nothing() {
    let mut s = Script::new(120, 40);
    s.keys("  <Enter>");
    assert_eq!(s.take(), []);
    assert_eq!(s.notice(), "the prompt is empty");
    assert!(s.state.notices.newest().unwrap().hint.is_some());
    s.wake();
    assert_eq!(
        s.notice(),
        "the prompt is empty",
        "errors do not leave by themselves"
    );
    s.keys("<Esc>");
    assert_eq!(s.notice(), "");
    assert_eq!(
        s.state.focus,
        Focus::History,
        "and Esc does what it always does"
    );
}

#[test]
fn who_sent_sees_the_row_and_its_picture_when_it_lands() {
    let mut s = Script::with_rows(120, 40, rows(3));
    s.keys("fox<Enter>");
    let (task, requests) = s.sent();
    let new = s.prepare(task, requests[0].clone(), 9);
    assert_eq!(s.selected(), Some(new));
    assert!(s.state.history.shown().is_none());
    s.progress(new, Progress::Sending);
    s.progress(new, Progress::Saved(picture(new, 1)));
    assert_eq!(s.state.history.shown().map(|p| p.id.generation), Some(new));
    s.land(new);
    assert!(!s.state.jobs.any());
    assert_eq!(s.take(), [Effect::Bell]);
}

#[test]
fn a_row_that_lands_while_another_is_looked_at_is_only_marked() {
    let mut s = Script::with_rows(120, 40, rows(3));
    s.keys("fox<Enter>");
    let (task, requests) = s.sent();
    s.keys("<Esc>j");
    let new = s.prepare(task, requests[0].clone(), 9);
    assert_eq!(
        s.selected(),
        Some(id(2)),
        "moved since: the selection stays"
    );
    s.land(new);
    assert_eq!(s.selected(), Some(id(2)));
    assert!(s.state.history.row(new).unwrap().unseen);
    assert_eq!(s.notice(), "done: fox");
    s.keys("g");
    assert_eq!(s.selected(), Some(new));
    assert!(!s.state.history.row(new).unwrap().unseen);
}

#[test]
fn the_row_that_came_before_its_id_is_followed_too() {
    let mut s = Script::new(120, 40);
    s.keys("fox<Enter>");
    let (task, _) = s.sent();
    let row = super::script::generation(9, "fox");
    s.progress(id(9), Progress::Prepared(Box::new(row)));
    s.event(Event::Started { task, id: id(9) });
    assert_eq!(s.selected(), Some(id(9)));
}

#[test]
fn a_running_generation_tells_state_time_text_and_waits() {
    let mut s = Script::new(120, 40);
    s.keys("fox<Enter>");
    let (task, requests) = s.sent();
    let new = s.prepare(task, requests[0].clone(), 9);
    let line = |s: &Script| words::job(s.state.jobs.get(new).unwrap(), s.now.since_start);
    assert_eq!(line(&s), "queued");
    s.progress(new, Progress::Sending).after(9_000);
    assert_eq!(line(&s), "sent, waiting 9 s");
    s.progress(
        new,
        Progress::Waiting {
            cause: Clean::line("too many requests"),
            wait: Duration::from_secs(20),
            attempt: 1,
            of: 2,
        },
    );
    s.after(5_500);
    assert_eq!(line(&s), "retrying 1/2 in 15 s");
    let wait = s.state.jobs.get(new).unwrap().wait.as_ref().unwrap();
    assert_eq!(
        words::wait(wait, s.now.since_start),
        "retrying 1/2 in 15 s: too many requests"
    );
    let work = |s: &Script| words::work(&s.state.jobs, s.now.since_start);
    assert_eq!(work(&s), "1 retrying in 15 s");
    let row = &s.state.history.row(new).unwrap().generation;
    let told = details(row, s.state.jobs.get(new));
    let cause = told.iter().find(|d| d.label == "Cause").unwrap();
    assert_eq!(cause.text.as_str(), "too many requests");
    s.progress(new, Progress::Sending).after(65_000);
    s.progress(new, Progress::Answering);
    s.progress(new, Progress::Percent(40));
    s.progress(new, Progress::Text(Clean::line("painting ")));
    s.progress(new, Progress::Text(Clean::line("a fox")));
    assert_eq!(line(&s), "streaming 40 % 1 min 05 s");
    let job = s.state.jobs.get(new).unwrap();
    assert_eq!(job.text.as_str(), "painting a fox");
    assert_eq!(job.stage, Stage::Streaming);
    s.progress(
        new,
        Progress::Downloading {
            n: 1,
            received: 2_000_000,
            total: Some(6_100_000),
            attempt: 1,
        },
    );
    assert_eq!(line(&s), "downloading 2.0 MB of 6.1 MB 1 min 05 s");
    assert_eq!(
        s.state.history.row(new).unwrap().generation.state,
        Stand::Answered
    );
    assert_eq!(work(&s), "1 running");
}

#[test]
fn seconds_are_counted_only_while_something_runs_in_sight() {
    let mut s = Script::new(120, 40);
    assert_eq!(
        next_wake(&s.state, s.now),
        None,
        "an idle studio names no deadline"
    );
    s.keys("fox<Enter>");
    let (task, requests) = s.sent();
    let new = s.prepare(task, requests[0].clone(), 9);
    s.wake();
    assert_eq!(next_wake(&s.state, s.now), None, "queued: nothing counts");
    s.progress(new, Progress::Sending).after(1_300);
    let tick = next_wake(&s.state, s.now).unwrap();
    assert_eq!(tick, Duration::from_secs(s.now.since_start.as_secs() + 1));
    s.resize(40, 12);
    assert_eq!(
        next_wake(&s.state, s.now),
        None,
        "only the prompt is in sight"
    );
    let wait = Progress::Waiting {
        cause: Clean::line("too many requests"),
        wait: Duration::from_secs(20),
        attempt: 1,
        of: 2,
    };
    s.progress(new, wait);
    let tick = Duration::from_secs(s.now.since_start.as_secs() + 1);
    assert_eq!(
        next_wake(&s.state, s.now),
        Some(tick),
        "the footer counts down at every size"
    );
    s.progress(new, Progress::Sending);
    s.resize(120, 40).land(new);
    assert_eq!(next_wake(&s.state, s.now), None);
}

#[test]
fn failures_keep_the_prompt_and_say_cause_and_hint() {
    let mut s = Script::new(120, 40);
    s.keys("fox<Enter>");
    let (task, _) = s.sent();
    s.event(Event::GenerateRefused {
        task,
        failure: failure("the library cannot be written"),
    });
    assert_eq!(s.text(), "fox");
    assert!(!s.state.jobs.any());
    assert_eq!(s.notice(), "the library cannot be written");

    s.after(1_000).keys("<Enter>");
    let (task, requests) = s.sent();
    let new = s.prepare(task, requests[0].clone(), 9);
    let mut ended = s.state.history.row(new).unwrap().generation.clone();
    ended.state = Stand::Failed;
    ended.failure = Some(failure("the gateway failed").billed());
    let told = Progress::Finished(Box::new(ended));
    let mut looking = Script::new(120, 40);
    looking.state = s.state.clone();
    looking.progress(new, told.clone()).keys("<Esc>");
    assert_eq!(looking.notice(), "", "its card tells it");
    s.resize(40, 12).progress(new, told);
    assert_eq!(s.notice(), "the gateway failed (may have been billed)");
    let row = s.state.history.row(new).unwrap();
    assert_eq!(
        words::stand(&row.generation, None, Duration::ZERO),
        "failed"
    );
}

#[test]
fn a_cancelled_one_is_told_once_and_not_as_a_success() {
    let mut s = Script::with_rows(120, 40, rows(2));
    s.keys("fox<Enter>");
    let (task, requests) = s.sent();
    let new = s.prepare(task, requests[0].clone(), 9);
    let mut ended = s.state.history.row(new).unwrap().generation.clone();
    ended.state = Stand::Cancelled;
    let told = Progress::Finished(Box::new(ended));
    let mut away = Script::new(120, 40);
    away.state = s.state.clone();
    s.progress(new, told.clone());
    assert_eq!(s.notice(), "", "its card tells it");
    away.keys("<Esc>j").progress(new, told);
    assert_eq!(away.notice(), "cancelled, nothing was sent");
    assert_eq!(away.state.notices.newest().unwrap().level, Level::Note);
    let row = away.state.history.row(new).unwrap();
    assert!(!row.unseen, "what the user ended is no news");
}

#[test]
fn the_last_success_is_told_and_two_notices_at_most() {
    let mut s = Script::new(120, 40);
    s.event(Event::Warned(failure("one thing")));
    s.state.notices.info("copied", s.now.since_start);
    s.state.notices.info("saved", s.now.since_start);
    let told = |s: &Script| {
        s.state
            .notices
            .list()
            .iter()
            .map(|n| n.text.to_string())
            .collect::<Vec<_>>()
    };
    assert_eq!(told(&s), ["one thing", "saved"]);
    s.event(Event::Warned(failure("another")));
    assert_eq!(told(&s), ["saved", "another"]);
}

#[test]
fn what_nobody_asked_for_is_ignored() {
    let mut s = Script::with_rows(120, 40, rows(2));
    let before = format!("{:?}", s.state.history.rows);
    s.progress(id(77), Progress::Sending);
    s.progress(id(2), Progress::Sending);
    s.event(Event::Started {
        task: plantain::domain::TaskId(999),
        id: id(77),
    });
    s.event(Event::Done {
        task: plantain::domain::TaskId(999),
        result: Ok(Clean::line("x")),
    });
    s.event(Event::GenerateRefused {
        task: plantain::domain::TaskId(999),
        failure: failure("x"),
    });
    assert_eq!(s.take(), []);
    assert_eq!(format!("{:?}", s.state.history.rows), before);
    assert!(!s.state.jobs.any());
    assert_eq!(s.notice(), "");
}

#[test]
fn a_download_that_is_taken_up_again_is_a_job() {
    let mut resumed = super::script::generation(2, "fox");
    resumed.state = Stand::Answered;
    let mut s = Script::with_rows(120, 40, vec![resumed]);
    s.progress(
        id(2),
        Progress::Downloading {
            n: 1,
            received: 0,
            total: None,
            attempt: 2,
        },
    );
    assert_eq!(s.state.jobs.get(id(2)).unwrap().stage, Stage::Downloading);
}

#[test]
fn a_long_wait_is_held_against_the_models_own_past() {
    let mut all = rows(4);
    for (row, ms) in all.iter_mut().zip([40_000, 90_000, 10_000, 50_000]) {
        row.elapsed_ms = Some(ms);
    }
    for (past, usual) in [(all, Some("usually 50 s")), (rows(4), None)] {
        let mut s = Script::with_rows(120, 40, past);
        s.keys("fox<Enter>");
        let (task, mut requests) = s.sent();
        requests[0].model = super::script::request("").model;
        let new = s.prepare(task, requests[0].clone(), 9);
        let told = |s: &Script| words::usual(s.state.history.selected().unwrap(), &s.state);
        assert_eq!(told(&s), None, "it is queued");
        s.progress(new, Progress::Sending);
        assert_eq!(told(&s).as_deref(), usual);
    }
}

#[test]
fn what_the_world_warns_of_and_what_cannot_be_drawn_is_kept() {
    let mut s = Script::with_rows(120, 40, rows(1));
    s.event(Event::Warned(failure(
        "the library folder cannot be written",
    )));
    s.after(60_000).event(Event::Wake);
    assert_eq!(s.notice(), "the library folder cannot be written");
    let notice = s.state.notices.newest().unwrap();
    assert_eq!(notice.hint.as_ref().unwrap().as_str(), "try again");
    let shown = s.state.history.shown().unwrap().id;
    s.event(Event::PictureFailed(shown, failure("avif is not drawn")));
    assert_eq!(
        s.state.history.undrawable[&shown].as_str(),
        "avif is not drawn"
    );
    s.keys("<Ctrl+L>");
    assert!(s.state.history.undrawable.is_empty(), "it is tried again");
}
