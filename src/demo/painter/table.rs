//! Things on a table by a window: cup, fruit, flowers, with books and a plant beside them.

use super::color::{Rgb, smoothstep};
use super::figure::{Coat, Pose, draw};
use super::figures::table;
use super::random::Rng;
use super::scene::Scene;
use super::shape::Shape;
use super::words::Still;

/// Paints the room, the table, and what stands on it.
pub fn paint(scene: &mut Scene, still: Still) {
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
    books(scene, (at.0 - side * scene.len(0.5), h * 0.8), &mut dice);
    plant(scene, (at.0 + side * scene.len(0.56), h * 0.78), &mut dice);
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

/// Two books that lie on the table.
fn books(scene: &mut Scene, (x, y): (f32, f32), dice: &mut Rng) {
    let (w, t) = (scene.len(0.26), scene.len(0.042));
    let covers = dice.pick([
        [0x2f_5a6a, 0xb8_4a3a],
        [0x6a_3a4a, 0xd0_a048],
        [0x3a_4a78, 0x8a_9a5a],
    ]);
    let shade = Shape::new().ellipse(x, y, w * 0.62, t * 0.5);
    scene.canvas.fill(shade, scene.palette.shadow, 0.4);
    for (i, cover) in covers.into_iter().enumerate() {
        let wide = w * (1.0 - 0.14 * i as f32);
        let (left, top) = (
            x - wide / 2.0 + w * 0.03 * i as f32,
            y - t * (i as f32 + 1.0),
        );
        let own = scene.palette.shown(Rgb::hex(cover));
        let paper = scene.palette.shown(Rgb::hex(0xee_e2c8));
        scene.canvas.fill_run(
            Shape::new().rect(left, top, wide, t),
            ((left, top), own.mix(scene.palette.light, 0.12), 1.0),
            ((left, top + t), own.mix(scene.palette.shadow, 0.35), 1.0),
        );
        let from = if scene.side > 0.0 {
            left + wide * 0.12
        } else {
            left
        };
        let pages = Shape::new().rect(from, top + t * 0.2, wide * 0.88, t * 0.6);
        scene.canvas.fill(pages, paper, 1.0);
        let mut leaves = Shape::new();
        for k in 1..4 {
            let line = top + t * (0.2 + 0.15 * k as f32);
            leaves.add_rect(from, line, wide * 0.88, t * 0.025);
        }
        scene.canvas.fill(leaves, scene.palette.shadow, 0.25);
    }
}

/// A pot with long leaves, a step back from the light.
fn plant(scene: &mut Scene, (x, y): (f32, f32), dice: &mut Rng) {
    let r = scene.len(0.075);
    let green = scene
        .palette
        .shown(Rgb::hex(0x4a_7a54))
        .mix(scene.palette.shadow, 0.2);
    let shade = Shape::new().ellipse(x, y, r * 1.3, r * 0.22);
    scene.canvas.fill(shade, scene.palette.shadow, 0.4);
    for i in 0..15 {
        let angle = -std::f32::consts::FRAC_PI_2 + (i as f32 / 14.0 - 0.5) * 2.6;
        let long = r * dice.range(2.4, 4.2);
        let tip = (
            x + angle.cos() * long,
            y - r * 1.4 + angle.sin() * long * 0.9 + r * 0.5,
        );
        let knee = (
            x + angle.cos() * long * 0.5,
            y - r * 1.7 + angle.sin() * long * 0.6,
        );
        let wide = r * 0.2;
        let tone = green.mix(scene.palette.light, dice.range(0.0, 0.25));
        scene.canvas.fill(
            Shape::new().smooth(&[
                (x, y - r * 1.4),
                (knee.0 - wide, knee.1 - wide * 0.4),
                tip,
                (knee.0 + wide, knee.1 + wide * 0.4),
            ]),
            tone,
            1.0,
        );
    }
    let clay = scene.palette.shown(Rgb::hex(0xb8_6a4a));
    let pot = Shape::new().polygon(&[
        (x - r, y - r * 1.5),
        (x + r, y - r * 1.5),
        (x + r * 0.72, y),
        (x - r * 0.72, y),
    ]);
    let (bright, dim) = (
        clay.mix(scene.palette.light, 0.2),
        clay.mix(scene.palette.shadow, 0.45),
    );
    let (a, b) = if scene.side > 0.0 {
        (dim, bright)
    } else {
        (bright, dim)
    };
    scene
        .canvas
        .fill_run(pot, ((x - r, y), a, 1.0), ((x + r, y), b, 1.0));
    let rim = Shape::new().rect(x - r * 1.1, y - r * 1.62, r * 2.2, r * 0.3);
    scene
        .canvas
        .fill_run(rim, ((x - r, y), a, 1.0), ((x + r, y), b, 1.0));
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
