//! Picture files: their names, that nothing is replaced, and that nothing is written outside the folder.

use std::fs;
use std::os::unix::fs::symlink;

use jiff::tz::{Offset, TimeZone};
use plantain::domain::{FileFormat, PixelSize, Prompt, Step};
use plantain::library::{Library, Query};
use proptest::prelude::*;

use super::{CREATED, files, generation, open, save, sent};

#[test]
fn a_picture_is_saved_to_the_byte_under_the_name_that_the_design_gives() {
    let folder = tempfile::tempdir().unwrap();
    let zone = TimeZone::fixed(Offset::constant(2));
    let library = Library::open(folder.path(), zone).unwrap();
    let one = sent(&library, 0x7c31_d09e, "A red fox!");
    let size = Some(PixelSize::new(1376, 768));
    let url = Some("https://cdn.example/a.png?sig=1");
    let picture = library
        .save_picture(&one, 1, b"abc", FileFormat::Jpeg, size, url)
        .unwrap();
    // 14:02:33 UTC, two hours east.
    let expected = folder
        .path()
        .join("2026-11/24-160233-a-red-fox-7c31d09e.jpg");
    assert_eq!(picture.path, expected);
    assert_eq!(fs::read(&picture.path).unwrap(), b"abc");
    assert_eq!(
        picture.sha256,
        "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
    );
    assert_eq!((picture.bytes, picture.size), (3, size));
    assert_eq!(library.get(one.id).unwrap().pictures, [picture]);
    assert_eq!(files(folder.path()).len(), 1, "no temporary file stays");
}

#[test]
fn nothing_is_replaced() {
    let folder = tempfile::tempdir().unwrap();
    let library = open(folder.path());
    let month = folder.path().join("2026-11");
    fs::create_dir(&month).unwrap();
    fs::write(month.join("24-140233-fox-00000001.png"), b"the user's own").unwrap();
    symlink("/etc/passwd", month.join("24-140233-fox-00000001-2.png")).unwrap();
    fs::create_dir(month.join("24-140233-fox-00000001-3.png")).unwrap();
    let mut one = sent(&library, 1, "fox");
    let first = save(&library, &mut one, b"first");
    // The same bytes twice are two pictures still.
    let second = save(&library, &mut one, b"first");
    assert!(first.path.ends_with("24-140233-fox-00000001-4.png"));
    assert!(second.path.ends_with("24-140233-fox-00000001-5.png"));
    assert_eq!(
        fs::read(month.join("24-140233-fox-00000001.png")).unwrap(),
        b"the user's own"
    );
    assert_eq!(fs::read(&second.path).unwrap(), b"first");
}

#[test]
fn a_file_that_a_crash_left_without_a_row_is_taken_over() {
    let folder = tempfile::tempdir().unwrap();
    let library = open(folder.path());
    let mut one = sent(&library, 1, "fox");
    let month = folder.path().join("2026-11");
    fs::create_dir(&month).unwrap();
    fs::write(
        month.join("24-140233-fox-00000001.png"),
        b"renamed, not committed",
    )
    .unwrap();
    let picture = save(&library, &mut one, b"renamed, not committed");
    assert_eq!(files(folder.path()), ["2026-11/24-140233-fox-00000001.png"]);
    assert_eq!(library.get(one.id).unwrap().pictures, [picture]);
}

#[test]
fn no_prompt_leads_outside() {
    let outer = tempfile::tempdir().unwrap();
    let folder = outer.path().join("library");
    let library = open(&folder);
    let long = "x".repeat(4_000);
    let kanji = "狐".repeat(4_000);
    let prompts = [
        "../../x",
        "/etc/passwd",
        "-rf",
        "a\nb",
        "\u{1f98a}",
        &long,
        &kanji,
        ".",
        "..",
        "~",
        "CON",
        "a\0b",
        "a/../../b",
        "\u{202e}gnp.fox",
        "$(id)",
        "%2e%2e%2f",
    ];
    for (n, prompt) in prompts.iter().enumerate() {
        let mut one = sent(&library, n as u128 + 1, prompt);
        let picture = save(&library, &mut one, prompt.as_bytes());
        assert_eq!(picture.path.parent().unwrap(), folder.join("2026-11"));
        let name = picture.path.file_name().unwrap().to_str().unwrap();
        assert!(name.len() <= 120, "{name}");
        assert!(
            name.strip_suffix(".png")
                .unwrap()
                .chars()
                .all(|c| c.is_alphanumeric() || c == '-'),
            "{name}"
        );
        assert_eq!(fs::read(&picture.path).unwrap(), prompt.as_bytes());
    }
    assert_eq!(files(outer.path()).len(), prompts.len());
}

