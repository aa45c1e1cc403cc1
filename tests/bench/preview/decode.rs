//! A large picture from the disk to the first byte of its glance, beside its bare decoding.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::atomic::AtomicBool;

use plantain::domain::PixelSize;
use plantain::graphics::{Bitmap, Damage, EncodeJob};
use plantain::picture::{self, Limits};
use plantain::runtime;

use crate::clock::Clock;
use crate::ours::{self, Case};
use crate::photos::{Photos, SIZES, files};
use crate::table;

const TIMES: usize = 9;

pub fn table(photos: &Photos) {
    println!(
        "from the disk to the first byte of a picture, {TIMES} times each in turns\n{:<44}{:>22}{:>22}{:>8}{:>10}",
        "", "bare decode ms", "first byte ms", "ratio", "of CPU"
    );
    let lab = crate::peers::cache().map(|cache| cache.join("photos/big.png"));
    let painted;
    let png = match lab.filter(|file| file.is_file()) {
        Some(file) => file,
        None => {
            painted = files(&photos.at(SIZES[2])[..1]);
            painted.1[0].clone()
        }
    };
    let jpeg = png.with_extension("jpg");
    let all: Vec<PathBuf> = [png, jpeg]
        .into_iter()
        .filter(|file| file.is_file())
        .collect();
    for file in all {
        for case in ours::cases() {
            if ["kitty", "sixel", "iTerm2"].contains(&case.name) && case.is_slow() {
                row(&file, &case);
            }
        }
    }
    println!();
}

fn row(file: &Path, case: &Case) {
    // Time that passed, and time on a core.
    let mut bare: [Vec<f64>; 2] = Default::default();
    let mut first: [Vec<f64>; 2] = Default::default();
    for _ in 0..TIMES {
        let took = [
            (&mut bare, decoded(file)),
            (&mut first, first_byte(file, case)),
        ];
        for (all, clock) in took {
            for (values, ms) in all.iter_mut().zip(clock) {
                values.push(ms);
            }
        }
    }
    for values in bare.iter_mut().chain(&mut first) {
        values.sort_by(f64::total_cmp);
    }
    let ratio = |n: usize| first[n][TIMES / 2] / bare[n][TIMES / 2];
    let name = file.file_name().unwrap_or_default().to_string_lossy();
    let name = format!("{name}, {}", case.told());
    println!(
        "{name:<44}{:>22}{:>22}{:>8.2}{:>10.2}",
        table::spread(&bare[0], 0),
        table::spread(&first[0], 0),
        ratio(0),
        ratio(1)
    );
}

fn ms(clock: &Clock) -> [f64; 2] {
    [clock.passed(), clock.worked()].map(|took| took.as_secs_f64() * 1e3)
}

/// Reading and decoding to pixels, and nothing else.
fn decoded(file: &Path) -> [f64; 2] {
    let clock = Clock::start();
    let pixels = picture::decode(&fs::read(file).unwrap(), Limits::default()).unwrap();
    let took = ms(&clock);
    drop(pixels);
    took
}

/// As the studio does it, which decodes no more than its largest job needs.
fn first_byte(file: &Path, case: &Case) -> [f64; 2] {
    let clock = Clock::start();
    let mut stage = ours::stage(case);
    let placement = ours::placement(ours::area(runtime::measure(file).unwrap()));
    stage.want(&[placement], &Damage::None);
    let jobs = stage.jobs();
    let least = jobs.iter().map(EncodeJob::px).fold(jobs[0].px(), |a, b| {
        PixelSize::new(a.width.max(b.width), a.height.max(b.height))
    });
    let pixels = runtime::decode_for(file, least, &AtomicBool::new(false)).unwrap();
    let fitted = picture::fit(&pixels, jobs[0].px());
    let bitmap = Bitmap::new(fitted.size(), fitted.rgba()).unwrap();
    stage.ready(jobs[0].key(), jobs[0].run(&bitmap).unwrap());
    let slice = stage.slice(ours::SLICE, None);
    let took = ms(&clock);
    assert!(slice.is_some());
    took
}
