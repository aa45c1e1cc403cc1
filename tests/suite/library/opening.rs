//! Folders that are new, in the way, damaged, of a later version, or not to be written.

use std::fs;
use std::os::unix::fs::PermissionsExt;

use plantain::domain::FailureKind;
use plantain::library::Query;
use rusqlite::Connection;

use super::{done, open, refused};

#[test]
fn a_folder_is_made_and_its_own_part_is_private() {
    let outer = tempfile::tempdir().unwrap();
    let folder = outer.path().join("deep/er/plantain");
    let library = open(&folder);
    assert!(!library.is_read_only());
    assert_eq!(library.folder(), folder);
    assert_eq!(library.db_path(), folder.join(".plantain/library.db"));
    let mode = fs::metadata(folder.join(".plantain"))
        .unwrap()
        .permissions();
    assert_eq!(mode.mode() & 0o777, 0o700);
    let connection = Connection::open(library.db_path()).unwrap();
    let mode: String = connection
        .pragma_query_value(None, "journal_mode", |row| row.get(0))
        .unwrap();
    assert_eq!(mode, "wal");
}

#[test]
fn a_file_in_the_place_of_the_folder_is_named() {
    let outer = tempfile::tempdir().unwrap();
    let folder = outer.path().join("plantain");
    fs::write(&folder, b"mine").unwrap();
    let failure = refused(&folder);
    assert_eq!(failure.kind, FailureKind::Library);
    assert!(failure.message.as_str().contains(folder.to_str().unwrap()));
    let hint = failure.hint.unwrap();
    assert!(hint.as_str().contains("--library DIR"), "{hint}");
    assert_eq!(fs::read(&folder).unwrap(), b"mine");
}

#[test]
fn a_later_schema_is_never_written_to() {
    let folder = tempfile::tempdir().unwrap();
    let library = open(folder.path());
    done(&library, 1, "fox");
    let path = library.db_path();
    drop(library);
    // With the version still in the log, as a newer plantain that runs would have it.
    let newer = Connection::open(&path).unwrap();
    newer.pragma_update(None, "user_version", 99).unwrap();
    newer.execute_batch("DROP TABLE drafts").unwrap();
    let log = path.with_extension("db-wal");
    let before = (fs::read(&path).unwrap(), fs::read(&log).unwrap());
    let failure = refused(folder.path());
    assert_eq!(failure.kind, FailureKind::Library);
    assert!(failure.message.as_str().contains("version 99"), "{failure}");
    assert_eq!(before, (fs::read(&path).unwrap(), fs::read(&log).unwrap()));
    drop(newer);
    let before = fs::read(&path).unwrap();
    refused(folder.path());
    assert_eq!(fs::read(&path).unwrap(), before);
}

#[test]
fn a_damaged_history_is_told_and_left_alone() {
    let folder = tempfile::tempdir().unwrap();
    let library = open(folder.path());
    done(&library, 1, "fox");
    let path = library.db_path();
    drop(library);
    let whole = fs::read(&path).unwrap();
    let mut noise = whole.clone();
    noise[..64].fill(0x55);
    let mut schema = whole.clone();
    schema[100..4_000].fill(0x55);
    for (what, bytes) in [("empty", vec![]), ("noise", noise), ("schema", schema)] {
        fs::write(&path, &bytes).unwrap();
        let failure = refused(folder.path());
        assert_eq!(failure.kind, FailureKind::Library, "{what}");
        assert!(
            failure.message.as_str().contains("is damaged"),
            "{what}: {failure}"
        );
        assert!(failure.hint.is_some(), "{what}");
        assert_eq!(fs::read(&path).unwrap(), bytes, "{what}");
    }
    fs::write(&path, &whole).unwrap();
    assert_eq!(open(folder.path()).count(&Query::default()).unwrap(), 1);
}

#[test]
fn an_orderly_end_leaves_no_owner() {
    let folder = tempfile::tempdir().unwrap();
    let owners = || {
        fs::read_dir(folder.path().join(".plantain/owners"))
            .unwrap()
            .count()
    };
    let library = open(folder.path());
    let clone = library.clone();
    drop(library);
    assert_eq!(owners(), 1);
    drop(clone);
    assert_eq!(owners(), 0);
}
