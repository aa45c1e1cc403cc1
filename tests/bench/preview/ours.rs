//! Our own pictures through the library's door: a stage, its jobs and its slices, played back by the model terminal.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::Duration;

use plantain::domain::{
    CellSize, ColorDepth, GenerationId, Glyphs, GraphicsKind, PictureId, PixelSize,
};
use plantain::graphics::{
    Bitmap, Capabilities, Damage, EncodeJob, Environment, Link, Placement, Route, Stage, fit,
};
use plantain::picture;
use ratatui::layout::Rect;

use crate::clock::Clock;
use crate::photos::Photo;
use crate::screen::Screen;
use crate::table::{self, Figures};
use crate::{CELL, ROOM, WINDOW, quality};

/// Bytes of one slice.
pub const SLICE: usize = 8192;

/// One terminal behind one line.
#[derive(Clone)]
pub struct Case {
    pub name: &'static str,
    pub caps: Capabilities,
    link: Link,
    /// Somebody looks closely.
    close: bool,
}

impl Case {
    /// Whether a glance comes first.
    pub fn is_slow(&self) -> bool {
        self.link.rate.is_some_and(|rate| rate < 100_000)
    }

    /// The terminal, and how fast its line is.
    pub fn told(&self) -> String {
        match self.link.rate {
            Some(rate) => format!("{}, {} KB/s", self.name, rate / 1000),
            None => format!("{}, same machine", self.name),
        }
    }
}

/// The terminals of the table.
pub fn cases() -> Vec<Case> {
    use GraphicsKind::{Blocks, Iterm2, Kitty, Sixel};
    let slow = Link {
        round_trip: Some(Duration::from_millis(100)),
        rate: Some(60_000),
    };
    let fast = Link {
        round_trip: Some(Duration::from_millis(20)),
        rate: Some(400_000),
    };
    let case = |name, kind, link| {
        let mut caps = caps(kind);
        caps.remote = true;
        Case {
            name,
            caps,
            link,
            close: false,
        }
    };
    let blocks = |name, glyphs, colors| {
        let mut case = case(name, Blocks, slow);
        case.caps.glyphs = glyphs;
        case.caps.colors = colors;
        case
    };
    let mut local = case("kitty", Kitty, Link::default());
    local.caps.remote = false;
    let mut close = case("kitty, full view", Kitty, slow);
    close.close = true;
    let mut placeholders = case("kitty, placeholders", Kitty, slow);
    placeholders.caps.placeholders = true;
    let mut tmux = placeholders.clone();
    tmux.name = "kitty, placeholders through tmux";
    tmux.caps.multiplexed = true;
    tmux.caps.route = Route::Tmux { levels: 1 };
    vec![
        case("kitty", Kitty, slow),
        case("kitty", Kitty, fast),
        close,
        local,
        placeholders,
        tmux,
        case("iTerm2", Iterm2, slow),
        case("iTerm2", Iterm2, fast),
        case("sixel", Sixel, slow),
        blocks("half-blocks", Glyphs::Halves, ColorDepth::True),
        blocks("quadrants", Glyphs::Quadrants, ColorDepth::True),
        blocks("sextants", Glyphs::Sextants, ColorDepth::True),
        blocks("octants", Glyphs::Octants, ColorDepth::True),
        blocks(
            "half-blocks, 256 colours",
            Glyphs::Halves,
            ColorDepth::Ansi256,
        ),
        blocks("octants, 256 colours", Glyphs::Octants, ColorDepth::Ansi256),
    ]
}

fn caps(kind: GraphicsKind) -> Capabilities {
    let env = Environment {
        term: "xterm-256color".into(),
        colorterm: "truecolor".into(),
        ..Environment::default()
    };
    let mut caps = Capabilities::parse(&[], &env).forced(kind, "the bench");
    caps.cell = CellSize {
        width: CELL.0 as u16,
        height: CELL.1 as u16,
    };
    caps
}

pub fn table(size: (u32, u32), set: &[Photo]) {
    for case in cases() {
        // What the model terminal minds, and what is not built, is a row of its own.
        let shown = catch_unwind(AssertUnwindSafe(|| {
            let all: Vec<Shown> = set.iter().map(|photo| show(&case, photo)).collect();
            all
        }));
        match shown {
            Ok(all) => print(size, &case, &all),
            Err(why) => {
                let why = why.downcast_ref::<String>().map_or("it failed", |w| w);
                table::missing(size, &case.told(), why);
            }
        }
    }
}

fn print(size: (u32, u32), case: &Case, all: &[Shown]) {
    let most = all.iter().map(|shown| shown.steps.len()).max().unwrap_or(0);
    // One row for each rung but the glance, which stands beside the others.
    let first = usize::from(most > 1);
    for n in first..most {
        let name = match most - first {
            1 => case.told(),
            _ => format!("{}, step {}", case.told(), n + 1),
        };
        let figures: Vec<Figures> = all
            .iter()
            .filter_map(|shown| shown.figures(n, first))
            .collect();
        table::row(size, &name, &figures);
    }
    if case.caps.kind == GraphicsKind::Kitty {
        let mut again: Vec<f64> = all.iter().map(|shown| shown.again as f64 / 1e3).collect();
        again.sort_by(f64::total_cmp);
        let again = format!("{:>22}", table::spread(&again, 2));
        table::missing(size, &format!("{}, shown again", case.told()), &again);
    }
}

