//! The probe's exchange as a state machine, and what an ending waits for.

use std::time::Duration;

use plantain::graphics::{Answers, Environment, Reply};
use plantain::terminal::{LOCAL_LIMIT, Probe, REMOTE_LIMIT, Told};

fn fence() -> Reply {
    Reply::PrimaryAttributes(vec![62])
}

fn at(ms: u64) -> Duration {
    Duration::from_millis(ms)
}

fn plain() -> Environment {
    Environment {
        term: "xterm".into(),
        ..Environment::default()
    }
}

fn tmux() -> Environment {
    Environment {
        tmux: true,
        term: "tmux-256color".into(),
        ..Environment::default()
    }
}

fn begin(probe: &mut Probe, ms: u64) {
    let questions = probe.begin(at(ms), LOCAL_LIMIT, &plain()).unwrap();
    assert!(questions.ends_with(b"\x1b[c"));
}

fn over(told: &Told) -> bool {
    matches!(told, Told::Over(_))
}

/// The answers of an exchange that `replies` end.
fn all(replies: &[Reply]) -> Answers {
    let mut answers = Answers::default();
    answers.ask(&plain()).unwrap();
    for reply in replies {
        answers.take(reply.clone());
    }
    answers
}

#[test]
fn the_fence_ends_it_and_later_answers_are_swallowed() {
    let mut probe = Probe::default();
    assert_eq!(probe.reply(Reply::Status), Told::Nothing, "unasked");
    begin(&mut probe, 10);
    assert_eq!(probe.deadline(), Some(at(260)));
    assert_eq!(probe.reply(Reply::KeyboardFlags(1)), Told::Nothing);
    assert_eq!(
        probe.reply(fence()),
        Told::Over(all(&[Reply::KeyboardFlags(1), fence()]))
    );
    assert_eq!(probe.deadline(), None);
    assert_eq!(probe.reply(fence()), Told::Nothing);
    assert_eq!(probe.owed(at(20)), None);
}

#[test]
fn a_terminal_that_would_print_them_is_asked_nothing() {
    let mut probe = Probe::default();
    let console = Environment {
        term: "linux".into(),
        ..plain()
    };
    assert_eq!(probe.begin(at(0), LOCAL_LIMIT, &console), None);
    assert_eq!((probe.deadline(), probe.owed(at(0))), (None, None));
    let ssh = Environment {
        ssh: true,
        ..plain()
    };
    assert_eq!(Probe::limit(&ssh), REMOTE_LIMIT);
    assert_eq!(Probe::limit(&plain()), LOCAL_LIMIT);
}

#[test]
fn a_silent_terminal_meets_the_limit() {
    let mut probe = Probe::default();
    begin(&mut probe, 0);
    probe.reply(Reply::Status);
    assert_eq!(probe.expire(at(249)), None);
    assert_eq!(probe.expire(at(250)), Some(all(&[Reply::Status])));
    assert_eq!(probe.deadline(), None);
    assert_eq!(probe.owed(at(500)), Some(at(1500)), "an ending still waits");
    assert_eq!(probe.owed(at(2000)), None);
    assert_eq!(probe.reply(fence()), Told::Nothing, "late");
    assert_eq!(probe.owed(at(500)), None);
}

#[test]
fn the_late_fence_of_one_exchange_does_not_end_the_next() {
    let mut probe = Probe::default();
    begin(&mut probe, 0);
    probe.expire(at(250));
    begin(&mut probe, 300);
    assert!(!over(&probe.reply(fence())));
    assert!(over(&probe.reply(fence())));

    // One that never came is forgotten.
    begin(&mut probe, 1000);
    probe.expire(at(1250));
    begin(&mut probe, 9000);
    assert!(over(&probe.reply(fence())));
}

#[test]
fn a_terminal_that_has_answered_is_only_slow() {
    let mut probe = Probe::default();
    begin(&mut probe, 0);
    assert!(over(&probe.reply(fence())));
    for n in 1..4 {
        begin(&mut probe, 5000 * n);
        assert_eq!(probe.expire(at(5000 * n + 250)), None);
        assert_eq!(probe.deadline(), None);
    }
}

/// Half-blocks before a tmux has handed through what the terminal behind it can do would be sent in vain.
#[test]
fn pictures_wait_for_the_first_exchange_and_no_other() {
    let mut probe = Probe::default();
    assert!(!probe.is_first(), "nothing was asked");
    probe.begin(at(0), LOCAL_LIMIT, &tmux()).unwrap();
    near(&mut probe);
    assert!(probe.is_first(), "tmux itself has answered");
    probe.expire(at(250)).unwrap();
    assert!(!probe.is_first());
    begin(&mut probe, 5000);
    assert!(!probe.is_first(), "it is known as one that is silent");
    let mut probe = Probe::default();
    begin(&mut probe, 0);
    assert!(probe.is_first());
    assert!(over(&probe.reply(fence())));
    begin(&mut probe, 5000);
    assert!(!probe.is_first());
}

/// tmux answers; gives what it leads to.
fn near(probe: &mut Probe) -> Vec<u8> {
    assert_eq!(
        probe.reply(Reply::Version("tmux 3.3a".into())),
        Told::Nothing
    );
    match probe.reply(fence()) {
        Told::Ask(questions) => questions,
        told => panic!("{told:?}"),
    }
}

