//! What grows near the viewer: grass, flowers, reeds, and stones between them.

use super::color::Rgb;
use super::scene::Scene;
use super::shape::Shape;
use super::terrain::Ridge;
use super::words::Season;

/// Blades over the ground from its outline to the lower edge, larger towards the viewer.
pub fn grass(scene: &mut Scene, ground: &Ridge, color: Rgb, density: f32) {
    let mut dice = scene.dice("grass");
    let tones = [
        color.mix(scene.palette.shadow, 0.45),
        color.mix(scene.palette.shadow, 0.2),
        color.mix(scene.palette.light, 0.12),
        color.mix(scene.palette.light, 0.34),
    ];
    let (width, height) = (scene.canvas.width, scene.canvas.height);
    let layers = 7;
    for layer in 0..layers {
        let t = (layer as f32 + 0.3) / layers as f32;
        let mut shapes = [Shape::new(), Shape::new(), Shape::new(), Shape::new()];
        let long = scene.len(0.012 + 0.05 * t * t);
        let count = (width / long * 1.9 * density) as usize;
        for _ in 0..count {
            let x = dice.range(0.0, width);
            let top = ground.top(x);
            let y = top + (height * 1.04 - top) * (t * t).max(0.0) + dice.range(-0.4, 0.6) * long;
            if y < top {
                continue;
            }
            let tall = long * dice.range(0.5, 1.2);
            let bend = tall * dice.range(-0.45, 0.45);
            let w = long * 0.045;
            let tone = dice.below(4).min(3);
            shapes[tone].add_polygon(&[
                (x - w, y),
                (x + bend * 0.35 - w * 0.6, y - tall * 0.55),
                (x + bend, y - tall),
                (x + bend * 0.35 + w * 0.6, y - tall * 0.55),
                (x + w, y),
            ]);
        }
        for (shape, tone) in shapes.into_iter().zip(tones) {
            scene.canvas.fill(shape, tone, 0.85);
        }
    }
}

/// Flowers over the ground; each species is one colour, and grows in drifts.
pub fn flowers(scene: &mut Scene, ground: &Ridge, density: f32) {
    let mut dice = scene.dice("flowers");
    let sets = match scene.brief.season {
        Season::Autumn => [0xd9_7a2e, 0xe3_b23c, 0xa8_4438],
        Season::Winter => return,
        _ => dice.pick([
            [0xe2_4a3b, 0xf4_f0e6, 0xf2_c53d],
            [0x9a_6fd0, 0xf0_e9f6, 0xe8_7fa8],
            [0xf2_c53d, 0xf7_f2e4, 0x5f_86d8],
            [0xec_7fa0, 0xf6_dfe4, 0xf5_b85a],
        ]),
    };
    let seed = scene.seed("drifts");
    let (width, height, unit) = (scene.canvas.width, scene.canvas.height, scene.canvas.unit);
    let stem = scene
        .palette
        .lit(Rgb::hex(0x4d_7a3a))
        .mix(scene.palette.shadow, 0.2);
    let count = (210.0 * density * (width / unit).max(0.7)) as usize;
    // Far ones first.
    let mut spots: Vec<(f32, f32)> = (0..count)
        .map(|_| (dice.unit().powf(1.5), dice.range(0.0, width)))
        .collect();
    spots.sort_by(|a, b| a.0.total_cmp(&b.0));
    for (t, x) in spots {
        let top = ground.top(x);
        let y = top + (height - top) * t + unit * 0.01;
        let size = unit * (0.0026 + 0.0125 * t);
        let drift = super::noise::fractal(x / unit * 4.0 + t * 3.0, seed, 2, 0.5);
        if drift < 0.34 {
            continue;
        }
        let own = Rgb::hex(sets[((drift * 7.0) as usize + usize::from(dice.chance(0.2))) % 3]);
        let color = scene.palette.lit(own).mix(own, 0.25);
        let head = (
            x + dice.range(-1.0, 1.0) * size,
            y - size * dice.range(3.0, 5.5),
        );
        let mut line = Shape::new();
        line.add_curve(&[(x, y), (x, f32::midpoint(y, head.1)), head]);
        scene.canvas.stroke(line, size * 0.22, stem, 0.9);
        let turn = dice.range(0.0, 1.2);
        let mut petals = Shape::new();
        for i in 0..6 {
            let angle = turn + i as f32 * std::f32::consts::TAU / 6.0;
            petals.add_ellipse(
                head.0 + angle.cos() * size * 0.62,
                head.1 + angle.sin() * size * 0.48,
                size * 0.52,
                size * 0.42,
            );
        }
        scene.canvas.fill(petals, color, 1.0);
        let heart = color.mix(scene.palette.lit(Rgb::hex(0x6a_4a1c)), 0.7);
        scene
            .canvas
            .fill(Shape::new().circle(head.0, head.1, size * 0.34), heart, 1.0);
    }
}

/// Reeds at the water's edge, in clumps at both sides.
pub fn reeds(scene: &mut Scene, color: Rgb) {
    let mut dice = scene.dice("reeds");
    let (width, height) = (scene.canvas.width, scene.canvas.height);
    let mut blades = Shape::new();
    let mut heads = Shape::new();
    for _ in 0..5 {
        let middle = if dice.chance(0.5) {
            dice.range(-0.02, 0.22)
        } else {
            dice.range(0.78, 1.02)
        };
        for _ in 0..14 {
            let x = middle * width + scene.len(dice.range(-0.09, 0.09));
            let tall = scene.len(dice.range(0.08, 0.2));
            let bend = tall * dice.range(-0.3, 0.3);
            let w = scene.len(0.0022);
            let tip = (x + bend, height - tall);
            blades.add_polygon(&[
                (x - w, height + 1.0),
                (x + bend * 0.3, height - tall * 0.6),
                tip,
                (x + bend * 0.3 + w * 1.6, height - tall * 0.6),
                (x + w, height + 1.0),
            ]);
            if dice.chance(0.22) {
                heads.add_ellipse(tip.0, tip.1, scene.len(0.0042), scene.len(0.017));
            }
        }
    }
    scene.canvas.fill(blades, color, 1.0);
    scene.canvas.fill(
        heads,
        color.mix(scene.palette.lit(Rgb::hex(0x5a_3a20)), 0.7),
        1.0,
    );
}

/// Rounded stones with a lit side.
pub fn stones(scene: &mut Scene, part: &str, ground: &Ridge, count: usize) {
    let mut dice = scene.dice(part);
    let own = scene.palette.lit(Rgb::hex(0x7d_7a78));
    for _ in 0..count {
        let x = dice.range(0.0, scene.canvas.width);
        let size = scene.len(dice.range(0.008, 0.03));
        let y = ground.top(x) + size * dice.range(0.4, 2.4);
        let points: Vec<(f32, f32)> = (0..8)
            .map(|i| {
                let angle = i as f32 / 8.0 * std::f32::consts::TAU;
                let r = size * dice.range(0.8, 1.1);
                (
                    x + angle.cos() * r * 1.3,
                    (y + angle.sin() * r * 0.75).min(y + size * 0.4),
                )
            })
            .collect();
        scene.canvas.fill_run(
            Shape::new().smooth(&points),
            (
                (x + scene.side * size, y - size),
                own.mix(scene.palette.light, 0.3),
                1.0,
            ),
            (
                (x - scene.side * size * 0.6, y + size * 0.5),
                own.mix(scene.palette.shadow, 0.6),
                1.0,
            ),
        );
    }
}
