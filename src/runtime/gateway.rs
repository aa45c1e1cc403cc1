//! What the settings say about one gateway, by its base URL in whatever form it was written.

use crate::config::{Config, Value};
use crate::domain::{Clean, Failure};
use crate::endpoint::BaseUrl;

/// The profile that the settings name for `base`, and where: its entry in `profile_for`, else `profile`.
pub fn profile_for<'a>(config: &'a Config, base: &BaseUrl) -> Result<&'a Value<String>, Failure> {
    let settings = &config.settings;
    let mut found = &settings.profile;
    // Every entry is read, so that a wrong one is told before its gateway is needed.
    for (url, name) in &settings.profile_for {
        let entry = BaseUrl::parse(url).map_err(|failure| Failure {
            message: Clean::line(&format!("{}: {}", name.source, failure.message)),
            ..failure
        })?;
        if entry == *base {
            found = name;
        }
    }
    Ok(found)
}
