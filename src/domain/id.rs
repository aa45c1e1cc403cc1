//! Names of things: generations and their pictures (kept for ever), tasks (of one process only).

use std::fmt;
use std::str::FromStr;

use uuid::Uuid;

/// One `POST`, one row, one JSON object. A time-ordered UUID (v7) that the pipeline makes.
///
/// People see its last eight hex digits, since the first ones are the time and alike for a day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct GenerationId(Uuid);

impl GenerationId {
    /// Wraps a UUID, whatever its version.
    pub const fn from_uuid(uuid: Uuid) -> Self {
        Self(uuid)
    }

    /// A fixed id for tests and snapshots.
    pub const fn from_number(n: u128) -> Self {
        Self(Uuid::from_u128(n))
    }

    /// The last eight hex digits.
    pub fn short(&self) -> String {
        let hex = self.0.simple().to_string();
        hex[24..].to_owned()
    }

    /// Whether `ending` (hex digits, dashes ignored, any case) ends this id.
    pub fn ends_with(&self, ending: &str) -> bool {
        let ending: String = ending
            .chars()
            .filter(|c| *c != '-')
            .map(|c| c.to_ascii_lowercase())
            .collect();
        !ending.is_empty() && self.0.simple().to_string().ends_with(&ending)
    }
}

impl fmt::Display for GenerationId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl FromStr for GenerationId {
    type Err = uuid::Error;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Uuid::parse_str(text).map(Self)
    }
}

/// One picture of a generation, written `ID.N` with N from 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PictureId {
    /// The generation that brought it.
    pub generation: GenerationId,
    /// Its place in the answer, from 1.
    pub n: u16,
}

impl PictureId {
    /// `7c31d09e.1`, the form that people type.
    pub fn short(&self) -> String {
        format!("{}.{}", self.generation.short(), self.n)
    }
}

impl fmt::Display for PictureId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.generation, self.n)
    }
}

impl FromStr for PictureId {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let (id, n) = text.rsplit_once('.').ok_or("a picture id is ID.N")?;
        Ok(Self {
            generation: id.parse().map_err(|_| "a picture id starts with a UUID")?,
            n: n.parse().map_err(|_| "a picture id ends in a number")?,
        })
    }
}

/// One effect that was asked of the world, numbered by a counter in the studio's state.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct TaskId(pub u64);
