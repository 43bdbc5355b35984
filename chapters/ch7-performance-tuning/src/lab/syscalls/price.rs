//! The price list: what the kernel and the machine want for the things of which a server is made.

/// Something that has a price.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Price {
    /// The time of day: no system call, since the kernel lends us the code and the data (vdso(7)).
    Clock,
    /// A kilobyte from the heap, and back.
    Allocation,
    /// Into the kernel and out again: `getppid(2)` does nothing else.
    Call,
    /// A byte through a pipe: `write(2)` and `read(2)`.
    Pipe,
    /// 64 bytes through a connection on loopback: `write(2)` and `read(2)`, and all of TCP between them.
    Socket,
    /// One report of `epoll_wait(2)`, when there are [`CLIENTS`](super::fixture::CLIENTS) at once.
    Report,
    /// A request understood and answered by an `http1` session, without I/O.
    Session,
    /// One thread waits, and another one goes on, on the same core.
    Switch,
    /// A thread on another core is woken, goes on, and wakes us. This one is by the clock: the cores are idle meanwhile.
    Wake,
    /// A thread, from its start to its end.
    Thread,
    /// A process, from its start to its end: the program `true`. By the clock as well.
    Process,
    /// A connection, from `connect(2)` and `accept(2)` to both its closes.
    Connection,
}

impl Price {
    /// The list, about from the cheapest to the dearest.
    pub const ALL: [Self; 12] = [
        Self::Allocation,
        Self::Clock,
        Self::Session,
        Self::Call,
        Self::Report,
        Self::Pipe,
        Self::Switch,
        Self::Socket,
        Self::Wake,
        Self::Thread,
        Self::Connection,
        Self::Process,
    ];

    /// What is bought, in the words of the table.
    pub fn name(self) -> &'static str {
        match self {
            Self::Clock => "read the clock",
            Self::Allocation => "allocate 1 KiB and free it",
            Self::Call => "a system call that does nothing",
            Self::Report => "a report of epoll, one of 64",
            Self::Pipe => "a byte through a pipe",
            Self::Session => "a request in the session, without I/O",
            Self::Switch => "a switch to another thread",
            Self::Socket => "64 bytes through a TCP connection",
            Self::Wake => "a wake-up on another core, and back",
            Self::Thread => "a thread, start to end",
            Self::Connection => "a TCP connection, open to closed",
            Self::Process => "a process, start to end",
        }
    }

    /// How often it is bought in one round. Dear things are bought seldom.
    pub fn times(self) -> u32 {
        match self {
            Self::Clock | Self::Allocation | Self::Call => 100_000,
            Self::Report | Self::Pipe | Self::Session | Self::Socket => 20_000,
            Self::Switch | Self::Wake => 5_000,
            Self::Thread | Self::Connection => 1_000,
            Self::Process => 20,
        }
    }
}
