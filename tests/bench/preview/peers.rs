//! Programs of others on the same terminal, behind the same line.

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};
use std::{env, thread};

use image::RgbImage;
use image::imageops::crop_imm;
use plantain::domain::PixelSize;
use ratatui::layout::Rect;

use crate::line::{Over, Session, Shape, command, environment};
use crate::photos::{Photo, Photos, files};
use crate::screen::{Profile, Screen};
use crate::table::{self, Figures};
use crate::{CELL, ROOM, WINDOW, ours, quality};

/// A picture takes no program longer.
const PATIENCE: Duration = Duration::from_secs(240);
/// Icat and others wait for answers; silence of this length is an end.
const QUIET: Duration = Duration::from_secs(20);

/// How to print one picture.
pub struct Peer {
    pub name: String,
    pub profile: Profile,
    program: PathBuf,
    /// `{}` stands for the file.
    arguments: Vec<String>,
    env: Vec<(&'static str, &'static str)>,
    /// Blocks are not judged by SSIMULACRA2.
    blocks: bool,
}

/// Where the lab keeps its programs.
pub fn cache() -> Option<PathBuf> {
    Some(PathBuf::from(env::var_os("HOME")?).join(".cache/termlab"))
}

fn on_path(name: &str) -> Option<PathBuf> {
    let path = env::var_os("PATH")?;
    env::split_paths(&path)
        .map(|folder| folder.join(name))
        .find(|file| file.is_file())
}

fn in_cache(file: &str) -> Option<PathBuf> {
    Some(cache()?.join(file)).filter(|file| file.is_file())
}

/// The newer root of the lab.
fn newroot() -> Option<PathBuf> {
    let script = PathBuf::from(env::var_os("PLANTAIN_LAB")?).join("newroot");
    (script.is_file() && in_cache("new/.done").is_some()).then_some(script)
}

/// Those that are installed.
pub fn found() -> Vec<Peer> {
    use Profile::{Iterm2, Kitty, Plain, Sixel};
    let mut peers = Vec::new();
    let mut add = |name: &str, profile, program: Option<PathBuf>, arguments: &str| {
        let Some(program) = program else { return };
        let mut env = environment(profile);
        env.push(("COLORTERM", "truecolor"));
        if profile == Profile::Iterm2 {
            env.push(("TERM_PROGRAM", "iTerm.app"));
        }
        peers.push(Peer {
            name: name.to_owned(),
            profile,
            program,
            arguments: arguments.split_whitespace().map(str::to_owned).collect(),
            env,
            blocks: profile == Profile::Plain,
        });
    };
    let cells = format!("{}x{}", ROOM.width, ROOM.height);
    let width = ROOM.width;
    // viu fits to the width alone.
    let viu = || on_path("viu").or_else(|| in_cache("cargo/bin/viu"));
    let fit = "-w {width} {}";
    add("viu, kitty", Kitty, viu(), fit);
    let with_sixel = in_cache("cargo-sixel/bin/viu").or_else(|| on_path("viu"));
    add("viu, sixel", Sixel, with_sixel, fit);
    add("viu, iTerm2", Iterm2, viu(), fit);
    add("viu, half-blocks", Plain, viu(), &format!("-b {fit}"));
    for (kind, profile, format) in [
        ("kitty", Kitty, "kitty"),
        ("sixel", Sixel, "sixel"),
        ("iTerm2", Iterm2, "iterm"),
        ("half-blocks", Plain, "symbols --symbols vhalf -c full"),
    ] {
        let arguments = format!("-f {format} --size {cells} --animate off {{}}");
        add(
            &format!("chafa, {kind}"),
            profile,
            on_path("chafa"),
            &arguments,
        );
    }
    for (kind, profile, option) in [
        ("kitty", Kitty, "k"),
        ("iTerm2", Iterm2, "i"),
        ("half-blocks", Plain, "h"),
        ("quadrants", Plain, "q"),
    ] {
        let arguments = format!("-g{cells} -p{option} {{}}");
        add(
            &format!("timg, {kind}"),
            profile,
            on_path("timg"),
            &arguments,
        );
    }
    let arguments = format!("timg -g{cells} -ps {{}}");
    add("timg (newroot), sixel", Sixel, newroot(), &arguments);
    let icat = format!("icat --stdin=no --transfer-mode=stream --place={cells}@0x0 {{}}");
    match on_path("kitten") {
        Some(kitten) => add("kitten icat", Kitty, Some(kitten), &icat),
        None => add("kitten icat", Kitty, newroot(), &format!("kitten {icat}")),
    }
    let ratatui = || env::var_os("PLANTAIN_RATATUI_IMAGE").map(PathBuf::from);
    for (kind, profile, word) in [
        ("kitty", Kitty, "kitty"),
        ("sixel", Sixel, "sixel"),
        ("iTerm2", Iterm2, "iterm2"),
        ("half-blocks", Plain, "halfblocks"),
    ] {
        let arguments = format!("{{}} {width} {} {word}", ROOM.height);
        add(
            &format!("ratatui-image, {kind}"),
            profile,
            ratatui(),
            &arguments,
        );
    }
    peers
}

impl Peer {
    fn start(&self, photo: &Photo, file: &Path, shape: Shape) -> Session {
        let file = file.display().to_string();
        let width = ours::area(photo.pixels.size()).width.to_string();
        let arguments: Vec<String> = self
            .arguments
            .iter()
            .map(|a| a.replace("{}", &file).replace("{width}", &width))
            .collect();
        let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
        let command = command(&self.program, &arguments, &self.env);
        Session::start(command, self.profile, shape)
    }

