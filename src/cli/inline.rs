//! A picture, printed once between the lines of a shell, in the best way that the terminal has proved to take.

use std::path::Path;

use image::{DynamicImage, RgbaImage};
use ratatui::layout::Size;

use super::print;
use crate::config::{Config, Environment};
use crate::domain::{ColorDepth, Failure, FailureKind, GraphicsKind};
use crate::graphics::{Bitmap, Capabilities, Print, queries};
use crate::picture::{self, Pixels};
use crate::runtime::{capabilities_of, decode, environment_of};
use crate::terminal::{LOCAL_LIMIT, REMOTE_LIMIT, Tty, ask};

/// Rows that stay for the command line above and the shell's prompt below.
const SPARE_ROWS: u16 = 3;

/// Prints the picture at `path`. A terminal without pictures gets nothing: the path is printed anyway.
pub(super) fn show(path: &Path, config: &Config, environment: &Environment) -> Result<(), Failure> {
    let failure = |what: String| {
        Failure::new(FailureKind::Internal, what).hint("--graphics off shows no picture")
    };
    let tty = Tty::open().map_err(|e| failure(format!("the terminal cannot be opened: {e}")))?;
    let size = tty.size();
    let facts = environment_of(environment, size);
    let limit = if facts.ssh { REMOTE_LIMIT } else { LOCAL_LIMIT };
    // Kept until the picture is out: while an answer is owed, the terminal must not echo it.
    let asked = facts
        .answers_queries()
        .then(|| ask(&tty, &queries(&facts), limit))
        .transpose()
        .map_err(|e| failure(format!("the terminal cannot be asked: {e}")))?;
    let replies = asked.as_ref().map_or(&[][..], |asked| asked.replies());
    let capabilities = capabilities_of(replies, &facts, &config.settings);
    let pixels = decode(path)?;
    let room = Size::new(
        size.cells.width,
        size.cells.height.saturating_sub(SPARE_ROWS).max(1),
    );
    let Some(print) = Print::new(pixels.size(), &capabilities, room) else {
        return Ok(());
    };
    let fitted = picture::fit(&pixels, print.px());
    if viuer_serves(&capabilities, facts.ssh) {
        drop(asked);
        return by_viuer(&fitted, print.cells(), &capabilities).map_err(failure);
    }
    let bitmap = Bitmap::new(fitted.size(), fitted.rgba())
        .ok_or_else(|| failure("the picture has no pixels".to_owned()))?;
    let bytes = print.run(&bitmap).map_err(|e| failure(e.to_string()))?;
    print::bytes(&bytes);
    Ok(())
}

/// viuer fits a local terminal: kitty takes a temporary file of our own pixels, 100 bytes on the line. Over a network it
/// would send raw pixels, inside tmux it does not pass, and sixel is ours (STACK).
fn viuer_serves(capabilities: &Capabilities, remote: bool) -> bool {
    !remote
        && !capabilities.multiplexed
        && matches!(
            capabilities.kind,
            GraphicsKind::Kitty | GraphicsKind::Iterm2 | GraphicsKind::Blocks
        )
        && matches!(capabilities.colors, ColorDepth::True | ColorDepth::Ansi256)
}

fn by_viuer(fitted: &Pixels, cells: Size, capabilities: &Capabilities) -> Result<(), String> {
    let size = fitted.size();
    let picture = RgbaImage::from_raw(size.width, size.height, fitted.rgba().to_vec())
        .map(DynamicImage::ImageRgba8)
        .ok_or("the picture has no pixels")?;
    // Only what the terminal has proved is used: viuer would ask without a limit.
    let config = viuer::Config {
        absolute_offset: false,
        width: Some(u32::from(cells.width)),
        height: Some(u32::from(cells.height)),
        truecolor: capabilities.colors == ColorDepth::True,
        use_kitty: capabilities.kind == GraphicsKind::Kitty,
        use_iterm: capabilities.kind == GraphicsKind::Iterm2,
        ..viuer::Config::default()
    };
    viuer::print(&picture, &config)
        .map(|_| ())
        .map_err(|error| error.to_string())
}
