//! Ctrl+C in mid-work, and readers that go away.

use std::process::Stdio;

use plantain::domain::OutputFormat;
use rustix::process::{Pid, Signal, kill_process};
use tokio::io::AsyncReadExt;

use super::home::{Home, giving, picture, pictures};
use crate::suite::raw_server::{RawServer, Step, head};

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
        kill_process(
            Pid::from_raw(child.id().unwrap().cast_signed()).unwrap(),
            signal,
        )
        .unwrap();
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
