//! Opening: makes the folder, takes a place among its owners, brings the database up to date, tidies up after the dead.

use std::fs;
use std::os::unix::fs::DirBuilderExt;
use std::path::Path;
use std::sync::Mutex;

use jiff::tz::TimeZone;
use rusqlite::Connection;

use crate::domain::Failure;

use super::error::Error;
use super::owners::{Owner, Owners, Turn};
use super::rows::Rows;
use super::{
    Access, DATABASE, Inner, OWN_FOLDER, check, rebuild, records, recovery, schema, words,
};

/// Opens for writing; where the disk forbids that and a library is there, for reading.
pub(super) fn open(folder: &Path, zone: TimeZone) -> Result<Inner, Error> {
    match for_writing(folder, zone.clone()) {
        Err(error)
            if error.forbids_writing() && folder.join(OWN_FOLDER).join(DATABASE).exists() =>
        {
            for_reading(folder, zone, error.reason())
        }
        outcome => outcome,
    }
}

fn for_writing(folder: &Path, zone: TimeZone) -> Result<Inner, Error> {
    let own = folder.join(OWN_FOLDER);
    let owners = Owners::new(&own);
    fs::create_dir_all(folder).map_err(|e| Error::file(folder, e))?;
    for part in ["owners", "references"] {
        // Prompts and signed addresses stand in here: for this user's eyes only.
        let path = own.join(part);
        fs::DirBuilder::new()
            .recursive(true)
            .mode(0o700)
            .create(&path)
            .map_err(|e| Error::file(&path, e))?;
    }
    let turn = owners.turn()?;
    let owner = owners.join(&turn)?;
    let Opened {
        mut writer,
        reader,
        repaired,
    } = database(folder, &owners, &turn, &owner)?;
    // Rows of dead owners read as not alive whether or not this goes well, and the next start tries again: a full
    // disk must not keep the history from being looked at.
    let _ = recovery::tidy(&mut writer, folder, &owners, &turn);
    Ok(Inner {
        folder: folder.to_owned(),
        zone,
        owners,
        reader: Mutex::new(reader),
        repaired,
        access: Access::Write {
            writer: Mutex::new(writer),
            owner,
        },
    })
}

/// A database that is whole, or was made so.
struct Opened {
    writer: Connection,
    reader: Connection,
    repaired: Option<Failure>,
}

/// Opens the database, looks whether it is whole, rebuilds it where it is not, and gives it what only its records know.
fn database(folder: &Path, owners: &Owners, turn: &Turn, owner: &Owner) -> Result<Opened, Error> {
    let own = folder.join(OWN_FOLDER);
    let path = own.join(DATABASE);
    // Between two names of it, a start may have been cut off.
    let finished = rebuild::finish(&own)?;
    let after_a_crash = !owners.dead(turn).is_empty();
    let connect = || {
        let writer = schema::writer(&path, records::are_there(folder))?;
        let rows = Rows {
            connection: &writer,
            folder,
            owners,
        };
        check::check(&rows, after_a_crash)?;
        Ok::<_, Error>((writer, schema::reader(&path)?))
    };
    let mut connected = connect();
    let mut repaired = finished.as_deref().map(words::rebuilt_earlier);
    if let Err(error) = &connected
        && let Some(why) = error.damage()
    {
        if owners.others(turn, owner) {
            return Err(words::damaged_in_use(&path, &why).into());
        }
        repaired = Some(rebuild::rebuild(folder, owners, &why)?);
        check::unmark(folder);
        connected = connect();
    }
    let (mut writer, reader) = connected?;
    // What cannot be written now is found missing again at the next start.
    let lost = rebuild::catch_up(&mut writer, folder, owners).unwrap_or(0);
    if lost > 0 && repaired.is_none() {
        repaired = Some(words::caught_up(lost));
    }
    Ok(Opened {
        writer,
        reader,
        repaired,
    })
}

fn for_reading(folder: &Path, zone: TimeZone, why: String) -> Result<Inner, Error> {
    let own = folder.join(OWN_FOLDER);
    Ok(Inner {
        folder: folder.to_owned(),
        zone,
        owners: Owners::new(&own),
        reader: Mutex::new(schema::reader(&own.join(DATABASE))?),
        repaired: None,
        access: Access::Read { why },
    })
}
