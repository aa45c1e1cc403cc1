//! Indoors: a portrait before a painted backdrop, or things on a table by a window.

use super::cast;
use super::color::{Rgb, smoothstep};
use super::figure::{Coat, Part, Pose, draw};
use super::figures::{portrait, table};
use super::random::Rng;
use super::scene::Scene;
use super::shape::Shape;
use super::words::{Hour, Look, Still};

pub fn paint(scene: &mut Scene) {
    let night = matches!(scene.brief.hour, Hour::Night);
    scene.palette.dark = if night { 0.34 } else { 0.1 };
    scene.palette.ambient = scene.palette.ambient.mix(Rgb::WHITE, 0.6);
    if let Some(still) = scene.brief.still {
        still_life(scene, still);
    } else if scene.brief.look.is_none() && !scene.brief.animals.is_empty() {
        backdrop(scene);
        let floor = scene.canvas.height * 0.9;
        cast::stand(scene, |_| floor);
    } else {
        backdrop(scene);
        bust(scene);
    }
}

/// Broad brushwork in two colours, with a disc of light behind the head.
fn backdrop(scene: &mut Scene) {
    let mut dice = scene.dice("backdrop");
    let set = dice.pick([
        [0x2c_4a5e, 0xe0_9a5a, 0xf6_d9a0],
        [0x4a_3058, 0xd8_6a6a, 0xf8_cfa0],
        [0x1f_4a4a, 0x6a_a890, 0xf2_e2b4],
        [0x5a_2a34, 0xd0_7a4a, 0xf4_d090],
        [0x2a_3460, 0x7a_7ac0, 0xf6_d0c8],
    ]);
    let [mut deep, mut warm, glow] = set.map(Rgb::hex);
    if let Some(tint) = scene.brief.tint {
        deep = deep.mix(tint.scale(0.5), 0.6);
        warm = warm.mix(tint, 0.55);
    }
    if scene.palette.dark > 0.3 {
        (deep, warm) = (deep.scale(0.5), warm.scale(0.6));
    }
    scene.palette.shadow = deep.scale(0.5);
    scene.palette.haze = warm;
    scene.palette.light = glow.mix(Rgb::WHITE, 0.3);
    let (unit, w, h, side) = (
        scene.canvas.unit,
        scene.canvas.width,
        scene.canvas.height,
        scene.side,
    );
    let tile = &scene.tile;
    scene.canvas.shade(0.0, h, |x, y, _| {
        let (u, v) = (x / unit, y / unit);
        let warp = tile.at(u * 14.0, v * 14.0);
        let brush = tile.deep(
            u * 9.0 + v * 22.0 + warp * 9.0,
            v * 60.0 - u * 40.0 + warp * 12.0,
        );
        let lean = 0.5 + (x / w - 0.5) * side * 0.7 + (0.5 - y / h) * 0.5;
        let t = smoothstep(0.05, 1.0, lean + (brush - 0.5) * 0.9);
        deep.mix(warm, t).scale(0.9 + 0.2 * brush)
    });
    let center = (w * (0.5 + side * 0.05), h - unit * 0.5);
    let r = unit * 0.35;
    scene.canvas.glow(center, r * 1.9, glow, 0.5);
    scene.canvas.fill_run(
        Shape::new().circle(center.0, center.1, r),
        ((center.0, center.1 - r), glow, 0.92),
        ((center.0, center.1 + r), warm.mix(glow, 0.25), 0.75),
    );
    for (k, alpha) in [(1.1, 0.5), (1.2, 0.25)] {
        scene.canvas.stroke(
            Shape::new().circle(center.0, center.1, r * k),
            unit * 0.004,
            glow,
            alpha,
        );
    }
    splashes(scene, center, r, [deep, warm, glow]);
}

