//! Castle, windmill, gate and pyramids.

use super::{round, window};
use crate::demo::painter::color::Rgb;
use crate::demo::painter::scene::Scene;
use crate::demo::painter::shape::Shape;

/// Five towers on a mound.
pub fn castle(scene: &mut Scene, (x, y): (f32, f32)) {
    let h = scene.len(0.34);
    let stone = Rgb::hex(0x9a_9490);
    let roof = Rgb::hex(0x4a_5878);
    // A mound carries it.
    let mound = scene
        .palette
        .far(scene.palette.lit(Rgb::hex(0x58_6a50)), 0.2);
    let hill = Shape::new().smooth(&[
        (x - h * 1.1, y + h * 0.3),
        (x - h * 0.66, y + h * 0.02),
        (x, y - h * 0.07),
        (x + h * 0.66, y + h * 0.02),
        (x + h * 1.1, y + h * 0.3),
    ]);
    scene.canvas.fill_run(
        hill,
        ((x, y - h * 0.05), mound, 1.0),
        ((x, y + h * 0.22), mound.mix(scene.palette.haze, 0.3), 1.0),
    );
    let towers = [
        (-0.52, 0.1, 0.42),
        (0.52, 0.1, 0.38),
        (-0.26, 0.085, 0.62),
        (0.3, 0.08, 0.56),
        (0.02, 0.12, 0.84),
    ];
    let wall = Shape::new().rect(x - h * 0.52, y - h * 0.28, h * 1.04, h * 0.3);
    round(scene, wall, x - h * 0.6, x + h * 0.6, stone.scale(0.92));
    battlement(
        scene,
        x - h * 0.52,
        y - h * 0.28,
        h * 1.04,
        h * 0.03,
        stone.scale(0.92),
    );
    for (i, (dx, half, tall)) in towers.into_iter().enumerate() {
        let (cx, half, top) = (x + dx * h, half * h * 0.62, y - tall * h);
        let body = Shape::new().rect(cx - half, top, half * 2.0, y - top + h * 0.02);
        round(scene, body, cx - half, cx + half, stone);
        battlement(scene, cx - half * 1.12, top, half * 2.24, h * 0.026, stone);
        let cone = Shape::new().polygon(&[
            (cx - half * 1.25, top - h * 0.02),
            (cx, top - h * 0.02 - half * 3.6),
            (cx + half * 1.25, top - h * 0.02),
        ]);
        round(scene, cone, cx - half, cx + half, roof);
        let tip = (cx, top - half * 3.6 - h * 0.02);
        let flag = scene.palette.lit(Rgb::hex(0xc8_3c38));
        let s = h * 0.05;
        scene.canvas.stroke(
            Shape::new().curve(&[tip, (tip.0, tip.1 - s * 1.3)]),
            h * 0.006,
            flag.scale(0.5),
            1.0,
        );
        scene.canvas.fill(
            Shape::new().polygon(&[
                (tip.0, tip.1 - s * 1.3),
                (tip.0 - scene.side * s, tip.1 - s),
                (tip.0, tip.1 - s * 0.7),
            ]),
            flag,
            1.0,
        );
        let w = h * 0.02;
        window(scene, cx - w / 2.0, top + h * 0.09, w, w * 1.9);
        if i > 1 {
            window(scene, cx - w / 2.0, top + h * 0.22, w, w * 1.9);
        }
    }
    let arch = Shape::new()
        .rect(x - h * 0.06, y - h * 0.09, h * 0.12, h * 0.11)
        .circle(x, y - h * 0.09, h * 0.06);
    scene
        .canvas
        .fill(arch, scene.palette.lit(Rgb::hex(0x3a_2c26)), 1.0);
}

fn battlement(scene: &mut Scene, x: f32, y: f32, w: f32, size: f32, own: Rgb) {
    let mut teeth = Shape::new();
    let count = ((w / size / 1.8) as usize).max(2);
    for i in 0..count {
        let step = w / count as f32;
        teeth.add_rect(
            x + step * (i as f32 + 0.2),
            y - size,
            step * 0.6,
            size * 1.6,
        );
    }
    round(scene, teeth, x, x + w, own);
}

/// A mill with four sails.
pub fn windmill(scene: &mut Scene, (x, y): (f32, f32)) {
    let h = scene.len(0.3);
    let tower = Shape::new().polygon(&[
        (x - h * 0.17, y),
        (x - h * 0.1, y - h * 0.66),
        (x + h * 0.1, y - h * 0.66),
        (x + h * 0.17, y),
    ]);
    round(
        scene,
        tower,
        x - h * 0.17,
        x + h * 0.17,
        Rgb::hex(0xe6_dcc8),
    );
    let cap = Shape::new().smooth(&[
        (x - h * 0.13, y - h * 0.65),
        (x - h * 0.09, y - h * 0.76),
        (x, y - h * 0.81),
        (x + h * 0.09, y - h * 0.76),
        (x + h * 0.13, y - h * 0.65),
    ]);
    round(scene, cap, x - h * 0.13, x + h * 0.13, Rgb::hex(0x7a_4632));
    window(scene, x - h * 0.025, y - h * 0.46, h * 0.05, h * 0.08);
    window(scene, x - h * 0.04, y - h * 0.14, h * 0.08, h * 0.14);
    let hub = (x, y - h * 0.7);
    let wood = scene.palette.lit(Rgb::hex(0x5a_4030));
    let cloth = scene.palette.lit(Rgb::hex(0xf2_ead8));
    for i in 0..4 {
        let a = 0.42 + i as f32 * std::f32::consts::FRAC_PI_2;
        let (c, s) = (a.cos(), a.sin());
        let at = |along: f32, side: f32| {
            (
                hub.0 + (c * along - s * side) * h,
                hub.1 + (s * along + c * side) * h,
            )
        };
        scene.canvas.fill(
            Shape::new().polygon(&[at(0.12, 0.0), at(0.6, 0.0), at(0.6, 0.11), at(0.12, 0.09)]),
            cloth,
            0.88,
        );
        let mut frame = Shape::new();
        for k in 0..6 {
            let along = 0.14 + 0.09 * k as f32;
            frame.add_curve(&[at(along, 0.0), at(along, 0.1)]);
        }
        frame.add_curve(&[at(0.0, 0.0), at(0.62, 0.0)]);
        scene.canvas.stroke(frame, h * 0.011, wood, 1.0);
    }
    scene
        .canvas
        .fill(Shape::new().circle(hub.0, hub.1, h * 0.026), wood, 1.0);
}

