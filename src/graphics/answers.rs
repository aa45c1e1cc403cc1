//! The questions to a terminal, round by round, and what was answered to each.
//!
//! A round goes to one terminal and ends with its answer to DA1, so that it is known who answered: the one in front of
//! us first, then, if that is tmux, the one behind it, by a question that tmux is to hand through. Nobody but tmux can
//! tell whether it does: an answer that comes back is the proof.

use super::environment::{Environment, Multiplexer};
use super::reply::Reply;
use super::route::Route;
use crate::domain::Clean;

/// The `i` of the kitty query; no picture of ours has it.
pub(super) const KITTY_QUERY_ID: u32 = 31;
/// The `i` of the picture that proves placeholders; no picture of ours has it.
pub(super) const KITTY_PLACEHOLDER_ID: u32 = 0x7F00_0001;
/// Where the proof of placeholders starts: below the first row, whose cursor report looks like F3.
pub(super) const PROOF_COLUMN: u16 = 1;
/// tmux inside tmux inside tmux is as far as anybody goes.
const DEEPEST: u8 = 3;

/// Who a level of the way is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Who {
    Tmux,
    Screen,
    Terminal,
}

/// One write of questions, and its answers.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
struct Round {
    /// How many tmux it went through.
    level: u8,
    /// It asked for kitty graphics, too.
    pictures: bool,
    replies: Vec<Reply>,
    /// The fence has come.
    ended: bool,
}

/// What was asked, and the answers by who gave them.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Answers {
    rounds: Vec<Round>,
}

impl Answers {
    /// Answers of the terminal in front of us to all the questions there are.
    pub fn direct(replies: &[Reply]) -> Self {
        let ended = replies.iter().any(is_fence);
        Self {
            rounds: vec![Round {
                level: 0,
                pictures: true,
                replies: replies.to_vec(),
                ended,
            }],
        }
    }

    /// The next questions, in one write; `None` while answers to the last ones may come, and when nothing is left to ask.
    ///
    /// Not to be called unless [`Environment::answers_queries`]. The last question of a round is DA1, which every
    /// terminal answers: when its answer is there, all others are too, or will not come.
    pub fn ask(&mut self, env: &Environment) -> Option<Vec<u8>> {
        let (level, identity, pictures) = match self.rounds.last() {
            None => (0, true, !env.multiplexed()),
            Some(round) if !round.ended => return None,
            Some(round) => match self.who(round.level, env) {
                Who::Tmux if round.level < DEEPEST => (round.level + 1, true, false),
                Who::Terminal if !self.asked_for_pictures(round.level) => {
                    (round.level, false, true)
                }
                Who::Tmux | Who::Screen | Who::Terminal => return None,
            },
        };
        self.rounds.push(Round {
            level,
            pictures,
            ..Round::default()
        });
        Some(Route::through(level).wrap(questions(env, identity, pictures).as_bytes()))
    }

    /// Takes an answer to the last questions; true when it is the one that ends them.
    pub fn take(&mut self, reply: Reply) -> bool {
        let ends = is_fence(&reply);
        if let Some(round) = self.rounds.last_mut() {
            round.ended |= ends;
            round.replies.push(reply);
        }
        ends
    }

    /// Whether the last questions went through a tmux that has not proved to hand anything through: it may be silent for
    /// good.
    pub fn is_doubtful(&self) -> bool {
        let level = self.deepest();
        level > 0 && self.at(level).next().is_none()
    }

    /// Whether none has come.
    pub fn is_empty(&self) -> bool {
        self.rounds.iter().all(|round| round.replies.is_empty())
    }

    /// Whether some have come, but not all that were asked for.
    pub fn is_partial(&self) -> bool {
        let answered = |round: &Round| !round.replies.is_empty();
        self.rounds.iter().any(answered) && self.rounds.last().is_some_and(|r| !r.ended)
    }

    /// The level of the last questions.
    pub(super) fn deepest(&self) -> u8 {
        self.rounds.last().map_or(0, |round| round.level)
    }

    /// The answers from one level, in order.
    pub(super) fn at(&self, level: u8) -> impl DoubleEndedIterator<Item = &Reply> {
        let of_level = move |round: &&Round| round.level == level;
        self.rounds
            .iter()
            .filter(of_level)
            .flat_map(|round| &round.replies)
    }

    fn asked_for_pictures(&self, level: u8) -> bool {
        self.rounds.iter().any(|r| r.level == level && r.pictures)
    }

    /// The name that a level gives itself.
    pub(super) fn name(&self, level: u8) -> Option<&Clean> {
        self.at(level).rev().find_map(|reply| match reply {
            Reply::Version(name) => Some(name),
            _ => None,
        })
    }

    /// What a level says that it is; where it says nothing, what the environment says of the one in front of us.
    pub(super) fn who(&self, level: u8, env: &Environment) -> Who {
        match self.name(level) {
            Some(name) if name.as_str().starts_with("tmux ") => Who::Tmux,
            Some(_) => Who::Terminal,
            None if level > 0 => Who::Terminal,
            None => match env.multiplexer() {
                Some(Multiplexer::Tmux) => Who::Tmux,
                Some(Multiplexer::Screen) => Who::Screen,
                None => Who::Terminal,
            },
        }
    }
}

fn is_fence(reply: &Reply) -> bool {
    matches!(reply, Reply::PrimaryAttributes(_))
}

fn questions(env: &Environment, identity: bool, pictures: bool) -> String {
    let mut out = String::new();
    if pictures {
        // One black RGB pixel, to be checked and not kept.
        out.push_str("\x1b_Gi=31,s=1,v=1,a=q,t=d,f=24;AAAA\x1b\\");
        if env.window.rows != 1 {
            out.push_str(&placeholder_proof());
        }
    }
    if identity {
        out.push_str("\x1b[>q"); // XTVERSION
        out.push_str("\x1b[16t\x1b[14t"); // cell and text area in px
        out.push_str("\x1b]1337;ReportCellSize\x1b\\"); // iTerm2 and who draws as it does
        out.push_str("\x1b]11;?\x1b\\"); // background
        if env.term_program != "Apple_Terminal" {
            out.push_str("\x1b[?2026$p"); // DECRQM: synchronized output; that one prints the p
        }
        out.push_str("\x1b[?1;1;0S"); // XTSMGRAPHICS: sixel colour registers
    }
    out.push_str("\x1b[c"); // DA1, the fence
    out
}

/// Transmits one transparent pixel with a virtual placement (`U=1`) and asks where the cursor is then. A terminal that
/// knows placeholders says OK and leaves the cursor (kitty 0.41; Ghostty by its source). kitty 0.26 does not answer, Zellij
/// answers ENOTSUPPORTED, and one that reads over the `U` (Konsole, both 22 and 25) says OK, but draws where the cursor
/// is, and moves it. All of it is taken back.
fn placeholder_proof() -> String {
    let id = KITTY_PLACEHOLDER_ID;
    format!(
        "\x1b7\x1b[2;{PROOF_COLUMN}H\
         \x1b_Gi={id},a=T,U=1,f=32,s=1,v=1,c=2,r=1;AAAAAA==\x1b\\\
         \x1b[6n\
         \x1b_Ga=d,d=I,i={id},q=2\x1b\\\
         \x1b8"
    )
}
