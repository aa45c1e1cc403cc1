//! The photographs, and the sizes in which they are shown.

use std::path::PathBuf;
use std::{env, fs};

use image::codecs::png::{CompressionType, FilterType, PngEncoder};
use image::{ExtendedColorType, ImageEncoder as _};
use plantain::domain::PixelSize;
use plantain::picture::{self, Limits, Pixels};
use tempfile::TempDir;

/// As the models make them: 1K wide, 2K square, 4K wide.
pub const SIZES: [(u32, u32); 3] = [(1376, 768), (2048, 2048), (5504, 3072)];
/// Pictures of which a large set has enough.
const FEW: usize = 3;
/// Above so many px a set is large.
const LARGE: u64 = 3_000_000;

pub struct Photo {
    pub name: String,
    pub pixels: Pixels,
}

pub struct Photos {
    own: Vec<Photo>,
    from: String,
}

impl Photos {
    /// Those of the folder, or painted ones.
    pub fn load() -> Self {
        let folder = env::var_os("PLANTAIN_PHOTOS").map(PathBuf::from);
        let folder = folder.or_else(|| Some(crate::peers::cache()?.join("photos")));
        let mut files: Vec<PathBuf> = folder
            .iter()
            .flat_map(fs::read_dir)
            .flatten()
            .flatten()
            .map(|entry| entry.path())
            .filter(|path| {
                name(path).starts_with("p_") && path.extension().is_some_and(|e| e == "png")
            })
            .collect();
        files.sort();
        let own: Vec<Photo> = files
            .iter()
            .map(|path| Photo {
                name: name(path).trim_end_matches(".png").to_owned(),
                pixels: picture::decode(&fs::read(path).unwrap(), Limits::default()).unwrap(),
            })
            .collect();
        if own.is_empty() {
            let own = (0..9).map(painted).collect();
            let from = "9 painted pictures of gradients, clouds and noise: no photographs found";
            return Self {
                own,
                from: from.to_owned(),
            };
        }
        let from = format!("{} photographs of {}", own.len(), folder.unwrap().display());
        Self { own, from }
    }

    pub fn told(&self) -> String {
        let cells = (crate::ROOM.width, crate::ROOM.height);
        format!(
            "{}, in {}x{} cells of {}x{} px; medians [least-most]; KB are 1000 bytes",
            self.from,
            cells.0,
            cells.1,
            crate::CELL.0,
            crate::CELL.1
        )
    }

    pub fn own(&self) -> &[Photo] {
        &self.own
    }

    /// The set in one size: cut to the ratio, then scaled. Fewer where they are large.
    pub fn at(&self, (width, height): (u32, u32)) -> Vec<Photo> {
        let large = u64::from(width) * u64::from(height) > LARGE;
        let count = if large { FEW } else { self.own.len() };
        self.own
            .iter()
            .take(count)
            .map(|photo| Photo {
                name: photo.name.clone(),
                pixels: scaled(&photo.pixels, (width, height)),
            })
            .collect()
    }
}

fn name(path: &std::path::Path) -> &str {
    path.file_name().and_then(|n| n.to_str()).unwrap_or("")
}

fn scaled(pixels: &Pixels, (width, height): (u32, u32)) -> Pixels {
    let PixelSize {
        width: w,
        height: h,
    } = pixels.size();
    let cut_w = w.min(h * width / height);
    let cut_h = h.min(w * height / width);
    let (left, top) = ((w - cut_w) / 2, (h - cut_h) / 2);
    let rows = pixels.rgba().chunks_exact(w as usize * 4);
    let rows = rows.skip(top as usize).take(cut_h as usize);
    let (from, to) = (left as usize * 4, (left + cut_w) as usize * 4);
    let rgba = rows.flat_map(|row| &row[from..to]).copied().collect();
    let cut = Pixels::new(PixelSize::new(cut_w, cut_h), rgba).unwrap();
    picture::fit(&cut, PixelSize::new(width, height))
}

/// Files of a set, where every program can read them.
pub fn files(set: &[Photo]) -> (TempDir, Vec<PathBuf>) {
    let folder = TempDir::new().unwrap();
    let files = set
        .iter()
        .map(|photo| {
            let file = folder.path().join(format!("{}.png", photo.name));
            fs::write(&file, png(&photo.pixels)).unwrap();
            file
        })
        .collect();
    (folder, files)
}

/// An RGB PNG, made in little time.
pub fn png(pixels: &Pixels) -> Vec<u8> {
    let PixelSize { width, height } = pixels.size();
    let rgb = pixels.over([0; 3]);
    let mut file = Vec::new();
    PngEncoder::new_with_quality(&mut file, CompressionType::Fast, FilterType::Adaptive)
        .write_image(&rgb, width, height, ExtendedColorType::Rgb8)
        .unwrap();
    file
}

/// Light over hills, clouds in many scales, and the noise of a sensor.
fn painted(n: u64) -> Photo {
    let (width, height) = SIZES[0];
    let hash = |x: i64, y: i64, salt: u64| {
        let mut v = (x as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15)
            ^ (y as u64).wrapping_mul(0xc2b2_ae3d_27d4_eb4f)
            ^ (salt + n * 1000).wrapping_mul(0x1656_67b1_9e37_79f9);
        v = (v ^ (v >> 29)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        ((v ^ (v >> 32)) & 0xffff) as f64 / 65535.0
    };
    let clouds = |x: f64, y: f64, salt: u64| {
        (0..6u64)
            .map(|octave| {
                let scale = 220.0 / f64::from(1 << octave);
                let (fx, fy) = (x / scale, y / scale);
                let (x0, y0) = (fx.floor() as i64, fy.floor() as i64);
                let ease = |t: f64| t * t * (3.0 - 2.0 * t);
                let (dx, dy) = (ease(fx - fx.floor()), ease(fy - fy.floor()));
                let at = |i, j| hash(x0 + i, y0 + j, salt * 10 + octave);
                let upper = at(0, 0) + (at(1, 0) - at(0, 0)) * dx;
                let lower = at(0, 1) + (at(1, 1) - at(0, 1)) * dx;
                (upper + (lower - upper) * dy - 0.5) / f64::from(1 << octave)
            })
            .sum::<f64>()
    };
    let mut rgba = Vec::with_capacity((width * height * 4) as usize);
    for y in 0..height {
        for x in 0..width {
            let (fx, fy) = (f64::from(x), f64::from(y));
            let light = 150.0 - 90.0 * fy / f64::from(height) + 150.0 * clouds(fx, fy, 1);
            let hue = 120.0 * clouds(fx * 0.5, fy * 0.5, 2);
            let luma = (hash(x.into(), y.into(), 7) + hash(x.into(), y.into(), 8) - 1.0) * 5.0;
            for (channel, tint) in [hue, 0.0, -hue].into_iter().enumerate() {
                let own = (hash(x.into(), y.into(), 20 + channel as u64) - 0.5) * 2.8;
                rgba.push((light + tint + luma + own).clamp(0.0, 255.0) as u8);
            }
            rgba.push(255);
        }
    }
    Photo {
        name: format!("p_painted{n}"),
        pixels: Pixels::new(PixelSize::new(width, height), rgba).unwrap(),
    }
}
