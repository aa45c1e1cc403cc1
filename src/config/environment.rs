//! What is read once at the start: the environment and the command line's flags, as values that tests can make up.

use std::collections::BTreeMap;
use std::path::PathBuf;

/// The environment, read once at the start, so that tests can make one up.
#[derive(Clone, Default)]
pub struct Environment {
    /// Variables by name.
    pub vars: BTreeMap<String, String>,
    /// The home folder.
    pub home: Option<PathBuf>,
    /// Where plantain was started.
    pub cwd: PathBuf,
}

impl Environment {
    /// The process's own. Variables that are not UTF-8 count as not set.
    pub fn of_process() -> Self {
        Self {
            vars: std::env::vars_os()
                .filter_map(|(k, v)| Some((k.into_string().ok()?, v.into_string().ok()?)))
                .collect(),
            // One that is no absolute path names no place.
            home: etcetera::home_dir().ok().filter(|home| home.is_absolute()),
            cwd: std::env::current_dir().unwrap_or_default(),
        }
    }

    /// The variable's value; an empty one counts as not set.
    pub fn var(&self, name: &str) -> Option<&str> {
        self.vars
            .get(name)
            .map(String::as_str)
            .filter(|v| !v.is_empty())
    }
}

/// What the command line's flags say.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Overrides {
    /// `--base-url`
    pub base_url: Option<String>,
    /// `--library`
    pub library: Option<PathBuf>,
    /// `--config`
    pub config: Option<PathBuf>,
    /// `--graphics`
    pub graphics: Option<String>,
}
