//! One request: asked, read as far as it is worth, and made an [`Answer`] of.
//!
//! Redirects are not followed here, and nothing is tried again but what may have met an idle connection that was just
//! being closed: each hop and each attempt is a request of its own, with the same rules as any other.

use super::answer::{Answer, Fault};
use super::charset;
use super::flags::Options;
use super::html::{self, asks_not_to_follow};
use super::normal::{LONGEST_URL, bounded, normal};
use super::robots::{self, Rules};
use crate::failure::{Failure, Kind};
use crate::library::doubt;
use crate::library::errors::{failure, kind};
use crate::retry::{self, Outcome};
use crate::url::{Url, is_http};
use reqwest::header::{CONTENT_TYPE, HeaderMap, HeaderName, LOCATION, RETRY_AFTER};
use reqwest::redirect::Policy;
use reqwest::{Client, Method, Response};
use std::time::{Duration, Instant};

/// A body of this length that nobody needs is read, because that is cheaper than another connection.
const CHEAP: u64 = 64 * 1024;
/// Bytes of a media type that are kept.
const LONGEST_MEDIA: usize = 100;
/// Redirects that are followed on the way to a robots.txt (RFC 9309 section 2.3.1.2).
const ROBOTS_HOPS: usize = 5;

/// Who asks.
#[derive(Clone, Debug)]
pub struct Fetcher {
    client: Client,
    max_size: usize,
    strip: Vec<String>,
    /// The rest between the hops on the way to a robots.txt.
    delay: Duration,
}

/// An answer, and what it means for another attempt.
#[derive(Debug)]
pub struct Fetched {
    /// The answer.
    pub answer: Answer,
    /// What came of it.
    pub outcome: Outcome,
}

/// What a host allows.
#[derive(Clone, Debug)]
pub enum Allowed {
    /// What the rules say.
    Rules(Rules),
    /// Nothing, because the rules cannot be had.
    Nothing(Fault),
}

impl Fetcher {
    /// Somebody who asks like this.
    ///
    /// # Errors
    ///
    /// A certificate cannot be read, or the settings make no client.
    pub fn new(options: &Options) -> Result<Self, Failure> {
        let client = options.settings.client(Policy::none())?;
        let (max_size, strip, delay) = (options.max_size, options.strip.clone(), options.delay);
        Ok(Self { client, max_size, strip, delay })
    }

    /// Fetches a page, and reads it if it is one. If the host has answered before, it is asked once more at once when
    /// there is no answer: the connection may have been an idle one, which it closed while the request was on its way.
    pub async fn page(&self, url: &Url, is_answering: bool) -> Fetched {
        self.ask(Method::GET, url, true, is_answering).await
    }

    /// Looks whether something is there. A server that does not know HEAD is asked by GET, after a rest.
    pub async fn check(&self, url: &Url, rest: Duration, is_answering: bool) -> Fetched {
        let fetched = self.ask(Method::HEAD, url, false, is_answering).await;
        if !matches!(fetched.answer.status, Some(405 | 501)) {
            return fetched;
        }
        tokio::time::sleep(rest).await;
        self.ask(Method::GET, url, false, true).await
    }

    async fn ask(&self, method: Method, url: &Url, is_read: bool, is_answering: bool) -> Fetched {
        let start = Instant::now();
        let mut answer = Answer { url: url.to_string(), ..Answer::default() };
        let send = || self.client.request(method.clone(), url.clone()).send();
        let mut response = send().await;
        if is_answering && response.as_ref().is_err_and(|error| kind(error).is_lost()) {
            response = send().await;
        }
        let outcome = match response {
            Err(error) => {
                answer.failure = Some(Fault::from(&failure(url, &error)));
                Outcome::Failed(kind(&error))
            }
            Ok(response) => self.read(response, url, is_read, &mut answer).await,
        };
        answer.ms = start.elapsed().as_millis() as u64;
        Fetched { answer, outcome }
    }

