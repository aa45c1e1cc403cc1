//! The open-air compositions, and what they share: ground, ranges, woods, framing trees, and everybody in front.

mod dry;
mod land;
mod shore;

pub use dry::desert;
pub use land::{forest, hills, mountains};
pub use shore::{lake, sea};

use super::cast;
use super::color::Rgb;
use super::scene::Scene;
use super::terrain::{Cover, Form, Ridge, fill, mist, ridge};
use super::trees::{self, Row};
use super::words::{Animal, Craft, Hour, Place, Season, Tree};
use super::{craft, meadow};

/// The ground's own colour in this season, before the light.
fn soil(scene: &Scene) -> Rgb {
    let desert = scene.brief.place == Place::Desert;
    Rgb::hex(match scene.brief.season {
        Season::Winter => 0xee_f3fb,
        _ if desert => 0xdd_ab6a,
        Season::Spring => 0x86_b255,
        Season::Summer => 0x66_9648,
        Season::Autumn => 0xb0_8a42,
    })
}

/// Whether snow lies.
fn winter(scene: &Scene) -> bool {
    scene.brief.season == Season::Winter
}

/// The ground's colour in this season and light.
fn ground(scene: &Scene) -> Rgb {
    let own = soil(scene);
    let lit = scene.palette.lit(own);
    // Snow gives back more light than anything else.
    if winter(scene) {
        lit.mix(own.multiply(scene.palette.ambient), 0.62)
    } else {
        lit
    }
}

/// The strip at the viewer's feet from `base` of the height down, with grass of the density `bushy`.
fn front(scene: &mut Scene, base: f32, bushy: f32) -> Ridge {
    let h = scene.canvas.height;
    let land = ridge(scene, "front", Form::Flat, h * base, scene.len(0.1), 1.3);
    let color = ground(scene);
    let near = color.mix(
        scene.palette.shadow,
        if winter(scene) { 0.22 } else { 0.42 },
    );
    let mut cover = Cover::plain(color, near, h * (1.02 - base));
    cover.mottle = if winter(scene) { 0.12 } else { 0.5 };
    cover.stretch = 2.6;
    fill(scene, &land, f32::MAX, cover);
    if winter(scene) {
        drifts(scene, &land);
        meadow::stones(scene, "stones", &land, 3);
    } else if bushy > 0.0 {
        meadow::grass(scene, &land, color, bushy);
    }
    land
}

/// Soft blue hollows in the snow.
fn drifts(scene: &mut Scene, land: &Ridge) {
    let (tile, unit) = (&scene.tile, scene.canvas.unit);
    let blue = scene.palette.sky[0].mix(scene.palette.shadow, 0.3);
    let bright = scene.palette.light;
    let last = land.tops.len() - 1;
    scene.canvas.shade(land.highest(), f32::MAX, |x, y, old| {
        let top = land.tops[(x as usize).min(last)];
        if y < top + 1.0 {
            return old;
        }
        let n = tile.at(x / unit * 16.0, (y - top) / unit * 60.0) - 0.5;
        if n > 0.0 {
            old.mix(bright, (n * 0.9).min(0.3))
        } else {
            old.mix(blue, (-n * 1.1).min(0.3))
        }
    });
}

/// Everybody in the brief, on the land in front.
fn everybody(scene: &mut Scene, land: &Ridge) {
    let tops = land.tops.clone();
    let last = tops.len().saturating_sub(1);
    cast::stand(scene, |x| tops[(x.max(0.0) as usize).min(last)]);
}

/// What is in the air: a flock, balloons.
fn wildlife(scene: &mut Scene) {
    let mut dice = scene.dice("wildlife");
    let birds = scene
        .brief
        .animals
        .iter()
        .any(|g| g.animal == Animal::Bird && g.count > 1);
    let calm = scene.open_sky() && scene.brief.hour != Hour::Night;
    if birds || (calm && dice.chance(0.5)) {
        let at = (
            scene.canvas.width * (0.5 - scene.side * dice.range(0.1, 0.3)),
            scene.horizon * dice.range(0.4, 0.62),
        );
        cast::flock(scene, at, if birds { 22 } else { 9 });
    }
    if scene.brief.craft == Some(Craft::Balloon) {
        craft::balloons(scene);
    }
}

