//! The flags that all programs of this chapter have, because they are the library's.

use super::agent::{Proxies, Settings};
use crate::failure::Failure;
use crate::url;
use crate::values::{file, number, seconds, text};
use lexopt::Parser;

/// `--help` about them.
pub const HELP: &str =
    "  --connect-timeout SECONDS  for the look-up of the name, the handshake and TLS [10]
  --read-timeout SECONDS     for the head of a response, and then for each further piece [30]
  --max-redirs N             how many redirects are followed; 0 follows none [10]
  -x, --proxy URL            ask this proxy [what http_proxy, https_proxy, all_proxy, no_proxy say]
  --no-proxy                 ask no proxy
  --cacert FILE              trust these authorities too (PEM)
  -A, --user-agent TEXT      who we say that we are
";

impl Settings {
    /// Takes the flag's value, if it is one of these.
    ///
    /// # Errors
    ///
    /// The value is missing or wrong.
    pub fn take(&mut self, flag: &str, parser: &mut Parser) -> Result<bool, Failure> {
        match flag {
            "connect-timeout" => self.connect_timeout = seconds(flag, parser)?,
            "read-timeout" => self.read_timeout = seconds(flag, parser)?,
            "max-redirs" => self.max_redirects = number(flag, parser, 0..=50)?,
            "proxy" => self.proxy = Proxies::All(url::parse(&text(parser)?)?),
            "no-proxy" => self.proxy = Proxies::Direct,
            "cacert" => self.cacert = Some(file(parser)?),
            "user-agent" => self.user_agent = text(parser)?,
            _ => return Ok(false),
        }
        Ok(true)
    }
}
