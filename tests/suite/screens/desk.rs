//! The desk that the screens are drawn at: a studio driven by keys and events, with a fixed time.

use std::fmt::Write;
use std::path::PathBuf;
use std::time::Duration;

use plantain::config::builtin_catalog;
use plantain::domain::{
    Clean, Convert, Display, FileFormat, Generation, GenerationId, Now, OutputFormat, Picture,
    PictureId, PixelSize, Progress, Prompt, Request, Step,
};
use plantain::studio::keymap::{self, Keymap, parse_keys};
use plantain::studio::{self, Effect, Endpoint, Event, Form, Page, Setup, State};
use plantain::view::{Scene, Theme, draw};
use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};

/// 2026-11-24, 14:02 UTC.
const WALL: i64 = 1_795_528_920_000;

/// A studio on a terminal of a fixed size.
pub struct Desk {
    pub state: State,
    now: Now,
    effects: Vec<Effect>,
}

impl Desk {
    /// A studio that has just opened; its history is still on its way.
    pub fn opened(columns: u16, rows: u16) -> Self {
        let setup = Setup {
            catalog: builtin_catalog(),
            keymap: Keymap::parse(keymap::DEFAULT, "").unwrap(),
            form: Form {
                model: "NanoBananaPro-2K".to_owned(),
                ratio: "16:9".parse().unwrap(),
                format: OutputFormat::Png,
                count: 1,
                references: Vec::new(),
                parent: None,
            },
            endpoint: Endpoint::Demo,
            library: Clean::line("~/pictures/plantain"),
            size: (columns, rows),
            convert: Convert::Never,
        };
        let mut state = State::new(setup);
        let effects = studio::start(&mut state);
        let now = Now {
            since_start: Duration::from_secs(1),
            wall: WALL,
        };
        state.now = now;
        Self {
            state,
            now,
            effects,
        }
    }

    /// A studio whose library is empty.
    pub fn empty(columns: u16, rows: u16) -> Self {
        Self::with(columns, rows, Vec::new())
    }

    /// A studio with this history, newest first.
    pub fn with(columns: u16, rows: u16, generations: Vec<Generation>) -> Self {
        let mut desk = Self::opened(columns, rows);
        desk.load(generations);
        desk
    }

    /// Answers the last request for a page of the history.
    pub fn load(&mut self, generations: Vec<Generation>) {
        let task = self
            .effects
            .iter()
            .rev()
            .find_map(|e| match e {
                Effect::LoadHistory { task, .. } => Some(*task),
                _ => None,
            })
            .expect("no page was asked for");
        let total = generations.len() as u64;
        let page = Page {
            generations,
            more: false,
            total,
        };
        self.event(Event::HistoryLoaded {
            task,
            result: Ok(page),
        });
    }

    pub fn event(&mut self, event: Event) {
        let effects = studio::update(&mut self.state, event, self.now);
        self.effects.extend(effects);
    }

    /// Presses keys, in the keymap's notation: `"Tab Tab j Enter"`.
    pub fn keys(&mut self, keys: &str) {
        for key in parse_keys(keys).unwrap() {
            let event = crossterm::event::KeyEvent::new(key.code, key.modifiers);
            self.event(Event::Input(crossterm::event::Event::Key(event)));
        }
    }

    /// Types a text.
    pub fn types(&mut self, text: &str) {
        for c in text.chars() {
            let code = crossterm::event::KeyCode::Char(c);
            let event = crossterm::event::KeyEvent::from(code);
            self.event(Event::Input(crossterm::event::Event::Key(event)));
        }
    }

    /// Lets time pass, with the wake that the studio asked for at its end.
    pub fn wait(&mut self, seconds: u64) {
        self.now = self.now.plus(Duration::from_secs(seconds));
        self.event(Event::Wake);
    }

    /// Tells what a generation does.
    pub fn progress(&mut self, id: GenerationId, progress: Progress) {
        self.event(Event::Progress(id, progress));
    }

