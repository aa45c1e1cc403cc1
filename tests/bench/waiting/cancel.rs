//! RELIABILITY M4: 200 cancels in each place, over the pipeline and a real library.

use std::sync::Arc;
use std::time::{Duration, Instant};

use jiff::tz::TimeZone;
use plantain::config::{builtin_catalog, builtin_profiles};
use plantain::domain::{AspectRatio, OutputFormat, Progress, Prompt, Request, State};
use plantain::endpoint::BaseUrl;
use plantain::library::Library;
use plantain::pipeline::{Pipeline, Setup, Tell};
use tempfile::TempDir;
use tokio::sync::mpsc::unbounded_channel;

use super::gateway::{Gateway, Manner, Seen};

const TIMES: usize = 200;

pub async fn table() {
    println!(
        "{TIMES} cancels, to the closed connection and the written row\n{:<34}{:>12}{:>12}{:>12}",
        "", "median", "99 %", "worst"
    );
    for manner in [
        Manner::Silence,
        Manner::Drip,
        Manner::Gzip,
        Manner::Download,
        Manner::Wait,
    ] {
        let [median, most, worst] = super::spread(cancels(manner).await);
        println!("{:<34}{median:>12}{most:>12}{worst:>12}", manner.name());
    }
}

async fn cancels(manner: Manner) -> Vec<Duration> {
    let folder = TempDir::new().unwrap();
    let library = Library::open(folder.path(), TimeZone::UTC).unwrap();
    let mut gateway = Gateway::start(manner).await;
    let pipeline = Pipeline::new(Setup {
        library,
        catalog: builtin_catalog(),
        base_url: BaseUrl::parse(&gateway.url()).unwrap(),
        key: None,
        profiles: builtin_profiles(),
        profile: "documented".to_owned(),
        parallel: 4,
        silence: Duration::from_secs(300),
        convert: plantain::domain::Convert::Never,
        demo: false,
    })
    .unwrap();
    let mut times = Vec::new();
    for _ in 0..TIMES {
        let (waits, mut waiting) = unbounded_channel();
        let tell: Tell = Arc::new(move |_, progress| {
            if matches!(progress, Progress::Waiting { .. }) {
                let _ = waits.send(());
            }
        });
        let running = pipeline.submit(request(), None, tell).await.unwrap();
        if manner == Manner::Wait {
            waiting.recv().await.unwrap();
        } else {
            assert_eq!(gateway.seen.recv().await, Some(Seen::Held));
        }
        let ordered = Instant::now();
        running.cancel.cancel();
        let generation = running.done.await.unwrap();
        let mut end = Instant::now();
        assert_eq!(generation.state, State::Cancelled);
        if manner != Manner::Wait {
            let Some(Seen::Closed(at)) = gateway.seen.recv().await else {
                unreachable!("it is held until the client closes");
            };
            end = end.max(at);
        }
        times.push(end - ordered);
    }
    times
}

fn request() -> Request {
    Request {
        model: "NanoBanana2-0.5K".to_owned(),
        ratio: AspectRatio::SQUARE,
        format: OutputFormat::Png,
        prompt: Prompt::new("a red fox").unwrap(),
        references: Vec::new(),
        parent: None,
    }
}
