//! The command line: one file a verb.
//!
//! Results go to stdout, everything else to stderr. A failure is told once, here, and gets its exit code here.

mod args;
mod config;
mod doctor;
mod generate;
mod history;
mod inline;
mod offer;
mod output;
mod print;
mod progress;
mod resume;
mod serve;
mod show;

use std::panic;
use std::process::ExitCode;
use std::time::Duration;

use crate::config::{Config, Environment};
use crate::domain::{Clean, Failure, FailureKind};
use crate::library::Library;
use crate::picture;
use crate::runtime;
use crate::terminal::take_panic;
use args::{Args, Verb};

/// How a run of plantain ends.
pub enum Outcome {
    /// 0
    Done,
    /// 1: a generation failed or was refused; it has been told already.
    Failed,
    /// 128 + the signal's number.
    Signal(u8),
}

/// Parses the command line, runs it, and gives the exit code.
pub fn main() -> ExitCode {
    hush_caught_panics();
    let args = match Args::read() {
        Ok(args) => args,
        Err(error) => {
            // Help and version are asked for and go to stdout with code 0; the rest is wrong usage.
            let code = u8::try_from(error.exit_code()).unwrap_or(2);
            print::usage(&error);
            return ExitCode::from(code);
        }
    };
    match run(&args) {
        Ok(Outcome::Done) => ExitCode::SUCCESS,
        Ok(Outcome::Failed) => ExitCode::from(1),
        Ok(Outcome::Signal(number)) => ExitCode::from(128 + number),
        Err(failure) => {
            print::failure(&failure);
            ExitCode::from(code_of(&failure))
        }
    }
}

fn run(args: &Args) -> Result<Outcome, Failure> {
    match &args.verb {
        Some(Verb::Generate(verb)) => generate::run(args, verb),
        Some(Verb::History(verb)) => history::run(args, verb),
        Some(Verb::Show(verb)) => show::run(args, verb),
        Some(Verb::Serve(verb)) => serve::run(args, verb),
        Some(Verb::Doctor(verb)) => doctor::run(args, verb),
        Some(Verb::Config { action, remove }) => config::run(args, *action, *remove),
        None => studio(args),
    }
}

/// What background work that nobody waits for any more gets at the end: a painting, a decode, a dead network folder.
const SHUTDOWN: Duration = Duration::from_millis(500);

/// Runs what waits for the network.
fn block_on<T>(work: impl Future<Output = Result<T, Failure>>) -> Result<T, Failure> {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .map_err(|error| {
            Failure::new(
                FailureKind::Internal,
                format!("no threads can be started: {error}"),
            )
        })?;
    let result = runtime.block_on(work);
    runtime.shutdown_timeout(SHUTDOWN);
    result
}

/// What is said wherever a picture of the embedded endpoint is shown.
fn demo_note() -> Clean {
    Clean::line("demo endpoint: the picture is procedural, no model was called")
}

/// What had to be mended when the library was opened.
fn tell_repairs(library: &Library) {
    if let Some(repaired) = library.repaired() {
        print::failure(repaired);
    }
}

/// 2 for what the user can mend in the call or in the configuration, else 1.
fn code_of(failure: &Failure) -> u8 {
    match failure.kind {
        FailureKind::Usage | FailureKind::Config | FailureKind::Reference => 2,
        _ => 1,
    }
}

/// A damaged file may make a decoder panic, which is caught and told as a failure: the panic itself is no news.
fn hush_caught_panics() {
    let before = panic::take_hook();
    panic::set_hook(Box::new(move |info| {
        if !picture::panic_is_caught() {
            before(info);
        }
    }));
}

/// Without a verb: the studio.
fn studio(args: &Args) -> Result<Outcome, Failure> {
    let environment = Environment::of_process();
    let config = Config::load(&environment, &args.common.overrides())?;
    let ending = block_on(runtime::run(&config, &environment, print::note));
    // What would have torn the screen is told now.
    if let Some(message) = take_panic() {
        print::note(&Clean::line(&format!(
            "a fault of plantain's own: {message}"
        )));
    }
    let ending = ending?;
    Ok(match ending {
        runtime::Ending::Quit => Outcome::Done,
        runtime::Ending::Signal(number) => Outcome::Signal(number),
    })
}
