//! The desert with its dunes, and the savanna.

use super::{everybody, ground, wildlife};
use crate::demo::painter::buildings;
use crate::demo::painter::color::Rgb;
use crate::demo::painter::meadow;
use crate::demo::painter::scene::Scene;
use crate::demo::painter::sky;
use crate::demo::painter::terrain::{Cover, Form, Ridge, fill, ridge};
use crate::demo::painter::trees::{self, Row};
use crate::demo::painter::words::{Animal, Tree};

/// Dunes behind dunes, or a plain with acacias where elephants and lions are.
pub fn desert(scene: &mut Scene) {
    let (w, h) = (scene.canvas.width, scene.canvas.height);
    scene.horizon = h * 0.62;
    sky::paint(scene);
    let savanna = scene.brief.has(Animal::Elephant) || scene.brief.has(Animal::Lion);
    let sand = ground(scene);
    let mesas = ridge(scene, "mesas", Form::Peaks, h * 0.62, scene.len(0.13), 1.6);
    let color = scene
        .palette
        .far(scene.palette.lit(Rgb::hex(0x9a_6a5c)), 0.58);
    fill(
        scene,
        &mesas,
        h,
        Cover::plain(color, scene.palette.far(color, 0.5), scene.len(0.12)),
    );
    wildlife(scene);
    if let Some(landmark) = scene.brief.landmark {
        buildings::landmark(scene, landmark, (w * (0.5 - scene.side * 0.08), h * 0.66));
    }
    if savanna {
        let plain = ridge(scene, "plain", Form::Flat, h * 0.66, scene.len(0.03), 1.0);
        let gold = scene.palette.lit(Rgb::hex(0xc8_a050));
        let far = scene.palette.far(gold, 0.45);
        let leaf = scene
            .palette
            .far(scene.palette.lit(Rgb::hex(0x4a_5a34)), 0.35);
        trees::row(
            scene,
            &Row {
                part: "acacias",
                kind: Tree::Acacia,
                along: &plain,
                height: scene.len(0.11),
                gap: 1.4,
                color: leaf,
            },
        );
        let mut cover = Cover::plain(far, gold, scene.len(0.2));
        cover.mottle = 0.3;
        cover.stretch = 5.0;
        fill(scene, &plain, f32::MAX, cover);
        let land = ridge(scene, "front", Form::Flat, h * 0.86, scene.len(0.06), 1.2);
        fill(
            scene,
            &land,
            f32::MAX,
            Cover::plain(gold, gold.mix(scene.palette.shadow, 0.4), scene.len(0.25)),
        );
        let x = w * (0.5 + scene.side * 0.3);
        trees::single(
            scene,
            "acacia",
            Tree::Acacia,
            (x, h * 0.78),
            scene.len(0.42),
        );
        meadow::grass(scene, &land, gold, 0.9);
        everybody(scene, &land);
        return;
    }
    let mut land = mesas;
    for (i, (base, rise, distance)) in [(0.7, 0.12, 0.4), (0.8, 0.17, 0.2), (0.98, 0.24, 0.0)]
        .into_iter()
        .enumerate()
    {
        land = ridge(
            scene,
            ["dune 0", "dune 1", "dune 2"][i],
            Form::Dunes,
            h * base,
            scene.len(rise),
            1.25 - 0.25 * i as f32,
        );
        let color = scene.palette.far(sand, distance);
        let low = color.mix(scene.palette.shadow, 0.3 + 0.1 * i as f32);
        let mut cover = Cover::plain(color.mix(scene.palette.light, 0.12), low, scene.len(0.3));
        cover.relief = 1.0;
        cover.smooth = true;
        cover.mottle = 0.1;
        cover.stretch = 7.0;
        fill(scene, &land, f32::MAX, cover);
        wind(scene, &land, distance);
    }
    everybody(scene, &land);
}

/// Ripples that the wind left on a dune.
fn wind(scene: &mut Scene, land: &Ridge, distance: f32) {
    let (tile, unit) = (&scene.tile, scene.canvas.unit);
    let (dark, last) = (scene.palette.shadow, land.tops.len() - 1);
    let fine = 1.0 + distance * 2.0;
    scene.canvas.shade(land.highest(), f32::MAX, |x, y, old| {
        let down = (y - land.tops[(x as usize).min(last)]) / unit;
        if down < 0.0 {
            return old;
        }
        let bend = tile.at(x / unit * 14.0, down * 30.0) * 7.0;
        let wave = (down * 330.0 * fine / (0.6 + down * 5.0) + bend + x / unit * 5.0).sin();
        old.mix(
            dark,
            (wave * 0.5 + 0.5) * 0.085 * (1.0 - distance * 1.6).max(0.0),
        )
    });
}
