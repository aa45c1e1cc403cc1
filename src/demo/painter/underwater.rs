//! Below the surface: beams of light, a school of fish, weed and coral, and whoever swims there.

use super::brief::Group;
use super::cast;
use super::color::{Rgb, smoothstep};
use super::scene::Scene;
use super::shape::Shape;
use super::terrain::{Cover, Form, fill, ridge};
use super::words::{Animal, Hour};

/// Paints the whole sheet.
pub fn paint(scene: &mut Scene) {
    let h = scene.canvas.height;
    water(scene);
    let reef = ridge(
        scene,
        "reef far",
        Form::Hills,
        h * 0.92,
        scene.len(0.26),
        1.6,
    );
    let tone = scene.palette.sky[1].mix(scene.palette.shadow, 0.2);
    fill(
        scene,
        &reef,
        h,
        Cover::plain(tone, tone.mix(scene.palette.shadow, 0.4), scene.len(0.2)),
    );
    school(scene);
    beams(scene);
    swimmers(scene);
    let floor = ridge(scene, "reef", Form::Hills, h * 1.0, scene.len(0.16), 1.9);
    let sand = scene.palette.shadow.mix(Rgb::hex(0x6a_8a80), 0.34);
    let mut cover = Cover::plain(sand, scene.palette.shadow, scene.len(0.14));
    cover.mottle = 0.7;
    fill(scene, &floor, h, cover);
    garden(scene, &floor.tops);
    bubbles(scene);
}

fn water(scene: &mut Scene) {
    let mut dice = scene.dice("depth");
    let mut set = dice
        .pick([
            [0x7f_e0e4, 0x1f_86b4, 0x06_1f42],
            [0x9a_ecd8, 0x1c_8a96, 0x05_2438],
            [0x8a_d0f4, 0x2a_62b0, 0x08_143c],
        ])
        .map(Rgb::hex);
    if scene.brief.hour == Hour::Night {
        set = set.map(|c| c.scale(0.4).add(Rgb::hex(0x10_1840), 0.6));
    }
    if let Some(tint) = scene.brief.tint {
        set = set.map(|c| c.mix(tint.scale(0.3 + c.luma()), 0.45));
    }
    let [top, middle, low] = set;
    scene.palette.sky = [top, middle, low];
    scene.palette.haze = middle;
    scene.palette.shadow = low;
    scene.palette.light = top.mix(Rgb::WHITE, 0.5);
    scene.palette.ambient = Rgb::WHITE.mix(top, 0.4);
    scene.palette.dark = 0.22;
    scene.light.1 = -scene.canvas.height * 0.12;
    let (h, unit) = (scene.canvas.height, scene.canvas.unit);
    let (light, tile) = (scene.light, &scene.tile);
    scene.canvas.shade(0.0, h, |x, y, _| {
        let t = y / h;
        let base = if t < 0.45 {
            top.mix(middle, smoothstep(0.0, 1.0, t / 0.45))
        } else {
            middle.mix(low, smoothstep(0.0, 1.0, (t - 0.45) / 0.55))
        };
        let (dx, dy) = ((x - light.0) / unit, (y - light.1) / unit);
        let near = 1.0 / (1.0 + (dx * dx * 1.4 + dy * dy) * 9.0);
        // The surface from below: a net of light that fades with depth.
        let net = 1.0 - (tile.deep(x / unit * 40.0, y / unit * 90.0) * 2.0 - 1.0).abs();
        base.screen(
            top.mix(Rgb::WHITE, 0.6),
            near * 0.75 + smoothstep(0.9, 1.0, net) * (0.16 - t).max(0.0) * 2.6,
        )
    });
}

fn beams(scene: &mut Scene) {
    let (unit, light, h) = (scene.canvas.unit, scene.light, scene.canvas.height);
    let (tile, color) = (&scene.tile, scene.palette.light);
    scene.canvas.shade(0.0, h * 0.95, |x, y, old| {
        let across = (x - light.0) / (y - light.1 + unit * 0.35);
        let beam = smoothstep(0.46, 0.72, tile.at(across * 30.0 + 90.0, 33.0));
        let fade = (1.0 - y / (h * 0.95)).powi(2) / (1.0 + across * across * 1.4);
        old.screen(color, beam * fade * 0.42)
    });
}

fn school(scene: &mut Scene) {
    let mut dice = scene.dice("school");
    let tone = scene.palette.sky[1].mix(scene.palette.shadow, 0.42);
    let center = (
        scene.canvas.width * (0.5 + scene.side * 0.24),
        scene.canvas.height * 0.4,
    );
    let mut shape = Shape::new();
    for _ in 0..46 {
        let (x, y) = (
            center.0 + scene.len(dice.range(-1.0, 1.0) * dice.range(0.05, 0.26)),
            center.1 + scene.len(dice.range(-1.0, 1.0) * dice.range(0.02, 0.12)),
        );
        let s = scene.len(dice.range(0.008, 0.016)) * scene.side;
        let r = s.abs();
        shape.add_smooth(&[
            (x - s, y),
            (x - s * 0.3, y - r * 0.34),
            (x + s * 0.7, y - r * 0.06),
            (x + s * 1.2, y - r * 0.3),
            (x + s * 1.2, y + r * 0.3),
            (x + s * 0.7, y + r * 0.06),
            (x - s * 0.3, y + r * 0.34),
        ]);
    }
    scene.canvas.fill(shape, tone, 0.85);
}

