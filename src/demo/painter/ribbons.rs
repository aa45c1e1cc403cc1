//! An abstract: folded ribbons of colour that run across the sheet, each lit along its upper edge.

use super::color::{Rgb, smoothstep};
use super::noise::fractal;
use super::scene::Scene;
use super::shape::Shape;

/// Paints the whole sheet.
pub fn paint(scene: &mut Scene) {
    let mut dice = scene.dice("ribbons");
    let set = dice.pick([
        [0x14_2a4a, 0x2a_6a8c, 0xf2_b880, 0xe8_604c, 0xf8_e8d0],
        [0x2a_1a48, 0x7a_3a8c, 0xf0_7a8c, 0xf8_c07a, 0xfb_ead8],
        [0x10_3438, 0x2f_8a80, 0xf2_d48a, 0xe0_7a4a, 0xf6_f0da],
        [0x20_2038, 0x4a_5ac8, 0x7a_d0d8, 0xf2_9ab8, 0xf6_f2f0],
    ]);
    let mut colors = set.map(Rgb::hex);
    if let Some(tint) = scene.brief.tint {
        colors = colors.map(|c| c.mix(tint.scale(0.4 + c.luma()), 0.5));
    }
    let (w, h, unit, side) = (
        scene.canvas.width,
        scene.canvas.height,
        scene.canvas.unit,
        scene.side,
    );
    let [deep, .., pale] = colors;
    let tile = &scene.tile;
    scene.canvas.shade(0.0, h, |x, y, _| {
        let t = smoothstep(
            0.0,
            1.0,
            y / h + (tile.at(x / unit * 9.0, y / unit * 9.0) - 0.5) * 0.5,
        );
        pale.mix(colors[1], t * 0.75)
    });
    let sun = (w * (0.5 + side * 0.18), h * 0.34);
    let r = scene.len(0.19);
    scene.canvas.glow(sun, r * 2.2, colors[3], 0.4);
    scene.canvas.fill_run(
        Shape::new().circle(sun.0, sun.1, r),
        ((sun.0, sun.1 - r), colors[3], 1.0),
        ((sun.0, sun.1 + r), colors[2], 1.0),
    );
    let count = 9;
    let seed = scene.seed("ribbons");
    for i in 0..count {
        let t = i as f32 / (count - 1) as f32;
        let color = colors[(i + dice.below(2)) % 5].mix(deep, t * 0.35);
        let tops: Vec<f32> = (0..w as usize)
            .map(|x| {
                let u = x as f32 / unit;
                let swell = fractal(u * (1.1 - 0.4 * t) + i as f32 * 0.35, seed, 2, 0.4) - 0.5;
                h * (0.34 + 0.72 * t)
                    + unit * (swell * (0.75 - 0.3 * t) + (u * 1.7 * side + t * 3.0).sin() * 0.05)
            })
            .collect();
        let last = tops.len().saturating_sub(1);
        let tile = &scene.tile;
        let fold = unit * 0.17;
        scene.canvas.shade(0.0, h, |x, y, old| {
            let top = tops[(x as usize).min(last)];
            let down = y - top;
            if down < -unit * 0.03 {
                return old;
            }
            if down < 0.0 {
                // The shadow that this ribbon throws on the one behind it.
                let k = 1.0 + down / (unit * 0.03);
                return old.mix(deep, k * k * 0.3);
            }
            let fibre = tile.deep(x / unit * 10.0, (down / unit) * 130.0) - 0.5;
            let light = (1.0 - down / fold).clamp(0.0, 1.0);
            let shaded = color
                .mix(deep, smoothstep(0.0, fold * 1.6, down) * 0.5)
                .scale(1.0 + fibre * 0.16);
            let lit = shaded.mix(pale, light.powi(3) * 0.5);
            if down < 1.0 { old.mix(lit, down) } else { lit }
        });
    }
}
