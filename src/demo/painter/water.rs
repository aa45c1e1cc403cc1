//! Water: a mirror with ripples, and the path of light on it.

use super::color::{Rgb, smoothstep};
use super::scene::Scene;

/// How a water surface behaves.
#[derive(Debug, Clone, Copy)]
pub struct Water {
    /// The far edge, px from the top.
    pub shore: f32,
    /// Its own colour.
    pub color: Rgb,
    /// How much of the sky it mirrors, from 0 to 1.
    pub mirror: f32,
    /// How rough it is: 0 is glass, 1 is open sea.
    pub rough: f32,
}

/// Covers everything below the shore with a mirror of what is above it.
pub fn paint(scene: &mut Scene, water: Water) {
    let above = scene.canvas.copy_rows(water.shore);
    let (unit, height) = (scene.canvas.unit, scene.canvas.height);
    let depth = (height - water.shore).max(1.0);
    // The mirror image is squeezed where the water is taller than what it mirrors.
    let squeeze = (water.shore / depth).min(1.0) * 0.96;
    let smear = (water.rough - 0.3).max(0.0) * unit * 0.1;
    let tile = &scene.tile;
    let bright = scene.palette.sky[2].mix(scene.palette.light, 0.3);
    let deep = water.color.mix(scene.palette.shadow, 0.35);
    let perspective = |y: f32| {
        let t = (y - water.shore) / depth;
        // Ripples are seen edge-on far away and from above nearby.
        let reach = 1.0 / (t + 0.07);
        (t, reach * 30.0, reach * 9.0)
    };
    scene
        .canvas
        .shade_rows(water.shore, height, perspective, |row, x, y, _| {
            let &(t, lines, columns) = row;
            let ripple = tile.at(x / unit * columns, lines * 1.7) - 0.5;
            let fine = tile.at(x / unit * columns * 2.6 + 50.0, lines * 4.1 + 9.0) - 0.5;
            let swing = (ripple + fine * 0.6) * (0.2 + t) * water.rough.max(0.12);
            let source = water.shore - 1.0 - (y - water.shore) * squeeze + swing * unit * 0.22;
            let across = x + swing * unit * 0.05;
            let from = if smear > 1.0 {
                // Rough water gives no outlines back: neighbours run together.
                let pair = above
                    .at(across - smear, source)
                    .mix(above.at(across + smear, source), 0.5);
                let wide = above.at(across - smear * 2.3, source - smear * 0.4);
                let far = above.at(across + smear * 2.6, source + smear * 0.3);
                pair.mix(wide.mix(far, 0.5), 0.5)
            } else {
                above.at(across, source)
            };
            let keep = water.mirror * (1.0 - t * 0.45);
            let color = water.color.mix(deep, t).mix(from.scale(0.94), keep);
            let crest = (ripple * 0.65 + fine * 0.55) * (0.25 + water.rough * 0.75);
            if crest > 0.0 {
                color.screen(bright, smoothstep(0.03, 0.22, crest) * 0.3)
            } else {
                color.mix(deep, smoothstep(0.03, 0.22, -crest) * 0.34)
            }
        });
    let (tile, haze) = (&scene.tile, scene.palette.haze);
    // Where water meets land the air is brightest.
    let band = unit * 0.012;
    scene
        .canvas
        .shade(water.shore, water.shore + band, |x, y, old| {
            let t = 1.0 - (y - water.shore) / band;
            old.mix(haze, t * t * (0.25 + 0.4 * tile.at(x / unit * 60.0, 3.0)))
        });
}

/// The broken path of light from the horizon towards the viewer.
pub fn glitter(scene: &mut Scene, shore: f32, strength: f32) {
    let (unit, height) = (scene.canvas.unit, scene.canvas.height);
    let depth = (height - shore).max(1.0);
    let (x0, light) = (scene.light.0, scene.palette.light);
    let tile = &scene.tile;
    scene.canvas.shade(shore, height, |x, y, old| {
        let t = (y - shore) / depth;
        let half = unit * (0.06 + 0.22 * t);
        let across = ((x - x0) / half).abs();
        if across > 1.6 {
            return old;
        }
        let reach = 1.0 / (t + 0.07);
        let spark = tile.at(x / unit * reach * 14.0 + 7.0, reach * 62.0)
            + 0.35 * (tile.at(x / unit * reach * 40.0, reach * 150.0) - 0.5);
        let fall = (1.0 - across / 1.6).powi(2);
        let on = smoothstep(0.62 - 0.2 * fall, 0.74 - 0.16 * fall, spark);
        old.screen(light, on * fall * strength * (1.0 - t * 0.35))
    });
}
