//! `plantain generate`: the studio's pipeline without the studio.

use std::io::{self, IsTerminal, Read};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use serde::Serialize;

use super::args::{Args, Generate};
use super::inline::Inline;
use super::offer::offer;
use super::output::Output;
use super::progress::Ticker;
use super::resume::Resumed;
use super::{Outcome, print};
use crate::config::{Config, Environment};
use crate::domain::{
    Catalog, Clean, Convert, Failure, FailureKind, Generation, GenerationJson, Picture, Progress,
    Prompt, Request, State, remarks,
};
use crate::pipeline::{Running, Tell, find_reference};
use crate::runtime::{Halt, Signals, World, finishing, limit_after, wind_down};

/// SIGHUP
const HANGUP: u8 = 1;

pub(super) fn run(args: &Args, verb: &Generate) -> Result<Outcome, Failure> {
    let environment = Environment::of_process();
    let config = Config::load(&environment, &args.common.overrides())?;
    let prompt = prompt(verb.prompt.as_deref())?;
    let count = verb.count.unwrap_or(config.settings.count.value);
    let format = verb.format.unwrap_or(config.settings.format.value);
    let output = verb
        .output
        .as_ref()
        .map(|path| Output::new(path, verb.force, count, format))
        .transpose()?;
    super::block_on(async {
        let mut signals = Signals::listen()?;
        let world = World::open(&config, &environment, async |_| false).await?;
        super::tell_repairs(&world.library);
        let request = request(verb, prompt, &config, &environment, &world)?;
        if world.demo {
            print::note(&super::demo_note());
        }
        let resumed = Resumed::start(&world.pipeline).await;
        // A dumb terminal cannot wipe a line.
        let dumb = matches!(environment.var("TERM"), None | Some("dumb"));
        let ticker = Ticker::start(count, dumb || args.common.is_accessible(&environment));
        let mut signal = None;
        let mut running = Vec::new();
        for _ in 0..count {
            // One that came before anything was sent ends it for nothing.
            signal = signals.ended().await;
            if signal.is_some() {
                break;
            }
            let batch = running.first().map(|r: &Running| r.generation.id);
            let submitted = world
                .pipeline
                .submit(request.clone(), batch, tell(&ticker))
                .await;
            match submitted {
                Ok(one) => running.push(one),
                // What was sent already is paid for: see it through, then fail.
                Err(failure) if running.is_empty() => return Err(failure),
                Err(failure) => {
                    print::failure(&failure);
                    break;
                }
            }
        }
        let cancels: Vec<_> = running.iter().map(|r| r.cancel.clone()).collect();
        let ended = async {
            let mut all = Vec::new();
            for one in running {
                match one.done.await {
                    Ok(generation) => all.push(generation),
                    Err(_) => print::failure(&Failure::new(
                        FailureKind::Internal,
                        format!("{} ended in a panic", one.generation.id.short()),
                    )),
                }
            }
            all
        };
        tokio::pin!(ended);
        let mut all = None;
        if signal.is_none() {
            tokio::select! {
                done = &mut ended => all = Some(done),
                number = signals.next_end() => signal = Some(number),
            }
        }
        if let (None, Some(number)) = (&all, signal) {
            let limit = limit_after(number, &config.settings);
            say_ending(number, limit, &ticker);
            let halt = |halt: Halt| cancels.iter().for_each(|cancel| halt.apply(cancel));
            let (done, further) = wind_down(limit, halt, ended, &mut signals).await;
            all = done;
            signal = further.or(signal);
        }
        // Those that did not even get to write their end down are told of by the next start.
        let mut all = all.unwrap_or_default();
        ticker.end();
        if config.settings.convert.value == Convert::Ask && signal.is_none() {
            signal = offer(&mut all, &world.library, verb.json, &mut signals).await;
        }
        let saved = all.iter().any(|generation| generation.selected().is_some());
        let mut printer = Printer {
            verb,
            catalog: &config.catalog,
            output,
            inline: None,
        };
        if saved && !verb.json && !verb.no_preview && signal.is_none() {
            // A picture that cannot be drawn is no failed generation.
            match Inline::open(&args.common, &config, &environment) {
                Ok(inline) => printer.inline = inline,
                Err(failure) => print::failure(&failure),
            }
        }
        if !world.demo && all.iter().any(|generation| generation.demo) {
            print::note(&super::demo_note());
        }
        // One that was not sent, or ended in a panic, has no record here.
        let mut failed = all.len() < usize::from(count);
        for (n, generation) in (1..).zip(&all) {
            failed |= !printer.tell(n, generation);
        }
        if signal.is_none() {
            resumed.end().await;
        }
        Ok(match signal {
            Some(number) => Outcome::Signal(number),
            None if failed => Outcome::Failed,
            None => Outcome::Done,
        })
    })
}

/// Says what is still waited for. A line that is lost may be the very terminal that this would be written to.
fn say_ending(signal: u8, limit: Duration, ticker: &Ticker) {
    if signal == HANGUP && print::stderr_width().is_some() {
        ticker.end();
    } else if !limit.is_zero() {
        ticker.end();
        print::note(&finishing(limit));
    }
}

