//! `--help`, with the table of exit codes.

use crate::failure::Kind;
use crate::library;
use std::io::Write;

/// The letters, and the flags that they stand for: curl's.
pub const LETTERS: [(char, &str); 14] = [
    ('h', "help"),
    ('X', "request"),
    ('H', "header"),
    ('d', "data"),
    ('i', "include"),
    ('I', "head"),
    ('f', "fail"),
    ('o', "output"),
    ('s', "silent"),
    ('L', "location"),
    ('m', "max-time"),
    ('v', "trace"),
    ('A', "user-agent"),
    ('x', "proxy"),
];

/// Prints it. Whoever closes standard output before the help is whole has read enough.
pub fn print() {
    let _ = std::io::stdout().write_all(text().as_bytes());
}

/// The whole help.
pub fn text() -> String {
    format!(
        "{FLAGS}{}{FILES}\nExit codes, which are curl's up to 100:\n{}{EXAMPLES}",
        library::flags::HELP,
        codes()
    )
}

/// The table of exit codes.
pub fn codes() -> String {
    let line = |kind: &Kind| format!("  {:>3}  {}\n", kind.code(), kind.about());
    format!("    0  all is well\n{}", Kind::ALL.iter().map(line).collect::<String>())
}

const FLAGS: &str = "\
ch6-http-client: what is under the library?

Usage: ch6-http-client [OPTIONS] URL...

Fetches each URL with the library reqwest, and prints what comes. The flags are those of curl, where curl has them.

  --by-hand                  with our own HTTP client over a socket instead: http only, no redirects, no compression
  -v, --trace                tell on standard error what goes over the wire, and when (by hand: every line of it)
  -X, --request METHOD       instead of GET; of POST with -d and --json
  -H, --header 'NAME: VALUE' send this field too; may be repeated
  -d, --data TEXT            send this as the body; @FILE sends what is in the file as it is, @- standard
                             input; repeated: with & between them
  --json TEXT                the same, as application/json
  -I, --head                 ask for the head only, and print it
  -i, --include              print the head of the response too
  -f, --fail                 print nothing and exit with 22 if the status is 400 or above
  --retry N                  try again so often, where that does no harm: see below [0]
  --no-reuse                 a new connection for each URL
  --cookies                  keep cookies from one response to the next request; without it there are none
  -m, --max-time SECONDS     for one attempt in all, redirects and body included [300; 3600 with -o]
  --max-filesize BYTES       of a body, after decoding; also 64k, 10M, 2G [1G]
";

const FILES: &str = "  -L, --location             is taken and changes nothing: redirects are followed anyway
  -h, --help                 print this

  -o, --output FILE          write to FILE (- is standard output). A file appears when it is whole; until then it is
                             FILE.part, and if that is there already and the server has the same content still, the
                             download goes on where it stopped (not --by-hand). Nothing is decoded on the way, and any
                             answer but a success is a failure, as with --fail
  --no-resume                begin anew
  --sha256 DIGEST            FILE appears only if this is its SHA-256
  -s, --silent               without a progress bar

Tried again is what may be asked twice (GET, HEAD, PUT, DELETE, OPTIONS, TRACE) after a broken connection, a time limit,
or 408, 429, 500, 502, 503, 504; and whatever could not connect. Retry-After is obeyed up to 300 s; without it, the wait
is a matter of chance, from nothing up to a bound that doubles from 0.5 s to 30 s.
";

const EXAMPLES: &str = "
Examples:
  ch6-http-client https://www.rust-lang.org/
  ch6-http-client --by-hand --trace http://localhost:8080/
  ch6-http-client -o file.iso --sha256 DIGEST --retry 5 https://example.com/file.iso
";
