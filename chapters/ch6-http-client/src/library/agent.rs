//! The settings, and the client that is built from them: for one request that blocks, and for many at once.

use crate::failure::{Failure, Kind};
use crate::url::{Url, is_http, shown};
use reqwest::redirect::{Attempt, Policy};
use reqwest::{Certificate, ClientBuilder, Proxy};
use std::fmt;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// Who we say that we are.
pub const USER_AGENT: &str = env!("CARGO_PKG_NAME");
/// `--connect-timeout` when nothing is said: for the look-up of the name, the handshake, and TLS.
pub const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);
/// `--read-timeout` when nothing is said: how long the server may be silent.
pub const READ_TIMEOUT: Duration = Duration::from_secs(30);
/// `--max-redirs` when nothing is said.
pub const MAX_REDIRECTS: usize = 10;

/// How to ask.
#[derive(Clone, Debug)]
pub struct Settings {
    /// The field `User-Agent`.
    pub user_agent: String,
    /// How long connecting may take.
    pub connect_timeout: Duration,
    /// How long the server may be silent.
    pub read_timeout: Duration,
    /// How long one request may take in all, redirects and body included.
    pub max_time: Option<Duration>,
    /// How many redirects are followed; with 0, a redirect is shown like any other response.
    pub max_redirects: usize,
    /// Whom to ask instead.
    pub proxy: Proxies,
    /// Certificates of authorities to trust beside those of the system, in PEM.
    pub cacert: Option<PathBuf>,
    /// Keep cookies from one response to the next request?
    pub cookies: bool,
    /// Ask for compression, and undo it?
    pub decode: bool,
    /// Keep connections for the next request?
    pub reuse: bool,
    /// Follow no redirect to another host? What was told one host, such as a `Host` of one's own, is not for another.
    pub one_host: bool,
}

/// Which proxy is asked.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Proxies {
    /// The one that the environment names: `http_proxy`, `https_proxy`, `all_proxy`, and `no_proxy` for exceptions; or
    /// the same in capital letters.
    #[default]
    Environment,
    /// None.
    Direct,
    /// This one, for everything.
    All(Url),
}

/// The variables that name a proxy; in capital letters they do too.
const VARIABLES: [&str; 3] = ["http_proxy", "https_proxy", "all_proxy"];

impl fmt::Display for Proxies {
    /// Says in one line which proxy is asked.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let is_set = |name: &&&str| {
            [name.to_string(), name.to_uppercase()]
                .iter()
                .any(|name| std::env::var_os(name).is_some())
        };
        match self {
            Self::Direct => f.write_str("no proxy is asked"),
            Self::All(url) => write!(f, "the proxy {} is asked", shown(url)),
            Self::Environment => match VARIABLES.iter().find(is_set) {
                Some(name) => write!(f, "the environment may name a proxy, by {name}"),
                None => f.write_str("the environment names no proxy"),
            },
        }
    }
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            user_agent: USER_AGENT.into(),
            connect_timeout: CONNECT_TIMEOUT,
            read_timeout: READ_TIMEOUT,
            max_time: None,
            max_redirects: MAX_REDIRECTS,
            proxy: Proxies::default(),
            cacert: None,
            cookies: false,
            decode: true,
            reuse: true,
            one_host: false,
        }
    }
}

impl Settings {
    /// A client for many requests at once, with this policy for redirects.
    ///
    /// # Errors
    ///
    /// A certificate cannot be read, or the settings make no client.
    pub fn client(&self, redirects: Policy) -> Result<reqwest::Client, Failure> {
        self.builder(redirects)?.build().map_err(|error| unusable(&error))
    }

    /// The same for one request after the other: it has a thread of its own inside, on which the coroutines run. `note`
    /// is told of each redirect that is followed.
    ///
    /// # Errors
    ///
    /// As for [`Settings::client`].
    pub fn blocking(
        &self,
        note: impl Fn(&Url) + Send + Sync + 'static,
    ) -> Result<reqwest::blocking::Client, Failure> {
        let redirects = self.redirects_noted(note);
        let builder = reqwest::blocking::ClientBuilder::from(self.common(redirects)?);
        // What is called a timeout here bounds the wait for the head, and then each read (of 0.13.5). `read_timeout`
        // must not be set: its timer would be made on our thread, where no runtime is, and that is a panic.
        // A server that keeps the coroutines' thread busy keeps it from its timers too; this one is ours.
        let timeout = self.max_time.unwrap_or(Duration::MAX).min(self.read_timeout);
        builder.timeout(timeout).build().map_err(|error| unusable(&error))
    }

