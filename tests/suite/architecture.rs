//! The rooms and their arrows, read from the source: what DESIGN calls "the table of arrows".

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

/// Room, and the rooms that it may name.
const ARROWS: [(&str, &[&str]); 12] = [
    ("domain", &[]),
    ("config", &["domain"]),
    ("picture", &["domain"]),
    ("endpoint", &["domain"]),
    ("demo", &["domain", "picture"]),
    ("library", &["domain"]),
    ("pipeline", &["domain", "picture", "endpoint", "library"]),
    ("studio", &["domain"]),
    ("graphics", &["domain", "picture"]),
    ("view", &["domain", "studio", "graphics"]),
    ("terminal", &["domain", "graphics"]),
    (
        "runtime",
        &[
            "domain", "config", "picture", "endpoint", "demo", "library", "pipeline", "studio",
            "graphics", "view", "terminal",
        ],
    ),
];

/// `cli` names every room but `view`; of `studio` only these.
const CLI_MAY_NOT: &str = "view";
const CLI_OF_STUDIO: [&str; 2] = ["action", "keymap"];

/// Rooms without clock, disk, network, tasks or panics.
const PURE: [&str; 4] = ["domain", "studio", "graphics", "view"];
const NOT_IN_PURE: [&str; 7] = [
    "Instant::now",
    "SystemTime",
    "std::fs",
    "tokio",
    "Sender",
    "reqwest",
    "unwrap(",
];

/// What puts text on a screen or a line, and the only files of `cli` and `view` that may: their functions take `Clean` text,
/// or are told by a test of the screens that they were given nothing else.
const WRITERS: [(&str, &[&str], &[&str]); 2] = [
    (
        "cli",
        &[
            "println!",
            "print!",
            "eprint",
            "stdout().lock",
            "stderr().write",
            "stderr().lock",
        ],
        &["cli/print.rs"],
    ),
    (
        "view",
        &["set_string", "set_line", "set_span"],
        &["view/text.rs"],
    ),
];

#[test]
fn text_is_printed_in_one_place_a_room() {
    let mut wrong = Vec::new();
    for (path, text) in sources() {
        let code = text.split("#[cfg(test)]").next().unwrap_or(&text);
        let name = path.display().to_string();
        for (room, words, allowed) in WRITERS {
            if room_of(&path).as_deref() != Some(room) || allowed.contains(&name.as_str()) {
                continue;
            }
            let found = words.iter().filter(|word| code.contains(**word));
            wrong.extend(found.map(|word| format!("{name}: {word}")));
        }
        // A cell takes any symbol raw: in the drawing, letters of our own only.
        if room_of(&path).as_deref() == Some("view") {
            let raw = code
                .match_indices("set_symbol(")
                .filter(|(at, found)| !code[at + found.len()..].starts_with(['"', '\'']));
            wrong.extend(raw.map(|_| format!("{name}: set_symbol")));
        }
    }
    assert!(
        wrong.is_empty(),
        "printed outside its place:\n{}",
        wrong.join("\n")
    );
    let print = fs::read_to_string(root().join("src/cli/print.rs")).unwrap();
    for taking in [
        "pub fn line(text: &Clean)",
        "pub fn note(text: &Clean)",
        "pub fn status(text: &Clean)",
        "pub fn failure(failure: &Failure)",
    ] {
        assert!(
            print.contains(taking),
            "print takes something else: {taking}"
        );
    }
}

const MOST_LINES: usize = 600;
const FEW_LINES: usize = 400;

