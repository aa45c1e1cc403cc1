//! Folders that are new, in the way, damaged, of a later version, or not to be written.

use std::os::unix::fs::PermissionsExt;
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::{env, fs};

use plantain::domain::FailureKind;
use plantain::library::Query;
use rusqlite::Connection;
use tempfile::TempDir;

use super::{another_process, done, generation, open, refused, started};

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

/// The process of `a_library_that_cannot_be_written_is_read`, which may be another user's.
#[test]
fn reader_process() {
    let Some(folder) = started() else { return };
    let library = open(&folder);
    assert!(library.is_read_only());
    let page = library.page(&Query::parse("fox"), None, 9).unwrap();
    assert_eq!(page.len(), 1);
    assert_eq!(fs::read(&page[0].pictures[0].path).unwrap(), b"a red fox");
    assert_eq!(library.last().unwrap().unwrap(), page[0].pictures[0]);
    library.changes().unwrap();
    let failure = library.prepare(&mut generation(2, "cat")).unwrap_err();
    assert_eq!(failure.kind, FailureKind::Library);
    let words = failure.message.as_str();
    assert!(
        words.ends_with("can only be read: permission denied"),
        "{words}"
    );
    let failure = refused(&folder.join("new"));
    assert!(
        failure.message.as_str().contains("cannot be written"),
        "{failure}"
    );
    assert!(failure.hint.unwrap().as_str().contains("--library DIR"));
}

#[test]
fn a_library_that_cannot_be_written_is_read() {
    let outer = tempfile::tempdir().unwrap();
    let folder = outer.path().join("library");
    done(&open(&folder), 1, "a red fox");
    is_read(&outer, &folder);
}

#[test]
fn one_of_an_older_version_is_read_too() {
    let outer = tempfile::tempdir().unwrap();
    let folder = outer.path().join("library");
    super::converted::of_version_1(&folder);
    is_read(&outer, &folder);
}

/// Lets another process look at a library that it cannot write.
fn is_read(outer: &TempDir, folder: &Path) {
    let set = |mode| {
        for part in ["", ".plantain", ".plantain/owners"] {
            let mode = fs::Permissions::from_mode(mode);
            fs::set_permissions(folder.join(part), mode).unwrap();
        }
    };
    set(0o555);
    let name = "suite::library::opening::reader_process";
    let mut binary = env::current_exe().unwrap();
    let root = rustix::process::geteuid().is_root();
    if root {
        // Nothing is forbidden to root, so nobody looks, with a copy of this binary that it may reach.
        fs::set_permissions(outer.path(), fs::Permissions::from_mode(0o755)).unwrap();
        let copy = outer.path().join("tests");
        // By another process: a child of another test that is forked meanwhile would hold the copy open for writing, and
        // what is open so is not run.
        let copied = std::process::Command::new("cp")
            .arg(&binary)
            .arg(&copy)
            .status();
        assert!(copied.unwrap().success());
        binary = copy;
    }
    let mut process = another_process(&binary, name, folder);
    if root {
        process.uid(65_534).gid(65_534).current_dir("/");
    }
    let output = process.output().unwrap();
    set(0o755);
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(
        output.status.success() && said.contains("1 passed"),
        "{said}"
    );
}
