//! The pace of pictures on simulated lines, by a clock of numbers: is the line used, and how long is its queue?

use std::collections::VecDeque;
use std::time::Duration;

use plantain::graphics::{Pace, Reply};
use proptest::prelude::*;

/// Bytes of a key's frame.
const FRAME: u64 = 300;
/// Keys are typed this far apart.
const KEY: Duration = ms(211);

const fn ms(ms: u64) -> Duration {
    Duration::from_millis(ms)
}

/// A line whose buffer takes anything, with a terminal at its end, and a pace that sends pictures without end.
struct Line {
    pace: Pace,
    now: Duration,
    /// bytes/s from each moment on; 0: stopped.
    rates: Vec<(Duration, u64)>,
    round_trip: Duration,
    /// Answers come up to this much later.
    jitter: Duration,
    /// Slices are whole pieces of so many bytes.
    piece: usize,
    /// Answers that are lost, by their numbers, or all.
    lost: Vec<usize>,
    mute: bool,

    busy_until: Duration,
    answers: VecDeque<(Duration, Reply, u64)>,
    flight: u64,
    key: Duration,
    random: u64,
    report: Report,
}

/// What came of a transfer.
#[derive(Debug, Default)]
struct Report {
    /// Bytes of pictures handed over, and of frames.
    sent: u64,
    frames: u64,
    /// How long the frames of keys were on their way, but for the delay of the line.
    waits: Vec<Duration>,
    /// Bytes of pictures in flight, at most.
    flight: u64,
    /// The largest slice.
    slice: usize,
    questions: usize,
    asked_again: usize,
}

impl Report {
    fn wait(&self, percent: usize) -> Duration {
        let mut waits = self.waits.clone();
        waits.sort();
        waits[(waits.len() * percent / 100).min(waits.len() - 1)]
    }
}

impl Line {
    fn new(rate: u64, round_trip: u64, piece: usize) -> Self {
        Self {
            pace: Pace::default(),
            now: Duration::ZERO,
            rates: vec![(Duration::ZERO, rate)],
            round_trip: ms(round_trip),
            jitter: Duration::ZERO,
            piece,
            lost: Vec::new(),
            mute: false,
            busy_until: Duration::ZERO,
            answers: VecDeque::new(),
            flight: 0,
            key: ms(13),
            random: 7,
            report: Report::default(),
        }
    }

    /// As a probe leaves it.
    fn probed(mut self) -> Self {
        self.pace.seed(self.round_trip, self.now);
        self
    }

    fn jitter(mut self, jitter: u64) -> Self {
        self.jitter = ms(jitter);
        self
    }

    /// Another rate from `from` ms on.
    fn then(mut self, from: u64, rate: u64) -> Self {
        self.rates.push((ms(from), rate));
        self
    }

    /// Puts bytes on the line; gives when the last has left it.
    fn put(&mut self, bytes: u64) -> Duration {
        let mut at = self.busy_until.max(self.now);
        let mut left = bytes as f64;
        loop {
            let rate = self.rates.iter().rev().find(|(from, _)| *from <= at);
            let rate = rate.unwrap().1 as f64;
            let next = self.rates.iter().map(|(from, _)| *from);
            let next = next.filter(|from| *from > at).min();
            let fits = next.map_or(f64::INFINITY, |next| {
                next.saturating_sub(at).as_secs_f64() * rate
            });
            if left <= fits {
                at += Duration::from_secs_f64(left / rate);
                self.busy_until = at;
                return at;
            }
            left -= fits;
            at = next.unwrap();
        }
    }

    /// A question that has left the line at `out`, behind `bytes` of pictures.
    fn ask(&mut self, reply: Reply, out: Duration, bytes: u64) {
        self.report.questions += 1;
        if self.mute || self.lost.contains(&self.report.questions) {
            return;
        }
        self.random = self.random.wrapping_mul(6_364_136_223_846_793_005) + 1;
        let jitter = (self.random >> 40) as f64 / f64::from(1 << 24);
        let at = out + self.round_trip + self.jitter.mul_f64(jitter);
        let last = self.answers.back().map_or(at, |(last, ..)| *last);
        self.answers.push_back((at.max(last), reply, bytes));
    }

