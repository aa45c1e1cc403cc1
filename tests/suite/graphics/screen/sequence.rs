//! Where sequences end, and what each of them does.

use ratatui::layout::Position;

use super::{Screen, head};

/// What tmux takes off before it hands a sequence through.
const TMUX: &[u8] = b"\x1bPtmux;";
/// tmux throws a longer string away (`input-buffer-size`).
const TMUX_LONGEST: usize = 1 << 20;
const ST: &[u8] = b"\x1b\\";

/// How long the sequence or character is with which `bytes` begin; `None` until all of it is there.
pub(super) fn length(bytes: &[u8]) -> Option<usize> {
    match bytes {
        [] | [0x1b] => None,
        [0x1b, b'[', rest @ ..] => {
            let last = rest.iter().position(|byte| (0x40..=0x7e).contains(byte))?;
            Some(2 + last + 1)
        }
        [0x1b, b'P', ..] if bytes.starts_with(TMUX) => wrapped(bytes),
        [0x1b, b']', ..] => {
            let st = memchr::memmem::find(bytes, ST).map(|at| at + 2);
            let bel = memchr::memchr(7, bytes).map(|at| at + 1);
            st.into_iter().chain(bel).min()
        }
        [0x1b, b'P' | b'_' | b'^' | b'X', ..] => memchr::memmem::find(bytes, ST).map(|at| at + 2),
        [0x1b, b'(' | b')' | b'#' | b' ', ..] => (bytes.len() > 2).then_some(3),
        [0x1b, _, ..] => Some(2),
        [first, ..] => {
            let length = match first {
                0xc0..=0xdf => 2,
                0xe0..=0xef => 3,
                0xf0..=0xff => 4,
                _ => 1,
            };
            (bytes.len() >= length).then_some(length)
        }
    }
}

/// Inside the wrapping each ESC stands twice, so that only its own end is `ESC \`.
fn wrapped(bytes: &[u8]) -> Option<usize> {
    let mut at = TMUX.len();
    loop {
        at += memchr::memchr(0x1b, bytes.get(at..)?)?;
        match bytes.get(at + 1)? {
            b'\\' => return Some(at + 2),
            _ => at += 2,
        }
    }
}

impl Screen {
    /// Does what one whole sequence says, which was wrapped `depth` times.
    pub(super) fn sequence(&mut self, bytes: &[u8], depth: u8) {
        let body = |end: usize| String::from_utf8_lossy(&bytes[2..bytes.len() - end]).into_owned();
        let foreign = depth > 0;
        match bytes {
            _ if bytes.starts_with(TMUX) => self.unwrapped(bytes, depth),
            [0x1b, b'[', .., last] => {
                let parameters = body(1);
                if !self.answer_csi(&parameters, *last) {
                    if foreign {
                        self.fault(&format!("wrapped for tmux: {:?}", head(bytes)));
                    }
                    self.csi(&parameters, *last);
                }
            }
            [0x1b, b'_', b'G', ..] => {
                if depth != self.tmux {
                    let tmux = self.tmux;
                    self.fault(&format!("wrapped {depth} times, behind {tmux} tmux"));
                }
                let body = body(2);
                self.kitty(&body[1..]);
            }
            [0x1b, b'P', ..] => {
                let body = body(2);
                if body.starts_with(['$', '+', '=']) {
                    // DECRQSS, XTGETTCAP, iTerm2's synchronized output.
                    self.answer_dcs(&body);
                } else {
                    if foreign {
                        self.fault("a sixel wrapped for tmux");
                    }
                    self.sixel(&body);
                }
            }
            [0x1b, b']', ..] => {
                let body = body(if bytes.ends_with(b"\x07") { 1 } else { 2 });
                if !self.answer_osc(&body) {
                    self.osc(&body);
                }
            }
            _ if foreign => self.fault(&format!("wrapped for tmux: {:?}", head(bytes))),
            [0x1b, b'7'] => self.saved = self.cursor,
            [0x1b, b'8'] => self.move_to(self.saved),
            [0x1b, b'c'] => self.clear(),
            [0x1b, b'M'] => self.cursor.y = self.cursor.y.saturating_sub(1),
            // Keypad modes, character sets, stray string ends.
            [0x1b, b'=' | b'>' | b'\\'] | [0x1b, b'(' | b')', _] => {}
            [0x1b, ..] => self.fault(&format!("unknown: {:?}", head(bytes))),
            b"\r" => {
                self.cursor.x = 0;
                self.cursor_lost &= self.strict;
            }
            b"\n" => self.line_feed(),
            [8] => self.cursor.x = self.cursor.x.saturating_sub(1),
            [7 | 0 | 0x0e | 0x0f] => {}
            b"\t" => self.cursor.x = ((self.cursor.x / 8 + 1) * 8).min(self.columns - 1),
            _ => match std::str::from_utf8(bytes) {
                Ok(text) => text.chars().for_each(|glyph| self.glyph(glyph)),
                Err(_) => self.fault("not UTF-8"),
            },
        }
    }

