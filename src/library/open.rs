//! Opening: makes the folder, takes a place among its owners, brings the database up to date, tidies up after the dead.

use std::fs;
use std::os::unix::fs::DirBuilderExt;
use std::path::Path;
use std::sync::Mutex;

use jiff::tz::TimeZone;

use super::error::Error;
use super::owners::Owners;
use super::{Access, DATABASE, Inner, OWN_FOLDER, records, recovery, schema};

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
    let database = own.join(DATABASE);
    let mut writer = schema::writer(&database, &records::path(folder))?;
    let reader = schema::reader(&database)?;
    // Rows of dead owners read as not alive whether or not this goes well, and the next start tries again: a full
    // disk must not keep the history from being looked at.
    let _ = recovery::tidy(&mut writer, folder, &owners, &turn);
    Ok(Inner {
        folder: folder.to_owned(),
        zone,
        owners,
        reader: Mutex::new(reader),
        access: Access::Write {
            writer: Mutex::new(writer),
            owner,
        },
    })
}

fn for_reading(folder: &Path, zone: TimeZone, why: String) -> Result<Inner, Error> {
    let own = folder.join(OWN_FOLDER);
    Ok(Inner {
        folder: folder.to_owned(),
        zone,
        owners: Owners::new(&own),
        reader: Mutex::new(schema::reader(&own.join(DATABASE))?),
        access: Access::Read { why },
    })
}
