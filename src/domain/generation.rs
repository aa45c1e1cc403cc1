//! One generation: its record, and the state machine that its journal row walks through.

use serde::{Deserialize, Serialize};

use super::{Clean, Failure, GenerationId, Picture, Request};

/// Where a generation stands. Each state is committed before the next step is taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum State {
    /// Written down; nothing left this machine.
    Prepared,
    /// The request may have been accepted: from here on it may be billed.
    Sent,
    /// The picture's URL is known and written down.
    Answered,
    /// At least one picture is on disk. Reads `done` in JSON.
    Saved,
    /// The model or a filter declined, or answered with words only.
    Refused,
    /// It failed.
    Failed,
    /// The user stopped it.
    Cancelled,
    /// The process that ran it died after sending: it may have been billed.
    Unknown,
}

/// What happens to a generation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Step {
    /// The request is about to leave.
    Send,
    /// A picture's URL is known.
    Answer,
    /// All pictures that could be had are on disk.
    Save,
    /// No picture, but words.
    Refuse,
    /// It failed for good.
    Fail,
    /// The user stopped it.
    Cancel,
    /// Its process is gone.
    Lose,
    /// It ended, and its pictures that are still at their addresses are asked for again. Makes no call.
    Resume,
}

/// A step that the present state does not allow.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a generation that is {state:?} cannot {step:?}")]
pub struct IllegalStep {
    /// The present state.
    pub state: State,
    /// What was tried.
    pub step: Step,
}

impl State {
    /// Every state.
    pub const ALL: [Self; 8] = [
        Self::Prepared,
        Self::Sent,
        Self::Answered,
        Self::Saved,
        Self::Refused,
        Self::Failed,
        Self::Cancelled,
        Self::Unknown,
    ];

    /// The state after `step`.
    pub const fn after(self, step: Step) -> Result<Self, IllegalStep> {
        Ok(match (self, step) {
            (Self::Prepared, Step::Send) => Self::Sent,
            (Self::Sent | Self::Answered, Step::Answer) => Self::Answered,
            (Self::Sent | Self::Answered, Step::Save) => Self::Saved,
            // A link in a refusal counts as an answer until it turns out to be a page.
            (Self::Sent | Self::Answered, Step::Refuse) => Self::Refused,
            (Self::Prepared | Self::Sent | Self::Answered, Step::Fail) => Self::Failed,
            (Self::Prepared | Self::Sent | Self::Answered, Step::Cancel) => Self::Cancelled,
            // Nothing had left: it is as if it had been cancelled in the queue.
            (Self::Prepared, Step::Lose) => Self::Cancelled,
            (Self::Sent | Self::Answered, Step::Lose) => Self::Unknown,
            (Self::Saved | Self::Failed | Self::Cancelled, Step::Resume) => Self::Answered,
            (state, step) => return Err(IllegalStep { state, step }),
        })
    }

    /// Whether nothing will happen to it by itself any more.
    pub const fn is_final(self) -> bool {
        !matches!(self, Self::Prepared | Self::Sent | Self::Answered)
    }

    /// Whether the gateway may have charged for it if it ended here.
    pub const fn maybe_billed(self) -> bool {
        !matches!(self, Self::Prepared)
    }

    /// The name in the database.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Prepared => "prepared",
            Self::Sent => "sent",
            Self::Answered => "answered",
            Self::Saved => "saved",
            Self::Refused => "refused",
            Self::Failed => "failed",
            Self::Cancelled => "cancelled",
            Self::Unknown => "unknown",
        }
    }

    /// The state of that name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|s| s.as_str() == name)
    }
}

/// The whole record of one generation, running or ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Generation {
    /// Its public name.
    pub id: GenerationId,
    /// Row number: the only order that survives a jumping clock. `None` before it is journalled.
    pub seq: Option<i64>,
    /// The id of the first of those that one key press asked for.
    pub batch: GenerationId,
    /// Wall clock when it was asked for, ms since 1970.
    pub created_ms: i64,
    /// Where it stands.
    pub state: State,
    /// Whether the process that runs it is alive; only meaningful while the state is not final.
    pub owner_alive: bool,
    /// What was asked.
    pub request: Request,
    /// The base URL that it was asked at: where its pictures may be fetched from is judged by it, whenever that is.
    /// `None` where a row does not say.
    pub base_url: Option<String>,
    /// The model that the answer names.
    pub model_answered: Option<Clean>,
    /// The answer's words, several lines.
    pub text: Clean,
    /// The model's thoughts, likewise.
    pub reasoning: Clean,
    /// Saved pictures, in the answer's order.
    pub pictures: Vec<Picture>,
    /// URLs of the answer that are known and not on disk yet. Secrets: never shown.
    pub urls: Vec<String>,
    /// What the user should know: "asked png, got jpeg".
    pub notices: Vec<Clean>,
    /// Why it ended badly.
    pub failure: Option<Failure>,
    /// The answer's finish reason.
    pub finish_reason: Option<Clean>,
    /// The answer's usage object, as compact JSON.
    pub usage: Option<String>,
    /// From the request to the end, ms.
    pub elapsed_ms: Option<u64>,
    /// Whether the embedded endpoint made it.
    pub demo: bool,
}

