//! Finding one thing by what people type: the end of an id, `ID.N`, a whole UUID, or `last`.

use crate::domain::{Failure, Generation, GenerationId, Picture};

use super::error::Error;
use super::rows::Rows;
use super::{Library, words};

/// So many ids are named when several end alike.
const NAMED: usize = 3;

/// What an id led to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found {
    /// The generation.
    pub generation: Generation,
    /// The picture, where the text named one (`ID.N`, `last`).
    pub picture: Option<Picture>,
}

impl Found {
    /// The picture to show: the named one, else the one that stands for its generation.
    pub fn shown(&self) -> Option<&Picture> {
        self.picture.as_ref().or_else(|| self.generation.selected())
    }
}

impl Library {
    /// Finds what `text` names: any unique ending of an id, the same with `.N`, or `last`.
    ///
    /// Each way not to find it is a [`Usage`](crate::domain::FailureKind::Usage) failure: no id at all, none that ends
    /// so, more than one, no picture `N`, and `last` of a history without pictures.
    pub fn find(&self, text: &str) -> Result<Found, Failure> {
        let text = text.trim();
        self.look_up(text)?.ok_or_else(|| match parts(text) {
            Some(_) => words::not_found(text),
            None => words::not_an_id(text),
        })
    }

    /// Finds likewise, but a text that is no id or an id that nothing has is `None`: it may mean something else elsewhere.
    pub fn look_up(&self, text: &str) -> Result<Option<Found>, Failure> {
        let text = text.trim();
        self.read(|rows| {
            if text.eq_ignore_ascii_case("last") {
                let generation = rows.newest_with_picture()?.ok_or_else(words::no_last)?;
                return Ok(Some(Found {
                    picture: generation.selected().cloned(),
                    generation,
                }));
            }
            let Some((digits, n)) = parts(text) else {
                return Ok(None);
            };
            let Some(id) = rows.ending(&digits)? else {
                return Ok(None);
            };
            let generation = rows.of(id)?;
            let picture = n
                .map(|n| {
                    let found = generation.pictures.iter().find(|p| p.id.n == n).cloned();
                    found.ok_or_else(|| {
                        words::no_such_picture(generation.id, n, generation.pictures.len())
                    })
                })
                .transpose()?;
            Ok(Some(Found {
                generation,
                picture,
            }))
        })
    }
}

/// The hex digits of an id's end, and the picture's number where there is one; `None` for what is no id.
fn parts(text: &str) -> Option<(String, Option<u16>)> {
    let (ending, n) = match text.rsplit_once('.') {
        Some((ending, n)) => (ending, Some(n.parse().ok()?)),
        None => (text, None),
    };
    let digits: String = ending
        .chars()
        .filter(|c| *c != '-')
        .map(|c| c.to_ascii_lowercase())
        .collect();
    let hex = digits.bytes().all(|b| b.is_ascii_hexdigit());
    (hex && matches!(digits.len(), 1..=32)).then_some((digits, n))
}

impl Rows<'_> {
    /// The one id that ends in these hex digits.
    fn ending(&self, digits: &str) -> Result<Option<GenerationId>, Error> {
        // Reads the index on id only; hex digits need no escaping.
        let mut select = self.connection.prepare_cached(
            "SELECT id FROM generations WHERE replace(id, '-', '') LIKE '%' || ?1 LIMIT ?2",
        )?;
        let mut ids: Vec<GenerationId> = select
            .query_map((digits, NAMED as i64 + 1), |row| row.get::<_, String>(0))?
            .filter_map(|id| id.map(|id| id.parse().ok()).transpose())
            .collect::<rusqlite::Result<_>>()?;
        match ids.as_slice() {
            [] => Ok(None),
            [id] => Ok(Some(*id)),
            _ => {
                let more = ids.len() > NAMED;
                ids.truncate(NAMED);
                Err(words::ambiguous(digits, &ids, more).into())
            }
        }
    }
}
