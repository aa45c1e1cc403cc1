//! The README cannot drift from the tables that it shows.

use std::fs;
use std::path::PathBuf;
use std::process::Command;

use plantain::config::{Config, Environment, Overrides};
use plantain::studio::Keymap;
use plantain::studio::keymap::{DEFAULT, key_table_markdown};

const START: &str = "<!-- keys: written by `PLANTAIN_ACCEPT=1 cargo test readme` -->\n";
const END: &str = "<!-- end of keys -->";

fn path() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("README.md")
}

#[test]
fn the_key_table_is_that_of_the_actions() {
    let keymap = Keymap::parse(DEFAULT, "").unwrap();
    let table = key_table_markdown(&keymap);
    let readme = fs::read_to_string(path()).unwrap();
    let (before, rest) = readme.split_once(START).expect("the mark of the key table");
    let (shown, after) = rest.split_once(END).expect("the end mark of the key table");
    if shown.trim() == table.trim() {
        return;
    }
    if std::env::var_os("PLANTAIN_ACCEPT").is_some() {
        let whole = format!("{before}{START}\n{}\n\n{END}{after}", table.trim());
        fs::write(path(), whole).unwrap();
        return;
    }
    panic!(
        "the README's key table has drifted; accept the new one with `PLANTAIN_ACCEPT=1 cargo test readme`"
    );
}

#[test]
fn every_setting_is_named_where_settings_are_explained() {
    let readme = fs::read_to_string(path()).unwrap();
    for name in [
        "PLANTAIN_BASE_URL",
        "PLANTAIN_API_KEY",
        "PLANTAIN_LIBRARY",
        "PLANTAIN_CONFIG",
        "PLANTAIN_GRAPHICS",
        "NO_COLOR",
        "HTTP_PROXY",
        "NO_PROXY",
        "ACCESSIBLE",
        "cargo run --release",
        "cargo test",
    ] {
        assert!(readme.contains(name), "{name} is not in the README");
    }
    let home = tempfile::tempdir().unwrap();
    let environment = Environment {
        home: Some(home.path().to_owned()),
        cwd: home.path().to_owned(),
        ..Environment::default()
    };
    let config = Config::load(&environment, &Overrides::default()).unwrap();
    let rows = config.settings.rows();
    assert!(rows.len() > 10, "{rows:?}");
    for (name, ..) in rows {
        let named = readme.contains(&format!("`{name}`"));
        assert!(named, "the setting {name} is not in the README");
    }
}

#[test]
fn every_flag_is_named() {
    let readme = fs::read_to_string(path()).unwrap();
    let mut flags = 0;
    for verb in [
        "", "generate", "history", "show", "serve", "doctor", "config",
    ] {
        let mut help = Command::new(env!("CARGO_BIN_EXE_plantain"));
        let help = help.args(Some(verb).filter(|v| !v.is_empty()));
        let help = help.arg("--help").output().unwrap();
        let help = String::from_utf8(help.stdout).unwrap();
        for line in help.lines().map(str::trim_start) {
            let flag = line.split([' ', ',']).find(|word| word.starts_with("--"));
            let Some(flag) = flag.filter(|_| line.starts_with('-')) else {
                continue;
            };
            flags += 1;
            assert!(readme.contains(flag), "{verb} {flag} is not in the README");
        }
    }
    assert!(flags > 20, "{flags}");
}

#[test]
fn every_picture_of_the_readme_is_there() {
    let readme = fs::read_to_string(path()).unwrap();
    let root = path();
    let root = root.parent().unwrap();
    let mut pictures = 0;
    for link in readme.split("](").skip(1) {
        let target = link.split(')').next().unwrap();
        if target.starts_with("assets/") {
            pictures += 1;
            assert!(root.join(target).is_file(), "{target} is missing");
        }
    }
    assert!(
        pictures >= 2,
        "the README shows the studio in two terminals"
    );
}
