//! Text in cells: cutting to a width, wrapping, and writing lines. Widths are terminal cells, as ratatui counts them.
//!
//! It takes words of our own and `Clean` text only; whoever holds a foreign string makes it `Clean` first.

use std::borrow::Cow;

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;
use ratatui::text::Line;
use unicode_segmentation::UnicodeSegmentation;
use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

use crate::domain::Clean;

/// The width of `text` in cells.
pub fn width(text: &str) -> u16 {
    u16::try_from(text.width()).unwrap_or(u16::MAX)
}

/// `text` with at most eight marks on each character, as [`Clean`] has it: for what the user typed, which is not `Clean`
/// since its joiners must stay.
pub fn few_marks(text: &str) -> Cow<'_, str> {
    if text.is_ascii() {
        return Cow::Borrowed(text);
    }
    let mut marks = 0;
    let few = |c: &char| {
        marks = if c.width() == Some(0) { marks + 1 } else { 0 };
        marks <= 8
    };
    Cow::Owned(text.chars().filter(few).collect())
}

/// `text` in at most `most` cells, its end replaced by `…` where it is longer.
pub fn cut(text: &str, most: u16) -> Cow<'_, str> {
    if text.width() <= usize::from(most) {
        return Cow::Borrowed(text);
    }
    let mut out = String::new();
    let mut left = usize::from(most.saturating_sub(1));
    for grapheme in text.graphemes(true) {
        let Some(rest) = left.checked_sub(grapheme.width()) else {
            break;
        };
        left = rest;
        out.push_str(grapheme);
    }
    if most > 0 {
        out.truncate(out.trim_end().len());
        out.push('…');
    }
    Cow::Owned(out)
}

/// `text` in at most `most` cells, its beginning replaced by `…` where it is longer: for paths, whose end tells more.
pub fn cut_start(text: &str, most: u16) -> Cow<'_, str> {
    if text.width() <= usize::from(most) {
        return Cow::Borrowed(text);
    }
    let mut left = usize::from(most.saturating_sub(1));
    let mut start = text.len();
    for (at, grapheme) in text.grapheme_indices(true).rev() {
        let Some(rest) = left.checked_sub(grapheme.width()) else {
            break;
        };
        left = rest;
        start = at;
    }
    if most == 0 {
        return Cow::Borrowed("");
    }
    Cow::Owned(format!("…{}", &text[start..]))
}

/// The first `cells` of a foreign text as one clean line: the rest is not even looked at, so that a prompt of 1 MB
/// costs no more than its first words.
pub fn excerpt(text: &str, cells: u16) -> Clean {
    // Escape sequences and marks may take many bytes a cell; what is longer than this shows shorter, never wrong.
    let enough = usize::from(cells) * 8 + 64;
    let end = (0..=enough.min(text.len()))
        .rev()
        .find(|at| text.is_char_boundary(*at))
        .unwrap_or(0);
    let mut line = Clean::line(text[..end].trim_start());
    if end < text.len() {
        line.push(&Clean::line("…"));
    }
    line
}

/// The lines of `text` wrapped at `width` cells: at spaces, inside a word only where it is wider than a line.
///
/// Lazy, so that who shows five lines of a long text pays for five.
pub fn wrap(text: &str, width: u16) -> impl Iterator<Item = &str> {
    let most = usize::from(width.max(1));
    text.split('\n').flat_map(move |line| {
        let mut rest = Some(line);
        std::iter::from_fn(move || {
            let line = rest?;
            let (head, tail) = split_line(line, most);
            rest = tail;
            Some(head)
        })
    })
}

/// The last `count` wrapped lines of `text`, for words that stream in.
pub fn wrap_tail(text: &str, width: u16, count: u16) -> Vec<&str> {
    // Looks at no more of the end than can be shown; a line takes at most 4 bytes a cell.
    let enough = usize::from(width) * usize::from(count) * 4;
    let start = (text.len().saturating_sub(enough)..=text.len())
        .find(|at| text.is_char_boundary(*at))
        .unwrap_or(0);
    let lines: Vec<_> = wrap(&text[start..], width).collect();
    let skip = lines.len().saturating_sub(usize::from(count));
    lines[skip..].to_vec()
}

