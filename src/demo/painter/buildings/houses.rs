//! Cottages with smoking chimneys, and the lighthouse on its cliff.

use super::{round, window};
use crate::demo::painter::color::{Rgb, smoothstep};
use crate::demo::painter::scene::Scene;
use crate::demo::painter::shape::Shape;
use crate::demo::painter::terrain::{Cover, Form, fill, ridge};
use crate::demo::painter::words::Season;

/// A gabled house `size` px wide.
pub fn cottage(scene: &mut Scene, (x, y): (f32, f32), size: f32, part: &str) {
    let mut dice = scene.dice(part);
    let wall = Rgb::hex(dice.pick([0xe8_dcc4, 0xd8_b894, 0xb0_5a44, 0xdd_d6cc]));
    let roof = if scene.brief.season == Season::Winter {
        0xf0_f4fb
    } else {
        dice.pick([0x8a_4a38, 0x5a_5660, 0x7a_5238])
    };
    let (half, tall) = (size * 0.5, size * 0.42);
    let body = Shape::new().rect(x - half, y - tall, size, tall * 1.08);
    round(scene, body, x - half, x + half, wall);
    let chimney = x + scene.side * half * 0.5;
    let stack = Shape::new().rect(
        chimney - size * 0.045,
        y - tall * 2.12,
        size * 0.09,
        tall * 0.9,
    );
    round(
        scene,
        stack,
        chimney - size * 0.05,
        chimney + size * 0.05,
        Rgb::hex(0x8a_6a58),
    );
    let gable = Shape::new().polygon(&[
        (x - half * 1.16, y - tall * 0.94),
        (x - half * 0.7, y - tall * 1.86),
        (x + half * 0.7, y - tall * 1.86),
        (x + half * 1.16, y - tall * 0.94),
    ]);
    round(scene, gable, x - half * 1.2, x + half * 1.2, Rgb::hex(roof));
    let eave = scene
        .palette
        .lit(Rgb::hex(roof))
        .mix(scene.palette.shadow, 0.45);
    scene.canvas.fill(
        Shape::new().rect(x - half * 1.16, y - tall * 0.96, half * 2.32, tall * 0.06),
        eave,
        1.0,
    );
    for k in [-0.62, 0.28] {
        window(
            scene,
            x + half * k,
            y - tall * 0.68,
            size * 0.16,
            tall * 0.34,
        );
    }
    let door = scene.palette.lit(Rgb::hex(0x5a_3826));
    scene.canvas.fill(
        Shape::new().rect(x - size * 0.085, y - tall * 0.58, size * 0.15, tall * 0.62),
        door,
        1.0,
    );
    smoke(scene, (chimney, y - tall * 2.15), size);
}

fn smoke(scene: &mut Scene, from: (f32, f32), size: f32) {
    let grey = scene.palette.haze.mix(Rgb::WHITE, 0.35);
    for i in 0..9 {
        let t = i as f32 / 8.0;
        let drift = scene.side * size * (0.1 * (t * 7.0).sin() + 0.5 * t * t);
        scene.canvas.glow(
            (from.0 + drift, from.1 - size * (0.05 + t * 0.8)),
            size * (0.05 + 0.13 * t),
            grey,
            0.42 * (1.0 - t) + 0.05,
        );
    }
}

