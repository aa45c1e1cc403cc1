//! Text and pictures on one screen: whatever is pressed, no text is written over a picture that stays, none shines
//! through one that comes, and what leaves is wiped.

use std::collections::HashMap;

use plantain::domain::{PictureId, PixelSize};
use plantain::view::{Scene, Theme};
use proptest::prelude::*;
use ratatui::layout::{Position, Rect};

use super::desk::{Desk, done};
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

/// Generations whose pictures are of these sizes.
fn shapes(sizes: &[(u32, u32)]) -> Vec<plantain::domain::Generation> {
    let each = sizes.iter().zip(1..).map(|(size, n)| {
        let mut generation = done(n, "a shape", 1);
        generation.pictures[0].size = Some(PixelSize::new(size.0, size.1));
        generation
    });
    each.collect()
}

#[test]
fn no_picture_reaches_the_last_row_or_leaves_the_screen() {
    // A sixel in the last row scrolls the screen.
    let theme = Theme::default();
    let history = shapes(&[(2752, 1536), (10, 4000), (4000, 10), (1, 1), (600, 600)]);
    let widths = (1..=200).step_by(40).chain([29, 30, 60, 99, 100, 200]);
    let heights = || (1..=60).step_by(5).chain([7, 8, 15, 23, 24, 60]);
    let sizes = widths.flat_map(|width| heights().map(move |height| (width, height)));
    let mut seen = 0;
    for (width, height) in sizes {
        let mut desk = Desk::with(width, height, history.clone());
        // In the history, and down to a picture of another shape.
        desk.keys("Alt+3");
        for _ in 0..(width + height) % 5 {
            desk.keys("j");
        }
        for (full, keys) in [
            (false, "Alt+3"),
            (false, "Alt+4"),
            (true, "Alt+3"),
            (true, "F1"),
        ] {
            desk.keys(keys);
            desk.state.full_view = full;
            let screen = Rect::new(0, 0, width, height - 1);
            let (_, scene) = desk.draw(&theme);
            for placement in &scene.placements {
                seen += 1;
                let (area, part) = (placement.area, placement.part);
                let inside = screen.union(area) == screen && area.union(part) == area;
                assert!(
                    inside,
                    "{placement:?} at {width}x{height}, full view: {full}"
                );
                assert!(!part.is_empty());
            }
        }
    }
    assert!(seen > 500, "{seen} placements");
}
