//! One line of text with a cursor: filters, paths.

use crossterm::event::{KeyCode, KeyModifiers};
use unicode_segmentation::UnicodeSegmentation;
use unicode_width::UnicodeWidthStr;

use super::super::keymap::Key;
use super::typeable;

/// A text of one line.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct LineField {
    text: String,
    /// byte
    cursor: usize,
}

impl LineField {
    /// What was typed.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Whether nothing was typed.
    pub fn is_empty(&self) -> bool {
        self.text.is_empty()
    }

    /// The cursor's column in cells.
    pub fn cursor_cell(&self) -> u16 {
        self.text[..self.cursor].width() as u16
    }

    /// Replaces the text, with the cursor at its end.
    pub fn set(&mut self, text: &str) {
        self.text.clear();
        self.cursor = 0;
        self.insert(text);
    }

    /// Inserts text at the cursor; line ends become spaces.
    pub fn insert(&mut self, text: &str) {
        let line = text
            .trim_end_matches(['\r', '\n'])
            .replace(['\r', '\n', '\t'], " ");
        let line: String = line.chars().filter(|c| typeable(*c)).collect();
        self.text.insert_str(self.cursor, &line);
        self.cursor += line.len();
    }

    /// Takes a key that is bound to nothing; `true` when the text changed.
    pub fn key(&mut self, key: Key) -> bool {
        let before = self.text.len();
        let control = key.modifiers == KeyModifiers::CONTROL;
        match key.code {
            KeyCode::Char(c) if key.modifiers.is_empty() => self.insert(c.encode_utf8(&mut [0; 4])),
            KeyCode::Backspace => {
                let from = self.back();
                self.text.drain(from..self.cursor);
                self.cursor = from;
            }
            KeyCode::Delete => {
                let to = self.forward();
                self.text.drain(self.cursor..to);
            }
            KeyCode::Left => self.cursor = self.back(),
            KeyCode::Right => self.cursor = self.forward(),
            KeyCode::Home => self.cursor = 0,
            KeyCode::Char('a') if control => self.cursor = 0,
            KeyCode::End => self.cursor = self.text.len(),
            KeyCode::Char('e') if control => self.cursor = self.text.len(),
            KeyCode::Char('u') if control => {
                self.text.drain(..self.cursor);
                self.cursor = 0;
            }
            KeyCode::Char('k') if control => self.text.truncate(self.cursor),
            KeyCode::Char('w') if control => {
                let words = self.text[..self.cursor].trim_end();
                let from = words.rfind(char::is_whitespace).map_or(0, |at| at + 1);
                self.text.drain(from..self.cursor);
                self.cursor = from;
            }
            _ => {}
        }
        self.text.len() != before
    }

    fn back(&self) -> usize {
        let cluster = self.text[..self.cursor].graphemes(true).next_back();
        self.cursor - cluster.map_or(0, str::len)
    }

    fn forward(&self) -> usize {
        let cluster = self.text[self.cursor..].graphemes(true).next();
        self.cursor + cluster.map_or(0, str::len)
    }
}
