//! Libraries that are shared: by two at once, and with somebody who may only look.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use plantain::domain::OutputFormat;

use super::home::{BINARY, Home, Ran, giving};

#[tokio::test]
async fn two_at_once_lose_nothing() {
    let server = giving(OutputFormat::Jpeg).await;
    let home = Home::at(&server.url());
    let series = async |name: &str| {
        for n in 0..5 {
            let prompt = format!("fox {name} {n}");
            let ran = home.run(&["generate", "-n", "2", &prompt]).await.done();
            let words = ran.err.to_lowercase();
            assert!(
                !words.contains("locked") && !words.contains("busy"),
                "{ran:?}"
            );
            assert_eq!(ran.paths().len(), 2);
        }
    };
    tokio::join!(series("a"), series("b"));
    let ran = home
        .run(&["history", "--json", "--limit", "100"])
        .await
        .done();
    let rows = ran.objects();
    assert_eq!(rows.len(), 20);
    for row in &rows {
        assert_eq!(row["status"], "done");
        assert!(Path::new(row["pictures"][0]["path"].as_str().unwrap()).is_file());
    }
    let is_jpeg = |path: &&std::path::PathBuf| path.extension().is_some_and(|e| e == "jpg");
    assert_eq!(home.files().iter().filter(is_jpeg).count(), 20);
    assert_eq!(server.requests().len(), 20);
}

/// Runs a copy of the binary as somebody to whom the home's modes mean something: nobody, where we are root.
async fn as_another(home: &Home, arguments: &[&str]) -> Ran {
    let copy = home.path().join("binary");
    if !copy.exists() {
        // By another process: a child forked meanwhile would hold it open for writing.
        let copied = std::process::Command::new("cp")
            .arg(BINARY)
            .arg(&copy)
            .status();
        assert!(copied.unwrap().success());
    }
    let mut command = tokio::process::Command::new(&copy);
    command.args(arguments).env_clear().current_dir("/");
    command.envs(home.variables());
    if rustix::process::geteuid().is_root() {
        command.uid(65_534).gid(65_534);
    }
    Ran::of(command.output().await.unwrap())
}

#[tokio::test]
async fn who_may_only_look_is_told_so_in_one_line() {
    let server = giving(OutputFormat::Jpeg).await;
    let home = Home::at(&server.url());
    home.run(&["generate", "a red fox"]).await.done();
    let path = home.history().await[0]["pictures"][0]["path"]
        .as_str()
        .unwrap()
        .to_owned();
    let library = home.library();
    let own = library.join(".plantain");
    let set = |mode| {
        for folder in [&own.join("owners"), &own, &library] {
            fs::set_permissions(folder, fs::Permissions::from_mode(mode)).unwrap();
        }
    };
    set(0o555);
    fs::set_permissions(home.path(), fs::Permissions::from_mode(0o755)).unwrap();

    let ran = as_another(&home, &["history"]).await.done();
    assert!(
        ran.out.contains("a red fox") && ran.err.is_empty(),
        "{ran:?}"
    );
    let ran = as_another(&home, &["show", "last"]).await.done();
    assert_eq!(ran.out.trim_end(), path);
    as_another(&home, &["generate", "a cat"])
        .await
        .failed(1, &["can only be read", "--library DIR"]);
    let elsewhere = library.join("new").display().to_string();
    as_another(&home, &["generate", "--library", &elsewhere, "a cat"])
        .await
        .failed(1, &["cannot be written", "--library DIR"]);
    assert_eq!(
        server.requests().len(),
        1,
        "nothing was asked for that cannot be kept"
    );
    set(0o755);
}

#[tokio::test]
async fn a_folder_that_nothing_can_be_made_in_is_named() {
    let server = giving(OutputFormat::Jpeg).await;
    let home = Home::at(&server.url());
    let library = home.path().join("file/library").display().to_string();
    fs::write(home.path().join("file"), b"in the way").unwrap();
    for arguments in [
        &["history", "--library", &library][..],
        &["generate", "--library", &library, "a cat"],
    ] {
        home.run(arguments)
            .await
            .failed(1, &["not a folder", &library]);
    }
    assert_eq!(server.requests().len(), 0);
}
