//! Rows and records: how a `Generation` is written into the tables and read back out of them.

use std::path::Path;

use rusqlite::types::Type;
use rusqlite::{Connection, OptionalExtension, Params, Row, params};
use serde::{Deserialize, Serialize, de::DeserializeOwned};

use crate::domain::{
    AspectRatio, Clean, FileFormat, Generation, GenerationId, OutputFormat, Picture, PictureId,
    PixelSize, Prompt, Reference, Request, State,
};

use super::error::Error;
use super::owners::Owners;
use super::words;

/// What [`generation`] reads.
pub(super) const COLUMNS: &str = "seq, id, batch, parent, owner, state, created_ms, demo, typed, request, reply, failure, notices";

/// The column `request`: what was asked, but for what has a column of its own.
#[derive(Serialize, Deserialize)]
pub(super) struct Asked {
    pub(super) model: String,
    pub(super) ratio: AspectRatio,
    pub(super) format: OutputFormat,
    pub(super) references: Vec<Reference>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) base_url: Option<String>,
}

/// The column `reply`: what the answer said.
#[derive(Serialize, Deserialize, Default)]
#[serde(default)]
pub(super) struct Answer {
    pub(super) model: Option<Clean>,
    pub(super) text: Clean,
    pub(super) reasoning: Clean,
    pub(super) urls: Vec<String>,
    pub(super) finish_reason: Option<Clean>,
    pub(super) usage: Option<String>,
    pub(super) elapsed_ms: Option<u64>,
}

impl Asked {
    pub(super) fn of(generation: &Generation) -> Self {
        let request = &generation.request;
        Self {
            model: request.model.clone(),
            ratio: request.ratio,
            format: request.format,
            references: request.references.clone(),
            base_url: generation.base_url.clone(),
        }
    }

    /// What was asked, with what has a column of its own.
    pub(super) fn generation(
        self,
        [id, batch]: [GenerationId; 2],
        created_ms: i64,
        prompt: Prompt,
        parent: Option<PictureId>,
        demo: bool,
    ) -> Generation {
        let request = Request {
            model: self.model,
            ratio: self.ratio,
            format: self.format,
            prompt,
            references: self.references,
            parent,
        };
        let mut generation = Generation::new(id, batch, created_ms, request, demo);
        generation.base_url = self.base_url;
        generation.owner_alive = false;
        generation
    }
}

impl Answer {
    pub(super) fn of(generation: &Generation) -> Self {
        Self {
            model: generation.model_answered.clone(),
            text: generation.text.clone(),
            reasoning: generation.reasoning.clone(),
            urls: generation.urls.clone(),
            finish_reason: generation.finish_reason.clone(),
            usage: generation.usage.clone(),
            elapsed_ms: generation.elapsed_ms,
        }
    }

    /// Sets what the answer said.
    pub(super) fn tell(self, generation: &mut Generation) {
        generation.model_answered = self.model;
        generation.text = self.text;
        generation.reasoning = self.reasoning;
        generation.urls = self.urls;
        generation.finish_reason = self.finish_reason;
        generation.usage = self.usage;
        generation.elapsed_ms = self.elapsed_ms;
    }
}

/// Reads rows over one connection.
pub(super) struct Rows<'a> {
    pub(super) connection: &'a Connection,
    /// Pictures' paths count from here.
    pub(super) folder: &'a Path,
    pub(super) owners: &'a Owners,
}

