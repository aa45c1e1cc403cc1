//! The probe's exchange: which answers belong to it, and when it is over. Pure.
//!
//! Nothing waits for it but the first pictures: keys go on, the first frames use what the environment tells. The last
//! question is DA1, which every terminal answers, so its answer is the fence; it may lead to more questions, for a
//! terminal behind tmux. One that is silent meets the limit instead, which is for all of them.

use std::time::Duration;

use crate::graphics::{Answers, Environment, Reply};

/// How long a local terminal may take to answer.
pub const LOCAL_LIMIT: Duration = Duration::from_millis(250);
/// How long one behind SSH may take.
pub const REMOTE_LIMIT: Duration = Duration::from_millis(1500);

/// How long after the questions an ending waits for their answers, which the shell would otherwise read as typed.
const OWED: Duration = Duration::from_secs(2);

/// What an answer means for the exchange.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Told {
    /// Others are still to come, or nobody waits for this one.
    Nothing,
    /// It gave rise to these questions, which are to be written.
    Ask(Vec<u8>),
    /// It was the last.
    Over(Answers),
}

/// How often in a row tmux has to hand nothing through until it is believed that it does not.
const UNHEARD: u32 = 2;
/// How long after questions no others are asked unless the user wants them.
const REST: Duration = Duration::from_secs(2);

/// After so long without a key another client may have attached to the tmux, which tells nobody of it when its size is
/// the same and its `focus-events` are off.
const PAUSE: Duration = Duration::from_secs(5);

/// One terminal's exchange of questions and answers, which may be begun again. Times are since any fixed moment.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Probe {
    facts: Environment,
    sent: Duration,
    /// None when nothing is being waited for.
    deadline: Option<Duration>,
    /// Fences that have not come; a late one must not end the next exchange.
    owed: u32,
    answers: Answers,
    /// All questions have been answered once.
    answered: bool,
    /// How many exchanges since then met their limit.
    cut_short: u32,
    /// When the user last did something.
    stirred: Duration,
}

impl Probe {
    /// How long the terminal may take.
    pub fn limit(facts: &Environment) -> Duration {
        if facts.ssh { REMOTE_LIMIT } else { LOCAL_LIMIT }
    }

    /// Gives the first questions, to be written at `now`; all answers count that come within `limit`. None where the
    /// terminal is not to be asked.
    pub fn begin(
        &mut self,
        now: Duration,
        limit: Duration,
        facts: &Environment,
    ) -> Option<Vec<u8>> {
        if !facts.answers_queries() {
            return None;
        }
        if self.owed(now).is_none() {
            self.owed = 0;
        }
        self.forget_doubtful();
        self.facts.clone_from(facts);
        self.sent = now;
        self.answers = Answers::default();
        let questions = self.answers.ask(facts)?;
        self.deadline = Some(now.saturating_add(limit));
        self.owed += 1;
        Some(questions)
    }

    /// Takes an answer. Late and unasked ones are swallowed.
    pub fn reply(&mut self, reply: Reply) -> Told {
        self.swallow(&reply);
        if self.deadline.is_none() {
            return Told::Nothing;
        }
        // The fence of an exchange before this one ends nothing.
        if is_fence(&reply) && self.owed > 0 {
            return Told::Nothing;
        }
        if !self.answers.take(reply) {
            return Told::Nothing;
        }
        if let Some(questions) = self.answers.ask(&self.facts) {
            self.owed += 1;
            return Told::Ask(questions);
        }
        self.deadline = None;
        self.answered = true;
        self.cut_short = 0;
        Told::Over(std::mem::take(&mut self.answers))
    }

    /// Whether the terminal is being asked for the first time: what is guessed of it till then is no ground for pictures,
    /// which would travel in vain.
    pub fn is_first(&self) -> bool {
        self.deadline.is_some() && !self.answered && self.cut_short == 0
    }

    /// When to call [`Self::expire`]; `None` when the exchange is over.
    pub fn deadline(&self) -> Option<Duration> {
        self.deadline
    }

    /// Ends the exchange if its limit has passed, and gives what came, if that is to be believed: a terminal that has
    /// answered all before is only slow this time, unless a tmux in front of it hands nothing through any more.
    pub fn expire(&mut self, now: Duration) -> Option<Answers> {
        self.deadline.filter(|deadline| now >= *deadline)?;
        self.forget_doubtful();
        self.deadline = None;
        self.cut_short = self.cut_short.saturating_add(1);
        let answers = std::mem::take(&mut self.answers);
        let told = !self.answered || answers.is_doubtful() && self.cut_short >= UNHEARD;
        told.then_some(answers)
    }

    /// When it may be asked again without a reason of the user's; now at the earliest. Not while answers are waited for.
    pub fn rested(&self, now: Duration) -> Duration {
        let rested = self.sent.saturating_add(REST);
        now.max(rested).max(self.deadline.unwrap_or_default())
    }

    /// The user did something. True when that ends a pause in which the terminal behind a multiplexer may have become
    /// another one, so that it is to be asked.
    pub fn stirred(&mut self, now: Duration, facts: &Environment) -> bool {
        let pause = now.saturating_sub(std::mem::replace(&mut self.stirred, now));
        facts.multiplexed() && pause >= PAUSE && self.deadline.is_none() && self.rested(now) <= now
    }

    /// How much longer an ending should wait for answers that are on their way; `None` when none are.
    pub fn owed(&self, now: Duration) -> Option<Duration> {
        let until = match self.deadline {
            // tmux may have dropped the question.
            Some(deadline) if self.answers.is_doubtful() => deadline,
            _ => self.sent.saturating_add(OWED),
        };
        (self.owed > 0 && now < until).then(|| until.saturating_sub(now))
    }

    /// A tmux that has handed nothing through so far owes nothing.
    fn forget_doubtful(&mut self) {
        if self.deadline.is_some() && self.answers.is_doubtful() {
            self.owed = self.owed.saturating_sub(1);
        }
    }

    /// The questions of [`Told::Ask`] were held up for `by` before they were written, which is not the terminal's fault.
    pub fn postpone(&mut self, by: Duration) {
        self.sent = self.sent.saturating_add(by);
        self.deadline = self.deadline.map(|deadline| deadline.saturating_add(by));
    }

    /// The questions of [`Told::Ask`] will not be written: the exchange ends, and nothing is owed for them.
    pub fn take_back(&mut self) {
        self.owed = self.owed.saturating_sub(1);
        self.abandon();
    }

    /// Ends the exchange without a result; what was asked is owed still.
    pub fn abandon(&mut self) {
        self.deadline = None;
        self.answers = Answers::default();
    }

    /// A question for DA1 was sent at `now`, outside of an exchange: an ending waits for its answer.
    pub fn await_fence(&mut self, now: Duration) {
        if self.owed(now).is_none() {
            self.owed = 0;
        }
        self.deadline = None;
        self.sent = now;
        self.owed += 1;
    }

    /// Takes an answer that leads to no more questions.
    pub fn swallow(&mut self, reply: &Reply) {
        if is_fence(reply) {
            self.owed = self.owed.saturating_sub(1);
        }
    }
}

fn is_fence(reply: &Reply) -> bool {
    matches!(reply, Reply::PrimaryAttributes(_))
}
