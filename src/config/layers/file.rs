//! The settings file as it is written: its tables, and how a line of it is named. Decides no value.

use std::collections::BTreeMap;
use std::path::Path;

use serde::Deserialize;
use toml::Spanned;

use crate::config::profiles::Tables;
use crate::config::settings::{DemoPolicy, Notify, Source, Value};
use crate::domain::{AspectRatio, Convert, Failure, FailureKind, OutputFormat};

/// Where the right form of a setting is to be seen.
const SETTINGS_HINT: &str = "`plantain config init` shows every setting with its default";

#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields, default)]
pub(super) struct File {
    pub(super) profiles: Tables,
    pub(super) demo: Option<Spanned<DemoPolicy>>,
    pub(super) convert: Option<Spanned<Convert>>,
    pub(super) endpoint: EndpointTable,
    pub(super) form: FormTable,
    pub(super) library: LibraryTable,
    pub(super) studio: StudioTable,
}

#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields, default)]
pub(super) struct EndpointTable {
    pub(super) base_url: Option<Spanned<String>>,
    pub(super) profile: Option<Spanned<String>>,
    pub(super) profile_for: BTreeMap<Spanned<String>, String>,
    pub(super) api_key_command: Option<Spanned<String>>,
    pub(super) allow_http: Option<Spanned<bool>>,
    pub(super) parallel: Option<Spanned<u8>>,
    pub(super) silence_s: Option<Spanned<u32>>,
    pub(super) finish_after_hangup_s: Option<Spanned<u32>>,
    pub(super) finish_after_term_s: Option<Spanned<u32>>,
}

#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields, default)]
pub(super) struct FormTable {
    pub(super) model: Option<Spanned<String>>,
    pub(super) ratio: Option<Spanned<AspectRatio>>,
    pub(super) format: Option<Spanned<OutputFormat>>,
    pub(super) count: Option<Spanned<u8>>,
}

#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields, default)]
pub(super) struct LibraryTable {
    pub(super) path: Option<Spanned<String>>,
}

#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields, default)]
pub(super) struct StudioTable {
    pub(super) graphics: Option<Spanned<String>>,
    pub(super) preview_kb: Option<Spanned<u32>>,
    pub(super) blocks: Option<Spanned<String>>,
    pub(super) theme: Option<Spanned<String>>,
    pub(super) mouse: Option<Spanned<bool>>,
    pub(super) notify: Option<Spanned<Notify>>,
}

/// One file while it is laid over: knows how to name a line of itself.
pub(in crate::config) struct Layer<'a> {
    pub(super) path: Option<&'a Path>,
    pub(super) text: &'a str,
}

impl Layer<'_> {
    pub(in crate::config) fn source(&self, at: usize) -> Source {
        self.path.map_or(Source::Default, |path| Source::File {
            path: path.to_owned(),
            line: line_of(self.text, at),
        })
    }

    /// Lays `over` upon `under`, after `read` made the setting's value of it.
    pub(super) fn lay<T, U>(
        &self,
        under: &mut Value<U>,
        over: Option<Spanned<T>>,
        read: impl FnOnce(T) -> Result<U, String>,
    ) -> Result<(), Failure> {
        let Some(over) = over else { return Ok(()) };
        let source = self.source(over.span().start);
        let value = read(over.into_inner()).map_err(|what| {
            Failure::new(FailureKind::Config, format!("{source}: {what}")).hint(SETTINGS_HINT)
        })?;
        *under = Value { value, source };
        Ok(())
    }
}

/// Reads a file's tables.
pub(super) fn parse(layer: &Layer<'_>) -> Result<File, Failure> {
    toml::from_str(layer.text)
        .map_err(|error| describe(layer.path, layer.text, &error, SETTINGS_HINT))
}

/// A TOML error as one line: file, line, and what is wrong there.
pub(in crate::config) fn describe(
    path: Option<&Path>,
    text: &str,
    error: &toml::de::Error,
    hint: &str,
) -> Failure {
    let name = path.map_or("the built-in defaults".to_owned(), |p| {
        p.display().to_string()
    });
    let place = error.span().map_or(name.clone(), |span| {
        format!("{name}:{}", line_of(text, span.start))
    });
    Failure::new(FailureKind::Config, format!("{place}: {}", error.message())).hint(hint)
}

fn line_of(text: &str, at: usize) -> usize {
    let before = text.get(..at).unwrap_or(text);
    before.matches('\n').count() + 1
}
