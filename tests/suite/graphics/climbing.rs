//! The stage climbs the ladder on a terminal in cells: in whatever order frames, results, slices, answers and losses come,
//! every cell ends with the wanted picture in the best rung that the line is worth, and nothing is left behind.

use std::time::Duration;

use plantain::domain::{Clean, ColorDepth, GraphicsKind};
use plantain::graphics::{Damage, EncodeJob, Link, Placement, Route, Rung, Stage, minus_all};
use proptest::prelude::*;
use ratatui::layout::{Position, Rect};

use super::model::{Look, Model, payload};
use super::pictures::{caps, id};
use super::plan::{damage, scene};

const COLUMNS: u16 = 20;
const ROWS: u16 = 14;

/// A terminal and the way to it.
#[derive(Debug, Clone, Copy)]
pub struct Way {
    pub kind: GraphicsKind,
    placeholders: bool,
    colors: ColorDepth,
    levels: u8,
    /// It is one that does not always keep what was painted.
    forgets: bool,
}

const fn kitty(placeholders: bool, colors: ColorDepth, levels: u8) -> Way {
    Way {
        kind: GraphicsKind::Kitty,
        placeholders,
        colors,
        levels,
        forgets: false,
    }
}

pub const LAYERED: Way = kitty(false, ColorDepth::True, 0);
pub const CELLS: Way = kitty(true, ColorDepth::True, 0);
const TMUX: Way = kitty(true, ColorDepth::Ansi256, 1);
const NESTED: Way = kitty(true, ColorDepth::True, 2);
pub const SIXEL: Way = Way {
    kind: GraphicsKind::Sixel,
    placeholders: false,
    colors: ColorDepth::True,
    levels: 0,
    forgets: false,
};
const XTERM: Way = Way {
    forgets: true,
    ..SIXEL
};
pub const WAYS: [Way; 5] = [LAYERED, CELLS, TMUX, NESTED, SIXEL];
pub const ALL: [Way; 6] = [LAYERED, CELLS, TMUX, NESTED, SIXEL, XTERM];

/// A line, and the rung in which pictures end on it. The test's payloads are short, so that any line that was measured
/// affords the finest.
const LINES: [(bool, Option<u64>, Rung); 4] = [
    (false, Some(9_000_000), Rung::Exact),
    (true, None, Rung::Careful),
    (true, Some(60_000), Rung::Fine),
    (true, Some(9_000_000), Rung::Fine),
];

pub struct Play {
    pub stage: Stage,
    pub model: Model,
    kind: GraphicsKind,
    pub running: Vec<EncodeJob>,
    /// The rungs that were asked for.
    rungs: Vec<Rung>,
}

impl Play {
    pub fn new(way: Way, remote: bool, rate: Option<u64>) -> Self {
        let mut caps = caps(way.kind);
        // Large cells, so that a picture of a few of them is worth a glance.
        (caps.cell.width, caps.cell.height) = (200, 400);
        caps.placeholders = way.placeholders;
        caps.colors = way.colors;
        caps.remote = remote;
        caps.name = way.forgets.then(|| Clean::line("XTerm(379)"));
        if way.levels > 0 {
            caps.multiplexed = true;
            caps.route = Route::Tmux { levels: way.levels };
        }
        let mut stage = Stage::new(caps);
        stage.set_seed(7);
        stage.set_link(link(rate));
        let mut model = Model::new(COLUMNS, ROWS, way.levels);
        model.forgets = way.forgets;
        Self {
            stage,
            model,
            kind: way.kind,
            running: Vec::new(),
            rungs: Vec::new(),
        }
    }

    pub fn frame(&mut self, wanted: &[Placement], damage: &Damage) {
        if *damage == Damage::All {
            self.model.clear();
        }
        let bytes = self.stage.want(wanted, damage);
        self.model.feed(&bytes);
        if let Damage::Cells(cells) = damage {
            for rect in cells {
                self.model.type_over(*rect);
            }
        }
        self.jobs();
    }

    pub fn jobs(&mut self) {
        let jobs = self.stage.jobs();
        self.rungs.extend(jobs.iter().map(EncodeJob::rung));
        self.running.extend(jobs);
    }

    pub fn finish_job(&mut self, n: usize) {
        if !self.running.is_empty() {
            let job = self.running.remove(n % self.running.len());
            self.stage.ready(job.key(), payload(&job, self.kind));
        }
    }

    /// Returns whether there was something to send.
    pub fn slice(&mut self, most: usize) -> bool {
        let bytes = self.stage.slice(most, Some(Position::new(1, 2)));
        if let Some(bytes) = &bytes {
            self.model.feed(bytes);
        }
        bytes.is_some()
    }

