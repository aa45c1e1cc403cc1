//! What people travel in: sailing boats, balloons, rockets.

use super::color::Rgb;
use super::scene::Scene;
use super::shape::Shape;
use super::words::Hour;

/// A two-sailed boat whose waterline is at `at`, `share` of the unit length tall.
pub fn sailboat(scene: &mut Scene, at: (f32, f32), share: f32) {
    let (x, y) = at;
    let h = scene.len(share);
    let side = scene.side;
    let sail = scene.palette.lit(Rgb::hex(0xf6_efe0));
    let lit = sail.mix(scene.palette.light, 0.35);
    let dim = sail.mix(scene.palette.shadow, 0.28);
    wake(scene, at, share * 0.55);
    image(scene, at, h, dim);
    let hull = scene.palette.lit(Rgb::hex(0x7a_3a2a));
    scene.canvas.fill_run(
        Shape::new().smooth(&[
            (x - h * 0.36, y - h * 0.1),
            (x, y - h * 0.075),
            (x + h * 0.4, y - h * 0.115),
            (x + h * 0.3, y + h * 0.012),
            (x, y + h * 0.026),
            (x - h * 0.28, y + h * 0.012),
        ]),
        ((x, y - h * 0.1), hull.mix(scene.palette.light, 0.25), 1.0),
        ((x, y + h * 0.03), hull.mix(scene.palette.shadow, 0.6), 1.0),
    );
    let mast = scene.palette.lit(Rgb::hex(0x5a_4030));
    scene.canvas.stroke(
        Shape::new().curve(&[(x, y - h * 0.08), (x, y - h)]),
        h * 0.014,
        mast,
        1.0,
    );
    scene.canvas.fill_run(
        Shape::new().smooth(&[
            (x + h * 0.012, y - h * 0.97),
            (x + h * 0.1, y - h * 0.6),
            (x + h * 0.36, y - h * 0.16),
            (x + h * 0.16, y - h * 0.15),
            (x + h * 0.012, y - h * 0.15),
            (x + h * 0.012, y - h * 0.55),
        ]),
        ((x, y), if side > 0.0 { dim } else { lit }, 1.0),
        ((x + h * 0.36, y), if side > 0.0 { lit } else { dim }, 1.0),
    );
    scene.canvas.fill_run(
        Shape::new().smooth(&[
            (x - h * 0.014, y - h * 0.86),
            (x - h * 0.12, y - h * 0.5),
            (x - h * 0.33, y - h * 0.15),
            (x - h * 0.16, y - h * 0.16),
            (x - h * 0.014, y - h * 0.15),
            (x - h * 0.014, y - h * 0.5),
        ]),
        (
            (x - h * 0.3, y),
            if side > 0.0 { dim.mix(lit, 0.4) } else { lit },
            1.0,
        ),
        (
            (x, y),
            if side > 0.0 { dim } else { lit.mix(dim, 0.5) },
            1.0,
        ),
    );
    let flag = scene.palette.lit(Rgb::hex(0xd0_4034));
    scene.canvas.fill(
        Shape::new().polygon(&[(x, y - h), (x - h * 0.08, y - h * 0.975), (x, y - h * 0.95)]),
        flag,
        1.0,
    );
}

/// The broken image of a light-coloured thing on the water below it.
fn image(scene: &mut Scene, (x, y): (f32, f32), h: f32, color: Rgb) {
    let mut dice = scene.dice("boat image");
    let mut shape = Shape::new();
    for k in 0..22 {
        let t = k as f32 / 22.0;
        shape.add_ellipse(
            x + dice.range(-0.07, 0.09) * h,
            y + h * (0.03 + 0.5 * t),
            h * 0.2 * (1.0 - t * 0.8) * dice.range(0.5, 1.1),
            h * 0.007,
        );
    }
    scene.canvas.fill(shape, color, 0.4);
}

