//! One line on stderr while generations run: what they do and for how long. Nothing where stderr is no terminal.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use tokio::task::JoinHandle;

use super::print;
use crate::domain::words::bytes;
use crate::domain::{Clean, GenerationId, Progress};

/// The line, shared with the tasks that tell it something.
#[derive(Clone)]
pub(super) struct Ticker {
    shared: Arc<Shared>,
    task: Option<Arc<JoinHandle<()>>>,
}

struct Shared {
    started: Instant,
    count: u8,
    lines: Mutex<BTreeMap<GenerationId, Line>>,
    /// Nothing is drawn any more.
    over: AtomicBool,
}

/// What a generation does.
enum Line {
    Words(String),
    /// It is sent again then.
    Waits {
        words: String,
        until: Instant,
    },
    Ended,
}

impl Ticker {
    /// Starts a line for `count` generations, drawn anew each second. Draws nothing where `quiet`.
    pub(super) fn start(count: u8, quiet: bool) -> Self {
        let shared = Arc::new(Shared {
            started: Instant::now(),
            count,
            lines: Mutex::default(),
            over: AtomicBool::new(false),
        });
        let draws = !quiet && print::stderr_width().is_some();
        let task = draws.then(|| {
            let shared = Arc::clone(&shared);
            Arc::new(tokio::spawn(async move {
                let mut every = tokio::time::interval(Duration::from_secs(1));
                loop {
                    every.tick().await;
                    shared.draw();
                }
            }))
        });
        Self { shared, task }
    }

    /// Takes in what a generation tells.
    pub(super) fn tell(&self, id: GenerationId, progress: &Progress) {
        let words = match progress {
            Progress::Prepared(_) => "waiting for its turn".to_owned(),
            Progress::Resumed(_) => "fetching again".to_owned(),
            Progress::Sending => "sent".to_owned(),
            Progress::Answering => "answering".to_owned(),
            Progress::Percent(percent) => format!("{percent} %"),
            Progress::Waiting {
                cause,
                wait,
                attempt,
                of,
            } => {
                return self.put(
                    id,
                    Line::Waits {
                        words: format!("{cause}; retrying {attempt}/{of}"),
                        until: Instant::now() + *wait,
                    },
                );
            }
            Progress::Downloading { received, .. } => bytes(*received),
            Progress::Saved(_) => "saved".to_owned(),
            Progress::Finished(_) => return self.put(id, Line::Ended),
            // Such as "cannot save; trying again": what is waited for is worth knowing while it lasts.
            Progress::Notice(notice) => notice.to_string(),
            Progress::Text(_) | Progress::Received { .. } => return,
        };
        self.put(id, Line::Words(words));
    }

    fn put(&self, id: GenerationId, line: Line) {
        self.shared
            .lines
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .insert(id, line);
        if self.task.is_some() {
            self.shared.draw();
        }
    }

    /// Wipes the line; it does not come back.
    pub(super) fn end(&self) {
        let over = self.shared.over.swap(true, Ordering::Relaxed);
        if let (Some(task), false) = (&self.task, over) {
            task.abort();
            print::status(&Clean::default());
        }
    }
}

impl Shared {
    fn draw(&self) {
        if self.over.load(Ordering::Relaxed) {
            return;
        }
        let lines = self.lines.lock().unwrap_or_else(PoisonError::into_inner);
        let is_over = |line: &&Line| matches!(line, Line::Ended);
        let ended = lines.values().filter(is_over).count();
        let Some(line) = lines.values().find(|line| !is_over(line)) else {
            return;
        };
        let of = if self.count > 1 {
            format!("{ended}/{} done, ", self.count)
        } else {
            String::new()
        };
        let line = format!("{of}{}", line.at(Instant::now(), self.started));
        // A line that wraps could not be wiped.
        let width = print::stderr_width().unwrap_or(80).min(80);
        print::status(&print::cut(Clean::line(&line), width.saturating_sub(1)));
    }
}

impl Line {
    /// Its words at `now`, with one figure of time: how long is still waited, else how long it took so far.
    fn at(&self, now: Instant, started: Instant) -> String {
        match self {
            Self::Waits { words, until } => {
                let left = until.saturating_duration_since(now);
                match left.as_millis().div_ceil(1000) {
                    0 => words.clone(),
                    seconds => format!("{words} in {seconds} s"),
                }
            }
            Self::Words(words) => {
                let took = now.saturating_duration_since(started);
                format!("{words}, {} s", took.as_secs())
            }
            Self::Ended => String::new(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wait_is_counted_down_and_is_the_only_figure() {
        let start = Instant::now();
        let line = Line::Waits {
            words: "too many requests; retrying 1/2".to_owned(),
            until: start + Duration::from_secs(7),
        };
        let at = |ms| line.at(start + Duration::from_millis(ms), start);
        assert_eq!(at(0), "too many requests; retrying 1/2 in 7 s");
        assert_eq!(at(6_500), "too many requests; retrying 1/2 in 1 s");
        assert_eq!(at(7_000), "too many requests; retrying 1/2");
        let sent = Line::Words("sent".to_owned());
        assert_eq!(
            sent.at(start + Duration::from_secs(12), start),
            "sent, 12 s"
        );
    }
}
