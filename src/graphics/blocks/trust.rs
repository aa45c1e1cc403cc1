//! Which block characters a terminal draws itself, without gaps and one cell wide. A font's own are seldom both, and the
//! finer sets are in few fonts, so a terminal that is not known gets half-blocks.

use crate::domain::Glyphs;

use Glyphs::{Octants, Quadrants, Sextants};

/// A terminal's name in XTVERSION, and what it draws from a version on.
type Known = (&'static str, &'static [(&'static [u32], Glyphs)]);

/// Versions as XTVERSION has them, oldest first.
const KNOWN: [Known; 11] = [
    // Its changelog: sextants in 0.19 (2020), some of them wrong before 0.19.3; octants in 0.40. Seen: 0.26, 0.41.
    (
        "kitty",
        &[
            (&[], Quadrants),
            (&[0, 19, 3], Sextants),
            (&[0, 40], Octants),
        ],
    ),
    // Its changelog: block elements in 1.7, legacy computing in 1.8; octants in 1.20. Seen: 1.13, 1.21.
    (
        "foot",
        &[(&[], Quadrants), (&[1, 8], Sextants), (&[1, 20], Octants)],
    ),
    // Sprites from the first release on; octants in 1.2.
    ("ghostty", &[(&[], Sextants), (&[1, 2], Octants)]),
    // Its history: sextants in March 2020, octants in August 2024; VTE(7802) is 0.78.2.
    (
        "vte",
        &[(&[], Quadrants), (&[6200], Sextants), (&[7800], Octants)],
    ),
    // Named by date. Its changelog: sextants in May 2021, octants after the release of February 2024.
    (
        "wezterm",
        &[
            (&[], Quadrants),
            (&[20_210_502], Sextants),
            (&[20_250_201], Octants),
        ],
    ),
    // Seen: 22.12, 25.04.
    ("konsole", &[(&[], Quadrants), (&[22, 12], Sextants)]),
    // Its source: sextants, no octants.
    ("contour", &[(&[], Sextants)]),
    // VS Code and others; with the DOM renderer, and for sextants before 6.1, the font decides.
    ("xterm.js", &[(&[], Quadrants)]),
    ("iterm2", &[(&[], Quadrants)]),
    ("rio", &[(&[], Quadrants)]),
    // It tells no version. Its changelog: block elements in 0.10, sextants in 0.14.
    ("alacritty", &[(&[], Quadrants)]),
];

/// The finest characters that the terminal is trusted with, and why. `name` is its answer to XTVERSION, `term` is TERM;
/// `multiplexed` tells that tmux or screen stands between, whose own tables decide how wide a character is: tmux 3.3
/// gives octants no width at all.
pub(in crate::graphics) fn trusted(
    name: Option<&str>,
    term: &str,
    multiplexed: bool,
) -> (Glyphs, String) {
    let Some((drawn, by)) = name.and_then(by_name).or_else(|| by_term(term)) else {
        let why = "every font has half-blocks, and it is not known what the terminal draws itself";
        return (Glyphs::Halves, why.to_owned());
    };
    if multiplexed && drawn > Quadrants {
        let why = format!("{by} draws more, but what stands between may not know their width");
        return (Quadrants, why);
    }
    (drawn, format!("{by} draws them itself"))
}

/// By XTVERSION: `kitty(0.41.1)`, `foot(1.21.0)`, `VTE(7802)`, `ghostty 1.2.0`, `Konsole 22.12.3`.
fn by_name(answer: &str) -> Option<(Glyphs, String)> {
    let lower = answer.to_ascii_lowercase();
    let (known, versions) = KNOWN.iter().find(|(known, _)| {
        let rest = lower.strip_prefix(known);
        rest.is_some_and(|rest| !rest.starts_with(|c: char| c.is_ascii_alphanumeric()))
    })?;
    let version: Vec<u32> = lower[known.len()..]
        .trim_start_matches(|c: char| !c.is_ascii_digit())
        .split('.')
        .map_while(|part| {
            let digits = part.split(|c: char| !c.is_ascii_digit()).next()?;
            digits.parse().ok()
        })
        .collect();
    let reached = versions
        .iter()
        .rev()
        .find(|(since, _)| version.as_slice() >= *since);
    reached.map(|(_, glyphs)| (*glyphs, answer.to_owned()))
}

/// By TERM, which tells no version: what every version that is still in use draws.
fn by_term(term: &str) -> Option<(Glyphs, String)> {
    let glyphs = match term {
        "xterm-kitty" | "xterm-ghostty" | "foot" | "foot-extra" | "contour" => Sextants,
        "alacritty" | "alacritty-direct" | "wezterm" | "rio" => Quadrants,
        _ => return None,
    };
    Some((glyphs, format!("the terminal of TERM {term}")))
}

#[cfg(test)]
mod tests {
    use super::*;
    use Glyphs::Halves;

    #[test]
    fn versions_decide_what_is_trusted() {
        for (name, term, glyphs) in [
            (Some("kitty(0.41.1)"), "xterm-kitty", Octants),
            (Some("kitty(0.40.0)"), "xterm-kitty", Octants),
            (Some("kitty(0.26.5)"), "xterm-kitty", Sextants),
            (Some("kitty(0.19.2)"), "xterm-kitty", Quadrants),
            (Some("foot(1.21.0)"), "foot", Octants),
            (Some("foot(1.13.1-2~deb)"), "foot", Sextants),
            (Some("ghostty 1.2.0"), "xterm-ghostty", Octants),
            (Some("ghostty 1.1.3"), "xterm-ghostty", Sextants),
            (Some("VTE(7802)"), "xterm-256color", Octants),
            (Some("VTE(7006)"), "xterm-256color", Sextants),
            (
                Some("WezTerm 20240203-110809-5046fc22"),
                "xterm-256color",
                Sextants,
            ),
            (Some("Konsole 22.12.3"), "xterm-256color", Sextants),
            (Some("XTerm(398)"), "xterm-256color", Halves),
            (Some("xterm.js(6.0.0)"), "xterm-256color", Quadrants),
            (Some("footling 9.0"), "xterm", Halves),
            (Some("kitty"), "xterm-kitty", Quadrants),
            (None, "xterm-kitty", Sextants),
            (None, "alacritty", Quadrants),
            (None, "mlterm", Halves),
            (None, "", Halves),
        ] {
            assert_eq!(trusted(name, term, false).0, glyphs, "{name:?} {term}");
        }
    }

    #[test]
    fn what_stands_between_is_not_trusted_with_widths() {
        let (glyphs, why) = trusted(Some("kitty(0.41.1)"), "tmux-256color", true);
        assert_eq!(glyphs, Quadrants);
        assert!(why.contains("kitty(0.41.1)"), "{why}");
        assert_eq!(trusted(Some("tmux 3.5a"), "tmux-256color", true).0, Halves);
    }
}
