//! `POST /v1/chat/completions`: one picture an answer, as a stream of chunks or as one object.

use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use axum::Json;
use axum::body::Bytes;
use axum::extract::State;
use axum::extract::rejection::BytesRejection;
use axum::http::StatusCode;
use axum::response::sse::{Event, KeepAlive, Sse};
use axum::response::{IntoResponse, Response};
use futures_util::stream;
use image::RgbImage;
use serde_json::{Value, json};
use tokio::sync::mpsc;
use tokio::time::sleep;
use uuid::Uuid;

use super::ask::Ask;
use super::rejected::Rejected;
use super::server::{Shared, unix_seconds};
use super::words::{EDITING, PAINTING, PICTURE_TEXT};
use super::{painter, references};
use crate::picture;

const JPEG_QUALITY: u8 = 90;

/// A comment goes out when nothing else did for so long.
const KEEP_ALIVE: Duration = Duration::from_secs(10);

pub(super) async fn complete(
    State(shared): State<Shared>,
    body: Result<Bytes, BytesRejection>,
) -> Result<Response, Rejected> {
    let body = body.map_err(|e| Rejected::request(e.status(), "invalid_body", e.body_text()))?;
    let ask = Ask::read(&body, &shared.catalog)?;
    let reference = references::first_of(&ask.references).await?;
    let reply = Reply {
        id: format!("chatcmpl_{}", Uuid::now_v7().simple()),
        created: unix_seconds(),
        model: ask.model.clone(),
    };
    if ask.stream {
        return Ok(streamed(shared, ask, reference, reply));
    }
    let work = async { tokio::join!(make(&shared, ask, reference), sleep(shared.delay)) };
    tokio::select! {
        () = shared.closed() => Err(closing()),
        (url, ()) = work => Ok(Json(reply.whole(&url?)).into_response()),
    }
}

/// The answer as server-sent events. A client that goes away ends the work, except for a brush stroke under way.
fn streamed(shared: Shared, ask: Ask, reference: Option<RgbImage>, reply: Reply) -> Response {
    let (events, mut told) = mpsc::channel(PAINTING.len());
    tokio::spawn(async move {
        tokio::select! {
            () = events.closed() => {}
            () = shared.closed() => {}
            () = tell(&shared, ask, reference, &reply, &events) => {}
        }
    });
    let events = stream::poll_fn(move |cx| told.poll_recv(cx).map(|e| e.map(Ok::<_, Infallible>)));
    Sse::new(events)
        .keep_alive(KeepAlive::new().interval(KEEP_ALIVE).text("ping"))
        .into_response()
}

async fn tell(
    shared: &Shared,
    ask: Ask,
    reference: Option<RgbImage>,
    reply: &Reply,
    events: &mpsc::Sender<Event>,
) {
    // A send fails only when the client is gone, and then `streamed` ends this.
    let send = async |data: String| {
        let _ = events.send(Event::default().data(data)).await;
    };
    let words = if reference.is_some() {
        EDITING
    } else {
        PAINTING
    };
    let pause = shared.delay / (words.len() as u32 + 1);
    let lines = async {
        send(
            reply
                .chunk(&json!({"role": "assistant", "content": ""}))
                .to_string(),
        )
        .await;
        for line in words {
            sleep(pause).await;
            send(reply.chunk(&json!({"content": line})).to_string()).await;
        }
        sleep(pause).await;
    };
    let (url, ()) = tokio::join!(make(shared, ask, reference), lines);
    match url {
        Ok(url) => {
            send(reply.last_chunk(&url).to_string()).await;
            send("[DONE]".to_owned()).await;
        }
        Err(rejected) => send(rejected.body().to_string()).await,
    }
}

