//! A real SQLite file in a temporary folder.
