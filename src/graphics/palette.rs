//! Pictures in few colours: a palette by k-means in Oklab, no dither (it costs bytes and 2 dB).

use quantette::deps::palette::Srgb;
use quantette::deps::palette::cast::ComponentsAs;
use quantette::{ImageRef, PaletteSize, Pipeline, QuantizeMethod};

use super::raster::Raster;

/// A picture as indices into its colours.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Indexed {
    pub colors: Vec<[u8; 3]>,
    pub indices: Vec<u8>,
}

/// `raster` in at most `colors` (1 to 256) colours.
pub(super) fn quantize(raster: &Raster, colors: u16) -> Option<Indexed> {
    let pixels: &[Srgb<u8>] = raster.samples().components_as();
    let image = ImageRef::new(raster.width as u32, raster.height as u32, pixels).ok()?;
    let (colors, indices) = Pipeline::new()
        .palette_size(PaletteSize::from_u16_clamped(colors))
        .quantize_method(QuantizeMethod::kmeans())
        .ditherer(None)
        .input_image(image)
        .output_srgb8_indexed_image()
        .into_parts();
    Some(Indexed {
        colors: colors.into_iter().map(Into::into).collect(),
        indices,
    })
}
