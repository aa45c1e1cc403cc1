//! What came against what was asked, told in one line each. Pure.

use std::path::Path;

use crate::domain::{Catalog, Clean, FileFormat, PixelSize, Request};
use crate::picture::PictureError;

/// More than this off counts as another ratio.
const RATIO_TOLERANCE: f64 = 0.03;
/// More than this off, in the root of the area, counts as another size.
const SIZE_TOLERANCE: f64 = 0.15;

/// Differences between the wish and one picture.
pub fn picture(
    request: &Request,
    catalog: &Catalog,
    format: FileFormat,
    size: Option<PixelSize>,
) -> Vec<Clean> {
    let mut notices = Vec::new();
    let mut say = |text: String| notices.push(Clean::line(&text));
    if format != FileFormat::from(request.format) {
        say(format!("asked {}, got {format}", request.format));
    }
    let Some(size) = size else {
        return notices;
    };
    if request.ratio.deviation(size.width, size.height) > RATIO_TOLERANCE {
        let got = catalog
            .nearest_ratio(size)
            .filter(|r| r.deviation(size.width, size.height) <= RATIO_TOLERANCE)
            .map_or_else(|| size.to_string(), |r| format!("{r} ({size})"));
        say(format!("asked {}, got {got}", request.ratio));
    }
    if let Some(asked) = catalog.pixels(&request.model, request.ratio) {
        let root = |s: PixelSize| (f64::from(s.width) * f64::from(s.height)).sqrt();
        if (root(size) / root(asked) - 1.0).abs() > SIZE_TOLERANCE {
            say(format!("asked about {asked}, got {size}"));
        }
    }
    notices
}

/// What is said of a picture that was paid for and cannot be opened: its file's name, and why.
pub fn kept(path: &Path, error: PictureError) -> Clean {
    let name = path.file_name().unwrap_or_default().display();
    Clean::line(&format!("{name} is kept as it came: {error}"))
}

/// A difference between the model asked and the one that the answer names.
pub fn model(request: &Request, answered: Option<&Clean>) -> Option<Clean> {
    let answered = answered?;
    (answered.as_str() != request.model)
        .then(|| Clean::line(&format!("asked {}, {answered} answered", request.model)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{AspectRatio, OutputFormat, Prompt, Tier};

    fn request(model: &str) -> Request {
        Request {
            model: model.to_owned(),
            ratio: AspectRatio::new(16, 9).unwrap(),
            format: OutputFormat::Png,
            prompt: Prompt::new("a cat").unwrap(),
            references: Vec::new(),
            parent: None,
        }
    }

    fn catalog() -> Catalog {
        let sizes = [(16, 9, 1376, 768), (1, 1, 1024, 1024)];
        Catalog {
            ratios: sizes
                .map(|(w, h, x, y)| (AspectRatio::new(w, h).unwrap(), PixelSize::new(x, y)))
                .to_vec(),
            ..Catalog::default()
        }
    }

    fn told(model: &str, format: FileFormat, size: Option<(u32, u32)>) -> Vec<String> {
        let size = size.map(|(w, h)| PixelSize::new(w, h));
        picture(&request(model), &catalog(), format, size)
            .iter()
            .map(ToString::to_string)
            .collect()
    }

    #[test]
    fn what_was_asked_for_is_silence() {
        assert_eq!(Tier::of_name("X-2K"), Some(Tier::Two));
        assert!(told("X-2K", FileFormat::Png, Some((2752, 1536))).is_empty());
        assert!(
            told("X", FileFormat::Png, Some((1344, 768))).is_empty(),
            "2.3 % off"
        );
    }

    #[test]
    fn each_difference_is_one_line() {
        assert_eq!(
            told("X-2K", FileFormat::Jpeg, Some((1024, 1024))),
            [
                "asked png, got jpeg",
                "asked 16:9, got 1:1 (1024x1024)",
                "asked about 2752x1536, got 1024x1024"
            ]
        );
        assert_eq!(
            told("X", FileFormat::Png, Some((1000, 700))),
            [
                "asked 16:9, got 1000x700",
                "asked about 1376x768, got 1000x700"
            ]
        );
        assert_eq!(told("X", FileFormat::Avif, None), ["asked png, got avif"]);
    }

    #[test]
    fn another_model_is_named_and_silence_is_none() {
        let request = request("A");
        assert_eq!(model(&request, None), None);
        assert_eq!(model(&request, Some(&Clean::line("A"))), None);
        assert_eq!(
            model(&request, Some(&Clean::line("B"))).unwrap().as_str(),
            "asked A, B answered"
        );
    }
}