/// Loose strokes around the disc.
fn splashes(scene: &mut Scene, center: (f32, f32), r: f32, colors: [Rgb; 3]) {
    let mut dice = scene.dice("splashes");
    for i in 0..64 {
        let angle = dice.range(0.0, std::f32::consts::TAU);
        let far = r * dice.range(1.05, 2.1);
        let (x, y) = (
            center.0 + angle.cos() * far * 1.2,
            center.1 + angle.sin() * far,
        );
        let size = scene.len(dice.range(0.002, 0.012)) * (2.3 - far / r);
        let color = colors[i % 3].mix(Rgb::WHITE, dice.range(0.0, 0.3));
        scene.canvas.fill(
            Shape::new().circle(x, y, size),
            color,
            dice.range(0.3, 0.85),
        );
    }
}

fn bust(scene: &mut Scene) {
    let mut dice = scene.dice("sitter");
    let look = scene.brief.look.unwrap_or(Look::Plain);
    let old = scene.brief.old;
    let skin = Rgb::hex(dice.pick([0xf0_c8a4, 0xd8_a078, 0xa8_7050, 0xe8_b890]));
    let hair = match (look, old) {
        (_, true) | (Look::Wizard, _) => 0xd8_d6d4,
        (Look::Sailor, _) => 0x6a_4430,
        _ => dice.pick([0x2a_1e1c, 0x5a_3422, 0x8a_5028, 0xb8_8040, 0x6a_2a22]),
    };
    let (coat, accent, skin) = match look {
        Look::Sailor => (0x24_3656, 0xe8_b84a, skin),
        Look::Clown => (
            dice.pick([0x3a_6ac8, 0x8a_4ac0, 0x2f_9a78]),
            dice.pick([0xe0_3a34, 0xf0_7a28]),
            Rgb::hex(0xf8_ece2),
        ),
        Look::Royal => (0x8a_2436, 0xf0_c04a, skin),
        Look::Wizard => (0x3a_3478, 0xf0_cc5a, skin),
        Look::Plain => (
            dice.pick([0x3a_5a5e, 0x6a_3a4a, 0x4a_4a6a, 0x8a_5a34]),
            0xe0_c060,
            skin,
        ),
    };
    let colors = Coat {
        body: Rgb::hex(coat),
        light: skin,
        dark: Rgb::hex(hair),
        accent: Rgb::hex(accent),
        eye: Rgb::hex(dice.pick([0x3a_6a8a, 0x5a_7a4a, 0x6a_4a2c])),
    };
    let long = look == Look::Royal || (look == Look::Plain && !old && dice.chance(0.6));
    let mut parts: Vec<Part> = Vec::new();
    if long {
        parts.extend(portrait::LONG_HAIR);
    }
    parts.extend(portrait::BODY);
    parts.extend(portrait::HEAD);
    if old {
        parts.extend(portrait::YEARS);
    }
    if matches!(look, Look::Plain | Look::Royal) {
        parts.extend(portrait::HAIR);
    }
    parts.extend(match look {
        Look::Plain => &[],
        Look::Sailor => portrait::SAILOR,
        Look::Clown => portrait::CLOWN,
        Look::Royal => portrait::ROYAL,
        Look::Wizard => portrait::WIZARD,
    });
    let height = scene.len(0.74);
    let pose = Pose {
        foot: (
            scene.canvas.width * 0.5,
            scene.canvas.height + height * 0.06,
        ),
        height,
        flip: scene.side < 0.0,
        grounded: false,
        distance: 0.0,
    };
    draw(scene, &parts, colors, pose);
}

