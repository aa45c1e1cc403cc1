//! The end of a reply: its pictures and words, which picture counts, whether it ended well, and why there is none.

use super::pictures::Candidate;
use super::plain::{MAX_TEXT, plain};
use super::scan::scan;
use super::voice::Voice;
use super::{Image, MAX_KEPT, MAX_PICTURES, Reply, too_many};
use crate::domain::{Clean, Failure, FailureKind};
use crate::endpoint::mask::Mask;
use crate::endpoint::{error, words};

/// How the reading ended.
#[derive(Debug, Clone, PartialEq)]
pub enum End {
    /// The gateway closed the stream, or said `[DONE]`.
    Closed,
    /// The connection broke or fell silent, in these words.
    Broken(Failure),
}

/// A whole answer.
#[derive(Debug, Clone, PartialEq)]
pub struct Answer {
    /// Distinct pictures, drafts before finals, at most 16.
    pub images: Vec<Candidate>,
    /// The index of the one that stands for the answer: the last.
    pub selected: Option<usize>,
    /// The answer's words without its pictures, several lines, at most 256 KB.
    pub text: Clean,
    /// The model's thoughts, likewise.
    pub reasoning: Clean,
    /// The last reason that was not null.
    pub finish_reason: Option<Clean>,
    /// The usage object as compact JSON.
    pub usage: Option<String>,
    /// The model that the answer names.
    pub model: Option<Clean>,
    /// What the user should know beside it.
    pub notices: Vec<Clean>,
    /// `[DONE]` or a finish reason came, or a whole JSON document.
    pub ended_well: bool,
    /// Why there is no picture; with pictures, an error that came beside them. Pictures are paid for: save them, and show this
    /// as a warning.
    pub failure: Option<Failure>,
    /// What the answer is when its only pictures are links in its text, and none of them leads to one.
    pub words_only: Option<Failure>,
}

impl Reply {
    /// Takes the end of the stream, and makes the answer.
    pub fn finish(mut self, end: End) -> Answer {
        self.unveil();
        let mask = self.mask.clone();
        mask.answer(self.answer(end))
    }

    /// What waited for the rest of the key was none. What has no pieces of its own is read over once more.
    fn unveil(&mut self) {
        for (of, held) in std::mem::take(&mut self.held) {
            let room = self.room();
            let voice = match of {
                Some(choice) => self.voices.entry(choice).or_default(),
                None => &mut self.thoughts,
            };
            voice.say(&held, room, &mut self.blobs);
        }
        for text in [&mut self.refusal, &mut self.arguments] {
            *text = self.mask.text(text).into_owned();
        }
    }

    fn answer(mut self, end: End) -> Answer {
        let ended_well = self.done
            || self.finish.is_some()
            || (self.documents > 0 && self.broken.is_none() && end == End::Closed);
        for voice in self.voices.values_mut().chain([&mut self.thoughts]) {
            voice.close(&mut self.blobs);
        }
        let (finals, drafts) = self.collect();
        let mut images: Vec<Candidate> = drafts
            .into_iter()
            .filter(|draft| !finals.iter().any(|f| f.image == draft.image))
            .collect();
        images.extend(finals);
        if images.len() > MAX_PICTURES {
            self.notice(&too_many());
            // The last ones are the finals.
            images.drain(..images.len() - MAX_PICTURES);
        }
        for candidate in &mut images {
            candidate.maybe_cut &= !ended_well;
        }
        if self
            .voices
            .values()
            .chain([&self.thoughts])
            .any(|v| v.overflowed)
        {
            let most = MAX_KEPT / (1024 * 1024);
            self.notice(&format!(
                "the answer's text is over {most} MB; its end was left out"
            ));
        }

        let shown: Vec<&str> = images
            .iter()
            .filter_map(|c| match &c.image {
                Image::Url(url) => Some(url.as_str()),
                Image::Inline(_) => None,
            })
            .collect();
        let (mut text, mut cut) = (Clean::default(), false);
        for voice in self.voices.values() {
            if !text.is_empty() {
                text.push(&"\n".into());
            }
            let said = plain(voice.text(), &scan(voice.text()), &shown);
            text.push(&said.words);
            cut |= said.cut;
        }
        if text.is_empty() {
            text = Clean::text(&self.refusal);
        }
        if cut || text.as_str().len() > MAX_TEXT {
            self.notice("the answer's text is over 256 KB; its end was left out");
        }
        let thoughts = self.thoughts.text();
        let reasoning = plain(thoughts, &scan(thoughts), &shown);
        if reasoning.cut || self.thoughts.overflowed {
            self.notice("the model's thoughts are over 256 KB; their end was left out");
        }

        let selected = images.len().checked_sub(1);
        let whole = images.iter().any(|c| !c.maybe_cut);
        if whole && self.error.is_none() && !ended_well {
            self.notice("the answer broke off behind the picture");
        }
        let (failure, words_only) = if !whole {
            (Some(self.failure(end, ended_well, &text)), None)
        } else if images.iter().all(|c| !c.is_certain()) {
            // A refusal may name a page with the rules; then its words, that link among them, are the answer.
            let said: Vec<&str> = self.voices.values().map(Voice::text).collect();
            let said = said.join("\n");
            let said = plain(&said, &scan(&said), &[]).words;
            let beside = self.error.clone();
            (beside, Some(self.failure(end, ended_well, &said)))
        } else {
            (self.error.take(), None)
        };
        Answer {
            images,
            selected,
            text: text.truncated(MAX_TEXT),
            reasoning: reasoning.words,
            finish_reason: self.finish,
            usage: self.usage,
            model: self.model,
            notices: self.notices,
            ended_well,
            failure,
            words_only,
        }
    }

