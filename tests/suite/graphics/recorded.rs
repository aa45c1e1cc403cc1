//! The lab's terminals, alone and behind tmux, played back from what they really answered: the questions in, through as
//! many tmux as stand there, and the recorded bytes out.

use plantain::domain::{Clean, ColorDepth, GraphicsKind};
use plantain::graphics::{Answers, Capabilities, Environment, Reply, Route, Window};
use plantain::terminal::{Decoder, Input};

/// One terminal, or tmux, by its answers: to kitty's questions, and to the others. DA1 comes with both.
#[derive(Clone, Copy)]
struct Recorded {
    pictures: &'static str,
    others: &'static str,
    da1: &'static str,
}

const KITTY_26: Recorded = Recorded {
    // It does not answer to the placement.
    pictures: "\x1b_Gi=31;OK\x1b\\\x1b[2;1R",
    others: "\x1bP>|kitty(0.26.5)\x1b\\\x1b[6;17;8t\x1b[4;680;960t\
             \x1b]11;rgb:0000/0000/0000\x1b\\\x1b[?2026;2$y",
    da1: "\x1b[?62;c",
};
const KITTY_41: Recorded = Recorded {
    pictures: "\x1b_Gi=31;OK\x1b\\\x1b_Gi=2130706433;OK\x1b\\\x1b[2;1R",
    others: "\x1bP>|kitty(0.41.1)\x1b\\\x1b[6;17;8t\x1b[4;680;960t\
             \x1b]11;rgb:0000/0000/0000\x1b\\\x1b[?2026;2$y",
    da1: "\x1b[?62;c",
};
const KONSOLE: Recorded = Recorded {
    // It reads over the U, and draws.
    pictures: "\x1b_Gi=31;OK\x1b\\\x1b_Gi=2130706433;OK\x1b\\\x1b[2;3R",
    others: "\x1bP>|Konsole 22.12.3\x1b\\\x1b[6;17;8t\x1b]1337;ReportCellSize=17.0;8.0;1.0\x07\
             \x1b]11;rgb:0000/0000/0000\x1b\\\x1b[?1;0;256S",
    da1: "\x1b[?62;1;4c",
};
const FOOT: Recorded = Recorded {
    pictures: "\x1b[2;1R",
    others: "\x1bP>|foot(1.13.1)\x1b\\\x1b[6;17;8t\x1b]11;rgb:1111/1111/1111\x1b\\\
             \x1b[?2026;2$y\x1b[?1;0;1024S",
    da1: "\x1b[?62;4;22c",
};
const XTERM: Recorded = Recorded {
    pictures: "\x1b[2;1R",
    others: "\x1bP>|XTerm(379)\x1b\\\x1b]11;rgb:0000/0000/0000\x1b\\\x1b[?2026;0$y\x1b[?1;0;1024S",
    da1: "\x1b[?63;1;2;4;6;9;15;16;22;28c",
};
const PLAIN: Recorded = Recorded {
    others: "\x1bP>|XTerm(379)\x1b\\\x1b]11;rgb:0000/0000/0000\x1b\\\x1b[?2026;0$y",
    da1: "\x1b[?64;1;2;6;9;15;16;17;18;21;22;28c",
    ..XTERM
};
const MLTERM: Recorded = Recorded {
    pictures: "\x1b[2;1R",
    others: "\x1b[6;15;8t\x1b]11;rgb:0000/0000/0000\x1b\\\x1b[?2026;0$y\x1b[?1;0;1024S",
    da1: "\x1b[?63;1;2;3;4;6;7;15;18;22;29c",
};
const ZELLIJ: Recorded = Recorded {
    // By its source: a virtual placement is refused.
    pictures: "\x1b_Gi=31;OK\x1b\\\x1b_Gi=2130706433;ENOTSUPPORTED:unicode placeholders\x1b\\\x1b[2;1R",
    others: "\x1bP>|Zellij(4401)\x1b\\\x1b[6;17;8t",
    da1: "\x1b[?62;4c",
};
const TMUX_33: Recorded = Recorded {
    pictures: "",
    others: "\x1bP>|tmux 3.3a\x1b\\",
    da1: "\x1b[?1;2c",
};
const TMUX_35: Recorded = Recorded {
    pictures: "",
    others: "\x1bP>|tmux 3.5a\x1b\\\x1b[6;17;8t\x1b]11;rgb:0000/0000/0000\x1b\\\x1b[?1;0;1024S",
    da1: "\x1b[?1;2;4c",
};
const SCREEN: Recorded = Recorded {
    pictures: "",
    others: "",
    da1: "\x1b[?1;2c",
};