#[test]
fn a_link_in_the_place_of_the_month_is_not_followed() {
    let outer = tempfile::tempdir().unwrap();
    let (folder, elsewhere) = (outer.path().join("library"), outer.path().join("elsewhere"));
    let library = open(&folder);
    fs::create_dir(&elsewhere).unwrap();
    symlink(&elsewhere, folder.join("2026-11")).unwrap();
    fs::write(folder.join("2026-11-2"), b"a file").unwrap();
    let mut one = sent(&library, 1, "fox");
    let picture = save(&library, &mut one, b"paid for");
    assert_eq!(picture.path.parent().unwrap(), folder.join("2026-11-3"));
    assert_eq!(files(&elsewhere), [] as [String; 0]);
}

#[test]
fn any_clock_gives_a_name() {
    let folder = tempfile::tempdir().unwrap();
    let library = open(folder.path());
    for (n, (created, expected)) in [
        (0, "1970-01/01-000000-fox-00000001.png"),
        (-86_400_000, "1969-12/31-000000-fox-00000002.png"),
        (4_102_444_800_000, "2100-01/01-000000-fox-00000003.png"),
        (i64::MAX, "1970-01/01-000000-fox-00000004.png"),
        (CREATED, "2026-11/24-140233-fox-00000005.png"),
    ]
    .into_iter()
    .enumerate()
    {
        let mut one = generation(n as u128 + 1, "fox");
        one.created_ms = created;
        library.prepare(&mut one).unwrap();
        library.step(&mut one, Step::Send).unwrap();
        let picture = save(&library, &mut one, b"fox");
        assert_eq!(picture.path, folder.path().join(expected));
    }
    // Rows come in the order in which they were made, whatever their clocks said.
    let page = library.page(&Query::default(), None, 10).unwrap();
    let ids: Vec<_> = page.iter().map(|g| g.id.short()).collect();
    assert_eq!(
        ids,
        ["00000005", "00000004", "00000003", "00000002", "00000001"]
    );
}

#[test]
fn a_reference_is_kept_once_and_mended_when_it_was_changed() {
    let folder = tempfile::tempdir().unwrap();
    let library = open(folder.path());
    let path = library.keep_reference(b"abc", FileFormat::Png).unwrap();
    assert_eq!(
        path,
        folder.path().join(".plantain/references/ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad.png")
    );
    fs::write(&path, b"other").unwrap();
    for _ in 0..2 {
        assert_eq!(
            library.keep_reference(b"abc", FileFormat::Png).unwrap(),
            path
        );
        assert_eq!(fs::read(&path).unwrap(), b"abc");
    }
    let references = fs::read_dir(path.parent().unwrap()).unwrap();
    assert_eq!(references.count(), 1);
}

#[test]
fn a_picture_needs_a_row() {
    let folder = tempfile::tempdir().unwrap();
    let library = open(folder.path());
    let one = generation(1, "fox");
    assert!(
        library
            .save_picture(&one, 1, b"fox", FileFormat::Png, None, None)
            .is_err()
    );
    assert_eq!(files(folder.path()), [] as [String; 0]);
}

#[test]
fn a_spooled_picture_is_a_temporary_of_its_month_until_it_is_saved() {
    let folder = tempfile::tempdir().unwrap();
    let library = open(folder.path());
    let one = sent(&library, 1, "fox");
    // Several of one answer at once, each in pieces.
    let mut first = library.spool(&one).unwrap();
    let mut draft = library.spool(&one).unwrap();
    first.append(b"a").unwrap();
    draft.append(b"draft").unwrap();
    first.append(b"bc").unwrap();
    let there = files(folder.path());
    assert_eq!(there.len(), 2, "{there:?}");
    for name in &there {
        assert!(
            name.starts_with("2026-11/.24-140233-fox-00000001")
                && name.strip_suffix(".tmp").is_some(),
            "{name}"
        );
        assert!(name.len() <= 120 + 8, "{name}");
    }
    let picture = library
        .save_spooled(&one, 1, &first, FileFormat::Png, None, None)
        .unwrap();
    drop(first);
    drop(draft);
    assert_eq!(files(folder.path()), ["2026-11/24-140233-fox-00000001.png"]);
    assert_eq!(fs::read(&picture.path).unwrap(), b"abc");
    assert_eq!(
        (picture.bytes, picture.sha256.as_str()),
        (
            3,
            "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
        )
    );
    assert_eq!(library.get(one.id).unwrap().pictures, [picture]);
}

#[test]
fn what_a_failed_saving_left_is_read_back_and_taken_over() {
    let folder = tempfile::tempdir().unwrap();
    let library = open(folder.path());
    let one = sent(&library, 1, "fox");
    let mut spooled = library.spool(&one).unwrap();
    spooled.append(b"paid for").unwrap();
    let database = rusqlite::Connection::open(library.db_path()).unwrap();
    let refusal =
        "CREATE TRIGGER refusal BEFORE INSERT ON pictures BEGIN SELECT RAISE(FAIL, 'no'); END";
    database.execute_batch(refusal).unwrap();
    assert!(
        library
            .save_spooled(&one, 1, &spooled, FileFormat::Png, None, None)
            .is_err()
    );
    assert_eq!(spooled.read_back().unwrap(), b"paid for");
    assert_eq!(spooled.read_at(8, &mut [0; 20]).unwrap(), 0);
    drop(spooled);
    database.execute_batch("DROP TRIGGER refusal").unwrap();
    let picture = library
        .save_picture(&one, 1, b"paid for", FileFormat::Png, None, None)
        .unwrap();
    assert_eq!(files(folder.path()), ["2026-11/24-140233-fox-00000001.png"]);
    assert_eq!(library.get(one.id).unwrap().pictures, [picture]);
}

