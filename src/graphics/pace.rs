//! How fast pictures go: as much as the line carries, and so little ahead of it that a key's frame does not wait. Pure:
//! the time is told, and bytes or a deadline come out.
//!
//! Behind the writer lie the kernel's buffer, ssh's, and the line's; none tells how full it is. So every slice of
//! pictures ends with a question (DSR), whose answer says that the terminal has read all before it. What was sent and is
//! not answered is on its way, and never more than a window: the measured rate times the shortest round trip and a bit,
//! so that the line never runs dry and its queue stays short. That is BBR's model (Cardwell and others, 2016) with the
//! bounded queue of LEDBAT (RFC 6817).

mod gauge;

use std::collections::VecDeque;
use std::time::Duration;

use super::link::Link;
use super::reply::Reply;
use gauge::Gauge;

/// DSR, answered with `CSI 0 n` ([`Reply::Status`]): all that came before has been read. The answer was seen from
/// kitty 0.26 and 0.41, xterm 379, foot 1.13, konsole 22.12, mlterm 3.9, and from those behind tmux 3.3a and 3.5a
/// when the question is wrapped.
const QUESTION: &[u8] = b"\x1b[5n";
/// DA2, answered by all of those, too, with [`Reply::SecondaryAttributes`]: a question whose answer is not taken for one
/// to a slice, so that it tells which of those are lost.
const AGAIN: &[u8] = b"\x1b[>c";

/// What may wait in the line's buffers beyond what fills the line: this long of it,
const QUEUE: Duration = Duration::from_millis(60);
/// and for the sake of slices that are longer on the line than that, as much as this. One that is longer still goes alone:
/// then the line is idle at times.
const LONG_QUEUE: Duration = Duration::from_millis(150);
/// The queue that ends the slow start.
const START_QUEUE: Duration = Duration::from_millis(60);
/// The window of a line that nothing is known of, bytes.
const START_WINDOW: u64 = 8 * 1024;
const WINDOW: (u64, u64) = (1024, 4 * 1024 * 1024);
/// One slice is this long on the line,
const SLICE: Duration = Duration::from_millis(40);
/// and within these bounds, bytes.
const SLICE_BYTES: (u64, u64) = (1024, 64 * 1024);
/// A slice for a terminal that never answers, bytes; only the writer holds it up.
const MUTE_SLICE: usize = 16 * 1024;

/// A terminal that has never answered anything has this long for its first answer.
const FIRST: Duration = Duration::from_secs(2);
/// How long answers may stay out before one question is asked again: ten times what they should take, within these.
const LONG: (Duration, Duration) = (Duration::from_secs(2), Duration::from_secs(10));
/// After so long without pictures the line may be another one: its rate is found anew.
const REST: Duration = Duration::from_secs(30);
/// How long after the last question an ending waits for answers.
const OWED: Duration = Duration::from_secs(2);

/// The pace of pictures on one line.
#[derive(Debug, Clone)]
pub struct Pace {
    gauge: Gauge,
    /// The rate that is told; it outlasts a rest. bytes/s
    known: Option<u64>,
    /// Questions whose answers have not come.
    out: VecDeque<Out>,
    /// Bytes of pictures and text that are on their way.
    flight: u64,
    /// Bytes behind the last question.
    behind: u64,
    /// A frame went before the next slice, on a line that was empty.
    crowded: bool,
    /// Bytes of the longest of the last slices.
    longest: u64,
    /// The window of the slow start; `None` once the line was full.
    start: Option<u64>,
    /// A question was answered.
    heard: bool,
    mute: bool,
    /// When the last question was asked, and when the last was answered.
    asked_at: Duration,
    heard_at: Duration,
}

/// One question on its way.
#[derive(Debug, Clone, Copy)]
struct Out {
    what: What,
    slice: Answered,
    /// The window was full with it.
    full: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum What {
    Slice,
    Again,
}

/// What is known of a slice when its answer comes.
#[derive(Debug, Clone, Copy)]
struct Answered {
    sent_at: Duration,
    /// Bytes since the question before it.
    bytes: u64,
    /// Bytes on their way when it was sent, its own among them.
    flight: u64,
    /// Nothing else was on the line.
    alone: bool,
    /// All bytes whose arrival was known then, and when that was told.
    arrived: u64,
    arrived_at: Duration,
}

impl Default for Pace {
    fn default() -> Self {
        Self {
            gauge: Gauge::default(),
            known: None,
            out: VecDeque::new(),
            flight: 0,
            behind: 0,
            crowded: false,
            longest: 0,
            start: Some(START_WINDOW),
            heard: false,
            mute: false,
            asked_at: Duration::ZERO,
            heard_at: Duration::ZERO,
        }
    }
}

impl Pace {
    /// The terminal answers: a question without a picture took `round_trip`.
    pub fn seed(&mut self, round_trip: Duration, now: Duration) {
        self.gauge.seed(round_trip, now);
        self.mute = false;
    }