    /// The terminal's answers arrive.
    pub fn answer(&mut self) {
        for reply in std::mem::take(&mut self.model.answers) {
            self.stage.reply(&reply);
        }
        self.jobs();
    }

    /// Another terminal is attached, and the probe says so.
    fn reattach(&mut self) {
        self.model.lose_pictures();
        self.stage.verify();
        self.jobs();
    }

    pub fn settle(&mut self) {
        for _ in 0..100 {
            while !self.running.is_empty() {
                self.finish_job(0);
            }
            while self.slice(500) {}
            self.answer();
            if self.running.is_empty() && self.model.answers.is_empty() && !self.slice(500) {
                return;
            }
        }
        panic!("it never comes to rest");
    }

    fn check(&self, wanted: &[Placement], rung: Rung, why: &str) {
        for at in Rect::new(0, 0, COLUMNS, ROWS).positions() {
            let expected: Option<Look> = wanted.iter().find(|p| p.part.contains(at)).map(|p| {
                let cell = Position::new(at.x - p.area.x, at.y - p.area.y);
                (p.picture.n, rung, cell)
            });
            assert_eq!(self.model.look(at), expected, "{why} at {at}");
        }
    }
}

fn link(rate: Option<u64>) -> Link {
    Link {
        round_trip: rate.map(|_| Duration::from_millis(100)),
        rate,
    }
}

