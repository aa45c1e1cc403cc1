//! What may be typed: the verbs and their flags.

use std::path::PathBuf;

use clap::error::ErrorKind;
use clap::{Args as ClapArgs, CommandFactory, Parser, Subcommand, ValueEnum};

use crate::config::{Environment, Overrides, builtin_catalog};
use crate::domain::{AspectRatio, OutputFormat};

/// What no single flag tells.
const MORE_HELP: &str = "\
Environment:
  PLANTAIN_API_KEY   the key for the gateway; there is no flag for it, `plantain config key` keeps one
  PLANTAIN_BASE_URL, PLANTAIN_LIBRARY, PLANTAIN_CONFIG, PLANTAIN_GRAPHICS
                     as the flags of these names, which beat them
  ACCESSIBLE=1       as --accessible
  NO_COLOR           no colours

Exit codes:
  0 done; 1 a generation failed or was refused; 2 wrong usage or configuration; 130 interrupted";

/// A terminal studio for making pictures with the Nano Series image models.
///
/// Without a verb it opens the studio. Without a base URL it uses an embedded demo endpoint, whose pictures are procedural.
#[derive(Debug, Parser)]
#[command(name = "plantain", version, max_term_width = 100, after_help = MORE_HELP)]
pub struct Args {
    /// What every verb takes.
    #[command(flatten)]
    pub common: Common,
    /// What to do; nothing opens the studio.
    #[command(subcommand)]
    pub verb: Option<Verb>,
}

/// Flags of every verb.
#[derive(Debug, Clone, ClapArgs)]
#[command(next_help_heading = "Options of every verb")]
pub struct Common {
    /// Where the gateway is, with or without /v1 [env: PLANTAIN_BASE_URL]
    #[arg(long, global = true, value_name = "URL")]
    pub base_url: Option<String>,
    /// The folder of pictures and history [env: PLANTAIN_LIBRARY]
    #[arg(long, global = true, value_name = "DIR")]
    pub library: Option<PathBuf>,
    /// The settings file [env: PLANTAIN_CONFIG]
    #[arg(long, global = true, value_name = "FILE")]
    pub config: Option<PathBuf>,
    /// How pictures are drawn: auto, kitty, sixel, iterm2, blocks, off [env: PLANTAIN_GRAPHICS]
    #[arg(long, global = true, value_name = "KIND")]
    pub graphics: Option<String>,
    /// Plain lines only: no picture, no progress line; for verbs, not for the studio [env: ACCESSIBLE=1]
    #[arg(long, global = true)]
    pub accessible: bool,
}

impl Args {
    /// Parses the process's command line.
    pub fn read() -> Result<Self, clap::Error> {
        let args = Self::try_parse()?;
        if args.common.accessible && args.verb.is_none() {
            let what = "--accessible is for the verbs; the studio has no such mode yet";
            return Err(Self::command().error(ErrorKind::MissingSubcommand, what));
        }
        if let Some(Verb::Config {
            action: ConfigAction::Path | ConfigAction::Init | ConfigAction::Show,
            remove: true,
        }) = args.verb
        {
            let what = "--remove is for `plantain config key`";
            return Err(Self::command().error(ErrorKind::ArgumentConflict, what));
        }
        Ok(args)
    }
}

impl Common {
    /// Whether plain lines are wanted, by the flag or by `ACCESSIBLE`.
    pub fn is_accessible(&self, environment: &Environment) -> bool {
        self.accessible || environment.var("ACCESSIBLE").is_some_and(|v| v != "0")
    }

    /// As `config` takes them.
    pub fn overrides(&self) -> Overrides {
        Overrides {
            base_url: self.base_url.clone(),
            library: self.library.clone(),
            config: self.config.clone(),
            graphics: self.graphics.clone(),
        }
    }
}

