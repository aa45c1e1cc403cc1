//! The words that people read when something about the library goes wrong. Values only; nothing is printed here.

use std::io;
use std::path::Path;

use rusqlite::ErrorCode;

use crate::domain::words::bytes;
use crate::domain::{Failure, FailureKind, Generation, GenerationId, IllegalStep, State};

use super::error::{is_damage, is_full};

const OTHER_FOLDER: &str = "name another folder with --library DIR or PLANTAIN_LIBRARY";

fn library(message: impl AsRef<str>) -> Failure {
    Failure::new(FailureKind::Library, message)
}

/// A file that could not be read or written; a full disk names the space that is left.
pub(super) fn file(path: &Path, error: &io::Error) -> Failure {
    let shown = path.display();
    match error.kind() {
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => full(path),
        io::ErrorKind::PermissionDenied | io::ErrorKind::ReadOnlyFilesystem => {
            library(format!("{shown} cannot be written: {error}")).hint(OTHER_FOLDER)
        }
        io::ErrorKind::AlreadyExists | io::ErrorKind::NotADirectory => {
            library(format!("{shown} is not a folder")).hint(OTHER_FOLDER)
        }
        io::ErrorKind::NotFound => library(format!("{shown} cannot be made")).hint(OTHER_FOLDER),
        _ => library(format!("{shown}: {error}")).hint(OTHER_FOLDER),
    }
}

fn full(path: &Path) -> Failure {
    // The file itself may be gone again, its folder is not.
    let free = path
        .ancestors()
        .find_map(|at| rustix::fs::statvfs(at).ok())
        .map_or_else(
            || "no".to_owned(),
            |fs| bytes(fs.f_bavail.saturating_mul(fs.f_frsize)),
        );
    library(format!("no space left for {}: {free} free", path.display()))
        .hint("make room there, then try again")
}

/// What the database said.
pub(super) fn database(path: &Path, error: &rusqlite::Error) -> Failure {
    let shown = path.display();
    match error.sqlite_error_code() {
        _ if is_full(error) => full(path),
        _ if is_damage(error) => damaged(path, &error.to_string()),
        Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => library(format!(
            "another process kept the history busy for too long ({shown})"
        ))
        .hint("try again; if it stays so, look for a plantain that hangs"),
        Some(ErrorCode::ReadOnly | ErrorCode::PermissionDenied | ErrorCode::CannotOpen) => {
            library(format!("{shown} cannot be opened: {error}")).hint(OTHER_FOLDER)
        }
        _ => library(format!("the history {shown} failed: {error}")),
    }
}

/// A database that turned out not to be whole while it was in use, or that may not be written.
pub(super) fn damaged(path: &Path, why: &str) -> Failure {
    library(format!(
        "the history {} is damaged ({why}); the pictures beside it are untouched",
        path.display()
    ))
    .hint("close every plantain, then start it where the folder can be written: the history is rebuilt from its records")
}

/// A damaged database that another process still has open.
pub(super) fn damaged_in_use(path: &Path, why: &str) -> Failure {
    library(format!(
        "the history {} is damaged ({why}), and another plantain has it open",
        path.display()
    ))
    .hint("close that one, then start again: the history is then rebuilt from its records")
}

/// What became of a damaged database. `aside` is where it is now, `unreadable` counts lines of the records.
pub(super) fn rebuilt(why: &str, count: u64, unreadable: usize, aside: Option<&Path>) -> Failure {
    let many = |n: u64, one: &str| match n {
        1 => format!("1 {one}"),
        n => format!("{n} {one}s"),
    };
    let generations = many(count, "generation");
    let mut message =
        format!("the history was damaged ({why}) and has been rebuilt: {generations}");
    if unreadable > 0 {
        let lines = many(unreadable as u64, "line");
        message = format!("{message}; {lines} of the records could not be read");
    }
    let told = library(message);
    match aside {
        Some(path) => told.hint(format!(
            "the damaged one is kept as {}; no picture was touched",
            path.display()
        )),
        None => told.hint("no picture was touched"),
    }
}

/// A rebuild that an earlier start had no time to tell of.
pub(super) fn rebuilt_earlier(aside: &Path) -> Failure {
    library("the history was damaged and has been rebuilt").hint(format!(
        "the damaged one is kept as {}; no picture was touched",
        aside.display()
    ))
}

/// What a database was given back that had lost it.
pub(super) fn caught_up(count: usize) -> Failure {
    let what = match count {
        1 => "1 generation".to_owned(),
        n => format!("{n} generations"),
    };
    library(format!("the history had lost {what} and has them back")).hint(
        "its log was lost, or an older copy was put in its place; the records beside it still knew",
    )
}

