//! Opening the studio: everything that can fail does so before the screen is taken.

use std::path::Path;
use std::sync::Arc;

use jiff::tz::TimeZone;
use tokio::sync::mpsc::unbounded_channel;

use super::face::Face;
use super::{Ending, Queues, Studio};
use crate::config::{Config, Environment, Notify};
use crate::domain::{Clean, Failure, FailureKind};
use crate::picture;
use crate::runtime::clock::Clock;
use crate::runtime::hands::Hands;
use crate::runtime::pictures::Pictures;
use crate::runtime::signals::Signals;
use crate::runtime::{World, environment_of, outside, watch};
use crate::studio::keymap::{DEFAULT, Keymap};
use crate::studio::{Endpoint, Form, Setup, State};
use crate::terminal::{Tty, ask_yes, install_panic_hook, is_terminal};
use crate::view::Theme;

/// Runs the studio until it is quit. `tell` gets words for the user after the terminal was given back.
///
/// Fails before the screen is taken: no terminal, a wrong keymap or theme, a library that cannot be used.
pub async fn run(
    config: &Config,
    environment: &Environment,
    tell: impl Fn(&Clean),
) -> Result<Ending, Failure> {
    let tty = terminal(environment)?;
    let keymap = keymap(config)?;
    let theme = Theme::named(&config.settings.theme.value)?;
    let mut signals = Signals::listen_for_studio()?;
    let opening = World::open(config, environment, async |url| {
        let what = format!("plantain: the key would travel unencrypted to {url}: send it?");
        ask_yes(&tty, Clean::line(&what).as_str())
            .await
            .unwrap_or(false)
    });
    let world = tokio::select! {
        world = opening => Arc::new(world?),
        // At the question, since nothing else waits there.
        number = signals.next_end() => return Ok(Ending::Signal(number)),
    };
    install_panic_hook(picture::panic_is_caught);
    let size = tty.size();
    let facts = environment_of(environment, size);
    let ssh = facts.ssh;
    let settings = &config.settings;
    let mut state = State::new(Setup {
        catalog: config.catalog.clone(),
        keymap,
        form: Form {
            model: settings.model.value.clone(),
            ratio: settings.ratio.value,
            format: settings.format.value,
            count: settings.count.value,
            references: Vec::new(),
            parent: None,
        },
        endpoint: if world.demo {
            Endpoint::Demo
        } else {
            Endpoint::Host(Clean::line(&world.base_url.origin()))
        },
        library: shown_path(world.library.folder(), environment),
        size: (size.cells.width, size.cells.height),
        convert: settings.convert.value,
    });
    state.zone = TimeZone::system();
    let (events, event_queue) = unbounded_channel();
    let (made, made_queue) = unbounded_channel();
    watch::start(world.library.clone(), events.clone());
    let clock = Clock::start();
    let (face, input) = Face::open(&tty, config, facts, &theme)?;
    let hands = Hands::new(
        Arc::clone(&world),
        events,
        environment.cwd.clone(),
        environment.home.clone(),
    );
    let mut studio = Studio {
        clock,
        state,
        face,
        hands,
        pictures: Pictures::new(made, world.thumbnails.clone()),
        editor: editor(environment),
        clipboard: outside::clipboard_program(|name| environment.var(name).is_some(), ssh),
        bell: settings.notify.value == Notify::Bell,
        saving: None,
        ending: None,
    };
    studio.begin();
    let mut queues = Queues {
        input,
        events: event_queue,
        made: made_queue,
        signals,
    };
    let last = studio.turn(&mut queues).await;
    Ok(studio.end(last, &mut queues, settings, tell).await)
}

/// A terminal that can be drawn on, or why not.
fn terminal(environment: &Environment) -> Result<Tty, Failure> {
    let refuse = |what: &str| {
        Failure::new(FailureKind::Usage, what)
            .hint("without one, `plantain generate \"a red fox\"` makes a picture, `plantain history` lists them")
    };
    if !is_terminal(std::io::stdin()) || !is_terminal(std::io::stdout()) {
        return Err(refuse("the studio needs a terminal"));
    }
    if matches!(environment.var("TERM"), None | Some("dumb")) {
        return Err(refuse(
            "the studio needs a terminal that can place text (TERM is dumb or not set)",
        ));
    }
    Tty::open().map_err(|error| refuse(&format!("the terminal cannot be opened: {error}")))
}

fn keymap(config: &Config) -> Result<Keymap, Failure> {
    let user = config.keymap.as_ref();
    let text = user.map_or("", |file| file.text.as_str());
    Keymap::parse(DEFAULT, text).map_err(|error| {
        let path = user.map_or_else(String::new, |file| file.path.display().to_string());
        let (line, message) = (error.line, error.message);
        Failure::new(FailureKind::Config, format!("{path}:{line}: {message}"))
            .hint("the key table of the README names every section and action")
    })
}

fn editor(environment: &Environment) -> String {
    let named = |name| environment.var(name);
    named("VISUAL")
        .or_else(|| named("EDITOR"))
        .unwrap_or("vi")
        .to_owned()
}

/// The library's folder with `~` for the home.
fn shown_path(folder: &Path, environment: &Environment) -> Clean {
    let below = environment
        .home
        .as_ref()
        .and_then(|home| folder.strip_prefix(home).ok());
    Clean::line(&match below {
        Some(rest) => format!("~/{}", rest.display()),
        None => folder.display().to_string(),
    })
}