/// Bright lines on the water around something that floats.
pub fn wake(scene: &mut Scene, (x, y): (f32, f32), share: f32) {
    let mut dice = scene.dice("wake");
    let r = scene.len(share);
    let mut lines = Shape::new();
    for _ in 0..9 {
        lines.add_ellipse(
            x + dice.range(-1.0, 1.0) * r,
            y + dice.range(-0.02, 0.16) * r,
            r * dice.range(0.2, 0.5),
            (r * 0.006).max(0.4),
        );
    }
    let color = scene.palette.sky[2].mix(Rgb::WHITE, 0.25);
    scene.canvas.fill(lines, color, 0.45);
}

/// One balloon near and two or three far.
pub fn balloons(scene: &mut Scene) {
    let mut dice = scene.dice("balloons");
    let sets = [
        [0xe0_4a3c, 0xf6_e7c8, 0xf0_a63c],
        [0x2f_7fa8, 0xf4_efe0, 0xf2_b84a],
        [0x8a_4fa8, 0xf6_dfe6, 0xf0_7a6a],
    ];
    let (w, low) = (scene.canvas.width, scene.horizon);
    for (i, (dx, dy, share, distance)) in [
        (0.3, 0.6, 0.1, 0.45),
        (0.12, 0.3, 0.07, 0.55),
        (-0.34, 0.52, 0.13, 0.3),
        (-0.12, 0.56, 0.36, 0.0),
    ]
    .into_iter()
    .enumerate()
    {
        let at = (
            w * 0.5 + scene.side * w * (dx + dice.range(-0.03, 0.03)),
            low * (dy + dice.range(-0.04, 0.04)),
        );
        let colors = sets[(dice.below(3) + i) % 3];
        balloon(scene, at, scene.len(share), colors, distance);
    }
}

fn balloon(scene: &mut Scene, (x, y): (f32, f32), h: f32, colors: [u32; 3], distance: f32) {
    let r = h * 0.37;
    let top = y - h * 0.12;
    let gores = 9;
    // Each gore is a lens between two meridians of the envelope.
    for i in 0..gores {
        let edge = |k: f32| (k / gores as f32 * 2.0 - 1.0) * std::f32::consts::FRAC_PI_2;
        let (a, b) = (edge(i as f32).sin() * r, edge(i as f32 + 1.0).sin() * r);
        let own = Rgb::hex(colors[[0, 1, 0, 2, 0, 1, 0, 2, 0][i]]);
        let middle = f32::midpoint(a, b) / r * scene.side;
        let color = scene.palette.lit(own).mix(own, 0.2);
        let color = if middle > 0.0 {
            color.mix(scene.palette.light, middle * 0.3)
        } else {
            color.mix(scene.palette.shadow, -middle * 0.45)
        };
        let color = scene.palette.far(color, distance);
        let side = |k: f32| -> Vec<(f32, f32)> {
            (0..=14)
                .map(|j| {
                    let t = j as f32 / 14.0;
                    // Round above, drawn in to the mouth below.
                    let angle = t * std::f32::consts::PI;
                    let wide = if t < 0.55 {
                        angle.sin()
                    } else {
                        (angle.sin() * 0.6 + (1.0 - t) * 0.9).max(0.13)
                    };
                    (
                        x + k * wide,
                        top - r * angle.cos() * if t < 0.5 { 1.0 } else { 1.22 },
                    )
                })
                .collect()
        };
        let mut outline = side(a);
        outline.extend(
            side(b + if i + 1 < gores { r * 0.006 } else { 0.0 })
                .into_iter()
                .rev(),
        );
        scene
            .canvas
            .fill(Shape::new().polygon(&outline), color, 1.0);
    }
    let basket = scene
        .palette
        .far(scene.palette.lit(Rgb::hex(0x6a_4428)), distance);
    let (by, bw) = (top + r * 1.62, r * 0.15);
    let mut ropes = Shape::new();
    for k in [-1.0, 1.0] {
        ropes.add_curve(&[(x + k * r * 0.13, top + r * 1.2), (x + k * bw, by)]);
    }
    scene
        .canvas
        .stroke(ropes, (h * 0.005).max(0.5), basket, 0.9);
    scene.canvas.fill(
        Shape::new().rect(x - bw, by, bw * 2.0, bw * 1.5),
        basket,
        1.0,
    );
    if scene.palette.lamps() && scene.brief.hour != Hour::Sunset {
        let flame = (x, top + r * 1.15);
        scene.canvas.glow(flame, r * 1.1, Rgb::hex(0xff_b050), 0.55);
    }
}

