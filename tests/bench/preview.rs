//! What pictures cost over a line, and what typing costs meanwhile, side by side with other programs. Run by
//! `cargo bench --bench preview`, or parts of it by `cargo bench --bench preview -- encoders peers decode echo`; all of it
//! takes a quarter of an hour. It prints tables and judges nothing.
//!
//! * `encoders`: bytes, time and what is left of the picture, in 100x38 cells of 10x20 px; `peers` adds the programs of
//!   others to the table, and shows how long they take over a line of 60 KB/s and 100 ms.
//! * `decode`: a large PNG from the disk to the first byte of its glance, beside its bare decoding.
//! * `echo`: the release binary over that line: from a pressed key to its echo while pictures travel.
//!
//! Photographs are taken from `PLANTAIN_PHOTOS` or `~/.cache/termlab/photos`; without them the bench paints some.
//! viu, chafa, timg and kitten are found on PATH and in the lab (`PLANTAIN_LAB`, `~/.cache/termlab`);
//! `PLANTAIN_RATATUI_IMAGE` names a program that takes FILE COLUMNS ROWS PROTOCOL and draws it once with ratatui-image,
//! `PLANTAIN_BASELINE` another build of plantain for `echo`.

#![allow(
    clippy::print_stdout,
    clippy::unwrap_used,
    clippy::panic,
    clippy::expect_used,
    reason = "a bench prints, and ends where something is not as it should be"
)]

#[path = "preview/clock.rs"]
mod clock;
#[path = "preview/decode.rs"]
mod decode;
#[path = "preview/echo.rs"]
mod echo;
#[path = "preview/line.rs"]
mod line;
#[path = "preview/ours.rs"]
mod ours;
#[path = "preview/peers.rs"]
mod peers;
#[path = "preview/photos.rs"]
mod photos;
#[path = "preview/quality.rs"]
mod quality;
#[path = "../suite/graphics/screen.rs"]
mod screen;
#[path = "preview/table.rs"]
mod table;

use ratatui::layout::Rect;

/// The cells that a picture may take.
const ROOM: Rect = Rect::new(0, 0, 100, 38);
/// The terminal's columns and rows.
const WINDOW: (u16, u16) = (120, 40);
/// px of a cell.
const CELL: (u32, u32) = (10, 20);

fn main() {
    let parts: Vec<String> = std::env::args()
        .skip(1)
        .filter(|argument| !argument.starts_with('-'))
        .collect();
    let wants = |part: &str| parts.is_empty() || parts.iter().any(|wanted| wanted == part);
    // What the model terminal minds is told in the table.
    std::panic::set_hook(Box::new(|_| {}));
    let photos = photos::Photos::load();
    println!("{}\n", photos.told());
    if wants("encoders") || wants("peers") {
        table::head();
        for size in photos::SIZES {
            let set = photos.at(size);
            if wants("encoders") {
                ours::table(size, &set);
            }
            if wants("peers") {
                peers::table(size, &set);
            }
        }
        println!();
    }
    if wants("decode") {
        decode::table(&photos);
    }
    if wants("echo") {
        echo::table(&photos);
    }
    if wants("peers") {
        peers::over_the_line(&photos);
    }
}
