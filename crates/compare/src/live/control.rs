//! What a page may wish: pause, go on, and leave scenarios out.

use super::server::Shared;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::StatusCode;

/// `POST /pause`: no further measurement for now.
pub(super) async fn pause(State(shared): State<Shared>) -> StatusCode {
    shared.hub.pause(true);
    StatusCode::NO_CONTENT
}

/// `POST /resume`: go on.
pub(super) async fn resume(State(shared): State<Shared>) -> StatusCode {
    shared.hub.pause(false);
    StatusCode::NO_CONTENT
}

/// `POST /scenarios`: a JSON list of the names to keep.
pub(super) async fn scenarios(
    State(shared): State<Shared>,
    body: Bytes,
) -> Result<StatusCode, (StatusCode, String)> {
    let refused = |why: String| (StatusCode::BAD_REQUEST, why + "\n");
    let names = serde_json::from_slice(&body).map_err(|error| {
        refused(format!("the body is no JSON list of names of scenarios: {error}"))
    })?;
    shared.hub.keep(names).map_err(refused)?;
    Ok(StatusCode::NO_CONTENT)
}
