//! Databases that are damaged, lost, or behind their records: set aside and made anew, with every picture where it was.

use std::fs;
use std::path::{Path, PathBuf};

use jiff::tz::TimeZone;
use plantain::domain::{
    Clean, Failure, FailureKind, Generation, PictureId, Reference, ReferenceSource, State, Step,
};
use plantain::library::{Library, Query};
use rusqlite::Connection;

use super::{done, files, generation, open, refused, save, sent};

/// What a library tells of itself, as far as it is kept.
pub(super) fn told(library: &Library) -> Vec<Generation> {
    library.page(&Query::default(), None, 10_000).unwrap()
}

/// Every byte of every picture.
fn bytes(folder: &Path) -> Vec<(String, Vec<u8>)> {
    let read = |name: String| {
        let bytes = fs::read(folder.join(&name)).unwrap();
        (name, bytes)
    };
    files(folder).into_iter().map(read).collect()
}

/// The databases that were set aside.
fn aside(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder.join(".plantain")).unwrap();
    let mut paths: Vec<PathBuf> = entries.map(|entry| entry.unwrap().path()).collect();
    paths.retain(|path| {
        let name = path.file_name().unwrap().to_str().unwrap();
        // Its log is kept under its name, too.
        name.starts_with("library.db.damaged-")
            && !name.ends_with("-wal")
            && !name.ends_with("-shm")
    });
    paths.sort();
    paths
}

pub(super) fn integrity(library: &Library) -> String {
    let connection = Connection::open(library.db_path()).unwrap();
    connection
        .query_row("PRAGMA integrity_check", [], |row| row.get(0))
        .unwrap()
}

/// A library with every way to end, closed. Gives what it told.
fn every_end(folder: &Path) -> Vec<Generation> {
    let library = open(folder);
    // The second ends before the first does: their order is that of the asking.
    let mut slow = sent(&library, 1, "a slow fox");
    done(&library, 2, "a quick fox\nof two lines");
    save(&library, &mut slow, b"draft");
    save(&library, &mut slow, b"final");
    slow.model_answered = Some(Clean::line("nano-banana-pro"));
    slow.text = Clean::text("Here it is.\nEnjoy.");
    slow.finish_reason = Some(Clean::line("stop"));
    slow.reasoning = Clean::text("thinking");
    slow.usage = Some("{\"total_tokens\":7}".to_owned());
    slow.notices.push(Clean::line("asked png, got jpeg"));
    slow.elapsed_ms = Some(41_000);
    library.step(&mut slow, Step::Save).unwrap();
    library.select_picture(slow.pictures[0].id).unwrap();

    let mut edit = generation(3, "the fox in blue");
    edit.batch = slow.id;
    edit.request.parent = Some(PictureId {
        generation: slow.id,
        n: 2,
    });
    edit.request.references = vec![
        Reference {
            given: "hero.png".to_owned(),
            source: ReferenceSource::File(folder.join(".plantain/references/ab.png")),
        },
        Reference {
            given: "https://example.com/a.png".to_owned(),
            source: ReferenceSource::Url("https://example.com/a.png".to_owned()),
        },
    ];
    library.prepare(&mut edit).unwrap();
    library.step(&mut edit, Step::Send).unwrap();
    edit.failure = Some(Failure::new(FailureKind::Refused, "I cannot draw that").billed());
    library.step(&mut edit, Step::Refuse).unwrap();

    let mut lost = sent(&library, 4, "its picture did not come");
    lost.urls = vec!["https://cdn.example/a.png?sig=1".to_owned()];
    library.step(&mut lost, Step::Answer).unwrap();
    lost.failure = Some(Failure::new(FailureKind::Download, "404").billed());
    library.step(&mut lost, Step::Fail).unwrap();

    let mut stopped = generation(5, "never sent");
    stopped.demo = true;
    library.prepare(&mut stopped).unwrap();
    library.step(&mut stopped, Step::Cancel).unwrap();

    library.set_draft("studio", "half a thought").unwrap();
    told(&library)
}

