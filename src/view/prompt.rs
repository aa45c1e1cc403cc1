//! The prompt: the editor's visual lines, the reference pictures as chips in the frame, and the cursor.

use ratatui::style::Style;
use ratatui::text::{Line, Span};

use crate::domain::Clean;
use crate::studio::{Action, Focus};

use super::panel;
use super::sheet::Sheet;
use super::text::{self, cut, rows, wrap};

/// A chip's label is cut to so many cells.
const CHIP: u16 = 18;

/// Draws the pane, where the layout has one.
pub fn draw(sheet: &mut Sheet<'_>) {
    let (state, area) = (sheet.state, sheet.layout.prompt);
    if area.is_empty() {
        return;
    }
    let focused = state.focus == Focus::Prompt;
    let chips = chips(sheet, area.width.saturating_sub(14));
    panel::pane(sheet, area, Focus::Prompt.title(), chips, focused);

    let inside = sheet.layout.text;
    if state.editor.is_empty() {
        placeholder(sheet);
    } else {
        // The editor takes no controls and no bidi characters in, so its lines are as safe as clean text; they are not
        // cleaned again, since a joiner less would put the cursor beside its character.
        for (line, row) in state.editor.visible().zip(rows(inside)) {
            sheet
                .buf
                .set_stringn(row.x, row.y, line, usize::from(row.width), Style::new());
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
    // `@` and `/` are no bindings: the editor itself takes them at the start of a word and of the text.
    let words = format!(
        "What should the picture show?\n{} makes it. @ attaches a picture, / lists all commands.",
        sheet.keys(Action::Generate),
    );
    let (inside, style) = (sheet.layout.text, sheet.theme.faint);
    for (line, row) in wrap(&words, inside.width).zip(rows(inside)) {
        sheet.put(row, line, style);
    }
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

/// `#1 hero.png  #2 sky.jpg`, as many as fit in `room` cells, and how many more there are.
fn chips(sheet: &Sheet<'_>, room: u16) -> Line<'static> {
    let (form, theme) = (&sheet.state.form, sheet.theme);
    let mut spans = Vec::new();
    let mut left = room;
    for (at, reference) in form.references.iter().enumerate() {
        let label = Clean::line(&reference.label());
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