fn still_life(scene: &mut Scene, still: Still) {
    let (w, h, unit, side) = (
        scene.canvas.width,
        scene.canvas.height,
        scene.canvas.unit,
        scene.side,
    );
    let mut dice = scene.dice("room");
    let [wall, cloth] = dice
        .pick([
            [0x4a_6a72, 0xc8_9a6a],
            [0x8a_5a4c, 0xd8_b488],
            [0x5a_6a4c, 0xb8_8858],
            [0x44_4c70, 0xc8_a080],
        ])
        .map(Rgb::hex);
    let wall = scene
        .brief
        .tint
        .map_or(wall, |t| wall.mix(t.scale(0.7), 0.5));
    let night = scene.palette.dark > 0.3;
    let wall = if night { wall.scale(0.5) } else { wall };
    scene.palette.shadow = wall.scale(0.28);
    scene.palette.light = Rgb::hex(0xff_f0cc);
    scene.palette.haze = wall.mix(Rgb::WHITE, 0.4);
    let edge = h * 0.68;
    let tile = &scene.tile;
    scene.canvas.shade(0.0, h, |x, y, _| {
        let (u, v) = (x / unit, y / unit);
        if y < edge {
            let plaster = tile.deep(u * 26.0, v * 26.0) - 0.5;
            let lean = 0.35 + (x / w - 0.5) * side * 0.7;
            wall.scale(0.82 + plaster * 0.22).mix(
                wall.mix(Rgb::WHITE, 0.4),
                (lean * (1.0 - y / h)).clamp(0.0, 1.0),
            )
        } else {
            let t = (y - edge) / (h - edge);
            let grain = tile.deep(u * 8.0, v * 120.0 + tile.at(u * 6.0, v * 9.0) * 10.0) - 0.5;
            let wood = cloth.scale(if night { 0.5 } else { 0.94 } + grain * 0.5);
            wood.mix(
                scene.palette.shadow,
                t * 0.45 + 0.25 * smoothstep(0.03, 0.0, t),
            )
        }
    });
    pane(scene, edge);
    let at = (w * (0.5 - side * 0.03), h * 0.86);
    let tall = scene.len(0.46);
    let pose = |height: f32, foot: (f32, f32)| Pose {
        foot,
        height,
        flip: side < 0.0,
        grounded: true,
        distance: 0.0,
    };
    let colors = |coat: u32, light: u32, dark: u32, accent: u32, eye: u32| Coat {
        body: Rgb::hex(coat),
        light: Rgb::hex(light),
        dark: Rgb::hex(dark),
        accent: Rgb::hex(accent),
        eye: Rgb::hex(eye),
    };
    match still {
        Still::Cup => {
            let cup = dice.pick([0xf2_ece0, 0x3a_7a88, 0xc8_5a44, 0xe0_b050]);
            draw(
                scene,
                table::CUP,
                colors(cup, 0xf6_f0e6, 0x4a_2a18, 0x9a_6438, 0),
                pose(tall, at),
            );
            steam(scene, (at.0, at.1 - tall * 0.62), tall, &mut dice);
        }
        Still::Banana => draw(
            scene,
            table::BANANA,
            colors(0xf2_c832, 0xfb_e68a, 0x6a_5020, 0xa0_7824, 0),
            pose(tall * 0.95, at),
        ),
        Still::Fruit => draw(
            scene,
            table::FRUIT,
            colors(0xd0_3c30, 0xf8_a890, 0x5a_3820, 0xd8_c04c, 0x5a_9a3c),
            pose(tall, at),
        ),
        Still::Flowers => {
            bouquet(scene, (at.0, at.1 - tall * 0.5), tall, &mut dice);
            let vase = dice.pick([0xe6_e0d6, 0x4a_7aa0, 0x6a_8a70]);
            draw(
                scene,
                table::VASE,
                colors(vase, 0x3a_3a34, 0x3a_3030, 0xd8_b060, 0),
                pose(tall, at),
            );
        }
    }
}

/// Light through a window, slanting over the wall.
fn pane(scene: &mut Scene, edge: f32) {
    let (w, side) = (scene.canvas.width, scene.side);
    let color = scene.palette.light;
    let strength = if scene.palette.dark > 0.3 { 0.1 } else { 0.3 };
    let (pw, ph) = (scene.len(0.13), scene.len(0.135));
    let x0 = w * (0.5 - side * 0.24);
    // The bars fall on the wall as a slanted grid, sharper near the window.
    let at = |column: f32, row: f32| {
        let (x, y) = (column * pw * 1.12, row * ph * 1.1);
        (x0 - side * (x - y * 0.36), edge * 0.06 + y + x * 0.16)
    };
    for column in 0..3 {
        for row in 0..3 {
            let (c, r) = (column as f32, row as f32);
            let shape = Shape::new().polygon(&[
                at(c, r),
                at(c + 0.89, r),
                at(c + 0.89, r + 0.9),
                at(c, r + 0.9),
            ]);
            scene.canvas.fill_run(
                shape,
                (at(0.0, 0.0), color, strength),
                (at(3.0, 3.0), color, strength * 0.35),
            );
        }
    }
}

