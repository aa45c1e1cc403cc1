//! Converting the selected picture, and how that is offered without taking a key from anybody.

use plantain::domain::{Convert, FileFormat, Generation, OutputFormat, Progress, State};
use plantain::studio::{Action, Ask, Effect, Event, hints, offer};

use super::script::{Script, done, failure, picture};

/// A jpeg that was asked for as png.
fn other_format(n: u128) -> Generation {
    let mut row = done(n, "a red fox");
    row.request.format = OutputFormat::Png;
    row.pictures[0].format = FileFormat::Jpeg;
    row
}

fn asking(rows: Vec<Generation>) -> Script {
    let mut s = Script::with_rows(120, 40, rows);
    s.state.convert = Convert::Ask;
    s
}

fn offered(s: &Script) -> String {
    offer(&s.state).map_or(String::new(), |(keys, what)| format!("{keys} {what}"))
}

#[test]
fn the_key_converts_to_the_forms_format() {
    let row = other_format(1);
    let mut s = Script::with_rows(120, 40, vec![row.clone()]);
    s.keys("<Esc>C");
    let task = match s.take().as_slice() {
        [Effect::Convert { task, picture, to }] => {
            assert_eq!((*picture, *to), (row.pictures[0].id, OutputFormat::Png));
            *task
        }
        other => panic!("{other:?}"),
    };
    s.event(Event::Done {
        task,
        result: Ok("wrote fox.png".into()),
    });
    assert_eq!(s.notice(), "wrote fox.png");
    // What was asked comes first, and then the form's.
    s.state.form.format = OutputFormat::Webp;
    s.act(Action::Convert);
    assert!(matches!(
        s.take()[..],
        [Effect::Convert {
            to: OutputFormat::Png,
            ..
        }]
    ));
    let mut converted = row.clone();
    converted.pictures[0].converted = vec!["/pictures/1.png".into()];
    s.event(Event::LibraryChanged).load(vec![converted], false);
    s.take();
    s.act(Action::Convert);
    assert!(matches!(
        s.take()[..],
        [Effect::Convert {
            to: OutputFormat::Webp,
            ..
        }]
    ));
    s.state.form.format = OutputFormat::Png;
    s.act(Action::Convert);
    assert_eq!(s.notice(), "a png stands beside it already");
    // The form's is what it is: then what was asked for.
    s.event(Event::LibraryChanged).load(vec![row], false);
    s.take();
    s.state.form.format = OutputFormat::Jpeg;
    s.act(Action::Convert);
    let task = match s.take()[..] {
        [
            Effect::Convert {
                task,
                to: OutputFormat::Png,
                ..
            },
        ] => task,
        ref other => panic!("{other:?}"),
    };
    s.event(Event::Done {
        task,
        result: Err(failure("no space left")),
    });
    assert_eq!(s.notice(), "no space left");
}

#[test]
fn where_nothing_can_be_converted_it_says_why() {
    let mut s = Script::with_rows(120, 40, Vec::new());
    s.act(Action::Convert);
    assert_eq!(s.notice(), "nothing is selected");
    let mut same = done(1, "a red fox");
    same.request.format = OutputFormat::Png;
    let mut kept = same.clone();
    kept.pictures[0].format = FileFormat::Avif;
    kept.pictures[0].size = None;
    for (row, words) in [
        (same, "the picture is png already"),
        (kept, "an avif that cannot be opened cannot be converted"),
    ] {
        let mut s = Script::with_rows(120, 40, vec![row]);
        s.keys("<Esc>C");
        assert_eq!((s.take().len(), s.notice().as_str()), (0, words));
        let listed = hints(&s.state);
        assert!(!listed.iter().any(|h| h.action == Action::Convert));
    }
}

#[test]
fn it_is_offered_where_it_was_asked_to_be() {
    let mut s = asking(vec![other_format(1)]);
    assert_eq!(offered(&s), "Esc C writes a png beside it");
    s.state.form.format = OutputFormat::Webp;
    assert_eq!(
        offered(&s),
        "Esc C writes a png beside it",
        "what was asked"
    );
    s.keys("<Esc>");
    assert_eq!(offered(&s), "C writes a png beside it");
    s.keys("<Alt+2>");
    assert_eq!(offered(&s), "Tab C writes a png beside it");
    s.state.convert = Convert::Never;
    assert_eq!(offered(&s), "");
    let mut converted = other_format(1);
    converted.pictures[0].converted = vec!["/pictures/1.png".into()];
    assert_eq!(offered(&asking(vec![converted])), "");
    let mut as_asked = other_format(1);
    as_asked.request.format = OutputFormat::Jpeg;
    assert_eq!(offered(&asking(vec![as_asked])), "");
}

#[test]
fn the_keys_that_are_offered_lead_there() {
    for focus in ["", "<Esc>", "<Alt+2>", "<Alt+4>"] {
        let mut s = asking(vec![other_format(1)]);
        s.keys(focus);
        let (keys, _) = offer(&s.state).unwrap();
        let script: String = keys
            .split(' ')
            .map(|k| {
                if k.len() > 1 {
                    format!("<{k}>")
                } else {
                    k.to_owned()
                }
            })
            .collect();
        s.keys(&script);
        assert!(
            matches!(s.take()[..], [Effect::Convert { .. }]),
            "{focus}: {keys}"
        );
    }
}

#[test]
fn a_picture_that_lands_takes_no_key_of_who_types() {
    let mut s = asking(Vec::new());
    s.keys("a red fox<Enter>");
    let (task, requests) = s.sent();
    let id = s.prepare(task, requests[0].clone(), 7);
    s.keys(" and the nex");
    let mut ended = s.state.history.row(id).unwrap().generation.clone();
    ended.state = State::Saved;
    ended.pictures = vec![picture(id, 1)];
    ended.pictures[0].format = FileFormat::Jpeg;
    s.progress(id, Progress::Finished(Box::new(ended)));
    assert_eq!(s.state.ask, None::<Ask>);
    assert_eq!(offered(&s), "Esc C writes a png beside it");
    s.take();
    s.after(1_000).keys("t C<Enter>");
    let (_, requests) = s.sent();
    assert_eq!(requests[0].prompt.typed(), "a red fox and the next C");
}