    fn send(&mut self) {
        loop {
            let most = self.pace.allowance(self.now);
            // A writer on a line that nobody answers on: one slice is in its hands.
            let held = self.mute && self.busy_until > self.now;
            if most == 0 || held {
                return;
            }
            let bytes = most.div_ceil(self.piece) * self.piece;
            let out = self.put(bytes as u64);
            self.flight += bytes as u64;
            self.report.sent += bytes as u64;
            self.report.flight = self.report.flight.max(self.flight);
            self.report.slice = self.report.slice.max(bytes);
            if !self.pace.sent(bytes, self.now).is_empty() {
                self.ask(Reply::Status, out, bytes as u64);
            }
        }
    }

    /// Lets time pass until `until`, with pictures to send all the time and a key now and then.
    fn run(&mut self, until: Duration) -> Report {
        self.pass(until, true)
    }

    /// The same without anything to send.
    fn rest(&mut self, until: Duration) -> Report {
        self.pass(until, false)
    }

    fn pass(&mut self, until: Duration, pictures: bool) -> Report {
        loop {
            if pictures {
                self.send();
            }
            let held = (self.mute && pictures).then_some(self.busy_until);
            let times = [
                self.answers.front().map(|(at, ..)| *at),
                pictures.then_some(self.key),
                self.pace.deadline(),
                held.filter(|held| *held > self.now),
            ];
            let next = times.into_iter().flatten().min().unwrap_or(until);
            if next >= until {
                self.now = until;
                return std::mem::take(&mut self.report);
            }
            self.now = next.max(self.now);
            if let Some((at, ..)) = self.answers.front()
                && *at <= self.now
            {
                let (_, reply, bytes) = self.answers.pop_front().unwrap();
                self.flight -= bytes;
                self.pace.reply(&reply, self.now);
            }
            if !self.pace.expire(self.now).is_empty() {
                self.report.asked_again += 1;
                let out = self.put(0);
                self.ask(Reply::SecondaryAttributes, out, 0);
            }
            if pictures && self.now >= self.key {
                self.key = self.now + KEY;
                let out = self.put(FRAME);
                self.pace.text(usize::try_from(FRAME).unwrap());
                self.report.frames += FRAME;
                self.report.waits.push(out.saturating_sub(self.now));
            }
        }
    }

    /// The share of the line that is used in the next seconds, and how long frames wait.
    fn measure(&mut self, seconds: u64) -> (f64, Report) {
        let rate = self.rates.iter().rev().find(|(from, _)| *from <= self.now);
        let rate = rate.unwrap().1 as f64;
        let begin = self.busy_until.max(self.now);
        let report = self.run(self.now + ms(1000 * seconds));
        let bytes = (report.sent + report.frames) as f64;
        // What is in its buffer was not carried.
        let carried = bytes - rate * self.busy_until.saturating_sub(self.now).as_secs_f64();
        let time = self.now.saturating_sub(begin).as_secs_f64();
        (carried / rate / time, report)
    }
}

#[test]
fn lines_are_used_and_keys_do_not_wait() {
    for (rate, round_trip, piece, jitter, most) in [
        (60_000, 100, 512, 0, 100),
        (60_000, 100, 2048, 0, 120),
        (60_000, 100, 2048, 30, 130),
        (60_000, 100, 4120, 0, 150),
        (60_000, 100, 4120, 30, 150),
        (10_000, 300, 512, 0, 250),
        (10_000, 300, 1024, 50, 250),
        (8_000, 150, 512, 0, 310),
        (500_000, 30, 4120, 10, 100),
        (500_000, 100, 4120, 20, 100),
        (5_000_000, 1, 4120, 0, 100),
        (5_000_000, 100, 4120, 10, 100),
        (100_000_000, 1, 4120, 0, 100),
    ] {
        let mut line = Line::new(rate, round_trip, piece).jitter(jitter).probed();
        line.run(ms(2000));
        let (used, report) = line.measure(20);
        let case = format!("{rate} B/s, {round_trip} ms, {piece} bytes, {jitter} ms");
        assert!(used >= 0.9, "{case}: {used}");
        assert!(report.wait(95) <= ms(most), "{case}: {:?}", report.wait(95));
    }
}

