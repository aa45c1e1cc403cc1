//! The lake and the sea, with what floats on them and what stands at their edge.

use super::{busy, everybody, framing, front, ground, ranges, soil, wildlife, winter, woods};
use crate::demo::painter::brief::Group;
use crate::demo::painter::buildings;
use crate::demo::painter::cast;
use crate::demo::painter::color::Rgb;
use crate::demo::painter::craft;
use crate::demo::painter::meadow;
use crate::demo::painter::scene::Scene;
use crate::demo::painter::sky;
use crate::demo::painter::terrain::{Cover, Form, Ridge, fill, ridge};
use crate::demo::painter::water::{self, Water};
use crate::demo::painter::words::{Animal, Craft, Hour, Landmark, Tree};

/// A mirror under a range, with a bank of reeds or somebody on the near shore.
pub fn lake(scene: &mut Scene) {
    let h = scene.canvas.height;
    scene.horizon = h * 0.56;
    sky::paint(scene);
    ranges(scene, 0.56, 0.34, 0.62);
    wildlife(scene);
    woods(scene, &[(0.61, 0.07, 0.34)], 0.63);
    if let Some(landmark) = scene.brief.landmark.filter(|l| *l != Landmark::Gate) {
        buildings::landmark(
            scene,
            landmark,
            (scene.canvas.width * (0.5 + scene.side * 0.16), h * 0.61),
        );
    }
    let shore = h * 0.62;
    if winter(scene) && scene.brief.has(Animal::Penguin) {
        let land = front(scene, 0.66, 0.0);
        everybody(scene, &land);
        return;
    }
    let color = scene.palette.lit(Rgb::hex(0x3c_6a80));
    water::paint(
        scene,
        Water {
            shore,
            color,
            mirror: 0.85,
            rough: 0.2,
        },
    );
    if scene.open_sky() && scene.light.1 < shore {
        water::glitter(scene, shore, 0.5);
    }
    let at = (scene.stand(), h * 0.74);
    if scene.brief.landmark == Some(Landmark::Gate) {
        buildings::landmark(
            scene,
            Landmark::Gate,
            (scene.canvas.width * (0.5 - scene.side * 0.1), h * 0.74),
        );
    }
    if scene.brief.craft == Some(Craft::Boat) {
        craft::sailboat(scene, at, 0.3);
    }
    let swan = scene
        .brief
        .animals
        .iter()
        .position(|g| g.animal == Animal::Swan);
    if let Some(i) = swan {
        let group = scene.brief.animals.remove(i);
        swans(scene, &group);
    }
    if busy(scene) {
        let land = front(scene, 0.87, 0.8);
        everybody(scene, &land);
    } else {
        bank(scene);
    }
}

fn swans(scene: &mut Scene, group: &Group) {
    let (w, h) = (scene.canvas.width, scene.canvas.height);
    for i in 0..group.count.min(3) {
        let at = (
            w * 0.5 - scene.side * (w * 0.1) + scene.side * scene.len(0.34) * i as f32,
            h * (0.86 - 0.05 * i as f32),
        );
        let share = 1.35 - 0.25 * i as f32;
        craft::wake(scene, at, 0.16 * share);
        cast::float(
            scene,
            group,
            (at.0, at.1 + scene.len(0.012)),
            share,
            scene.side < 0.0,
            0.0,
        );
    }
}

/// A dark near shore with reeds, at the foot of an empty lake.
fn bank(scene: &mut Scene) {
    let h = scene.canvas.height;
    let mut land = ridge(scene, "bank", Form::Flat, h * 0.99, scene.len(0.12), 1.4);
    // It slopes into the water in the middle.
    let (w, unit) = (scene.canvas.width, scene.canvas.unit);
    for (x, top) in land.tops.iter_mut().enumerate() {
        let t = (x as f32 / w - 0.5).abs() * 2.0;
        *top += unit * (0.17 - 0.31 * t * t);
    }
    let color = ground(scene).mix(scene.palette.shadow, 0.3);
    let mut cover = Cover::plain(color, color.mix(scene.palette.shadow, 0.4), scene.len(0.1));
    cover.mottle = 0.4;
    fill(scene, &land, f32::MAX, cover);
    meadow::stones(scene, "bank stones", &land, 9);
    if !winter(scene) {
        let green = ground(scene).mix(scene.palette.shadow, 0.4);
        meadow::reeds(scene, green);
    }
    framing(scene, &land, 0.42);
}

