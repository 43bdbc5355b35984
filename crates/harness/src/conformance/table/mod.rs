//! The cases, one file per theme.

mod authority;
mod chunk_size;
mod chunked;
mod closing;
mod connection;
mod content_length;
mod expect;
mod fields;
mod hosts;
mod limits;
mod methods;
mod pipelining;
mod replies;
mod request_line;
mod targets;
mod trailers;
mod transfer_encoding;

use super::case::Case;

/// A request that must never be answered: it stands where only a confused reader looks for one.
const SMUGGLED: &str = "GET /bytes/3 HTTP/1.1\r\nHost: smuggled\r\n\r\n";

/// Every case.
pub(super) fn all() -> Vec<Case> {
    let themes = [
        request_line::cases,
        targets::cases,
        hosts::cases,
        authority::cases,
        fields::cases,
        methods::cases,
        content_length::cases,
        transfer_encoding::cases,
        chunked::cases,
        chunk_size::cases,
        trailers::cases,
        connection::cases,
        closing::cases,
        pipelining::cases,
        expect::cases,
        limits::cases,
        replies::cases,
    ];
    themes.into_iter().flat_map(|theme| theme()).collect()
}

/// A request with this line, `Host: a` and these field lines.
fn request(line: impl AsRef<[u8]>, fields: impl AsRef<[u8]>) -> Vec<u8> {
    [line.as_ref(), b"\r\nHost: a\r\n", fields.as_ref(), b"\r\n"].concat()
}

/// `GET /` with these field lines, each ending in CRLF.
fn get(fields: impl AsRef<[u8]>) -> Vec<u8> {
    request("GET / HTTP/1.1", fields)
}

/// `GET` of this target.
fn get_of(target: impl AsRef<[u8]>) -> Vec<u8> {
    request([b"GET ", target.as_ref(), b" HTTP/1.1"].concat(), "")
}

/// `POST /` with these field lines and this body.
fn post(fields: impl AsRef<[u8]>, body: impl AsRef<[u8]>) -> Vec<u8> {
    [&request("POST / HTTP/1.1", fields), body.as_ref()].concat()
}

/// `POST /` with this body and its length.
fn sized(body: impl AsRef<[u8]>) -> Vec<u8> {
    let body = body.as_ref();
    post(format!("Content-Length: {}\r\n", body.len()), body)
}

/// `POST /` with `Transfer-Encoding: chunked` and this body, chunk lines and all.
fn chunks(body: impl AsRef<[u8]>) -> Vec<u8> {
    post("Transfer-Encoding: chunked\r\n", body)
}

/// A request with this line whose body, by its length, is a request that must never be answered.
fn hiding(line: &str) -> Vec<u8> {
    [&request(line, format!("Content-Length: {}\r\n", SMUGGLED.len())), SMUGGLED.as_bytes()]
        .concat()
}

/// Likewise, in one chunk.
fn hiding_in_chunk(line: &str) -> Vec<u8> {
    let body = format!("{:x}\r\n{SMUGGLED}\r\n0\r\n\r\n", SMUGGLED.len());
    [&request(line, "Transfer-Encoding: chunked\r\n"), body.as_bytes()].concat()
}

/// These bytes, one after the other.
fn join(parts: &[&[u8]]) -> Vec<u8> {
    parts.concat()
}
