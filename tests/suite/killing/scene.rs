//! A library that processes are killed in, and what must be true of it when all is quiet again.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use jiff::tz::TimeZone;
use plantain::config::{builtin_catalog, builtin_profiles};
use plantain::domain::{Generation, GenerationId, State};
use plantain::endpoint::BaseUrl;
use plantain::library::{Library, Query};
use plantain::pipeline::{Pipeline, Setup};
use rusqlite::Connection;
use sha2::{Digest, Sha256};

use super::gateway::{self, Kind, bytes_of, inside};
use super::killer::{Killer, Moment, Watch};
use crate::suite::cli::home::{Home, MODEL};
use crate::suite::raw_server::RawServer;

pub struct Scene {
    home: Home,
    server: RawServer,
    killer: Arc<Killer>,
    /// Every URL that was in the journal at any time, by its row.
    journalled: BTreeSet<(GenerationId, String)>,
    /// How long the slowest opening after a kill took.
    pub slowest: Duration,
    pub killed: usize,
}

/// What was found when all was quiet.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Found {
    pub rows: usize,
    pub saved: usize,
    pub unknown: usize,
    /// Pictures that were in the journal and are not on disk.
    pub lost: usize,
    /// Files whose bytes are not those that were served.
    pub wrong: usize,
    /// Calls beyond the first of a generation.
    pub doubled: usize,
    /// Picture files that no row names.
    pub orphans: usize,
    /// Temporary files.
    pub strays: usize,
    /// What `PRAGMA integrity_check` says beside "ok".
    pub damage: Vec<String>,
    /// Rows that are not what their answer allows.
    pub illegal: Vec<String>,
}

impl Found {
    pub fn is_good(&self) -> bool {
        let Self {
            lost,
            wrong,
            doubled,
            orphans,
            strays,
            damage,
            illegal,
            ..
        } = self;
        [lost, wrong, doubled, orphans, strays] == [&0; 5]
            && damage.is_empty()
            && illegal.is_empty()
    }
}

impl Scene {
    pub async fn new() -> Self {
        let killer = Arc::<Killer>::default();
        let server = gateway::start(&killer).await;
        let home = Home::at(&server.url());
        // Both are there before anything is watched.
        drop(Library::open(&home.library(), TimeZone::UTC).unwrap());
        let month = TimeZone::UTC.to_datetime(jiff::Timestamp::now());
        fs::create_dir(home.library().join(month.strftime("%Y-%m").to_string())).unwrap();
        Self {
            home,
            server,
            killer,
            journalled: BTreeSet::new(),
            slowest: Duration::ZERO,
            killed: 0,
        }
    }

    fn folders(&self) -> Vec<PathBuf> {
        let library = self.home.library();
        let months = fs::read_dir(&library).unwrap().map(|e| e.unwrap().path());
        months.filter(|path| path.is_dir()).collect()
    }

    /// One `generate` that is answered by `kind` and killed at `moment`, beside whatever was left before.
    pub async fn round(&mut self, name: &str, kind: Kind, moment: Moment) {
        self.killer.arm(moment);
        let watch = match moment {
            Moment::Change(change) => Some(Watch::start(&self.folders(), change, &self.killer)),
            Moment::Never | Moment::Stage(_) => None,
        };
        let prompt = format!("{} {name}", kind.name());
        let arguments = ["generate", "-f", "png", "-m", MODEL, &prompt];
        let mut child = self.home.command(&arguments).spawn().unwrap();
        self.killer.take_aim(child.id().unwrap());
        // Not waited for by its number before the killer has let go of it.
        let mut stdout = child.stdout.take().unwrap();
        let mut said = Vec::new();
        tokio::io::AsyncReadExt::read_to_end(&mut stdout, &mut said)
            .await
            .unwrap();
        drop(watch);
        self.killed += usize::from(self.killer.disarm());
        child.wait().await.unwrap();
        self.look();
    }

    /// As whoever only looks: what the journal holds now.
    fn look(&mut self) {
        let start = Instant::now();
        let library = Library::open(&self.home.library(), TimeZone::UTC).unwrap();
        self.slowest = self.slowest.max(start.elapsed());
        for row in library.page(&Query::default(), None, 10_000).unwrap() {
            let saved = row.pictures.iter().filter_map(|p| p.url.clone());
            let urls = saved.chain(row.urls.iter().cloned());
            self.journalled.extend(urls.map(|url| (row.id, url)));
        }
    }

