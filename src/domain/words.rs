//! Words that the studio and the command line share: how a generation stands, and amounts of bytes. Decides nothing.

use super::{FailureKind, Generation, State, StatusJson};

/// Where a generation stands, and what it may have cost where it brought nothing: `cancelled, may be billed`.
pub fn stand(generation: &Generation) -> String {
    match (generation.state, StatusJson::of(generation)) {
        (State::Cancelled, _) => cancelled(generation),
        (_, StatusJson::Unknown) => "unknown: may have been billed".to_owned(),
        (_, status) => status.as_str().to_owned(),
    }
}

/// What it may have cost that one was cancelled.
pub fn cancelled(generation: &Generation) -> String {
    match &generation.failure {
        Some(failure) if failure.maybe_billed => "cancelled, may be billed".to_owned(),
        Some(failure) if failure.kind == FailureKind::Cancelled => failure.message.to_string(),
        _ => "cancelled, nothing was sent".to_owned(),
    }
}

/// `812 B`, `40 kB`, `6.1 MB`, `2.5 GB`: units of 1000.
pub fn bytes(n: u64) -> String {
    match n {
        0..1_000 => format!("{n} B"),
        1_000..1_000_000 => format!("{} kB", n / 1_000),
        1_000_000..1_000_000_000 => format!("{:.1} MB", n as f64 / 1e6),
        _ => format!("{:.1} GB", n as f64 / 1e9),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_are_told_in_one_spelling() {
        for (n, told) in [
            (812, "812 B"),
            (40_500, "40 kB"),
            (6_100_000, "6.1 MB"),
            (2_500_000_000, "2.5 GB"),
        ] {
            assert_eq!(bytes(n), told);
        }
    }
}