/// One verb each.
#[derive(Debug, Subcommand)]
pub enum Verb {
    /// Makes pictures from a prompt
    Generate(Generate),
    /// Lists what was made, newest first
    History(History),
    /// Shows a picture inline, and its path; on a pipe only the path
    Show(Show),
    /// Runs the embedded demo endpoint until a signal; its first line is its base URL
    Serve(Serve),
    /// Asks the terminal what it can show and tells each verdict with its why; also config file, library, endpoint
    Doctor(Doctor),
    /// Shows, writes or explains the settings
    Config {
        /// What to do with them.
        #[arg(value_enum)]
        action: ConfigAction,
        /// With key: forgets it
        #[arg(long)]
        remove: bool,
    },
}

/// `plantain generate`
#[derive(Debug, ClapArgs)]
#[command(after_help = known_names())]
pub struct Generate {
    /// Model; any name that the gateway knows; form.model of the settings unless given
    #[arg(short, long)]
    pub model: Option<String>,
    /// Aspect ratio, such as 16:9
    #[arg(short, long)]
    pub ratio: Option<AspectRatio>,
    /// Output format: jpeg, png or webp
    #[arg(short, long)]
    pub format: Option<OutputFormat>,
    /// How many pictures, one call each
    #[arg(short = 'n', long, value_parser = clap::value_parser!(u8).range(1..=64))]
    pub count: Option<u8>,
    /// A reference picture: a path, a URL, or ID.N of the history; may be given again
    #[arg(short = 'i', long = "input", value_name = "REFERENCE")]
    pub references: Vec<String>,
    /// Copies the picture to a file or into a folder; the extension follows what came
    #[arg(short, long, value_name = "PATH")]
    pub output: Option<PathBuf>,
    /// Lets -o replace a file
    #[arg(long, requires = "output")]
    pub force: bool,
    /// Prints one JSON object a generation
    #[arg(long)]
    pub json: bool,
    /// Does not print the picture into the terminal
    #[arg(long)]
    pub no_preview: bool,
    /// What the picture should show; - reads it from stdin
    #[arg(value_name = "PROMPT")]
    pub prompt: Option<String>,
}

/// The names of the endpoint's document.
fn known_names() -> String {
    let catalog = builtin_catalog();
    let models: Vec<&str> = catalog.models.iter().map(|m| m.name.as_str()).collect();
    let ratios: Vec<String> = catalog.ratios.iter().map(|(r, _)| r.to_string()).collect();
    format!(
        "Models: {}\nRatios: {}",
        models.join(", "),
        ratios.join(", ")
    )
}

/// `plantain history`
#[derive(Debug, ClapArgs)]
pub struct History {
    /// Words that must occur; is:demo keeps pictures of the demo endpoint
    pub query: Option<String>,
    /// How many rows
    #[arg(long, default_value_t = 20, value_parser = clap::value_parser!(u32).range(1..))]
    pub limit: u32,
    /// Prints one JSON object a generation
    #[arg(long)]
    pub json: bool,
}

/// `plantain show`
#[derive(Debug, ClapArgs)]
pub struct Show {
    /// The end of an id, ID.N, a file, or last
    #[arg(value_name = "ID|PATH|last")]
    pub what: String,
}

/// `plantain serve`
#[derive(Debug, ClapArgs)]
pub struct Serve {
    /// The port on 127.0.0.1; 0 takes a free one
    #[arg(long, default_value_t = 0)]
    pub port: u16,
    /// How long a generation takes at least, in ms
    #[arg(long, value_name = "MS", default_value_t = 1200)]
    pub delay: u64,
}

/// `plantain doctor`
#[derive(Debug, ClapArgs)]
pub struct Doctor {
    /// Prints one JSON object
    #[arg(long)]
    pub json: bool,
}

/// What `config` does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum ConfigAction {
    /// Prints where the settings file is
    Path,
    /// Writes the commented defaults there; never over a file
    Init,
    /// Prints every setting with its value and where it comes from, and what is in use of it
    Show,
    /// Keeps the key for the base URL's gateway; asks for it, or reads it from a pipe
    Key,
}
