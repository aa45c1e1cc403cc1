//! Hides the key wherever a gateway repeats it: whole, in JSON's escapes, cut over two pieces, or with invisible characters
//! between its letters. What is hidden here reaches no screen, journal or log.

use std::borrow::Cow;

use serde_json::Value;

use crate::domain::{Clean, Failure, Secret};

/// What stands in its place. Its spaces keep it from being read as part of an address.
const HIDDEN: &str = "(the key)";
/// A shorter key guards nothing (NIST SP 800-63B takes no secret below this), and local gateways are given "test" or "1234" for
/// one: to hide those would only damage what an answer says, bytes.
const LEAST: usize = 8;

/// The key that must not be repeated, if there is one.
#[derive(Clone, Default)]
pub(super) struct Mask(Option<Secret>);

impl std::fmt::Debug for Mask {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Mask")
    }
}

impl Mask {
    pub(super) fn new(key: Option<Secret>) -> Self {
        Self(key.filter(|key| key.expose().len() >= LEAST))
    }

    fn key(&self) -> Option<&str> {
        self.0.as_ref().map(Secret::expose)
    }

    /// What is said beside no answer, without the key: a page, or the body of a failure. JSON stays JSON, whatever the key is
    /// part of in it.
    pub(super) fn bytes(&self, bytes: Vec<u8>) -> Vec<u8> {
        let Some(key) = self.key() else {
            return bytes;
        };
        if let Ok(mut value) = serde_json::from_slice(&bytes) {
            self.value(&mut value);
            return value.to_string().into_bytes();
        }
        let finder = memchr::memmem::Finder::new(key.as_bytes());
        if finder.find(&bytes).is_none() {
            return bytes;
        }
        let mut out = Vec::with_capacity(bytes.len());
        let mut at = 0;
        for found in finder.find_iter(&bytes) {
            out.extend_from_slice(&bytes[at..found]);
            out.extend_from_slice(HIDDEN.as_bytes());
            at = found + key.len();
        }
        out.extend_from_slice(&bytes[at..]);
        out
    }

    /// `text` without the key.
    pub(super) fn text<'t>(&self, text: &'t str) -> Cow<'t, str> {
        match self.key() {
            Some(key) if text.contains(key) => text.replace(key, HIDDEN).into(),
            _ => text.into(),
        }
    }

    /// The same for text that was cleaned, which may have put the key together.
    pub(super) fn clean(&self, text: Clean) -> Clean {
        match self.text(text.as_str()) {
            Cow::Borrowed(_) => text,
            Cow::Owned(hidden) => Clean::text(&hidden),
        }
    }

    /// The same for a failure's words.
    pub(super) fn failure(&self, failure: Failure) -> Failure {
        Failure {
            message: self.clean(failure.message),
            hint: failure.hint.map(|hint| self.clean(hint)),
            ..failure
        }
    }

    /// The same for a JSON value that is kept as it came, with its names. Where names are read, they stay: see [`Self::value`].
    pub(super) fn named(&self, value: Value) -> Value {
        match value {
            Value::String(text) => Value::String(self.text(&text).into_owned()),
            Value::Array(items) => items.into_iter().map(|item| self.named(item)).collect(),
            Value::Object(fields) if self.0.is_some() => fields
                .into_iter()
                .map(|(name, field)| (self.text(&name).into_owned(), self.named(field)))
                .collect(),
            other => other,
        }
    }

    /// Every text in a JSON value, whose escapes are undone by now.
    pub(super) fn value(&self, value: &mut Value) {
        match value {
            Value::String(text) => {
                if let Cow::Owned(hidden) = self.text(text) {
                    *text = hidden;
                }
            }
            Value::Array(items) => items.iter_mut().for_each(|item| self.value(item)),
            Value::Object(fields) if self.0.is_some() => {
                fields.values_mut().for_each(|field| self.value(field));
            }
            _ => {}
        }
    }

    /// The next piece of a text, without the key. What may be the beginning of one waits in `held` for the piece behind it.
    pub(super) fn piece<'t>(&self, held: &mut String, piece: &'t str) -> Cow<'t, str> {
        let Some(key) = self.key() else {
            return piece.into();
        };
        held.push_str(piece);
        let mut hidden = self.text(held).into_owned();
        let open = (1..key.len().min(hidden.len() + 1))
            .rev()
            .find(|n| key.is_char_boundary(*n) && hidden.ends_with(&key[..*n]))
            .unwrap_or(0);
        *held = hidden.split_off(hidden.len() - open);
        hidden.into()
    }
}
