//! Bytes to input, pure: the splitter's pieces through the parser of keys or the reader of answers. It has no clock; who
//! reads the bytes tells it of silence.

use std::time::Duration;

use crossterm::event::Event;

use super::splitter::{Piece, Splitter};
use super::{answer, event};
use crate::graphics::Reply;

/// One thing that came from the terminal.
#[derive(Debug, Clone, PartialEq)]
pub enum Input {
    /// The user: a key, the mouse, the focus, or a paste, whole and as it was sent (its line ends are `\r`).
    Event(Event),
    /// The terminal's answer to a question, in time or late.
    Reply(Reply),
    /// The terminal is gone; nothing comes after this.
    Hangup,
}

/// The bytes of a terminal in any split, to whole [`Input`]s.
///
/// An answer never becomes keys, and one that breaks off never swallows the keys after it.
#[derive(Debug, Default)]
pub struct Decoder {
    splitter: Splitter,
    parser: termina::Parser,
}

impl Decoder {
    /// Takes the next bytes, and gives what they complete.
    pub fn push(&mut self, bytes: &[u8]) -> Vec<Input> {
        let mut pieces = Vec::new();
        self.splitter.push(bytes, &mut pieces);
        self.read(pieces)
    }

    /// How long to wait for more bytes before calling [`Self::timeout`]; `None` when nothing is half read.
    pub fn pending(&self) -> Option<Duration> {
        self.splitter.patience()
    }

    /// Nothing came for as long as [`Self::pending`] said: a lone `ESC` is a key after all.
    pub fn timeout(&mut self) -> Vec<Input> {
        let mut pieces = Vec::new();
        self.splitter.silence(&mut pieces);
        self.read(pieces)
    }

    fn read(&mut self, pieces: Vec<Piece>) -> Vec<Input> {
        let mut out = Vec::with_capacity(pieces.len());
        for piece in pieces {
            match piece {
                Piece::Key(bytes) => out.extend(self.key(&bytes).map(Input::Event)),
                Piece::Answer(bytes) => out.push(Input::Reply(answer::read(&bytes))),
                Piece::Paste(text) => {
                    let text = String::from_utf8_lossy(&text).into_owned();
                    out.push(Input::Event(Event::Paste(text)));
                }
            }
        }
        out
    }

    /// The event of one whole piece; `None` for one that termina does not know, and for what nobody here needs.
    fn key(&mut self, bytes: &[u8]) -> Option<Event> {
        let mut alt = false;
        match bytes {
            // termina takes `ESC [` and its like for beginnings; the splitter has found that they are keys with Alt.
            [0x1B, key] => {
                alt = true;
                self.parser.parse(&[*key], false);
            }
            // It takes F3 for the cursor's place; so it gets the newer form of that key.
            [0x1B, b'[', body @ .., b'R'] => {
                let modifiers = body.strip_prefix(b"1").unwrap_or(body);
                let newer = [b"\x1b[13", modifiers, b"~"].concat();
                self.parser.parse(&newer, false);
            }
            _ => self.parser.parse(bytes, false),
        }
        let (Some(mut found), None) = (self.parser.pop(), self.parser.pop()) else {
            // Unknown to it: it waits for more, or took the rest for keys.
            self.parser = termina::Parser::default();
            return None;
        };
        if let (true, termina::Event::Key(key)) = (alt, &mut found) {
            key.modifiers |= termina::event::Modifiers::ALT;
        }
        event::convert(&found)
    }
}
