//! Test pictures, and how alike two are.

use plantain::domain::{GenerationId, GraphicsKind, PictureId, PixelSize};
use plantain::graphics::{Bitmap, Capabilities, Environment};

/// The n-th picture.
pub fn id(n: u16) -> PictureId {
    PictureId {
        generation: GenerationId::from_number(1),
        n,
    }
}

/// A terminal that is forced to `kind`, its cells assumed (10x20 px).
pub fn caps(kind: GraphicsKind) -> Capabilities {
    let env = Environment {
        term: "xterm-256color".into(),
        colorterm: "truecolor".into(),
        ..Environment::default()
    };
    Capabilities::parse(&[], &env).forced(kind, "a test")
}

/// RGBA pixels that can be borrowed as a bitmap.
pub struct Pixels {
    pub size: PixelSize,
    pub rgba: Vec<u8>,
}

impl Pixels {
    /// Opaque, each pixel by its place.
    pub fn by(size: PixelSize, color: impl Fn(u32, u32) -> [u8; 3]) -> Self {
        let mut rgba = Vec::new();
        for y in 0..size.height {
            for x in 0..size.width {
                rgba.extend(color(x, y));
                rgba.push(255);
            }
        }
        Self { size, rgba }
    }

    /// Few colours that sixel's percents hit exactly; no two neighbouring pixels alike.
    pub fn pattern(picture: PictureId, size: PixelSize) -> Self {
        let n = u32::from(picture.n);
        Self::by(size, |x, y| {
            let step = |v: u32| (v % 3 * 102 + n % 2 * 51) as u8;
            [step(x + n), step(y + x), step(x / 7 + y / 5)]
        })
    }

    /// No two pixels alike: a PNG of it is as long as its pixels, so kitty gets several chunks.
    pub fn noise(picture: PictureId, size: PixelSize) -> Self {
        let n = u32::from(picture.n);
        Self::by(size, |x, y| {
            let mixed = (x * 0x9e37 + y * 0x85eb + n * 0xc2b3).wrapping_mul(0x2c1b_3c6d);
            let mixed = (mixed ^ (mixed >> 15)).wrapping_mul(0x297a_2d39);
            [mixed as u8, (mixed >> 8) as u8, (mixed >> 16) as u8]
        })
    }

    /// Smooth light and some noise, as photographs have.
    pub fn photo(size: PixelSize) -> Self {
        Self::by(size, |x, y| {
            let (fx, fy) = (f64::from(x) / 40.0, f64::from(y) / 25.0);
            let noise = f64::from((x * 7919 + y * 104_729) % 13) - 6.0;
            let light =
                |phase: f64| (127.0 + 90.0 * (fx + phase).sin() * (fy - phase).cos() + noise) as u8;
            [light(0.0), light(0.7), light(1.9)]
        })
    }

    pub fn bitmap(&self) -> Bitmap<'_> {
        Bitmap::new(self.size, &self.rgba).unwrap()
    }

    pub fn rgb(&self, x: u32, y: u32) -> [u8; 3] {
        let at = ((y * self.size.width + x) * 4) as usize;
        [self.rgba[at], self.rgba[at + 1], self.rgba[at + 2]]
    }
}

/// Peak signal to noise, dB, of what `got` shows at each pixel of `picture`. Infinite when alike.
pub fn psnr(picture: &Pixels, got: impl Fn(u32, u32) -> [u8; 3]) -> f64 {
    let mut error = 0.0;
    for y in 0..picture.size.height {
        for x in 0..picture.size.width {
            for (a, b) in picture.rgb(x, y).into_iter().zip(got(x, y)) {
                error += f64::from(a.abs_diff(b)).powi(2);
            }
        }
    }
    let samples = f64::from(picture.size.width * picture.size.height * 3);
    10.0 * (255.0 * 255.0 / (error / samples)).log10()
}
