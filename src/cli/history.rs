//! `plantain history`: what was made, newest first.

use jiff::Timestamp;
use jiff::tz::TimeZone;
use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

use super::args::{Args, History};
use super::{Outcome, print};
use crate::config::{Config, Environment};
use crate::domain::{Clean, Failure, Generation, GenerationJson, StatusJson};
use crate::library::{Library, Query};

pub(super) fn run(args: &Args, verb: &History) -> Result<Outcome, Failure> {
    let config = Config::load(&Environment::of_process(), &args.common.overrides())?;
    let zone = TimeZone::system();
    let library = Library::open(&config.settings.library.value, zone.clone())?;
    let query = Query::parse(verb.query.as_deref().unwrap_or_default());
    let rows = library.page(&query, None, verb.limit as usize)?;
    if rows.is_empty() && !verb.json {
        print::note(&Clean::line(&format!(
            "nothing in {} matches",
            library.folder().display()
        )));
    }
    let width = print::stdout_width();
    for generation in &rows {
        if verb.json {
            print::json(&GenerationJson::from(generation));
        } else {
            print::line(&row(generation, &zone, width));
        }
    }
    Ok(Outcome::Done)
}

/// One row, cut at `width` cells where there is a terminal.
fn row(generation: &Generation, zone: &TimeZone, width: Option<usize>) -> String {
    let request = &generation.request;
    let created = Timestamp::from_millisecond(generation.created_ms).unwrap_or_default();
    let when = zone
        .to_datetime(created)
        .strftime("%Y-%m-%d %H:%M")
        .to_string();
    let line = format!(
        "{}  {when}  {:<9}  {}  {}  {}{}  {}",
        generation.id.short(),
        StatusJson::of(generation).as_str(),
        Clean::line(&request.model),
        request.ratio,
        request.format,
        if generation.demo { "  demo" } else { "" },
        Clean::line(request.prompt.typed()),
    );
    match width {
        Some(width) => cut(&line, width),
        None => line,
    }
}

/// At most `width` cells of a line, with an ellipsis where something is left out.
fn cut(line: &str, width: usize) -> String {
    if line.width() <= width {
        return line.to_owned();
    }
    let mut used = 0;
    let mut out: String = line
        .chars()
        .take_while(|c| {
            used += c.width().unwrap_or(0);
            used < width
        })
        .collect();
    out.push('…');
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_is_cut_by_cells_and_not_by_letters() {
        assert_eq!(cut("abcdef", 6), "abcdef");
        assert_eq!(cut("abcdefg", 6), "abcde…");
        assert_eq!(cut("狐狐狐狐", 6), "狐狐…");
    }
}