struct Step {
    bytes: usize,
    /// From the fitted pixels to the last slice.
    encode: Duration,
    /// From the decoded picture to the first slice.
    ready: Duration,
    quality: quality::Quality,
}

struct Shown {
    steps: Vec<Step>,
    /// Bytes to take it away and bring it up again.
    again: usize,
}

impl Shown {
    fn figures(&self, n: usize, glances: usize) -> Option<Figures> {
        let step = self.steps.get(n)?;
        let glance = self.steps.first().filter(|_| glances > 0);
        Some(Figures {
            bytes: step.bytes,
            encode: step.encode,
            quality: step.quality,
            glance: glance.map(|g| (g.bytes, g.ready, g.quality.psnr)),
        })
    }
}

/// Where a picture of that size stands.
pub fn area(size: PixelSize) -> Rect {
    let cell = CellSize {
        width: CELL.0 as u16,
        height: CELL.1 as u16,
    };
    let area = fit(size, cell, ROOM);
    Rect::new(0, 0, area.width, area.height)
}

/// Where the studio shows a picture of that size, by the frames that it draws: in the room of its first pane, whose last
/// two rows are the caption's.
pub fn preview_area(text: &str, size: PixelSize) -> Option<Rect> {
    let mut rows = text.lines().zip(0..);
    let (head, top) = rows.find(|(row, _)| row.contains(" Picture "))?;
    let columns = head.chars().position(|c| c == '╮')? as u16;
    let bottom = rows.find(|(row, _)| row.starts_with('╰'))?.1;
    let room = Rect::new(1, top + 1, columns - 1, bottom - top - 1 - CAPTION);
    let cell = CellSize {
        width: CELL.0 as u16,
        height: CELL.1 as u16,
    };
    Some(fit(size, cell, room))
}

/// Rows under the picture.
const CAPTION: u16 = 2;

pub fn stage(case: &Case) -> Stage {
    let mut stage = Stage::new(case.caps.clone());
    stage.set_link(case.link);
    stage.set_close(case.close);
    stage
}

pub fn placement(area: Rect) -> Placement {
    Placement {
        picture: PictureId {
            generation: GenerationId::from_number(1),
            n: 1,
        },
        area,
        part: area,
    }
}

fn show(case: &Case, photo: &Photo) -> Shown {
    let levels = match case.caps.route {
        Route::Direct => 0,
        Route::Tmux { levels } => levels,
    };
    let mut screen = Screen::new(WINDOW.0, WINDOW.1, CELL).behind_tmux(levels);
    let mut stage = stage(case);
    let area = area(photo.pixels.size());
    let ideal = {
        let (width, height) = (
            u32::from(area.width) * CELL.0,
            u32::from(area.height) * CELL.1,
        );
        quality::ideal(&photo.pixels, width, height)
    };
    let placement = placement(area);
    screen.feed(&stage.want(&[placement], &Damage::None));
    let mut steps = Vec::new();
    let mut jobs: Vec<EncodeJob> = stage.jobs();
    while !jobs.is_empty() {
        let job = jobs.remove(0);
        if !stage.needs(&job.key()) {
            continue;
        }
        let clock = Clock::start();
        let fitted = picture::fit(&photo.pixels, job.px());
        let resized = clock.worked();
        let bitmap = Bitmap::new(fitted.size(), fitted.rgba()).unwrap();
        match job.run(&bitmap) {
            Ok(payload) => stage.ready(job.key(), payload),
            Err(error) => panic!("{error}"),
        }
        let mut bytes = 0;
        let mut ready = None;
        while let Some(slice) = stage.slice(SLICE, None) {
            ready.get_or_insert_with(|| clock.worked());
            bytes += slice.len();
            screen.feed(&slice);
        }
        let encode = ready.unwrap_or_default().saturating_sub(resized);
        let with_ss2 = case.caps.kind != GraphicsKind::Blocks;
        if bytes > 0 {
            steps.push(Step {
                bytes,
                encode,
                ready: ready.unwrap_or_default(),
                quality: quality::measure(&ideal, &screen.picture(area), with_ss2),
            });
        }
        jobs.extend(stage.jobs());
    }
    let mut again = 0;
    for wanted in [&[][..], &[placement]] {
        let bytes = stage.want(wanted, &Damage::None);
        again += bytes.len();
        screen.feed(&bytes);
        while let Some(slice) = stage.slice(SLICE, None) {
            again += slice.len();
            screen.feed(&slice);
        }
    }
    Shown { steps, again }
}
