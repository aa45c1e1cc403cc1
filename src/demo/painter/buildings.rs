//! Single buildings in a landscape, and the two things that all of them need: round walls and windows.

mod houses;
mod monuments;

pub use houses::cliff;

use super::color::Rgb;
use super::scene::Scene;
use super::shape::Shape;
use super::words::Landmark;

/// Draws a landmark whose ground line is at `foot`, px.
pub fn landmark(scene: &mut Scene, landmark: Landmark, foot: (f32, f32)) {
    match landmark {
        Landmark::Lighthouse => houses::lighthouse(scene, foot),
        Landmark::Castle => monuments::castle(scene, foot),
        Landmark::Cottage => {
            let (a, b) = (scene.len(0.2), scene.len(0.13));
            houses::cottage(
                scene,
                (foot.0 + scene.side * a * 1.35, foot.1 - a * 0.02),
                b,
                "far cottage",
            );
            houses::cottage(scene, foot, a, "cottage");
        }
        Landmark::Windmill => monuments::windmill(scene, foot),
        Landmark::Gate => monuments::gate(scene, foot),
        Landmark::Pyramid => monuments::pyramids(scene, foot),
    }
}

/// Fills an upright body that is bright on the light's side.
fn round(scene: &mut Scene, shape: Shape, left: f32, right: f32, own: Rgb) {
    let lit = scene.palette.lit(own);
    let (bright, dim) = (
        lit.mix(scene.palette.light, 0.22),
        lit.mix(scene.palette.shadow, 0.5),
    );
    let (a, b) = if scene.side > 0.0 {
        (dim, bright)
    } else {
        (bright, dim)
    };
    scene
        .canvas
        .fill_run(shape, ((left, 0.0), a, 1.0), ((right, 0.0), b, 1.0));
}

fn window(scene: &mut Scene, x: f32, y: f32, w: f32, h: f32) {
    if scene.palette.lamps() {
        let lamp = scene.palette.lamp;
        scene.canvas.fill(Shape::new().rect(x, y, w, h), lamp, 1.0);
        scene
            .canvas
            .glow((x + w / 2.0, y + h / 2.0), h * 3.2, lamp, 0.5);
    } else {
        let glass = scene.palette.lit(Rgb::hex(0x3c_4a58));
        scene.canvas.fill(Shape::new().rect(x, y, w, h), glass, 1.0);
    }
}
