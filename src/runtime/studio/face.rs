//! The studio's face: screen, cells, pictures and probe, and the one way their bytes reach the terminal.
//!
//! One frame or one slice of pictures is with the writer at a time. While it is, nothing is drawn: what would be stale by
//! then is never made, and a slow line holds up nothing but itself. Frames go first; slices as the pace allows.

mod lending;

use std::io;
use std::time::Duration;

use ratatui::layout::{Position, Size};
use tokio::sync::mpsc::UnboundedReceiver;

use crate::config::{Config, Settings};
use crate::domain::{Display, Failure, FailureKind, GraphicsKind};
use crate::graphics::{Answers, Capabilities, Damage, EncodeJob, Environment, Pace, Reply, Stage};
use crate::runtime::clock::FRAME;
use crate::runtime::facts::{capabilities_of, window_of};
use crate::studio::State;
use crate::terminal::{Input, InputStream, Line, Modes, Probe, Screen, Surface, Told, Tty, Writer};
use crate::view::{self, Theme};

pub(super) struct Face {
    tty: Tty,
    facts: Environment,
    settings: Settings,
    theme: Theme,
    screen: Screen,
    surface: Surface,
    stage: Stage,
    probe: Probe,
    /// The terminal is to be asked with the next frame. Until then nothing is owed, and no limit runs.
    ask: bool,
    /// What an answer gave rise to and is to be asked with the next frame, and since when.
    questions: Option<(Vec<u8>, Duration)>,
    /// When questions last went, until the first answer to them.
    asked_at: Option<Duration>,
    /// When the terminal is to be asked again, as soon as no picture is on its way then.
    check: Option<Duration>,
    /// It is being asked, without a change that we know of.
    checking: bool,
    pace: Pace,
    writer: Option<Writer>,
    input: Option<InputStream>,
    /// Bytes that go before the next frame: questions, a bell, what takes old pictures away.
    before: Vec<u8>,
    cursor: Option<Position>,
    /// Something happened that may change the screen.
    dirty: bool,
    drawn_at: Option<Duration>,
    /// Something was handed to the writer since the last [`Self::draw`].
    sent: bool,
}

impl Face {
    /// Takes the terminal and asks it what it can do; the first frame does not wait for the answer.
    pub(super) fn open(
        tty: &Tty,
        config: &Config,
        facts: Environment,
        theme: &Theme,
    ) -> Result<(Self, UnboundedReceiver<Input>), Failure> {
        let failure = |error: io::Error| {
            Failure::new(
                FailureKind::Internal,
                format!("the terminal cannot be taken: {error}"),
            )
        };
        let settings = config.settings.clone();
        let modes = Modes {
            mouse: settings.mouse.value,
            keyboard: true,
        };
        let screen = Screen::enter(tty, modes).map_err(failure)?;
        let writer = Writer::start(tty).map_err(failure)?;
        let (input, received) = InputStream::start(tty).map_err(failure)?;
        let capabilities = capabilities_of(&Answers::default(), &facts, &settings);
        let theme = theme.at(capabilities.colors);
        let mut stage = Stage::new(capabilities);
        // Nothing is on the stage yet, so nothing has to be taken away.
        stage.set_ground(theme.ground());
        // Another studio may show pictures in the same terminal.
        stage.set_seed(std::process::id());
        stage.set_budget(settings.preview_bytes());
        let mut face = Self {
            tty: tty.clone(),
            facts,
            settings,
            theme,
            screen,
            surface: Surface::new(tty.size().cells),
            stage,
            probe: Probe::default(),
            ask: false,
            questions: None,
            asked_at: None,
            check: None,
            checking: false,
            pace: Pace::default(),
            writer: Some(writer),
            input: Some(input),
            before: Vec::new(),
            cursor: None,
            dirty: true,
            drawn_at: None,
            sent: false,
        };
        face.probe();
        Ok((face, received))
    }

    /// What the core is told of the terminal.
    pub(super) fn display(&self) -> Display {
        let capabilities = self.capabilities();
        Display {
            graphics: capabilities.kind,
            cell: capabilities.cell,
            colors: capabilities.colors,
            remote: self.facts.ssh,
        }
    }

    fn capabilities(&self) -> &Capabilities {
        self.stage.capabilities()
    }

    pub(super) fn stage(&self) -> &Stage {
        &self.stage
    }

    pub(super) fn stage_mut(&mut self) -> &mut Stage {
        &mut self.stage
    }

