//! The line under a picture: where it is not what was asked, and that it can be converted.

use plantain::domain::{Clean, Convert, Display, FileFormat, Generation, GraphicsKind, PixelSize};

use super::desk::{Desk, done};
use super::panes::SIZES;

/// A picture in which everything is other than asked.
fn unlike_the_wish() -> Generation {
    let mut row = done(1, "a red fox in the snow", 1);
    row.demo = false;
    row.pictures[0].format = FileFormat::Jpeg;
    row.pictures[0].size = Some(PixelSize::new(1024, 1024));
    row.model_answered = Some(Clean::line("NanoBananaPro-8K"));
    // As the pipeline keeps them.
    row.notices = [
        "asked png, got jpeg",
        "asked 16:9, got 1:1 (1024x1024)",
        "asked about 2752x1536, got 1024x1024",
        "asked NanoBananaPro-2K, NanoBananaPro-8K answered",
    ]
    .map(Clean::line)
    .to_vec();
    row
}

#[test]
fn what_differs_from_the_wish_is_said_in_one_line() {
    let line = "asked 2K 16:9 png, got 1:1 jpeg 1024x1024; NanoBananaPro-8K answered";
    for ((columns, rows), fits) in SIZES.into_iter().zip([true, true, false]) {
        let mut desk = Desk::with(columns, rows, vec![unlike_the_wish()]);
        desk.keys("Alt+4");
        let screen = desk.screen();
        let expected = if fits { line } else { &line[..33] };
        assert!(screen.contains(expected), "{screen}");
        assert_eq!(screen.matches("asked ").count(), 1, "{screen}");
    }
    // Where the terminal shows no pictures, the card says it.
    let mut desk = Desk::with(120, 40, vec![unlike_the_wish()]);
    desk.display(Display {
        graphics: GraphicsKind::Off,
        ..Display::default()
    });
    desk.keys("Alt+4");
    let screen = desk.screen();
    assert!(screen.contains(line), "{screen}");
}

#[test]
fn a_picture_in_another_format_is_offered_to_be_converted() {
    for (w, h) in SIZES {
        let mut row = unlike_the_wish();
        row.pictures[0].size = Some(PixelSize::new(2752, 1536));
        row.model_answered = None;
        row.notices.truncate(1);
        let mut desk = Desk::with(w, h, vec![row]);
        desk.state.convert = Convert::Ask;
        desk.keys("Alt+4");
        insta::assert_snapshot!(format!("convert-{w}x{h}"), desk.screen());
    }
}
