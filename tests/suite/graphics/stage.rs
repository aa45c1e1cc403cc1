//! The stage against the model terminal: in whatever order frames, results and slices come, the end is right.

use plantain::domain::{GraphicsKind, PictureId, PixelSize};
use plantain::graphics::{Damage, EncodeJob, Payload, Placement, Stage};
use proptest::prelude::*;
use ratatui::layout::{Position, Rect};
use ratatui::style::Color;

use super::pictures::{Pixels, caps, id};
use super::plan::{damage, scene};
use super::screen::Screen;

const COLUMNS: u16 = 20;
const ROWS: u16 = 14;

/// A stage, its terminal, and the jobs that are running.
struct Theatre {
    stage: Stage,
    screen: Screen,
    cell: (u32, u32),
    running: Vec<EncodeJob>,
    paint: fn(PictureId, PixelSize) -> Pixels,
}

impl Theatre {
    fn new(kind: GraphicsKind) -> Self {
        let mut caps = caps(kind);
        // Small cells keep the pictures of a property small; kitty's are to have several chunks.
        let (width, height) = match kind {
            GraphicsKind::Kitty => (10, 12),
            _ => (3, 4),
        };
        (caps.cell.width, caps.cell.height) = (width, height);
        let cell = match kind {
            GraphicsKind::Blocks => (1, 2),
            _ => (u32::from(width), u32::from(height)),
        };
        let paint = match kind {
            GraphicsKind::Kitty => Pixels::noise,
            _ => Pixels::pattern,
        };
        Self {
            stage: Stage::new(caps),
            screen: Screen::new(COLUMNS, ROWS, cell),
            cell,
            running: Vec::new(),
            paint,
        }
    }

    /// A frame of the runtime: erasures, then the text that writes over `damage`.
    fn frame(&mut self, wanted: &[Placement], damage: &Damage) {
        if *damage == Damage::All {
            self.screen.clear();
        }
        let bytes = self.stage.want(wanted, damage);
        self.screen.feed(&bytes);
        if let Damage::Cells(cells) = damage {
            for rect in cells {
                self.screen.type_over(*rect);
            }
        }
        self.running.extend(self.stage.jobs());
    }

    fn finish_job(&mut self, n: usize) {
        if !self.running.is_empty() {
            let job = self.running.remove(n % self.running.len());
            self.stage.ready(job.key(), self.run(&job));
        }
    }

    fn run(&self, job: &EncodeJob) -> Payload {
        let pixels = (self.paint)(job.picture(), job.px());
        job.run(&pixels.bitmap()).unwrap()
    }

    /// Returns whether there was something to send.
    fn slice(&mut self, most: usize) -> bool {
        let cursor = Position::new(1, 2);
        let bytes = self.stage.slice(most, Some(cursor));
        if let Some(bytes) = &bytes {
            self.screen.feed(bytes);
            assert!(self.screen.cursor_shown);
        }
        bytes.is_some()
    }

    fn settle(&mut self) {
        loop {
            while !self.running.is_empty() {
                self.finish_job(0);
            }
            while self.slice(500) {}
            self.running.extend(self.stage.jobs());
            if self.running.is_empty() {
                return;
            }
        }
    }

    fn pixel_of(&self, cell: Position) -> Option<[u8; 3]> {
        let (width, height) = self.cell;
        self.screen
            .pixel(u32::from(cell.x) * width, u32::from(cell.y) * height)
    }

    /// Every pixel of the screen is the wanted picture's, or none.
    fn check(&self, wanted: &[Placement], kind: GraphicsKind) {
        let pictures: Vec<Pixels> = wanted
            .iter()
            .map(|p| {
                let width = u32::from(p.area.width) * self.cell.0;
                let height = u32::from(p.area.height) * self.cell.1;
                (self.paint)(p.picture, PixelSize::new(width, height))
            })
            .collect();
        for y in 0..u32::from(ROWS) * self.cell.1 {
            for x in 0..u32::from(COLUMNS) * self.cell.0 {
                let at = Position::new((x / self.cell.0) as u16, (y / self.cell.1) as u16);
                let expected = wanted.iter().zip(&pictures).find_map(|(p, pixels)| {
                    p.part.contains(at).then(|| {
                        pixels.rgb(
                            x - u32::from(p.area.x) * self.cell.0,
                            y - u32::from(p.area.y) * self.cell.1,
                        )
                    })
                });
                let got = self.screen.pixel(x, y);
                assert_eq!(got, expected, "{kind} at {at}");
            }
        }
    }
}

