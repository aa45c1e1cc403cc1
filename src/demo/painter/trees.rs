//! Trees: rows of them for the distance, single ones for the front.

use super::color::Rgb;
use super::random::Rng;
use super::scene::Scene;
use super::shape::{Knot, Shape};
use super::terrain::Ridge;
use super::words::{Season, Tree};

/// A row of small trees along an outline, as one shape in one colour.
pub struct Row<'a> {
    pub part: &'a str,
    pub kind: Tree,
    pub along: &'a Ridge,
    /// Height of the tallest, px.
    pub height: f32,
    /// Mean distance between two trunks, as a share of the height.
    pub gap: f32,
    pub color: Rgb,
}

/// Paints a row of trees; the ground in front of it comes later and hides their feet.
pub fn row(scene: &mut Scene, row: &Row<'_>) {
    let mut dice = scene.dice(row.part);
    let mut shape = Shape::new();
    let seed = scene.seed(row.part);
    let mut x = -row.height * 0.3;
    while x < scene.canvas.width + row.height * 0.3 {
        // Trees stand in groups: noise thins them out and makes them smaller in between.
        let group = super::noise::fractal(x / scene.canvas.unit * 5.0, seed, 2, 0.5);
        let height = row.height * (0.35 + 0.75 * group) * dice.range(0.7, 1.0);
        let base = row.along.top(x) + row.height * 0.06;
        if group > 0.22 {
            add(&mut shape, row.kind, (x, base), height, &mut dice);
        }
        x += row.height * row.gap * dice.range(0.45, 1.4);
    }
    scene.canvas.fill(shape, row.color, 1.0);
}

fn add(shape: &mut Shape, kind: Tree, foot: (f32, f32), height: f32, dice: &mut Rng) {
    match kind {
        Tree::Conifer => add_conifer(shape, foot, height, dice),
        Tree::Bare => add_bare(shape, foot, height, dice),
        Tree::Palm => add_palm(shape, foot, height, dice),
        Tree::Acacia => add_acacia(shape, foot, height, dice),
        Tree::Broadleaf | Tree::Blossom => add_crown(shape, foot, height, dice),
    }
}

fn add_conifer(shape: &mut Shape, (x, base): (f32, f32), height: f32, dice: &mut Rng) {
    let tiers = 6 + dice.below(4) + (height / 60.0).min(6.0) as usize;
    let width = height * dice.range(0.15, 0.21);
    let mut points = vec![(x, base - height)];
    let mut sides = [Vec::new(), Vec::new()];
    for (i, side) in sides.iter_mut().enumerate() {
        let sign = if i == 0 { 1.0 } else { -1.0 };
        for tier in 1..=tiers {
            let t = tier as f32 / tiers as f32;
            let y = base - height * (1.0 - t * 0.94);
            let out = width * t.powf(0.85) * dice.range(0.72, 1.15);
            side.push((x + sign * out, y + height * 0.016));
            side.push((x + sign * out * 0.42, y - height * 0.008));
        }
    }
    let [right, left] = sides;
    points.extend(&right[..right.len() - 1]);
    points.extend(left[..left.len() - 1].iter().rev());
    shape.add_polygon(&points);
    let trunk = height * 0.018;
    shape.add_rect(x - trunk, base - height * 0.1, trunk * 2.0, height * 0.12);
}

fn add_crown(shape: &mut Shape, (x, base): (f32, f32), height: f32, dice: &mut Rng) {
    let trunk = height * 0.025;
    shape.add_rect(x - trunk, base - height * 0.4, trunk * 2.0, height * 0.42);
    for _ in 0..9 {
        let (dx, dy) = (dice.range(-1.0, 1.0), dice.range(-1.0, 1.0));
        let r = height * dice.range(0.13, 0.22);
        shape.add_ellipse(
            x + dx * height * 0.2 * (1.2 - dy.abs()),
            base - height * 0.62 + dy * height * 0.2,
            r,
            r * 0.9,
        );
    }
}

