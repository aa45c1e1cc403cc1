//! From an answer to files: fetched, checked, kept untouched, and told where they differ from the wish.

use std::sync::Arc;
use std::time::Duration;

use tokio::task::spawn_blocking;
use tokio::time::sleep;

use super::check::{Checked, check, is_whole};
use super::run::{Run, Stop};
use super::{blocking, spool, verify};
use crate::domain::{Failure, FailureKind, FileFormat, Picture, PictureId, Progress, Step};
use crate::endpoint::{Answer, Blob, Candidate, Download, Image, Origin};
use crate::library::Spooled;

/// The largest picture in bytes (RELIABILITY N4).
pub(super) const MAX_PICTURE: u64 = 64 * 1024 * 1024;
/// How long a library that refuses an answer's pictures is waited for in all: five minutes to make room on the disk.
pub(super) const SAVE_WAITS: [Duration; 5] = [
    Duration::from_secs(1),
    Duration::from_secs(5),
    Duration::from_secs(24),
    Duration::from_secs(90),
    Duration::from_secs(180),
];

impl Run {
    /// Saves every picture of the answer. Without any, the answer's own reason is the end.
    pub(super) async fn save(&mut self, answer: Answer) -> Result<(), Stop> {
        let images: Vec<Image> = answer.images.iter().map(|c| c.image.clone()).collect();
        let outcome = self.save_all(answer).await;
        // What was not saved may be files, whose removal may block.
        let _ = spawn_blocking(move || drop(images)).await;
        outcome
    }

    async fn save_all(&mut self, answer: Answer) -> Result<(), Stop> {
        self.keep_words(&answer);
        for candidate in &answer.images {
            if let Image::Url(url) = &candidate.image
                && !self.generation.urls.contains(url)
            {
                self.generation.urls.push(url.clone());
            }
        }
        if !self.generation.urls.is_empty() {
            self.jot(Step::Answer).await;
        }
        let mut lost = None;
        let mut waits = SAVE_WAITS.into_iter();
        let mut left = None;
        // What came inside the answer is whole and in no other place: it does not wait for what is fetched.
        let is_url = |candidate: &Candidate| matches!(candidate.image, Image::Url(_));
        let mut candidates: Vec<(u16, &Candidate)> = (1..).zip(&answer.images).collect();
        candidates.sort_by_key(|(_, candidate)| is_url(candidate));
        for (n, candidate) in candidates {
            if left.is_some() && is_url(candidate) {
                break;
            }
            match self.one(n, candidate, &mut waits).await {
                Ok(()) => {}
                Err(Stop::Cancelled) if self.cancel.is_left() && !is_url(candidate) => {
                    // The others of them are tried once each, before the process ends.
                    for _ in waits.by_ref() {}
                    left = Some(Stop::Cancelled);
                }
                Err(stop @ (Stop::Cancelled | Stop::CancelledUnsent)) => return Err(stop),
                Err(Stop::Failed(failure) | Stop::Refused(failure)) => {
                    let failure = not_fetched(failure);
                    if answer.images.len() > 1 {
                        self.note(&format!("picture {n}: {}", failure.message));
                    }
                    // A picture that came and could not be saved weighs more than one that did not come.
                    if lost
                        .as_ref()
                        .is_none_or(|l: &Failure| l.kind != FailureKind::Library)
                    {
                        lost = Some(failure);
                    }
                }
            }
        }
        if let Some(stop) = left {
            return Err(stop);
        }
        if !self.generation.pictures.is_empty() {
            // A picture that came is paid for; an error beside it is a word beside it.
            if let Some(failure) = &answer.failure {
                self.note(failure.message.as_str());
            }
            self.select(&answer).await?;
            let images = &answer.images;
            let of = |n: u16| usize::from(n).checked_sub(1).and_then(|at| images.get(at));
            return self
                .convert(|n| of(n).is_some_and(|image| image.draft))
                .await;
        }
        Err(self.without_picture(answer, lost))
    }

