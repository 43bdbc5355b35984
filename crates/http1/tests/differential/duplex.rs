//! hyper and our sessions at the two ends of a pipe in memory.

use http_body_util::BodyExt;
use http1::{Limits, Reply, Request, Server};
use hyper::body::{Body, Bytes, Frame, Incoming, SizeHint};
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use session::simulate::{Pace, Step, simulate};
use session::{Input, Session, Want};
use std::collections::VecDeque;
use std::convert::Infallible;
use std::io;
use std::pin::Pin;
use std::sync::{Arc, Mutex, mpsc};
use std::task::{Context, Poll};
use std::time::{Duration, Instant};
use tokio::io::{AsyncReadExt, AsyncWriteExt, DuplexStream};

/// Runs `test` with a deadline that is generous, and only bounds a failure: two ends that wait for each other.
#[expect(clippy::disallowed_methods, reason = "a test that hangs must fail")]
pub(crate) fn bounded(test: impl FnOnce() + Send + 'static) {
    let (done, end) = mpsc::channel();
    let tested = std::thread::spawn(move || {
        test();
        // Nobody listens any more only if the time is over.
        let _ = done.send(());
    });
    match end.recv_timeout(Duration::from_secs(120)) {
        Err(mpsc::RecvTimeoutError::Timeout) => panic!("after 120 s the two ends still wait"),
        _ => tested.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)),
    }
}

/// Runs `future` on a runtime of its own.
pub(crate) fn block_on<T>(future: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(future)
}

/// Drives a session over one end of the pipe, at most `chunk` bytes at a time. Time stands still, except to sleep.
pub(crate) async fn drive(
    session: &mut impl Session,
    stream: &mut DuplexStream,
    chunk: usize,
    start: Instant,
) -> io::Result<()> {
    let (mut buffer, mut now) = (vec![0; chunk], start);
    loop {
        let input = match session.want() {
            Want::Write { bytes, .. } => {
                Input::Wrote(stream.write(&bytes[..bytes.len().min(chunk)]).await?)
            }
            Want::Read { .. } => match stream.read(&mut buffer).await? {
                0 => Input::Eof,
                n => Input::Received(&buffer[..n]),
            },
            Want::Sleep { until } => {
                now = now.max(until);
                Input::Tick
            }
            Want::Close => return stream.shutdown().await,
        };
        session.handle(input, now);
    }
}

/// A body in so many parts: hyper does not know its length, and sends it in chunks.
#[derive(Clone, Debug)]
pub(crate) struct Parts(VecDeque<Bytes>);

impl Parts {
    pub(crate) fn of(bytes: &[u8], size: usize) -> Self {
        Self(bytes.chunks(size.max(1)).map(Bytes::copy_from_slice).collect())
    }
}

impl Body for Parts {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        Poll::Ready(self.0.pop_front().map(|part| Ok(Frame::data(part))))
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::default()
    }
}

/// A request as an application sees it: method, path with query, body.
pub(crate) type Seen = (String, String, Vec<u8>);

/// The requests that our server sees in `bytes`, and whether it refused anything.
pub(crate) fn seen_by_us(bytes: &[u8], start: Instant, pace: &Pace) -> (Vec<Seen>, bool) {
    let seen = std::cell::RefCell::new(Vec::new());
    let app = |request: &Request<'_>| {
        let query = request.query.map(|query| format!("?{query}")).unwrap_or_default();
        let path = format!("{}{query}", request.path);
        seen.borrow_mut().push((request.method.to_string(), path, request.body.to_vec()));
        Reply::text("").with("X-Answered", "yes")
    };
    let mut server = Server::new(app, Limits::default(), start, std::time::SystemTime::UNIX_EPOCH);
    let heard = simulate(&mut server, &[Step::Send(bytes), Step::HalfClose], pace, start);
    let count = |what: &[u8]| heard.bytes.windows(what.len()).filter(|at| at == &what).count();
    let refused = count(b"HTTP/1.1 ") - count(b"HTTP/1.1 100 ") > count(b"X-Answered: yes");
    (seen.into_inner(), refused)
}

/// The requests that hyper's server sees whole in `bytes`.
pub(crate) fn seen_by_hyper(bytes: &[u8]) -> Vec<Seen> {
    let seen = Arc::new(Mutex::new(Vec::new()));
    let service = {
        let seen = Arc::clone(&seen);
        service_fn(move |request: hyper::Request<Incoming>| {
            let seen = Arc::clone(&seen);
            async move {
                let method = request.method().to_string();
                let path = request.uri().path_and_query().map(ToString::to_string);
                if let Ok(body) = request.into_body().collect().await {
                    let body = body.to_bytes().to_vec();
                    seen.lock().unwrap().push((method, path.unwrap_or_default(), body));
                }
                Ok::<_, Infallible>(hyper::Response::new(String::new()))
            }
        })
    };
    block_on(async {
        // Room for everything, so that neither end waits for the other.
        let (mut ours, theirs) = tokio::io::duplex(1 << 20);
        ours.write_all(bytes).await.unwrap();
        ours.shutdown().await.unwrap();
        let mut builder = hyper::server::conn::http1::Builder::new();
        // That it fails on bad requests is its good right.
        let _ = builder.half_close(true).serve_connection(TokioIo::new(theirs), service).await;
    });
    std::mem::take(&mut seen.lock().unwrap())
}
