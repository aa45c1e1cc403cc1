//! The guard on a real pty: what is set is unset, however the end comes. One process has one screen, so these take turns.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{ErrorKind, Write};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use plantain::graphics::{Answers, Environment, Reply};
use plantain::terminal::{
    Modes, Screen, Tty, Writer, ask, install_panic_hook, restore_now, take_panic,
};
use portable_pty::{CommandBuilder, PtySize, native_pty_system};
use rustix::io::ioctl_fionread;
use rustix::termios::{LocalModes, tcgetattr};

use super::pty::{Far, emulator, open};

static ONE_SCREEN: Mutex<()> = Mutex::new(());

const ALL: Modes = Modes {
    mouse: true,
    keyboard: true,
};

/// Names a part for this binary when it is run as a child.
const PART: &str = "PLANTAIN_TEST_CHILD";

fn turn() -> MutexGuard<'static, ()> {
    ONE_SCREEN.lock().unwrap_or_else(PoisonError::into_inner)
}

fn settings(near: &File) -> String {
    format!("{:?}", tcgetattr(near).unwrap())
}

/// The private modes that `bytes` leave set, and how deep the stack of keyboard flags is.
fn modes(bytes: &[u8]) -> (Vec<u32>, i32) {
    let text = String::from_utf8_lossy(bytes);
    let mut set = BTreeMap::new();
    let mut keyboard = 0;
    for sequence in text.split("\x1b[").skip(1) {
        let end = sequence.find(|c: char| c.is_ascii_alphabetic()).unwrap();
        match (&sequence[..end], &sequence[end..=end]) {
            (body, "u") => keyboard += if body.starts_with('>') { 1 } else { -1 },
            (body, on @ ("h" | "l")) => {
                let number: u32 = body.strip_prefix('?').unwrap().parse().unwrap();
                // The cursor is the one mode that is on by itself.
                set.insert(number, (on == "h") != (number == 25));
            }
            _ => {}
        }
    }
    (
        set.into_iter()
            .filter(|(_, on)| *on)
            .map(|(n, _)| n)
            .collect(),
        keyboard,
    )
}

#[test]
fn every_mode_that_is_set_is_unset_in_turn() {
    let _turn = turn();
    let (mut far, mut near) = open();
    let tty = Tty::from_fd(&near).unwrap();
    let before = settings(&near);
    let mut screen = Screen::enter(&tty, ALL).unwrap();
    assert!(
        !tcgetattr(&near)
            .unwrap()
            .local_modes
            .intersects(LocalModes::ISIG | LocalModes::ECHO)
    );
    let entered = far.read_until("u");
    assert_eq!(
        modes(&entered),
        (vec![25, 1000, 1002, 1004, 1006, 1049, 2004], 1)
    );
    let twice = Screen::enter(&tty, ALL).unwrap_err();
    assert_eq!(twice.kind(), ErrorKind::AlreadyExists);

    let mut terminal = emulator(24, 80);
    terminal.process(b"the shell");
    terminal.process(&entered);
    assert!(terminal.screen().alternate_screen());
    // A frame that was cut inside a picture, with colours on.
    terminal.process(b"\x1b[31;1mtext\x1b_Ga=T;AAAA");

    screen.set_farewell(b"FAREWELL".to_vec());
    drop(screen);
    assert_eq!(settings(&near), before);
    restore_now();
    near.write_all(b"END").unwrap();
    let left = far.read_until("END");
    assert_eq!(modes(&[entered, left.clone()].concat()), (vec![], 0));
    let text = String::from_utf8_lossy(&left);
    // Behind the end of a cut sequence, before the screen that the pictures are on is left.
    let farewell = text.find("FAREWELL").unwrap();
    assert!(text.find("\x1b\\").unwrap() < farewell);
    assert!(farewell < text.find("\x1b[?1049l").unwrap());
    let pop = text.find("\x1b[<u").unwrap();
    assert!(
        pop < text.find("\x1b[?1049l").unwrap(),
        "each screen has a stack of its own"
    );

    terminal.process(&left);
    let screen = terminal.screen();
    assert!(!screen.alternate_screen() && !screen.hide_cursor() && !screen.bracketed_paste());
    assert_eq!(screen.mouse_protocol_mode(), vt100::MouseProtocolMode::None);
    assert_eq!(screen.contents(), "the shellEND");
    assert_eq!(screen.cell(0, 9).unwrap().fgcolor(), vt100::Color::Default);
}

