//! A picture, printed between the lines of a shell, in the best way that the terminal has proved to take.

use std::io;
use std::path::Path;
use std::sync::atomic::AtomicBool;

use image::{DynamicImage, RgbaImage};
use ratatui::layout::Size;
use rustix::process::getpgrp;
use rustix::termios::tcgetpgrp;

use super::args::Common;
use super::print;
use crate::config::{Config, Environment};
use crate::domain::{ColorDepth, Failure, FailureKind, Glyphs, GraphicsKind};
use crate::graphics::{Answers, Bitmap, Capabilities, Print, Rung};
use crate::picture::{self, Pixels};
use crate::runtime::{capabilities_of, decode_for, environment_of, measure};
use crate::terminal::{Asked, Probe, Tty, ask, is_terminal};

/// Rows that stay for the command line above, and for the path and the shell's prompt below.
const SPARE_ROWS: u16 = 3;

/// The terminal behind stdout, asked once what it can show.
pub(super) struct Inline {
    capabilities: Capabilities,
    room: Size,
    /// Bytes that a picture may have over a network.
    budget: Option<usize>,
    /// Kept until the last picture is out: while an answer is owed, the terminal must not echo it. Dropping it may take
    /// some of the 2 s that a silent terminal has.
    _asked: Asked,
}

impl Inline {
    /// `None` where there is nothing to print pictures on: a pipe, a terminal without pictures, a job in the
    /// background, a user who wants none.
    pub(super) fn open(
        common: &Common,
        config: &Config,
        environment: &Environment,
    ) -> Result<Option<Self>, Failure> {
        let stdout = io::stdout();
        // Whoever asks from the background is stopped by the terminal.
        let background = tcgetpgrp(&stdout).is_ok_and(|foreground| foreground != getpgrp());
        if !is_terminal(&stdout) || background || common.is_accessible(environment) {
            return Ok(None);
        }
        let tty =
            Tty::open().map_err(|e| failure(format!("the terminal cannot be opened: {e}")))?;
        let size = tty.size();
        let facts = environment_of(environment, size);
        let wanted = capabilities_of(&Answers::default(), &facts, &config.settings);
        if wanted.kind == GraphicsKind::Off {
            return Ok(None);
        }
        let asked = ask(&tty, &facts, Probe::limit(&facts))
            .map_err(|e| failure(format!("the terminal cannot be asked: {e}")))?;
        Ok(Some(Self {
            capabilities: capabilities_of(asked.answers(), &facts, &config.settings),
            room: Size::new(
                size.cells.width,
                size.cells.height.saturating_sub(SPARE_ROWS).max(1),
            ),
            budget: config.settings.preview_bytes(),
            _asked: asked,
        }))
    }

    /// Prints the picture at `path`; the cursor is at the start of the line below it then.
    pub(super) fn show(&self, path: &Path) -> Result<(), Failure> {
        let rung = rung(&self.capabilities);
        let Some(print) = Print::new(measure(path)?, &self.capabilities, self.room, rung) else {
            return Ok(());
        };
        let print = print.within(self.budget, &self.capabilities);
        let pixels = decode_for(path, print.px(), &AtomicBool::new(false))?;
        let fitted = picture::fit(&pixels, print.px());
        if self.viuer_serves() {
            return by_viuer(&fitted, print.cells(), &self.capabilities).map_err(failure);
        }
        let bitmap = Bitmap::new(fitted.size(), fitted.rgba())
            .ok_or_else(|| failure("the picture has no pixels".to_owned()))?;
        let bytes = print.run(&bitmap).map_err(|e| failure(e.to_string()))?;
        print::bytes(&bytes);
        Ok(())
    }

    /// viuer prints half-blocks, and pictures where the environment names iTerm2's protocol: it asks nothing then. For
    /// kitty it would ask three times more, without a limit and with each typed key taken for an answer; over a network it
    /// sends raw pixels, inside tmux it does not pass, it knows no finer blocks, and sixel is ours (STACK).
    fn viuer_serves(&self) -> bool {
        let capabilities = &self.capabilities;
        let without_asking = match capabilities.kind {
            GraphicsKind::Blocks => capabilities.glyphs == Glyphs::Halves,
            GraphicsKind::Iterm2 => viuer::is_iterm_supported(),
            GraphicsKind::Kitty | GraphicsKind::Sixel | GraphicsKind::Off => false,
        };
        without_asking
            && !capabilities.remote
            && !capabilities.multiplexed
            && matches!(capabilities.colors, ColorDepth::True | ColorDepth::Ansi256)
    }
}

/// How good a picture is printed that nothing follows: over a network in the fewest bytes that look right, since nothing
/// is known of the line; else as it is.
fn rung(capabilities: &Capabilities) -> Rung {
    if capabilities.remote {
        Rung::Careful
    } else {
        Rung::Exact
    }
}

fn failure(what: String) -> Failure {
    Failure::new(FailureKind::Internal, what).hint("--graphics off shows no picture")
}

fn by_viuer(fitted: &Pixels, cells: Size, capabilities: &Capabilities) -> Result<(), String> {
    let size = fitted.size();
    let picture = RgbaImage::from_raw(size.width, size.height, fitted.rgba().to_vec())
        .map(DynamicImage::ImageRgba8)
        .ok_or("the picture has no pixels")?;
    let config = viuer::Config {
        absolute_offset: false,
        width: Some(u32::from(cells.width)),
        height: Some(u32::from(cells.height)),
        truecolor: capabilities.colors == ColorDepth::True,
        use_kitty: false,
        use_iterm: capabilities.kind == GraphicsKind::Iterm2,
        ..viuer::Config::default()
    };
    viuer::print(&picture, &config)
        .map(|_| ())
        .map_err(|error| error.to_string())
}