fn add_palm(shape: &mut Shape, (x, base): (f32, f32), height: f32, dice: &mut Rng) {
    let lean = height * dice.range(-0.3, 0.3);
    let w = height * 0.022;
    let top = (x + lean, base - height * 0.8);
    let waist = (x + lean * 0.3, base - height * 0.42);
    shape.add_polygon(&[
        (x - w * 1.5, base),
        (waist.0 - w, waist.1),
        (top.0 - w * 0.8, top.1),
        (top.0 + w * 0.8, top.1),
        (waist.0 + w, waist.1),
        (x + w * 1.5, base),
    ]);
    for i in 0..9 {
        let angle = -0.35 + i as f32 / 8.0 * 3.85 + dice.range(-0.15, 0.15);
        let (c, s) = (angle.cos(), -angle.sin());
        let long = height * dice.range(0.34, 0.44);
        let tip = (top.0 + c * long, top.1 + s * long * 0.6 + height * 0.17);
        let knee = (
            top.0 + c * long * 0.55,
            top.1 + s * long * 0.62 - height * 0.02,
        );
        let thick = height * 0.035;
        shape.add_smooth(&[
            top,
            (knee.0, knee.1 - thick),
            tip,
            (knee.0 - c * thick, knee.1 + thick),
        ]);
    }
}

fn add_acacia(shape: &mut Shape, (x, base): (f32, f32), height: f32, dice: &mut Rng) {
    let w = height * 0.026;
    for lean in [-0.22, 0.06, 0.26] {
        let top = (x + height * lean, base - height * 0.74);
        shape.add_polygon(&[
            (x - w * 1.2, base),
            (x + lean * height * 0.2 - w, base - height * 0.36),
            (top.0 - w * 0.5, top.1),
            (top.0 + w * 0.5, top.1),
            (x + lean * height * 0.2 + w, base - height * 0.36),
            (x + w * 1.2, base),
        ]);
    }
    for _ in 0..22 {
        let along = dice.range(-1.0, 1.0);
        shape.add_ellipse(
            x + along * height * 0.52,
            base - height * (0.8 + 0.12 * (1.0 - along * along) * dice.unit()),
            height * dice.range(0.09, 0.17),
            height * dice.range(0.03, 0.055),
        );
    }
}

fn add_bare(shape: &mut Shape, foot: (f32, f32), height: f32, dice: &mut Rng) {
    branch(
        shape,
        foot,
        -std::f32::consts::FRAC_PI_2,
        height * 0.34,
        height * 0.035,
        6,
        dice,
    );
}

/// One branch and its children, as tapered quadrilaterals.
fn branch(
    shape: &mut Shape,
    from: (f32, f32),
    angle: f32,
    length: f32,
    width: f32,
    depth: usize,
    dice: &mut Rng,
) {
    let to = (from.0 + angle.cos() * length, from.1 + angle.sin() * length);
    let (nx, ny) = (-angle.sin() * width, angle.cos() * width);
    let k = 0.62;
    shape.add_polygon(&[
        (from.0 - nx, from.1 - ny),
        (to.0 - nx * k, to.1 - ny * k),
        (to.0 + nx * k, to.1 + ny * k),
        (from.0 + nx, from.1 + ny),
    ]);
    if depth == 0 {
        return;
    }
    for sign in [-1.0, 1.0] {
        let turn = sign * dice.range(0.2, 0.62);
        // Upwards a little, as branches seek the light.
        let next = angle + turn + (-std::f32::consts::FRAC_PI_2 - angle) * 0.1;
        branch(
            shape,
            to,
            next,
            length * dice.range(0.66, 0.86),
            width * k,
            depth - 1,
            dice,
        );
    }
}

