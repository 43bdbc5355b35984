//! One exchange, by library.

use super::{Settings, errors};
use crate::failure::{Failure, Kind};
use crate::request::Request;
use crate::response::{Body, Head, Receiver};
use crate::url::{Url, shown};
use reqwest::Method;
use reqwest::blocking::{Client, Response};
use std::io::{self, Read};
use std::mem::ManuallyDrop;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// Bytes that are asked for at once.
const READ: usize = 64 * 1024;

/// A client that asks for one thing after the other.
#[derive(Debug)]
pub struct Asker {
    /// Never dropped: that would wait for its thread, which may be busy with what a hostile server sends.
    client: ManuallyDrop<Client>,
    settings: Settings,
    /// Where a redirect has sent us.
    sent_on: Arc<Mutex<Option<Url>>>,
}

impl Asker {
    /// A client with these settings.
    ///
    /// # Errors
    ///
    /// A certificate cannot be read, or the settings make no client.
    pub fn new(settings: &Settings) -> Result<Self, Failure> {
        let sent_on: Arc<Mutex<Option<Url>>> = Arc::default();
        let noted = sent_on.clone();
        let client = settings.blocking(move |url| *locked(&noted) = Some(url.clone()))?;
        let client = ManuallyDrop::new(client);
        Ok(Self { client, settings: settings.clone(), sent_on })
    }

    /// Asks, and hands the response on while it comes. Redirects have been followed by then. `left` is the time for it,
    /// if that is less than the settings allow.
    ///
    /// # Errors
    ///
    /// There is no whole response, or the receiver does not take it.
    pub fn get(
        &self,
        left: Option<Duration>,
        request: &Request,
        to: &mut impl Receiver,
    ) -> Result<(), Failure> {
        let method = Method::from_bytes(request.method.as_bytes()).map_err(|_| {
            Failure::usage(format_args!("-X takes a token, not '{}'", request.method))
        })?;
        let mut response = self.send(method, left, request).map_err(|error| {
            // The error names the place that was asked first, and not the one where it happened.
            match &*locked(&self.sent_on) {
                Some(there) => {
                    to.sent();
                    errors::failure(there, &error)
                }
                None => errors::failure(&request.url, &error),
            }
        })?;
        self.settings.check(response.url(), response.status(), response.headers())?;
        if to.head(head(&response))? == Body::Unwanted {
            return Ok(());
        }
        let mut buffer = vec![0; READ];
        loop {
            match response.read(&mut buffer) {
                Ok(0) => return Ok(()),
                Ok(n) => to.body(&buffer[..n])?,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(broken(request, &error)),
            }
        }
    }

    fn send(
        &self,
        method: Method,
        left: Option<Duration>,
        request: &Request,
    ) -> reqwest::Result<Response> {
        *locked(&self.sent_on) = None;
        let mut asked = self.client.request(method, request.url.clone());
        for (name, value) in &request.fields {
            asked = asked.header(name, &value[..]);
        }
        if let Some(body) = &request.body {
            asked = asked.body(body.to_vec());
        }
        // While a long body goes out, nothing comes in, and that is no silence.
        let is_long = request.body.is_some();
        if let Some(time) = left.or(self.settings.max_time.filter(|_| is_long)) {
            asked = asked.timeout(time);
        }
        asked.send()
    }
}

/// Nothing that could panic is done while it is held.
fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// What is known of the head: the library has read it, and writes the names in small letters.
fn head(response: &Response) -> Head {
    let fields = response.headers().iter();
    Head {
        version: format!("{:?}", response.version()),
        status: response.status().as_u16(),
        reason: response.status().canonical_reason().unwrap_or_default().into(),
        fields: fields
            .map(|(name, value)| (name.as_str().to_owned(), value.as_bytes().to_vec()))
            .collect(),
        length: response.content_length(),
    }
}

/// The blocking client's `Read` has wrapped reqwest's error once more.
fn broken(request: &Request, error: &io::Error) -> Failure {
    match error.get_ref().and_then(|inner| inner.downcast_ref::<reqwest::Error>()) {
        Some(error) => errors::failure(&request.url, error),
        None => {
            let tried = format!("cannot get {}", shown(&request.url));
            Failure::new(Kind::Receive, tried, common::log::reason(error))
        }
    }
}