#[test]
fn a_database_of_noise_is_set_aside_and_rebuilt_from_its_records() {
    let folder = tempfile::tempdir().unwrap();
    let before = every_end(folder.path());
    let pictures = bytes(folder.path());
    let path = folder.path().join(".plantain/library.db");
    let noise = vec![0x55; 40_000];
    fs::write(&path, &noise).unwrap();

    let library = open(folder.path());
    assert_eq!(told(&library), before);
    assert_eq!(bytes(folder.path()), pictures);
    assert_eq!(integrity(&library), "ok");
    let kept = aside(folder.path());
    assert_eq!(kept.len(), 1, "{kept:?}");
    assert_eq!(fs::read(&kept[0]).unwrap(), noise);
    let notice = library.repaired().unwrap();
    assert!(
        notice
            .message
            .as_str()
            .contains("has been rebuilt: 5 generations"),
        "{notice}"
    );
    let hint = notice.hint.as_ref().unwrap().as_str();
    assert!(hint.contains(kept[0].to_str().unwrap()), "{hint}");
    // It is a library like any other: numbers go on, search finds, and the next start has nothing to tell.
    let next = sent(&library, 6, "a cat");
    assert!(next.seq > before[0].seq);
    let found = library.page(&Query::parse("quick fox"), None, 9).unwrap();
    assert_eq!(found.len(), 1);
    drop(library);
    let library = open(folder.path());
    assert_eq!(library.repaired(), None);
    assert_eq!(aside(folder.path()).len(), 1);
}

#[test]
fn what_only_the_damaged_database_knows_is_read_out_of_it() {
    let folder = tempfile::tempdir().unwrap();
    let before = every_end(folder.path());
    let path = folder.path().join(".plantain/library.db");
    fs::remove_file(folder.path().join(".plantain/records.jsonl")).unwrap();
    let connection = Connection::open(&path).unwrap();
    let root: i64 = connection
        .query_row(
            "SELECT rootpage FROM sqlite_schema WHERE name = 'search_data'",
            [],
            |row| row.get(0),
        )
        .unwrap();
    drop(connection);
    let mut damaged = fs::read(&path).unwrap();
    let at = (root as usize - 1) * 4_096;
    damaged[at..at + 4_096].fill(0x55);
    fs::write(&path, damaged).unwrap();

    let library = open(folder.path());
    assert_eq!(told(&library), before);
    assert_eq!(library.draft("studio").unwrap().unwrap(), "half a thought");
    let notice = library.repaired().unwrap();
    assert!(
        notice.message.as_str().contains("5 generations"),
        "{notice}"
    );
}

#[test]
fn an_empty_a_missing_and_a_truncated_database_are_rebuilt() {
    for what in ["empty", "missing", "truncated"] {
        let folder = tempfile::tempdir().unwrap();
        let before = every_end(folder.path());
        let path = folder.path().join(".plantain/library.db");
        let whole = fs::read(&path).unwrap();
        match what {
            "empty" => fs::write(&path, b"").unwrap(),
            "missing" => fs::remove_file(&path).unwrap(),
            _ => fs::write(&path, &whole[..whole.len() / 2]).unwrap(),
        }
        let library = open(folder.path());
        assert_eq!(told(&library), before, "{what}");
        assert!(library.repaired().is_some(), "{what}");
        let kept = usize::from(what != "missing");
        assert_eq!(aside(folder.path()).len(), kept, "{what}");
    }
}

#[test]
fn without_records_and_without_rows_a_new_history_begins_and_says_so() {
    let folder = tempfile::tempdir().unwrap();
    every_end(folder.path());
    let own = folder.path().join(".plantain");
    fs::remove_file(own.join("records.jsonl")).unwrap();
    fs::write(own.join("library.db"), b"nothing of a database").unwrap();
    let library = open(folder.path());
    assert_eq!(told(&library), []);
    let notice = library.repaired().unwrap().to_string();
    assert!(notice.contains("rebuilt: 0 generations"), "{notice}");
    assert_eq!(aside(folder.path()).len(), 1);
    assert_eq!(files(folder.path()).len(), 3, "no picture was touched");
}

#[test]
fn a_lost_log_is_made_up_for_from_the_records() {
    let folder = tempfile::tempdir().unwrap();
    every_end(folder.path());
    let own = folder.path().join(".plantain");
    let old = fs::read(own.join("library.db")).unwrap();
    let library = open(folder.path());
    let mut in_work = sent(&library, 6, "in work");
    in_work.urls = vec!["https://cdn.example/b.png?sig=2".to_owned()];
    library.step(&mut in_work, Step::Answer).unwrap();
    for n in 7..10 {
        done(&library, n, &format!("fox {n}"));
    }
    let before = told(&library);
    drop(library);
    // As it was before any of that was written into it, and without its log.
    fs::write(own.join("library.db"), old).unwrap();

    let library = open(folder.path());
    let mut after = told(&library);
    // Its process is gone since.
    assert_eq!(after[3].urls, in_work.urls);
    assert!(!after[3].owner_alive);
    assert_eq!(after[3].failure.take().unwrap().kind, FailureKind::Lost);
    after[3].owner_alive = true;
    assert_eq!(after, before);
    assert_eq!(
        aside(folder.path()),
        [] as [PathBuf; 0],
        "nothing was damaged"
    );
    let notice = library.repaired().unwrap();
    assert!(
        notice.message.as_str().contains("4 generations"),
        "{notice}"
    );
}