    /// What one picture costs on this machine, and what is seen of it.
    fn show(&self, photo: &Photo, file: &Path) -> Result<(Figures, [u32; 2]), &'static str> {
        let mut session = self.start(photo, file, Shape::LOCAL);
        if session.settle(QUIET, PATIENCE) != Over::Ended {
            session.end();
            return Err("it does not end");
        }
        let (bytes, encode) = (session.bytes, session.last - session.started);
        let Some(([width, height], best)) = best(&session.screen, photo) else {
            session.end();
            return Ok((Figures::unseen(bytes, encode), [0; 2]));
        };
        session.end();
        let figures = Figures {
            bytes,
            encode,
            quality: quality::measure(&best.0, &best.1, !self.blocks),
            glance: None,
        };
        Ok((figures, [width, height]))
    }
}

/// What is seen of a picture, its size in px, and the ideal one beside it. Some fill the last row of cells with something
/// else, or are a pixel off the ratio: of the sizes that may be meant, the one that fits best.
fn best(screen: &Screen, photo: &Photo) -> Option<([u32; 2], (RgbImage, RgbImage))> {
    let [left, top, width, height] = screen.extent()?;
    if width < 16 || height < 16 {
        return None;
    }
    let PixelSize {
        width: own_width,
        height: own_height,
    } = photo.pixels.size();
    let of = |a: u32, b: u32, c: u32| (f64::from(a) * f64::from(b) / f64::from(c)).round() as u32;
    let (room_w, room_h) = (
        u32::from(ROOM.width) * CELL.0,
        u32::from(ROOM.height) * CELL.1,
    );
    let whole = screen.picture(Rect::new(0, 0, WINDOW.0, WINDOW.1));
    let sizes = [
        [width, height],
        [width, of(width, own_height, own_width)],
        [of(height, own_width, own_height), height],
        [room_w, of(room_w, own_height, own_width)],
        [of(room_h, own_width, own_height), room_h],
    ];
    let near = |[w, h]: &[u32; 2]| w.abs_diff(width) < CELL.0 && h.abs_diff(height) < CELL.1;
    let pairs = sizes.into_iter().filter(near).map(|[w, h]| {
        let ideal = quality::ideal(&photo.pixels, w, h);
        let (w, h) = (w.min(width), h.min(height));
        let ideal = crop_imm(&ideal, 0, 0, w, h).to_image();
        (
            [w, h],
            (ideal, crop_imm(&whole, left, top, w, h).to_image()),
        )
    });
    let db = |(_, (ideal, shown)): &([u32; 2], (RgbImage, RgbImage))| quality::psnr(ideal, shown);
    pairs.max_by(|one, other| db(one).total_cmp(&db(other)))
}

/// Their rows of the table.
pub fn table(size: (u32, u32), set: &[Photo]) {
    let (_folder, files) = files(set);
    for peer in found() {
        let shown: Result<Vec<_>, _> = set
            .iter()
            .zip(&files)
            .map(|(photo, file)| peer.show(photo, file))
            .collect();
        match shown {
            Ok(shown) => {
                let [width, height] = shown[0].1;
                let figures: Vec<Figures> = shown.into_iter().map(|(figures, _)| figures).collect();
                let name = match (width, height) {
                    (0, 0) => format!("{} (not played back)", peer.name),
                    _ => format!("{} ({width}x{height} px)", peer.name),
                };
                table::row(size, &name, &figures);
            }
            Err(why) => table::missing(size, &peer.name, why),
        }
    }
}

/// How long each takes over the line; all at once, each with a line of its own.
pub fn over_the_line(photos: &Photos) {
    let photo = &photos.own()[..1];
    let PixelSize { width, height } = photo[0].pixels.size();
    println!(
        "one picture of {width}x{height} px over 60 KB/s and 100 ms\n{:<46}{:>12}{:>12}{:>12}",
        "", "KB", "first s", "all s"
    );
    let (_folder, files) = files(photo);
    let waits = thread::scope(|scope| {
        let running: Vec<_> = found()
            .into_iter()
            .map(|peer| {
                let (photo, file) = (&photo[0], &files[0]);
                scope.spawn(move || (wait(&peer, photo, file), peer.name))
            })
            .collect();
        let ended = running.into_iter().map(|thread| thread.join().unwrap());
        ended.collect::<Vec<_>>()
    });
    for ((bytes, first, all), name) in waits {
        let kb = bytes as f64 / 1e3;
        println!(
            "{name:<46}{kb:>12.1}{:>12.1}{:>12.1}",
            first.as_secs_f64(),
            all.as_secs_f64()
        );
    }
    println!();
}

fn wait(peer: &Peer, photo: &Photo, file: &Path) -> (usize, Duration, Duration) {
    let mut session = peer.start(photo, file, Shape::SLOW);
    let mut first = None;
    let end = Instant::now() + PATIENCE;
    session.play(end, |session| {
        if first.is_none() && session.bytes > 1000 {
            first = Some(session.last - session.started);
        }
        false
    });
    let figures = (
        session.bytes,
        first.unwrap_or_default(),
        session.last - session.started,
    );
    session.end();
    figures
}