#[derive(Debug, Clone)]
enum Step {
    Frame(Vec<Placement>, Damage),
    Job(usize),
    Slice(usize),
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        (scene(), damage()).prop_map(|(wanted, damage)| Step::Frame(wanted, damage)),
        (0usize..5).prop_map(Step::Job),
        (1usize..400).prop_map(Step::Slice),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(40))]

    #[test]
    fn the_screen_ends_as_the_last_frame_wants(steps in prop::collection::vec(step(), 1..14)) {
        for kind in [GraphicsKind::Kitty, GraphicsKind::Sixel, GraphicsKind::Blocks] {
            let mut theatre = Theatre::new(kind);
            let mut last = Vec::new();
            for step in &steps {
                match step {
                    Step::Frame(wanted, damage) => {
                        theatre.frame(wanted, damage);
                        last.clone_from(wanted);
                    }
                    Step::Job(n) => theatre.finish_job(*n),
                    Step::Slice(most) => { theatre.slice(*most); }
                }
            }
            theatre.settle();
            theatre.check(&last, kind);
            let end = theatre.stage.clear();
            theatre.screen.feed(&end);
            theatre.check(&[], kind);
            prop_assert_eq!(theatre.screen.images(), 0);
        }
    }
}

fn placement(n: u16, area: Rect) -> Placement {
    Placement {
        picture: id(n),
        area,
        part: area,
    }
}

const AREA: Rect = Rect::new(2, 1, 12, 10);

#[test]
fn an_unchanged_frame_sends_nothing() {
    for kind in [
        GraphicsKind::Kitty,
        GraphicsKind::Sixel,
        GraphicsKind::Blocks,
    ] {
        let mut theatre = Theatre::new(kind);
        theatre.frame(&[placement(1, AREA)], &Damage::None);
        theatre.settle();
        assert!(
            theatre
                .stage
                .want(&[placement(1, AREA)], &Damage::None)
                .is_empty()
        );
        assert!(theatre.stage.jobs().is_empty());
        assert_eq!(theatre.stage.slice(1 << 20, None), None);
    }
}

#[test]
fn a_picture_that_kitty_holds_is_only_placed_again() {
    let mut theatre = Theatre::new(GraphicsKind::Kitty);
    let first = placement(1, AREA);
    theatre.frame(&[first], &Damage::None);
    theatre.settle();
    theatre.frame(&[placement(2, AREA)], &Damage::None);
    theatre.settle();
    let sent = theatre.screen.picture_bytes;
    theatre.frame(&[first], &Damage::None);
    assert!(theatre.running.is_empty(), "no encoding either");
    theatre.settle();
    theatre.check(&[first], GraphicsKind::Kitty);
    assert_eq!(theatre.screen.picture_bytes, sent);
}

#[test]
fn a_popup_that_opens_and_closes_costs_kitty_no_pixels() {
    let mut theatre = Theatre::new(GraphicsKind::Kitty);
    let whole = placement(1, AREA);
    theatre.frame(&[whole], &Damage::None);
    theatre.settle();
    let sent = theatre.screen.picture_bytes;
    let part = Rect::new(2, 1, 12, 4);
    theatre.frame(&[Placement { part, ..whole }], &Damage::None);
    theatre.settle();
    theatre.check(&[Placement { part, ..whole }], GraphicsKind::Kitty);
    theatre.frame(&[whole], &Damage::None);
    theatre.settle();
    theatre.check(&[whole], GraphicsKind::Kitty);
    assert_eq!(theatre.screen.picture_bytes, sent);
}

#[test]
fn moving_on_abandons_what_was_not_sent() {
    let mut theatre = Theatre::new(GraphicsKind::Kitty);
    theatre.frame(&[placement(1, AREA)], &Damage::None);
    let job = theatre.running.remove(0);
    let payload = theatre.run(&job);
    let whole = payload.len();
    assert!(whole > 8 * 4096);
    theatre.stage.ready(job.key(), payload);
    theatre.slice(5000);
    assert!(theatre.stage.needs(&job.key()));
    theatre.frame(&[], &Damage::None);
    assert!(!theatre.stage.needs(&job.key()));
    while theatre.slice(5000) {}
    assert!(theatre.screen.picture_bytes < whole / 2);
    theatre.check(&[], GraphicsKind::Kitty);
    // The terminal takes commands again, and the picture itself.
    theatre.frame(&[placement(1, AREA)], &Damage::None);
    theatre.settle();
    theatre.check(&[placement(1, AREA)], GraphicsKind::Kitty);
}

#[test]
fn an_erasure_among_the_chunks_of_another_picture_waits_for_no_one() {
    let mut theatre = Theatre::new(GraphicsKind::Kitty);
    let old = placement(1, Rect::new(15, 1, 4, 4));
    theatre.frame(&[old], &Damage::None);
    theatre.settle();
    let new = placement(2, AREA);
    theatre.frame(&[old, new], &Damage::None);
    theatre.finish_job(0);
    theatre.slice(100);
    theatre.frame(&[new], &Damage::None);
    theatre.check(&[], GraphicsKind::Kitty);
    theatre.settle();
    theatre.check(&[new], GraphicsKind::Kitty);
}

