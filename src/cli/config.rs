//! `plantain config path|init|show|key`.

mod key;

use std::fs::{self, OpenOptions};
use std::io::{ErrorKind, Write};

use jiff::tz::TimeZone;

use super::args::{Args, ConfigAction};
use super::{Outcome, print};
use crate::config::{Config, DEFAULT_CONFIG, Environment, Paths};
use crate::domain::{Clean, Failure, FailureKind};
use crate::endpoint::BaseUrl;
use crate::library::Library;
use crate::runtime::profile_for;

pub(super) fn run(args: &Args, action: ConfigAction, remove: bool) -> Result<Outcome, Failure> {
    let environment = Environment::of_process();
    let overrides = args.common.overrides();
    match action {
        ConfigAction::Path => {
            let paths = Paths::find(&environment, &overrides)?;
            print::path(&paths.config_file);
        }
        ConfigAction::Init => init(&Paths::find(&environment, &overrides)?)?,
        ConfigAction::Show => show(&Config::load(&environment, &overrides)?, &environment)?,
        ConfigAction::Key => {
            let config = Config::load(&environment, &overrides)?;
            return if remove {
                key::remove(&config)
            } else {
                key::keep(&config, &environment)
            };
        }
    }
    Ok(Outcome::Done)
}

fn init(paths: &Paths) -> Result<(), Failure> {
    let file = &paths.config_file;
    let failure = |what: String| {
        Failure::new(FailureKind::Config, what).hint("name another file with --config")
    };
    if let Some(folder) = file.parent() {
        fs::create_dir_all(folder)
            .map_err(|error| failure(format!("cannot make {}: {error}", folder.display())))?;
    }
    OpenOptions::new()
        .write(true)
        .create_new(true)
        .open(file)
        .and_then(|mut open| open.write_all(DEFAULT_CONFIG.as_bytes()))
        .map_err(|error| match error.kind() {
            ErrorKind::AlreadyExists => Failure::new(
                FailureKind::Config,
                format!("{} exists already", file.display()),
            )
            .hint("edit it, or move it away to get the defaults anew"),
            _ => failure(format!("cannot write {}: {error}", file.display())),
        })?;
    print::note(&Clean::line(&format!("wrote {}", file.display())));
    Ok(())
}

fn show(config: &Config, environment: &Environment) -> Result<(), Failure> {
    for (key, value, source) in config.settings.rows() {
        row(key, &value, &source.to_string());
    }
    let Some(url) = &config.settings.base_url.value else {
        row("in use: base URL", "none", "the embedded demo endpoint");
        return Ok(());
    };
    let base = BaseUrl::parse(url)?;
    let named = profile_for(config, &base)?;
    let (profile, why) = match remembered(config, &base, &named.value) {
        Ok(Some(other)) => {
            let why = format!("{base} refused \"{}\" ({})", named.value, named.source);
            (other, why)
        }
        Ok(None) => (named.value.clone(), named.source.to_string()),
        Err(failure) => {
            let why = format!("{}; not looked up: {}", named.source, failure.message);
            (named.value.clone(), why)
        }
    };
    row("in use: base URL", &format!("{:?}", base.to_string()), "");
    row("in use: profile", &format!("{profile:?}"), &why);
    match key::told(config, environment, &base) {
        Ok((key, why)) => row("in use: key", key, &why),
        Err(failure) => row("in use: key", "none", failure.message.as_str()),
    }
    Ok(())
}

/// The profile that the library knows to serve `base` in the place of `profile`. Asking makes no library.
fn remembered(config: &Config, base: &BaseUrl, profile: &str) -> Result<Option<String>, Failure> {
    let fallback = config.profiles.iter().find(|p| p.name == profile);
    let fallback = fallback.and_then(|p| p.fallback.as_ref());
    let folder = &config.settings.library.value;
    if fallback.is_none() || !Library::is_at(folder) {
        return Ok(None);
    }
    let library = Library::open(folder, TimeZone::system())?;
    let remembered = library.endpoint_profile(&base.to_string(), profile)?;
    Ok(remembered.filter(|name| Some(name) == fallback))
}

fn row(key: &str, value: &str, source: &str) {
    let line = Clean::line(&format!("{key} = {value}"));
    let source = Clean::line(source);
    if source.is_empty() {
        print::line(&line);
    } else {
        print::line(&Clean::line(&format!("{line:<60}  # {source}")));
    }
}
