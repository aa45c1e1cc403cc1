//! Decodes, fits and encodes for the stage, off the loop: one task a picture, its rungs in order, and nothing that nobody
//! waits for.
//!
//! A task decodes once. The glance is made straight from the decoded pixels and handed on before the fitted picture is
//! begun; what comes to be wanted of the same picture meanwhile joins its task.

mod file;

use std::collections::VecDeque;
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::mpsc::UnboundedSender;

use crate::domain::{Failure, FailureKind, PictureId, PixelSize};
use crate::graphics::{Bitmap, EncodeJob, Payload, PayloadKey, Stage};
use crate::library::Thumbnails;
use crate::picture::{self, Pixels};
use crate::pipeline::blocking;
use file::PictureFile;

/// Tasks at once; each holds a decoded picture.
const AT_ONCE: usize = 2;
/// Fitted pictures that are kept, for parts of a picture that a popup cut and for finer rungs: bytes of pixels.
const KEPT_BYTES: usize = 24 * 1024 * 1024;

/// What a task tells.
pub(super) enum Made {
    /// The end of one job.
    Payload {
        key: PayloadKey,
        picture: PictureId,
        result: Result<Payload, Failure>,
    },
    /// The end of the task of that number.
    Over(u64),
}

/// The line of pictures.
pub(super) struct Pictures {
    made: UnboundedSender<Made>,
    tasks: VecDeque<Task>,
    last: u64,
    fitted: Arc<Mutex<Fitted>>,
    thumbnails: Option<Thumbnails>,
}

/// The jobs of one picture.
struct Task {
    number: u64,
    picture: PictureId,
    path: PathBuf,
    order: Arc<Order>,
    running: bool,
}

impl Pictures {
    pub(super) fn new(made: UnboundedSender<Made>, thumbnails: Option<Thumbnails>) -> Self {
        Self {
            made,
            tasks: VecDeque::new(),
            last: 0,
            fitted: Arc::default(),
            thumbnails,
        }
    }

    /// Takes up jobs whose pictures are at `path`.
    pub(super) fn take(&mut self, jobs: impl IntoIterator<Item = (EncodeJob, PathBuf)>) {
        for (job, path) in jobs {
            let picture = job.picture();
            let mut same = self.tasks.iter().filter(|task| task.picture == picture);
            if same.any(|task| task.order.join(&job)) {
                continue;
            }
            self.last += 1;
            let order = Arc::new(Order::default());
            order.join(&job);
            self.tasks.push_back(Task {
                number: self.last,
                picture,
                path,
                order,
                running: false,
            });
        }
    }

    /// The task of that number has ended.
    pub(super) fn ended(&mut self, number: u64) {
        self.tasks.retain(|task| task.number != number);
    }

    /// Starts what may start; drops what the stage no longer needs, and stops what is at work on nothing else.
    pub(super) fn start(&mut self, stage: &Stage) {
        self.tasks
            .retain(|task| task.order.keep(|key| stage.needs(key)) || task.running);
        let running = self.tasks.iter().filter(|task| task.running).count();
        let waiting = self.tasks.iter_mut().filter(|task| !task.running);
        for task in waiting.take(AT_ONCE.saturating_sub(running)) {
            task.running = true;
            let (number, picture) = (task.number, task.picture);
            let (path, order) = (task.path.clone(), Arc::clone(&task.order));
            let (made, fitted) = (self.made.clone(), Arc::clone(&self.fitted));
            let thumbnails = self.thumbnails.clone();
            tokio::spawn(async move {
                let (told, own) = (made.clone(), Arc::clone(&order));
                let end = blocking(move || {
                    let mut file = PictureFile::new(&path, thumbnails.as_ref());
                    work(&own, &mut file, &fitted, &told);
                    Ok(())
                })
                .await;
                if let Err(failure) = end {
                    for job in order.wreck() {
                        let _ = made.send(Made::Payload {
                            key: job,
                            picture,
                            result: Err(failure.clone()),
                        });
                    }
                }
                let _ = made.send(Made::Over(number));
            });
        }
    }
}