/// A wooden gate that stands in the water.
pub fn gate(scene: &mut Scene, (x, y): (f32, f32)) {
    let h = scene.len(0.34);
    let red = Rgb::hex(0xc6_3a28);
    for sign in [-1.0, 1.0] {
        let (cx, w) = (x + sign * h * 0.36, h * 0.036);
        let post = Shape::new().polygon(&[
            (cx - w * 1.15, y),
            (cx - w - sign * h * 0.02, y - h * 0.86),
            (cx + w - sign * h * 0.02, y - h * 0.86),
            (cx + w * 1.15, y),
        ]);
        round(scene, post, cx - w, cx + w, red);
        let foot = Shape::new().rect(cx - w * 1.5, y - h * 0.05, w * 3.0, h * 0.055);
        round(scene, foot, cx - w, cx + w, Rgb::hex(0x3c_3a40));
    }
    let beam = Shape::new().rect(x - h * 0.44, y - h * 0.68, h * 0.88, h * 0.05);
    round(scene, beam, x - h * 0.5, x + h * 0.5, red);
    let plaque = Shape::new().rect(x - h * 0.035, y - h * 0.84, h * 0.07, h * 0.17);
    round(
        scene,
        plaque,
        x - h * 0.04,
        x + h * 0.04,
        Rgb::hex(0x6a_2a20),
    );
    let lintel = |lift: f32, tall: f32| {
        Shape::new().polygon(&[
            (x - h * 0.56, y - h * (0.93 + lift)),
            (x, y - h * (0.885 + lift)),
            (x + h * 0.56, y - h * (0.93 + lift)),
            (x + h * 0.54, y - h * (0.93 + lift - tall)),
            (x, y - h * (0.885 + lift - tall)),
            (x - h * 0.54, y - h * (0.93 + lift - tall)),
        ])
    };
    round(scene, lintel(0.0, 0.06), x - h * 0.5, x + h * 0.5, red);
    round(
        scene,
        lintel(0.035, 0.04),
        x - h * 0.5,
        x + h * 0.5,
        Rgb::hex(0x34_3038),
    );
    // Its image on the water.
    let color = scene.palette.lit(red).mix(scene.palette.shadow, 0.35);
    let mut dice = scene.dice("gate image");
    let mut image = Shape::new();
    for sign in [-1.0, 1.0] {
        for k in 0..14 {
            let t = k as f32 / 14.0;
            let shift = dice.range(-0.016, 0.016) * h;
            image.add_ellipse(
                x + sign * h * 0.36 + shift,
                y + h * 0.02 + t * h * 0.42,
                h * 0.045 * (1.0 - t * 0.4),
                h * 0.012,
            );
        }
    }
    scene.canvas.fill(image, color, 0.55);
}

/// Three pyramids, each with a lit and a shaded side.
pub fn pyramids(scene: &mut Scene, (x, y): (f32, f32)) {
    let stone = Rgb::hex(0xd6_a868);
    for (dx, size, distance) in [(0.46, 0.2, 0.4), (-0.34, 0.28, 0.28), (0.06, 0.42, 0.14)] {
        let (cx, s) = (x + scene.len(dx), scene.len(size));
        let base = y + scene.len(0.06);
        let tip = (cx, base - s * 0.78);
        let ridge = (cx - scene.side * s * 0.3, base);
        let lit = scene.palette.far(
            scene.palette.lit(stone).mix(scene.palette.light, 0.22),
            distance,
        );
        let dim = scene.palette.far(
            scene.palette.lit(stone).mix(scene.palette.shadow, 0.5),
            distance,
        );
        scene.canvas.fill(
            Shape::new().polygon(&[tip, (cx + scene.side * s * 0.8, base), ridge]),
            lit,
            1.0,
        );
        scene.canvas.fill(
            Shape::new().polygon(&[tip, (cx - scene.side * s * 0.8, base), ridge]),
            dim,
            1.0,
        );
        let mut courses = Shape::new();
        for k in 1..16 {
            let t = k as f32 / 16.0;
            let at = |p: (f32, f32)| (tip.0 + (p.0 - tip.0) * t, tip.1 + (p.1 - tip.1) * t);
            courses.add_curve(&[at((cx - s * 0.8, base)), at((cx + s * 0.8, base))]);
        }
        scene
            .canvas
            .stroke(courses, s * 0.003, scene.palette.shadow, 0.16);
    }
}
