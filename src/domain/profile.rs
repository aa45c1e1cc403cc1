//! A profile: how one gateway wants ratio, format and stream written. Data, filled by `config`.

use serde::{Deserialize, Serialize};

/// A place in the JSON body: keys from the root, such as `extra_body`, `google`, `image_config`, `aspect_ratio`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct FieldPath(pub Vec<String>);

/// How a request is written for one gateway.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Profile {
    /// `documented`, `example`, ...
    #[serde(default)]
    pub name: String,
    /// Every place that takes the aspect ratio, in the order written.
    #[serde(default)]
    pub aspect_ratio: Vec<FieldPath>,
    /// Every place that takes the output format, in the order written.
    #[serde(default)]
    pub output_format: Vec<FieldPath>,
    /// Whether a stream is asked for.
    #[serde(default = "yes")]
    pub stream: bool,
    /// The profile to change to, once, when a 400 names a field of this one.
    #[serde(default)]
    pub fallback: Option<String>,
}

fn yes() -> bool {
    true
}
