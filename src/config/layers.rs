//! The layers, laid over one another: defaults < file < environment < flags.

mod file;

use std::collections::BTreeMap;
use std::path::PathBuf;

use super::paths::{self, Paths};
use super::profiles::Profiles;
use super::settings::{DemoPolicy, Notify, Settings, Source, Value};
use super::{DEFAULT_CONFIG, Environment, Overrides, UserFile};
use crate::domain::{
    AspectRatio, Convert, Failure, FailureKind, Glyphs, GraphicsKind, OutputFormat, Profile,
};
use file::{File, parse};

pub(super) use file::{Layer, describe};

/// Reads and merges all layers.
pub(super) fn merge(
    paths: &Paths,
    environment: &Environment,
    overrides: &Overrides,
) -> Result<(Settings, Vec<Profile>), Failure> {
    let mut settings = defaults(paths)?;
    let mut profiles = Profiles::builtin();
    let base = Layer {
        path: None,
        text: DEFAULT_CONFIG,
    };
    let file = parse(&base)?;
    lay_file(&mut settings, &mut profiles, &base, file, environment)?;
    match paths::read(&paths.config_file)? {
        Some(UserFile { path, text }) => {
            let layer = Layer {
                path: Some(&path),
                text: &text,
            };
            let file = parse(&layer)?;
            lay_file(&mut settings, &mut profiles, &layer, file, environment)?;
        }
        None if paths.config_named => {
            return Err(Failure::new(
                FailureKind::Config,
                format!("there is no {}", paths.config_file.display()),
            )
            .hint("`plantain config init` writes one there"));
        }
        None => {}
    }
    lay_environment(&mut settings, environment)?;
    lay_flags(&mut settings, overrides, environment)?;
    if settings.library.value.as_os_str().is_empty() {
        return Err(Failure::new(
            FailureKind::Config,
            "no folder for the library: there is no home folder",
        )
        .hint("name one with --library DIR or PLANTAIN_LIBRARY"));
    }
    profiles.check(&settings)?;
    Ok((settings, profiles.known))
}

/// What stands before the first layer; every field is overwritten by `assets/config.toml` (held by a test).
fn defaults(paths: &Paths) -> Result<Settings, Failure> {
    fn value<T>(value: T) -> Value<T> {
        Value {
            value,
            source: Source::Default,
        }
    }
    let ratio = AspectRatio::new(16, 9)
        .ok_or_else(|| Failure::new(FailureKind::Internal, "16:9 is not a ratio"))?;
    Ok(Settings {
        demo: value(DemoPolicy::Allow),
        convert: value(Convert::Never),
        base_url: value(None),
        profile: value(String::new()),
        profile_for: BTreeMap::new(),
        api_key_command: value(None),
        allow_http: value(false),
        parallel: value(1),
        silence_s: value(300),
        finish_after_hangup_s: value(600),
        finish_after_term_s: value(0),
        model: value(String::new()),
        ratio: value(ratio),
        format: value(OutputFormat::Jpeg),
        count: value(1),
        library: value(
            paths
                .pictures
                .as_ref()
                .map(|p| p.join("plantain"))
                .unwrap_or_default(),
        ),
        graphics: value(None),
        preview_kb: value(0),
        blocks: value(None),
        theme: value(String::new()),
        mouse: value(true),
        notify: value(Notify::Bell),
    })
}

