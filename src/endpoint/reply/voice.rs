//! One run of text that arrives in pieces (a choice's content, or the reasoning): kept whole but for its pictures, and told
//! word by word. Pictures that were split over many pieces are put together here, by a sieve of the text's own.

use memchr::memmem;

use super::Image;
use super::blobs::Blobs;
use super::inline;
use super::plain::{MAX_TEXT, plain};
use super::scan::{Kind, scan};
use crate::domain::Clean;
use crate::endpoint::framing::Sieve;

/// How far behind its end a picture by address may begin, bytes: a label and a URL.
const MAX_MARKDOWN: usize = 12 * 1024;
/// How much text is looked through for pictures before its end, bytes, and how often.
const MAX_EARLY: usize = 256 * 1024;
const MAX_LOOKS: u8 = 64;
/// The longest line that can be one of progress, bytes.
const MAX_PROGRESS_LINE: usize = 200;

/// The text so far.
#[derive(Debug, Default)]
pub(super) struct Voice {
    text: String,
    /// Made with the first piece.
    sieve: Option<Sieve>,
    /// Up to here the text was told.
    told: usize,
    told_bytes: usize,
    /// Where the present line begins.
    line: usize,
    percent: Option<u8>,
    /// Up to here pictures by address were told, and how often they were looked for.
    seen: usize,
    looks: u8,
    /// More came than is kept.
    pub(super) overflowed: bool,
}

impl Voice {
    /// All of it, with marks for its large pictures. One that is still arriving is missing.
    pub(super) fn text(&self) -> &str {
        &self.text
    }

    /// Where in the text the next piece begins; what stands before stays there.
    pub(super) fn place(&self) -> usize {
        self.text.len() - self.sieve.as_ref().map_or(0, Sieve::open)
    }

    /// Whether the next piece may belong to a large picture.
    pub(super) fn is_cutting(&self) -> bool {
        self.sieve.as_ref().is_some_and(Sieve::is_cutting)
    }

    /// At the end: writes the mark of a picture that was arriving.
    pub(super) fn close(&mut self, blobs: &mut Blobs) {
        if let Some(sieve) = &mut self.sieve {
            let mut tail = Vec::new();
            sieve.end(&mut tail, blobs);
            self.text.push_str(&String::from_utf8_lossy(&tail));
        }
    }

    /// Adds a piece, if it has `room` bytes at least; gives the words that are whole now. The last word waits for its end: it may
    /// become a URL or a picture.
    pub(super) fn say(&mut self, piece: &str, room: usize, blobs: &mut Blobs) -> Option<Clean> {
        self.overflowed |= piece.len() > room;
        // What follows a gap would be put together wrongly.
        if self.overflowed {
            return None;
        }
        // The sieve may take back the base64 at the end of the text; words were told up to there at most.
        let before = self.place();
        let mut tail = self.text.split_off(before).into_bytes();
        let sieve = self
            .sieve
            .get_or_insert_with(|| Sieve::new(blobs.depot().clone()));
        sieve.push(piece.as_bytes(), &mut tail, blobs);
        self.text.push_str(&String::from_utf8_lossy(&tail));
        self.line = self.line.min(self.text.len());
        let (space, width) = self.text[before..]
            .char_indices()
            .rev()
            .find(|(_, c)| c.is_whitespace())
            .map(|(i, c)| (i, c.len_utf8()))?;
        let end = before + space + width;
        let segment = &self.text[self.told..end];
        self.told = end;
        if self.told_bytes > MAX_TEXT {
            return None;
        }
        // Word by word, so the outer white space, which `plain` trims, has to be given back.
        let core = plain(segment, &scan(segment), &[]).words;
        if core.is_empty() && segment.trim().is_empty() {
            return Some(Clean::text(segment));
        }
        let lead = &segment[..segment.len() - segment.trim_start_matches('\n').len()];
        let trail = &segment[segment.trim_end().len()..];
        let said = Clean::text(&format!("{lead}{core}{trail}"));
        self.told_bytes += said.as_str().len();
        (!said.is_empty()).then_some(said)
    }

