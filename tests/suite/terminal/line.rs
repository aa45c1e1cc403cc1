//! The writer on a line that is fast, stopped, or gone.

use std::io::Read;
use std::time::Duration;

use plantain::terminal::{Line, Tty, Writer};

use super::pty::open;

/// More than a pty holds.
const BIG: usize = 1_000_000;

#[tokio::test]
async fn frames_arrive_whole_and_in_order_and_none_is_queued() {
    let (mut far, near) = open();
    let mut writer = Writer::start(&Tty::from_fd(&near).unwrap()).unwrap();
    assert_eq!(writer.ready().await, Line::Ready);
    assert!(writer.try_send(vec![b'x'; BIG]));
    assert_eq!(writer.line(), Line::Busy);
    assert!(
        !writer.try_send(b"stale".to_vec()),
        "the first is not out yet"
    );

    let reading = std::thread::spawn(move || far.read_until("END"));
    assert_eq!(writer.ready().await, Line::Ready);
    assert!(writer.try_send(b"END".to_vec()));
    let all = reading.join().unwrap();
    assert_eq!(all.len(), BIG + 3);
    assert!(writer.flush_and_stop(Duration::from_secs(10)));
}

#[tokio::test]
async fn a_stopped_line_holds_up_neither_the_loop_nor_the_end() {
    let (_far, near) = open();
    let mut writer = Writer::start(&Tty::from_fd(&near).unwrap()).unwrap();
    assert!(writer.try_send(vec![b'x'; BIG]));
    assert!(!writer.flush_and_stop(Duration::from_millis(10)));
}

#[tokio::test]
async fn a_hang_up_is_told() {
    let (far, near) = open();
    let mut writer = Writer::start(&Tty::from_fd(&near).unwrap()).unwrap();
    assert!(writer.try_send(vec![b'x'; BIG]));
    drop(far);
    assert_eq!(writer.ready().await, Line::Down);
    assert!(!writer.try_send(b"more".to_vec()));
    assert!(!writer.flush_and_stop(Duration::from_secs(10)));
}

#[test]
fn what_was_sent_before_the_end_is_written() {
    let (mut far, near) = open();
    let mut writer = Writer::start(&Tty::from_fd(&near).unwrap()).unwrap();
    assert!(writer.try_send(b"last words".to_vec()));
    assert!(writer.flush_and_stop(Duration::from_secs(10)));
    let mut buffer = [0; 10];
    far.reader.read_exact(&mut buffer).unwrap();
    assert_eq!(&buffer, b"last words");
}
