//! `plantain config key`, and which key goes where.

use std::fs;
use std::os::unix::fs::PermissionsExt;

use plantain::domain::OutputFormat;

use super::home::{Home, giving};
use crate::suite::raw_server::{RawServer, answer};

const KEY: &str = "sk-canary-file-0123456789";
const OTHER: &str = "sk-canary-other-987654321";

fn keys(home: &Home) -> std::path::PathBuf {
    home.path().join(".config/plantain/keys")
}

fn mode(path: &std::path::Path) -> u32 {
    fs::metadata(path).unwrap().permissions().mode() & 0o777
}

/// Keeps a key by a pipe, for the base URL of the home.
async fn keep(home: &Home, key: &str) -> super::home::Ran {
    let ran = home
        .run_with(&["config", "key"], format!("{key}\n").as_bytes())
        .await
        .done();
    assert!(!format!("{ran:?}").contains("canary"), "{ran:?}");
    ran
}

/// The key of the server's last call.
fn sent(server: &RawServer) -> Option<String> {
    let asked = server.requests();
    let header = asked.last().unwrap().header("authorization")?;
    Some(header.strip_prefix("Bearer ").unwrap().to_owned())
}

#[tokio::test]
async fn a_key_is_kept_for_its_gateway_and_for_this_user_alone() {
    let server = giving(OutputFormat::Jpeg).await;
    let home = Home::at(&server.url());
    let ran = keep(&home, KEY).await;
    let path = keys(&home);
    ran.says(&[&server.url(), path.to_str().unwrap()]);
    assert_eq!(mode(&path), 0o600);
    assert_eq!(mode(path.parent().unwrap()), 0o700);
    home.run(&["generate", "x"]).await.done();
    assert_eq!(sent(&server).as_deref(), Some(KEY));

    // A new one takes its place, and no other file is left of the change.
    keep(&home, OTHER).await.says(&["took the old one's place"]);
    home.run(&["generate", "x"]).await.done();
    assert_eq!(sent(&server).as_deref(), Some(OTHER));
    let beside = fs::read_dir(path.parent().unwrap()).unwrap().count();
    assert_eq!(beside, 1);
    assert!(!fs::read_to_string(&path).unwrap().contains(KEY));

    let shown = home.run(&["config", "show"]).await.done().out;
    let row = shown
        .lines()
        .find(|l| l.starts_with("in use: key"))
        .unwrap();
    assert!(
        row.contains("= set ") && row.contains(path.to_str().unwrap()),
        "{row}"
    );
    assert!(!shown.contains("canary"), "{shown}");

    home.run(&["config", "key", "--remove"])
        .await
        .done()
        .says(&["forgotten"]);
    assert!(!path.exists());
    home.run(&["generate", "x"]).await.done();
    assert_eq!(sent(&server), None);
    home.run(&["config", "key", "--remove"])
        .await
        .failed(2, &["no key is kept"]);
}

#[tokio::test]
async fn a_kept_key_goes_to_no_other_origin() {
    let complaint = br#"{"error":{"message":"no token"}}"#;
    let other = RawServer::saying(answer(401, &[], complaint)).await;
    let server = giving(OutputFormat::Jpeg).await;
    let home = Home::new();
    for (url, key) in [(server.url(), KEY), ("https://gw.test/v1".into(), OTHER)] {
        home.run_with(&["config", "key", "--base-url", &url], key.as_bytes())
            .await
            .done();
    }
    // Another port of the same host is another origin.
    home.run(&["generate", "--base-url", &other.url(), "x"])
        .await
        .failed(1, &["plantain config key"]);
    assert_eq!(sent(&other), None);
    let ran = home
        .run(&["config", "show", "--base-url", &other.url()])
        .await
        .done();
    let row = ran.out.lines().find(|l| l.starts_with("in use: key"));
    let row = row.unwrap();
    assert!(
        row.contains("= none") && row.contains("https://gw.test"),
        "{row}"
    );
    // The same gateway, however its address is written.
    let written = format!("{}/v1/chat/completions", server.url());
    home.run(&["generate", "--base-url", &written, "x"])
        .await
        .done();
    assert_eq!(sent(&server).as_deref(), Some(KEY));
    home.run(&["config", "key", "--remove"])
        .await
        .failed(2, &["https://gw.test", "--base-url"]);
}

#[tokio::test]
async fn the_environment_beats_the_command_which_beats_the_file() {
    let server = giving(OutputFormat::Jpeg).await;
    let home = Home::at(&server.url());
    keep(&home, KEY).await;
    home.configure("[endpoint]\napi_key_command = \"echo sk-command\"\n");
    home.run(&["generate", "x"]).await.done();
    assert_eq!(sent(&server).as_deref(), Some("sk-command"));
    keep(&home, KEY)
        .await
        .says(&["api_key_command is set, and beats it"]);
    let home = home.set("PLANTAIN_API_KEY", "sk-env");
    home.run(&["generate", "x"]).await.done();
    assert_eq!(sent(&server).as_deref(), Some("sk-env"));
    keep(&home, KEY)
        .await
        .says(&["PLANTAIN_API_KEY is set, and beats it"]);
    let shown = home.run(&["config", "show"]).await.done().out;
    assert!(
        shown
            .lines()
            .last()
            .unwrap()
            .ends_with("# PLANTAIN_API_KEY"),
        "{shown}"
    );
}

