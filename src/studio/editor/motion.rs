//! Moving the cursor: by clusters, words, visual lines, and to a cell.

use std::cmp::Ordering;

use tui_textarea::CursorMove;

use super::{Editor, wrap};

impl Editor {
    /// One cluster back.
    pub fn left(&mut self) {
        let (row, byte) = self.cursor_byte();
        let cluster = self
            .area
            .lines()
            .get(row)
            .and_then(|l| wrap::last_cluster(l.get(..byte)?));
        match cluster.map(|c| c.chars().count()) {
            Some(chars) => (0..chars).for_each(|_| self.area.move_cursor(CursorMove::Back)),
            None => self.area.move_cursor(CursorMove::Back),
        }
    }

    /// One cluster on.
    pub fn right(&mut self) {
        let (row, byte) = self.cursor_byte();
        let cluster = self
            .area
            .lines()
            .get(row)
            .and_then(|l| wrap::first_cluster(l.get(byte..)?));
        match cluster.map(|c| c.chars().count()) {
            Some(chars) => (0..chars).for_each(|_| self.area.move_cursor(CursorMove::Forward)),
            None => self.area.move_cursor(CursorMove::Forward),
        }
    }

    /// One word back.
    pub fn word_left(&mut self) {
        self.area.move_cursor(CursorMove::WordBack);
    }

    /// Behind the end of the next word, as in readline.
    pub fn word_right(&mut self) {
        let (row, byte) = self.cursor_byte();
        let rest = self
            .area
            .lines()
            .get(row)
            .and_then(|l| l.get(byte..))
            .unwrap_or_default();
        let Some(start) = rest.find(char::is_alphanumeric) else {
            if rest.is_empty() {
                self.area.move_cursor(CursorMove::Forward);
            } else {
                self.line_end();
            }
            return;
        };
        let word = &rest[start..];
        let end = start
            + word
                .find(|c: char| !c.is_alphanumeric())
                .unwrap_or(word.len());
        let chars = rest[..end].chars().count();
        self.jump(row, self.area.cursor().1 + chars);
    }

    /// To the start of the line.
    pub fn line_start(&mut self) {
        let row = self.area.cursor().0;
        self.jump(row, 0);
    }

    /// To the end of the line.
    pub fn line_end(&mut self) {
        let (row, column) = self.area.cursor();
        let end = self.area.lines().get(row).map_or(0, |l| l.chars().count());
        if column < end {
            self.area.move_cursor(CursorMove::End);
        }
    }

    /// To the start of the text.
    pub fn text_start(&mut self) {
        self.jump(0, 0);
    }

    /// To the end of the text.
    pub fn text_end(&mut self) {
        self.area.move_cursor(CursorMove::Bottom);
        self.line_end();
    }

    /// `by` visual lines down (or up), in the same column of cells; `false` at the edge.
    pub fn move_lines(&mut self, by: isize) -> bool {
        let from = self.cursor_line();
        let to = from
            .saturating_add_signed(by)
            .min(self.lines.len().saturating_sub(1));
        if to == from {
            return false;
        }
        self.move_to_cell(to, self.cursor_column());
        true
    }

    /// A screenful down (or up).
    pub fn move_page(&mut self, by: isize) {
        self.move_lines(by * self.height.max(1) as isize);
    }

    /// To the cluster at a cell of the text's rectangle: a click.
    pub fn click(&mut self, column: u16, row: u16) {
        let line = (self.scroll + usize::from(row)).min(self.lines.len().saturating_sub(1));
        self.move_to_cell(line, usize::from(column));
    }

    fn move_to_cell(&mut self, line: usize, column: usize) {
        let Some(line) = self.lines.get(line).copied() else {
            return;
        };
        let Some(text) = self.area.lines().get(line.row) else {
            return;
        };
        let Some(part) = text.get(line.start..line.end) else {
            return;
        };
        let bytes = wrap::byte_at(part, column);
        let mut byte = line.start + bytes;
        // The end of a wrapped line is the start of the next: stay on this one.
        let wrapped = self
            .lines
            .iter()
            .any(|l| l.row == line.row && l.start == line.end && l.start != line.start);
        if wrapped && byte == line.end {
            byte -= wrap::last_cluster(part).map_or(0, str::len);
        }
        let chars = text[..byte].chars().count();
        self.jump(line.row, chars);
    }

    pub(super) fn jump(&mut self, row: usize, column: usize) {
        let narrow = |n: usize| u16::try_from(n).ok();
        if let (Some(row), Some(column)) = (narrow(row), narrow(column)) {
            self.area.move_cursor(CursorMove::Jump(row, column));
        } else {
            self.jump_far(row, column);
        }
    }

    /// The engine jumps by 16-bit places. Beyond, the cursor walks from the nearest place that it can jump to.
    fn jump_far(&mut self, row: usize, column: usize) {
        let far = usize::from(u16::MAX);
        if row.abs_diff(far) < row.abs_diff(self.area.cursor().0) {
            self.area.move_cursor(CursorMove::Jump(u16::MAX, 0));
        }
        self.walk(row, |c| c.0, CursorMove::Up, CursorMove::Down);
        if let (Ok(row), true) = (
            u16::try_from(row),
            column.abs_diff(far) < column.abs_diff(self.area.cursor().1),
        ) {
            self.area.move_cursor(CursorMove::Jump(row, u16::MAX));
        }
        let end = self.area.lines().get(row).map_or(0, |l| l.chars().count());
        if end.abs_diff(column) < column.abs_diff(self.area.cursor().1) {
            self.area.move_cursor(CursorMove::End);
        }
        self.walk(column, |c| c.1, CursorMove::Back, CursorMove::Forward);
    }

    fn walk(
        &mut self,
        to: usize,
        place: fn((usize, usize)) -> usize,
        back: CursorMove,
        on: CursorMove,
    ) {
        loop {
            let before = self.area.cursor();
            match place(before).cmp(&to) {
                Ordering::Equal => return,
                Ordering::Greater => self.area.move_cursor(back),
                Ordering::Less => self.area.move_cursor(on),
            }
            if self.area.cursor() == before {
                return;
            }
        }
    }
}
