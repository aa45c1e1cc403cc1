//! What an earlier run left, fetched beside `generate`'s own work. It changes neither stdout nor the exit code, and is
//! told on stderr.

use std::sync::Arc;
use std::time::Duration;

use tokio::time::{Instant, timeout_at};

use super::print;
use crate::domain::{Clean, Generation};
use crate::pipeline::{Pipeline, Running};

/// How much longer than its own work `generate` waits.
const GRACE: Duration = Duration::from_secs(5);

/// Downloads that were taken up.
pub(super) struct Resumed(Vec<Running>);

impl Resumed {
    /// Takes them up, and says so where there are any. That the library cannot be asked is no reason not to go on.
    pub(super) async fn start(pipeline: &Pipeline) -> Self {
        // The status line belongs to what was asked for.
        let running = match pipeline.resume(Arc::new(|_, _| {})).await {
            Ok(running) => running,
            Err(failure) => {
                print::failure(&failure);
                Vec::new()
            }
        };
        // A row without an address may have a picture on disk; that costs no time and no word.
        let count = running.iter().map(|r| r.generation.urls.len()).sum();
        if count > 0 {
            let what = pictures(count);
            print::note(&Clean::line(&format!(
                "resuming {what} that an earlier run left"
            )));
        }
        Self(running)
    }

    /// Waits a little for those that are not there yet, and tells how they ended. The others stay for the next start.
    pub(super) async fn end(self) {
        let mut left = 0;
        let until = Instant::now() + GRACE;
        for Running {
            done, generation, ..
        } in self.0
        {
            match timeout_at(until, done).await {
                Ok(Ok(ended)) => tell(&ended),
                // What is dropped when the process ends stays in the journal as it is.
                Ok(Err(_)) | Err(_) => left += generation.urls.len(),
            }
        }
        if left > 0 {
            let what = pictures(left);
            print::note(&Clean::line(&format!(
                "{what} of an earlier run did not come yet: the next start tries again"
            )));
        }
    }
}

fn tell(ended: &Generation) {
    for picture in &ended.pictures {
        let path = picture.path.display();
        print::note(&Clean::line(&format!("an earlier run's picture: {path}")));
    }
    if let Some(failure) = &ended.failure {
        print::failure(failure);
    }
}

fn pictures(count: usize) -> String {
    match count {
        1 => "1 picture".to_owned(),
        many => format!("{many} pictures"),
    }
}
