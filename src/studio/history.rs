//! The history list: the rows that are loaded, newest first, and what is selected. Selection is kept by id.

use std::collections::BTreeMap;

use crate::domain::{Clean, Failure, Generation, GenerationId, Picture, PictureId, TaskId};

use super::LineField;

/// One row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    /// Its record as last told.
    pub generation: Generation,
    /// It ended while something else was selected.
    pub unseen: bool,
}

/// The loaded part of the history.
#[derive(Debug, Clone, Default)]
pub struct History {
    /// Newest first.
    pub rows: Vec<Row>,
    /// Whether older rows can be loaded.
    pub more: bool,
    /// How many rows match in all; shown in the title.
    pub total: u64,
    /// The selected generation; it stays selected when the list around it changes.
    pub selected: Option<GenerationId>,
    /// Which picture of the selected generation is shown, when the user chose another one than its own choice.
    pub variant: Option<u16>,
    /// Index of the first row on the screen.
    pub offset: usize,
    /// The filter's text; empty: all rows.
    pub filter: LineField,
    /// Whether the filter's field has the keyboard.
    pub filtering: bool,
    /// The page that is on its way; only its answer counts.
    pub loading: Option<TaskId>,
    /// The last load failed.
    pub failed: Option<Failure>,
    /// Pictures that cannot be drawn, and why: their cards are shown.
    pub undrawable: BTreeMap<PictureId, Clean>,
}

impl History {
    /// The place of a row.
    pub fn index_of(&self, id: GenerationId) -> Option<usize> {
        self.rows.iter().position(|r| r.generation.id == id)
    }

    /// The place of the selected row.
    pub fn selected_index(&self) -> Option<usize> {
        self.index_of(self.selected?)
    }

    /// The selected generation.
    pub fn selected(&self) -> Option<&Generation> {
        self.selected_index().map(|i| &self.rows[i].generation)
    }

    /// The record of a generation that is loaded.
    pub fn generation(&self, id: GenerationId) -> Option<&Generation> {
        self.index_of(id).map(|i| &self.rows[i].generation)
    }

    /// The picture that is shown: of the selected generation the one that the user stepped to, else its own choice.
    pub fn shown(&self) -> Option<&Picture> {
        let generation = self.selected()?;
        self.variant
            .and_then(|n| generation.pictures.iter().find(|p| p.id.n == n))
            .or_else(|| generation.selected())
    }
}
