//! Edits a picture by the words of a prompt: light, weather, season, colour, and figures put into it.

use super::brief::Brief;
use super::canvas::Canvas;
use super::cast;
use super::color::{Rgb, smoothstep};
use super::finish::{mono, sepia};
use super::noise::Tile;
use super::random::{Rng, hash};
use super::scene::Scene;
use super::shape::Shape;
use super::vocabulary::Word;
use super::weather;
use super::words::{Finish, Hour, Season, Tree, Weather, known};

/// Applies every known word in its order; a prompt without any gets a grade of its own.
pub fn apply(canvas: Canvas, prompt: &str) -> Canvas {
    let words = known(prompt);
    let seed = hash(&prompt.to_lowercase());
    let mut work = Work {
        tile: Tile::new(seed as u32),
        dice: Rng::new(seed),
        canvas,
    };
    let mut touched = false;
    for word in &words {
        touched |= work.word(*word);
    }
    let figures = words
        .iter()
        .any(|w| matches!(w, Word::Animal(..) | Word::Person(_)));
    if figures {
        return work.figures(prompt);
    }
    if !touched {
        work.grade();
    }
    work.canvas
}

struct Work {
    canvas: Canvas,
    tile: Tile,
    dice: Rng,
}

impl Work {
    /// Whether the word changed the picture.
    fn word(&mut self, word: Word) -> bool {
        match word {
            Word::Hour(hour) => self.hour(hour),
            Word::Weather(weather) => self.weather(weather),
            Word::Season(season) => self.season(season),
            Word::Finish(finish) => self.finish(finish),
            Word::Tint(color) => self.tint(color),
            Word::Stars => self.stars(),
            Word::Moon => self.moon(),
            Word::Brighter => self.each(|c| c.mix(Rgb::WHITE, 0.08).scale(1.14)),
            Word::Darker => self.each(|c| c.saturate(0.9).scale(0.58)),
            Word::Warmer => self.each(|c| {
                c.multiply(Rgb {
                    r: 1.12,
                    g: 1.0,
                    b: 0.8,
                })
                .screen(Rgb::hex(0x5a_2c08), 0.3)
            }),
            Word::Cooler => self.each(|c| {
                c.saturate(0.85).multiply(Rgb {
                    r: 0.82,
                    g: 0.97,
                    b: 1.12,
                })
            }),
            Word::Flowers => self.petals(),
            Word::Tree(Tree::Blossom) => {
                self.each(|c| turn_green(c, Rgb::hex(0xf2_a8c0)));
                self.petals();
            }
            _ => return false,
        }
        true
    }

    fn each(&mut self, mut f: impl FnMut(Rgb) -> Rgb) {
        self.canvas.shade(0.0, f32::MAX, |_, _, c| f(c));
    }

    fn hour(&mut self, hour: Hour) {
        match hour {
            Hour::Night => {
                let (h, sky) = (self.canvas.height, Rgb::hex(0x16_2448));
                self.canvas.shade(0.0, h, |_, y, c| {
                    let luma = c.luma();
                    let dark = c
                        .saturate(0.5)
                        .multiply(Rgb::hex(0x48_5c94))
                        .scale(0.3 + luma * 0.85);
                    dark.screen(sky, 0.3 * (1.0 - y / h))
                });
                self.stars();
                self.moon();
            }
            Hour::Dawn => self.wash(Rgb::hex(0xf8_b8b0), Rgb::hex(0xff_e2b0), 0.42),
            Hour::Sunset => {
                self.each(|c| c.scale(0.86));
                self.wash(Rgb::hex(0x8a_3a6c), Rgb::hex(0xff_8c3a), 0.72);
            }
            Hour::Dusk => {
                self.each(|c| c.scale(0.72));
                self.wash(Rgb::hex(0x2c_2c66), Rgb::hex(0xf0_8a8c), 0.55);
            }
            Hour::Day => self.each(|c| {
                c.mix(Rgb::WHITE, 0.1)
                    .multiply(Rgb {
                        r: 1.1,
                        g: 1.08,
                        b: 1.02,
                    })
                    .saturate(1.12)
            }),
        }
    }

    /// Light from the side that runs from a high colour down to a low one.
    fn wash(&mut self, high: Rgb, low: Rgb, strength: f32) {
        let (w, h, unit) = (self.canvas.width, self.canvas.height, self.canvas.unit);
        let sun = (w * self.dice.pick([0.24, 0.76]), h * 0.48);
        self.canvas.shade(0.0, h, |x, y, c| {
            let t = smoothstep(0.0, 0.62, y / h);
            let hue = high.mix(low, t);
            // Colour follows the picture's own lightness, so that shapes stay.
            let toned = hue.scale(0.22 + c.luma() * 1.05).mix(c, 0.25);
            let (dx, dy) = ((x - sun.0) / unit, (y - sun.1) / unit);
            let near = 1.0 / (1.0 + (dx * dx + dy * dy * 1.6) * 12.0);
            c.mix(toned, strength)
                .screen(low.mix(Rgb::WHITE, 0.2), near * strength * 0.75)
        });
    }