/// A striped tower with its keeper's house; its beam when it is dark or the sky is closed.
pub fn lighthouse(scene: &mut Scene, (x, y): (f32, f32)) {
    let h = scene.len(0.4);
    let (w, t) = (h * 0.095, h * 0.064);
    let house = scene.side * -h * 0.24;
    cottage(scene, (x + house, y + h * 0.012), h * 0.24, "keeper");
    let edge = |k: f32| w + (t - w) * k;
    let tower = |from: f32, to: f32| {
        Shape::new().polygon(&[
            (x - edge(from), y - h * 0.8 * from),
            (x + edge(from), y - h * 0.8 * from),
            (x + edge(to), y - h * 0.8 * to),
            (x - edge(to), y - h * 0.8 * to),
        ])
    };
    round(scene, tower(0.0, 1.0), x - w, x + w, Rgb::hex(0xf4_f0e8));
    for k in [0.14, 0.5, 0.86] {
        round(
            scene,
            tower(k, (k + 0.18_f32).min(1.0)),
            x - w,
            x + w,
            Rgb::hex(0xc0_3a30),
        );
    }
    let top = y - h * 0.8;
    let deck = Shape::new().rect(x - t * 1.6, top - h * 0.012, t * 3.2, h * 0.024);
    round(scene, deck, x - t * 1.6, x + t * 1.6, Rgb::hex(0x3a_3c44));
    let lamp = (x, top - h * 0.065);
    let glass = Rgb::hex(0xff_f0c0);
    scene.canvas.fill(
        Shape::new().rect(x - t * 0.8, top - h * 0.11, t * 1.6, h * 0.1),
        glass,
        1.0,
    );
    let mut bars = Shape::new();
    for k in [-0.8, -0.27, 0.27, 0.8] {
        bars.add_rect(x + t * k - h * 0.003, top - h * 0.11, h * 0.006, h * 0.1);
    }
    scene
        .canvas
        .fill(bars, scene.palette.lit(Rgb::hex(0x30_3038)), 1.0);
    let cap = Shape::new().polygon(&[
        (x - t * 1.15, top - h * 0.108),
        (x, top - h * 0.19),
        (x + t * 1.15, top - h * 0.108),
    ]);
    round(scene, cap, x - t, x + t, Rgb::hex(0xa8_3028));
    window(scene, x - h * 0.012, y - h * 0.3, h * 0.024, h * 0.05);
    window(scene, x - h * 0.012, y - h * 0.56, h * 0.024, h * 0.05);
    if scene.palette.lamps() || !scene.open_sky() {
        beam(scene, lamp, scene.side, 0.15);
        beam(scene, lamp, -scene.side, -0.05);
        let r = h * 0.5;
        scene.canvas.glow(lamp, r, glass, 0.8);
        scene.canvas.glow(lamp, r * 0.3, Rgb::WHITE, 0.9);
    }
}

/// A cone of light from a lamp; `rise` tilts it.
fn beam(scene: &mut Scene, from: (f32, f32), direction: f32, rise: f32) {
    let long = scene.canvas.width * 0.75;
    let light = Rgb::hex(0xff_eebb);
    // Many faint cones of growing width make one with a soft edge.
    for step in 0..12 {
        let spread = 0.012 + 0.0095 * step as f32;
        let tip = from.0 + direction * long;
        let y = from.1 - long * rise * 0.5;
        let cone = Shape::new().polygon(&[
            (from.0, from.1 - long * 0.004),
            (tip, y - long * spread),
            (tip, y + long * spread),
            (from.0, from.1 + long * 0.004),
        ]);
        scene
            .canvas
            .fill_run(cone, (from, light, 0.085), ((tip, y), light, 0.0));
    }
}

/// Rock that rises out of the sea at the side where `x` is; gives the height of its flat top at `x`.
pub fn cliff(scene: &mut Scene, x: f32) -> f32 {
    let mut land = ridge(scene, "cliff", Form::Flat, 0.0, scene.len(0.05), 3.0);
    let rough = ridge(scene, "cliff rough", Form::Peaks, 0.0, scene.len(0.07), 5.0);
    let (top, low) = (scene.canvas.height * 0.64, scene.canvas.height * 1.05);
    let (unit, side) = (scene.canvas.unit, scene.side);
    for (i, y) in land.tops.iter_mut().enumerate() {
        // Flat where the building stands, then steps down towards the light's side.
        let away = (i as f32 - x) * side / unit;
        let fall = smoothstep(0.12, 0.42, away) * 0.7 + smoothstep(0.3, 0.75, away) * 0.3;
        *y += top + (low - top) * fall + rough.tops[i] * smoothstep(0.05, 0.3, away);
    }
    let flat = land.top(x);
    let rock = scene.palette.lit(Rgb::hex(0x5e_5a5c));
    let mut cover = Cover::plain(rock, rock.mix(scene.palette.shadow, 0.6), scene.len(0.36));
    cover.relief = 1.0;
    cover.mottle = 0.7;
    fill(scene, &land, f32::MAX, cover);
    let grass = match scene.brief.season {
        Season::Winter => Rgb::hex(0xea_f0f8),
        Season::Autumn => Rgb::hex(0x98_8440),
        _ => Rgb::hex(0x6a_9050),
    };
    let green = scene.palette.lit(grass);
    let depth = scene.len(0.03);
    let tile = &scene.tile;
    scene
        .canvas
        .shade(land.highest() - 1.0, f32::MAX, |px, py, old| {
            let down = py - land.top(px);
            let depth = depth * (0.4 + 1.6 * tile.deep(px / unit * 60.0, 5.0)).max(0.1);
            let away = (px - x) * side / unit;
            if down < 0.0 || down > depth * 1.4 {
                return old;
            }
            old.mix(
                green,
                smoothstep(depth * 1.4, depth * 0.6, down) * smoothstep(0.3, 0.12, away),
            )
        });
    flat + scene.len(0.006)
}
