//! Reading one request: as little HTTP as the checks need.

use std::io::{self, Read};
use std::net::TcpStream;

use crate::wrong;

/// A request, or why there is none.
pub(crate) enum Asked {
    Request { head: String, body: Vec<u8> },
    Refused(&'static str),
    Over,
}

/// Reads the next request; `ahead` holds what was read beyond it.
pub(crate) fn next(stream: &mut TcpStream, ahead: &mut Vec<u8>) -> io::Result<Asked> {
    let end = loop {
        // Empty lines before a request mean nothing.
        while ahead.starts_with(b"\r\n") {
            ahead.drain(..2);
        }
        if let Some(end) = ahead.windows(4).position(|window| window == b"\r\n\r\n") {
            break end + 4;
        }
        if ahead.len() > 80_000 && !wrong("no-limits") {
            let line = ahead.windows(2).any(|window| window == b"\r\n");
            return Ok(Asked::Refused(if line { "431 Too Large" } else { "414 Too Long" }));
        }
        if !ahead.is_empty() && wrong("one-read-per-request") {
            return Ok(Asked::Refused("400 Bad Request"));
        }
        match more(stream, ahead) {
            Ok(true) => {}
            Ok(false) => return Ok(Asked::Over),
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => {
                return Ok(Asked::Refused("408 Request Timeout"));
            }
            Err(error) => return Err(error),
        }
    };
    let head = String::from_utf8_lossy(&ahead.drain(..end).collect::<Vec<u8>>()).into_owned();
    if !head.lines().next().unwrap_or_default().contains(" HTTP/1.") {
        return Ok(Asked::Refused("400 Bad Request"));
    }
    let lower = head.to_ascii_lowercase();
    if lower.contains("transfer-encoding: chunked") && !wrong("keeps-chunk-framing") {
        return chunked(stream, ahead, head);
    }
    let length = lower
        .lines()
        .find_map(|line| line.strip_prefix("content-length: "))
        .map_or(Ok(0), str::parse::<usize>);
    if wrong("reserves-declared-length")
        && let Ok(length) = length
    {
        std::mem::forget(vec![1_u8; length]);
    }
    let length: usize = match length {
        Ok(length) if length <= 1 << 20 || wrong("no-limits") => length,
        _ => return Ok(Asked::Refused("413 Content Too Large")),
    };
    while ahead.len() < length {
        match more(stream, ahead) {
            Ok(true) => {}
            Ok(false) => return Ok(Asked::Over),
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => {
                return Ok(Asked::Refused("408 Request Timeout"));
            }
            Err(error) => return Err(error),
        }
    }
    Ok(Asked::Request { head, body: ahead.drain(..length).collect() })
}

/// Chunks without extensions whose values contain a line ending, and trailers.
fn chunked(stream: &mut TcpStream, ahead: &mut Vec<u8>, head: String) -> io::Result<Asked> {
    let mut body = Vec::new();
    loop {
        let line = line(stream, ahead)?;
        let digits = line.split(';').next().unwrap_or_default().trim();
        let Ok(size) = usize::from_str_radix(digits, 16) else {
            return Ok(Asked::Refused("400 Bad Request"));
        };
        if size > 1 << 20 {
            return Ok(Asked::Refused("413 Content Too Large"));
        }
        if size == 0 {
            while !self::line(stream, ahead)?.is_empty() {}
            return Ok(Asked::Request { head, body });
        }
        while ahead.len() < size + 2 {
            more(stream, ahead)?;
        }
        body.extend(ahead.drain(..size));
        ahead.drain(..2);
    }
}

fn line(stream: &mut TcpStream, ahead: &mut Vec<u8>) -> io::Result<String> {
    loop {
        if let Some(end) = ahead.windows(2).position(|window| window == b"\r\n") {
            let line: Vec<u8> = ahead.drain(..end + 2).take(end).collect();
            return Ok(String::from_utf8_lossy(&line).into_owned());
        }
        if !more(stream, ahead)? {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
    }
}

fn more(stream: &mut TcpStream, ahead: &mut Vec<u8>) -> io::Result<bool> {
    let mut buffer = [0; 64 * 1024];
    let n = stream.read(&mut buffer)?;
    ahead.extend_from_slice(&buffer[..n]);
    Ok(n > 0)
}