    /// The payloads that the stage asks for.
    pub(super) fn jobs(&mut self) -> Vec<EncodeJob> {
        self.stage.set_busy(!self.pace.is_idle());
        self.stage.jobs()
    }

    /// Something happened that may change the screen.
    pub(super) fn changed(&mut self) {
        self.dirty = true;
    }

    /// Bytes for the terminal beside the frame; they go with the next one.
    pub(super) fn write(&mut self, bytes: &[u8]) {
        self.before.extend_from_slice(bytes);
        self.dirty = true;
    }

    /// Sends what is due: a frame if something changed and its time has come, else the next slice of pictures.
    pub(super) fn draw(&mut self, state: &State, now: Duration) {
        self.sent = false;
        if self.check.is_some_and(|at| now >= at) && !self.stage.is_transmitting() {
            self.checking = true;
            self.probe();
        }
        if self.line_now() != Line::Ready {
            return;
        }
        self.stage.set_link(self.pace.link());
        let bytes = if self.dirty && self.frame_at().is_none_or(|at| now >= at) {
            self.drawn_at = Some(now);
            self.dirty = false;
            self.frame(state, now)
        } else {
            Vec::new()
        };
        if !bytes.is_empty() {
            self.pace.text(bytes.len());
            self.send(bytes);
        } else if let Some(slice) = self.slice(now) {
            self.send(slice);
        }
    }

    /// The next bytes of pictures, and the question that tells when they have arrived.
    fn slice(&mut self, now: Duration) -> Option<Vec<u8>> {
        let most = self.pace.allowance(now);
        if most == 0 || self.probe.is_first() {
            return None;
        }
        let mut slice = self.stage.slice(most, self.cursor)?;
        let question = self.pace.sent(slice.len(), now);
        if !question.is_empty() {
            slice.extend(self.capabilities().route.wrap(question));
        }
        Some(slice)
    }

    fn frame(&mut self, state: &State, now: Duration) -> Vec<u8> {
        let theme = &self.theme;
        let scene = self
            .surface
            .draw(|area, buffer| view::draw(state, theme, area, buffer));
        let damage = if self.surface.clears() {
            Damage::All
        } else {
            Damage::Cells(self.surface.damage().to_vec())
        };
        self.stage.set_close(state.full_view);
        let mut before = std::mem::take(&mut self.before);
        if let Some(questions) = self.due_questions(now) {
            // kitty takes a question between the chunks of a picture for a chunk.
            before.extend(self.stage.interrupt());
            before.extend(questions);
            // Behind pictures the answer takes longer than the line's round trip.
            self.asked_at = self.pace.is_idle().then_some(now);
        }
        before.extend(self.stage.want(&scene.placements, &damage));
        self.cursor = scene.cursor;
        self.surface.finish(&before, scene.cursor)
    }

    /// What is asked of the terminal with the frame that goes now.
    fn due_questions(&mut self, now: Duration) -> Option<Vec<u8>> {
        if std::mem::take(&mut self.ask) {
            self.drop_questions();
            let limit = Probe::limit(&self.facts);
            return self.probe.begin(now, limit, &self.facts);
        }
        let (questions, since) = self.questions.take()?;
        self.probe.postpone(now.saturating_sub(since));
        Some(questions)
    }

    /// What was not asked yet will not be.
    fn drop_questions(&mut self) {
        self.ask = false;
        if self.questions.take().is_some() {
            self.probe.take_back();
        }
    }

    /// False when the line does not take it now.
    fn send(&mut self, bytes: Vec<u8>) -> bool {
        let sent = match &mut self.writer {
            Some(writer) => writer.try_send(bytes),
            None => false,
        };
        self.sent |= sent;
        sent
    }

    fn line_now(&self) -> Line {
        self.writer.as_ref().map_or(Line::Down, Writer::line)
    }

    /// When the next frame may be drawn, if that is still to come.
    fn frame_at(&self) -> Option<Duration> {
        self.drawn_at.map(|at| at + FRAME)
    }

    /// When the loop has to come back for the face, without an event.
    pub(super) fn next_wake(&self, now: Duration) -> Option<Duration> {
        let frame = self
            .frame_at()
            .filter(|at| self.dirty && *at > now && self.line_now() == Line::Ready);
        let check = self.check.filter(|at| *at > now);
        let probe = self.probe.deadline().filter(|_| self.questions.is_none());
        let deadlines = [frame, check, probe, self.pace.deadline()];
        deadlines.into_iter().flatten().min()
    }

