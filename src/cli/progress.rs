//! One line on stderr while generations run: what they do and for how long. Nothing where stderr is no terminal.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use tokio::task::JoinHandle;

use super::print;
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
    lines: Mutex<BTreeMap<GenerationId, String>>,
    /// Nothing is drawn any more.
    over: AtomicBool,
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
            } => format!("{cause}; retrying {attempt}/{of} in {} s", wait.as_secs()),
            Progress::Downloading { received, .. } => format!("{} KB", received / 1000),
            Progress::Saved(_) => "saved".to_owned(),
            Progress::Finished(_) => "ended".to_owned(),
            // Such as "cannot save; trying again": what is waited for is worth knowing while it lasts.
            Progress::Notice(notice) => notice.to_string(),
            Progress::Text(_) | Progress::Received { .. } => return,
        };
        self.shared
            .lines
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .insert(id, words);
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
        let ended = lines.values().filter(|l| *l == "ended").count();
        let Some(words) = lines.values().find(|l| *l != "ended") else {
            return;
        };
        let of = if self.count > 1 {
            format!("{ended}/{} done, ", self.count)
        } else {
            String::new()
        };
        let line = format!("{of}{words}, {} s", self.started.elapsed().as_secs());
        // A line that wraps could not be wiped.
        let width = print::stderr_width().unwrap_or(80).min(80);
        print::status(&print::cut(Clean::line(&line), width.saturating_sub(1)));
    }
}
