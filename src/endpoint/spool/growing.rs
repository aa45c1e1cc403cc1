//! A picture that is arriving as base64: decoded at once, kept in memory while it is small, then handed to the spool. A spool
//! that fails costs memory and no picture.

use std::io::Read;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, LazyLock};

use base64::Engine;
use base64::engine::GeneralPurposeConfig;
use base64::engine::general_purpose::STANDARD;

use super::{Blob, Held, Kept, Lost, STEP, Spool};

/// The largest blob, bytes (RELIABILITY N4: 64 MB a picture).
pub(in crate::endpoint) const MAX_BLOB: u64 = 64 * 1024 * 1024;
/// What is kept of one blob in memory where there is a spool, bytes.
pub(in crate::endpoint) const IN_MEMORY: usize = 1024 * 1024;
/// The most stores of one answer at a time. It may hold 16 pictures (N4), each as a draft and again at its end; every store
/// is an open file.
const MOST_STORES: usize = 48;

/// Decodes with vector instructions where the machine has them: about three times the speed of the plain engine.
#[cfg(any(
    target_arch = "x86_64",
    all(target_arch = "aarch64", target_feature = "neon")
))]
static ENGINE: LazyLock<base64::engine::Simd> =
    LazyLock::new(|| base64::engine::Simd::standard(GeneralPurposeConfig::new()));
#[cfg(not(any(
    target_arch = "x86_64",
    all(target_arch = "aarch64", target_feature = "neon")
)))]
static ENGINE: LazyLock<base64::engine::GeneralPurpose> = LazyLock::new(|| STANDARD.clone());

/// Where the blobs of one answer may go. Clones count together.
#[derive(Clone, Default)]
pub(in crate::endpoint) struct Depot {
    spool: Option<Arc<dyn Spool>>,
    /// How many of its stores are there.
    stores: Arc<AtomicUsize>,
}

impl Depot {
    pub(in crate::endpoint) fn new(spool: Arc<dyn Spool>) -> Self {
        Self {
            spool: Some(spool),
            stores: Arc::default(),
        }
    }
}

impl std::fmt::Debug for Depot {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Depot({:?} stores)", self.stores)
    }
}

/// A blob that is arriving.
#[derive(Debug)]
pub(in crate::endpoint) struct Growing {
    depot: Depot,
    kept: Part,
    len: u64,
    /// The last 0..=3 characters, which make no whole group yet; or a padded group that is left to lenient eyes.
    rest: Vec<u8>,
    /// Its last group was padded: nothing can follow.
    padded: bool,
    lost: Option<Lost>,
    scratch: Vec<u8>,
}

enum Part {
    Memory(Vec<u8>),
    /// The spool failed once: all the rest stays in memory too.
    OnlyMemory(Vec<u8>),
    Stored(Held),
}

impl Growing {
    /// Empty.
    pub(in crate::endpoint) fn new(depot: &Depot) -> Self {
        Self {
            depot: depot.clone(),
            kept: Part::Memory(Vec::new()),
            len: 0,
            rest: Vec::new(),
            padded: false,
            lost: None,
            scratch: Vec::new(),
        }
    }

    /// One that is known to be lost, and is only read to its end.
    pub(in crate::endpoint) fn lost(depot: &Depot, why: Lost) -> Self {
        Self {
            lost: Some(why),
            ..Self::new(depot)
        }
    }

    /// Goes on with a blob that ended before its picture did, if it fits into `room`, bytes.
    pub(in crate::endpoint) fn resume(depot: &Depot, blob: Blob, room: u64) -> Self {
        if blob.len > room {
            return Self::lost(depot, Lost::TooLarge);
        }
        let mut growing = Self::new(depot);
        growing.len = blob.len;
        growing.padded = !blob.len.is_multiple_of(3);
        match blob.kept {
            Kept::Memory(bytes) => {
                growing.kept = Part::Memory(Arc::unwrap_or_clone(bytes));
            }
            Kept::Stored(held) => match Arc::try_unwrap(held) {
                Ok(held) => growing.kept = Part::Stored(held),
                // Someone else holds it: theirs must not grow.
                Err(held) => {
                    let blob = Blob {
                        kept: Kept::Stored(held),
                        len: blob.len,
                    };
                    growing.len = 0;
                    growing.padded = false;
                    growing.take(&blob, room);
                }
            },
        }
        growing
    }

    /// Takes base64 up to the first byte that is none, and says how many bytes that was. `room` is what the answer may still
    /// bring, bytes.
    pub(in crate::endpoint) fn feed(&mut self, run: &[u8], room: u64) -> usize {
        if !self.is_open() {
            return 0;
        }
        let mut at = 0;
        while !self.rest.is_empty() {
            match run.get(at) {
                Some(byte) if is_standard(*byte) => self.rest.push(*byte),
                _ => return at,
            }
            at += 1;
            if self.rest.len() == 4 {
                let group = std::mem::take(&mut self.rest);
                self.decode(&group, room);
            }
        }
        loop {
            let left = &run[at..];
            let groups = left.len().min(STEP / 3 * 4) / 4 * 4;
            if groups == 0 {
                break;
            }
            // Decoding finds the end of the run by failing there: looking for it first would cost another pass.
            if self.decode(&left[..groups], room) {
                at += groups;
                continue;
            }
            let run = left.iter().take_while(|b| is_standard(**b)).count();
            if run < groups {
                let whole = run / 4 * 4;
                self.decode(&left[..whole], room);
                self.rest.extend_from_slice(&left[whole..run]);
                return at + run;
            }
            at += groups;
        }
        let left = &run[at..];
        let run = left.iter().take_while(|b| is_standard(**b)).count();
        self.rest.extend_from_slice(&left[..run]);
        at + run
    }