#[test]
fn a_link_in_the_place_of_the_references_is_not_followed() {
    let outer = tempfile::tempdir().unwrap();
    let (folder, elsewhere) = (outer.path().join("library"), outer.path().join("elsewhere"));
    let library = open(&folder);
    let references = folder.join(".plantain/references");
    fs::create_dir(&elsewhere).unwrap();
    fs::remove_dir(&references).unwrap();
    symlink(&elsewhere, &references).unwrap();
    let failure = library.keep_reference(b"abc", FileFormat::Png).unwrap_err();
    assert!(failure.message.as_str().contains("is a link"), "{failure}");
    assert_eq!(files(&elsewhere), [] as [String; 0]);
}

/// What people and models put into prompts, and what a path is made of.
fn piece() -> impl Strategy<Value = String> {
    let nasty = [
        "..",
        "../",
        "/",
        "\\",
        "\0",
        "\n",
        "\r",
        "\u{1b}[2J",
        "-rf",
        "--",
        "~",
        ".",
        " ",
        "%2e%2e%2f",
        "C:",
        "CON",
        "$(id)",
        "`id`",
        "|",
        "狐",
        "\u{1f98a}",
        "\u{202e}",
        "\u{200d}",
        "e\u{301}",
        "ß",
        "İ",
        "ﬁ",
        "𝔘",
        "\u{10eeee}",
        ".png",
        ".plantain",
        "library.db",
    ];
    prop_oneof![
        4 => prop::sample::select(nasty.to_vec()).prop_map(str::to_owned),
        2 => "\\PC{0,12}",
        1 => any::<String>(),
        1 => (prop::sample::select(nasty.to_vec()), 1..2_000_usize).prop_map(|(s, n)| s.repeat(n)),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_name_escapes(pieces in prop::collection::vec(piece(), 1..8)) {
        let typed = pieces.concat();
        prop_assume!(Prompt::new(typed.as_str()).is_ok());
        let outer = tempfile::tempdir().unwrap();
        let folder = outer.path().join("library");
        let library = open(&folder);
        let mut one = sent(&library, 1, &typed);
        let picture = save(&library, &mut one, typed.as_bytes());
        prop_assert_eq!(picture.path.parent().unwrap(), folder.join("2026-11"));
        let name = picture.path.file_name().unwrap().to_str().unwrap();
        prop_assert!(name.len() <= 120, "{}", name);
        prop_assert!(name.starts_with("24-140233-") && name.ends_with("00000001.png"), "{}", name);
        prop_assert!(!name.contains(['/', '\\', '\0']) && !name.contains(".."), "{}", name);
        prop_assert_eq!(fs::read(&picture.path).unwrap(), typed.as_bytes());
        prop_assert_eq!(files(outer.path()), [format!("library/2026-11/{name}")]);
        prop_assert_eq!(&library.get(one.id).unwrap().pictures, &[picture]);
    }
}

#[test]
fn a_clock_that_jumps_changes_no_order() {
    const DAY: i64 = 86_400_000;
    let folder = tempfile::tempdir().unwrap();
    let library = open(folder.path());
    // Ids are times, too, and jump with the clock: 2099, a day back, 1970, now.
    let clocks = [4_070_908_800_000, CREATED - DAY, 0, CREATED];
    let mut asked = Vec::new();
    for clock in clocks {
        let mut one = generation((clock as u128) << 80 | 7, "fox");
        one.created_ms = clock;
        library.prepare(&mut one).unwrap();
        library.step(&mut one, Step::Send).unwrap();
        // It jumps once more before the picture comes: the name keeps to when it was asked for.
        let picture = save(&library, &mut one, &clock.to_be_bytes());
        library.step(&mut one, Step::Save).unwrap();
        asked.push((one.id, picture.path));
    }
    asked.reverse();
    let told = |library: &Library| -> Vec<_> {
        let page = library.page(&Query::default(), None, 10).unwrap();
        page.into_iter()
            .map(|g| (g.id, g.pictures[0].path.clone()))
            .collect()
    };
    assert_eq!(told(&library), asked);
    assert_eq!(library.last().unwrap().unwrap().path, asked[0].1);
    // A page that begins in the middle goes on there.
    let page = library.page(&Query::default(), None, 2).unwrap();
    let rest = library.page(&Query::default(), page[1].seq, 10).unwrap();
    assert_eq!(rest[0].id, asked[2].0);
    // And so it does in a history that was rebuilt.
    drop(library);
    fs::remove_file(folder.path().join(".plantain/library.db")).unwrap();
    assert_eq!(told(&open(folder.path())), asked);
}
