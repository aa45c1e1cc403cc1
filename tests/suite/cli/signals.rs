//! Ctrl+C in mid-work, and readers that go away.

use std::process::Stdio;

use jiff::tz::TimeZone;
use plantain::domain::{OutputFormat, State};
use plantain::library::{Library, Query};
use rustix::process::{Pid, Signal, kill_process};
use serde_json::json;
use tokio::io::AsyncReadExt;
use tokio::process::Child;

use super::home::{Home, giving, picture, pictures, said};
use crate::suite::raw_server::{Gate, RawServer, Step, head};

#[tokio::test]
async fn an_interrupt_cancels_and_says_what_it_may_have_cost() {
    for (signal, code) in [(Signal::INT, 130), (Signal::TERM, 143)] {
        let server = RawServer::saying(vec![
            Step::Bytes(head(200, &[("Content-Type", "text/event-stream")])),
            Step::Forever,
        ])
        .await;
        let home = Home::at(&server.url());
        let child = home
            .command(&["generate", "--json", "-n", "2", "x"])
            .spawn()
            .unwrap();
        server.wait_for(2).await;
        send(&child, signal);
        let output = child.wait_with_output().await.unwrap();
        assert_eq!(output.status.code(), Some(code), "{output:?}");
        let said = String::from_utf8(output.stderr).unwrap();
        assert!(said.contains("may have been billed"), "{said}");
        assert_eq!(String::from_utf8(output.stdout).unwrap().lines().count(), 2);
        let rows = home.history().await;
        assert_eq!(rows.len(), 2);
        for row in rows {
            assert_eq!(row["status"], "cancelled", "{row}");
            assert_eq!(row["error"]["kind"], "cancelled");
            assert_eq!(row["error"]["maybe_billed"], true);
        }
    }
}

fn send(child: &Child, signal: Signal) {
    let pid = Pid::from_raw(child.id().unwrap().cast_signed()).unwrap();
    kill_process(pid, signal).unwrap();
}

/// Two calls at most are held; what is asked behind them waits in the queue.
fn two_at_once(home: &Home, setting: &str) {
    home.configure(&format!("[endpoint]\nparallel = 2\n{setting}\n"));
}

#[tokio::test]
async fn what_was_sent_is_finished_within_the_limit_of_the_signal() {
    for (signal, code, setting) in [
        (Signal::HUP, 129, ""),
        (Signal::TERM, 143, "finish_after_term_s = 60"),
    ] {
        let gate = Gate::default();
        let held = gate.clone();
        let server = RawServer::start(move |request| {
            let mut script = vec![Step::Wait(held.clone())];
            script.extend(pictures(&[picture(OutputFormat::Jpeg, request.n as u8)]));
            script
        })
        .await;
        let home = Home::at(&server.url());
        two_at_once(&home, setting);
        let mut child = home
            .command(&["generate", "--json", "-n", "4", "x"])
            .spawn()
            .unwrap();
        server.wait_for(2).await;
        send(&child, signal);
        // Only behind this line is it known that the signal came first.
        let said = said_until(&mut child, "another signal ends it").await;
        assert!(!said.contains("cancelled"), "{said}");
        gate.open();
        let output = child.wait_with_output().await.unwrap();
        assert_eq!(output.status.code(), Some(code), "{output:?}");
        assert_eq!(server.count("POST"), 2);
        let rows = home.history().await;
        // Of those behind them some may not even have been written down.
        let (done, unsent): (Vec<_>, Vec<_>) = rows.iter().partition(|r| r["status"] == "done");
        assert_eq!(done.len(), 2, "{rows:?}");
        for row in unsent {
            assert_eq!(row["status"], "cancelled");
            assert_eq!(row["error"]["message"], "cancelled, nothing was sent");
            assert_eq!(row["error"]["maybe_billed"], false);
        }
    }
}

/// Reads stderr until `words` came.
async fn said_until(child: &mut Child, words: &str) -> String {
    let stderr = child.stderr.as_mut().unwrap();
    let mut said = Vec::new();
    while memchr::memmem::find(&said, words.as_bytes()).is_none() {
        let read = stderr.read_buf(&mut said).await.unwrap();
        assert!(read > 0, "{}", String::from_utf8_lossy(&said));
    }
    String::from_utf8(said).unwrap()
}

