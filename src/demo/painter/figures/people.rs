//! A wanderer, an astronaut and a robot, standing.

use crate::demo::painter::figure::{Part, Tone, fill, line, lines, twins};

/// Seen from behind, looking into the distance; the scarf flies.
pub const WANDERER: &[Part] = &[
    line(Tone::Dark, 1.6, "72,36 74,66 76,101"),
    fill(Tone::Dark, "40,70 50,72 49,86 48,97 49,100! 38,100! 39,86"),
    fill(Tone::Dark, "51,72 61,70 61,86 61,97 63,100! 52,100! 52,88"),
    fill(
        Tone::Coat,
        "43,17 57,17 64,22 68,36 69,54 67,76! 58,78 42,78 33,76! 32,54 33,36 36,22",
    ),
    fill(Tone::Shade, "64,24 69,32 75,42 74,46 69,44 64,38"),
    line(Tone::Shade, 1.0, "50,52 50,66 51,77"),
    fill(Tone::Shade, "38,26 50,24 62,26 63,46 58,52 42,52 37,46"),
    line(Tone::Dark, 1.4, "39,34 50,36 61,34"),
    fill(Tone::Accent, "42,15 50,18 58,15 59,20 50,23 41,20"),
    fill(
        Tone::Accent,
        "42,17 30,18 20,26 8,24! 14,31 10,36! 24,33 34,26 43,22",
    ),
    fill(Tone::Light, "44,8 50,4 56,8 56,15 50,18 44,15"),
    fill(Tone::Dark, "43,12 43,4 50,0 57,4 57,12 53,14 47,14"),
];

/// Faces the viewer; the visor holds the sky.
pub const ASTRONAUT: &[Part] = &[
    fill(Tone::Shade, "32,26 68,26 71,58 66,64 34,64 29,58"),
    twins(
        Tone::Coat,
        "36,30 28,36 23,48 21,60 24,67 31,66 33,56 38,46",
    ),
    twins(
        Tone::Coat,
        "38,60 49,62 48,78 47,92 47,100! 33,100! 34,92 36,78",
    ),
    twins(Tone::Shade, "34,89 47,89 47,100! 33,100!"),
    fill(
        Tone::Coat,
        "38,28 62,28 66,40 64,58 60,66 40,66 36,58 34,40",
    ),
    fill(Tone::Shade, "42,40 58,40 58,52 42,52"),
    fill(Tone::Accent, "44,43 48,43 48,46 44,46"),
    fill(Tone::Eye, "51,43 56,43 56,45 51,45"),
    fill(
        Tone::Coat,
        "50,-2 62,1 69,10 68,21 61,29 50,32 39,29 32,21 31,10 38,1",
    ),
    fill(
        Tone::Dark,
        "50,4 60,6 64,13 62,21 56,25 50,26 44,25 38,21 36,13 40,6",
    ),
    fill(Tone::Accent, "41,17 39,11 43,7 48,6 44,10"),
    line(Tone::Accent, 2.0, "38,74 43,75.4 48,74.6"),
    line(Tone::Accent, 2.0, "52,74.6 57,75.4 62,74"),
    line(Tone::Accent, 2.0, "24,54 28,56 32.6,55"),
];

/// Round head, lamp eyes.
pub const ROBOT: &[Part] = &[
    line(Tone::Dark, 1.4, "50,4 50,-4 52,-10"),
    fill(Tone::Accent, "50,-13 53,-11 54,-8 51,-7 49,-10"),
    lines(Tone::Dark, 4.0, "34,40 25,48 24,62"),
    twins(Tone::Shade, "20,60 28,60 29,68 26,71! 24,67! 22,71! 19,68"),
    lines(Tone::Dark, 5.0, "42,70 41,84 40,94"),
    twins(Tone::Coat, "34,100! 34,94 39,90 46,93 47,100!"),
    fill(
        Tone::Coat,
        "34,34 50,32 66,34 69,40 67,66 62,72 38,72 33,66 31,40",
    ),
    fill(Tone::Shade, "39,42 61,42 60,58 40,58"),
    fill(Tone::Accent, "43,46! 51,46! 51,49! 43,49!"),
    fill(Tone::Light, "43,52! 57,52! 57,54! 43,54!"),
    fill(Tone::Dark, "45,28 55,28 56,35 44,35"),
    fill(
        Tone::Coat,
        "32,8 38,4 62,4 68,8 70,18 67,26 60,30 40,30 33,26 30,18",
    ),
    fill(Tone::Dark, "36,11 42,9 58,9 64,11 65,18 62,23 38,23 35,18"),
    twins(
        Tone::Eye,
        "39,16 41.4,13 44.6,13 46.6,16 44.6,19.4 41.4,19.4",
    ),
    twins(Tone::Shade, "30,14 26,13 25,21 30,22"),
];
