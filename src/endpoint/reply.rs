//! Chunk -> Part, and at the end an answer: WIRE §3 as a pure state machine. No clock, no socket, no pixels.
//!
//! Structured pictures (`media.outputs`, `images[]`, parts) are told as they arrive, and so are addresses in text whose end is
//! certain. Which pictures the text holds is decided once, at the end, over all of it, since gateways split URLs and base64
//! over chunks.

mod answer;
mod blobs;
mod frame;
mod inline;
mod part;
mod pictures;
mod plain;
mod scan;
mod voice;

use std::borrow::Cow;
use std::collections::BTreeMap;

use serde_json::Value;

use self::blobs::Blobs;
use self::frame::Item;
use self::inline::NotAnImage;
use self::voice::Voice;
use super::error::{self, classify};
use super::framing::{Chunk, Framing, Payload};
use super::mask::Mask;
use super::spool::Lost;
use crate::domain::{Clean, Failure};

pub use answer::{Answer, End};
pub use part::{Image, Part};
use pictures::Structured;
pub use pictures::{Candidate, Origin};

/// Most pictures of one answer (RELIABILITY N4).
const MAX_PICTURES: usize = 16;
/// Most text that is kept of an answer for its pictures to be found in, bytes: all choices and the thoughts together, base64
/// that was cut out not counted. Base64 of other alphabets stays in the text, and one picture of 64 MB in it must fit.
const MAX_KEPT: usize = 96 * 1024 * 1024;
/// Most choices of one answer that are listened to. A request asks for one.
const MAX_CHOICES: usize = 64;
/// Most that are told before the answer's end: each is written down at once.
const MAX_TOLD: usize = 4 * MAX_PICTURES;
/// Most of a usage object, bytes of JSON.
const MAX_USAGE: usize = 4096;
/// Most of a name or a reason, bytes.
const MAX_NAME: usize = 200;

/// [`MAX_KEPT`]; less in a test, which has no minutes to spare.
#[derive(Debug)]
struct Most(usize);

impl Default for Most {
    fn default() -> Self {
        Self(MAX_KEPT)
    }
}

/// An answer that is arriving.
#[derive(Debug, Default)]
pub struct Reply {
    most: Most,
    mask: Mask,
    blobs: Blobs,
    voices: BTreeMap<u64, Voice>,
    thoughts: Voice,
    /// The end of each choice's content, and of the thoughts, that may be the beginning of the key.
    held: BTreeMap<Option<u64>, String>,
    /// What tools were called with, at most 256 KB.
    arguments: String,
    refusal: String,
    structured: Vec<Structured>,
    model: Option<Clean>,
    usage: Option<String>,
    finish: Option<Clean>,
    /// The reason in the words of the gateway's upstream.
    native: Option<Clean>,
    error: Option<Failure>,
    notices: Vec<Clean>,
    /// Whether `[DONE]` came.
    done: bool,
    /// A web page came instead.
    page: Option<Failure>,
    /// Payloads that were read; JSON documents outside a stream among them; payloads that were no JSON.
    read: usize,
    documents: usize,
    /// Pictures that were told.
    told: usize,
    /// The addresses that are all of the text were told.
    told_alone: bool,
    garbled: usize,
    /// With what the answer seems to be packed.
    packed: Option<&'static str>,
    /// The payload inside which the stream ended, as text: a picture that is complete in it is paid for.
    broken: Option<String>,
}

impl Reply {
    /// Before anything came.
    pub fn new() -> Self {
        Self::default()
    }

    /// Before anything came of the answer that `framing` cuts into chunks; large pictures of both go to the same place, and
    /// count together there.
    pub fn of(framing: &Framing) -> Self {
        Self {
            blobs: Blobs::new(framing.depot().clone()),
            ..Self::default()
        }
    }

    /// The same for an answer that must not repeat the key.
    #[must_use]
    pub(super) fn hiding(self, mask: Mask) -> Self {
        Self { mask, ..self }
    }

    /// Whether the next chunk may belong to a large picture, so that taking it may block on a disk.
    pub fn is_cutting(&self) -> bool {
        self.thoughts.is_cutting() || self.voices.values().any(Voice::is_cutting)
    }

    /// Whether nothing more is needed: `[DONE]` came.
    pub fn is_done(&self) -> bool {
        self.done
    }

    /// Whether the answer has a reason for its end, and what looks like a picture. Only a usage chunk or `[DONE]` can follow, so
    /// a stream that then stays open and silent need not be waited for.
    pub fn is_settled(&self) -> bool {
        let in_text = |text: &str| text.contains("://") || text.contains("data:image/");
        self.done
            || (self.finish.is_some()
                && (!self.structured.is_empty() || self.voices.values().any(|v| in_text(v.text()))))
    }

