//! `plantain config path|init|show`.

use std::fs::{self, OpenOptions};
use std::io::{ErrorKind, Write};

use super::args::{Args, ConfigAction};
use super::{Outcome, print};
use crate::config::{Config, DEFAULT_CONFIG, Environment, Paths};
use crate::domain::{Clean, Failure, FailureKind};

pub(super) fn run(args: &Args, action: ConfigAction) -> Result<Outcome, Failure> {
    let environment = Environment::of_process();
    let overrides = args.common.overrides();
    match action {
        ConfigAction::Path => {
            let paths = Paths::find(&environment, &overrides)?;
            print::path(&paths.config_file);
        }
        ConfigAction::Init => init(&Paths::find(&environment, &overrides)?)?,
        ConfigAction::Show => show(&Config::load(&environment, &overrides)?),
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

fn show(config: &Config) {
    for (key, value, source) in config.settings.rows() {
        let line = Clean::line(&format!("{key} = {value}"));
        print::line(&format!(
            "{line:<60}  # {}",
            Clean::line(&source.to_string())
        ));
    }
}