/// Paints, encodes, labels and shelves the picture; gives its URL.
async fn make(shared: &Shared, ask: Ask, reference: Option<RgbImage>) -> Result<String, Rejected> {
    let painters = Arc::clone(&shared.painters);
    let permit = painters.acquire_owned().await.map_err(|_| closing())?;
    let format = ask.format;
    let bytes = tokio::task::spawn_blocking(move || {
        // Held to the end of the painting, also when nobody waits for it any more.
        let _permit = permit;
        let painted = match &reference {
            Some(reference) => painter::edit(&ask.prompt, reference, ask.size),
            None => painter::paint(&ask.prompt, ask.size),
        };
        picture::encode_rgb(&painted, format, JPEG_QUALITY)
            .map(|bytes| picture::label(bytes, format.into(), PICTURE_TEXT))
    })
    .await
    .map_err(|_| broken("the painter stopped"))?
    .map_err(|e| broken(&e.to_string()))?;
    Ok(format!(
        "{}/{}",
        shared.files,
        shared.shelf.put(bytes, format)
    ))
}

fn broken(message: &str) -> Rejected {
    Rejected::server(StatusCode::INTERNAL_SERVER_ERROR, message)
}

fn closing() -> Rejected {
    Rejected::server(
        StatusCode::SERVICE_UNAVAILABLE,
        "the demo endpoint is closing",
    )
}

/// What every object of one answer repeats.
#[derive(Debug)]
struct Reply {
    id: String,
    /// Seconds since 1970.
    created: u64,
    model: String,
}

impl Reply {
    fn chunk(&self, delta: &Value) -> Value {
        json!({
            "id": self.id,
            "object": "chat.completion.chunk",
            "created": self.created,
            "model": self.model,
            "choices": [{"index": 0, "delta": delta, "finish_reason": null}],
        })
    }

    /// The document's response example: content, finish reason and `media.outputs` in one object.
    fn last_chunk(&self, url: &str) -> Value {
        let mut chunk = self.chunk(&json!({"role": "assistant", "content": url}));
        chunk["choices"][0]["finish_reason"] = json!("stop");
        chunk["media"] = json!({"outputs": [url]});
        chunk
    }

    /// The form without a stream. No model ran, so no tokens were used.
    fn whole(&self, url: &str) -> Value {
        json!({
            "id": self.id,
            "object": "chat.completion",
            "created": self.created,
            "model": self.model,
            "choices": [{
                "index": 0,
                "message": {"role": "assistant", "content": url},
                "finish_reason": "stop",
            }],
            "media": {"outputs": [url]},
            "usage": {"prompt_tokens": 0, "completion_tokens": 0, "total_tokens": 0},
        })
    }
}

#[cfg(test)]
mod tests {
    use std::net::{Ipv4Addr, SocketAddr};

    use tokio::sync::watch;
    use tokio::time::timeout;

    use super::*;
    use crate::demo::Options;
    use crate::domain::{Catalog, OutputFormat, PixelSize};

    #[tokio::test]
    async fn a_client_that_goes_away_ends_its_stream() {
        let (_open, still_open) = watch::channel(());
        let options = Options {
            delay: Duration::from_secs(600),
            ..Options::new(Catalog::default())
        };
        let address = SocketAddr::from((Ipv4Addr::LOCALHOST, 1));
        let shared = Shared::new(address, options, still_open);
        let ask = Ask {
            model: "NanoBanana".to_owned(),
            size: PixelSize::new(8, 8),
            format: OutputFormat::Png,
            prompt: "a cat".to_owned(),
            references: Vec::new(),
            stream: true,
        };
        let reply = Reply {
            id: String::new(),
            created: 0,
            model: ask.model.clone(),
        };
        let response = streamed(shared.clone(), ask, None, reply);
        assert_eq!(Arc::strong_count(&shared.files), 2, "its task holds one");
        drop(response);
        let gone = async {
            while Arc::strong_count(&shared.files) > 1 {
                tokio::task::yield_now().await;
            }
        };
        timeout(Duration::from_secs(10), gone).await.unwrap();
    }
}
