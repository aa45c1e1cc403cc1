//! Draws a figure from its parts: coloured by the scene's light, rounded by shade, edged by a rim of light.
//!
//! A figure faces right, stands on y = 100 and is about 100 units tall. The data are in `figures/`.

use super::canvas::Canvas;
use super::color::Rgb;
use super::scene::Scene;
use super::shape::{Knot, Shape, knots};

/// Which of a figure's colours a part has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tone {
    Coat,
    /// The coat, further away or turned from the light.
    Shade,
    /// Belly, muzzle, chest.
    Light,
    /// Markings, hooves, noses.
    Dark,
    Accent,
    Eye,
    Spark,
    Pink,
    /// The light colour in shade: folds of skin.
    Fold,
}

/// One outline of a figure.
#[derive(Debug, Clone, Copy)]
pub struct Part {
    pub tone: Tone,
    /// 0 for a filled outline; else the width of an open line, in units.
    pub line: f32,
    /// See [`knots`].
    pub points: &'static str,
    /// Drawn a second time, mirrored about x = 50.
    pub twin: bool,
}

/// A filled part.
pub const fn fill(tone: Tone, points: &'static str) -> Part {
    Part {
        tone,
        line: 0.0,
        points,
        twin: false,
    }
}

/// A filled part and its mirror image.
pub const fn twins(tone: Tone, points: &'static str) -> Part {
    Part {
        tone,
        line: 0.0,
        points,
        twin: true,
    }
}

/// A line.
pub const fn line(tone: Tone, width: f32, points: &'static str) -> Part {
    Part {
        tone,
        line: width,
        points,
        twin: false,
    }
}

/// A line and its mirror image.
pub const fn lines(tone: Tone, width: f32, points: &'static str) -> Part {
    Part {
        tone,
        line: width,
        points,
        twin: true,
    }
}

/// A figure's own colours, in neutral light.
#[derive(Debug, Clone, Copy)]
pub struct Coat {
    pub body: Rgb,
    pub light: Rgb,
    pub dark: Rgb,
    pub accent: Rgb,
    pub eye: Rgb,
}

/// Where and how large a figure is drawn.
#[derive(Debug, Clone, Copy)]
pub struct Pose {
    /// Where y = 100, x = 50 lands, px.
    pub foot: (f32, f32),
    /// Length of 100 units, px.
    pub height: f32,
    /// Faces left.
    pub flip: bool,
    /// Throws a shadow on the ground.
    pub grounded: bool,
    /// How much of the air lies between, from 0 to 1.
    pub distance: f32,
}

/// Draws the parts in their order.
pub fn draw(scene: &mut Scene, parts: &[Part], coat: Coat, pose: Pose) {
    let outlines: Vec<(Part, Vec<Knot>)> = parts.iter().flat_map(outlines).collect();
    let scale = pose.height / 100.0;
    // The extent of all knots, with room for curves that swing past them and for lines.
    let margin = 9.0;
    let (mut left, mut right, mut top, mut low) = (0.0_f32, 100.0_f32, 0.0_f32, 100.0_f32);
    for knot in outlines.iter().flat_map(|(_, knots)| knots) {
        let x = if pose.flip {
            100.0 - knot.at.0
        } else {
            knot.at.0
        };
        left = left.min(x - margin);
        right = right.max(x + margin);
        top = top.min(knot.at.1 - margin);
        low = low.max(knot.at.1 + margin);
    }
    if pose.grounded {
        shadow(
            scene,
            pose,
            f32::midpoint(left, right) - 50.0,
            (right - left) * 0.36,
        );
    }
    let (x0, y0) = (
        (pose.foot.0 + (left - 50.0) * scale).floor(),
        (pose.foot.1 + (top - 100.0) * scale).floor(),
    );
    let Some(mut layer) = Canvas::new(
        ((right - left) * scale).ceil() as u32 + 2,
        ((low - top) * scale).ceil() as u32 + 2,
    ) else {
        return;
    };
    let place = |p: (f32, f32)| {
        let x = if pose.flip { 100.0 - p.0 } else { p.0 };
        (
            pose.foot.0 + (x - 50.0) * scale - x0,
            pose.foot.1 + (p.1 - 100.0) * scale - y0,
        )
    };
    for (part, knots) in outlines {
        let color = own(scene, part.tone, &coat, pose.distance);
        let placed: Vec<Knot> = knots
            .iter()
            .map(|k| Knot {
                at: place(k.at),
                corner: k.corner,
            })
            .collect();
        let mut shape = Shape::new();
        if part.line > 0.0 {
            let points: Vec<(f32, f32)> = placed.iter().map(|k| k.at).collect();
            shape.add_curve(&points);
            layer.stroke(shape, part.line * scale, color, 1.0);
            continue;
        }
        shape.add_knots(&placed);
        let shaded = matches!(part.tone, Tone::Coat | Tone::Shade | Tone::Light);
        if shaded {
            let under = color.mix(scene.palette.shadow, 0.34);
            layer.fill_run(
                shape,
                (place((50.0, top + 0.35 * (low - top))), color, 1.0),
                (place((50.0, low)), under, 1.0),
            );
        } else {
            layer.fill(shape, color, 1.0);
        }
    }
    let strength = (0.3 + scene.palette.dark * 0.85) * (1.0 - pose.distance * 0.6);
    rim(scene, &mut layer, scale, strength);
    scene.canvas.place(&layer, x0 as i32, y0 as i32);
}

