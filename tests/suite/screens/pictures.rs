//! Text and pictures on one screen: whatever is pressed, no text is written over a picture that stays, none shines
//! through one that comes, and what leaves is wiped.

use std::collections::HashMap;

use plantain::domain::PictureId;
use plantain::view::{Scene, Theme};
use proptest::prelude::*;
use ratatui::layout::{Position, Rect};

use super::desk::Desk;
use super::panes::some_history;

const KEYS: [&str; 16] = [
    "Tab",
    "Shift+Tab",
    "Alt+3",
    "Alt+4",
    "j",
    "k",
    "G",
    "PgDn",
    "Enter",
    "Esc",
    "F1",
    "F2",
    "Ctrl+P",
    "I",
    "l",
    "Up",
];

/// Which picture is seen in which cell, and as which part of it.
fn cells(scene: &Scene) -> HashMap<Position, (PictureId, Rect)> {
    let of = |p: &plantain::graphics::Placement| {
        let what = (p.picture, p.area);
        p.part.positions().map(move |at| (at, what))
    };
    let all: Vec<_> = scene.placements.iter().flat_map(of).collect();
    let count = all.len();
    let cells: HashMap<_, _> = all.into_iter().collect();
    assert_eq!(cells.len(), count, "two pictures on one cell");
    cells
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn text_and_pictures_keep_to_their_cells(
        keys in prop::collection::vec(prop::sample::select(&KEYS[..]), 1..12),
        size in prop_oneof![(1u16..130, 1u16..45), Just((120, 40)), Just((80, 24)), Just((40, 12))],
    ) {
        let theme = Theme::default();
        let mut desk = Desk::with(size.0, size.1, some_history());
        let (mut before, scene) = desk.draw(&theme);
        let mut seen = cells(&scene);
        for key in keys {
            desk.keys(key);
            let (after, scene) = desk.draw(&theme);
            let now = cells(&scene);
            for (x, y, cell) in before.diff(&after) {
                let at = Position { x, y };
                let stays = seen.get(&at).is_some_and(|what| now.get(&at) == Some(what));
                prop_assert!(!stays, "{key}: `{}` is written over a picture at {at}", cell.symbol());
            }
            for at in now.keys() {
                prop_assert_eq!(after[*at].symbol(), " ", "{}: text under a picture at {}", key, at);
            }
            (before, seen) = (after, now);
        }
    }
}
