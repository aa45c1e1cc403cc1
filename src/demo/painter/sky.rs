//! The sky: its gradient and glow, sun or moon, stars, aurora, rainbow. Clouds are in `clouds.rs`.

use super::color::{Rgb, smoothstep};
use super::noise::fractal;
use super::scene::Scene;
use super::shape::Shape;
use super::words::{Hour, Weather};

/// Paints the whole sky down to the horizon, and its lowest colour below.
pub fn paint(scene: &mut Scene) {
    gradient(scene);
    let night = scene.brief.hour == Hour::Night;
    if scene.open_sky() && (night || scene.brief.stars || scene.brief.hour == Hour::Dusk) {
        stars(scene);
    }
    let frosty =
        night && scene.brief.weather == Weather::Clear && scene.dice("aurora").chance(0.15);
    if scene.brief.aurora || frosty {
        aurora(scene);
    }
    if scene.open_sky() {
        disc(scene);
    }
    super::clouds::paint(scene);
    if scene.brief.rainbow {
        rainbow(scene);
    }
    if scene.brief.weather == Weather::Storm {
        super::weather::lightning(scene);
    }
}

fn gradient(scene: &mut Scene) {
    let [top, middle, low] = scene.palette.sky;
    let (light, glow, horizon, unit) = (
        scene.light,
        scene.palette.light.mix(low, 0.35),
        scene.horizon,
        scene.canvas.unit,
    );
    let strength = match scene.brief.hour {
        _ if !scene.open_sky() => 0.12,
        Hour::Dawn | Hour::Sunset => 0.62,
        Hour::Day => 0.45,
        Hour::Dusk => 0.4,
        Hour::Night => 0.3,
    };
    let galaxy = scene.brief.hour == Hour::Night && scene.open_sky();
    let tile = &scene.tile;
    let lean = scene.side * 0.55;
    let width = scene.canvas.width;
    let base = |y: f32| {
        let t = (y / horizon).min(1.0);
        if t < 0.58 {
            let t = t / 0.58;
            top.mix(middle, f32::midpoint(smoothstep(0.0, 1.0, t), t))
        } else {
            middle.mix(low, (t - 0.58) / 0.42)
        }
    };
    scene
        .canvas
        .shade_rows(0.0, f32::MAX, base, |base, x, y, _| {
            let (dx, dy) = ((x - light.0) / unit, (y - light.1) / unit);
            // A round glow, and a flat one that lies along the horizon.
            let round = 1.0 / (1.0 + (dx * dx + dy * dy) * 26.0);
            let flat = 1.0 / (1.0 + dx * dx * 3.0 + dy * dy * 60.0);
            let mut color = base.screen(glow, (round * 0.75 + flat * 0.25) * strength);
            if galaxy && y < horizon {
                let across = (x - width * 0.5) / unit + (y / unit - 0.3) * lean * 2.2;
                let band = 1.0 / (1.0 + across * across * 14.0);
                if band > 0.12 {
                    let cloud = tile.deep(x / unit * 70.0, y / unit * 70.0);
                    let height = 1.0 - y / horizon;
                    color = color.screen(
                        Rgb::hex(0x9a_a8e0),
                        band * band * smoothstep(0.35, 0.75, cloud) * height * 0.42,
                    );
                }
            }
            color
        });
}

fn stars(scene: &mut Scene) {
    let mut dice = scene.dice("stars");
    let (night, unit) = (scene.brief.hour == Hour::Night, scene.canvas.unit);
    let wide = scene.canvas.width / unit;
    let count = if night || scene.brief.stars {
        300.0
    } else {
        70.0
    } * wide.max(0.8);
    for _ in 0..count as usize {
        let (x, y) = (
            dice.range(0.0, scene.canvas.width),
            dice.unit().powf(1.35) * scene.horizon,
        );
        let height = 1.0 - y / scene.horizon;
        let size = 0.0007 + 0.0018 * dice.unit().powi(5);
        let alpha = (0.25 + 0.75 * dice.unit()) * (0.2 + 0.8 * height);
        let color = Rgb::hex(dice.pick([0xff_ffff, 0xdf_e8ff, 0xff_f0d8]));
        // Never under half a pixel, or small pictures lose their stars.
        let r = (unit * size).max(0.45);
        if size > 0.0019 {
            scene.canvas.glow((x, y), r * 7.0, color, alpha * 0.5);
        }
        scene
            .canvas
            .fill(Shape::new().circle(x, y, r), color, alpha);
    }
}