/// One tree in front, with its own light and shade. `foot` is where its trunk meets the ground.
pub fn single(scene: &mut Scene, part: &str, kind: Tree, foot: (f32, f32), height: f32) {
    let mut dice = scene.dice(part);
    let bark = scene
        .palette
        .lit(Rgb::hex(0x4a_3628))
        .mix(scene.palette.shadow, 0.35);
    let shade = Shape::new().ellipse(
        foot.0 - scene.side * height * 0.08,
        foot.1 - height * 0.004,
        height * 0.24,
        height * 0.018,
    );
    scene.canvas.fill(shade, scene.palette.shadow, 0.28);
    match kind {
        Tree::Conifer => fir(scene, foot, height, &mut dice),
        Tree::Palm => {
            let mut shape = Shape::new();
            add_palm(&mut shape, foot, height, &mut dice);
            scene.canvas.fill_run(
                shape,
                (
                    (foot.0, foot.1 - height),
                    foliage(scene, kind).mix(bark, 0.3),
                    1.0,
                ),
                ((foot.0, foot.1), bark, 1.0),
            );
        }
        Tree::Bare | Tree::Acacia => {
            let mut shape = Shape::new();
            add(&mut shape, kind, foot, height, &mut dice);
            scene.canvas.fill(shape, bark, 1.0);
        }
        Tree::Broadleaf | Tree::Blossom => {
            let mut limbs = Shape::new();
            branch(
                &mut limbs,
                foot,
                -std::f32::consts::FRAC_PI_2 + dice.range(-0.1, 0.1),
                height * 0.26,
                height * 0.036,
                4,
                &mut dice,
            );
            scene.canvas.fill(limbs, bark, 1.0);
            leaves(
                scene,
                kind,
                (foot.0, foot.1 - height * 0.64),
                height * 0.36,
                &mut dice,
            );
        }
    }
}

/// Dabs in four tones, from the shaded inside to the lit outside.
fn leaves(scene: &mut Scene, kind: Tree, center: (f32, f32), radius: f32, dice: &mut Rng) {
    let green = foliage(scene, kind);
    let tones = [
        green.mix(scene.palette.shadow, 0.55),
        green.mix(scene.palette.shadow, 0.25),
        green,
        green.mix(scene.palette.light, 0.3),
    ];
    let lobes: Vec<(f32, f32, f32)> = (0..11)
        .map(|_| {
            let (angle, out) = (
                dice.range(0.0, std::f32::consts::TAU),
                dice.unit().sqrt() * 0.72,
            );
            (
                center.0 + angle.cos() * out * radius * 1.15,
                center.1 + angle.sin() * out * radius * 0.85,
                radius * dice.range(0.3, 0.48),
            )
        })
        .collect();
    for (i, tone) in tones.into_iter().enumerate() {
        let mut dabs = Shape::new();
        let shift = radius * 0.11 * i as f32;
        for (x, y, r) in &lobes {
            for _ in 0..[62, 48, 32, 17][i] {
                let (angle, out) = (dice.range(0.0, std::f32::consts::TAU), dice.unit().sqrt());
                let reach = r * out * (1.0 - 0.14 * i as f32);
                let size = radius * dice.range(0.02, 0.046) * [1.2, 1.0, 0.9, 0.75][i];
                let at = (
                    x + angle.cos() * reach + scene.side * shift,
                    y + angle.sin() * reach - shift,
                );
                add_leaf(&mut dabs, at, size, dice.range(-0.9, 0.9));
            }
        }
        scene.canvas.fill(dabs, tone, 1.0);
    }
}

/// A pointed leaf, `turn` from the level in radians.
fn add_leaf(shape: &mut Shape, (x, y): (f32, f32), size: f32, turn: f32) {
    let (c, s) = (turn.cos(), turn.sin());
    let at = |u: f32, v: f32| (x + (u * c - v * s) * size, y + (u * s + v * c) * size);
    shape.add_knots(&[
        Knot {
            at: at(-1.7, 0.0),
            corner: true,
        },
        Knot {
            at: at(-0.2, -0.85),
            corner: false,
        },
        Knot {
            at: at(1.7, 0.0),
            corner: true,
        },
        Knot {
            at: at(-0.2, 0.85),
            corner: false,
        },
    ]);
}

