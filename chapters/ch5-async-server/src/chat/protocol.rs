//! What stands on the wire: lines of UTF-8 text, in both directions.
//!
//! The server greets, and the first line that it takes for a name is the client's name. From then on the client is in a
//! room, at first in `lobby`, and what it says is heard by everybody else there.
//!
//! | a line from a client | what it does |
//! |---|---|
//! | `TEXT` | says it to the room; oneself does not hear it, for a terminal shows what one types |
//! | `/join ROOM` | goes to another room; it exists while somebody is in it |
//! | `/leave` | goes back to `lobby` |
//! | `/rooms`, `/who` | who is where |
//! | `/nick NAME` | takes another name |
//! | `/quit`, `/help` | good-bye, or this list |
//! | `//TEXT` | says `/TEXT` |
//!
//! Commands may be written in capitals, too. What follows one that takes nothing is ignored, and so are spaces before the
//! slash and at the end of every line. A line that nobody else is there to hear is answered: `* nobody else is here`.
//!
//! Every line of the server's own begins with `* `: an answer, or a notice such as `* bob joined`, `* bob left`,
//! `* bob is now robert`. Every other line begins with the name of who said it: `alice: hello`. No name has a `*`, a
//! space or a colon in it, so neither can be taken for the other.
//!
//! - A line ends with `\n` or `\r\n`; one before end-of-file may go without. It has at most [`LONGEST_LINE`] bytes: a
//!   longer one is skipped to its end, and its sender is told. One without text says nothing.
//! - Bytes that are no UTF-8, and characters that a terminal obeys or that turn text round, arrive as `U+FFFD`; a tab
//!   as a space. A terminal still wraps what is longer than its line, and who fills one with care can begin the next.
//! - A name has up to [`LONGEST_NAME`] letters (A to Z), digits, `-` and `_`, and so has a room. Names that look alike
//!   are the same name: `Alice`, `ALICE`, and `aIice` with a capital I. There are no passwords: a name is free when its
//!   owner has left. Who says [`BAD_NAMES`] lines that are no name speaks another protocol (HTTP, for one), and is let go.
//! - All members of a room see its lines in one order, each once. Who joins sees all that is said after the answer.
//! - Who talks faster than [`PACE`] is read more slowly; so is a whole room, for at most [`LULL`] on end, while one of its
//!   members has more than half of `--outbox` to read. If then more than all of it waits for somebody, and their socket
//!   takes nothing, they are told that they read too slowly, and are let go.
//! - A client that ends its side (`nc -N`) is let go when what it sent was said and it has what was there for it. Of one
//!   that closes both sides at once, only what had arrived is said: end your own side first, or say `/quit` and read on.
//! - When the server stops, what has arrived is still said, for a second at most, and no faster than ever. The rest is
//!   dropped, and so is what comes later. Then everybody is told that the server stops, and that is the last line.
//!
//! So `nc` is a client, `nc 127.0.0.1 8080`, and here is one in Python:
//!
//! ```python
//! import socket
//! s = socket.create_connection(("127.0.0.1", 8080)); f = s.makefile("rw", encoding="utf-8", newline="\n")
//! def say(line): f.write(line + "\n"); f.flush()
//! print(f.readline(), end="")                     # * welcome: type your name …
//! say("monty"); print(f.readline(), end="")       # * you are monty, alone in lobby; /help lists the commands
//! say("/who"); print(f.readline(), end="")        # * 1 in lobby: monty
//! say("/quit"); print(f.readline(), end="")       # * good-bye
//! ```

use std::time::Duration;

/// The longest line, without its ending.
pub const LONGEST_LINE: usize = 1024;

/// The longest name of a person or a room.
pub const LONGEST_NAME: usize = 20;

/// How long a client may take to say its name, or to take anything of what is there for it.
pub const PATIENCE: Duration = Duration::from_secs(30);

/// People at a time; one more is told so, and let go.
pub const MOST_CLIENTS: usize = 1000;

/// KiB that may wait for one client.
pub const OUTBOX_KIB: usize = 256;

/// Bytes that a line costs beside its text, wherever it is counted: a place in a queue, and its share of memory.
pub const LINE_COST: usize = 64;

/// Bytes a second that a client may send in the long run, the answers and [`LINE_COST`] for each line included.
pub const PACE: usize = 16 * 1024;

/// So much more may be sent at once.
pub const BURST: usize = 64 * 1024;

/// How long a room waits for members who have much to read, before it goes on without them.
pub const LULL: Duration = Duration::from_secs(3);

/// How long the server hears what had arrived, when it stops.
pub const HEARING: Duration = Duration::from_secs(1);

/// Lines that are no name, after which a client is let go.
pub const BAD_NAMES: u32 = 3;

/// Names that one answer lists; of the others it gives the number.
pub const LISTED: usize = 50;

/// The room in which everybody begins.
pub const LOBBY: &str = "lobby";

/// The first line.
pub const GREETING: &str =
    "* welcome: type your name (1 to 20 letters, digits, - or _) and press Enter";

/// To a client whose first line is no name.
pub const BAD_NAME: &str =
    "* that is no name: it has 1 to 20 letters (A to Z), digits, - or _; type another one";

/// To a client that has said [`BAD_NAMES`] of them.
pub const NO_NAMES: &str = "* none of these is a name; good-bye";

/// To a client whose first line is a command, or empty.
pub const FIRST_A_NAME: &str = "* type your name first; only /nick, /help and /quit go before it";

/// To a client that has said no name in time.
pub const NAMELESS: &str = "* you said no name; good-bye";

/// To a client whose outbox is full.
pub const TOO_SLOW: &str = "* you read too slowly; good-bye";

/// To a client that quits.
pub const GOOD_BYE: &str = "* good-bye";

/// To everybody, at the end.
pub const STOPS: &str = "* the server stops";

/// To a client for whom there is no room.
pub const FULL: &str = "* too many people are here; come back later";

/// To a client whose line was not said.
pub const TOO_LONG: &str = "* a line has at most 1024 bytes; this one was not sent";

/// The answer to `/help`.
pub const HELP: &str = "\
* what you type is said to your room, and these begin with a slash:
*   /join ROOM   go to another room; it is made if need be
*   /leave       go back to lobby
*   /rooms       list the rooms
*   /who         list who is here
*   /nick NAME   take another name
*   /quit        good-bye
*   //TEXT       say /TEXT";
