//! The editor: newlines, motions, kills, undo, pastes, wrapped lines, earlier prompts.

use plantain::studio::{Action, Effect, Event, Focus, Popup};

use super::script::{Script, failure, rows};

#[test]
fn three_ways_to_break_a_line() {
    let mut s = Script::new(120, 40);
    s.keys("a<Alt+Enter>b<Ctrl+J>c\\<Enter>d<Shift+Enter>e");
    assert_eq!(s.text(), "a\nb\nc\nd\ne");
    assert_eq!(s.take(), [], "none of them sends");
}

#[test]
fn a_slash_in_an_empty_editor_opens_the_palette_and_a_backslash_types_it() {
    let mut s = Script::new(120, 40);
    s.keys("/");
    assert!(matches!(s.state.popup, Some(Popup::Pick(_))));
    s.keys("<Esc>");
    assert!(s.state.popup.is_none());
    s.keys("\\/imagine a/b");
    assert_eq!(s.text(), "/imagine a/b");
}

#[test]
fn readline_motions_and_kills() {
    let mut s = Script::new(120, 40);
    s.keys("one two three<Ctrl+A>X<Ctrl+E>Y<Alt+b>Z");
    assert_eq!(s.text(), "Xone two ZthreeY");
    s.keys("<Ctrl+W>");
    assert_eq!(s.text(), "Xone two threeY");
    s.keys("<Ctrl+K>");
    assert_eq!(s.text(), "Xone two ");
    s.keys("<Ctrl+Y>");
    assert_eq!(s.text(), "Xone two threeY");
    s.keys("<Ctrl+U>");
    assert_eq!(s.text(), "");
    s.keys("<Ctrl+_>");
    assert_eq!(s.text(), "Xone two threeY");
    s.keys("<Alt+/>");
    assert_eq!(s.text(), "");
    s.keys("ab cd<Home><Alt+d>");
    assert_eq!(s.text(), " cd");
    s.keys("<Right><Delete><Backspace>");
    assert_eq!(s.text(), "d");
    s.keys("<End>, two<Ctrl+J>three<Up><Home><Alt+f>X<Ctrl+Right>Y<Ctrl+Right><Ctrl+Right>Z");
    assert_eq!(s.text(), "dX, twoY\nthreeZ");
    s.keys("x<Ctrl+B><Ctrl+F>y<Alt+lt>");
    assert_eq!(s.state.editor.cursor_cell(), (0, 0));
}

#[test]
fn a_cluster_is_one_step_and_one_deletion() {
    let mut s = Script::new(120, 40);
    let family = "👨‍👩‍👧‍👦";
    s.paste(&format!("a{family}b"));
    assert_eq!(
        s.state.editor.cursor_cell(),
        (4, 0),
        "a family is two cells wide"
    );
    s.keys("<Left><Left>");
    assert_eq!(s.state.editor.cursor_cell(), (1, 0));
    s.keys("<Right><Backspace>");
    assert_eq!(s.text(), "ab");
    s.keys("<Ctrl+_>");
    assert_eq!(s.text(), format!("a{family}b"));
    s.keys("<Home><Right><Delete>");
    assert_eq!(s.text(), "ab");
}

#[test]
fn a_paste_never_submits_and_never_acts() {
    let mut s = Script::new(120, 40);
    s.paste("a fox\r\nin snow\rat dawn\n/q\n");
    assert_eq!(s.text(), "a fox\nin snow\nat dawn\n/q\n");
    assert_eq!(s.take(), []);
    s.keys("<Ctrl+C>")
        .paste("evil\u{1b}[31m\u{202e}\u{10eeee}\u{7} text");
    assert_eq!(
        s.text(),
        "evil[31m text",
        "what acts on a terminal is dropped"
    );
}

#[test]
fn a_paste_while_a_list_has_the_keyboard_goes_to_the_editor() {
    let mut s = Script::with_rows(120, 40, rows(3));
    s.keys("<Esc>").paste("xqq a fox");
    assert_eq!(s.text(), "xqq a fox");
    assert_eq!(s.state.focus, Focus::Prompt);
    assert_eq!(s.take(), []);
    s.keys("<Esc>r").paste("more");
    assert_eq!(s.state.ask, None, "a paste answers no question");
    s.keys("<F2>").paste("NanoBanana2-4K\n");
    assert_eq!(
        s.picked(),
        "NanoBanana2-4K",
        "an open list takes it as its filter"
    );
}

