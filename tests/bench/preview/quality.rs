//! How much of a picture is left.

use image::RgbImage;
use plantain::domain::PixelSize;
use plantain::picture::{self, Pixels};
use ssimulacra2::{ColorPrimaries, Rgb, TransferCharacteristic, compute_frame_ssimulacra2};

/// Beside the ideal one.
#[derive(Debug, Clone, Copy)]
pub struct Quality {
    /// Peak signal to noise over all samples, dB.
    pub psnr: f64,
    /// SSIMULACRA2, where it was asked for.
    pub ss2: Option<f64>,
}

/// The picture at `width` x `height` px by Lanczos3 on what is stored, over black.
pub fn ideal(photo: &Pixels, width: u32, height: u32) -> RgbImage {
    picture::fit(photo, PixelSize::new(width, height)).over([0; 3])
}

pub fn measure(ideal: &RgbImage, shown: &RgbImage, with_ss2: bool) -> Quality {
    assert_eq!(ideal.dimensions(), shown.dimensions());
    Quality {
        psnr: psnr(ideal, shown),
        ss2: with_ss2
            .then(|| compute_frame_ssimulacra2(linear(ideal), linear(shown)).ok())
            .flatten(),
    }
}

pub fn psnr(ideal: &RgbImage, shown: &RgbImage) -> f64 {
    let pairs = ideal.as_raw().iter().zip(shown.as_raw());
    let error: u64 = pairs.map(|(a, b)| u64::from(a.abs_diff(*b)).pow(2)).sum();
    if error == 0 {
        return f64::INFINITY;
    }
    let mean = error as f64 / ideal.as_raw().len() as f64;
    10.0 * (255.0 * 255.0 / mean).log10()
}

fn linear(picture: &RgbImage) -> Rgb {
    let pixels = picture.pixels();
    let pixels = pixels.map(|pixel| pixel.0.map(|v| f32::from(v) / 255.0));
    let (width, height) = picture.dimensions();
    Rgb::new(
        pixels.collect(),
        width as usize,
        height as usize,
        TransferCharacteristic::SRGB,
        ColorPrimaries::BT709,
    )
    .unwrap()
}
