//! Colours as three channels from 0 to 1, and the few ways in which the painter mixes them. No palette lives here.

use tiny_skia::Color;

/// Red, green and blue, each from 0 to 1, gamma-encoded as sRGB.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Rgb {
    pub r: f32,
    pub g: f32,
    pub b: f32,
}

impl Rgb {
    pub const WHITE: Self = Self::hex(0xff_ffff);
    pub const BLACK: Self = Self::hex(0);

    /// From `0xRRGGBB`.
    pub const fn hex(value: u32) -> Self {
        Self {
            r: ((value >> 16) & 0xff) as f32 / 255.0,
            g: ((value >> 8) & 0xff) as f32 / 255.0,
            b: (value & 0xff) as f32 / 255.0,
        }
    }

    /// `self` at `t` = 0, `other` at `t` = 1.
    pub fn mix(self, other: Self, t: f32) -> Self {
        Self {
            r: self.r + (other.r - self.r) * t,
            g: self.g + (other.g - self.g) * t,
            b: self.b + (other.b - self.b) * t,
        }
    }

    /// Every channel times `k`.
    pub fn scale(self, k: f32) -> Self {
        Self {
            r: self.r * k,
            g: self.g * k,
            b: self.b * k,
        }
    }

    /// Adds light: `other` times `k`.
    pub fn add(self, other: Self, k: f32) -> Self {
        Self {
            r: self.r + other.r * k,
            g: self.g + other.g * k,
            b: self.b + other.b * k,
        }
    }

    /// Like [`Self::add`], but never over white.
    pub fn screen(self, other: Self, k: f32) -> Self {
        Self {
            r: self.r + (1.0 - self.r) * other.r * k,
            g: self.g + (1.0 - self.g) * other.g * k,
            b: self.b + (1.0 - self.b) * other.b * k,
        }
    }

    /// What a surface of colour `self` shows under the light `other`.
    pub fn multiply(self, other: Self) -> Self {
        Self {
            r: self.r * other.r,
            g: self.g * other.g,
            b: self.b * other.b,
        }
    }

    /// Perceived lightness, from 0 to 1 (Rec. 709 weights).
    pub fn luma(self) -> f32 {
        self.r * 0.2126 + self.g * 0.7152 + self.b * 0.0722
    }

    /// 0 gives grey of the same lightness, 1 nothing, above 1 more colour.
    pub fn saturate(self, k: f32) -> Self {
        let grey = self.luma();
        Self {
            r: grey + (self.r - grey) * k,
            g: grey + (self.g - grey) * k,
            b: grey + (self.b - grey) * k,
        }
    }

    /// For `tiny_skia`, out-of-range channels clamped.
    pub fn skia(self, alpha: f32) -> Color {
        Color::from_rgba(
            self.r.clamp(0.0, 1.0),
            self.g.clamp(0.0, 1.0),
            self.b.clamp(0.0, 1.0),
            alpha.clamp(0.0, 1.0),
        )
        .unwrap_or(Color::BLACK)
    }
}

/// 0 below `from`, 1 above `to`, and a smooth step between.
pub fn smoothstep(from: f32, to: f32, x: f32) -> f32 {
    let t = ((x - from) / (to - from)).clamp(0.0, 1.0);
    t * t * (3.0 - 2.0 * t)
}