#[tokio::test]
async fn the_limit_and_a_second_signal_end_it() {
    for (setting, second, code) in [
        ("finish_after_hangup_s = 1", None, 129),
        ("finish_after_hangup_s = 3600", Some(Signal::TERM), 143),
    ] {
        let server = RawServer::saying(vec![Step::Forever]).await;
        let home = Home::at(&server.url());
        two_at_once(&home, setting);
        let mut child = home.command(&["generate", "x"]).spawn().unwrap();
        server.wait_for(1).await;
        send(&child, Signal::HUP);
        said_until(&mut child, "another signal ends it").await;
        if let Some(second) = second {
            send(&child, second);
        }
        let output = child.wait_with_output().await.unwrap();
        assert_eq!(output.status.code(), Some(code), "{output:?}");
        let row = &home.history().await[0];
        assert_eq!(row["status"], "cancelled", "{row}");
        assert_eq!(row["error"]["maybe_billed"], true);
    }
}

#[tokio::test]
async fn a_picture_whose_address_is_known_is_left_to_the_next_start() {
    let host = RawServer::saying(vec![Step::Forever]).await;
    let url = format!("{}/a.png", host.url());
    let message = json!({"role": "assistant", "content": format!("![a]({url})")});
    let server = RawServer::saying(said(&message)).await;
    let home = Home::at(&server.url());
    let child = home.command(&["generate", "--json", "x"]).spawn().unwrap();
    host.wait_for(1).await;
    send(&child, Signal::TERM);
    let output = child.wait_with_output().await.unwrap();
    assert_eq!(output.status.code(), Some(143), "{output:?}");
    let told = String::from_utf8(output.stderr).unwrap();
    assert!(
        told.contains("the next start of plantain fetches it"),
        "{told}"
    );
    let library = Library::open(&home.library(), TimeZone::UTC).unwrap();
    let rows = library.page(&Query::parse(""), None, 9).unwrap();
    assert_eq!(
        (rows[0].state, &rows[0].urls[..]),
        (State::Answered, &[url][..])
    );
}

#[tokio::test]
async fn an_interrupt_before_anything_is_sent_costs_nothing() {
    let server = giving(OutputFormat::Jpeg).await;
    let home = Home::at(&server.url());
    // The shell's parent is plantain, which waits for the key.
    home.configure("[endpoint]\napi_key_command = \"kill -INT $PPID; echo key\"\n");
    let ran = home.run(&["generate", "x"]).await;
    assert_eq!((ran.code, ran.out.as_str()), (130, ""), "{ran:?}");
    assert_eq!(server.requests().len(), 0);
    assert!(home.history().await.is_empty());
}

#[tokio::test]
async fn a_reader_that_goes_away_is_no_panic() {
    let server =
        RawServer::start(|request| pictures(&[picture(OutputFormat::Jpeg, request.n as u8)])).await;
    let home = Home::at(&server.url());
    home.run(&["generate", "-n", "30", "x"]).await.done();
    for arguments in [
        &["history", "--limit", "30"][..],
        &["history", "--json", "--limit", "30"],
        &["generate", "-n", "3", "x"],
        &["config", "show"],
        &["--help"],
    ] {
        let mut child = home.command(arguments).spawn().unwrap();
        drop(child.stdout.take());
        let mut said = String::new();
        child
            .stderr
            .take()
            .unwrap()
            .read_to_string(&mut said)
            .await
            .unwrap();
        let status = child.wait().await.unwrap();
        assert_eq!(status.code(), Some(0), "{arguments:?} {said}");
        assert!(!said.contains("panic"), "{said}");
    }
    assert_eq!(home.history().await.len(), 20);
}

#[tokio::test]
async fn a_closed_stderr_changes_nothing() {
    let home = Home::new();
    for (arguments, code) in [
        (&["show", "last"][..], 2),
        (&["history"], 0),
        (&["generate", ""], 2),
    ] {
        let mut child = home
            .command(arguments)
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        drop(child.stderr.take());
        let output = child.wait_with_output().await.unwrap();
        assert_eq!(output.status.code(), Some(code), "{arguments:?}");
    }
}
