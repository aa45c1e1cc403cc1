//! The lab's terminals, judged from what they really answered.

use plantain::domain::{CellSize, Clean, ColorDepth, GraphicsKind};
use plantain::graphics::{Capabilities, Environment, ModeState, Reply, Window};

fn env(term: &str) -> Environment {
    Environment {
        term: term.into(),
        window: Window {
            columns: 120,
            rows: 40,
            width: 962,
            height: 680,
        },
        ..Environment::default()
    }
}

fn da1(numbers: &[u16]) -> Reply {
    Reply::PrimaryAttributes(numbers.to_vec())
}

fn version(name: &str) -> Reply {
    Reply::Version(Clean::from(name))
}

fn kitty_says(message: &str) -> Reply {
    Reply::KittyGraphics {
        id: 31,
        placement: None,
        ok: message == "OK",
        message: Clean::from(message),
    }
}

const SYNCHRONIZED: Reply = Reply::Mode {
    number: 2026,
    state: ModeState::Reset,
};

#[test]
fn each_terminal_gets_what_it_draws_best() {
    use GraphicsKind::{Blocks, Iterm2, Kitty, Off, Sixel};
    let mlterm_as_iterm = Environment {
        term_program: "iTerm.app".into(),
        ..env("mlterm")
    };
    let konsole = Environment {
        konsole: true,
        ..env("xterm-256color")
    };
    let tmux = Environment {
        tmux: true,
        term_program: "tmux".into(),
        ..env("tmux-256color")
    };
    let over_ssh = Environment {
        lc_terminal: "iTerm2".into(),
        ssh: true,
        ..env("xterm-256color")
    };
    let xterm_vt340 = [1, 2, 4, 6, 9, 15, 16, 22, 28];
    let table: Vec<(&str, Environment, Vec<Reply>, GraphicsKind, ColorDepth)> = vec![
        (
            "kitty",
            env("xterm-kitty"),
            vec![
                kitty_says("OK"),
                version("kitty(0.26.5)"),
                SYNCHRONIZED,
                da1(&[62]),
            ],
            Kitty,
            ColorDepth::True,
        ),
        (
            "xterm vt340",
            env("xterm-256color"),
            vec![
                version("XTerm(379)"),
                da1(&[&[63], &xterm_vt340[..]].concat()),
            ],
            Sixel,
            ColorDepth::True,
        ),
        (
            "plain xterm",
            env("xterm-256color"),
            vec![version("XTerm(379)"), da1(&[64, 1, 2, 6, 9, 15])],
            Blocks,
            ColorDepth::True,
        ),
        (
            "foot",
            env("foot"),
            vec![version("foot(1.13.1)"), SYNCHRONIZED, da1(&[62, 4, 22])],
            Sixel,
            ColorDepth::True,
        ),
        (
            "mlterm",
            env("mlterm"),
            vec![da1(&[63, 1, 2, 3, 4, 6, 7])],
            Sixel,
            ColorDepth::True,
        ),
        (
            "mlterm that says it is iTerm",
            mlterm_as_iterm,
            vec![da1(&[63, 1, 2, 3, 4, 6, 7])],
            Iterm2,
            ColorDepth::True,
        ),
        (
            "konsole",
            konsole.clone(),
            vec![
                kitty_says("OK"),
                version("Konsole 22.12.3"),
                da1(&[62, 1, 4]),
            ],
            Kitty,
            ColorDepth::True,
        ),
        (
            "konsole that has not answered yet",
            konsole,
            vec![],
            Iterm2,
            ColorDepth::True,
        ),
        (
            "iTerm2 over ssh",
            over_ssh,
            vec![da1(&[64, 1, 2, 4])],
            Iterm2,
            ColorDepth::True,
        ),
        (
            "tmux 3.3a",
            tmux.clone(),
            vec![version("tmux 3.3a"), da1(&[1, 2])],
            Blocks,
            ColorDepth::Ansi256,
        ),
        (
            "tmux 3.5a, which claims sixel everywhere",
            tmux,
            vec![version("tmux 3.5a"), da1(&[1, 2, 4])],
            Blocks,
            ColorDepth::Ansi256,
        ),
        (
            "mute",
            env("xterm-256color"),
            vec![],
            Blocks,
            ColorDepth::Ansi256,
        ),
        ("dumb", env("dumb"), vec![], Off, ColorDepth::None),
        ("nothing at all", env(""), vec![], Off, ColorDepth::None),
        (
            "the Linux console",
            env("linux"),
            vec![],
            Blocks,
            ColorDepth::Ansi16,
        ),
        (
            "a terminal that refuses kitty's query",
            env("xterm-256color"),
            vec![kitty_says("ENOTSUPPORTED:no"), da1(&[62, 4])],
            Sixel,
            ColorDepth::Ansi256,
        ),
    ];
    for (name, env, replies, kind, colors) in table {
        let caps = Capabilities::parse(&replies, &env);
        assert_eq!((caps.kind, caps.colors), (kind, colors), "{name}: {caps:?}");
        assert!(!caps.why.is_empty() && !caps.colors_why.is_empty());
        assert_eq!(caps.synchronized_output, replies.contains(&SYNCHRONIZED));
    }
}

