//! A scene while it is painted: the canvas with the brief, the palette and the light that everything agrees on.

use super::brief::Brief;
use super::canvas::Canvas;
use super::noise::Tile;
use super::palette::Palette;
use super::random::Rng;
use super::words::{Hour, Weather};

/// What every part of the painter is handed.
pub struct Scene {
    pub canvas: Canvas,
    pub brief: Brief,
    pub palette: Palette,
    pub tile: Tile,
    pub dice: Rng,
    /// Centre of the sun or the moon, px; below the horizon when it has set.
    pub light: (f32, f32),
    /// Where the sky meets the flat earth, px from the top.
    pub horizon: f32,
    /// 1 when the light comes from the right, -1 from the left.
    pub side: f32,
}

impl Scene {
    /// Chooses the light's place; nothing is painted yet.
    pub fn new(canvas: Canvas, brief: Brief) -> Self {
        let palette = Palette::of(&brief);
        let dice = Rng::new(brief.seed);
        let mut place = dice.fork("light");
        let side = place.pick([-1.0, 1.0]);
        let height = match brief.hour {
            Hour::Dawn | Hour::Sunset => place.range(0.36, 0.46),
            Hour::Day => place.range(0.12, 0.22),
            Hour::Dusk => place.range(0.5, 0.54),
            Hour::Night => place.range(0.15, 0.26),
        };
        let light = (
            canvas.width * (0.5 + side * place.range(0.16, 0.27)),
            canvas.height * height,
        );
        Self {
            tile: Tile::new(brief.seed as u32),
            horizon: canvas.height * 0.6,
            canvas,
            brief,
            palette,
            dice,
            light,
            side,
        }
    }

    /// A share of the unit length, in px.
    pub fn len(&self, share: f32) -> f32 {
        self.canvas.unit * share
    }

    /// Whether sun or moon can be seen.
    pub fn open_sky(&self) -> bool {
        matches!(
            self.brief.weather,
            Weather::Clear | Weather::Cloudy | Weather::Snow
        )
    }

    /// A seed of its own for one part of the picture.
    pub fn seed(&self, part: &str) -> u32 {
        self.dice.fork(part).bits() as u32
    }

    /// A generator of its own for one part of the picture.
    pub fn dice(&self, part: &str) -> Rng {
        self.dice.fork(part)
    }

    /// Where a subject stands, px from the left: away from the light, on a third.
    pub fn stand(&self) -> f32 {
        self.canvas.width * (0.5 - self.side * 0.14)
    }
}
