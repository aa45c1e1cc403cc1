//! Where the API key comes from: the environment, else a command of the user's, else the file of keys.

mod file;

use std::process::{Command, Stdio};

pub use file::KeyFile;
use zeroize::Zeroizing;

use super::{Config, Environment, Settings};
use crate::domain::{Failure, FailureKind, Secret};

/// The variable that holds the key. No program that plantain starts inherits it.
pub const API_KEY: &str = "PLANTAIN_API_KEY";

/// Where the key for a gateway comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KeySource {
    /// `PLANTAIN_API_KEY`
    Environment,
    /// `api_key_command`
    Command,
    /// The file of keys, by the gateway's origin.
    File,
}

impl KeySource {
    /// The first of them that has a key for `origin`. Runs no command; a file that others can read is an error.
    pub fn find(
        environment: &Environment,
        config: &Config,
        origin: &str,
    ) -> Result<Option<Self>, Failure> {
        if environment.var(API_KEY).and_then(Secret::new).is_some() {
            return Ok(Some(Self::Environment));
        }
        if config.settings.api_key_command.value.is_some() {
            return Ok(Some(Self::Command));
        }
        let stored = KeyFile::of(&config.paths).get(origin)?;
        Ok(stored.map(|_| Self::File))
    }
}

/// The key for the gateway at `origin`: from `PLANTAIN_API_KEY`, else the first line that `api_key_command` prints, else
/// from the file of keys, which has one for each origin. Blocks while the command runs.
pub fn api_key(
    environment: &Environment,
    config: &Config,
    origin: &str,
) -> Result<Option<Secret>, Failure> {
    match KeySource::find(environment, config, origin)? {
        None => Ok(None),
        Some(KeySource::Environment) => Ok(environment.var(API_KEY).and_then(Secret::new)),
        Some(KeySource::Command) => from_command(&config.settings),
        Some(KeySource::File) => KeyFile::of(&config.paths).get(origin),
    }
}

fn from_command(settings: &Settings) -> Result<Option<Secret>, Failure> {
    let Some(command) = &settings.api_key_command.value else {
        return Ok(None);
    };
    let output = Command::new("sh")
        .args(["-c", command])
        .env_remove(API_KEY)
        .stdin(Stdio::null())
        .stderr(Stdio::null())
        .output();
    let failure = |what: String| {
        Failure::new(FailureKind::Config, what).hint(format!(
            "run it by hand; it is set at {}",
            settings.api_key_command.source
        ))
    };
    let output = output.map_err(|error| failure(format!("api_key_command cannot run: {error}")))?;
    if !output.status.success() {
        return Err(failure(format!(
            "api_key_command ended with {}",
            output.status
        )));
    }
    // The output is never part of an error: it may hold the key.
    let stdout = Zeroizing::new(output.stdout);
    let first = stdout.split(|byte| *byte == b'\n').next();
    first
        .and_then(|line| std::str::from_utf8(line).ok())
        .and_then(Secret::new)
        .map(Some)
        .ok_or_else(|| failure("api_key_command printed nothing".to_owned()))
}
