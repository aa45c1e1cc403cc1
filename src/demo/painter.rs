//! The painter of the embedded endpoint: a landscape, a skyline or a portrait from the words of a prompt and its hash.
//!
//! Pure: the same prompt and size give the same pixels. It reads no clock, no file and no network, and knows nothing of
//! HTTP. A picture goes from a prompt through [`words`] to a brief, through [`palette`] to colours, through a composition
//! ([`places`], [`city`], [`space`], [`underwater`], [`studio`], [`ribbons`]) onto the [`canvas`], and last through
//! [`weather`] and [`finish`].

mod brief;
mod buildings;
mod canvas;
mod cast;
mod city;
mod clouds;
mod color;
mod craft;
mod edit;
mod figure;
mod figures;
mod finish;
mod meadow;
mod noise;
mod palette;
mod places;
mod random;
mod ribbons;
mod scene;
mod shape;
mod sky;
mod space;
mod studio;
mod table;
mod terrain;
mod trees;
mod underwater;
mod vocabulary;
mod water;
mod weather;
mod words;

use image::RgbImage;
use image::imageops::{self, FilterType};

use crate::domain::PixelSize;

use brief::Brief;
use canvas::Canvas;
use scene::Scene;
use words::Place;

/// Paints what a prompt asks for, in exactly `size` px.
///
/// Words that are known choose the scene (hour, weather, season, place, animals, buildings, colours); what they leave
/// open, the prompt's hash chooses.
pub fn paint(prompt: &str, size: PixelSize) -> RgbImage {
    let Some(canvas) = Canvas::new(size.width, size.height) else {
        return RgbImage::new(size.width, size.height);
    };
    let mut scene = Scene::new(canvas, Brief::read(prompt));
    match scene.brief.place {
        Place::Mountains => places::mountains(&mut scene),
        Place::Forest => places::forest(&mut scene),
        Place::Lake => places::lake(&mut scene),
        Place::Sea => places::sea(&mut scene),
        Place::Desert => places::desert(&mut scene),
        Place::Meadow => places::hills(&mut scene),
        Place::City => city::paint(&mut scene),
        Place::Space => space::paint(&mut scene),
        Place::Underwater => underwater::paint(&mut scene),
        Place::Studio => studio::paint(&mut scene),
        Place::Abstract => ribbons::paint(&mut scene),
    }
    weather::paint(&mut scene);
    finish::paint(&mut scene.canvas, scene.brief.finish);
    image(scene.canvas, size)
}

/// Edits `reference` as a prompt asks: cut to the ratio of `size` around its middle, scaled to it, then changed.
///
/// A prompt with no known word still changes the picture visibly.
pub fn edit(prompt: &str, reference: &RgbImage, size: PixelSize) -> RgbImage {
    let Some(mut canvas) = Canvas::new(size.width, size.height) else {
        return RgbImage::new(size.width, size.height);
    };
    if reference.width() == 0 || reference.height() == 0 {
        return paint(prompt, size);
    }
    canvas.cover(&fit(reference, size));
    image(edit::apply(canvas, prompt), size)
}

/// The largest middle part of `reference` that has the ratio of `size`, scaled to it.
fn fit(reference: &RgbImage, size: PixelSize) -> RgbImage {
    let (w, h) = (f64::from(reference.width()), f64::from(reference.height()));
    let ratio = f64::from(size.width) / f64::from(size.height);
    let (cut_w, cut_h) = if w / h > ratio {
        (h * ratio, h)
    } else {
        (w, w / ratio)
    };
    let cut_w = (cut_w.round() as u32).clamp(1, reference.width());
    let cut_h = (cut_h.round() as u32).clamp(1, reference.height());
    let part = imageops::crop_imm(
        reference,
        (reference.width() - cut_w) / 2,
        (reference.height() - cut_h) / 2,
        cut_w,
        cut_h,
    );
    imageops::resize(&*part, size.width, size.height, FilterType::Triangle)
}

fn image(canvas: Canvas, size: PixelSize) -> RgbImage {
    RgbImage::from_raw(size.width, size.height, canvas.into_rgb())
        .unwrap_or_else(|| RgbImage::new(size.width, size.height))
}

#[cfg(test)]
mod tests {
    use super::*;

    const SMALL: PixelSize = PixelSize::new(176, 99);

    /// The ten ratios of the endpoint's document.
    const RATIOS: [(u32, u32); 10] = [
        (1, 1),
        (2, 3),
        (3, 2),
        (3, 4),
        (4, 3),
        (4, 5),
        (5, 4),
        (9, 16),
        (16, 9),
        (21, 9),
    ];

    /// One prompt for each composition, and for everything that can stand in one.
    const PROMPTS: [&str; 22] = [
        "a red fox in the snow, dawn light",
        "three cats and a dog",
        "a lighthouse at night in a storm",
        "a clown",
        "city skyline at dusk, neon",
        "portrait of an old sailor",
        "a castle by a lake in autumn, sepia",
        "two elephants and a lion",
        "desert with pyramids, balloons",
        "a whale, a fish and coral",
        "an astronaut and a rocket in space",
        "a robot and an owl in the rain, city",
        "misty forest with a deer and wolves",
        "torii gate, cherry blossom, rainbow",
        "palm beach with a sailboat, penguins",
        "a windmill in a field of flowers",
        "aurora over the mountains, a bear",
        "a horse, a rabbit and birds in a meadow",
        "a cup of coffee",
        "a banana",
        "a bouquet, black and white",
        "abstract waves with a panda and a swan",
    ];

    fn mean(image: &RgbImage) -> f64 {
        let sum: u64 = image.as_raw().iter().map(|v| u64::from(*v)).sum();
        sum as f64 / image.as_raw().len() as f64
    }

