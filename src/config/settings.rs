//! The settings as values, each with its source.

use std::collections::BTreeMap;
use std::fmt;
use std::path::PathBuf;

use serde::Deserialize;

use crate::domain::{AspectRatio, Convert, Glyphs, GraphicsKind, OutputFormat};

/// Where a value comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Source {
    /// The compiled-in defaults.
    Default,
    /// A line of a file.
    File {
        /// Which file.
        path: PathBuf,
        /// From 1.
        line: usize,
    },
    /// An environment variable.
    Environment(&'static str),
    /// A flag of the command line.
    Flag(&'static str),
}

impl fmt::Display for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Default => f.write_str("default"),
            Self::File { path, line } => write!(f, "{}:{line}", path.display()),
            Self::Environment(name) => f.write_str(name),
            Self::Flag(name) => f.write_str(name),
        }
    }
}

/// A value and where it comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Value<T> {
    /// The value.
    pub value: T,
    /// Its source.
    pub source: Source,
}

/// What happens without a base URL.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum DemoPolicy {
    /// The embedded endpoint is started.
    Allow,
    /// It is an error.
    Refuse,
}

/// How a finished generation is announced while the terminal is not in focus.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Notify {
    /// BEL
    Bell,
    /// Not at all.
    Off,
}

/// All settings, merged.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Settings {
    /// What happens without a base URL.
    pub demo: Value<DemoPolicy>,
    /// What happens to a picture that comes in another format than asked.
    pub convert: Value<Convert>,
    /// The gateway's address; `None` means the demo.
    pub base_url: Value<Option<String>>,
    /// How requests are written.
    pub profile: Value<String>,
    /// How they are written for one gateway: by its base URL, in any form that people paste.
    pub profile_for: BTreeMap<String, Value<String>>,
    /// A command that prints the key.
    pub api_key_command: Value<Option<String>>,
    /// Whether the key may travel over plain http to another machine.
    pub allow_http: Value<bool>,
    /// Generations in work at once, at least 1.
    pub parallel: Value<u8>,
    /// Seconds of silence that end an answer.
    pub silence_s: Value<u32>,
    /// Seconds that what was sent gets to finish after SIGHUP.
    pub finish_after_hangup_s: Value<u32>,
    /// The same after SIGTERM.
    pub finish_after_term_s: Value<u32>,
    /// The form's model at the first start.
    pub model: Value<String>,
    /// The form's ratio at the first start.
    pub ratio: Value<AspectRatio>,
    /// The form's format at the first start.
    pub format: Value<OutputFormat>,
    /// The form's count at the first start, 1..=8.
    pub count: Value<u8>,
    /// The library's folder, absolute.
    pub library: Value<PathBuf>,
    /// How pictures are drawn; `None` lets the probe decide.
    pub graphics: Value<Option<GraphicsKind>>,
    /// kB that a picture may have on the line; 0: as many as it needs.
    pub preview_kb: Value<u32>,
    /// The block characters that pictures are drawn with; `None` lets the probe decide.
    pub blocks: Value<Option<Glyphs>>,
    /// The theme's name.
    pub theme: Value<String>,
    /// Whether the mouse is captured.
    pub mouse: Value<bool>,
    /// How the end of a generation is announced.
    pub notify: Value<Notify>,
}

impl Settings {
    /// Bytes that a preview may have over a network, all its rungs together; `None`: as many as it needs.
    pub fn preview_bytes(&self) -> Option<usize> {
        let kb = self.preview_kb.value as usize;
        (kb > 0).then_some(kb * 1000)
    }

    /// Each setting as (key, value, source), in the order of the file.
    pub fn rows(&self) -> Vec<(&'static str, String, &Source)> {
        fn text(value: &str) -> String {
            format!("{value:?}")
        }
        let demo = match self.demo.value {
            DemoPolicy::Allow => "allow",
            DemoPolicy::Refuse => "refuse",
        };
        let notify = match self.notify.value {
            Notify::Bell => "bell",
            Notify::Off => "off",
        };
        let graphics = self.graphics.value.map_or("auto", GraphicsKind::as_str);
        let blocks = self.blocks.value.map_or("auto", Glyphs::as_str);
        let mut rows = vec![
            ("demo", text(demo), &self.demo.source),
            (
                "convert",
                text(self.convert.value.as_str()),
                &self.convert.source,
            ),
            (
                "endpoint.base_url",
                text(self.base_url.value.as_deref().unwrap_or_default()),
                &self.base_url.source,
            ),
            (
                "endpoint.profile",
                text(&self.profile.value),
                &self.profile.source,
            ),
            (
                "endpoint.api_key_command",
                text(self.api_key_command.value.as_deref().unwrap_or_default()),
                &self.api_key_command.source,
            ),
            (
                "endpoint.allow_http",
                self.allow_http.value.to_string(),
                &self.allow_http.source,
            ),
            (
                "endpoint.parallel",
                self.parallel.value.to_string(),
                &self.parallel.source,
            ),
            (
                "endpoint.silence_s",
                self.silence_s.value.to_string(),
                &self.silence_s.source,
            ),
            (
                "endpoint.finish_after_hangup_s",
                self.finish_after_hangup_s.value.to_string(),
                &self.finish_after_hangup_s.source,
            ),
            (
                "endpoint.finish_after_term_s",
                self.finish_after_term_s.value.to_string(),
                &self.finish_after_term_s.source,
            ),
            ("form.model", text(&self.model.value), &self.model.source),
            (
                "form.ratio",
                text(&self.ratio.value.to_string()),
                &self.ratio.source,
            ),
            (
                "form.format",
                text(self.format.value.as_str()),
                &self.format.source,
            ),
            (
                "form.count",
                self.count.value.to_string(),
                &self.count.source,
            ),
            (
                "library.path",
                text(&self.library.value.to_string_lossy()),
                &self.library.source,
            ),
            ("studio.graphics", text(graphics), &self.graphics.source),
            (
                "studio.preview_kb",
                self.preview_kb.value.to_string(),
                &self.preview_kb.source,
            ),
            ("studio.blocks", text(blocks), &self.blocks.source),
            ("studio.theme", text(&self.theme.value), &self.theme.source),
            (
                "studio.mouse",
                self.mouse.value.to_string(),
                &self.mouse.source,
            ),
            ("studio.notify", text(notify), &self.notify.source),
        ];
        let after = rows.iter().position(|(key, ..)| *key == "endpoint.profile");
        let profiles = self.profile_for.iter().map(|(url, name)| {
            let entry = format!("{{ {} = {} }}", text(url), text(&name.value));
            ("endpoint.profile_for", entry, &name.source)
        });
        let after = after.map_or(rows.len(), |at| at + 1);
        rows.splice(after..after, profiles);
        rows
    }
}
