//! Frames: what the terminal shows after each, and that nothing is sent for nothing.

use plantain::terminal::Surface;
use ratatui::layout::{Position, Rect, Size};
use ratatui::style::{Color, Style};

use super::pty::emulator;

const SIZE: Size = Size {
    width: 10,
    height: 3,
};

fn frame(surface: &mut Surface, text: &str, cursor: Option<Position>) -> Vec<u8> {
    surface.draw(|area, buffer| buffer.set_string(area.x, area.y, text, Style::new()));
    surface.finish(b"", cursor)
}

#[test]
fn the_terminal_shows_the_cells_and_the_cursor() {
    let mut surface = Surface::new(SIZE);
    let mut terminal = emulator(3, 10);
    terminal.process(b"left over");
    terminal.process(&frame(&mut surface, "one 日本", Some(Position::new(4, 2))));
    assert_eq!(terminal.screen().contents(), "one 日本");
    assert_eq!(terminal.screen().cursor_position(), (2, 4));
    assert!(!terminal.screen().hide_cursor());

    terminal.process(&frame(&mut surface, "one more", None));
    assert_eq!(terminal.screen().contents(), "one more");
    assert!(terminal.screen().hide_cursor());
}

#[test]
fn what_is_shown_already_is_not_sent() {
    let mut surface = Surface::new(SIZE);
    let cursor = Some(Position::new(1, 1));
    frame(&mut surface, "same", cursor);
    assert_eq!(frame(&mut surface, "same", cursor), b"");
    let moved = frame(&mut surface, "same", Some(Position::new(2, 1)));
    assert_eq!(moved, b"\x1b[2;3H");
    let changed = frame(&mut surface, "some", Some(Position::new(2, 1)));
    assert!(
        changed.len() < 60,
        "{:?}",
        String::from_utf8_lossy(&changed)
    );
}

#[test]
fn erasures_come_before_the_cells_inside_the_synchronized_frame() {
    let mut surface = Surface::new(SIZE);
    surface.set_synchronized(true);
    surface.draw(|_, buffer| buffer.set_string(0, 0, "x", Style::new()));
    let bytes = surface.finish(b"ERASE", Some(Position::ORIGIN));
    let text = String::from_utf8(bytes).unwrap();
    assert!(text.starts_with("\x1b[?2026h"));
    assert!(text.find("ERASE") < text.find('x'), "{text:?}");
    assert!(text.ends_with("\x1b[1;1H\x1b[?25h\x1b[?2026l"));
}

#[test]
fn damage_names_the_cells_that_are_written() {
    let mut surface = Surface::new(SIZE);
    surface.draw(|_, buffer| buffer.set_string(2, 1, "日x", Style::new()));
    assert!(surface.clears());
    assert_eq!(surface.damage(), [Rect::new(2, 1, 3, 1)]);
    surface.finish(b"", None);
    surface.draw(|_, buffer| buffer.set_string(2, 1, "日y", Style::new()));
    assert!(!surface.clears());
    assert_eq!(surface.damage(), [Rect::new(4, 1, 1, 1)]);
}

#[test]
fn after_a_reset_all_is_drawn_over_a_cleared_screen() {
    let mut surface = Surface::new(SIZE);
    let mut terminal = emulator(4, 20);
    terminal.process(&frame(&mut surface, "small", Some(Position::ORIGIN)));
    terminal.process(b"\x1b[?25l\x1b[41mof an editor");
    surface.reset(Size::new(20, 4));
    assert_eq!(surface.area(), Rect::new(0, 0, 20, 4));
    surface.draw(|area, buffer| {
        buffer.set_string(12, area.bottom() - 1, "corner", Style::new().fg(Color::Red));
    });
    terminal.process(&surface.finish(b"", Some(Position::new(3, 3))));
    assert_eq!(terminal.screen().contents().trim(), "corner");
    assert!(!terminal.screen().hide_cursor());
    assert_eq!(
        terminal.screen().cell(0, 0).unwrap().bgcolor(),
        vt100::Color::Default
    );
}
