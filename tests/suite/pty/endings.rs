//! The ways out: each leaves the terminal as a shell wants it, and nothing that was paid for unwritten.

use plantain::domain::{OutputFormat, State};
use rustix::process::Signal;
use serde_json::json;
use tokio::runtime::Runtime;

use super::terminal::{Endpoint, Home, KITTY, MUTE, Start, Terminal};
use crate::suite::cli::home::{picture, pictures, said};
use crate::suite::raw_server::{Gate, RawServer, Script, Step, answer};

/// A studio with a generation that does not end by itself.
fn at_work(home: &Home, endpoint: &Endpoint) -> Terminal {
    let url = endpoint.url();
    let mut terminal = Start::new(home).env("PLANTAIN_BASE_URL", url).open();
    terminal.keys("a slow snail\r");
    terminal.wait("streaming");
    terminal
}

fn only_state(home: &Home) -> State {
    let rows = home.rows();
    assert_eq!(rows.len(), 1);
    rows[0].state
}

#[test]
fn signals_end_it_with_their_numbers() {
    for (signal, code) in [(Signal::TERM, 143), (Signal::INT, 130), (Signal::QUIT, 131)] {
        let home = Home::new();
        let mut terminal = Start::new(&home).open();
        terminal.keys("half a thought");
        terminal.wait("half a thought");
        terminal.signal(signal);
        assert_eq!(terminal.exit_clean(), code);
        assert_eq!(home.draft(), "half a thought");
    }
}

#[test]
fn a_signal_cancels_what_runs() {
    let (home, endpoint) = (Home::new(), Endpoint::endless());
    let mut terminal = at_work(&home, &endpoint);
    terminal.signal(Signal::TERM);
    assert_eq!(terminal.exit_clean(), 143);
    assert_eq!(only_state(&home), State::Cancelled);
}

/// A gateway that plays `script` for a call, and lists no models.
fn gateway(runtime: &Runtime, script: Script) -> RawServer {
    runtime.block_on(RawServer::start(move |request| {
        if request.method == "POST" {
            script.clone()
        } else {
            answer(404, &[], b"")
        }
    }))
}

/// A studio whose one call has reached `server`.
fn called(home: &Home, runtime: &Runtime, server: &RawServer) -> Terminal {
    let mut terminal = Start::new(home)
        .env("PLANTAIN_BASE_URL", server.url())
        .open();
    terminal.keys("a slow snail\r");
    runtime.block_on(server.wait_for_calls(1));
    terminal
}

#[test]
fn a_signal_with_a_limit_gives_the_terminal_back_and_finishes_what_was_sent() {
    let (home, runtime, gate) = (Home::new(), Runtime::new().unwrap(), Gate::default());
    home.configure("[endpoint]\nfinish_after_term_s = 60\n");
    let mut script = vec![Step::Wait(gate.clone())];
    script.extend(pictures(&[picture(OutputFormat::Jpeg, 1)]));
    let server = gateway(&runtime, script);
    let mut terminal = called(&home, &runtime, &server);
    terminal.signal(Signal::TERM);
    let words = "plantain: what was sent may finish for up to 60 s; another signal ends it";
    terminal.wait(words);
    assert!(!terminal.screen().alternate_screen());
    gate.open();
    assert_eq!(terminal.exit_showing(words), 143);
    assert_eq!(only_state(&home), State::Saved);
}

#[test]
fn a_second_signal_does_not_wait_for_the_limit() {
    let (home, runtime) = (Home::new(), Runtime::new().unwrap());
    home.configure("[endpoint]\nfinish_after_term_s = 3600\n");
    let server = gateway(&runtime, vec![Step::Forever]);
    let mut terminal = called(&home, &runtime, &server);
    terminal.signal(Signal::TERM);
    terminal.wait("another signal ends it");
    terminal.signal(Signal::INT);
    assert_eq!(terminal.exit(), 130);
    assert_eq!(only_state(&home), State::Cancelled);
    assert!(home.rows().remove(0).failure.unwrap().maybe_billed);
}

