//! What `--help` prints: the exit codes come from the tables that the program itself uses.

use crate::files::client::failure::Kind;
use crate::files::code::Code;
use crate::files::server::conversation::PATIENCE;
use crate::threads::MAX_CONNECTIONS;

/// The text of `--help`.
pub fn help() -> String {
    let common = [(0, "all done"), (2, "the arguments were not understood")];
    let common = common.map(|(exit, meaning)| (exit, meaning.to_owned()));
    let network = Kind::TABLE.map(|(_, exit, meaning)| (exit, meaning.to_owned()));
    let codes = Code::ALL.map(|(_, word, exit, meaning)| (exit, format!("{word:<18} {meaning}")));
    let mut rows: Vec<_> = common.into_iter().chain(network).chain(codes).collect();
    rows.sort();
    rows.iter().fold(usage(), |text, (exit, row)| format!("{text}  {exit:>3}  {row}\n"))
}

/// All but the exit codes.
fn usage() -> String {
    let (connections, patience) = (MAX_CONNECTIONS.default, PATIENCE.as_secs());
    format!(
        "\
files: a folder that others can read and write, over TCP

Usage: files serve DIR [OPTIONS]
       files get HOST:PORT NAME... [OPTIONS]
       files put HOST:PORT FILE... [OPTIONS]
       files list HOST:PORT [FOLDER] [OPTIONS]

Options of serve:
  --addr HOST:PORT       where to listen [127.0.0.1:8080]; port 0 takes a free port
  --max-connections N    at most N clients at a time, others wait in the backlog [{connections}]
  --max-file BYTES       the largest file that is taken, such as 500M or 2T [16G]
  --sync                 a file is on the disk before its client hears that it is done
  --read-only            take no files

Options of get and put:
  -o, --output FILE      get: into this file, or this folder [the name, here]; a link or a device is refused
  --as NAME              put: call the file so [its own name]
  --retries N            how often a broken transfer goes on without getting further, after 1, 2, 4 ... seconds [3]

  --patience SECONDS     how long the other side may be silent, or take nothing [{patience}]
  -h, --help             print this

A name is relative to DIR, with / between folders. What comes is kept as .NAME.files-part (of a very long NAME, its
SHA-256 stands there), or in DIR/.incoming, until its length and SHA-256 are right; a transfer that broke goes on from
there. While another transfer of the same content is under way, put waits for it, up to 75 seconds.
There is no encryption, no password and no quota: whoever can connect can read DIR, write to it, and fill its disk.
A signal (SIGTERM, SIGINT) stops a server: a get may end within 5 seconds, a put is cut and can go on later; a second
signal ends at once.

Exit codes (of several files, that of the first that failed):
"
    )
}