/// Peaks behind peaks, the farthest nearly air: they rise `height` of the unit length over `base` of the height, and
/// are seen down to `low` of it.
fn ranges(scene: &mut Scene, base: f32, height: f32, low: f32) {
    let h = scene.canvas.height;
    let mut dice = scene.dice("rock");
    let rock = Rgb::hex(dice.pick([0x5a_6678, 0x66_6470, 0x5c_6e70]));
    let snowy = winter(scene) || dice.chance(0.6);
    for (i, (rise, lift, distance)) in [(1.0, 0.0, 0.6), (0.62, 0.035, 0.36)]
        .into_iter()
        .enumerate()
    {
        let part = ["range far", "range near"][i];
        let tall = scene.len(height * rise);
        let base = h * (base + lift);
        let land = ridge(scene, part, Form::Peaks, base, tall, 1.15 + 0.7 * i as f32);
        let color = scene.palette.far(scene.palette.lit(rock), distance);
        let foot = scene.palette.far(color, 0.55);
        let mut cover = Cover::plain(color, foot, tall * 0.95);
        cover.relief = 1.0 - distance * 0.5;
        cover.mottle = 0.12;
        if snowy {
            let white = Rgb::hex(0xf4_f8ff)
                .multiply(scene.palette.ambient)
                .mix(scene.palette.shadow, scene.palette.dark * 0.4);
            let depth = tall
                * if winter(scene) {
                    0.6
                } else {
                    0.26 - 0.16 * i as f32
                };
            cover.snow = Some((scene.palette.far(white, distance * 0.6), depth));
        }
        // What the nearer land hides is not painted.
        let bottom = if i == 0 {
            base + h * 0.035 + tall * 0.08
        } else {
            h * low
        };
        fill(scene, &land, bottom, cover);
        let haze = scene.palette.haze;
        mist(scene, base, scene.len(0.09), haze, 0.5);
    }
}

/// Wooded hills between the peaks and the viewer, seen down to `low` of the height. A row is its base as a share of the
/// height, its trees' height as a share of the unit length, and its distance from 0 to 1.
fn woods(scene: &mut Scene, rows: &[(f32, f32, f32)], low: f32) {
    let h = scene.canvas.height;
    let kind = scene.brief.tree.unwrap_or(Tree::Conifer);
    let kind = if kind == Tree::Palm {
        Tree::Broadleaf
    } else {
        kind
    };
    let parts = ["wood 0", "wood 1", "wood 2"];
    for (i, (base, tall, distance)) in rows.iter().enumerate() {
        let part = parts[i % 3];
        let land = ridge(
            scene,
            part,
            Form::Hills,
            h * base,
            scene.len(0.13),
            1.1 + 0.4 * i as f32,
        );
        let leaf = trees::foliage(scene, kind).mix(scene.palette.shadow, 0.35);
        let color = scene.palette.far(leaf, *distance);
        let floor = if winter(scene) {
            scene.palette.far(ground(scene), *distance)
        } else {
            color
        };
        let height = scene.len(*tall);
        trees::row(
            scene,
            &Row {
                part,
                kind,
                along: &land,
                height,
                gap: 0.2,
                color,
            },
        );
        let foot = scene.palette.far(floor, 0.3);
        let mut cover = Cover::plain(floor, foot, scene.len(0.16));
        cover.mottle = 0.25;
        let bottom = h * rows.get(i + 1).map_or(low, |next| next.0 + 0.01);
        fill(scene, &land, bottom, cover);
        let haze = scene.palette.haze;
        mist(
            scene,
            h * (base + 0.02),
            scene.len(0.06),
            haze,
            0.5 * distance + 0.14,
        );
    }
}

/// A large tree or two at the light's side, to look past, `out` of the width from the middle.
fn framing(scene: &mut Scene, land: &Ridge, out: f32) {
    let kind = scene.brief.tree.unwrap_or(match scene.brief.place {
        Place::Meadow if !winter(scene) => Tree::Broadleaf,
        _ => Tree::Conifer,
    });
    let mut dice = scene.dice("framing");
    let (w, edge) = (
        scene.canvas.width,
        0.5 + scene.side * (out + dice.range(0.0, 0.04)),
    );
    for (i, (shift, tall)) in [(0.075, 0.5), (-0.01, 0.64), (0.045, 0.38)]
        .into_iter()
        .enumerate()
    {
        let single = matches!(
            kind,
            Tree::Broadleaf | Tree::Blossom | Tree::Bare | Tree::Palm
        );
        if single && i != 1 {
            continue;
        }
        let x = w * edge + scene.side * scene.len(shift);
        let foot = (x, land.top(x) + scene.len(0.03));
        let height = scene.len(tall) * dice.range(0.9, 1.08);
        trees::single(
            scene,
            ["frame 0", "frame 1", "frame 2"][i],
            kind,
            foot,
            height,
        );
    }
}

/// Whether somebody stands in front.
fn busy(scene: &Scene) -> bool {
    !scene.brief.animals.is_empty()
        || scene.brief.person.is_some()
        || scene.brief.craft == Some(Craft::Car)
}
