//! A slow line that stops, with pace, stage and terminal together, by a clock of numbers: typing goes on, what grew stale
//! meanwhile is never sent, and in the end all is there.

use std::collections::VecDeque;
use std::time::Duration;

use plantain::domain::GraphicsKind;
use plantain::graphics::{Damage, Pace, Placement, Reply};
use ratatui::layout::{Position, Rect};

use super::climbing::{CELLS, LAYERED, Play, SIXEL, Way};
use super::pictures::id;

/// 64 kbit/s, as bytes/ms.
const RATE: usize = 8;
/// ms
const ROUND_TRIP: u64 = 150;
/// Bytes of a key's frame.
const FRAME: usize = 300;
/// Keys are typed this far apart, ms.
const KEY: u64 = 211;
const AREA: Rect = Rect::new(2, 1, 12, 10);

/// Something that was handed to the writer.
struct Sent {
    /// For the model.
    bytes: Vec<u8>,
    /// Bytes that are still to go over the line.
    left: usize,
    /// A frame with all keys up to this one.
    keys: Option<usize>,
    asks: bool,
}

struct Line {
    play: Play,
    pace: Pace,
    /// ms
    now: u64,
    wanted: Vec<Placement>,
    /// Where the typing goes on; its frame is to be drawn.
    typed: Vec<u64>,
    dirty: bool,
    drawn_at: u64,
    /// The terminal's user has stopped it (Ctrl-S): the writer hangs on what it has.
    stopped: bool,
    held: Option<Sent>,
    queue: VecDeque<Sent>,
    /// What has left the line, and what the terminal says to it, with the times.
    coming: VecDeque<(u64, Sent)>,
    answers: VecDeque<(u64, Reply)>,
    /// Frames that were made, and how long each key waited for the one that left the line first with it, ms.
    frames: usize,
    waits: Vec<u64>,
    /// Numbers of all pictures that were seen.
    seen: Vec<u16>,
}

impl Line {
    fn new(way: Way) -> Self {
        let mut pace = Pace::default();
        pace.seed(Duration::from_millis(ROUND_TRIP), Duration::ZERO);
        Self {
            play: Play::new(way, true, None),
            pace,
            now: 0,
            wanted: Vec::new(),
            typed: Vec::new(),
            dirty: false,
            drawn_at: 0,
            stopped: false,
            held: None,
            queue: VecDeque::new(),
            coming: VecDeque::new(),
            answers: VecDeque::new(),
            frames: 0,
            waits: Vec::new(),
            seen: Vec::new(),
        }
    }

    fn time(&self) -> Duration {
        Duration::from_millis(self.now)
    }

    /// Moves on to the n-th picture.
    fn look_at(&mut self, n: u16) {
        self.wanted = vec![Placement {
            picture: id(n),
            area: AREA,
            part: AREA,
        }];
        self.dirty = true;
    }

    fn key(&mut self) {
        self.typed.push(self.now);
        self.dirty = true;
        if !self.pace.stirred(self.time()).is_empty() {
            self.ask(Reply::SecondaryAttributes);
        }
    }

    /// A question by itself; while the line is stopped its answer comes with what is held.
    fn ask(&mut self, reply: Reply) {
        if !self.stopped {
            self.answers.push_back((self.now + ROUND_TRIP, reply));
        }
    }

    fn send(&mut self, sent: Sent) {
        if self.stopped {
            self.held = Some(sent);
        } else {
            self.queue.push_back(sent);
        }
    }

    /// As the studio's face does it: frames first, one thing at a time.
    fn draw(&mut self) {
        while self.held.is_none() {
            self.play.stage.set_link(self.pace.link());
            if self.dirty && self.now >= self.drawn_at + 16 {
                (self.dirty, self.drawn_at) = (false, self.now);
                self.frames += 1;
                let nothing = Damage::Cells(Vec::new());
                let bytes = self.play.stage.want(&self.wanted, &nothing);
                self.pace.text(FRAME + bytes.len());
                self.send(Sent {
                    left: FRAME + bytes.len(),
                    bytes,
                    keys: Some(self.typed.len()),
                    asks: false,
                });
                continue;
            }
            let most = self.pace.allowance(self.time());
            if most == 0 {
                return;
            }
            let Some(bytes) = self.play.stage.slice(most, Some(Position::new(1, 2))) else {
                return;
            };
            let asks = !self.pace.sent(bytes.len(), self.time()).is_empty();
            self.send(Sent {
                left: bytes.len(),
                bytes,
                keys: None,
                asks,
            });
        }
    }

