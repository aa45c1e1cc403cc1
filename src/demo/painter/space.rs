//! Away from the earth: a nebula, a ringed planet, and a moon's ground to stand on.

use super::cast;
use super::color::{Rgb, smoothstep};
use super::craft;
use super::scene::Scene;
use super::shape::Shape;
use super::terrain::{Cover, Form, fill, ridge};
use super::words::{Craft, Hour};

/// Paints the whole sheet and everybody on the moon.
pub fn paint(scene: &mut Scene) {
    let h = scene.canvas.height;
    scene.brief.hour = Hour::Night;
    scene.horizon = h;
    nebula(scene);
    stars(scene);
    planet(scene);
    let land = ridge(scene, "moon", Form::Flat, h * 0.88, scene.len(0.1), 1.1);
    let far = ridge(
        scene,
        "moon far",
        Form::Peaks,
        h * 0.84,
        scene.len(0.12),
        1.8,
    );
    let mut dice = scene.dice("moon soil");
    let own = Rgb::hex(dice.pick([0x9a_98a8, 0xb0_7a62, 0x84_90a8]));
    let tint = scene.palette.sky[1];
    let soil = own.mix(tint, 0.25);
    let mut cover = Cover::plain(
        soil.mix(tint, 0.5).scale(0.62),
        soil.scale(0.4),
        scene.len(0.1),
    );
    cover.relief = 1.0;
    fill(scene, &far, h, cover);
    let mut cover = Cover::plain(soil.scale(0.92), soil.scale(0.4), scene.len(0.2));
    cover.mottle = 0.5;
    cover.stretch = 2.2;
    fill(scene, &land, h, cover);
    craters(scene, &land.tops, soil);
    if scene.brief.craft == Some(Craft::Rocket) {
        // Beside whoever stands below, or on their third.
        let aside = if scene.brief.person.is_some() {
            0.2
        } else {
            0.0
        };
        let at = (
            scene.stand() - scene.side * scene.canvas.width * aside,
            h * 0.46,
        );
        craft::rocket(scene, at, 0.42);
    }
    let tops = land.tops.clone();
    let top = move |x: f32| tops[(x.max(0.0) as usize).min(tops.len() - 1)];
    cast::stand(scene, top);
}

fn nebula(scene: &mut Scene) {
    let mut dice = scene.dice("nebula");
    let set = dice.pick([
        [0x06_0716, 0x3a_1c6a, 0xd0_4a8c, 0x4a_9ae0],
        [0x04_0a18, 0x12_3c6a, 0x2a_b0b8, 0xf0_9a6a],
        [0x0a_0614, 0x5a_1a4a, 0xf0_7a4a, 0x6a_5ae0],
    ]);
    let [deep, cloud, hot, cool] = set.map(Rgb::hex);
    let deep = scene
        .brief
        .tint
        .map_or(deep, |t| deep.mix(t.scale(0.3), 0.4));
    let cloud = scene.brief.tint.map_or(cloud, |t| cloud.mix(t, 0.5));
    scene.palette.sky = [deep, cloud, hot];
    scene.palette.shadow = deep.scale(0.6);
    scene.palette.dark = 0.16;
    scene.palette.ambient = Rgb::WHITE.mix(cool, 0.15);
    scene.palette.light = Rgb::WHITE.mix(hot, 0.2);
    scene.palette.haze = cloud.mix(hot, 0.35);
    let (unit, side, w, h) = (
        scene.canvas.unit,
        scene.side,
        scene.canvas.width,
        scene.canvas.height,
    );
    let tile = &scene.tile;
    scene.canvas.shade(0.0, h, |x, y, _| {
        let (u, v) = (x / unit, y / unit);
        let warp = tile.at(u * 16.0, v * 16.0) - 0.5;
        let (a, b) = (
            tile.deep(u * 20.0 + warp * 22.0, v * 20.0 - warp * 14.0),
            tile.deep(u * 11.0 + 90.0, v * 11.0 + warp * 16.0),
        );
        let across = (x - w * 0.5) / unit + side * (v - 0.42) * 1.4;
        let band = 1.0 / (1.0 + across * across * 5.0);
        let gas = smoothstep(0.34, 0.8, a) * band;
        let glow = smoothstep(0.48, 0.8, a * 0.6 + b * 0.4) * band;
        let blue = smoothstep(0.46, 0.75, b) * (0.35 + band);
        deep.mix(cloud, (gas * 1.1).min(0.9))
            .screen(cool, blue * 0.38)
            .screen(hot, glow * 0.85)
    });
}

fn stars(scene: &mut Scene) {
    let mut dice = scene.dice("space stars");
    let count = 520.0 * (scene.canvas.width / scene.canvas.unit).max(0.8);
    for _ in 0..count as usize {
        let spot = (
            dice.range(0.0, scene.canvas.width),
            dice.range(0.0, scene.canvas.height),
        );
        let size = 0.0006 + 0.0022 * dice.unit().powi(7);
        let r = (scene.canvas.unit * size).max(0.45);
        let color = Rgb::hex(dice.pick([0xff_ffff, 0xd8_e4ff, 0xff_ecd0]));
        let alpha = dice.range(0.25, 1.0);
        if size > 0.0014 {
            scene.canvas.glow(spot, r * 9.0, color, 0.5);
        }
        scene
            .canvas
            .fill(Shape::new().circle(spot.0, spot.1, r), color, alpha);
    }
}

