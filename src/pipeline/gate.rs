//! Waiting for one's turn, and being cancelled: the two things a generation can be stopped by.

use std::future::Future;
use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::{Notify, watch};

use super::queue::Queue;
use crate::domain::GenerationId;

/// The queue with somewhere to wait.
pub(super) struct Gate {
    queue: Mutex<Queue>,
    moved: Notify,
}

impl Gate {
    pub(super) fn new(parallel: usize) -> Arc<Self> {
        Arc::new(Self {
            queue: Mutex::new(Queue::new(parallel)),
            moved: Notify::new(),
        })
    }

    fn with<T>(&self, change: impl FnOnce(&mut Queue) -> T) -> T {
        change(&mut self.queue.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Takes a place in the line at once, in the order of the calls.
    pub(super) fn line_up(self: &Arc<Self>, id: GenerationId) -> Place {
        self.with(|queue| queue.push(id));
        Place {
            gate: Arc::clone(self),
            id,
        }
    }
}

/// A place in the line, later a slot; given back when dropped.
pub(super) struct Place {
    gate: Arc<Gate>,
    id: GenerationId,
}

impl Place {
    /// Waits until a slot is free and everyone before has started.
    pub(super) async fn turn(&self) {
        loop {
            let mut moved = std::pin::pin!(self.gate.moved.notified());
            // Listening before looking, so that a slot freed in between is not missed.
            moved.as_mut().enable();
            if self.gate.with(|queue| queue.start(self.id)) {
                self.gate.moved.notify_waiters();
                return;
            }
            moved.await;
        }
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        self.gate.with(|queue| queue.remove(self.id));
        self.gate.moved.notify_waiters();
    }
}

/// Stops one generation; cheap to clone.
#[derive(Clone)]
pub struct Cancel(Arc<watch::Sender<bool>>);

impl Default for Cancel {
    fn default() -> Self {
        Self(Arc::new(watch::Sender::new(false)))
    }
}

/// The user stopped it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Cancelled;

impl Cancel {
    /// Stops it, now or before it starts. What is on disk stays there.
    pub fn cancel(&self) {
        self.0.send_replace(true);
    }

    /// Runs `work` unless and until it is cancelled; then `work` is dropped, which closes its connection.
    pub(super) async fn guard<T>(&self, work: impl Future<Output = T>) -> Result<T, Cancelled> {
        let mut receiver = self.0.subscribe();
        tokio::select! {
            biased;
            _ = receiver.wait_for(|stop| *stop) => Err(Cancelled),
            done = work => Ok(done),
        }
    }
}