    /// Whether nothing of pictures is on its way, as far as is known: a question would have the line for itself.
    pub fn is_idle(&self) -> bool {
        self.mute || self.out.is_empty()
    }

    /// The terminal answers nothing: no more questions, and the writer alone sets the pace.
    pub fn silent(&mut self) {
        if !self.heard {
            self.mute = true;
        }
    }

    /// How many bytes of pictures may go now; 0: wait for an answer or [`Self::deadline`]. The slice may be longer, by
    /// what its last band or chunk is over.
    pub fn allowance(&self, now: Duration) -> usize {
        if self.mute {
            return MUTE_SLICE;
        }
        let slice = self.slice();
        if self.flight == 0 {
            return size(slice);
        }
        // The line is let run dry, so that its round trip can be seen.
        let free = self.window().saturating_sub(self.flight);
        if free == 0 || self.gauge.is_old(now) || self.is_stuck() {
            return 0;
        }
        size(slice.min(free.max(slice / 4)).max(SLICE_BYTES.0))
    }

    /// A slice of so many bytes was handed to the writer. Returns the question that must follow it at once, if any.
    pub fn sent(&mut self, bytes: usize, now: Duration) -> &'static [u8] {
        if self.mute {
            return b"";
        }
        let bytes = bytes as u64;
        if self.out.is_empty() {
            self.behind = 0;
            self.flight = 0;
            if now.saturating_sub(self.heard_at.max(self.asked_at)) > REST {
                self.gauge.rest();
                self.start = Some(START_WINDOW);
            }
            self.gauge.begins(now);
        }
        let alone = self.out.is_empty() && !std::mem::take(&mut self.crowded);
        let window = self.window();
        self.flight += bytes;
        self.longest = bytes.max(self.longest - self.longest / 8);
        let slice = Answered {
            sent_at: now,
            bytes: bytes + std::mem::take(&mut self.behind),
            flight: self.flight,
            alone,
            arrived: self.gauge.arrived(),
            arrived_at: self.gauge.arrived_at(),
        };
        self.asked_at = now;
        self.out.push_back(Out {
            what: What::Slice,
            slice,
            full: self.flight >= window,
        });
        QUESTION
    }

    /// A frame of so many bytes was handed to the writer.
    pub fn text(&mut self, bytes: usize) {
        // On an idle line nobody can tell when it has arrived.
        if self.out.is_empty() {
            self.crowded |= bytes as u64 >= SLICE_BYTES.0;
        } else {
            self.flight += bytes as u64;
            self.behind += bytes as u64;
        }
    }

    /// Takes an answer in, if it is one to a question of the pace. Unasked ones do nothing.
    pub fn reply(&mut self, reply: &Reply, now: Duration) {
        match reply {
            Reply::Status => self.acknowledged(now),
            Reply::SecondaryAttributes => self.answered_again(now),
            _ => {}
        }
    }

    fn acknowledged(&mut self, now: Duration) {
        // Answers come in the order of the questions: with another one first, this one is nobody's.
        let Some(out) = self
            .out
            .front()
            .copied()
            .filter(|out| out.what == What::Slice)
        else {
            return;
        };
        self.out.pop_front();
        self.heard = true;
        self.mute = false;
        self.heard_at = now;
        let slice = out.slice;
        self.flight = self.flight.saturating_sub(slice.bytes);
        self.gauge.answered(&slice, out.full, now);
        self.settle(&slice, now);
        if self.out.is_empty() {
            self.flight = 0;
        }
    }

    /// What an answer says of the window.
    fn settle(&mut self, slice: &Answered, now: Duration) {
        let shortest = self.gauge.round_trip().unwrap_or_default();
        let took = now.saturating_sub(slice.sent_at);
        let rate = self.gauge.rate();
        let travel = rate.map_or(Duration::ZERO, |rate| gauge::duration_of(slice.bytes, rate));
        let queue = took.saturating_sub(shortest + travel);
        if let Some(window) = self.start {
            // The rate is an underestimate yet.
            let queue = queue + travel / 2;
            // By what was proved, not by what was only allowed.
            let proved = window.max((2 * slice.flight).min(window + slice.bytes));
            self.start = (queue <= START_QUEUE).then_some(proved.min(WINDOW.1));
        } else if queue > 3 * QUEUE {
            self.gauge.slower();
        }
        // While the window is less than the line, so is what comes in a round trip.
        let burst = self.start.and(self.gauge.burst());
        self.known = self.gauge.rate().max(burst);
    }