/// The first visual line of `line`, and what follows it.
fn split_line(line: &str, most: usize) -> (&str, Option<&str>) {
    let mut used = 0;
    let mut space = None;
    for (at, grapheme) in line.grapheme_indices(true) {
        let wide = grapheme.width();
        if used + wide > most {
            if grapheme == " " {
                return (&line[..at], rest_of(line, at));
            }
            return match space {
                Some(space) => (&line[..space], rest_of(line, space)),
                // One grapheme wider than the line: it goes alone rather than never.
                None if at == 0 => {
                    let end = grapheme.len();
                    (&line[..end], (end < line.len()).then(|| &line[end..]))
                }
                None => (&line[..at], Some(&line[at..])),
            };
        }
        if grapheme == " " && at > 0 {
            space = Some(at);
        }
        used += wide;
    }
    (line, None)
}

/// What follows a line broken at the space `at`.
fn rest_of(line: &str, at: usize) -> Option<&str> {
    let rest = line[at..].trim_start_matches(' ');
    (!rest.is_empty()).then_some(rest)
}

/// Writes `text` into the first row of `area`, cut with `…`; gives the cells that it took.
pub fn put(buf: &mut Buffer, area: Rect, text: &str, style: Style) -> u16 {
    let area = area.intersection(buf.area);
    if area.is_empty() {
        return 0;
    }
    let text = cut(text, area.width);
    let (end, _) = buf.set_stringn(area.x, area.y, text, usize::from(area.width), style);
    end - area.x
}

/// Writes `text` against the right end of the first row of `area`; gives the cells that it took.
pub fn put_right(buf: &mut Buffer, area: Rect, text: &str, style: Style) -> u16 {
    let wide = width(text).min(area.width);
    put(
        buf,
        Rect {
            x: area.right() - wide,
            width: wide,
            ..area
        },
        text,
        style,
    )
}

/// Writes a styled line into the first row of `area`; gives the cells that it took.
pub fn put_line(buf: &mut Buffer, area: Rect, line: &Line<'_>) -> u16 {
    let mut left = area;
    for span in &line.spans {
        let took = put(buf, left, &span.content, span.style);
        left.x += took;
        left.width -= took;
    }
    area.width - left.width
}

/// Writes `text` wrapped into `area`, its last line with `…` where there is more; gives the rows that it took.
pub fn put_wrapped(buf: &mut Buffer, area: Rect, text: &str, style: Style) -> u16 {
    let mut lines = wrap(text, area.width).peekable();
    for row in rows(area) {
        let Some(line) = lines.next() else {
            return row.y - area.y;
        };
        if lines.peek().is_some() && row.y + 1 == area.bottom() {
            put(buf, row, &format!("{line}…"), style);
        } else {
            put(buf, row, line, style);
        }
    }
    area.height
}

/// The rows of `area`, one by one.
pub fn rows(area: Rect) -> impl Iterator<Item = Rect> {
    (area.y..area.bottom()).map(move |y| Rect {
        y,
        height: 1,
        ..area
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn cutting_counts_cells_and_says_that_it_cut() {
        assert_eq!(cut("a red fox", 9), "a red fox");
        assert_eq!(cut("a red fox", 8), "a red f…");
        assert_eq!(cut("a red fox", 7), "a red…");
        assert_eq!(cut("狐狐狐", 5), "狐狐…");
        assert_eq!(cut("狐狐狐", 4), "狐…");
        assert_eq!(cut("ab", 0), "");
        assert_eq!(cut_start("~/pictures/plantain", 9), "…plantain");
        assert_eq!(cut_start("~/p", 9), "~/p");
    }

    #[test]
    fn wrapping_breaks_at_spaces_and_splits_long_words() {
        let lines = |text, width| wrap(text, width).collect::<Vec<_>>();
        assert_eq!(lines("a red fox in snow", 7), ["a red", "fox in", "snow"]);
        assert_eq!(lines("abcdefgh ij", 3), ["abc", "def", "gh", "ij"]);
        assert_eq!(lines("one\n\ntwo", 9), ["one", "", "two"]);
        assert_eq!(lines("狐狐狐", 1), ["狐", "狐", "狐"]);
        assert_eq!(wrap_tail("one two three four", 5, 2), ["three", "four"]);
    }

    proptest! {
        #[test]
        fn wrapped_lines_fit_and_lose_only_spaces(text in "[a-e狐 \n]{0,80}", width in 2u16..20) {
            let lines: Vec<_> = wrap(&text, width).collect();
            for line in &lines {
                prop_assert!(super::width(line) <= width, "{line:?}");
            }
            let letters = |s: &str| s.chars().filter(|c| !c.is_whitespace()).collect::<String>();
            prop_assert_eq!(letters(&lines.concat()), letters(&text));
        }

        #[test]
        fn a_cut_text_fits(text in ".{0,40}", most in 0u16..30) {
            prop_assert!(width(&cut(&text, most)) <= most);
            prop_assert!(width(&cut_start(&text, most)) <= most);
        }
    }
}
