//! Fences of three backticks in a text, and which of them hold JSON: an echo of the request.

use memchr::memmem;

/// The fence that was met last.
#[derive(Debug, Default)]
pub(super) struct Fences {
    end: usize,
    is_json: bool,
}

impl Fences {
    /// Takes the three marks at `at`; gives where to read on.
    pub(super) fn meet(&mut self, text: &[u8], at: usize) -> usize {
        if at >= self.end {
            let rest = &text[at..];
            let end = end_of(rest);
            self.end = at + end;
            self.is_json = is_json(&rest[3..end]);
        }
        // The closing marks must not open the next fence.
        if at + 4 >= self.end {
            self.end.max(at + 3)
        } else {
            at + 3
        }
    }

    /// Whether `at` is inside a fence of JSON.
    pub(super) fn holds(&self, at: usize) -> bool {
        self.is_json && at < self.end
    }
}

/// Where the fence at the start of `text` ends, behind its closing marks; the text's end if it is not closed.
fn end_of(text: &[u8]) -> usize {
    memmem::find(&text[3..], b"\n```").map_or(text.len(), |i| i + 3 + 4)
}

fn is_json(inside: &[u8]) -> bool {
    let head = inside.trim_ascii_start();
    head.get(..4)
        .is_some_and(|h| h.eq_ignore_ascii_case(b"json"))
        || head.starts_with(b"{")
        || head.starts_with(b"[{")
}