    /// One ms of the line.
    fn carry(&mut self) {
        let mut room = RATE;
        while room > 0
            && let Some(first) = self.queue.front_mut()
        {
            let now = first.left.min(room);
            first.left -= now;
            room -= now;
            if first.left > 0 {
                return;
            }
            let sent = self.queue.pop_front().unwrap();
            if let Some(keys) = sent.keys {
                while self.waits.len() < keys {
                    self.waits.push(self.now - self.typed[self.waits.len()]);
                }
            }
            self.coming.push_back((self.now + ROUND_TRIP / 2, sent));
        }
    }

    /// What arrives at the terminal, and at us.
    fn arrive(&mut self) {
        while self.coming.front().is_some_and(|(at, _)| *at <= self.now) {
            let (_, sent) = self.coming.pop_front().unwrap();
            self.play.model.feed(&sent.bytes);
            let back = self.now + ROUND_TRIP / 2;
            let own = std::mem::take(&mut self.play.model.answers);
            let asked = sent.asks.then_some(Reply::Status);
            self.answers
                .extend(own.into_iter().chain(asked).map(|reply| (back, reply)));
            let middle = Position::new(AREA.x + 5, AREA.y + 5);
            if let Some((n, ..)) = self.play.model.look(middle)
                && self.seen.last() != Some(&n)
            {
                self.seen.push(n);
            }
        }
        while self.answers.front().is_some_and(|(at, _)| *at <= self.now) {
            let (_, reply) = self.answers.pop_front().unwrap();
            self.pace.reply(&reply, self.time());
            self.play.stage.reply(&reply);
        }
    }

    /// Time passes, with a key now and then if somebody is `typing`.
    fn run(&mut self, ms: u64, typing: bool) {
        for _ in 0..ms {
            self.now += 1;
            if typing && self.now.is_multiple_of(KEY) {
                self.key();
            }
            self.play.jobs();
            while !self.play.running.is_empty() {
                self.play.finish_job(0);
            }
            if !self.pace.expire(self.time()).is_empty() {
                self.ask(Reply::SecondaryAttributes);
            }
            self.draw();
            self.carry();
            self.arrive();
        }
    }

    fn go_on(&mut self) {
        self.stopped = false;
        self.queue.extend(self.held.take());
    }
}

#[test]
fn a_stopped_line_holds_up_pictures_and_nothing_that_is_typed_after_it() {
    for way in [LAYERED, CELLS, SIXEL] {
        let mut line = Line::new(way);
        line.look_at(1);
        line.run(3000, true);
        let typed = line.typed.len();
        assert!(typed > 10 && line.waits.len() + 2 >= typed);
        line.stopped = true;
        let frames = line.frames;
        // A minute of keys, and of other pictures.
        for n in 2..=7 {
            line.look_at(n);
            line.run(10_000, true);
        }
        assert!(line.frames <= frames + 1, "{} stale", line.frames - frames);
        let (resumed, held) = (line.now, line.typed.len());
        assert!(held > typed + 250);
        line.go_on();
        line.run(5000, true);
        let last = line.typed[held - 1] + line.waits[held - 1];
        assert!(last - resumed <= 300, "{way:?}: {} ms", last - resumed);
        // A chunk of kitty's is half a second of such a line, and two may be ahead of a key.
        let most = if way.kind == GraphicsKind::Kitty {
            1100
        } else {
            300
        };
        let after = line.waits[held..].iter().max();
        assert!(
            after.is_some_and(|wait| *wait <= most),
            "{way:?}: {after:?}"
        );
        line.run(60_000, false);
        assert_eq!(line.seen, [1, 7], "{way:?}");
        for at in AREA.positions() {
            let look = line.play.model.look(at).map(|(n, _, cell)| (n, cell));
            let cell = Position::new(at.x - AREA.x, at.y - AREA.y);
            assert_eq!(look, Some((7, cell)), "{way:?} at {at}");
        }
        assert_eq!(line.waits.len(), line.typed.len());
    }
}
