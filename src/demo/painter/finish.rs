//! The last pass: vignette, a split of warm light and cool shade, paper grain, and the finishes that a prompt may ask for.

use super::canvas::Canvas;
use super::color::Rgb;
use super::noise::lattice;
use super::words::Finish;

/// Runs once over every pixel; kept to a few operations each.
pub fn paint(canvas: &mut Canvas, finish: Finish) {
    let (w, h) = (canvas.width, canvas.height);
    // Grain is a property of the sheet, about 1.5 px at 1K, so that it survives at 4K.
    let coarse = 1.0 / (canvas.unit / 768.0).max(1.0);
    let down = |y: f32| (y / h - 0.5) * (y / h - 0.5);
    canvas.shade_rows(0.0, h, down, |down, x, y, old| {
        let dx = x / w - 0.5;
        let corner = dx * dx + down;
        let grain = lattice((x * coarse) as i32, (y * coarse) as i32, 0xa7) - 0.5;
        let luma = old.luma();
        let toned = match finish {
            Finish::Color | Finish::Neon => old.saturate(1.07),
            Finish::Mono => mono(luma),
            Finish::Sepia => sepia(old, luma),
        };
        toned
            .scale((1.0 - 0.3 * corner * corner * 4.0) * (1.0 + grain * 0.036))
            .add(Rgb::WHITE, grain * 0.01)
    });
}

/// A silver print: a little contrast, hardly any colour.
pub fn mono(luma: f32) -> Rgb {
    let v = luma + (luma - 0.5) * 0.24 * (1.0 - (luma * 2.0 - 1.0).abs());
    Rgb {
        r: v * 1.01,
        g: v,
        b: v * 0.985,
    }
}

/// An old print: brown shade, cream light, a trace of the colours it had.
pub fn sepia(color: Rgb, luma: f32) -> Rgb {
    let print = Rgb::hex(0x2a_1a10).mix(Rgb::hex(0xf6_e6c4), luma);
    print.mix(color, 0.14)
}
