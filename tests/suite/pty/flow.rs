//! From a prompt to a picture, and coming back to it.

use plantain::domain::State;

use super::terminal::{Home, Start};

#[test]
fn a_prompt_becomes_a_picture_and_is_there_at_the_next_start() {
    let home = Home::new();
    let mut terminal = Start::new(&home).open();
    terminal.wait("demo endpoint");
    terminal.keys("a red fox");
    terminal.wait("a red fox");
    terminal.keys("\r");
    // The answer is seen while it comes.
    terminal.wait("> reading the prompt");
    terminal.wait("History (1)");
    terminal.wait("1 running");
    terminal.wait("asked 16:9 jpeg");
    terminal.wait_for("the picture", |t| t.half_blocks() > 500);
    terminal.wait_for("no work", |t| !t.text().contains("1 running"));
    terminal.keys(", the draft of the next one");
    terminal.wait("a red fox, the draft of the next one");
    terminal.keys("\x11");
    assert_eq!(terminal.exit_clean(), 0);

    let rows = home.rows();
    let [row] = rows.as_slice() else {
        panic!("{rows:?}")
    };
    assert_eq!(row.state, State::Saved);
    assert_eq!(row.request.prompt.typed(), "a red fox");
    let picture = row.selected().unwrap();
    assert!(picture.path.starts_with(home.path()));
    image::open(&picture.path).unwrap();

    let mut terminal = Start::new(&home).run();
    terminal.wait("History (1)");
    terminal.wait("a red fox, the draft of the next one");
    terminal.wait_for("the picture", |t| t.half_blocks() > 500);
    terminal.keys("\x11");
    assert_eq!(terminal.exit_clean(), 0);
}

#[test]
fn what_one_studio_makes_appears_in_the_other() {
    let home = Home::new();
    let mut watching = Start::new(&home).open();
    let mut making = Start::new(&home).open();
    making.keys("a blue bird\r");
    making.wait_for("the picture", |t| t.half_blocks() > 500);
    watching.wait("History (1)");
    watching.wait("a blue bird");
    watching.wait_for("the picture", |t| t.half_blocks() > 500);
    for mut studio in [making, watching] {
        studio.keys("\x11");
        assert_eq!(studio.exit_clean(), 0);
    }
    assert_eq!(home.rows().len(), 1);
}
