//! Gives an answer of the terminal its meaning: one whole sequence in, one [`Reply`] out. Pure; trusts no number.

use crate::domain::Clean;
use crate::graphics::{ModeState, Reply};

/// Reads one answer, with its introducer and terminator. One that nobody here asks for is [`Reply::Other`].
pub(super) fn read(answer: &[u8]) -> Reply {
    let known = match answer {
        [0x1B, b'[', body @ .., last] => csi(body, *last),
        [0x1B, kind, body @ ..] => {
            let body = body
                .strip_suffix(b"\x1b\\")
                .or_else(|| body.strip_suffix(b"\x07"));
            let body = String::from_utf8_lossy(body.unwrap_or_default());
            match kind {
                b'_' => kitty(&body),
                b'P' => body
                    .strip_prefix(">|")
                    .map(|text| Reply::Version(Clean::line(text))),
                b']' => osc(&body),
                _ => None,
            }
        }
        _ => None,
    };
    known.unwrap_or(Reply::Other)
}

fn csi(body: &[u8], last: u8) -> Option<Reply> {
    let body = std::str::from_utf8(body).ok()?;
    if last == b'c' && body.starts_with('>') {
        return Some(Reply::SecondaryAttributes);
    }
    let (private, body) = match body.strip_prefix('?') {
        Some(rest) => (true, rest),
        None => (false, body),
    };
    if private && last == b'c' {
        return Some(Reply::PrimaryAttributes(
            body.split(';').filter_map(|n| n.parse().ok()).collect(),
        ));
    }
    let (body, modes) = match body.strip_suffix('$') {
        Some(rest) => (rest, true),
        None => (body, false),
    };
    let numbers: Vec<u16> = body
        .split(';')
        .map(|n| n.parse().ok())
        .collect::<Option<_>>()?;
    match (private, last, numbers.as_slice()) {
        (true, b'y', &[number, state]) if modes => Some(Reply::Mode {
            number,
            state: ModeState::from_number(state),
        }),
        (true, b'S', &[1, 0, colors]) => Some(Reply::SixelColors(colors)),
        (true, b'u', &[flags]) => u8::try_from(flags).ok().map(Reply::KeyboardFlags),
        (false, b't', &[6, height, width]) => Some(Reply::CellPixels { width, height }),
        (false, b't', &[4, height, width]) => Some(Reply::TextAreaPixels { width, height }),
        (false, b'n', &[0]) => Some(Reply::Status),
        (false, b'R', &[row, column]) => Some(Reply::CursorPosition { column, row }),
        _ => None,
    }
}

/// `G i=31,p=1;OK`: keys, then a text. Only `i` and `p` are of interest.
fn kitty(body: &str) -> Option<Reply> {
    let (keys, message) = body.strip_prefix('G')?.split_once(';')?;
    let number = |key: &str| {
        keys.split(',')
            .find_map(|k| k.strip_prefix(key)?.strip_prefix('='))
    };
    let placement = number("p").map(str::parse).transpose().ok()?;
    Some(Reply::KittyGraphics {
        id: number("i").map_or(Some(0), |id| id.parse().ok())?,
        placement,
        ok: message == "OK",
        message: Clean::line(message),
    })
}

fn osc(body: &str) -> Option<Reply> {
    let (number, text) = body.split_once(';')?;
    match number {
        "11" => {
            let mut parts = text.strip_prefix("rgb:")?.split('/').map(eight_bits);
            let mut part = || parts.next().flatten();
            Some(Reply::Background {
                red: part()?,
                green: part()?,
                blue: part()?,
            })
        }
        "1337" => {
            let mut numbers = text.strip_prefix("ReportCellSize=")?.split(';');
            let mut number = || numbers.next().map(str::parse::<f32>);
            let (height, width) = (number()?.ok()?, number()?.ok()?);
            let scale = number().and_then(Result::ok).unwrap_or(1.0);
            // A float becomes a `u16` by saturating, and "NaN" becomes 0.
            let px = |points: f32| Some((points * scale).round() as u16).filter(|px| *px > 0);
            Some(Reply::ItermCell {
                width: px(width)?,
                height: px(height)?,
            })
        }
        _ => None,
    }
}