#[test]
fn a_lost_log_is_noticed_behind_a_prompt_that_is_long() {
    let folder = tempfile::tempdir().unwrap();
    every_end(folder.path());
    let database = folder.path().join(".plantain/library.db");
    let old = fs::read(&database).unwrap();
    let library = open(folder.path());
    let long = done(&library, 6, &"a fox ".repeat(100_000));
    drop(library);
    fs::write(&database, old).unwrap();
    let library = open(folder.path());
    assert_eq!(library.get(long.id).unwrap().pictures, long.pictures);
    assert!(library.repaired().is_some());
}

#[test]
fn an_address_that_was_journalled_outlives_its_database() {
    let folder = tempfile::tempdir().unwrap();
    let library = open(folder.path());
    let mut one = sent(&library, 1, "a red fox");
    one.urls = vec!["https://cdn.example/a.png?sig=1".to_owned()];
    library.step(&mut one, Step::Answer).unwrap();
    let mut two = sent(&library, 2, "two pictures, one came");
    save(&library, &mut two, b"came");
    drop(library);
    fs::write(folder.path().join(".plantain/library.db"), [0; 4_096]).unwrap();
    let library = open(folder.path());
    let one = library.get(one.id).unwrap();
    assert_eq!(one.urls, ["https://cdn.example/a.png?sig=1"]);
    assert_eq!(one.state, State::Answered);
    let two = library.get(two.id).unwrap();
    assert_eq!(fs::read(&two.pictures[0].path).unwrap(), b"came");
}

#[test]
fn lines_of_the_records_that_are_none_are_passed_over_and_counted() {
    let folder = tempfile::tempdir().unwrap();
    let before = every_end(folder.path());
    let own = folder.path().join(".plantain");
    let mut records = fs::read(own.join("records.jsonl")).unwrap();
    let half = records[..40].to_vec();
    records.splice(
        0..0,
        b"\xff\xfe\x00noise\n{\"id\":7}\n\n[]\n".iter().copied(),
    );
    records.extend(half);
    fs::write(own.join("records.jsonl"), records).unwrap();
    fs::remove_file(own.join("library.db")).unwrap();
    let library = open(folder.path());
    assert_eq!(told(&library), before);
    let notice = library.repaired().unwrap();
    assert!(
        notice.message.as_str().contains("4 lines of the records"),
        "{notice}"
    );
}

#[test]
fn records_that_lead_outside_lead_nowhere() {
    let folder = tempfile::tempdir().unwrap();
    every_end(folder.path());
    let own = folder.path().join(".plantain");
    let text = fs::read_to_string(own.join("records.jsonl")).unwrap();
    let inside = folder.path().join("2026-11").display().to_string();
    for outside in ["/etc/../..", "../../..", "/", "/.."] {
        fs::write(own.join("records.jsonl"), text.replace(&inside, outside)).unwrap();
        let _ = fs::remove_file(own.join("library.db"));
        for one in told(&open(folder.path())) {
            for picture in one.pictures {
                let relative = picture.path.strip_prefix(folder.path()).unwrap();
                let plain = |c| matches!(c, std::path::Component::Normal(_));
                assert!(relative.components().all(plain), "{relative:?}");
            }
        }
    }
}

#[test]
fn a_library_that_was_moved_is_rebuilt_where_it_is() {
    let outer = tempfile::tempdir().unwrap();
    let (old, new) = (outer.path().join("old"), outer.path().join("new"));
    every_end(&old);
    fs::rename(&old, &new).unwrap();
    fs::remove_file(new.join(".plantain/library.db")).unwrap();
    let library = open(&new);
    let pictures: Vec<_> = told(&library)
        .into_iter()
        .flat_map(|g| g.pictures)
        .collect();
    assert_eq!(pictures.len(), 3);
    for picture in pictures {
        assert!(picture.path.starts_with(&new));
        assert_eq!(fs::read(&picture.path).unwrap().len() as u64, picture.bytes);
    }
}

#[test]
fn records_of_an_earlier_version_are_enough() {
    let folder = tempfile::tempdir().unwrap();
    let before = every_end(folder.path());
    let own = folder.path().join(".plantain");
    let text = fs::read_to_string(own.join("records.jsonl")).unwrap();
    let old: String = text
        .lines()
        .filter_map(|line| {
            let mut object: serde_json::Map<_, _> = serde_json::from_str(line).unwrap();
            object.remove("row");
            (object["status"] != "running").then(|| serde_json::to_string(&object).unwrap() + "\n")
        })
        .collect();
    fs::write(own.join("records.jsonl"), old).unwrap();
    fs::remove_file(own.join("library.db")).unwrap();
    let library = open(folder.path());
    for one in before {
        let again = library.get(one.id).unwrap();
        assert_eq!(again.state, one.state);
        assert_eq!(again.created_ms, one.created_ms);
        assert_eq!(again.pictures, one.pictures);
        assert_eq!(again.batch, one.batch);
        assert_eq!(again.request.prompt, one.request.prompt);
        assert_eq!(again.failure, one.failure);
    }
}