#[test]
fn tmux_leads_to_questions_for_the_terminal_behind_it() {
    let mut probe = Probe::default();
    probe.begin(at(0), LOCAL_LIMIT, &tmux()).unwrap();
    assert!(near(&mut probe).starts_with(b"\x1bPtmux;"));
    probe.reply(Reply::Version("kitty(0.41.1)".into()));
    let Told::Ask(pictures) = probe.reply(fence()) else {
        panic!("kitty's own questions were not asked")
    };
    assert!(pictures.windows(3).any(|w| w == b"\x1b_G"));
    assert_eq!(probe.deadline(), Some(at(250)), "one limit for all");
    assert!(probe.owed(at(100)).is_some());
    assert!(over(&probe.reply(fence())));
    assert_eq!(probe.owed(at(100)), None);
}

#[test]
fn a_tmux_that_hands_nothing_through_owes_nothing_after_the_limit() {
    let mut probe = Probe::default();
    for n in 0..3 {
        let start = n * 5000;
        probe.begin(at(start), LOCAL_LIMIT, &tmux()).unwrap();
        near(&mut probe);
        assert_eq!(probe.owed(at(start + 100)), Some(at(150)));
        let answers = probe.expire(at(start + 250)).unwrap();
        assert!(answers.is_doubtful());
        assert_eq!(probe.owed(at(start + 250)), None);
    }
    // Nor does one that is begun again meanwhile.
    probe.begin(at(20_000), LOCAL_LIMIT, &tmux()).unwrap();
    near(&mut probe);
    probe.begin(at(20_010), LOCAL_LIMIT, &tmux()).unwrap();
    near(&mut probe);
}

#[test]
fn a_tmux_that_hands_nothing_through_any_more_is_believed_the_second_time() {
    let mut probe = Probe::default();
    probe.begin(at(0), LOCAL_LIMIT, &tmux()).unwrap();
    near(&mut probe);
    probe.reply(fence());
    assert!(over(&probe.reply(fence())));
    probe.begin(at(5000), LOCAL_LIMIT, &tmux()).unwrap();
    near(&mut probe);
    assert_eq!(probe.expire(at(5250)), None);
    probe.begin(at(9000), LOCAL_LIMIT, &tmux()).unwrap();
    near(&mut probe);
    assert!(probe.expire(at(9250)).is_some());
}

#[test]
fn questions_rest_unless_the_user_wants_them() {
    let mut probe = Probe::default();
    begin(&mut probe, 5000);
    assert_eq!(probe.rested(at(5100)), at(7000));
    probe.reply(fence());
    assert_eq!(probe.rested(at(6999)), at(7000));
    assert_eq!(probe.rested(at(9000)), at(9000));
    let slow = Duration::from_secs(3);
    probe.begin(at(10_000), slow, &plain()).unwrap();
    assert_eq!(probe.rested(at(12_500)), at(13_000), "answers may come");
}

#[test]
fn an_ending_reads_away_what_is_on_its_way_up_to_the_fence() {
    let mut probe = Probe::default();
    begin(&mut probe, 0);
    probe.swallow(&Reply::Status);
    assert_eq!(probe.owed(at(10)), Some(at(1990)));
    probe.swallow(&fence());
    assert_eq!(probe.owed(at(10)), None);

    // One outside of the exchange comes behind that of the exchange.
    begin(&mut probe, 5000);
    probe.await_fence(at(5010));
    probe.swallow(&fence());
    assert_eq!(probe.owed(at(5020)), Some(at(1990)));
    probe.swallow(&fence());
    assert_eq!(probe.owed(at(5020)), None);
}

#[test]
fn an_answer_that_an_ending_reads_leads_to_no_more_questions() {
    let mut probe = Probe::default();
    probe.begin(at(0), LOCAL_LIMIT, &tmux()).unwrap();
    probe.swallow(&Reply::Version("tmux 3.5a".into()));
    probe.swallow(&fence());
    assert_eq!(probe.owed(at(10)), None);
    probe.abandon();
    assert_eq!(probe.deadline(), None, "nobody hears the rest");
}

#[test]
fn questions_that_were_not_written_are_not_owed() {
    let mut probe = Probe::default();
    probe.begin(at(0), LOCAL_LIMIT, &tmux()).unwrap();
    near(&mut probe);
    probe.take_back();
    assert_eq!((probe.owed(at(10)), probe.deadline()), (None, None));
    begin(&mut probe, 20);
    assert!(over(&probe.reply(fence())), "the next fence is the next's");
}

#[test]
fn the_limit_does_not_run_while_questions_wait_for_the_line() {
    let mut probe = Probe::default();
    probe.begin(at(0), LOCAL_LIMIT, &tmux()).unwrap();
    near(&mut probe);
    probe.postpone(at(5000));
    assert_eq!(probe.expire(at(5249)), None);
    assert_eq!(probe.deadline(), Some(at(5250)));
    probe.reply(Reply::Version("kitty(0.41.1)".into()));
    assert!(matches!(probe.reply(fence()), Told::Ask(_)));
    assert_eq!(probe.owed(at(5100)), Some(at(1900)));
}

#[test]
fn a_key_after_a_pause_asks_the_terminal_behind_a_multiplexer() {
    let mut probe = Probe::default();
    assert!(!probe.stirred(at(4999), &tmux()));
    assert!(!probe.stirred(at(9998), &tmux()), "it is still typed");
    assert!(!probe.stirred(at(20_000), &plain()), "nobody attaches");
    assert!(probe.stirred(at(25_000), &tmux()));
    probe.begin(at(25_000), LOCAL_LIMIT, &tmux()).unwrap();
    assert!(!probe.stirred(at(30_000), &tmux()), "it is being asked");
}
