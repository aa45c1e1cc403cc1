//! Where the API key comes from: the environment, else a command of the user's.

use std::process::{Command, Stdio};

use super::{Environment, Settings};
use crate::domain::{Failure, FailureKind, Secret};

/// The variable that holds the key. No program that plantain starts inherits it.
pub const API_KEY: &str = "PLANTAIN_API_KEY";

/// `PLANTAIN_API_KEY`, else the first line that `api_key_command` prints, else none. Blocks while the command runs.
pub fn api_key(environment: &Environment, settings: &Settings) -> Result<Option<Secret>, Failure> {
    if let Some(key) = environment.var(API_KEY).and_then(Secret::new) {
        return Ok(Some(key));
    }
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
    let text = String::from_utf8_lossy(&output.stdout);
    Secret::new(text.lines().next().unwrap_or_default())
        .map(Some)
        .ok_or_else(|| failure("api_key_command printed nothing".to_owned()))
}
