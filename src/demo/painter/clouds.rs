//! Clouds: a sheet of noise in perspective, and heaps for fair days. The sheet is computed coarsely and drawn finely.

use super::color::{Rgb, smoothstep};
use super::random::Rng;
use super::scene::Scene;
use super::shape::Shape;
use super::words::{Hour, Weather};

/// How thick the sheet is at a point, and how much light falls on it; both from 0 to 1.
#[derive(Clone, Copy, Default)]
struct Puff {
    cover: f32,
    lit: f32,
}

/// Paints the clouds of the scene's weather over its sky.
pub fn paint(scene: &mut Scene) {
    sheet(scene);
    let fair = matches!(scene.brief.weather, Weather::Clear | Weather::Cloudy);
    if fair && matches!(scene.brief.hour, Hour::Day | Hour::Dawn | Hour::Sunset) {
        heaps(scene);
    }
}

fn sheet(scene: &mut Scene) {
    // The noise value where cloud begins, how soft its edge is, and how opaque it gets.
    let (from, soft, most) = match scene.brief.weather {
        Weather::Clear => (0.56, 0.2, 0.5),
        Weather::Cloudy => (0.47, 0.18, 0.8),
        Weather::Rain => (0.34, 0.24, 0.85),
        Weather::Storm => (0.32, 0.2, 0.95),
        Weather::Snow => (0.38, 0.3, 0.6),
        Weather::Fog => (0.45, 0.3, 0.4),
    };
    let most = if scene.brief.hour == Hour::Night && scene.open_sky() {
        most * 0.4
    } else {
        most
    };
    let (width, horizon, unit) = (scene.canvas.width, scene.horizon, scene.canvas.unit);
    let step = (unit / 320.0).max(1.0);
    let (columns, rows) = ((width / step) as usize + 2, (horizon / step) as usize + 2);
    let toward = (scene.side * 0.8, -0.9);
    let shift = scene.dice("clouds").range(0.0, 200.0);
    let mut grid = vec![Puff::default(); columns * rows];
    for (row, line) in grid.chunks_exact_mut(columns).enumerate() {
        let v = (1.0 - row as f32 * step / horizon).max(0.0);
        let reach = 1.0 / (v * 1.15 + 0.2);
        let fade = smoothstep(0.02, 0.3, v);
        for (column, puff) in line.iter_mut().enumerate() {
            let u = (column as f32 * step - width * 0.5) / unit;
            let (x, y) = (u * reach * 13.0 + shift, reach * 24.0);
            let density = scene.tile.deep(x, y);
            let beyond = scene.tile.deep(x + toward.0, y + toward.1);
            *puff = Puff {
                cover: smoothstep(from, from + soft, density) * fade * most,
                lit: (0.5 + (density - beyond) * 5.0).clamp(0.0, 1.0),
            };
        }
    }
    let (bright, shade) = (scene.palette.cloud_lit, scene.palette.cloud_shade);
    let light = scene.light;
    scene.canvas.shade(0.0, horizon, |x, y, old| {
        let puff = between(&grid, columns, x / step, y / step);
        if puff.cover < 0.004 {
            return old;
        }
        let (dx, dy) = ((x - light.0) / unit, (y - light.1) / unit);
        let near = 1.0 / (1.0 + (dx * dx + dy * dy) * 9.0);
        let color = shade.mix(bright, (puff.lit * 0.75 + near * 0.5).min(1.0));
        old.mix(color, puff.cover)
    });
}

fn between(grid: &[Puff], columns: usize, x: f32, y: f32) -> Puff {
    let (x0, y0) = (x as usize, y as usize);
    let (tx, ty) = (x - x0 as f32, y - y0 as f32);
    let at = y0 * columns + x0;
    let (a, b, c, d) = (
        grid[at],
        grid[at + 1],
        grid[at + columns],
        grid[at + columns + 1],
    );
    let mix = |a: f32, b: f32, c: f32, d: f32| {
        let top = a + (b - a) * tx;
        top + (c + (d - c) * tx - top) * ty
    };
    Puff {
        cover: mix(a.cover, b.cover, c.cover, d.cover),
        lit: mix(a.lit, b.lit, c.lit, d.lit),
    }
}

fn heaps(scene: &mut Scene) {
    let mut dice = scene.dice("heaps");
    let count = 2 + dice.below(3);
    for i in 0..count {
        let far = i as f32 / count as f32;
        let x = dice.range(-0.05, 1.05) * scene.canvas.width;
        let y = scene.horizon * (0.86 - far * 0.5 - dice.unit() * 0.08);
        let size = scene.len(0.13 + 0.16 * far) * dice.range(0.8, 1.2);
        heap(scene, (x, y), size, &mut dice);
    }
}

/// One cumulus: flat below, billowing above, lit from the light's side. `size` is half its width.
fn heap(scene: &mut Scene, base: (f32, f32), size: f32, dice: &mut Rng) {
    let low = scene.horizon;
    let air = (base.1 / low).powi(2);
    let bright = scene
        .palette
        .cloud_lit
        .mix(Rgb::WHITE, 0.25)
        .mix(scene.palette.haze, air * 0.4);
    let shade = scene
        .palette
        .cloud_shade
        .mix(scene.palette.haze, 0.45 + air * 0.35);
    let count = 30;
    let puffs: Vec<(f32, f32, f32)> = (0..count)
        .map(|i| {
            // Evenly along the base, or single puffs would part from the rest.
            let along = (i as f32 + dice.unit()) / count as f32 * 2.0 - 1.0;
            let tall = (1.0 - along * along).max(0.05);
            let r = size * (0.1 + 0.2 * tall * dice.range(0.5, 1.0));
            (
                base.0 + along * size,
                base.1 - r * 0.5 - dice.unit() * tall * size * 0.3,
                r,
            )
        })
        .collect();
    let mut body = Shape::new();
    for (x, y, r) in &puffs {
        body.add_smooth(&cut_disc(*x, *y, *r, base.1));
    }
    let crown = base.1 - size * 0.62;
    scene.canvas.fill_run(
        body,
        ((base.0 + scene.side * size * 0.3, crown), bright, 0.96),
        ((base.0 - scene.side * size * 0.1, base.1), shade, 0.5),
    );
    // Soft light on each billow, and soft shade where it turns away.
    for (x, y, r) in puffs {
        let lift = ((base.1 - y) / (size * 0.5)).clamp(0.0, 1.0);
        let spot = (x + scene.side * r * 0.22, y - r * 0.28);
        scene.canvas.glow(spot, r * 0.72, bright, 0.06 + 0.2 * lift);
    }
}

/// A disc whose part under `floor` is flattened.
fn cut_disc(x: f32, y: f32, r: f32, floor: f32) -> Vec<(f32, f32)> {
    (0..20)
        .map(|i| {
            let angle = i as f32 / 20.0 * std::f32::consts::TAU;
            let py = y + r * angle.sin();
            let over = (py - floor).max(0.0);
            (x + r * angle.cos(), py - over * 0.86)
        })
        .collect()
}