#[test]
fn a_prompt_of_100_kb_is_pasted_edited_and_sent() {
    let mut s = Script::new(120, 40);
    let one_line = "fox ".repeat(25_000);
    s.paste(&one_line).keys("!");
    assert_eq!(s.text().len(), 100_001);
    s.keys("<Up><Left><Home><PgUp><End><Ctrl+End>?<Enter>");
    let (_, requests) = s.sent();
    assert!(requests[0].prompt.typed().ends_with("!?"));
    let (_, row) = s.state.editor.cursor_cell();
    assert!(
        row < s.state.layout().text.height,
        "the cursor is on the screen"
    );
    s.keys("<Ctrl+C>")
        .paste(&"a red fox\n".repeat(10_000))
        .keys("<PgUp>x");
    assert_eq!(s.text().len(), 100_001);
}

#[test]
fn lines_wrap_in_our_layout_and_the_cursor_moves_by_what_is_seen() {
    let mut s = Script::new(40, 12);
    let width = usize::from(s.state.layout().text.width);
    let words = "word ".repeat(20);
    s.paste(words.trim_end());
    let shown: Vec<String> = s.state.editor.visible().map(str::to_owned).collect();
    assert!(shown.len() > 2);
    assert!(
        shown.iter().all(|l| l.trim_end().len() <= width),
        "{shown:?}"
    );
    assert_eq!(shown.concat(), words.trim_end());
    let (x, y) = s.state.editor.cursor_cell();
    s.keys("<Up>");
    assert_eq!(
        s.state.editor.cursor_cell(),
        (x, y - 1),
        "a visual line up, not a prompt"
    );
    assert_eq!(s.state.editor.lines().len(), 1);
}

#[test]
fn a_click_puts_the_cursor_there() {
    let mut s = Script::with_rows(120, 40, rows(3));
    s.keys("one<Ctrl+J>two<Esc>");
    let text = s.state.layout().text;
    s.click(text.x + 1, text.y);
    assert_eq!(s.state.focus, Focus::Prompt);
    s.keys("X");
    assert_eq!(s.text(), "oXne\ntwo");
}

#[test]
fn up_at_the_edge_brings_earlier_prompts_and_down_the_draft() {
    let mut s = Script::with_rows(120, 40, rows(2));
    s.keys("draft<Up>");
    assert_eq!(s.text(), "prompt 2");
    s.keys("<Up>");
    assert_eq!(s.text(), "prompt 1");
    s.keys("<Up>");
    assert_eq!(s.text(), "prompt 1", "there is none before");
    s.keys("<Down><Down>");
    assert_eq!(s.text(), "draft");
    s.keys("<Down>");
    assert_eq!(s.text(), "draft");
    s.keys("<Up>!<Down>");
    assert_eq!(s.text(), "prompt 2!", "edited: it is the draft now");
}

#[test]
fn ctrl_r_lists_earlier_prompts_filtered() {
    let mut s = Script::with_rows(120, 40, rows(12));
    s.keys("unsent<Ctrl+C><Ctrl+R>");
    assert_eq!(s.picked(), "unsent", "a cleared draft is not lost");
    s.keys("pt 11<Enter>");
    assert_eq!(s.text(), "prompt 11");
    s.keys("<Ctrl+_>");
    assert_ne!(s.text(), "prompt 11", "taking it over is one step to undo");
}

#[test]
fn the_users_own_editor_gets_the_text_and_gives_it_back() {
    let mut s = Script::new(120, 40);
    s.keys("a fox<F4>");
    assert_eq!(
        s.take(),
        [Effect::ExternalEditor {
            text: "a fox".to_owned()
        }]
    );
    s.event(Event::EditorReturned {
        result: Ok("a red fox\nin snow\n".to_owned()),
    });
    assert_eq!(s.text(), "a red fox\nin snow");
    s.keys("<Ctrl+G>");
    s.event(Event::EditorReturned {
        result: Err(failure("vi is not there")),
    });
    assert_eq!(s.text(), "a red fox\nin snow");
    assert_eq!(s.notice(), "vi is not there");
}

#[test]
fn editing_actions_work_from_the_palette_too() {
    let mut s = Script::new(120, 40);
    s.keys("one two")
        .act(Action::DeleteWordBack)
        .act(Action::Newline);
    assert_eq!(s.text(), "one \n");
    s.act(Action::ClearPrompt).act(Action::Undo);
    assert_eq!(s.text(), "one \n");
}

#[test]
fn a_paste_over_the_limit_is_refused_whole() {
    let mut s = Script::new(120, 40);
    s.keys("fox").paste(&"x".repeat(1024 * 1024));
    assert_eq!(s.text(), "fox");
    assert!(s.notice().contains("1 MB"));
}

#[test]
fn keys_with_super_type_nothing() {
    use crossterm::event::{Event as Input, KeyCode, KeyEvent, KeyModifiers};
    let mut s = Script::new(120, 40);
    s.event(Event::Input(Input::Key(KeyEvent::new(
        KeyCode::Char('c'),
        KeyModifiers::SUPER,
    ))));
    assert_eq!(s.text(), "");
}
