//! The harness: keys in the keymap's notation go in, effects come out; time is a number.

use crossterm::event::{
    Event as Input, KeyEvent, KeyEventKind, KeyEventState, KeyModifiers, MouseButton, MouseEvent,
    MouseEventKind,
};
use plantain::domain::{
    AspectRatio, Clean, Convert, Failure, FailureKind, FileFormat, Generation, GenerationId, Now,
    OutputFormat, Picture, PictureId, PixelSize, Progress, Prompt, Reference, Request, Step,
    TaskId,
};
use plantain::studio::keymap::{DEFAULT, parse_keys};
use plantain::studio::{
    Action, Effect, Endpoint, Event, Form, Keymap, Page, Popup, Setup, State, act, next_wake,
    start, update,
};

pub fn keymap() -> Keymap {
    Keymap::parse(DEFAULT, "").unwrap()
}

pub fn setup(width: u16, height: u16) -> Setup {
    Setup {
        catalog: plantain::config::builtin_catalog(),
        keymap: keymap(),
        form: Form {
            model: "NanoBananaPro-2K".to_owned(),
            ratio: AspectRatio::new(16, 9).unwrap(),
            format: OutputFormat::Png,
            count: 1,
            references: Vec::new(),
            parent: None,
        },
        endpoint: Endpoint::Demo,
        library: Clean::line("~/pictures/plantain"),
        size: (width, height),
        convert: Convert::Never,
    }
}

/// A studio, its clock, and the effects that were asked since they were last taken.
pub struct Script {
    pub state: State,
    pub now: Now,
    pub effects: Vec<Effect>,
}

impl Script {
    /// With an empty history that was loaded.
    pub fn new(width: u16, height: u16) -> Self {
        Self::with_rows(width, height, Vec::new())
    }

    /// With these rows loaded, newest first; the first one is selected.
    pub fn with_rows(width: u16, height: u16, generations: Vec<Generation>) -> Self {
        let mut script = Self::opened(width, height, generations);
        script.event(Event::SessionRestored(None));
        script
    }

    /// The same, before it is known what the last run kept.
    pub fn opened(width: u16, height: u16, generations: Vec<Generation>) -> Self {
        let mut state = State::new(setup(width, height));
        let effects = start(&mut state);
        let mut script = Self {
            state,
            now: Now::at_ms(1_000),
            effects,
        };
        script.load(generations, false);
        script.effects.clear();
        script
    }

    /// Answers the last `LoadHistory`.
    pub fn load(&mut self, generations: Vec<Generation>, more: bool) -> &mut Self {
        let task = self.state.history.loading.expect("a page on its way");
        let total = generations.len() as u64;
        let page = Page {
            generations,
            more,
            total,
        };
        self.event(Event::HistoryLoaded {
            task,
            result: Ok(page),
        })
    }

    pub fn event(&mut self, event: Event) -> &mut Self {
        self.effects
            .extend(update(&mut self.state, event, self.now));
        self
    }

    pub fn act(&mut self, action: Action) -> &mut Self {
        self.effects.extend(act(&mut self.state, action, self.now));
        self
    }

    /// Lets time pass without an event.
    pub fn after(&mut self, ms: u64) -> &mut Self {
        self.now = self.now.plus(std::time::Duration::from_millis(ms));
        self
    }

    /// Lets time pass up to the deadline that the studio named, and wakes it.
    pub fn wake(&mut self) -> &mut Self {
        let at = next_wake(&self.state, self.now).expect("a deadline");
        self.now.since_start = self.now.since_start.max(at);
        self.event(Event::Wake)
    }

    /// `a red fox<Enter>`: characters, and keys in angle brackets. `<lt>` is `<`.
    pub fn keys(&mut self, script: &str) -> &mut Self {
        let mut rest = script;
        while let Some(c) = rest.chars().next() {
            let key = if let Some(tail) = rest.strip_prefix('<') {
                let (name, tail) = tail.split_once('>').expect("a closing bracket");
                rest = tail;
                match name.strip_suffix("lt") {
                    Some(modifiers) if modifiers.is_empty() || modifiers.ends_with('+') => {
                        format!("{modifiers}<")
                    }
                    _ => name.to_owned(),
                }
            } else {
                rest = &rest[c.len_utf8()..];
                if c == ' ' {
                    "Space".to_owned()
                } else {
                    c.to_string()
                }
            };
            for key in parse_keys(&key).unwrap_or_else(|e| panic!("{key}: {e}")) {
                self.event(Event::Input(Input::Key(KeyEvent {
                    code: key.code,
                    modifiers: key.modifiers,
                    kind: KeyEventKind::Press,
                    state: KeyEventState::NONE,
                })));
            }
        }
        self
    }

    pub fn paste(&mut self, text: &str) -> &mut Self {
        self.event(Event::Input(Input::Paste(text.to_owned())))
    }

