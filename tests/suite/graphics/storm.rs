//! A storm of sizes while pictures are on their way: the studio's own layouts for each size, through the stage, on a
//! terminal in cells.

use plantain::domain::{Generation, Picture, PixelSize};
use plantain::graphics::{Damage, Placement, Rung};
use plantain::studio::Event;
use plantain::view::Theme;
use ratatui::layout::{Position, Rect};

use super::climbing::{Play, WAYS};
use crate::suite::screens::desk::{Desk, done, picture};

const SIZES: u16 = 500;
const LAST: (u16, u16) = (110, 32);

/// Generations whose pictures have a number each, as the model terminal knows them by that.
fn history() -> Vec<Generation> {
    let one = |n: u16| {
        let mut generation = done(n.into(), "a picture among many", 1);
        generation.pictures = vec![Picture {
            size: Some([PixelSize::new(2752, 1536), PixelSize::new(900, 1600)][usize::from(n % 2)]),
            selected: true,
            ..picture(generation.id, n)
        }];
        generation
    };
    (1..=20).map(one).collect()
}

/// From 1x1 to 500x200, in leaps, and a usual one at last.
fn size(n: u16) -> (u16, u16) {
    match n {
        0 => (1, 1),
        1 => (500, 200),
        SIZES => LAST,
        n => (1 + n * 37 % 500, 1 + n * 29 % 200),
    }
}

/// What the studio wants to be seen at each size.
fn frames() -> Vec<((u16, u16), Vec<Placement>)> {
    let theme = Theme::default();
    let mut desk = Desk::with(120, 40, history());
    let mut frame = |n: u16| {
        let (width, height) = size(n);
        let resized = crossterm::event::Event::Resize(width, height);
        desk.event(Event::Input(resized));
        // On the way another picture is selected, looked at closely, and left again.
        match n % 7 {
            2 => desk.keys("Alt+3 j"),
            4 => desk.keys("Alt+4"),
            5 => desk.keys("F1"),
            6 => desk.keys("Esc"),
            _ => {}
        }
        desk.state.full_view = n < SIZES && n % 11 < 3;
        ((width, height), desk.draw(&theme).1.placements)
    };
    (0..=SIZES).map(&mut frame).collect()
}

#[test]
fn five_hundred_sizes_during_transfers_end_in_the_right_frame() {
    let frames = frames();
    let with_pictures = frames.iter().filter(|(_, wanted)| !wanted.is_empty());
    assert!(with_pictures.count() > 300);
    for way in WAYS {
        let mut play = Play::new(way, true, None);
        let mut caps = play.stage.capabilities().clone();
        (caps.cell.width, caps.cell.height) = (10, 20);
        play.stage.set_capabilities(caps);
        let mut cut = 0;
        for ((width, height), wanted) in &frames {
            play.model.resize(*width, *height);
            play.frame(wanted, &Damage::All);
            let wide = usize::from(*width);
            if wide % 3 > 0 && *width < 200 {
                play.finish_job(wide);
            }
            for _ in 0..wide % 4 {
                play.slice(1500);
            }
            if wide % 5 == 0 {
                play.answer();
            }
            cut += usize::from(play.stage.is_transmitting());
        }
        let layered = way.kind == plantain::domain::GraphicsKind::Kitty;
        assert!(cut > 5 || !layered, "{way:?}: {cut} were cut short");
        play.settle();
        let (_, wanted) = frames.last().unwrap();
        assert!(wanted.len() > 1, "the picture and small ones");
        for at in Rect::new(0, 0, LAST.0, LAST.1).positions() {
            let expected = wanted.iter().find(|p| p.part.contains(at)).map(|p| {
                let cell = Position::new(at.x - p.area.x, at.y - p.area.y);
                (p.picture.n, cell)
            });
            let look = play.model.look(at);
            let seen = look.map(|(n, _, cell)| (n, cell));
            assert_eq!(seen, expected, "{way:?} at {at}");
            assert!(look.is_none_or(|look| look.1 > Rung::Glance), "{way:?}");
        }
        let end = play.stage.clear();
        play.model.feed(&end);
        assert!(play.model.is_blank() && play.model.images() == 0, "{way:?}");
    }
}
