//! What was served is what is saved, to the byte, whatever the server says that it is; its name comes from its own bytes.

use std::fs;

use plantain::domain::FileFormat;

use super::{Bench, bytes_of, gateway, known, naming, sha256};
use crate::suite::endpoint::fixtures::{JPG, PNG, WEBP};
use crate::suite::raw_server::{RawServer, answer};

const GIF: &[u8] = b"GIF89a\x01\0\x01\0\x80\0\0\0\0\0\xff\xff\xff!\xf9\x04\x01\0\0\0\0,\0\0\0\0\x01\0\x01\0\0\x02\x02D\x01\0;";

/// A PNG with metadata that nothing needs, and with the start of another file in it.
fn chatty_png() -> Vec<u8> {
    let png = bytes_of(PNG);
    let text = b"tEXtComment\0<script>\xff\xd8\xff\x1b[2J";
    let mut out = png[..33].to_vec();
    out.extend((text.len() as u32 - 4).to_be_bytes());
    out.extend(text);
    out.extend([0; 4]);
    out.extend(&png[33..]);
    out
}

/// A JPEG of which only the frame is right: known, whole, and not to be decoded.
fn broken_jpeg() -> Vec<u8> {
    let jpeg = bytes_of(JPG);
    let mut out = jpeg[..20].to_vec();
    out.extend([0x55; 200]);
    out.extend([0xff, 0xd9]);
    out
}

fn pictures() -> Vec<(FileFormat, Vec<u8>)> {
    let mut all = known().to_vec();
    all.push((FileFormat::Gif, GIF.to_vec()));
    all.push((FileFormat::Png, chatty_png()));
    all.push((FileFormat::Jpeg, broken_jpeg()));
    all
}

/// Each picture under each of these: what its address, its type and its name say of it.
const LIES: [(&str, &str, &str); 5] = [
    ("a.png", "image/jpeg", "inline"),
    (
        "a.jpg",
        "text/html; charset=utf-8",
        "attachment; filename=\"../../../x.sh\"",
    ),
    (
        "a.webp?format=gif",
        "application/octet-stream",
        "attachment; filename*=UTF-8''%2e%2e%2fx.png",
    ),
    (
        "picture",
        "image/svg+xml",
        "attachment; filename=\"/etc/cron.d/x\"",
    ),
    ("a.html", "image/png", "attachment; filename=\"-rf\""),
];

#[tokio::test]
async fn a_downloaded_picture_is_what_was_served() {
    let mut tried = 0;
    for (n, (format, bytes)) in pictures().into_iter().enumerate() {
        for (name, kind, disposition) in LIES {
            let bench = Bench::new();
            let host = RawServer::saying(answer(
                200,
                &[("Content-Type", kind), ("Content-Disposition", disposition)],
                &bytes,
            ))
            .await;
            let server = gateway(&format!("{}/{name}", host.url())).await;
            let generation = bench.run(&server.url(), "a ../../cat").await;
            let what = format!("picture {n} as {name}, {kind}");
            let [picture] = generation.pictures.as_slice() else {
                panic!("{what}: {:?}", generation.failure);
            };
            let saved = fs::read(&picture.path).unwrap();
            assert_eq!(sha256(&saved), sha256(&bytes), "{what}");
            assert_eq!(picture.sha256, sha256(&bytes), "{what}");
            assert_eq!(picture.bytes, bytes.len() as u64, "{what}");
            assert_eq!(picture.format, format, "{what}");
            assert_eq!(
                picture.path.extension().unwrap(),
                format.extension(),
                "{what}"
            );
            assert_eq!(bench.pictures(), std::slice::from_ref(&picture.path));
            assert_eq!(
                fs::read_dir(bench.folder.path()).unwrap().count(),
                1,
                "outside"
            );
            tried += 1;
        }
    }
    assert_eq!(tried, 35);
}

#[tokio::test]
async fn an_inline_picture_is_what_was_served() {
    use base64::Engine as _;
    use base64::engine::general_purpose::STANDARD;
    for (format, bytes) in pictures() {
        for said in ["image/png", "image/jpeg", "image/webp", "image/gif"] {
            let bench = Bench::new();
            let uri = format!("data:{said};base64,{}", STANDARD.encode(&bytes));
            let server = RawServer::saying(naming(&[&uri])).await;
            let generation = bench.run(&server.url(), "a cat").await;
            let [picture] = generation.pictures.as_slice() else {
                panic!("{format} as {said}: {:?}", generation.failure);
            };
            assert_eq!(fs::read(&picture.path).unwrap(), bytes);
            assert_eq!(picture.sha256, sha256(&bytes));
            assert_eq!(
                (picture.format, picture.path.extension()),
                (format, Some(format.extension().as_ref()))
            );
        }
    }
}

#[tokio::test]
async fn several_of_an_answer_keep_each_its_own_bytes() {
    let bench = Bench::new();
    let all = [bytes_of(PNG), bytes_of(JPG), bytes_of(WEBP)];
    let served = all.clone();
    let host = RawServer::start(move |request| {
        let n: usize = request.path[1..2].parse().unwrap();
        answer(200, &[("Content-Type", "image/gif")], &served[n])
    })
    .await;
    let urls: Vec<String> = (0..3).map(|n| format!("{}/{n}.gif", host.url())).collect();
    let urls: Vec<&str> = urls.iter().map(String::as_str).collect();
    let server = RawServer::saying(naming(&urls)).await;
    let generation = bench.run(&server.url(), "cats").await;
    let saved: Vec<_> = generation
        .pictures
        .iter()
        .map(|p| fs::read(&p.path).unwrap())
        .collect();
    assert_eq!(saved, all);
}
