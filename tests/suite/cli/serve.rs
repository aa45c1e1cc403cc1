//! `plantain serve`: an endpoint that other processes use.

use rustix::process::{Pid, Signal, kill_process};
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::Child;

use super::home::{Home, MODEL};

/// Starts it and gives the child with the first line of its stdout.
async fn serve(home: &Home, arguments: &[&str]) -> (Child, String) {
    let mut child = home
        .command(&[&["serve", "--delay", "0"], arguments].concat())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let line = lines.next_line().await.unwrap().unwrap();
    (child, line)
}

fn signal(child: &Child, signal: Signal) {
    let pid = Pid::from_raw(child.id().unwrap().cast_signed()).unwrap();
    kill_process(pid, signal).unwrap();
}

#[tokio::test]
async fn its_first_line_is_a_base_url_that_works() {
    let server = Home::new();
    let (child, url) = serve(&server, &[]).await;
    let port = url
        .strip_prefix("http://127.0.0.1:")
        .unwrap()
        .strip_suffix("/v1")
        .unwrap();
    assert!(port.parse::<u16>().unwrap() > 0);
    let home = Home::new();
    for base in [url.clone(), url.trim_end_matches("/v1").to_owned()] {
        let ran = home
            .run(&["generate", "--base-url", &base, "-m", MODEL, "a fox"])
            .await
            .done();
        assert!(ran.paths()[0].is_file());
    }
    assert!(home.history().await.iter().all(|row| row["demo"] == true));

    let other = server.run(&["serve", "--port", port]).await;
    other.failed(2, &[port, "--port"]);
    drop(child);
}

#[tokio::test]
async fn it_runs_until_a_signal_and_tells_which() {
    let home = Home::new();
    for (which, code) in [(Signal::TERM, 143), (Signal::INT, 130), (Signal::HUP, 129)] {
        let (child, _) = serve(&home, &[]).await;
        signal(&child, which);
        let output = child.wait_with_output().await.unwrap();
        assert_eq!(output.status.code(), Some(code), "{output:?}");
        assert!(String::from_utf8_lossy(&output.stderr).contains("procedural"));
    }
    assert!(!home.library().exists(), "a server keeps no library");
}
