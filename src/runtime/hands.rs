//! Does what the core asks of the world, off the loop: each effect becomes a task that answers with an event.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::mpsc::UnboundedSender;
use tokio::task::JoinHandle;

use super::World;
use super::ending::Halt;
use crate::domain::{
    Clean, Failure, FailureKind, Generation, GenerationId, OutputFormat, PictureId, Progress,
    Request, State, TaskId,
};
use crate::library::Query;
use crate::pipeline::{Cancel, Tell, blocking, convert, find_reference};
use crate::studio::{Event, Page, Session};

/// The name of the studio's draft in the library.
const DRAFT: &str = "studio";

/// What effects are done with.
pub(super) struct Hands {
    pub(super) world: Arc<World>,
    events: UnboundedSender<Event>,
    pub(super) cwd: PathBuf,
    home: Option<PathBuf>,
    /// A prompt that waits for the user's editor.
    pub(super) lend: Option<String>,
    /// The terminal is to be handed to the shell.
    pub(super) suspend: bool,
    /// Those in work, so that they can be stopped.
    running: Arc<Mutex<Running>>,
    /// Their tasks, awaited at the end.
    ends: Vec<JoinHandle<()>>,
    /// Those that an earlier run left, so that they can be stopped.
    resumed: Arc<Mutex<BTreeMap<GenerationId, Cancel>>>,
    /// The page that is being read; a newer one takes its place.
    history: Option<JoinHandle<()>>,
}

impl Hands {
    pub(super) fn new(
        world: Arc<World>,
        events: UnboundedSender<Event>,
        cwd: PathBuf,
        home: Option<PathBuf>,
    ) -> Self {
        Self {
            world,
            events,
            cwd,
            home,
            lend: None,
            suspend: false,
            running: Arc::default(),
            resumed: Arc::default(),
            ends: Vec::new(),
            history: None,
        }
    }

    /// Submits the requests as one batch, in order.
    pub(super) fn generate(&mut self, task: TaskId, requests: Vec<Request>) {
        let pipeline = self.world.pipeline.clone();
        let events = self.events.clone();
        let running = Arc::clone(&self.running);
        self.ends.retain(|end| !end.is_finished());
        self.ends.push(tokio::spawn(async move {
            let mut batch = None;
            let mut ends = Vec::new();
            for request in requests {
                if lock(&running).halt.is_some() {
                    break;
                }
                let tell = tell(&events);
                match pipeline.submit(request, batch, tell).await {
                    Ok(one) => {
                        let id = one.generation.id;
                        batch.get_or_insert(id);
                        lock(&running).started(id, one.cancel);
                        let _ = events.send(Event::Started { task, id });
                        ends.push((one.generation, one.done));
                    }
                    Err(failure) => {
                        let _ = events.send(Event::GenerateRefused { task, failure });
                        break;
                    }
                }
            }
            for (generation, end) in ends {
                let id = generation.id;
                if end.await.is_err() {
                    let _ = events.send(died(generation));
                }
                lock(&running).jobs.remove(&id);
            }
        }));
    }

    /// Takes up the downloads that an earlier run left, beside whatever is asked for meanwhile. The end of the studio does
    /// not wait for them: what is not there by then is left to the next start.
    pub(super) fn resume(&self) {
        let pipeline = self.world.pipeline.clone();
        let events = self.events.clone();
        let resumed = Arc::clone(&self.resumed);
        tokio::spawn(async move {
            let running = match pipeline.resume(tell(&events)).await {
                Ok(running) => running,
                Err(failure) => {
                    let _ = events.send(Event::Warned(failure));
                    return;
                }
            };
            let cancels = running.iter().map(|r| (r.generation.id, r.cancel.clone()));
            lock(&resumed).extend(cancels);
            for one in running {
                if one.done.await.is_err() {
                    let _ = events.send(died(one.generation));
                }
            }
        });
    }

    /// Fetches what is open of one that ended. Its end is not waited for either.
    pub(super) fn fetch_again(&self, id: GenerationId) {
        let pipeline = self.world.pipeline.clone();
        let events = self.events.clone();
        let resumed = Arc::clone(&self.resumed);
        tokio::spawn(async move {
            match pipeline.fetch_again(id, tell(&events)).await {
                Ok(one) => {
                    lock(&resumed).insert(id, one.cancel);
                    if one.done.await.is_err() {
                        let _ = events.send(died(one.generation));
                    }
                }
                Err(failure) => {
                    let _ = events.send(Event::Warned(failure));
                }
            }
        });
    }