#[test]
fn modes_that_are_not_wanted_are_not_touched() {
    let _turn = turn();
    let (mut far, mut near) = open();
    let tty = Tty::from_fd(&near).unwrap();
    let plain = Modes {
        mouse: false,
        keyboard: false,
    };
    drop(Screen::enter(&tty, plain).unwrap());
    near.write_all(b"END").unwrap();
    let all = far.read_until("END");
    let text = String::from_utf8_lossy(&all);
    assert!(!text.contains("1000") && !text.contains('u'), "{text:?}");
}

#[test]
fn nothing_is_drawn_between_leave_and_resume() {
    let _turn = turn();
    let (mut far, mut near) = open();
    let tty = Tty::from_fd(&near).unwrap();
    let before = settings(&near);
    let mut screen = Screen::enter(&tty, ALL).unwrap();
    let mut writer = Writer::start(&tty).unwrap();

    screen.set_farewell(b"FAREWELL".to_vec());
    screen.leave();
    assert_eq!(settings(&near), before);
    assert!(writer.try_send(b"A FRAME".to_vec()));
    assert!(writer.flush_and_stop(Duration::from_secs(10)));
    near.write_all(b"EDITOR").unwrap();
    screen.resume().unwrap();
    drop(screen);
    near.write_all(b"END").unwrap();
    let all = far.read_until("END");
    assert!(!String::from_utf8_lossy(&all).contains("A FRAME"));
    assert_eq!(
        String::from_utf8_lossy(&all).matches("\x1b[?1049h").count(),
        2
    );
    assert_eq!(String::from_utf8_lossy(&all).matches("FAREWELL").count(), 2);
    assert_eq!(modes(&all), (vec![], 0));
    assert_eq!(settings(&near), before);
}

#[test]
fn a_stopped_line_does_not_hold_up_the_restore() {
    let _turn = turn();
    let (_far, near) = open();
    let tty = Tty::from_fd(&near).unwrap();
    let before = settings(&near);
    let screen = Screen::enter(&tty, ALL).unwrap();
    let mut writer = Writer::start(&tty).unwrap();
    assert!(writer.try_send(vec![b'x'; 1_000_000]));
    drop(screen);
    assert_eq!(settings(&near), before);
    writer.flush_and_stop(Duration::from_millis(10));
}

fn facts() -> Environment {
    Environment {
        term: "xterm".into(),
        ..Environment::default()
    }
}

#[test]
fn a_question_before_printing_is_answered_and_leaves_the_line_as_it_was() {
    let _turn = turn();
    let (mut far, near) = open();
    let tty = Tty::from_fd(&near).unwrap();
    let before = settings(&near);
    let terminal = std::thread::spawn(move || {
        far.read_until("\x1b[c");
        far.send(b"\x1b[?1;0;256S\x1b[?62;4c");
        far
    });
    let asked = ask(&tty, &facts(), Duration::from_secs(10)).unwrap();
    let mut answers = Answers::default();
    answers.ask(&facts()).unwrap();
    answers.take(Reply::SixelColors(256));
    answers.take(Reply::PrimaryAttributes(vec![62, 4]));
    assert_eq!(*asked.answers(), answers);
    assert!(asked.took().is_some());
    assert!(!asked.is_owed());
    assert_eq!(settings(&near), before);
    drop(terminal.join().unwrap());
}

#[test]
fn a_late_answer_reaches_neither_the_screen_nor_the_shell() {
    let _turn = turn();
    let (mut far, mut near) = open();
    let tty = Tty::from_fd(&near).unwrap();
    let before = settings(&near);
    let asked = ask(&tty, &facts(), Duration::from_millis(1)).unwrap();
    let mut answers = Answers::default();
    let mut wrote = answers.ask(&facts()).unwrap();
    assert_eq!((asked.answers(), asked.took()), (&answers, None));
    assert!(asked.is_owed());
    far.send(b"\x1b_Gi=31;OK\x1b\\\x1b[?62c");
    drop(asked);
    assert_eq!(settings(&near), before);
    assert_eq!(ioctl_fionread(&near).unwrap(), 0, "nothing is left to read");
    near.write_all(b"END").unwrap();
    wrote.extend_from_slice(b"END");
    assert_eq!(far.read_until("END"), wrote, "nothing was echoed");
}

