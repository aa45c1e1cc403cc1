//! Two small stores beside the history: which profile serves an endpoint, and drafts that survive a crash.

use rusqlite::{OptionalExtension, ToSql};

use crate::domain::Failure;

use super::Library;

impl Library {
    /// The profile that was found to serve this base URL where `asked` did not. What was found for another profile says
    /// nothing about this one.
    pub fn endpoint_profile(&self, base_url: &str, asked: &str) -> Result<Option<String>, Failure> {
        self.stored(
            "SELECT profile FROM endpoints WHERE base_url = ?1 AND asked = ?2",
            &[&base_url, &asked],
        )
    }

    /// Remembers that `profile` serves this base URL, and `asked` does not; forgets what was known of it before.
    pub fn set_endpoint_profile(
        &self,
        base_url: &str,
        asked: &str,
        profile: &str,
    ) -> Result<(), Failure> {
        self.store(
            "INSERT INTO endpoints (base_url, asked, profile) VALUES (?1, ?2, ?3)
             ON CONFLICT DO UPDATE SET asked = ?2, profile = ?3",
            &[&base_url, &asked, &profile],
        )
    }

    /// The draft of that name, such as `studio`: a text that its writer alone understands.
    pub fn draft(&self, name: &str) -> Result<Option<String>, Failure> {
        self.stored("SELECT text FROM drafts WHERE name = ?1", &[&name])
    }

    /// Keeps a draft in the place of the one before.
    pub fn set_draft(&self, name: &str, text: &str) -> Result<(), Failure> {
        self.store(
            "INSERT INTO drafts (name, text) VALUES (?1, ?2) ON CONFLICT DO UPDATE SET text = ?2",
            &[&name, &text],
        )
    }

    fn stored(&self, select: &str, keys: &[&dyn ToSql]) -> Result<Option<String>, Failure> {
        self.read(|rows| {
            let mut select = rows.connection.prepare_cached(select)?;
            Ok(select.query_row(keys, |row| row.get(0)).optional()?)
        })
    }

    fn store(&self, upsert: &str, values: &[&dyn ToSql]) -> Result<(), Failure> {
        self.write(|transaction, _| {
            transaction.prepare_cached(upsert)?.execute(values)?;
            Ok(())
        })
    }
}