    /// Adds a text that is the whole so far (a `message` behind deltas), of which only the new end counts.
    pub(super) fn say_whole(
        &mut self,
        whole: &str,
        room: usize,
        blobs: &mut Blobs,
    ) -> Option<Clean> {
        let new = whole.strip_prefix(self.text.as_str()).unwrap_or(whole);
        self.say(new, room, blobs)
    }

    /// Pictures by address that the last `piece` completed: markdown and HTML, which say where they end. What is fenced or in
    /// a text too long to look through time and again is found at the answer's end.
    pub(super) fn images(&mut self, piece: &str, blobs: &Blobs) -> Vec<Image> {
        let text = self.text.as_str();
        if !piece.contains([')', '>']) || text.len() > MAX_EARLY || self.looks >= MAX_LOOKS {
            return Vec::new();
        }
        let far = text.len().saturating_sub(piece.len() + MAX_MARKDOWN);
        let recent = &text.as_bytes()[self.seen.max(far).min(text.len())..];
        let opens = ["![", "<img", "<IMG"].map(str::as_bytes);
        if !opens
            .iter()
            .any(|open| memmem::find(recent, open).is_some())
        {
            return Vec::new();
        }
        self.looks += 1;
        let mut images = Vec::new();
        for span in scan(text) {
            let shown = matches!(span.kind, Kind::Markdown | Kind::Html);
            if !shown || span.open || span.fenced || span.range.start < self.seen {
                continue;
            }
            // Behind a target that nothing closes the rest of it may follow.
            if !matches!(text.as_bytes().get(span.range.end - 1), Some(b')' | b'>')) {
                continue;
            }
            if let Ok(image @ Image::Url(_)) = inline::of_text(&span.meant(text), blobs) {
                self.seen = span.range.end;
                images.push(image);
            }
        }
        images
    }

    /// The figures of progress lines (`> 进度 **67%**`) since the last call. Other percentages are the picture's own words.
    pub(super) fn percents(&mut self) -> Vec<u8> {
        let mut out = Vec::new();
        loop {
            let rest = &self.text.as_bytes()[self.line..];
            let window = &rest[..rest.len().min(MAX_PROGRESS_LINE)];
            let newline = memchr::memchr(b'\n', window);
            let line = newline.map_or(window, |n| &window[..n]);
            if line.trim_ascii_start().starts_with(b">")
                && let Some(percent) = percent_in(line)
                && self.percent != Some(percent)
            {
                self.percent = Some(percent);
                out.push(percent);
            }
            match newline {
                Some(n) => self.line += n + 1,
                // Too long for a line of progress. If its end is not here yet, what follows on it is no line either.
                None if window.len() == MAX_PROGRESS_LINE => {
                    let Some(n) = memchr::memchr(b'\n', &rest[MAX_PROGRESS_LINE..]) else {
                        self.line = self.text.len() - 1;
                        return out;
                    };
                    self.line += MAX_PROGRESS_LINE + n + 1;
                }
                None => return out,
            }
        }
    }
}

/// The last `N%` of a line, 0..=100.
fn percent_in(line: &[u8]) -> Option<u8> {
    let sign = memchr::memrchr(b'%', line)?;
    let digits = line[..sign]
        .iter()
        .rev()
        .take_while(|b| b.is_ascii_digit())
        .count();
    // "33.5%" is 33.
    let whole = &line[..sign - digits];
    let number = if whole.ends_with(b".") {
        let more = whole[..whole.len() - 1]
            .iter()
            .rev()
            .take_while(|b| b.is_ascii_digit())
            .count();
        &whole[whole.len() - 1 - more..whole.len() - 1]
    } else {
        &line[sign - digits..sign]
    };
    std::str::from_utf8(number)
        .ok()?
        .parse()
        .ok()
        .filter(|percent| *percent <= 100)
}