#[test]
fn every_arrow_is_in_the_table() {
    let arrows: BTreeMap<_, _> = ARROWS.into_iter().collect();
    let rooms: BTreeSet<&str> = arrows.keys().copied().chain(["cli"]).collect();
    let mut wrong = Vec::new();
    for (path, text) in sources() {
        let Some(room) = room_of(&path) else { continue };
        for (line, target) in targets(&path, &text) {
            let mut segments = target.split("::");
            let (Some(first), second) = (segments.next(), segments.next()) else {
                continue;
            };
            if first == room || !rooms.contains(first) {
                continue;
            }
            let allowed = if room == "cli" {
                first != CLI_MAY_NOT
                    && (first != "studio" || second.is_some_and(|s| CLI_OF_STUDIO.contains(&s)))
            } else {
                arrows
                    .get(room.as_str())
                    .is_some_and(|to| to.contains(&first))
            };
            if !allowed {
                wrong.push(format!("{}:{line}: {room} names {target}", path.display()));
            }
        }
    }
    assert!(
        wrong.is_empty(),
        "arrows outside the table:\n{}",
        wrong.join("\n")
    );
}

#[test]
fn every_room_is_declared_and_no_other() {
    let lib = fs::read_to_string(root().join("src/lib.rs")).unwrap();
    let declared: BTreeSet<&str> = lib
        .lines()
        .filter_map(|l| l.strip_prefix("pub mod ")?.strip_suffix(';'))
        .collect();
    let expected: BTreeSet<&str> = ARROWS
        .iter()
        .map(|(room, _)| *room)
        .chain(["cli"])
        .collect();
    assert_eq!(declared, expected);
}

#[test]
fn pure_rooms_hold_no_clock_no_disk_no_tasks() {
    let mut wrong = Vec::new();
    for (path, text) in sources() {
        if !room_of(&path).is_some_and(|room| PURE.contains(&room.as_str())) {
            continue;
        }
        // Unit tests stand at the end of a file and may unwrap.
        let code = text.split("#[cfg(test)]").next().unwrap_or(&text);
        for (number, line) in code.lines().enumerate() {
            let line = line.split("//").next().unwrap_or(line);
            for word in NOT_IN_PURE {
                if line.contains(word) {
                    wrong.push(format!("{}:{}: {word}", path.display(), number + 1));
                }
            }
        }
    }
    assert!(
        wrong.is_empty(),
        "words a pure room may not hold:\n{}",
        wrong.join("\n")
    );
}

#[test]
fn files_are_small_headed_and_never_mod_rs() {
    let files = sources();
    let mut wrong = Vec::new();
    let mut long = 0;
    for (path, text) in &files {
        let lines = text.lines().count();
        if lines > MOST_LINES {
            wrong.push(format!("{}: {lines} lines", path.display()));
        }
        if lines > FEW_LINES {
            long += 1;
        }
        if !text.starts_with("//! ") {
            wrong.push(format!("{}: no //! header", path.display()));
        }
        if path.file_name().is_some_and(|n| n == "mod.rs") {
            wrong.push(format!("{}: mod.rs", path.display()));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(
        long * 10 <= files.len(),
        "{long} of {} files are over {FEW_LINES} lines",
        files.len()
    );
}

#[test]
fn nothing_else_stands_at_the_top() {
    let allowed = [
        "Cargo.toml",
        "Cargo.lock",
        "src",
        "assets",
        "tests",
        "README.md",
        "CHANGELOG.md",
        "LICENSE",
        "target",
    ];
    let extra: Vec<String> = fs::read_dir(root())
        .unwrap()
        .map(|e| e.unwrap().file_name().into_string().unwrap())
        .filter(|name| !name.starts_with('.') && !allowed.contains(&name.as_str()))
        .collect();
    assert_eq!(extra, Vec::<String>::new());
}

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// Every file of `src/` with its path from there.
fn sources() -> Vec<(PathBuf, String)> {
    fn walk(dir: &Path, base: &Path, out: &mut Vec<(PathBuf, String)>) {
        for entry in fs::read_dir(dir).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                walk(&path, base, out);
            } else if path.extension().is_some_and(|e| e == "rs") {
                let text = fs::read_to_string(&path).unwrap();
                out.push((path.strip_prefix(base).unwrap().to_owned(), text));
            }
        }
    }
    let base = root().join("src");
    let mut out = Vec::new();
    walk(&base, &base, &mut out);
    out.sort();
    assert!(out.len() > 12, "the source was not found");
    out
}