impl Generation {
    /// A new one, not journalled yet.
    pub fn new(
        id: GenerationId,
        batch: GenerationId,
        created_ms: i64,
        request: Request,
        demo: bool,
    ) -> Self {
        Self {
            id,
            seq: None,
            batch,
            created_ms,
            state: State::Prepared,
            owner_alive: true,
            request,
            base_url: None,
            model_answered: None,
            text: Clean::default(),
            reasoning: Clean::default(),
            pictures: Vec::new(),
            urls: Vec::new(),
            notices: Vec::new(),
            failure: None,
            finish_reason: None,
            usage: None,
            elapsed_ms: None,
            demo,
        }
    }

    /// Takes `step`, or says why not. Without an open address there is nothing to resume.
    pub fn step(&mut self, step: Step) -> Result<(), IllegalStep> {
        let state = self.state;
        if step == Step::Resume && self.urls.is_empty() {
            return Err(IllegalStep { state, step });
        }
        self.state = state.after(step)?;
        Ok(())
    }

    /// How many of its pictures can be fetched again: paid for, not on disk, and nobody is at it.
    pub fn to_be_fetched(&self) -> usize {
        let idle = match self.state {
            State::Saved | State::Failed | State::Cancelled => true,
            State::Answered => !self.owner_alive,
            State::Prepared | State::Sent | State::Refused | State::Unknown => false,
        };
        if idle { self.urls.len() } else { 0 }
    }

    /// The picture that stands for this generation: the selected one, else the last.
    pub fn selected(&self) -> Option<&Picture> {
        self.pictures
            .iter()
            .find(|p| p.selected)
            .or_else(|| self.pictures.last())
    }

    /// Whether it is in work in a living process.
    pub fn is_running(&self) -> bool {
        !self.state.is_final() && self.owner_alive
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const STEPS: [Step; 8] = [
        Step::Send,
        Step::Answer,
        Step::Save,
        Step::Refuse,
        Step::Fail,
        Step::Cancel,
        Step::Lose,
        Step::Resume,
    ];

    #[test]
    fn nothing_leaves_a_final_state_but_to_fetch_what_is_open() {
        let fetched = [State::Saved, State::Failed, State::Cancelled];
        for state in State::ALL.into_iter().filter(|s| s.is_final()) {
            for step in STEPS {
                let expected = if step == Step::Resume && fetched.contains(&state) {
                    Ok(State::Answered)
                } else {
                    Err(IllegalStep { state, step })
                };
                assert_eq!(state.after(step), expected);
            }
        }
    }

    #[test]
    fn what_has_no_open_address_is_not_resumed() {
        let id = GenerationId::from_number(1);
        let request = Request {
            model: "m".to_owned(),
            ratio: crate::domain::AspectRatio::SQUARE,
            format: crate::domain::OutputFormat::Png,
            prompt: crate::domain::Prompt::new("fox").unwrap(),
            references: Vec::new(),
            parent: None,
        };
        let mut one = Generation::new(id, id, 0, request, false);
        one.state = State::Failed;
        assert_eq!(one.to_be_fetched(), 0);
        assert!(one.step(Step::Resume).is_err() && one.state == State::Failed);
        one.urls.push("https://files.example/1.png".to_owned());
        assert_eq!(one.to_be_fetched(), 1);
        one.step(Step::Resume).unwrap();
        assert_eq!((one.state, one.to_be_fetched()), (State::Answered, 0));
    }

    #[test]
    fn every_open_state_can_fail_be_cancelled_and_be_lost() {
        for state in State::ALL.into_iter().filter(|s| !s.is_final()) {
            for step in [Step::Fail, Step::Cancel, Step::Lose] {
                assert!(
                    state.after(step).is_ok_and(State::is_final),
                    "{state:?} {step:?}"
                );
            }
        }
    }

    #[test]
    fn a_row_that_was_sent_can_never_be_sent_again() {
        for state in State::ALL.into_iter().filter(|s| *s != State::Prepared) {
            assert!(state.after(Step::Send).is_err(), "{state:?}");
        }
    }

    #[test]
    fn names_of_states_read_back() {
        for state in State::ALL {
            assert_eq!(State::from_name(state.as_str()), Some(state));
        }
    }
}
