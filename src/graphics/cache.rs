//! Encoded payloads, kept so that going back to a picture costs no encoding. The least recently used go first.

use std::sync::Arc;

use super::payload::{Payload, PayloadKey};

/// Bytes of payloads that are kept: some twenty fitted pictures as PNG, hundreds as half-blocks.
const MOST_BYTES: usize = 32 << 20;

#[derive(Debug, Default)]
pub(super) struct Cache {
    /// Least recently used first.
    entries: Vec<(PayloadKey, Arc<Payload>)>,
    bytes: usize,
}

impl Cache {
    pub fn get(&mut self, key: &PayloadKey) -> Option<Arc<Payload>> {
        let at = self.entries.iter().position(|(k, _)| k == key)?;
        let entry = self.entries.remove(at);
        let payload = Arc::clone(&entry.1);
        self.entries.push(entry);
        Some(payload)
    }

    pub fn insert(&mut self, key: PayloadKey, payload: Arc<Payload>) {
        self.remove(&key);
        self.bytes += payload.len();
        self.entries.push((key, payload));
        while self.bytes > MOST_BYTES && self.entries.len() > 1 {
            let (_, oldest) = self.entries.remove(0);
            self.bytes -= oldest.len();
        }
    }

    fn remove(&mut self, key: &PayloadKey) {
        if let Some(at) = self.entries.iter().position(|(k, _)| k == key) {
            let (_, payload) = self.entries.remove(at);
            self.bytes -= payload.len();
        }
    }
}
