//! `--help`, with the table of failures.

use super::fetch::WINDOW;
use super::flags::{AT_ONCE, MAX_FILESIZE, MAX_TIME, MOST_AT_ONCE, PER_HOST, RETRIES};
use crate::failure::Kind;
use crate::library::flags::HELP as LIBRARY;
use crate::retry::Budget;
use std::io::Write;

/// Prints the help. Whoever closes standard output before it is whole has read enough.
pub fn print() {
    let _ = std::io::stdout().write_all(text().as_bytes());
}

/// The whole help.
pub fn text() -> String {
    let most = MAX_FILESIZE >> 20;
    let time = MAX_TIME.as_secs();
    let begin = Budget::TO_BEGIN_WITH;
    let mut text = format!(
        "\
fetch-many: fetches the URLs on standard input, many at once

Usage: fetch-many [OPTIONS] < URLS

A URL stands alone in its line; empty lines and lines that begin with # are passed over. For each URL one line is
printed: the status or `failed`, bytes of the body (after decompression), milliseconds, attempts, the URL, and what
went wrong. At the end standard error tells what all of it came to.

How many:
  --at-once N                N requests at a time at most, up to {MOST_AT_ONCE} [{AT_ONCE}]
  --per-host M               M of them at the same host and port [{PER_HOST}]; a redirect counts where it began
  --retry N                  N more attempts where that does no harm: no connection, a connection that broke, a time
                             limit, 408, 429, 500, 502, 503 and 504. Retry-After is honoured, otherwise chance says how
                             long to wait. All URLs together have {begin} retries, and one for every ten URLs. A host
                             that has answered may have closed an idle connection: a request lost there is made once
                             more at once, and that is no retry [{RETRIES}]

How long, and how much, each for one attempt:
  -m, --max-time SECONDS     for the whole of it [{time}]
  --max-filesize BYTES       a longer body is cut off, and has failed; also 64k, 10M, 2G [{most}M]
{LIBRARY}
What:
  -I, --head                 HEAD instead of GET
  -H, --header 'NAME: VALUE' a field to send with each request; may be repeated
  -f, --fail                 a status from 400 on counts as a failure

Output:
  --order finish|input       lines as they finish, or in the order of the input [finish]
  --json                     a JSON object a line: line, url, status, bytes, ms, attempts, code, error, where code and
                             error are null unless it has failed; the last one is {{\"summary\": ...}}
  -h, --help                 print this

Milliseconds are those of the last attempt, from the request to the last byte, without the wait for a place or a
retry. Control-C (or SIGTERM) starts nothing more, cuts off what is under way, and tells what was done; a second one
ends at once. At most {WINDOW} URLs are known at a time; beyond that, standard input waits.

Example:
  printf '%s\\n' localhost:8080/ localhost:8080/bytes/1000 | fetch-many --per-host 2

Exit codes:
    0  every URL was fetched
"
    );
    for kind in ENDS {
        text.push_str(&format!("  {:>3}  {}\n", kind.code(), kind.about()));
    }
    text.push_str("\nCodes of a URL that failed, in the summary and with --json:\n");
    for kind in Kind::ALL.into_iter().filter(|kind| !ENDS.contains(kind)) {
        if !NEVER.contains(&kind) {
            text.push_str(&format!("  {:>3}  {}\n", kind.code(), kind.about()));
        }
    }
    text
}

/// What may end the program, beside success.
const ENDS: [Kind; 6] =
    [Kind::Usage, Kind::Write, Kind::Read, Kind::Own, Kind::Some, Kind::Interrupted];

/// What happens to downloads only.
const NEVER: [Kind; 2] = [Kind::Range, Kind::Digest];
