//! One run of text that arrives in pieces (a choice's content, or the reasoning): kept whole, and told word by word.

use super::plain::{MAX_TEXT, plain};
use super::scan::scan;
use crate::domain::Clean;

/// The most content that is kept, bytes: pictures written into it included.
const MAX_CONTENT: usize = super::super::framing::MAX_PAYLOAD;
/// The longest line that can be one of progress, bytes.
const MAX_PROGRESS_LINE: usize = 200;

/// The text so far.
#[derive(Debug, Default)]
pub(super) struct Voice {
    text: String,
    /// Up to here the text was told.
    told: usize,
    told_bytes: usize,
    /// Where the present line begins.
    line: usize,
    percent: Option<u8>,
    /// More came than is kept.
    pub(super) overflowed: bool,
}

impl Voice {
    /// All of it.
    pub(super) fn text(&self) -> &str {
        &self.text
    }

    /// Adds a piece; gives the words that are whole now. The last word waits for its end: it may become a URL or a picture.
    pub(super) fn say(&mut self, piece: &str) -> Option<Clean> {
        if self.text.len() + piece.len() > MAX_CONTENT {
            self.overflowed = true;
            return None;
        }
        let before = self.text.len();
        self.text.push_str(piece);
        let (space, width) = piece
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
        let core = plain(segment, &scan(segment), &[]);
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
    pub(super) fn say_whole(&mut self, whole: &str) -> Option<Clean> {
        match whole.strip_prefix(self.text.as_str()) {
            Some(rest) => {
                let rest = rest.to_owned();
                self.say(&rest)
            }
            None => self.say(whole),
        }
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
