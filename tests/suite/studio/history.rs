//! The history: moving, filtering, pages, the mouse.

use plantain::domain::Progress;
use plantain::studio::{Effect, Event, Focus, Level};

use super::script::{Script, at_row, done, failure, generation, id, picture, rows};

#[test]
fn keys_move_the_selection_and_the_list_follows() {
    let mut s = at_row(60);
    s.keys("jj<Down>k");
    assert_eq!(s.selected(), Some(id(58)));
    let rows = s.state.layout().rows();
    s.keys("G");
    assert_eq!(s.selected(), Some(id(1)));
    assert_eq!(s.state.history.offset, 60 - rows);
    s.keys("g<PgDn>");
    assert_eq!(s.selected(), Some(id(60 - rows as u128)));
    s.keys("<Ctrl+U>");
    assert_eq!(s.selected(), Some(id((60 - rows + rows / 2) as u128)));
    s.keys("<Ctrl+D><PgUp>n");
    assert_eq!(s.selected(), Some(id(59)));
    s.keys("N<Up><Up>");
    assert_eq!(s.selected(), Some(id(60)));
    assert_eq!(s.state.history.offset, 0);
}

#[test]
fn older_pages_are_asked_for_near_the_end_and_appended() {
    let mut s = Script::new(120, 40);
    s.event(Event::LibraryChanged)
        .load(rows(200)[..100].to_vec(), true);
    s.effects.clear();
    s.keys("<Esc>").keys(&"j".repeat(80));
    match &s.take()[..] {
        [Effect::LoadHistory { before, query, .. }] => {
            assert_eq!((*before, query.as_str()), (Some(101), ""));
        }
        other => panic!("{other:?}"),
    }
    s.load(rows(200)[100..].to_vec(), false);
    assert_eq!(s.state.history.rows.len(), 200);
    assert_eq!(s.selected(), Some(id(120)));
    s.keys("G");
    assert_eq!(s.selected(), Some(id(1)));
    assert_eq!(s.take(), []);
}

#[test]
fn the_filter_asks_as_one_types_and_esc_drops_it() {
    let mut s = at_row(3);
    s.keys("/fo");
    match &s.take()[..] {
        [
            Effect::LoadHistory { query: a, .. },
            Effect::LoadHistory { query: b, task, .. },
        ] => {
            assert_eq!((a.as_str(), b.as_str()), ("f", "fo"));
            assert_eq!(s.state.history.loading, Some(*task));
        }
        other => panic!("{other:?}"),
    }
    s.load(vec![done(2, "prompt 2"), done(1, "prompt 1")], false);
    assert_eq!(
        s.selected(),
        Some(id(3)),
        "a filter never makes the selection jump"
    );
    let shown = |s: &Script| s.state.history.shown().map(|p| p.id.generation);
    assert_eq!(shown(&s), Some(id(2)), "but the picture is of the list");
    let mut dropped = at_row(3);
    dropped.state = s.state.clone();
    dropped.keys("<Esc>");
    assert_eq!(shown(&dropped), Some(id(3)), "Esc goes back to it");
    s.keys("<Enter>");
    assert_eq!(s.selected(), Some(id(2)));
    s.keys("j<Esc>");
    assert!(matches!(&s.take()[..], [Effect::LoadHistory { query, .. }] if query.is_empty()));
    s.load(rows(3), false);
    assert_eq!(s.selected(), Some(id(1)));
    assert!(!s.state.history.filtering);
}

#[test]
fn a_late_page_of_an_older_filter_is_ignored() {
    let mut s = at_row(3);
    s.keys("/a");
    let old = s.state.history.loading.unwrap();
    s.keys("b");
    let page = plantain::studio::Page {
        generations: rows(1),
        more: false,
        total: 1,
    };
    s.event(Event::HistoryLoaded {
        task: old,
        result: Ok(page),
    });
    assert_eq!(s.state.history.rows.len(), 3);
}

#[test]
fn what_others_write_is_read_again_and_running_rows_of_ours_stay() {
    let mut s = Script::with_rows(120, 40, rows(3));
    s.keys("fox<Enter>");
    let (task, requests) = s.sent();
    let new = s.prepare(task, requests[0].clone(), 9);
    s.progress(new, Progress::Saved(picture(new, 1)));
    s.event(Event::LibraryChanged);
    s.event(Event::LibraryChanged);
    assert_eq!(s.take().len(), 1, "one read at a time");
    let mut others = vec![generation(9, "fox"), done(8, "theirs")];
    others.extend(rows(3));
    s.load(others.clone(), false);
    assert_eq!(s.take().len(), 1, "and once more for what came meanwhile");
    s.load(others, false);
    assert_eq!(s.state.history.rows.len(), 5);
    assert_eq!(
        s.state.history.row(new).unwrap().generation.pictures.len(),
        1
    );
    assert_eq!(s.selected(), Some(new));
}

