//! Does what the core asks of the world, off the loop: each effect becomes a task that answers with an event.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;

use tokio::sync::mpsc::UnboundedSender;
use tokio::task::JoinHandle;

use super::World;
use crate::domain::{Clean, Failure, GenerationId, Progress, Request, TaskId};
use crate::library::Query;
use crate::pipeline::{Cancel, Tell, blocking, find_reference};
use crate::studio::{Event, Page, Session};

/// The name of the studio's draft in the library.
const DRAFT: &str = "studio";

/// What effects are done with.
pub(super) struct Hands {
    pub(super) world: Arc<World>,
    events: UnboundedSender<Event>,
    started: UnboundedSender<(GenerationId, Cancel)>,
    pub(super) cwd: PathBuf,
    home: Option<PathBuf>,
    /// A prompt that waits for the user's editor.
    pub(super) lend: Option<String>,
    /// The terminal is to be handed to the shell.
    pub(super) suspend: bool,
    /// Those in work, so that they can be stopped.
    running: BTreeMap<GenerationId, Cancel>,
    /// Their tasks, awaited at the end.
    ends: Vec<JoinHandle<()>>,
    /// The page that is being read; a newer one takes its place.
    history: Option<JoinHandle<()>>,
}

impl Hands {
    pub(super) fn new(
        world: Arc<World>,
        events: UnboundedSender<Event>,
        started: UnboundedSender<(GenerationId, Cancel)>,
        cwd: PathBuf,
        home: Option<PathBuf>,
    ) -> Self {
        Self {
            world,
            events,
            started,
            cwd,
            home,
            lend: None,
            suspend: false,
            running: BTreeMap::new(),
            ends: Vec::new(),
            history: None,
        }
    }

    /// Submits the requests as one batch, in order.
    pub(super) fn generate(&mut self, task: TaskId, requests: Vec<Request>) {
        let pipeline = self.world.pipeline.clone();
        let events = self.events.clone();
        let started = self.started.clone();
        self.ends.retain(|end| !end.is_finished());
        self.ends.push(tokio::spawn(async move {
            let mut batch = None;
            let mut ends = Vec::new();
            for request in requests {
                match pipeline.submit(request, batch, tell(&events)).await {
                    Ok(running) => {
                        let id = running.generation.id;
                        batch.get_or_insert(id);
                        let _ = started.send((id, running.cancel));
                        let _ = events.send(Event::Started { task, id });
                        ends.push(running.done);
                    }
                    Err(failure) => {
                        let _ = events.send(Event::GenerateRefused { task, failure });
                        break;
                    }
                }
            }
            for end in ends {
                let _ = end.await;
            }
        }));
    }

    /// Remembers how to stop a generation.
    pub(super) fn started(&mut self, id: GenerationId, cancel: Cancel) {
        self.running.insert(id, cancel);
    }

    /// Forgets one that ended.
    pub(super) fn ended(&mut self, id: GenerationId) {
        self.running.remove(&id);
    }

    pub(super) fn cancel(&self, id: GenerationId) {
        if let Some(cancel) = self.running.get(&id) {
            cancel.cancel();
        }
    }

    /// Stops all that run, and gives the tasks that write it down.
    pub(super) fn cancel_all(&mut self) -> Vec<JoinHandle<()>> {
        for cancel in self.running.values() {
            cancel.cancel();
        }
        self.ends()
    }

    /// The tasks of all that run.
    pub(super) fn ends(&mut self) -> Vec<JoinHandle<()>> {
        std::mem::take(&mut self.ends)
    }

    pub(super) fn load_history(
        &mut self,
        task: TaskId,
        query: String,
        before: Option<i64>,
        limit: usize,
    ) {
        if let Some(older) = self.history.take() {
            older.abort();
        }
        let library = self.world.library.clone();
        let events = self.events.clone();
        self.history = Some(tokio::spawn(async move {
            let result = blocking(move || {
                let query = Query::parse(&query);
                let mut generations = library.page(&query, before, limit.saturating_add(1))?;
                let more = generations.len() > limit;
                generations.truncate(limit);
                let total = library.count(&query)?;
                Ok(Page {
                    generations,
                    more,
                    total,
                })
            })
            .await;
            let _ = events.send(Event::HistoryLoaded { task, result });
        }));
    }

    pub(super) fn load_models(&self, task: TaskId) {
        let pipeline = self.world.pipeline.clone();
        let events = self.events.clone();
        tokio::spawn(async move {
            let result = pipeline.models().await;
            let _ = events.send(Event::ModelsLoaded { task, result });
        });
    }

    pub(super) fn resolve_reference(&self, task: TaskId, given: String) {
        let library = self.world.library.clone();
        let (cwd, home) = (self.cwd.clone(), self.home.clone());
        self.answer(
            move || find_reference(&library, &given, &cwd, home.as_deref()),
            move |result| Event::ReferenceResolved { task, result },
        );
    }

    /// Does disk or process work and ends in a toast.
    pub(super) fn toast(
        &self,
        task: TaskId,
        work: impl FnOnce() -> Result<Clean, Failure> + Send + 'static,
    ) {
        self.answer(work, move |result| Event::Done { task, result });
    }

    pub(super) fn restore_session(&self) {
        let library = self.world.library.clone();
        let events = self.events.clone();
        tokio::spawn(async move {
            let draft = blocking(move || library.draft(DRAFT)).await;
            // A draft that cannot be read any more is no reason to say anything: the studio starts empty.
            if let Ok(Some(text)) = draft
                && let Ok(session) = serde_json::from_str(&text)
            {
                let _ = events.send(Event::SessionRestored(Box::new(session)));
            }
        });
    }

    /// Writes the session down; gives the task, so that the end of the studio can wait for it.
    pub(super) fn save_session(&self, session: &Session) -> Option<JoinHandle<()>> {
        if self.world.library.is_read_only() {
            return None;
        }
        let text = serde_json::to_string(session).ok()?;
        let library = self.world.library.clone();
        let events = self.events.clone();
        Some(tokio::spawn(async move {
            if let Err(failure) = blocking(move || library.set_draft(DRAFT, &text)).await {
                let _ = events.send(Event::Warned(failure));
            }
        }))
    }

    fn answer<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> Result<T, Failure> + Send + 'static,
        event: impl FnOnce(Result<T, Failure>) -> Event + Send + 'static,
    ) {
        let events = self.events.clone();
        tokio::spawn(async move {
            let _ = events.send(event(blocking(work).await));
        });
    }
}

fn tell(events: &UnboundedSender<Event>) -> Tell {
    let events = events.clone();
    Arc::new(move |id, progress: Progress| {
        let _ = events.send(Event::Progress(id, progress));
    })
}