    async fn read(
        &self,
        response: Response,
        url: &Url,
        is_read: bool,
        answer: &mut Answer,
    ) -> Outcome {
        let (status, fields) = (response.status(), response.headers());
        answer.status = Some(status.as_u16());
        if let Err(failure) = doubt::check(url, status, fields) {
            answer.failure = Some(Fault::from(&failure));
            return Outcome::Failed(failure.kind);
        }
        let content_type = field(fields, &CONTENT_TYPE);
        answer.media = content_type.split(';').next().unwrap_or_default().trim().to_lowercase();
        answer.media.truncate(answer.media.floor_char_boundary(LONGEST_MEDIA));
        if matches!(status.as_u16(), 301 | 302 | 303 | 307 | 308) {
            let location = Some(field(fields, &LOCATION)).filter(|location| !location.is_empty());
            answer.location = location.map(|location| self.resolved(url, &location));
        }
        let name = HeaderName::from_static("x-robots-tag");
        answer.nofollow = fields
            .get_all(name)
            .iter()
            .any(|value| asks_not_to_follow(&String::from_utf8_lossy(value.as_bytes())));
        let asked = retry::asked(fields.get(RETRY_AFTER));
        let is_page = is_read
            && status.is_success()
            && matches!(&*answer.media, "text/html" | "application/xhtml+xml");
        if !is_page && response.content_length().is_none_or(|length| length > CHEAP) {
            // Dropping the response closes its connection: nothing more comes.
            return Outcome::Status { code: status.as_u16(), retry_after: asked };
        }
        let most = if is_page { self.max_size } else { CHEAP as usize };
        let (body, cut, broken) = body(response, most).await;
        answer.bytes = body.len() as u64;
        if let Some(error) = broken.filter(|_| is_page) {
            answer.failure = Some(Fault::from(&failure(url, &error)));
            return Outcome::Failed(kind(&error));
        }
        if is_page {
            let (text, charset) = charset::decode(&body, &content_type);
            let page = html::read(&text, url, &self.strip);
            answer.charset = Some(charset.into());
            answer.cut = cut || page.cut;
            answer.nofollow |= page.nofollow;
            (answer.title, answer.canonical, answer.links) =
                (page.title, page.canonical, page.links);
        }
        Outcome::Status { code: status.as_u16(), retry_after: asked }
    }

    /// Where a redirect leads to; as it stands there, if that is no URL of ours. Of a long one, the beginning.
    fn resolved(&self, url: &Url, location: &str) -> String {
        match url.join(location) {
            Ok(url) if is_http(&url) => bounded(normal(url, &self.strip)),
            Ok(url) => bounded(url),
            Err(_) => bounded(location),
        }
    }

    /// Fetches what a host allows (RFC 9309 section 2.3.1). Without a robots.txt it allows everything; when it cannot be
    /// had, nothing. That it may be had later (429) counts as the second.
    pub async fn robots(&self, host: &Url) -> (Allowed, Outcome) {
        let mut url = host.join("/robots.txt").unwrap_or_else(|_| host.clone());
        for _ in 0..=ROBOTS_HOPS {
            let response = match self.client.get(url.clone()).send().await {
                Ok(response) => response,
                Err(error) => return nothing(&url, &error),
            };
            let code = response.status().as_u16();
            let asked = retry::asked(response.headers().get(RETRY_AFTER));
            let outcome = Outcome::Status { code, retry_after: asked };
            let allowed = match code {
                200..300 => {
                    let (file, _, broken) = body(response, robots::LONGEST + 1).await;
                    match broken {
                        Some(error) => return nothing(&url, &error),
                        None => Allowed::Rules(Rules::parse(&file)),
                    }
                }
                300..400 => {
                    let location = field(response.headers(), &LOCATION);
                    let next = url.join(&location).ok().filter(|_| !location.is_empty());
                    match next.filter(|url| is_http(url) && url.as_str().len() <= LONGEST_URL) {
                        Some(next) => url = next,
                        None => return (Allowed::Rules(Rules::default()), outcome),
                    }
                    tokio::time::sleep(self.delay).await;
                    continue;
                }
                400..500 if code != 429 => Allowed::Rules(Rules::default()),
                _ => Allowed::Nothing(Fault::new(
                    Kind::Status,
                    format!("its robots.txt has status {code}"),
                )),
            };
            return (allowed, outcome);
        }
        // So many redirects are as good as no file.
        (Allowed::Rules(Rules::default()), Outcome::Status { code: 404, retry_after: None })
    }
}

fn nothing(url: &Url, error: &reqwest::Error) -> (Allowed, Outcome) {
    let failure = failure(url, error);
    let kind = failure.kind;
    (Allowed::Nothing(Fault::from(&failure)), Outcome::Failed(kind))
}

/// At most so much of a body; whether there was more; and what broke it.
async fn body(mut response: Response, most: usize) -> (Vec<u8>, bool, Option<reqwest::Error>) {
    let mut body = Vec::new();
    loop {
        match response.chunk().await {
            Ok(None) => return (body, false, None),
            Err(error) => return (body, false, Some(error)),
            Ok(Some(chunk)) => {
                let room = most - body.len();
                body.extend(&chunk[..chunk.len().min(room)]);
                if chunk.len() > room {
                    return (body, true, None);
                }
            }
        }
    }
}

fn field(fields: &HeaderMap, name: &HeaderName) -> String {
    let value = fields.get(name).map_or(&b""[..], |value| value.as_bytes());
    String::from_utf8_lossy(value).trim().to_owned()
}
