//! The panes at three sizes: empty, typing, running, finished, refused, failed.

use std::time::Duration;

use crossterm::event::Event as Input;
use plantain::domain::{
    Clean, ColorDepth, Display, Failure, FailureKind, Generation, GraphicsKind, Progress,
    Reference, ReferenceSource, Step,
};
use plantain::studio::Event;
use plantain::view::Theme;

use super::desk::{Desk, done, past, picture};

pub const SIZES: [(u16, u16); 3] = [(120, 40), (80, 24), (40, 12)];

/// One snapshot for each size.
fn at_each_size(name: &str, screen: impl Fn(u16, u16) -> String) {
    for (columns, rows) in SIZES {
        insta::assert_snapshot!(format!("{name}-{columns}x{rows}"), screen(columns, rows));
    }
}

/// A history as a week of use leaves it.
pub fn some_history() -> Vec<Generation> {
    let mut refused = past(3, "a clown in the style of a living painter");
    refused.step(Step::Refuse).unwrap();
    let words = "I can't imitate the style of a living artist. I can paint a clown in the manner of the old masters instead.";
    refused.failure = Some(
        Failure::new(FailureKind::Refused, words)
            .hint("change the prompt; the same one will be declined again"),
    );
    let mut failed = past(
        4,
        "a lighthouse in a storm, oil on canvas, thick strokes, a very long prompt that will not fit",
    );
    failed.step(Step::Fail).unwrap();
    failed.failure = Some(
        Failure::new(
            FailureKind::Unreachable,
            "no connection to api.example.com: the name does not resolve",
        )
        .hint("check the base URL and the network; plantain config show"),
    );
    let mut lost = past(5, "狐が雪の中を走る、夜明け");
    lost.step(Step::Lose).unwrap();
    let mut edited = done(2, "make it night", 1);
    edited.request.parent = Some(picture(done(1, "x", 1).id, 1).id);
    edited.notices = vec![Clean::line("asked 16:9, got 3:2")];
    let old = (6..30).map(|n| done(n * 700, &format!("an older picture, number {n}"), 1));
    let mut all = vec![
        done(1, "a red fox in the snow", 3),
        edited,
        refused,
        failed,
        lost,
    ];
    all.extend(old);
    all
}

#[test]
fn the_empty_studio_says_what_to_do() {
    at_each_size("empty", |w, h| Desk::empty(w, h).screen());
}

#[test]
fn a_prompt_is_typed() {
    at_each_size("typing", |w, h| {
        let mut desk = Desk::empty(w, h);
        desk.types("a red fox in the snow, dawn light, 狐, and a long line that has to wrap because no pane is as wide");
        desk.screen()
    });
}

#[test]
fn a_generation_streams() {
    at_each_size("running", |w, h| {
        let mut desk = Desk::with(w, h, some_history());
        desk.types("a cute cat");
        let ids = desk.generate();
        desk.progress(ids[0], Progress::Sending);
        desk.progress(ids[0], Progress::Answering);
        desk.progress(
            ids[0],
            Progress::Text(Clean::text(
                "Thinking about a cat.\nSketching the ears, then the whiskers.",
            )),
        );
        desk.progress(ids[0], Progress::Percent(40));
        desk.wait(12);
        desk.screen()
    });
}

#[test]
fn a_picture_has_landed() {
    at_each_size("finished", |w, h| {
        let mut desk = Desk::with(w, h, some_history());
        desk.keys("Alt+3 Home");
        desk.keys("Alt+4");
        desk.screen()
    });
}

#[test]
fn the_history_scrolls() {
    at_each_size("history", |w, h| {
        let mut desk = Desk::with(w, h, some_history());
        desk.keys("Alt+3 j j j j j j j j j j j j j j j j j j j j");
        desk.screen()
    });
}

#[test]
fn a_notice_stands_under_its_picture() {
    let mut desk = Desk::with(120, 40, some_history());
    desk.keys("Alt+3 j");
    insta::assert_snapshot!(desk.screen());
}

#[test]
fn a_preview_tells_how_much_of_the_picture_came() {
    at_each_size("preview", |w, h| {
        let mut desk = Desk::with(w, h, some_history());
        desk.keys("Alt+3 Home Alt+4");
        desk.preview(38_400);
        desk.screen()
    });
    at_each_size("preview-full-view", |w, h| {
        let mut desk = Desk::with(w, h, some_history());
        desk.keys("Alt+3 Home Alt+4 Enter");
        desk.preview(38_400);
        desk.screen()
    });
}