fn swimmers(scene: &mut Scene) {
    let (w, h) = (scene.canvas.width, scene.canvas.height);
    let flip = scene.side < 0.0;
    let groups = if scene.brief.animals.is_empty() {
        vec![Group {
            animal: Animal::Fish,
            count: 3,
            coat: None,
        }]
    } else {
        scene.brief.animals.clone()
    };
    let spots = [
        (0.0, 0.6, 1.0, 0.08),
        (-0.26, 0.44, 0.5, 0.3),
        (0.24, 0.74, 0.62, 0.2),
    ];
    let mut next = 0;
    for group in groups {
        for _ in 0..group.count {
            let (dx, y, share, distance) = spots[next % 3];
            let whale = group.animal == Animal::Whale;
            let share = share * (w / scene.canvas.unit / 1.3).min(1.0);
            let at = (
                w * 0.5 - scene.side * w * (0.06 - dx),
                h * y
                    + if whale {
                        scene.len(0.06)
                    } else {
                        scene.len(0.1)
                    },
            );
            cast::float(
                scene,
                &group,
                at,
                share * if whale { 1.25 } else { 0.95 },
                flip,
                distance,
            );
            next += 1;
        }
    }
}

fn garden(scene: &mut Scene, tops: &[f32]) {
    let mut dice = scene.dice("garden");
    let w = scene.canvas.width;
    let last = tops.len() - 1;
    for i in 0..(15.0 * w / scene.canvas.unit) as usize {
        // Fewer in the middle, where the swimmers are.
        let x = w * (0.5 + dice.range(-0.55, 0.55));
        let y = tops[(x.max(0.0) as usize).min(last)] + scene.len(0.02);
        let own = Rgb::hex(dice.pick([0xe8_6a6a, 0xf0_a04a, 0xb8_5ac0, 0x4a_b890, 0xe0_6a9c]));
        let color = own.mix(scene.palette.shadow, 0.42);
        if i % 3 == 0 {
            coral(
                scene,
                (x, y),
                scene.len(dice.range(0.06, 0.12)),
                color,
                &mut dice,
            );
        } else {
            weed(scene, (x, y), scene.len(dice.range(0.1, 0.26)), &mut dice);
        }
    }
}

fn coral(
    scene: &mut Scene,
    (x, y): (f32, f32),
    size: f32,
    color: Rgb,
    dice: &mut super::random::Rng,
) {
    for k in 0..7 {
        let angle =
            -std::f32::consts::FRAC_PI_2 + (k as f32 - 3.0) * 0.27 + dice.range(-0.08, 0.08);
        let long = size * dice.range(0.65, 1.0);
        let tip = (x + angle.cos() * long, y + angle.sin() * long);
        let mid = (
            x + angle.cos() * long * 0.5 + dice.range(-0.08, 0.08) * size,
            y + angle.sin() * long * 0.5,
        );
        let tone = color.mix(
            scene.palette.light,
            if (angle.cos() * scene.side) > 0.0 {
                0.22
            } else {
                0.04
            },
        );
        let mut twig = Shape::new();
        twig.add_curve(&[(x, y), mid, tip]);
        twig.add_curve(&[
            mid,
            (mid.0 + size * dice.range(-0.25, 0.25), mid.1 - size * 0.28),
        ]);
        scene.canvas.stroke(twig, size * 0.085, tone, 1.0);
    }
}

fn weed(scene: &mut Scene, (x, y): (f32, f32), tall: f32, dice: &mut super::random::Rng) {
    let green = Rgb::hex(0x2a_7a58).mix(scene.palette.shadow, dice.range(0.2, 0.6));
    let mut shape = Shape::new();
    for _ in 0..5 {
        let (bend, wave) = (dice.range(-0.2, 0.2), dice.range(0.0, 6.0));
        let long = tall * dice.range(0.6, 1.0);
        let x = x + dice.range(-0.12, 0.12) * tall;
        let at = |t: f32, half: f32| {
            let sway = bend * t * t + 0.06 * (t * 7.0 + wave).sin() * t;
            (x + (sway + half * (1.0 - t)) * tall, y - long * t)
        };
        let mut outline: Vec<(f32, f32)> = (0..8).map(|i| at(i as f32 / 7.0, -0.03)).collect();
        outline.extend((0..7).rev().map(|i| at(i as f32 / 7.0, 0.03)));
        shape.add_smooth(&outline);
    }
    scene.canvas.fill(shape, green, 0.95);
}

fn bubbles(scene: &mut Scene) {
    let mut dice = scene.dice("bubbles");
    for _ in 0..34 {
        let x = scene.stand() + scene.len(dice.range(-0.5, 0.5));
        let y = scene.canvas.height * dice.unit();
        let r = scene.len(dice.range(0.002, 0.009));
        scene.canvas.stroke(
            Shape::new().circle(x, y, r),
            (r * 0.18).max(0.5),
            scene.palette.light,
            0.5,
        );
        scene.canvas.fill(
            Shape::new().circle(x - r * 0.3, y - r * 0.35, r * 0.22),
            Rgb::WHITE,
            0.8,
        );
    }
}
