//! All that is known of one generation, as labelled lines: what was asked, what came, what it said.

use std::time::Duration;

use crate::domain::{Clean, Generation, Picture};

use super::editor::wrapped;
use super::{Job, words};

/// One labelled text; the text may hold several lines.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Detail {
    /// What it is.
    pub label: &'static str,
    /// What is known.
    pub text: Clean,
}

/// What was asked, what came, and what the answer said; of a call that waits to be made again, why.
pub fn details(generation: &Generation, job: Option<&Job>) -> Vec<Detail> {
    let mut out = Vec::new();
    let mut add = |label, text: &str| {
        if !text.is_empty() {
            out.push(Detail {
                label,
                text: Clean::text(text),
            });
        }
    };
    let request = &generation.request;
    add("Prompt", request.prompt.typed());
    add("State", &stand(generation));
    if let Some(wait) = job.and_then(|job| job.wait.as_ref()) {
        let (attempt, of) = (wait.attempt, wait.of);
        add("Waits", &format!("to be sent again, {attempt} of {of}"));
        add("Cause", wait.cause.as_str());
    }
    add("Model", &request.model);
    if let Some(answered) = &generation.model_answered {
        add("Answered by", answered.as_str());
    }
    add("Asked", &format!("{} {}", request.ratio, request.format));
    for reference in &request.references {
        add("Reference", &reference.given);
    }
    for picture in &generation.pictures {
        add("Picture", &facts(picture));
        add("File", &picture.path.to_string_lossy());
        for path in &picture.converted {
            add("Converted", &path.to_string_lossy());
        }
        add("URL", picture.url_for_show().unwrap_or_default());
    }
    for notice in &generation.notices {
        add("Notice", notice.as_str());
    }
    if let Some(failure) = &generation.failure {
        add("Failure", failure.message.as_str());
        add("Hint", failure.hint.as_ref().map_or("", Clean::as_str));
    }
    add("Answer", generation.text.as_str());
    add("Thoughts", generation.reasoning.as_str());
    if let Some(reason) = &generation.finish_reason {
        add("Ended by", reason.as_str());
    }
    add("Usage", &words::usage(generation.usage.as_deref()));
    if let Some(ms) = generation.elapsed_ms {
        add("Took", &words::elapsed(Duration::from_millis(ms)));
    }
    add("Id", &generation.id.to_string());
    if generation.demo {
        add("Endpoint", "demo: the picture is procedural");
    }
    out
}

fn stand(generation: &Generation) -> String {
    if generation.is_running() {
        return "running".to_owned();
    }
    words::stand(generation, None, Duration::ZERO)
}

/// One line of the details popup.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DetailLine {
    /// What it is; empty on further lines of the same text.
    pub label: &'static str,
    /// Fits beside [`LABEL_WIDTH`] cells.
    pub text: String,
}

/// The cells that the labels and the margins take.
pub const LABEL_WIDTH: u16 = 15;

/// The details broken into lines for a popup whose inside is `width` cells wide.
pub fn detail_lines(generation: &Generation, job: Option<&Job>, width: u16) -> Vec<DetailLine> {
    let room = width.saturating_sub(LABEL_WIDTH).max(1);
    let mut out = Vec::new();
    for Detail { label, text } in details(generation, job) {
        for (i, text) in wrapped(text.as_str(), room).into_iter().enumerate() {
            out.push(DetailLine {
                label: if i == 0 { label } else { "" },
                text,
            });
        }
    }
    out
}

/// `2752x1536 png 6.1 MB`.
pub fn facts(picture: &Picture) -> String {
    let size = picture.size.map(|s| format!("{s} ")).unwrap_or_default();
    format!("{size}{} {}", picture.format, words::bytes(picture.bytes))
}

/// The first line under the picture: what it is and, where that is what was asked, the wish. Where it is not, the line
/// below says both (see [`remarks`](crate::domain::remarks)).
pub fn caption(generation: &Generation, picture: &Picture, as_asked: bool) -> String {
    let request = &generation.request;
    if as_asked {
        format!(
            "{} - asked {} {}",
            facts(picture),
            request.ratio,
            request.format
        )
    } else {
        facts(picture)
    }
}
