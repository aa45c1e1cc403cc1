//! A profile: how one gateway wants ratio, format, size, references and stream written. Data, filled by `config`.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::Tier;

/// A place in the JSON body: keys from the root, such as `extra_body`, `google`, `image_config`, `aspect_ratio`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct FieldPath(pub Vec<String>);

/// A field that has the same value in every request, such as OpenRouter's `modalities`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Constant {
    /// Its place.
    pub at: FieldPath,
    /// Any JSON value.
    pub value: Value,
}

/// In which forms a gateway takes reference pictures.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ReferenceForms {
    /// A URL that it fetches, or a data URI.
    #[default]
    Any,
    /// Data URIs only.
    Data,
    /// URLs only.
    Url,
}

/// How a request is written for one gateway.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Profile {
    /// `documented`, `example`, ...; the name of its table.
    #[serde(skip)]
    pub name: String,
    /// Fields of every request, in the order written.
    #[serde(default)]
    pub constants: Vec<Constant>,
    /// Every place that takes the aspect ratio, in the order written.
    #[serde(default)]
    pub aspect_ratio: Vec<FieldPath>,
    /// Every place that takes the output format, in the order written.
    #[serde(default)]
    pub output_format: Vec<FieldPath>,
    /// Every place that takes the size tier, in the order written; nothing is written for a model without one.
    #[serde(default)]
    pub image_size: Vec<FieldPath>,
    /// The gateway's own names of tiers; those that are not here are written as model names end: `0.5K`, `1K`, ...
    #[serde(default)]
    pub sizes: BTreeMap<Tier, String>,
    /// How reference pictures are taken.
    #[serde(default)]
    pub references: ReferenceForms,
    /// Whether a stream is asked for.
    #[serde(default = "yes")]
    pub stream: bool,
    /// The profile to change to, once, when a 400 names a field that only the documented form has.
    #[serde(default)]
    pub fallback: Option<String>,
}

impl Profile {
    /// How a tier is called on this gateway's wire.
    pub fn size(&self, tier: Tier) -> &str {
        self.sizes.get(&tier).map_or(tier.as_str(), String::as_str)
    }

    /// Every place that it writes to.
    pub fn places(&self) -> impl Iterator<Item = &FieldPath> {
        let constants = self.constants.iter().map(|constant| &constant.at);
        constants
            .chain(&self.aspect_ratio)
            .chain(&self.output_format)
            .chain(&self.image_size)
    }
}

fn yes() -> bool {
    true
}
