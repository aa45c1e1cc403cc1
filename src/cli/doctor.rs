//! `plantain doctor`: what plantain makes of this terminal, each verdict with its why, and what is in use beside it.
//!
//! One table feeds the lines and the JSON object. On a pipe the terminal is not asked, and what the environment tells is
//! printed.

use std::io;
use std::time::Duration;

use serde_json::{Map, Value, json};
use unicode_width::UnicodeWidthStr;

use super::args::{Args, Doctor};
use super::{Outcome, print};
use crate::config::{self, Config, Settings};
use crate::domain::{Clean, ColorDepth, Failure, FailureKind, Glyphs};
use crate::endpoint::BaseUrl;
use crate::graphics::{Answers, Capabilities, Environment, Route};
use crate::runtime::{capabilities_of, environment_of};
use crate::terminal::{Asked, Probe, Tty, TtySize, ask, is_terminal};

/// Cells of the label, and of label and value together; the whys stand in one column.
const LABEL: usize = 17;
const VALUE: usize = 18;
/// A line of whys is broken where there is no terminal to tell.
const WIDTH: usize = 100;

/// One verdict.
struct Row {
    /// In the JSON object.
    key: &'static str,
    value: Value,
    /// For people.
    label: &'static str,
    shown: String,
    why: String,
}

pub(super) fn run(args: &Args, verb: &Doctor) -> Result<Outcome, Failure> {
    let environment = config::Environment::of_process();
    let config = Config::load(&environment, &args.common.overrides())?;
    let tty = is_terminal(io::stdout()).then(Tty::open);
    let tty = tty.transpose().map_err(|e| failure("opened", &e))?;
    let size = tty.as_ref().map_or(TtySize::ASSUMED, Tty::size);
    let facts = environment_of(&environment, size);
    let limit = Probe::limit(&facts);
    let asked = tty.as_ref().map(|tty| ask(tty, &facts, limit));
    // Kept until all is printed: an answer that is owed must not be echoed among the lines.
    let asked = asked.transpose().map_err(|e| failure("asked", &e))?;
    let nothing = Answers::default();
    let answers = asked.as_ref().map_or(&nothing, Asked::answers);
    let verdict = capabilities_of(answers, &facts, &config.settings);

    let mut rows = of_terminal(&verdict, &facts);
    rows.push(of_probe(asked.as_ref(), &facts, limit));
    rows.extend(of_settings(&config));
    if verb.json {
        print::json(&object(rows));
    } else {
        let width = print::stdout_width().unwrap_or(WIDTH);
        for row in &rows {
            for line in lines(row, width) {
                print::line(&Clean::line(&line));
            }
        }
    }
    Ok(Outcome::Done)
}

fn failure(what: &str, error: &io::Error) -> Failure {
    let what = format!("the terminal cannot be {what}: {error}");
    Failure::new(FailureKind::Internal, what)
        .hint("`plantain doctor | cat` asks the environment alone")
}

fn row(
    (key, label): (&'static str, &'static str),
    value: impl Into<Value>,
    shown: impl Into<String>,
    why: impl Into<String>,
) -> Row {
    Row {
        key,
        value: value.into(),
        label,
        shown: shown.into(),
        why: why.into(),
    }
}

