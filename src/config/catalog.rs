//! Fills the catalog and the profiles from `assets/`, and lays a user's file over the catalog.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::UserFile;
use super::layers::describe;
use crate::domain::{AspectRatio, Catalog, Failure, Model, OutputFormat, PixelSize, Price};

const CATALOG: &str = include_str!("../../assets/catalog.toml");

/// The form of a user's file, in one line.
const CATALOG_HINT: &str = "a [[model]] has name, family and formats, a [[ratio]] name and pixels; prices are text, such as \"$0.13\"";

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct CatalogFile {
    #[serde(default, rename = "model")]
    models: Vec<Model>,
    #[serde(default, rename = "ratio")]
    ratios: Vec<RatioEntry>,
    #[serde(default)]
    prices: BTreeMap<String, Price>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct RatioEntry {
    name: AspectRatio,
    pixels: [u32; 2],
}

/// The catalog that is compiled in: the endpoint's document.
pub fn builtin_catalog() -> Catalog {
    let mut catalog = Catalog {
        formats: OutputFormat::ALL.to_vec(),
        ..Catalog::default()
    };
    // The asset is read by a test; were it ever damaged, an empty catalog still allows any model.
    if let Ok(file) = toml::from_str(CATALOG) {
        lay_over(&mut catalog, file);
    }
    catalog
}

/// The compiled-in catalog with the user's file over it.
pub fn catalog_with(file: Option<&UserFile>) -> Result<Catalog, Failure> {
    let mut catalog = builtin_catalog();
    if let Some(UserFile { path, text }) = file {
        let parsed = toml::from_str(text)
            .map_err(|error| describe(Some(path.as_path()), text, &error, CATALOG_HINT))?;
        lay_over(&mut catalog, parsed);
    }
    Ok(catalog)
}

/// Replaces entries of the same name, adds the others behind.
fn lay_over(catalog: &mut Catalog, file: CatalogFile) {
    for model in file.models {
        match catalog.models.iter_mut().find(|m| m.name == model.name) {
            Some(known) => *known = model,
            None => catalog.models.push(model),
        }
    }
    for entry in file.ratios {
        let size = PixelSize::new(entry.pixels[0], entry.pixels[1]);
        match catalog.ratios.iter_mut().find(|(r, _)| *r == entry.name) {
            Some(known) => known.1 = size,
            None => catalog.ratios.push((entry.name, size)),
        }
    }
    catalog.prices.extend(file.prices);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_document_is_all_there() {
        let catalog = builtin_catalog();
        assert_eq!(catalog.models.len(), 8);
        assert_eq!(catalog.ratios.len(), 10);
        for (ratio, size) in &catalog.ratios {
            assert!(ratio.deviation(size.width, size.height) < 0.03, "{ratio}");
        }
        let wide = AspectRatio::new(16, 9).unwrap();
        assert_eq!(
            catalog.pixels("NanoBananaPro-4K", wide),
            Some(PixelSize::new(5504, 3072))
        );
        assert_eq!(
            catalog.pixels("NanoBanana2-0.5K", wide),
            Some(PixelSize::new(688, 384))
        );
        assert_eq!(
            catalog.pixels("NanoBanana", wide),
            Some(PixelSize::new(1376, 768))
        );
    }
}
