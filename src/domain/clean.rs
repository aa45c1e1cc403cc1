//! Foreign text made safe to print: the only text from outside that a screen or a line may show.
//!
//! ratatui keeps controls off the wire, but lets bidi overrides, zero-width characters, tags, private use and
//! endless combining marks through; plain output keeps nothing off. So text is cleaned once, where it enters.

use std::fmt;

use serde::{Deserialize, Serialize};
use unicode_width::UnicodeWidthChar;

/// More combining marks than this on one character are dropped.
const MAX_MARKS: usize = 8;

/// Text without controls, escape sequences, bidi and zero-width characters, tags and private use.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(from = "String", into = "String")]
pub struct Clean(String);

impl Clean {
    /// One line: line ends and tabs become spaces.
    pub fn line(text: &str) -> Self {
        Self(clean(text, false))
    }

    /// Several lines: `\n` stays (also for `\r\n` and `\r`), tabs become spaces.
    pub fn text(text: &str) -> Self {
        Self(clean(text, true))
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether nothing is left.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Adds more text behind this one.
    pub fn push(&mut self, more: &Self) {
        self.0.push_str(&more.0);
    }

    /// At most `bytes` bytes of it, cut between characters.
    #[must_use]
    pub fn truncated(mut self, bytes: usize) -> Self {
        if self.0.len() > bytes {
            let end = (0..=bytes)
                .rev()
                .find(|i| self.0.is_char_boundary(*i))
                .unwrap_or(0);
            self.0.truncate(end);
        }
        self
    }
}

impl fmt::Display for Clean {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

impl From<String> for Clean {
    fn from(text: String) -> Self {
        Self::text(&text)
    }
}

impl From<&str> for Clean {
    fn from(text: &str) -> Self {
        Self::text(text)
    }
}

impl From<Clean> for String {
    fn from(clean: Clean) -> Self {
        clean.0
    }
}

/// What one character becomes.
enum Fate {
    Keep,
    Space,
    Newline,
    Drop,
}

fn clean(text: &str, lines: bool) -> String {
    let mut out = String::with_capacity(text.len().min(4096));
    let mut marks = 0;
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        if c == '\u{1b}' {
            skip_sequence(&mut chars);
            continue;
        }
        if c == '\r' && chars.peek() == Some(&'\n') {
            continue;
        }
        match fate(c) {
            Fate::Keep if is_mark(c) => {
                marks += 1;
                if marks <= MAX_MARKS && !out.is_empty() && !out.ends_with('\n') {
                    out.push(c);
                }
            }
            Fate::Keep => {
                marks = 0;
                out.push(c);
            }
            Fate::Newline if lines => {
                marks = 0;
                out.push('\n');
            }
            Fate::Newline | Fate::Space => {
                marks = 0;
                out.push(' ');
            }
            Fate::Drop => {}
        }
    }
    out
}

/// After ESC: drops the whole sequence, so that its parameters do not stay behind as text.
fn skip_sequence(chars: &mut std::iter::Peekable<std::str::Chars<'_>>) {
    match chars.peek() {
        // CSI: parameters and intermediates, then one final byte.
        Some('[') => {
            chars.next();
            while let Some(&c) = chars.peek() {
                if !(' '..='~').contains(&c) {
                    break;
                }
                chars.next();
                if ('@'..='~').contains(&c) {
                    break;
                }
            }
        }
        // OSC, DCS, APC, PM, SOS: up to BEL or ST. An unfinished one takes its own line only.
        Some(']' | 'P' | '_' | '^' | 'X') => {
            chars.next();
            while let Some(&c) = chars.peek() {
                if c == '\n' || c == '\r' {
                    break;
                }
                chars.next();
                if c == '\u{7}' || c == '\u{9c}' {
                    break;
                }
                if c == '\u{1b}' {
                    if chars.peek() == Some(&'\\') {
                        chars.next();
                    }
                    break;
                }
            }
        }
        Some(c) if (' '..='~').contains(c) => {
            chars.next();
        }
        _ => {}
    }
}

fn fate(c: char) -> Fate {
    match c {
        '\n' | '\r' | '\u{b}' | '\u{c}' | '\u{85}' | '\u{2028}' | '\u{2029}' => Fate::Newline,
        '\t' => Fate::Space,
        '\0'..='\u{1f}' | '\u{7f}'..='\u{9f}' => Fate::Drop,
        // Soft hyphen, Arabic letter mark, Hangul and Khmer fillers, Mongolian separators.
        '\u{ad}'
        | '\u{61c}'
        | '\u{115f}'
        | '\u{1160}'
        | '\u{17b4}'
        | '\u{17b5}'
        | '\u{180b}'..='\u{180f}'
        | '\u{3164}'
        | '\u{ffa0}' => Fate::Drop,
        // Zero-width, joiners, directional marks, overrides, isolates, invisible operators.
        '\u{200b}'..='\u{200f}'
        | '\u{202a}'..='\u{202e}'
        | '\u{2060}'..='\u{206f}'
        | '\u{feff}' => Fate::Drop,
        // Interlinear annotation; non-characters.
        '\u{fff0}'..='\u{fffb}' | '\u{fdd0}'..='\u{fdef}' => Fate::Drop,
        // Private use, kitty's placeholder U+10EEEE among it; tags and variation selectors supplement.
        '\u{e000}'..='\u{f8ff}' | '\u{e0000}'..='\u{10ffff}' => Fate::Drop,
        c if (c as u32) & 0xfffe == 0xfffe => Fate::Drop,
        _ => Fate::Keep,
    }
}

fn is_mark(c: char) -> bool {
    c.width() == Some(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sequences_go_whole_and_words_stay() {
        assert_eq!(Clean::line("a\u{1b}[31mred\u{1b}[0m b").as_str(), "ared b");
        assert_eq!(Clean::line("x\u{1b}]52;c;aGk=\u{7}y").as_str(), "xy");
        assert_eq!(Clean::line("x\u{1b}_Gi=1;AAAA\u{1b}\\y").as_str(), "xy");
        assert_eq!(Clean::line("\u{9b}31mx").as_str(), "31mx");
        assert_eq!(
            Clean::text("one\r\ntwo\rthree\u{2028}four").as_str(),
            "one\ntwo\nthree\nfour"
        );
        assert_eq!(Clean::line("one\r\ntwo").as_str(), "one two");
    }

    #[test]
    fn invisible_and_reordering_characters_go() {
        assert_eq!(
            Clean::line("a\u{202e}b\u{200b}c\u{e0041}d\u{10eeee}e\u{f8ff}f\u{feff}").as_str(),
            "abcdef"
        );
    }

    #[test]
    fn at_most_eight_marks_stay_on_one_character() {
        let zalgo = format!("e{}x", "\u{301}".repeat(20_000));
        assert_eq!(
            Clean::line(&zalgo).as_str(),
            format!("e{}x", "\u{301}".repeat(8))
        );
        assert_eq!(Clean::line("\u{301}a").as_str(), "a");
    }

    #[test]
    fn cutting_never_splits_a_character() {
        assert_eq!(Clean::line("狐狐").truncated(4).as_str(), "狐");
    }
}