fn env(term: &str) -> Environment {
    Environment {
        term: term.into(),
        window: Window {
            columns: 120,
            rows: 40,
            width: 960,
            height: 680,
        },
        ..Environment::default()
    }
}

fn tmux() -> Environment {
    Environment {
        tmux: true,
        term_program: "tmux".into(),
        ..env("tmux-256color")
    }
}

/// What one tmux takes off.
fn unwrapped(bytes: &[u8]) -> Vec<u8> {
    let body = bytes.strip_prefix(b"\x1bPtmux;").unwrap();
    let body = body.strip_suffix(b"\x1b\\").unwrap();
    String::from_utf8(body.to_vec())
        .unwrap()
        .replace("\x1b\x1b", "\x1b")
        .into_bytes()
}

/// Asks `way` (nearest first; the last is a terminal unless its `allow-passthrough` is off) until nothing is left to ask.
fn asked(env: &Environment, way: &[Recorded]) -> Answers {
    let mut answers = Answers::default();
    while let Some(mut questions) = answers.ask(env) {
        let mut level = 0;
        while questions.starts_with(b"\x1bPtmux;") {
            questions = unwrapped(&questions);
            level += 1;
        }
        assert!(questions.ends_with(b"\x1b[c"));
        // A tmux whose passthrough is off drops it.
        let Some(who) = way.get(level) else { break };
        let text = String::from_utf8(questions).unwrap();
        let is_tmux = who.others.contains("tmux");
        assert!(!is_tmux || !text.contains("\x1b_G"), "the title of a pane");
        let mut said = String::new();
        if text.contains("\x1b_G") {
            said.push_str(who.pictures);
        }
        if text.contains("\x1b[>q") {
            said.push_str(who.others);
        }
        said.push_str(who.da1);
        let inputs = Decoder::default().push(said.as_bytes());
        assert!(!inputs.is_empty());
        let mut ended = false;
        for input in inputs {
            let Input::Reply(reply) = input else {
                panic!("an answer became {input:?}")
            };
            ended |= answers.take(reply);
        }
        assert!(ended);
    }
    answers
}

fn verdict(env: &Environment, way: &[Recorded]) -> Capabilities {
    Capabilities::judge(&asked(env, way), env)
}

/// A way, who stands on it, the verdict (kind, route, placeholders), and a part of its why.
type Row = (
    &'static str,
    Environment,
    Vec<Recorded>,
    (GraphicsKind, Route, bool),
    &'static str,
);

