//! Files that a dead process left without a row: found by their name, kept until somebody has looked at them.

use std::fs;

use plantain::domain::{FileFormat, State};

use super::{files, open, sent};

/// The name of an owner whose process is gone: its file is there and nobody holds it.
const DEAD: &str = "deadbeef0123";

#[test]
fn what_a_dead_process_wrote_is_kept_until_an_adopter_has_looked_at_it() {
    let folder = tempfile::tempdir().unwrap();
    let gone = open(folder.path());
    let row = sent(&gone, 0x7c31_d09e, "fox");
    drop(gone);
    let owner = folder.path().join(".plantain/owners").join(DEAD);
    fs::write(&owner, b"").unwrap();
    let month = folder.path().join("2026-11");
    fs::create_dir(&month).unwrap();
    let stem = "24-140233-fox-7c31d09e";
    let write = |name: String, bytes: &[u8]| fs::write(month.join(name), bytes).unwrap();
    write(format!("{stem}.png"), b"has its name and no row");
    write(format!(".{stem}.{DEAD}.tmp"), b"perhaps whole");
    write(format!(".{stem}-2.{DEAD}.tmp"), b"of no use");
    write(format!(".{stem}-10.{DEAD}.tmp"), b"the last one");
    write(format!("{stem}-edited.png"), b"made of ours by the user");
    write(format!(".24-140233-dog-7c31d09f.{DEAD}.tmp"), b"another's");
    write("24-140233-dog-7c31d09f.png".to_owned(), b"the user's own");
    let own = folder.path().join(".plantain");
    fs::write(own.join(format!(".records.jsonl.{DEAD}.tmp")), b"half").unwrap();

    // However often it is only looked at.
    for _ in 0..3 {
        drop(open(folder.path()));
    }
    let kept = [
        format!("2026-11/.{stem}-10.{DEAD}.tmp"),
        format!("2026-11/.{stem}-2.{DEAD}.tmp"),
        format!("2026-11/.{stem}.{DEAD}.tmp"),
        "2026-11/24-140233-dog-7c31d09f.png".to_owned(),
        format!("2026-11/{stem}-edited.png"),
        format!("2026-11/{stem}.png"),
    ];
    assert_eq!(files(folder.path()), kept);
    assert!(owner.exists());
    assert!(!own.join(format!(".records.jsonl.{DEAD}.tmp")).exists());

    let library = open(folder.path());
    let mut adopted = library.adopt().unwrap();
    let mut one = adopted.pop().unwrap();
    assert_eq!(one.generation.id, row.id);
    let names: Vec<&str> = one
        .left
        .iter()
        .map(|left| left.path().file_name().unwrap().to_str().unwrap())
        .collect();
    assert_eq!(
        names,
        [
            &format!("{stem}.png"),
            &format!(".{stem}.{DEAD}.tmp"),
            &format!(".{stem}-2.{DEAD}.tmp"),
            &format!(".{stem}-10.{DEAD}.tmp")
        ]
    );
    let mut save = |n: u16, at: usize, bytes: &[u8]| {
        let (left, format) = (&one.left[at], FileFormat::Png);
        let saved = library.save_left(&one.generation, n, left, bytes, format, None);
        let saved = saved.unwrap();
        one.generation.pictures.extend(saved.clone());
        saved
    };
    let first = save(1, 0, b"has its name and no row").unwrap();
    assert_eq!(first.path, month.join(format!("{stem}.png")));
    let second = save(2, 1, b"perhaps whole").unwrap();
    assert_eq!(second.path, month.join(format!("{stem}-2.png")));
    assert_eq!(fs::read(&second.path).unwrap(), b"perhaps whole");
    // The same picture twice is one.
    assert_eq!(save(3, 2, b"perhaps whole"), None);
    let last = save(3, 3, b"the last one").unwrap();
    assert_eq!(last.path, month.join(format!("{stem}-3.png")));
    let settled = library.settle(&one.generation).unwrap();
    assert_eq!((settled.state, settled.pictures.len()), (State::Saved, 3));
    assert_eq!(library.get(row.id).unwrap(), settled);

    drop(open(folder.path()));
    assert!(!owner.exists(), "nothing of it is left");
    let names = files(folder.path());
    assert_eq!(names.len(), 5, "{names:?}");
    assert!(names.iter().all(|name| !name.contains("/.")), "{names:?}");
}

#[test]
fn a_file_of_a_row_that_ended_is_none_that_was_left() {
    let folder = tempfile::tempdir().unwrap();
    let library = open(folder.path());
    super::done(&library, 1, "fox");
    drop(library);
    assert_eq!(open(folder.path()).adopt().unwrap(), []);
    assert_eq!(files(folder.path()).len(), 1);
}
