//! Land seen from the side: ridge after ridge, each an outline over the columns, fading into the air with distance.

use super::color::{Rgb, smoothstep};
use super::noise::{fractal, lattice};
use super::scene::Scene;

/// The form of an outline.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    Peaks,
    Hills,
    Dunes,
    Flat,
}

/// An outline: the top of the land in px for each column.
#[derive(Debug, Clone)]
pub struct Ridge {
    pub tops: Vec<f32>,
}

impl Ridge {
    /// The top at `x` px, clamped to the picture.
    pub fn top(&self, x: f32) -> f32 {
        let i = (x.max(0.0) as usize).min(self.tops.len().saturating_sub(1));
        self.tops.get(i).copied().unwrap_or(0.0)
    }

    /// The row of its highest point, px from the top.
    pub fn highest(&self) -> f32 {
        self.tops.iter().copied().fold(f32::MAX, f32::min)
    }
}

/// Makes an outline that rises `height` px over `base` px; `scale` is how many swings fit in a unit length.
pub fn ridge(scene: &Scene, part: &str, form: Form, base: f32, height: f32, scale: f32) -> Ridge {
    let seed = scene.seed(part);
    let offset = (seed % 97) as f32;
    let unit = scene.canvas.unit;
    let tops = (0..scene.canvas.width as usize)
        .map(|x| {
            let u = x as f32 / unit * scale + offset;
            let rise = match form {
                Form::Peaks => peaks(u, seed),
                Form::Hills => {
                    fractal(u, seed, 2, 0.35) + (fractal(u * 9.0, seed ^ 3, 3, 0.5) - 0.5) * 0.05
                }
                Form::Dunes => {
                    let fold = 1.0 - (fractal(u, seed, 1, 0.4) * 2.0 - 1.0).abs();
                    fold * 0.8 + fractal(u * 0.6, seed ^ 3, 1, 0.5) * 0.3
                }
                Form::Flat => {
                    0.5 * fractal(u * 0.6, seed, 2, 0.4)
                        + fractal(u * 12.0, seed ^ 3, 3, 0.5) * 0.06
                }
            };
            base - rise * height
        })
        .collect();
    Ridge { tops }
}

/// The outline of a range at `u`, from 0 to 1: one summit in each cell, each with two sides of its own steepness.
fn peaks(u: f32, seed: u32) -> f32 {
    // The sides are bent a little, or they would be rulers.
    let u = u + (fractal(u * 2.6, seed ^ 0x4d, 3, 0.5) - 0.5) * 0.34;
    let home = u.floor() as i32;
    let mut rise = 0.0_f32;
    for cell in home - 1..=home + 1 {
        let dice = |n: i32| lattice(cell, n, seed);
        let away = u - (cell as f32 + 0.2 + 0.6 * dice(1));
        let tall = 0.42 + 0.58 * dice(2);
        let foot = 0.75 + 0.55 * if away < 0.0 { dice(3) } else { dice(4) };
        let side = (1.0 - away.abs() / foot).max(0.0);
        rise = rise.max(tall * (side * 0.55 + side * side * 0.45));
    }
    rise + (fractal(u * 7.0, seed ^ 0x4e, 4, 0.55) - 0.5) * 0.13
}

/// How the land below an outline is coloured.
#[derive(Debug, Clone, Copy)]
pub struct Cover {
    /// At the outline.
    pub top: Rgb,
    /// `fade` px further down.
    pub low: Rgb,
    /// px
    pub fade: f32,
    /// How strongly the ground is mottled: 0 is smooth.
    pub mottle: f32,
    /// Stretch of the mottling along the ground.
    pub stretch: f32,
    /// Sides towards the light: 0 is flat, 1 strong.
    pub relief: f32,
    /// Sides without gullies, as of sand.
    pub smooth: bool,
    /// Snow from the crest down: its colour and its depth in px.
    pub snow: Option<(Rgb, f32)>,
}

impl Cover {
    /// A smooth run from `top` to `low` over `fade` px.
    pub fn plain(top: Rgb, low: Rgb, fade: f32) -> Self {
        Self {
            top,
            low,
            fade,
            mottle: 0.0,
            stretch: 1.0,
            relief: 0.0,
            smooth: false,
            snow: None,
        }
    }
}

