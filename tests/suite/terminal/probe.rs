//! The probe's exchange as a state machine, and the wait at an ending.

use std::time::Duration;

use plantain::graphics::Reply;
use plantain::terminal::{Input, LOCAL_LIMIT, Probe, drain};
use tokio::sync::mpsc::unbounded_channel;

fn fence() -> Reply {
    Reply::PrimaryAttributes(vec![62])
}

fn at(ms: u64) -> Duration {
    Duration::from_millis(ms)
}

#[test]
fn the_fence_ends_it_and_later_answers_are_swallowed() {
    let mut probe = Probe::default();
    assert_eq!(probe.reply(Reply::Status), None, "unasked");
    probe.begin(at(10), LOCAL_LIMIT);
    assert_eq!(probe.deadline(), Some(at(260)));
    assert_eq!(probe.reply(Reply::KeyboardFlags(1)), None);
    assert_eq!(
        probe.reply(fence()),
        Some(vec![Reply::KeyboardFlags(1), fence()])
    );
    assert_eq!(probe.deadline(), None);
    assert_eq!(probe.reply(fence()), None);
    assert_eq!(probe.owed(at(20)), None);
}

#[test]
fn a_silent_terminal_meets_the_limit() {
    let mut probe = Probe::default();
    probe.begin(at(0), at(250));
    probe.reply(Reply::Status);
    assert_eq!(probe.expire(at(249)), None);
    assert_eq!(probe.expire(at(250)), Some(vec![Reply::Status]));
    assert_eq!(probe.deadline(), None);
    assert_eq!(probe.owed(at(500)), Some(at(1500)), "an ending still waits");
    assert_eq!(probe.owed(at(2000)), None);
    assert_eq!(probe.reply(fence()), None, "late");
    assert_eq!(probe.owed(at(500)), None);
}

#[test]
fn the_late_fence_of_one_exchange_does_not_end_the_next() {
    let mut probe = Probe::default();
    probe.begin(at(0), at(250));
    probe.expire(at(250));
    probe.begin(at(300), at(250));
    assert_eq!(probe.reply(fence()), None);
    assert!(probe.reply(fence()).is_some());

    // One that never came is forgotten.
    probe.begin(at(1000), at(250));
    probe.expire(at(1250));
    probe.begin(at(9000), at(250));
    assert!(probe.reply(fence()).is_some());
}

#[tokio::test]
async fn an_ending_reads_away_what_is_on_its_way() {
    let mut probe = Probe::default();
    let (sender, mut input) = unbounded_channel();
    drain(&mut probe, &mut input, at(0)).await;

    probe.begin(at(0), at(250));
    sender.send(Input::Reply(Reply::Status)).unwrap();
    sender.send(Input::Reply(fence())).unwrap();
    sender.send(Input::Reply(Reply::Other)).unwrap();
    drain(&mut probe, &mut input, at(10)).await;
    assert_eq!(
        input.try_recv(),
        Ok(Input::Reply(Reply::Other)),
        "up to the fence"
    );

    probe.begin(at(0), at(250));
    drain(&mut probe, &mut input, at(1999)).await;
    assert!(probe.owed(at(1999)).is_some(), "the limit passed");

    sender.send(Input::Hangup).unwrap();
    drain(&mut probe, &mut input, at(0)).await;
}
