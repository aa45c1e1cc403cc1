//! A disk that takes no more in the middle of a large picture, and later does.

use std::fs;
use std::process::Stdio;

use plantain::picture::sniff;
use rustix::process::{Pid, Resource, Rlimit, prlimit};
use tokio::process::Command;

use super::home::{BINARY, Home, pictures};
use crate::suite::pipeline::large::noise;
use crate::suite::raw_server::RawServer;

#[tokio::test]
async fn what_came_waits_in_memory_and_is_saved_once_there_is_room() {
    let picture = noise(900);
    assert!(picture.len() > 2_400_000 && sniff(&picture).is_some());
    let server = RawServer::saying(pictures(std::slice::from_ref(&picture))).await;
    let home = Home::at(&server.url());
    // No file may be over 1.5 MB (3,000 blocks of 512 bytes): for one that grows, the same as a full disk.
    let child = Command::new("sh")
        .args([
            "-c",
            "trap '' XFSZ; ulimit -S -f 3000; exec \"$0\" generate x",
        ])
        .arg(BINARY)
        .env_clear()
        .envs(home.variables())
        .current_dir(home.work())
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .kill_on_drop(true)
        .spawn()
        .unwrap();
    // All of the answer was read while the limit held: the picture's file got full in its middle.
    server.wait_closed(1).await;
    let pid = Pid::from_raw(child.id().unwrap().cast_signed());
    let none = Rlimit {
        current: None,
        maximum: None,
    };
    prlimit(pid, Resource::Fsize, none).unwrap();
    let output = child.wait_with_output().await.unwrap();
    assert_eq!(output.status.code(), Some(0), "{output:?}");
    let out = String::from_utf8(output.stdout).unwrap();
    let saved = out.lines().next().unwrap();
    assert!(fs::read(saved).unwrap() == picture);
    let stray = home
        .files()
        .into_iter()
        .filter(|f| f.extension().is_some_and(|e| e == "tmp"));
    assert_eq!(stray.count(), 0);
    assert_eq!(server.count("POST"), 1);
}
