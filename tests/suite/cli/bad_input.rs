//! What is wrong with a call or a machine is told in one line with a hint, costs nothing and loses nothing.

use std::fs;

use plantain::domain::OutputFormat;

use super::home::{Home, giving};
use crate::suite::raw_server::{RawServer, answer};

#[tokio::test]
async fn wrong_usage_is_2_and_says_what_is_right() {
    let home = Home::new();
    for (arguments, words) in [
        (&["generate", "-r", "wide", "x"][..], "16:9"),
        (&["generate", "-f", "bmp", "x"], "jpeg, png or webp"),
        (&["generate", "-n", "0", "x"], "1..=64"),
        (&["generate", "--force", "x"], "--output"),
        (&["generate", "two", "words"], "words"),
        (&["history", "--limit", "0"], "--limit"),
        (&["serve", "--port", "70000"], "65535"),
        (&["config"], "ACTION"),
        (&["config", "burn"], "init"),
        (&["paint"], "paint"),
        (&["--accessible"], "--accessible"),
        (&["generate", "--key", "k", "x"], "--key"),
    ] {
        let ran = home.run(arguments).await;
        assert_eq!(
            (ran.code, ran.out.as_str()),
            (2, ""),
            "{arguments:?} {ran:?}"
        );
        ran.says(&["error: ", words]);
    }
    for (arguments, words) in [
        (&["generate"][..], "there is no prompt"),
        (&["generate", ""], "the prompt is empty"),
        (&["generate", " \t\n"], "the prompt is empty"),
        (&["generate", "-m", " ", "x"], "the model has no name"),
        (&["history", "--graphics", "ascii"], "kitty"),
        (&["generate", "--base-url", "gw.test", "x"], "http"),
        (&["show", "zz"], "zz"),
        (&["show", "abcd"], "abcd"),
        (&["show", "last"], "no picture in the history"),
        (&["history", "--config", "none.toml"], "none.toml"),
    ] {
        home.run(arguments).await.failed(2, &[words]);
    }
}

#[tokio::test]
async fn a_megabyte_of_prompt_is_refused() {
    let home = Home::new();
    // The end that is looked at lies inside a character.
    let long = format!("x{}", "狐".repeat(1024 * 1024));
    home.run_with(&["generate", "-"], long.as_bytes())
        .await
        .failed(2, &["1 MB"]);
}

#[tokio::test]
async fn no_call_goes_out_without_saying_where() {
    let home = Home::new().set("PLANTAIN_API_KEY", "k");
    home.run(&["generate", "x"])
        .await
        .failed(2, &["PLANTAIN_API_KEY", "no base URL"]);
    let home = Home::new();
    home.configure("demo = \"refuse\"\n");
    let ran = home
        .run(&["generate", "x"])
        .await
        .failed(2, &["demo = \"refuse\"", "config.toml:1"]);
    assert!(!ran.err.contains("procedural"), "{ran:?}");
    home.configure("[endpoint]\napi_key_command = \"echo k\"\n");
    home.run(&["generate", "x"])
        .await
        .failed(2, &["api_key_command", "no base URL"]);
    assert!(home.history().await.is_empty());
}

#[tokio::test]
async fn a_key_does_not_travel_in_the_open() {
    // An address of a documentation network: nobody answers there, and nobody is asked.
    let home = Home::at("http://192.0.2.1").set("PLANTAIN_API_KEY", "k");
    home.run(&["generate", "x"])
        .await
        .failed(2, &["unencrypted", "allow_http"]);
}

