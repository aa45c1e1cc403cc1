//! The decoder: the same input in every split; answers are never keys, and never swallow them.

use std::time::Duration;

use crossterm::event::{
    Event, KeyCode, KeyEvent, KeyModifiers, MouseButton, MouseEvent, MouseEventKind,
};
use plantain::graphics::{ModeState, Reply};
use plantain::terminal::{Decoder, Input};
use proptest::prelude::*;

const NONE: KeyModifiers = KeyModifiers::NONE;
const SHIFT: KeyModifiers = KeyModifiers::SHIFT;
const CONTROL: KeyModifiers = KeyModifiers::CONTROL;
const ALT: KeyModifiers = KeyModifiers::ALT;

fn key(code: KeyCode, modifiers: KeyModifiers) -> Input {
    Input::Event(Event::Key(KeyEvent::new(code, modifiers)))
}

fn char(c: char) -> Input {
    key(KeyCode::Char(c), NONE)
}

fn typed(text: &str) -> Vec<Input> {
    text.chars().map(char).collect()
}

fn paste(text: &str) -> Input {
    Input::Event(Event::Paste(text.to_owned()))
}

fn decoded(bytes: &[u8]) -> Vec<Input> {
    Decoder::default().push(bytes)
}

/// Lets silence fall until nothing is held.
fn settle(decoder: &mut Decoder) -> Vec<Input> {
    let mut out = Vec::new();
    for _ in 0..4 {
        if decoder.pending().is_none() {
            return out;
        }
        out.extend(decoder.timeout());
    }
    panic!("the decoder holds bytes for ever");
}

/// Whole sequences, each with what it means. None is a beginning of another.
fn items() -> Vec<(Vec<u8>, Vec<Input>)> {
    let reply = |reply| vec![Input::Reply(reply)];
    let big = "a\rb\u{e9}\x1b[A\x1b]11;?\x07\x1b[?62c\x1b[20".repeat(20);
    vec![
        ("hello".into(), typed("hello")),
        ("é日🦊".into(), typed("é日🦊")),
        ("\r".into(), vec![key(KeyCode::Enter, NONE)]),
        ("\x03".into(), vec![key(KeyCode::Char('c'), CONTROL)]),
        ("\x1b[A".into(), vec![key(KeyCode::Up, NONE)]),
        ("\x1b[1;5C".into(), vec![key(KeyCode::Right, CONTROL)]),
        ("\x1bOP".into(), vec![key(KeyCode::F(1), NONE)]),
        ("\x1b[[C".into(), vec![key(KeyCode::F(3), NONE)]),
        ("\x1b[13;2u".into(), vec![key(KeyCode::Enter, SHIFT)]),
        ("\x1b[97;1:3u".into(), vec![]),
        ("\x1bb".into(), vec![key(KeyCode::Char('b'), ALT)]),
        ("\x1bé".into(), vec![key(KeyCode::Char('é'), ALT)]),
        ("\x1b\r".into(), vec![key(KeyCode::Enter, ALT)]),
        ("\x1b[I".into(), vec![Input::Event(Event::FocusGained)]),
        (
            "\x1b[<0;3;4M".into(),
            vec![Input::Event(Event::Mouse(MouseEvent {
                kind: MouseEventKind::Down(MouseButton::Left),
                column: 2,
                row: 3,
                modifiers: NONE,
            }))],
        ),
        (
            "\x1b[M !!".into(),
            vec![Input::Event(Event::Mouse(MouseEvent {
                kind: MouseEventKind::Down(MouseButton::Left),
                column: 0,
                row: 0,
                modifiers: NONE,
            }))],
        ),
        (
            "\x1b_Gi=31;OK\x1b\\".into(),
            reply(Reply::KittyGraphics {
                id: 31,
                placement: None,
                ok: true,
                message: "OK".into(),
            }),
        ),
        (
            "\x1bP>|foot(1.13.1)\x1b\\".into(),
            reply(Reply::Version("foot(1.13.1)".into())),
        ),
        (
            "\x1b]11;rgb:0000/8080/ffff\x07".into(),
            reply(Reply::Background {
                red: 0,
                green: 128,
                blue: 255,
            }),
        ),
        (
            "\x1b[?62;4;22c".into(),
            reply(Reply::PrimaryAttributes(vec![62, 4, 22])),
        ),
        (
            "\x1b[6;17;8t".into(),
            reply(Reply::CellPixels {
                width: 8,
                height: 17,
            }),
        ),
        (
            "\x1b[?2026;2$y".into(),
            reply(Reply::Mode {
                number: 2026,
                state: ModeState::Reset,
            }),
        ),
        ("\x1b[?1;0;256S".into(), reply(Reply::SixelColors(256))),
        ("\x1b[0n".into(), reply(Reply::Status)),
        (
            "\x1b[24;80R".into(),
            reply(Reply::CursorPosition {
                column: 80,
                row: 24,
            }),
        ),
        // Answers that nobody knows.
        ("\x1b]4;1;rgb:ff/ff/ff\x1b\\".into(), reply(Reply::Other)),
        ("\x1bP1+r544e=78\x1b\\".into(), reply(Reply::Other)),
        ("\x1b[?1;2z".into(), reply(Reply::Other)),
        ("\x1b[>41;330;0c".into(), reply(Reply::SecondaryAttributes)),
        (format!("\x1b[200~{big}\x1b[201~").into(), vec![paste(&big)]),
    ]
}

