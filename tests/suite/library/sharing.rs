//! Several libraries over one folder: side by side, and after one of them was killed.

use std::io::{BufRead, BufReader, Write};
use std::{env, fs, thread};

use plantain::domain::{FailureKind, GenerationId, State, StatusJson, Step};
use plantain::library::{Adopted, Library, Query};

use super::{another_process, done, files, generation, open, records, save, sent, started};

/// The other process of `two_processes_write_at_once`.
#[test]
fn writer_process() {
    let Some(folder) = started() else { return };
    let first = u128::from(std::process::id()) * 100;
    let library = open(&folder);
    for n in first..first + 50 {
        done(&library, n, &format!("fox {n}"));
    }
}

#[test]
fn two_processes_write_at_once() {
    let folder = tempfile::tempdir().unwrap();
    let name = "suite::library::sharing::writer_process";
    let children = [(); 2].map(|()| {
        another_process(&env::current_exe().unwrap(), name, folder.path())
            .spawn()
            .unwrap()
    });
    for child in children {
        let output = child.wait_with_output().unwrap();
        let said = String::from_utf8_lossy(&output.stdout).into_owned();
        assert!(
            output.status.success() && said.contains("1 passed"),
            "{said}"
        );
    }
    let library = open(folder.path());
    let page = library.page(&Query::default(), None, 1_000).unwrap();
    assert_eq!(page.len(), 100);
    for one in &page {
        assert_eq!(one.state, State::Saved);
        let bytes = fs::read(&one.pictures[0].path).unwrap();
        assert_eq!(bytes, one.request.prompt.typed().as_bytes());
    }
    assert_eq!(files(folder.path()).len(), 100);
    assert_eq!(records(&library).len(), 100);
}

#[test]
fn clones_and_threads_share_one_library() {
    let folder = tempfile::tempdir().unwrap();
    let library = open(folder.path());
    thread::scope(|scope| {
        for first in [1_000, 2_000, 3_000] {
            let library = library.clone();
            scope.spawn(move || {
                for n in first..first + 10 {
                    done(&library, n, "fox");
                    library.page(&Query::default(), None, 5).unwrap();
                }
            });
        }
    });
    assert_eq!(library.count(&Query::default()).unwrap(), 30);
    assert_eq!(files(folder.path()).len(), 30);
}

#[test]
fn changes_tells_what_others_wrote_and_not_what_we_wrote() {
    let folder = tempfile::tempdir().unwrap();
    let (library, other) = (open(folder.path()), open(folder.path()));
    let before = library.changes().unwrap();
    done(&library, 1, "ours");
    assert_eq!(library.changes().unwrap(), before);
    let theirs = sent(&other, 2, "theirs");
    let after = library.changes().unwrap();
    assert_ne!(after, before);
    assert_eq!(library.changes().unwrap(), after);
    assert!(library.get(theirs.id).unwrap().is_running());
}

/// The process that `what_a_killed_process_left_is_settled` kills.
#[test]
fn victim_process() {
    let Some(folder) = started() else { return };
    let library = open(&folder);
    library.prepare(&mut generation(1, "prepared")).unwrap();
    sent(&library, 2, "sent");
    let mut answered = sent(&library, 3, "answered");
    answered.urls = vec!["https://cdn.example/a.png".to_owned()];
    library.step(&mut answered, Step::Answer).unwrap();
    let mut landed = sent(&library, 4, "landed");
    save(&library, &mut landed, b"paid for");
    done(&library, 5, "done");
    let mut stdout = std::io::stdout();
    writeln!(stdout, "\nready").unwrap();
    stdout.flush().unwrap();
    // Nobody writes there: it stands here until it is killed.
    std::io::stdin().lines().next();
}

