//! One generation, from request to saved picture: journal -> send -> read -> download -> verify -> save, told as Progress.
//!
//! The studio and the command line both run on this. Nothing here draws, and nothing here decides what is asked.

mod check;
mod convert;
mod gate;
mod queue;
mod reference;
mod resume;
mod run;
mod save;
mod spool;
mod talk;
mod verify;

use std::sync::{Arc, Mutex, OnceLock};
use std::time::Duration;

use jiff::Timestamp;
use tokio::task::{JoinHandle, spawn_blocking};
use uuid::Uuid;

use crate::domain::{
    Catalog, Convert, Failure, FailureKind, Generation, GenerationId, Profile, Progress, Request,
    Secret,
};
use crate::endpoint::{BaseUrl, Client, Downloader, Timeouts};
use crate::library::Library;
use gate::Gate;

pub use convert::{Conversion, convert};
pub use gate::Cancel;
pub use queue::Queue;
pub use reference::find_reference;

/// Where a generation's telling goes. Called from the generation's own task; it must not block.
pub type Tell = Arc<dyn Fn(GenerationId, Progress) + Send + Sync>;

/// What a pipeline is made of.
pub struct Setup {
    /// Where journal and pictures are kept.
    pub library: Library,
    /// What is known of models and ratios.
    pub catalog: Catalog,
    /// Where requests go.
    pub base_url: BaseUrl,
    /// The key, if there is one.
    pub key: Option<Secret>,
    /// Known profiles.
    pub profiles: Vec<Profile>,
    /// The one to start with; the library may remember that this base URL needs its fallback.
    pub profile: String,
    /// Generations in work at once.
    pub parallel: usize,
    /// Silence that ends an answer; models of the 4K tier get twice this.
    pub silence: Duration,
    /// Whether the base URL is the embedded endpoint of this process.
    pub demo: bool,
    /// Whether pictures that come in another format get a second file in the one that was asked.
    pub convert: Convert,
}

/// Takes requests to saved pictures. Cheap to clone.
#[derive(Clone)]
pub struct Pipeline {
    inner: Arc<Inner>,
}

struct Inner {
    setup: Setup,
    gate: Arc<Gate>,
    /// Where those wait that are only fetched again: they take no slot from a generation.
    resumed: Arc<Gate>,
    network: OnceLock<Result<Network, Failure>>,
    /// Held while a picture is decoded that takes the memory of all its pixels.
    decoding: Mutex<()>,
}

/// Clients are made at the first use: reading the system's certificates takes longer than a frame.
struct Network {
    client: Client,
    patient: Client,
    downloader: Downloader,
}

/// A generation that was written down and is on its way.
pub struct Running {
    /// Its record when it was written down.
    pub generation: Generation,
    /// Stops it.
    pub cancel: Cancel,
    /// Ends with its final record; with one that is `answered` if [`Cancel::leave`] left its pictures to be fetched.
    pub done: JoinHandle<Generation>,
}

impl Pipeline {
    /// Refuses a profile that nobody knows.
    pub fn new(setup: Setup) -> Result<Self, Failure> {
        let [gate, resumed] = [(); 2].map(|()| Gate::new(setup.parallel));
        let pipeline = Self {
            inner: Arc::new(Inner {
                setup,
                gate,
                resumed,
                network: OnceLock::new(),
                decoding: Mutex::default(),
            }),
        };
        pipeline.inner.profile(&pipeline.inner.setup.profile)?;
        Ok(pipeline)
    }

    /// Writes the request down and starts it as soon as its turn comes.
    ///
    /// Fails, with nothing sent, when a reference cannot be read or is nothing for this gateway, or the library cannot be
    /// written. `batch` is the id of
    /// the first of those that one key press asked for.
    pub async fn submit(
        &self,
        request: Request,
        batch: Option<GenerationId>,
        tell: Tell,
    ) -> Result<Running, Failure> {
        let id = GenerationId::from_uuid(Uuid::now_v7());
        let now = Timestamp::now().as_millisecond();
        let mut generation =
            Generation::new(id, batch.unwrap_or(id), now, request, self.inner.setup.demo);
        generation.base_url = Some(self.inner.setup.base_url.to_string());
        generation.notices = self
            .inner
            .setup
            .catalog
            .warnings(&generation.request.model, generation.request.format);
        let profile = self.inner.profile_in_use().await?;
        reference::suit(&profile, &generation.request.references)?;
        let inner = Arc::clone(&self.inner);
        let generation = blocking(move || {
            let library = &inner.setup.library;
            reference::keep_all(library, &mut generation.request.references)?;
            library.prepare(&mut generation)?;
            Ok(generation)
        })
        .await?;
        tell(id, Progress::Prepared(Box::new(generation.clone())));
        let cancel = Cancel::default();
        let place = self.inner.gate.line_up(id);
        let run = run::Run {
            inner: Arc::clone(&self.inner),
            generation: generation.clone(),
            cancel: cancel.clone(),
            tell,
            downloader: None,
            called: false,
            without_row: Vec::new(),
        };
        Ok(Running {
            generation,
            cancel,
            done: tokio::spawn(run.finish(place)),
        })
    }

    /// The names that the gateway lists.
    pub async fn models(&self) -> Result<Vec<String>, Failure> {
        self.inner.network().await?.client.models().await
    }
}

impl Inner {
    async fn network(self: &Arc<Self>) -> Result<&Network, Failure> {
        if self.network.get().is_none() {
            let inner = Arc::clone(self);
            blocking(move || {
                inner.network.get_or_init(|| Network::new(&inner.setup));
                Ok(())
            })
            .await?;
        }
        match self.network.get() {
            Some(Ok(network)) => Ok(network),
            Some(Err(failure)) => Err(failure.clone()),
            None => Err(Failure::new(FailureKind::Internal, "no HTTP client")),
        }
    }

    /// The profile of the settings, or its fallback where this base URL was found to need that.
    async fn profile_in_use(self: &Arc<Self>) -> Result<Profile, Failure> {
        let inner = Arc::clone(self);
        blocking(move || {
            let setup = &inner.setup;
            let profile = inner.profile(&setup.profile)?;
            let remembered = setup
                .library
                .endpoint_profile(&setup.base_url.to_string(), &profile.name)?
                .filter(|name| profile.fallback.as_ref() == Some(name))
                .and_then(|name| inner.profile(&name).ok());
            Ok(remembered.unwrap_or(profile).clone())
        })
        .await
    }

    fn profile(&self, name: &str) -> Result<&Profile, Failure> {
        let profiles = &self.setup.profiles;
        profiles.iter().find(|p| p.name == name).ok_or_else(|| {
            let known: Vec<&str> = profiles.iter().map(|p| p.name.as_str()).collect();
            Failure::new(FailureKind::Config, format!("there is no profile {name}"))
                .hint(format!("known are {}", known.join(", ")))
        })
    }
}

impl Network {
    fn new(setup: &Setup) -> Result<Self, Failure> {
        let client = |silence: Duration| {
            Client::new(
                setup.base_url.clone(),
                setup.key.clone(),
                Timeouts {
                    silence,
                    ..Timeouts::default()
                },
            )
        };
        Ok(Self {
            client: client(setup.silence)?,
            patient: client(setup.silence * 2)?,
            downloader: Downloader::new(&setup.base_url),
        })
    }
}

/// Runs disk work off the event loop; a panic in it is a failure like others.
pub async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, Failure> + Send + 'static,
) -> Result<T, Failure> {
    spawn_blocking(work).await.unwrap_or_else(|_| {
        Err(Failure::new(
            FailureKind::Internal,
            "a background task ended in a panic",
        ))
    })
}
