//! Wrapping and measuring by grapheme clusters and by the cell widths that ratatui draws with.

use unicode_segmentation::UnicodeSegmentation;
use unicode_width::UnicodeWidthStr;

/// A part of a logical line that fits one row of the screen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct VisualLine {
    /// Index of the logical line.
    pub row: usize,
    /// Its first byte in that line.
    pub start: usize,
    /// The byte after its last.
    pub end: usize,
}

/// Whether a prompt may hold this character. Not: controls, directional overrides and isolates, tags, and private use
/// (kitty's placeholder among it), which act on terminals or hide text. Joiners stay: emoji and several scripts need them.
pub(in super::super) fn typeable(c: char) -> bool {
    !matches!(c,
        '\0'..='\u{1f}' | '\u{7f}'..='\u{9f}'
        | '\u{2028}' | '\u{2029}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}'
        | '\u{feff}' | '\u{fff0}'..='\u{fffb}' | '\u{e000}'..='\u{f8ff}' | '\u{e0000}'..='\u{10ffff}')
}

/// The width of `text` in cells.
pub(super) fn cells(text: &str) -> usize {
    if text.is_ascii() {
        text.len()
    } else {
        text.graphemes(true).map(UnicodeWidthStr::width).sum()
    }
}

/// The last grapheme cluster.
pub(super) fn last_cluster(text: &str) -> Option<&str> {
    text.graphemes(true).next_back()
}

/// The first grapheme cluster.
pub(super) fn first_cluster(text: &str) -> Option<&str> {
    text.graphemes(true).next()
}

/// The byte of the cluster that covers a column, or the end.
pub(super) fn byte_at(text: &str, column: usize) -> usize {
    let mut width = 0;
    for (at, cluster) in text.grapheme_indices(true) {
        width += cluster.width();
        if width > column {
            return at;
        }
    }
    text.len()
}

/// Breaks lines at spaces, and within a word only when the word alone is wider than `width` cells.
pub(super) fn wrap(lines: &[String], width: u16) -> Vec<VisualLine> {
    let width = usize::from(width.max(1));
    let mut out = Vec::with_capacity(lines.len());
    for (row, line) in lines.iter().enumerate() {
        if line.len() < width && line.is_ascii() {
            out.push(VisualLine {
                row,
                start: 0,
                end: line.len(),
            });
        } else {
            wrap_line(row, line, width, &mut out);
        }
    }
    out
}

/// The same for a text that nobody edits, as strings.
pub(in super::super) fn wrapped(text: &str, width: u16) -> Vec<String> {
    let lines: Vec<String> = text.split('\n').map(str::to_owned).collect();
    let mut out: Vec<String> = Vec::new();
    for line in wrap(&lines, width) {
        let part = &lines[line.row][line.start..line.end];
        // No cursor stands behind a full row here.
        if line.start == 0 || !part.is_empty() {
            out.push(part.to_owned());
        }
    }
    out
}

fn wrap_line(row: usize, line: &str, width: usize, out: &mut Vec<VisualLine>) {
    if line.is_ascii() {
        // One byte is one cell: a pasted novel costs next to nothing.
        break_line(
            row,
            line,
            width,
            line.bytes().enumerate().map(|(at, b)| (at, 1, b == b' ')),
            out,
        );
    } else {
        let clusters = line
            .grapheme_indices(true)
            .map(|(at, c)| (at, c.width(), c == " "));
        break_line(row, line, width, clusters, out);
    }
}

/// `clusters`: first byte, cells, and whether it is a space.
fn break_line(
    row: usize,
    line: &str,
    width: usize,
    clusters: impl Iterator<Item = (usize, usize, bool)>,
    out: &mut Vec<VisualLine>,
) {
    let (mut start, mut used) = (0, 0);
    // Where the line may be broken: behind the last space, and how many cells stand before that place.
    let mut space: Option<(usize, usize)> = None;
    for (at, cell, is_space) in clusters {
        if used + cell > width && !is_space && at > start {
            let (end, before) = space.filter(|(end, _)| *end > start).unwrap_or((at, used));
            out.push(VisualLine { row, start, end });
            start = end;
            used -= before.min(used);
            space = None;
        }
        used += cell;
        if is_space {
            space = Some((at + 1, used));
        }
    }
    out.push(VisualLine {
        row,
        start,
        end: line.len(),
    });
    // The cursor behind a full last row needs a row of its own.
    if used >= width && !line.is_empty() {
        out.push(VisualLine {
            row,
            start: line.len(),
            end: line.len(),
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rows(text: &str, width: u16) -> Vec<String> {
        let lines: Vec<String> = text.split('\n').map(str::to_owned).collect();
        let of = |l: &VisualLine| lines[l.row][l.start..l.end].to_owned();
        wrap(&lines, width).iter().map(of).collect()
    }

    #[test]
    fn lines_break_at_spaces_and_long_words_anywhere() {
        assert_eq!(rows("a red fox", 6), ["a red ", "fox"]);
        assert_eq!(rows("abcdefgh", 3), ["abc", "def", "gh"]);
        assert_eq!(rows("abc", 3), ["abc", ""]);
        assert_eq!(rows("a\n\nb", 9), ["a", "", "b"]);
        assert_eq!(rows("狐狐狐", 5), ["狐狐", "狐"]);
        assert_eq!(rows("x", 0), ["x", ""]);
    }

    #[test]
    fn clusters_are_whole() {
        let family = "👨‍👩‍👧‍👦";
        assert_eq!(cells(family), 2);
        assert_eq!(rows(&family.repeat(2), 3), [family, family]);
        assert_eq!(byte_at(&format!("{family}x"), 2), family.len());
    }
}