#[test]
fn a_line_that_no_probe_measured_is_found_out() {
    for (rate, round_trip, most) in [
        (60_000, 100, 160),
        (500_000, 30, 100),
        (5_000_000, 1, 100),
        (5_000_000, 100, 100),
    ] {
        let mut line = Line::new(rate, round_trip, 2048);
        line.run(ms(2000));
        let (used, report) = line.measure(20);
        assert!(used >= 0.9, "{rate} B/s: {used}");
        assert!(report.wait(95) <= ms(most), "{rate} B/s: {report:?}");
        let link = line.pace.link();
        let told = link.rate.unwrap();
        assert!((rate * 9 / 10..rate * 5 / 4).contains(&told), "{link:?}");
        let trip = link.round_trip.unwrap();
        assert!(trip >= ms(round_trip) / 2 && trip <= ms(round_trip) + ms(70));
    }
}

#[test]
fn the_first_bytes_are_few() {
    let mut line = Line::new(60_000, 100, 1024).probed();
    let report = line.run(ms(100));
    assert!(report.sent > 0 && report.sent <= 8192, "{report:?}");
    // After a rest it may be another line.
    line.run(ms(10_000));
    line.rest(ms(50_000));
    let report = line.run(ms(50_050));
    assert!(report.sent > 0 && report.sent <= 8192, "{report:?}");
    assert!(line.pace.link().rate.is_some(), "what was known is told");
}

#[test]
fn a_whole_frame_before_a_picture_is_not_taken_for_a_longer_line() {
    let mut line = Line::new(20_000, 300, 1024).probed();
    line.run(ms(5000));
    line.rest(ms(50_000));
    line.pace.text(10_000);
    line.put(10_000);
    line.run(ms(53_000));
    let (used, report) = line.measure(10);
    assert!(used >= 0.9, "{used}");
    assert!(report.wait(95) <= ms(200), "{:?}", report.wait(95));
}

#[test]
fn a_glance_tells_the_rate() {
    for rate in [20_000, 60_000, 400_000] {
        let mut line = Line::new(rate, 100, 1024).probed();
        line.run(ms(120));
        line.rest(ms(5000));
        let told = line.pace.link().rate.unwrap();
        assert!((rate * 7 / 10..rate * 13 / 10).contains(&told), "{told}");
    }
}

#[test]
fn a_change_of_the_line_is_followed() {
    // A piece of 4 KB alone is 200 ms of the slower line.
    for (piece, most) in [(1024, 250), (4120, 400)] {
        let line = Line::new(60_000, 100, piece).probed();
        let mut line = line.then(5000, 20_000).then(20_000, 600_000);
        line.run(ms(8000));
        let (used, report) = line.measure(10);
        assert!(used >= 0.9, "{used}");
        assert!(report.wait(95) < ms(most), "{:?}", report.wait(95));
        line.run(ms(22_000));
        let (used, report) = line.measure(10);
        assert!(used >= 0.9, "{used}");
        assert!(report.wait(95) < ms(120), "{:?}", report.wait(95));
    }
}

#[test]
fn a_stopped_line_gets_one_question_and_goes_on_by_itself() {
    let line = Line::new(60_000, 100, 2048).probed();
    let mut line = line.then(5000, 0).then(65_000, 60_000);
    line.run(ms(5000));
    // No keys are typed on a line that is stopped.
    line.key = ms(65_000);
    let report = line.run(ms(64_000));
    assert!(report.sent < 20_000, "{report:?}");
    assert_eq!(report.asked_again, 1);
    line.run(ms(66_000));
    let (used, report) = line.measure(10);
    assert!(used >= 0.9, "{used}");
    assert!(report.wait(95) <= ms(150), "{:?}", report.wait(95));
    assert_eq!(report.asked_again, 0);
}