    /// Takes the next chunk and gives what it says.
    pub fn push(&mut self, chunk: Chunk) -> Vec<Part> {
        match chunk {
            Chunk::Done => {
                self.done = true;
                Vec::new()
            }
            Chunk::Page(page) => {
                self.page = Some(error::page(200, error::title(&page).as_ref()));
                Vec::new()
            }
            Chunk::Noise(packed) => {
                self.packed = packed;
                self.garbled += 1;
                Vec::new()
            }
            Chunk::Payload(payload) => self.payload(payload),
        }
    }

    fn payload(&mut self, payload: Payload) -> Vec<Part> {
        self.blobs.extend(payload.blobs);
        let text = String::from_utf8_lossy(&payload.json);
        let Some(mut value) = serde_json::from_str(&text)
            .ok()
            .filter(|value: &Value| value.is_object() || value.is_array())
        else {
            if payload.finished {
                self.garbled += 1;
            } else {
                self.broken = Some(self.mask.text(&unescaped(&text)).into_owned());
            }
            return Vec::new();
        };
        self.mask.value(&mut value);
        self.read += 1;
        if !payload.framed {
            self.documents += 1;
        }
        let mut items = frame::read(&value);
        // A stream may name its errors by the event alone.
        if payload.event.as_deref() == Some("error")
            && !items.iter().any(|i| matches!(i, Item::Error(_)))
        {
            let complaint = error::Complaint::of_error(&value).unwrap_or_default();
            items = vec![Item::Error(complaint)];
        }
        let mut parts = Vec::new();
        for item in items {
            self.item(item, &mut parts);
        }
        parts.extend(self.alone().into_iter().map(Part::Image));
        parts.retain(|part| {
            self.told += usize::from(matches!(part, Part::Image(_)));
            self.told <= MAX_TOLD || !matches!(part, Part::Image(_))
        });
        for part in &mut parts {
            if let Part::Text(words)
            | Part::Reasoning(words)
            | Part::Model(words)
            | Part::Finish(words) = part
            {
                *words = self.mask.clean(std::mem::take(words));
            }
        }
        parts
    }

    fn item(&mut self, item: Item<'_>, parts: &mut Vec<Part>) {
        match item {
            Item::Model(name) => {
                let name = Clean::line(name).truncated(MAX_NAME);
                if self.model.is_none() && !name.is_empty() {
                    self.model = Some(name.clone());
                    parts.push(Part::Model(name));
                }
            }
            Item::Content {
                choice,
                text,
                whole,
            } => {
                if self.voices.len() >= MAX_CHOICES && !self.voices.contains_key(&choice) {
                    return self.notice(&format!(
                        "the answer has more than {MAX_CHOICES} choices; the others were left out"
                    ));
                }
                let text = &self.veiled(Some(choice), text, whole);
                let room = self.room();
                let voice = self.voices.entry(choice).or_default();
                let said = if whole {
                    voice.say_whole(text, room, &mut self.blobs)
                } else {
                    voice.say(text, room, &mut self.blobs)
                };
                parts.extend(said.map(Part::Text));
                let images = voice.images(text, &self.blobs);
                parts.extend(images.into_iter().map(Part::Image));
                parts.extend(voice.percents().into_iter().map(Part::Percent));
            }
            Item::Reasoning { text, whole } => {
                let text = &self.veiled(None, text, whole);
                let room = self.room();
                let said = if whole {
                    self.thoughts.say_whole(text, room, &mut self.blobs)
                } else {
                    self.thoughts.say(text, room, &mut self.blobs)
                };
                parts.extend(said.map(Part::Reasoning));
                let images = self.thoughts.images(text, &self.blobs);
                parts.extend(images.into_iter().map(Part::Image));
            }
            Item::Picture {
                choice,
                value,
                draft,
            } => match inline::of_value(value, &self.blobs) {
                Ok(image) => self.structured(image, choice, draft, parts),
                Err(why) => self.not_an_image(why),
            },
            Item::Arguments(text) => extend_up_to(&mut self.arguments, text),
            Item::Refusal(words) => extend_up_to(&mut self.refusal, words),
            Item::Finish(reason) => {
                let reason = Clean::line(reason).truncated(MAX_NAME);
                if self.finish.as_ref() != Some(&reason) {
                    self.finish = Some(reason.clone());
                    parts.push(Part::Finish(reason));
                }
            }
            Item::Native(reason) => {
                self.native = Some(Clean::line(reason).truncated(MAX_NAME));
            }
            Item::Usage(usage) => {
                let usage = self.mask.named(usage.clone()).to_string();
                if usage.len() <= MAX_USAGE && self.usage.as_ref() != Some(&usage) {
                    self.usage = Some(usage.clone());
                    parts.push(Part::Usage(usage));
                }
            }
            Item::Error(complaint) => {
                let mut failure = self.mask.failure(classify(200, &complaint));
                // Once something came, were it an empty delta, the work had begun.
                if self.read > 1 || self.has_content() {
                    failure = failure.billed();
                }
                if self.error.is_none() {
                    self.error = Some(failure.clone());
                    parts.push(Part::Error(failure));
                }
            }
        }
    }