/// Runs the jobs of a picture until there are no more.
fn work(
    order: &Order,
    file: &mut PictureFile<'_>,
    fitted: &Mutex<Fitted>,
    made: &UnboundedSender<Made>,
) {
    while let Some(job) = order.next() {
        let (key, picture) = (job.key(), job.picture());
        let result = fit(&job, order, file, fitted).and_then(|pixels| encode(&job, &pixels));
        // Where it was stopped half-way there is no result, and not a bad one.
        if result.is_ok() || !order.is_abandoned() {
            let _ = made.send(Made::Payload {
                key,
                picture,
                result,
            });
        }
    }
    file.keep();
}

fn encode(job: &EncodeJob, pixels: &Pixels) -> Result<Payload, Failure> {
    let bitmap = Bitmap::new(pixels.size(), pixels.rgba())
        .ok_or_else(|| Failure::new(FailureKind::Internal, "a fitted picture without pixels"))?;
    job.run(&bitmap)
        .map_err(|error| Failure::new(FailureKind::Internal, error.to_string()))
}

/// The picture at the size of the job: kept from before, or made of the decoded one.
fn fit(
    job: &EncodeJob,
    order: &Order,
    file: &mut PictureFile<'_>,
    fitted: &Mutex<Fitted>,
) -> Result<Arc<Pixels>, Failure> {
    let (id, size) = (job.picture(), job.px());
    let kept = || fitted.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(pixels) = kept().get(id, size) {
        return Ok(pixels);
    }
    let small = file.thumbnail(job.rung(), size);
    let pixels = match &small {
        Some(small) => picture::fit(small, size),
        None => picture::fit(file.decoded(order.largest(size), &order.abandoned)?, size),
    };
    let pixels = Arc::new(pixels);
    kept().put(id, Arc::clone(&pixels));
    Ok(pixels)
}

/// What a task is to make, as the loop changes it.
#[derive(Default)]
struct Order {
    list: Mutex<List>,
    /// Nobody needs anything of it any more.
    abandoned: AtomicBool,
}

#[derive(Default)]
struct List {
    /// Lower rungs first.
    jobs: VecDeque<EncodeJob>,
    at_work: Option<PayloadKey>,
    /// The task has ended, or will not take up more.
    closed: bool,
}

impl Order {
    fn list(&self) -> std::sync::MutexGuard<'_, List> {
        self.list.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Adds a job; false when the task takes none any more.
    fn join(&self, job: &EncodeJob) -> bool {
        let mut list = self.list();
        if list.closed {
            return false;
        }
        // It was asked for again, since the stage was cleared meanwhile.
        let same = |other: &EncodeJob| other.key() == job.key();
        if list.at_work == Some(job.key()) || list.jobs.iter().any(same) {
            return true;
        }
        let before = |other: &EncodeJob| other.rung() <= job.rung();
        let at = list.jobs.partition_point(before);
        list.jobs.insert(at, job.clone());
        true
    }

    /// The next job; `None` closes the order.
    fn next(&self) -> Option<EncodeJob> {
        let mut list = self.list();
        let job = if list.closed {
            None
        } else {
            list.jobs.pop_front()
        };
        list.at_work = job.as_ref().map(EncodeJob::key);
        list.closed |= job.is_none();
        job
    }

    /// Keeps the jobs that are needed. False when none is, nor the one at work: then the order is closed.
    fn keep(&self, needed: impl Fn(&PayloadKey) -> bool) -> bool {
        let mut list = self.list();
        list.jobs.retain(|job| needed(&job.key()));
        let any = !list.jobs.is_empty() || list.at_work.as_ref().is_some_and(needed);
        if !any {
            list.closed = true;
            self.abandoned.store(true, Ordering::Relaxed);
        }
        any
    }

    /// Closes the order of a task that died, and names what it owes.
    fn wreck(&self) -> Vec<PayloadKey> {
        let mut list = self.list();
        list.closed = true;
        let waiting: Vec<_> = list.jobs.drain(..).map(|job| job.key()).collect();
        list.at_work.take().into_iter().chain(waiting).collect()
    }

    /// The largest size among `size` and those of the jobs that wait.
    fn largest(&self, size: PixelSize) -> PixelSize {
        let list = self.list();
        list.jobs.iter().map(EncodeJob::px).fold(size, |most, px| {
            PixelSize::new(most.width.max(px.width), most.height.max(px.height))
        })
    }