    fn weather(&mut self, kind: Weather) {
        let (h, unit) = (self.canvas.height, self.canvas.unit);
        let tile = &self.tile;
        match kind {
            Weather::Snow => {
                let white = Rgb::hex(0xf2_f6fc);
                let above = self.canvas.copy_rows(h);
                let step = (unit * 0.006).max(1.0);
                self.canvas.shade(0.0, h, |x, y, c| {
                    // Snow lies where it is brighter above than here: on upper edges; and thickly on the ground.
                    let edge = above.at(x, y - step).luma() - c.luma();
                    let drift = smoothstep(0.52, 0.78, y / h)
                        * smoothstep(0.22, 0.56, tile.deep(x / unit * 18.0, y / unit * 60.0));
                    let cold = c.saturate(0.4).mix(Rgb::hex(0xd4_dfee), 0.3);
                    cold.mix(
                        white,
                        (smoothstep(0.03, 0.18, edge) * 0.8 + drift * 0.85).min(0.92),
                    )
                });
                weather::snow(&mut self.canvas, &mut self.dice);
            }
            Weather::Rain | Weather::Storm => {
                let k = if kind == Weather::Storm { 0.58 } else { 0.78 };
                self.each(|c| {
                    c.saturate(0.5)
                        .multiply(Rgb {
                            r: 0.86,
                            g: 0.96,
                            b: 1.06,
                        })
                        .scale(k)
                });
                weather::rain(&mut self.canvas, 1.1, Rgb::hex(0xc8_d8e4), &mut self.dice);
            }
            Weather::Fog => self.canvas.shade(0.0, h, |x, y, c| {
                let haze = Rgb::hex(0xd4_d8d8);
                let bank = tile.deep(x / unit * 12.0, y / unit * 34.0);
                let level = 0.4 + 0.36 * smoothstep(1.0, 0.3, y / h);
                c.saturate(0.6)
                    .mix(haze, (level + (bank - 0.5) * 0.9).clamp(0.1, 0.9))
            }),
            Weather::Cloudy => self.each(|c| c.saturate(0.7).mix(Rgb::hex(0x9a_a4ac), 0.25)),
            Weather::Clear => self.each(|c| c.saturate(1.25).scale(1.06)),
        }
    }

    fn season(&mut self, season: Season) {
        match season {
            Season::Winter => self.weather(Weather::Snow),
            Season::Autumn => {
                self.each(|c| {
                    turn_green(c, Rgb::hex(0xd4_8638)).multiply(Rgb {
                        r: 1.1,
                        g: 0.97,
                        b: 0.78,
                    })
                });
                self.drift([0xd8_6a20, 0xc8_4020, 0xe8_b030], 90.0);
            }
            Season::Spring => {
                self.each(|c| {
                    c.saturate(1.15)
                        .multiply(Rgb {
                            r: 1.03,
                            g: 1.08,
                            b: 0.99,
                        })
                        .mix(Rgb::hex(0xf6_e4ea), 0.1)
                });
                self.petals();
            }
            Season::Summer => self.each(|c| {
                c.saturate(1.3).multiply(Rgb {
                    r: 1.1,
                    g: 1.05,
                    b: 0.88,
                })
            }),
        }
    }

    fn petals(&mut self) {
        self.drift([0xf6_b8cc, 0xf8_dce4, 0xf0_98b4], 110.0);
    }

    /// Leaves or petals in the air.
    fn drift(&mut self, colors: [u32; 3], count: f32) {
        let wide = (self.canvas.width / self.canvas.unit).max(0.6);
        for i in 0..(count * wide) as usize {
            let (x, y) = (
                self.dice.range(0.0, self.canvas.width),
                self.dice.range(0.0, self.canvas.height),
            );
            let s = self.canvas.unit * (0.003 + 0.011 * self.dice.unit().powi(3));
            let (a, flat) = (self.dice.range(0.0, 3.1), self.dice.range(0.3, 0.7));
            let at = |u: f32, v: f32| {
                (
                    x + (u * a.cos() - v * a.sin()) * s,
                    y + (u * a.sin() + v * a.cos()) * s,
                )
            };
            let leaf =
                Shape::new().smooth(&[at(-1.2, 0.0), at(0.0, -flat), at(1.2, 0.0), at(0.0, flat)]);
            self.canvas.fill(leaf, Rgb::hex(colors[i % 3]), 0.9);
        }
    }