    pub(super) fn cancel(&self, id: GenerationId) {
        if let Some(cancel) = lock(&self.running).jobs.get(&id) {
            cancel.cancel();
        }
        if let Some(resumed) = lock(&self.resumed).get(&id) {
            resumed.cancel();
        }
    }

    /// Stops what runs, and all that would still start.
    pub(super) fn halt(&self, halt: Halt) {
        lock(&self.running).halt(halt);
    }

    /// Whether anything runs.
    pub(super) fn is_busy(&self) -> bool {
        !lock(&self.running).jobs.is_empty()
    }

    /// The tasks in which generations run to their end.
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

    /// Removes what the demo endpoint made.
    pub(super) fn remove_demo(&self, task: TaskId) {
        let world = Arc::clone(&self.world);
        self.change(task, move || {
            let removed = world.library.remove_demo(world.thumbnails.as_ref());
            removed.map(|count| Clean::line(&format!("{count} removed")))
        });
    }

    /// Writes a picture once more in another format.
    pub(super) fn convert(&self, task: TaskId, picture: PictureId, to: OutputFormat) {
        let library = self.world.library.clone();
        self.change(task, move || {
            convert(&library, picture, to).map(|done| done.told())
        });
    }

    /// Changes the library and ends in a toast; the list reads itself anew, as after another process's change.
    fn change(&self, task: TaskId, work: impl FnOnce() -> Result<Clean, Failure> + Send + 'static) {
        let events = self.events.clone();
        tokio::spawn(async move {
            let result = blocking(work).await;
            let _ = events.send(Event::Done { task, result });
            let _ = events.send(Event::LibraryChanged);
        });
    }

    /// Does disk or process work and ends in a toast.
    pub(super) fn toast(
        &self,
        task: TaskId,
        work: impl FnOnce() -> Result<Clean, Failure> + Send + 'static,
    ) {
        self.answer(work, move |result| Event::Done { task, result });
    }

    /// What the user should know of a history that had to be mended.
    pub(super) fn repaired(&self) -> Option<Failure> {
        self.world.library.repaired().cloned()
    }

    /// What the user should know of a library that nothing can be written to.
    pub(super) fn read_only(&self) -> Option<Failure> {
        let library = &self.world.library;
        library.is_read_only().then(|| {
            let what = format!(
                "{} cannot be written: only looking is possible",
                library.folder().display()
            );
            Failure::new(FailureKind::Library, what)
                .hint("start with --library DIR, or mend its permissions")
        })
    }

    pub(super) fn restore_session(&self) {
        let library = self.world.library.clone();
        let events = self.events.clone();
        tokio::spawn(async move {
            let draft = blocking(move || library.draft(DRAFT)).await;
            // A draft that cannot be read any more is no reason to say anything: the studio starts empty.
            let session = draft.ok().flatten();
            let session = session.and_then(|text| serde_json::from_str(&text).ok());
            let _ = events.send(Event::SessionRestored(session));
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

/// What is in work, shared with the tasks that start it.
#[derive(Default)]
struct Running {
    /// An id leaves when its generation has ended.
    jobs: BTreeMap<GenerationId, Cancel>,
    /// All is being stopped: nothing more is to be started.
    halt: Option<Halt>,
}

impl Running {
    fn started(&mut self, id: GenerationId, cancel: Cancel) {
        // One that became known while all is being stopped.
        if let Some(halt) = self.halt {
            halt.apply(&cancel);
        }
        self.jobs.insert(id, cancel);
    }

    fn halt(&mut self, halt: Halt) {
        self.halt = Some(halt);
        for cancel in self.jobs.values() {
            halt.apply(cancel);
        }
    }
}

fn lock<T>(shared: &Mutex<T>) -> MutexGuard<'_, T> {
    shared.lock().unwrap_or_else(PoisonError::into_inner)
}

fn tell(events: &UnboundedSender<Event>) -> Tell {
    let events = events.clone();
    Arc::new(move |id, progress: Progress| {
        let _ = events.send(Event::Progress(id, progress));
    })
}

/// The end of a generation whose task died of a fault of ours: its row is settled by the next start.
fn died(mut generation: Generation) -> Event {
    let failure = Failure::new(FailureKind::Internal, "its task ended in a panic")
        .hint("look into the library's folder before you ask again")
        .billed();
    generation.failure = Some(failure);
    generation.state = State::Failed;
    Event::Progress(generation.id, Progress::Finished(Box::new(generation)))
}