#[derive(Debug, Clone)]
enum Step {
    Frame(Vec<Placement>, Damage),
    Job(usize),
    Slice(usize),
    Answer,
    Reattach,
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        4 => (scene(), damage()).prop_map(|(wanted, damage)| Step::Frame(wanted, damage)),
        4 => (0usize..5).prop_map(Step::Job),
        4 => (1usize..6000).prop_map(Step::Slice),
        1 => Just(Step::Answer),
        1 => Just(Step::Reattach),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn every_cell_ends_in_the_best_rung_of_the_line(
        steps in prop::collection::vec(step(), 1..16),
        way in prop::sample::select(&ALL[..]),
        (remote, rate, rung) in prop::sample::select(&LINES[..]),
    ) {
        let why = format!("{way:?} {rate:?}");
        let mut play = Play::new(way, remote, rate);
        let mut last = Vec::new();
        for step in &steps {
            match step {
                Step::Frame(wanted, damage) => {
                    play.frame(wanted, damage);
                    last.clone_from(wanted);
                }
                Step::Job(n) => play.finish_job(*n),
                Step::Slice(most) => { play.slice(*most); }
                Step::Answer => play.answer(),
                Step::Reattach => play.reattach(),
            }
        }
        play.settle();
        play.check(&last, rung, &why);
        prop_assert!(play.stage.jobs().is_empty());
        // It rests: nothing is owed, and the same frame again sends nothing.
        prop_assert!(!play.stage.owes());
        let again = play.stage.want(&last, &Damage::Cells(Vec::new()));
        prop_assert!(again.is_empty() && !play.slice(1 << 20), "{}", why);
        let end = play.stage.clear();
        play.model.feed(&end);
        prop_assert!(play.model.is_blank() && play.model.images() == 0, "{}", why);
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
fn a_glance_comes_first_and_one_fitted_picture_after_it() {
    for way in WAYS {
        let mut play = Play::new(way, true, None);
        let wanted = [placement(1, AREA)];
        play.frame(&wanted, &Damage::None);
        assert_eq!(play.rungs, [Rung::Glance, Rung::Careful]);
        // The fitted one is ready first: it still waits for the glance.
        play.finish_job(1);
        assert!(!play.slice(1 << 20), "{way:?}");
        play.finish_job(0);
        play.slice(1);
        while play.model.look(Position::new(13, 10)).is_none() {
            assert!(play.slice(1));
        }
        play.check(&wanted, Rung::Glance, "first");
        // The line turns out to be fast: what was chosen stays chosen.
        play.stage.set_link(link(Some(150_000)));
        play.frame(&wanted, &Damage::Cells(Vec::new()));
        play.settle();
        play.check(&wanted, Rung::Fine, "last");
        assert_eq!(play.rungs, [Rung::Glance, Rung::Careful, Rung::Fine]);
    }
}

#[test]
fn an_upgrade_leaves_no_cell_empty() {
    for way in WAYS {
        let mut play = Play::new(way, true, None);
        let wanted = [placement(1, AREA)];
        play.frame(&wanted, &Damage::None);
        play.finish_job(0);
        while play.slice(1) {}
        play.check(&wanted, Rung::Glance, "first");
        play.finish_job(0);
        while play.slice(1) {
            for at in AREA.positions() {
                assert!(play.model.look(at).is_some(), "{way:?} at {at}");
            }
        }
        play.check(&wanted, Rung::Careful, "last");
        if way.placeholders {
            assert_eq!(play.model.images(), 1, "the worse one is freed");
        }
    }
}

#[test]
fn a_finer_picture_is_for_idle_lines_or_on_request() {
    let mut play = Play::new(LAYERED, true, None);
    let wanted = [placement(1, AREA)];
    play.frame(&wanted, &Damage::None);
    play.settle();
    play.check(&wanted, Rung::Careful, "the line was never measured");
    play.stage.set_close(true);
    play.stage.set_busy(true);
    play.jobs();
    play.settle();
    play.check(&wanted, Rung::Careful, "the last slices have not arrived");
    play.stage.set_busy(false);
    play.jobs();
    play.settle();
    play.check(&wanted, Rung::Fine, "on request");
}

#[test]
fn a_picture_that_is_gone_is_not_improved() {
    for way in WAYS {
        let mut play = Play::new(way, true, Some(60_000));
        play.frame(&[placement(1, AREA)], &Damage::None);
        play.finish_job(0);
        while play.slice(1) {}
        let fitted = play.running[0].clone();
        play.frame(&[], &Damage::None);
        assert!(!play.stage.needs(&fitted.key()));
        play.finish_job(0);
        assert!(!play.slice(1 << 20), "{way:?}");
        assert!(play.stage.jobs().is_empty());
        play.check(&[], Rung::Careful, "gone");
    }
}

#[test]
fn what_a_popup_uncovers_comes_back_without_an_encoding() {
    for way in WAYS {
        let mut play = Play::new(way, true, None);
        let whole = placement(1, AREA);
        play.frame(&[whole], &Damage::None);
        play.settle();
        let popup = Rect::new(5, 3, 6, 4);
        let cut: Vec<Placement> = minus_all(AREA, [popup])
            .into_iter()
            .map(|part| Placement { part, ..whole })
            .collect();
        let sent = play.model.picture_bytes;
        play.frame(&cut, &Damage::Cells(vec![popup]));
        play.settle();
        play.check(&cut, Rung::Careful, "under a popup");
        play.frame(&[whole], &Damage::Cells(vec![popup]));
        while play.slice(1) {
            let seen = popup.positions().filter_map(|at| play.model.look(at));
            // Pictures that the terminal holds come back as they were; others by a glance first, where it is shorter.
            let held = way.kind == GraphicsKind::Kitty;
            let mut seen = seen.into_iter();
            assert!(seen.all(|look| look.1 == Rung::Careful || !held), "{way:?}");
        }
        play.settle();
        play.check(&[whole], Rung::Careful, "uncovered");
        assert_eq!(play.rungs, [Rung::Glance, Rung::Careful], "{way:?}");
        assert_eq!(play.model.picture_bytes, sent, "{way:?}");
    }
}

#[test]
fn a_picture_is_shown_again_in_a_few_bytes_if_the_terminal_says_that_it_has_it() {
    for way in [LAYERED, CELLS, TMUX] {
        let mut play = Play::new(way, true, None);
        let (first, second) = ([placement(1, AREA)], [placement(2, AREA)]);
        play.frame(&first, &Damage::None);
        play.settle();
        play.frame(&second, &Damage::None);
        play.settle();
        let sent = play.model.picture_bytes;
        play.frame(&first, &Damage::None);
        play.slice(1 << 20);
        play.check(&first, Rung::Careful, "at once");
        assert!(play.stage.owes());
        play.settle();
        assert!(!play.stage.owes());
        assert_eq!(play.model.picture_bytes, sent);
        // A terminal that lost it in silence says so, and gets it again.
        play.model.lose_pictures();
        play.frame(&second, &Damage::None);
        play.settle();
        play.check(&second, Rung::Careful, "sent again");
        assert!(play.model.picture_bytes > sent, "{way:?}");
    }
}

#[test]
fn a_terminal_that_keeps_nothing_does_not_get_it_for_ever() {
    let mut play = Play::new(TMUX, true, None);
    play.model.keeps = false;
    play.frame(&[placement(1, AREA)], &Damage::None);
    // Each rung three times, and then no more.
    play.settle();
    let sent = play.model.picture_bytes;
    assert!(sent > 0 && !play.slice(1 << 20) && play.stage.jobs().is_empty());
    play.frame(&[placement(1, AREA)], &Damage::Cells(vec![AREA]));
    play.settle();
    assert_eq!(play.model.picture_bytes, sent);
}

#[test]
fn a_terminal_that_has_all_is_asked_and_gets_nothing_again() {
    for way in WAYS {
        let mut play = Play::new(way, true, None);
        let wanted = [placement(1, AREA)];
        play.frame(&wanted, &Damage::None);
        play.settle();
        let sent = play.model.picture_bytes;
        play.stage.verify();
        assert_eq!(play.slice(1 << 20), way.kind == GraphicsKind::Kitty);
        play.settle();
        play.check(&wanted, Rung::Careful, "as before");
        assert_eq!(play.model.picture_bytes, sent, "{way:?}");
    }
}

#[test]
fn a_picture_that_may_be_lost_is_painted_again_as_it_is() {
    for rate in [None, Some(60_000)] {
        let mut play = Play::new(XTERM, true, rate);
        let wanted = [placement(1, AREA)];
        play.frame(&wanted, &Damage::None);
        play.settle();
        let rungs = play.rungs.clone();
        let seen = play.model.look(AREA.as_position()).unwrap();
        // xterm still has it: nothing worse covers it meanwhile.
        play.stage.verify();
        play.jobs();
        let mut slices = 0;
        while play.slice(1) {
            slices += 1;
            play.check(&wanted, seen.1, "as good as before");
        }
        assert_eq!(slices, AREA.height, "each row once");
        assert_eq!(play.rungs, rungs, "no new encoding");
        // It has lost it, and a popup opens before it is back.
        play.reattach();
        play.slice(1);
        let popup = Rect::new(5, 3, 6, 4);
        let cut: Vec<Placement> = minus_all(AREA, [popup])
            .into_iter()
            .map(|part| Placement { part, ..wanted[0] })
            .collect();
        play.frame(&cut, &Damage::Cells(vec![popup]));
        while play.slice(1) {
            for at in AREA.positions() {
                assert!(play.model.look(at).is_none_or(|look| look.1 == seen.1));
            }
        }
        play.settle();
        play.check(&cut, seen.1, "beside the popup");
        assert!(!play.rungs[rungs.len()..].contains(&Rung::Glance));
    }
}

#[test]
fn answers_that_come_late_or_to_others_change_nothing() {
    let mut play = Play::new(LAYERED, true, None);
    let wanted = [placement(1, AREA)];
    play.frame(&wanted, &Damage::None);
    play.settle();
    play.stage.verify();
    play.slice(1 << 20);
    let late = std::mem::take(&mut play.model.answers);
    let bytes = play.stage.clear();
    play.model.feed(&bytes);
    play.frame(&wanted, &Damage::None);
    play.settle();
    for reply in late.iter().chain(&late) {
        play.stage.reply(reply);
    }
    let foreign = plantain::graphics::Reply::Status;
    play.stage.reply(&foreign);
    assert!(!play.slice(1 << 20) && play.stage.jobs().is_empty());
    play.check(&wanted, Rung::Careful, "untouched");
}

#[test]
fn the_bytes_of_what_is_seen_are_told_until_it_is_all() {
    let mut play = Play::new(CELLS, true, None);
    let wanted = [placement(1, AREA)];
    play.frame(&wanted, &Damage::None);
    assert_eq!(play.stage.sent_for(id(1)), None);
    play.finish_job(0);
    while play.slice(1) {}
    let glance = play.stage.sent_for(id(1)).unwrap();
    play.settle();
    let fitted = play.stage.sent_for(id(1)).unwrap();
    assert!(glance < 1500 && fitted > 13_000, "{glance} {fitted}");
    assert_eq!(play.stage.sent_for(id(2)), None);
    let mut near = Play::new(CELLS, false, None);
    near.frame(&wanted, &Damage::None);
    near.settle();
    assert_eq!(near.stage.sent_for(id(1)), None, "every pixel is there");
}

#[test]
fn two_programs_have_different_ids() {
    for way in [LAYERED, CELLS, TMUX] {
        let sent = |seed| {
            let mut play = Play::new(way, true, None);
            play.stage.set_seed(seed);
            play.frame(&[placement(1, AREA)], &Damage::None);
            play.finish_job(0);
            let bytes = play.stage.slice(1, None).unwrap();
            String::from_utf8(bytes).unwrap()
        };
        assert_ne!(sent(1), sent(2), "{way:?}");
    }
}