#[test]
fn nobody_s_open_database_is_taken_away() {
    let folder = tempfile::tempdir().unwrap();
    every_end(folder.path());
    let other = open(folder.path());
    let mut one = sent(&other, 6, "in work");
    let path = other.db_path();
    fs::OpenOptions::new()
        .write(true)
        .open(&path)
        .unwrap()
        .set_len(4_096)
        .unwrap();
    let damaged = fs::read(&path).unwrap();
    // The other one's log holds part of it still; beside that, what is asked for here stands in lost pages.
    let failure = refused(folder.path());
    assert!(
        failure
            .message
            .as_str()
            .contains("another plantain has it open"),
        "{failure}"
    );
    assert_eq!(fs::read(&path).unwrap(), damaged);
    assert_eq!(aside(folder.path()), [] as [PathBuf; 0]);
    // What the other one was paid for goes on being saved, as far as its database lets it.
    let picture = plantain::domain::FileFormat::Png;
    let _ = other.save_picture(&one, 1, b"paid for", picture, None, None);
    let _ = other.step(&mut one, Step::Save);
    drop(other);

    let library = open(folder.path());
    assert_eq!(library.count(&Query::default()).unwrap(), 6);
    assert!(
        files(folder.path())
            .iter()
            .any(|name| fs::read(folder.path().join(name)).unwrap() == b"paid for")
    );
}

#[test]
fn damage_that_is_met_later_is_mended_by_the_next_start() {
    let folder = tempfile::tempdir().unwrap();
    let before = every_end(folder.path());
    let library = open(folder.path());
    // A row that is no longer what it was: every page is whole, and no look at the pages finds it.
    let connection = Connection::open(library.db_path()).unwrap();
    connection
        .execute("UPDATE generations SET request = '{' WHERE seq = 2", [])
        .unwrap();
    drop(connection);
    let failure = library.page(&Query::default(), None, 10).unwrap_err();
    assert!(failure.message.as_str().contains("is damaged"), "{failure}");
    let hint = failure.hint.unwrap();
    assert!(hint.as_str().contains("rebuilt"), "{hint}");
    drop(library);
    let library = open(folder.path());
    assert_eq!(told(&library), before);
    assert!(library.repaired().is_some());
}

#[test]
fn a_swap_that_was_cut_off_is_finished() {
    let folder = tempfile::tempdir().unwrap();
    let before = every_end(folder.path());
    let own = folder.path().join(".plantain");
    let whole = fs::read(own.join("library.db")).unwrap();
    let old = b"the damaged one".to_vec();
    // Decided, with nothing moved yet; with the log moved; with all of it moved.
    for left in [&["", "-wal"][..], &[""], &[]] {
        for part in ["", "-wal"] {
            let _ = fs::remove_file(own.join(format!("library.db{part}")));
        }
        for part in left {
            fs::write(own.join(format!("library.db{part}")), &old).unwrap();
        }
        fs::write(own.join("library.db.rebuilt"), &whole).unwrap();
        let library = open(folder.path());
        assert_eq!(told(&library), before);
        assert_eq!(library.repaired().is_some(), !left.is_empty());
        assert!(!own.join("library.db.rebuilt").exists());
    }
    for path in aside(folder.path()) {
        assert_eq!(fs::read(path).unwrap(), old);
    }
}

#[test]
fn a_half_built_one_of_an_earlier_start_is_no_hindrance() {
    let folder = tempfile::tempdir().unwrap();
    let before = every_end(folder.path());
    let own = folder.path().join(".plantain");
    fs::write(own.join("library.db"), b"noise").unwrap();
    fs::write(own.join("library.db.building"), b"half").unwrap();
    assert_eq!(told(&open(folder.path())), before);
    assert!(!own.join("library.db.building").exists());
}

#[test]
fn a_damaged_database_that_cannot_be_written_is_an_error_with_a_next_step() {
    let folder = tempfile::tempdir().unwrap();
    every_end(folder.path());
    let own = folder.path().join(".plantain");
    fs::write(own.join("library.db"), b"noise").unwrap();
    // In the place of the new one stands what cannot be replaced.
    fs::create_dir_all(own.join("library.db.building/full")).unwrap();
    let failure = Library::open(folder.path(), TimeZone::UTC).unwrap_err();
    assert_eq!(failure.kind, FailureKind::Library);
    assert_eq!(fs::read(own.join("library.db")).unwrap(), b"noise");
}