fn prompt(given: Option<&str>) -> Result<Prompt, Failure> {
    match given {
        Some("-") => typed(),
        Some(text) => Prompt::new(text),
        None => Err(Failure::new(FailureKind::Usage, "there is no prompt")
            .hint("plantain generate \"a red fox in the snow\", or - to read it from stdin")),
    }
}

/// The prompt on stdin, read no further than a prompt may be long.
fn typed() -> Result<Prompt, Failure> {
    let stdin = io::stdin();
    if stdin.is_terminal() {
        print::note(&Clean::line("reading the prompt; Ctrl+D ends it"));
    }
    let failure =
        |what: String| Failure::new(FailureKind::Usage, what).hint("the prompt must be UTF-8 text");
    let mut bytes = Vec::new();
    stdin
        .take(Prompt::MAX_BYTES as u64 + 1)
        .read_to_end(&mut bytes)
        .map_err(|error| failure(format!("stdin cannot be read: {error}")))?;
    match String::from_utf8(bytes) {
        Ok(text) => Prompt::new(text),
        // It may have been cut in the middle of a character.
        Err(error) if error.as_bytes().len() > Prompt::MAX_BYTES => {
            Prompt::new(String::from_utf8_lossy(error.as_bytes()))
        }
        Err(_) => Err(failure("stdin is not UTF-8".to_owned())),
    }
}

fn request(
    verb: &Generate,
    prompt: Prompt,
    config: &Config,
    environment: &Environment,
    world: &World,
) -> Result<Request, Failure> {
    let references = verb
        .references
        .iter()
        .map(|given| {
            find_reference(
                &world.library,
                given,
                &environment.cwd,
                environment.home.as_deref(),
            )
        })
        .collect::<Result<Vec<_>, _>>()
        .map_err(|failure| match failure.kind {
            // A reference that cannot be used is a wrong call; a library that cannot be read is not.
            FailureKind::Reference => Failure {
                kind: FailureKind::Usage,
                ..failure
            },
            _ => failure,
        })?;
    // Editing a picture of the history makes a chain.
    let parent = references.iter().find_map(|r| r.given.parse().ok());
    let settings = &config.settings;
    let model = verb.model.as_ref().unwrap_or(&settings.model.value);
    if model.trim().is_empty() {
        return Err(Failure::new(FailureKind::Usage, "the model has no name")
            .hint("name one, such as NanoBananaPro-1K"));
    }
    Ok(Request {
        model: model.clone(),
        ratio: verb.ratio.unwrap_or(settings.ratio.value),
        format: verb.format.unwrap_or(settings.format.value),
        prompt,
        references,
        parent,
    })
}

fn tell(ticker: &Ticker) -> Tell {
    let ticker = ticker.clone();
    Arc::new(move |id, progress: Progress| ticker.tell(id, &progress))
}

/// Tells how generations ended.
struct Printer<'a> {
    verb: &'a Generate,
    catalog: &'a Catalog,
    output: Option<Output>,
    inline: Option<Inline>,
}

impl Printer<'_> {
    /// Tells of the `n`th generation (from 1); false when there is no picture, or not where it should be.
    fn tell(&self, n: u8, generation: &Generation) -> bool {
        let mut good = generation.state == State::Saved;
        let told = match generation.selected() {
            Some(picture) => remarks(generation, picture, self.catalog),
            None => generation.notices.clone(),
        };
        told.iter().for_each(print::note);
        if let Some(failure) = &generation.failure {
            print::failure(failure);
        }
        let copied = self.copy(n, generation).unwrap_or_else(|failure| {
            print::failure(&failure);
            good = false;
            None
        });
        if self.verb.json {
            print::json(&Told {
                generation: GenerationJson::from(generation),
                output: copied
                    .and_then(|path| std::path::absolute(path).ok())
                    .map(|path| path.to_string_lossy().into_owned()),
            });
        } else if let Some(picture) = generation.selected() {
            if let Some(inline) = &self.inline
                && let Err(failure) = inline.show(&picture.path)
            {
                print::failure(&failure);
            }
            print::path(copied.as_ref().unwrap_or(&picture.path));
            tell_of_others(generation, picture);
        }
        good
    }

    /// Puts the copy where `-o` wants it.
    fn copy(&self, n: u8, generation: &Generation) -> Result<Option<PathBuf>, Failure> {
        let (Some(output), Some(picture)) = (&self.output, generation.selected()) else {
            return Ok(None);
        };
        let (copy, notice) = output.copy(n, picture)?;
        if let Some(notice) = notice {
            print::note(&Clean::line(&notice));
        }
        Ok(Some(copy))
    }
}

/// One generation in JSON, with the place of its copy.
#[derive(Serialize)]
struct Told {
    #[serde(flatten)]
    generation: GenerationJson,
    /// What `-o` wrote, absolute; null without it.
    output: Option<String>,
}

/// An answer may hold drafts and variants; one picture stands for it, and nothing is hidden.
fn tell_of_others(generation: &Generation, shown: &Picture) {
    let others: Vec<String> = generation
        .pictures
        .iter()
        .filter(|picture| picture.id != shown.id)
        .map(|picture| picture.id.short())
        .collect();
    if !others.is_empty() {
        print::note(&Clean::line(&format!(
            "the answer held more: plantain show {}",
            others.join(", ")
        )));
    }
}
