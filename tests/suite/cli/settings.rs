//! `plantain config`, the layers as a shell meets them, and the help.

use std::fs;

use plantain::domain::OutputFormat;
use serde_json::json;

use super::home::{Home, MODEL, body, giving, picture, pictures};
use crate::suite::raw_server::{RawServer, answer};

#[tokio::test]
async fn path_init_and_show() {
    let home = Home::new();
    let ran = home.run(&["config", "path"]).await.done();
    let file = home.path().join(".config/plantain/config.toml");
    assert_eq!(ran.paths()[0], file);
    assert!(!file.exists(), "asking writes nothing");

    home.run(&["config", "init"])
        .await
        .done()
        .says(&["wrote", "config.toml"]);
    let written = fs::read_to_string(&file).unwrap();
    assert!(written.contains("# ") && written.contains("base_url"));
    home.run(&["config", "show"]).await.done();

    fs::write(&file, "[form]\nmodel = \"mine\"\n").unwrap();
    home.run(&["config", "init"])
        .await
        .failed(2, &["exists already"]);
    assert_eq!(
        fs::read_to_string(&file).unwrap(),
        "[form]\nmodel = \"mine\"\n"
    );
    let ran = home.run(&["config", "show"]).await.done();
    let row = ran
        .out
        .lines()
        .find(|l| l.starts_with("form.model"))
        .unwrap();
    assert!(
        row.contains("\"mine\"") && row.ends_with("config.toml:2"),
        "{row}"
    );
    assert!(!home.library().exists(), "settings need no library");
}

#[tokio::test]
async fn init_writes_where_it_is_told() {
    let home = Home::new();
    home.run(&["config", "init", "--config", "deep/c.toml"])
        .await
        .done();
    assert!(home.work().join("deep/c.toml").is_file());
    fs::write(home.work().join("file"), "").unwrap();
    home.run(&["config", "init", "--config", "file/c.toml"])
        .await
        .failed(2, &["file"]);
    let elsewhere = Home::new().set("XDG_CONFIG_HOME", "/nowhere/xdg");
    let ran = elsewhere.run(&["config", "path"]).await.done();
    assert_eq!(ran.out, "/nowhere/xdg/plantain/config.toml\n");
}

#[tokio::test]
async fn flags_beat_environment_beats_file() {
    let home = Home::new()
        .set("PLANTAIN_BASE_URL", "http://env.test")
        .set("PLANTAIN_LIBRARY", "/env/library");
    home.configure("[endpoint]\nbase_url = \"http://file.test\"\n[studio]\ngraphics = \"sixel\"\n");
    let row = async |arguments: &[&str], key: &str| {
        let ran = home
            .run(&[&["config", "show"], arguments].concat())
            .await
            .done();
        ran.out
            .lines()
            .find(|l| l.starts_with(key))
            .unwrap()
            .to_owned()
    };
    let file = row(&[], "studio.graphics").await;
    assert!(
        file.contains("\"sixel\"") && file.contains("config.toml:4"),
        "{file}"
    );
    let env = row(&[], "endpoint.base_url").await;
    assert!(
        env.contains("http://env.test") && env.ends_with("PLANTAIN_BASE_URL"),
        "{env}"
    );
    let flag = row(&["--base-url", "http://flag.test"], "endpoint.base_url").await;
    assert!(
        flag.contains("http://flag.test") && flag.ends_with("--base-url"),
        "{flag}"
    );
    let library = row(&["--library", "here"], "library.path").await;
    assert!(library.contains("/work/here"), "{library}");
    // A flag may stand before the verb as well.
    let ran = home
        .run(&["--graphics", "kitty", "config", "show"])
        .await
        .done();
    assert!(ran.out.contains("studio.graphics = \"kitty\""), "{ran:?}");
}

#[tokio::test]
async fn a_wrong_file_is_named_with_its_line_by_every_verb() {
    let home = Home::new();
    home.configure("[form]\n\nratoi = \"1:1\"\n");
    for arguments in [
        &["generate", "x"][..],
        &["history"],
        &["show", "last"],
        &["serve"],
        &["config", "show"],
    ] {
        home.run(arguments)
            .await
            .failed(2, &["config.toml:3", "ratoi"]);
    }
    home.run(&["config", "path"]).await.done();
}

