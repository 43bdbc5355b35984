//! Every model gives the same bytes: a chapter changes who waits, and nothing else.

use course::Course;
use harness::conformance::{Piece, cases};
use harness::{DEADLINE, Launch, Program};
use std::io::{self, Read, Write};
use std::net::{Shutdown, SocketAddr, TcpStream};
use std::sync::mpsc;
use std::thread;

/// One conversation: what the client does, and then it half-closes and reads to the end.
struct Conversation {
    name: String,
    pieces: Vec<Piece>,
}

fn conversation(name: impl Into<String>, pieces: impl IntoIterator<Item = Piece>) -> Conversation {
    Conversation { name: name.into(), pieces: pieces.into_iter().collect() }
}

/// Every case of the conformance suite, and long conversations of many requests.
fn http() -> Vec<Conversation> {
    let mut all: Vec<_> =
        cases().iter().map(|case| conversation(case.id, case.send.clone())).collect();
    let requests = [
        "GET / HTTP/1.1\r\nHost: a\r\n\r\n",
        "HEAD /bytes/70000 HTTP/1.1\r\nHost: a\r\n\r\n",
        "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\ntwo words",
        "GET /bytes/70000 HTTP/1.1\r\nHost: a\r\n\r\n",
        "GET /delay/20 HTTP/1.1\r\nHost: a\r\n\r\n",
        "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n3\r\ntwo\r\n6;x=y\r\n words\r\n0\r\nT: u\r\n\r\n",
        "GET /nothing HTTP/1.1\r\nHost: a\r\n\r\n",
        "DELETE / HTTP/1.1\r\nHost: a\r\n\r\n",
        "GET /spin/10 HTTP/1.1\r\nHost: a\r\n\r\n",
        "OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n",
    ];
    let pipeline = requests.concat().repeat(20);
    all.push(conversation("200 pipelined requests", [Piece::Bytes(pipeline.clone().into())]));
    all.push(conversation(
        "requests in turn",
        requests
            .iter()
            .enumerate()
            .flat_map(|(n, request)| [Piece::Bytes((*request).into()), Piece::Await(n + 1)]),
    ));
    for size in [1, 2, 3, 7, 64, 1000] {
        let pieces = requests.concat().into_bytes();
        let pieces = pieces.chunks(size).map(|piece| Piece::Bytes(piece.into()));
        all.push(conversation(format!("pieces of {size}"), pieces));
    }
    all
}

/// Any bytes at all, for services that do not read them as requests.
fn bytes() -> Vec<Conversation> {
    let all_bytes: Vec<u8> = (0..=255).collect();
    let long = all_bytes.repeat(1000);
    vec![
        conversation("nothing", []),
        conversation("every byte", [Piece::Bytes(all_bytes.clone())]),
        conversation("each byte alone", [Piece::EachByte(all_bytes)]),
        conversation("256,000 bytes", [Piece::Bytes(long)]),
    ]
}

/// Plays a conversation and gives all that came, with every `Date` replaced.
fn play(addr: SocketAddr, conversation: &Conversation) -> io::Result<Vec<u8>> {
    let mut stream = TcpStream::connect_timeout(&addr, DEADLINE)?;
    stream.set_nodelay(true)?;
    stream.set_read_timeout(Some(DEADLINE))?;
    stream.set_write_timeout(Some(DEADLINE))?;
    // The client reads while it writes: a long conversation fits into no buffer.
    let mut reader = stream.try_clone()?;
    let (sender, chunks) = mpsc::channel();
    let reading = thread::spawn(move || -> io::Result<()> {
        let mut buffer = vec![0; 64 * 1024];
        loop {
            match reader.read(&mut buffer)? {
                0 => return Ok(()),
                n => sender.send(buffer[..n].to_vec()).map_err(io::Error::other)?,
            }
        }
    });
    let mut came = Vec::new();
    for piece in &conversation.pieces {
        // A server that has refused a request may close before it has read everything: its reply counts.
        let _ = match piece {
            Piece::Bytes(bytes) => stream.write_all(bytes),
            Piece::EachByte(bytes) => bytes.iter().try_for_each(|byte| stream.write_all(&[*byte])),
            Piece::HalfClose => stream.shutdown(Shutdown::Write),
            Piece::Await(replies) => {
                while heads(&came) < *replies
                    && let Ok(chunk) = chunks.recv()
                {
                    came.extend(chunk);
                }
                Ok(())
            }
            // Whether something comes too early is for the conformance suite to say.
            Piece::Quiet => Ok(()),
        };
    }
    let _ = stream.shutdown(Shutdown::Write);
    came.extend(chunks.iter().flatten());
    reading.join().expect("the reader does not panic")?;
    Ok(without_dates(&came))
}

/// The number of heads that have come: no body here holds what a head begins with.
fn heads(bytes: &[u8]) -> usize {
    let begin = b"HTTP/1.1 ";
    bytes.windows(begin.len()).filter(|window| window == begin).count()
}

/// The bytes with the value of each `Date` field replaced by a star.
fn without_dates(bytes: &[u8]) -> Vec<u8> {
    let name = b"\r\nDate: ";
    let mut rest = bytes;
    let mut out = Vec::new();
    while let Some(at) = rest.windows(name.len()).position(|window| window == name) {
        let value = at + name.len();
        out.extend_from_slice(&rest[..value]);
        out.push(b'*');
        let end =
            rest[value..].iter().position(|byte| *byte == b'\r').unwrap_or(rest.len() - value);
        rest = &rest[value + end..];
    }
    out.extend_from_slice(rest);
    out
}

/// Plays every conversation against every model, and compares with the first one.
fn alike(service: &str, conversations: &[Conversation]) {
    let course = Course::read();
    let servers: Vec<(String, Program)> = course
        .models()
        .map(|(package, model)| {
            let launch = Launch::new(harness::build(package, package));
            let launch = launch.args([
                "--addr",
                "127.0.0.1:0",
                "--model",
                &model.name,
                "--service",
                service,
            ]);
            (format!("{package} --model {}", model.name), launch.start())
        })
        .collect();
    let (first, others) = servers.split_first().expect("course.toml names a model");
    for conversation in conversations {
        let play = |(model, server): &(String, Program)| {
            let came = play(server.addr(), conversation);
            let came = came.unwrap_or_else(|error| {
                panic!(
                    "in the conversation `{}` ({service}) {model} fails: {error}",
                    conversation.name
                )
            });
            came.escape_ascii().to_string().replace("\\n", "\\n\n    ")
        };
        let expected = play(first);
        for other in others {
            let came = play(other);
            assert!(
                expected == came,
                "in the conversation `{}` ({service}) {} says\n    {expected}\nand {} says\n    {came}\n",
                conversation.name,
                first.0,
                other.0
            );
        }
    }
}

#[test]
fn every_model_answers_http_alike() {
    alike("http", &http());
}

#[test]
fn every_model_echoes_alike() {
    alike("echo", &bytes());
}

#[test]
fn every_model_greets_alike() {
    alike("hello", &bytes()[..3]);
}
