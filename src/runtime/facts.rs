//! What is known of the terminal without asking, and what its answers make of it. One place for both faces.

use crate::config::{self, Settings};
use crate::graphics::{Answers, Capabilities, Environment, Window};
use crate::terminal::TtySize;

/// The environment's facts about the terminal.
pub fn environment_of(environment: &config::Environment, size: TtySize) -> Environment {
    let var = |name: &str| environment.var(name).unwrap_or_default().to_owned();
    let set = |name: &str| environment.var(name).is_some();
    Environment {
        term: var("TERM"),
        term_program: var("TERM_PROGRAM"),
        lc_terminal: var("LC_TERMINAL"),
        colorterm: var("COLORTERM"),
        konsole: set("KONSOLE_VERSION"),
        tmux: set("TMUX"),
        screen: set("STY"),
        zellij: set("ZELLIJ"),
        ssh: set("SSH_CONNECTION") || set("SSH_TTY"),
        no_color: set("NO_COLOR"),
        window: window_of(size),
    }
}

/// The kernel's size as `graphics` takes it.
pub(super) fn window_of(size: TtySize) -> Window {
    Window {
        columns: size.cells.width,
        rows: size.cells.height,
        width: size.pixels.map_or(0, |px| px.width),
        height: size.pixels.map_or(0, |px| px.height),
    }
}

/// The verdict of the answers, unless a setting forces one.
pub fn capabilities_of(
    answers: &Answers,
    facts: &Environment,
    settings: &Settings,
) -> Capabilities {
    let mut told = Capabilities::judge(answers, facts);
    if let Some(glyphs) = settings.blocks.value {
        told.glyphs = glyphs;
        told.glyphs_why = format!("forced by {}", settings.blocks.source);
    }
    match settings.graphics.value {
        Some(kind) => told.forced(kind, &settings.graphics.source.to_string()),
        None => told,
    }
}
