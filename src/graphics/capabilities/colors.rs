//! How many colours a text cell has.

use super::pictures::Pictures;
use crate::domain::{ColorDepth, GraphicsKind};
use crate::graphics::environment::Environment;

/// Names, by XTVERSION or TERM, of terminals with 24-bit colours. As a TERM, `xterm` says nothing: every terminal claims
/// it. XTVERSION's spelling is `XTerm(379)`.
const TRUE_COLOR: [&str; 15] = [
    "xterm(",
    "xterm.js",
    "kitty",
    "foot",
    "konsole",
    "wezterm",
    "ghostty",
    "iterm",
    "mintty",
    "mlterm",
    "contour",
    "alacritty",
    "vte",
    "zellij",
    "direct",
];

pub(super) fn judge(pictures: &Pictures, env: &Environment) -> (ColorDepth, String) {
    if env.no_color {
        return (ColorDepth::None, "NO_COLOR is set".to_owned());
    }
    if pictures.kind == GraphicsKind::Off {
        return (ColorDepth::None, "the terminal is a dumb one".to_owned());
    }
    if matches!(env.colorterm.as_str(), "truecolor" | "24bit") {
        return (ColorDepth::True, format!("COLORTERM is {}", env.colorterm));
    }
    // xterm never sets COLORTERM, and nothing sets it across SSH. tmux takes 24 bits and brings them down to what it
    // thinks that its terminal has.
    if let Some(name) = &pictures.name
        && is_true_color(name.as_str())
    {
        let behind = if pictures.multiplexed {
            " behind tmux"
        } else {
            ""
        };
        return (ColorDepth::True, format!("the terminal{behind} is {name}"));
    }
    if !pictures.multiplexed {
        if is_true_color(&env.term) {
            return (ColorDepth::True, format!("TERM is {}", env.term));
        }
        let kind = pictures.kind;
        if matches!(kind, GraphicsKind::Kitty | GraphicsKind::Iterm2) {
            let why = format!("terminals with {kind} graphics have 24 bits");
            return (ColorDepth::True, why);
        }
    }
    let depth = if env.term.contains("256color") || pictures.multiplexed {
        ColorDepth::Ansi256
    } else {
        ColorDepth::Ansi16
    };
    (depth, format!("TERM is {}", env.term))
}

fn is_true_color(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    TRUE_COLOR.iter().any(|known| name.contains(known))
}
