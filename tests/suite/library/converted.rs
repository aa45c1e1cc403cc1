//! Second files: their names, that they belong to their picture, and libraries of a time that had none.

use std::fs;
use std::os::unix::fs::symlink;
use std::path::Path;

use plantain::domain::{FailureKind, FileFormat, PictureId, Step};
use plantain::library::{Library, Query};
use rusqlite::Connection;

use super::{done, files, generation, open, records, save, sent};

/// The first picture of `n`.
fn first(n: u128) -> PictureId {
    PictureId {
        generation: generation(n, "x").id,
        n: 1,
    }
}

#[test]
fn it_stands_beside_the_served_file_under_its_name() {
    let folder = tempfile::tempdir().unwrap();
    let library = open(folder.path());
    let served = done(&library, 1, "fox").pictures.remove(0);
    let picture = library
        .save_converted(first(1), b"as webp", FileFormat::Webp)
        .unwrap();
    let path = folder.path().join("2026-11/24-140233-fox-00000001.webp");
    assert_eq!(picture.converted, std::slice::from_ref(&path));
    assert_eq!(picture.converted_to(FileFormat::Webp), Some(path.as_path()));
    assert_eq!(picture.converted_to(FileFormat::Jpeg), None);
    assert_eq!(fs::read(&path).unwrap(), b"as webp");
    assert_eq!(fs::read(&served.path).unwrap(), b"fox", "untouched");
    assert_eq!(
        library.get(first(1).generation).unwrap().pictures,
        [picture]
    );
    let last = records(&library).pop().unwrap();
    assert_eq!(
        last["pictures"][0]["converted"],
        serde_json::json!([path.to_str().unwrap()])
    );
    assert_eq!(last["pictures"][0]["path"], served.path.to_str().unwrap());
    // Another format is a file of its own.
    let picture = library
        .save_converted(first(1), b"as jpeg", FileFormat::Jpeg)
        .unwrap();
    assert_eq!(picture.converted.len(), 2);
    assert_eq!(
        files(folder.path()),
        [".jpg", ".png", ".webp"].map(|e| format!("2026-11/24-140233-fox-00000001{e}"))
    );
}

#[test]
fn it_is_written_once_and_again_where_it_is_gone() {
    let folder = tempfile::tempdir().unwrap();
    let library = open(folder.path());
    done(&library, 1, "fox");
    let write = |bytes: &[u8]| {
        let picture = library
            .save_converted(first(1), bytes, FileFormat::Webp)
            .unwrap();
        assert_eq!(picture.converted.len(), 1);
        picture.converted[0].clone()
    };
    let path = write(b"one");
    assert_eq!(write(b"two"), path);
    assert_eq!(fs::read(&path).unwrap(), b"one");
    assert_eq!(files(folder.path()).len(), 2);
    fs::remove_file(&path).unwrap();
    assert_eq!(fs::read(write(b"three")).unwrap(), b"three");
    assert_eq!(files(folder.path()).len(), 2);
}

#[test]
fn nothing_is_replaced_and_nothing_is_written_outside() {
    let outer = tempfile::tempdir().unwrap();
    let folder = outer.path().join("library");
    let library = open(&folder);
    done(&library, 1, "fox");
    let month = folder.join("2026-11");
    fs::write(month.join("24-140233-fox-00000001.webp"), "the user's own").unwrap();
    symlink("/etc/passwd", month.join("24-140233-fox-00000001-2.webp")).unwrap();
    let picture = library
        .save_converted(first(1), b"as webp", FileFormat::Webp)
        .unwrap();
    assert!(picture.converted[0].ends_with("24-140233-fox-00000001-3.webp"));
    assert_eq!(
        fs::read(month.join("24-140233-fox-00000001.webp")).unwrap(),
        b"the user's own"
    );
    // A month that became a link leads nowhere.
    done(&library, 2, "fox");
    let elsewhere = outer.path().join("elsewhere");
    fs::rename(&month, &elsewhere).unwrap();
    symlink(&elsewhere, &month).unwrap();
    let before = fs::read_dir(&elsewhere).unwrap().count();
    let failure = library
        .save_converted(first(2), b"as webp", FileFormat::Webp)
        .unwrap_err();
    assert_eq!(failure.kind, FailureKind::Library);
    assert_eq!(fs::read_dir(&elsewhere).unwrap().count(), before);
}

#[test]
fn a_served_file_never_takes_over_a_second_file_of_the_same_bytes() {
    let folder = tempfile::tempdir().unwrap();
    let library = open(folder.path());
    let mut one = sent(&library, 1, "fox");
    let size = None;
    let jpeg = library
        .save_picture(&one, 1, b"jpeg", FileFormat::Jpeg, size, None)
        .unwrap();
    one.pictures.push(jpeg);
    let picture = library
        .save_converted(first(1), b"the same", FileFormat::Png)
        .unwrap();
    let second = save(&library, &mut one, b"the same");
    assert_ne!(second.path, picture.converted[0]);
    assert_eq!(files(folder.path()).len(), 3);
}

#[test]
fn one_that_cannot_be_written_down_leaves_no_file() {
    let folder = tempfile::tempdir().unwrap();
    let library = open(folder.path());
    done(&library, 1, "fox");
    Connection::open(library.db_path())
        .unwrap()
        .execute_batch(
            "CREATE TRIGGER refusal BEFORE UPDATE OF converted ON pictures
             BEGIN SELECT RAISE(FAIL, 'no'); END",
        )
        .unwrap();
    library
        .save_converted(first(1), b"as webp", FileFormat::Webp)
        .unwrap_err();
    assert_eq!(files(folder.path()), ["2026-11/24-140233-fox-00000001.png"]);
    assert!(
        library.get(first(1).generation).unwrap().pictures[0]
            .converted
            .is_empty()
    );
}

