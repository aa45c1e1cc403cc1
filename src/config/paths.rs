//! Where files are: the XDG folders, on every system.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use super::{Environment, Overrides, UserFile};
use crate::domain::{Failure, FailureKind};

/// The folders that plantain uses.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Paths {
    /// The settings file; it need not exist.
    pub config_file: PathBuf,
    /// The user's pictures folder; `None` without a home.
    pub pictures: Option<PathBuf>,
    /// The folder of plantain's thumbnails; `None` without a home.
    pub thumbnails: Option<PathBuf>,
    /// Whether the settings file was named by the user, so that its absence is an error.
    pub config_named: bool,
}

impl Paths {
    /// From `--config`, `PLANTAIN_CONFIG`, `XDG_CONFIG_HOME`, else `~/.config`.
    pub fn find(environment: &Environment, overrides: &Overrides) -> Result<Self, Failure> {
        let home_of = |variable: &str, below_home: &str| {
            environment
                .var(variable)
                .map(PathBuf::from)
                .filter(|p| p.is_absolute())
                .or_else(|| environment.home.as_ref().map(|home| home.join(below_home)))
        };
        let config_home = home_of("XDG_CONFIG_HOME", ".config");
        let cache_home = home_of("XDG_CACHE_HOME", ".cache");
        let named = overrides
            .config
            .clone()
            .or_else(|| environment.var("PLANTAIN_CONFIG").map(PathBuf::from));
        let config_named = named.is_some();
        let config_file = named
            .or_else(|| Some(config_home.as_ref()?.join("plantain/config.toml")))
            .ok_or_else(|| {
                Failure::new(
                    FailureKind::Config,
                    "no home folder: HOME and XDG_CONFIG_HOME are not set",
                )
                .hint("set HOME, or name the file with --config and the library with --library")
            })?;
        Ok(Self {
            config_file,
            pictures: pictures(environment, config_home.as_deref()),
            thumbnails: cache_home.map(|cache| cache.join("plantain/thumbnails")),
            config_named,
        })
    }

    /// `catalog.toml` beside the settings.
    pub fn catalog(&self) -> PathBuf {
        self.config_file.with_file_name("catalog.toml")
    }

    /// `keymap.toml` beside the settings.
    pub fn keymap(&self) -> PathBuf {
        self.config_file.with_file_name("keymap.toml")
    }
}

/// `XDG_PICTURES_DIR` from the environment or from `user-dirs.dirs`, else `~/Pictures`.
fn pictures(environment: &Environment, config_home: Option<&Path>) -> Option<PathBuf> {
    if let Some(dir) = environment.var("XDG_PICTURES_DIR").map(PathBuf::from)
        && dir.is_absolute()
    {
        return Some(dir);
    }
    let home = environment.home.as_ref()?;
    let named = config_home
        .and_then(|dir| fs::read_to_string(dir.join("user-dirs.dirs")).ok())
        .and_then(|text| from_user_dirs(&text, home));
    Some(named.unwrap_or_else(|| home.join("Pictures")))
}

/// The line `XDG_PICTURES_DIR="$HOME/Bilder"` of freedesktop's user-dirs.dirs.
fn from_user_dirs(text: &str, home: &Path) -> Option<PathBuf> {
    let value = text
        .lines()
        .find_map(|line| line.trim().strip_prefix("XDG_PICTURES_DIR="))?
        .trim_matches('"');
    match value.strip_prefix("$HOME") {
        // `$HOME/` alone is how user-dirs.dirs says "not set".
        Some(rest) => {
            let rest = rest.trim_matches('/');
            (!rest.is_empty()).then(|| home.join(rest))
        }
        None => Some(PathBuf::from(value)).filter(|p| p.is_absolute()),
    }
}

/// The file's text; `None` when there is none.
pub(super) fn read(path: &Path) -> Result<Option<UserFile>, Failure> {
    match fs::read_to_string(path) {
        Ok(text) => Ok(Some(UserFile {
            path: path.to_owned(),
            text,
        })),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(Failure::new(
            FailureKind::Config,
            format!("cannot read {}: {error}", path.display()),
        )
        .hint("mend its permissions, or name another file with --config")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn user_dirs_name_the_pictures_folder() {
        let home = Path::new("/home/fox");
        let read = |line: &str| from_user_dirs(line, home);
        assert_eq!(
            read("# x\nXDG_PICTURES_DIR=\"$HOME/Bilder\"\n"),
            Some(home.join("Bilder"))
        );
        assert_eq!(read("XDG_PICTURES_DIR=\"/mnt/p\""), Some("/mnt/p".into()));
        assert_eq!(read("XDG_PICTURES_DIR=\"$HOME/\""), None);
        assert_eq!(read("XDG_MUSIC_DIR=\"$HOME/m\""), None);
    }
}
