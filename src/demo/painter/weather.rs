//! What falls from the sky and hangs in the air in front of everything.

use super::canvas::Canvas;
use super::color::Rgb;
use super::random::Rng;
use super::scene::Scene;
use super::shape::Shape;
use super::words::Weather;

/// Paints the scene's weather over everything.
pub fn paint(scene: &mut Scene) {
    let mut dice = scene.dice("weather");
    match scene.brief.weather {
        Weather::Rain => rain(&mut scene.canvas, 0.75, scene.palette.sky[2], &mut dice),
        Weather::Storm => rain(&mut scene.canvas, 1.0, scene.palette.sky[2], &mut dice),
        Weather::Snow => snow(&mut scene.canvas, &mut dice),
        Weather::Fog => {
            let haze = scene.palette.haze.mix(Rgb::WHITE, 0.1);
            let (low, height) = (scene.canvas.height, scene.canvas.height);
            super::terrain::mist(scene, low * 0.68, height * 0.3, haze, 0.5);
        }
        Weather::Clear | Weather::Cloudy => {}
    }
}

/// Slanted streaks in three depths.
pub fn rain(canvas: &mut Canvas, strength: f32, color: Rgb, dice: &mut Rng) {
    let color = color.mix(Rgb::WHITE, 0.5);
    let wide = canvas.width / canvas.unit;
    for (depth, alpha) in [(0.4, 0.16), (0.7, 0.2), (1.2, 0.22)] {
        let mut streaks = Shape::new();
        let count = 260.0 * strength * wide.max(0.7) / depth;
        let long = canvas.unit * 0.055 * depth;
        let w = (canvas.unit * 0.0011 * depth).max(0.35);
        for _ in 0..count as usize {
            let (x, y) = (
                dice.range(-0.05, 1.1) * canvas.width,
                dice.range(-0.1, 1.0) * canvas.height,
            );
            let l = long * dice.range(0.5, 1.2);
            streaks.add_polygon(&[(x, y), (x - l * 0.2 - w, y + l), (x - l * 0.2 + w, y + l)]);
        }
        canvas.fill(streaks, color, alpha * (0.6 + 0.5 * strength));
    }
}

/// Flakes in four depths; the nearest are large and soft.
pub fn snow(canvas: &mut Canvas, dice: &mut Rng) {
    let wide = (canvas.width / canvas.unit).max(0.7);
    for (count, size, alpha) in [
        (420.0, 0.0012, 0.6),
        (220.0, 0.002, 0.75),
        (90.0, 0.0034, 0.8),
    ] {
        let mut flakes = Shape::new();
        let r = (canvas.unit * size).max(0.4);
        for _ in 0..(count * wide) as usize {
            let (x, y) = (
                dice.range(0.0, canvas.width),
                dice.range(0.0, canvas.height),
            );
            flakes.add_ellipse(x, y, r * dice.range(0.7, 1.3), r * dice.range(0.8, 1.3));
        }
        canvas.fill(flakes, Rgb::WHITE, alpha);
    }
    for _ in 0..(16.0 * wide) as usize {
        let spot = (
            dice.range(0.0, canvas.width),
            dice.range(0.0, canvas.height),
        );
        canvas.glow(
            spot,
            canvas.unit * dice.range(0.008, 0.016),
            Rgb::WHITE,
            0.5,
        );
    }
}

/// A forked bolt from the clouds to the horizon, and the light it throws.
pub fn lightning(scene: &mut Scene) {
    let mut dice = scene.dice("bolt");
    let x = scene.canvas.width * (0.5 + scene.side * dice.range(0.12, 0.32));
    let color = Rgb::hex(0xe6_e4ff);
    let (top, end) = (scene.horizon * 0.12, scene.horizon * 1.0);
    scene
        .canvas
        .glow((x, top * 2.0), scene.len(0.55), Rgb::hex(0x9a_98e0), 0.5);
    let main = bolt((x, top), end, scene.len(0.05), &mut dice);
    for _ in 0..3 {
        let from = main[dice.below(main.len() * 2 / 3).min(main.len() - 1)];
        let reach = from.1 + (end - from.1) * dice.range(0.25, 0.6);
        let fork = bolt(from, reach, scene.len(0.075), &mut dice);
        draw(scene, &fork, 0.0013, color, 0.7);
    }
    draw(scene, &main, 0.011, Rgb::hex(0x8c_8cf0), 0.12);
    draw(scene, &main, 0.005, Rgb::hex(0xb4_b4ff), 0.3);
    draw(scene, &main, 0.002, color, 1.0);
}

fn bolt(from: (f32, f32), end: f32, swing: f32, dice: &mut Rng) -> Vec<(f32, f32)> {
    let mut points = vec![from];
    let (mut x, mut y) = from;
    let drift = dice.range(-0.4, 0.4);
    while y < end && points.len() < 60 {
        x += swing * (dice.range(-0.6, 0.6) + drift * 0.5);
        y += swing * dice.range(0.25, 0.8);
        points.push((x, y.min(end)));
    }
    points
}

fn draw(scene: &mut Scene, points: &[(f32, f32)], width: f32, color: Rgb, alpha: f32) {
    // Out and back along the same points: a polygon without area, whose stroke is the line.
    let mut there_and_back = points.to_vec();
    there_and_back.extend(points.iter().rev());
    let width = scene.len(width);
    scene
        .canvas
        .stroke(Shape::new().polygon(&there_and_back), width, color, alpha);
}
