//! What the answers tell of the line: its round trip and its rate. No window here, and no question.

use std::collections::VecDeque;
use std::time::Duration;

use super::Answered;

/// How long the shortest round trip counts before it is measured again, on a line that was let run dry.
const TRIP_COUNTS: Duration = Duration::from_secs(30);
/// What is taken off a round trip for the bytes that travelled with it, at most.
const MOST_TRAVEL: Duration = Duration::from_millis(100);
/// How many answers in a row must come much sooner than thought possible until that is believed.
const BELIEVED: u8 = 4;
/// The longest span over which a rate is taken, and the shortest: over less, jitter is most of it.
const SPAN: (Duration, Duration) = (Duration::from_millis(500), Duration::from_millis(80));
/// Over less than this no rate is told at all: answers that came in one packet.
const SHORT: Duration = Duration::from_millis(5);
/// The least bytes that a rate is taken of.
const LEAST: u64 = 2048;
/// How long a rate counts, at least.
const RATE_COUNTS: Duration = Duration::from_secs(1);

/// The measures of one line.
#[derive(Debug, Clone, Default)]
pub(super) struct Gauge {
    shortest: Option<Trip>,
    /// Answers in a row that came too soon to be true.
    doubts: u8,
    /// Rates in bytes/s, each with when it was taken.
    rates: VecDeque<(Duration, u64)>,
    /// The fastest burst since the line was empty, bytes/s.
    burst: Option<u64>,
    /// The last answers, oldest first.
    answers: VecDeque<Answer>,
    /// All bytes that are known to have arrived, and when that was told.
    arrived: u64,
    arrived_at: Duration,
}

#[derive(Debug, Clone, Copy)]
struct Trip {
    time: Duration,
    /// What travelled with the question, bytes.
    bytes: u64,
    at: Duration,
}

#[derive(Debug, Clone, Copy)]
struct Answer {
    sent_at: Duration,
    at: Duration,
    /// All bytes that had arrived by then.
    arrived: u64,
}

impl Gauge {
    /// A question without a picture was answered after `time`.
    pub(super) fn seed(&mut self, time: Duration, now: Duration) {
        let trip = Trip {
            time,
            bytes: 0,
            at: now,
        };
        self.trip(trip, true, now);
    }

    pub(super) fn arrived(&self) -> u64 {
        self.arrived
    }

    pub(super) fn arrived_at(&self) -> Duration {
        self.arrived_at
    }

    /// A slice was sent on a line on which nothing was.
    pub(super) fn begins(&mut self, now: Duration) {
        self.arrived_at = now;
        self.answers.clear();
        self.burst = None;
    }

    /// A slice's question was answered. `full`: the window was full when it was sent, so that more could have come no
    /// faster.
    pub(super) fn answered(&mut self, slice: &Answered, full: bool, now: Duration) {
        self.arrived += slice.bytes;
        self.arrived_at = now;
        let trip = Trip {
            time: now.saturating_sub(slice.sent_at),
            bytes: slice.flight,
            at: now,
        };
        self.trip(trip, slice.alone, now);
        // Since the last answer before it was sent: an underestimate, but there at once.
        let since = now.saturating_sub(slice.arrived_at);
        let mut rate = per_second(self.arrived - slice.arrived, since);
        let latest = Answer {
            sent_at: slice.sent_at,
            at: now,
            arrived: self.arrived,
        };
        // Over the last answers, as far as the slices followed each other no slower than their answers.
        let old = |answer: &Answer| now.saturating_sub(answer.at) > SPAN.0;
        while self.answers.front().is_some_and(old) {
            self.answers.pop_front();
        }
        let over = |first: &Answer| {
            let told = now.saturating_sub(first.at);
            let span = told.max(slice.sent_at.saturating_sub(first.sent_at));
            (told, span, self.arrived - first.arrived)
        };
        if let Some((told, span, bytes)) = self.answers.front().map(over)
            && told >= SPAN.1
            && bytes >= LEAST
        {
            rate = rate.max(per_second(bytes, span));
        }
        // A burst that left as one comes as fast as the line is, even where the line is not full for long.
        let bursts = self.answers.iter().map(over);
        let bursts = bursts.filter(|(_, span, bytes)| *span >= SHORT && *bytes >= LEAST);
        let burst = bursts.map(|(_, span, bytes)| per_second(bytes, span)).max();
        self.answers.push_back(latest);
        self.take(rate, full, now);
        self.burst = self.burst.max(burst);
    }