    /// Starts again until nothing is left to do, and looks at everything.
    pub async fn settle(&mut self) -> Found {
        self.look();
        let library = Library::open(&self.home.library(), TimeZone::UTC).unwrap();
        let pipeline = Pipeline::new(Setup {
            library: library.clone(),
            catalog: builtin_catalog(),
            base_url: BaseUrl::parse("https://another.example/v1").unwrap(),
            key: None,
            profiles: builtin_profiles(),
            profile: "documented".to_owned(),
            parallel: 4,
            silence: Duration::from_secs(60),
            convert: plantain::domain::Convert::Never,
            demo: false,
        })
        .unwrap();
        for one in pipeline.resume(Arc::new(|_, _| {})).await.unwrap() {
            one.done.await.unwrap();
        }
        drop((pipeline, library));
        self.check()
    }

    fn check(&self) -> Found {
        let folder = self.home.library();
        let library = Library::open(&folder, TimeZone::UTC).unwrap();
        let rows = library.page(&Query::default(), None, 10_000).unwrap();
        let mut found = Found {
            rows: rows.len(),
            ..Found::default()
        };
        let mut named = BTreeSet::new();
        for row in &rows {
            found.saved += usize::from(row.state == State::Saved);
            found.unknown += usize::from(row.state == State::Unknown);
            let prompt = row.request.prompt.typed();
            let calls = self.calls(prompt);
            found.doubled += calls.saturating_sub(1);
            let fetched = self.fetched(prompt);
            if let Some(wrong) = illegal(row, calls, fetched) {
                found.illegal.push(wrong);
            }
            for picture in &row.pictures {
                named.insert(picture.path.clone());
                let served = match &picture.url {
                    Some(url) => bytes_of(url::Url::parse(url).unwrap().path()),
                    None => inside(prompt),
                };
                let right = hex(&served);
                let on_disk = fs::read(&picture.path).is_ok_and(|bytes| hex(&bytes) == right);
                found.wrong += usize::from(!on_disk || picture.sha256 != right);
            }
        }
        let has = |(id, url): &(GenerationId, String)| {
            let row = rows.iter().find(|row| row.id == *id);
            row.is_some_and(|row| row.pictures.iter().any(|p| p.url.as_ref() == Some(url)))
        };
        found.lost = self.journalled.iter().filter(|one| !has(one)).count();
        for file in files(&folder) {
            let name = file.file_name().unwrap().to_string_lossy().into_owned();
            if Path::new(&name).extension().is_some_and(|e| e == "tmp") {
                found.strays += 1;
            } else if !file.starts_with(folder.join(".plantain")) && !named.contains(&file) {
                found.orphans += 1;
            }
        }
        found.damage = integrity(&library.db_path());
        found
    }

    fn fetched(&self, prompt: &str) -> bool {
        let path = format!("/{}-", prompt.replace(' ', "-"));
        let requests = self.server.requests();
        requests
            .iter()
            .any(|r| r.method == "GET" && r.path.starts_with(&path))
    }

    fn calls(&self, prompt: &str) -> usize {
        let needle = serde_json::to_string(prompt).unwrap();
        let calls = self.server.requests().into_iter().filter(|request| {
            let has = memchr::memmem::find(&request.body, needle.as_bytes()).is_some();
            request.method == "POST" && has
        });
        calls.count()
    }
}

/// What is wrong with a row's end, given what it was answered, how often it was called, and whether a picture of it was asked
/// for.
fn illegal(row: &Generation, calls: usize, fetched: bool) -> Option<String> {
    let kind = Kind::of(row.request.prompt.typed());
    let (urls, inside) = kind.pictures();
    let ok = match row.state {
        State::Saved => {
            let n = row.pictures.len();
            calls == 1 && n >= 1 && n <= urls + inside && row.urls.is_empty()
        }
        // What is fetched was written down before.
        State::Unknown => !fetched && row.pictures.is_empty() && row.urls.is_empty(),
        State::Refused => kind == Kind::Refusal && calls == 1,
        State::Failed => kind == Kind::Broken && calls == 1,
        State::Cancelled => calls == 0,
        State::Prepared | State::Sent | State::Answered => false,
    };
    (!ok).then(|| format!("{kind:?} called {calls} times, fetched: {fetched}: {row:?}"))
}

fn integrity(database: &Path) -> Vec<String> {
    let connection = Connection::open(database).unwrap();
    let mut check = connection.prepare("PRAGMA integrity_check").unwrap();
    let said = check.query_map([], |row| row.get::<_, String>(0)).unwrap();
    said.map(Result::unwrap)
        .filter(|line| line != "ok")
        .collect()
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else {
                found.push(path);
            }
        }
    }
    found
}

fn hex(bytes: &[u8]) -> String {
    let digest = Sha256::digest(bytes);
    let hex: Vec<String> = digest.iter().map(|b| format!("{b:02x}")).collect();
    hex.concat()
}
