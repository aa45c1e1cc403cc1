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

/// How far a generation is to be stopped; a later order only goes further.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Order {
    Go,
    /// Unless its request has left.
    Unsent,
    /// The process ends: what can be finished by the next one is left as it is.
    Leave,
    /// The user does not want it.
    Cancel,
}

/// Stops one generation; cheap to clone.
#[derive(Clone)]
pub struct Cancel(Arc<watch::Sender<Order>>);

impl Default for Cancel {
    fn default() -> Self {
        Self(Arc::new(watch::Sender::new(Order::Go)))
    }
}

/// It was stopped from outside.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Cancelled;

impl Cancel {
    /// Stops it, now or before it starts: the user does not want it. What is on disk stays there.
    pub fn cancel(&self) {
        self.order(Order::Cancel);
    }

    /// Stops it if its request has not left yet. What was sent is paid for and goes on.
    pub fn cancel_unsent(&self) {
        self.order(Order::Unsent);
    }

    /// Stops it because the process ends. As [`Self::cancel`], but one whose pictures' URLs are known is not given up: its
    /// row stays as it is, for the next process to fetch them.
    pub fn leave(&self) {
        self.order(Order::Leave);
    }

    fn order(&self, order: Order) {
        self.0.send_if_modified(|now| {
            let further = order > *now;
            *now = order.max(*now);
            further
        });
    }

    /// Whether it is stopped only because the process ends.
    pub(super) fn is_left(&self) -> bool {
        *self.0.borrow() == Order::Leave
    }

    /// Refuses one that is to be stopped and whose request has not left.
    pub(super) fn check_unsent(&self) -> Result<(), Cancelled> {
        let stopped = *self.0.borrow() >= Order::Unsent;
        if stopped { Err(Cancelled) } else { Ok(()) }
    }

    /// Runs `work`, which comes before the request leaves, unless and until it is stopped.
    pub(super) async fn guard_unsent<T>(
        &self,
        work: impl Future<Output = T>,
    ) -> Result<T, Cancelled> {
        self.until(Order::Unsent, work).await
    }

    /// Runs `work`, which comes after, unless and until it is stopped; then `work` is dropped, which closes its connection.
    pub(super) async fn guard<T>(&self, work: impl Future<Output = T>) -> Result<T, Cancelled> {
        self.until(Order::Leave, work).await
    }

    async fn until<T>(&self, least: Order, work: impl Future<Output = T>) -> Result<T, Cancelled> {
        let mut receiver = self.0.subscribe();
        tokio::select! {
            biased;
            _ = receiver.wait_for(|order| *order >= least) => Err(Cancelled),
            done = work => Ok(done),
        }
    }
}
