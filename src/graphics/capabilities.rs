//! What the terminal can show: the verdict from its answers and the environment, each with its why.
//!
//! The verdict is a function of the answers that came within the limit, and of the environment. Nothing waits
//! here: the terminal that says nothing gets half-blocks.

mod cell;
mod colors;
mod pictures;

use crate::domain::{CellSize, Clean, ColorDepth, Glyphs, GraphicsKind};

use super::answers::Answers;
use super::blocks;
use super::environment::{Environment, Window};
use super::reply::Reply;
use super::route::Route;
use pictures::{Pictures, Proved};

/// The private mode of synchronized output.
const SYNCHRONIZED_OUTPUT: u16 = 2026;

/// What the terminal can do, as far as it told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Capabilities {
    /// How pictures are sent.
    pub kind: GraphicsKind,
    /// Why that kind.
    pub why: String,
    /// What speaks against a kind that was forced.
    pub doubt: Option<String>,
    /// One cell in px, told or assumed.
    pub cell: CellSize,
    /// Where the cell's size is from.
    pub cell_why: &'static str,
    /// The cell as the size of the window gives it, which may differ by a rounding.
    pub window_cell: Option<CellSize>,
    /// Text colours, and those of half-blocks.
    pub colors: ColorDepth,
    /// Why that many colours.
    pub colors_why: String,
    /// Colour registers of one sixel picture, at most 256.
    pub sixel_colors: u16,
    /// Whether the terminal told how many it has.
    pub sixel_colors_told: bool,
    /// Mode 2026 has an effect: a frame between its set and reset appears at once.
    pub synchronized_output: bool,
    /// Why it has, or has not.
    pub synchronized_why: &'static str,
    /// The default background, red, green, blue; transparent pictures are laid over it.
    pub background: Option<(u8, u8, u8)>,
    /// tmux or screen stands between.
    pub multiplexed: bool,
    /// What stands between, nearest first, by the names that it gives itself.
    pub through: Vec<Clean>,
    /// How pictures of this kind reach the terminal that draws.
    pub route: Route,
    /// Why that way.
    pub route_why: String,
    /// kitty's Unicode placeholders: a picture stands in cells of text, which tmux moves and erases like any other.
    pub placeholders: bool,
    /// Why they are there, or not.
    pub placeholders_why: String,
    /// The finest block characters that the terminal's font is trusted with.
    pub glyphs: Glyphs,
    /// Why those.
    pub glyphs_why: String,
    /// A network stands between (SSH).
    pub remote: bool,
    /// What the terminal that draws calls itself; where only a multiplexer answered, `None`.
    pub name: Option<Clean>,
    /// The way through tmux that a question came back from; `Direct` where none did.
    passthrough: Route,
    proved: Proved,
}

impl Capabilities {
    /// Judges the answers that came, in any order, of a terminal that nothing stands before.
    pub fn parse(replies: &[Reply], env: &Environment) -> Self {
        Self::judge(&Answers::direct(replies), env)
    }

    /// Judges the answers that came so far, and the environment.
    pub fn judge(answers: &Answers, env: &Environment) -> Self {
        let pictures = Pictures::judge(answers, env);
        let far = pictures.far;
        let (cell, cell_why) = cell::judge(answers, far, env.window);
        let (colors, colors_why) = colors::judge(&pictures, env);
        let (glyphs, glyphs_why) = {
            let name = pictures.name.as_ref().map(Clean::as_str);
            blocks::trusted(name, &env.term, pictures.multiplexed)
        };
        let registers = pictures.sixel_registers(answers);
        let (synchronized_output, synchronized_why) = synchronized(answers);
        let background = |level| {
            answers.at(level).rev().find_map(|reply| match *reply {
                Reply::Background { red, green, blue } => Some((red, green, blue)),
                _ => None,
            })
        };
        let mut verdict = Self {
            kind: pictures.kind,
            why: pictures.why,
            doubt: None,
            cell,
            cell_why,
            window_cell: cell::of_window(env.window),
            colors,
            colors_why,
            sixel_colors: registers.unwrap_or(pictures::SIXEL_COLORS_ASSUMED),
            sixel_colors_told: registers.is_some(),
            synchronized_output,
            synchronized_why,
            background: background(0).or_else(|| background(far)),
            multiplexed: pictures.multiplexed,
            through: pictures.through,
            route: Route::Direct,
            route_why: String::new(),
            placeholders: pictures.placeholders,
            placeholders_why: pictures.placeholders_why,
            glyphs,
            glyphs_why,
            remote: env.ssh,
            name: pictures.name,
            passthrough: pictures.passthrough,
            proved: pictures.proved,
        };
        verdict.choose_route();
        verdict
    }