#[test]
fn a_stall_leaves_no_line_half_used() {
    for piece in [1024, 4120, 8000] {
        let line = Line::new(60_000, 100, piece).probed();
        let mut line = line.then(5000, 0).then(7000, 60_000);
        line.run(ms(9000));
        let (used, _) = line.measure(10);
        assert!(used >= 0.9, "{piece}: {used}");
    }
}

#[test]
fn lost_answers_are_found() {
    let mut line = Line::new(60_000, 100, 2048).probed();
    line.run(ms(1000));
    // They never come, and so the line seems full.
    line.lost = vec![3, 9, 10];
    let report = line.run(ms(10_000));
    assert!(report.questions > 10 && report.asked_again >= 1);
    line.lost.clear();
    let (used, _) = line.measure(10);
    assert!(used >= 0.9, "{used}");
    // The last ones of a picture.
    line.lost = (5..=100).collect();
    line.run(line.now + ms(500));
    line.lost.clear();
    let report = line.rest(line.now + ms(20_000));
    assert_eq!((report.asked_again, report.questions), (1, 1));
    assert_eq!(line.pace.deadline(), None, "nothing is waited for");
}

#[test]
fn answers_that_nobody_asked_for_do_nothing() {
    let mut line = Line::new(60_000, 100, 2048).probed();
    let before = line.pace.link();
    for reply in [Reply::Status, Reply::SecondaryAttributes, Reply::Other] {
        line.pace.reply(&reply, ms(1));
    }
    assert_eq!(line.pace.link(), before);
    // Some in a transfer, too.
    for n in 1..3 {
        line.run(ms(n * 1000));
        line.pace.reply(&Reply::Status, line.now);
        line.pace.reply(&Reply::SecondaryAttributes, line.now);
    }
    let (used, report) = line.measure(10);
    assert!(used >= 0.9, "{used}");
    assert!(report.wait(95) < ms(300), "{:?}", report.wait(95));
    line.rest(line.now + ms(5000));
    assert_eq!(line.pace.deadline(), None);
    line.run(line.now + ms(2000));
    let (used, report) = line.measure(10);
    assert!(used >= 0.9, "{used}");
    assert!(report.wait(95) <= ms(150), "{:?}", report.wait(95));
}

#[test]
fn a_terminal_that_never_answered_is_paced_by_its_line_alone() {
    // Unknown to be mute, and told so by the probe.
    for silent in [false, true] {
        let mut line = Line::new(60_000, 0, 1024);
        line.mute = true;
        if silent {
            line.pace.silent();
        }
        let report = line.run(ms(2500));
        assert_eq!(report.questions == 0, silent, "{report:?}");
        let (used, report) = line.measure(10);
        assert!(used > 0.9, "{used}");
        assert_eq!((report.questions, report.asked_again), (0, 0));
        assert_eq!(report.slice, 16 * 1024);
        assert_eq!(line.pace.deadline(), None);
    }
}

#[test]
fn a_first_answer_may_be_late() {
    let mut pace = Pace::default();
    assert!(!pace.sent(2000, ms(0)).is_empty());
    assert_eq!(pace.deadline(), Some(ms(2000)));
    assert!(pace.expire(ms(2000)).is_empty(), "it is given up");
    let most = pace.allowance(ms(2000));
    assert!(pace.sent(most, ms(2000)).is_empty());
    pace.reply(&Reply::Status, ms(3000));
    // It is there after all.
    assert!(pace.allowance(ms(3000)) < most);
    assert!(!pace.sent(1000, ms(3000)).is_empty());
}