    fn unwrapped(&mut self, bytes: &[u8], depth: u8) {
        if depth >= self.tmux {
            self.fault("wrapped more often than there are tmux");
        }
        if bytes.len() > TMUX_LONGEST {
            self.fault("longer than tmux takes");
        }
        let mut inner = Vec::with_capacity(bytes.len());
        let mut body = bytes[TMUX.len()..bytes.len() - 2].iter();
        while let Some(&byte) = body.next() {
            inner.push(byte);
            if byte == 0x1b && body.next() != Some(&0x1b) {
                self.fault("an ESC that is not doubled for tmux");
            }
        }
        let mut at = 0;
        while let Some(length) = length(&inner[at..]) {
            self.sequence(&inner[at..at + length], depth + 1);
            at += length;
        }
        if at < inner.len() {
            self.fault("a wrapping ends within a sequence");
        }
    }

    fn csi(&mut self, parameters: &str, command: u8) {
        let number = |n: usize| -> u16 {
            let text = parameters.split(';').nth(n).unwrap_or("");
            text.parse().unwrap_or(1).max(1)
        };
        let Position { x, y } = self.cursor;
        match command {
            b'H' | b'f' => {
                let to = Position::new(number(1) - 1, number(0) - 1);
                if !self.inside(to) {
                    self.fault(&format!("the cursor is sent to {to}"));
                }
                let within = Position::new(to.x.min(self.columns - 1), to.y.min(self.rows - 1));
                self.move_to(within);
            }
            b'A' => self.step(x, y.saturating_sub(number(0))),
            b'B' => self.step(x, y + number(0)),
            b'C' => self.step(x + number(0), y),
            b'D' => self.step(x.min(self.columns - 1).saturating_sub(number(0)), y),
            b'G' => self.step(number(0) - 1, y),
            b'd' => self.step(x, number(0) - 1),
            b's' if parameters.is_empty() => self.saved = self.cursor,
            b'u' if parameters.is_empty() => self.move_to(self.saved),
            b'h' | b'l' => self.mode(parameters, command == b'h'),
            b'm' if parameters.starts_with(['>', '?']) => {}
            b'm' => {
                if let Err(what) = self.pen.select(parameters) {
                    self.fault(&what);
                }
            }
            b'b' => {
                // REP: the last character again.
                let last = Position::new(x.saturating_sub(1), y);
                let last = self.cells[self.index(last)].character();
                (0..number(0)).for_each(|_| self.glyph(last));
            }
            b'J' | b'K' | b'X' => self.erase(parameters, command),
            // Keyboard flags, the cursor's shape, scrolling regions of the whole screen, the window's title.
            b'u' | b'q' | b'r' | b't' => {}
            _ => self.fault(&format!(
                "unknown: CSI {parameters} {}",
                char::from(command)
            )),
        }
    }

    fn mode(&mut self, parameters: &str, set: bool) {
        for number in parameters.trim_start_matches('?').split(';') {
            match number {
                "25" => self.cursor_shown = set,
                "1049" | "47" | "1047" => {
                    self.alternate = set;
                    self.clear();
                }
                // Cursor keys, blinking, mouse, focus, pasting, synchronized output, wrapping, colour reports, sixel
                // scrolling, sizes in band.
                "1" | "7" | "12" | "80" | "1000" | "1002" | "1003" | "1004" | "1006" | "1007"
                | "1015" | "1016" | "1070" | "2004" | "2026" | "2027" | "2031" | "2048"
                | "8452" => {}
                _ => self.fault(&format!("unknown: mode {parameters}")),
            }
        }
    }

    /// Relative moves count from where the cursor is, which must be known.
    fn step(&mut self, x: u16, y: u16) {
        self.needs_cursor();
        self.cursor = Position::new(x.min(self.columns - 1), y.min(self.rows - 1));
    }

    fn move_to(&mut self, at: Position) {
        self.cursor = at;
        self.cursor_lost = false;
    }

    pub(super) fn needs_cursor(&self) {
        if self.cursor_lost {
            self.fault("the cursor is used after a picture, where each terminal has it elsewhere");
        }
    }

    fn osc(&mut self, body: &str) {
        if let Some(command) = body.strip_prefix("1337;") {
            self.iterm2(command);
        } else if !["0;", "1;", "2;", "8;", "9;4;", "22;", "52;", "66;", "133;"]
            .iter()
            .any(|known| body.starts_with(known))
        {
            self.fault(&format!("unknown: OSC {:?}", head(body.as_bytes())));
        }
    }
}
