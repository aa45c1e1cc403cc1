//! The size of a cell: told, divided, or assumed.

use crate::domain::CellSize;
use crate::graphics::answers::Answers;
use crate::graphics::environment::Window;
use crate::graphics::reply::Reply;

/// A cell larger than this is a mistake of the terminal, px.
const LARGEST_CELL: u16 = 256;

pub(super) const FROM_WINDOW: &str = "the size of the window";

/// The cell of the terminal at level `far`, which draws; tmux in front of it has the same, or none.
pub(super) fn judge(answers: &Answers, far: u8, window: Window) -> (CellSize, &'static str) {
    let levels = || {
        let near = (far > 0).then_some(0);
        std::iter::once(far).chain(near)
    };
    let find = |of: &dyn Fn(&Reply) -> Option<CellSize>| {
        levels().find_map(|level| answers.at(level).rev().find_map(of))
    };
    let told = find(&|reply| match *reply {
        Reply::CellPixels { width, height } => plausible(width, height),
        _ => None,
    });
    if let Some(cell) = told {
        return (cell, "the terminal told it");
    }
    if let Some(cell) = of_window(window) {
        return (cell, FROM_WINDOW);
    }
    let divided = find(&|reply| match *reply {
        Reply::TextAreaPixels { width, height } => divided(width, height, window),
        _ => None,
    });
    if let Some(cell) = divided {
        return (cell, "the size of the text area");
    }
    let iterm = find(&|reply| match *reply {
        Reply::ItermCell { width, height } => plausible(width, height),
        _ => None,
    });
    match iterm {
        Some(cell) => (cell, "iTerm2's cell report"),
        None => (CellSize::ASSUMED, "assumed"),
    }
}

/// The cell by the kernel's size of the window.
pub(super) fn of_window(window: Window) -> Option<CellSize> {
    divided(window.width, window.height, window)
}

/// The cell of a window of `width` x `height` px, rounded down: Konsole adds 2 px to the width.
fn divided(width: u16, height: u16, window: Window) -> Option<CellSize> {
    plausible(
        width.checked_div(window.columns)?,
        height.checked_div(window.rows)?,
    )
}

fn plausible(width: u16, height: u16) -> Option<CellSize> {
    let sane = 1..=LARGEST_CELL;
    (sane.contains(&width) && sane.contains(&height)).then_some(CellSize { width, height })
}
