//! Request bodies, to the byte.

use plantain::config::builtin_profiles;
use plantain::domain::{Constant, FieldPath, OutputFormat, Profile, Prompt, Request, Tier};
use plantain::endpoint::build_body;
use serde_json::json;

fn path(keys: &[&str]) -> FieldPath {
    FieldPath(keys.iter().map(|k| (*k).to_owned()).collect())
}

fn profile(name: &str) -> Profile {
    let all = builtin_profiles();
    all.into_iter().find(|p| p.name == name).unwrap()
}

fn request(prompt: &str) -> Request {
    Request {
        model: "NanoBananaPro-1K".to_owned(),
        ratio: "16:9".parse().unwrap(),
        format: OutputFormat::Png,
        prompt: Prompt::new(prompt).unwrap(),
        references: Vec::new(),
        parent: None,
    }
}

/// The body of a request with these references, of a model of this tier.
fn body(profile: &Profile, tier: Option<Tier>, references: &[&str]) -> String {
    let references: Vec<String> = references.iter().map(|r| (*r).to_owned()).collect();
    build_body(&request(" a cute cat\n"), profile, tier, &references).to_string()
}

/// Each profile as `assets/profiles.toml` has it: what stands behind `messages`, whatever is sent there.
const REST: [(&str, &str); 5] = [
    // WIRE §6, both readings of the document.
    (
        "documented",
        r#""--aspect_ratio":"16:9","--output_format":"png","extra_body":{"google":{"image_config":{"aspect_ratio":"16:9","output_format":"png"}}},"stream":true"#,
    ),
    // The document's examples.
    (
        "example",
        r#""extra_body":{"google":{"image_config":{"aspect_ratio":"16:9"}}},"stream":true"#,
    ),
    // The rest: WIRE §2, by the rows of their names.
    (
        "openrouter",
        r#""modalities":["image","text"],"image_config":{"aspect_ratio":"16:9","image_size":"2K"},"stream":true"#,
    ),
    (
        "nexara",
        r#""aspect_ratio":"16:9","image_size":"2K","stream":false"#,
    ),
    (
        "google",
        r#""extra_body":{"google":{"image_config":{"aspect_ratio":"16:9","image_size":"2K"}}},"stream":true"#,
    ),
];

#[test]
fn each_profile_writes_its_gateways_form() {
    let start = r#"{"model":"NanoBananaPro-1K","messages":[{"role":"user","content":"#;
    let text = r#"{"type":"text","text":"a cute cat"}"#;
    let uri = r#"{"type":"image_url","image_url":{"url":"data:image/png;base64,AAAA"}}"#;
    for (name, rest) in REST {
        let profile = profile(name);
        assert_eq!(
            body(&profile, Some(Tier::Two), &[]),
            format!(r#"{start}"a cute cat"}}],{rest}}}"#),
            "{name}"
        );
        assert_eq!(
            body(&profile, Some(Tier::Two), &["data:image/png;base64,AAAA"]),
            format!("{start}[{text},{uri}]}}],{rest}}}"),
            "{name}"
        );
    }
    assert_eq!(REST.len(), builtin_profiles().len());
}

#[test]
fn references_make_the_documents_second_example() {
    let references = ["https://example.com/xxxxxxx.jpg".to_owned()];
    assert_eq!(
        build_body(
            &request(", generation,"),
            &profile("example"),
            None,
            &references
        )
        .to_string(),
        r#"{"model":"NanoBananaPro-1K","messages":[{"role":"user","content":[{"type":"text","text":", generation,"},{"type":"image_url","image_url":{"url":"https://example.com/xxxxxxx.jpg"}}]}],"extra_body":{"google":{"image_config":{"aspect_ratio":"16:9"}}},"stream":true}"#
    );
}

#[test]
fn a_size_is_written_in_the_gateways_words_and_only_where_there_is_one() {
    let odd = Profile {
        sizes: [(Tier::Half, "512".to_owned())].into(),
        ..profile("nexara")
    };
    let size = |tier| {
        let body = build_body(&request("x"), &odd, tier, &[]);
        body.get("image_size").cloned()
    };
    assert_eq!(size(Some(Tier::Half)), Some(json!("512")));
    assert_eq!(size(Some(Tier::Four)), Some(json!("4K")));
    assert_eq!(size(None), None);
}

#[test]
fn a_profile_cannot_overwrite_what_is_asked() {
    let odd = Profile {
        constants: vec![
            Constant {
                at: path(&["messages"]),
                value: json!([]),
            },
            Constant {
                at: path(&["a", "b"]),
                value: json!({"d": 1, "c": [null, 0.5, true]}),
            },
        ],
        aspect_ratio: vec![
            path(&["model"]),
            path(&["model", "ratio"]),
            path(&[]),
            path(&["size"]),
        ],
        image_size: vec![path(&["a", "size"]), path(&["size"])],
        stream: false,
        ..profile("example")
    };
    assert_eq!(
        build_body(&request("x"), &odd, Some(Tier::One), &[]).to_string(),
        r#"{"model":"NanoBananaPro-1K","messages":[{"role":"user","content":"x"}],"a":{"b":{"d":1,"c":[null,0.5,true]},"size":"1K"},"size":"1K","stream":false}"#
    );
}
