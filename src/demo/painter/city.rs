//! A skyline in three depths with lit windows, mirrored in a river.

use super::cast;
use super::color::Rgb;
use super::random::Rng;
use super::scene::Scene;
use super::shape::Shape;
use super::sky;
use super::terrain::mist;
use super::water::{self, Water};
use super::words::{Craft, Finish, Weather};
use super::{craft, terrain};

/// Paints the whole sheet and everybody on the near roof.
pub fn paint(scene: &mut Scene) {
    let h = scene.canvas.height;
    scene.horizon = h * 0.7;
    sky::paint(scene);
    if scene.brief.craft == Some(Craft::Balloon) {
        craft::balloons(scene);
    }
    let shore = h * 0.72;
    let haze = scene.palette.haze;
    for (i, (tall, distance)) in [(0.34, 0.62), (0.42, 0.36), (0.3, 0.1)]
        .into_iter()
        .enumerate()
    {
        blocks(scene, i, shore, tall, distance);
        if i < 2 {
            mist(scene, shore - scene.len(0.02), scene.len(0.13), haze, 0.5);
        }
    }
    let color = scene.palette.lit(Rgb::hex(0x24_405c));
    water::paint(
        scene,
        Water {
            shore,
            color,
            mirror: 0.88,
            rough: 0.3,
        },
    );
    lamps(scene, shore);
    let stage = !scene.brief.animals.is_empty()
        || scene.brief.person.is_some()
        || scene.brief.craft == Some(Craft::Car);
    if stage {
        let roof = terrain::ridge(scene, "roof", terrain::Form::Flat, h * 0.9, 0.0, 1.0);
        let slab = scene.palette.lit(Rgb::hex(0x50_4c54));
        let mut cover = terrain::Cover::plain(
            slab.mix(scene.palette.light, 0.12),
            slab.mix(scene.palette.shadow, 0.5),
            scene.len(0.14),
        );
        cover.mottle = 0.3;
        terrain::fill(scene, &roof, f32::MAX, cover);
        let top = h * 0.9;
        let edge = slab.mix(scene.palette.light, 0.35);
        let width = scene.canvas.width;
        let lip = scene.len(0.012);
        scene
            .canvas
            .fill(Shape::new().rect(0.0, top - lip, width, lip), edge, 1.0);
        cast::stand(scene, |_| top);
    } else if scene.brief.craft == Some(Craft::Boat) {
        let at = (scene.stand(), h * 0.84);
        craft::sailboat(scene, at, 0.24);
    }
}

fn blocks(scene: &mut Scene, depth: usize, base: f32, tall: f32, distance: f32) {
    let mut dice = scene.dice(["blocks 0", "blocks 1", "blocks 2"][depth]);
    let width = scene.canvas.width;
    let seed = scene.seed("downtown");
    let wall = scene
        .palette
        .lit(Rgb::hex(dice.pick([0x4a_5468, 0x56_5060, 0x40_5260])));
    let night = scene.palette.lamps();
    let wall = if night {
        wall.mix(scene.palette.shadow, 0.4)
    } else {
        wall
    };
    let mut x = -scene.len(0.05);
    while x < width {
        let w = scene.len(dice.range(0.045, 0.1) * (0.8 + 0.25 * depth as f32));
        // The heart of the city is a third away from the light; heights fall off around it.
        let heart = (x - width * (0.5 - scene.side * 0.1)) / scene.canvas.unit;
        let core = 1.0 / (1.0 + heart * heart * 2.6);
        let rise = scene.len(tall)
            * (0.25
                + 0.95
                    * core
                    * super::noise::fractal(
                        x / scene.canvas.unit * 9.0,
                        seed ^ depth as u32,
                        1,
                        0.5,
                    )
                + 0.2 * dice.unit());
        let own = if night {
            wall
        } else {
            // By day every house has a face of its own.
            let face = [
                0xc0_8a70, 0xd8_c8b0, 0x7a_9ab2, 0xa4_aeb8, 0xe0_e2e2, 0x8a_a4a8, 0xb8_9a88,
            ];
            wall.mix(scene.palette.lit(Rgb::hex(dice.pick(face))), 0.7)
        };
        let shade = scene
            .palette
            .far(own.scale(dice.range(0.86, 1.1)), distance);
        let top = base - rise;
        let mut body = Shape::new().rect(x, top, w, rise + 1.0);
        crown(&mut body, x, top, w, core, &mut dice);
        let foot = scene.palette.far(shade, if night { 0.1 } else { 0.35 });
        scene
            .canvas
            .fill_run(body, ((x, top), shade, 1.0), ((x, base), foot, 1.0));
        let edge = w * 0.16;
        let sunny = if scene.side > 0.0 { x + w - edge } else { x };
        let bright = shade.mix(scene.palette.light, 0.14);
        scene
            .canvas
            .fill(Shape::new().rect(sunny, top, edge, rise), bright, 0.8);
        windows(scene, (x, top, w, rise), distance, &mut dice);
        x += w * dice.range(0.86, 1.25);
    }
}

