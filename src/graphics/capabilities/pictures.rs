//! How pictures come: which protocol, through what, and with what proof.

use crate::domain::{Clean, GraphicsKind};
use crate::graphics::answers::{Answers, KITTY_PLACEHOLDER_ID, KITTY_QUERY_ID, PROOF_COLUMN, Who};
use crate::graphics::environment::Environment;
use crate::graphics::reply::Reply;
use crate::graphics::route::Route;

/// DA1's number for sixel.
const DA1_SIXEL: u16 = 4;
/// Colour registers where the terminal does not tell: all that DEC's hardware and every emulator have at least is 16,
/// every emulator of today has 256.
pub(super) const SIXEL_COLORS_ASSUMED: u16 = 256;
/// Terminals that draw iTerm2's inline images, as they begin their name.
const ITERM2_NAMES: [&str; 3] = ["iTerm2", "WezTerm", "mintty"];
/// Terminals that do not: where one of them names itself, a variable of iTerm2's was inherited.
const OTHER_NAMES: [&str; 8] = [
    "xterm",
    "kitty",
    "foot",
    "ghostty",
    "alacritty",
    "vte",
    "contour",
    "zellij",
];

/// What the answers prove, whatever is chosen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Proved {
    kitty: bool,
    sixel: bool,
    iterm2: bool,
    /// What stands in front of us is tmux.
    pub(super) tmux: bool,
    /// Something answered.
    any: bool,
    dumb: bool,
}

impl Proved {
    /// What speaks against `kind`.
    pub(super) fn doubt(&self, kind: GraphicsKind) -> Option<String> {
        let (proved, protocol) = match kind {
            GraphicsKind::Kitty => (self.kitty, "kitty graphics"),
            GraphicsKind::Sixel => (self.sixel, "sixel"),
            GraphicsKind::Iterm2 => (self.iterm2, "iTerm2's images"),
            GraphicsKind::Blocks => (!self.dumb, "colours"),
            GraphicsKind::Off => (true, ""),
        };
        (!proved).then(|| {
            if self.any {
                format!("the terminal did not say that it has {protocol}")
            } else {
                "the terminal has not answered".to_owned()
            }
        })
    }
}

/// The verdict on pictures.
#[derive(Debug)]
pub(super) struct Pictures {
    pub(super) kind: GraphicsKind,
    pub(super) why: String,
    pub(super) placeholders: bool,
    pub(super) placeholders_why: String,
    /// The level of the terminal that draws, as far as answers reached.
    pub(super) far: u8,
    pub(super) name: Option<Clean>,
    pub(super) through: Vec<Clean>,
    pub(super) multiplexed: bool,
    pub(super) passthrough: Route,
    pub(super) proved: Proved,
}

impl Pictures {
    pub(super) fn judge(answers: &Answers, env: &Environment) -> Self {
        let way = Way::of(answers, env);
        let dumb = matches!(env.term.as_str(), "" | "dumb");
        let kitty = kitty(answers, way.far);
        let (placeholders, placeholders_why) = placeholders(answers, way.far, kitty);
        let iterm2 = iterm2(answers, &way, env);
        let sixel = (0..=way.far).all(|level| lists_sixel(answers, level) == Some(true));
        let is_ok = kitty.is_some_and(|(ok, _)| ok);
        let proved = Proved {
            kitty: is_ok,
            sixel: sixel && !way.blocked,
            iterm2: iterm2.is_some(),
            tmux: way.front == Who::Tmux,
            any: answers.at(0).next().is_some(),
            dumb,
        };
        let (kind, why) = if dumb {
            let why = if env.term.is_empty() {
                "TERM is not set"
            } else {
                "TERM is dumb"
            };
            (GraphicsKind::Off, why.to_owned())
        } else {
            match way.front {
                Who::Screen => (
                    GraphicsKind::Blocks,
                    "inside GNU screen, which lets no pictures through".to_owned(),
                ),
                Who::Tmux => in_tmux(answers, &way, &proved, placeholders),
                Who::Terminal => alone(answers, env, kitty, iterm2),
            }
        };
        Self {
            kind,
            why,
            placeholders,
            placeholders_why,
            far: way.far,
            name: (!way.blocked && way.front != Who::Screen)
                .then(|| answers.name(way.far).cloned())
                .flatten(),
            through: (0..=way.far)
                .filter(|level| answers.who(*level, env) == Who::Tmux)
                .filter_map(|level| answers.name(level).cloned())
                .collect(),
            multiplexed: way.front != Who::Terminal,
            passthrough: if way.blocked {
                Route::Direct
            } else {
                Route::through(way.far)
            },
            proved,
        }
    }

