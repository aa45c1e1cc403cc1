//! `plantain generate`: the studio's pipeline without the studio.

use std::io::{self, IsTerminal, Read};
use std::path::PathBuf;
use std::sync::Arc;

use super::args::{Args, Generate};
use super::output::Output;
use super::progress::Ticker;
use super::signals::Signals;
use super::{Outcome, inline, print};
use crate::config::{Config, Environment};
use crate::domain::{
    Clean, Failure, FailureKind, Generation, GenerationJson, Progress, Prompt, Request, State,
};
use crate::pipeline::{Running, Tell, find_reference};
use crate::runtime::World;

pub(super) fn run(args: &Args, verb: &Generate) -> Result<Outcome, Failure> {
    let environment = Environment::of_process();
    let config = Config::load(&environment, &args.common.overrides())?;
    let prompt = prompt(verb.prompt.as_deref())?;
    let count = verb.count.unwrap_or(config.settings.count.value);
    let output = verb
        .output
        .as_ref()
        .map(|path| Output::new(path, verb.force, count))
        .transpose()?;
    super::block_on(async {
        let mut signals = Signals::listen()?;
        let world = World::open(&config, &environment).await?;
        if world.demo {
            print::note(&super::demo_note());
        }
        let request = request(verb, prompt, &config, &environment, &world)?;
        let ticker = Ticker::start(count);
        let mut running = Vec::new();
        for _ in 0..count {
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
        let short = running.len() < usize::from(count);
        let cancels: Vec<_> = running.iter().map(|r| r.cancel.clone()).collect();
        let ended = async {
            let mut all = Vec::new();
            for one in running {
                if let Ok(generation) = one.done.await {
                    all.push(generation);
                }
            }
            all
        };
        tokio::pin!(ended);
        let mut signal = None;
        let all = loop {
            tokio::select! {
                all = &mut ended => break all,
                number = signals.next() => {
                    signal = Some(number);
                    for cancel in &cancels {
                        cancel.cancel();
                    }
                }
            }
        };
        ticker.end();
        let mut failed = short;
        for (n, generation) in (1..).zip(&all) {
            failed |= !tell_one(verb, n, generation, output.as_ref(), &config, &environment);
        }
        Ok(match signal {
            Some(number) => Outcome::Signal(number),
            None if failed => Outcome::Failed,
            None => Outcome::Done,
        })
    })
}

fn prompt(given: Option<&str>) -> Result<Prompt, Failure> {
    match given {
        Some("-") => {
            let mut text = String::new();
            io::stdin().read_to_string(&mut text).map_err(|error| {
                Failure::new(FailureKind::Usage, format!("stdin cannot be read: {error}"))
                    .hint("the prompt must be UTF-8 text")
            })?;
            Prompt::new(text)
        }
        Some(text) => Prompt::new(text),
        None => Err(Failure::new(FailureKind::Usage, "there is no prompt")
            .hint("plantain generate \"a red fox in the snow\", or - to read it from stdin")),
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
        .map_err(|failure| Failure {
            kind: FailureKind::Usage,
            ..failure
        })?;
    // Editing a picture of the history makes a chain.
    let parent = references.iter().find_map(|r| r.given.parse().ok());
    let settings = &config.settings;
    let model = verb.model.as_ref().unwrap_or(&settings.model.value);
    if model.trim().is_empty() {
        return Err(Failure::new(FailureKind::Usage, "the model has no name")
            .hint("take one of the list: plantain generate --help"));
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

/// Prints one result; false when there is no picture.
fn tell_one(
    verb: &Generate,
    n: u8,
    generation: &Generation,
    output: Option<&Output>,
    config: &Config,
    environment: &Environment,
) -> bool {
    let mut good = generation.state == State::Saved;
    for notice in &generation.notices {
        print::note(notice);
    }
    if let Some(failure) = &generation.failure {
        print::failure(failure);
    }
    let mut path: Option<PathBuf> = generation.selected().map(|p| p.path.clone());
    if let (Some(output), Some(picture)) = (output, generation.selected()) {
        match output.copy(n, picture) {
            Ok((copy, notice)) => {
                if let Some(notice) = notice {
                    print::note(&Clean::line(&notice));
                }
                path = Some(copy);
            }
            Err(failure) => {
                print::failure(&failure);
                good = false;
            }
        }
    }
    if verb.json {
        print::json(&GenerationJson::from(generation));
        return good;
    }
    if let Some(path) = path {
        if io::stdout().is_terminal() && !verb.no_preview {
            // A picture that cannot be drawn is no failed generation.
            if let Err(failure) = inline::show(&path, config, environment) {
                print::failure(&failure);
            }
        }
        print::line(&path.to_string_lossy());
    }
    good
}
