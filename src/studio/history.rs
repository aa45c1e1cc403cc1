//! The history list: the rows that are loaded, newest first, and what is selected. Selection is kept by id.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use crate::domain::{Clean, Failure, Generation, GenerationId, Picture, PictureId, State, TaskId};

use super::{LineField, Page};

/// The median of a model's times looks at this many of the newest.
const MEDIAN_OF: usize = 31;

/// Whether a record was read before the end that is already known.
fn is_older(read: &Generation, known: &Generation) -> bool {
    known.state.is_final() && !read.state.is_final()
}

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
    /// The selected row while the filter hides it.
    pub aside: Option<Box<Row>>,
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
    /// The page that is on its way goes behind the rows that are there.
    pub(super) appending: bool,
    /// Something changed while a page was on its way: it is to be read again.
    pub(super) stale: bool,
    /// The user selected or sent something since the start.
    pub(super) chosen: bool,
    /// The selection of the last run, until the first page is there.
    pub(super) restore: Option<GenerationId>,
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

    /// The selected generation, also while the filter hides its row. While that filter is typed it is the first that
    /// matches, so that the picture belongs to the list beside it; the selection itself does not move.
    pub fn selected(&self) -> Option<&Generation> {
        if self.filtering && !self.filter.is_empty() && self.selected_index().is_none() {
            return self.rows.first().map(|r| &r.generation);
        }
        self.row(self.selected?).map(|r| &r.generation)
    }

    /// The row of a generation that is known.
    pub fn row(&self, id: GenerationId) -> Option<&Row> {
        let aside = self.aside.as_deref().filter(|r| r.generation.id == id);
        self.rows.iter().find(|r| r.generation.id == id).or(aside)
    }

    /// The same, to be changed.
    pub(super) fn row_mut(&mut self, id: GenerationId) -> Option<&mut Row> {
        let aside = self.aside.as_deref_mut().filter(|r| r.generation.id == id);
        self.rows
            .iter_mut()
            .find(|r| r.generation.id == id)
            .or(aside)
    }

    /// Selects nothing: the next page's first row takes the selection.
    pub(super) fn unselect(&mut self) {
        self.selected = None;
        self.variant = None;
        self.aside = None;
    }

    /// Selects a row; it has been seen then.
    pub(super) fn select(&mut self, id: GenerationId) {
        if self.selected != Some(id) {
            self.variant = None;
        }
        self.selected = Some(id);
        if let Some(row) = self.row_mut(id) {
            row.unseen = false;
        }
        if self.index_of(id).is_some() {
            self.aside = None;
        }
    }

    /// Puts a row where its number belongs, or in place of its older record.
    pub(super) fn insert(&mut self, generation: Generation) {
        if let Some(row) = self.row_mut(generation.id) {
            row.generation = generation;
            return;
        }
        // A row without a number is newer than all that have one.
        let seq = |g: &Generation| g.seq.unwrap_or(i64::MAX);
        let at = self
            .rows
            .partition_point(|r| seq(&r.generation) > seq(&generation));
        self.rows.insert(
            at,
            Row {
                generation,
                unseen: false,
            },
        );
        self.total += 1;
    }

    /// Takes a page in place of all rows, or behind them. Records that `live` names are kept: they are newer than the
    /// page. So is the selected row, aside, when the page does not hold it.
    pub(super) fn take_page(
        &mut self,
        page: Page,
        append: bool,
        live: impl Fn(GenerationId) -> bool,
    ) {
        let filtered = !self.filter.is_empty();
        let old = std::mem::take(&mut self.rows);
        let (mut rows, replaced) = if append {
            (old, Vec::new())
        } else {
            (Vec::new(), old)
        };
        let mut known: BTreeMap<GenerationId, Row> =
            replaced.into_iter().map(|r| (r.generation.id, r)).collect();
        if let Some(aside) = self.aside.take() {
            known.entry(aside.generation.id).or_insert(*aside);
        }
        let have: BTreeSet<GenerationId> = rows.iter().map(|r| r.generation.id).collect();
        for generation in page.generations {
            let id = generation.id;
            if have.contains(&id) {
                continue;
            }
            rows.push(match known.remove(&id) {
                Some(row) if live(id) || is_older(&generation, &row.generation) => row,
                Some(row) => Row { generation, ..row },
                None => Row {
                    generation,
                    unseen: false,
                },
            });
        }
        self.rows = rows;
        self.more = page.more;
        self.total = page.total;
        let selected = self.selected;
        for (id, row) in known {
            if !filtered && live(id) {
                self.insert(row.generation);
            } else if selected == Some(id) {
                self.aside = Some(Box::new(row));
            }
        }
    }

    /// How long this model's answers usually take: the median of those that are loaded; `None` below three of them.
    pub fn usual(&self, model: &str) -> Option<Duration> {
        let ended = self.rows.iter().map(|r| &r.generation);
        let ended = ended.filter(|g| g.state == State::Saved && g.request.model == model);
        let mut took: Vec<u64> = ended.filter_map(|g| g.elapsed_ms).take(MEDIAN_OF).collect();
        took.sort_unstable();
        (took.len() >= 3).then(|| Duration::from_millis(took[took.len() / 2]))
    }

    /// The picture that is shown: of the selected generation the one that the user stepped to, else its own choice.
    pub fn shown(&self) -> Option<&Picture> {
        let generation = self.selected()?;
        self.variant
            .filter(|_| self.selected == Some(generation.id))
            .and_then(|n| generation.pictures.iter().find(|p| p.id.n == n))
            .or_else(|| generation.selected())
    }
}
