//! The catalog: models, ratios, formats, prices. A value; `config` fills it from files.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{AspectRatio, Clean, Model, OutputFormat, PixelSize, Tier};

/// What one picture costs, as the user wrote it down; the endpoint publishes no prices.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Price(pub String);

/// Everything the pickers offer, and what is known about it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Catalog {
    /// Known models, in the order that the picker shows.
    pub models: Vec<Model>,
    /// Ratios with their size at 1K in px.
    pub ratios: Vec<(AspectRatio, PixelSize)>,
    /// Output formats, in the document's order.
    pub formats: Vec<OutputFormat>,
    /// Price of one picture by model name.
    pub prices: BTreeMap<String, Price>,
}

impl Catalog {
    /// What is known of `name`; `None` for a model that only the gateway knows.
    pub fn model(&self, name: &str) -> Option<&Model> {
        self.models.iter().find(|m| m.name == name)
    }

    /// The size tier that `name` promises: from the catalog, else from the name's ending.
    pub fn tier(&self, name: &str) -> Option<Tier> {
        self.model(name)
            .map_or_else(|| Tier::of_name(name), |m| m.tier)
    }

    /// The px that `ratio` has at the tier of `model` (1K where it has none); `None` for a ratio without a known size.
    pub fn pixels(&self, model: &str, ratio: AspectRatio) -> Option<PixelSize> {
        let tier = self.tier(model).unwrap_or(Tier::One);
        let (_, one) = self.ratios.iter().find(|(r, _)| *r == ratio)?;
        Some(PixelSize {
            width: tier.scale(one.width),
            height: tier.scale(one.height),
        })
    }

    /// The price of one picture, if the user wrote one down.
    pub fn price(&self, model: &str) -> Option<&Price> {
        self.prices.get(model)
    }

    /// The known ratio nearest to a picture of this size.
    pub fn nearest_ratio(&self, size: PixelSize) -> Option<AspectRatio> {
        self.ratios.iter().map(|(r, _)| *r).min_by(|a, b| {
            a.deviation(size.width, size.height)
                .total_cmp(&b.deviation(size.width, size.height))
        })
    }

    /// What the user should know before asking for this: an unknown model, a format that the vendor does not list.
    pub fn warnings(&self, model: &str, format: OutputFormat) -> Vec<Clean> {
        match self.model(model) {
            None => vec![Clean::line(&format!(
                "{model} is not in the catalog; asking for it all the same"
            ))],
            Some(known) if !known.formats.contains(&format) => vec![Clean::line(&format!(
                "the vendor lists {} for {model}, not {format}",
                known
                    .formats
                    .iter()
                    .map(|f| f.as_str())
                    .collect::<Vec<_>>()
                    .join(", ")
            ))],
            Some(_) => Vec::new(),
        }
    }
}
