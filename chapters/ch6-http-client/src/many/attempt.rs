//! One request, to the last byte of its response.

use super::flags::Options;
use crate::failure::{Failure, Kind};
use crate::library::{Settings, agent, errors};
use crate::retry::{self, Outcome};
use crate::url::Url;
use reqwest::header::RETRY_AFTER;
use reqwest::{Client, Method, Response};
use std::time::{Duration, Instant, SystemTime};

/// A connection that was not used for so long is closed. Otherwise each of ten thousand hosts would leave one behind.
const IDLE: Duration = Duration::from_secs(5);

/// The clients that ask.
#[derive(Clone, Debug)]
pub struct Clients {
    /// Keeps its connections for the next request.
    keeping: Client,
    /// Makes a new connection for each request.
    fresh: Client,
}

impl Clients {
    /// Both, with these settings.
    ///
    /// # Errors
    ///
    /// A certificate cannot be read, or the settings make no client.
    pub fn new(settings: &Settings) -> Result<Self, Failure> {
        let builder = || settings.builder(settings.redirects());
        let [keeping, fresh] =
            [builder()?.pool_idle_timeout(IDLE), builder()?.pool_max_idle_per_host(0)]
                .map(|builder| builder.build().map_err(|error| agent::unusable(&error)));
        Ok(Self { keeping: keeping?, fresh: fresh? })
    }
}

/// What came of an attempt.
#[derive(Clone, Debug)]
pub struct Attempt {
    /// The status, or why there is none, or not all of the body.
    pub result: Result<u16, Failure>,
    /// What `Retry-After` asks for.
    pub retry_after: Option<Duration>,
    /// Bytes of the body, after decompression.
    pub bytes: u64,
    /// From the request to the last byte.
    pub took: Duration,
    /// Was the connection lost before a response began?
    pub is_lost: bool,
    /// Was it asked on a new connection, after another one was lost?
    pub is_second: bool,
}

impl Attempt {
    /// The same in the words of the retry policy.
    pub fn outcome(&self) -> Outcome {
        match &self.result {
            Ok(code) => Outcome::Status { code: *code, retry_after: self.retry_after },
            Err(failure) => Outcome::Failed(failure.kind),
        }
    }
}

/// Asks for a URL, and reads the body, which nobody keeps: a connection can be used again only when it is empty.
///
/// `lost` is the time that has gone by on a connection that was lost. Then this one is new: the pool may have others
/// like that.
pub async fn attempt(
    clients: &Clients,
    url: &Url,
    options: &Options,
    lost: Option<Duration>,
) -> Attempt {
    let began = Instant::now();
    let (client, before) = match lost {
        Some(before) => (&clients.fresh, before),
        None => (&clients.keeping, Duration::ZERO),
    };
    let mut request = client.request(options.method.clone(), url.clone());
    if let Some(max_time) = options.settings.max_time {
        request = request.timeout(max_time.saturating_sub(before));
    }
    for (name, value) in &options.fields {
        request = request.header(name, &value[..]);
    }
    let (mut bytes, mut retry_after, mut is_lost) = (0, None, false);
    let result = match request.send().await {
        Ok(response) => {
            let asked = response.headers().get(RETRY_AFTER);
            retry_after =
                asked.and_then(|value| retry::retry_after(value.as_bytes(), SystemTime::now()));
            let status = response.status();
            match options.settings.check(response.url(), status, response.headers()) {
                Ok(()) => drain(response, url, options, &mut bytes).await.map(|()| status.as_u16()),
                Err(failure) => Err(failure),
            }
        }
        Err(error) => {
            let failure = errors::failure(url, &error);
            is_lost = failure.kind.is_lost();
            Err(failure)
        }
    };
    let took = before + began.elapsed();
    Attempt { result, retry_after, bytes, took, is_lost, is_second: lost.is_some() }
}

/// Reads a body to its end or to the limit, and counts it.
async fn drain(
    mut response: Response,
    url: &Url,
    options: &Options,
    bytes: &mut u64,
) -> Result<(), Failure> {
    let most = options.max_filesize;
    let too_large = || {
        let happened = format!("the body is longer than {most} bytes");
        Failure::new(Kind::TooLarge, "stopped reading", happened)
    };
    // What a response to HEAD declares does not come.
    if options.method != Method::HEAD && response.content_length() > Some(most) {
        return Err(too_large());
    }
    while let Some(chunk) = response.chunk().await.map_err(|error| errors::failure(url, &error))? {
        *bytes += chunk.len() as u64;
        if *bytes > most {
            return Err(too_large());
        }
    }
    Ok(())
}