    fn finish(&mut self, finish: Finish) {
        match finish {
            Finish::Mono => self.each(|c| mono(c.luma())),
            Finish::Sepia => self.each(|c| sepia(c, c.luma())),
            Finish::Neon => self.each(|c| {
                let l = c.luma();
                let dark = Rgb::hex(0x10_0630).mix(Rgb::hex(0xc0_1f9c), smoothstep(0.05, 0.6, l));
                dark.mix(Rgb::hex(0x5c_f2ff), smoothstep(0.5, 0.95, l))
                    .mix(c, 0.2)
            }),
            Finish::Color => self.each(|c| c.saturate(1.3)),
        }
    }

    fn tint(&mut self, color: Rgb) {
        self.each(|c| {
            let l = c.luma();
            let duo = if l < 0.5 {
                color.scale(0.12 + l * 1.6)
            } else {
                color.mix(Rgb::WHITE, (l - 0.5) * 1.7)
            };
            c.mix(duo, 0.6)
        });
    }

    fn stars(&mut self) {
        for _ in 0..(170.0 * (self.canvas.width / self.canvas.unit).max(0.7)) as usize {
            let (x, y) = (
                self.dice.range(0.0, self.canvas.width),
                self.dice.unit().powf(1.6) * self.canvas.height * 0.45,
            );
            let r = (self.canvas.unit * (0.0007 + 0.0016 * self.dice.unit().powi(5))).max(0.45);
            let alpha = self.dice.range(0.3, 0.95) * (1.0 - y / (self.canvas.height * 0.5));
            self.canvas
                .fill(Shape::new().circle(x, y, r), Rgb::WHITE, alpha);
        }
    }

    fn moon(&mut self) {
        let r = self.canvas.unit * 0.05;
        let (x, y) = (
            self.canvas.width * self.dice.pick([0.2, 0.8]),
            self.canvas.height * 0.17,
        );
        let color = Rgb::hex(0xf6_f1dc);
        self.canvas.glow((x, y), r * 6.0, color, 0.3);
        self.canvas.glow((x, y), r * 2.4, color, 0.35);
        self.canvas.fill(Shape::new().circle(x, y, r), color, 1.0);
        for (dx, dy, k) in [(-0.3, -0.2, 0.26), (0.25, 0.3, 0.2), (0.3, -0.35, 0.14)] {
            self.canvas.fill(
                Shape::new().circle(x + dx * r, y + dy * r, r * k),
                Rgb::hex(0xb8_b8b4),
                0.35,
            );
        }
    }

    /// Puts the figures of the prompt into the foreground.
    fn figures(self, prompt: &str) -> Canvas {
        let mut scene = Scene::new(self.canvas, Brief::read(prompt));
        // The light is that of the picture: plain, unless the words made it dark.
        let dark = known(prompt)
            .iter()
            .any(|w| matches!(w, Word::Hour(Hour::Night | Hour::Dusk) | Word::Darker));
        scene.palette.dark = if dark { 0.5 } else { 0.08 };
        scene.palette.ambient = Rgb::WHITE;
        scene.palette.light = Rgb::hex(0xff_f6e2);
        scene.palette.shadow = Rgb::hex(0x1c_2438);
        let h = scene.canvas.height;
        cast::stand(&mut scene, |_| h * 0.9);
        scene.canvas
    }

    /// A duotone of the prompt's own, with a leak of light from a corner.
    fn grade(&mut self) {
        let [dark, bright, leak] = self
            .dice
            .pick([
                [0x1a_2a5a, 0xff_e8b8, 0xff_8a50],
                [0x2c_1048, 0xff_d8c4, 0xf0_5a9a],
                [0x0c_3a40, 0xf6_f0c8, 0xf2_b04a],
                [0x3a_1420, 0xff_e4c0, 0x50_a0e0],
            ])
            .map(Rgb::hex);
        let (w, h, unit) = (self.canvas.width, self.canvas.height, self.canvas.unit);
        let from = (
            w * self.dice.pick([0.0, 1.0]),
            h * self.dice.range(0.0, 0.4),
        );
        self.canvas.shade(0.0, h, |x, y, c| {
            let duo = dark.mix(bright, smoothstep(0.02, 0.95, c.luma()));
            let (dx, dy) = ((x - from.0) / unit, (y - from.1) / unit);
            let near = 1.0 / (1.0 + (dx * dx + dy * dy) * 5.0);
            c.mix(duo, 0.62).screen(leak, near * 0.6)
        });
    }
}

/// Moves greens, and only greens, towards `to`.
fn turn_green(c: Rgb, to: Rgb) -> Rgb {
    let green = (c.g - c.r.max(c.b)) * 5.0 + 0.25;
    c.mix(to.scale(0.25 + c.luma() * 1.25), green.clamp(0.0, 0.72))
}
