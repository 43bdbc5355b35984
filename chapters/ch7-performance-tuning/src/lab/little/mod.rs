//! `little`: how many threads does a pool need?
//!
//! Little's law says that `L = λW`: the mean number of clients in a system is the rate at which they come (and go) times
//! the mean time that one of them is in it. John D. C. Little proved it in 1961. It asks for no distribution, no order of
//! service and no number of servers, only that the system neither fills up nor runs dry in the long run. So it holds for a
//! shop, for a server, for its threads, and for the queue before them alone.
//!
//! Here a reply takes `/delay/20` milliseconds, in which a thread of the pool only waits. With W measured for one client,
//! the law predicts what N threads can do for C clients in a closed loop, each of whom asks again as soon as it has its
//! reply: `λ = min(N, C) / W`. The knee is at N = C: there no client waits for a thread any more, and one more thread
//! waits for a client. Before the knee clients stand in line, in the kernel's backlog, and a reply takes `C / λ` for them.
//! Read the other way round: who wants 1,000 replies per second of 20 ms each needs 20 threads, or 20 of anything else
//! that can wait.
//!
//! What the lab cannot show is work that needs a processor: there N threads are as good as the number of cores, and more
//! of them do not help. (`/spin/US` of any server of this course shows that.)
//!
//! - [`pool`] — the server.
//! - [`clients`] — the clients.

pub mod clients;
pub mod pool;

mod given;
mod sweep;
mod threads;

use super::{Asked, Failure, Flag, Lab, Progress, Report, Takes, cannot};
use std::net::{SocketAddr, ToSocketAddrs};

/// Little's law, and the size of a pool.
pub const LAB: Lab = Lab {
    name: "little",
    about: "L = λW: how many threads a pool needs, and where more do not help",
    flags: &[
        Flag {
            name: "clients",
            takes: Takes::Count(1, 64),
            default: "16",
            help: "clients in a closed loop",
        },
        Flag {
            name: "delay",
            takes: Takes::Count(1, 100),
            default: "20",
            help: "milliseconds that a reply takes",
        },
        Flag {
            name: "server",
            takes: Takes::Address,
            default: "",
            help: "a server of this course that runs already; then the clients are swept",
        },
        Flag {
            name: "workers",
            takes: Takes::Count(0, 100_000),
            default: "0",
            help: "how many clients that server serves at a time; 0: any number",
        },
    ],
    run,
};

fn run(asked: &Asked, progress: &mut Progress) -> Result<Report, Failure> {
    let plan = sweep::Plan {
        path: format!("/delay/{}", asked.count("delay")),
        rounds: asked.rounds(3, 1),
        replies: asked.volume(32, 6),
    };
    match asked.address("server") {
        None => threads::sweep(&plan, asked.count("clients"), progress),
        Some(server) => {
            let most = match asked.count("workers") {
                0 => usize::MAX,
                workers => workers,
            };
            given::sweep(&plan, resolved(server)?, most, asked.count("clients"), progress)
        }
    }
}

fn resolved(server: &str) -> Result<SocketAddr, Failure> {
    let mut found = server.to_socket_addrs().map_err(cannot(&format!("find {server}")))?;
    found.next().ok_or_else(|| Failure::Cannot(format!("{server} has no address")))
}
