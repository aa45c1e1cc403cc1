//! The form: what the next request asks for, beside its words.

use crate::domain::{AspectRatio, Catalog, OutputFormat, PictureId, Reference};

/// The most pictures that one key press may ask for.
pub const MAX_COUNT: u8 = 8;

/// The fields of the settings pane, top to bottom.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub enum Field {
    /// The model's name.
    #[default]
    Model,
    /// The aspect ratio.
    Ratio,
    /// The output format.
    Format,
    /// How many at once.
    Count,
}

impl Field {
    /// Top to bottom.
    pub const ALL: [Self; 4] = [Self::Model, Self::Ratio, Self::Format, Self::Count];

    /// Its label.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Model => "Model",
            Self::Ratio => "Ratio",
            Self::Format => "Format",
            Self::Count => "Count",
        }
    }

    /// The field `by` places further, stopping at the ends.
    #[must_use]
    pub fn moved(self, by: isize) -> Self {
        let at = (self as usize).saturating_add_signed(by);
        Self::ALL[at.min(Self::ALL.len() - 1)]
    }
}

/// What the next request asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Form {
    /// The model's name; any string.
    pub model: String,
    /// Aspect ratio.
    pub ratio: AspectRatio,
    /// Output format.
    pub format: OutputFormat,
    /// 1..=[`MAX_COUNT`]
    pub count: u8,
    /// Reference pictures, #1 first; the prompt's title shows them as chips.
    pub references: Vec<Reference>,
    /// The picture of the history that is being edited; its reference is among `references`.
    pub parent: Option<PictureId>,
}

impl Form {
    /// The value of a field as people read it.
    pub fn value(&self, field: Field) -> String {
        match field {
            Field::Model => self.model.clone(),
            Field::Ratio => self.ratio.to_string(),
            Field::Format => self.format.to_string(),
            Field::Count => self.count.to_string(),
        }
    }

    /// The price of what would be sent, in the user's own words; `None` when unknown.
    pub fn price(&self, catalog: &Catalog) -> Option<String> {
        let one = &catalog.price(&self.model)?.0;
        Some(match self.count {
            1 => one.clone(),
            n => format!("{n} x {one}"),
        })
    }
}
