//! `plantain config key`: takes a key without showing it, and keeps it for one gateway. No key is ever printed.

use std::fs::File;
use std::io::{self, Read};
use std::os::fd::AsFd;

use zeroize::Zeroizing;

use super::super::{Outcome, block_on, print};
use crate::config::{API_KEY, Config, Environment, KeyFile, KeySource};
use crate::domain::{Clean, Failure, FailureKind, Secret};
use crate::endpoint::BaseUrl;
use crate::runtime::Signals;
use crate::terminal::{Tty, ask_secret, is_terminal};

/// What is read of a pipe, bytes.
const MAX_BYTES: u64 = 64 * 1024;

/// Takes a key and keeps it for the gateway of the base URL.
pub(super) fn keep(config: &Config, environment: &Environment) -> Result<Outcome, Failure> {
    let origin = origin(config)?.ok_or_else(|| {
        Failure::new(
            FailureKind::Usage,
            "no base URL says which gateway the key is for",
        )
        .hint("set base_url under [endpoint], or add --base-url URL")
    })?;
    let key = if is_terminal(io::stdin()) {
        match typed(&origin)? {
            Typed::Key(key) => key,
            Typed::Signal(number) => return Ok(Outcome::Signal(number)),
        }
    } else {
        piped()?
    };
    let key = key.ok_or_else(|| {
        Failure::new(FailureKind::Usage, "no key was given; nothing is changed")
            .hint("`plantain config key --remove` forgets a key")
    })?;
    if !key.expose().bytes().all(|byte| byte.is_ascii_graphic()) {
        let what = "what was given holds characters that no key has; nothing is changed";
        return Err(Failure::new(FailureKind::Usage, what).hint("copy the key again, alone"));
    }
    let file = KeyFile::of(&config.paths);
    let path = file.path().display().to_string();
    note(&if file.set(&origin, &key)? {
        format!("the new key for {origin} took the old one's place in {path}")
    } else {
        format!("the key for {origin} is kept in {path}")
    });
    match KeySource::find(environment, config, &origin)? {
        Some(KeySource::Environment) => note(&format!("{API_KEY} is set, and beats it")),
        Some(KeySource::Command) => note("api_key_command is set, and beats it"),
        Some(KeySource::File) | None => {}
    }
    Ok(Outcome::Done)
}

/// Forgets the key of the base URL's gateway; without a base URL the only one there is.
pub(super) fn remove(config: &Config) -> Result<Outcome, Failure> {
    let file = KeyFile::of(&config.paths);
    let origins = file.origins()?;
    let origin = match (origin(config)?, origins.as_slice()) {
        (Some(origin), _) => origin,
        (None, [only]) => only.clone(),
        (None, []) => return Err(Failure::new(FailureKind::Usage, "no key is kept").hint(KEEP)),
        (None, several) => {
            let what = format!("keys are kept for {}", several.join(", "));
            return Err(Failure::new(FailureKind::Usage, what).hint("say which by --base-url URL"));
        }
    };
    if !file.remove(&origin)? {
        let what = format!("no key is kept for {origin}");
        return Err(Failure::new(FailureKind::Usage, what).hint(KEEP));
    }
    note(&format!("the key for {origin} is forgotten"));
    Ok(Outcome::Done)
}

const KEEP: &str = "`plantain config key` keeps one";

/// Whether there is a key for the gateway, and where it comes from; for `config show`.
pub(super) fn told(
    config: &Config,
    environment: &Environment,
    base: &BaseUrl,
) -> Result<(&'static str, String), Failure> {
    let origin = base.origin();
    let file = KeyFile::of(&config.paths);
    let why = match KeySource::find(environment, config, &origin)? {
        Some(KeySource::Environment) => API_KEY.to_owned(),
        Some(KeySource::Command) => {
            let source = &config.settings.api_key_command.source;
            format!("api_key_command ({source})")
        }
        Some(KeySource::File) => format!("{}, for {origin}", file.path().display()),
        None => {
            let others = file.origins()?;
            let why = if others.is_empty() {
                "`plantain config key` keeps one".to_owned()
            } else {
                format!("kept are keys for {}, not for {origin}", others.join(", "))
            };
            return Ok(("none", why));
        }
    };
    Ok(("set", why))
}

fn origin(config: &Config) -> Result<Option<String>, Failure> {
    let url = config.settings.base_url.value.as_deref();
    Ok(url.map(BaseUrl::parse).transpose()?.map(|url| url.origin()))
}

enum Typed {
    Key(Option<Secret>),
    Signal(u8),
}

/// Asks for the key on the terminal.
fn typed(origin: &str) -> Result<Typed, Failure> {
    let failure = |error: io::Error| {
        Failure::new(
            FailureKind::Usage,
            format!("the terminal cannot be asked: {error}"),
        )
        .hint("give the key on stdin")
    };
    block_on(async {
        let mut signals = Signals::listen()?;
        let tty = Tty::open().map_err(failure)?;
        let prompt = format!("plantain: the key for {origin} (not shown):");
        let prompt = Clean::line(&prompt);
        let asked = ask_secret(&tty, prompt.as_str());
        tokio::select! {
            key = asked => Ok(Typed::Key(key.map_err(failure)?)),
            number = signals.next_end() => {
                // The question goes, so that the shell's own prompt starts a line.
                print::status(&Clean::default());
                Ok(Typed::Signal(number))
            }
        }
    })
}

/// The first line of stdin.
fn piped() -> Result<Option<Secret>, Failure> {
    // Not through Rust's own buffer, which nobody wipes.
    let mut bytes = Zeroizing::new(Vec::with_capacity(MAX_BYTES as usize));
    io::stdin()
        .as_fd()
        .try_clone_to_owned()
        .and_then(|stdin| File::from(stdin).take(MAX_BYTES).read_to_end(&mut bytes))
        .map_err(|error| {
            Failure::new(FailureKind::Usage, format!("stdin cannot be read: {error}"))
                .hint("give the key as one line of text")
        })?;
    let first = bytes.split(|byte| *byte == b'\n').next();
    let Some(line) = first.filter(|line| !line.is_empty()) else {
        return Ok(None);
    };
    match std::str::from_utf8(line) {
        Ok(line) => Ok(Secret::new(line)),
        Err(_) => Err(
            Failure::new(FailureKind::Usage, "stdin is not text; nothing is changed")
                .hint("give the key as one line of text"),
        ),
    }
}

fn note(what: &str) {
    print::note(&Clean::line(what));
}