    fn is_abandoned(&self) -> bool {
        self.abandoned.load(Ordering::Relaxed)
    }
}

/// The last fitted pictures.
#[derive(Default)]
struct Fitted {
    kept: VecDeque<(PictureId, Arc<Pixels>)>,
    bytes: usize,
}

impl Fitted {
    fn get(&self, id: PictureId, size: PixelSize) -> Option<Arc<Pixels>> {
        self.kept
            .iter()
            .find(|(kept, pixels)| *kept == id && pixels.size() == size)
            .map(|(_, pixels)| Arc::clone(pixels))
    }

    fn put(&mut self, id: PictureId, pixels: Arc<Pixels>) {
        self.bytes += pixels.rgba().len();
        self.kept.push_back((id, pixels));
        while self.bytes > KEPT_BYTES {
            let Some((_, oldest)) = self.kept.pop_front() else {
                break;
            };
            self.bytes -= oldest.rgba().len();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{GenerationId, GraphicsKind};
    use crate::graphics::{Capabilities, Damage, Environment, Placement, Rung};
    use ratatui::layout::Rect;

    /// The jobs of the n-th picture on a far terminal, the glance first.
    fn jobs(n: u16) -> (Stage, Vec<EncodeJob>) {
        let mut caps =
            Capabilities::parse(&[], &Environment::default()).forced(GraphicsKind::Kitty, "a test");
        caps.remote = true;
        let mut stage = Stage::new(caps);
        let area = Rect::new(0, 0, 60, 20);
        let generation = GenerationId::from_number(1);
        let picture = PictureId { generation, n };
        let part = area;
        stage.want(
            &[Placement {
                picture,
                area,
                part,
            }],
            &Damage::None,
        );
        let jobs = stage.jobs();
        (stage, jobs)
    }

    #[test]
    fn an_order_gives_the_glance_first_and_closes_when_it_is_empty() {
        let (_, jobs) = jobs(1);
        let [glance, fitted] = &jobs[..] else {
            panic!("{jobs:?}")
        };
        let order = Order::default();
        assert!(order.join(fitted) && order.join(glance));
        assert_eq!(order.next().map(|job| job.rung()), Some(Rung::Glance));
        assert_eq!(order.next().map(|job| job.rung()), Some(Rung::Careful));
        assert!(order.join(glance), "it is still at work");
        assert!(order.next().is_some() && order.next().is_none());
        assert!(!order.join(glance));
    }

    #[test]
    fn what_a_cleared_stage_asks_for_again_is_made_once() {
        let (mut stage, jobs) = jobs(1);
        let order = Order::default();
        for job in &jobs {
            order.join(job);
        }
        order.next();
        let (area, _) = jobs[0].cells();
        let area = Rect::from(area);
        let wanted = [Placement {
            picture: jobs[0].picture(),
            area,
            part: area,
        }];
        stage.clear();
        stage.want(&wanted, &Damage::All);
        let again = stage.jobs();
        assert_eq!(again.len(), jobs.len());
        assert!(again.iter().all(|job| order.join(job)));
        assert!(order.next().is_some() && order.next().is_none());
        // With no frame between, the work is stopped, and begun anew.
        let order = Order::default();
        order.join(&jobs[0]);
        order.next();
        stage.clear();
        assert!(!order.keep(|key| stage.needs(key)));
        stage.want(&wanted, &Damage::All);
        assert!(!stage.jobs().is_empty());
        assert!(!order.join(&jobs[0]), "a new task takes it up");
    }

    #[test]
    fn an_order_that_nobody_needs_is_abandoned_at_once() {
        let (mut stage, jobs) = jobs(1);
        let order = Order::default();
        for job in &jobs {
            order.join(job);
        }
        order.next();
        assert!(order.keep(|key| stage.needs(key)));
        // The fitted one is enough to go on.
        assert!(order.keep(|key| *key == jobs[1].key()));
        stage.want(&[], &Damage::None);
        assert!(!order.keep(|key| stage.needs(key)));
        assert!(order.is_abandoned() && order.next().is_none());
        assert!(!order.join(&jobs[0]), "a new task takes it up");
    }
}
