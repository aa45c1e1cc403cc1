//! Pictures that an earlier process paid for and did not get: their addresses are in the journal, and only they are asked;
//! what it had written to the disk and to no row is kept.
//! Nothing here makes a call that could be billed.

use std::fs::File;
use std::io::{self, Read};
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use super::check::{Checked, check};
use super::gate::{Cancel, Place};
use super::run::{Run, Stop};
use super::save::{MAX_PICTURE, SAVE_WAITS, not_fetched};
use super::{Inner, Pipeline, Running, Tell, blocking};
use crate::domain::{Failure, FailureKind, Generation, GenerationId, Picture, Progress};
use crate::endpoint::{BaseUrl, Blob, Candidate, Downloader, Image, Origin};
use crate::library::{Adopted, Left};

/// What a demo endpoint gets to answer in: nobody paid for its pictures, and as a rule it is gone.
const DEMO_SILENCE: Duration = Duration::from_secs(2);
const NEXT_START: &str = "its address is kept: the next start tries again";

/// Why pictures are fetched again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Why {
    /// A dead process left them.
    Left,
    /// The user asked for it.
    Asked,
}

impl Pipeline {
    /// Takes up what dead processes left: fetches the pictures whose addresses they had written down. Each tells
    /// [`Progress::Resumed`] first. They wait for each other, never for generations, and generations never for them.
    ///
    /// Empty where nothing is left, and where the library cannot be written.
    pub async fn resume(&self, tell: Tell) -> Result<Vec<Running>, Failure> {
        if self.inner.setup.library.is_read_only() {
            return Ok(Vec::new());
        }
        let inner = Arc::clone(&self.inner);
        let adopted = blocking(move || inner.setup.library.adopt()).await?;
        let running = adopted.into_iter().map(|Adopted { generation, left }| {
            self.take_up(generation, left, Why::Left, Arc::clone(&tell))
        });
        Ok(running.collect())
    }

    /// Fetches what is still at its address of a generation that ended, or that a dead process left, since the user wants
    /// it. Tells [`Progress::Resumed`] first. What cannot be had ends it as before, and its addresses stay.
    ///
    /// Fails where none is open, where somebody is at it, and where the library cannot be written.
    pub async fn fetch_again(&self, id: GenerationId, tell: Tell) -> Result<Running, Failure> {
        let inner = Arc::clone(&self.inner);
        let generation = blocking(move || inner.setup.library.reopen(id)).await?;
        Ok(self.take_up(generation, Vec::new(), Why::Asked, tell))
    }

    fn take_up(&self, generation: Generation, left: Vec<Left>, why: Why, tell: Tell) -> Running {
        tell(
            generation.id,
            Progress::Resumed(Box::new(generation.clone())),
        );
        let cancel = Cancel::default();
        let place = self.inner.resumed.line_up(generation.id);
        let run = Run {
            inner: Arc::clone(&self.inner),
            generation: generation.clone(),
            cancel: cancel.clone(),
            tell,
            downloader: Some(downloader(&generation)),
            called: true,
            without_row: Vec::new(),
        };
        Running {
            generation,
            cancel,
            done: tokio::spawn(run.take_up(place, left, why)),
        }
    }
}

/// Judges addresses by the base URL that the row was asked at, not by today's. Where that is not known, only public
/// places are safe.
fn downloader(generation: &Generation) -> Downloader {
    let base = generation.base_url.as_deref();
    let base = base.and_then(|text| BaseUrl::parse(text).ok());
    let downloader = base
        .as_ref()
        .map_or_else(Downloader::public, Downloader::new);
    if generation.demo {
        downloader.with_times([Duration::ZERO; 4], DEMO_SILENCE)
    } else {
        downloader
    }
}

impl Run {
    /// Fetches what is open, keeps what is on disk already, and gives the final record.
    async fn take_up(mut self, place: Place, left: Vec<Left>, why: Why) -> Generation {
        let by_url = !self.generation.urls.is_empty();
        let outcome = if by_url {
            self.fetch_open(&place, why).await
        } else {
            Ok(())
        };
        drop(place);
        if let Err(failure) = self.rescue(left).await {
            // The files stay, and so does the row: the next start finds both.
            self.generation.failure = Some(failure);
            return self.tell_end();
        }
        if by_url {
            return match outcome {
                Err(Stop::Failed(failure)) if failure.kind == FailureKind::Unreachable => match why
                {
                    Why::Left => self.let_go(failure).await,
                    Why::Asked => self.end(Err(Stop::Failed(not_fetched(failure)))).await,
                },
                outcome => self.end(outcome).await,
            };
        }
        let (inner, generation) = (Arc::clone(&self.inner), self.generation.clone());
        match blocking(move || inner.setup.library.settle(&generation)).await {
            Ok(settled) => self.generation = settled,
            Err(failure) => self.generation.failure = Some(failure),
        }
        self.tell_end()
    }

