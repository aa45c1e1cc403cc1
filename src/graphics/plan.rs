//! The placement diff: from what the terminal shows to what it should show.

use ratatui::layout::Rect;

use super::cut::{join, minus_all};
use super::placement::Placement;

/// How a terminal keeps pictures.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Surface {
    /// Above the text, until they are deleted, each placement as a whole (kitty without placeholders).
    Layered,
    /// In the cells: what is written to a cell takes its piece of the picture away (sixel, iTerm2, block
    /// characters, kitty's placeholders).
    Painted,
}

/// What happened to the screen without the diff's doing.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Damage {
    /// Nothing.
    #[default]
    None,
    /// Text was written to these cells.
    Cells(Vec<Rect>),
    /// The screen was cleared, by a resize or by another program; kitty forgets pictures then, too.
    All,
}

/// One step of a plan.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Step {
    /// Take `part` away. On a painted surface it may be a piece of what is shown; on a layered one it never is.
    Erase(Placement),
    /// Bring `part` up. On a painted surface it may be a piece of what is wanted.
    Show(Placement),
}

/// The steps from `shown` to `wanted`, erasures first. `wanted` parts do not overlap.
///
/// What is shown and still right is left alone. On a painted surface that holds for single cells: a popup that opens
/// over a picture only erases the cells under it, and sends nothing.
pub fn plan(
    surface: Surface,
    shown: &[Placement],
    wanted: &[Placement],
    damage: &Damage,
) -> Vec<Step> {
    match surface {
        Surface::Layered => {
            let intact: Vec<Placement> = match damage {
                Damage::All => Vec::new(),
                Damage::None | Damage::Cells(_) => shown
                    .iter()
                    .filter(|s| wanted.contains(s))
                    .copied()
                    .collect(),
            };
            let changed = |placements: &[Placement]| -> Vec<Placement> {
                placements
                    .iter()
                    .filter(|p| !intact.contains(p))
                    .copied()
                    .collect()
            };
            let erase = changed(shown).into_iter().map(Step::Erase);
            let show = changed(wanted).into_iter().map(Step::Show);
            erase.chain(show).collect()
        }
        Surface::Painted => {
            let shown = survivors(shown, damage);
            let erase = missing(&shown, wanted).map(Step::Erase);
            let show = missing(wanted, &shown).map(Step::Show);
            erase.chain(show).collect()
        }
    }
}

/// What is left of painted pictures after `damage`.
fn survivors(shown: &[Placement], damage: &Damage) -> Vec<Placement> {
    match damage {
        Damage::None => shown.to_vec(),
        Damage::Cells(cells) => shown
            .iter()
            .flat_map(|s| with_parts(*s, minus_all(s.part, cells.iter().copied())))
            .collect(),
        Damage::All => Vec::new(),
    }
}

/// The pieces of `from` where `other` does not have the same picture at the same place.
fn missing(from: &[Placement], other: &[Placement]) -> impl Iterator<Item = Placement> {
    from.iter().flat_map(|f| {
        let same = other.iter().filter(|o| same_picture(f, o)).map(|o| o.part);
        with_parts(*f, join(minus_all(f.part, same)))
    })
}

/// Whether both show the same pixels in the cells that they share.
pub(super) fn same_picture(a: &Placement, b: &Placement) -> bool {
    a.picture == b.picture && a.area == b.area
}

fn with_parts(placement: Placement, parts: Vec<Rect>) -> impl Iterator<Item = Placement> {
    parts
        .into_iter()
        .map(move |part| Placement { part, ..placement })
}