    pub fn mouse(&mut self, kind: MouseEventKind, column: u16, row: u16) -> &mut Self {
        self.event(Event::Input(Input::Mouse(MouseEvent {
            kind,
            column,
            row,
            modifiers: KeyModifiers::NONE,
        })))
    }

    /// Presses the left button there and lets it go.
    pub fn click(&mut self, column: u16, row: u16) -> &mut Self {
        self.mouse(MouseEventKind::Down(MouseButton::Left), column, row)
            .mouse(MouseEventKind::Up(MouseButton::Left), column, row)
    }

    pub fn resize(&mut self, width: u16, height: u16) -> &mut Self {
        self.event(Event::Input(Input::Resize(width, height)))
    }

    /// The effects since the last call, without the saving of the session.
    pub fn take(&mut self) -> Vec<Effect> {
        let all = std::mem::take(&mut self.effects);
        all.into_iter()
            .filter(|e| !matches!(e, Effect::SaveSession(_)))
            .collect()
    }

    /// The one `Generate` since the last call.
    pub fn sent(&mut self) -> (TaskId, Vec<Request>) {
        let effects = self.take();
        match &effects[..] {
            [Effect::Generate { task, requests }] => (*task, requests.clone()),
            other => panic!("not one Generate: {other:?}"),
        }
    }

    /// Answers a `Generate` of one request: it gets the id `n` and its row.
    pub fn prepare(&mut self, task: TaskId, request: Request, n: u128) -> GenerationId {
        let mut generation = generation(n, "");
        generation.request = request;
        let id = generation.id;
        self.event(Event::Started { task, id });
        self.progress(id, Progress::Prepared(Box::new(generation)));
        id
    }

    pub fn progress(&mut self, id: GenerationId, progress: Progress) -> &mut Self {
        self.event(Event::Progress(id, progress))
    }

    /// Ends a generation with one picture.
    pub fn land(&mut self, id: GenerationId) -> &mut Self {
        let mut generation = self.state.history.row(id).unwrap().generation.clone();
        generation.state = plantain::domain::State::Saved;
        generation.pictures = vec![picture(id, 1)];
        self.progress(id, Progress::Finished(Box::new(generation)))
    }

    pub fn text(&self) -> String {
        self.state.editor.text()
    }

    pub fn selected(&self) -> Option<GenerationId> {
        self.state.history.selected
    }

    /// The label of the selected line of the open list.
    pub fn picked(&self) -> String {
        match &self.state.popup {
            Some(Popup::Pick(picker)) => picker.current().expect("a line").label.clone(),
            other => panic!("no list: {other:?}"),
        }
    }

    /// The newest notice.
    pub fn notice(&self) -> String {
        self.state
            .notices
            .newest()
            .map(|n| n.text.to_string())
            .unwrap_or_default()
    }
}

pub fn id(n: u128) -> GenerationId {
    GenerationId::from_number(n)
}

pub fn request(prompt: &str) -> Request {
    Request {
        model: "NanoBananaPro-1K".to_owned(),
        ratio: AspectRatio::SQUARE,
        format: OutputFormat::Jpeg,
        prompt: Prompt::new(if prompt.is_empty() { "x" } else { prompt }).unwrap(),
        references: Vec::<Reference>::new(),
        parent: None,
    }
}

/// A row that was just written down; its number is `n`.
pub fn generation(n: u128, prompt: &str) -> Generation {
    let mut generation = Generation::new(id(n), id(n), 0, request(prompt), true);
    generation.seq = Some(n as i64);
    generation
}

/// A row that ended with one picture.
pub fn done(n: u128, prompt: &str) -> Generation {
    let mut generation = generation(n, prompt);
    generation.step(Step::Send).unwrap();
    generation.step(Step::Save).unwrap();
    generation.pictures = vec![picture(id(n), 1)];
    generation
}

/// Rows `n`, `n - 1` .. 1.
pub fn rows(n: u128) -> Vec<Generation> {
    (1..=n)
        .rev()
        .map(|n| done(n, &format!("prompt {n}")))
        .collect()
}

/// With `n` rows, the newest selected, and the keyboard in the history.
pub fn at_row(n: u128) -> Script {
    let mut s = Script::with_rows(120, 40, rows(n));
    s.keys("<Esc>");
    s
}

pub fn picture(generation: GenerationId, n: u16) -> Picture {
    Picture {
        id: PictureId { generation, n },
        path: format!("/pictures/{}-{n}.png", generation.short()).into(),
        format: FileFormat::Png,
        size: Some(PixelSize::new(1024, 1024)),
        bytes: 1_000_000,
        sha256: "00".repeat(32),
        url: Some(format!("https://files.example/{n}.png?sig=1")),
        selected: n == 1,
        converted: Vec::new(),
    }
}

pub fn failure(text: &str) -> Failure {
    Failure::new(FailureKind::Gateway, text).hint("try again")
}
