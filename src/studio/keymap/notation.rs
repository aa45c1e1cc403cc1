//! How keys are written: `Ctrl+P`, `Alt+Enter`, `Shift+Tab`, `F1`, `PgUp`, `Space`, `y y`. Read and shown alike.

use std::fmt;

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};

/// One key with its modifiers, in a form in which equal presses are equal values: a character carries no Shift of its own,
/// and `BackTab` is `Shift+Tab`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Key {
    /// Which key.
    pub code: KeyCode,
    /// Control, Alt, Shift.
    pub modifiers: KeyModifiers,
}

/// What is wrong with a text that should be keys.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "\"{0}\" is not a key; keys are written like a, Ctrl+P, Alt+Enter, Shift+Tab, F1, PgUp, Space, or \"y y\""
)]
pub struct NotAKey(pub String);

/// For the message about keys that may not be bound.
pub(super) const WHY_FORBIDDEN: &str =
    "terminals send it for Enter, Tab, Backspace or Esc, or begin their own sequences with it";

const NAMED: [(&str, KeyCode); 17] = [
    ("Enter", KeyCode::Enter),
    ("Tab", KeyCode::Tab),
    ("Esc", KeyCode::Esc),
    ("Space", KeyCode::Char(' ')),
    ("Backspace", KeyCode::Backspace),
    ("Delete", KeyCode::Delete),
    ("Insert", KeyCode::Insert),
    ("Up", KeyCode::Up),
    ("Down", KeyCode::Down),
    ("Left", KeyCode::Left),
    ("Right", KeyCode::Right),
    ("Home", KeyCode::Home),
    ("End", KeyCode::End),
    ("PgUp", KeyCode::PageUp),
    ("PgDn", KeyCode::PageDown),
    ("PageUp", KeyCode::PageUp),
    ("PageDown", KeyCode::PageDown),
];

impl Key {
    /// The key of a press, in the normal form.
    pub fn of(event: &KeyEvent) -> Self {
        Self::new(event.code, event.modifiers)
    }

    fn new(code: KeyCode, modifiers: KeyModifiers) -> Self {
        // Super and Hyper have no name here: such a key is bound to nothing, and it types nothing.
        let named = KeyModifiers::CONTROL | KeyModifiers::ALT | KeyModifiers::SHIFT;
        let kept = named | KeyModifiers::SUPER | KeyModifiers::HYPER | KeyModifiers::META;
        let mut modifiers = modifiers & kept;
        let code = match code {
            KeyCode::BackTab => {
                modifiers |= KeyModifiers::SHIFT;
                KeyCode::Tab
            }
            KeyCode::Char(c) => {
                let control = modifiers.contains(KeyModifiers::CONTROL);
                let shift = modifiers.contains(KeyModifiers::SHIFT);
                modifiers -= KeyModifiers::SHIFT;
                KeyCode::Char(match c {
                    // One byte, 0x1F, stands for all of these on older terminals.
                    '7' | '/' | '_' if control => '_',
                    '-' if control && shift => '_',
                    // Old terminals cannot tell Ctrl+P from Ctrl+Shift+P; neither do we.
                    c if control => c.to_ascii_lowercase(),
                    c if shift => c.to_ascii_uppercase(),
                    c => c,
                })
            }
            other => other,
        };
        Self { code, modifiers }
    }

    /// The character that this key types, if it types one.
    pub fn typed(self) -> Option<char> {
        match self.code {
            KeyCode::Char(c) if self.modifiers.is_empty() => Some(c),
            _ => None,
        }
    }

    /// Whether it needs neither Ctrl nor Alt nor a special terminal: Tab, arrows, Enter, Esc, letters, F-keys and the like.
    pub fn is_plain(self) -> bool {
        let shift_tab = self.code == KeyCode::Tab && self.modifiers == KeyModifiers::SHIFT;
        self.modifiers.is_empty() || shift_tab
    }

    /// Keys that older terminals send for others (`Ctrl+M I H [`), and Alt with what begins an escape sequence.
    pub fn is_forbidden(self) -> bool {
        let KeyCode::Char(c) = self.code else {
            return false;
        };
        (self.modifiers.contains(KeyModifiers::CONTROL) && matches!(c, 'm' | 'i' | 'h' | '['))
            || (self.modifiers.contains(KeyModifiers::ALT)
                && matches!(c, '[' | ']' | '_' | '^' | '\\' | 'O' | 'P' | 'X'))
    }

