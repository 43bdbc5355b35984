//! The page itself: files that were compiled in, so that the program is one file and nothing is read at run time.

use axum::extract::Path;
use axum::http::StatusCode;
use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse as _, Response};

/// A file of the page.
struct Asset {
    name: &'static str,
    kind: &'static str,
    bytes: &'static [u8],
}

macro_rules! asset {
    ($name:literal, $kind:literal, $path:literal) => {
        Asset { name: $name, kind: $kind, bytes: include_bytes!(concat!("../../assets/", $path)) }
    };
}

const INDEX: Asset = asset!("index.html", "text/html; charset=utf-8", "live/index.html");

const ASSETS: [Asset; 10] = [
    asset!("page.js", "text/javascript; charset=utf-8", "live/page.js"),
    asset!("race.js", "text/javascript; charset=utf-8", "live/race.js"),
    asset!("lanes.js", "text/javascript; charset=utf-8", "live/lanes.js"),
    asset!("standing.js", "text/javascript; charset=utf-8", "live/standing.js"),
    asset!("chart.js", "text/javascript; charset=utf-8", "live/chart.js"),
    asset!("words.js", "text/javascript; charset=utf-8", "live/words.js"),
    asset!("style.css", "text/css; charset=utf-8", "live/style.css"),
    asset!("icon.svg", "image/svg+xml", "live/icon.svg"),
    asset!("uplot.js", "text/javascript; charset=utf-8", "vendor/uplot/uPlot.esm.js"),
    asset!("uplot.css", "text/css; charset=utf-8", "vendor/uplot/uPlot.min.css"),
];

/// `GET /`.
pub(super) async fn index() -> Response {
    reply(&INDEX)
}

/// `GET /NAME`.
pub(super) async fn asset(Path(name): Path<String>) -> Response {
    match ASSETS.iter().find(|asset| asset.name == name) {
        Some(asset) => reply(asset),
        None => (StatusCode::NOT_FOUND, "there is no such file\n").into_response(),
    }
}

fn reply(asset: &Asset) -> Response {
    ([(CONTENT_TYPE, asset.kind)], asset.bytes).into_response()
}
