//! The plan, applied to a model screen: exactly the wanted pictures, nothing left behind, nothing sent again.

use std::collections::HashMap;

use plantain::domain::PictureId;
use plantain::graphics::{Damage, Placement, Step, Surface, minus_all, plan};
use proptest::prelude::*;
use ratatui::layout::{Position, Rect};

use super::pictures::id;

/// What each cell shows: a picture and where its corner is.
type Cells = HashMap<Position, (PictureId, Rect)>;

fn cells_of(placements: &[Placement]) -> Cells {
    let mut cells = Cells::new();
    for p in placements {
        for position in p.part.positions() {
            let before = cells.insert(position, (p.picture, p.area));
            assert!(before.is_none(), "two pictures on one cell");
        }
    }
    cells
}

fn rect() -> impl Strategy<Value = Rect> {
    (0u16..12, 0u16..8, 1u16..8, 1u16..6).prop_map(|(x, y, w, h)| Rect::new(x, y, w, h))
}

/// Placements as a scene has them: pictures that do not overlap, with popups cut out.
pub fn scene() -> impl Strategy<Value = Vec<Placement>> {
    let pictures = prop::collection::vec((1u16..4, rect()), 0..4);
    (pictures, prop::collection::vec(rect(), 0..3)).prop_map(|(pictures, popups)| {
        let mut scene: Vec<Placement> = Vec::new();
        for (n, area) in pictures {
            if scene.iter().any(|p| p.area.intersects(area)) {
                continue;
            }
            let parts = minus_all(area, popups.iter().copied());
            scene.extend(parts.into_iter().map(|part| Placement {
                picture: id(n),
                area,
                part,
            }));
        }
        scene
    })
}

pub fn damage() -> impl Strategy<Value = Damage> {
    prop_oneof![
        4 => Just(Damage::None),
        2 => prop::collection::vec(rect(), 1..3).prop_map(Damage::Cells),
        1 => Just(Damage::All),
    ]
}

proptest! {
    #[test]
    fn painted_cells_end_as_wanted(shown in scene(), wanted in scene(), damage in damage()) {
        let mut cells = cells_of(&shown);
        match &damage {
            Damage::None => {}
            Damage::Cells(rects) => cells.retain(|at, _| !rects.iter().any(|r| r.contains(*at))),
            Damage::All => cells.clear(),
        }
        for step in plan(Surface::Painted, &shown, &wanted, &damage) {
            match step {
                Step::Erase(gone) => for at in gone.part.positions() {
                    prop_assert!(cells.remove(&at).is_some(), "erased twice, or what was right");
                }
                Step::Show(p) => for at in p.part.positions() {
                    let before = cells.insert(at, (p.picture, p.area));
                    prop_assert_eq!(before, None, "shown over a picture, or again");
                }
            }
        }
        prop_assert_eq!(cells, cells_of(&wanted));
    }

    #[test]
    fn layers_end_as_wanted(shown in scene(), wanted in scene(), damage in damage()) {
        let mut layers = if damage == Damage::All { Vec::new() } else { shown.clone() };
        for step in plan(Surface::Layered, &shown, &wanted, &damage) {
            match step {
                Step::Erase(gone) => {
                    prop_assert!(shown.contains(&gone), "only whole placements can go");
                    layers.retain(|p| *p != gone);
                }
                Step::Show(p) => {
                    prop_assert!(layers.iter().all(|l| !l.part.intersects(p.part)));
                    prop_assert!(wanted.contains(&p));
                    layers.push(p);
                }
            }
        }
        prop_assert_eq!(cells_of(&layers), cells_of(&wanted));
        if damage != Damage::All && shown == wanted {
            prop_assert!(plan(Surface::Layered, &shown, &wanted, &damage).is_empty());
        }
    }
}

#[test]
fn a_popup_over_a_painted_picture_sends_nothing() {
    let area = Rect::new(0, 0, 20, 10);
    let popup = Rect::new(5, 2, 8, 4);
    let whole = Placement {
        picture: id(1),
        area,
        part: area,
    };
    let around: Vec<Placement> = minus_all(area, [popup])
        .into_iter()
        .map(|part| Placement { part, ..whole })
        .collect();
    let under = Placement {
        part: popup,
        ..whole
    };
    assert_eq!(
        plan(Surface::Painted, &[whole], &around, &Damage::None),
        [Step::Erase(under)]
    );
    // When it closes, only what was under it comes back.
    assert_eq!(
        plan(Surface::Painted, &around, &[whole], &Damage::None),
        [Step::Show(under)]
    );
}