    fn answered_again(&mut self, now: Duration) {
        let Some(at) = self.out.iter().position(|out| out.what == What::Again) else {
            return;
        };
        // All before it was read, or is lost.
        for out in self.out.drain(..=at) {
            self.flight = self.flight.saturating_sub(out.slice.bytes);
        }
        if self.out.is_empty() {
            self.flight = 0;
        }
        self.heard_at = now;
        // It answers, but not to what ends a slice.
        self.mute = !self.heard;
        self.gauge.begins(now);
    }

    /// When to call [`Self::expire`], if no answer comes before.
    pub fn deadline(&self) -> Option<Duration> {
        let oldest = self.out.front()?.slice.sent_at;
        if self.mute || self.is_stuck() {
            return None;
        }
        let since = oldest.max(self.heard_at);
        let Some(trip) = self.gauge.round_trip() else {
            return Some(since + FIRST);
        };
        let travel = self
            .gauge
            .rate()
            .map_or(LONG.1, |rate| gauge::duration_of(self.flight, rate));
        Some(
            since
                + trip
                    .saturating_add(travel)
                    .saturating_mul(10)
                    .clamp(LONG.0, LONG.1),
        )
    }

    /// Answers have been out for too long: asks once more, or gives up on a terminal that never answered. Returns the
    /// question to be sent.
    pub fn expire(&mut self, now: Duration) -> &'static [u8] {
        if self.deadline().is_none_or(|deadline| now < deadline) {
            return b"";
        }
        if !self.heard && self.gauge.round_trip().is_none() {
            self.mute = true;
            return b"";
        }
        self.ask_again(now)
    }

    /// The user is there, so the terminal is, too: asks again if all questions may be lost. Returns the question to be sent.
    pub fn stirred(&mut self, now: Duration) -> &'static [u8] {
        let lately = now.saturating_sub(self.asked_at) < LONG.1;
        if lately || !self.is_stuck() {
            return b"";
        }
        self.ask_again(now)
    }

    fn ask_again(&mut self, now: Duration) -> &'static [u8] {
        self.out.retain(|out| out.what == What::Slice);
        self.asked_at = now;
        self.out.push_back(Out {
            what: What::Again,
            slice: Answered {
                sent_at: now,
                bytes: std::mem::take(&mut self.behind),
                flight: self.flight,
                alone: false,
                arrived: self.gauge.arrived(),
                arrived_at: self.gauge.arrived_at(),
            },
            full: false,
        });
        AGAIN
    }

    /// Whether nothing has been answered since the question was asked again. Nothing is sent then.
    fn is_stuck(&self) -> bool {
        self.out
            .back()
            .is_some_and(|last| last.what == What::Again && self.heard_at < last.slice.sent_at)
    }

    /// How much longer an ending should wait for answers, which a shell would take for typed; `None` when none are on
    /// their way.
    pub fn owed(&self, now: Duration) -> Option<Duration> {
        let until = self.asked_at.saturating_add(OWED);
        (!self.out.is_empty() && now < until).then(|| until.saturating_sub(now))
    }

    /// The line, as measured so far.
    pub fn link(&self) -> Link {
        Link {
            round_trip: self.gauge.round_trip(),
            rate: self.known,
        }
    }

    /// Forgets what is on its way: the terminal was lent, and answers went elsewhere. The measures stay.
    pub fn reset(&mut self) {
        self.out.clear();
        self.flight = 0;
        self.behind = 0;
    }

    /// Bytes that may be on their way.
    fn window(&self) -> u64 {
        let start = self.start.unwrap_or(0);
        let model = match (self.gauge.round_trip(), self.gauge.rate()) {
            (Some(trip), Some(rate)) => {
                let (least, most) = (
                    gauge::bytes_in(QUEUE, rate),
                    gauge::bytes_in(LONG_QUEUE, rate),
                );
                gauge::bytes_in(trip, rate) + (self.longest * 9 / 8).clamp(least, most)
            }
            _ => START_WINDOW,
        };
        model.max(start).clamp(WINDOW.0, WINDOW.1)
    }

    /// Bytes of one slice.
    fn slice(&self) -> u64 {
        let slice = match self.gauge.rate() {
            Some(rate) => gauge::bytes_in(SLICE, rate),
            None => START_WINDOW / 4,
        };
        slice.clamp(SLICE_BYTES.0, SLICE_BYTES.1)
    }
}

fn size(bytes: u64) -> usize {
    usize::try_from(bytes).unwrap_or(usize::MAX)
}
