//! The key table of the README, made from the same table and keymap that dispatch the keys.

use std::fmt::Write;

use super::super::{ACTIONS, Context};
use super::{Keymap, show_keys};

/// A Markdown table for each context: keys, what they do, and the name for `keymap.toml`. Actions without a key are named at the end.
pub fn key_table_markdown(keymap: &Keymap) -> String {
    let mut out = String::new();
    for context in Context::ALL {
        let bound: Vec<_> = keymap
            .bindings
            .iter()
            .filter(|b| b.context == context)
            .collect();
        if bound.is_empty() {
            continue;
        }
        let _ = write!(
            out,
            "**{}** (`[{}]`)\n\n| keys | what they do | name |\n|---|---|---|\n",
            context.title(),
            context.name()
        );
        for info in ACTIONS {
            let keys: Vec<String> = bound
                .iter()
                .filter(|b| b.action == info.action)
                .map(|b| format!("`{}`", show_keys(&b.keys).replace('|', "\\|")))
                .collect();
            if !keys.is_empty() {
                let keys = keys.join(" ");
                let _ = writeln!(out, "| {keys} | {} | `{}` |", info.words, info.name);
            }
        }
        out.push('\n');
    }
    let unbound: Vec<String> = ACTIONS
        .iter()
        .filter(|i| i.palette && keymap.keys_of(i.action).is_none())
        .map(|i| format!("{} (`{}`)", i.words, i.name))
        .collect();
    if !unbound.is_empty() {
        let _ = writeln!(
            out,
            "Without a key, through the palette: {}.",
            unbound.join(", ")
        );
    }
    out
}