    fn parse(text: &str) -> Option<Self> {
        let mut modifiers = KeyModifiers::NONE;
        let mut rest = text;
        // `Ctrl++` binds the plus sign.
        while let Some((word, tail)) = rest
            .split_once('+')
            .filter(|(w, t)| !w.is_empty() && !t.is_empty())
        {
            modifiers |= match word {
                "Ctrl" => KeyModifiers::CONTROL,
                "Alt" => KeyModifiers::ALT,
                "Shift" => KeyModifiers::SHIFT,
                _ => return None,
            };
            rest = tail;
        }
        let mut chars = rest.chars();
        let code = match (chars.next(), chars.next()) {
            (Some(c), None) => KeyCode::Char(c),
            _ => match NAMED.iter().find(|(name, _)| *name == rest) {
                Some((_, code)) => *code,
                None => KeyCode::F(
                    rest.strip_prefix('F')?
                        .parse()
                        .ok()
                        .filter(|n| (1..=24).contains(n))?,
                ),
            },
        };
        Some(Self::new(code, modifiers))
    }
}

impl fmt::Display for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut out = String::new();
        for (modifier, name) in [
            (KeyModifiers::CONTROL, "Ctrl+"),
            (KeyModifiers::ALT, "Alt+"),
            (KeyModifiers::SHIFT, "Shift+"),
        ] {
            if self.modifiers.contains(modifier) {
                out.push_str(name);
            }
        }
        match self.code {
            KeyCode::Char(c) if c != ' ' && self.modifiers.contains(KeyModifiers::CONTROL) => {
                out.push(c.to_ascii_uppercase());
            }
            KeyCode::F(n) => {
                out.push('F');
                out.push_str(&n.to_string());
            }
            code => match (NAMED.iter().find(|(_, named)| *named == code), code) {
                (Some((name, _)), _) => out.push_str(name),
                (None, KeyCode::Char(c)) => out.push(c),
                (None, _) => out.push('?'),
            },
        }
        f.pad(&out)
    }
}

/// Reads one key or a sequence of keys with spaces between.
pub fn parse_keys(text: &str) -> Result<Vec<Key>, NotAKey> {
    let keys: Option<Vec<Key>> = text.split_whitespace().map(Key::parse).collect();
    keys.filter(|k| !k.is_empty())
        .ok_or_else(|| NotAKey(text.to_owned()))
}

/// Writes keys as [`parse_keys`] reads them.
pub fn show_keys(keys: &[Key]) -> String {
    let shown: Vec<String> = keys.iter().map(Key::to_string).collect();
    shown.join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_read_is_shown_alike() {
        for text in [
            "a",
            "A",
            "y y",
            "Ctrl+P",
            "Alt+Enter",
            "Shift+Tab",
            "PgUp",
            "Space",
            "F12",
            "Ctrl+_",
            "Alt+/",
            "Ctrl++",
            "+",
            "?",
        ] {
            assert_eq!(show_keys(&parse_keys(text).unwrap()), text);
        }
        for text in ["", "Meta+x", "Foo", "F0", "F99", "Ctrl+"] {
            assert!(parse_keys(text).is_err(), "{text}");
        }
    }

    #[test]
    fn presses_that_differ_only_in_the_terminals_habit_are_one_key() {
        let of = |code, modifiers| Key::of(&KeyEvent::new(code, modifiers));
        assert_eq!(
            of(KeyCode::BackTab, KeyModifiers::NONE),
            parse_keys("Shift+Tab").unwrap()[0]
        );
        assert_eq!(
            of(KeyCode::Char('G'), KeyModifiers::SHIFT),
            parse_keys("G").unwrap()[0]
        );
        assert_eq!(
            of(KeyCode::Char('g'), KeyModifiers::SHIFT),
            parse_keys("G").unwrap()[0]
        );
        assert_eq!(
            of(KeyCode::Char('P'), KeyModifiers::CONTROL),
            parse_keys("Ctrl+P").unwrap()[0]
        );
    }
}