    /// Why there is no picture; `lost` is why the last one that was named could not be had.
    fn without_picture(&mut self, answer: Answer, lost: Option<Failure>) -> Stop {
        let Some(lost) = lost else {
            return answer.failure.map_or_else(
                || {
                    let none = "the answer holds no picture";
                    Stop::Failed(Failure::new(FailureKind::NoPicture, none).billed())
                },
                ended,
            );
        };
        // A whole picture came, and the library would not have it.
        if lost.kind == FailureKind::Library {
            return Stop::Failed(lost.billed());
        }
        if let Some(words) = answer.words_only {
            if answer.images.len() == 1 {
                self.note(lost.message.as_str());
            }
            return ended(words);
        }
        // An address that may be half a one does not lead far; that the answer broke off is the cause.
        let cut = answer.images.iter().all(|c| c.maybe_cut);
        Stop::Failed(answer.failure.filter(|_| cut).unwrap_or(lost).billed())
    }

    fn keep_words(&mut self, answer: &Answer) {
        let generation = &mut self.generation;
        generation.text.clone_from(&answer.text);
        generation.reasoning.clone_from(&answer.reasoning);
        generation.model_answered.clone_from(&answer.model);
        generation.finish_reason.clone_from(&answer.finish_reason);
        generation.usage.clone_from(&answer.usage);
        if let Some(notice) = verify::model(&generation.request, answer.model.as_ref()) {
            self.note(notice.as_str());
        }
        for notice in &answer.notices {
            self.note(notice.as_str());
        }
    }

    /// Fetches, checks and saves one picture. `waits` are those that are left for the library.
    pub(super) async fn one(
        &mut self,
        n: u16,
        candidate: &Candidate,
        waits: &mut impl ExactSizeIterator<Item = Duration>,
    ) -> Result<(), Stop> {
        let (blob, url) = match &candidate.image {
            Image::Inline(blob) => (blob.clone(), None),
            Image::Url(url) => {
                let fetched = self.fetch(n, url, candidate.is_certain()).await?;
                (fetched, Some(url.clone()))
            }
        };
        let held = blob.clone();
        let outcome = self.keep(n, candidate, blob, url, waits).await;
        if held.memory().is_none() {
            // What was not saved is a file, whose removal may block.
            let _ = spawn_blocking(move || drop(held)).await;
        }
        outcome
    }

    /// Checks and saves one picture.
    async fn keep(
        &mut self,
        n: u16,
        candidate: &Candidate,
        blob: Blob,
        url: Option<String>,
        waits: &mut impl ExactSizeIterator<Item = Duration>,
    ) -> Result<(), Stop> {
        let bare = candidate.origin == Origin::Bare;
        let (looked_at, inner) = (blob.clone(), Arc::clone(&self.inner));
        let checked = blocking(move || check(&looked_at, bare, &inner.decoding)).await?;
        let picture = self.put(n, blob, &checked, url, waits).await?;
        let catalog = &self.inner.setup.catalog;
        let Checked { format, size, .. } = checked;
        let mut notices = verify::picture(&self.generation.request, catalog, format, size);
        notices.extend(checked.trouble.map(|e| verify::kept(&picture.path, e)));
        if !candidate.draft {
            for notice in notices {
                self.note(notice.as_str());
            }
        }
        self.generation
            .urls
            .retain(|url| Some(url) != picture.url.as_ref());
        self.generation.pictures.push(picture.clone());
        self.generation.pictures.sort_by_key(|p| p.id.n);
        self.say(Progress::Saved(picture));
        Ok(())
    }

