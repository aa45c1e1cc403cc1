//! The terminal, lent to an editor or to the shell, and taken back.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use plantain::domain::OutputFormat;
use rustix::process::Signal;
use tokio::runtime::Runtime;

use super::terminal::{Home, KITTY, MUTE, Start, Terminal};
use crate::suite::cli::home::{picture, pictures};
use crate::suite::raw_server::{RawServer, answer};

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
fn the_terminals_answers_do_not_reach_the_editor() {
    let home = Home::new();
    // It takes for typed whatever is there to be read.
    let script = home.path().join("editor.sh");
    fs::write(
        &script,
        "stty -echo\necho EDITING\nIFS= read -r line\nprintf '<%s>' \"$line\" >\"$1\"\n",
    )
    .unwrap();
    let mut terminal = Start::new(&home)
        .answers(MUTE)
        .env("EDITOR", format!("sh {}", script.display()))
        .run();
    terminal.wait_for("the questions", |t| t.count("\x1b[c") == 1);
    terminal.keys("\x07");
    terminal.bytes(KITTY);
    terminal.wait_for("the editor", |t| t.seen().contains("EDITING"));
    terminal.keys("words\n");
    terminal.wait("<words>");
    terminal.keys("\x11");
    assert_eq!(terminal.exit(), 0);
    assert_eq!(home.draft(), "<words>");
}

/// Stops it by `stop` and continues it from the shell.
fn stopped_and_continued(stop: impl Fn(&mut Terminal)) {
    let home = Home::new();
    let mut terminal = Start::new(&home).through(SHELL).open();
    terminal.keys("a red fox");
    terminal.wait("a red fox");
    stop(&mut terminal);
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
fn it_stops_for_the_shell_and_comes_back() {
    stopped_and_continued(|terminal| terminal.keys("\x1a"));
}

#[test]
fn a_stop_from_outside_gives_the_terminal_to_the_shell_too() {
    stopped_and_continued(|terminal| terminal.signal_child(Signal::TSTP));
}

/// A program that says on the terminal how much of the key its environment holds.
fn program(folder: &Path, name: &str) {
    let script = format!(
        "#!/bin/sh\nprintf '{name} has %s.' \"$(env | grep -c -e canary -e API_KEY)\" >/dev/tty\n"
    );
    let file = folder.join(name);
    fs::write(&file, script).unwrap();
    fs::set_permissions(&file, fs::Permissions::from_mode(0o700)).unwrap();
}

#[test]
fn no_program_that_is_started_inherits_the_key() {
    let (home, runtime) = (Home::new(), Runtime::new().unwrap());
    let server = runtime.block_on(RawServer::start(|request| {
        if request.method == "POST" {
            pictures(&[picture(OutputFormat::Jpeg, 1)])
        } else {
            answer(404, &[], b"")
        }
    }));
    let bin = home.path().join("bin");
    fs::create_dir_all(&bin).unwrap();
    let programs = ["edit", "wl-copy", "xdg-open"];
    for name in programs {
        program(&bin, name);
    }
    let path = format!("{}:{}", bin.display(), std::env::var("PATH").unwrap());
    let mut terminal = Start::new(&home)
        .env("PLANTAIN_BASE_URL", server.url())
        .env("PLANTAIN_API_KEY", "sk-canary-0123456789")
        .env("WAYLAND_DISPLAY", "wayland-0")
        .env("EDITOR", "edit")
        .env("PATH", path)
        .open();
    terminal.keys("a red fox\r");
    terminal.wait("History (1)");
    terminal.wait_for("no work", |t| {
        let text = t.text();
        !text.contains("1 running") && !text.contains("1 queued")
    });
    let says = |terminal: &mut Terminal, name: &str| {
        let said = format!("{name} has ");
        terminal.wait_for(name, |t| t.seen().contains(&said));
    };
    let frames = terminal.count("\x1b[2J");
    terminal.keys("\x07");
    says(&mut terminal, "edit");
    terminal.wait_for("the studio again", |t| t.count("\x1b[2J") > frames);
    terminal.keys("\x1b");
    terminal.wait("Enter full view");
    for (name, keys, then) in [
        ("wl-copy", "yp", "prompt copied (wl-copy)"),
        ("xdg-open", "o", "opened with xdg-open"),
    ] {
        terminal.keys(keys);
        terminal.wait(then);
        says(&mut terminal, name);
    }
    for name in programs {
        assert!(terminal.seen().contains(&format!("{name} has 0.")));
    }
    terminal.keys("\x11");
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
