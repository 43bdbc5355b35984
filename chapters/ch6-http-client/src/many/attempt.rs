//! One request, to the last byte of its response.

use super::flags::Options;
use crate::failure::{Failure, Kind};
use crate::library::{Settings, agent, errors};
use crate::retry::{self, Outcome};
use crate::url::Url;
use reqwest::header::RETRY_AFTER;
use reqwest::{Client, Method, Response};
use std::sync::OnceLock;
use std::time::{Duration, Instant};

/// A connection that was not used for so long is closed. Otherwise each of ten thousand hosts would leave one behind.
const IDLE: Duration = Duration::from_secs(5);

/// The clients that ask.
#[derive(Debug)]
pub struct Clients {
    settings: Settings,
    /// Keeps its connections for the next request.
    keeping: Client,
    /// Makes a new connection for each request. Most runs never need it, and a client takes milliseconds to make.
    fresh: OnceLock<Client>,
}

impl Clients {
    /// Clients with these settings.
    ///
    /// # Errors
    ///
    /// A certificate cannot be read, or the settings make no client.
    pub fn new(settings: &Settings) -> Result<Self, Failure> {
        let builder = settings.builder(settings.redirects())?.pool_idle_timeout(IDLE);
        let keeping = builder.build().map_err(|error| agent::unusable(&error))?;
        Ok(Self { settings: settings.clone(), keeping, fresh: OnceLock::new() })
    }

    fn fresh(&self) -> Result<&Client, Failure> {
        if let Some(client) = self.fresh.get() {
            return Ok(client);
        }
        let settings = Settings { reuse: false, ..self.settings.clone() };
        let client = settings.client(settings.redirects())?;
        Ok(self.fresh.get_or_init(|| client))
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
    let mut seen = Seen::default();
    let result = exchange(clients, url, options, lost, &mut seen).await;
    let Seen { retry_after, bytes, is_lost } = seen;
    let took = lost.unwrap_or_default() + began.elapsed();
    Attempt { result, retry_after, bytes, took, is_lost, is_second: lost.is_some() }
}

/// What is known of an exchange, however it ends.
#[derive(Default)]
struct Seen {
    retry_after: Option<Duration>,
    bytes: u64,
    is_lost: bool,
}

async fn exchange(
    clients: &Clients,
    url: &Url,
    options: &Options,
    lost: Option<Duration>,
    seen: &mut Seen,
) -> Result<u16, Failure> {
    let client = if lost.is_some() { clients.fresh()? } else { &clients.keeping };
    let mut request = client.request(options.method.clone(), url.clone());
    if let Some(max_time) = options.settings.max_time {
        request = request.timeout(max_time.saturating_sub(lost.unwrap_or_default()));
    }
    for (name, value) in &options.fields {
        request = request.header(name, &value[..]);
    }
    let response = request.send().await.map_err(|error| {
        let failure = errors::failure(url, &error);
        seen.is_lost = failure.kind.is_lost();
        failure
    })?;
    seen.retry_after = retry::asked(response.headers().get(RETRY_AFTER));
    let status = response.status();
    options.settings.check(response.url(), status, response.headers())?;
    drain(response, url, options, &mut seen.bytes).await?;
    Ok(status.as_u16())
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