    /// Puts the bytes into the library. They are paid for: a library that refuses (a full disk, a busy history) is asked
    /// again as long as there are waits, unless the user stops it.
    async fn put(
        &mut self,
        n: u16,
        mut blob: Blob,
        checked: &Checked,
        url: Option<String>,
        waits: &mut impl ExactSizeIterator<Item = Duration>,
    ) -> Result<Picture, Stop> {
        let generation = Arc::new(self.generation.clone());
        let &Checked { format, size, .. } = checked;
        loop {
            let inner = Arc::clone(&self.inner);
            let (generation, url) = (Arc::clone(&generation), url.clone());
            let saved = blocking(move || {
                let library = &inner.setup.library;
                let url = url.as_deref();
                let saved = match blob.stored::<Spooled>() {
                    Some(spooled) => {
                        library.save_spooled(&generation, n, spooled, format, size, url)
                    }
                    None => match blob.memory() {
                        Some(bytes) => {
                            library.save_picture(&generation, n, bytes, format, size, url)
                        }
                        None => Err(Failure::new(FailureKind::Internal, "a store of no library")),
                    },
                };
                Ok(saved.map_err(|failure| (failure, again(blob))))
            });
            let (failure, left) = match saved.await? {
                Ok(picture) => return Ok(picture),
                Err(left) => left,
            };
            blob = left;
            let first = waits.len() == SAVE_WAITS.len();
            let Some(wait) = waits
                .next()
                .filter(|_| failure.kind == FailureKind::Library)
            else {
                self.look_without_row(blob, format).await;
                return Err(failure.into());
            };
            if first {
                self.note(&format!("cannot save: {}; trying again", failure.message));
            }
            if let Err(cancelled) = self.cancel.guard(sleep(wait)).await {
                self.look_without_row(blob, format).await;
                return Err(cancelled.into());
            }
        }
    }

    /// Remembers where a picture that is given up has its file all the same.
    async fn look_without_row(&mut self, blob: Blob, format: FileFormat) {
        let (inner, generation) = (Arc::clone(&self.inner), self.generation.clone());
        let found = blocking(move || match blob.memory() {
            Some(bytes) => inner.setup.library.without_row(&generation, bytes, format),
            None => Ok(None),
        });
        self.without_row.extend(found.await.ok().flatten());
    }

    async fn fetch(&mut self, n: u16, url: &str, certain: bool) -> Result<Blob, Stop> {
        let cancel = self.cancel.clone();
        let inner = Arc::clone(&self.inner);
        let downloader = match &self.downloader {
            Some(downloader) => downloader,
            None => &inner.network().await?.downloader,
        };
        let spool = spool::into(&inner.setup.library, &self.generation);
        let mut download = Download::new(url, certain, MAX_PICTURE).spooling(&spool);
        let fetched = downloader.fetch(&mut download, is_whole, |got| {
            self.say(Progress::Downloading {
                n,
                received: got.received,
                total: got.total,
                attempt: got.attempt,
            });
        });
        let fetched = cancel.guard(fetched).await;
        // In any case: what was given up may still be being written.
        download.close().await;
        Ok(fetched??)
    }

    /// The last picture that was saved stands for the generation, or the one that the answer means.
    async fn select(&mut self, answer: &Answer) -> Result<(), Failure> {
        let Some(n) = answer.selected.and_then(|i| u16::try_from(i + 1).ok()) else {
            return Ok(());
        };
        let id = PictureId {
            generation: self.generation.id,
            n,
        };
        if self.generation.pictures.iter().any(|p| p.id == id) {
            let inner = Arc::clone(&self.inner);
            let selected = blocking(move || inner.setup.library.select_picture(id)).await?;
            self.generation.pictures = selected.pictures;
        }
        Ok(())
    }
}

/// The gateway was reached, if not the picture's host: of the generation, its download failed.
pub(super) fn not_fetched(mut failure: Failure) -> Failure {
    if failure.kind == FailureKind::Unreachable {
        failure.kind = FailureKind::Download;
        return failure.billed();
    }
    failure
}

/// What the next try saves: from memory, since a file whose writing failed once is not to be trusted.
fn again(blob: Blob) -> Blob {
    let back = blob.stored::<Spooled>().and_then(|s| s.read_back().ok());
    back.map_or(blob, Blob::from)
}

/// An answer that ended well, without any picture, is the model's refusal; all else is a failure.
fn ended(failure: Failure) -> Stop {
    if matches!(failure.kind, FailureKind::Refused | FailureKind::NoPicture) {
        Stop::Refused(failure)
    } else {
        Stop::Failed(failure)
    }
}
