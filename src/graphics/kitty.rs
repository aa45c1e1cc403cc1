//! The commands of the kitty graphics protocol (<https://sw.kovidgoyal.net/kitty/graphics-protocol/>).
//!
//! A picture is transmitted once, in chunks, under an id (`a=t`), and then placed any number of times (`a=p`), also in
//! parts. `q=2` keeps the terminal from answering where nobody needs to know. All of it goes along the [`Route`], a chunk
//! in its own wrapping: a tmux gives up on a sequence of 1 MB.

use ratatui::layout::{Position, Size};

use super::ansi;
use super::raster::PixelRect;
use super::route::Route;

/// base64 bytes in one chunk; the protocol allows no more.
pub(super) const CHUNK: usize = 4096;

/// One command, on the way to the terminal that draws.
fn send(out: &mut Vec<u8>, route: Route, command: &[u8]) {
    match route {
        Route::Direct => out.extend_from_slice(command),
        Route::Tmux { .. } => out.extend_from_slice(&route.wrap(command)),
    }
}

/// The chunk of `base64` that starts at `from` (a multiple of [`CHUNK`]). The first one opens the transmission of the
/// picture `id` as a PNG; the last one closes it, and the terminal decodes.
pub(super) fn transmit(out: &mut Vec<u8>, route: Route, id: u32, base64: &[u8], from: usize) {
    let to = (from + CHUNK).min(base64.len());
    let more = u8::from(to < base64.len());
    let mut command = if from == 0 {
        format!("\x1b_Ga=t,q=2,f=100,i={id},m={more};").into_bytes()
    } else {
        format!("\x1b_Gm={more};").into_bytes()
    };
    command.extend_from_slice(&base64[from..to]);
    command.extend_from_slice(b"\x1b\\");
    send(out, route, &command);
}

/// Ends a transmission of which chunks are missing. Until the last chunk, no other command may be sent; so the last
/// one is sent empty. The terminal finds half a PNG and drops it, silent by `q=2`.
pub(super) fn abort(out: &mut Vec<u8>, route: Route) {
    send(out, route, b"\x1b_Gm=0;\x1b\\");
}

/// Whether the terminal is to say how a placement went.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Answer {
    /// `OK`, or why not.
    Asked,
    /// Nothing.
    Silent,
}

impl Answer {
    /// The key that says so; the protocol's default is to answer.
    const fn key(self) -> &'static str {
        match self {
            Self::Asked => "",
            Self::Silent => ",q=2",
        }
    }
}

/// Places `crop` (px) of the picture `id` at a cell, over `cells`, as the placement `placement`; one of that number
/// moves there. The cursor is at the cell afterwards (`C=1`).
pub(super) fn place(
    out: &mut Vec<u8>,
    route: Route,
    (id, placement): (u32, u32),
    crop: PixelRect,
    (at, cells): (Position, Size),
    answer: Answer,
) {
    ansi::go(out, at);
    let PixelRect {
        x,
        y,
        width,
        height,
    } = crop;
    let Size {
        width: columns,
        height: rows,
    } = cells;
    let q = answer.key();
    let command = format!(
        "\x1b_Ga=p{q},i={id},p={placement},x={x},y={y},w={width},h={height},c={columns},r={rows},C=1\x1b\\"
    );
    send(out, route, command.as_bytes());
}

/// Fits the picture `id` to `cells` placeholders; the same command again only asks whether it is still there.
pub(super) fn place_virtual(out: &mut Vec<u8>, route: Route, id: u32, cells: Size, answer: Answer) {
    let (q, columns, rows) = (answer.key(), cells.width, cells.height);
    let command = format!("\x1b_Ga=p{q},U=1,i={id},p=1,c={columns},r={rows}\x1b\\");
    send(out, route, command.as_bytes());
}

/// Takes one placement away; the picture stays with the terminal.
pub(super) fn delete_placement(out: &mut Vec<u8>, route: Route, (id, placement): (u32, u32)) {
    let command = format!("\x1b_Ga=d,q=2,d=i,i={id},p={placement}\x1b\\");
    send(out, route, command.as_bytes());
}

/// Takes a picture and all its placements away and frees it. kitty 0.26 then frees every other picture, too, of which
/// nothing is placed.
pub(super) fn delete_image(out: &mut Vec<u8>, route: Route, id: u32) {
    let command = format!("\x1b_Ga=d,q=2,d=I,i={id}\x1b\\");
    send(out, route, command.as_bytes());
}

