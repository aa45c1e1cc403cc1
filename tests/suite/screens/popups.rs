//! What lies over the panes: help, lists, details, questions, notices.

use plantain::domain::{Failure, FailureKind};
use plantain::studio::Event;
use plantain::view::{Theme, draw};
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use unicode_width::UnicodeWidthStr;

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
fn no_notice_stands_over_the_prompt() {
    for (columns, rows) in [(120, 40), (80, 24)] {
        let mut desk = desk(columns, rows);
        desk.keys("Alt+1");
        desk.types(&"a long prompt ".repeat(40));
        let (before, scene) = desk.draw(&Theme::default());
        let failure = Failure::new(FailureKind::Gateway, "the gateway failed ".repeat(12));
        desk.event(Event::Warned(failure.hint("try another model ".repeat(12))));
        let (after, now) = desk.draw(&Theme::default());
        assert!(desk.screen().contains("try another model"));
        for at in desk.state.layout().prompt.positions() {
            assert_eq!(before[at], after[at], "{columns}x{rows}, {at}");
        }
        assert_eq!(scene.cursor, now.cursor);
    }
}

#[test]
fn the_details_scroll_to_their_last_line_and_no_further() {
    let gap = " ".repeat(200);
    let prompt = format!("wide {gap} gaps {gap} and aratherlongwordthatdoesnotfit ").repeat(20);
    for (columns, rows) in [(120, 40), (80, 24), (40, 12)] {
        let mut desk = Desk::with(columns, rows, vec![done(1, &prompt, 1)]);
        desk.keys("Alt+3 Home I");
        for _ in 0..300 {
            desk.keys("Down");
        }
        let end = desk.screen();
        let list = desk.state.layout().popup_list;
        let last = end.lines().nth(usize::from(list.bottom() - 1)).unwrap();
        assert!(last.contains("procedural"), "{end}");
        desk.keys("Up");
        assert_ne!(desk.screen(), end, "no press was wasted below the end");
    }
}

#[test]
fn a_notice_keeps_cause_and_hint_apart() {
    let mut desk = desk(80, 24);
    desk.keys("y x");
    let screen = desk.screen();
    assert!(
        screen.contains("! y x is not bound - after y: y u p c"),
        "{screen}"
    );
}

#[test]
fn an_unfinished_sequence_is_shown() {
    let mut desk = desk(80, 24);
    desk.keys("y");
    insta::assert_snapshot!(desk.screen());
}

#[test]
fn a_popup_cuts_wide_characters_whole() {
    let rows = (1..9).map(|n| done(n, &"狐".repeat(40), 1)).collect();
    let mut desk = Desk::with(120, 40, rows);
    desk.keys("Alt+3 Home F2");
    let (buf, _) = desk.draw(&Theme::default());
    let popup = desk.state.layout().popup;
    for y in popup.top() + 1..popup.bottom() - 1 {
        assert_eq!(buf[(popup.x, y)].symbol(), "│");
        assert_eq!(buf[(popup.x - 1, y)].symbol().width(), 1, "row {y}");
    }
}

#[test]
fn a_screen_that_is_not_of_the_states_size_is_drawn_as_far_as_it_goes() {
    let mut desk = desk(120, 40);
    for keys in ["Alt+4", "F1", "Esc F2", "Esc Esc Ctrl+Q"] {
        desk.keys(keys);
        for area in [Rect::new(0, 0, 60, 20), Rect::new(0, 0, 200, 60)] {
            let mut buf = Buffer::empty(area);
            let scene = draw(&desk.state, &Theme::default(), area, &mut buf);
            assert!(scene.placements.iter().all(|p| area.intersects(p.part)));
        }
    }
}
