//! The call itself: sent once, read to its end, repeated only where nothing of it was accepted.

use std::sync::Arc;

use bytes::Bytes;
use tokio::time::sleep;

use super::gate::Cancelled;
use super::run::{Run, Stop};
use super::{Network, Setup, blocking, reference, spool};
use crate::domain::{Clean, Failure, FailureKind, Profile, Progress, Step, Tier};
use crate::endpoint::{
    Answer, CallError, Decision, Image, MOST_REPEATS, Part, Response, build_body, decide,
};

impl Run {
    /// Sends the request and reads the whole answer.
    pub(super) async fn talk(&mut self) -> Result<Answer, Stop> {
        let inner = Arc::clone(&self.inner);
        let unsent = |Cancelled| Stop::CancelledUnsent;
        let cancel = self.cancel.clone();
        let ready = async {
            let network = inner.network().await?;
            let profile = self.inner.profile_in_use().await?;
            let body = self.written(&profile).await?;
            Ok::<_, Failure>((network, profile, body))
        };
        let (network, profile, body) = cancel.guard_unsent(ready).await.map_err(unsent)??;
        // Committed before any byte leaves: whatever happens from here on, the row says that it may be billed.
        self.step(Step::Send).await?;
        cancel.check_unsent().map_err(unsent)?;
        let response = self.call(network, profile, body).await?;
        let spool = spool::into(&inner.setup.library, &self.generation);
        self.read(response.spooling(&spool)).await
    }

    /// The body of the request, with its reference pictures. They are read only now: those that wait for their turn hold none
    /// in memory; and their base64 stands in memory once, in the body that all repeats share.
    async fn written(&self, profile: &Profile) -> Result<Bytes, Failure> {
        let (request, profile) = (self.generation.request.clone(), profile.clone());
        // Another process may have found meanwhile that the gateway needs another profile.
        reference::suit(&profile, &request.references)?;
        let tier = self.inner.setup.catalog.tier(&request.model);
        blocking(move || {
            let references = reference::on_the_wire(&request.references)?;
            let body = build_body(&request, &profile, tier, &references);
            Ok(Bytes::from(body.to_string()))
        })
        .await
    }

    async fn call(
        &mut self,
        network: &Network,
        mut profile: Profile,
        mut body: Bytes,
    ) -> Result<Response, Stop> {
        let cancel = self.cancel.clone();
        let catalog = &self.inner.setup.catalog;
        let tier = catalog.tier(&self.generation.request.model);
        let patient = tier == Some(Tier::Four);
        let client = if patient {
            &network.patient
        } else {
            &network.client
        };
        let mut repeats = 0;
        let mut changed = false;
        loop {
            self.called = true;
            self.say(Progress::Sending);
            let sent = client.chat(body.clone(), profile.stream);
            let error = match cancel.guard(sent).await? {
                Ok(response) => {
                    if changed {
                        self.remember(&profile).await;
                    }
                    return Ok(response);
                }
                Err(error) => error,
            };
            if error.names_documented_field
                && !changed
                && let Some(simpler) = self.fallback(&profile)
            {
                body = self.written(&simpler).await?;
                let unsent = |Cancelled| Stop::CancelledUnsent;
                cancel.check_unsent().map_err(unsent)?;
                profile = simpler;
                changed = true;
                continue;
            }
            match decide(error.trouble, repeats, fastrand::f64()) {
                Decision::Repeat(wait) => {
                    repeats += 1;
                    self.say(Progress::Waiting {
                        cause: error.failure.message.clone(),
                        wait,
                        attempt: repeats,
                        of: MOST_REPEATS,
                    });
                    // What was refused is as good as unsent.
                    let waited = cancel.guard_unsent(sleep(wait)).await;
                    waited.map_err(|Cancelled| Stop::CancelledUnsent)?;
                }
                Decision::GiveUp => return Err(stop(error, repeats)),
            }
        }
    }

    /// The profile to change to, once, after a 400 that names a field of this one.
    ///
    /// This is the one call that is made again after an answer: the gateway refused it before generating anything.
    fn fallback(&mut self, profile: &Profile) -> Option<Profile> {
        let simpler = self.inner.profile(profile.fallback.as_deref()?).ok()?;
        reference::suit(simpler, &self.generation.request.references).ok()?;
        let simpler = simpler.clone();
        self.note(&format!(
            "this gateway does not take the documented fields; asking again in the form of the profile \"{}\"",
            simpler.name
        ));
        Some(simpler)
    }

    /// Keeps a profile that helped, for this base URL.
    async fn remember(&mut self, profile: &Profile) {
        let (inner, name) = (Arc::clone(&self.inner), profile.name.clone());
        let remembered = blocking(move || {
            let Setup {
                library,
                base_url,
                profile,
                ..
            } = &inner.setup;
            library.set_endpoint_profile(&base_url.to_string(), profile, &name)
        })
        .await;
        if let Err(failure) = remembered {
            self.note(&format!("not remembered: {}", failure.message));
        }
    }

    async fn read(&mut self, mut response: Response) -> Result<Answer, Stop> {
        let cancel = self.cancel.clone();
        self.generation.demo |= response.is_demo();
        self.say(Progress::Answering);
        loop {
            let parts = match cancel.guard(response.next()).await {
                Ok(Some(parts)) => parts,
                Ok(None) => break,
                Err(cancelled) => {
                    response.close().await;
                    return Err(cancelled.into());
                }
            };
            let known = self.generation.urls.len();
            for part in parts {
                self.part(part);
            }
            // Written down as soon as they are known: from here on a crash costs no picture. Once for all that came together,
            // since each time may wait for another process that writes.
            if self.generation.urls.len() > known {
                self.jot(Step::Answer).await;
            }
            self.say(Progress::Received {
                bytes: response.bytes(),
            });
        }
        let answer = blocking(move || Ok(response.finish())).await?;
        // What was told early may be no picture of the answer after all.
        if !answer.images.is_empty() {
            let named = |url: &String| {
                let mut images = answer.images.iter();
                images.any(|c| matches!(&c.image, Image::Url(named) if named == url))
            };
            self.generation.urls.retain(named);
        }
        Ok(answer)
    }

    fn part(&mut self, part: Part) {
        match part {
            Part::Image(Image::Url(url)) => {
                if !self.generation.urls.contains(&url) {
                    self.generation.urls.push(url);
                }
            }
            Part::Text(text) | Part::Reasoning(text) => self.say(Progress::Text(text)),
            Part::Percent(percent) => self.say(Progress::Percent(percent)),
            Part::Model(model) => self.generation.model_answered = Some(model),
            Part::Usage(usage) => self.generation.usage = Some(usage),
            Part::Finish(reason) => self.generation.finish_reason = Some(reason),
            // Both are told by the answer at its end.
            Part::Image(Image::Inline(_)) | Part::Error(_) => {}
        }
    }
}

/// A call that brought no answer, in the words of its end.
fn stop(error: CallError, repeats: u8) -> Stop {
    let CallError { mut failure, .. } = error;
    if repeats > 0 {
        failure.message = Clean::line(&format!(
            "{} (tried {} times)",
            failure.message,
            repeats + 1
        ));
    }
    if failure.kind == FailureKind::Refused {
        Stop::Refused(failure)
    } else {
        Stop::Failed(failure)
    }
}
