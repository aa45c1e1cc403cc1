//! Reading the history: pages of it, newest first, and what a filter leaves of it.

use rusqlite::types::Value;
use rusqlite::{OptionalExtension, params_from_iter};

use crate::domain::{Failure, Generation, GenerationId, Picture, PictureId};

use super::error::Error;
use super::rows::Rows;
use super::{Library, words};

/// What the history is filtered by; the default lets everything through.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Query {
    /// Each must occur in the prompt or in the model's name, in any case of letters.
    pub words: Vec<String>,
    /// Only what the embedded endpoint made.
    pub demo: bool,
}

impl Query {
    /// Reads a line as typed: words between white space, and `is:demo`.
    pub fn parse(line: &str) -> Self {
        let mut query = Self::default();
        for word in line.split_whitespace() {
            if word.eq_ignore_ascii_case("is:demo") {
                query.demo = true;
            } else {
                query.words.push(word.to_owned());
            }
        }
        query
    }

    /// The index knows runs of three letters; shorter words are looked for in the rows themselves.
    fn filter(&self) -> Filter {
        let (indexed, short): (Vec<_>, Vec<_>) =
            self.words.iter().partition(|w| w.chars().count() >= 3);
        let mut filter = if indexed.is_empty() {
            Filter {
                tail: "WHERE TRUE".to_owned(),
                seq: "seq",
                values: Vec::new(),
            }
        } else {
            let quoted = indexed
                .iter()
                .map(|w| format!("\"{}\"", w.replace('"', "\"\"")));
            Filter {
                tail: "JOIN search ON search.rowid = seq WHERE search MATCH ?".to_owned(),
                seq: "search.rowid",
                values: vec![Value::Text(quoted.collect::<Vec<_>>().join(" "))],
            }
        };
        for word in short {
            let word = Value::Text(word.to_lowercase());
            filter.tail += " AND (holds(typed, ?) OR holds(request ->> 'model', ?))";
            filter.values.extend([word.clone(), word]);
        }
        if self.demo {
            filter.tail += " AND demo = 1";
        }
        filter
    }
}

/// A query as SQL.
struct Filter {
    /// What follows `FROM generations`.
    tail: String,
    /// The row number, as the table that leads the reading has it: so it goes backwards and stops early.
    seq: &'static str,
    /// Of the question marks.
    values: Vec<Value>,
}

impl Library {
    /// Up to `limit` generations that pass the filter, newest first; with `before_seq` only older rows than that one.
    pub fn page(
        &self,
        query: &Query,
        before_seq: Option<i64>,
        limit: usize,
    ) -> Result<Vec<Generation>, Failure> {
        let Filter {
            tail,
            seq,
            mut values,
        } = query.filter();
        values.push(Value::Integer(before_seq.unwrap_or(i64::MAX)));
        values.push(Value::Integer(i64::try_from(limit).unwrap_or(i64::MAX)));
        let tail = format!("{tail} AND {seq} < ? ORDER BY {seq} DESC LIMIT ?");
        self.read(|rows| rows.all(&tail, params_from_iter(values)))
    }

    /// How many generations pass the filter.
    pub fn count(&self, query: &Query) -> Result<u64, Failure> {
        let Filter { tail, values, .. } = query.filter();
        let select = format!("SELECT count(*) FROM generations {tail}");
        self.read(|rows| {
            let count: i64 = rows
                .connection
                .prepare_cached(&select)?
                .query_row(params_from_iter(values), |row| row.get(0))?;
            Ok(count.unsigned_abs())
        })
    }

    /// One generation; a [`Usage`](crate::domain::FailureKind::Usage) failure when there is none of that id.
    pub fn get(&self, id: GenerationId) -> Result<Generation, Failure> {
        self.read(|rows| rows.of(id))
    }

    /// The selected picture of the newest generation that has one.
    pub fn last(&self) -> Result<Option<Picture>, Failure> {
        self.read(|rows| {
            Ok(rows
                .newest_with_picture()?
                .and_then(|g| g.selected().cloned()))
        })
    }
}

impl Rows<'_> {
    /// The generation of that id.
    pub(super) fn of(&self, id: GenerationId) -> Result<Generation, Error> {
        self.all("WHERE id = ?1", [id.to_string()])?
            .pop()
            .ok_or_else(|| words::not_found(&id.to_string()).into())
    }

    pub(super) fn picture_of(&self, id: PictureId) -> Result<Picture, Error> {
        let pictures = self.of(id.generation)?.pictures;
        let count = pictures.len();
        let found = pictures.into_iter().find(|p| p.id == id);
        found.ok_or_else(|| words::no_such_picture(id.generation, id.n, count).into())
    }

    pub(super) fn newest_with_picture(&self) -> Result<Option<Generation>, Error> {
        let seq: Option<i64> = self
            .connection
            .query_row("SELECT max(generation) FROM pictures", [], |row| row.get(0))
            .optional()?
            .flatten();
        seq.map_or(Ok(None), |seq| self.at(seq))
    }
}

/// Whether `text` holds `word`, which is in lower case, in any case of letters.
pub(super) fn holds(text: &str, word: &str) -> bool {
    if !text.is_ascii() {
        return text.to_lowercase().contains(word);
    }
    let (text, word) = (text.as_bytes(), word.as_bytes());
    let Some((&first, rest)) = word.split_first() else {
        return true;
    };
    memchr::memchr2_iter(first, first.to_ascii_uppercase(), text).any(|at| {
        text.get(at + 1..at + 1 + rest.len())
            .is_some_and(|there| there.eq_ignore_ascii_case(rest))
    })
}
