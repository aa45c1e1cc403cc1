//! Where everything stands: a function of the size and the state. `update` asks it for page sizes and what the mouse hit,
//! `view` draws into its rectangles, so both always agree. Cells only; it knows nothing of pixels.

use ratatui::layout::Rect;

use super::{Field, Focus, PickKind, Popup, State, Upper, detail_lines, help_lines};

/// Rows of cells that one row of the history takes.
pub const ROW_HEIGHT: u16 = 2;

/// Narrower or lower than this, a one-line notice stands for everything.
const LEAST: (u16, u16) = (30, 8);
/// From this size on, picture and settings fit beside history and prompt.
const WIDE: (u16, u16) = (100, 24);
/// From this size on, the prompt fits below what is above it.
const STACKED: (u16, u16) = (60, 16);

/// Columns of the help and the details, where there are as many.
const SHEET: u16 = 96;
/// The box of a list in which nothing matches: its frame, what is typed, and a line that says so.
const NOTHING: u16 = 4;

/// How the panes are arranged.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shape {
    /// Picture and history above, prompt and settings below.
    Wide,
    /// Picture or history above, prompt below, settings in one line.
    Stacked,
    /// The focused pane alone.
    Single,
    /// Too small for any pane.
    TooSmall,
}

/// The rectangles of one frame. A pane that is not shown is empty. Boxes have a border of one cell; see [`inner`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Layout {
    /// The whole screen.
    pub screen: Rect,
    /// The arrangement.
    pub shape: Shape,
    /// One line at the top.
    pub header: Rect,
    /// One line at the bottom: hints, or a question, or a notice.
    pub footer: Rect,
    /// Where notices may stand, the newest lowest: over what is above the prompt, so that they hide nothing that is typed,
    /// or above the footer where something lies over the panes or one pane takes all.
    pub notices: Rect,
    /// The box of the picture.
    pub picture: Rect,
    /// The box of the history.
    pub history: Rect,
    /// The box of the prompt.
    pub prompt: Rect,
    /// The box of the settings; in [`Shape::Stacked`] one line without a border.
    pub settings: Rect,
    /// Inside the box, or the whole screen but its last line: where the picture is drawn.
    pub canvas: Rect,
    /// Under the canvas: facts and notices of the picture.
    pub caption: Rect,
    /// The filter's line in the history; empty without a filter.
    pub filter: Rect,
    /// The rows of the history, [`ROW_HEIGHT`] each.
    pub list: Rect,
    /// The text of the prompt.
    pub text: Rect,
    /// The box of what is open over the panes.
    pub popup: Rect,
    /// In that box: the line that is typed into; empty where nothing is typed.
    pub popup_field: Rect,
    /// In that box: its lines.
    pub popup_list: Rect,
}

impl Layout {
    /// The layout of the present frame.
    pub fn of(state: &State) -> Self {
        let screen = Rect::new(0, 0, state.size.0, state.size.1);
        let shape = shape(state.size);
        let none = Rect::default();
        let mut layout = Self {
            screen,
            shape,
            header: none,
            footer: none,
            notices: none,
            picture: none,
            history: none,
            prompt: none,
            settings: none,
            canvas: none,
            caption: none,
            filter: none,
            list: none,
            text: none,
            popup: none,
            popup_field: none,
            popup_list: none,
        };
        if shape == Shape::TooSmall {
            return layout;
        }
        layout.footer = Rect::new(0, screen.height - 1, screen.width, 1);
        if state.full_view {
            layout.canvas = Rect {
                height: screen.height - 1,
                ..screen
            };
        } else {
            layout.header = Rect {
                height: 1,
                ..screen
            };
            let body = Rect::new(0, 1, screen.width, screen.height - 2);
            match shape {
                Shape::Wide => layout.wide(body),
                Shape::Stacked => layout.stacked(body, state.upper),
                _ => *layout.pane_mut(state.focus) = body,
            }
            layout.insides(state);
        }
        let over_panes = state.popup.is_none() && !layout.prompt.is_empty();
        let floor = if over_panes && shape != Shape::Single {
            layout.prompt.y
        } else {
            layout.footer.y
        };
        // The header stays.
        layout.notices = Rect::new(0, 1, screen.width, floor - 1);
        layout.popup(state);
        layout
    }

    /// The box of a pane.
    pub fn pane(&self, focus: Focus) -> Rect {
        match focus {
            Focus::Prompt => self.prompt,
            Focus::Settings => self.settings,
            Focus::History => self.history,
            Focus::Picture => self.picture,
        }
    }

    /// How many rows of the history fit.
    pub fn rows(&self) -> usize {
        usize::from(self.list.height / ROW_HEIGHT)
    }

    /// The rectangle of the row that stands at `place` from the top of the list.
    pub fn row(&self, place: usize) -> Rect {
        let y = self.list.y + place as u16 * ROW_HEIGHT;
        Rect::new(self.list.x, y, self.list.width, ROW_HEIGHT).intersection(self.list)
    }

    /// The rectangle of a field of the settings.
    pub fn field(&self, field: Field) -> Rect {
        let place = field as u16;
        if self.shape == Shape::Stacked {
            let width = self.settings.width / Field::ALL.len() as u16;
            return Rect::new(
                self.settings.x + place * width,
                self.settings.y,
                width,
                self.settings.height,
            );
        }
        let area = inner(self.settings);
        Rect::new(area.x, area.y + place, area.width, 1).intersection(area)
    }