/// Open water with islands; a cliff for a landmark, a beach for whoever stands there.
pub fn sea(scene: &mut Scene) {
    let (w, h) = (scene.canvas.width, scene.canvas.height);
    scene.horizon = h * 0.57;
    if matches!(scene.brief.hour, Hour::Dawn | Hour::Sunset) {
        scene.light.1 = h * 0.46;
    }
    sky::paint(scene);
    wildlife(scene);
    let islands = ridge(
        scene,
        "islands",
        Form::Hills,
        scene.horizon + scene.len(0.06),
        scene.len(0.15),
        1.9,
    );
    let rock = scene.palette.lit(Rgb::hex(0x5a_6672));
    let color = scene.palette.far(rock, 0.55);
    let bottom = scene.horizon + 1.0;
    fill(
        scene,
        &islands,
        bottom,
        Cover::plain(color, scene.palette.far(color, 0.4), scene.len(0.08)),
    );
    let rough = if scene.open_sky() { 0.65 } else { 1.0 };
    let own = scene.palette.lit(Rgb::hex(0x2b_6f86));
    let shore = scene.horizon;
    water::paint(
        scene,
        Water {
            shore,
            color: own,
            mirror: 0.62,
            rough,
        },
    );
    if scene.open_sky() {
        water::glitter(scene, shore, 0.85);
    }
    if scene.brief.craft == Some(Craft::Boat)
        || (scene.brief.landmark.is_none()
            && scene.brief.animals.is_empty()
            && scene.dice("sail").chance(0.6))
    {
        let near = scene.brief.craft == Some(Craft::Boat);
        let (y, share) = if near { (0.7, 0.34) } else { (0.62, 0.12) };
        craft::sailboat(scene, (scene.stand(), h * y), share);
    }
    let palms = scene.brief.tree == Some(Tree::Palm);
    if let Some(landmark) = scene.brief.landmark {
        let x = w * (0.5 - scene.side * 0.2);
        let top = buildings::cliff(scene, x);
        buildings::landmark(scene, landmark, (x, top));
    }
    if busy(scene) {
        let land = beach(scene);
        everybody(scene, &land);
    } else if scene.brief.landmark.is_none() && (palms || scene.dice("beach").chance(0.5)) {
        beach(scene);
    }
}

/// Sand with a line of foam.
fn beach(scene: &mut Scene) -> Ridge {
    let h = scene.canvas.height;
    let land = ridge(scene, "beach", Form::Flat, h * 0.9, scene.len(0.09), 0.8);
    let foam = scene.palette.lit(Rgb::hex(0xf6_faf8)).mix(Rgb::WHITE, 0.2);
    for (rise, alpha) in [(0.03, 0.35), (0.012, 0.8)] {
        let mut line = land.clone();
        let lift = scene.len(rise);
        for y in &mut line.tops {
            *y -= lift;
        }
        let below = scene.palette.lit(Rgb::hex(0x4f_92a0));
        let color = below.mix(foam, alpha);
        fill(
            scene,
            &line,
            f32::MAX,
            Cover::plain(color, below.mix(foam, alpha * 0.5), scene.len(0.02)),
        );
    }
    let own = if winter(scene) {
        soil(scene)
    } else {
        Rgb::hex(0xe2_c592)
    };
    let sand = scene.palette.lit(own);
    let mut cover = Cover::plain(sand.mix(scene.palette.shadow, 0.16), sand, scene.len(0.05));
    cover.mottle = 0.16;
    cover.stretch = 2.0;
    fill(scene, &land, f32::MAX, cover);
    meadow::stones(scene, "shells", &land, 5);
    if matches!(scene.brief.tree, Some(Tree::Palm)) {
        framing(scene, &land, 0.42);
    }
    land
}
