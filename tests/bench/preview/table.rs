//! Rows of figures: medians, with the least and the most where they say something.

use std::time::Duration;

use crate::quality::Quality;

/// What one picture cost, and what came of it.
#[derive(Debug, Clone)]
pub struct Figures {
    pub bytes: usize,
    pub encode: Duration,
    pub quality: Quality,
    /// Bytes of the glance before it, the time to have it from the decoded picture, and how good it is.
    pub glance: Option<(usize, Duration, f64)>,
}

impl Figures {
    /// For a picture that the model terminal cannot draw.
    pub fn unseen(bytes: usize, encode: Duration) -> Self {
        Self {
            bytes,
            encode,
            quality: Quality {
                psnr: f64::NAN,
                ss2: None,
            },
            glance: None,
        }
    }
}

pub fn head() {
    println!(
        "CPU ms: one core's, from the fitted pixels (of a glance, from the decoded ones) to the first slice; of other \
         programs, all ms until the last byte"
    );
    println!(
        "{:<12}{:<46}{:>22}{:>20}{:>8}{:>9}{:>24}{:>9}{:>9}",
        "picture", "", "KB", "dB", "ss2", "CPU ms", "glance KB", "dB", "CPU ms"
    );
}

pub fn row((width, height): (u32, u32), name: &str, figures: &[Figures]) {
    if figures.is_empty() {
        return;
    }
    let column = |pick: &dyn Fn(&Figures) -> Option<f64>| -> Vec<f64> {
        let values = figures.iter().filter_map(pick);
        let mut values: Vec<f64> = values.filter(|value| !value.is_nan()).collect();
        values.sort_by(f64::total_cmp);
        values
    };
    let kb = column(&|f| Some(f.bytes as f64 / 1e3));
    let db = column(&|f| Some(f.quality.psnr));
    let ss2 = column(&|f| f.quality.ss2);
    let ms = column(&|f| Some(f.encode.as_secs_f64() * 1e3));
    let glance_kb = column(&|f| Some(f.glance?.0 as f64 / 1e3));
    let glance_ms = column(&|f| Some(f.glance?.1.as_secs_f64() * 1e3));
    let glance_db = column(&|f| Some(f.glance?.2));
    println!(
        "{:<12}{name:<46}{:>22}{:>20}{:>8}{:>9}{:>24}{:>9}{:>9}",
        format!("{width}x{height}"),
        spread(&kb, 1),
        spread(&db, 1),
        middle(&ss2, 0),
        middle(&ms, 0),
        spread(&glance_kb, 1),
        middle(&glance_db, 1),
        middle(&glance_ms, 0),
    );
}

/// A row that cannot be.
pub fn missing((width, height): (u32, u32), name: &str, why: &str) {
    println!("{:<12}{name:<46}{why}", format!("{width}x{height}"));
}

/// The median of sorted values.
pub fn middle(sorted: &[f64], digits: usize) -> String {
    let Some(middle) = sorted.get(sorted.len().saturating_sub(1) / 2) else {
        return String::new();
    };
    format!("{middle:.digits$}")
}

pub fn spread(sorted: &[f64], digits: usize) -> String {
    let (Some(least), Some(most)) = (sorted.first(), sorted.last()) else {
        return String::new();
    };
    let middle = middle(sorted, digits);
    format!("{middle} [{least:.digits$}-{most:.digits$}]")
}

/// Of 100 sorted values so many are not larger.
pub fn percentile(sorted: &[f64], hundredths: usize) -> f64 {
    let last = sorted.len().saturating_sub(1);
    sorted
        .get((last * hundredths).div_ceil(100))
        .copied()
        .unwrap_or(f64::NAN)
}
