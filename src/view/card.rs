//! Cards of text, where no picture stands: nothing yet, work under way, what went wrong, or a picture in words.

use ratatui::layout::Rect;
use ratatui::style::Style;
use ratatui::text::Line;

use crate::domain::{Clean, Generation, Picture, State as Stand, StatusJson};
use crate::studio::{Action, Job, facts, offer, words};

use super::picture::told;
use super::row;
use super::sheet::{Sheet, below, skip};
use super::text::{self, excerpt, wrap_tail};

/// Lines longer than this are hard to read; a card is no wider.
const WIDEST: u16 = 76;
/// Lines of a prompt that a card shows.
const PROMPT_LINES: u16 = 4;
/// Lines of why a call is made again.
const WAIT_LINES: u16 = 4;

/// Nothing is selected: says what to do.
pub fn nothing(sheet: &mut Sheet<'_>, room: Rect) {
    if sheet.state.history.loading.is_some() {
        return;
    }
    let theme = sheet.theme;
    let next = format!("Write a prompt and press {}.", sheet.keys(Action::Generate));
    let middle = below(room, room.height.saturating_sub(2) / 2);
    let lines = [("Pictures appear here.", theme.dim), (&next, theme.faint)];
    for ((line, style), row) in lines.into_iter().zip(text::rows(middle)) {
        sheet.put_centred(row, line, style);
    }
}

/// A generation without a picture: it runs, or it ended without one.
pub fn no_picture(sheet: &mut Sheet<'_>, room: Rect, generation: &Generation) {
    let job = sheet.state.jobs.get(generation.id);
    let mut card = Card::new(sheet, room);
    if generation.is_running() || job.is_some() {
        card.running(generation, job);
    } else {
        card.ended(generation);
    }
}

/// A picture that the terminal cannot show, or that cannot be decoded.
pub fn picture(sheet: &mut Sheet<'_>, room: Rect, generation: &Generation, picture: &Picture) {
    let theme = sheet.theme;
    let why = sheet.state.history.undrawable.get(&picture.id).cloned();
    let mut card = Card::new(sheet, room);
    card.prompt(generation);
    card.gap();
    card.paragraph(&facts(picture), theme.base, 1);
    card.asked(generation);
    let words = told(card.sheet, generation, picture);
    if !words.is_empty() {
        card.paragraph(&words, theme.warn, 3);
    }
    if let Some((keys, what)) = offer(card.sheet.state) {
        card.line(&format!("{keys} {what}"), theme.dim);
    }
    card.gap();
    // The whole path, so that it can be selected and copied.
    let path = Clean::line(&picture.path.to_string_lossy());
    card.paragraph(path.as_str(), theme.accent, 4);
    if let Some(why) = why {
        card.gap();
        card.paragraph(why.as_str(), theme.warn, 3);
    }
    card.answer(generation);
}

/// Writes line under line, as long as there is room.
struct Card<'s, 'a> {
    sheet: &'s mut Sheet<'a>,
    left: Rect,
}

impl<'s, 'a> Card<'s, 'a> {
    fn new(sheet: &'s mut Sheet<'a>, room: Rect) -> Self {
        let air = if room.width > 30 { 2 } else { 1 };
        let inside = skip(room, air);
        let width = inside.width.saturating_sub(air).min(WIDEST);
        let top = u16::from(room.height > 6);
        let left = below(Rect { width, ..inside }, top);
        Self { sheet, left }
    }

    /// An empty line, where there is room to spare.
    fn gap(&mut self) {
        if self.left.height > 2 {
            self.left = below(self.left, 1);
        }
    }

    fn line(&mut self, words: &str, style: Style) {
        self.sheet.put(self.left, words, style);
        self.left = below(self.left, 1);
    }

    /// At most `most` wrapped lines.
    fn paragraph(&mut self, words: &str, style: Style, most: u16) {
        let height = most.min(self.left.height);
        let area = Rect {
            height,
            ..self.left
        };
        let took = text::put_wrapped(self.sheet.buf, area, words, style);
        self.left = below(self.left, took);
    }

    fn prompt(&mut self, generation: &Generation) {
        let cells = self.left.width.saturating_mul(PROMPT_LINES);
        let prompt = excerpt(generation.request.prompt.typed(), cells);
        let style = self.sheet.theme.base;
        self.paragraph(prompt.as_str(), style, PROMPT_LINES);
    }