    /// How much more text is kept, bytes.
    fn room(&self) -> usize {
        let voices = self.voices.values().chain([&self.thoughts]);
        self.most
            .0
            .saturating_sub(voices.map(|voice| voice.text().len()).sum())
    }

    /// The next piece of a choice's content, or of the thoughts, as it may be kept.
    fn veiled<'t>(&mut self, of: Option<u64>, piece: &'t str, whole: bool) -> Cow<'t, str> {
        let held = self.held.entry(of).or_default();
        if whole {
            // It repeats what waits.
            held.clear();
            return self.mask.text(piece);
        }
        self.mask.piece(held, piece)
    }

    fn not_an_image(&mut self, why: NotAnImage) {
        match why {
            NotAnImage::Other => {}
            NotAnImage::Damaged => {
                self.notice("a picture in the answer is damaged (its base64 cannot be decoded)");
            }
            NotAnImage::Lost(Lost::TooLarge) => {
                self.notice("a picture in the answer is over 64 MB and was left out");
            }
            NotAnImage::Lost(Lost::TooMany) => {
                self.notice(
                    "a picture in the answer was left out: too many large ones came before it",
                );
            }
            NotAnImage::Lost(Lost::Unreadable) => {
                self.notice("a picture in the answer was lost: what was written cannot be read");
            }
        }
    }

    /// Adds a notice, once.
    fn notice(&mut self, text: &str) {
        let notice = Clean::line(text);
        if !self.notices.contains(&notice) {
            self.notices.push(notice);
        }
    }

    fn has_content(&self) -> bool {
        !self.structured.is_empty()
            || !self.thoughts.text().is_empty()
            || self.voices.values().any(|v| !v.text().is_empty())
    }
}

/// Adds a text to one of which at most 256 KB are kept.
fn extend_up_to(kept: &mut String, more: &str) {
    let room = plain::MAX_TEXT.saturating_sub(kept.len());
    let end = (0..=room.min(more.len())).rev();
    let end = end.into_iter().find(|at| more.is_char_boundary(*at));
    kept.push_str(&more[..end.unwrap_or(0)]);
}

fn too_many() -> String {
    format!(
        "the answer holds more than {MAX_PICTURES} pictures; the last {MAX_PICTURES} are kept, drafts go first"
    )
}

/// A gateway's words, cleaned, without data URIs and without the queries of URLs, which may be signatures.
pub(super) fn without_secrets(text: &str) -> Clean {
    plain::plain(text, &scan::scan(text), &[]).words
}

/// The escapes that gateways put into URLs, undone, for a payload that no JSON reader takes.
fn unescaped(json: &str) -> String {
    json.replace("\\u0026", "&")
        .replace("\\u003d", "=")
        .replace("\\/", "/")
        .replace("\\n", "\n")
        .replace("\\\"", "\"")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_choices_share_what_is_kept_of_the_text() {
        let mut reply = Reply {
            most: Most(1_000),
            ..Reply::new()
        };
        let words = "word ".repeat(60);
        for n in 0..5 {
            let json = serde_json::json!({"choices": [{"index": n, "delta": {"content": words}}]});
            reply.push(Chunk::Payload(Payload {
                event: None,
                json: json.to_string().into_bytes(),
                blobs: Vec::new(),
                framed: true,
                finished: true,
            }));
        }
        let kept: usize = reply.voices.values().map(|voice| voice.text().len()).sum();
        assert_eq!(kept, 900, "three pieces of 300 have room");
        let answer = reply.finish(End::Closed);
        let told = |notice: &Clean| notice.as_str().contains("its end was left out");
        assert!(answer.notices.iter().any(told), "{:?}", answer.notices);
    }
}