    /// Whether the end of what was sent is worth waiting for: more may follow it. It may have come already.
    pub(super) fn is_waiting(&self) -> bool {
        self.sent || self.line_now() == Line::Busy
    }

    /// Waits until the line is free, or gone.
    pub(super) async fn line(&self) -> Line {
        match &self.writer {
            Some(writer) => writer.ready().await,
            None => std::future::pending().await,
        }
    }

    /// Asks the terminal what it can do; the answers come as input.
    pub(super) fn probe(&mut self) {
        self.check = None;
        if self.facts.answers_queries() {
            self.ask = true;
            self.dirty = true;
        } else {
            self.pace.silent();
        }
    }

    /// Asks again what the terminal can do, without drawing anew; some time after it was asked last: another may have
    /// been attached since.
    pub(super) fn check(&mut self, now: Duration) {
        self.check = Some(self.probe.rested(now));
    }

    /// Takes an answer in; true when the terminal is known better now.
    pub(super) fn reply(&mut self, reply: Reply, now: Duration) -> bool {
        self.pace.reply(&reply, now);
        self.stage.reply(&reply);
        // The first answer in tmux is tmux's own.
        if !matches!(reply, Reply::Status | Reply::SecondaryAttributes)
            && let Some(asked_at) = self.asked_at.take()
            && !self.facts.multiplexed()
        {
            self.pace.seed(now.saturating_sub(asked_at), now);
        }
        match self.probe.reply(reply) {
            Told::Over(all) => self.judge(&all),
            Told::Ask(questions) => {
                self.questions = Some((questions, now));
                self.dirty = true;
                false
            }
            Told::Nothing => false,
        }
    }

    /// Ends the waiting for answers when its limit has passed; true when the terminal is known better now.
    pub(super) fn expire(&mut self, now: Duration) -> bool {
        let question = self.pace.expire(now);
        self.ask(question);
        if self.questions.is_some() {
            return false;
        }
        let asked = self.probe.deadline().is_some();
        if let Some(all) = self.probe.expire(now) {
            if all.is_empty() {
                self.pace.silent();
            }
            return self.judge(&all);
        }
        if asked && self.probe.deadline().is_none() {
            self.checked();
        }
        false
    }

    /// The user did something, so that the terminal is there, too.
    pub(super) fn stirred(&mut self, now: Duration) {
        let question = self.pace.stirred(now);
        self.ask(question);
        if self.probe.stirred(now, &self.facts) {
            // kitty confirms its pictures by some bytes each; sixels would have to be painted again, which tmux does.
            if self.capabilities().kind == GraphicsKind::Kitty {
                self.check = Some(now);
            } else {
                self.probe();
            }
        }
    }

    fn ask(&mut self, question: &[u8]) {
        if !question.is_empty() {
            let question = self.capabilities().route.wrap(question);
            self.write(&question);
        }
    }

    fn judge(&mut self, answers: &Answers) -> bool {
        let capabilities = capabilities_of(answers, &self.facts, &self.settings);
        let changed = self.take(capabilities);
        self.checked();
        changed
    }

    fn checked(&mut self) {
        if std::mem::take(&mut self.checking) {
            // It may be another of the same kind.
            self.stage.verify();
        }
    }

    fn take(&mut self, capabilities: Capabilities) -> bool {
        if capabilities == *self.capabilities() {
            return false;
        }
        self.surface
            .set_synchronized(capabilities.synchronized_output);
        let gone = self.stage.set_capabilities(capabilities);
        self.screen.set_farewell(self.stage.farewell());
        self.write(&gone);
        true
    }

    /// Takes the new size up; all is drawn anew.
    pub(super) fn resized(&mut self, now: Duration) -> Size {
        let size = self.tty.size();
        self.facts.window = window_of(size);
        let mut capabilities = self.capabilities().clone();
        capabilities.resize(self.facts.window);
        // Another client may have attached, or the same in another font.
        let asks = capabilities.multiplexed || capabilities.cell != self.capabilities().cell;
        self.take(capabilities);
        if asks {
            self.check(now);
        }
        self.surface.reset(size.cells);
        self.dirty = true;
        size.cells
    }

    /// Draws all anew: text, and pictures from their first byte.
    pub(super) fn repaint(&mut self) {
        let gone = self.stage.clear();
        self.write(&gone);
        let size = self.surface.area().as_size();
        self.surface.reset(size);
    }
}