    fn pane_mut(&mut self, focus: Focus) -> &mut Rect {
        match focus {
            Focus::Prompt => &mut self.prompt,
            Focus::Settings => &mut self.settings,
            Focus::History => &mut self.history,
            Focus::Picture => &mut self.picture,
        }
    }

    fn wide(&mut self, body: Rect) {
        // The heights do not follow the text: a picture that changes size with each line typed is sent anew each time.
        let below = if body.height >= 34 { 8 } else { 7 };
        let right = (body.width * 9 / 25).clamp(36, 60);
        let (above, left) = (body.height - below, body.width - right);
        self.picture = Rect::new(body.x, body.y, left, above);
        self.history = Rect::new(body.x + left, body.y, right, above);
        self.prompt = Rect::new(body.x, body.y + above, left, below);
        self.settings = Rect::new(body.x + left, body.y + above, right, below);
    }

    fn stacked(&mut self, body: Rect, upper: Upper) {
        let prompt = if body.height >= 20 { 5 } else { 4 };
        let above = Rect {
            height: body.height - prompt - 1,
            ..body
        };
        match upper {
            Upper::Picture => self.picture = above,
            Upper::History => self.history = above,
        }
        self.prompt = Rect::new(body.x, above.bottom(), body.width, prompt);
        self.settings = Rect::new(body.x, self.prompt.bottom(), body.width, 1);
    }

    fn insides(&mut self, state: &State) {
        let picture = inner(self.picture);
        let caption = picture.height.min(if picture.height >= 10 { 3 } else { 1 });
        self.canvas = Rect {
            height: picture.height - caption,
            ..picture
        };
        self.caption = Rect::new(picture.x, self.canvas.bottom(), picture.width, caption);
        let history = inner(self.history);
        let filter = u16::from(state.history.filtering || !state.history.filter.is_empty());
        let filter = filter.min(history.height);
        self.filter = Rect {
            height: filter,
            ..history
        };
        self.list = Rect::new(
            history.x,
            history.y + filter,
            history.width,
            history.height - filter,
        );
        let text = inner(self.prompt);
        // A cell of air on both sides.
        let air = u16::from(text.width > 4);
        self.text = Rect::new(text.x + air, text.y, text.width - 2 * air, text.height);
    }

    fn popup(&mut self, state: &State) {
        let Some(popup) = &state.popup else { return };
        let body = Rect {
            height: self.screen.height - 1,
            ..self.screen
        };
        let (width, height, field) = match popup {
            Popup::Help { .. } | Popup::Details { .. } => (SHEET, body.height, 0),
            Popup::Pick(picker) => {
                let width = match picker.kind {
                    PickKind::Palette | PickKind::Prompt | PickKind::Reference => 76,
                    PickKind::Model => 60,
                    PickKind::Ratio | PickKind::Format | PickKind::Count => 44,
                };
                (width, (picker.len() as u16 + 3).clamp(6, 22), 1)
            }
        };
        // Slivers of panes beside a popup only confuse: it takes them too.
        let narrow = width + 8 > body.width;
        let width = if narrow { body.width } else { width };
        let height = match sheet_lines(state, width.saturating_sub(2)) {
            Some(lines) if !narrow => (lines as u16).saturating_add(2).min(body.height - 2),
            _ => height.min(body.height),
        };
        // Lists hang from one line, so that they do not jump while one types.
        let y = body.y + (body.height - height) / if field == 1 { 3 } else { 2 };
        let height = match popup {
            Popup::Pick(picker) if picker.shown().is_empty() => height.min(NOTHING),
            _ => height,
        };
        self.popup = Rect::new(body.x + (body.width - width) / 2, y, width, height);
        let area = inner(self.popup);
        let field = field.min(area.height);
        self.popup_field = Rect {
            height: field,
            ..area
        };
        self.popup_list = Rect::new(area.x, area.y + field, area.width, area.height - field);
    }
}

/// How many lines the open help or details have, in an inside of `width` cells; `None` where neither is open.
pub(super) fn sheet_lines(state: &State, width: u16) -> Option<usize> {
    match &state.popup {
        Some(Popup::Help { .. }) => Some(help_lines(&state.keymap, width).len()),
        Some(Popup::Details { .. }) => {
            let generation = state.history.selected()?;
            let job = state.jobs.get(generation.id);
            Some(detail_lines(generation, job, width).len())
        }
        _ => None,
    }
}

/// The inside of a box with a border of one cell.
pub fn inner(area: Rect) -> Rect {
    if area.width < 2 || area.height < 2 {
        return Rect {
            width: 0,
            height: 0,
            ..area
        };
    }
    Rect::new(area.x + 1, area.y + 1, area.width - 2, area.height - 2)
}

fn shape((width, height): (u16, u16)) -> Shape {
    let fits = |least: (u16, u16)| width >= least.0 && height >= least.1;
    if fits(WIDE) {
        Shape::Wide
    } else if fits(STACKED) {
        Shape::Stacked
    } else if fits(LEAST) {
        Shape::Single
    } else {
        Shape::TooSmall
    }
}
