//! The profiles that are compiled in.

use std::collections::BTreeMap;

use crate::domain::Profile;

const PROFILES: &str = include_str!("../../assets/profiles.toml");

/// Every profile of `assets/profiles.toml`, each with its name filled in.
pub fn builtin_profiles() -> Vec<Profile> {
    let tables: BTreeMap<String, Profile> = toml::from_str(PROFILES).unwrap_or_default();
    tables
        .into_iter()
        .map(|(name, profile)| Profile { name, ..profile })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_asset_holds_both_profiles_and_the_fallback_exists() {
        let profiles = builtin_profiles();
        let named = |name: &str| profiles.iter().find(|p| p.name == name).unwrap();
        assert_eq!(named("documented").fallback.as_deref(), Some("example"));
        assert!(named("example").output_format.is_empty());
    }
}
