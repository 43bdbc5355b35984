//! Chapter 2: the tally server, one client at a time.

use super::part;
use super::tally::{ends, lines, numbers, others, ready, replies, stop};
use crate::check::Check;

const LESSON: &str = "chapters/ch2-simple-server/README.md";
const TASK: &str = "chapters/ch2-simple-server/exercise/README.md";

pub(super) const CHECKS: &[Check] = &[
    Check {
        chapter: 2,
        number: 1,
        name: "ready",
        title: "listens where it is told, and says where",
        about: "The program gets `--addr HOST:PORT`, listens there, and prints `listening on HOST:PORT` as its first line. Port 0 means \
                any free port: then the line says which one the system gave. It replies to a first command.\n\n\
                The subtle thing: whoever starts a server has to know when it is ready. So the line comes after `listen`, and it is \
                flushed, because in a pipe stdout waits until some kilobytes are full.",
        read: &[LESSON, "bind(2), listen(2), getsockname(2)"],
        needs: &[],
        parts: &[
            part(6, "port 0: any port, and the line says which", ready::any_port),
            part(4, "a port that is given", ready::given_port),
        ],
    },
    Check {
        chapter: 2,
        number: 2,
        name: "replies",
        title: "keeps tallies: add, get, quit, errors for the rest",
        about: "`add NAME N` adds and replies the new total, `get NAME` replies the total, 0 if there is none. Anything else gets a line \
                that begins with `error`, and the conversation goes on. `quit` gets `bye`, then the connection ends.\n\n\
                The subtle thing: a client that makes a mistake is not to be dropped. It learns from the error and goes on.",
        read: &[TASK],
        needs: &[1],
        parts: &[
            part(6, "add and get", replies::totals),
            part(2, "anything else is an error, and the conversation goes on", replies::unknown),
            part(2, "quit", replies::quit),
        ],
    },
    Check {
        chapter: 2,
        number: 3,
        name: "lines",
        title: "finds the lines in the stream, however it is cut",
        about: "TCP carries bytes, not lines. A command may come in as many pieces as it has bytes, and one piece may hold many commands \
                and the beginning of the next. `\\n` ends a line, and one `\\r` before it is ignored.\n\n\
                The subtle thing: the rest of a piece, behind the last line ending, is the beginning of the next line. Keep it.",
        read: &[LESSON, "RFC 9293, section 2.2: a reliable, in-order byte stream"],
        needs: &[1, 2],
        parts: &[
            part(4, "a command in pieces", lines::pieces),
            part(4, "commands joined, few and many", lines::joined),
            part(2, "lines that end in \\r\\n", lines::carriage_returns),
        ],
    },
    Check {
        chapter: 2,
        number: 4,
        name: "numbers",
        title: "counts in signed 64 bits, and takes nothing else",
        about: "A number is `-?[0-9]+` and fits a signed 64-bit integer, as the total does. Anything else is an error, and the total \
                stays what it was.\n\n\
                The subtle thing: parsers of standard libraries take more than that. Rust's takes `+5`, Python's takes `+5`, `1_000` \
                and the digits of other scripts.",
        read: &[TASK],
        needs: &[1, 2],
        parts: &[
            part(4, "negative numbers and totals", numbers::signed),
            part(3, "a total outside 64 bits", numbers::limits),
            part(3, "what is no number", numbers::wrong),
        ],
    },
    Check {
        chapter: 2,
        number: 5,
        name: "bytes",
        title: "takes any bytes for a name, and survives rubbish",
        about: "Names are any bytes but space and line ending: UTF-8 or not, with zeros in them, `Case` and `case` apart. Lines of \
                random bytes are no commands and get an error each.\n\n\
                The subtle thing: a string type that must be UTF-8 fails or changes what it reads. Two names that differ only in such \
                bytes must not become one.",
        read: &[TASK],
        needs: &[1, 2],
        parts: &[
            part(6, "names that are no text", lines::names),
            part(4, "lines of random bytes", lines::rubbish),
        ],
    },
    Check {
        chapter: 2,
        number: 6,
        name: "limits",
        title: "refuses lines of more than 1,024 bytes, at once",
        about: "A line has at most 1,024 bytes without its ending. A longer one gets `error line too long`, and the connection ends.\n\n\
                Without a limit, one client that never sends a line ending fills the memory of the machine. So the server must not \
                wait for the end of the line before it refuses.\n\n\
                The subtle thing is the close. If unread bytes wait in the kernel when a socket is closed, the peer gets a reset, which \
                can destroy the reply on its way. End your side first, read on for a moment, and then close.",
        read: &[LESSON, "RFC 9112, section 9.6: how to close without losing the reply"],
        needs: &[1, 2],
        parts: &[
            part(3, "exactly 1,024 bytes are served", lines::longest),
            part(3, "1,025 bytes are refused", lines::too_long),
            part(2, "a line that does not end is refused too", lines::without_end),
            part(2, "the refusal arrives though more is on its way", lines::gently),
        ],
    },
    Check {
        chapter: 2,
        number: 7,
        name: "end-of-file",
        title: "answers what came before end-of-file",
        about: "A client may say that it has said all (half-close) and still wait for replies: `printf 'get x\\n' | nc -N` does so. What came \
                before is answered, a last line without line ending too, and then the server closes.\n\n\
                The subtle thing: 0 from `recv` means that the client will say nothing more. It does not mean that it is gone.",
        read: &[LESSON, "shutdown(2)"],
        needs: &[1, 2],
        parts: &[
            part(5, "commands, then half-close", ends::half_close),
            part(3, "a last line without its ending", ends::last_line),
            part(2, "a client that says nothing", ends::nothing_said),
        ],
    },
    Check {
        chapter: 2,
        number: 8,
        name: "next",
        title: "serves the next client, whatever the one before did",
        about: "When a client has gone, the next one is served and finds the totals. That a client vanished, in the middle of a line or \
                with replies unread, is that client's affair.\n\n\
                The subtle thing: a reset comes as an error from `recv` or `send`, and sending to a client that is gone raises SIGPIPE. \
                Neither may end the server.",
        read: &[LESSON, "send(2): EPIPE and MSG_NOSIGNAL"],
        needs: &[1, 2],
        parts: &[
            part(5, "five clients, one after the other", others::next),
            part(5, "clients that reset their connections", others::rude),
        ],
    },
    Check {
        chapter: 2,
        number: 9,
        name: "wait",
        title: "replies to wait when the time has passed",
        about: "`wait MS` replies `ok` after so many milliseconds, not earlier. It holds up its own conversation: what was sent after it is \
                answered after it, and what was sent before it is answered before it. More than an hour is an error.\n\n\
                The subtle thing: whoever collects replies to send them together must send them before it waits for anything.",
        read: &[TASK],
        needs: &[1, 2],
        parts: &[
            part(2, "not before the time, and in order", replies::wait),
            part(1, "what is due before a long wait comes at once", replies::due),
            part(2, "what is no time", replies::wait_numbers),
        ],
    },
    Check {
        chapter: 2,
        number: 10,
        name: "boom",
        title: "survives a handler that fails",
        about: "`boom` stands for a bug: the handler fails, the connection closes without a reply, and nobody else notices. The totals stay.\n\n\
                The subtle thing: a failure is caught at the edge of one conversation, and nowhere else.",
        read: &[LESSON, "std::panic::catch_unwind"],
        needs: &[1, 2],
        parts: &[part(5, "three handlers fail", others::boom)],
    },
    Check {
        chapter: 2,
        number: 11,
        name: "stop",
        title: "stops on SIGTERM: answers what it has, exits with 0",
        about: "On SIGTERM the server takes no new connections, answers what it has received, and ends with exit code 0 within 5 s, even if \
                clients stay connected. No process is left behind, and the port is free at once for the next start.\n\n\
                The subtle thing: a thread that waits in `recv` does not see a flag. `shutdown` of the read side from elsewhere wakes it, \
                and it looks like end-of-file, which your server handles already.",
        read: &[LESSON, "signal(7)", "shutdown(2)", "socket(7): SO_REUSEADDR"],
        needs: &[1, 2],
        parts: &[
            part(2, "with no client", stop::idle),
            part(2, "with a client that says nothing", stop::silent),
            part(1, "with a client that does not read", stop::deaf),
            part(2, "with a client that is owed replies", stop::in_flight),
            part(1, "with a client that waits for an hour", stop::long_wait),
            part(2, "and the port can be bound again at once", stop::again),
        ],
    },
];