    /// No host was asked, since none was reached: that says nothing of the pictures, and the next start tries again.
    async fn let_go(mut self, failure: Failure) -> Generation {
        let (inner, generation) = (Arc::clone(&self.inner), self.generation.clone());
        // Where this cannot be written down, the end of this process lets go of it.
        if let Ok(free) = blocking(move || inner.setup.library.release(&generation)).await {
            self.generation = free;
        }
        self.generation.owner_alive = false;
        let failure = not_fetched(failure).hint(NEXT_START);
        self.generation.failure = Some(failure);
        self.tell_end()
    }

    /// Makes files that a dead process had written whole its pictures. One that cannot be had keeps none of the others back.
    async fn rescue(&mut self, left: Vec<Left>) -> Result<(), Failure> {
        let mut outcome = Ok(());
        for one in left {
            let (inner, n) = (Arc::clone(&self.inner), self.free_number());
            let generation = self.generation.clone();
            match blocking(move || rescue(&inner, &generation, n, &one)).await {
                Ok(Some(picture)) => {
                    self.generation.pictures.push(picture.clone());
                    self.say(Progress::Saved(picture));
                }
                Ok(None) => {}
                Err(failure) => outcome = outcome.and(Err(failure)),
            }
        }
        outcome
    }

    async fn fetch_open(&mut self, place: &Place, why: Why) -> Result<(), Stop> {
        self.cancel.clone().guard(place.turn()).await?;
        let mut lost = None;
        let mut waits = SAVE_WAITS.into_iter();
        for url in self.generation.urls.clone() {
            let candidate = Candidate {
                image: Image::Url(url),
                origin: Origin::Structured,
                alone: false,
                draft: false,
                maybe_cut: false,
            };
            match self.one(self.free_number(), &candidate, &mut waits).await {
                Ok(()) => self.note(match why {
                    Why::Left => "fetched at a later start: an earlier run ended before it",
                    Why::Asked => "fetched again, without another call",
                }),
                // One that was not asked for is still to be had.
                Err(Stop::Failed(failure)) => {
                    if lost.as_ref().is_none_or(was_asked) {
                        lost = Some(failure);
                    }
                }
                Err(stop) => return Err(stop),
            }
        }
        self.convert(|_| false).await?;
        match lost {
            Some(_) if self.generation.demo => Err(Stop::Failed(
                Failure::new(
                    FailureKind::Download,
                    "the demo endpoint that made it is gone",
                )
                .hint("run it again: it costs nothing"),
            )),
            Some(failure) => Err(Stop::Failed(failure.billed())),
            None => Ok(()),
        }
    }

    /// The lowest number that no picture has: in the journal, URLs have none.
    fn free_number(&self) -> u16 {
        let taken = |n| self.generation.pictures.iter().any(|p| p.id.n == n);
        (1..u16::MAX).find(|n| !taken(*n)).unwrap_or(u16::MAX)
    }
}

/// Whether the host of a picture was reached.
fn was_asked(failure: &Failure) -> bool {
    failure.kind != FailureKind::Unreachable
}

/// Makes a file that was left a picture, if it is a whole one that the generation does not have yet. What is of no use is
/// removed. What is there and cannot be read may be paid for: that is a failure, so that its row does not end over it.
fn rescue(
    inner: &Inner,
    generation: &Generation,
    n: u16,
    left: &Left,
) -> Result<Option<Picture>, Failure> {
    let library = &inner.setup.library;
    let bytes = match read(left.path()) {
        Ok(Some(bytes)) => bytes,
        Ok(None) => {
            library.discard(left);
            return Ok(None);
        }
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => {
            let what = format!("{} cannot be read: {error}", left.path().display());
            return Err(Failure::new(FailureKind::Library, what)
                .hint("it may be a picture that was paid for: the next start tries again")
                .billed());
        }
    };
    let blob = Blob::from(bytes);
    let checked = check(&blob, false, &inner.decoding);
    if let (Ok(Checked { format, size, .. }), Some(bytes)) = (checked, blob.memory()) {
        return library.save_left(generation, n, left, bytes, format, size);
    }
    library.discard(left);
    Ok(None)
}

/// The whole file; `None` for one that is larger than any picture that was ever kept.
fn read(path: &Path) -> io::Result<Option<Vec<u8>>> {
    let mut bytes = Vec::new();
    let file = File::open(path)?;
    if file.metadata()?.len() > MAX_PICTURE {
        return Ok(None);
    }
    file.take(MAX_PICTURE).read_to_end(&mut bytes)?;
    Ok(Some(bytes))
}
