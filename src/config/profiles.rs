//! The profiles that are compiled in, the user's over them, and the check that every name of one is known.

use std::collections::BTreeMap;

use toml::Spanned;

use super::layers::Layer;
use super::{Settings, Source};
use crate::domain::{Failure, FailureKind, Profile};

const PROFILES: &str = include_str!("../../assets/profiles.toml");

/// What a request has anyway; a profile has no say in it.
const TAKEN: [&str; 3] = ["model", "messages", "stream"];

/// The tables of a file, each with its place in it.
pub(super) type Tables = BTreeMap<Spanned<String>, Profile>;

/// Every profile of `assets/profiles.toml`, each with its name filled in.
pub fn builtin_profiles() -> Vec<Profile> {
    let tables: BTreeMap<String, Profile> = toml::from_str(PROFILES).unwrap_or_default();
    tables
        .into_iter()
        .map(|(name, profile)| Profile { name, ..profile })
        .collect()
}

/// The profiles, and where those of the user's stand.
#[derive(Default)]
pub(super) struct Profiles {
    pub(super) known: Vec<Profile>,
    written: BTreeMap<String, Source>,
}

impl Profiles {
    pub(super) fn builtin() -> Self {
        Self {
            known: builtin_profiles(),
            written: BTreeMap::new(),
        }
    }

    /// Adds a file's profiles; one of a known name takes its place whole.
    pub(super) fn lay(&mut self, layer: &Layer<'_>, tables: Tables) -> Result<(), Failure> {
        for (name, profile) in tables {
            let source = layer.source(name.span().start);
            let name = name.into_inner();
            let taken = profile.places().find(|place| {
                let first = place.0.first().map(String::as_str);
                first.is_none_or(|first| TAKEN.contains(&first))
            });
            if let Some(place) = taken {
                let at = format!("{:?}", place.0);
                return Err(wrong(
                    &source,
                    &format!("profile {name}: nothing can be written to {at}"),
                )
                .hint("a place is a list of keys from the root; model, messages and stream have their own values"));
            }
            self.written.insert(name.clone(), source);
            self.known.retain(|known| known.name != name);
            self.known.push(Profile { name, ..profile });
        }
        Ok(())
    }

    /// Refuses settings and fallbacks that name a profile which nobody knows.
    pub(super) fn check(&self, settings: &Settings) -> Result<(), Failure> {
        let fallbacks = self.known.iter().filter_map(|profile| {
            let name = profile.fallback.as_ref()?;
            Some((name, self.written.get(&profile.name)?))
        });
        let named = settings.profile_for.values().chain([&settings.profile]);
        let named = named.map(|named| (&named.value, &named.source));
        for (name, source) in named.chain(fallbacks) {
            if !self.known.iter().any(|known| known.name == *name) {
                let known: Vec<&str> = self.known.iter().map(|p| p.name.as_str()).collect();
                return Err(wrong(source, &format!("there is no profile {name:?}"))
                    .hint(format!("known are {}", known.join(", "))));
            }
        }
        Ok(())
    }
}

fn wrong(source: &Source, what: &str) -> Failure {
    Failure::new(FailureKind::Config, format!("{source}: {what}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_asset_is_whole() {
        let tables: BTreeMap<String, Profile> = toml::from_str(PROFILES).unwrap();
        let names: Vec<&String> = tables.keys().collect();
        assert_eq!(
            names,
            ["documented", "example", "google", "nexara", "openrouter"]
        );
        for profile in tables.values() {
            let fallback = profile.fallback.as_ref();
            assert!(fallback.is_none_or(|name| tables.contains_key(name)));
        }
    }
}