#[test]
fn it_goes_with_its_demo_picture() {
    let folder = tempfile::tempdir().unwrap();
    let library = open(folder.path());
    let mut one = generation(1, "fox");
    one.demo = true;
    library.prepare(&mut one).unwrap();
    library.step(&mut one, Step::Send).unwrap();
    save(&library, &mut one, b"png");
    library
        .save_converted(first(1), b"as webp", FileFormat::Webp)
        .unwrap();
    library.step(&mut one, Step::Save).unwrap();
    assert_eq!(one.pictures[0].converted.len(), 1, "the row says so");
    assert_eq!(library.remove_demo(None).unwrap(), 1);
    assert_eq!(files(folder.path()), [""; 0]);
}

/// A library as version 1 of the schema left it: one picture of `a red fox`.
pub(super) fn of_version_1(folder: &Path) {
    fs::create_dir_all(folder.join(".plantain/owners")).unwrap();
    fs::create_dir_all(folder.join("2026-11")).unwrap();
    fs::write(
        folder.join("2026-11/24-140233-a-red-fox-00000001.png"),
        "a red fox",
    )
    .unwrap();
    let database = Connection::open(folder.join(".plantain/library.db")).unwrap();
    let text = include_str!("../../fixtures/library-1.sql");
    database.execute_batch(text).unwrap();
}

#[test]
fn a_library_of_version_1_is_brought_up_to_date() {
    let folder = tempfile::tempdir().unwrap();
    of_version_1(folder.path());
    let library = open(folder.path());
    let page = library.page(&Query::parse("fox"), None, 9).unwrap();
    let [old] = page.as_slice() else {
        panic!("{page:?}")
    };
    let served = &old.pictures[0];
    assert_eq!(fs::read(&served.path).unwrap(), b"a red fox");
    assert!(served.selected && served.converted.is_empty());
    let picture = library
        .save_converted(served.id, b"as webp", FileFormat::Webp)
        .unwrap();
    drop(library);
    let again: Library = open(folder.path());
    assert_eq!(again.get(old.id).unwrap().pictures, [picture]);
    done(&again, 2, "and a new one");
    assert_eq!(again.count(&Query::default()).unwrap(), 2);
    let version: i64 = Connection::open(again.db_path())
        .unwrap()
        .pragma_query_value(None, "user_version", |row| row.get(0))
        .unwrap();
    assert_eq!(version, 3);
}

#[test]
fn a_history_that_is_rebuilt_knows_its_second_files() {
    let folder = tempfile::tempdir().unwrap();
    let library = open(folder.path());
    done(&library, 1, "fox");
    let picture = library
        .save_converted(first(1), b"as webp", FileFormat::Webp)
        .unwrap();
    let path = library.db_path();
    drop(library);
    // Only the records are left.
    fs::write(&path, b"noise").unwrap();
    let again = open(folder.path());
    assert_eq!(
        again.get(first(1).generation).unwrap().pictures,
        [picture],
        "from the records"
    );
}

#[test]
fn what_is_salvaged_of_an_older_version_keeps_its_pictures() {
    let folder = tempfile::tempdir().unwrap();
    of_version_1(folder.path());
    // A table less makes it a damaged one; it has no records.
    Connection::open(folder.path().join(".plantain/library.db"))
        .unwrap()
        .execute_batch("DROP TABLE drafts; PRAGMA user_version = 3")
        .unwrap();
    let library = open(folder.path());
    let picture = library.last().unwrap().unwrap();
    assert_eq!(fs::read(&picture.path).unwrap(), b"a red fox");
}

#[test]
fn what_a_dead_process_left_of_one_is_no_picture() {
    const DEAD: &str = "deadbeef0123";
    let folder = tempfile::tempdir().unwrap();
    let library = open(folder.path());
    let mut one = sent(&library, 1, "fox");
    save(&library, &mut one, b"png");
    // It died between the row of the second file and its name.
    let path = library
        .save_converted(first(1), b"as webp", FileFormat::Webp)
        .unwrap()
        .converted
        .remove(0);
    drop(library);
    fs::write(folder.path().join(".plantain/owners").join(DEAD), b"").unwrap();
    let temporary = path.with_file_name(format!(".to-24-140233-fox-00000001.{DEAD}.tmp"));
    fs::rename(&path, temporary).unwrap();
    let library = open(folder.path());
    let adopted = library.adopt().unwrap();
    assert!(adopted.iter().all(|a| a.left.is_empty()), "{adopted:?}");
    assert_eq!(library.get(one.id).unwrap().pictures.len(), 1);
    // It can be made again, under its name.
    let again = library
        .save_converted(first(1), b"as webp", FileFormat::Webp)
        .unwrap();
    assert_eq!(again.converted, [path]);
}

#[test]
fn a_name_that_is_written_down_for_it_is_no_served_picture_s() {
    let folder = tempfile::tempdir().unwrap();
    let library = open(folder.path());
    let mut generation = sent(&library, 1, "fox");
    save(&library, &mut generation, b"served");
    let second = library
        .save_converted(first(1), b"as jpeg", FileFormat::Jpeg)
        .unwrap();
    let reserved = second.converted_to(FileFormat::Jpeg).unwrap();
    // Its process died between the row and the file.
    fs::remove_file(reserved).unwrap();
    generation.pictures = vec![second.clone()];
    let late = library
        .save_picture(&generation, 2, b"late", FileFormat::Jpeg, None, None)
        .unwrap();
    assert!(!reserved.exists());
    assert_eq!(
        late.path,
        folder.path().join("2026-11/24-140233-fox-00000001-2.jpg")
    );
}
