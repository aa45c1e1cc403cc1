//! A library of sixty generations under random harm to its database and log: no panic, and nothing that ended is lost.

use std::fs;
use std::path::Path;
use std::sync::OnceLock;

use jiff::tz::TimeZone;
use plantain::domain::{Failure, Generation};
use plantain::library::{Library, Query};
use proptest::prelude::*;

use super::damage::{integrity, told};
use super::{done, open};

/// Names and bytes of what stands in the library's own folder.
type Files = Vec<(&'static str, Vec<u8>)>;

/// Sixty generations as a studio leaves them, made once: closed in order, and as they stand while a process still has
/// them open, with a log beside the database.
struct Sixty {
    closed: Files,
    open: Files,
    told: Vec<Generation>,
}

fn sixty() -> &'static Sixty {
    static MADE: OnceLock<Sixty> = OnceLock::new();
    MADE.get_or_init(|| {
        let folder = tempfile::tempdir().unwrap();
        let files = || {
            let read = |name: &'static str| {
                let bytes = fs::read(folder.path().join(".plantain").join(name));
                Some((name, bytes.ok()?))
            };
            ["library.db", "library.db-wal", "records.jsonl"]
                .into_iter()
                .filter_map(read)
                .collect::<Files>()
        };
        let library = open(folder.path());
        for n in 1..=60 {
            let more = "and more ".repeat(n as usize % 12);
            done(&library, n, &format!("a red fox, number {n}, {more}"));
        }
        let told = told(&library);
        let left = files();
        drop(library);
        let closed = files();
        assert_eq!((left.len(), closed.len()), (3, 2));
        Sixty {
            closed,
            open: left,
            told,
        }
    })
}

/// What bad luck does to a file, with places from 0 to 1.
#[derive(Debug, Clone)]
enum Harm {
    /// So many whole pages of noise.
    Pages(f64, usize, u64),
    /// So many pages of nothing, as a disk that lost them gives them.
    Zeros(f64, usize),
    Truncated(f64),
    Empty,
    /// A few bytes of noise.
    Bytes(f64, usize, u64),
    Gone,
}

fn harm() -> impl Strategy<Value = Harm> {
    let at = || 0.0..1.0_f64;
    prop_oneof![
        (at(), 1..8_usize, any::<u64>()).prop_map(|(at, n, seed)| Harm::Pages(at, n, seed)),
        (at(), 1..8_usize).prop_map(|(at, n)| Harm::Zeros(at, n)),
        at().prop_map(Harm::Truncated),
        Just(Harm::Empty),
        (at(), 1..64_usize, any::<u64>()).prop_map(|(at, n, seed)| Harm::Bytes(at, n, seed)),
        Just(Harm::Gone),
    ]
}

impl Harm {
    /// Whether a look at the pages finds it: nothing tells a few wrong letters in a prompt.
    fn is_seen(&self) -> bool {
        !matches!(self, Self::Bytes(..))
    }

    fn befall(&self, path: &Path) {
        let Ok(mut bytes) = fs::read(path) else {
            return;
        };
        let place = |at: f64| (at * bytes.len() as f64) as usize;
        let pages = |at: f64, n: usize| {
            let first = place(at) / 4_096 * 4_096;
            first..(first + n * 4_096).min(bytes.len())
        };
        match *self {
            Self::Pages(at, n, seed) => {
                let range = pages(at, n);
                fastrand::Rng::with_seed(seed).fill(&mut bytes[range]);
            }
            Self::Zeros(at, n) => {
                let range = pages(at, n);
                bytes[range].fill(0);
            }
            Self::Truncated(at) => bytes.truncate(place(at)),
            Self::Empty => bytes.clear(),
            Self::Bytes(at, n, seed) => {
                let range = place(at)..(place(at) + n).min(bytes.len());
                fastrand::Rng::with_seed(seed).fill(&mut bytes[range]);
            }
            Self::Gone => return fs::remove_file(path).unwrap(),
        }
        fs::write(path, bytes).unwrap();
    }
}

/// Looks at everything as a studio does.
fn look(folder: &Path) -> Result<Vec<Generation>, Failure> {
    let library = Library::open(folder, TimeZone::UTC)?;
    library.page(&Query::parse("red fox"), None, 100)?;
    library.page(&Query::parse("a"), None, 100)?;
    library.count(&Query::default())?;
    library.find("3b")?;
    library.last()?;
    let all = library.page(&Query::default(), None, 1_000)?;
    let said = integrity(&library);
    assert_eq!(said, "ok");
    Ok(all)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: cases(), failure_persistence: None, ..ProptestConfig::default() })]

    /// Whatever befalls the database or its log, the second start at the latest shows all that ended.
    #[test]
    fn no_harm_to_the_database_loses_a_generation(
        harms in proptest::collection::vec((any::<bool>(), harm()), 1..4),
        was_open in any::<bool>(),
    ) {
        let sixty = sixty();
        let folder = tempfile::tempdir().unwrap();
        let own = folder.path().join(".plantain");
        fs::create_dir(&own).unwrap();
        for (name, bytes) in if was_open { &sixty.open } else { &sixty.closed } {
            fs::write(own.join(name), bytes).unwrap();
        }
        for (log, harm) in &harms {
            harm.befall(&own.join(if *log { "library.db-wal" } else { "library.db" }));
        }
        let looked = (0..3).map(|_| look(folder.path())).find(Result::is_ok);
        let all = looked.expect("it opens at last").unwrap();
        if harms.iter().all(|(_, harm)| harm.is_seen()) {
            prop_assert_eq!(all.len(), sixty.told.len());
            for (one, before) in all.iter().zip(&sixty.told) {
                prop_assert_eq!(one.id, before.id);
                prop_assert_eq!(one.state, before.state);
                prop_assert_eq!(&one.request, &before.request);
                let (picture, kept) = (&one.pictures[0], &before.pictures[0]);
                prop_assert_eq!(&picture.sha256, &kept.sha256);
            }
        }
    }
}

/// More of them by hand: `PROPTEST_CASES=2000 cargo test no_harm`.
fn cases() -> u32 {
    let asked = std::env::var("PROPTEST_CASES").ok();
    asked.and_then(|n| n.parse().ok()).unwrap_or(16)
}

/// A letter that is none any more is no word of SQLite's about damage.
#[test]
fn text_that_is_no_text_any_more_is_damage() {
    let sixty = sixty();
    let folder = tempfile::tempdir().unwrap();
    let own = folder.path().join(".plantain");
    fs::create_dir(&own).unwrap();
    for (name, bytes) in &sixty.closed {
        fs::write(own.join(name), bytes).unwrap();
    }
    let noise = Harm::Bytes(0.590_179_233_688_482_7, 16, 16_862_924_963_351_616_256);
    noise.befall(&own.join("library.db"));
    let looked = (0..3).map(|_| look(folder.path())).find(Result::is_ok);
    assert_eq!(looked.unwrap().unwrap().len(), sixty.told.len());
}