#[tokio::test]
async fn the_help_tells_everything() {
    let home = Home::new();
    let help = async |arguments: &[&str]| {
        let ran = home.run(&[arguments, &["--help"]].concat()).await.done();
        assert_eq!(ran.err, "");
        ran.out
    };
    let all = help(&[]).await;
    for word in [
        "generate",
        "history",
        "show",
        "serve",
        "config",
        "--base-url",
        "--library",
        "--config",
        "--graphics",
        "--accessible",
        "--version",
        "PLANTAIN_BASE_URL",
        "PLANTAIN_API_KEY",
        "PLANTAIN_LIBRARY",
        "PLANTAIN_CONFIG",
        "PLANTAIN_GRAPHICS",
        "NO_COLOR",
        "ACCESSIBLE",
        "Exit codes",
        "130",
        "demo",
    ] {
        assert!(all.contains(word), "{word}");
    }
    for (verb, words) in [
        (
            "generate",
            &[
                "-m",
                "-r",
                "-f",
                "-n",
                "-i",
                "-o",
                "--force",
                "--json",
                "--no-preview",
                "stdin",
                "NanoBananaPro-4K",
                "21:9",
            ][..],
        ),
        ("history", &["[QUERY]", "--limit", "--json", "20"]),
        ("show", &["last"]),
        ("serve", &["--port", "--delay"]),
        ("config", &["path", "init", "show", "key", "--remove"]),
    ] {
        let text = help(&[verb]).await;
        for word in words {
            assert!(text.contains(word), "{verb}: {word}");
        }
        assert!(
            text.contains("--base-url") && text.contains("--accessible"),
            "{verb}"
        );
    }
    let version = home.run(&["--version"]).await.done();
    assert!(version.out.starts_with("plantain "));
}

/// The settings of the README, with the address of a test's server.
fn readmes_profiles(url: &str) -> String {
    let readme = include_str!("../../../README.md");
    let after = readme.split("```toml\n# config.toml\n").nth(1).unwrap();
    let block = after.split("```").next().unwrap();
    let settings = block.replace("http://127.0.0.1:8080", url);
    assert_ne!(settings, block);
    settings
}

#[tokio::test]
async fn a_gateway_is_asked_in_the_form_of_its_profile() {
    let server = giving(OutputFormat::Png).await;
    let written = format!("{}/v1/chat/completions/", server.url());
    let home = Home::at(&server.url());
    home.configure(&readmes_profiles(&written));
    home.run(&["generate", "-f", "png", "a fox"]).await.done();
    assert_eq!(
        String::from_utf8(server.requests()[0].body.clone()).unwrap(),
        r#"{"model":"NanoBananaPro-1K","messages":[{"role":"user","content":"a fox"}],"quality":"high","--aspect_ratio":"16:9","--output_format":"png","stream":false}"#
    );
    let shown = home.run(&["config", "show"]).await.done().out;
    let row = |key: &str| shown.lines().find(|l| l.starts_with(key)).unwrap();
    assert!(row("in use: base URL").contains(&format!("\"{}/v1\"", server.url())));
    let profile = row("in use: profile");
    assert!(
        profile.contains("= \"mine\" ") && profile.ends_with("config.toml:3"),
        "{profile}"
    );
    assert!(
        shown.contains(
            "endpoint.profile_for = { \"https://openrouter.ai/api/v1\" = \"openrouter\" }"
        )
    );

    home.configure("[endpoint.profile_for]\n\"gw.test\" = \"google\"\n");
    for arguments in [&["generate", "x"][..], &["config", "show"]] {
        let ran = home.run(arguments).await;
        assert_eq!(ran.code, 2, "{ran:?}");
        ran.says(&["config.toml:2: the base URL is not a URL"]);
    }
}

#[tokio::test]
async fn what_the_library_remembers_of_a_gateway_is_shown() {
    let server = RawServer::start(|request| {
        if body(request).get("--aspect_ratio").is_some() {
            let complaint = br#"{"error":{"message":"unknown field --aspect_ratio"}}"#;
            answer(400, &[], complaint)
        } else {
            pictures(&[picture(OutputFormat::Jpeg, 1)])
        }
    })
    .await;
    let home = Home::at(&server.url());
    let shown = async || {
        let ran = home.run(&["config", "show"]).await.done();
        let row = ran.out.lines().find(|l| l.starts_with("in use: profile"));
        row.unwrap().to_owned()
    };
    assert!(shown().await.contains("= \"documented\" "));
    assert!(!home.library().exists(), "showing makes no library");
    home.run(&["generate", "x"]).await.done();
    let row = shown().await;
    assert!(row.contains("= \"example\" "), "{row}");
    assert!(
        row.contains("/v1 refused \"documented\" (default)"),
        "{row}"
    );
    // A changed setting wins over what is remembered.
    home.configure("[endpoint]\nprofile = \"google\"\n");
    assert!(shown().await.contains("= \"google\" "));
    home.run(&["generate", "x"]).await.done();
    assert_eq!(server.requests().len(), 3);
}

#[tokio::test]
async fn without_a_base_url_the_demo_is_in_use_and_speaks_the_document() {
    let home = Home::new();
    home.configure("[endpoint]\nprofile = \"nexara\"\n");
    let shown = home.run(&["config", "show"]).await.done().out;
    assert!(shown.contains("in use: base URL = none"), "{shown}");
    let ran = home
        .run(&[
            "generate", "-m", MODEL, "-r", "9:16", "-f", "png", "--json", "x",
        ])
        .await
        .done();
    let picture = &ran.objects()[0]["pictures"][0];
    assert_eq!(
        (&picture["format"], &picture["width"]),
        (&json!("png"), &json!(384))
    );
}
