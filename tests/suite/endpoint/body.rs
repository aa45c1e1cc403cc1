//! Request bodies, to the byte.

use plantain::domain::{FieldPath, OutputFormat, Profile, Prompt, Request};
use plantain::endpoint::build_body;

fn path(keys: &[&str]) -> FieldPath {
    FieldPath(keys.iter().map(|k| (*k).to_owned()).collect())
}

const IMAGE_CONFIG: [&str; 3] = ["extra_body", "google", "image_config"];

fn in_image_config(key: &str) -> FieldPath {
    path(&[IMAGE_CONFIG.as_slice(), &[key]].concat())
}

fn documented() -> Profile {
    Profile {
        name: "documented".to_owned(),
        aspect_ratio: vec![path(&["--aspect_ratio"]), in_image_config("aspect_ratio")],
        output_format: vec![path(&["--output_format"]), in_image_config("output_format")],
        stream: true,
        fallback: Some("example".to_owned()),
    }
}

fn example() -> Profile {
    Profile {
        name: "example".to_owned(),
        aspect_ratio: vec![in_image_config("aspect_ratio")],
        output_format: Vec::new(),
        stream: true,
        fallback: None,
    }
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

#[test]
fn the_documented_profile_writes_both_readings_in_order() {
    assert_eq!(
        build_body(&request(" a cute cat\n"), &documented(), &[]).to_string(),
        r#"{"model":"NanoBananaPro-1K","messages":[{"role":"user","content":"a cute cat"}],"--aspect_ratio":"16:9","--output_format":"png","extra_body":{"google":{"image_config":{"aspect_ratio":"16:9","output_format":"png"}}},"stream":true}"#
    );
}

#[test]
fn the_example_profile_writes_the_documents_first_example() {
    assert_eq!(
        build_body(&request("a cute cat"), &example(), &[]).to_string(),
        r#"{"model":"NanoBananaPro-1K","messages":[{"role":"user","content":"a cute cat"}],"extra_body":{"google":{"image_config":{"aspect_ratio":"16:9"}}},"stream":true}"#
    );
}

#[test]
fn references_make_the_documents_second_example() {
    let references = ["https://example.com/xxxxxxx.jpg".to_owned()];
    assert_eq!(
        build_body(&request(", generation,"), &example(), &references).to_string(),
        r#"{"model":"NanoBananaPro-1K","messages":[{"role":"user","content":[{"type":"text","text":", generation,"},{"type":"image_url","image_url":{"url":"https://example.com/xxxxxxx.jpg"}}]}],"extra_body":{"google":{"image_config":{"aspect_ratio":"16:9"}}},"stream":true}"#
    );
}

#[test]
fn a_profile_cannot_overwrite_what_is_asked() {
    let odd = Profile {
        aspect_ratio: vec![
            path(&["model"]),
            path(&["model", "ratio"]),
            path(&[]),
            path(&["size"]),
        ],
        stream: false,
        ..example()
    };
    assert_eq!(
        build_body(&request("x"), &odd, &[]).to_string(),
        r#"{"model":"NanoBananaPro-1K","messages":[{"role":"user","content":"x"}],"size":"16:9","stream":false}"#
    );
}
