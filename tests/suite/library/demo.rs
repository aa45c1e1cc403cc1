//! Removing what the embedded endpoint made, and nothing else.

use std::fs;

use plantain::domain::Step;
use plantain::library::Query;

use super::{generation, open, save, sent};

#[test]
fn demo_pictures_go_whole_and_paid_ones_stay() {
    let folder = tempfile::tempdir().unwrap();
    let library = open(folder.path());
    let mut pictures = Vec::new();
    for n in 1..=4_u128 {
        let mut one = generation(n, "a red fox");
        one.demo = n % 2 == 0;
        library.prepare(&mut one).unwrap();
        library.step(&mut one, Step::Send).unwrap();
        pictures.push(save(&library, &mut one, format!("picture {n}").as_bytes()));
        library.step(&mut one, Step::Save).unwrap();
    }
    let mut running = generation(5, "on its way");
    running.demo = true;
    library.prepare(&mut running).unwrap();
    let mut paid = sent(&library, 6, "a paid one");
    library.step(&mut paid, Step::Refuse).unwrap();

    assert_eq!(library.remove_demo(None).unwrap(), 2);

    let left: Vec<String> = library
        .page(&Query::default(), None, 10)
        .unwrap()
        .iter()
        .map(|g| g.id.short())
        .collect();
    assert_eq!(left, ["00000006", "00000005", "00000003", "00000001"]);
    for (n, picture) in (1..).zip(&pictures) {
        assert_eq!(picture.path.exists(), n % 2 == 1, "{n}");
    }
    let records = fs::read_to_string(folder.path().join(".plantain/records.jsonl")).unwrap();
    assert_eq!(super::records(&library).len(), 3, "{records}");
    assert!(
        !records.contains("-000000000002\"") && !records.contains("-000000000004\""),
        "{records}"
    );
    assert_eq!(
        library.count(&Query::parse("fox")).unwrap(),
        2,
        "the search index follows"
    );
    // The journal goes on as before.
    library.step(&mut running, Step::Send).unwrap();
    library.step(&mut running, Step::Refuse).unwrap();
    assert_eq!(super::records(&library).len(), 4);
    assert_eq!(library.remove_demo(None).unwrap(), 1);
    assert_eq!(library.remove_demo(None).unwrap(), 0);
}

#[test]
fn damage_in_the_records_keeps_no_demo_picture_there() {
    let folder = tempfile::tempdir().unwrap();
    let library = open(folder.path());
    let mut one = generation(1, "a red fox");
    one.demo = true;
    library.prepare(&mut one).unwrap();
    library.step(&mut one, Step::Send).unwrap();
    save(&library, &mut one, b"painted");
    library.step(&mut one, Step::Save).unwrap();
    let path = folder.path().join(".plantain/records.jsonl");
    let mut records = fs::read(&path).unwrap();
    records.extend(b"\xff\xfe noise\n");
    fs::write(&path, records).unwrap();
    assert_eq!(library.remove_demo(None).unwrap(), 1);
    assert_eq!(fs::read(&path).unwrap(), b"\xff\xfe noise\n");
}