/// What a tower ends in.
fn crown(body: &mut Shape, x: f32, top: f32, w: f32, core: f32, dice: &mut Rng) {
    match dice.below(5) {
        0 => {
            body.add_rect(x + w * 0.18, top - w * 0.3, w * 0.64, w * 0.32);
            body.add_rect(x + w * 0.36, top - w * 0.58, w * 0.28, w * 0.3);
        }
        1 if core > 0.4 => {
            body.add_polygon(&[
                (x, top + 1.0),
                (x + w * 0.5, top - w * 1.1),
                (x + w, top + 1.0),
            ]);
            body.add_rect(x + w * 0.485, top - w * 2.0, w * 0.03, w * 1.1);
        }
        2 => body.add_polygon(&[(x, top + 1.0), (x, top - w * 0.5), (x + w, top + 1.0)]),
        3 => {
            body.add_rect(x + w * 0.3, top - w * 0.16, w * 0.4, w * 0.2);
            body.add_rect(x + w * 0.48, top - w * 0.9, w * 0.04, w * 0.8);
        }
        _ => body.add_rect(x + w * 0.12, top - w * 0.1, w * 0.3, w * 0.12),
    }
}

fn windows(
    scene: &mut Scene,
    (x, top, w, rise): (f32, f32, f32, f32),
    distance: f32,
    dice: &mut Rng,
) {
    let night = scene.palette.lamps();
    let neon = scene.brief.finish == Finish::Neon;
    let step = scene.len(0.0125) * (1.0 - distance * 0.4);
    let (columns, rows) = (
        ((w * 0.84 / step) as usize).max(1),
        (rise / step / 1.25) as usize,
    );
    let mut shapes = [Shape::new(), Shape::new(), Shape::new()];
    let share = if night { dice.range(0.28, 0.6) } else { 0.75 };
    let gap = w * 0.84 / columns as f32;
    for row in 0..rows {
        for column in 0..columns {
            if !dice.chance(share) {
                continue;
            }
            let tone = if dice.chance(0.62) {
                0
            } else {
                1 + dice.below(2)
            };
            shapes[tone.min(2)].add_rect(
                x + w * 0.08 + gap * (column as f32 + 0.2),
                top + step * (0.6 + row as f32 * 1.25),
                gap * 0.58,
                step * 0.62,
            );
        }
    }
    let tones = match (night, neon) {
        (true, true) => [0x5c_f2ff, 0xff_5cb8, 0xff_d27a],
        (true, false) => [0xff_cf7a, 0xff_e6b4, 0xbf_dcf4],
        (false, _) => [0x3c_5a74, 0xc4_dce6, 0x5a_7a90],
    };
    for (shape, tone) in shapes.into_iter().zip(tones) {
        let own = Rgb::hex(tone);
        let color = if night {
            scene.palette.far(own, distance * 0.55)
        } else {
            scene.palette.far(scene.palette.lit(own), distance)
        };
        let alpha = if night { 0.95 - distance * 0.45 } else { 0.62 };
        scene.canvas.fill(shape, color, alpha);
    }
    if neon && distance < 0.5 && dice.chance(0.4) {
        sign(
            scene,
            x + w * dice.range(0.2, 0.6),
            top + rise * dice.range(0.2, 0.4),
            w,
            dice,
        );
    }
}

/// An upright neon sign.
fn sign(scene: &mut Scene, x: f32, y: f32, w: f32, dice: &mut Rng) {
    let color = Rgb::hex(dice.pick([0xff_3fa4, 0x3f_f0ff, 0xb0_5cff, 0xff_b03f]));
    let (sw, sh) = (w * 0.2, w * dice.range(0.9, 1.6));
    scene
        .canvas
        .fill(Shape::new().rect(x, y, sw, sh), Rgb::hex(0x16_0a2a), 1.0);
    let mut glyphs = Shape::new();
    for i in 0..5 {
        glyphs.add_rect(
            x + sw * 0.22,
            y + sh * (0.08 + 0.18 * i as f32),
            sw * 0.56,
            sh * 0.1,
        );
    }
    scene.canvas.fill(glyphs, color.mix(Rgb::WHITE, 0.35), 1.0);
    scene
        .canvas
        .glow((x + sw / 2.0, y + sh / 2.0), sh * 1.1, color, 0.6);
}

/// Lamps along the quay, with their long images.
fn lamps(scene: &mut Scene, shore: f32) {
    if !scene.palette.lamps() {
        return;
    }
    let mut dice = scene.dice("quay");
    let wet = if matches!(scene.brief.weather, Weather::Rain | Weather::Storm) {
        1.5
    } else {
        1.0
    };
    let count = (scene.canvas.width / scene.canvas.unit * 17.0) as usize;
    for i in 0..count {
        let x = scene.canvas.width * (i as f32 + dice.range(0.2, 0.8)) / count as f32;
        let own = scene
            .palette
            .lamp
            .mix(Rgb::hex(dice.pick([0xff_c070, 0xff_e8c0, 0xff_a860])), 0.6);
        let r = scene.len(0.003);
        scene.canvas.glow((x, shore - r * 2.0), r * 9.0, own, 0.6);
        scene.canvas.fill(
            Shape::new().circle(x, shore - r * 2.0, r),
            own.mix(Rgb::WHITE, 0.5),
            1.0,
        );
        let mut image = Shape::new();
        for k in 0..16 {
            let t = k as f32 / 16.0;
            image.add_ellipse(
                x + dice.range(-1.0, 1.0) * r * (1.0 + 3.0 * t),
                shore + scene.len(0.006 + 0.2 * t * t * wet),
                r * dice.range(1.2, 3.4) * (1.0 + t),
                r * (0.35 + 0.4 * t),
            );
        }
        scene.canvas.fill(image, own, 0.34);
    }
}
