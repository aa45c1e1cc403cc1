//! The studio's loop: wait for what happens, take all of it in, then draw once.
//!
//! Nothing here waits for a disk, a network, a decoder or the terminal: all of that comes back as one more thing that happened.

mod face;
mod open;

use std::io;
use std::time::Duration;

use tokio::sync::mpsc::UnboundedReceiver;
use tokio::task::{JoinHandle, spawn_blocking};

use super::clock::Clock;
use super::ending::{Halt, finishing, limit_after, wind_down};
use super::hands::Hands;
use super::pictures::{Made, Pictures};
use super::signals::{Signals, Told};
use super::{lend, outside};
use crate::config::Settings;
use crate::domain::{Clean, Failure, FailureKind, TaskId};
use crate::studio::{self, Effect, Event, State};
use crate::terminal::{Input, Line};
use face::Face;

pub use open::run;

/// The number of the signal that a lost line counts as.
const HANGUP: u8 = 1;

/// How the studio ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ending {
    /// The user quit.
    Quit,
    /// A signal, by number.
    Signal(u8),
}

/// Why the loop is left.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Last {
    Quit,
    Signal(u8),
    /// The terminal is gone.
    Hangup,
}

/// Everything that can happen.
struct Queues {
    input: UnboundedReceiver<Input>,
    events: UnboundedReceiver<Event>,
    made: UnboundedReceiver<Made>,
    signals: Signals,
}

struct Studio {
    clock: Clock,
    state: State,
    face: Face,
    hands: Hands,
    pictures: Pictures,
    editor: String,
    clipboard: Option<Vec<&'static str>>,
    bell: bool,
    /// The session that is being written.
    saving: Option<JoinHandle<()>>,
    ending: Option<Last>,
}

impl Studio {
    fn begin(&mut self) {
        let display = self.face.display();
        self.event(Event::Display(display));
        let effects = studio::start(&mut self.state);
        self.perform_all(effects);
        self.hands.restore_session();
        self.hands.resume();
        if let Some(failure) = self.hands.repaired().or_else(|| self.hands.read_only()) {
            self.event(Event::Warned(failure));
        }
    }

    /// Wait, drain, draw; until something ends it.
    async fn turn(&mut self, queues: &mut Queues) -> Last {
        loop {
            self.draw();
            if let Some(last) = self.ending {
                return last;
            }
            let now = self.clock.now();
            let wake = [
                studio::next_wake(&self.state, now),
                self.face.next_wake(now.since_start),
            ];
            let wake = wake.into_iter().flatten().min();
            tokio::select! {
                input = queues.input.recv() => self.input(input.unwrap_or(Input::Hangup)),
                Some(event) = queues.events.recv() => self.event(event),
                Some(made) = queues.made.recv() => self.made(made),
                line = self.face.line(), if self.face.is_waiting() => {
                    if line == Line::Down {
                        self.hung_up();
                    }
                }
                told = queues.signals.next() => self.told(told),
                () = self.clock.sleep_until(wake) => self.wake(),
            }
            self.drain(queues);
            // What needs the terminal for itself is done here, between two frames.
            if let Some(text) = self.hands.lend.take() {
                self.lend(text, queues).await;
            }
            if std::mem::take(&mut self.hands.suspend) {
                self.suspend(queues).await;
            }
        }
    }

    /// Takes in all that has happened meanwhile, so that a burst is drawn once.
    fn drain(&mut self, queues: &mut Queues) {
        while let Ok(event) = queues.events.try_recv() {
            self.event(event);
        }
        while let Ok(made) = queues.made.try_recv() {
            self.made(made);
        }
        while let Ok(input) = queues.input.try_recv() {
            self.input(input);
        }
    }