#[test]
fn what_came_whole_or_is_another_picture_is_no_preview() {
    let screen = |sent: u64, n: Option<u16>| {
        let mut desk = Desk::with(120, 40, some_history());
        desk.keys("Alt+3 Home Alt+4");
        let shown = desk.state.history.shown().unwrap();
        let (mut id, bytes) = (shown.id, shown.bytes);
        id.n = n.unwrap_or(id.n);
        desk.event(Event::Previewed(Some((id, sent.min(bytes)))));
        desk.screen()
    };
    assert!(screen(10_000, None).contains("preview 10 kB of"));
    assert!(!screen(u64::MAX, None).contains("preview"));
    assert!(!screen(10_000, Some(9)).contains("preview"));
}

#[test]
fn a_refusal_shows_the_models_own_words() {
    at_each_size("refused", |w, h| {
        let mut desk = Desk::with(w, h, some_history());
        desk.keys("Alt+3 j j Alt+4");
        desk.screen()
    });
}

#[test]
fn a_failure_shows_cause_and_hint() {
    let mut desk = Desk::with(80, 24, some_history());
    desk.keys("Alt+3 j j j Alt+4");
    insta::assert_snapshot!(desk.screen());
}

#[test]
fn without_graphics_a_card_tells_the_path() {
    let mut desk = Desk::with(80, 24, some_history());
    desk.display(Display {
        graphics: GraphicsKind::Off,
        ..Display::default()
    });
    desk.keys("Alt+3 Home Alt+4");
    insta::assert_snapshot!(desk.screen());
}

#[test]
fn full_view_is_the_picture_and_the_keys() {
    at_each_size("full-view", |w, h| {
        let mut desk = Desk::with(w, h, some_history());
        desk.keys("Alt+3 Home Enter");
        desk.screen()
    });
}

#[test]
fn full_view_says_that_a_picture_is_from_the_demo() {
    let mut row = done(1, "a red fox in the snow", 1);
    for demo in [true, false] {
        row.demo = demo;
        let mut desk = Desk::with(80, 24, vec![row.clone()]);
        desk.keys("Alt+3 Home Enter");
        assert_eq!(desk.screen().contains("demo"), demo);
    }
}

#[test]
fn endless_marks_do_not_reach_a_cell() {
    let zalgo = format!("e{}x", "\u{301}".repeat(2_000));
    let mut desk = Desk::empty(80, 24);
    desk.event(Event::Input(Input::Paste(zalgo.clone())));
    desk.keys("Alt+1 @");
    desk.event(Event::Input(Input::Paste(zalgo.clone())));
    for keys in ["Ctrl+L", "Esc"] {
        desk.keys(keys);
        let (buf, _) = desk.draw(&Theme::default());
        let longest = buf.content.iter().map(|c| c.symbol().chars().count()).max();
        assert_eq!(longest, Some(9), "one character and eight marks");
    }
    assert!(
        desk.state.editor.text().starts_with(&zalgo),
        "the text itself stays"
    );
}

#[test]
fn the_history_is_filtered() {
    at_each_size("filter", |w, h| {
        let mut desk = Desk::with(w, h, some_history());
        desk.keys("Alt+3 /");
        desk.types("fox");
        desk.wait(1);
        desk.load(vec![done(1, "a red fox in the snow", 3)]);
        desk.screen()
    });
}

#[test]
fn a_long_prompt_scrolls_and_its_references_stand_in_the_frame() {
    let mut desk = Desk::with(80, 24, some_history());
    let paths = [
        "/home/ada/hero.png",
        "/home/ada/a-very-long-name-of-a-sky-picture.jpg",
        "/x/3.png",
        "/x/4.png",
    ];
    desk.state.form.references = paths.map(file).to_vec();
    desk.state.form.parent = Some(picture(done(1, "x", 1).id, 1).id);
    desk.types(&"a fox, and another fox; ".repeat(20));
    insta::assert_snapshot!(desk.screen());
}

#[test]
fn a_picture_of_the_history_is_told_by_its_prompt_and_a_file_by_its_name() {
    let mut desk = Desk::with(120, 40, some_history());
    desk.keys("Alt+3 Home e");
    desk.state.form.references.push(file("/home/ada/hero.png"));
    let screen = desk.screen();
    assert!(
        screen.contains(" #1 a red fox in the…   #2 hero.png "),
        "{screen}"
    );
}

#[test]
fn where_the_caption_is_short_it_still_says_demo() {
    let mut desk = Desk::with(100, 30, some_history());
    desk.keys("Alt+3 Home");
    let screen = desk.screen();
    assert!(screen.contains("asked 16:9 png  demo"), "{screen}");
}

#[test]
fn the_settings_tell_what_they_lead_to() {
    at_each_size("settings", |w, h| {
        let mut desk = Desk::empty(w, h);
        desk.state.form.model = "SomeoneElses-Model".to_owned();
        desk.state.form.count = 4;
        desk.state.form.parent = Some(picture(done(1, "x", 1).id, 1).id);
        desk.keys("Alt+2 j j");
        desk.screen()
    });
}