#[tokio::test]
async fn the_key_command_is_asked_and_its_failure_told() {
    let server = giving(OutputFormat::Jpeg).await;
    let home = Home::at(&server.url());
    home.configure("[endpoint]\napi_key_command = \"echo sk-spoken; echo more\"\n");
    home.run(&["generate", "x"]).await.done();
    assert_eq!(
        server.requests()[0].header("authorization"),
        Some("Bearer sk-spoken")
    );
    for (command, words) in [
        ("echo sk-canary; exit 3", "exit status: 3"),
        ("true", "printed nothing"),
    ] {
        home.configure(&format!("[endpoint]\napi_key_command = \"{command}\"\n"));
        let ran = home
            .run(&["generate", "x"])
            .await
            .failed(2, &[words, "config.toml:2"]);
        assert!(!ran.err.contains("canary"), "{ran:?}");
    }
    assert_eq!(server.requests().len(), 1);
}

#[tokio::test]
async fn a_web_page_is_no_endpoint() {
    let page = b"<!doctype html><html><head><title>Sign \x1b]0;x\x07in</title></head><body>x</body></html>";
    for status in [200, 404] {
        let server =
            RawServer::saying(answer(status, &[("Content-Type", "text/html")], page)).await;
        let home = Home::at(&server.url());
        home.run(&["generate", "x"])
            .await
            .failed(1, &["web page", "Sign in", "/v1"]);
        assert_eq!(home.history().await[0]["error"]["kind"], "not_the_endpoint");
    }
}

#[tokio::test]
async fn an_unreachable_host_is_named() {
    // Bound and dropped: nobody listens there.
    let port = std::net::TcpListener::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap()
        .port();
    let home = Home::at(&format!("http://127.0.0.1:{port}"));
    home.run(&["generate", "x"]).await.failed(
        1,
        &[&format!("127.0.0.1:{port}"), "refused", "tried 3 times"],
    );
    let row = &home.history().await[0];
    assert_eq!(
        (&row["status"], &row["error"]["maybe_billed"]),
        (&"failed".into(), &false.into())
    );
}

#[tokio::test]
async fn foreign_words_do_nothing_to_the_terminal() {
    // The harness looks for control characters in every run; here they are in every place.
    let evil = "\u{1b}[31mred\u{1b}]52;c;aGk=\u{7}\u{9b}2J\u{202e}\u{0}";
    let server = RawServer::start(move |_| {
        let body = serde_json::json!({"error": {"message": format!("bad {evil} words")}});
        answer(
            400,
            &[("Content-Type", "application/json")],
            body.to_string().as_bytes(),
        )
    })
    .await;
    let home = Home::at(&server.url());
    let prompt = "a \u{1b}]0;title\u{7}fox\u{9b}2J\u{7f}\u{202e}x";
    for json in [false, true] {
        let mut arguments = vec!["generate", "-m", "m\u{1b}[1m", prompt];
        arguments.extend(json.then_some("--json"));
        let ran = home.run(&arguments).await;
        assert_eq!(ran.code, 1);
        assert!(!ran.err.contains(['\u{202e}', '\u{9b}']), "{ran:?}");
    }
    let ran = home.run(&["history"]).await.done();
    assert!(
        ran.out.contains("a fox2Jx") && !ran.out.contains('\u{202e}'),
        "{ran:?}"
    );
    let ran = home.run(&["history", "--json"]).await.done();
    assert!(!ran.out.contains(['\u{202e}', '\u{7f}']), "{ran:?}");
    // Nothing is lost: the record holds the prompt to the letter.
    assert_eq!(ran.objects()[0]["prompt"], prompt);
    home.run(&["show", "\u{1b}[31mx"]).await.failed(2, &["x"]);
    // What the reader of the command line repeats is typed by somebody too.
    for arguments in [
        &["--no\u{202e}pe\u{1b}[2J\u{9b}1m"][..],
        &["generate", "--ratio", "\u{1b}]0;x\u{7}9\u{202e}9"],
    ] {
        let ran = home.run(arguments).await;
        assert_eq!(ran.code, 2);
        assert!(
            !ran.err.contains(['\u{202e}', '\u{9b}', '\u{1b}', '\u{7}']),
            "{ran:?}"
        );
        assert!(ran.err.contains("--help"), "{ran:?}");
    }
}

