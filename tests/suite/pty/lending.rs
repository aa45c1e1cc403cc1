//! The terminal, lent to an editor or to the shell, and taken back.

use std::fs;

use super::terminal::{Home, Start};

/// A shell with job control, which continues the stopped job when a line is typed.
const SHELL: &str = r#"set -m; "$0"; echo "STOPPED"; read line; fg >/dev/null; echo "ENDED $?""#;

#[test]
fn the_prompt_is_edited_in_the_users_editor() {
    let home = Home::new();
    let script = home.path().join("editor.sh");
    // It talks with the user over the terminal, by lines.
    fs::write(
        &script,
        "cat \"$1\"; echo \" - now?\"; IFS= read -r line; printf %s \"$line\" >>\"$1\"",
    )
    .unwrap();
    let editor = format!("sh {}", script.display());
    let mut terminal = Start::new(&home).env("EDITOR", editor).open();
    terminal.keys("a red fox");
    terminal.wait("a red fox");
    terminal.keys("\x07");
    terminal.wait("a red fox - now?");
    assert!(!terminal.screen().alternate_screen());
    assert!(!terminal.screen().hide_cursor() && !terminal.screen().bracketed_paste());
    terminal.keys(" in the snow\n");
    terminal.wait("Pictures appear here.");
    terminal.wait("a red fox in the snow");
    assert!(terminal.screen().alternate_screen() && terminal.screen().bracketed_paste());
    terminal.keys("!");
    terminal.wait("a red fox in the snow!");
    terminal.keys("\x11");
    assert_eq!(terminal.exit(), 0);
    assert_eq!(home.draft(), "a red fox in the snow!");
}

#[test]
fn an_editor_that_fails_changes_nothing() {
    let home = Home::new();
    let mut terminal = Start::new(&home).env("EDITOR", "false").open();
    terminal.keys("a red fox\x07");
    terminal.wait("the prompt is as it was");
    terminal.wait("a red fox");
    terminal.keys("\x11");
    assert_eq!(terminal.exit_clean(), 0);
}

#[test]
fn it_stops_for_the_shell_and_comes_back() {
    let home = Home::new();
    let mut terminal = Start::new(&home).through(SHELL).open();
    terminal.keys("a red fox");
    terminal.wait("a red fox");
    terminal.keys("\x1a");
    terminal.wait("STOPPED");
    assert!(!terminal.screen().alternate_screen());
    terminal.keys("\n");
    terminal.wait("Pictures appear here.");
    terminal.wait("a red fox");
    terminal.keys("\x11");
    terminal.wait("ENDED 0");
    assert_eq!(terminal.exit(), 0);
}

#[test]
fn where_no_shell_could_continue_it_it_does_not_stop() {
    let home = Home::new();
    let mut terminal = Start::new(&home).open();
    terminal.keys("\x1a");
    terminal.wait("there is no shell to go back to");
    terminal.wait("Pictures appear here.");
    terminal.keys("a red fox");
    terminal.wait("a red fox");
    terminal.keys("\x11");
    assert_eq!(terminal.exit_clean(), 0);
}
