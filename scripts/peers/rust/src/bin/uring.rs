//! One thread, one io_uring, where epoll.c has one epoll: the kernel accepts and receives of itself, and what is to be sent goes to it in one
//! call, which also waits.
//!
//! - Multishot accept and receive: one entry in the queue goes on answering, so that a request needs one entry, the send.
//! - Received bytes lie in a ring of buffers that the kernel takes from, so an idle connection holds none.
//! - `SINGLE_ISSUER | DEFER_TASKRUN`: the kernel finishes work only when this thread waits for it, and so all at once.
//! - Sockets are direct descriptors: entries of the ring's own table, without a reference count for each operation.
//!
//! It leaves out what `talk.rs` leaves out, and reads on while it owes. `--plain`, `--sqpoll` and `--files` are to see what these choices do: no flags
//! of the setup, a thread of the kernel that polls the queue (on a second core, or it is in the way), and ordinary descriptors.

use io_uring::{IoUring, cqueue, opcode, squeue, types};
use peers::talk::{READ, Talk};
use std::io;
use std::os::fd::AsRawFd;
use std::process::ExitCode;
use std::sync::atomic::{AtomicU16, Ordering};

/// Connections at a time, and buffers for what they send.
const MOST: usize = 16_384;
const BUFFERS: u16 = 1024;
const GROUP: u16 = 0;

/// What a completion tells of is kept in its user data, above the connection's number.
const ACCEPTED: u64 = 0;
const RECEIVED: u64 = 1 << 32;
const SENT: u64 = 2 << 32;
const CLOSED: u64 = 3 << 32;

#[derive(Default)]
struct Connection {
    talk: Talk,
    /// The kernel is sending.
    sending: bool,
    /// Nothing more comes: closed as soon as nothing is on its way.
    over: bool,
}

/// The ring of buffers that the kernel fills: entries that it reads, and the bytes that they point at.
struct Buffers {
    entries: *mut types::BufRingEntry,
    bytes: Vec<u8>,
    tail: u16,
}

impl Buffers {
    fn new(ring: &IoUring) -> io::Result<Self> {
        let layout = std::alloc::Layout::from_size_align(
            usize::from(BUFFERS) * size_of::<types::BufRingEntry>(),
            4096,
        );
        let layout = layout.expect("a power of two, and a size far below the address space");
        // SAFETY: the layout has a size. The memory is never freed, so the kernel may look at it for as long as the ring lives.
        let entries: *mut types::BufRingEntry = unsafe { std::alloc::alloc_zeroed(layout) }.cast();
        let submitter = ring.submitter();
        // SAFETY: as above, and there are as many entries as are said. If there was no memory, the kernel refuses the address.
        unsafe { submitter.register_buf_ring_with_flags(entries as u64, BUFFERS, GROUP, 0) }?;
        let mut buffers = Self { entries, bytes: vec![0; usize::from(BUFFERS) * READ], tail: 0 };
        (0..BUFFERS).for_each(|id| buffers.give(id));
        Ok(buffers)
    }

    fn bytes(&self, id: u16, n: usize) -> &[u8] {
        &self.bytes[usize::from(id) * READ..][..n]
    }

    /// Gives a buffer to the kernel, as the last one in the ring.
    fn give(&mut self, id: u16) {
        // SAFETY: the place is inside the ring, and the kernel does not read it before the tail says so.
        unsafe {
            let entry = &mut *self.entries.add(usize::from(self.tail % BUFFERS));
            entry.set_addr(self.bytes.as_mut_ptr().add(usize::from(id) * READ) as u64);
            entry.set_len(READ as u32);
            entry.set_bid(id);
        }
        self.tail = self.tail.wrapping_add(1);
        // SAFETY: the tail lies in the first entry, where only this thread writes, and it is aligned for an u16.
        unsafe { &*types::BufRingEntry::tail(self.entries).cast::<AtomicU16>() }
            .store(self.tail, Ordering::Release);
    }
}

struct Server {
    ring: IoUring,
    buffers: Buffers,
    connections: Vec<Connection>,
    listening: i32,
    direct: bool,
}

impl Server {
    fn push(&mut self, entry: squeue::Entry) -> io::Result<()> {
        // SAFETY: what an entry points at is static, or belongs to the ring of buffers.
        while unsafe { self.ring.submission().push(&entry) }.is_err() {
            self.ring.submit()?;
        }
        Ok(())
    }

    fn accept(&mut self) -> io::Result<()> {
        let entry =
            opcode::AcceptMulti::new(types::Fd(self.listening)).allocate_file_index(self.direct);
        self.push(entry.build().user_data(ACCEPTED))
    }