    /// `NanoBananaPro-2K  16:9  png`.
    fn asked(&mut self, generation: &Generation) {
        let request = &generation.request;
        let model = Clean::line(&request.model);
        let asked = format!("{model}  {}  {}", request.ratio, request.format);
        let style = self.sheet.theme.dim;
        self.line(&asked, style);
    }

    /// The answer's words, where there are any.
    fn answer(&mut self, generation: &Generation) {
        if !generation.text.is_empty() {
            self.gap();
            let style = self.sheet.theme.dim;
            let most = self.left.height;
            self.paragraph(generation.text.as_str(), style, most);
        }
    }

    fn hints(&mut self, hints: &[(Action, &'static str)]) {
        let found: Vec<Line<'_>> = hints
            .iter()
            .filter_map(|(action, word)| self.sheet.hint(*action, word))
            .collect();
        let mut left = self.left;
        for hint in found {
            left = skip(left, text::put_line(self.sheet.buf, left, &hint) + 3);
        }
        self.left = below(self.left, 1);
    }

    fn running(&mut self, generation: &Generation, job: Option<&Job>) {
        let theme = self.sheet.theme;
        let state = self.sheet.state;
        let now = state.now.since_start;
        let wait = job.filter(|job| !job.cancelling);
        let wait = wait.and_then(|job| job.wait.as_ref());
        if let Some(wait) = wait {
            self.paragraph(&words::wait(wait, now), theme.warn, WAIT_LINES);
        } else {
            let stand = words::stand(generation, job, now);
            let took = self.sheet.put(self.left, &stand, theme.running) + 2;
            let beside = skip(self.left, took);
            if let Some(usual) = words::usual(generation, state)
                && text::width(&usual) <= beside.width
            {
                self.sheet.put(beside, &usual, theme.dim);
            }
            self.left = below(self.left, 1);
        }
        if let Some(percent) = job.and_then(|job| job.percent) {
            self.bar(percent);
        }
        self.gap();
        self.prompt(generation);
        self.asked(generation);
        if let Some(job) = job {
            self.gap();
            let cancel = if wait.is_some() { "stops it" } else { "cancel" };
            self.hints(&[(Action::Cancel, cancel)]);
            self.gap();
            let lines = wrap_tail(job.text.as_str(), self.left.width, self.left.height);
            for line in lines {
                self.line(line, theme.dim);
            }
        }
    }

    fn ended(&mut self, generation: &Generation) {
        let theme = self.sheet.theme;
        let style = row::stand_style(theme, generation, None);
        let now = self.sheet.state.now.since_start;
        self.line(&words::stand(generation, None, now), style);
        self.gap();
        // That it was cancelled is said in the first line, and whether it may be billed.
        let failure = generation.failure.as_ref();
        if let Some(failure) = failure.filter(|_| generation.state != Stand::Cancelled) {
            self.paragraph(failure.message.as_str(), theme.base, 6);
            if let Some(hint) = &failure.hint {
                self.paragraph(&format!("→ {hint}"), theme.key, 3);
            }
            let told = StatusJson::of(generation) == StatusJson::Unknown;
            if failure.maybe_billed && !told {
                self.line("it may have been billed", theme.warn);
            }
            self.gap();
        }
        self.prompt(generation);
        self.asked(generation);
        self.gap();
        let open = generation.to_be_fetched() > 0;
        let fetch = open.then_some((Action::FetchAgain, "fetch again"));
        let others = [
            (Action::Again, "again"),
            (Action::RecallAll, "to the editor"),
        ];
        let hints: Vec<_> = fetch.into_iter().chain(others).collect();
        self.hints(&hints);
        let said = generation.failure.as_ref().map(|f| f.message.as_str());
        if said != Some(generation.text.as_str()) {
            self.answer(generation);
        }
    }

    /// The gateway's own figure, never one of ours.
    fn bar(&mut self, percent: u8) {
        let theme = self.sheet.theme;
        let width = self.left.width.min(40);
        let full = (u32::from(width) * u32::from(percent.min(100)) / 100) as usize;
        let took = self.sheet.put(self.left, &"━".repeat(full), theme.running);
        let rest = "━".repeat(usize::from(width) - full);
        self.sheet.put(skip(self.left, took), &rest, theme.faint);
        self.left = below(self.left, 1);
    }
}
