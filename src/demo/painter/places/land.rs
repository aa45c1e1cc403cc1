//! Mountains, rolling hills and the forest: what stands in front of what.

use super::{everybody, framing, front, ground, ranges, wildlife, winter, woods};
use crate::demo::painter::buildings;
use crate::demo::painter::color::Rgb;
use crate::demo::painter::meadow;
use crate::demo::painter::scene::Scene;
use crate::demo::painter::sky;
use crate::demo::painter::terrain::{Cover, Form, Ridge, fill, mist, ridge};
use crate::demo::painter::trees::{self, Row};
use crate::demo::painter::words::{Hour, Season, Tree};

/// Two ranges, wooded hills, a meadow at the viewer's feet.
pub fn mountains(scene: &mut Scene) {
    scene.horizon = scene.canvas.height * 0.64;
    sky::paint(scene);
    ranges(scene, 0.63, 0.36, 0.76);
    wildlife(scene);
    woods(scene, &[(0.75, 0.075, 0.42), (0.83, 0.11, 0.22)], 0.89);
    if let Some(landmark) = scene.brief.landmark {
        buildings::landmark(
            scene,
            landmark,
            (
                scene.canvas.width * (0.5 + scene.side * 0.1),
                scene.canvas.height * 0.76,
            ),
        );
    }
    let land = front(scene, 0.88, 0.8);
    if !winter(scene) && (scene.brief.flowers || scene.brief.season == Season::Spring) {
        meadow::flowers(scene, &land, 0.7);
    }
    framing(scene, &land, 0.36);
    everybody(scene, &land);
}

/// Rolling fields with rows of trees, flowers in front.
pub fn hills(scene: &mut Scene) {
    let h = scene.canvas.height;
    scene.horizon = h * 0.6;
    sky::paint(scene);
    let color = ground(scene);
    let far = ridge(
        scene,
        "blue hills",
        Form::Hills,
        h * 0.62,
        scene.len(0.17),
        1.4,
    );
    let blue = scene.palette.far(color.mix(scene.palette.sky[0], 0.4), 0.6);
    fill(
        scene,
        &far,
        h * 0.7,
        Cover::plain(blue, scene.palette.far(blue, 0.5), scene.len(0.15)),
    );
    wildlife(scene);
    let kind = scene
        .brief
        .tree
        .filter(|t| *t != Tree::Palm)
        .unwrap_or(if winter(scene) {
            Tree::Conifer
        } else {
            Tree::Broadleaf
        });
    for (i, (base, rise, distance, tall)) in [(0.69, 0.15, 0.42, 0.05), (0.78, 0.16, 0.22, 0.075)]
        .into_iter()
        .enumerate()
    {
        let part = ["hill 0", "hill 1"][i];
        let land = ridge(
            scene,
            part,
            Form::Hills,
            h * base,
            scene.len(rise),
            1.1 + 0.3 * i as f32,
        );
        let tone = scene.palette.far(color, distance);
        let leaf = scene.palette.far(
            trees::foliage(scene, kind).mix(scene.palette.shadow, 0.3),
            distance * 0.9,
        );
        trees::row(
            scene,
            &Row {
                part,
                kind,
                along: &land,
                height: scene.len(tall),
                gap: 0.75,
                color: leaf,
            },
        );
        let mut cover = Cover::plain(
            tone.mix(scene.palette.light, 0.14),
            tone.mix(scene.palette.shadow, 0.2),
            scene.len(0.17),
        );
        cover.mottle = 0.22;
        cover.stretch = 4.0;
        fill(scene, &land, h * [0.79, 0.86][i], cover);
        let haze = scene.palette.haze;
        mist(
            scene,
            h * (base + 0.03),
            scene.len(0.05),
            haze,
            0.3 * distance + 0.1,
        );
        if let Some(landmark) = scene.brief.landmark.filter(|_| i == 1) {
            let x = scene.canvas.width * (0.5 - scene.side * 0.12);
            let y = land.top(x) + scene.len(0.012);
            buildings::landmark(scene, landmark, (x, y));
        }
    }
    let land = front(scene, 0.84, 1.0);
    framing(scene, &land, 0.36);
    if !winter(scene) && (scene.brief.flowers || scene.brief.season != Season::Autumn) {
        let many = if scene.brief.flowers { 2.0 } else { 0.9 };
        meadow::flowers(scene, &land, many);
    }
    everybody(scene, &land);
}

