//! Settings, paths and secrets, in layers: assets < file < environment < flags.
//!
//! Every value remembers where it comes from, so that `plantain config show` can say it.

mod catalog;
mod environment;
mod key;
mod layers;
mod paths;
mod profiles;
mod settings;

pub use catalog::{builtin_catalog, catalog_with};
pub use environment::{Environment, Overrides};
pub use key::{API_KEY, KeyFile, KeySource, api_key};
pub use paths::Paths;
pub use profiles::builtin_profiles;
pub use settings::{DemoPolicy, Notify, Settings, Source, Value};

use crate::domain::{Catalog, Failure, Profile};

/// The commented defaults; `plantain config init` writes them.
pub const DEFAULT_CONFIG: &str = include_str!("../assets/config.toml");

/// Everything that configuration says, read once at the start.
pub struct Config {
    /// Where files are.
    pub paths: Paths,
    /// The merged settings.
    pub settings: Settings,
    /// Models, ratios, formats, prices.
    pub catalog: Catalog,
    /// Known profiles by name.
    pub profiles: Vec<Profile>,
    /// The text of the user's `keymap.toml`, if there is one, with its path for errors.
    pub keymap: Option<UserFile>,
}

/// A file of the user's that another room parses.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UserFile {
    /// Where it is.
    pub path: std::path::PathBuf,
    /// What it holds.
    pub text: String,
}

impl Config {
    /// Reads all layers. A wrong file is a [`Failure`] that names file, line and key.
    pub fn load(environment: &Environment, overrides: &Overrides) -> Result<Self, Failure> {
        let paths = Paths::find(environment, overrides)?;
        let (settings, profiles) = layers::merge(&paths, environment, overrides)?;
        let catalog = catalog_with(paths::read(&paths.catalog())?.as_ref())?;
        Ok(Self {
            settings,
            catalog,
            profiles,
            keymap: paths::read(&paths.keymap())?,
            paths,
        })
    }
}
