//! From a prompt to a picture, and coming back to it.

use std::io::{Read, Write};
use std::net::TcpListener;
use std::sync::mpsc;
use std::thread;

use plantain::domain::{
    AspectRatio, Generation, GenerationId, OutputFormat, PixelSize, Prompt, Request, State, Step,
};

use super::terminal::{Home, Start};
use crate::suite::cli::home::picture_of;

#[test]
fn a_prompt_becomes_a_picture_and_is_there_at_the_next_start() {
    let home = Home::new();
    let mut terminal = Start::new(&home).open();
    terminal.wait("demo endpoint");
    terminal.keys("a red fox");
    terminal.wait("a red fox");
    terminal.keys("\r");
    // The answer is seen while it comes.
    terminal.wait("> reading the prompt");
    terminal.wait("History (1)");
    terminal.wait("1 running");
    terminal.wait("asked 16:9 jpeg");
    terminal.wait_for("the picture", |t| t.half_blocks() > 500);
    terminal.wait_for("no work", |t| !t.text().contains("1 running"));
    terminal.keys(", the draft of the next one");
    terminal.wait("a red fox, the draft of the next one");
    terminal.keys("\x11");
    assert_eq!(terminal.exit_clean(), 0);

    let rows = home.rows();
    let [row] = rows.as_slice() else {
        panic!("{rows:?}")
    };
    assert_eq!(row.state, State::Saved);
    assert_eq!(row.request.prompt.typed(), "a red fox");
    let picture = row.selected().unwrap();
    assert!(picture.path.starts_with(home.path()));
    image::open(&picture.path).unwrap();

    let mut terminal = Start::new(&home).run();
    terminal.wait("History (1)");
    terminal.wait("a red fox, the draft of the next one");
    terminal.wait_for("the picture", |t| t.half_blocks() > 500);
    terminal.keys("\x11");
    assert_eq!(terminal.exit_clean(), 0);
}

#[test]
fn what_one_studio_makes_appears_in_the_other() {
    let home = Home::new();
    let mut watching = Start::new(&home).open();
    let mut making = Start::new(&home).open();
    making.keys("a blue bird\r");
    making.wait_for("the picture", |t| t.half_blocks() > 500);
    watching.wait("History (1)");
    watching.wait("a blue bird");
    watching.wait_for("the picture", |t| t.half_blocks() > 500);
    for mut studio in [making, watching] {
        studio.keys("\x11");
        assert_eq!(studio.exit_clean(), 0);
    }
    assert_eq!(home.rows().len(), 1);
}

#[test]
fn what_an_earlier_run_left_is_fetched_while_the_next_prompt_is_written() {
    let host = TcpListener::bind("127.0.0.1:0").unwrap();
    let base = format!("http://{}", host.local_addr().unwrap());
    let home = Home::new();
    let library = home.library();
    let id = GenerationId::from_number(7);
    let request = Request {
        model: "NanoBanana2-0.5K".to_owned(),
        ratio: AspectRatio::new(16, 9).unwrap(),
        format: OutputFormat::Png,
        prompt: Prompt::new("a lighthouse").unwrap(),
        references: Vec::new(),
        parent: None,
    };
    let mut left = Generation::new(id, id, 1_795_528_953_000, request, false);
    left.base_url = Some(format!("{base}/v1"));
    library.prepare(&mut left).unwrap();
    library.step(&mut left, Step::Send).unwrap();
    left.urls = vec![format!("{base}/a.png")];
    library.step(&mut left, Step::Answer).unwrap();
    drop(library);

    let (go, seen) = mpsc::channel();
    let host = thread::spawn(move || {
        let (mut stream, _) = host.accept().unwrap();
        let asked = stream.read(&mut [0; 4096]).unwrap();
        seen.recv().unwrap();
        let bytes = picture_of(PixelSize::new(640, 360), OutputFormat::Png, 90);
        let head = format!("HTTP/1.1 200 X\r\nContent-Length: {}\r\n\r\n", bytes.len());
        stream.write_all(head.as_bytes()).unwrap();
        stream.write_all(&bytes).unwrap();
        asked
    });
    let mut terminal = Start::new(&home).open();
    terminal.wait("fetching again");
    terminal.keys("the next one");
    terminal.wait("the next one");
    go.send(()).unwrap();
    terminal.wait_for("the picture", |t| t.half_blocks() > 500);
    terminal.wait_for("no work", |t| !t.text().contains("fetching again"));
    assert!(host.join().unwrap() > 0);
    terminal.keys("\x11");
    assert_eq!(terminal.exit_clean(), 0);
    let rows = home.rows();
    let [row] = rows.as_slice() else {
        panic!("{rows:?}")
    };
    assert_eq!((row.state, row.pictures.len()), (State::Saved, 1));
}