/// Four rows of trees in the mist that open to a clearing.
pub fn forest(scene: &mut Scene) {
    let (w, h) = (scene.canvas.width, scene.canvas.height);
    scene.horizon = h * 0.7;
    sky::paint(scene);
    let kind = scene
        .brief
        .tree
        .filter(|t| *t != Tree::Palm)
        .unwrap_or(match scene.brief.season {
            Season::Autumn => Tree::Broadleaf,
            _ => Tree::Conifer,
        });
    let haze = scene.palette.haze;
    for (i, (base, tall, distance)) in [
        (0.66, 0.34, 0.72),
        (0.71, 0.42, 0.52),
        (0.76, 0.5, 0.32),
        (0.8, 0.46, 0.14),
    ]
    .into_iter()
    .enumerate()
    {
        let part = ["grove 0", "grove 1", "grove 2", "grove 3"][i];
        let mut land = ridge(scene, part, Form::Flat, h * base, scene.len(0.05), 1.2);
        // The wood opens in the middle, so that the eye can walk in.
        let open = (i as f32 / 3.0).powi(2) * 0.34;
        let leaf = trees::foliage(scene, kind).mix(scene.palette.shadow, 0.3);
        let color = scene.palette.far(leaf, distance);
        grove(scene, part, kind, &land, scene.len(tall), open, color);
        for y in &mut land.tops {
            *y -= 1.0;
        }
        let floor = scene
            .palette
            .far(ground(scene).mix(scene.palette.shadow, 0.15), distance);
        fill(
            scene,
            &land,
            h * [0.73, 0.78, 0.82, 0.89][i],
            Cover::plain(floor, scene.palette.far(floor, 0.25), scene.len(0.1)),
        );
        mist(
            scene,
            h * (base - 0.02),
            scene.len(0.11),
            haze,
            0.62 * distance + 0.08,
        );
    }
    rays(scene);
    let land = front(scene, 0.87, 0.9);
    if !winter(scene) {
        meadow::flowers(scene, &land, 0.5);
    }
    for (i, x) in [0.03, 0.97].into_iter().enumerate() {
        let foot = (w * x, land.top(w * x) + scene.len(0.05));
        trees::single(scene, ["edge 0", "edge 1"][i], kind, foot, scene.len(0.8));
    }
    everybody(scene, &land);
}

/// Trees along a floor, with a clearing of `open` of the width in the middle.
fn grove(
    scene: &mut Scene,
    part: &str,
    kind: Tree,
    land: &Ridge,
    height: f32,
    open: f32,
    color: Rgb,
) {
    let w = scene.canvas.width;
    let mut parted = land.clone();
    for (x, top) in parted.tops.iter_mut().enumerate() {
        // Sunk below the picture, a tree is not seen.
        if ((x as f32 / w) - 0.5).abs() < open {
            *top += height * 3.0;
        }
    }
    trees::row(
        scene,
        &Row {
            part,
            kind,
            along: &parted,
            height,
            gap: 0.17,
            color,
        },
    );
}

/// Slanting beams from the light through the trees.
fn rays(scene: &mut Scene) {
    if !scene.open_sky() || scene.brief.hour == Hour::Night {
        return;
    }
    let (unit, light, tile) = (scene.canvas.unit, scene.light, &scene.tile);
    let color = scene.palette.light;
    let low = scene.canvas.height * 0.9;
    scene.canvas.shade(0.0, low, |x, y, old| {
        let (dx, dy) = (x - light.0, y - light.1 + unit * 0.12);
        if dy <= 0.0 {
            return old;
        }
        let across = dx / (dy + unit * 0.12);
        let beam = (tile.at(across * 26.0 + 80.0, 12.0) - 0.46).max(0.0) * 2.4;
        let fade = (1.0 - y / low) * (dy / unit * 3.0).min(1.0);
        let near = 1.0 / (1.0 + across * across * 0.8);
        old.screen(color, (beam * fade * near * 0.5).min(0.5))
    });
}