fn of_terminal(verdict: &Capabilities, facts: &Environment) -> Vec<Row> {
    let name = verdict.name.as_ref().map(Clean::as_str);
    let (cell, window) = (verdict.cell, facts.window);
    let registers = verdict.sixel_colors;
    vec![
        row(
            ("terminal", "terminal"),
            name.map(str::to_owned),
            name.unwrap_or("unknown"),
            marks(verdict, facts),
        ),
        row(
            ("window", "window"),
            json!({"columns": window.columns, "rows": window.rows, "width": window.width, "height": window.height}),
            format!("{}x{} cells", window.columns, window.rows),
            format!("{}x{} px, as the kernel tells", window.width, window.height),
        ),
        row(
            ("graphics", "graphics"),
            verdict.kind.as_str(),
            verdict.kind.as_str(),
            verdict.why.clone(),
        ),
        match verdict.route {
            Route::Direct => row(
                ("route", "route"),
                json!({"kind": "direct"}),
                "direct",
                verdict.route_why.clone(),
            ),
            Route::Tmux { levels } => row(
                ("route", "route"),
                json!({"kind": "tmux", "levels": levels}),
                format!("through {levels} tmux"),
                verdict.route_why.clone(),
            ),
        },
        row(
            ("placeholders", "placeholders"),
            verdict.placeholders,
            yes(verdict.placeholders),
            verdict.placeholders_why.clone(),
        ),
        row(
            ("sixel_registers", "sixel registers"),
            registers,
            registers.to_string(),
            if verdict.sixel_colors_told {
                "told; at most 256 are used"
            } else {
                "assumed"
            },
        ),
        row(
            ("cell", "cell"),
            json!({"width": cell.width, "height": cell.height}),
            format!("{}x{} px", cell.width, cell.height),
            verdict.cell_why,
        ),
        row(
            ("colors", "colours"),
            depth(verdict.colors),
            depth(verdict.colors),
            verdict.colors_why.clone(),
        ),
        row(
            ("glyphs", "block characters"),
            glyphs(verdict.glyphs),
            glyphs(verdict.glyphs),
            verdict.glyphs_why.clone(),
        ),
        row(
            ("synchronized_output", "synchronized"),
            verdict.synchronized_output,
            yes(verdict.synchronized_output),
            verdict.synchronized_why,
        ),
        background(verdict),
        row(
            ("ssh", "SSH"),
            verdict.remote,
            yes(verdict.remote),
            if verdict.remote {
                "SSH_CONNECTION or SSH_TTY is set"
            } else {
                "neither SSH_CONNECTION nor SSH_TTY is set"
            },
        ),
    ]
}

/// What names the terminal, and what stands in front of it.
fn marks(verdict: &Capabilities, facts: &Environment) -> String {
    let mut marks: Vec<String> = verdict
        .through
        .iter()
        .map(|name| format!("behind {name}"))
        .collect();
    for (name, value) in [
        ("TERM", &facts.term),
        ("TERM_PROGRAM", &facts.term_program),
        ("LC_TERMINAL", &facts.lc_terminal),
    ] {
        if !value.is_empty() {
            marks.push(format!("{name} is {value}"));
        }
    }
    for (name, set) in [
        ("TMUX", facts.tmux),
        ("STY", facts.screen),
        ("ZELLIJ", facts.zellij),
        ("KONSOLE_VERSION", facts.konsole),
    ] {
        if set {
            marks.push(format!("{name} is set"));
        }
    }
    marks.join(", ")
}

fn background(verdict: &Capabilities) -> Row {
    let key = ("background", "background");
    match verdict.background {
        Some((red, green, blue)) => {
            let color = format!("#{red:02x}{green:02x}{blue:02x}");
            row(key, color.clone(), color, "the terminal told it")
        }
        None => row(key, Value::Null, "black", "assumed"),
    }
}

fn of_probe(asked: Option<&Asked>, facts: &Environment, limit: Duration) -> Row {
    let key = ("probe_ms", "probe");
    let Some(asked) = asked else {
        let why = "stdout is no terminal: this is what the environment tells";
        return row(key, Value::Null, "not asked", why);
    };
    if !facts.answers_queries() {
        let why = format!("TERM is {:?}, which may print the questions", facts.term);
        return row(key, Value::Null, "not asked", why);
    }
    let limit = limit.as_millis();
    match asked.took() {
        Some(took) => {
            let ms = u64::try_from(took.as_millis()).unwrap_or(u64::MAX);
            let why =
                format!("from the first question to the last answer; the limit is {limit} ms");
            row(key, ms, format!("{ms} ms"), why)
        }
        None => {
            let why = format!("not every question was answered within {limit} ms");
            row(key, Value::Null, "cut short", why)
        }
    }
}

