//! The words that people read in the studio, in one place: states, questions, headings.

use std::time::Duration;

use serde_json::Value;

pub use crate::domain::words::{bytes, cancelled};
use crate::domain::{Generation, StatusJson, words};

use super::{Action, Ask, Job, Jobs, Stage, State, Wait};

/// `9 s`, `1 min 05 s`.
pub fn elapsed(time: Duration) -> String {
    match time.as_secs() {
        s @ 0..60 => format!("{s} s"),
        s => format!("{} min {:02} s", s / 60, s % 60),
    }
}

/// What an answer's usage object tells: `1308 tokens (8 in, 1300 out), cost 0.134`; empty where it tells neither.
pub fn usage(usage: Option<&str>) -> String {
    let usage: Value = usage
        .and_then(|usage| serde_json::from_str(usage).ok())
        .unwrap_or_default();
    let figure = |keys: [&str; 3]| keys.iter().find_map(|key| usage[key].as_u64());
    let asked = figure(["prompt_tokens", "input_tokens", "promptTokenCount"]);
    let made = figure(["completion_tokens", "output_tokens", "candidatesTokenCount"]);
    let all = figure(["total_tokens", "total", "totalTokenCount"])
        .or_else(|| Some(asked.unwrap_or(0) + made?));
    let mut out = Vec::new();
    if let Some(all) = all {
        let parts: Vec<String> = [(asked, "in"), (made, "out")]
            .iter()
            .filter_map(|(n, way)| n.map(|n| format!("{n} {way}")))
            .collect();
        let parts = match parts.len() {
            0 => String::new(),
            _ => format!(" ({})", parts.join(", ")),
        };
        out.push(format!("{all} tokens{parts}"));
    }
    if let Some(cost) = usage["cost"].as_f64() {
        out.push(format!("cost {cost}"));
    }
    out.join(", ")
}

/// What a running generation does, with its time: `streaming 40 % 12 s`.
pub fn job(job: &Job, now: Duration) -> String {
    if job.cancelling {
        return "cancelling".to_owned();
    }
    let time = elapsed(job.elapsed(now));
    if let Some(wait) = &job.wait {
        return retrying(wait, now);
    }
    match job.stage {
        Stage::Queued => "queued".to_owned(),
        Stage::Sent => format!("sent, waiting {time}"),
        Stage::Streaming => match job.percent {
            Some(percent) => format!("streaming {percent} % {time}"),
            None => format!("streaming {time}"),
        },
        Stage::Downloading => {
            let what = if job.resumed {
                "fetching again"
            } else {
                "downloading"
            };
            match job.download {
                Some(d) => {
                    let total = d
                        .total
                        .map(|t| format!(" of {}", bytes(t)))
                        .unwrap_or_default();
                    format!("{what} {}{total} {time}", bytes(d.received))
                }
                None => format!("{what} {time}"),
            }
        }
        Stage::Saved => format!("saved {time}"),
    }
}

/// When a call is made again: `retrying 1/2 in 3 s`.
fn retrying(wait: &Wait, now: Duration) -> String {
    let (attempt, of, left) = (wait.attempt, wait.of, elapsed(wait.left(now)));
    format!("retrying {attempt}/{of} in {left}")
}

/// The same with the cause: `retrying 1/2 in 3 s: too many requests`.
pub fn wait(wait: &Wait, now: Duration) -> String {
    format!("{}: {}", retrying(wait, now), wait.cause)
}

/// What is in flight: `1 running  1 retrying in 3 s  2 queued`; empty when nothing is. Of several that wait, the time of the
/// first.
pub fn work(jobs: &Jobs, now: Duration) -> String {
    let figure = |count: usize, word: &str| (count > 0).then(|| format!("{count} {word}"));
    let waiting = jobs.waits().count();
    let next = jobs.waits().map(|wait| wait.left(now)).min();
    let retrying = next.map(|left| format!("{waiting} retrying in {}", elapsed(left)));
    let figures = [
        figure(jobs.active() - waiting, "running"),
        retrying,
        figure(jobs.queued(), "queued"),
    ];
    figures.into_iter().flatten().collect::<Vec<_>>().join("  ")
}

/// Where a generation stands, for its row: a running one by its job, others by their state.
pub fn stand(generation: &Generation, running: Option<&Job>, now: Duration) -> String {
    if let Some(running) = running {
        return job(running, now);
    }
    match StatusJson::of(generation) {
        StatusJson::Running => "running elsewhere".to_owned(),
        _ => words::stand(generation),
    }
}

/// What the time of a generation that was sent is to be held against: `usually 40 s`; `None` while it counts no time, or
/// while too few of its model are known.
pub fn usual(generation: &Generation, state: &State) -> Option<String> {
    let job = state.jobs.get(generation.id)?;
    if job.stage == Stage::Queued || job.wait.is_some() || job.cancelling || job.resumed {
        return None;
    }
    let usual = state.history.usual(&generation.request.model)?;
    Some(format!("usually {}", elapsed(usual)))
}

/// How much of the shown picture has come over the line: `preview 38 kB of 6.1 MB`; `None` where as much as its file has.
pub fn preview(state: &State) -> Option<String> {
    let (id, sent) = state.preview?;
    let picture = state.history.shown().filter(|picture| picture.id == id)?;
    (sent < picture.bytes).then(|| format!("preview {} of {}", bytes(sent), bytes(picture.bytes)))
}

/// The question in the footer.
pub fn ask(ask: &Ask, state: &State) -> String {
    match ask {
        Ask::Send(requests) => {
            let what = requests.first().map(|r| {
                let price = state.catalog.price(&r.model);
                let price = price.map_or_else(|| "price unknown".to_owned(), |p| p.0.clone());
                format!("{} x {} {}, {price}", requests.len(), r.model, r.ratio)
            });
            format!("{} - Enter sends, Esc not", what.unwrap_or_default())
        }
        Ask::FetchAgain(id) => {
            let row = state.history.row(*id);
            let open = match row.map_or(0, |r| r.generation.to_be_fetched()) {
                1 => "1 picture is still at its address: Enter fetches it".to_owned(),
                many => format!("{many} pictures are still at their addresses: Enter fetches them"),
            };
            let keys = state.keymap.keys_of(Action::Again);
            let anew = keys.map(|keys| format!(", {keys} asks for a new one"));
            format!(
                "{open} (costs nothing){}, Esc not",
                anew.unwrap_or_default()
            )
        }
        Ask::Cancel(_) => {
            "it was sent and may be billed all the same - Enter cancels it, Esc not".to_owned()
        }
        Ask::RemoveDemo => {
            "every picture of the demo endpoint and its file - Enter removes them, Esc not"
                .to_owned()
        }
        Ask::Quit => {
            let running = match (state.jobs.active(), state.jobs.queued()) {
                (0, 0) => return "quit? - Enter quits, Esc not".to_owned(),
                (active, 0) => format!("{active} running"),
                (0, queued) => {
                    return format!("{queued} queued, not sent yet - Enter quits, Esc not");
                }
                (active, queued) => format!("{active} running, {queued} queued"),
            };
            format!("{running}: what was sent may be billed - Enter quits, Esc not")
        }
    }
}