    fn draw(&mut self) {
        let now = self.clock.now();
        self.face.draw(&self.state, now.since_start);
        let state = &self.state;
        let jobs = self.face.jobs().into_iter().filter_map(|job| {
            let row = state.history.row(job.picture().generation)?;
            let picture = row
                .generation
                .pictures
                .iter()
                .find(|p| p.id == job.picture())?;
            Some((job, picture.path.clone()))
        });
        self.pictures.take(jobs);
        let preview = self.face.stage().preview();
        if preview != self.state.preview {
            self.event(Event::Previewed(preview));
        }
        self.pictures.start(self.face.stage());
    }

    fn input(&mut self, input: Input) {
        match input {
            Input::Event(event) => {
                self.face.stirred(self.clock.now().since_start);
                self.event(Event::Input(event));
            }
            Input::Reply(reply) => {
                if self.face.reply(reply, self.clock.now().since_start) {
                    self.probed();
                }
            }
            Input::Hangup => self.hung_up(),
        }
    }

    fn told(&mut self, told: Told) {
        match told {
            Told::Resized => {
                let size = self.face.resized(self.clock.now().since_start);
                self.event(Event::Input(crossterm::event::Event::Resize(
                    size.width,
                    size.height,
                )));
                self.probed();
            }
            Told::End(number) => {
                self.ending = Some(Last::Signal(number));
                self.event(Event::AskedToQuit);
            }
            Told::HungUp => self.hung_up(),
            Told::Stop => self.hands.suspend = true,
        }
    }

    /// The line is lost: what was typed is kept for the next start.
    fn hung_up(&mut self) {
        if self.ending.is_none() {
            self.ending = Some(Last::Hangup);
            self.event(Event::AskedToQuit);
        }
    }

    fn wake(&mut self) {
        let now = self.clock.now().since_start;
        if self.face.expire(now) {
            self.probed();
        }
        self.event(Event::Wake);
    }

    /// The terminal is known better now.
    fn probed(&mut self) {
        let display = self.face.display();
        if display != self.state.display {
            self.event(Event::Display(display));
        }
    }

    fn made(&mut self, made: Made) {
        match made {
            Made::Payload {
                key,
                picture,
                result,
            } => match result {
                Ok(payload) => self.face.stage_mut().ready(key, payload),
                Err(failure) => {
                    self.face.stage_mut().failed(key);
                    self.event(Event::PictureFailed(picture, failure));
                }
            },
            Made::Over(number) => self.pictures.ended(number),
        }
    }

    fn event(&mut self, event: Event) {
        let effects = studio::update(&mut self.state, event, self.clock.now());
        self.face.changed();
        self.perform_all(effects);
    }

    fn perform_all(&mut self, effects: Vec<Effect>) {
        for effect in effects {
            self.perform(effect);
        }
    }

    fn perform(&mut self, effect: Effect) {
        match effect {
            Effect::Generate { task, requests } => self.hands.generate(task, requests),
            Effect::Cancel(id) => self.hands.cancel(id),
            Effect::FetchAgain(id) => self.hands.fetch_again(id),
            Effect::LoadHistory {
                task,
                query,
                before,
                limit,
            } => self.hands.load_history(task, query, before, limit),
            Effect::LoadModels { task } => self.hands.load_models(task),
            Effect::ResolveReference { task, given } => self.hands.resolve_reference(task, given),
            Effect::SaveCopy { task, picture } => {
                let folder = self.hands.cwd.clone();
                self.hands
                    .toast(task, move || outside::save_copy(&picture, &folder));
            }
            Effect::Convert { task, picture, to } => self.hands.convert(task, picture, to),
            Effect::RemoveDemo { task } => self.hands.remove_demo(task),
            Effect::OpenOutside { task, path } => {
                let remote = self.state.display.remote;
                self.hands.toast(task, move || outside::open(&path, remote));
            }
            Effect::CopyText { task, text, what } => self.copy(task, text, what),
            Effect::ExternalEditor { text } => self.hands.lend = Some(text),
            Effect::SaveSession(session) => self.saving = self.hands.save_session(&session),
            Effect::ProbeTerminal => {
                self.face.probe();
                self.face.repaint();
            }
            Effect::CheckTerminal => self.face.check(self.clock.now().since_start),
            Effect::Suspend => self.hands.suspend = true,
            Effect::Bell => {
                if self.bell {
                    self.face.write(b"\x07");
                }
            }
            Effect::Quit => {
                self.ending.get_or_insert(Last::Quit);
            }
        }
    }