/// A rocket that climbs on its flame; `at` is its middle, leaning towards the light.
pub fn rocket(scene: &mut Scene, at: (f32, f32), share: f32) {
    let h = scene.len(share);
    let lean = scene.side * 0.32_f32;
    let (c, s) = (lean.cos(), lean.sin());
    let turn = |x: f32, y: f32| (at.0 + (x * c - y * s) * h, at.1 + (x * s + y * c) * h);
    let smooth = |points: &[(f32, f32)]| {
        let points: Vec<(f32, f32)> = points.iter().map(|p| turn(p.0, p.1)).collect();
        Shape::new().smooth(&points)
    };
    // Smoke grows behind the flame.
    let mut dice = scene.dice("smoke");
    for i in 0..26 {
        let t = i as f32 / 25.0;
        let spot = turn(dice.range(-0.05, 0.05) * (1.0 + t * 2.0), 0.55 + t * 1.1);
        let grey = Rgb::hex(0xff_dcb8).mix(scene.palette.haze, t);
        scene
            .canvas
            .glow(spot, h * (0.08 + 0.16 * t), grey, 0.5 * (1.0 - t * 0.8));
    }
    scene
        .canvas
        .glow(turn(0.0, 0.5), h * 0.5, Rgb::hex(0xff_9a40), 0.75);
    scene.canvas.fill(
        smooth(&[
            (-0.07, 0.36),
            (-0.085, 0.48),
            (0.0, 0.8),
            (0.085, 0.48),
            (0.07, 0.36),
        ]),
        Rgb::hex(0xff_a040),
        0.95,
    );
    scene.canvas.fill(
        smooth(&[
            (-0.04, 0.36),
            (-0.045, 0.45),
            (0.0, 0.62),
            (0.045, 0.45),
            (0.04, 0.36),
        ]),
        Rgb::hex(0xff_f2c0),
        1.0,
    );
    let red = Rgb::hex(0xd8_4434);
    for k in [-1.0, 1.0] {
        let fin = smooth(&[
            (k * 0.1, 0.12),
            (k * 0.24, 0.3),
            (k * 0.25, 0.44),
            (k * 0.2, 0.38),
            (k * 0.08, 0.34),
        ]);
        let tone = if k * scene.side > 0.0 {
            red
        } else {
            red.scale(0.62)
        };
        scene.canvas.fill(fin, tone, 1.0);
    }
    let white = Rgb::hex(0xf2_f0ec);
    let body = smooth(&[
        (0.0, -0.5),
        (0.09, -0.34),
        (0.135, -0.1),
        (0.13, 0.16),
        (0.085, 0.36),
        (-0.085, 0.36),
        (-0.13, 0.16),
        (-0.135, -0.1),
        (-0.09, -0.34),
    ]);
    let (a, b) = if scene.side > 0.0 {
        (0.5, 1.0)
    } else {
        (1.0, 0.5)
    };
    scene.canvas.fill_run(
        body,
        (turn(-0.13, 0.0), white.scale(a), 1.0),
        (turn(0.13, 0.0), white.scale(b), 1.0),
    );
    scene.canvas.fill(
        smooth(&[
            (0.0, -0.5),
            (0.09, -0.34),
            (0.1, -0.29),
            (0.0, -0.27),
            (-0.1, -0.29),
            (-0.09, -0.34),
        ]),
        red,
        1.0,
    );
    let port = turn(0.0, -0.12);
    scene.canvas.fill(
        Shape::new().circle(port.0, port.1, h * 0.062),
        Rgb::hex(0x5a_6270),
        1.0,
    );
    scene.canvas.fill(
        Shape::new().circle(port.0, port.1, h * 0.046),
        Rgb::hex(0x6f_d0ee),
        1.0,
    );
    let spark = turn(-0.014, -0.136);
    scene.canvas.fill(
        Shape::new().circle(spark.0, spark.1, h * 0.014),
        Rgb::WHITE,
        0.8,
    );
}
