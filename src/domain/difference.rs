//! What came against what was asked: ratio, format, size and model, as notices of their own and as one line. Pure.

use super::{AspectRatio, Catalog, Clean, FileFormat, Generation, Picture, PixelSize, Request};

/// More than this off counts as another ratio.
const RATIO_TOLERANCE: f64 = 0.03;
/// More than this off, in the root of the area, counts as another size.
const SIZE_TOLERANCE: f64 = 0.15;

/// Where one picture is not what was asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Difference<'a> {
    request: &'a Request,
    format: FileFormat,
    /// px; `None` where it cannot be decoded, and nothing is known of ratio and size then.
    size: Option<PixelSize>,
    other_format: bool,
    other_ratio: bool,
    /// The known ratio that it has instead.
    nearest: Option<AspectRatio>,
    /// What stands for the size that was asked: in px, and as people say it (`2K`).
    other_size: Option<(PixelSize, String)>,
    /// The model that answered instead.
    model: Option<&'a Clean>,
}

impl<'a> Difference<'a> {
    /// Of a picture of this format and size (px) to the wish. `answered` is the model that the answer names.
    pub fn of(
        request: &'a Request,
        catalog: &Catalog,
        format: FileFormat,
        size: Option<PixelSize>,
        answered: Option<&'a Clean>,
    ) -> Self {
        let has = |ratio: AspectRatio, size: PixelSize| {
            ratio.deviation(size.width, size.height) <= RATIO_TOLERANCE
        };
        let other_size = size.and_then(|size| {
            let asked = catalog.pixels(&request.model, request.ratio)?;
            let root = |s: PixelSize| (f64::from(s.width) * f64::from(s.height)).sqrt();
            let off = (root(size) / root(asked) - 1.0).abs() > SIZE_TOLERANCE;
            let tier = catalog.tier(&request.model);
            let told = tier.map_or_else(|| format!("about {asked}"), |t| t.to_string());
            off.then_some((asked, told))
        });
        Self {
            request,
            format,
            size,
            other_format: format != FileFormat::from(request.format),
            other_ratio: size.is_some_and(|size| !has(request.ratio, size)),
            nearest: size.and_then(|size| {
                catalog
                    .nearest_ratio(size)
                    .filter(|ratio| has(*ratio, size))
            }),
            other_size,
            model: answered.filter(|model| model.as_str() != request.model),
        }
    }

    /// Of a picture to what its generation asked.
    pub fn in_record(generation: &'a Generation, picture: &Picture, catalog: &Catalog) -> Self {
        Self::of(
            &generation.request,
            catalog,
            picture.format,
            picture.size,
            generation.model_answered.as_ref(),
        )
    }

    /// Each difference by itself, as records and JSON keep it.
    pub fn notices(&self) -> Vec<Clean> {
        let request = self.request;
        let mut notices = Vec::new();
        let mut say = |text: String| notices.push(Clean::line(&text));
        if self.other_format {
            say(format!("asked {}, got {}", request.format, self.format));
        }
        if let Some(size) = self.size {
            if self.other_ratio {
                let got = self
                    .nearest
                    .map_or_else(|| size.to_string(), |ratio| format!("{ratio} ({size})"));
                say(format!("asked {}, got {got}", request.ratio));
            }
            if let Some((asked, _)) = self.other_size {
                say(format!("asked about {asked}, got {size}"));
            }
        }
        notices.extend(self.model_notice());
        notices
    }

    /// That another model answered.
    pub fn model_notice(&self) -> Option<Clean> {
        let answered = self.model?;
        let text = format!("asked {}, {answered} answered", self.request.model);
        Some(Clean::line(&text))
    }

    /// All of it in one line: `asked 16:9 png, got 1:1 jpeg 1024x1024; NanoBananaPro-8K answered`. `None` where the
    /// picture is what was asked.
    pub fn line(&self) -> Option<Clean> {
        let request = self.request;
        let (mut asked, mut got) = (Vec::new(), Vec::new());
        if let Some((_, told)) = &self.other_size {
            asked.push(told.clone());
        }
        if self.other_ratio {
            asked.push(request.ratio.to_string());
            got.extend(self.nearest.map(|ratio| ratio.to_string()));
        }
        if self.other_format {
            asked.push(request.format.to_string());
            got.push(self.format.to_string());
        }
        if asked.is_empty() {
            return self.model_notice();
        }
        got.extend(self.size.map(|size| size.to_string()));
        let answered = self
            .model
            .map(|model| format!("; {model} answered"))
            .unwrap_or_default();
        let (asked, got) = (asked.join(" "), got.join(" "));
        Some(Clean::line(&format!("asked {asked}, got {got}{answered}")))
    }
}

