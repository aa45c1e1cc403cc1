//! Any answers, a kill after any step, restarts until all is quiet: the journal loses no picture and doubles no call.

use proptest::prelude::*;
use tokio::runtime::Runtime;

use super::gateway::Kind;
use super::killer::Moment;
use super::scene::Scene;

/// Names another number of rounds than the short one; see `tests/soak/kill9.sh`.
const ROUNDS: &str = "PLANTAIN_ROUNDS";
/// Short enough for each run of the tests.
const FEW: u32 = 12;
/// One `generate` makes about this many changes on disk.
const CHANGES: u32 = 70;

fn kind() -> impl Strategy<Value = Kind> {
    proptest::sample::select(&Kind::ALL[..])
}

fn moment() -> impl Strategy<Value = Moment> {
    prop_oneof![
        1 => Just(Moment::Never),
        5 => proptest::sample::select(&Moment::STAGES[..]).prop_map(Moment::Stage),
        5 => (1..CHANGES).prop_map(Moment::Change),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 12,
        // Each step of shrinking starts processes.
        max_shrink_iters: 12,
        ..ProptestConfig::default()
    })]

    #[test]
    fn no_picture_is_lost_and_no_call_doubled_wherever_it_is_killed(
        rounds in proptest::collection::vec((kind(), moment()), 1..4)
    ) {
        Runtime::new().unwrap().block_on(async {
            let mut scene = Scene::new().await;
            for (n, (kind, moment)) in rounds.into_iter().enumerate() {
                scene.round(&n.to_string(), kind, moment).await;
            }
            let found = scene.settle().await;
            assert!(found.is_good(), "{found:#?}");
        });
    }
}

/// The kill -9 loop of RELIABILITY D1: many rounds on one library.
#[tokio::test]
async fn a_library_survives_one_kill_after_the_other() {
    let rounds = std::env::var(ROUNDS).ok();
    let rounds = rounds.map_or(FEW, |text| text.parse().expect(ROUNDS));
    let mut random = fastrand::Rng::with_seed(u64::from(rounds));
    let mut scene = Scene::new().await;
    for n in 0..rounds {
        let kind = Kind::ALL[random.usize(..Kind::ALL.len())];
        let moment = if random.bool() {
            Moment::Stage(Moment::STAGES[random.usize(..Moment::STAGES.len())])
        } else {
            Moment::Change(random.u32(1..CHANGES))
        };
        scene.round(&n.to_string(), kind, moment).await;
    }
    let found = scene.settle().await;
    eprintln!("rounds {rounds}, killed {}", scene.killed);
    eprintln!("slowest opening {} ms", scene.slowest.as_millis());
    eprintln!("{found:#?}");
    assert!(found.is_good());
    assert!(
        scene.killed as u32 >= rounds / 3,
        "they were killed too late"
    );
}