impl Rows<'_> {
    /// Every generation of `SELECT .. FROM generations {tail}`, with its pictures.
    pub(super) fn all(&self, tail: &str, values: impl Params) -> Result<Vec<Generation>, Error> {
        let mut select = self
            .connection
            .prepare_cached(&format!("SELECT {COLUMNS} FROM generations {tail}"))?;
        let read: Vec<(Generation, String)> = select
            .query_map(values, generation)?
            .collect::<rusqlite::Result<_>>()?;
        read.into_iter()
            .map(|(mut generation, owner)| {
                if !generation.state.is_final() {
                    generation.owner_alive = self.owners.is_alive(&owner);
                    if !generation.owner_alive {
                        // What will be written once somebody settles it, so that whoever only looks reads the same.
                        generation.failure = Some(words::left(&generation));
                    }
                }
                self.add_pictures(&mut generation)?;
                Ok(generation)
            })
            .collect()
    }

    /// Every generation that did not end, of the living and the dead.
    pub(super) fn in_work(&self) -> Result<Vec<Generation>, Error> {
        self.all(
            "INDEXED BY in_work WHERE state IN ('prepared', 'sent', 'answered') ORDER BY seq",
            [],
        )
    }

    /// The generation in row `seq`.
    pub(super) fn at(&self, seq: i64) -> Result<Option<Generation>, Error> {
        Ok(self.all("WHERE seq = ?1", [seq])?.pop())
    }

    /// The owner of a row.
    pub(super) fn owner_of(&self, generation: &Generation) -> Result<String, Error> {
        Ok(self.connection.query_row(
            "SELECT owner FROM generations WHERE seq = ?1",
            [generation.seq],
            |row| row.get(0),
        )?)
    }

    pub(super) fn add_pictures(&self, generation: &mut Generation) -> Result<(), Error> {
        let mut select = self.connection.prepare_cached(
            "SELECT n, url, path, format, width, height, bytes, sha256, selected, converted
             FROM pictures WHERE generation = ?1 ORDER BY n",
        )?;
        generation.pictures = select
            .query_map([generation.seq], |row| self.picture(generation.id, row))?
            .collect::<rusqlite::Result<_>>()?;
        let pictures = &generation.pictures;
        generation
            .urls
            .retain(|url| !pictures.iter().any(|p| p.url.as_ref() == Some(url)));
        Ok(())
    }

    fn picture(&self, generation: GenerationId, row: &Row) -> rusqlite::Result<Picture> {
        let width: Option<u32> = row.get(4)?;
        let height: Option<u32> = row.get(5)?;
        Ok(Picture {
            id: PictureId {
                generation,
                n: row.get(0)?,
            },
            url: row.get(1)?,
            path: self.folder.join(row.get::<_, String>(2)?),
            format: named(row, 3, FileFormat::from_name)?,
            size: width.zip(height).map(|(w, h)| PixelSize::new(w, h)),
            bytes: row.get::<_, i64>(6)?.unsigned_abs(),
            sha256: row.get(7)?,
            selected: row.get(8)?,
            converted: from_json::<Vec<String>>(row, 9)?
                .iter()
                .map(|path| self.folder.join(path))
                .collect(),
        })
    }

    /// Whether some picture's row names this path (from the library's folder), as served or as converted.
    pub(super) fn names_path(&self, path: &str) -> Result<bool, Error> {
        Ok(self
            .connection
            .query_row(
                "SELECT 1 FROM pictures WHERE path = ?1 UNION ALL
                 SELECT 1 FROM pictures, json_each(converted) WHERE converted <> '[]' AND value = ?1",
                [path],
                |_| Ok(()),
            )
            .optional()?
            .is_some())
    }
}

/// Adds a row and returns its number: the generation's own, or the next one.
pub(super) fn insert(
    connection: &Connection,
    generation: &Generation,
    owner: &str,
) -> Result<i64, Error> {
    let request = &generation.request;
    let mut insert = connection.prepare_cached(
        "INSERT INTO generations
         (seq, id, batch, parent, owner, state, created_ms, demo, typed, request, reply, failure, notices)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13)",
    )?;
    Ok(insert.insert(params![
        generation.seq,
        generation.id.to_string(),
        generation.batch.to_string(),
        request.parent.map(|p| p.to_string()),
        owner,
        generation.state.as_str(),
        generation.created_ms,
        generation.demo,
        request.prompt.typed(),
        json(&Asked::of(generation))?,
        json(&Answer::of(generation))?,
        generation.failure.as_ref().map(json).transpose()?,
        json(&generation.notices)?,
    ])?)
}

/// Writes what may change, if the row is still in state `from` and `owner`'s; says whether it was.
pub(super) fn update(
    connection: &Connection,
    generation: &Generation,
    from: State,
    owner: &str,
) -> Result<bool, Error> {
    let mut update = connection.prepare_cached(
        "UPDATE generations SET state = ?1, demo = ?2, reply = ?3, failure = ?4, notices = ?5
         WHERE seq = ?6 AND id = ?7 AND state = ?8 AND owner = ?9",
    )?;
    let changed = update.execute(params![
        generation.state.as_str(),
        generation.demo,
        json(&Answer::of(generation))?,
        generation.failure.as_ref().map(json).transpose()?,
        json(&generation.notices)?,
        generation.seq,
        generation.id.to_string(),
        from.as_str(),
        owner,
    ])?;
    Ok(changed == 1)
}