#[test]
fn an_idle_pace_asks_nothing() {
    let mut line = Line::new(60_000, 100, 2048).probed();
    assert_eq!(line.pace.deadline(), None);
    assert!(line.pace.expire(ms(99_999)).is_empty());
    assert!(line.pace.stirred(ms(99_999)).is_empty());
    line.run(ms(3000));
    line.rest(ms(9000));
    assert_eq!(line.pace.deadline(), None);
    let report = line.rest(ms(99_999));
    assert_eq!((report.questions, report.asked_again), (0, 0));
    assert_eq!(line.pace.owed(line.now), None);
}

#[test]
fn a_key_asks_again_where_all_questions_were_lost() {
    let mut line = Line::new(60_000, 100, 2048).probed();
    // tmux drops what a hidden pane passes through.
    line.mute = true;
    let mut pace = line.pace.clone();
    assert_eq!(pace.sent(2000, ms(0)), b"\x1b[5n");
    assert!(pace.stirred(ms(5000)).is_empty(), "it may still come");
    assert_eq!(pace.deadline(), Some(ms(10_000)));
    assert_eq!(pace.expire(ms(10_000)), b"\x1b[>c");
    assert_eq!((pace.deadline(), pace.allowance(ms(10_001))), (None, 0));
    assert!(pace.stirred(ms(12_000)).is_empty());
    assert_eq!(pace.stirred(ms(30_000)), b"\x1b[>c");
    pace.reply(&Reply::SecondaryAttributes, ms(30_100));
    assert_eq!(pace.deadline(), None);
    assert!(pace.allowance(ms(30_100)) > 0);
}

#[test]
fn what_is_on_its_way_is_owed_for_a_while() {
    let mut pace = Pace::default();
    assert_eq!(pace.owed(ms(0)), None);
    pace.seed(ms(100), ms(0));
    pace.sent(2000, ms(1000));
    pace.sent(2000, ms(1100));
    assert_eq!(pace.owed(ms(1200)), Some(ms(1900)));
    pace.reply(&Reply::Status, ms(1300));
    assert_eq!(pace.owed(ms(1300)), Some(ms(1800)));
    assert_eq!(pace.owed(ms(3100)), None, "it will not come");
    pace.reply(&Reply::Status, ms(3200));
    pace.sent(2000, ms(3300));
    pace.reset();
    assert_eq!((pace.owed(ms(3300)), pace.deadline()), (None, None));
}

proptest! {
    /// What is in flight fills the line and a short queue, whatever the line is, and a slice over.
    #[test]
    fn little_is_in_flight(
        rate in 5_000_u64..5_000_000,
        round_trip in 1_u64..400,
        jitter in 0_u64..30,
        piece in 256_usize..8192,
        probed: bool,
    ) {
        let mut line = Line::new(rate, round_trip, piece).jitter(jitter);
        if probed {
            line = line.probed();
        }
        let start = line.run(ms(1000)).flight;
        let report = line.run(ms(8000));
        // The round trip may be taken for longer by what a slice takes.
        let slice = report.slice as u64;
        let trip = round_trip + jitter + if probed { 0 } else { 1 + 8192 * 1000 / rate };
        let window = 13 * (rate * (trip + 150) / 1000) / 10;
        prop_assert!(report.flight <= window.max(1024) + slice, "{report:?}");
        prop_assert!(start <= window.max(8192) + slice, "{start}");
        prop_assert!(report.sent > 0);
    }
}

#[test]
fn a_line_with_a_picture_on_its_way_tells_no_round_trip() {
    let mut pace = Pace::default();
    assert!(pace.is_idle());
    pace.sent(1000, ms(0));
    assert!(!pace.is_idle());
    pace.reply(&Reply::Status, ms(50));
    assert!(pace.is_idle());
    // One that was believed mute is to be heard whenever it answers.
    let mut pace = Pace::default();
    pace.sent(1000, ms(0));
    pace.expire(ms(5000));
    assert!(pace.is_idle());
}