#[test]
fn a_pause_counts_down_and_a_download_counts_bytes() {
    let mut desk = Desk::with(120, 40, some_history());
    desk.types("a cute cat");
    desk.state.form.count = 2;
    let ids = desk.generate();
    desk.progress(ids[0], Progress::Sending);
    desk.progress(
        ids[0],
        Progress::Waiting {
            cause: Clean::line("too many requests"),
            wait: Duration::from_secs(20),
            attempt: 1,
            of: 2,
        },
    );
    desk.progress(ids[1], Progress::Sending);
    desk.progress(
        ids[1],
        Progress::Downloading {
            n: 1,
            received: 1_200_000,
            total: Some(6_100_000),
            attempt: 1,
        },
    );
    desk.wait(5);
    insta::assert_snapshot!(desk.screen());
}

#[test]
fn a_wait_for_a_repeat_tells_when_and_why_and_how_to_stop_it() {
    at_each_size("waiting", |w, h| {
        let mut desk = Desk::with(w, h, some_history());
        desk.types("a cute cat");
        let ids = desk.generate();
        desk.progress(ids[0], Progress::Sending);
        desk.progress(
            ids[0],
            Progress::Waiting {
                cause: Clean::line("no connection to api.example.com: the name does not resolve"),
                wait: Duration::from_secs(4),
                attempt: 2,
                of: 2,
            },
        );
        desk.keys("Alt+4");
        desk.wait(1);
        desk.screen()
    });
}

#[test]
fn nothing_foreign_reaches_a_cell_raw() {
    let evil = "a\u{1b}[31m fox\u{1b}]52;c;aGk=\u{7} \u{202e}desrever\u{2066} \u{10eeee}\u{200b} in\nthe snow";
    let mut row = done(1, evil, 1);
    row.request.model = evil.to_owned();
    let mut refused = past(2, evil);
    refused.step(Step::Refuse).unwrap();
    for keys in [
        "Alt+3",
        "Alt+3 j Alt+4",
        "Alt+3 I",
        "Alt+1 @",
        "Alt+1 Ctrl+R",
        "Alt+3 r",
    ] {
        let mut desk = Desk::with(120, 40, vec![row.clone(), refused.clone()]);
        desk.state.form.model = evil.to_owned();
        desk.state.form.references = vec![file(evil)];
        desk.keys(keys);
        let (buf, _) = desk.draw(&Theme::default());
        let text: String = buf
            .content
            .iter()
            .map(ratatui::buffer::Cell::symbol)
            .collect();
        let raw = |c: char| c.is_control() || "\u{202e}\u{2066}\u{10eeee}\u{200b}".contains(c);
        assert!(!text.contains(raw), "{keys}: {text}");
        assert!(!text.contains("52;c"), "{keys}: {text}");
    }
}

fn file(path: &str) -> Reference {
    Reference {
        given: path.to_owned(),
        source: ReferenceSource::File(path.into()),
    }
}

#[test]
fn a_terminal_too_small_says_so() {
    let screens = [(29, 8), (60, 3), (10, 3), (1, 1)].map(|(w, h)| Desk::empty(w, h).screen());
    insta::assert_snapshot!(screens.join("--\n"));
}

#[test]
fn no_colour_depth_gets_a_colour_that_it_lacks() {
    let desk = Desk::with(120, 40, some_history());
    let (buf, _) = desk.draw(&Theme::default().at(ColorDepth::None));
    let coloured = buf
        .content
        .iter()
        .any(|c| c.fg != ratatui::style::Color::Reset || c.bg != ratatui::style::Color::Reset);
    assert!(!coloured);
}

#[test]
fn a_frame_is_drawn_in_time() {
    let mut desk = Desk::with(120, 40, some_history());
    desk.types(&"a long prompt ".repeat(200));
    let frames = (0..20).map(|_| {
        let start = std::time::Instant::now();
        desk.draw(&Theme::default());
        start.elapsed()
    });
    // The best of twenty, so that a busy machine does not matter. An unoptimised build takes 0.7 ms.
    let best = frames.min().unwrap();
    assert!(best < Duration::from_millis(5), "{best:?}");
}

#[test]
fn what_a_dead_process_left_says_that_it_may_have_been_billed() {
    at_each_size("left", |columns, rows| {
        let mut left = past(1, "a lighthouse in a storm");
        left.step(Step::Answer).unwrap();
        left.owner_alive = false;
        let words = "plantain ended while this was on its way";
        let hint = "the prompt is kept: run it again when it is wanted";
        left.failure = Some(Failure::new(FailureKind::Lost, words).hint(hint).billed());
        let mut desk = Desk::with(columns, rows, vec![left, done(2, "a fox", 1)]);
        desk.keys("Alt+3 Home Alt+4");
        desk.screen()
    });
}