#[test]
fn each_sequence_means_the_same_in_every_split() {
    for (bytes, inputs) in items() {
        for at in 0..=bytes.len() {
            let mut decoder = Decoder::default();
            let mut out = decoder.push(&bytes[..at]);
            out.extend(decoder.push(&bytes[at..]));
            assert_eq!(
                out,
                inputs,
                "{:?} cut at {at}",
                String::from_utf8_lossy(&bytes)
            );
            assert_eq!(decoder.pending(), None);
        }
    }
}

#[test]
fn silence_inside_an_answer_does_not_break_it() {
    for (bytes, inputs) in items() {
        let answer = inputs.iter().all(|i| matches!(i, Input::Reply(_)));
        // Up to its third byte a sequence cannot be told from keys.
        for at in 3..bytes.len() {
            if !answer || inputs.is_empty() {
                continue;
            }
            let mut decoder = Decoder::default();
            let mut out = decoder.push(&bytes[..at]);
            out.extend(decoder.timeout());
            out.extend(decoder.push(&bytes[at..]));
            let known = !bytes.ends_with(b"z");
            if known {
                assert_eq!(
                    out,
                    inputs,
                    "{:?} cut at {at}",
                    String::from_utf8_lossy(&bytes)
                );
            }
        }
    }
}

#[test]
fn half_an_answer_never_swallows_what_is_typed_after_it() {
    for (bytes, inputs) in items() {
        if !matches!(inputs.first(), Some(Input::Reply(_))) {
            continue;
        }
        for at in 3..bytes.len() {
            let mut decoder = Decoder::default();
            let mut out = decoder.push(&bytes[..at]);
            out.extend(decoder.timeout());
            for letter in "hello".bytes() {
                out.extend(decoder.push(&[letter]));
            }
            assert_eq!(
                out,
                typed("hello"),
                "{:?} broken at {at}",
                String::from_utf8_lossy(&bytes)
            );
        }
    }
}

#[test]
fn a_broken_answer_gives_way_to_the_next_sequence_and_to_controls() {
    for broken in [
        "\x1b[?62;4",
        "\x1bP>|kit",
        "\x1b_Gi=3",
        "\x1b]11;rgb:0",
        "\x1b[<0;3",
    ] {
        assert_eq!(
            decoded(format!("{broken}\x1b[A").as_bytes()),
            [key(KeyCode::Up, NONE)]
        );
        assert_eq!(
            decoded(format!("{broken}\r").as_bytes()),
            [key(KeyCode::Enter, NONE)]
        );
    }
}

#[test]
fn escape_is_a_key_once_silence_follows_it() {
    let mut decoder = Decoder::default();
    assert_eq!(decoder.push(b"\x1b"), []);
    assert_eq!(decoder.pending(), Some(Duration::from_millis(30)));
    assert_eq!(decoder.timeout(), [key(KeyCode::Esc, NONE)]);
    assert_eq!(decoder.pending(), None);

    assert_eq!(decoder.push(b"\x1b"), []);
    assert_eq!(decoder.push(b"[A"), [key(KeyCode::Up, NONE)]);

    let twice = [key(KeyCode::Esc, NONE), key(KeyCode::Up, NONE)];
    assert_eq!(decoded(b"\x1b\x1b[A"), twice);
}

#[test]
fn alt_with_what_begins_a_sequence_is_told_by_the_next_byte_or_by_silence() {
    for c in "[]OP_".chars() {
        let alone = format!("\x1b{c}");
        let mut decoder = Decoder::default();
        assert_eq!(decoder.push(alone.as_bytes()), []);
        assert_eq!(
            decoder.timeout(),
            [key(
                KeyCode::Char(c),
                if c.is_uppercase() { ALT | SHIFT } else { ALT }
            )]
        );
        assert_eq!(decoder.push(b"x"), [char('x')]);
    }
    for c in "]_P".chars() {
        let out = decoded(format!("\x1b{c}hi").as_bytes());
        assert_eq!(out[1..], typed("hi"), "Alt+{c}, hi");
    }
}

#[test]
fn control_characters_go_by_their_ascii_names() {
    for (byte, c) in [
        (0x1C, '\\'),
        (0x1D, ']'),
        (0x1E, '^'),
        (0x1F, '_'),
        (0x0A, 'j'),
        (0x1A, 'z'),
        (0, ' '),
    ] {
        assert_eq!(decoded(&[byte]), [key(KeyCode::Char(c), CONTROL)]);
    }
    // What kitty's protocol sends for Ctrl+_ on most keyboards.
    assert_eq!(decoded(b"\x1b[45;6u"), [key(KeyCode::Char('_'), CONTROL)]);
    assert_eq!(decoded(b"\x7f"), [key(KeyCode::Backspace, NONE)]);
    assert_eq!(decoded("\u{9b}".as_bytes()), [], "C1 is no text");
}