/// Runs a part of this file in a process of its own, on a terminal of its own; gives all that it wrote.
fn run(part: &str, through: &[&str], end: &str) -> String {
    let pair = native_pty_system().openpty(PtySize::default()).unwrap();
    let binary = std::env::current_exe().unwrap();
    let binary = binary.to_str().unwrap();
    let test = "suite::terminal::guard::a_part_as_a_program";
    let args = [binary, "--exact", test, "--nocapture", "--test-threads=1"];
    let mut command = CommandBuilder::new(through.first().unwrap_or(&binary));
    command.args(through.iter().skip(1));
    command.args(&args[usize::from(through.is_empty())..]);
    command.env(PART, part);
    let mut child = pair.slave.spawn_command(command).unwrap();
    let mut far = Far {
        reader: pair.master.try_clone_reader().unwrap(),
        writer: pair.master.take_writer().unwrap(),
        master: pair.master,
    };
    let all = far.read_until(end);
    child.wait().unwrap();
    let termios = tcgetattr(File::open(far.master.tty_name().unwrap()).unwrap()).unwrap();
    assert!(
        termios
            .local_modes
            .contains(LocalModes::ECHO | LocalModes::ICANON | LocalModes::ISIG)
    );
    String::from_utf8_lossy(&all).into_owned()
}

#[test]
fn a_panic_gives_the_terminal_back_and_then_tells() {
    let all = run("panic", &[], "test result");
    let (entered, rest) = all.split_once("ENTERED").unwrap();
    assert_eq!(modes(entered.as_bytes()).0.len(), 7);
    let (restored, told) = rest.split_once("panicked at").unwrap();
    assert_eq!(
        modes(format!("{entered}{restored}").as_bytes()),
        (vec![], 0)
    );
    assert!(told.contains("on purpose"));
}

#[test]
fn a_panic_elsewhere_is_kept_until_the_screen_is_gone() {
    let all = run("panic elsewhere", &[], "test result");
    let (entered, rest) = all.split_once("ENTERED").unwrap();
    let (restored, told) = rest.split_once("KEPT").unwrap();
    assert_eq!(
        modes(format!("{entered}{restored}").as_bytes()),
        (vec![], 0)
    );
    assert!(!restored.contains("on purpose") && told.contains("on purpose"));
}

#[test]
fn a_suspended_screen_is_the_shells_and_comes_back() {
    // A shell with job control, which continues the job as `fg` does.
    let script = r#"set -m; "$@"; echo "STOPPED"; fg >/dev/null; echo "DONE""#;
    let all = run("suspend", &["sh", "-c", script, "sh"], "DONE");
    let (entered, rest) = all.split_once("ENTERED").unwrap();
    let (left, rest) = rest.split_once("STOPPED").unwrap();
    let (again, rest) = rest.split_once("true RESUMED").unwrap();
    assert_eq!(modes(format!("{entered}{left}").as_bytes()), (vec![], 0));
    assert_eq!(modes(again.as_bytes()), modes(entered.as_bytes()));
    assert_eq!(modes(format!("{again}{rest}").as_bytes()), (vec![], 0));
}

#[test]
fn without_a_shell_to_continue_it_nothing_is_suspended() {
    let all = run("suspend", &[], "test result");
    assert!(all.contains("ENTEREDfalse RESUMED"), "{all:?}");
}

/// What [`run`] runs; nothing in a run of all tests.
#[tokio::test]
async fn a_part_as_a_program() {
    let Ok(part) = std::env::var(PART) else {
        return;
    };
    install_panic_hook(|| false);
    let tty = Tty::open().unwrap();
    let screen = Screen::enter(&tty, ALL).unwrap();
    let mut out = std::io::stdout();
    write!(out, "ENTERED").unwrap();
    out.flush().unwrap();
    match part.as_str() {
        "panic" => panic!("on purpose"),
        "panic elsewhere" => {
            std::thread::spawn(|| panic!("on purpose"))
                .join()
                .unwrap_err();
            drop(screen);
            write!(out, "KEPT {}", take_panic().unwrap()).unwrap();
            assert_eq!(take_panic(), None);
        }
        "suspend" => {
            write!(out, "{:?} RESUMED", screen.suspend().await.unwrap()).unwrap();
            out.flush().unwrap();
        }
        other => panic!("no part {other}"),
    }
}
