//! What may start now: first come, first served, never above the cap. Pure; the waiting is done by the gate.

use std::collections::{BTreeSet, VecDeque};

use crate::domain::GenerationId;

/// The order of those that wait, and who is in work.
#[derive(Debug, Clone)]
pub struct Queue {
    parallel: usize,
    waiting: VecDeque<GenerationId>,
    running: BTreeSet<GenerationId>,
}

impl Queue {
    /// At most `parallel` in work at once; 0 counts as 1.
    pub fn new(parallel: usize) -> Self {
        Self {
            parallel: parallel.max(1),
            waiting: VecDeque::new(),
            running: BTreeSet::new(),
        }
    }

    /// Puts one at the end. One that waits or runs already stays where it is.
    pub fn push(&mut self, id: GenerationId) {
        if !self.running.contains(&id) && !self.waiting.contains(&id) {
            self.waiting.push_back(id);
        }
    }

    /// Starts `id` if it is its turn and a slot is free.
    pub fn start(&mut self, id: GenerationId) -> bool {
        if self.running.len() >= self.parallel || self.waiting.front() != Some(&id) {
            return false;
        }
        self.waiting.pop_front();
        self.running.insert(id)
    }

    /// Takes one out, wherever it stands.
    pub fn remove(&mut self, id: GenerationId) {
        self.running.remove(&id);
        self.waiting.retain(|w| *w != id);
    }

    /// How many are in work.
    pub fn running(&self) -> usize {
        self.running.len()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn id(n: u128) -> GenerationId {
        GenerationId::from_number(n)
    }

    #[test]
    fn first_come_first_served_under_the_cap() {
        let mut queue = Queue::new(2);
        for n in 1..=4 {
            queue.push(id(n));
        }
        assert!(!queue.start(id(2)), "it is not its turn");
        assert!(queue.start(id(1)));
        assert!(queue.start(id(2)));
        assert!(!queue.start(id(3)), "both slots are taken");
        queue.remove(id(1));
        assert!(queue.start(id(3)));
        assert_eq!(queue.running(), 2);
    }

    #[test]
    fn one_that_gave_up_waiting_blocks_nobody() {
        let mut queue = Queue::new(1);
        queue.push(id(1));
        queue.push(id(2));
        queue.remove(id(1));
        assert!(queue.start(id(2)));
    }

    #[test]
    fn the_same_one_is_never_in_twice() {
        let mut queue = Queue::new(4);
        queue.push(id(1));
        queue.push(id(1));
        assert!(queue.start(id(1)));
        queue.push(id(1));
        assert!(!queue.start(id(1)));
        assert_eq!(queue.running(), 1);
    }
}
