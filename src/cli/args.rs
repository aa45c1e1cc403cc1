//! What may be typed: the verbs and their flags.

use std::path::PathBuf;

use clap::{Args as ClapArgs, Parser, Subcommand, ValueEnum};

use crate::config::Overrides;

/// A terminal studio for making pictures with the Nano Series image models.
///
/// Without a verb it opens the studio. Without a base URL it uses an embedded demo endpoint, whose pictures are procedural.
#[derive(Debug, Parser)]
#[command(name = "plantain", version, max_term_width = 100)]
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
}

impl Common {
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
    /// Shows, writes or explains the settings
    Config {
        /// What to do with them.
        #[arg(value_enum)]
        action: ConfigAction,
    },
}

/// What `config` does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum ConfigAction {
    /// Prints where the settings file is
    Path,
    /// Writes the commented defaults there; never over a file
    Init,
    /// Prints every setting with its value and where it comes from
    Show,
}