fn of_settings(config: &Config) -> Vec<Row> {
    let file = config.paths.config_file.display().to_string();
    let there = config.paths.config_file.is_file();
    let settings = &config.settings;
    let library = settings.library.value.display().to_string();
    let (endpoint, why) = endpoint(settings);
    vec![
        row(
            ("config_file", "config file"),
            file.clone(),
            file,
            if there {
                ""
            } else {
                "not there: the defaults are used"
            },
        ),
        row(
            ("library", "library"),
            library.clone(),
            library,
            settings.library.source.to_string(),
        ),
        match endpoint {
            Some(url) => row(("endpoint", "endpoint"), url.clone(), url, why),
            None => row(("endpoint", "endpoint"), Value::Null, "none", why),
        },
    ]
}

/// Scheme, host and port: what else is in a base URL may be a secret.
fn endpoint(settings: &Settings) -> (Option<String>, String) {
    let base = &settings.base_url;
    match base.value.as_deref().map(BaseUrl::parse) {
        None => (None, "the embedded demo endpoint is used".to_owned()),
        Some(Ok(url)) => (Some(url.origin()), base.source.to_string()),
        Some(Err(failure)) => (None, failure.message.to_string()),
    }
}

fn yes(is: bool) -> &'static str {
    if is { "yes" } else { "no" }
}

const fn depth(colors: ColorDepth) -> &'static str {
    match colors {
        ColorDepth::None => "none",
        ColorDepth::Ansi16 => "16",
        ColorDepth::Ansi256 => "256",
        ColorDepth::True => "24 bits",
    }
}

const fn glyphs(glyphs: Glyphs) -> &'static str {
    match glyphs {
        Glyphs::Halves => "halves",
        Glyphs::Quadrants => "quadrants",
        Glyphs::Sextants => "sextants",
        Glyphs::Octants => "octants",
    }
}

fn object(rows: Vec<Row>) -> Value {
    let entry = |row: Row| {
        let verdict = json!({"value": row.value, "why": row.why});
        (row.key.to_owned(), verdict)
    };
    Value::Object(rows.into_iter().map(entry).collect::<Map<_, _>>())
}

/// A row in columns, the why broken between words and below its own beginning.
fn lines(row: &Row, width: usize) -> Vec<String> {
    let column = LABEL + 1 + VALUE + 1;
    let mut lines = vec![format!("{:<LABEL$} {}", row.label, row.shown)];
    for (n, part) in wrapped(&row.why, width.saturating_sub(column).max(24))
        .into_iter()
        .enumerate()
    {
        let used = lines[0].width();
        if n == 0 && used < column {
            lines[0].push_str(&" ".repeat(column - used));
            lines[0].push_str(&part);
        } else {
            lines.push(" ".repeat(column) + &part);
        }
    }
    lines
}

/// The words in lines of at most `room` cells; a longer word has one of its own.
fn wrapped(words: &str, room: usize) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for word in words.split_whitespace() {
        match lines.last_mut() {
            Some(line) if line.width() + 1 + word.width() <= room => {
                line.push(' ');
                line.push_str(word);
            }
            _ => lines.push(word.to_owned()),
        }
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_why_stays_in_its_column() {
        let told = |shown: &str, why: &str| {
            let row = row(("k", "label"), 1, shown, why);
            lines(&row, 66)
        };
        let pad = " ".repeat(37);
        assert_eq!(told("kitty", ""), ["label             kitty"]);
        let short = format!("{:<37}it is there", "label             kitty");
        assert_eq!(told("kitty", "it is there"), [short]);
        let lines = told("kitty", "one that has far more words than fit into it");
        assert_eq!(lines.len(), 2);
        assert!(lines[1].starts_with(&format!("{pad}than")), "{lines:?}");
        assert!(lines.iter().all(|line| line.len() <= 66));
        let long = "/a/path/that/is/far/too/long/for/its/column";
        let lines = told(long, "why");
        assert_eq!(
            lines,
            [format!("label             {long}"), format!("{pad}why")]
        );
    }
}
