//! Sizes, chains of Esc, and storms of keys.

use plantain::studio::{ACTIONS, Focus, Layout, Shape, Upper};
use proptest::prelude::*;
use ratatui::layout::Rect;

use super::script::{Script, done, rows};

#[test]
fn three_sizes_and_a_notice() {
    let mut s = Script::with_rows(120, 40, rows(5));
    let layout = s.state.layout();
    assert_eq!(layout.shape, Shape::Wide);
    assert_eq!(layout.picture.width, layout.prompt.width);
    assert_eq!(layout.history.width, layout.settings.width);
    assert_eq!(layout.picture.width + layout.history.width, 120);
    assert_eq!(
        layout.header.height + layout.picture.height + layout.prompt.height + layout.footer.height,
        40
    );

    s.resize(80, 24);
    let layout = s.state.layout();
    assert_eq!((layout.shape, layout.settings.height), (Shape::Stacked, 1));
    assert!(layout.history.is_empty() && !layout.picture.is_empty());
    s.keys("<Alt+3>");
    assert!(s.state.layout().picture.is_empty() && !s.state.layout().history.is_empty());
    s.keys("<Alt+1>");
    assert!(
        !s.state.layout().history.is_empty(),
        "the one last focused stays"
    );
    s.keys("fox<Enter>");
    assert_eq!(
        s.state.upper,
        Upper::Picture,
        "who sends wants to see the picture"
    );

    s.resize(40, 12);
    for (key, focus) in [
        ("<Alt+1>", Focus::Prompt),
        ("<Alt+2>", Focus::Settings),
        ("<Alt+3>", Focus::History),
        ("<Alt+4>", Focus::Picture),
    ] {
        s.keys(key);
        let layout = s.state.layout();
        assert_eq!(layout.pane(focus), Rect::new(0, 1, 40, 10));
        assert_eq!(
            Focus::ALL
                .into_iter()
                .filter(|f| !layout.pane(*f).is_empty())
                .count(),
            1
        );
    }
    s.resize(10, 3);
    assert_eq!(s.state.layout().shape, Shape::TooSmall);
    s.take();
    s.after(1_000).keys("<Alt+1><Enter>");
    assert_eq!(s.take(), [], "nobody pays for what cannot be seen");
    s.keys("typing<F1><F2>x<Esc><Esc>");
    s.resize(120, 40);
    assert_eq!(s.text(), "foxtyping");
}

#[test]
fn esc_closes_one_thing_at_a_time_and_never_quits() {
    let mut s = Script::with_rows(120, 40, rows(3));
    s.keys("draft<Esc>/p<Enter><Enter><F2>");
    s.keys("<Esc>");
    assert!(s.state.popup.is_none() && s.state.full_view);
    s.keys("<Esc>");
    assert!(!s.state.full_view && !s.state.history.filter.is_empty());
    s.keys("<Esc>");
    assert!(s.state.history.filter.is_empty());
    s.take();
    s.keys(&"<Esc>".repeat(10));
    assert_eq!(s.take(), []);
    assert_eq!(
        (s.state.focus, s.text().as_str()),
        (Focus::History, "draft")
    );
}

fn inside(layout: &Layout) {
    for rect in [
        layout.header,
        layout.footer,
        layout.notices,
        layout.picture,
        layout.history,
        layout.prompt,
        layout.settings,
        layout.canvas,
        layout.caption,
        layout.filter,
        layout.list,
        layout.text,
        layout.popup,
        layout.popup_field,
        layout.popup_list,
    ] {
        assert!(
            rect.is_empty() || layout.screen.union(rect) == layout.screen,
            "{rect:?} of {layout:?}"
        );
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    /// Any actions and keys in any order at any size: nothing panics, everything stays on the screen.
    #[test]
    fn storms(steps in prop::collection::vec((0usize..160, any::<u16>(), any::<u16>()), 1..60)) {
        let keys = ["a", "/", "@", "<Enter>", "<Esc>", "<Tab>", "y", "q", "x", "<Up>", "<Down>", "<Backspace>", "<Ctrl+C>", "<F2>", "狐", " "];
        let mut s = Script::with_rows(120, 40, vec![done(2, "fox"), done(1, "a\nlong\nprompt")]);
        for (what, a, b) in steps {
            match what {
                n if n < ACTIONS.len() => { s.act(ACTIONS[n].action); }
                n if n < 110 => { s.resize(a % 200, b % 60); }
                n => { s.keys(keys[n % keys.len()]); }
            }
            let layout = s.state.layout();
            inside(&layout);
            let (x, y) = s.state.editor.cursor_cell();
            if !layout.text.is_empty() {
                prop_assert!(x < layout.text.width && y < layout.text.height, "{x},{y} in {:?}", layout.text);
            }
            s.after(50);
        }
    }
}
