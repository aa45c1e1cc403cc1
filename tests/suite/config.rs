//! Layers, and errors that name file, line and key.

use std::fs;
use std::path::Path;

use plantain::config::{Config, Environment, Overrides, Source, builtin_profiles};
use plantain::domain::{Failure, Glyphs, GraphicsKind, ReferenceForms, Tier};
use plantain::{graphics, runtime};
use tempfile::TempDir;

fn home(config: &str) -> (TempDir, Environment) {
    let dir = tempfile::tempdir().unwrap();
    let folder = dir.path().join(".config/plantain");
    fs::create_dir_all(&folder).unwrap();
    if !config.is_empty() {
        fs::write(folder.join("config.toml"), config).unwrap();
    }
    let environment = Environment {
        home: Some(dir.path().to_owned()),
        cwd: dir.path().to_owned(),
        ..Environment::default()
    };
    (dir, environment)
}

fn load(environment: &Environment) -> Result<Config, Failure> {
    Config::load(environment, &Overrides::default())
}

#[test]
fn an_empty_home_gives_the_documented_defaults() {
    let (dir, environment) = home("");
    let config = load(&environment).unwrap();
    let settings = &config.settings;
    assert_eq!(settings.model.value, "NanoBananaPro-1K");
    assert_eq!(settings.ratio.value.to_string(), "16:9");
    assert_eq!(settings.format.value.as_str(), "jpeg");
    assert_eq!((settings.count.value, settings.parallel.value), (1, 4));
    assert_eq!(settings.base_url.value, None);
    assert_eq!(settings.library.value, dir.path().join("Pictures/plantain"));
    assert_eq!(settings.profile.value, "documented");
    assert_eq!(settings.theme.value, "dark");
    assert!(
        settings
            .rows()
            .iter()
            .all(|(_, _, source)| **source == Source::Default)
    );
}

#[test]
fn flags_beat_environment_beats_file() {
    let (dir, mut environment) =
        home("[endpoint]\nbase_url = \"http://file/v1\"\n\n[studio]\ngraphics = \"sixel\"\n");
    let config = load(&environment).unwrap();
    assert_eq!(
        config.settings.base_url.value.as_deref(),
        Some("http://file/v1")
    );
    assert_eq!(
        config.settings.base_url.source,
        Source::File {
            path: dir.path().join(".config/plantain/config.toml"),
            line: 2
        }
    );
    environment
        .vars
        .insert("PLANTAIN_BASE_URL".into(), "http://env".into());
    environment
        .vars
        .insert("PLANTAIN_GRAPHICS".into(), "kitty".into());
    let config = load(&environment).unwrap();
    assert_eq!(
        config.settings.base_url.value.as_deref(),
        Some("http://env")
    );
    assert_eq!(config.settings.graphics.value, Some(GraphicsKind::Kitty));
    let flags = Overrides {
        base_url: Some("http://flag".into()),
        graphics: Some("auto".into()),
        library: Some("pics".into()),
        ..Overrides::default()
    };
    let config = Config::load(&environment, &flags).unwrap();
    assert_eq!(
        config.settings.base_url.value.as_deref(),
        Some("http://flag")
    );
    assert_eq!(config.settings.graphics.value, None);
    assert_eq!(config.settings.library.value, dir.path().join("pics"));
    assert_eq!(config.settings.library.source, Source::Flag("--library"));
}

#[test]
fn a_wrong_file_is_named_with_line_and_key() {
    for (text, line, word) in [
        ("[endpoint]\nbase_ulr = \"x\"\n", 2, "base_ulr"),
        ("[form]\nmodel = \"a\"\nratio = \"wide\"\n", 3, "16:9"),
        ("[form]\nformat = \"bmp\"\n", 2, "bmp"),
        ("\n[endpoint]\nparallel = 0\n", 3, "parallel"),
        ("demo = \"perhaps\"\n", 1, "perhaps"),
        ("[studio\n", 1, ""),
        ("[studio]\ngraphics = \"ascii\"\n", 2, "kitty"),
        ("[studio]\npreview_kb = 100001\n", 2, "preview_kb"),
        ("[studio]\npreview_kb = \"much\"\n", 2, "expected"),
        ("[studio]\n\nblocks = \"braille\"\n", 3, "octants"),
    ] {
        let (_dir, environment) = home(text);
        let failure = load(&environment).err().expect(text);
        let message = failure.message.as_str();
        assert!(
            message.contains(&format!("config.toml:{line}: ")),
            "{message}"
        );
        assert!(message.contains(word), "{message}");
        assert!(failure.hint.is_some());
    }
}

#[test]
fn a_preview_has_as_many_bytes_as_it_needs_unless_a_file_says_otherwise() {
    let bytes = |text: &str| {
        let (_dir, environment) = home(text);
        load(&environment).unwrap().settings.preview_bytes()
    };
    assert_eq!(bytes(""), None);
    assert_eq!(bytes("[studio]\npreview_kb = 120\n"), Some(120_000));
}

#[test]
fn forced_block_characters_reach_the_terminal() {
    for (text, glyphs) in [
        ("", None),
        ("[studio]\nblocks = \"auto\"\n", None),
        ("[studio]\nblocks = \"sextants\"\n", Some(Glyphs::Sextants)),
    ] {
        let (_dir, environment) = home(text);
        let settings = load(&environment).unwrap().settings;
        assert_eq!(settings.blocks.value, glyphs);
        let facts = graphics::Environment::default();
        let told = graphics::Capabilities::parse(&[], &facts).glyphs;
        let capabilities =
            runtime::capabilities_of(&graphics::Answers::direct(&[]), &facts, &settings);
        assert_eq!(capabilities.glyphs, glyphs.unwrap_or(told));
    }
}