/// A database of a later version.
pub(super) fn newer(path: &Path, theirs: i64, ours: i64) -> Failure {
    library(format!(
        "a newer plantain wrote {} (version {theirs}, this one knows {ours}); it was left alone",
        path.display()
    ))
    .hint(format!("update plantain, or {OTHER_FOLDER}"))
}

/// A write to a library that can only be read.
pub(super) fn read_only(folder: &Path, why: &str) -> Failure {
    library(format!(
        "the library {} can only be read: {why}",
        folder.display()
    ))
    .hint(OTHER_FOLDER)
}

/// A step that the state machine does not allow.
pub(super) fn illegal(step: IllegalStep) -> Failure {
    Failure::new(FailureKind::Internal, step.to_string())
}

/// A row that is not where its holder thinks it is.
pub(super) fn moved(id: GenerationId) -> Failure {
    Failure::new(
        FailureKind::Internal,
        format!(
            "the journal's row of {} is not this process's to change",
            id.short()
        ),
    )
}

/// A generation that must stand in the journal first, or stands there already.
pub(super) fn not_journalled(id: GenerationId) -> Failure {
    Failure::new(
        FailureKind::Internal,
        format!("{} is not in the journal", id.short()),
    )
}

/// A generation that cannot be written down as new.
pub(super) fn not_new(id: GenerationId, state: State) -> Failure {
    Failure::new(
        FailureKind::Internal,
        format!(
            "{} is in the journal already ({})",
            id.short(),
            state.as_str()
        ),
    )
}

/// Why a row that a dead process left has not ended well.
pub(super) fn left(generation: &Generation) -> Failure {
    match generation.state {
        State::Prepared => never_sent(),
        State::Answered if !generation.urls.is_empty() => lost()
            .hint("its picture's address is kept: the studio or `plantain generate` fetches it"),
        _ => lost(),
    }
}

/// What is written into a row whose process died before anything left.
pub(super) fn never_sent() -> Failure {
    Failure::new(FailureKind::Lost, "plantain ended before this was sent")
        .hint("run it again: it cost nothing")
}

/// Nothing of that row can be fetched.
pub(super) fn nothing_open(id: GenerationId) -> Failure {
    Failure::new(
        FailureKind::Usage,
        format!("{} has no picture that is still to be fetched", id.short()),
    )
    .hint("what has no address any more can only be asked for once more")
}

/// What is written into a row whose process died after sending.
pub(super) fn lost() -> Failure {
    Failure::new(
        FailureKind::Lost,
        "plantain ended while this was on its way",
    )
    .hint("the prompt is kept: run it again when it is wanted")
    .billed()
}

/// The notice of a row whose process died with pictures on disk.
pub(super) const ENDED_EARLY: &str =
    "plantain ended before the answer did; these pictures had come";

/// No place for a picture is free.
pub(super) fn no_name(folder: &Path) -> Failure {
    library(format!(
        "no free name for a picture in {}",
        folder.display()
    ))
    .hint(OTHER_FOLDER)
}

/// Something else in the place of a folder of the library's own.
pub(super) fn no_folder(path: &Path) -> Failure {
    library(format!(
        "{} is a link or a file, not a folder",
        path.display()
    ))
    .hint("move it away; nothing is written outside of the library")
}

/// A text that is no id.
pub(super) fn not_an_id(text: &str) -> Failure {
    Failure::new(FailureKind::Usage, format!("{text:?} is not an id")).hint(
        "an id is hex digits such as 7c31d09e, a picture 7c31d09e.1, the newest one `last`; `plantain history` lists them",
    )
}

/// An id that nothing has.
pub(super) fn not_found(text: &str) -> Failure {
    Failure::new(
        FailureKind::Usage,
        format!("nothing in the history is called {text}"),
    )
    .hint("`plantain history` lists what there is")
}

/// A picture that its generation does not have.
pub(super) fn no_such_picture(id: GenerationId, n: u16, count: usize) -> Failure {
    let has = match count {
        0 => "no pictures".to_owned(),
        1 => "1 picture".to_owned(),
        many => format!("{many} pictures"),
    };
    Failure::new(
        FailureKind::Usage,
        format!("{} has {has}, not a number {n}", id.short()),
    )
    .hint("`plantain history --json` lists each generation's pictures")
}

/// An ending that several ids have.
pub(super) fn ambiguous(text: &str, some: &[GenerationId], more: bool) -> Failure {
    let ids: Vec<String> = some.iter().map(ToString::to_string).collect();
    let dots = if more { ", ..." } else { "" };
    Failure::new(
        FailureKind::Usage,
        format!("more than one generation ends in {text}"),
    )
    .hint(format!("give more of it: {}{dots}", ids.join(", ")))
}

/// `last` where there is no picture.
pub(super) fn no_last() -> Failure {
    Failure::new(FailureKind::Usage, "there is no picture in the history yet")
        .hint("make one: plantain generate \"a red fox in the snow\"")
}