    /// `alone`: nothing else was on the line.
    fn trip(&mut self, trip: Trip, alone: bool, now: Duration) {
        let taken = match self.shortest {
            // An answer that was nobody's, or another line.
            Some(shortest) if trip.time < shortest.time / 2 => {
                self.doubts += 1;
                if self.doubts < BELIEVED {
                    return;
                }
                true
            }
            Some(shortest) => trip.time < shortest.time || (alone && self.is_old(now)),
            None => true,
        };
        self.doubts = 0;
        if taken {
            self.shortest = Some(trip);
        }
    }

    fn take(&mut self, rate: u64, full: bool, now: Duration) {
        let best = self.rate();
        if !full && best.is_some_and(|best| rate <= best) {
            return;
        }
        let counts = RATE_COUNTS.max(self.round_trip().unwrap_or_default() * 8);
        if full {
            self.rates
                .retain(|(at, _)| now.saturating_sub(*at) <= counts);
        }
        self.rates.retain(|(_, other)| *other > rate);
        self.rates.push_back((now, rate));
    }

    /// The line carries less than it did: only the latest rate counts.
    pub(super) fn slower(&mut self) {
        while self.rates.len() > 1 {
            self.rates.pop_front();
        }
    }

    /// The line may be another one.
    pub(super) fn rest(&mut self) {
        self.rates.clear();
        self.answers.clear();
    }

    /// The round trip of an empty line. What travels with a question takes its time, too: half of that is taken off, since
    /// the rate may be underestimated; and less than the window has over it, or a rate that is too low would stay so.
    pub(super) fn round_trip(&self) -> Option<Duration> {
        let shortest = self.shortest?;
        let travel = self
            .rate()
            .map_or(Duration::ZERO, |rate| duration_of(shortest.bytes, rate));
        let half = (travel / 2).min(shortest.time / 2).min(MOST_TRAVEL);
        Some(shortest.time.saturating_sub(half))
    }

    /// Whether the shortest round trip should be measured again.
    pub(super) fn is_old(&self, now: Duration) -> bool {
        self.shortest
            .is_some_and(|shortest| now.saturating_sub(shortest.at) > TRIP_COUNTS)
    }

    /// bytes/s, for the window.
    pub(super) fn rate(&self) -> Option<u64> {
        self.rates.front().map(|(_, rate)| *rate)
    }

    /// bytes/s, of the fastest burst since the line was empty.
    pub(super) fn burst(&self) -> Option<u64> {
        self.burst
    }
}

/// bytes/s
fn per_second(bytes: u64, time: Duration) -> u64 {
    let micros = time.as_micros().max(1);
    u64::try_from(u128::from(bytes) * 1_000_000 / micros).unwrap_or(u64::MAX)
}

/// The time that `bytes` take at `rate` (bytes/s).
pub(super) fn duration_of(bytes: u64, rate: u64) -> Duration {
    let micros = u128::from(bytes) * 1_000_000 / u128::from(rate.max(1));
    Duration::from_micros(u64::try_from(micros).unwrap_or(u64::MAX))
}

/// The bytes that `rate` (bytes/s) carries in `time`.
pub(super) fn bytes_in(time: Duration, rate: u64) -> u64 {
    let bytes = time.as_micros() * u128::from(rate) / 1_000_000;
    u64::try_from(bytes).unwrap_or(u64::MAX)
}
