//! The thread that serves: a runtime of its own, and who may ask for what.

use super::guard::{self, Guard};
use super::guests::Guests;
use super::hub::Hub;
use super::{control, events, page};
use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::middleware;
use axum::routing::{get, post};
use std::future::IntoFuture as _;
use std::net::{SocketAddr, TcpListener};
use std::sync::Arc;
use std::time::Duration;
use tokio::runtime::Runtime;
use tokio::sync::{Semaphore, oneshot};

/// So many pages may follow the run at a time; further ones are told 503.
const MOST_PAGES: usize = 16;
/// A list of scenarios is longer than this only if somebody means harm.
const MOST_BODY: usize = 64 * 1024;
/// So long a stop waits for pages that still read.
pub(super) const GRACE: Duration = Duration::from_secs(2);

/// What each request is answered from.
#[derive(Clone, Debug)]
pub(super) struct Shared {
    /// What the run and the pages share.
    pub(super) hub: Arc<Hub>,
    /// The seats of those who follow.
    pub(super) seats: Arc<Semaphore>,
}

/// Serves until `stopped`, or until whoever could stop it is gone.
pub(super) fn serve(
    runtime: &Runtime,
    listener: TcpListener,
    addr: SocketAddr,
    hub: Arc<Hub>,
    stopped: oneshot::Receiver<()>,
) {
    let app = app(Shared { hub, seats: Arc::new(Semaphore::new(MOST_PAGES)) }, Guard::new(addr));
    runtime.block_on(async move {
        // It fails only without a reactor, and this runtime has one; a run without its page is still a run.
        let Ok(listener) = tokio::net::TcpListener::from_std(listener) else { return };
        let (ended, end) = oneshot::channel::<()>();
        let serving = axum::serve(Guests::new(listener), app).with_graceful_shutdown(async move {
            let _ = end.await;
        });
        let serving = tokio::spawn(serving.into_future());
        let _ = stopped.await;
        drop(ended);
        let _ = tokio::time::timeout(GRACE, serving).await;
    });
}

fn app(shared: Shared, guard: Guard) -> Router {
    Router::new()
        .route("/", get(page::index))
        .route("/{name}", get(page::asset))
        .route("/events", get(events::events))
        .route("/pause", post(control::pause))
        .route("/resume", post(control::resume))
        .route("/scenarios", post(control::scenarios))
        .layer(DefaultBodyLimit::max(MOST_BODY))
        .layer(middleware::from_fn_with_state(guard, guard::guard))
        .with_state(shared)
}