/// Takes all pictures of this program away, whatever it remembers of them. Behind a tmux other panes show pictures, too:
/// there only those with ids from `first` to `last` go (kitty 0.33 and later).
pub(super) fn delete_all(route: Route, (first, last): (u32, u32)) -> Vec<u8> {
    match route {
        Route::Direct => b"\x1b_Ga=d,d=A,q=2\x1b\\".to_vec(),
        Route::Tmux { .. } => {
            route.wrap(format!("\x1b_Ga=d,d=R,x={first},y={last},q=2\x1b\\").as_bytes())
        }
    }
}

/// Transmits and places at the cursor in one go, over `cells`; the cursor stays. Nobody needs the picture again, so it
/// has no id.
pub(super) fn transmit_and_place(out: &mut Vec<u8>, route: Route, base64: &[u8], cells: Size) {
    let chunks = base64.chunks(CHUNK);
    let last = chunks.len().saturating_sub(1);
    for (n, chunk) in chunks.enumerate() {
        let more = u8::from(n < last);
        let mut command = if n == 0 {
            let (columns, rows) = (cells.width, cells.height);
            format!("\x1b_Ga=T,q=2,f=100,c={columns},r={rows},C=1,m={more};").into_bytes()
        } else {
            format!("\x1b_Gm={more};").into_bytes()
        };
        command.extend_from_slice(chunk);
        command.extend_from_slice(b"\x1b\\");
        send(out, route, &command);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const DIRECT: Route = Route::Direct;

    fn text(write: impl FnOnce(&mut Vec<u8>)) -> String {
        let mut out = Vec::new();
        write(&mut out);
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn chunks_carry_their_keys_and_the_last_says_so() {
        let base64 = vec![b'A'; CHUNK + 4];
        let first = text(|out| transmit(out, DIRECT, 7, &base64, 0));
        assert!(first.starts_with("\x1b_Ga=t,q=2,f=100,i=7,m=1;AAAA"));
        assert_eq!(
            first.len(),
            "\x1b_Ga=t,q=2,f=100,i=7,m=1;".len() + CHUNK + 2
        );
        let second = text(|out| transmit(out, DIRECT, 7, &base64, CHUNK));
        assert_eq!(second, "\x1b_Gm=0;AAAA\x1b\\");
        let wrapped = text(|out| transmit(out, Route::Tmux { levels: 1 }, 7, &base64, CHUNK));
        assert_eq!(wrapped, "\x1bPtmux;\x1b\x1b_Gm=0;AAAA\x1b\x1b\\\x1b\\");
    }

    #[test]
    fn a_part_is_placed_by_its_pixels_and_its_cells() {
        let crop = PixelRect {
            x: 10,
            y: 40,
            width: 100,
            height: 60,
        };
        let at = (Position::new(4, 2), Size::new(10, 3));
        assert_eq!(
            text(|out| place(out, DIRECT, (7, 3), crop, at, Answer::Silent)),
            "\x1b[3;5H\x1b_Ga=p,q=2,i=7,p=3,x=10,y=40,w=100,h=60,c=10,r=3,C=1\x1b\\"
        );
        // The cursor is the tmux's own, so that it moves without a wrapping.
        let asked = text(|out| {
            place(
                out,
                Route::Tmux { levels: 1 },
                (7, 3),
                crop,
                at,
                Answer::Asked,
            );
        });
        assert!(asked.starts_with("\x1b[3;5H\x1bPtmux;\x1b\x1b_Ga=p,i=7,p=3,x=10,"));
    }

    #[test]
    fn a_virtual_placement_has_cells_and_no_place() {
        let cells = Size::new(10, 3);
        assert_eq!(
            text(|out| place_virtual(out, DIRECT, 7, cells, Answer::Silent)),
            "\x1b_Ga=p,q=2,U=1,i=7,p=1,c=10,r=3\x1b\\"
        );
    }

    #[test]
    fn deletions_tell_placements_from_pictures_by_case() {
        assert_eq!(
            text(|out| delete_placement(out, DIRECT, (7, 3))),
            "\x1b_Ga=d,q=2,d=i,i=7,p=3\x1b\\"
        );
        assert_eq!(
            text(|out| delete_image(out, DIRECT, 7)),
            "\x1b_Ga=d,q=2,d=I,i=7\x1b\\"
        );
        assert_eq!(delete_all(DIRECT, (1, 9)), b"\x1b_Ga=d,d=A,q=2\x1b\\");
        assert_eq!(
            delete_all(Route::Tmux { levels: 1 }, (1, 9)),
            b"\x1bPtmux;\x1b\x1b_Ga=d,d=R,x=1,y=9,q=2\x1b\x1b\\\x1b\\"
        );
    }
}
