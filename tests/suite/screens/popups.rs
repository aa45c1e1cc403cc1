//! What lies over the panes: help, lists, details, questions, notices.

use plantain::domain::{Failure, FailureKind};
use plantain::studio::Event;

use super::desk::{Desk, done};

fn desk(columns: u16, rows: u16) -> Desk {
    let all = (1..9)
        .map(|n| done(n, &format!("a red fox, number {n}"), 1))
        .collect();
    let mut desk = Desk::with(columns, rows, all);
    desk.keys("Alt+3 Home");
    desk
}

/// One snapshot for each size.
fn at_each_size(name: &str, keys: &str) {
    for (columns, rows) in [(120, 40), (80, 24), (40, 12)] {
        let mut desk = desk(columns, rows);
        desk.keys(keys);
        insta::assert_snapshot!(format!("{name}-{columns}x{rows}"), desk.screen());
    }
}

#[test]
fn the_palette_lists_all_commands() {
    at_each_size("palette", "Ctrl+P c o p y");
}

#[test]
fn the_help_lists_all_keys() {
    at_each_size("help", "F1 j j");
}

#[test]
fn a_model_is_picked() {
    at_each_size("model-picker", "F2");
}

#[test]
fn a_reference_is_attached() {
    let mut desk = desk(80, 24);
    desk.keys("Alt+1 @");
    insta::assert_snapshot!(desk.screen());
}

#[test]
fn the_details_tell_all() {
    at_each_size("details", "I");
}

#[test]
fn quitting_asks_while_work_is_in_flight() {
    for (columns, rows) in [(120, 40), (80, 24), (40, 12)] {
        let mut desk = desk(columns, rows);
        desk.keys("Alt+1");
        desk.types("a cat");
        desk.generate();
        desk.keys("Ctrl+Q");
        insta::assert_snapshot!(format!("quit-{columns}x{rows}"), desk.screen());
    }
}

#[test]
fn notices_stand_over_the_panes() {
    let mut desk = desk(80, 24);
    let failure = Failure::new(
        FailureKind::Library,
        "the library cannot be written: permission denied",
    )
    .hint("choose another folder with --library");
    desk.event(Event::Warned(failure));
    insta::assert_snapshot!(desk.screen());
}

#[test]
fn an_unfinished_sequence_is_shown() {
    let mut desk = desk(80, 24);
    desk.keys("y");
    insta::assert_snapshot!(desk.screen());
}