/// Makes the row `owner`'s. Whether its owner is dead is to be looked at in the same transaction.
pub(super) fn take_over(
    connection: &Connection,
    seq: Option<i64>,
    owner: &str,
) -> Result<(), Error> {
    connection.execute(
        "UPDATE generations SET owner = ?1 WHERE seq = ?2",
        (owner, seq),
    )?;
    Ok(())
}

/// Adds the row of a picture whose file is in place at `path`, counted from the library's folder.
pub(super) fn insert_picture(
    connection: &Connection,
    seq: i64,
    picture: &Picture,
    path: &str,
) -> Result<(), Error> {
    let mut insert = connection.prepare_cached(
        "INSERT INTO pictures (generation, n, url, path, format, width, height, bytes, sha256, selected)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)",
    )?;
    insert.execute(params![
        seq,
        picture.id.n,
        picture.url,
        path,
        picture.format.as_str(),
        picture.size.map(|s| s.width),
        picture.size.map(|s| s.height),
        i64::try_from(picture.bytes).unwrap_or(i64::MAX),
        picture.sha256,
        picture.selected,
    ])?;
    Ok(())
}

/// Writes the paths of a picture's second files; those outside of `folder`, the library's, are none of it.
pub(super) fn set_converted(
    connection: &Connection,
    picture: &Picture,
    folder: &Path,
) -> Result<(), Error> {
    let id = picture.id;
    let paths: Vec<&str> = picture
        .converted
        .iter()
        .filter_map(|path| path.strip_prefix(folder).ok()?.to_str())
        .collect();
    connection.execute(
        "UPDATE pictures SET converted = ?3
         WHERE generation = (SELECT seq FROM generations WHERE id = ?1) AND n = ?2",
        params![id.generation.to_string(), id.n, json(&paths)?],
    )?;
    Ok(())
}

/// A generation without its pictures, and its owner.
pub(super) fn generation(row: &Row) -> rusqlite::Result<(Generation, String)> {
    let asked: Asked = from_json(row, 9)?;
    let answer: Answer = from_json(row, 10)?;
    let prompt = Prompt::new(row.get::<_, String>(8)?).map_err(|e| unreadable(8, e))?;
    let parent = row
        .get::<_, Option<String>>(3)?
        .map(|text| text.parse().map_err(|e: &str| unreadable(3, e)))
        .transpose()?;
    let id = |column| named(row, column, |text| text.parse().ok());
    let ids = [id(1)?, id(2)?];
    let mut generation = asked.generation(ids, row.get(6)?, prompt, parent, row.get(7)?);
    answer.tell(&mut generation);
    generation.seq = row.get(0)?;
    generation.state = named(row, 5, State::from_name)?;
    generation.notices = from_json(row, 12)?;
    generation.failure = match row.get_ref(11)? {
        rusqlite::types::ValueRef::Null => None,
        _ => Some(from_json(row, 11)?),
    };
    Ok((generation, row.get(4)?))
}

fn named<T>(row: &Row, column: usize, read: impl Fn(&str) -> Option<T>) -> rusqlite::Result<T> {
    let text = row.get_ref(column)?.as_str()?;
    read(text).ok_or_else(|| unreadable(column, format!("{text:?} means nothing here")))
}

fn from_json<T: DeserializeOwned>(row: &Row, column: usize) -> rusqlite::Result<T> {
    serde_json::from_str(row.get_ref(column)?.as_str()?).map_err(|e| unreadable(column, e))
}

fn unreadable(
    column: usize,
    why: impl Into<Box<dyn std::error::Error + Send + Sync>>,
) -> rusqlite::Error {
    rusqlite::Error::FromSqlConversionFailure(column, Type::Text, why.into())
}

fn json(value: &impl Serialize) -> rusqlite::Result<String> {
    serde_json::to_string(value).map_err(|e| rusqlite::Error::ToSqlConversionFailure(e.into()))
}