    /// Puts text on the clipboard: this desktop's where there is one, else the terminal's.
    fn copy(&mut self, task: TaskId, text: String, what: &'static str) {
        if let Some(program) = self.clipboard.clone() {
            let work = move || outside::copy_with(&program, &text, what);
            return self.hands.toast(task, work);
        }
        self.face.write(&outside::osc52(&text));
        let words = format!("{what} handed to the terminal's clipboard (OSC 52)");
        let result = Ok(Clean::line(&words));
        self.event(Event::Done { task, result });
    }

    /// Lends the terminal to the user's editor. Generations run on; what they tell waits in the queue.
    async fn lend(&mut self, text: String, queues: &mut Queues) {
        self.face.leave(&mut queues.input, self.clock).await;
        let editor = self.editor.clone();
        let result = spawn_blocking(move || lend::edit(&text, &editor))
            .await
            .unwrap_or_else(|_| {
                Err(Failure::new(
                    FailureKind::Internal,
                    "the editor's task died",
                ))
            });
        // Ctrl+C in a terminal that is lent is meant for the editor.
        queues.signals.forget_interrupts().await;
        let back = self.face.back();
        self.take_up(back, queues);
        self.event(Event::EditorReturned { result });
    }

    async fn suspend(&mut self, queues: &mut Queues) {
        let (suspended, back) = match self.face.suspend(&mut queues.input, self.clock).await {
            Ok((suspended, input)) => (suspended, Ok(input)),
            Err(error) => (true, Err(error)),
        };
        self.take_up(back, queues);
        if !suspended {
            self.event(Event::Warned(
                Failure::new(FailureKind::Usage, "there is no shell to go back to")
                    .hint("Ctrl+Q quits"),
            ));
        }
    }

    /// The terminal is ours again; who had it may have changed anything.
    fn take_up(&mut self, back: io::Result<UnboundedReceiver<Input>>, queues: &mut Queues) {
        match back {
            Ok(input) => {
                queues.input = input;
                self.told(Told::Resized);
            }
            Err(_) => self.ending = Some(Last::Hangup),
        }
    }

    /// Gives the terminal back, lets what runs finish or write itself down, and says how it ended.
    async fn end(
        mut self,
        last: Last,
        queues: &mut Queues,
        settings: &Settings,
        tell: impl Fn(&Clean),
    ) -> Ending {
        // Who quits has said yes to it; who lost the line has paid and wants the picture.
        let (ending, limit) = match last {
            Last::Quit => (Ending::Quit, Duration::ZERO),
            Last::Signal(number) => (Ending::Signal(number), limit_after(number, settings)),
            Last::Hangup => (Ending::Signal(HANGUP), limit_after(HANGUP, settings)),
        };
        // At once: what is not wanted costs nothing while the terminal is given back.
        self.hands.halt(if limit.is_zero() {
            Halt::All
        } else {
            Halt::Unsent
        });
        self.face
            .close(&mut queues.input, self.clock, last == Last::Hangup)
            .await;
        if !limit.is_zero() && last != Last::Hangup && self.hands.is_busy() {
            tell(&finishing(limit));
        }
        if let Some(saving) = self.saving.take() {
            let _ = saving.await;
        }
        let ends = self.hands.ends();
        let hands = &self.hands;
        let work = async {
            for end in ends {
                let _ = end.await;
            }
        };
        let halt = |halt| hands.halt(halt);
        let (_, signal) = wind_down(limit, halt, work, &mut queues.signals).await;
        signal.map_or(ending, Ending::Signal)
    }
}