    /// Why an answer without a picture has none.
    fn failure(&mut self, end: End, ended_well: bool, text: &Clean) -> Failure {
        if let Some(error) = self.error.take() {
            return error;
        }
        if let Some(page) = self.page.take() {
            return page;
        }
        if let End::Broken(failure) = end
            && !ended_well
        {
            return failure;
        }
        if self.read == 0 && self.broken.is_none() {
            return if let Some(packing) = self.packed {
                let message = format!("the answer came packed ({packing}) and cannot be read");
                Failure::new(FailureKind::NotTheEndpoint, message)
                    .hint(words::ASK_FOR_PLAIN)
                    .billed()
            } else if self.garbled > 0 {
                Failure::new(
                    FailureKind::NotTheEndpoint,
                    "the answer is not in the chat completions format",
                )
                .hint(words::CHECK_BASE_URL)
                .billed()
            } else {
                Failure::new(FailureKind::Cut, "the answer was empty")
                    .hint(words::REPEAT_MAY_BILL)
                    .billed()
            };
        }
        if !ended_well {
            return Failure::new(
                FailureKind::Cut,
                "the answer broke off before a picture was complete",
            )
            .hint(words::REPEAT_MAY_BILL)
            .billed();
        }
        let reasons = [self.native.as_ref(), self.finish.as_ref()];
        let blocked = reasons.into_iter().flatten().find(|r| is_block(r));
        if blocked.is_some() || !self.refusal.is_empty() {
            let words = said(text);
            let message = if words.is_empty() {
                let reason = blocked.map(Clean::as_str).unwrap_or_default();
                format!("the prompt or the picture was refused ({reason})")
            } else {
                format!("refused: {words}")
            };
            return Failure::new(FailureKind::Refused, message)
                .hint(words::CHANGE_PROMPT)
                .billed();
        }
        if !text.is_empty() {
            let words = said(text);
            let colon = if words.is_empty() { "" } else { ": " };
            let message = format!("the model answered with words only{colon}{words}");
            return Failure::new(FailureKind::Refused, message)
                .hint(words::CHANGE_PROMPT)
                .billed();
        }
        let message = if self.notices.iter().any(|n| n.as_str().contains("damaged")) {
            "the answer's picture is damaged".to_owned()
        } else if let Some(tokens) = completion_tokens(self.usage.as_deref()) {
            format!("billed, no image delivered: {tokens} tokens were used")
        } else {
            "the answer ended well, but holds no picture".to_owned()
        };
        Failure::new(FailureKind::NoPicture, message)
            .hint(words::REPEAT_MAY_BILL)
            .billed()
    }
}

impl Mask {
    /// An answer without the key, which cleaning may have put together.
    fn answer(&self, answer: Answer) -> Answer {
        let failure = |failure: Option<Failure>| failure.map(|f| self.failure(f));
        Answer {
            text: self.clean(answer.text),
            reasoning: self.clean(answer.reasoning),
            finish_reason: answer.finish_reason.map(|reason| self.clean(reason)),
            model: answer.model.map(|model| self.clean(model)),
            notices: answer.notices.into_iter().map(|n| self.clean(n)).collect(),
            failure: failure(answer.failure),
            words_only: failure(answer.words_only),
            ..answer
        }
    }
}

/// Whether a reason for the end is that of a filter; the names are OpenAI's and Gemini's.
fn is_block(reason: &Clean) -> bool {
    let reason = reason.as_str().to_ascii_lowercase();
    [
        "content_filter",
        "safety",
        "prohibited",
        "blocklist",
        "recitation",
    ]
    .iter()
    .any(|name| reason.contains(name))
}

/// The first line of an answer's words; of an answer in JSON or HTML, its message.
fn said(text: &Clean) -> Clean {
    let text = text.as_str().trim();
    if text.starts_with(['{', '[', '<']) {
        return error::readable(text);
    }
    error::readable(text.lines().next().unwrap_or_default())
}

fn completion_tokens(usage: Option<&str>) -> Option<u64> {
    let usage: serde_json::Value = serde_json::from_str(usage?).ok()?;
    ["completion_tokens", "output_tokens", "candidatesTokenCount"]
        .iter()
        .find_map(|key| usage[key].as_u64())
        .filter(|n| *n > 0)
}