/// What the user should know of one picture: where it differs, in one line, then the generation's other notices.
/// Differences of this or another picture of the same answer are not said twice.
pub fn remarks(generation: &Generation, picture: &Picture, catalog: &Catalog) -> Vec<Clean> {
    let of = |picture| Difference::in_record(generation, picture, catalog);
    let said: Vec<Clean> = generation
        .pictures
        .iter()
        .flat_map(|picture| of(picture).notices())
        .collect();
    let others = generation.notices.iter().filter(|n| !said.contains(n));
    of(picture)
        .line()
        .into_iter()
        .chain(others.cloned())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{GenerationId, OutputFormat, PictureId, Prompt, Tier};

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

    /// The notices and the line.
    fn told(
        model: &str,
        format: FileFormat,
        size: Option<(u32, u32)>,
        answered: &str,
    ) -> (Vec<String>, String) {
        let (request, answered) = (request(model), Clean::line(answered));
        let size = size.map(|(w, h)| PixelSize::new(w, h));
        let answered = Some(&answered).filter(|a| !a.is_empty());
        let difference = Difference::of(&request, &catalog(), format, size, answered);
        let notices = difference.notices();
        let line = difference.line().map(|line| line.to_string());
        (
            notices.iter().map(ToString::to_string).collect(),
            line.unwrap_or_default(),
        )
    }

    #[test]
    fn what_was_asked_for_is_silence() {
        assert_eq!(Tier::of_name("X-2K"), Some(Tier::Two));
        let nothing = (Vec::new(), String::new());
        let png = FileFormat::Png;
        assert_eq!(told("X-2K", png, Some((2752, 1536)), ""), nothing);
        assert_eq!(told("X", png, Some((1344, 768)), "X"), nothing, "2.3 % off");
    }

    #[test]
    fn each_difference_is_a_notice_and_all_of_them_one_line() {
        let (png, jpeg) = (FileFormat::Png, FileFormat::Jpeg);
        let cases: [(_, &[&str], &str); 7] = [
            (
                told("X-2K", jpeg, Some((1024, 1024)), "X-8K"),
                &[
                    "asked png, got jpeg",
                    "asked 16:9, got 1:1 (1024x1024)",
                    "asked about 2752x1536, got 1024x1024",
                    "asked X-2K, X-8K answered",
                ],
                "asked 2K 16:9 png, got 1:1 jpeg 1024x1024; X-8K answered",
            ),
            (
                told("X-1K", jpeg, Some((1024, 1024)), ""),
                &["asked png, got jpeg", "asked 16:9, got 1:1 (1024x1024)"],
                "asked 16:9 png, got 1:1 jpeg 1024x1024",
            ),
            (
                told("X", png, Some((1000, 700)), ""),
                &[
                    "asked 16:9, got 1000x700",
                    "asked about 1376x768, got 1000x700",
                ],
                "asked about 1376x768 16:9, got 1000x700",
            ),
            (
                told("X-2K", png, Some((1376, 768)), ""),
                &["asked about 2752x1536, got 1376x768"],
                "asked 2K, got 1376x768",
            ),
            (
                told("X", jpeg, Some((1376, 768)), ""),
                &["asked png, got jpeg"],
                "asked png, got jpeg 1376x768",
            ),
            (
                told("X", FileFormat::Avif, None, ""),
                &["asked png, got avif"],
                "asked png, got avif",
            ),
            (
                told("X", png, Some((1376, 768)), "Y"),
                &["asked X, Y answered"],
                "asked X, Y answered",
            ),
        ];
        for ((notices, line), expected, whole) in cases {
            assert_eq!(notices, expected);
            assert_eq!(line, whole);
        }
    }

    #[test]
    fn a_picture_has_its_own_line_and_what_is_no_difference_follows() {
        let id = GenerationId::from_number(1);
        let mut generation = Generation::new(id, id, 0, request("X"), false);
        let picture = |n, format, size: (u32, u32)| Picture {
            id: PictureId { generation: id, n },
            path: "/x".into(),
            format,
            size: Some(PixelSize::new(size.0, size.1)),
            bytes: 1,
            sha256: String::new(),
            url: None,
            selected: false,
            converted: Vec::new(),
        };
        generation.pictures = vec![
            picture(1, FileFormat::Jpeg, (1376, 768)),
            picture(2, FileFormat::Png, (1024, 1024)),
        ];
        generation.model_answered = Some(Clean::line("Y"));
        let said = [
            "asked X, Y answered",
            "asked png, got jpeg",
            "asked 16:9, got 1:1 (1024x1024)",
            "the answer broke off",
        ];
        generation.notices = said.map(Clean::line).to_vec();
        let of = |n: usize| {
            let all = remarks(&generation, &generation.pictures[n], &catalog());
            all.iter().map(ToString::to_string).collect::<Vec<_>>()
        };
        let rest = "the answer broke off";
        assert_eq!(of(0), ["asked png, got jpeg 1376x768; Y answered", rest]);
        assert_eq!(of(1), ["asked 16:9, got 1:1 1024x1024; Y answered", rest]);
    }
}