fn lay_file(
    settings: &mut Settings,
    profiles: &mut Profiles,
    layer: &Layer<'_>,
    file: File,
    environment: &Environment,
) -> Result<(), Failure> {
    let File {
        profiles: tables,
        demo,
        convert,
        endpoint,
        form,
        library,
        studio,
    } = file;
    profiles.lay(layer, tables)?;
    layer.lay(&mut settings.demo, demo, Ok)?;
    layer.lay(&mut settings.convert, convert, Ok)?;
    layer.lay(&mut settings.base_url, endpoint.base_url, |v| {
        Ok(filled(&v))
    })?;
    layer.lay(&mut settings.profile, endpoint.profile, Ok)?;
    for (url, value) in endpoint.profile_for {
        let source = layer.source(url.span().start);
        let url = url.into_inner();
        settings.profile_for.insert(url, Value { value, source });
    }
    layer.lay(
        &mut settings.api_key_command,
        endpoint.api_key_command,
        |v| Ok(filled(&v)),
    )?;
    layer.lay(&mut settings.allow_http, endpoint.allow_http, Ok)?;
    layer.lay(&mut settings.parallel, endpoint.parallel, |v| {
        between(v, 1, 64, "parallel")
    })?;
    layer.lay(&mut settings.silence_s, endpoint.silence_s, |v| {
        between(v, 1, 86_400, "silence_s")
    })?;
    let within = |v, name| between(v, 0, 86_400, name);
    let hangup = &mut settings.finish_after_hangup_s;
    layer.lay(hangup, endpoint.finish_after_hangup_s, |v| {
        within(v, "finish_after_hangup_s")
    })?;
    let term = &mut settings.finish_after_term_s;
    layer.lay(term, endpoint.finish_after_term_s, |v| {
        within(v, "finish_after_term_s")
    })?;
    layer.lay(&mut settings.model, form.model, Ok)?;
    layer.lay(&mut settings.ratio, form.ratio, Ok)?;
    layer.lay(&mut settings.format, form.format, Ok)?;
    layer.lay(&mut settings.count, form.count, |v| {
        between(v, 1, 8, "count")
    })?;
    // An empty path keeps the default folder, and its source.
    let path = library.path.filter(|p| !p.get_ref().trim().is_empty());
    layer.lay(&mut settings.library, path, |v| Ok(folder(&v, environment)))?;
    layer.lay(&mut settings.graphics, studio.graphics, |v| graphics(&v))?;
    layer.lay(&mut settings.preview_kb, studio.preview_kb, |v| {
        between(v, 0, 100_000, "preview_kb")
    })?;
    layer.lay(&mut settings.blocks, studio.blocks, |v| blocks(&v))?;
    layer.lay(&mut settings.theme, studio.theme, Ok)?;
    layer.lay(&mut settings.mouse, studio.mouse, Ok)?;
    layer.lay(&mut settings.notify, studio.notify, Ok)
}

fn lay_environment(settings: &mut Settings, environment: &Environment) -> Result<(), Failure> {
    if let Some(url) = environment.var("PLANTAIN_BASE_URL") {
        settings.base_url = Value {
            value: filled(url),
            source: Source::Environment("PLANTAIN_BASE_URL"),
        };
    }
    if let Some(path) = environment.var("PLANTAIN_LIBRARY") {
        settings.library = Value {
            value: folder(path, environment),
            source: Source::Environment("PLANTAIN_LIBRARY"),
        };
    }
    if let Some(kind) = environment.var("PLANTAIN_GRAPHICS") {
        settings.graphics = named_graphics(kind, Source::Environment("PLANTAIN_GRAPHICS"))?;
    }
    Ok(())
}

fn lay_flags(
    settings: &mut Settings,
    overrides: &Overrides,
    environment: &Environment,
) -> Result<(), Failure> {
    if let Some(url) = &overrides.base_url {
        settings.base_url = Value {
            value: filled(url),
            source: Source::Flag("--base-url"),
        };
    }
    if let Some(path) = &overrides.library {
        settings.library = Value {
            value: environment.cwd.join(path),
            source: Source::Flag("--library"),
        };
    }
    if let Some(kind) = &overrides.graphics {
        settings.graphics = named_graphics(kind, Source::Flag("--graphics"))?;
    }
    Ok(())
}

fn named_graphics(kind: &str, source: Source) -> Result<Value<Option<GraphicsKind>>, Failure> {
    let value = graphics(kind).map_err(|what| {
        Failure::new(FailureKind::Config, format!("{source}: {what}"))
            .hint("auto lets plantain ask the terminal")
    })?;
    Ok(Value { value, source })
}

fn graphics(text: &str) -> Result<Option<GraphicsKind>, String> {
    if text == "auto" {
        return Ok(None);
    }
    text.parse::<GraphicsKind>()
        .map(Some)
        .map_err(|error| error.to_string())
}

fn blocks(text: &str) -> Result<Option<Glyphs>, String> {
    if text == "auto" {
        return Ok(None);
    }
    text.parse::<Glyphs>()
        .map(Some)
        .map_err(|error| error.to_string())
}

fn filled(text: &str) -> Option<String> {
    let text = text.trim();
    (!text.is_empty()).then(|| text.to_owned())
}

fn between<T: PartialOrd + std::fmt::Display + Copy>(
    value: T,
    least: T,
    most: T,
    name: &str,
) -> Result<T, String> {
    if (least..=most).contains(&value) {
        Ok(value)
    } else {
        Err(format!("{name} is {value}; it goes from {least} to {most}"))
    }
}

/// An absolute folder: `~/` is the home, anything else counts from where plantain was started.
fn folder(text: &str, environment: &Environment) -> PathBuf {
    match (text.strip_prefix("~/"), &environment.home) {
        (Some(rest), Some(home)) => home.join(rest),
        _ => environment.cwd.join(text),
    }
}
