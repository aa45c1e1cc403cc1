//! Decodes, fits and encodes for the stage, off the loop: a few at once, in order, and nothing that nobody waits for.

use std::collections::VecDeque;
use std::path::{Path, PathBuf};
use std::sync::atomic::AtomicBool;
use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::mpsc::UnboundedSender;

use super::decode_for;
use crate::domain::{Failure, FailureKind, PictureId, PixelSize};
use crate::graphics::{Bitmap, EncodeJob, Payload, PayloadKey, Stage};
use crate::picture::{self, Pixels};
use crate::pipeline::blocking;

/// Jobs at once; each holds a decoded picture.
const AT_ONCE: usize = 2;
/// Fitted pictures that are kept, for parts of a picture that a popup cut: bytes of pixels.
const KEPT_BYTES: usize = 24 * 1024 * 1024;

/// The end of one job.
pub(super) struct Made {
    pub(super) key: PayloadKey,
    pub(super) picture: PictureId,
    pub(super) result: Result<Payload, Failure>,
}

/// The line of jobs.
pub(super) struct Pictures {
    made: UnboundedSender<Made>,
    waiting: VecDeque<(EncodeJob, PathBuf)>,
    running: usize,
    fitted: Arc<Mutex<Fitted>>,
}

impl Pictures {
    pub(super) fn new(made: UnboundedSender<Made>) -> Self {
        Self {
            made,
            waiting: VecDeque::new(),
            running: 0,
            fitted: Arc::default(),
        }
    }

    /// Takes up jobs whose pictures are at `path`.
    pub(super) fn take(&mut self, jobs: impl IntoIterator<Item = (EncodeJob, PathBuf)>) {
        self.waiting.extend(jobs);
    }

    /// One job has ended.
    pub(super) fn ended(&mut self) {
        self.running = self.running.saturating_sub(1);
    }

    /// Starts what may start; drops what the stage no longer needs.
    pub(super) fn start(&mut self, stage: &Stage) {
        self.waiting.retain(|(job, _)| stage.needs(&job.key()));
        while self.running < AT_ONCE {
            let Some((job, path)) = self.waiting.pop_front() else {
                return;
            };
            self.running += 1;
            let made = self.made.clone();
            let fitted = Arc::clone(&self.fitted);
            tokio::spawn(async move {
                let (key, picture) = (job.key(), job.picture());
                let result = blocking(move || run(&job, &path, &fitted)).await;
                let _ = made.send(Made {
                    key,
                    picture,
                    result,
                });
            });
        }
    }
}

fn run(job: &EncodeJob, path: &Path, fitted: &Mutex<Fitted>) -> Result<Payload, Failure> {
    let pixels = fit(job.picture(), path, job.px(), fitted)?;
    let bitmap = Bitmap::new(pixels.size(), pixels.rgba())
        .ok_or_else(|| Failure::new(FailureKind::Internal, "a fitted picture without pixels"))?;
    job.run(&bitmap)
        .map_err(|error| Failure::new(FailureKind::Internal, error.to_string()))
}

fn fit(
    id: PictureId,
    path: &Path,
    size: PixelSize,
    fitted: &Mutex<Fitted>,
) -> Result<Arc<Pixels>, Failure> {
    let kept = || fitted.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(pixels) = kept().get(id, size) {
        return Ok(pixels);
    }
    let pixels = Arc::new(picture::fit(
        &decode_for(path, size, &AtomicBool::new(false))?,
        size,
    ));
    kept().put(id, Arc::clone(&pixels));
    Ok(pixels)
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
