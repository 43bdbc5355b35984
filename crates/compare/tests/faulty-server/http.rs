//! HTTP as far as the faults need it.

use crate::clock::{is_turn, stall};
use crate::wrong;
use socket2::SockRef;
use std::io::{self, BufRead as _, BufReader, Read as _, Write as _};
use std::net::{Shutdown, TcpStream};
use std::sync::Mutex;
use std::time::Duration;

/// One reply in so many is lost.
const RARELY: u64 = 10_000;
/// One reply in so many is wrong, where it is wrong for somebody.
const SOMETIMES: u64 = 20;

const HELLO: &[u8] = b"Hello, World!";

struct Request {
    target: String,
    close: bool,
    body: Vec<u8>,
    post: bool,
}

/// Serves one connection.
pub(crate) fn serve(mut stream: TcpStream) -> io::Result<()> {
    let mut input = BufReader::new(stream.try_clone()?);
    while let Some(request) = read(&mut input)? {
        if let Some(reply) = answer(&request, &mut stream)? {
            stream.write_all(&reply)?;
        }
        if request.close && wrong("stays-open") {
            // The client must not wait for ever.
            io::copy(&mut input, &mut io::sink())?;
        }
        if request.close || wrong("announces-close") {
            return stream.shutdown(Shutdown::Both);
        }
    }
    Ok(())
}

/// What is to be answered, or `None` to what it does not know.
fn body(request: &Request) -> Option<Vec<u8>> {
    if request.post {
        return Some(request.body.clone());
    }
    if let Some(time) = request.target.strip_prefix("/delay/") {
        std::thread::sleep(Duration::from_millis(time.parse().ok()?));
        return Some(b"done waiting\n".to_vec());
    }
    if let Some(length) = request.target.strip_prefix("/bytes/") {
        return Some((b'a'..=b'z').cycle().take(length.parse().ok()?).collect());
    }
    (request.target == "/").then(|| HELLO.to_vec())
}

/// The reply, or `None` where there is none.
fn answer(request: &Request, stream: &mut TcpStream) -> io::Result<Option<Vec<u8>>> {
    let Some(mut body) = body(request) else {
        return Ok(Some(render("404 Not Found", 0, b"")));
    };
    if wrong("swaps") && request.post && is_turn(SOMETIMES) {
        static OTHER: Mutex<Option<Vec<u8>>> = Mutex::new(None);
        body = OTHER.lock().unwrap().replace(body.clone()).unwrap_or(body);
    }
    if wrong("mixes") && request.post && is_turn(SOMETIMES) {
        body = HELLO.to_vec();
    }
    if wrong("stalls") {
        stall();
    }
    let turn = |fault: &str, every| wrong(fault) && is_turn(every);
    if turn("drops", RARELY) {
        return Ok(None);
    }
    if turn("closes", RARELY) {
        stream.shutdown(Shutdown::Both)?;
        return Ok(None);
    }
    let right = render("200 OK", body.len(), &body);
    Ok(Some(if turn("status", SOMETIMES) {
        render("503 Service Unavailable", body.len(), &body)
    } else if turn("body", SOMETIMES) {
        body[0] ^= 1;
        render("200 OK", body.len(), &body)
    } else if turn("last-byte", SOMETIMES) {
        *body.last_mut().unwrap() ^= 1;
        render("200 OK", body.len(), &body)
    } else if turn("longer", SOMETIMES) {
        render("200 OK", body.len() + 1, &body)
    } else if turn("shorter", SOMETIMES) {
        render("200 OK", body.len() - 1, &body[1..])
    } else if turn("surplus", SOMETIMES) {
        [&right[..], b"\r\n"].concat()
    } else if turn("malformed", SOMETIMES) {
        // A field without its colon is none.
        String::from_utf8_lossy(&right).replacen(':', " ", 1).into_bytes()
    } else if turn("resets", SOMETIMES) {
        stream.write_all(&right[..right.len() - 3])?;
        // With nobody to linger for, the kernel sends a reset in the place of an end.
        SockRef::from(&*stream).set_linger(Some(Duration::ZERO))?;
        return Err(io::ErrorKind::ConnectionReset.into());
    } else if turn("half", SOMETIMES) {
        stream.write_all(&right[..right.len() - 3])?;
        stream.shutdown(Shutdown::Both)?;
        return Ok(None);
    } else if wrong("chunked") {
        chunked(&body)
    } else if wrong("announces-close") {
        let text = String::from_utf8_lossy(&right).replacen("\r\n", "\r\nConnection: close\r\n", 1);
        text.into_bytes()
    } else if wrong("old") {
        [b"HTTP/1.0 200 OK\r\n\r\n", &body[..]].concat()
    } else {
        right
    }))
}

fn render(status: &str, length: usize, body: &[u8]) -> Vec<u8> {
    let head = format!("HTTP/1.1 {status}\r\nContent-Length: {length}\r\n\r\n");
    [head.as_bytes(), body].concat()
}

fn chunked(body: &[u8]) -> Vec<u8> {
    let mut bytes = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n".to_vec();
    for chunk in body.chunks(5) {
        bytes.extend_from_slice(format!("{:x}\r\n", chunk.len()).as_bytes());
        bytes.extend_from_slice(chunk);
        bytes.extend_from_slice(b"\r\n");
    }
    bytes.extend_from_slice(b"0\r\n\r\n");
    bytes
}

/// The next request, or `None` at the end of the connection.
fn read(input: &mut BufReader<TcpStream>) -> io::Result<Option<Request>> {
    let mut line = String::new();
    if input.read_line(&mut line)? == 0 {
        return Ok(None);
    }
    let mut words = line.split(' ');
    let post = words.next() == Some("POST");
    let target = words.next().unwrap_or_default().to_owned();
    let (mut close, mut length) = (wrong("old"), 0);
    loop {
        let mut field = String::new();
        input.read_line(&mut field)?;
        match field.trim_end() {
            "" => break,
            "Connection: close" => close = true,
            other => {
                let value = other.strip_prefix("Content-Length: ");
                length = value.and_then(|value| value.parse().ok()).unwrap_or(length);
            }
        }
    }
    let mut body = vec![0; length];
    input.read_exact(&mut body)?;
    Ok(Some(Request { target, close, body, post }))
}