    /// Takes one `=`, if it can stand here.
    pub(in crate::endpoint) fn pad(&mut self, room: u64) -> bool {
        if self.padded || !(2..4).contains(&self.rest.len()) {
            return false;
        }
        self.rest.push(b'=');
        if self.rest.len() == 4 {
            let group = std::mem::take(&mut self.rest);
            match STANDARD.decode(&group) {
                Ok(bytes) => {
                    self.padded = true;
                    self.keep(&bytes, room);
                }
                // Stray bits: the text behind the mark is read leniently.
                Err(_) => self.rest = group,
            }
        }
        true
    }

    /// Whether more can follow: no padding came.
    pub(in crate::endpoint) fn is_open(&self) -> bool {
        !self.padded && !self.rest.contains(&b'=')
    }

    /// Takes all of another blob, as if its base64 came here.
    pub(in crate::endpoint) fn take(&mut self, blob: &Blob, room: u64) {
        let mut reader = blob.reader();
        let mut buffer = vec![0; STEP];
        let mut left = blob.len;
        let aligned = self.rest.is_empty();
        while left > 0 {
            let n = usize::try_from(left).unwrap_or(STEP).min(STEP);
            if reader.read_exact(&mut buffer[..n]).is_err() {
                return self.lose(Lost::Unreadable);
            }
            if aligned {
                self.keep(&buffer[..n], room);
            } else {
                let text = STANDARD.encode(&buffer[..n]);
                let taken = self.feed(text.as_bytes(), room);
                for _ in taken..text.len() {
                    self.pad(room);
                }
            }
            left -= n as u64;
        }
        self.padded |= aligned && !blob.len.is_multiple_of(3);
    }

    /// Adds bytes that are decoded already.
    pub(in crate::endpoint) fn keep(&mut self, bytes: &[u8], room: u64) {
        if self.lost.is_some() {
            return;
        }
        self.len += bytes.len() as u64;
        if self.len > MAX_BLOB.min(room) {
            return self.lose(Lost::TooLarge);
        }
        match &mut self.kept {
            Part::OnlyMemory(held) => held.extend_from_slice(bytes),
            Part::Memory(held) if held.len() + bytes.len() <= IN_MEMORY => {
                held.extend_from_slice(bytes);
            }
            Part::Memory(held) => {
                let mut held = std::mem::take(held);
                held.extend_from_slice(bytes);
                self.spill(held);
            }
            Part::Stored(held) => {
                if held.store.append(bytes).is_err() {
                    self.back(bytes);
                }
            }
        }
    }

    /// Moves what is in memory to the spool.
    fn spill(&mut self, bytes: Vec<u8>) {
        let Some(spool) = &self.depot.spool else {
            self.kept = Part::OnlyMemory(bytes);
            return;
        };
        if self.depot.stores.load(Ordering::Relaxed) >= MOST_STORES {
            return self.lose(Lost::TooMany);
        }
        let begun = spool.begin().and_then(|mut store| {
            store.append(&bytes)?;
            Ok(Held::new(store, &self.depot.stores))
        });
        self.kept = begun.map_or(Part::OnlyMemory(bytes), Part::Stored);
    }

    /// Takes back what the spool holds, since it takes no more: a disk that is full loses nothing.
    fn back(&mut self, bytes: &[u8]) {
        let before = self.len - bytes.len() as u64;
        let Part::Stored(held) = std::mem::replace(&mut self.kept, Part::Memory(Vec::new())) else {
            return;
        };
        let stored = Blob {
            kept: Kept::Stored(Arc::new(held)),
            len: before,
        };
        match stored.to_vec() {
            Ok(mut all) => {
                all.extend_from_slice(bytes);
                self.kept = Part::OnlyMemory(all);
            }
            Err(_) => self.lose(Lost::Unreadable),
        }
    }

    /// The characters that make no whole group.
    pub(in crate::endpoint) fn rest(&self) -> &[u8] {
        &self.rest
    }

    /// The blob, and the characters that are left over.
    pub(in crate::endpoint) fn finish(self) -> (Result<Blob, Lost>, Vec<u8>) {
        let kept = match self.kept {
            Part::Memory(bytes) | Part::OnlyMemory(bytes) => Kept::Memory(Arc::new(bytes)),
            Part::Stored(held) => Kept::Stored(Arc::new(held)),
        };
        let blob = Blob {
            kept,
            len: self.len,
        };
        (self.lost.map_or(Ok(blob), Err), self.rest)
    }

    /// Decodes whole groups; `false`, with nothing kept, where not all of it is base64 without padding.
    fn decode(&mut self, groups: &[u8], room: u64) -> bool {
        let length = groups.len() / 4 * 3;
        if self.lost.is_some() {
            return groups.iter().all(|b| is_standard(*b));
        }
        let mut scratch = std::mem::take(&mut self.scratch);
        if scratch.len() < length {
            scratch.resize(length, 0);
        }
        let decoded = ENGINE.decode_slice(groups, &mut scratch[..length]);
        let whole = decoded.is_ok_and(|n| n == length);
        if whole {
            self.keep(&scratch[..length], room);
        }
        self.scratch = scratch;
        whole
    }

    /// Keeps nothing of it, and only reads it to its end.
    pub(in crate::endpoint) fn lose(&mut self, why: Lost) {
        self.lost = Some(why);
        self.kept = Part::Memory(Vec::new());
    }
}

impl std::fmt::Debug for Part {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Memory(bytes) | Self::OnlyMemory(bytes) => write!(f, "Memory({})", bytes.len()),
            Self::Stored(_) => f.write_str("Stored"),
        }
    }
}

/// A character of the standard alphabet, without padding.
pub(in crate::endpoint) const fn is_standard(byte: u8) -> bool {
    matches!(byte, b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'+' | b'/')
}