#[test]
fn each_terminal_of_the_lab_gets_what_it_draws_best() {
    use GraphicsKind::{Blocks, Iterm2, Kitty, Sixel};
    const ONE: Route = Route::Tmux { levels: 1 };
    const TWO: Route = Route::Tmux { levels: 2 };
    let konsole = || Environment {
        konsole: true,
        ..env("xterm-256color")
    };
    let x = || env("xterm-256color");
    let over_ssh = || Environment {
        ssh: true,
        ..tmux()
    };
    // tmux on this side of SSH: only TERM crosses.
    let outside = || Environment {
        ssh: true,
        ..env("tmux-256color")
    };
    let screen = || Environment {
        screen: true,
        ..env("screen.xterm-256color")
    };
    // A terminal that was started from a pane inherits TMUX.
    let inherited = || Environment { tmux: true, ..x() };
    let zellij = || Environment {
        zellij: true,
        term_program: "iTerm.app".into(),
        ..x()
    };
    let direct = Route::Direct;
    let table: Vec<Row> = vec![
        (
            "kitty 0.26",
            env("xterm-kitty"),
            vec![KITTY_26],
            (Kitty, direct, false),
            "answered OK",
        ),
        (
            "kitty 0.41",
            env("xterm-kitty"),
            vec![KITTY_41],
            (Kitty, direct, true),
            "answered OK",
        ),
        (
            "konsole",
            konsole(),
            vec![KONSOLE],
            (Kitty, direct, false),
            "answered OK",
        ),
        (
            "foot",
            env("foot"),
            vec![FOOT],
            (Sixel, direct, false),
            "lists sixel",
        ),
        (
            "xterm",
            x(),
            vec![XTERM],
            (Sixel, direct, false),
            "lists sixel",
        ),
        (
            "plain",
            x(),
            vec![PLAIN],
            (Blocks, direct, false),
            "neither",
        ),
        (
            "mlterm",
            env("mlterm"),
            vec![MLTERM],
            (Sixel, direct, false),
            "lists sixel",
        ),
        (
            "zellij in iTerm2",
            zellij(),
            vec![ZELLIJ],
            (Kitty, direct, false),
            "answered OK",
        ),
        (
            "screen",
            screen(),
            vec![SCREEN],
            (Blocks, direct, false),
            "GNU screen",
        ),
        (
            "TMUX inherited",
            inherited(),
            vec![KITTY_41],
            (Kitty, direct, true),
            "answered OK",
        ),
        (
            "3.3 in kitty",
            tmux(),
            vec![TMUX_33, KITTY_41],
            (Kitty, ONE, true),
            "placeholders",
        ),
        (
            "3.5 in kitty",
            tmux(),
            vec![TMUX_35, KITTY_41],
            (Kitty, ONE, true),
            "placeholders",
        ),
        (
            "3.3, SSH",
            over_ssh(),
            vec![TMUX_33, KITTY_41],
            (Kitty, ONE, true),
            "placeholders",
        ),
        (
            "SSH in 3.3",
            outside(),
            vec![TMUX_33, KITTY_41],
            (Kitty, ONE, true),
            "placeholders",
        ),
        (
            "3.5 in 3.3",
            tmux(),
            vec![TMUX_35, TMUX_33, KITTY_41],
            (Kitty, TWO, true),
            "kitty(0.41.1)",
        ),
        (
            "3.3 in kitty 0.26",
            tmux(),
            vec![TMUX_33, KITTY_26],
            (Blocks, direct, false),
            "no placeholders",
        ),
        (
            "3.5 in konsole",
            tmux(),
            vec![TMUX_35, KONSOLE],
            (Sixel, direct, false),
            "both tmux 3.5a",
        ),
        (
            "3.3 in konsole",
            tmux(),
            vec![TMUX_33, KONSOLE],
            (Blocks, direct, false),
            "no placeholders",
        ),
        (
            "3.5 in foot",
            tmux(),
            vec![TMUX_35, FOOT],
            (Sixel, direct, false),
            "both tmux 3.5a",
        ),
        (
            "3.5 in xterm",
            tmux(),
            vec![TMUX_35, XTERM],
            (Sixel, direct, false),
            "both tmux 3.5a",
        ),
        (
            "3.3 in foot",
            tmux(),
            vec![TMUX_33, FOOT],
            (Blocks, direct, false),
            "tmux has none",
        ),
        (
            "3.5 in 3.3 in foot",
            tmux(),
            vec![TMUX_35, TMUX_33, FOOT],
            (Blocks, direct, false),
            "tmux has none",
        ),
        (
            "3.5 in plain",
            tmux(),
            vec![TMUX_35, PLAIN],
            (Blocks, direct, false),
            "neither",
        ),
        (
            "3.3, nothing passes",
            tmux(),
            vec![TMUX_33],
            (Blocks, direct, false),
            "allow-passthrough on",
        ),
        (
            "3.5, nothing passes",
            tmux(),
            vec![TMUX_35],
            (Blocks, direct, false),
            "allow-passthrough on",
        ),
        (
            "3.3 in 3.5, which lets nothing pass",
            tmux(),
            vec![TMUX_33, TMUX_35],
            (Blocks, direct, false),
            "allow-passthrough on",
        ),
    ];
    assert!(table.iter().all(|row| row.3.0 != Iterm2));
    for (name, env, way, expected, why) in table {
        let caps = verdict(&env, &way);
        let got = (caps.kind, caps.route, caps.placeholders);
        assert_eq!(got, expected, "{name}: {caps:#?}");
        assert!(caps.why.contains(why), "{name}: {}", caps.why);
        for why in [&caps.route_why, &caps.placeholders_why, &caps.glyphs_why] {
            assert!(!why.is_empty(), "{name}");
        }
    }
}