#[test]
fn an_answer_to_another_query_is_no_verdict() {
    let other = Reply::KittyGraphics {
        id: 7,
        placement: None,
        ok: true,
        message: Clean::from("OK"),
    };
    let caps = Capabilities::parse(&[other], &env("xterm"));
    assert_eq!(caps.kind, GraphicsKind::Blocks);
}

#[test]
fn the_cell_is_told_or_divided_or_assumed() {
    let told = Reply::CellPixels {
        width: 9,
        height: 18,
    };
    let cell = |replies: &[Reply], env: &Environment| Capabilities::parse(replies, env).cell;
    let size = |width, height| CellSize { width, height };
    assert_eq!(cell(&[told], &env("foot")), size(9, 18));
    // Konsole adds 2 px to the window's width.
    assert_eq!(cell(&[], &env("xterm")), size(8, 17));
    let mut silent = env("xterm");
    silent.window.width = 0;
    silent.window.height = 0;
    assert_eq!(cell(&[], &silent), CellSize::ASSUMED);
    let area = Reply::TextAreaPixels {
        width: 1200,
        height: 800,
    };
    assert_eq!(cell(&[area], &silent), size(10, 20));
    let iterm = Reply::ItermCell {
        width: 14,
        height: 30,
    };
    assert_eq!(cell(&[iterm], &silent), size(14, 30));
    let absurd = Reply::CellPixels {
        width: 0,
        height: 9000,
    };
    assert_eq!(cell(&[absurd], &silent), CellSize::ASSUMED);
}

#[test]
fn another_font_changes_the_cell() {
    let mut caps = Capabilities::parse(&[], &env("xterm"));
    let window = Window {
        columns: 60,
        rows: 20,
        width: 960,
        height: 680,
    };
    caps.resize(window);
    assert_eq!((caps.cell.width, caps.cell.height), (16, 34));
    caps.resize(Window {
        width: 0,
        height: 0,
        ..window
    });
    assert_eq!((caps.cell.width, caps.cell.height), (16, 34));
}

#[test]
fn a_forced_kind_says_who_forced_it() {
    let caps = Capabilities::parse(&[kitty_says("OK")], &env("xterm-kitty"))
        .forced(GraphicsKind::Sixel, "--graphics");
    assert_eq!(caps.kind, GraphicsKind::Sixel);
    let why = "forced by --graphics, though the terminal did not say that it has sixel";
    assert_eq!(caps.why, why);
    let caps = Capabilities::parse(&[kitty_says("OK")], &env("xterm-kitty"))
        .forced(GraphicsKind::Kitty, "--graphics");
    assert_eq!(caps.why, "forced by --graphics");
}

#[test]
fn no_color_takes_colours_and_not_pictures() {
    let env = Environment {
        no_color: true,
        ..env("xterm-kitty")
    };
    let caps = Capabilities::parse(&[kitty_says("OK")], &env);
    assert_eq!(
        (caps.kind, caps.colors),
        (GraphicsKind::Kitty, ColorDepth::None)
    );
}

#[test]
fn other_words_for_the_same_terminal_send_no_picture_again() {
    let env = env("xterm-kitty");
    let told = Reply::CellPixels {
        width: 8,
        height: 17,
    };
    let before = Capabilities::parse(&[kitty_says("OK")], &env);
    let after = Capabilities::parse(&[kitty_says("OK"), told, SYNCHRONIZED], &env);
    assert!(before != after && before.draws_as(&after));
    let larger = Reply::CellPixels {
        width: 9,
        height: 17,
    };
    let other = Capabilities::parse(&[kitty_says("OK"), larger], &env);
    assert!(!before.draws_as(&other));
    assert!(!before.draws_as(&before.clone().forced(GraphicsKind::Sixel, "a test")));
}