    /// The mean distance of two pictures of one size, channel by channel.
    fn distance(a: &RgbImage, b: &RgbImage) -> f64 {
        let sum: u64 = a
            .as_raw()
            .iter()
            .zip(b.as_raw())
            .map(|(a, b)| u64::from(a.abs_diff(*b)))
            .sum();
        sum as f64 / a.as_raw().len() as f64
    }

    #[test]
    fn the_same_prompt_and_size_give_the_same_pixels() {
        for prompt in PROMPTS {
            assert!(
                paint(prompt, SMALL) == paint(prompt, SMALL),
                "{prompt}: two paintings differ"
            );
        }
    }

    #[test]
    fn different_prompts_give_different_pictures() {
        let pictures: Vec<RgbImage> = PROMPTS.iter().map(|p| paint(p, SMALL)).collect();
        for (i, a) in pictures.iter().enumerate() {
            for (j, b) in pictures.iter().enumerate().skip(i + 1) {
                let apart = distance(a, b);
                assert!(apart > 6.0, "{} and {}: {apart}", PROMPTS[i], PROMPTS[j]);
            }
        }
        let unknown = distance(&paint("zxcv", SMALL), &paint("qwop", SMALL));
        assert!(unknown > 3.0, "unknown words: {unknown}");
    }

    #[test]
    fn a_picture_is_never_flat() {
        for prompt in PROMPTS {
            let image = paint(prompt, SMALL);
            let middle = mean(&image);
            let spread = image
                .as_raw()
                .iter()
                .map(|v| (f64::from(*v) - middle).abs())
                .sum::<f64>()
                / image.as_raw().len() as f64;
            assert!(spread > 10.0, "{prompt}: {spread}");
        }
    }

    #[test]
    fn the_end_of_a_long_prompt_still_makes_a_difference() {
        let long = "lorem ipsum ".repeat(9_000);
        let other = format!("{long}!");
        assert!(paint(&long, SMALL) != paint(&other, SMALL));
    }

    #[test]
    fn every_ratio_gives_exactly_its_size() {
        for (w, h) in RATIOS {
            for prompt in [
                "a fox in the forest",
                "a lighthouse",
                "a king",
                "city at night",
            ] {
                let size = PixelSize::new(w * 11, h * 11);
                assert_eq!(paint(prompt, size).dimensions(), (size.width, size.height));
            }
        }
    }

    #[test]
    fn tiny_sizes_are_painted_too() {
        for prompt in PROMPTS {
            for (w, h) in [(1, 1), (16, 16), (1, 40), (40, 1), (3, 2)] {
                let size = PixelSize::new(w, h);
                let image = paint(prompt, size);
                assert_eq!(image.dimensions(), (w, h), "{prompt}");
                assert_eq!(edit(prompt, &image, size).dimensions(), (w, h), "{prompt}");
            }
        }
        assert_eq!(paint("nothing", PixelSize::new(0, 9)).dimensions(), (0, 9));
    }

    #[test]
    fn the_composition_is_the_same_at_every_size() {
        for prompt in ["a cat at sunset", "mountain lake", "city at night"] {
            let small = paint(prompt, SMALL);
            let large = paint(prompt, PixelSize::new(352, 198));
            let shrunk = imageops::resize(&large, 176, 99, FilterType::Triangle);
            let apart = distance(&small, &shrunk);
            assert!(apart < 14.0, "{prompt}: {apart}");
        }
    }

    #[test]
    fn edits_do_what_their_words_say() {
        let day = paint("a meadow at noon", SMALL);
        let before = mean(&day);
        assert!(mean(&edit("make it night", &day, SMALL)) < before * 0.7);
        assert!(mean(&edit("let it snow", &day, SMALL)) > before * 1.04);
        let grey = edit("monochrome please", &day, SMALL);
        assert!(
            grey.pixels()
                .all(|p| p.0[0].abs_diff(p.0[1]) < 12 && p.0[1].abs_diff(p.0[2]) < 12)
        );
        let red = edit("make everything red", &day, SMALL);
        let sum = |channel: usize| red.pixels().map(|p| u64::from(p.0[channel])).sum::<u64>();
        assert!(sum(0) > sum(1) && sum(0) > sum(2));
    }

    #[test]
    fn every_edit_is_visible_and_keeps_the_picture() {
        let base = paint("a castle by a lake", SMALL);
        let other = paint("a banana", SMALL);
        for prompt in [
            "qwerty",
            "fog",
            "autumn",
            "rain",
            "sunset",
            "add a cat",
            "sepia",
            "spring",
        ] {
            let edited = edit(prompt, &base, SMALL);
            // A figure changes a part of the picture, everything else the whole.
            let least = if prompt == "add a cat" { 2.5 } else { 6.0 };
            assert!(distance(&edited, &base) > least, "{prompt}: not visible");
            let foreign = edit(prompt, &other, SMALL);
            assert!(
                distance(&edited, &foreign) > 6.0,
                "{prompt}: the picture is lost"
            );
        }
    }

    #[test]
    fn an_edit_cuts_around_the_middle() {
        // Black at the sides, white in the middle: a square cut of a wide picture sees white only.
        let wide = RgbImage::from_fn(90, 30, |x, _| {
            image::Rgb([if (30..60).contains(&x) { 255 } else { 0 }; 3])
        });
        let cut = fit(&wide, PixelSize::new(50, 50));
        assert!(cut.as_raw().iter().all(|v| *v == 255));
        let tall = fit(&wide, PixelSize::new(90, 30));
        assert_eq!(tall.as_raw(), wide.as_raw());
    }
}
