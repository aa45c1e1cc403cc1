//! What the terminal is asked, and what it says: as kitty, xterm as a VT340, iTerm2 and a terminal without pictures do.

use super::Screen;

/// Which terminal it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Profile {
    /// Draws everything, answers as kitty does.
    All,
    /// kitty 0.41: with placeholders.
    Kitty,
    /// xterm 379 as a VT340.
    Sixel,
    Iterm2,
    /// Answers, and has no pictures.
    Plain,
}

impl Profile {
    pub(super) fn has_kitty(self) -> bool {
        matches!(self, Self::All | Self::Kitty)
    }

    pub(super) fn has_sixel(self) -> bool {
        matches!(self, Self::All | Self::Sixel)
    }

    pub(super) fn has_iterm2(self) -> bool {
        matches!(self, Self::All | Self::Iterm2)
    }

    fn attributes(self) -> &'static str {
        match self {
            Self::All | Self::Kitty => "?62;",
            Self::Sixel => "?63;1;2;4;6;9;15;16;22;28",
            Self::Iterm2 => "?64;1;2;6;9;15;18;21;22",
            Self::Plain => "?62;22",
        }
    }

    fn version(self) -> Option<&'static str> {
        match self {
            Self::All | Self::Kitty => Some("kitty(0.41.1)"),
            Self::Sixel => Some("XTerm(379)"),
            Self::Iterm2 => Some("iTerm2 3.5.11"),
            Self::Plain => None,
        }
    }
}

impl Screen {
    pub(super) fn answer(&mut self, text: &str) {
        self.answers.extend_from_slice(text.as_bytes());
    }

    /// Whether it was a question.
    pub(super) fn answer_csi(&mut self, parameters: &str, command: u8) -> bool {
        let tells_sizes = !matches!(self.profile, Profile::Sixel | Profile::Plain);
        let modern = self.profile.has_kitty() || self.profile == Profile::Iterm2;
        let (columns, rows) = (self.columns, self.rows);
        let answer = match (parameters, command) {
            ("" | "0", b'c') => format!("\x1b[{}c", self.profile.attributes()),
            (">" | ">0", b'c') => "\x1b[>1;4000;41c".to_owned(),
            (">" | ">0", b'q') => match self.profile.version() {
                Some(version) => format!("\x1bP>|{version}\x1b\\"),
                None => return true,
            },
            ("5", b'n') => "\x1b[0n".to_owned(),
            ("6" | "?6", b'n') => {
                let (column, row) = (self.cursor.x.min(columns - 1) + 1, self.cursor.y + 1);
                format!("\x1b[{row};{column}R")
            }
            ("14", b't') if tells_sizes => {
                let (height, width) = (
                    u32::from(rows) * self.cell.1,
                    u32::from(columns) * self.cell.0,
                );
                format!("\x1b[4;{height};{width}t")
            }
            ("16", b't') if tells_sizes => format!("\x1b[6;{};{}t", self.cell.1, self.cell.0),
            ("18", b't') => format!("\x1b[8;{rows};{columns}t"),
            ("14" | "16", b't') => return true,
            ("?", b'u') if modern => "\x1b[?0u".to_owned(),
            ("?", b'u') => return true,
            ("?1;1;0" | "?1;1", b'S') if self.profile.has_sixel() => "\x1b[?1;0;256S".to_owned(),
            (_, b'S') if parameters.starts_with('?') => return true,
            (_, b'p') if parameters.starts_with('?') && parameters.ends_with('$') => {
                let mode = &parameters[1..parameters.len() - 1];
                let state = match mode {
                    "2026" if modern => 2,
                    "25" => 1,
                    _ => 0,
                };
                format!("\x1b[?{mode};{state}$y")
            }
            _ => return false,
        };
        self.answer(&answer);
        true
    }

    /// Whether it was a question.
    pub(super) fn answer_osc(&mut self, body: &str) -> bool {
        let rgb = match body {
            "10;?" => "dddd/dddd/dddd",
            "11;?" => "0000/0000/0000",
            "1337;ReportCellSize" => {
                if self.profile == Profile::Iterm2 {
                    let (width, height) = self.cell;
                    self.answer(&format!(
                        "\x1b]1337;ReportCellSize={height}.0;{width}.0;1.0\x1b\\"
                    ));
                }
                return true;
            }
            _ => return body.starts_with("4;") || body.starts_with("99;"),
        };
        let number = &body[..2];
        self.answer(&format!("\x1b]{number};rgb:{rgb}\x1b\\"));
        true
    }

    /// Nobody has terminfo strings to tell.
    pub(super) fn answer_dcs(&mut self, body: &str) {
        if body.starts_with("+q") && self.profile.has_kitty() {
            self.answer("\x1bP0+r\x1b\\");
        }
    }
}
