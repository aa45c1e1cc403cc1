//! What is known of each generation that runs in this process, beside its record.

use std::collections::BTreeMap;
use std::time::Duration;

use crate::domain::{Clean, GenerationId, TaskId};

/// How far a generation is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Stage {
    /// Written down, waiting for a free slot.
    Queued,
    /// The request left; nothing came back yet.
    Sent,
    /// The answer is coming in.
    Streaming,
    /// A picture is being fetched.
    Downloading,
    /// A picture is on disk; the end is near.
    Saved,
}

/// A pause before the call is made again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wait {
    /// The cause.
    pub cause: Clean,
    /// When the pause ends, since the start of the program.
    pub until: Duration,
    /// 1 for the first repetition.
    pub attempt: u8,
    /// How many there are at most.
    pub of: u8,
}

impl Wait {
    /// What is left of it, to the whole second: 0 only when it is over.
    pub fn left(&self, now: Duration) -> Duration {
        let left = self.until.saturating_sub(now) + Duration::from_millis(999);
        Duration::from_secs(left.as_secs())
    }
}

/// A picture on its way.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Download {
    /// Its place in the answer, from 1.
    pub n: u16,
    /// bytes so far
    pub received: u64,
    /// bytes, where the host told
    pub total: Option<u64>,
    /// 1 for the first try.
    pub attempt: u8,
}

/// One generation in work.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Job {
    /// How far it is.
    pub stage: Stage,
    /// When it was queued, since the start of the program.
    pub queued: Duration,
    /// When its request left.
    pub sent: Option<Duration>,
    /// The answer's words so far.
    pub text: Clean,
    /// The gateway's own figure, 0..=100.
    pub percent: Option<u8>,
    /// Bytes of the answer so far.
    pub bytes: u64,
    /// Set while it waits to be sent again.
    pub wait: Option<Wait>,
    /// Set while a picture is fetched.
    pub download: Option<Download>,
    /// The user asked to cancel it.
    pub cancelling: bool,
    /// An earlier run left it: only its pictures are fetched.
    pub resumed: bool,
}

impl Job {
    /// A job that was just written down.
    pub fn new(now: Duration) -> Self {
        Self {
            stage: Stage::Queued,
            queued: now,
            sent: None,
            text: Clean::default(),
            percent: None,
            bytes: 0,
            wait: None,
            download: None,
            cancelling: false,
            resumed: false,
        }
    }

    /// A job that an earlier run left; its pictures are fetched from now on.
    pub fn resumed(now: Duration) -> Self {
        Self {
            stage: Stage::Downloading,
            resumed: true,
            ..Self::new(now)
        }
    }

    /// Time since its request left, or since it was queued.
    pub fn elapsed(&self, now: Duration) -> Duration {
        now.saturating_sub(self.sent.unwrap_or(self.queued))
    }
}

/// All generations that run in this process.
#[derive(Debug, Clone, Default)]
pub struct Jobs {
    /// By id; an id leaves when its generation ends.
    pub running: BTreeMap<GenerationId, Job>,
    /// `Generate` effects whose generations did not all start yet: how many are still to come.
    pub asked: BTreeMap<TaskId, usize>,
    /// The last `Generate`, whose first generation is to be selected; dropped as soon as the user selects something.
    pub(super) follow: Option<TaskId>,
    /// Nothing was pressed since the last `Generate`: who sent it waits for its picture.
    pub(super) watched: bool,
    /// Generations by the task that asked for them, until their rows are there.
    pub(super) started: BTreeMap<GenerationId, TaskId>,
}

impl Jobs {
    /// The job of a generation.
    pub fn get(&self, id: GenerationId) -> Option<&Job> {
        self.running.get(&id)
    }

    /// How many were sent and have not ended.
    pub fn active(&self) -> usize {
        self.running
            .values()
            .filter(|j| j.stage > Stage::Queued)
            .count()
    }

    /// The pauses of those active ones that wait to be sent again.
    pub fn waits(&self) -> impl Iterator<Item = &Wait> {
        let active = |j: &&Job| j.stage > Stage::Queued && !j.cancelling;
        let active = self.running.values().filter(active);
        active.filter_map(|j| j.wait.as_ref())
    }

    /// How many wait for a free slot, those without an id yet among them.
    pub fn queued(&self) -> usize {
        let waiting = self
            .running
            .values()
            .filter(|j| j.stage == Stage::Queued)
            .count();
        waiting + self.asked.values().sum::<usize>()
    }

    /// Whether anything is in flight that the end of the studio would stop. What an earlier run left goes on at the next start.
    pub fn any(&self) -> bool {
        self.running.values().any(|j| !j.resumed) || !self.asked.is_empty()
    }
}