#[test]
fn f3_is_a_key_in_all_its_forms() {
    for bytes in ["\x1bOR", "\x1b[R", "\x1b[13~", "\x1b[[C"] {
        assert_eq!(
            decoded(bytes.as_bytes()),
            [key(KeyCode::F(3), NONE)],
            "{bytes:?}"
        );
    }
    assert_eq!(decoded(b"\x1b[1;2R"), [key(KeyCode::F(3), SHIFT)]);
    assert_eq!(decoded(b"\x1b[1;5R"), [key(KeyCode::F(3), CONTROL)]);
}

#[test]
fn a_paste_of_100_kb_is_one_event_in_any_reads() {
    let text: String = (0..100_000).map(|i| ['x', '\r', 'é'][i % 3]).collect();
    let bytes = format!("\x1b[200~{text}\x1b[201~");
    for read in [1, 7, 4095] {
        let mut decoder = Decoder::default();
        let out: Vec<Input> = bytes
            .as_bytes()
            .chunks(read)
            .flat_map(|c| decoder.push(c))
            .collect();
        assert_eq!(out, [paste(&text)], "in reads of {read}");
    }
}

#[test]
fn a_paste_whose_end_is_late_stays_text_and_never_becomes_enter() {
    let mut decoder = Decoder::default();
    assert_eq!(decoder.push(b"\x1b[200~one\r"), []);
    assert_eq!(decoder.timeout(), [paste("one\r")]);
    assert_eq!(decoder.pending(), None);
    assert_eq!(
        decoder.push(b"two\r\x1b[201~x"),
        [paste("two\r"), char('x')]
    );
}

#[test]
fn control_c_ends_a_paste_whose_end_is_lost() {
    let mut decoder = Decoder::default();
    decoder.push(b"\x1b[200~one");
    let out = decoder.push(b"\x03");
    assert_eq!(out, [paste("one"), key(KeyCode::Char('c'), CONTROL)]);
    assert_eq!(decoder.push(b"x"), [char('x')]);
}

#[test]
fn sequences_that_nobody_knows_are_no_keys() {
    for unknown in [
        "\x1b[:0O",
        "\x1b[:O",
        "\x1b[;5A",
        "\x1b[5;5;5@",
        "\x1b[ q",
        "\x1b[<0;1;1h",
        "\x1b[[Z",
        "\x1bOZ",
    ] {
        let bytes = format!("{unknown}hello");
        assert_eq!(decoded(bytes.as_bytes()), typed("hello"), "{unknown:?}");
    }
}

#[test]
fn an_answer_without_end_is_let_go() {
    let mut decoder = Decoder::default();
    decoder.push(b"\x1bP>|");
    for _ in 0..1000 {
        decoder.push(&[b'x'; 1000]);
    }
    assert_eq!(
        decoder.push(b"\x1b\\h"),
        [Input::Reply(Reply::Other), char('h')]
    );

    decoder.push(b"\x1bP>|xyz");
    assert_eq!(decoder.timeout(), []);
    assert_eq!(decoder.pending(), Some(Duration::from_secs(1)));
    assert_eq!(decoder.timeout(), []);
    assert_eq!(decoder.pending(), None);
}

proptest! {
    /// Typing, pastes, mouse and answers one after the other, read in any pieces.
    #[test]
    fn mixed_streams_mean_the_same_in_any_split(
        picks in prop::collection::vec(0..items().len(), 1..8),
        cuts in prop::collection::vec(1..12_usize, 1..40),
    ) {
        let items = items();
        let (mut bytes, mut expected) = (Vec::new(), Vec::new());
        for pick in picks {
            bytes.extend_from_slice(&items[pick].0);
            expected.extend(items[pick].1.iter().cloned());
        }
        let mut decoder = Decoder::default();
        let mut out = Vec::new();
        let mut rest = bytes.as_slice();
        for cut in cuts.iter().cycle() {
            let (now, later) = rest.split_at((*cut).min(rest.len()));
            out.extend(decoder.push(now));
            rest = later;
            if rest.is_empty() {
                break;
            }
        }
        prop_assert_eq!(out, expected);
        prop_assert_eq!(decoder.pending(), None);
    }

    /// Whatever comes, with silence anywhere: no panic, and typing works afterwards.
    #[test]
    fn noise_never_breaks_the_decoder(
        reads in prop::collection::vec(
            prop_oneof![
                prop::collection::vec(any::<u8>(), 0..20),
                "[\\x1b\\[\\]OP_?><0-9;:$~uMmcRtySn\\\\\\x07]{0,12}".prop_map(String::into_bytes),
            ],
            0..20,
        ),
        silent in prop::collection::vec(any::<bool>(), 20),
    ) {
        let mut decoder = Decoder::default();
        for (read, silent) in reads.iter().zip(silent) {
            decoder.push(read);
            if silent {
                decoder.timeout();
            }
        }
        settle(&mut decoder);
        decoder.push(b"\x03");
        prop_assert_eq!(decoder.push(b"hello"), typed("hello"));
    }
}