/// One part of X's `rgb:` form, one to four hex digits that span the whole range, in 8 bits.
fn eight_bits(part: &str) -> Option<u8> {
    let most = match part.len() {
        digits @ 1..=4 => (1_u32 << (4 * digits)) - 1,
        _ => return None,
    };
    // The parser of numbers takes a sign, too.
    let digits = part.bytes().all(|b| b.is_ascii_hexdigit());
    let value = u32::from_str_radix(part, 16).ok().filter(|_| digits)?;
    u8::try_from(value * 255 / most).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn answers_of_real_terminals_are_read() {
        // Recorded from kitty 0.26, foot 1.13, xterm 379, konsole 22.12 and tmux 3.3a.
        let clean = Clean::line;
        for (answer, reply) in [
            (
                "\x1b_Gi=31;OK\x1b\\",
                Reply::KittyGraphics {
                    id: 31,
                    placement: None,
                    ok: true,
                    message: clean("OK"),
                },
            ),
            (
                "\x1b_Gi=7,p=1;EBADF:Bad file\x1b\\",
                Reply::KittyGraphics {
                    id: 7,
                    placement: Some(1),
                    ok: false,
                    message: clean("EBADF:Bad file"),
                },
            ),
            ("\x1b[?62;c", Reply::PrimaryAttributes(vec![62])),
            (
                "\x1b[?63;1;2;4c",
                Reply::PrimaryAttributes(vec![63, 1, 2, 4]),
            ),
            ("\x1b[>1;4000;26c", Reply::SecondaryAttributes),
            (
                "\x1bP>|kitty(0.26.5)\x1b\\",
                Reply::Version(clean("kitty(0.26.5)")),
            ),
            (
                "\x1b[6;17;8t",
                Reply::CellPixels {
                    width: 8,
                    height: 17,
                },
            ),
            (
                "\x1b[4;680;960t",
                Reply::TextAreaPixels {
                    width: 960,
                    height: 680,
                },
            ),
            (
                "\x1b]11;rgb:1e1e/1e1e/2e2e\x1b\\",
                Reply::Background {
                    red: 30,
                    green: 30,
                    blue: 46,
                },
            ),
            (
                "\x1b]11;rgb:f/0/8\x07",
                Reply::Background {
                    red: 255,
                    green: 0,
                    blue: 136,
                },
            ),
            (
                "\x1b]1337;ReportCellSize=17.0;8.0;2.0\x1b\\",
                Reply::ItermCell {
                    width: 16,
                    height: 34,
                },
            ),
            (
                "\x1b[?2026;2$y",
                Reply::Mode {
                    number: 2026,
                    state: ModeState::Reset,
                },
            ),
            ("\x1b[?1;0;256S", Reply::SixelColors(256)),
            ("\x1b[?0u", Reply::KeyboardFlags(0)),
            ("\x1b[0n", Reply::Status),
            (
                "\x1b[24;80R",
                Reply::CursorPosition {
                    column: 80,
                    row: 24,
                },
            ),
        ] {
            assert_eq!(read(answer.as_bytes()), reply, "{answer:?}");
        }
    }

    #[test]
    fn malformed_answers_mean_nothing() {
        for answer in [
            "\x1b[6;17t",
            "\x1b[6;99999;8t",
            "\x1b[?2026$y",
            "\x1b_G\x1b\\",
            "\x1b_Gi=x;OK\x1b\\",
            "\x1b_Gi=7,p=x;OK\x1b\\",
            "\x1b]11;red\x1b\\",
            "\x1b]11;rgb:12345/0/0\x1b\\",
            "\x1b]11;rgb:+f/0/0\x1b\\",
            "\x1b]1337;ReportCellSize=NaN;8\x1b\\",
            "\x1bP1$r0m\x1b\\",
            "\x1b[?",
            "\x1b",
            "",
        ] {
            assert_eq!(read(answer.as_bytes()), Reply::Other, "{answer:?}");
        }
    }
}