    /// Presses Enter and answers the `Generate` that it leads to; the generations run.
    pub fn generate(&mut self) -> Vec<GenerationId> {
        let before = self.effects.len();
        self.keys("Enter");
        let asked = self.effects[before..].iter().find_map(|e| match e {
            Effect::Generate { task, requests } => Some((*task, requests.clone())),
            _ => None,
        });
        let (task, requests) = asked.expect("Enter asked for nothing");
        let mut ids = Vec::new();
        for (n, request) in requests.into_iter().enumerate() {
            let id = GenerationId::from_number(0xa000_0001 + n as u128);
            let mut generation = Generation::new(id, id, self.now.wall, request, true);
            generation.seq = Some(1000 + n as i64);
            self.event(Event::Started { task, id });
            self.progress(id, Progress::Prepared(Box::new(generation)));
            ids.push(id);
        }
        ids
    }

    pub fn display(&mut self, display: Display) {
        self.event(Event::Display(display));
    }

    /// Of the shown picture, `sent` bytes are seen.
    pub fn preview(&mut self, sent: u64) {
        let shown = self.state.history.shown().map(|picture| picture.id);
        self.event(Event::Previewed(shown.map(|id| (id, sent))));
    }

    /// Draws the frame.
    pub fn draw(&self, theme: &Theme) -> (Buffer, Scene) {
        let area = Rect::new(0, 0, self.state.size.0, self.state.size.1);
        let mut buf = Buffer::empty(area);
        let scene = draw(&self.state, theme, area, &mut buf);
        (buf, scene)
    }

    /// The frame as text.
    pub fn screen(&self) -> String {
        let (buf, scene) = self.draw(&Theme::default());
        show(&buf, &scene)
    }
}

fn show(buf: &Buffer, scene: &Scene) -> String {
    let mut out = String::new();
    for y in buf.area.rows() {
        let mut line = String::new();
        let mut hidden = 0;
        for Position { x, y } in y.positions() {
            let covered = scene
                .placements
                .iter()
                .any(|p| p.part.contains(Position { x, y }));
            if hidden > 0 {
                hidden -= 1;
            } else if covered {
                line.push('░');
            } else {
                let symbol = buf[(x, y)].symbol();
                line.push_str(symbol);
                hidden = unicode_width::UnicodeWidthStr::width(symbol).saturating_sub(1);
            }
        }
        out.push_str(line.trim_end());
        out.push('\n');
    }
    match scene.cursor {
        Some(at) => writeln!(out, "cursor at {},{}", at.x, at.y).unwrap(),
        None => writeln!(out, "cursor hidden").unwrap(),
    }
    for placement in &scene.placements {
        let (part, area) = (placement.part, placement.area);
        let name = placement.picture.short();
        write!(
            out,
            "picture {name} at {},{} {}x{}",
            part.x, part.y, part.width, part.height
        )
        .unwrap();
        if part != area {
            write!(
                out,
                " of {},{} {}x{}",
                area.x, area.y, area.width, area.height
            )
            .unwrap();
        }
        out.push('\n');
    }
    out
}

/// A generation of the past; `n` names it and dates it, a minute before the last.
pub fn past(n: u32, prompt: &str) -> Generation {
    let id = GenerationId::from_number(0x7c31_d000 + u128::from(n));
    let request = Request {
        model: "NanoBananaPro-2K".to_owned(),
        ratio: "16:9".parse().unwrap(),
        format: OutputFormat::Png,
        prompt: Prompt::new(prompt).unwrap(),
        references: Vec::new(),
        parent: None,
    };
    let created = WALL - i64::from(n) * 60_000;
    let mut generation = Generation::new(id, id, created, request, true);
    generation.seq = Some(500 - i64::from(n));
    generation.step(Step::Send).unwrap();
    generation
}

/// The same with `count` pictures on disk.
pub fn done(n: u32, prompt: &str, count: u16) -> Generation {
    let mut generation = past(n, prompt);
    generation.step(Step::Save).unwrap();
    generation.elapsed_ms = Some(14_200);
    generation.pictures = (1..=count)
        .map(|place| picture(generation.id, place))
        .collect();
    generation
}

pub fn picture(generation: GenerationId, n: u16) -> Picture {
    Picture {
        id: PictureId { generation, n },
        path: PathBuf::from("/home/ada/pictures/plantain/2026-11/24-140200-a-red-fox-7c31d001.png"),
        format: FileFormat::Png,
        size: Some(PixelSize::new(2752, 1536)),
        bytes: 6_123_456,
        sha256: "00".repeat(32),
        url: None,
        selected: n == 1,
        converted: Vec::new(),
    }
}