    /// The least of what tmux and the terminal tell, at most 256.
    pub(super) fn sixel_registers(&self, answers: &Answers) -> Option<u16> {
        (0..=self.far)
            .filter_map(|level| {
                answers.at(level).rev().find_map(|reply| match *reply {
                    Reply::SixelColors(colors) => Some(colors.clamp(2, 256)),
                    _ => None,
                })
            })
            .min()
    }
}

/// How far questions came.
struct Way {
    front: Who,
    /// The deepest level that has answered.
    far: u8,
    /// That level is tmux itself: nothing came from behind it.
    blocked: bool,
}

impl Way {
    fn of(answers: &Answers, env: &Environment) -> Self {
        let far = (0..=answers.deepest())
            .rev()
            .find(|level| answers.at(*level).next().is_some())
            .unwrap_or(0);
        Self {
            front: answers.who(0, env),
            far,
            blocked: answers.who(far, env) == Who::Tmux,
        }
    }
}

/// What was said to the kitty query.
fn kitty(answers: &Answers, level: u8) -> Option<(bool, &Clean)> {
    said(answers, level, KITTY_QUERY_ID)
}

fn said(answers: &Answers, level: u8, wanted: u32) -> Option<(bool, &Clean)> {
    answers.at(level).rev().find_map(|reply| match reply {
        Reply::KittyGraphics {
            id, ok, message, ..
        } if *id == wanted => Some((*ok, message)),
        _ => None,
    })
}

/// Whether the virtual placement was taken, and left the cursor where it was.
fn placeholders(answers: &Answers, level: u8, kitty: Option<(bool, &Clean)>) -> (bool, String) {
    if !kitty.is_some_and(|(ok, _)| ok) {
        return (false, "they belong to kitty graphics".to_owned());
    }
    let column = answers.at(level).rev().find_map(|reply| match *reply {
        Reply::CursorPosition { column, .. } => Some(column),
        _ => None,
    });
    match (said(answers, level, KITTY_PLACEHOLDER_ID), column) {
        (None, _) => (false, "it did not answer to a virtual placement".to_owned()),
        (Some((false, message)), _) => (
            false,
            format!("it answered {message} to a virtual placement"),
        ),
        (Some((true, _)), Some(PROOF_COLUMN)) => (true, "it took a virtual placement".to_owned()),
        (Some((true, _)), Some(_)) => (
            false,
            "it drew a virtual placement where the cursor was".to_owned(),
        ),
        (Some((true, _)), None) => (
            false,
            "it took a virtual placement, but did not say where it drew it".to_owned(),
        ),
    }
}

/// Whether DA1 lists sixel; `None` without an answer.
fn lists_sixel(answers: &Answers, level: u8) -> Option<bool> {
    answers.at(level).rev().find_map(|reply| match reply {
        Reply::PrimaryAttributes(numbers) => Some(numbers.contains(&DA1_SIXEL)),
        _ => None,
    })
}

