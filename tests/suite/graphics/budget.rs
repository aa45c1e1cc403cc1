//! What a preview may cost on a line that is far, and what is told of it: with the real encoders, bytes counted as written.

use std::time::Duration;

use plantain::domain::{ColorDepth, GraphicsKind, PixelSize};
use plantain::graphics::{Capabilities, Damage, Link, Placement, Print, Route, Rung, Stage};
use ratatui::layout::{Position, Rect, Size};

use super::pictures::{Pixels, caps, id};

const AREA: Rect = Rect::new(2, 1, 30, 10);

/// kitty above the text, in cells, behind one tmux in 256 colours and behind two; and the others.
fn ways() -> Vec<Capabilities> {
    let kitty = |placeholders, levels| {
        let mut caps = caps(GraphicsKind::Kitty);
        caps.placeholders = placeholders;
        if levels > 0 {
            caps.multiplexed = true;
            caps.route = Route::Tmux { levels };
        }
        if levels == 1 {
            caps.colors = ColorDepth::Ansi256;
        }
        caps
    };
    let mut ways = vec![
        kitty(false, 0),
        kitty(true, 0),
        kitty(true, 1),
        kitty(true, 2),
    ];
    let others = [
        GraphicsKind::Sixel,
        GraphicsKind::Iterm2,
        GraphicsKind::Blocks,
    ];
    ways.extend(others.map(caps));
    for caps in &mut ways {
        (caps.cell.width, caps.cell.height) = (10, 20);
        caps.remote = true;
    }
    ways
}

/// Rungs and all bytes of each, in order; and what is told at the end.
fn shown(caps: Capabilities, budget: Option<usize>) -> (Vec<(Rung, usize)>, Option<u64>) {
    let mut stage = Stage::new(caps);
    stage.set_budget(budget);
    stage.set_close(true);
    stage.set_link(Link {
        round_trip: Some(Duration::from_millis(100)),
        rate: Some(60_000),
    });
    let placement = Placement {
        picture: id(1),
        area: AREA,
        part: AREA,
    };
    stage.want(&[placement], &Damage::None);
    let mut sent = Vec::new();
    loop {
        let jobs = stage.jobs();
        if jobs.is_empty() {
            return (sent, stage.sent_for(id(1)));
        }
        for job in jobs {
            let picture = Pixels::photo(job.px());
            stage.ready(job.key(), job.run(&picture.bitmap()).unwrap());
            let mut bytes = 0;
            while let Some(slice) = stage.slice(2400, Some(Position::ORIGIN)) {
                bytes += slice.len();
            }
            sent.push((job.rung(), bytes));
        }
    }
}

#[test]
fn a_budget_is_that_of_all_rungs_together_and_all_of_it_is_told() {
    for caps in ways() {
        for budget in [9_000, 30_000, 200_000] {
            let why = format!("{:?} {:?} of {budget}", caps.kind, caps.route);
            let (rungs, told) = shown(caps.clone(), Some(budget));
            let all: usize = rungs.iter().map(|(_, bytes)| bytes).sum();
            assert!(all <= budget, "{why}: {rungs:?}");
            let told = told.unwrap() as usize;
            // The cursor's moves are the frame's.
            let near = told <= all && told >= all - all / 40 - 100;
            assert!(near, "{why}: told {told} of {all}");
            // A tight one is used, by the encoder that can be aimed.
            let aimed = budget == 9_000 && caps.kind == GraphicsKind::Kitty;
            assert!(!aimed || all > budget / 2, "{why}: {rungs:?}");
        }
    }
}

#[test]
fn a_line_that_is_near_has_no_budget() {
    let mut caps = caps(GraphicsKind::Kitty);
    caps.remote = false;
    let mut stage = Stage::new(caps);
    stage.set_budget(Some(4_000));
    let placement = Placement {
        picture: id(1),
        area: AREA,
        part: AREA,
    };
    stage.want(&[placement], &Damage::None);
    let jobs = stage.jobs();
    let picture = Pixels::photo(jobs[0].px());
    let payload = jobs[0].run(&picture.bitmap()).unwrap();
    assert_eq!((jobs.len(), jobs[0].rung()), (1, Rung::Exact));
    assert!(payload.len() > 20_000, "every pixel: {}", payload.len());
}

#[test]
fn the_cells_of_a_glance_are_part_of_it() {
    for caps in ways() {
        let (rungs, _) = shown(caps, None);
        for (rung, bytes) in rungs {
            assert!(rung != Rung::Glance || bytes <= 12_000, "{bytes}");
        }
    }
}

#[test]
fn a_print_over_a_network_keeps_the_budget() {
    for mut caps in ways() {
        let mut lengths = Vec::new();
        for (remote, budget) in [(true, None), (true, Some(8_000)), (false, Some(8_000))] {
            caps.remote = remote;
            let room = Size::new(30, 10);
            let print = Print::new(PixelSize::new(900, 600), &caps, room, Rung::Careful);
            let print = print.unwrap().within(budget, &caps);
            let picture = Pixels::photo(print.px());
            lengths.push(print.run(&picture.bitmap()).unwrap().len());
        }
        let why = format!("{:?} {:?}: {lengths:?}", caps.kind, caps.route);
        assert!(lengths[1] <= 8_000 && lengths[2] == lengths[0], "{why}");
    }
}