#[test]
fn who_stands_between_and_who_draws_are_told_apart() {
    let caps = verdict(&tmux(), &[TMUX_35, TMUX_33, KITTY_41]);
    let through: Vec<&str> = caps.through.iter().map(Clean::as_str).collect();
    assert_eq!(through, ["tmux 3.5a", "tmux 3.3a"]);
    assert_eq!(caps.name.unwrap().as_str(), "kitty(0.41.1)");
    assert_eq!(caps.colors, ColorDepth::True, "{}", caps.colors_why);
    assert!(caps.multiplexed);
    // kitty knows the mode, but the frames are for tmux.
    assert!(!caps.synchronized_output);

    let blocked = verdict(&tmux(), &[TMUX_33]);
    assert_eq!(blocked.name, None);
    assert_eq!(blocked.colors, ColorDepth::Ansi256);
    let inherited = Environment {
        tmux: true,
        ..env("xterm-kitty")
    };
    let kitty = verdict(&inherited, &[KITTY_41]);
    assert!(!kitty.multiplexed && kitty.through.is_empty() && kitty.synchronized_output);
}

#[test]
fn sixel_registers_are_the_least_on_the_way() {
    let konsole = verdict(&tmux(), &[TMUX_35, KONSOLE]);
    assert_eq!(
        (konsole.sixel_colors, konsole.sixel_colors_told),
        (256, true)
    );
    let few = Recorded {
        others: "\x1bP>|XTerm(379)\x1b\\\x1b[?1;0;16S",
        ..XTERM
    };
    assert_eq!(verdict(&tmux(), &[TMUX_35, few]).sixel_colors, 16);
    assert_eq!(verdict(&env("xterm"), &[few]).sixel_colors, 16);
    assert!(!verdict(&env("xterm-kitty"), &[KITTY_41]).sixel_colors_told);
}

#[test]
fn placeholders_say_why_there_are_none() {
    let kitty = env("xterm-kitty");
    let why = |who: Recorded| verdict(&kitty, &[who]).placeholders_why;
    assert!(why(KITTY_41).contains("took a virtual placement"));
    assert!(why(KITTY_26).contains("did not answer"));
    assert!(why(KONSOLE).contains("where the cursor was"));
    assert!(why(ZELLIJ).contains("ENOTSUPPORTED"));
    assert!(why(FOOT).contains("kitty graphics"));
    let silent = Recorded {
        pictures: "\x1b_Gi=31;OK\x1b\\\x1b_Gi=2130706433;OK\x1b\\",
        ..KITTY_41
    };
    assert!(why(silent).contains("did not say where"));
    assert!(!verdict(&kitty, &[silent]).placeholders);
}

#[test]
fn a_forced_kind_keeps_the_way_that_was_proved() {
    use GraphicsKind::{Blocks, Iterm2, Kitty, Sixel};
    let by = "PLANTAIN_GRAPHICS";
    let forced = |way: &[Recorded], kind| verdict(&tmux(), way).forced(kind, by);

    let caps = forced(&[TMUX_33, KITTY_26], Kitty);
    assert_eq!(caps.route, Route::Tmux { levels: 1 });
    assert_eq!(
        (caps.doubt, caps.why.as_str()),
        (None, "forced by PLANTAIN_GRAPHICS")
    );
    assert!(!caps.placeholders);
    let caps = forced(&[TMUX_35, TMUX_33, FOOT], Iterm2);
    assert_eq!(caps.route, Route::Tmux { levels: 2 });
    assert!(
        caps.why
            .contains("though the terminal did not say that it has iTerm2's images")
    );

    // Where nothing came back, tmux at least does not make a title of it.
    let caps = forced(&[TMUX_33], Kitty);
    assert_eq!(caps.route, Route::Tmux { levels: 1 });
    assert!(caps.route_why.contains("assumed") && caps.doubt.is_some());
    let caps = forced(&[TMUX_35, KITTY_41], Sixel);
    assert_eq!(caps.route, Route::Direct, "tmux draws those itself");
    assert!(caps.doubt.is_some());
    assert_eq!(forced(&[TMUX_35, KITTY_41], Blocks).route, Route::Direct);

    let silent = Capabilities::parse(&[], &env("xterm")).forced(Kitty, by);
    assert_eq!(silent.route, Route::Direct);
    assert!(silent.why.ends_with("though the terminal has not answered"));
}

