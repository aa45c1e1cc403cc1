//! `plantain history`: what was made, newest first.

use jiff::Timestamp;
use jiff::tz::TimeZone;

use super::args::{Args, History};
use super::{Outcome, print};
use crate::config::{Config, Environment};
use crate::domain::{Clean, Failure, Generation, GenerationJson, words};
use crate::library::{Library, Query};

pub(super) fn run(args: &Args, verb: &History) -> Result<Outcome, Failure> {
    let config = Config::load(&Environment::of_process(), &args.common.overrides())?;
    let zone = TimeZone::system();
    let library = Library::open(&config.settings.library.value, zone.clone())?;
    super::tell_repairs(&library);
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
fn row(generation: &Generation, zone: &TimeZone, width: Option<usize>) -> Clean {
    let request = &generation.request;
    let created = Timestamp::from_millisecond(generation.created_ms).unwrap_or_default();
    let when = zone
        .to_datetime(created)
        .strftime("%Y-%m-%d %H:%M")
        .to_string();
    let line = Clean::line(&format!(
        "{}  {when}  {:<9}  {}  {}  {}{}  {}",
        generation.id.short(),
        words::stand(generation),
        Clean::line(&request.model),
        request.ratio,
        request.format,
        if generation.demo { "  demo" } else { "" },
        Clean::line(request.prompt.typed()),
    ));
    match width {
        Some(width) => print::cut(line, width),
        None => line,
    }
}