/// A fir from its skirt to its tip: each tier of boughs lies over the one below, ragged at its edge.
fn fir(scene: &mut Scene, (x, base): (f32, f32), height: f32, dice: &mut Rng) {
    let green = foliage(scene, Tree::Conifer);
    let (dark, bright) = (
        green.mix(scene.palette.shadow, 0.62),
        green.mix(scene.palette.light, 0.1),
    );
    let snow = scene.palette.lit(Rgb::hex(0xf2_f6fd)).mix(Rgb::WHITE, 0.25);
    let snowy = scene.brief.season == Season::Winter;
    let shade = scene.palette.shadow;
    let bark = scene.palette.lit(Rgb::hex(0x4a_3628)).mix(shade, 0.5);
    let trunk = height * 0.014;
    scene.canvas.fill(
        Shape::new().rect(x - trunk, base - height * 0.1, trunk * 2.0, height * 0.105),
        bark,
        1.0,
    );
    let tiers = 13;
    for tier in (0..tiers).rev() {
        let t = (tier as f32 + 1.0) / tiers as f32;
        let low = base - height * (0.97 - 0.93 * t);
        let top = low - height * (0.08 + 0.1 * t);
        let out = height * 0.205 * t.powf(0.82) * dice.range(0.9, 1.08);
        let teeth = 4 + (t * 6.0) as usize;
        let mut outline = vec![(x, top)];
        let mut cap = vec![(x, top)];
        for i in 0..=teeth {
            let k = i as f32 / teeth as f32 * 2.0 - 1.0;
            let tip = k * out * dice.range(0.93, 1.06);
            // Boughs hang, and hang lowest near the trunk.
            let droop = (1.0 - k * k) * height * 0.022 + dice.range(-0.006, 0.008) * height;
            outline.push((x + tip, low + droop));
            cap.push((
                x + tip * 0.7,
                low - height * 0.028 + droop * 0.5 - dice.range(0.0, 0.014) * height,
            ));
            if i < teeth {
                let between = (k + 1.0 / teeth as f32) * out;
                outline.push((x + between * 0.92, low + droop - height * 0.022));
                cap.push((x + between * 0.6, low - height * 0.048 + droop * 0.4));
            }
        }
        let (a, b) = if scene.side > 0.0 {
            (dark, bright)
        } else {
            (bright, dark)
        };
        scene.canvas.fill_run(
            Shape::new().polygon(&outline),
            ((x - out, low), a, 1.0),
            ((x + out, top), b, 1.0),
        );
        if snowy {
            scene.canvas.fill_run(
                Shape::new().polygon(&cap),
                ((x - scene.side * out, low), snow.mix(shade, 0.35), 0.9),
                ((x + scene.side * out, top), snow, 0.96),
            );
        } else {
            // A line of shade under each tier parts it from the next.
            scene.canvas.fill_run(
                Shape::new().polygon(&outline),
                ((x, low + height * 0.02), dark, 0.5),
                ((x, low - height * 0.05), dark, 0.0),
            );
        }
    }
}

/// The colour of leaves in this season and light.
pub fn foliage(scene: &Scene, kind: Tree) -> Rgb {
    let mut dice = scene.dice("foliage");
    let own = match (kind, scene.brief.season) {
        (Tree::Blossom, _) => dice.pick([0xf2_a8bf, 0xf5_bccb, 0xee_98b4]),
        (Tree::Conifer, Season::Winter) => 0x4a_6a70,
        (Tree::Conifer, _) => dice.pick([0x2f_5d4a, 0x2c_5548, 0x3a_6344]),
        (Tree::Palm, _) => 0x3f_7a44,
        (_, Season::Autumn) => dice.pick([0xd0_6a24, 0xc6_4a22, 0xdc_9a2c]),
        (_, Season::Spring) => dice.pick([0x82_b04a, 0x74_a850]),
        (_, Season::Winter) => 0x7a_8894,
        (_, Season::Summer) => dice.pick([0x4f_8a3c, 0x5a_9444, 0x3f_7d46]),
    };
    scene.palette.lit(Rgb::hex(own))
}