fn steam(scene: &mut Scene, from: (f32, f32), tall: f32, dice: &mut Rng) {
    for k in 0..3 {
        let phase = dice.range(0.0, 6.0);
        for i in 0..22 {
            let t = i as f32 / 21.0;
            let x = from.0
                + (k as f32 - 1.0) * tall * 0.13
                + (t * 6.0 + phase).sin() * tall * 0.05 * (0.4 + t);
            scene.canvas.glow(
                (x, from.1 - t * tall * 0.6),
                tall * (0.035 + 0.05 * t),
                Rgb::WHITE,
                0.2 * (1.0 - t),
            );
        }
    }
}

fn bouquet(scene: &mut Scene, root: (f32, f32), tall: f32, dice: &mut Rng) {
    let set = dice.pick([
        [0xd8_3a44, 0xf0_8a8c, 0xf8_e0d8],
        [0xf0_b03a, 0xf8_e08a, 0xe8_6a3a],
        [0x9a_5ac8, 0xd8_a8e8, 0xf4_e8f4],
    ]);
    let green = scene.palette.lit(Rgb::hex(0x4a_8048));
    let heads: Vec<(f32, f32, f32)> = (0..13)
        .map(|i| {
            let angle = -std::f32::consts::FRAC_PI_2 + ((i as f32 * 0.618).fract() - 0.5) * 2.5;
            let far = tall * dice.range(0.3, 0.85);
            (
                root.0 + angle.cos() * far * 0.8,
                root.1 + angle.sin() * far,
                tall * dice.range(0.09, 0.13),
            )
        })
        .collect();
    for (x, y, _) in &heads {
        let stem = Shape::new().curve(&[
            root,
            (root.0 * 0.7 + x * 0.3, root.1 * 0.4 + y * 0.6),
            (*x, *y),
        ]);
        scene.canvas.stroke(
            stem,
            tall * 0.012,
            green.mix(scene.palette.shadow, 0.3),
            1.0,
        );
        let leaf = (root.0 * 0.45 + x * 0.55, root.1 * 0.4 + y * 0.6);
        let lean = (x - root.0).signum() * tall * 0.12;
        scene.canvas.fill(
            Shape::new().smooth(&[
                leaf,
                (leaf.0 + lean * 0.6, leaf.1 - tall * 0.06),
                (leaf.0 + lean * 1.3, leaf.1 - tall * 0.03),
                (leaf.0 + lean * 0.6, leaf.1 + tall * 0.02),
            ]),
            green,
            1.0,
        );
    }
    for (i, (x, y, r)) in heads.into_iter().enumerate() {
        let own = scene.palette.lit(Rgb::hex(set[i % 3]));
        for ring in 0..4 {
            let size = 1.0 - ring as f32 * 0.24;
            let tone = own
                .mix(scene.palette.shadow, 0.3 - ring as f32 * 0.06)
                .mix(scene.palette.light, ring as f32 * 0.05);
            let mut petals = Shape::new();
            let turn = dice.range(0.0, 1.0);
            for k in 0..7 {
                let a = turn + k as f32 * std::f32::consts::TAU / 7.0;
                petals.add_ellipse(
                    x + a.cos() * r * 0.55 * size,
                    y + a.sin() * r * 0.5 * size,
                    r * 0.5 * size,
                    r * 0.46 * size,
                );
            }
            scene.canvas.fill(petals, tone, 1.0);
        }
        scene.canvas.fill(
            Shape::new().circle(x, y, r * 0.14),
            own.mix(scene.palette.shadow, 0.45),
            1.0,
        );
    }
}
