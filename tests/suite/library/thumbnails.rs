//! Thumbnails: believed only when they are whole and belong to the file as it is, and never more than their room.

use std::fs::{self, File};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use plantain::domain::Step;
use plantain::library::Thumbnails;
use tempfile::TempDir;

use super::{generation, open, save};

/// A folder with a picture in it, and thumbnails beside it.
fn scene() -> (TempDir, PathBuf, Thumbnails) {
    let dir = tempfile::tempdir().unwrap();
    let picture = dir.path().join("fox.png");
    fs::write(&picture, "a large picture").unwrap();
    let thumbnails = Thumbnails::new(dir.path().join("cache/plantain/thumbnails"));
    (dir, picture, thumbnails)
}

fn kept(dir: &Path) -> Vec<PathBuf> {
    let folder = dir.join("cache/plantain/thumbnails");
    let entries = fs::read_dir(folder).into_iter().flatten();
    entries.map(|entry| entry.unwrap().path()).collect()
}

#[test]
fn what_is_kept_comes_back_and_is_its_users_alone() {
    let (dir, picture, thumbnails) = scene();
    assert_eq!(thumbnails.get(&picture), None);
    thumbnails.keep(&picture, b"small").unwrap();
    assert_eq!(thumbnails.get(&picture).as_deref(), Some(&b"small"[..]));
    thumbnails.keep(&picture, b"smaller").unwrap();
    assert_eq!(thumbnails.get(&picture).as_deref(), Some(&b"smaller"[..]));
    let files = kept(dir.path());
    assert_eq!(files.len(), 1, "one was replaced, nothing is left behind");
    let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(&files[0]), 0o600);
    assert_eq!(mode(files[0].parent().unwrap()), 0o700);
    let name = files[0].file_name().unwrap().to_str().unwrap();
    assert!(!name.contains("fox"), "{name}");
    thumbnails.forget(&picture);
    assert_eq!(kept(dir.path()).len(), 0);
}

#[test]
fn another_file_of_the_name_has_none() {
    let (_dir, picture, thumbnails) = scene();
    thumbnails.keep(&picture, b"small").unwrap();
    let file = File::options().write(true).open(&picture).unwrap();
    let was = file.metadata().unwrap().modified().unwrap();
    file.set_modified(was + Duration::from_secs(1)).unwrap();
    assert_eq!(thumbnails.get(&picture), None, "it was written again");
    file.set_modified(was).unwrap();
    assert!(thumbnails.get(&picture).is_some());
    file.set_len(3).unwrap();
    file.set_modified(was).unwrap();
    assert_eq!(thumbnails.get(&picture), None, "it is shorter");
    fs::remove_file(&picture).unwrap();
    assert_eq!(thumbnails.get(&picture), None);
    assert!(thumbnails.keep(&picture, b"small").is_err());
}

#[test]
fn damaged_cut_and_foreign_ones_are_passed_over_and_replaced() {
    let (dir, picture, thumbnails) = scene();
    thumbnails.keep(&picture, b"a small picture").unwrap();
    let file = kept(dir.path()).remove(0);
    let good = fs::read(&file).unwrap();
    let mut bad: Vec<Vec<u8>> = (0..good.len()).map(|n| good[..n].to_vec()).collect();
    for at in 0..good.len() {
        let mut flipped = good.clone();
        flipped[at] ^= 1;
        bad.push(flipped);
    }
    // Another picture's thumbnail, whole.
    let other = dir.path().join("owl.png");
    fs::write(&other, "another one").unwrap();
    thumbnails.keep(&other, b"an owl").unwrap();
    let others = kept(dir.path()).into_iter().find(|path| *path != file);
    bad.push(fs::read(others.unwrap()).unwrap());
    bad.push(vec![0; 3 << 20]);
    for bytes in bad {
        fs::write(&file, &bytes).unwrap();
        assert_eq!(thumbnails.get(&picture), None, "{} bytes", bytes.len());
    }
    thumbnails.keep(&picture, b"a small picture").unwrap();
    assert!(thumbnails.get(&picture).is_some());
    fs::remove_file(&file).unwrap();
    fs::create_dir(&file).unwrap();
    assert_eq!(thumbnails.get(&picture), None);
    assert!(thumbnails.keep(&picture, &vec![0; 3 << 20]).is_err());
}

#[test]
fn the_oldest_go_when_the_room_is_full() {
    let (dir, _, _) = scene();
    let folder = dir.path().join("cache/plantain/thumbnails");
    // Each is 1,000 bytes with its digest; the folder is looked through by each new one of this kind.
    let keep = |n: u64| {
        let picture = dir.path().join(format!("{n}.png"));
        fs::write(&picture, "x").unwrap();
        let thumbnails = Thumbnails::with_room(folder.clone(), 10_000);
        thumbnails.keep(&picture, &[7; 968]).unwrap();
        for path in kept(dir.path()) {
            let file = File::options().write(true).open(path).unwrap();
            let age = file.metadata().unwrap().modified().unwrap();
            if age > SystemTime::UNIX_EPOCH + Duration::from_secs(1000) {
                file.set_modified(SystemTime::UNIX_EPOCH + Duration::from_secs(n))
                    .unwrap();
            }
        }
        picture
    };
    let pictures: Vec<PathBuf> = (1..=10).map(keep).collect();
    assert_eq!(kept(dir.path()).len(), 10);
    let last = keep(11);
    let thumbnails = Thumbnails::new(folder.clone());
    let left: Vec<bool> = pictures
        .iter()
        .map(|picture| thumbnails.get(picture).is_some())
        .collect();
    assert_eq!(left[..2], [false, false]);
    assert!(left[2..].iter().all(|kept| *kept), "{left:?}");
    assert!(thumbnails.get(&last).is_some());
}

#[test]
fn where_nothing_can_be_written_nothing_is_kept() {
    let (dir, picture, _) = scene();
    let file = dir.path().join("file");
    fs::write(&file, "no folder").unwrap();
    let thumbnails = Thumbnails::new(file.join("thumbnails"));
    assert!(thumbnails.keep(&picture, b"small").is_err());
    assert_eq!(thumbnails.get(&picture), None);
    thumbnails.forget(&picture);
}

#[test]
fn those_of_removed_demo_pictures_go_with_them() {
    let (dir, _, thumbnails) = scene();
    let library = open(&dir.path().join("library"));
    let mut pictures = Vec::new();
    for n in 1..=2_u128 {
        let mut one = generation(n, "a red fox");
        one.demo = n == 2;
        library.prepare(&mut one).unwrap();
        library.step(&mut one, Step::Send).unwrap();
        let picture = save(&library, &mut one, format!("picture {n}").as_bytes());
        library.step(&mut one, Step::Save).unwrap();
        thumbnails.keep(&picture.path, b"small").unwrap();
        pictures.push(picture.path);
    }
    assert_eq!(kept(dir.path()).len(), 2);
    assert_eq!(library.remove_demo(Some(&thumbnails)).unwrap(), 1);
    assert_eq!(kept(dir.path()).len(), 1);
    assert!(thumbnails.get(&pictures[0]).is_some());
}
