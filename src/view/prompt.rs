//! The prompt: the editor's visual lines, the reference pictures as chips in the frame, and the cursor.

use ratatui::style::Style;
use ratatui::text::{Line, Span};

use crate::domain::{Clean, PictureId, Reference};
use crate::studio::{Action, Context, Focus};

use super::panel;
use super::sheet::Sheet;
use super::text::{self, cut, excerpt, few_marks, rows};

/// A chip's label is cut to so many cells.
const CHIP: u16 = 18;

/// Draws the pane, where the layout has one.
pub fn draw(sheet: &mut Sheet<'_>) {
    let (state, area) = (sheet.state, sheet.layout.prompt);
    if area.is_empty() {
        return;
    }
    let focused = state.focus == Focus::Prompt;
    let title = match state.form.parent {
        Some(picture) => format!("{}, edits {}", Focus::Prompt.title(), picture.short()),
        None => Focus::Prompt.title().to_owned(),
    };
    let chips = chips(sheet, area.width.saturating_sub(text::width(&title) + 6));
    panel::pane(sheet, area, &title, chips, focused);

    let inside = sheet.layout.text;
    if state.editor.is_empty() {
        placeholder(sheet);
    } else {
        // The editor takes no controls and no bidi characters in, so its lines are as safe as clean text; they are not
        // cleaned again, since a joiner less would put the cursor beside its character.
        for (line, row) in state.editor.visible().zip(rows(inside)) {
            // A space at the end of a wrapped line may hang over.
            sheet.put(row, &few_marks(line.trim_end()), Style::new());
        }
        more_lines(sheet);
    }
    if focused && !inside.is_empty() {
        let (column, row) = state.editor.cursor_cell();
        let x = inside.x + column.min(inside.width);
        let y = inside.y + row.min(inside.height - 1);
        sheet.rest_cursor(x, y);
    }
}

/// What to write, and which keys lead on.
fn placeholder(sheet: &mut Sheet<'_>) {
    let keys = |action| {
        let keys = sheet
            .state
            .keymap
            .keys_in(action, &[Context::Prompt, Context::Global]);
        keys.unwrap_or_else(|| action.name().to_owned())
    };
    let words = format!(
        "What should the picture show?\n{} makes it. {} attaches a picture, {} lists all commands.",
        keys(Action::Generate),
        keys(Action::Attach),
        keys(Action::Palette),
    );
    text::put_wrapped(sheet.buf, sheet.layout.text, &words, sheet.theme.faint);
}

/// `line 12 of 80` in the frame, when there is more than is seen.
fn more_lines(sheet: &mut Sheet<'_>) {
    let editor = &sheet.state.editor;
    let (all, inside) = (editor.visual_lines().len(), sheet.layout.text);
    if all <= usize::from(inside.height) || inside.is_empty() {
        return;
    }
    let at = editor.scroll() + usize::from(editor.cursor_cell().1) + 1;
    let mut foot = sheet.layout.prompt;
    foot.y = foot.bottom() - 1;
    foot.width = foot.width.saturating_sub(2);
    text::put_right(
        sheet.buf,
        foot,
        &format!(" line {at} of {all} "),
        sheet.theme.dim,
    );
}

/// The prompt of a picture of the history; the name of any other.
fn label(sheet: &Sheet<'_>, reference: &Reference) -> Clean {
    let picture = reference.given.parse::<PictureId>().ok();
    let row = picture.and_then(|p| sheet.state.history.row(p.generation));
    match row {
        Some(row) => excerpt(row.generation.request.prompt.typed(), CHIP),
        None => Clean::line(&reference.label()),
    }
}

/// `#1 a neon city  #2 sky.jpg`, as many as fit in `room` cells, and how many more there are.
fn chips(sheet: &Sheet<'_>, room: u16) -> Line<'static> {
    let (form, theme) = (&sheet.state.form, sheet.theme);
    let mut spans = Vec::new();
    let mut left = room;
    for (at, reference) in form.references.iter().enumerate() {
        let label = label(sheet, reference);
        let chip = format!(" #{} {} ", at + 1, cut(label.as_str(), CHIP));
        let wide = text::width(&chip) + 1;
        if wide > left {
            let more = form.references.len() - at;
            spans.push(Span::styled(format!("+{more} "), theme.dim));
            break;
        }
        left -= wide;
        spans.push(Span::styled(chip, theme.chip));
        spans.push(Span::raw(" "));
    }
    Line::from(spans)
}