    /// The same terminal with another way to send pictures, because `by` (a flag, a variable, a setting) says so. The way
    /// through tmux stays the one that was proved.
    pub fn forced(mut self, kind: GraphicsKind, by: &str) -> Self {
        self.doubt = self.proved.doubt(kind);
        self.why = match &self.doubt {
            Some(doubt) => format!("forced by {by}, though {doubt}"),
            None => format!("forced by {by}"),
        };
        self.kind = kind;
        self.choose_route();
        self
    }

    /// Whether a picture is sent to `other` as it is to this: they differ in words and text at most.
    pub fn draws_as(&self, other: &Self) -> bool {
        let of = |caps: &Self| {
            (
                (caps.kind, caps.cell, caps.colors, caps.sixel_colors),
                (caps.background, caps.route, caps.placeholders, caps.glyphs),
                (caps.multiplexed, caps.remote),
            )
        };
        of(self) == of(other)
    }

    /// Takes up a new size of the window. The cell changes with the window's own, that is with the font.
    pub fn resize(&mut self, window: Window) {
        let cell = cell::of_window(window);
        if cell == self.window_cell {
            return;
        }
        self.window_cell = cell;
        if let Some(cell) = cell {
            self.cell = cell;
            self.cell_why = cell::FROM_WINDOW;
        }
    }

    /// Whether what is painted may be gone when the window comes back: tmux keeps 20 sixel pictures, xterm 16 and draws no
    /// more of them anew (their sources' limits), xterm.js none over a reload of its page.
    pub(super) fn forgets_pictures(&self) -> bool {
        let named = |start| {
            let name = self.name.as_ref().map(Clean::as_str);
            name.is_some_and(|name| name.starts_with(start))
        };
        self.multiplexed || named("XTerm(") || named("xterm.js")
    }

    /// What stands behind a transparent picture.
    pub(super) fn backdrop(&self) -> [u8; 3] {
        let (red, green, blue) = self.background.unwrap_or((0, 0, 0));
        [red, green, blue]
    }

    fn choose_route(&mut self) {
        let wrapped = matches!(self.kind, GraphicsKind::Kitty | GraphicsKind::Iterm2);
        let proved = self.passthrough != Route::Direct;
        let tmux = self.multiplexed && self.proved.tmux;
        let (route, why) = match (tmux, wrapped) {
            (false, _) if self.multiplexed => (Route::Direct, "screen hands nothing through"),
            (false, _) => (Route::Direct, "nothing stands between"),
            (true, true) if proved => (self.passthrough, "a question sent through it came back"),
            // Unwrapped, they would be the title of the pane; wrapped, tmux drops them.
            (true, true) => (
                Route::through(1),
                "assumed: no question sent through it came back",
            ),
            (true, false) if self.kind == GraphicsKind::Sixel => {
                (Route::Direct, "tmux draws sixels itself")
            }
            (true, false) if proved => (
                Route::Direct,
                "text needs no passthrough (a question sent through it came back)",
            ),
            (true, false) => (
                Route::Direct,
                "no question sent through tmux came back; `set -g allow-passthrough on` lets them",
            ),
        };
        self.route = route;
        why.clone_into(&mut self.route_why);
    }
}

/// Of whoever is in front of us: frames are for tmux to bring on.
fn synchronized(answers: &Answers) -> (bool, &'static str) {
    let state = answers.at(0).rev().find_map(|reply| match reply {
        Reply::Mode {
            number: SYNCHRONIZED_OUTPUT,
            state,
        } => Some(*state),
        _ => None,
    });
    match state {
        Some(state) if state.usable() => (true, "it knows mode 2026"),
        Some(_) => (false, "it does not know mode 2026"),
        None => (false, "it did not say whether it knows mode 2026"),
    }
}
