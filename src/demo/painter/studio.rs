//! Indoors: a portrait before a painted backdrop. Things on a table are in `table.rs`.

use super::cast;
use super::color::{Rgb, smoothstep};
use super::figure::{Coat, Part, Pose, draw};
use super::figures::portrait;
use super::scene::Scene;
use super::shape::Shape;
use super::table;
use super::words::{Hour, Look};

/// Paints a sitter, an animal, or a still life.
pub fn paint(scene: &mut Scene) {
    let night = matches!(scene.brief.hour, Hour::Night);
    scene.palette.dark = if night { 0.34 } else { 0.1 };
    scene.palette.ambient = scene.palette.ambient.mix(Rgb::WHITE, 0.6);
    if let Some(still) = scene.brief.still {
        table::paint(scene, still);
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