fn room_of(path: &Path) -> Option<String> {
    let first = path.iter().next()?.to_str()?;
    let room = first.strip_suffix(".rs").unwrap_or(first);
    (!matches!(room, "lib" | "main")).then(|| room.to_owned())
}

/// Every path of the crate that a file names, from the crate's root, with its line: `crate::x::y`, `super::..::x::y`,
/// and each branch of `crate::{a::b, c}`.
fn targets(path: &Path, text: &str) -> Vec<(usize, String)> {
    // The module path of the file itself, for `super`.
    let mut module: Vec<String> = path
        .with_extension("")
        .iter()
        .map(|p| p.to_string_lossy().into_owned())
        .collect();
    let mut out = Vec::new();
    let code: String = text
        .lines()
        .map(|l| l.split("//").next().unwrap_or(l))
        .collect::<Vec<_>>()
        .join("\n");
    // Inside `mod tests { .. }` one more `super` is needed; both readings are tried, since either may name a room.
    let depths: &[usize] = if code.contains("mod tests") {
        &[0, 1]
    } else {
        &[0]
    };
    for &inner in depths {
        if inner == 1 {
            module.push("tests".to_owned());
        }
        for start in ["crate::", "super::"] {
            for (at, _) in code.match_indices(start) {
                let before = code[..at].chars().next_back();
                if before.is_some_and(|c| c.is_alphanumeric() || c == '_' || c == ':') {
                    continue;
                }
                let line = code[..at].matches('\n').count() + 1;
                let mut rest = &code[at..];
                let mut base: Vec<String> = Vec::new();
                if let Some(tail) = rest.strip_prefix("crate::") {
                    rest = tail;
                } else {
                    base.clone_from(&module);
                    while let Some(tail) = rest.strip_prefix("super::") {
                        base.pop();
                        rest = tail;
                    }
                }
                for leaf in leaves(rest) {
                    let mut whole = base.clone();
                    whole.push(leaf);
                    out.push((line, whole.join("::")));
                }
            }
        }
    }
    out
}

/// The leaves of a path or of a `{..}` tree: `a::b` -> [`a::b`], `{a::b, c::{d, e}}` -> [`a::b`, `c::d`, `c::e`].
fn leaves(text: &str) -> Vec<String> {
    let ident: String = text
        .chars()
        .take_while(|c| c.is_alphanumeric() || *c == '_')
        .collect();
    if !ident.is_empty() {
        let rest = &text[ident.len()..];
        return match rest.strip_prefix("::") {
            Some(tail) => {
                let below = leaves(tail);
                if below.is_empty() {
                    vec![ident]
                } else {
                    below.into_iter().map(|b| format!("{ident}::{b}")).collect()
                }
            }
            None => vec![ident],
        };
    }
    let Some(inner) = text.strip_prefix('{') else {
        return Vec::new();
    };
    let mut depth = 0;
    let mut branches = vec![String::new()];
    for c in inner.chars() {
        match c {
            '{' => depth += 1,
            '}' if depth == 0 => break,
            '}' => depth -= 1,
            ',' if depth == 0 => {
                branches.push(String::new());
                continue;
            }
            _ => {}
        }
        if let Some(last) = branches.last_mut() {
            last.push(c);
        }
    }
    branches.iter().flat_map(|b| leaves(b.trim())).collect()
}

#[test]
fn the_reader_of_paths_reads_trees() {
    assert_eq!(leaves("{a::b, c::{d, e}}"), ["a::b", "c::d", "c::e"]);
    let found = targets(
        Path::new("view/list.rs"),
        "use super::super::studio::state;\nfn f() { crate::library::open(); }",
    );
    assert_eq!(
        found,
        [
            (2, "library::open".to_owned()),
            (1, "studio::state".to_owned())
        ]
    );
}
