//! The prompt editor: the text area as edit engine (lines, cursor, undo), with our own wrap, scroll and cursor cells.
//!
//! The engine counts characters; here a grapheme cluster is one step and one deletion, and cells are ratatui's. Nothing
//! here knows where on the screen the text stands.

mod field;
mod motion;
mod wrap;

use tui_textarea::{CursorMove, TextArea};

pub use field::LineField;
pub use wrap::VisualLine;
pub(super) use wrap::{typeable, wrapped};

/// Edits that can be taken back.
const UNDO_DEPTH: usize = 500;

/// A text of several lines with a cursor. Draw it from [`Self::visible`] and [`Self::cursor_cell`].
#[derive(Debug, Clone)]
pub struct Editor {
    area: TextArea<'static>,
    lines: Vec<VisualLine>,
    /// The text changed since it was wrapped.
    edited: bool,
    /// cells; 0 before the first layout
    width: u16,
    height: u16,
    scroll: usize,
}

impl Default for Editor {
    fn default() -> Self {
        let mut area = TextArea::default();
        area.set_max_histories(UNDO_DEPTH);
        area.set_undo_coalescing(true);
        Self {
            area,
            lines: vec![VisualLine::default()],
            edited: false,
            width: 0,
            height: 0,
            scroll: 0,
        }
    }
}

impl Editor {
    /// The whole text.
    pub fn text(&self) -> String {
        self.area.lines().join("\n")
    }

    /// The length of the text in bytes.
    pub fn len(&self) -> usize {
        self.area.lines().iter().map(|l| l.len() + 1).sum::<usize>() - 1
    }

    /// Whether there is no text at all.
    pub fn is_empty(&self) -> bool {
        self.area.is_empty()
    }

    /// The logical lines.
    pub fn lines(&self) -> &[String] {
        self.area.lines()
    }

    /// The visual lines that are on the screen, top first: at most as many as [`Self::reflow`] was given rows.
    pub fn visible(&self) -> impl Iterator<Item = &str> {
        let shown = self
            .lines
            .iter()
            .skip(self.scroll)
            .take(usize::from(self.height));
        shown.map(|line| self.text_of(line))
    }

    /// The text of one visual line.
    pub fn text_of(&self, line: &VisualLine) -> &str {
        self.area
            .lines()
            .get(line.row)
            .and_then(|l| l.get(line.start..line.end))
            .unwrap_or_default()
    }

    /// All visual lines at the present width.
    pub fn visual_lines(&self) -> &[VisualLine] {
        &self.lines
    }

    /// Index of the first visual line on the screen.
    pub fn scroll(&self) -> usize {
        self.scroll
    }

    /// Where the cursor stands, in cells from the top left of the text's rectangle: (column, row).
    pub fn cursor_cell(&self) -> (u16, u16) {
        let at = self.cursor_line();
        let column = self
            .cursor_column()
            .min(usize::from(self.width.saturating_sub(1)));
        (column as u16, at.saturating_sub(self.scroll) as u16)
    }

    /// Wraps at `width` cells and scrolls so that the cursor is among `height` rows. To be called after edits and resizes.
    pub fn reflow(&mut self, width: u16, height: u16) {
        if self.edited || self.width != width {
            self.lines = wrap::wrap(self.area.lines(), width);
            self.edited = false;
        }
        self.width = width;
        self.height = height;
        let at = self.cursor_line();
        let rows = usize::from(height.max(1));
        let last = self.lines.len().saturating_sub(rows);
        self.scroll = self
            .scroll
            .clamp((at + 1).saturating_sub(rows), at)
            .min(last.max(at.saturating_sub(rows - 1)));
    }

    /// Replaces the whole text; one step to undo. The cursor goes to its end.
    pub fn set_text(&mut self, text: &str) {
        self.clear();
        self.insert(text);
    }

    /// Empties it; one step to undo.
    pub fn clear(&mut self) {
        self.edited = true;
        // The engine's own `select_all` ends at column 65,535.
        self.area.move_cursor(CursorMove::Jump(0, 0));
        self.area.start_selection();
        self.text_end();
        self.area.delete_char();
        self.area.cancel_selection();
    }

    /// Inserts text at the cursor: a paste, or a typed character. Characters that no prompt needs and that act on
    /// terminals are dropped.
    pub fn insert(&mut self, text: &str) {
        self.edited = true;
        let mut chars = text.chars();
        match (chars.next(), chars.next()) {
            // One character at a time joins the run of typing that one undo takes back.
            (Some('\n' | '\r'), None) => self.area.insert_newline(),
            (Some(c), None) if typeable(c) => self.area.insert_char(c),
            _ => {
                let text = text
                    .replace("\r\n", "\n")
                    .replace('\r', "\n")
                    .replace('\t', "    ");
                let text: String = text
                    .chars()
                    .filter(|c| *c == '\n' || typeable(*c))
                    .collect();
                self.area.insert_str(text);
            }
        }
    }

