//! What both faces run on: the library, the pipeline, and the embedded endpoint where no gateway is named.

use std::time::Duration;

use jiff::tz::TimeZone;

use crate::config::{API_KEY, Config, DemoPolicy, Environment, KeyFile, api_key};
use crate::demo;
use crate::domain::{Failure, FailureKind};
use crate::endpoint::BaseUrl;
use crate::library::{Library, Thumbnails};
use crate::pipeline::{Pipeline, Setup};
use crate::runtime::profile_for;

/// The profile of the endpoint's document.
const DOCUMENTED: &str = "documented";

/// An open library with a pipeline over it.
pub struct World {
    /// The disk edge.
    pub library: Library,
    /// Small pictures for first looks; `None` without a home.
    pub thumbnails: Option<Thumbnails>,
    /// Takes requests to saved pictures.
    pub pipeline: Pipeline,
    /// Where requests go.
    pub base_url: BaseUrl,
    /// Whether that is the embedded endpoint.
    pub demo: bool,
    /// Keeps the embedded endpoint alive.
    _server: Option<demo::Server>,
}

impl World {
    /// Opens the library, and starts the embedded endpoint if no base URL is set and the settings allow it.
    ///
    /// `consents` is asked before a key would travel over plain http to another machine, where the settings say nothing
    /// of it.
    pub async fn open(
        config: &Config,
        environment: &Environment,
        consents: impl AsyncFnOnce(&BaseUrl) -> bool,
    ) -> Result<Self, Failure> {
        let settings = &config.settings;
        let named = settings.base_url.value.as_deref().map(BaseUrl::parse);
        let named = named.transpose()?;
        if named.is_none() {
            refuse_demo(config, environment)?;
        }
        let mut key = None;
        if let Some(url) = &named {
            key = api_key(environment, config, &url.origin())?;
            let open = url.needs_care_with_key() && !settings.allow_http.value;
            if key.is_some() && open && !consents(url).await {
                return Err(Failure::new(
                    FailureKind::Config,
                    format!("the key would travel unencrypted to {url}"),
                )
                .hint("use an https:// base URL, or set allow_http = true under [endpoint]"));
            }
        }
        let library = Library::open(&settings.library.value, TimeZone::system())?;
        let (base_url, server) = if let Some(url) = named {
            (url, None)
        } else {
            let server = start_demo(config).await?;
            (BaseUrl::parse(&server.base_url())?, Some(server))
        };
        let demo = server.is_some();
        let named = profile_for(config, &base_url)?;
        // The embedded endpoint speaks the document, whatever the settings say about gateways.
        let profile = if demo { DOCUMENTED } else { &named.value };
        let pipeline = Pipeline::new(Setup {
            library: library.clone(),
            catalog: config.catalog.clone(),
            base_url: base_url.clone(),
            key,
            profiles: config.profiles.clone(),
            profile: profile.to_owned(),
            parallel: usize::from(settings.parallel.value),
            silence: Duration::from_secs(u64::from(settings.silence_s.value)),
            demo,
            convert: settings.convert.value,
        })?;
        Ok(Self {
            library,
            thumbnails: config.paths.thumbnails.clone().map(Thumbnails::new),
            pipeline,
            base_url,
            demo,
            _server: server,
        })
    }
}

async fn start_demo(config: &Config) -> Result<demo::Server, Failure> {
    let options = demo::Options::new(config.catalog.clone());
    demo::start(options).await.map_err(|error| {
        Failure::new(
            FailureKind::Internal,
            format!("the embedded endpoint cannot listen on 127.0.0.1: {error}"),
        )
        .hint("name a gateway with --base-url")
    })
}

/// Without a base URL: a key alone is a mistake, and the user may not want the demo.
fn refuse_demo(config: &Config, environment: &Environment) -> Result<(), Failure> {
    let settings = &config.settings;
    let no_url = |what: &str, instead: &str| {
        let what = format!("{what}, but no base URL says where to send it");
        Err(Failure::new(FailureKind::Config, what).hint(format!(
            "set PLANTAIN_BASE_URL, --base-url, or base_url under [endpoint]; {instead} to use the demo"
        )))
    };
    if environment.var(API_KEY).is_some() {
        return no_url(&format!("{API_KEY} is set"), "unset the key");
    }
    if settings.api_key_command.value.is_some() {
        return no_url("api_key_command is set", "unset the key");
    }
    // A stored key names its gateway, but not that this call is for it: `--base-url` may have been forgotten, and
    // whoever keeps a key did not come for procedural pictures.
    if let Some(origin) = KeyFile::of(&config.paths).origins()?.first() {
        let remove = format!("run `plantain config key --remove --base-url {origin}`");
        return no_url(&format!("a key is kept for {origin}"), &remove);
    }
    if settings.demo.value == DemoPolicy::Refuse {
        return Err(Failure::new(
            FailureKind::Config,
            format!(
                "no base URL, and demo = \"refuse\" is set ({})",
                settings.demo.source
            ),
        )
        .hint("set PLANTAIN_BASE_URL, --base-url, or base_url under [endpoint]"));
    }
    Ok(())
}