/// Who says that the terminal draws iTerm2's inline images.
fn iterm2(answers: &Answers, way: &Way, env: &Environment) -> Option<String> {
    if way.blocked || way.front == Who::Screen {
        return None;
    }
    let name = answers.name(way.far).map_or("", Clean::as_str);
    if ITERM2_NAMES.iter().any(|known| name.starts_with(known)) {
        return Some(format!("the terminal is {name}"));
    }
    let mut replies = answers.at(way.far);
    if replies.any(|reply| matches!(reply, Reply::ItermCell { .. })) {
        return Some("the terminal answered iTerm2's question for the cell".to_owned());
    }
    let lower = name.to_ascii_lowercase();
    if way.far > 0 || OTHER_NAMES.iter().any(|known| lower.starts_with(known)) {
        return None;
    }
    env.iterm2_by()
}

/// A terminal that nothing stands before.
fn alone(
    answers: &Answers,
    env: &Environment,
    kitty: Option<(bool, &Clean)>,
    iterm2: Option<String>,
) -> (GraphicsKind, String) {
    if let Some((true, _)) = kitty {
        let why = "the terminal answered OK to a kitty graphics query";
        return (GraphicsKind::Kitty, why.to_owned());
    }
    if let Some(why) = iterm2 {
        return (GraphicsKind::Iterm2, why);
    }
    let refused = kitty.map_or_else(String::new, |(_, message)| {
        format!(", kitty said {message}")
    });
    let name = answers.name(0).map_or("", Clean::as_str);
    match lists_sixel(answers, 0) {
        Some(true) => (
            GraphicsKind::Sixel,
            format!("the terminal lists sixel among its attributes{refused}"),
        ),
        Some(false) if env.term_program == "vscode" || name.starts_with("xterm.js") => (
            GraphicsKind::Blocks,
            "the terminal answered, but has no pictures; VS Code's has them with \
             terminal.integrated.enableImages"
                .to_owned(),
        ),
        Some(false) => (
            GraphicsKind::Blocks,
            format!("the terminal answered, but knows neither kitty graphics nor sixel{refused}"),
        ),
        None => (
            GraphicsKind::Blocks,
            format!("the terminal has not answered{refused}"),
        ),
    }
}

/// A terminal behind tmux. Pictures have to be text there (placeholders), or tmux's own (sixel since 3.4): it knows of no
/// others, and would leave them behind when it scrolls or shows another window.
fn in_tmux(
    answers: &Answers,
    way: &Way,
    proved: &Proved,
    placeholders: bool,
) -> (GraphicsKind, String) {
    let tmux = answers.name(0).map_or("tmux", Clean::as_str);
    let terminal = answers
        .name(way.far)
        .filter(|_| !way.blocked)
        .map_or("the terminal", Clean::as_str);
    let blocks = |why: String| (GraphicsKind::Blocks, why);
    if answers.at(0).next().is_none() {
        return blocks("inside tmux, which has not answered".to_owned());
    }
    if way.blocked {
        return blocks(format!(
            "inside {tmux}, and no question came back from the terminal behind it: \
             `set -g allow-passthrough on` lets them through"
        ));
    }
    if proved.kitty && placeholders {
        let why =
            format!("{terminal} behind {tmux} answered OK to kitty graphics and placeholders");
        return (GraphicsKind::Kitty, why);
    }
    if proved.sixel {
        let why = format!("both {tmux} and {terminal} behind it list sixel");
        return (GraphicsKind::Sixel, why);
    }
    let stale = "tmux would leave its pictures behind when it scrolls";
    if proved.kitty {
        return blocks(format!(
            "{terminal} behind {tmux} has kitty graphics, but no placeholders: {stale}"
        ));
    }
    if lists_sixel(answers, way.far) == Some(true) {
        return blocks(format!(
            "{terminal} behind {tmux} has sixel, but tmux has none: {stale}"
        ));
    }
    if proved.iterm2 {
        return blocks(format!(
            "{terminal} behind {tmux} has iTerm2's images: {stale}"
        ));
    }
    blocks(format!(
        "{terminal} behind {tmux} knows neither kitty graphics nor sixel"
    ))
}