#[test]
fn slices_stay_near_their_size_and_come_to_an_end() {
    let mut theatre = Theatre::new(GraphicsKind::Blocks);
    theatre.frame(&[placement(1, AREA)], &Damage::None);
    theatre.finish_job(0);
    let mut slices = 0;
    while let Some(bytes) = theatre.stage.slice(100, None) {
        assert!(!bytes.ends_with(b"\x1b[?25h"), "there is no cursor to show");
        assert!(bytes.len() < 100 + 12 * 40 + 30, "{} bytes", bytes.len());
        slices += 1;
    }
    assert!(slices >= 5, "{slices}");
}

#[test]
fn erased_cells_have_the_background_of_the_text() {
    for kind in [GraphicsKind::Sixel, GraphicsKind::Blocks] {
        let mut theatre = Theatre::new(kind);
        theatre.stage.set_ground(Color::Rgb(1, 2, 3));
        theatre.frame(&[placement(1, AREA)], &Damage::None);
        theatre.settle();
        let written = Rect::new(2, 1, 12, 3);
        theatre.frame(&[], &Damage::Cells(vec![written]));
        assert_eq!(
            theatre.pixel_of(Position::new(3, 2)),
            None,
            "left to the text"
        );
        assert_eq!(theatre.pixel_of(Position::new(3, 8)), Some([1, 2, 3]));
        assert_eq!(theatre.pixel_of(Position::new(1, 8)), None);
    }
}

#[test]
fn another_background_encodes_anew() {
    let mut theatre = Theatre::new(GraphicsKind::Kitty);
    theatre.frame(&[placement(1, AREA)], &Damage::None);
    theatre.settle();
    let gone = theatre.stage.set_ground(Color::Rgb(1, 2, 3));
    theatre.screen.feed(&gone);
    assert_eq!(theatre.screen.images(), 0);
    theatre.frame(&[placement(1, AREA)], &Damage::None);
    assert_eq!(theatre.running.len(), 1);
    assert!(theatre.stage.set_ground(Color::Rgb(1, 2, 3)).is_empty());
}

#[test]
fn a_failed_job_is_not_asked_again_and_holds_up_nobody() {
    let mut theatre = Theatre::new(GraphicsKind::Blocks);
    let (left, right) = (
        placement(1, Rect::new(0, 0, 8, 8)),
        placement(2, Rect::new(9, 0, 8, 8)),
    );
    theatre.frame(&[left, right], &Damage::None);
    let bad = theatre.running.remove(0);
    theatre.stage.failed(bad.key());
    theatre.settle();
    theatre.check(&[right], GraphicsKind::Blocks);
    theatre.frame(&[left], &Damage::None);
    assert!(theatre.running.is_empty());
}

#[test]
fn other_capabilities_take_the_old_pictures_away_and_drop_late_results() {
    let mut theatre = Theatre::new(GraphicsKind::Blocks);
    let wanted = [placement(1, AREA), placement(2, Rect::new(15, 1, 4, 4))];
    theatre.frame(&wanted, &Damage::None);
    theatre.finish_job(0);
    while theatre.slice(500) {}
    let late = theatre.running.remove(0);
    let mut better = theatre
        .stage
        .capabilities()
        .clone()
        .forced(GraphicsKind::Kitty, "an answer");
    (better.cell.width, better.cell.height) = (1, 2);
    let bytes = theatre.stage.set_capabilities(better.clone());
    theatre.screen.feed(&bytes);
    theatre.check(&[], GraphicsKind::Blocks);
    let payload = theatre.run(&late);
    theatre.stage.ready(late.key(), payload);
    assert_eq!(theatre.stage.slice(500, None), None);
    theatre.frame(&wanted, &Damage::None);
    theatre.settle();
    theatre.check(&wanted, GraphicsKind::Kitty);
    assert!(theatre.stage.set_capabilities(better).is_empty());
}

#[test]
fn a_terminal_without_pictures_gets_no_bytes() {
    let mut stage = Stage::new(caps(GraphicsKind::Off));
    assert!(stage.want(&[placement(1, AREA)], &Damage::All).is_empty());
    assert!(stage.jobs().is_empty());
    assert_eq!(stage.slice(100, None), None);
}

#[test]
fn an_interrupted_transmission_starts_over() {
    let mut theatre = Theatre::new(GraphicsKind::Kitty);
    let wanted = placement(1, AREA);
    theatre.frame(&[wanted], &Damage::None);
    assert!(
        theatre.stage.interrupt().is_empty(),
        "nothing is on its way"
    );
    theatre.finish_job(0);
    assert!(theatre.slice(1) && theatre.stage.is_transmitting());
    let ended = theatre.stage.interrupt();
    assert!(!ended.is_empty() && !theatre.stage.is_transmitting());
    theatre.screen.feed(&ended);
    theatre.settle();
    theatre.check(&[wanted], GraphicsKind::Kitty);
}