    /// Follows as many redirects as the settings allow, to `http` and `https` only.
    pub fn redirects(&self) -> Policy {
        self.redirects_noted(|_| {})
    }

    fn redirects_noted(&self, note: impl Fn(&Url) + Send + Sync + 'static) -> Policy {
        let (most, one_host) = (self.max_redirects, self.one_host);
        match most {
            0 => Policy::none(),
            _ => Policy::custom(move |attempt| match refused(&attempt, most, one_host) {
                Some(failure) => attempt.error(Refused(failure)),
                None => {
                    note(attempt.url());
                    attempt.follow()
                }
            }),
        }
    }

    /// The same as [`Settings::client`], before it is built: for what only one program wants.
    ///
    /// # Errors
    ///
    /// A certificate cannot be read, or the settings make no client.
    pub fn builder(&self, redirects: Policy) -> Result<ClientBuilder, Failure> {
        self.common(redirects).map(|builder| builder.read_timeout(self.read_timeout))
    }

    fn common(&self, redirects: Policy) -> Result<ClientBuilder, Failure> {
        let mut builder = reqwest::Client::builder()
            .user_agent(&self.user_agent)
            .connect_timeout(self.connect_timeout)
            .redirect(redirects)
            .cookie_store(self.cookies)
            // Where somebody was before is not the next server's business.
            .referer(false);
        if let Some(max_time) = self.max_time {
            builder = builder.timeout(max_time);
        }
        if !self.decode {
            builder = builder.no_gzip().no_brotli().no_deflate().no_zstd();
        }
        if !self.reuse {
            builder = builder.pool_max_idle_per_host(0);
        }
        builder = match &self.proxy {
            Proxies::Environment => builder,
            Proxies::Direct => builder.no_proxy(),
            Proxies::All(url) => {
                builder.proxy(Proxy::all(url.clone()).map_err(|error| unusable(&error))?)
            }
        };
        if let Some(path) = &self.cacert {
            builder = builder.tls_certs_merge(certificates(path)?);
        }
        Ok(builder)
    }
}

/// Why a redirect is not followed.
#[derive(Debug)]
pub struct Refused(pub Failure);

impl fmt::Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl std::error::Error for Refused {}

fn refused(attempt: &Attempt<'_>, most: usize, one_host: bool) -> Option<Failure> {
    // The first of the previous ones is what was asked for.
    let redirects = attempt.previous().len();
    if !is_http(attempt.url()) {
        Some(other_scheme(attempt.url()))
    } else if redirects > most {
        let what = format!("stopped at {}", shown(attempt.url()));
        Some(Failure::new(Kind::Redirects, what, format_args!("more than {most} redirects")))
    } else if one_host && attempt.previous().iter().any(|url| !is_same_origin(url, attempt.url())) {
        let what = format!("will not follow a redirect to {}", shown(attempt.url()));
        Some(Failure::new(Kind::Redirects, what, "-H Host is for one host only"))
    } else {
        None
    }
}

fn is_same_origin(a: &Url, b: &Url) -> bool {
    a.origin() == b.origin()
}

pub(super) fn other_scheme(target: &Url) -> Failure {
    let what = format!("will not follow a redirect to {}", shown(target));
    Failure::new(Kind::Scheme, what, "only http and https are followed")
}

fn certificates(path: &Path) -> Result<Vec<Certificate>, Failure> {
    let tried = format!("cannot use the certificates in {}", path.display());
    let failed = |why: &dyn fmt::Display| Failure::new(Kind::Read, &tried, why);
    let pem = std::fs::read(path).map_err(|error| failed(&common::log::reason(&error)))?;
    match Certificate::from_pem_bundle(&pem) {
        Ok(none) if none.is_empty() => Err(failed(&"there is no certificate in it")),
        Ok(some) => Ok(some),
        Err(error) => Err(failed(&super::errors::causes(&error))),
    }
}

/// The library cannot be set up like this.
pub fn unusable(error: &reqwest::Error) -> Failure {
    Failure::new(Kind::Own, "cannot set up the HTTP library", super::errors::causes(error))
}
