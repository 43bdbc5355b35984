//! A file service: this chapter's application.
//!
//! `files serve DIR` lets clients list, get and put the files of a folder; `files get`, `put` and `list` are such a
//! client. A thread waits for each client, and for the disk.
//!
//! - [`protocol`] — what a client may ask for, [`name`] — how names are written, [`code`] — why something is refused.
//! - [`digest`] — SHA-256, [`partial`] — a file that is not whole yet.
//! - [`server`] — the folder that is served, files on their way, and the conversation as a session.
//! - [`client`] — the other side: one connection, one file, and what to do when it breaks.
//! - [`flags`] — the command line, [`help`] — what it says of itself, [`command`] — what it comes to.
//!
//! # The protocol
//!
//! Lines of text that end in `\n`, or in `\r\n`, and the bytes of files. Commands are answered in their order, and a
//! client may send the next one before it has the answer to the last.
//!
//! | command | answer |
//! |---|---|
//! | `list [FOLDER]` | `ok`, for each entry `LENGTH NAME` or, a folder, `- NAME/`, in no order, then `end COUNT` |
//! | `get NAME [OFFSET]` | `ok LENGTH`, the bytes from OFFSET to LENGTH, then `sha256 HEX` of the whole file |
//! | `put LENGTH SHA256 NAME` | `ok OFFSET`: so many bytes are there. The client sends the rest; then: `done NAME` |
//! | `quit` | `bye`, and the server closes |
//!
//! Anything wrong is answered by `error CODE TEXT`: a [`code::Code`] for programs and a text for people. After an
//! error of `list` and `get` the conversation goes on; after an error of `put`, and after a line that is not
//! understood (`bad-request`), the server closes.
//!
//! - A name is one word: a space, what a terminal obeys or does not show, `%` and what is no UTF-8 are written as `%`
//!   and two hexadecimal digits. Folders are separated by `/`; those that `put` needs are made.
//! - A line has at most 8 KiB, one name at most 255 bytes.
//! - If the server closes before LENGTH bytes have come, the file cannot be read to its end: it became shorter, say.
//!   Ask again, from where it broke off.
//! - `get` with an OFFSET: the server hashes the bytes before it, which takes a while, between `ok` and the bytes.
//! - After `put` wait for `ok`: only then one knows which bytes to send. If what comes has another SHA-256, or the disk
//!   is full, all of it is forgotten. One transfer of a content at a time: the others hear `error busy`.
//! - At end-of-file what was received is answered, and the server closes. What has come of a file is kept, and a
//!   `put` of the same content goes on from there, under whatever name. It is kept until nobody has gone on with it
//!   for a week, or until there are 64 newer ones: the next `put`, or the next start, removes it then.
//! - A client that is silent for 60 seconds hears `error timeout`.
//!
//! So `nc` is a client, too: `echo list | nc -N 127.0.0.1 8080`. And here is one in Python:
//!
//! ```python
//! import hashlib, socket
//! s = socket.create_connection(("127.0.0.1", 8080)); f = s.makefile("rwb")
//! def say(line): f.write(line.encode() + b"\n"); f.flush(); return f.readline().decode().split()
//! data = b"hello\n"; digest = hashlib.sha256(data).hexdigest()
//! ok, offset = say(f"put {len(data)} {digest} hello.txt")
//! f.write(data[int(offset):]); f.flush(); print(f.readline())         # b'done hello.txt\n'
//! ok, length = say("get hello.txt")
//! print(f.read(int(length)), f.readline())                            # b'hello\n' b'sha256 5891b5b5…\n'
//! ```
//!
//! # What it promises
//!
//! A file has its name only when all of it is there and its SHA-256 is right: it is written under another name, and
//! then renamed, which happens at once or not at all (rename(2)). So a server that is killed leaves the old content
//! under the name. Of the new one, what the server had read and not written yet (80 KiB at most) has to be sent
//! again, and what lay in the buffers of the two sockets. A file that is replaced hands its mode on, and not its
//! owner.
//!
//! The SHA-256 of `get` is that of the bytes that were read. A file that somebody writes to meanwhile arrives as a
//! mixture of old and new, with the right SHA-256 of that mixture. `put` never writes to a file that has its name.
//!
//! A power cut can do more, unless the server was started with `--sync`: the kernel keeps what is written in memory
//! for some time, and a name can reach the disk before the bytes do. `--sync` waits for the disk (fsync(2)) before
//! the rename, and again after it; when the disk did not take all of it, what came is forgotten. It is off by default
//! because it costs much, and most folders do not need it.
//!
//! A link (symlink(2)) in the folder is followed when it is relative and does not leave the folder on its way, not
//! even to come back; any other is refused. `put` to the name of a link replaces the link. What is neither a file nor
//! a folder is not listed, and cannot be got or put. Nor can a file be put where another file system is mounted:
//! rename(2) does not reach it. Whether the system lets the server write to a folder is seen only when the file has
//! come; it is kept.
//!
//! Two transfers are kept apart by flock(2). On a file system that has no such locks, two at the same time that bring
//! the same content to a server, or the same file to a client, can spoil it.
//!
//! There are no users and no encryption: whoever can connect can read the folder, and write to it unless it is served
//! `--read-only`. So the server listens on 127.0.0.1 unless told otherwise.
//!
//! # What it costs
//!
//! There is no quota: one client can fill the disk, with whole files or with 64 beginnings of up to `--max-file`
//! each, and with as many more as it has connections. Who serves strangers serves a file system of its own size, or a
//! folder with a quota of the system's, or `--read-only`.
//!
//! A client costs a thread and a descriptor, one or two more during a transfer, and some for a moment while a name is
//! looked up. So `--max-connections 1000` wants `ulimit -n 4096`. A client that asks for a file and reads nothing
//! holds about 280 KiB until the patience ends. The beginning of a file that must be hashed, since one side has it
//! already, is hashed to its end even if the client has gone: the server sees that when it reads or writes next.

pub mod protocol;

pub mod name;

pub mod code;

pub mod digest;

pub mod partial;

pub mod server;

pub mod client;

pub mod flags;

pub mod help;

pub mod command;
