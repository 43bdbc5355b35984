//! What `--help` prints.

use crate::chat::protocol::{
    BURST, HELP, LINE_COST, LOBBY, LONGEST_LINE, LONGEST_NAME, LULL, MOST_CLIENTS, OUTBOX_KIB,
    PACE, PATIENCE,
};

/// The text of `--help`.
pub fn help() -> String {
    let commands = HELP.replace("\n*", "\n").replacen("* what", "What", 1);
    let (patience, lull) = (PATIENCE.as_secs(), LULL.as_secs());
    let (pace, burst) = (PACE / 1024, BURST / 1024);
    format!(
        "\
chat: rooms in which everybody hears everybody, over TCP

Usage: chat [OPTIONS]

Options:
  --addr HOST:PORT      where to listen [127.0.0.1:8080]; port 0 takes a free port
  --max-clients N       at most N people at a time, one more is told so and let go [{MOST_CLIENTS}]
  --outbox KIB          drop a client for whom more than this waits to be read [{OUTBOX_KIB}]
  --patience SECONDS    drop a client that says no name for so long, or takes nothing of what it is sent [{patience}]
  -h, --help            print this

Clients send lines of text; nc is a client. The first line is the name; then one is in {LOBBY}, and silent as long
as one likes.
{commands}
A line from the server begins with '* ', every other one with the name of who said it. One does not hear oneself.

Limits: a line has at most {LONGEST_LINE} bytes; a longer one is skipped, and its sender is told. A name, of a person or
of a room, has up to {LONGEST_NAME} letters (A to Z), digits, - and _. There are never more rooms than people.
Who sends more than {pace} KiB/s, answers included, is read more slowly, after {burst} KiB at once; so is a room in which
somebody has half of --outbox to read, for at most {lull} s on end. A line counts as its text and {LINE_COST} bytes.
Control characters, and what turns text round, arrive as U+FFFD. There is no encryption and no password:
whoever can connect can read along.
A signal (SIGTERM, SIGINT) stops: what has arrived is said for one second more, the rest is dropped, and everybody is
told, all within 5 seconds; a second one ends at once.
"
    )
}