    /// The word that ends at the cursor, and starts a line or follows a space.
    pub fn word_before_cursor(&self) -> &str {
        let (row, byte) = self.cursor_byte();
        let before = self
            .area
            .lines()
            .get(row)
            .and_then(|l| l.get(..byte))
            .unwrap_or_default();
        before
            .rsplit(char::is_whitespace)
            .next()
            .unwrap_or_default()
    }

    /// Whether the character before the cursor is `c`.
    pub fn follows(&self, c: char) -> bool {
        let (row, byte) = self.cursor_byte();
        self.area
            .lines()
            .get(row)
            .and_then(|l| l.get(..byte))
            .is_some_and(|l| l.ends_with(c))
    }

    /// Whether the cursor stands before the first character.
    pub fn at_start(&self) -> bool {
        self.area.cursor() == (0, 0)
    }

    /// Removes the first `word` that stands alone, and one space beside it; `false` when there is none.
    pub fn remove_word(&mut self, word: &str) -> bool {
        self.edited = true;
        for (row, line) in self.area.lines().iter().enumerate() {
            for (start, _) in line.match_indices(word) {
                let (before, after) = (&line[..start], &line[start + word.len()..]);
                let alone = |c: Option<char>| c.is_none_or(char::is_whitespace);
                if alone(before.chars().next_back()) && alone(after.chars().next()) {
                    let space = usize::from(!after.is_empty());
                    let (column, length) = (before.chars().count(), word.chars().count() + space);
                    let (cursor_row, cursor) = self.area.cursor();
                    self.jump(row, column);
                    self.area.delete_str(length);
                    if cursor_row == row && cursor > column {
                        self.jump(row, cursor.saturating_sub(length).max(column));
                    } else {
                        self.jump(cursor_row, cursor);
                    }
                    return true;
                }
            }
        }
        false
    }

    /// Deletes the cluster before the cursor, or joins the line to the one above.
    pub fn delete_back(&mut self) {
        self.edited = true;
        let (row, byte) = self.cursor_byte();
        let Some(cluster) = self
            .area
            .lines()
            .get(row)
            .and_then(|l| wrap::last_cluster(l.get(..byte)?))
        else {
            self.area.delete_char();
            return;
        };
        let chars = cluster.chars().count();
        if chars == 1 {
            self.area.delete_char();
        } else {
            self.left();
            self.area.delete_str(chars);
        }
    }

    /// Deletes the cluster under the cursor, or joins the line below.
    pub fn delete_forward(&mut self) {
        self.edited = true;
        let (row, byte) = self.cursor_byte();
        let chars = self
            .area
            .lines()
            .get(row)
            .and_then(|l| wrap::first_cluster(l.get(byte..)?))
            .map_or(0, |c| c.chars().count());
        if chars > 1 {
            self.area.delete_str(chars);
        } else {
            self.area.delete_next_char();
        }
    }

    /// Deletes the word before the cursor; [`Self::yank`] brings it back.
    pub fn delete_word_back(&mut self) {
        self.edited = true;
        self.area.delete_word();
    }

    /// Deletes the word after the cursor.
    pub fn delete_word_forward(&mut self) {
        self.edited = true;
        self.area.delete_next_word();
    }

    /// Deletes to the end of the line.
    pub fn kill_to_end(&mut self) {
        self.edited = true;
        self.area.delete_line_by_end();
    }

    /// Deletes to the start of the line.
    pub fn kill_to_start(&mut self) {
        self.edited = true;
        self.area.delete_line_by_head();
    }

    /// Inserts what was deleted last.
    pub fn yank(&mut self) {
        self.edited = true;
        self.area.paste();
    }

    /// Takes the last edit back; `false` when there is none.
    pub fn undo(&mut self) -> bool {
        self.edited = true;
        self.area.undo()
    }

    /// Makes the edit again that was taken back; `false` when there is none.
    pub fn redo(&mut self) -> bool {
        self.edited = true;
        self.area.redo()
    }

    /// The cursor as (logical line, byte).
    fn cursor_byte(&self) -> (usize, usize) {
        let (row, column) = self.area.cursor();
        let line = self.area.lines().get(row).map_or("", String::as_str);
        let byte = line
            .char_indices()
            .nth(column)
            .map_or(line.len(), |(at, _)| at);
        (row, byte)
    }

    /// Index of the visual line that holds the cursor.
    fn cursor_line(&self) -> usize {
        let (row, byte) = self.cursor_byte();
        let after = self
            .lines
            .partition_point(|l| (l.row, l.start) <= (row, byte));
        after.saturating_sub(1)
    }

    /// The cursor's column in its visual line, in cells.
    fn cursor_column(&self) -> usize {
        let (row, byte) = self.cursor_byte();
        let start = self.lines.get(self.cursor_line()).map_or(0, |l| l.start);
        let text = self
            .area
            .lines()
            .get(row)
            .and_then(|l| l.get(start.min(byte)..byte));
        wrap::cells(text.unwrap_or_default())
    }
}
