//! `plantain show`: a picture inline on a terminal, and its path.

use std::path::PathBuf;

use jiff::tz::TimeZone;

use super::args::{Args, Show};
use super::inline::Inline;
use super::{Outcome, print};
use crate::config::{Config, Environment};
use crate::domain::{Clean, Failure, FailureKind};
use crate::library::Library;
use crate::runtime::Signals;

pub(super) fn run(args: &Args, verb: &Show) -> Result<Outcome, Failure> {
    let environment = Environment::of_process();
    let config = Config::load(&environment, &args.common.overrides())?;
    let (path, demo) = find(&config, &environment, &verb.what)?;
    super::block_on(async {
        // A signal must not end the process while the terminal's echo is off.
        let mut signals = Signals::listen()?;
        let drawn = Inline::open(&args.common, &config, &environment).and_then(|inline| {
            let Some(inline) = inline else { return Ok(()) };
            if demo {
                print::note(&super::demo_note());
            }
            inline.show(&path)
        });
        print::path(&path);
        match signals.ended().await {
            Some(number) => Ok(Outcome::Signal(number)),
            None => drawn.map(|()| Outcome::Done),
        }
    })
}

/// A file of that name, else a picture of the history; and whether it is known to come from the demo endpoint.
fn find(
    config: &Config,
    environment: &Environment,
    what: &str,
) -> Result<(PathBuf, bool), Failure> {
    let file = environment.cwd.join(what);
    if file.is_file() {
        return Ok((file, false));
    }
    let library = Library::open(&config.settings.library.value, TimeZone::system())?;
    super::tell_repairs(&library);
    let found = library.find(what)?;
    let picture = found.shown().ok_or_else(|| {
        let generation = &found.generation;
        let failure = Failure::new(
            FailureKind::Usage,
            format!("{} has no picture", generation.id.short()),
        );
        match &generation.failure {
            Some(why) => failure.hint(format!("it ended so: {}", why.message)),
            None => failure.hint("`plantain history` tells how it ended"),
        }
    })?;
    if !picture.path.is_file() {
        return Err(Failure::new(
            FailureKind::Library,
            format!("{} is gone", Clean::line(&picture.path.to_string_lossy())),
        )
        .hint("it was moved or deleted outside of plantain"));
    }
    Ok((picture.path.clone(), found.generation.demo))
}
