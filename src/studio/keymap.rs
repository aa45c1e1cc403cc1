//! Keys to actions: bindings by context, read from `keymap.toml` (ours, then the user's over it).
//!
//! The file holds only names; what an action does is said once, in [`ACTIONS`](super::ACTIONS).

mod notation;
mod table;

use toml::de::{DeTable, DeValue};

use super::{Action, Context};

pub use notation::{Key, NotAKey, parse_keys, show_keys};
pub use table::key_table_markdown;

/// The default bindings, compiled in.
pub const DEFAULT: &str = include_str!("../../assets/keymap.toml");

/// One binding.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Binding {
    /// Where it holds.
    pub context: Context,
    /// One key, or a sequence.
    pub keys: Vec<Key>,
    /// What it means.
    pub action: Action,
}

/// All bindings, in the files' order.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Keymap {
    bindings: Vec<Binding>,
}

/// What is wrong with a keymap file.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("line {line}: {message}")]
pub struct KeymapError {
    /// In the text that was handed over, from 1.
    pub line: usize,
    /// What is wrong there, and what would be right.
    pub message: String,
    /// Whether it is the user's text, not ours.
    pub user: bool,
}

/// What a sequence of keys means so far.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Lookup {
    /// Exactly this.
    Action(Action),
    /// The start of at least one sequence.
    Prefix,
    /// Nothing.
    Unbound,
}

impl Keymap {
    /// Reads our bindings and lays the user's over them: the same keys in the same section are bound anew, `"none"` frees them.
    pub fn parse(default: &str, user: &str) -> Result<Self, KeymapError> {
        let mut keymap = Self::default();
        keymap.lay_over(default, false)?;
        keymap.lay_over(user, true)?;
        Ok(keymap)
    }

    /// All bindings.
    pub fn bindings(&self) -> &[Binding] {
        &self.bindings
    }

    /// What `keys` mean where `contexts` hold; the first context that knows them wins.
    pub fn lookup(&self, contexts: &[Context], keys: &[Key]) -> Lookup {
        for context in contexts {
            let mut here = self.bindings.iter().filter(|b| b.context == *context);
            if let Some(binding) = here.clone().find(|b| b.keys == keys) {
                return Lookup::Action(binding.action);
            }
            if here.any(|b| b.keys.starts_with(keys)) {
                return Lookup::Prefix;
            }
        }
        Lookup::Unbound
    }

    /// The keys that lead on from an unfinished sequence where `contexts` hold, as people read them.
    pub fn following(&self, contexts: &[Context], keys: &[Key]) -> Vec<String> {
        let here = self
            .bindings
            .iter()
            .filter(|b| contexts.contains(&b.context));
        let next = here.filter_map(|b| b.keys.strip_prefix(keys)?.first());
        next.map(ToString::to_string).collect()
    }

    /// The keys of an action as people read them, the first binding of its own context before others; `None` when unbound.
    pub fn keys_of(&self, action: Action) -> Option<String> {
        self.keys_in(action, &[action.info().context])
            .or_else(|| self.keys_in(action, &Context::ALL))
    }

    /// The keys of an action where `contexts` hold, nearest context first.
    pub fn keys_in(&self, action: Action, contexts: &[Context]) -> Option<String> {
        contexts.iter().find_map(|context| {
            let mut all = self.bindings.iter();
            let found = all.find(|b| b.action == action && b.context == *context)?;
            Some(show_keys(&found.keys))
        })
    }

    fn lay_over(&mut self, text: &str, user: bool) -> Result<(), KeymapError> {
        let wrong = |at: usize, message: String| KeymapError {
            line: text[..at.min(text.len())].matches('\n').count() + 1,
            message,
            user,
        };
        let table = DeTable::parse(text)
            .map_err(|e| wrong(e.span().map_or(0, |s| s.start), e.message().to_owned()))?;
        let mut sections: Vec<_> = table.get_ref().iter().collect();
        sections.sort_by_key(|(name, _)| name.span().start);
        for (name, section) in sections {
            let at = name.span().start;
            let context = Context::from_name(name.get_ref()).ok_or_else(|| {
                let known: Vec<_> = Context::ALL.iter().map(|c| c.name()).collect();
                let known = known.join(", ");
                wrong(
                    at,
                    format!("no section [{}]; there are {known}", name.get_ref()),
                )
            })?;
            let DeValue::Table(section) = section.get_ref() else {
                return Err(wrong(at, format!("[{}] must be a section", name.get_ref())));
            };
            let mut lines: Vec<_> = section.iter().collect();
            lines.sort_by_key(|(keys, _)| keys.span().start);
            for (keys, action) in lines {
                let at = keys.span().start;
                let parsed = parse_keys(keys.get_ref()).map_err(|e| wrong(at, e.to_string()))?;
                if let Some(forbidden) = parsed.iter().find(|k| k.is_forbidden()) {
                    return Err(wrong(
                        at,
                        format!("{forbidden} cannot be bound: {}", notation::WHY_FORBIDDEN),
                    ));
                }
                let action = match action.get_ref() {
                    DeValue::String(name) if name == "none" => None,
                    DeValue::String(name) => Some(Action::from_name(name).ok_or_else(|| {
                        wrong(
                            at,
                            format!("no action \"{name}\"; F1 in the studio lists them"),
                        )
                    })?),
                    _ => return Err(wrong(at, "an action is a name in quotes".to_owned())),
                };
                self.bindings
                    .retain(|b| b.context != context || b.keys != parsed);
                if let Some(action) = action {
                    self.bindings.push(Binding {
                        context,
                        keys: parsed,
                        action,
                    });
                }
            }
        }
        Ok(())
    }
}