fn outlines(part: &Part) -> Vec<(Part, Vec<Knot>)> {
    let first = knots(part.points);
    let mut out = Vec::with_capacity(2);
    if part.twin {
        let mirrored = first
            .iter()
            .map(|k| Knot {
                at: (100.0 - k.at.0, k.at.1),
                corner: k.corner,
            })
            .collect();
        out.push((*part, mirrored));
    }
    out.push((*part, first));
    out
}

fn own(scene: &Scene, tone: Tone, coat: &Coat, distance: f32) -> Rgb {
    let palette = &scene.palette;
    let color = match tone {
        Tone::Coat => palette.shown(coat.body),
        Tone::Shade => palette
            .shown(coat.body.multiply(Rgb::hex(0xcc_bcb8)))
            .mix(palette.shadow, 0.08),
        Tone::Light => palette.shown(coat.light),
        Tone::Dark => palette.shown(coat.dark),
        Tone::Accent => palette.shown(coat.accent).mix(coat.accent, 0.25),
        // Eyes catch light of their own.
        Tone::Eye => palette.shown(coat.eye).mix(coat.eye, 0.6),
        Tone::Spark => Rgb::WHITE,
        Tone::Fold => palette.shown(coat.light.multiply(Rgb::hex(0xe8_b8a8))),
        Tone::Pink => palette.shown(Rgb::hex(0xe6_9a98)),
    };
    palette.far(color, distance)
}

fn shadow(scene: &mut Scene, pose: Pose, shift: f32, half: f32) {
    let scale = pose.height / 100.0;
    let color = scene.palette.shadow;
    let x = pose.foot.0 + shift * scale;
    for (size, alpha) in [(1.0, 0.16), (0.8, 0.2), (0.6, 0.22)] {
        let shape = Shape::new().ellipse(
            x - scene.side * half * scale * 0.25,
            pose.foot.1 - scale * 0.6,
            half * scale * size * 1.25,
            half * scale * size * 0.13,
        );
        scene
            .canvas
            .fill(shape, color, alpha * (1.0 - pose.distance));
    }
}

/// Lights the edges that face the light, and shades those that face away.
fn rim(scene: &Scene, layer: &mut Canvas, scale: f32, strength: f32) {
    let (width, height) = (layer.width as usize, layer.height as usize);
    let bytes = layer.bytes_mut();
    let alpha: Vec<u8> = bytes.chunks_exact(4).map(|p| p[3]).collect();
    let light = scene.palette.light;
    let reach = (scale * 2.6).max(1.2);
    // Steps of a few px: fewer would show as bands on a large figure.
    let steps = (reach / 2.5).clamp(3.0, 14.0) as usize;
    let toward = (scene.side * 0.8, -0.6);
    let sample = |x: f32, y: f32| {
        let (x, y) = (x as i32, y as i32);
        if x < 0 || y < 0 || x >= width as i32 || y >= height as i32 {
            return 0.0;
        }
        f32::from(alpha[y as usize * width + x as usize]) / 255.0
    };
    for y in 0..height {
        for x in 0..width {
            let at = (y * width + x) * 4;
            let a = f32::from(bytes[at + 3]) / 255.0;
            if a == 0.0 {
                continue;
            }
            let (fx, fy) = (x as f32 + 0.5, y as f32 + 0.5);
            let (mut open, mut closed) = (0.0, 0.0);
            for step in 0..steps {
                let k = (step as f32 + 1.0) / steps as f32;
                open += 1.0 - sample(fx + toward.0 * reach * k, fy + toward.1 * reach * k);
                let back = reach * 2.4 * k;
                closed += 1.0 - sample(fx - toward.0 * back, fy - toward.1 * back);
            }
            let glow = open / steps as f32 * strength;
            let dim = 1.0 - closed / steps as f32 * 0.26;
            for (i, channel) in [light.r, light.g, light.b].into_iter().enumerate() {
                let old = f32::from(bytes[at + i]) / 255.0 * dim;
                let new = old + (channel * a - old) * glow;
                // Premultiplied: a channel may never exceed its alpha.
                bytes[at + i] = (new.clamp(0.0, a) * 255.0) as u8;
            }
        }
    }
}