#[tokio::test]
async fn a_library_that_cannot_be_is_one_clear_line() {
    let server = giving(OutputFormat::Jpeg).await;
    let home = Home::at(&server.url());
    fs::write(home.work().join("file"), "x").unwrap();
    for arguments in [&["history"][..], &["show", "last"], &["generate", "x"]] {
        for library in ["file", "file/below", "/proc/nope"] {
            let arguments = [arguments, &["--library", library]].concat();
            home.run(&arguments)
                .await
                .failed(1, &[library, "--library DIR"]);
        }
    }
    assert_eq!(
        server.requests().len(),
        0,
        "nothing is paid for that cannot be kept"
    );
}

#[tokio::test]
async fn a_damaged_history_is_rebuilt_and_told_once() {
    let server = giving(OutputFormat::Jpeg).await;
    let home = Home::at(&server.url());
    home.run(&["generate", "a red fox"]).await.done();
    let before = home.history().await;
    let database = home.library().join(".plantain/library.db");
    let noise = "not a database ".repeat(500);
    fs::write(&database, &noise).unwrap();
    let ran = home.run(&["history", "--json"]).await.done();
    assert_eq!(ran.objects(), before);
    let ran = ran.says(&["damaged", "rebuilt: 1 generation\n", "is kept as"]);
    let kept = ran.err.split("is kept as ").nth(1).unwrap();
    let kept = kept.split(';').next().unwrap();
    assert_eq!(fs::read_to_string(kept).unwrap(), noise);
    let ran = home.run(&["show", "last"]).await.done();
    assert_eq!(ran.err, "");
    assert!(ran.paths()[0].is_file());
}

#[tokio::test]
async fn without_a_home_places_are_named_by_hand() {
    let server = giving(OutputFormat::Jpeg).await;
    let home = Home::at(&server.url());
    // A home that is no absolute path is none: nothing may be written relative to it.
    let without = |arguments: &[&str]| {
        let mut command = home.command(arguments);
        command.env("HOME", "relative");
        command
    };
    let output = without(&["history"]).output().await.unwrap();
    assert_eq!(output.status.code(), Some(2), "{output:?}");
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(
        said.contains("HOME") && said.contains("--library"),
        "{said}"
    );
    let output = without(&["generate", "--config", "c.toml", "--library", "l", "x"])
        .output()
        .await
        .unwrap();
    assert_eq!(
        output.status.code(),
        Some(2),
        "a named file must be there: {output:?}"
    );
    fs::write(home.work().join("c.toml"), "").unwrap();
    let output = without(&["generate", "--config", "c.toml", "--library", "l", "x"])
        .output()
        .await
        .unwrap();
    assert_eq!(output.status.code(), Some(0), "{output:?}");
    assert!(home.work().join("l").is_dir() && !home.work().join("relative").exists());
}

#[tokio::test]
async fn names_that_are_no_text_are_kept_to_the_byte() {
    use std::ffi::OsStr;
    use std::os::unix::ffi::OsStrExt;
    let server = giving(OutputFormat::Jpeg).await;
    let home = Home::at(&server.url());
    let library = OsStr::from_bytes(b"l\xff\x1b[1m");
    let run = async |arguments: &[&str]| {
        let output = home
            .command(arguments)
            .arg("--library")
            .arg(library)
            .output()
            .await
            .unwrap();
        assert_eq!(output.status.code(), Some(0), "{output:?}");
        output
    };
    let printed = run(&["generate", "x"]).await.stdout;
    let path = OsStr::from_bytes(printed.strip_suffix(b"\n").unwrap());
    assert!(fs::metadata(path).unwrap().is_file());
    assert_eq!(run(&["show", "last"]).await.stdout, printed);
    for arguments in [&["generate", "--json", "x"][..], &["history", "--json"]] {
        let output = run(arguments).await;
        let line = String::from_utf8(output.stdout).unwrap();
        assert!(
            line.contains("\"status\":\"done\"") && !line.contains('\u{1b}'),
            "{line}"
        );
    }
}