fn disc(scene: &mut Scene) {
    let (x, y) = scene.light;
    let size = match scene.brief.hour {
        Hour::Dawn => 0.065,
        Hour::Day => 0.036,
        Hour::Sunset => 0.085,
        Hour::Dusk if scene.brief.moon => 0.04,
        Hour::Dusk => return,
        Hour::Night if scene.brief.moon => 0.075,
        Hour::Night => 0.046,
    };
    let veil = if scene.brief.weather == Weather::Snow {
        0.45
    } else {
        0.0
    };
    let r = scene.len(size);
    let color = scene.palette.light.mix(Rgb::WHITE, 0.45);
    scene.canvas.glow((x, y), r * 5.5, color, 0.28);
    scene.canvas.glow((x, y), r * 2.0, color, 0.3);
    let low = scene.palette.light.mix(scene.palette.sky[2], 0.25);
    scene.canvas.fill_run(
        Shape::new().circle(x, y, r),
        ((x, y - r), color, 1.0 - veil),
        ((x, y + r), low, 1.0 - veil),
    );
    if scene.brief.hour == Hour::Night {
        let (tile, unit) = (&scene.tile, r);
        let grey = color.mix(scene.palette.sky[1], 0.55);
        scene.canvas.shade(y - r, y + r, |px, py, old| {
            let (dx, dy) = ((px - x) / unit, (py - y) / unit);
            let d = dx * dx + dy * dy;
            if d > 0.97 {
                return old;
            }
            let seas = smoothstep(0.5, 0.62, tile.deep(dx * 11.0 + 40.0, dy * 11.0 + 90.0));
            old.mix(grey, seas * 0.38 + d * d * 0.16)
        });
    }
}

fn aurora(scene: &mut Scene) {
    let (width, horizon, unit) = (scene.canvas.width, scene.horizon, scene.canvas.unit);
    let seed = scene.seed("aurora");
    let shades = [
        (Rgb::hex(0x4d_ffb0), Rgb::hex(0x7a_50ff), 0.72),
        (Rgb::hex(0x38_e8c8), Rgb::hex(0xc0_50e0), 0.5),
    ];
    for (i, (low, high, base)) in shades.into_iter().enumerate() {
        let seed = seed.wrapping_add(i as u32 * 977);
        let columns: Vec<(f32, f32)> = (0..width as usize)
            .map(|x| {
                let u = x as f32 / unit;
                let foot = horizon
                    * (base
                        + 0.34 * (fractal(u * 1.6 + 3.0, seed, 3, 0.5) - 0.5)
                        + 0.05 * (u * 5.0).sin());
                let ray = fractal(u * 26.0, seed ^ 5, 3, 0.6);
                let veil = fractal(u * 2.1, seed ^ 9, 2, 0.5);
                (
                    foot,
                    smoothstep(0.2, 0.85, ray) * smoothstep(0.25, 0.7, veil),
                )
            })
            .collect();
        let reach = horizon * 0.55;
        scene.canvas.shade(0.0, horizon, |x, y, old| {
            let Some(&(foot, strength)) = columns.get(x as usize) else {
                return old;
            };
            let up = (foot - y) / reach;
            if !(-0.06..=1.0).contains(&up) {
                return old;
            }
            let edge = smoothstep(-0.06, 0.06, up);
            let fade = (1.0 - up.max(0.0)) * (1.0 - up.max(0.0));
            old.screen(low.mix(high, up.max(0.0)), edge * fade * strength * 0.85)
        });
    }
}

fn rainbow(scene: &mut Scene) {
    const BANDS: [u32; 6] = [
        0xe0_4040, 0xf0_9040, 0xf5_e060, 0x58_c070, 0x48_88d8, 0x80_58c0,
    ];
    // Opposite the sun, as it must be.
    let center = (
        scene.canvas.width * (0.5 - scene.side * 0.2),
        scene.horizon * 1.15,
    );
    let radius = scene.len(0.62);
    let band = radius * 0.022;
    let horizon = scene.horizon;
    scene.canvas.shade(0.0, horizon, |x, y, old| {
        let (dx, dy) = (x - center.0, y - center.1);
        let at = (radius - (dx * dx + dy * dy).sqrt()) / band;
        if !(-1.0..7.0).contains(&at) {
            return old;
        }
        let low = Rgb::hex(BANDS[(at.floor().max(0.0) as usize).min(5)]);
        let high = Rgb::hex(BANDS[(at.ceil().max(0.0) as usize).min(5)]);
        let edge = smoothstep(-1.0, 0.5, at) * (1.0 - smoothstep(5.0, 7.0, at));
        old.mix(low.mix(high, at.fract().abs()), edge * 0.34)
    });
}