/// Fills the land from its outline down to `bottom` px.
pub fn fill(scene: &mut Scene, ridge: &Ridge, bottom: f32, cover: Cover) {
    let slopes = if cover.relief > 0.0 {
        slopes(scene, ridge)
    } else {
        Vec::new()
    };
    let (unit, side) = (scene.canvas.unit, scene.side);
    let tile = &scene.tile;
    let (bright, deep) = (
        scene.palette.light.mix(cover.top, 0.35),
        cover.top.mix(scene.palette.shadow, 0.4),
    );
    let grain = 150.0 / unit;
    let rough = if cover.smooth { 0.1 } else { 1.0 };
    let last = ridge.tops.len().saturating_sub(1);
    scene
        .canvas
        .shade(ridge.highest() - 1.0, bottom, |x, y, old| {
            let top = ridge.tops[(x as usize).min(last)];
            let edge = y + 1.0 - top;
            if edge <= 0.0 {
                return old;
            }
            let down = y - top;
            let t = (down / cover.fade).clamp(0.0, 1.0);
            let mut color = cover.top.mix(cover.low, t);
            let noise = if cover.mottle > 0.0 || cover.relief > 0.0 {
                tile.deep(x * grain / cover.stretch, y * grain) - 0.5
            } else {
                0.0
            };
            if cover.mottle > 0.0 {
                color = color.scale(1.0 + noise * cover.mottle);
            }
            if cover.relief > 0.0 {
                // Gullies run down from the crest, away from the summit; the noise that draws them is slanted.
                let slope = slopes[(x as usize).min(last)];
                let slant = down * 0.7 * (slope * 5.0).clamp(-1.0, 1.0);
                let gully = tile.at((x - slant) * grain * 1.3, y * grain * 0.45) - 0.5;
                let facing = slope * side * 1.25 + (gully * 1.5 + noise * 0.7) * rough;
                let k = cover.relief * (1.0 - t);
                let mut face = color;
                if let Some((snow, depth)) = cover.snow {
                    let line = depth * (1.0 + noise * 3.0 + gully * 2.6);
                    let white = smoothstep(0.04, -0.04, (down - line) / unit);
                    face = face.mix(snow, white * (1.0 - t * 0.55));
                }
                color = if facing > 0.0 {
                    face.mix(bright, smoothstep(0.0, 0.5, facing) * k * 0.34)
                } else {
                    face.mix(deep, smoothstep(0.0, 0.4, -facing) * k * 0.62)
                };
            } else if let Some((snow, depth)) = cover.snow {
                color = color.mix(snow, smoothstep(depth, depth * 0.4, down));
            }
            if edge < 1.0 {
                old.mix(color, edge)
            } else {
                color
            }
        });
}

/// The steepness of the outline around each column, smoothed: positive where the land falls to the right.
fn slopes(scene: &Scene, ridge: &Ridge) -> Vec<f32> {
    let reach = (scene.canvas.unit * 0.03).max(1.0) as usize;
    let last = ridge.tops.len().saturating_sub(1);
    (0..ridge.tops.len())
        .map(|x| {
            let (a, b) = (x.saturating_sub(reach), (x + reach).min(last));
            let run = (b - a).max(1) as f32;
            ((ridge.tops[b] - ridge.tops[a]) / run).clamp(-1.5, 1.5)
        })
        .collect()
}

/// A veil of mist over the rows around `y`, `height` px thick.
pub fn mist(scene: &mut Scene, y: f32, height: f32, color: Rgb, strength: f32) {
    let (tile, unit) = (&scene.tile, scene.canvas.unit);
    scene.canvas.shade(y - height, y + height, |px, py, old| {
        let t = 1.0 - ((py - y) / height).abs();
        let noise = tile.at(px / unit * 30.0 + y, py / unit * 80.0);
        old.mix(
            color,
            (t * t * (3.0 - 2.0 * t) * (0.35 + noise) * strength).clamp(0.0, 1.0),
        )
    });
}
