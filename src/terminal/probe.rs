//! The probe's exchange: which answers belong to it, and when it is over. Pure, but for [`drain`].
//!
//! Nothing waits for it: keys go on, the first frames use what the environment tells. The last question is DA1, which
//! every terminal answers, so its answer is the fence; a terminal that is silent meets the limit instead.

use std::time::Duration;

use tokio::sync::mpsc::UnboundedReceiver;
use tokio::time::{Instant, timeout_at};

use super::Input;
use crate::graphics::Reply;

/// How long a local terminal may take to answer.
pub const LOCAL_LIMIT: Duration = Duration::from_millis(250);
/// How long one behind SSH may take.
pub const REMOTE_LIMIT: Duration = Duration::from_millis(1500);

/// How long after the questions an ending waits for their answers, which the shell would otherwise read as typed.
const OWED: Duration = Duration::from_secs(2);

/// One terminal's exchange of questions and answers, which may be begun again. Times are since any fixed moment.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Probe {
    sent: Duration,
    /// None when nothing is being waited for.
    deadline: Option<Duration>,
    /// Fences that have not come; a late one must not end the next exchange.
    owed: u32,
    replies: Vec<Reply>,
}

impl Probe {
    /// The questions were sent at `now`; their answers count for as long as `limit`.
    pub fn begin(&mut self, now: Duration, limit: Duration) {
        if self.owed(now).is_none() {
            self.owed = 0;
        }
        self.sent = now;
        self.deadline = Some(now.saturating_add(limit));
        self.owed += 1;
        self.replies.clear();
    }

    /// Takes an answer. Gives all of them when it is the fence; late and unasked ones are swallowed.
    pub fn reply(&mut self, reply: Reply) -> Option<Vec<Reply>> {
        let fence = matches!(reply, Reply::PrimaryAttributes(_));
        if self.deadline.is_some() {
            self.replies.push(reply);
        }
        if fence {
            self.owed = self.owed.saturating_sub(1);
        }
        (fence && self.owed == 0 && self.deadline.take().is_some())
            .then(|| std::mem::take(&mut self.replies))
    }

    /// When to call [`Self::expire`]; `None` when the exchange is over.
    pub fn deadline(&self) -> Option<Duration> {
        self.deadline
    }

    /// Ends the exchange if its limit has passed, and gives what came.
    pub fn expire(&mut self, now: Duration) -> Option<Vec<Reply>> {
        self.deadline.filter(|deadline| now >= *deadline)?;
        self.deadline = None;
        Some(std::mem::take(&mut self.replies))
    }

    /// How much longer an ending should wait for answers that are on their way; `None` when none are.
    pub fn owed(&self, now: Duration) -> Option<Duration> {
        let until = self.sent.saturating_add(OWED);
        (self.owed > 0 && now < until).then(|| until.saturating_sub(now))
    }
}

/// Reads away the answers that are still on their way, so that the shell does not. At once when none are, else until the
/// fence, the hang-up, or 2 s after the questions. Keys typed meanwhile are lost.
pub async fn drain(probe: &mut Probe, input: &mut UnboundedReceiver<Input>, now: Duration) {
    let Some(left) = probe.owed(now) else { return };
    let until = Instant::now() + left;
    while probe.owed > 0 {
        match timeout_at(until, input.recv()).await {
            Ok(Some(Input::Reply(reply))) => drop(probe.reply(reply)),
            Ok(Some(Input::Event(_))) => {}
            Ok(Some(Input::Hangup) | None) | Err(_) => return,
        }
    }
}