fn planet(scene: &mut Scene) {
    let mut dice = scene.dice("planet");
    let (w, h) = (scene.canvas.width, scene.canvas.height);
    let (cx, cy) = (
        w * (0.5 + scene.side * dice.range(0.16, 0.22)),
        h * dice.range(0.32, 0.4),
    );
    let r = scene.len(dice.range(0.2, 0.25));
    let set = dice.pick([
        [0xe8_b888, 0xc0_7a5a, 0xf4_dcb4],
        [0x6a_b0c8, 0x2f_6a98, 0xd4_eaf0],
        [0xc8_88b0, 0x7a_4a8c, 0xf0_c8d8],
    ]);
    let tint = scene.brief.tint;
    let [a, b, c] = set.map(|own| tint.map_or(Rgb::hex(own), |t| Rgb::hex(own).mix(t, 0.6)));
    let air = c.mix(scene.palette.sky[2], 0.4);
    scene.canvas.glow((cx, cy), r * 1.7, air, 0.5);
    let ringed = dice.chance(0.65);
    let tilt = scene.side * dice.range(0.16, 0.3);
    if ringed {
        ring(scene, (cx, cy), r, tilt, true, c);
    }
    let tile = &scene.tile;
    let (side, night) = (scene.side, scene.palette.sky[0]);
    let seed = dice.range(0.0, 200.0);
    scene.canvas.shade(cy - r - 1.0, cy + r + 1.0, |x, y, old| {
        let (dx, dy) = ((x - cx) / r, (y - cy) / r);
        let d = dx * dx + dy * dy;
        let edge = (1.0 - d.sqrt()) * r;
        if edge <= 0.0 {
            return old;
        }
        let z = (1.0 - d).max(0.0).sqrt();
        // Bands along the tilt, stirred by noise.
        let lat = dy - dx * tilt;
        let stir = tile.deep(dx / (z + 0.5) * 12.0 + seed, lat * 40.0) - 0.5;
        let bands = tile.at(seed, (lat + stir * 0.16) * 42.0 + 60.0);
        let mut color = a
            .mix(b, smoothstep(0.42, 0.6, bands))
            .mix(c, smoothstep(0.56, 0.72, bands + stir * 0.3));
        let facing = (-dx * side * 0.62 - dy * 0.5 + z * 0.6).clamp(-1.0, 1.0);
        color = color.mix(night, smoothstep(0.35, -0.35, facing) * 0.93);
        color = color.screen(air, (1.0 - z).powi(3) * 0.7 * smoothstep(-0.3, 0.4, facing));
        old.mix(color, edge.min(1.0))
    });
    if ringed {
        ring(scene, (cx, cy), r, tilt, false, c);
    }
}

/// Half of a ring: the part behind the planet, or the part before it.
fn ring(scene: &mut Scene, (cx, cy): (f32, f32), r: f32, tilt: f32, behind: bool, color: Rgb) {
    let tile = &scene.tile;
    let (top, low) = (cy - r * 1.2, cy + r * 1.2);
    scene.canvas.shade(top, low, |x, y, old| {
        let (dx, dy) = ((x - cx) / r, (y - cy) / r - (x - cx) / r * tilt);
        if (dy < 0.0) != behind {
            return old;
        }
        let d = (dx * dx + dy * dy * 18.0).sqrt();
        if !(1.25..2.15).contains(&d) {
            return old;
        }
        let groove = tile.at(d * 60.0, 7.0);
        let edge = smoothstep(1.25, 1.3, d) * smoothstep(2.15, 2.05, d);
        old.mix(color, edge * smoothstep(0.25, 0.62, groove) * 0.8)
    });
}

fn craters(scene: &mut Scene, tops: &[f32], soil: Rgb) {
    let mut dice = scene.dice("craters");
    let (w, h) = (scene.canvas.width, scene.canvas.height);
    for _ in 0..16 {
        let t = dice.unit();
        let x = dice.range(0.0, w);
        let top = tops[(x as usize).min(tops.len() - 1)];
        let y = top + scene.len(0.015) + (h - top) * t;
        let r = scene.len(0.012 + 0.05 * t * dice.unit());
        let flat = 0.3;
        scene.canvas.fill(
            Shape::new().ellipse(x, y, r * 1.12, r * flat * 1.16),
            soil.mix(Rgb::WHITE, 0.16),
            0.55,
        );
        scene.canvas.fill_run(
            Shape::new().ellipse(x, y + r * 0.03, r, r * flat),
            ((x + scene.side * r, y), soil.scale(0.22), 0.95),
            ((x - scene.side * r, y), soil.scale(0.72), 0.95),
        );
    }
}
