//! Chapter 1: a client that talks to the tally server.

use super::client::{addresses, failures, flow, replies};
use super::part;
use crate::check::Check;

const LESSON: &str = "chapters/ch1-raw-socket-client/README.md";

pub(super) const CHECKS: &[Check] = &[
    Check {
        chapter: 1,
        number: 1,
        name: "replies",
        title: "sends the commands of stdin and prints the replies",
        about: "The program gets an address as its argument and commands on stdin. It sends each line to the server, prints each \
                line that comes back, and ends with exit code 0 when every command has its reply.\n\n\
                The subtle thing is when to stop. The server need not close: the client itself has to count what it is owed.",
        read: &[LESSON, "recv(2): what it returns, and when it returns 0"],
        needs: &[],
        parts: &[
            part(5, "one command, one reply", replies::one),
            part(5, "twelve commands, twelve replies, in their order", replies::several),
        ],
    },
    Check {
        chapter: 1,
        number: 2,
        name: "at-once",
        title: "prints a reply as soon as it comes",
        about: "A person types a command, waits for the reply, and types the next one. So the program must not read all of stdin \
                before it sends, and must not keep a reply in a buffer.\n\n\
                The subtle thing: stdout is buffered in most languages. On a terminal it is written at each line end, in a pipe when \
                some kilobytes are full. Whoever pipes your client somewhere wants the reply now: flush.",
        read: &[LESSON, "setvbuf(3): line buffered and fully buffered"],
        needs: &[1],
        parts: &[part(10, "three commands, each typed after the reply before", replies::at_once)],
    },
    Check {
        chapter: 1,
        number: 3,
        name: "pieces",
        title: "takes a reply that comes byte by byte for one reply",
        about: "TCP carries bytes, not messages. What the server writes at once may come in any number of pieces, and here it comes in \
                as many as it has bytes.\n\n\
                The subtle thing: on loopback a program that takes one `recv` for one reply works nearly always. It fails on the \
                first slow network. A reply ends at its `\\n`, and nowhere else.",
        read: &[LESSON, "RFC 9293, section 2.2: a reliable, in-order byte stream"],
        needs: &[1],
        parts: &[part(10, "every reply in pieces of one byte", replies::pieces)],
    },
    Check {
        chapter: 1,
        number: 4,
        name: "joined",
        title: "finds every reply in a piece that holds several",
        about: "The other half of the same fact: one `recv` may bring several replies, and the beginning of the next one. The rest of a \
                piece belongs to the next reply, so it must be kept.\n\n\
                A program that asks one thing after the other never sees this. It is right too, and passes.",
        read: &[LESSON],
        needs: &[1],
        parts: &[part(5, "replies joined, and cut in the middle of one", replies::joined)],
    },
    Check {
        chapter: 1,
        number: 5,
        name: "bytes",
        title: "passes bytes on as they are",
        about: "Names are any bytes but space and line ending. They need not be text in any encoding, and the program must not \
                change them: neither what it reads from stdin, nor what comes from the server.\n\n\
                The subtle thing: a string type that must be UTF-8 replaces or refuses what is not. Read and write bytes.\n\n\
                A line that begins with `error` is a reply like any other, and an empty line is a command like any other.",
        read: &[LESSON],
        needs: &[1],
        parts: &[
            part(6, "names that are no text", replies::bytes),
            part(4, "errors are replies, empty lines are commands", replies::errors),
        ],
    },
    Check {
        chapter: 1,
        number: 6,
        name: "ends",
        title: "knows when it is done",
        about: "A last command without a line ending is a command. No command at all is no failure: nothing is owed, so the exit code \
                is 0.\n\n\
                The subtle thing: the end of stdin is not the end of the conversation. Replies may still be on their way.",
        read: &[LESSON, "shutdown(2): ending one direction of a connection"],
        needs: &[1],
        parts: &[
            part(6, "a last command without its line ending", flow::last_line),
            part(4, "no command at all", flow::nothing),
        ],
    },
    Check {
        chapter: 1,
        number: 7,
        name: "refused",
        title: "says in one line that nobody listens, exit code 1",
        about: "When the connection is refused, a person wants one line on stderr that says what was tried and what happened, and a \
                script wants an exit code that is not 0.\n\n\
                First a server is there, so that a program that does nothing does not pass.",
        read: &[LESSON, "connect(2): ECONNREFUSED"],
        needs: &[1],
        parts: &[part(10, "nobody listens at the address", failures::refused)],
    },
    Check {
        chapter: 1,
        number: 8,
        name: "silent",
        title: "gives up after 5 s without a reply, exit code 1",
        about: "A server may accept, read, and never reply. Without a timeout the client waits for ever. After 5 s without a reply it \
                says so in one line, and ends with exit code 1. What had come before stands on stdout.\n\n\
                The subtle thing: a timeout on each `recv` is not a timeout on the reply. A server that sends a byte each second keeps \
                such a client for as long as it likes. Compute the time that is left before each `recv`.",
        read: &[LESSON, "socket(7): SO_RCVTIMEO"],
        needs: &[1],
        parts: &[
            part(5, "the server reads and says nothing", failures::silent),
            part(2, "nothing is owed for 5.5 s: that is no silence", failures::idle),
            part(3, "the reply comes a byte each second, without end", failures::dribbles),
        ],
    },
    Check {
        chapter: 1,
        number: 9,
        name: "closed",
        title: "notices that the server went away, exit code 1",
        about: "A server may close before it has replied to all, in the middle of a reply, or by a reset. Replies that had come are \
                printed; then one line on stderr says what happened, and the exit code is 1.\n\n\
                The subtle thing: end-of-file is no error to `recv`, it is the return value 0. A loop that does not look for it runs \
                for ever, and a program that takes it for success lies.",
        read: &[LESSON, "recv(2): 0 at end-of-file, and ECONNRESET"],
        needs: &[1],
        parts: &[
            part(3, "end-of-file in the place of a reply", failures::closed),
            part(3, "end-of-file in the middle of a reply", failures::half_a_reply),
            part(4, "a reset", failures::reset),
        ],
    },
    Check {
        chapter: 1,
        number: 10,
        name: "long",
        title: "sends and receives at the same time, however much",
        about: "Ten thousand long commands come at once. The server reads on only when its replies are taken, as any server does whose \
                memory has an end.\n\n\
                The subtle thing: a client that writes everything before it reads anything fills both directions. Then the server \
                waits for the client to read, the client for the server, and both for ever.",
        read: &[LESSON, "send(2): it blocks when the buffer is full"],
        needs: &[1],
        parts: &[part(10, "10,000 commands of 900 bytes", flow::long)],
    },
    Check {
        chapter: 1,
        number: 11,
        name: "addresses",
        title: "takes IPv6 addresses and names",
        about: "An address is `127.0.0.1:PORT`, `[::1]:PORT` or a name such as `localhost:PORT`. The brackets tell the colons of the \
                address from the one before the port.\n\n\
                The subtle thing: a name may have several addresses, and the server may listen at one of them only. Try each.",
        read: &[LESSON, "getaddrinfo(3)", "RFC 3986, section 3.2.2: why the brackets"],
        needs: &[1],
        parts: &[
            part(3, "[::1]:PORT", addresses::ipv6),
            part(
                2,
                "localhost:PORT, with the server at 127.0.0.1 and then at ::1",
                addresses::name,
            ),
        ],
    },
];
