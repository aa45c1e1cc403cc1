//! Aspect ratios: width to height in small whole numbers.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// Width to height, such as `16:9`. The endpoint's document lists ten; a user's catalog may add more.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct AspectRatio {
    width: u16,
    height: u16,
}

impl AspectRatio {
    /// One to one.
    pub const SQUARE: Self = Self {
        width: 1,
        height: 1,
    };

    /// `None` when a side is 0 or one side is more than 100 times the other.
    pub const fn new(width: u16, height: u16) -> Option<Self> {
        if width == 0 || height == 0 || width / height > 100 || height / width > 100 {
            return None;
        }
        Some(Self { width, height })
    }

    /// Width divided by height.
    pub fn value(self) -> f64 {
        f64::from(self.width) / f64::from(self.height)
    }

    /// The two numbers as written.
    pub const fn parts(self) -> (u16, u16) {
        (self.width, self.height)
    }

    /// How far a picture of `width` x `height` px is from this ratio: 0.03 means 3 %.
    pub fn deviation(self, width: u32, height: u32) -> f64 {
        if height == 0 || width == 0 {
            return 1.0;
        }
        let got = f64::from(width) / f64::from(height);
        (got / self.value() - 1.0).abs()
    }
}

impl fmt::Display for AspectRatio {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&format!("{}:{}", self.width, self.height))
    }
}

/// What is wrong with a text that should be a ratio.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("a ratio is written like 16:9")]
pub struct NotARatio;

impl FromStr for AspectRatio {
    type Err = NotARatio;

    fn from_str(text: &str) -> Result<Self, NotARatio> {
        let (w, h) = text.trim().split_once(':').ok_or(NotARatio)?;
        let digits = |s: &str| !s.is_empty() && s.bytes().all(|b| b.is_ascii_digit());
        if !digits(w) || !digits(h) {
            return Err(NotARatio);
        }
        let parsed = (
            w.parse().map_err(|_| NotARatio)?,
            h.parse().map_err(|_| NotARatio)?,
        );
        Self::new(parsed.0, parsed.1).ok_or(NotARatio)
    }
}

impl TryFrom<String> for AspectRatio {
    type Error = NotARatio;

    fn try_from(text: String) -> Result<Self, NotARatio> {
        text.parse()
    }
}

impl From<AspectRatio> for String {
    fn from(ratio: AspectRatio) -> Self {
        ratio.to_string()
    }
}