#[test]
fn what_a_killed_process_left_is_settled() {
    let folder = tempfile::tempdir().unwrap();
    let name = "suite::library::sharing::victim_process";
    let mut child = another_process(&env::current_exe().unwrap(), name, folder.path())
        .spawn()
        .unwrap();
    let mut told = BufReader::new(child.stdout.take().unwrap()).lines();
    assert!(told.any(|line| line.unwrap() == "ready"));

    // While it lives, its rows run, and another one that opens the library leaves them alone.
    let watcher = open(folder.path());
    let get = |n| watcher.get(GenerationId::from_number(n)).unwrap();
    assert_eq!(
        [1, 2, 3, 4].map(|n| StatusJson::of(&get(n))),
        [StatusJson::Running; 4]
    );
    let owners = folder.path().join(".plantain/owners");
    let mut ids: Vec<String> = fs::read_dir(&owners)
        .unwrap()
        .map(|e| e.unwrap().file_name().into_string().unwrap())
        .collect();
    assert_eq!(ids.len(), 2);
    for id in &ids {
        for place in ["2026-11", ".plantain/references"] {
            let place = folder.path().join(place);
            fs::write(place.join(format!(".fox.png.{id}.tmp")), b"half").unwrap();
        }
    }
    let mine = folder.path().join("2026-11/.notes.tmp");
    fs::write(&mine, b"the user's own").unwrap();

    child.kill().unwrap();
    child.wait().unwrap();
    assert_eq!(
        [1, 2, 3, 4].map(|n| StatusJson::of(&get(n))),
        [
            StatusJson::Cancelled,
            StatusJson::Unknown,
            StatusJson::Unknown,
            StatusJson::Unknown
        ],
        "its rows read as dead before anyone settled them"
    );

    // Whoever only looks settles what was never sent and leaves the rest to an adopter, but reads it truthfully.
    let library = open(folder.path());
    let states = [1, 2, 3, 4, 5].map(|n| get(n).state);
    assert_eq!(
        states,
        [
            State::Cancelled,
            State::Sent,
            State::Answered,
            State::Sent,
            State::Saved
        ]
    );
    for n in [2, 3, 4] {
        let one = get(n);
        assert_eq!(StatusJson::of(&one), StatusJson::Unknown);
        let failure = one.failure.unwrap();
        assert!(failure.kind == FailureKind::Lost && failure.maybe_billed);
    }
    let adopted = library.adopt().unwrap();
    let [one] = adopted.as_slice() else {
        panic!("{adopted:?}");
    };
    assert_eq!(one.left, []);
    let answered = &one.generation;
    assert!(answered.owner_alive && answered.failure.is_none());
    assert_eq!(*answered, get(3));
    assert_eq!(answered.urls, ["https://cdn.example/a.png"]);
    assert_eq!(library.adopt().unwrap(), [], "they are ours now");
    let states = [1, 2, 3, 4, 5].map(|n| get(n).state);
    assert_eq!(
        states,
        [
            State::Cancelled,
            State::Unknown,
            State::Answered,
            State::Saved,
            State::Saved
        ]
    );
    let [prepared, sent, landed] = [1, 2, 4].map(get);
    let failure = prepared.failure.unwrap();
    assert!(failure.kind == FailureKind::Lost && !failure.maybe_billed);
    let failure = sent.failure.unwrap();
    assert!(failure.kind == FailureKind::Lost && failure.maybe_billed);
    assert_eq!(sent.request.prompt.typed(), "sent", "ready to run again");
    assert_eq!(fs::read(&landed.pictures[0].path).unwrap(), b"paid for");
    assert!(landed.pictures[0].selected);
    assert_eq!(landed.notices.len(), 1);
    assert_eq!(records(&library).len(), 4);

    // Temporary files of the dead are gone; those of the living and everyone else's stay.
    ids = fs::read_dir(&owners)
        .unwrap()
        .map(|e| e.unwrap().file_name().into_string().unwrap())
        .filter(|id| ids.contains(id))
        .collect();
    assert_eq!(ids.len(), 1, "the watcher's");
    let left: Vec<String> = files(folder.path())
        .into_iter()
        .filter(|name| name.contains("/."))
        .collect();
    assert_eq!(
        left,
        [
            format!("2026-11/.fox.png.{}.tmp", ids[0]),
            "2026-11/.notes.tmp".to_owned()
        ]
    );
}

#[test]
fn a_library_that_was_closed_with_rows_in_work_leaves_them_to_the_next() {
    let folder = tempfile::tempdir().unwrap();
    let library = open(folder.path());
    let one = sent(&library, 1, "fox");
    drop(library);
    let library = open(folder.path());
    assert_eq!(library.adopt().unwrap(), []);
    assert_eq!(library.get(one.id).unwrap().state, State::Unknown);
}

/// One that was answered with a URL when its process ended.
fn answered(library: &Library, n: u128) {
    let mut one = sent(library, n, "fox");
    one.urls = vec![format!("https://cdn.example/{n}.png")];
    library.step(&mut one, Step::Answer).unwrap();
}

#[test]
fn two_that_adopt_at_once_share_what_is_left_and_never_the_same_row() {
    let folder = tempfile::tempdir().unwrap();
    let gone = open(folder.path());
    (1..=40).for_each(|n| answered(&gone, n));
    drop(gone);
    let libraries = [(); 4].map(|()| open(folder.path()));
    let adopted: Vec<Vec<Adopted>> = thread::scope(|scope| {
        let adopters = libraries
            .each_ref()
            .map(|library| scope.spawn(|| library.adopt().unwrap()));
        adopters.map(|a| a.join().unwrap()).into()
    });
    let mut ids: Vec<GenerationId> = adopted.iter().flatten().map(|a| a.generation.id).collect();
    assert_eq!(ids.len(), 40);
    ids.sort();
    ids.dedup();
    assert_eq!(ids.len(), 40);
    // Whoever adopted a row is its owner, and nobody else is.
    for (n, own) in adopted.into_iter().enumerate() {
        for Adopted {
            generation: mut one,
            ..
        } in own
        {
            let other = &libraries[(n + 1) % 4];
            assert!(other.step(&mut one.clone(), Step::Fail).is_err());
            libraries[n].step(&mut one, Step::Fail).unwrap();
        }
    }
}

#[test]
fn what_an_adopter_leaves_is_adopted_again() {
    let folder = tempfile::tempdir().unwrap();
    let gone = open(folder.path());
    answered(&gone, 1);
    drop(gone);
    for _ in 0..3 {
        let adopted = open(folder.path()).adopt().unwrap();
        assert_eq!(adopted.len(), 1);
    }
}