#[tokio::test]
async fn a_file_that_others_can_read_is_refused_with_the_remedy() {
    let server = giving(OutputFormat::Jpeg).await;
    let home = Home::at(&server.url());
    keep(&home, KEY).await;
    let path = keys(&home);
    for open in [0o640, 0o604, 0o620, 0o666] {
        fs::set_permissions(&path, fs::Permissions::from_mode(open)).unwrap();
        let chmod = format!("chmod 600 {}", path.display());
        for arguments in [&["generate", "x"][..], &["config", "key", "--remove"]] {
            let ran = home
                .run(arguments)
                .await
                .failed(2, &[&format!("mode {open:o}"), &chmod]);
            assert!(!ran.err.contains("canary"), "{ran:?}");
        }
        home.run_with(&["config", "key"], OTHER.as_bytes())
            .await
            .failed(2, &[&chmod]);
    }
    assert_eq!(server.requests().len(), 0);
    fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).unwrap();
    fs::write(&path, format!("# mine\n\n{KEY}\n")).unwrap();
    let ran = home
        .run(&["generate", "x"])
        .await
        .failed(2, &["keys:3: not an origin and a key"]);
    assert!(!ran.err.contains("canary"), "{ran:?}");
}

#[tokio::test]
async fn what_is_no_key_changes_nothing() {
    let home = Home::at("https://gw.test");
    keep(&home, KEY).await;
    let before = fs::read(keys(&home)).unwrap();
    for (input, words) in [
        (&b""[..], "no key was given"),
        (b"\n\n", "no key was given"),
        (b"  \n", "no key was given"),
        (b"sk-canary two words\n", "characters that no key has"),
        (b"sk-canary\x1b[2J\n", "characters that no key has"),
        (
            "sk-canary-schlüssel\n".as_bytes(),
            "characters that no key has",
        ),
        (b"sk-canary\xff\n", "not text"),
    ] {
        let ran = home
            .run_with(&["config", "key"], input)
            .await
            .failed(2, &[words, "nothing is changed"]);
        assert!(!ran.err.contains("canary"), "{ran:?}");
        assert_eq!(fs::read(keys(&home)).unwrap(), before);
    }
    Home::new()
        .run_with(&["config", "key"], KEY.as_bytes())
        .await
        .failed(2, &["which gateway", "--base-url"]);
    let ran = home.run(&["config", "show", "--remove"]).await;
    assert_eq!(ran.code, 2);
    ran.says(&["--remove is for"]);
}

#[tokio::test]
async fn a_kept_key_without_a_base_url_is_no_reason_for_the_demo() {
    let home = Home::new();
    home.run_with(
        &["config", "key", "--base-url", "https://gw.test"],
        KEY.as_bytes(),
    )
    .await
    .done();
    home.run(&["generate", "x"]).await.failed(
        2,
        &[
            "a key is kept for https://gw.test",
            "no base URL",
            "plantain config key --remove",
        ],
    );
    assert!(home.history().await.is_empty());
}

#[tokio::test]
async fn keys_stand_beside_the_settings_file_that_is_named() {
    let home = Home::at("https://gw.test").set("PLANTAIN_CONFIG", "deep/er/c.toml");
    home.run(&["config", "init"]).await.done();
    keep(&home, KEY).await;
    assert_eq!(mode(&home.work().join("deep/er/keys")), 0o600);
}

#[tokio::test]
async fn a_key_travels_in_the_open_only_where_the_settings_allow_it() {
    // Stands for the network between here and the gateway.
    let proxy = giving(OutputFormat::Jpeg).await;
    let home = || Home::at("http://gw.test").set("http_proxy", &proxy.url());
    home().run(&["generate", "x"]).await.done();
    assert_eq!(sent(&proxy), None, "no key, no question");
    let with_file = home();
    keep(&with_file, KEY).await;
    let (with_command, command) = (home(), "api_key_command = \"echo sk-command\"\n");
    let with_variable = home().set("PLANTAIN_API_KEY", "sk-env");
    for (home, command, key) in [
        (with_file, "", KEY),
        (with_command, command, "sk-command"),
        (with_variable, "", "sk-env"),
    ] {
        home.configure(&format!("[endpoint]\n{command}"));
        let before = proxy.requests().len();
        home.run(&["generate", "x"])
            .await
            .failed(2, &["unencrypted to http://gw.test/v1", "allow_http"]);
        assert_eq!(proxy.requests().len(), before);
        home.configure(&format!("[endpoint]\nallow_http = true\n{command}"));
        home.run(&["generate", "x"]).await.done();
        assert_eq!(sent(&proxy).as_deref(), Some(key));
    }
}
