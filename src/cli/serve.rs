//! `plantain serve`: the embedded endpoint as a program of its own.

use std::time::Duration;

use super::args::{Args, Serve};
use super::{Outcome, print};
use crate::config::{Config, Environment};
use crate::demo;
use crate::domain::{Clean, Failure, FailureKind};
use crate::runtime::Signals;

pub(super) fn run(args: &Args, verb: &Serve) -> Result<Outcome, Failure> {
    let config = Config::load(&Environment::of_process(), &args.common.overrides())?;
    super::block_on(async {
        let mut signals = Signals::listen()?;
        let server = demo::start(demo::Options {
            port: verb.port,
            delay: Duration::from_millis(verb.delay),
            catalog: config.catalog,
        })
        .await
        .map_err(|error| {
            Failure::new(
                FailureKind::Usage,
                format!("cannot listen on 127.0.0.1:{}: {error}", verb.port),
            )
            .hint("give another --port, or 0 for any free one")
        })?;
        print::line(&Clean::line(&server.base_url()));
        print::note(&Clean::line(
            "demo endpoint: its pictures are procedural, no model is called. Ctrl+C ends it",
        ));
        let number = signals.next_end().await;
        server.stop().await;
        Ok(Outcome::Signal(number))
    })
}
