//! `GET /events`: the story from the start, or from where a page was, and then whatever comes (server-sent events).

use super::hub::{Hub, News};
use super::server::Shared;
use super::story::Entry;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::sse::{Event, KeepAlive, Sse};
use axum::response::{IntoResponse as _, Response};
use futures_util::stream::{self, Stream};
use std::collections::VecDeque;
use std::convert::Infallible;
use std::sync::Arc;
use tokio::sync::{OwnedSemaphorePermit, watch};

/// So many events are copied at a time, so that the run never waits long for the lock.
const AT_A_TIME: usize = 256;

/// Starts to follow, if there is a seat.
pub(super) async fn events(State(shared): State<Shared>, headers: HeaderMap) -> Response {
    let Ok(seat) = shared.seats.try_acquire_owned() else {
        let what = "as many pages follow the run as may: close one of them\n";
        return (StatusCode::SERVICE_UNAVAILABLE, what).into_response();
    };
    let last = headers.get("last-event-id").and_then(|id| id.to_str().ok());
    let reader = Reader {
        number: last.and_then(|id| read(id, shared.hub.run())).unwrap_or(0),
        news: shared.hub.news(),
        hub: shared.hub,
        ahead: VecDeque::new(),
        _seat: seat,
    };
    Sse::new(reader.stream()).keep_alive(KeepAlive::default()).into_response()
}

/// The number in an id of this run; any other id means that the page knows nothing of it.
fn read(id: &str, run: u64) -> Option<u64> {
    let (of, number) = id.split_once('-')?;
    (u64::from_str_radix(of, 16) == Ok(run)).then(|| number.parse().ok())?
}

/// A page that follows. What it has not read yet stays in the story, so one that reads slowly costs no memory.
struct Reader {
    hub: Arc<Hub>,
    news: watch::Receiver<News>,
    /// The last event that was taken.
    number: u64,
    ahead: VecDeque<Entry>,
    _seat: OwnedSemaphorePermit,
}

impl Reader {
    fn stream(self) -> impl Stream<Item = Result<Event, Infallible>> {
        stream::unfold(self, |mut reader| async move {
            let entry = reader.next().await?;
            let id = format!("{:x}-{}", reader.hub.run(), entry.number);
            Some((Ok(Event::default().id(id).data(&*entry.text)), reader))
        })
    }

    /// The next event, when there is one; `None` when all is told and nothing more will come.
    async fn next(&mut self) -> Option<Entry> {
        while self.ahead.is_empty() {
            // What is told after this is news, so nothing falls between the look and the wait.
            let news = *self.news.borrow_and_update();
            self.ahead = self.hub.after(self.number, AT_A_TIME).into();
            if self.ahead.is_empty() && (news.closed || self.news.changed().await.is_err()) {
                return None;
            }
        }
        let entry = self.ahead.pop_front()?;
        self.number = entry.number;
        Some(entry)
    }
}

#[cfg(test)]
mod tests {
    use super::read;

    #[test]
    fn an_id_of_another_run_is_not_ours() {
        assert_eq!(read("ff-12", 255), Some(12));
        for id in ["fe-12", "12", "", "-", "ff-", "ff-x", "ff--1", "zz-1"] {
            assert_eq!(read(id, 255), None, "{id}");
        }
    }
}