#[test]
fn a_lost_line_waits_no_longer_than_its_limit() {
    let (home, runtime) = (Home::new(), Runtime::new().unwrap());
    home.configure("[endpoint]\nfinish_after_hangup_s = 1\n");
    let server = gateway(&runtime, vec![Step::Forever]);
    let mut terminal = called(&home, &runtime, &server);
    terminal.close();
    assert_eq!(terminal.exit(), 129);
    assert_eq!(only_state(&home), State::Cancelled);
}

#[test]
fn a_picture_whose_address_is_known_is_left_to_the_next_start() {
    let (home, runtime) = (Home::new(), Runtime::new().unwrap());
    let host = runtime.block_on(RawServer::saying(vec![Step::Forever]));
    let url = format!("{}/a.png", host.url());
    let message = json!({"role": "assistant", "content": format!("![a]({url})")});
    let server = gateway(&runtime, said(&message));
    let mut terminal = called(&home, &runtime, &server);
    runtime.block_on(host.wait_for(1));
    terminal.signal(Signal::TERM);
    assert_eq!(terminal.exit_clean(), 143);
    let rows = home.rows();
    assert_eq!(
        (rows[0].state, &rows[0].urls[..]),
        (State::Answered, &[url][..])
    );
}

#[test]
fn quitting_asks_while_work_is_in_flight_and_cancels_it() {
    let (home, endpoint) = (Home::new(), Endpoint::endless());
    let mut terminal = at_work(&home, &endpoint);
    terminal.keys("\x11");
    terminal.wait("1 running: what was sent may be billed - Enter quits, Esc not");
    terminal.keys("\x1b");
    terminal.wait_for("no question", |t| !t.text().contains("Enter quits"));
    terminal.keys("\x11");
    terminal.wait("Enter quits");
    terminal.keys("\r");
    assert_eq!(terminal.exit_clean(), 0);
    assert_eq!(only_state(&home), State::Cancelled);
    let failure = home.rows().remove(0).failure.unwrap();
    assert!(failure.maybe_billed, "{failure}");
}

/// The window is closed while a picture is on its way: the process ends, with the picture on disk.
fn closed_at_work(through: Option<&'static str>) {
    let home = Home::new();
    let mut start = Start::new(&home);
    if let Some(line) = through {
        start = start.through(line);
    }
    let mut terminal = start.open();
    terminal.keys("a red fox\r");
    terminal.wait("> reading the prompt");
    terminal.close();
    assert_eq!(terminal.exit(), 129);
    assert_eq!(only_state(&home), State::Saved);
    assert!(home.rows()[0].selected().unwrap().path.exists());
    // The writer of the pty types a line's end when it is dropped, which may still be read.
    let draft = home.draft();
    assert_eq!(draft.trim_end(), "a red fox", "the last words are kept too");
}

#[test]
fn a_closed_window_ends_it_when_the_picture_is_saved() {
    closed_at_work(None);
}

#[test]
fn a_closed_window_ends_it_also_where_hangups_are_ignored() {
    closed_at_work(Some("trap '' HUP; exec \"$0\""));
}

#[test]
fn a_quit_before_the_terminal_has_answered_leaves_no_answer_to_the_shell() {
    let home = Home::new();
    let mut terminal = Start::new(&home).answers(MUTE).open();
    terminal.keys("\x11");
    terminal.bytes(KITTY);
    assert_eq!(terminal.exit_clean(), 0);
    assert_eq!(terminal.unread(), 0);
}

#[test]
fn a_terminal_that_never_answers_does_not_keep_it() {
    let home = Home::new();
    let mut terminal = Start::new(&home).answers(MUTE).open();
    terminal.keys("\x11");
    assert_eq!(terminal.exit_clean(), 0);
}
