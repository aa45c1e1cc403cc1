//! Names of picture files: when, what, which. Pure; whatever the prompt says, a name is a name and never a path.

use jiff::Timestamp;
use jiff::tz::TimeZone;
use unicode_width::UnicodeWidthChar;

use crate::domain::{Clean, Generation};

/// The longest slug in bytes; with time, id, counter, owner and `.tmp` a name stays under 120.
const SLUG_BYTES: usize = 60;
/// The length of `24-140233`.
const TIME_BYTES: usize = 9;

/// The folder and the name without number and extension: `2026-11` and `24-140233-a-red-fox-7c31d09e`.
pub(super) fn of(generation: &Generation, zone: &TimeZone) -> (String, String) {
    // A moment that no calendar has counts as 1970.
    let moment = Timestamp::from_millisecond(generation.created_ms).unwrap_or_default();
    let at = zone.to_datetime(moment);
    let month = format!("{:04}-{:02}", at.year().max(0), at.month());
    let time = format!(
        "{:02}-{:02}{:02}{:02}",
        at.day(),
        at.hour(),
        at.minute(),
        at.second()
    );
    let slug = slug(generation.request.prompt.sent());
    let id = generation.id.short();
    let name = if slug.is_empty() {
        format!("{time}-{id}")
    } else {
        format!("{time}-{slug}-{id}")
    };
    (month, name)
}

/// How every name of a generation's files ends, but for number and extension: `-a-red-fox-7c31d09e`. The time before it
/// depends on the zone, and the next start may be in another one.
pub(super) fn tail(generation: &Generation) -> String {
    let (_, name) = of(generation, &TimeZone::UTC);
    name.get(TIME_BYTES..).unwrap_or_default().to_owned()
}

/// Which of the files of the generation whose names end in `tail` one of that name is, from 1, as they were begun; `None`
/// for a file of another, and for one that somebody made of ours: `NAME-edited.png`.
pub(super) fn number(name: &str, tail: &str) -> Option<u32> {
    let (name, is_temporary) = match name.strip_prefix('.') {
        Some(inside) => (inside, true),
        None => (name, false),
    };
    let rest = name.get(TIME_BYTES..)?.strip_prefix(tail)?;
    let (number, extension) = rest.split_once('.')?;
    if !is_temporary && extension.contains('.') {
        return None;
    }
    match number.strip_prefix('-') {
        Some(digits) if digits.bytes().all(|b| b.is_ascii_digit()) => digits.parse().ok(),
        None if number.is_empty() => Some(1),
        _ => None,
    }
}

/// The months that a moment lies in, in whatever zone.
pub(super) fn months(created_ms: i64) -> [String; 2] {
    /// No zone is further than this from UTC.
    const ZONES_MS: i64 = 26 * 3_600_000;
    [-ZONES_MS, ZONES_MS].map(|by| {
        let moment = Timestamp::from_millisecond(created_ms.saturating_add(by)).unwrap_or_default();
        let at = TimeZone::UTC.to_datetime(moment);
        format!("{:04}-{:02}", at.year().max(0), at.month())
    })
}

/// The `k`th candidate, from 1: the name itself, then `-2` and so on.
pub(super) fn candidate(name: &str, k: u32, extension: &str) -> String {
    match k {
        0 | 1 => format!("{name}.{extension}"),
        _ => format!("{name}-{k}.{extension}"),
    }
}

/// Lower-case words of letters and digits, joined by `-`: as many whole words as fit, or the cut first one.
fn slug(prompt: &str) -> String {
    // A prompt may be a megabyte long; no more than this can matter.
    let start: String = prompt.chars().take(8 * SLUG_BYTES).collect();
    let plain: String = Clean::line(&start)
        .as_str()
        .chars()
        .flat_map(char::to_lowercase)
        // A combining mark belongs to its letter and parts no words.
        .filter(|c| c.is_alphanumeric() || c.width() != Some(0))
        .map(|c| if c.is_alphanumeric() { c } else { ' ' })
        .collect();
    let mut slug = String::new();
    for word in plain.split_whitespace() {
        if slug.is_empty() {
            slug = Clean::line(word).truncated(SLUG_BYTES).to_string();
        } else if slug.len() + 1 + word.len() <= SLUG_BYTES {
            slug.push('-');
            slug.push_str(word);
        } else {
            break;
        }
    }
    slug
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{AspectRatio, GenerationId, OutputFormat, Prompt, Request};

    #[test]
    fn slugs_are_words_of_letters_and_digits() {
        for (prompt, expected) in [
            ("A red fox, in the SNOW!", "a-red-fox-in-the-snow"),
            ("../../etc/passwd", "etc-passwd"),
            ("-rf --no-preserve", "rf-no-preserve"),
            ("two\nlines\r\n\tand tabs\0", "two-lines-and-tabs"),
            ("\u{1f98a}\u{1f308}", ""),
            ("a\u{202e}gnp.exe", "agnp-exe"),
            ("cafe\u{301} 8K", "cafe-8k"),
            ("雪の中の赤い狐", "雪の中の赤い狐"),
            ("...", ""),
        ] {
            assert_eq!(slug(prompt), expected, "{prompt:?}");
        }
    }

    #[test]
    fn a_file_is_found_by_its_name_in_any_zone() {
        let id = GenerationId::from_number(0x7c31_d09e);
        let request = Request {
            model: "NanoBanana".to_owned(),
            ratio: AspectRatio::SQUARE,
            format: OutputFormat::Png,
            prompt: Prompt::new("A red fox").unwrap(),
            references: Vec::new(),
            parent: None,
        };
        // 2026-11-30 23:30:00 UTC.
        let generation = Generation::new(id, id, 1_796_081_400_000, request, false);
        let tail = tail(&generation);
        for offset in [-12, 0, 14] {
            let zone = TimeZone::fixed(jiff::tz::offset(offset));
            let (month, name) = of(&generation, &zone);
            assert!(months(generation.created_ms).contains(&month), "{month}");
            for (file, n) in [
                (candidate(&name, 1, "png"), 1),
                (candidate(&name, 3, "jpg"), 3),
                (format!(".{name}.0123456789ab.tmp"), 1),
                (format!(".{name}-2.png.0123456789ab.tmp"), 2),
                (format!(".{name}-10.0123456789ab.tmp"), 10),
            ] {
                assert_eq!(number(&file, &tail), Some(n), "{file}");
            }
        }
        for other in [
            "30-233000-a-red-fox-7c31d09f.png",
            "30-233000-a-red-foxes-7c31d09e.png",
            "30-233000-a-red-fox-7c31d09e0.png",
            "30-233000-a-red-fox-7c31d09e-edited.png",
            "30-233000-a-red-fox-7c31d09e-2-edited.png",
            "30-233000-a-red-fox-7c31d09e-.png",
            "30-233000-a-red-fox-7c31d09e.png.bak",
            "short",
        ] {
            assert_eq!(number(other, &tail), None, "{other}");
        }
    }

    #[test]
    fn slugs_end_at_sixty_bytes_between_characters() {
        assert_eq!(slug(&"x".repeat(4_000)), "x".repeat(60));
        assert_eq!(slug(&"狐".repeat(4_000)), "狐".repeat(20));
        let words = slug(&"lorem ".repeat(1_000));
        assert_eq!(words, "lorem-".repeat(10).trim_end_matches('-'));
    }
}