#[test]
fn a_named_file_must_exist() {
    let (dir, environment) = home("");
    let overrides = Overrides {
        config: Some(dir.path().join("none.toml")),
        ..Overrides::default()
    };
    let failure = Config::load(&environment, &overrides).err().unwrap();
    assert!(failure.message.as_str().contains("none.toml"));
}

#[test]
fn no_home_is_one_clear_failure() {
    let failure = load(&Environment::default()).err().unwrap();
    assert!(failure.message.as_str().contains("HOME"));
    let environment = Environment {
        vars: [("XDG_CONFIG_HOME".to_owned(), "/nowhere".to_owned())].into(),
        ..Environment::default()
    };
    let failure = load(&environment).err().unwrap();
    assert!(failure.hint.unwrap().as_str().contains("--library"));
}

#[test]
fn a_users_catalog_adds_models_ratios_and_prices() {
    let (dir, environment) = home("");
    let write =
        |text: &str| fs::write(dir.path().join(".config/plantain/catalog.toml"), text).unwrap();
    write(
        "[[model]]\nname = \"NanoBananaPro-8K\"\nfamily = \"NanoBananaPro\"\nformats = [\"png\"]\n\
         [[ratio]]\nname = \"2:1\"\npixels = [1448, 724]\n[prices]\n\"NanoBanana\" = \"3 cents\"\n",
    );
    let catalog = load(&environment).unwrap().catalog;
    assert_eq!(catalog.models.len(), 9);
    assert_eq!(catalog.ratios.len(), 11);
    assert_eq!(catalog.price("NanoBanana").unwrap().0, "3 cents");
    write("[[model]]\nname = \"X\"\nfamliy = \"Y\"\n");
    let failure = load(&environment).err().unwrap();
    assert!(
        failure.message.as_str().contains("catalog.toml:3"),
        "{}",
        failure.message
    );
}

#[test]
fn a_home_relative_library_is_expanded() {
    let (dir, environment) = home("[library]\npath = \"~/art\"\n");
    let config = load(&environment).unwrap();
    assert_eq!(
        config.settings.library.value,
        Path::new(dir.path()).join("art")
    );
}

/// What a profile of the user's own may say.
const OWN: &str = r#"[endpoint]
profile = "mine"
[endpoint.profile_for]
"https://openrouter.ai/api/v1" = "openrouter"

[profiles.mine]
constants = [{ at = ["quality"], value = { z = "high", a = [1, true] } }]
aspect_ratio = [["size", "ratio"]]
image_size = [["size", "tier"]]
sizes = { "0.5K" = "512", "1K" = "1k" }
references = "url"
stream = false
fallback = "example"

[profiles.example]
output_format = [["format"]]
"#;

#[test]
fn a_user_writes_profiles_of_their_own() {
    let (_dir, environment) = home(OWN);
    let config = load(&environment).unwrap();
    let named = |name: &str| config.profiles.iter().find(|p| p.name == name).unwrap();
    let mine = named("mine");
    assert_eq!(
        mine.constants[0].value.to_string(),
        r#"{"z":"high","a":[1,true]}"#
    );
    assert_eq!(mine.size(Tier::Half), "512");
    assert_eq!(mine.size(Tier::Four), "4K");
    assert_eq!(mine.references, ReferenceForms::Url);
    assert_eq!(
        (mine.stream, mine.fallback.as_deref()),
        (false, Some("example"))
    );
    assert_eq!(config.settings.profile.value, "mine");
    let entry = &config.settings.profile_for["https://openrouter.ai/api/v1"];
    assert_eq!(entry.value, "openrouter");
    assert!(entry.source.to_string().ends_with("config.toml:4"));
    // One of a known name takes its place whole; the others stay.
    assert_eq!(
        config
            .profiles
            .iter()
            .filter(|p| p.name == "example")
            .count(),
        1
    );
    assert!(named("example").aspect_ratio.is_empty());
    assert_eq!(config.profiles.len(), builtin_profiles().len() + 1);
}

#[test]
fn a_wrong_profile_is_named_with_line_and_key() {
    for (from, to, line, word) in [
        (
            "profile = \"mine\"",
            "profile = \"nime\"",
            2,
            "known are documented",
        ),
        ("= \"openrouter\"", "= \"closedrouter\"", 4, "closedrouter"),
        (
            "fallback = \"example\"",
            "fallback = \"exmaple\"",
            6,
            "exmaple",
        ),
        ("stream = false", "steam = false", 12, "steam"),
        ("stream = false", "name = \"x\"", 12, "name"),
        ("stream = false", "stream = \"no\"", 12, "boolean"),
        ("value = {", "valeu = {", 7, "valeu"),
        ("\"1K\" =", "\"3K\" =", 10, "3K"),
        ("\"url\"", "\"post\"", 11, "post"),
        (
            "[[\"size\", \"ratio\"]]",
            "[[\"messages\", \"ratio\"]]",
            6,
            "messages",
        ),
        (
            "[[\"size\", \"ratio\"]]",
            "[[]]",
            6,
            "nothing can be written to []",
        ),
        ("[\"quality\"]", "\"quality\"", 7, "sequence"),
    ] {
        let text = OWN.replacen(from, to, 1);
        assert_ne!(text, OWN, "{from}");
        let (_dir, environment) = home(&text);
        let failure = load(&environment).err().expect(to);
        let said = failure.to_string();
        assert!(
            said.contains(&format!("config.toml:{line}: ")),
            "{to}: {said}"
        );
        assert!(said.contains(word), "{to}: {said}");
        assert!(failure.hint.is_some(), "{to}");
    }
}
