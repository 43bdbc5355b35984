//! A client that meets a case, and what came of it.

use super::verdict::UNLIMITED;
use harness::hostile::Seen;
use harness::hostile::http::{Case, Kind};
use harness::{DEADLINE, Finished, Launch};

/// A body longer than this is cut off, where one is expected to be.
const MOST: &str = "128k";

/// How to ask.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Way {
    Hand,
    Library,
}

impl Way {
    pub(crate) const BOTH: [Self; 2] = [Self::Hand, Self::Library];
}

/// A response, as it was printed.
#[derive(Debug, Default)]
pub(crate) struct Response {
    pub(crate) status: u16,
    /// Names in small letters, and values.
    pub(crate) fields: Vec<(String, Vec<u8>)>,
    pub(crate) body: Vec<u8>,
}

/// What came of a case.
#[derive(Debug)]
pub(crate) struct Met {
    pub(crate) way: Way,
    pub(crate) end: Finished,
    /// What the server saw, a value for each connection.
    pub(crate) seen: Vec<Seen>,
}

impl Met {
    /// Plays it to a client, which ends within its limits.
    pub(crate) fn new(case: &Case, way: Way) -> Self {
        let server = case.start();
        let url = format!("http://{}{}", server.addr(), case.path);
        let mut client = Launch::new(env!("CARGO_BIN_EXE_ch6-http-client"))
            .args(["--no-proxy", "-i", "-X", case.method])
            .deadline(DEADLINE)
            .keep(4 << 20);
        if way == Way::Hand {
            client = client.args(["--by-hand"]);
        }
        match case.kind {
            // Nothing comes however long one waits, so it need not be long.
            _ if UNLIMITED.contains(&case.name) && way == Way::Library => {
                client = client.args(["--max-time", "1"]);
            }
            Kind::Silent => client = client.args(["--max-time", "1"]),
            Kind::Endless | Kind::Bomb { .. } => client = client.args(["--max-filesize", MOST]),
            _ => {}
        }
        if case.sends > 0 {
            client = client.args(["-d", "@-"]).stdin(vec![b'x'; case.sends]);
        }
        let end = client.args(vec![url; case.requests]).run();
        Self { way, end, seen: server.seen() }
    }

    /// Each response that was printed: status, header lines, body.
    pub(crate) fn responses(&self, count: usize) -> Vec<Response> {
        let mut rest = &self.end.bytes[..];
        let mut responses = Vec::new();
        while !rest.is_empty() {
            let Some(end) = rest.windows(4).position(|four| four == b"\r\n\r\n") else { break };
            let mut lines = rest[..end].split(|byte| *byte == b'\n').map(<[u8]>::trim_ascii_end);
            let status = lines.next().and_then(|line| line.get(9..12)).unwrap_or_default();
            let status = String::from_utf8_lossy(status).parse().unwrap_or_default();
            let fields = lines.map(|line| {
                let colon = line.iter().position(|byte| *byte == b':').unwrap_or(line.len());
                let name = String::from_utf8_lossy(&line[..colon]).to_lowercase();
                (name, line.get(colon + 2..).unwrap_or_default().to_vec())
            });
            let fields = fields.collect();
            let body = &rest[end + 4..];
            // No body has a status line in it where several responses are asked for.
            let next = body.windows(9).position(|nine| nine == b"HTTP/1.1 ").filter(|_| count > 1);
            let len = next.unwrap_or(body.len());
            responses.push(Response { status, fields, body: body[..len].to_vec() });
            rest = &body[len..];
        }
        responses
    }

    /// The exit code.
    pub(crate) fn code(&self) -> i32 {
        self.end.status.code().unwrap_or(-1)
    }

    /// For the table: the error, or what was read.
    pub(crate) fn summary(&self) -> String {
        match self.end.stderr.lines().last() {
            Some(error) => {
                let words = error.split_once("/: ").map_or(error, |(_, words)| words);
                format!(
                    "{}: {}",
                    self.code(),
                    words.rsplit_once(" (").map_or(words, |(words, _)| words)
                )
            }
            None => {
                let Response { status, body, .. } = self.responses(1).pop().unwrap_or_default();
                format!("{status}, {} bytes", body.len())
            }
        }
    }
}