    fn receive(&mut self, at: u32) -> io::Result<()> {
        let entry = match self.direct {
            true => opcode::RecvMulti::new(types::Fixed(at), GROUP),
            false => opcode::RecvMulti::new(types::Fd(at as i32), GROUP),
        };
        self.push(entry.build().user_data(RECEIVED | u64::from(at)))
    }

    /// Sends what is owed, unless the kernel is sending already; and closes what is over.
    fn go_on(&mut self, at: u32) -> io::Result<()> {
        let connection = &mut self.connections[at as usize];
        if connection.sending {
            return Ok(());
        }
        let owed = connection.talk.owed();
        if !owed.is_empty() {
            connection.sending = true;
            let (from, n) = (owed.as_ptr(), owed.len() as u32);
            let entry = match self.direct {
                true => opcode::Send::new(types::Fixed(at), from, n),
                false => opcode::Send::new(types::Fd(at as i32), from, n),
            };
            let entry = entry.flags(libc::MSG_NOSIGNAL | libc::MSG_WAITALL).build();
            return self.push(entry.user_data(SENT | u64::from(at)));
        }
        if connection.over { self.close(at) } else { Ok(()) }
    }

    fn close(&mut self, at: u32) -> io::Result<()> {
        let entry = match self.direct {
            true => opcode::Close::new(types::Fixed(at)),
            false => opcode::Close::new(types::Fd(at as i32)),
        };
        self.push(entry.build().user_data(CLOSED))
    }

    fn handle(&mut self, done: cqueue::Entry) -> io::Result<()> {
        let (what, at) = (done.user_data() >> 32 << 32, done.user_data() as u32);
        let more = cqueue::more(done.flags());
        match what {
            ACCEPTED => {
                if let Ok(new) = u32::try_from(done.result()) {
                    match self.connections.get_mut(new as usize) {
                        Some(place) => {
                            *place = Connection::default();
                            self.receive(new)?;
                        }
                        None => self.close(new)?,
                    }
                }
                if !more {
                    self.accept()?;
                }
            }
            RECEIVED => {
                let connection = &mut self.connections[at as usize];
                if let Some(id) = cqueue::buffer_select(done.flags()) {
                    let n = usize::try_from(done.result()).unwrap_or(0);
                    connection.talk.hear(self.buffers.bytes(id, n));
                    self.buffers.give(id);
                }
                // Without a free buffer the kernel gives up, and is asked again: this turn gave some back.
                connection.over = done.result() <= 0 && done.result() != -libc::ENOBUFS;
                if !more && !connection.over {
                    self.receive(at)?;
                }
                self.go_on(at)?;
            }
            SENT => {
                let connection = &mut self.connections[at as usize];
                connection.sending = false;
                match usize::try_from(done.result()) {
                    Ok(n) => connection.talk.sent(n),
                    // The receive ends as well, and closes.
                    Err(_) => connection.talk = Talk::default(),
                }
                self.go_on(at)?;
            }
            _ => {}
        }
        Ok(())
    }

    fn run(&mut self) -> io::Result<()> {
        self.accept()?;
        let mut done = Vec::new();
        loop {
            match self.ring.submit_and_wait(1) {
                Err(error) if error.kind() != io::ErrorKind::Interrupted => return Err(error),
                _ => done.extend(self.ring.completion()),
            }
            for entry in done.drain(..) {
                self.handle(entry)?;
            }
        }
    }
}

fn serve(flags: &peers::Flags) -> io::Result<()> {
    flags.one_thread()?;
    let has = |word| flags.others.iter().any(|other| other == word);
    let listener = peers::listen(flags.addr)?;
    let mut builder = IoUring::builder();
    builder.setup_cqsize(8192);
    if has("sqpoll") {
        builder.setup_sqpoll(1000);
    } else if !has("plain") {
        builder.setup_single_issuer().setup_defer_taskrun();
    }
    let ring = builder.build(1024).map_err(refused)?;
    let direct = !has("files");
    if direct {
        ring.submitter().register_files_sparse(MOST as u32)?;
    }
    let buffers = Buffers::new(&ring)?;
    let connections = std::iter::repeat_with(Connection::default).take(MOST).collect();
    peers::ready(&listener)?;
    Server { ring, buffers, connections, listening: listener.as_raw_fd(), direct }.run()
}

/// Why there is no io_uring here.
fn refused(error: io::Error) -> io::Error {
    let why = match error.raw_os_error() {
        Some(libc::ENOSYS) => "this kernel has no io_uring",
        Some(libc::EPERM) => {
            "io_uring is forbidden here: see /proc/sys/kernel/io_uring_disabled, or the container's seccomp profile"
        }
        Some(libc::EINVAL) => {
            "this kernel is older than 6.1, and does not know the way in which io_uring is set up here"
        }
        _ => return error,
    };
    io::Error::new(error.kind(), why)
}

fn main() -> ExitCode {
    peers::run(&["plain", "sqpoll", "files"], serve)
}
