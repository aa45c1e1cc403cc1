//! A list that is filtered as one types: the palette, the pickers of the settings, earlier prompts, references.

use crate::domain::{AspectRatio, OutputFormat};

use super::{Action, LineField};

/// What a list chooses.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PickKind {
    /// An action.
    Palette,
    /// A model; any other name may be typed.
    Model,
    /// An aspect ratio.
    Ratio,
    /// An output format.
    Format,
    /// How many at once.
    Count,
    /// An earlier prompt.
    Prompt,
    /// A reference picture; a path or URL may be typed.
    Reference,
}

/// What happens when an item is taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Choice {
    /// Do this.
    Act(Action),
    /// Use this model.
    Model(String),
    /// Use this ratio.
    Ratio(AspectRatio),
    /// Use this format.
    Format(OutputFormat),
    /// Ask for so many.
    Count(u8),
    /// Put this prompt into the editor.
    Prompt(String),
    /// Attach this: a path, URL or `ID.N`.
    Reference(String),
}

/// One line of a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Item {
    /// What is matched and shown first.
    pub label: String,
    /// Another name that is matched but not shown; empty without one.
    pub name: &'static str,
    /// What is shown dimmer beside it: keys, size and formats, a date.
    pub detail: String,
    /// What it does.
    pub choice: Choice,
}

/// An open list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Picker {
    /// What it chooses.
    pub kind: PickKind,
    /// What was typed.
    pub field: LineField,
    /// Index into [`Self::shown`].
    pub selected: usize,
    /// Index of the first shown line on the screen.
    pub offset: usize,
    items: Vec<Item>,
    shown: Vec<Item>,
}

impl Picker {
    /// A list over `items`, with the one that `selected` gives selected.
    pub fn new(kind: PickKind, items: Vec<Item>, selected: usize) -> Self {
        Self {
            kind,
            field: LineField::default(),
            selected: selected.min(items.len().saturating_sub(1)),
            offset: 0,
            shown: items.clone(),
            items,
        }
    }

    /// The items that match what was typed.
    pub fn shown(&self) -> &[Item] {
        &self.shown
    }

    /// How many lines there are without a filter; the box keeps this height while one types.
    pub fn len(&self) -> usize {
        self.items.len()
    }

    /// Whether there is nothing to choose from.
    pub fn is_empty(&self) -> bool {
        self.items.is_empty()
    }

    /// The selected item.
    pub fn current(&self) -> Option<&Item> {
        self.shown.get(self.selected)
    }

    /// The title of the box around it.
    pub const fn title(&self) -> &'static str {
        match self.kind {
            PickKind::Palette => "Commands",
            PickKind::Model => "Model",
            PickKind::Ratio => "Aspect ratio",
            PickKind::Format => "Output format",
            PickKind::Count => "How many at once",
            PickKind::Prompt => "Earlier prompts",
            PickKind::Reference => "Attach a picture: path, URL or id",
        }
    }

    /// Moves the selection by `by` lines, stopping at the ends.
    pub fn step(&mut self, by: isize) {
        let last = self.shown.len().saturating_sub(1);
        self.selected = self.selected.saturating_add_signed(by).min(last);
    }

    /// Matches the items anew after the field changed.
    pub fn refilter(&mut self) {
        let typed = self.field.text().trim().to_lowercase();
        let words: Vec<&str> = typed.split_whitespace().collect();
        let rank = |item: &Item| {
            let label = item.label.to_lowercase();
            let both = format!("{label} {} {}", item.name, item.detail.to_lowercase());
            if label == typed || item.name == typed {
                Some(0)
            } else if label.starts_with(&typed) {
                Some(1)
            } else if words.iter().all(|w| label.contains(w)) {
                Some(2)
            } else {
                words.iter().all(|w| both.contains(w)).then_some(3)
            }
        };
        let mut ranked: Vec<(u8, &Item)> = self
            .items
            .iter()
            .filter_map(|i| rank(i).map(|r| (r, i)))
            .collect();
        ranked.sort_by_key(|(rank, _)| *rank);
        self.shown = ranked.into_iter().map(|(_, i)| i.clone()).collect();
        self.selected = 0;
        self.offset = 0;
        self.add_typed();
    }

    /// A model or a reference that is not in the list may be taken as typed.
    fn add_typed(&mut self) {
        let typed = self.field.text().trim();
        if typed.is_empty() || self.shown.iter().any(|i| i.label == typed) {
            return;
        }
        let (detail, choice) = match self.kind {
            PickKind::Model => (
                "as typed; not in the catalog",
                Choice::Model(typed.to_owned()),
            ),
            PickKind::Reference => ("as typed", Choice::Reference(typed.to_owned())),
            _ => return,
        };
        let item = Item {
            label: typed.to_owned(),
            name: "",
            detail: detail.to_owned(),
            choice,
        };
        // What reads like a path or an address is meant as typed; other words filter.
        let path = self.kind == PickKind::Reference && typed.contains(['/', '.', '~', ':']);
        let at = if path { 0 } else { self.shown.len() };
        self.shown.insert(at, item);
    }
}