#[test]
fn a_history_that_cannot_be_read_says_so() {
    let mut s = Script::new(120, 40);
    s.event(Event::LibraryChanged);
    let task = s.state.history.loading.unwrap();
    s.event(Event::HistoryLoaded {
        task,
        result: Err(failure("disk I/O error")),
    });
    assert_eq!(s.notice(), "disk I/O error");
    assert!(s.state.history.failed.is_some());
}

#[test]
fn an_unknown_sequence_does_nothing() {
    let mut s = at_row(2);
    s.keys("yx");
    assert_eq!((s.take(), s.state.ask.clone()), (vec![], None));
    assert_eq!(s.notice(), "y x is not bound");
    let told = s.state.notices.newest().unwrap();
    assert_eq!(told.level, Level::Warning, "nothing worked");
    assert_eq!(told.hint.as_ref().unwrap().as_str(), "after y: y u p c");
    s.keys("y").wake();
    assert!(
        s.state.pending.is_empty(),
        "an unfinished sequence is given up"
    );
    s.keys("y<Esc>");
    assert!(s.state.pending.is_empty());
    assert_eq!(s.state.focus, Focus::History);
}

#[test]
fn the_mouse_selects_rows_and_opens_what_it_hits() {
    use crossterm::event::MouseEventKind;
    let mut s = Script::with_rows(120, 40, rows(9));
    let row = s.state.layout().row(2);
    s.click(row.x + 3, row.y + 1);
    assert_eq!((s.selected(), s.state.focus), (Some(id(7)), Focus::History));
    s.mouse(MouseEventKind::ScrollDown, row.x, row.y);
    assert_eq!(s.selected(), Some(id(6)));
    let canvas = s.state.layout().canvas;
    s.click(canvas.x + 3, canvas.y + 3);
    assert!(s.state.full_view);
    s.click(5, 5);
    let field = s.state.layout().field(plantain::studio::Field::Ratio);
    s.click(field.x, field.y);
    assert_eq!(s.picked(), "16:9");
    let list = s.state.layout().popup_list;
    s.click(list.x, list.y);
    assert_eq!(s.state.form.ratio.to_string(), "1:1");
    s.click(field.x, field.y).click(0, 39);
    assert!(s.state.popup.is_none(), "a click beside it closes it");
    assert_eq!(s.take(), []);
}

#[test]
fn a_page_that_was_read_before_an_end_does_not_undo_it() {
    let mut s = Script::with_rows(120, 40, rows(3));
    s.keys("fox<Enter>");
    let (task, requests) = s.sent();
    let new = s.prepare(task, requests[0].clone(), 9);
    s.event(Event::LibraryChanged).land(new);
    s.take();
    let mut read = vec![generation(9, "fox")];
    read.extend(rows(3));
    s.load(read, false);
    assert!(
        s.state
            .history
            .row(new)
            .unwrap()
            .generation
            .state
            .is_final()
    );
    assert!(
        matches!(&s.take()[..], [Effect::LoadHistory { .. }]),
        "and it is read again"
    );
}

#[test]
fn a_drag_moves_nothing_and_the_first_one_is_told_how_to_select() {
    use crossterm::event::{MouseButton, MouseEventKind};
    let (down, drag, up) = (
        MouseEventKind::Down(MouseButton::Left),
        MouseEventKind::Drag(MouseButton::Left),
        MouseEventKind::Up(MouseButton::Left),
    );
    let mut s = Script::with_rows(120, 40, rows(9));
    let row = s.state.layout().row(2);
    s.mouse(down, row.x + 3, row.y);
    assert_eq!(s.selected(), Some(id(9)), "not before the button is up");
    s.mouse(drag, row.x + 9, row.y).mouse(up, row.x + 9, row.y);
    assert_eq!((s.selected(), s.state.focus), (Some(id(9)), Focus::Prompt));
    assert_eq!(s.notice(), "Shift+drag selects text");
    s.wake();
    s.mouse(down, row.x, row.y).mouse(up, row.x + 9, row.y);
    assert_eq!(s.selected(), Some(id(9)), "where no movement is reported");
    assert_eq!(s.notice(), "", "it is told once");
}