#[test]
fn names_and_cell_reports_prove_what_variables_only_claim() {
    let named = |name: &'static str, env: &Environment| {
        let replies = [
            Reply::Version(name.into()),
            Reply::PrimaryAttributes(vec![62, 4]),
        ];
        Capabilities::parse(&replies, env).kind
    };
    let x = env("xterm-256color");
    for name in [
        "iTerm2 3.5.10",
        "WezTerm 20240203-110809-5046fc22",
        "mintty 3.7.7",
    ] {
        assert_eq!(named(name, &x), GraphicsKind::Iterm2, "{name}");
    }
    // VS Code that was started from iTerm2.
    let vscode = Environment {
        term_program: "vscode".into(),
        lc_terminal: "iTerm2".into(),
        ..env("xterm-256color")
    };
    assert_eq!(named("xterm.js(5.6.0)", &vscode), GraphicsKind::Sixel);
    let without = [
        Reply::Version("xterm.js(5.6.0)".into()),
        Reply::PrimaryAttributes(vec![1, 2]),
    ];
    let caps = Capabilities::parse(&without, &vscode);
    assert_eq!(caps.kind, GraphicsKind::Blocks);
    assert!(caps.why.contains("enableImages"), "{}", caps.why);
    let cell = [
        Reply::ItermCell {
            width: 8,
            height: 17,
        },
        Reply::PrimaryAttributes(vec![64]),
    ];
    assert_eq!(Capabilities::parse(&cell, &x).kind, GraphicsKind::Iterm2);
}

#[test]
fn kitty_is_asked_where_nobody_takes_it_for_a_title() {
    let first = |env: &Environment| {
        let questions = Answers::default().ask(env).unwrap();
        String::from_utf8(questions).unwrap()
    };
    let asked = first(&env("xterm-kitty"));
    assert!(asked.starts_with("\x1b_G") && asked.ends_with("\x1b[c"));
    // What is drawn for the proof is taken back, and the cursor too.
    let proof = asked
        .split_once("\x1b7")
        .unwrap()
        .1
        .split_once("\x1b8")
        .unwrap()
        .0;
    assert!(proof.contains("U=1") && proof.ends_with("a=d,d=I,i=2130706433,q=2\x1b\\"));
    let mut low = env("xterm-kitty");
    low.window.rows = 1;
    assert!(!first(&low).contains("U=1"), "its report would be F3");
    for tmux in [
        tmux(),
        env("tmux-256color"),
        env("screen-256color"),
        Environment {
            tmux: true,
            ..env("xterm-256color")
        },
        Environment {
            screen: true,
            ..env("xterm-256color")
        },
    ] {
        assert!(!first(&tmux).contains("\x1b_G"), "{tmux:?}");
    }
    let apple = Environment {
        term_program: "Apple_Terminal".into(),
        ..env("xterm-256color")
    };
    assert!(!first(&apple).contains("$p"), "it prints the p");
    for mute in ["", "dumb", "linux"] {
        assert!(!env(mute).answers_queries());
    }
    assert!(env("xterm").answers_queries());
}

#[test]
fn nothing_is_asked_while_an_answer_may_come() {
    let mut answers = Answers::default();
    let env = tmux();
    assert!(answers.ask(&env).is_some());
    assert!(answers.ask(&env).is_none());
    assert!(!answers.is_partial());
    assert!(!answers.take(Reply::Version("tmux 3.3a".into())));
    assert!(answers.is_partial() && answers.ask(&env).is_none());
    assert!(answers.take(Reply::PrimaryAttributes(vec![1, 2])));
    assert!(!answers.is_partial());
    assert!(answers.ask(&env).unwrap().starts_with(b"\x1bPtmux;"));
    assert!(answers.is_doubtful(), "tmux may drop it");
    answers.take(Reply::Version("kitty(0.41.1)".into()));
    assert!(!answers.is_doubtful());
}
