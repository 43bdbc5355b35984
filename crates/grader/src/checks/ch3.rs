//! Chapter 3: the tally server with threads.

use super::part;
use super::tally::{ends, lines, numbers, others, ready, replies, stop as plain_stop};
use super::threads::{adds, harm, stop, together, workers};
use crate::check::Check;

const LESSON: &str = "chapters/ch3-threaded-server/README.md";
const BEFORE: &str = "chapters/ch2-simple-server/exercise/README.md";

pub(super) const CHECKS: &[Check] = &[
    Check {
        chapter: 3,
        number: 1,
        name: "ready",
        title: "listens where it is told, and says where",
        about: "As in chapter 2: `--addr HOST:PORT`, and `listening on HOST:PORT` as the first line, flushed.",
        read: &[BEFORE],
        needs: &[],
        parts: &[
            part(3, "port 0: any port, and the line says which", ready::any_port),
            part(2, "a port that is given", ready::given_port),
        ],
    },
    Check {
        chapter: 3,
        number: 2,
        name: "conversation",
        title: "holds the conversation of chapter 2",
        about: "Threads change who waits, and not what is said. Each part here is a check of chapter 2: `cargo grade explain ch2` says more, \
                and `cargo grade ch2` grades the same program in more depth.",
        read: &[BEFORE],
        needs: &[1],
        parts: &[
            part(2, "add and get", replies::totals),
            part(2, "a command in pieces", lines::pieces),
            part(2, "commands joined, few and many", lines::joined),
            part(1, "anything else is an error, and the conversation goes on", replies::unknown),
            part(1, "quit", replies::quit),
            part(1, "wait", replies::wait),
            part(1, "a total outside 64 bits", numbers::limits),
            part(1, "what is no number", numbers::wrong),
            part(1, "names that are no text", lines::names),
            part(1, "a line of 1,025 bytes", lines::too_long),
            part(1, "commands, then half-close", ends::half_close),
            part(1, "a last line without its ending", ends::last_line),
        ],
    },
    Check {
        chapter: 3,
        number: 3,
        name: "together",
        title: "serves clients that are there at the same time",
        about: "Ten clients are connected, and the last one to come asks first, then the one before, and so on. Then ten clients send the \
                halves of their lines in turn.\n\n\
                The subtle thing: a server that serves one client after the other passes any test whose clients come and go in order. It \
                cannot pass this one, because the first client stays until the end.",
        read: &[LESSON, "accept(2)"],
        needs: &[1, 2],
        parts: &[
            part(10, "ten clients, served from the last to the first", together::reverse),
            part(5, "ten clients, a piece of each in turn", together::interleaved),
        ],
    },
    Check {
        chapter: 3,
        number: 4,
        name: "slow",
        title: "lets nobody wait for a slow client",
        about: "One client says `wait 3600000`, and twenty begin a line and do not go on. Everybody else is served as if they were not there.\n\n\
                The subtle thing: whoever sleeps must hold no lock. A `wait` inside the lock of the totals stops all who count.",
        read: &[LESSON],
        needs: &[1, 2],
        parts: &[
            part(5, "a client that waits for an hour", together::waiting),
            part(5, "twenty clients that do not end their lines", harm::slow),
        ],
    },
    Check {
        chapter: 3,
        number: 5,
        name: "adds",
        title: "loses no addition",
        about: "Eight clients add 1 to the same name, 500 times each, all at once. Each total from 1 to 4,000 must stand in exactly one reply.\n\n\
                The subtle thing: read, add, write are three steps. If another thread comes between them, an addition is lost, and a reply \
                has promised it. The total in the reply must be the one that this addition has made: so it is read under the same lock.",
        read: &[LESSON, "std::sync::Mutex"],
        needs: &[1, 2],
        parts: &[
            part(10, "eight clients, one name, 4,000 additions", adds::one_name),
            part(5, "eight clients, names of their own and a common one", adds::many_names),
        ],
    },
    Check {
        chapter: 3,
        number: 6,
        name: "workers",
        title: "has at most --workers N handlers; others wait",
        about: "A thread costs memory, and a system has only so many. With `--workers 3`, three clients are served at the same time and the \
                fourth waits until one of them leaves. Clients who wait cost no thread. When clients have left, so have their descriptors, and no dead child waits for somebody to ask for it.\n\n\
                The subtle thing: where do further clients wait? A queue without an end is a leak that an attacker fills. If you accept only \
                when a worker is free, they wait in the kernel's backlog, where waiting costs you nothing.",
        read: &[LESSON, "listen(2): the backlog"],
        needs: &[1, 2, 3],
        parts: &[
            part(6, "the fourth client waits for one of three to leave", workers::waiting),
            part(5, "clients who wait cost no threads", workers::threads),
            part(4, "after 110 clients nothing is left of them", workers::many),
        ],
    },
    Check {
        chapter: 3,
        number: 7,
        name: "boom",
        title: "survives handlers that fail, however many",
        about: "`boom` fails in its handler: its connection closes without a reply, and nobody else notices. With `--workers 2` more handlers \
                fail than there are workers.\n\n\
                The subtle thing: a panic ends its thread, so a pool shrinks with each one unless the failure is caught inside the worker. \
                And a panic under a lock poisons it: every later `lock().unwrap()` panics too.",
        read: &[LESSON, "std::sync::PoisonError", "std::panic::catch_unwind"],
        needs: &[1, 2],
        parts: &[
            part(4, "three handlers fail, one after the other", others::boom),
            part(6, "five fail with two workers, while a client stays", harm::booms),
        ],
    },
    Check {
        chapter: 3,
        number: 8,
        name: "rude",
        title: "is not harmed by clients that reset or never read",
        about: "Twenty clients reset their connections in all places. One asks and asks and never reads, until nothing more goes out to it.\n\n\
                The subtle thing: a `send` to a client that does not read waits for ever, and so does whoever else waits for what that thread \
                holds.",
        read: &[LESSON, "send(2): EPIPE", "socket(7): SO_SNDTIMEO"],
        needs: &[1, 2, 3],
        parts: &[
            part(3, "twenty clients that reset, with two workers", harm::resets),
            part(2, "a client that never reads", harm::deaf),
        ],
    },
    Check {
        chapter: 3,
        number: 9,
        name: "stop",
        title: "stops on SIGTERM: answers what it has, exits with 0",
        about: "As in chapter 2, with many clients: silent ones, one that waits for an hour, one that is owed replies, one that waits for a \
                worker. Whoever connects after the signal gets no reply, and no process is left behind.\n\n\
                The subtle thing: to wake all threads, somebody has to know their sockets. `shutdown` of the read side makes each of them see \
                end-of-file. Forget a socket when its conversation is over, or you keep its descriptor for ever.",
        read: &[LESSON, "shutdown(2)", "signal(7)"],
        needs: &[1, 2],
        parts: &[
            part(2, "with no client", plain_stop::idle),
            part(4, "with ten silent clients and one that is owed replies", stop::crowd),
            part(2, "with clients that wait, for an hour or for a worker", stop::stuck),
            part(2, "and the port can be bound again at once", plain_stop::again),
        ],
    },
];
