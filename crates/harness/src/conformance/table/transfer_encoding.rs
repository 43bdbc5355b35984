//! Transfer-Encoding, and what it does beside Content-Length: RFC 9112 6.1, 6.3 and 11.2.

use super::super::case::{Case, End, echo, must, security};
use super::{SMUGGLED, chunks, hiding_in_chunk, join, post};

/// A body that ends at once for a reader of chunks, and goes on for a reader of a length.
fn zero_then_smuggled() -> String {
    format!("0\r\n\r\n{SMUGGLED}")
}

pub(super) fn cases() -> Vec<Case> {
    let mut cases = vec![
        must("coding-case", "9112 7", "codings have no case")
            .send(post("TRANSFER-ENCODING: CHUNKED\r\n", "5\r\nhello\r\n0\r\n\r\n"))
            .echo("hello"),
        must("coding-tab", "9112 5", "whitespace around a coding is no part of it")
            .send(post("Transfer-Encoding:\tchunked \t\r\n", "5\r\nhello\r\n0\r\n\r\n"))
            .echo("hello"),
        must("coding-next", "9112 6.3", "what follows the last chunk is the next request")
            .send(join(&[&chunks("5\r\nhello\r\n0\r\n\r\n"), &super::get("")]))
            .gets([echo("hello"), super::super::case::hello()], End::Open),
        must("coding-request-inside", "9112 6.3", "a chunk that looks like a request is a chunk")
            .send(hiding_in_chunk("POST / HTTP/1.1"))
            .echo(SMUGGLED),
        security("coding-and-length", "9112 6.1", "chunked with a length closes the connection")
            .send(post("Content-Length: 5\r\nTransfer-Encoding: chunked\r\n", "0\r\n\r\n"))
            .refused(&[400])
            .gets([echo("")], End::Closed),
        security("coding-then-length", "9112 6.1", "chunked before a length closes it too")
            .send(post("Transfer-Encoding: chunked\r\nContent-Length: 5\r\n", "0\r\n\r\n"))
            .refused(&[400])
            .gets([echo("")], End::Closed),
        security("smuggle-cl-te", "9112 11.2", "CL.TE: what a length hides is not served")
            .send(post("Content-Length: 46\r\nTransfer-Encoding: chunked\r\n", zero_then_smuggled()))
            .refused(&[400])
            .gets([echo("")], End::Closed),
        security("smuggle-te-cl", "9112 11.2", "TE.CL: what a chunk hides is not served")
            .send(post(
                "Transfer-Encoding: chunked\r\nContent-Length: 4\r\n",
                format!("29\r\n{SMUGGLED}\r\n0\r\n\r\n"),
            ))
            .refused(&[400])
            .gets([echo(SMUGGLED)], End::Closed),
        security("smuggle-cl0-te", "9112 11.2", "a length of 0 does not hide chunks")
            .send(post(
                "Content-Length: 0\r\nTransfer-Encoding: chunked\r\n",
                format!("29\r\n{SMUGGLED}\r\n0\r\n\r\n"),
            ))
            .refused(&[400])
            .gets([echo(SMUGGLED)], End::Closed),
        security("smuggle-equal", "9112 6.1", "chunked with a fitting length closes the connection too")
            .send(post("Content-Length: 15\r\nTransfer-Encoding: chunked\r\n", "5\r\nhello\r\n0\r\n\r\n"))
            .refused(&[400])
            .gets([echo("hello")], End::Closed),
        security("smuggle-get", "9112 6.1", "chunked with a length closes the connection on GET too")
            .send(join(&[
                &super::get("Content-Length: 46\r\nTransfer-Encoding: chunked\r\n"),
                zero_then_smuggled().as_bytes(),
            ]))
            .refused(&[400, 200]),
        security("smuggle-keep-alive", "9112 6.1", "keep-alive does not save such a connection")
            .send(post(
                "Connection: keep-alive\r\nContent-Length: 46\r\nTransfer-Encoding: chunked\r\n",
                zero_then_smuggled(),
            ))
            .refused(&[400])
            .gets([echo("")], End::Closed),
        security("smuggle-bad-length", "9112 6.3", "chunked does not excuse a malformed length")
            .send(post("Transfer-Encoding: chunked\r\nContent-Length: x\r\n", zero_then_smuggled()))
            .refused(&[400])
            .gets([echo("")], End::Closed),
        security("smuggle-bad-coding", "9112 6.3", "an unknown coding beside a length is refused")
            .send(post("Content-Length: 5\r\nTransfer-Encoding: xchunked\r\n", "hello"))
            .refused(&[400, 501]),
        security("smuggle-space-colon", "9112 5.1", "a space between Transfer-Encoding and its colon is refused")
            .send(post("Transfer-Encoding : chunked\r\n", zero_then_smuggled()))
            .refused(&[400]),
        security("smuggle-space-colon-length", "9112 5.1", "`Transfer-Encoding :` is refused beside a length too")
            .send(post("Content-Length: 46\r\nTransfer-Encoding : chunked\r\n", zero_then_smuggled()))
            .refused(&[400]),
        security("smuggle-leading-space", "9112 5.2", "a Transfer-Encoding that whitespace precedes is no field")
            .send(post("Content-Length: 46\r\n Transfer-Encoding: chunked\r\n", zero_then_smuggled()))
            .refused(&[400]),
        security("smuggle-folded-other", "9112 5.2", "a Transfer-Encoding in a folded line is no field")
            .send(post(
                "Content-Length: 46\r\nX: y\r\n Transfer-Encoding: chunked\r\n",
                zero_then_smuggled(),
            ))
            .refused(&[400])
            .echo(zero_then_smuggled()),
        security("smuggle-lf", "9112 2.2", "a Transfer-Encoding after a bare LF is refused, or closes the connection")
            .send(post("Content-Length: 46\r\nX: y\nTransfer-Encoding: chunked\r\n", zero_then_smuggled()))
            .refused(&[400])
            .gets([echo("")], End::Closed),
        security("smuggle-cr", "9112 2.2", "a Transfer-Encoding after a bare CR is no field")
            .send(post("Content-Length: 46\r\nX: y\rTransfer-Encoding: chunked\r\n", zero_then_smuggled()))
            .refused(&[400])
            .echo(zero_then_smuggled()),
        security("smuggle-nul-name", "9110 5.1", "a NUL in the name Transfer-Encoding is refused")
            .send(post("Content-Length: 46\r\nTransfer-Encoding\0: chunked\r\n", zero_then_smuggled()))
            .refused(&[400]),
        security("smuggle-hop", "9110 7.6.1", "`Connection: transfer-encoding` does not change the framing")
            .send(post("Connection: transfer-encoding\r\nTransfer-Encoding: chunked\r\n", "5\r\nhello\r\n0\r\n\r\n"))
            .echo("hello")
            .refused(&[400]),
        security("coding-underscore", "9110 5.1", "`Transfer_Encoding` is another field")
            .send(post("Transfer_Encoding: chunked\r\nContent-Length: 46\r\n", zero_then_smuggled()))
            .echo(zero_then_smuggled())
            .refused(&[400]),
        security("coding-1.0", "9112 6.1", "Transfer-Encoding in HTTP/1.0 is faulty: the connection closes")
            .send("POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n")
            .refused(&[400])
            .gets([echo("hello")], End::Closed),
        security("coding-1.0-length", "9112 6.1", "Transfer-Encoding and a length in HTTP/1.0 are faulty")
            .send(
                "POST / HTTP/1.0\r\nConnection: keep-alive\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
            )
            .refused(&[400])
            .gets([echo("")], End::Closed)
            .gets([echo("0\r\n\r\n")], End::Closed),
        security("coding-1.0-smuggled", "9112 6.1", "nothing is served behind Transfer-Encoding in HTTP/1.0")
            .send(format!(
                "POST / HTTP/1.0\r\nConnection: keep-alive\r\nTransfer-Encoding: chunked\r\n\r\n{}",
                zero_then_smuggled()
            ))
            .refused(&[400])
            .gets([echo("")], End::Closed),
        security("coding-folded", "9112 5.2", "a folded coding is refused, or unfolded")
            .send(post("Transfer-Encoding:\r\n chunked\r\n", "5\r\nhello\r\n0\r\n\r\n"))
            .refused(&[400, 501])
            .echo("hello"),
        security("coding-empty-member", "9110 5.6.1", "empty members of the list are ignored, or refused")
            .send(post("Transfer-Encoding: , chunked\r\n", "5\r\nhello\r\n0\r\n\r\n"))
            .refused(&[400, 501])
            .echo("hello"),
        security("coding-trailing-comma", "9110 5.6.1", "an empty last member is ignored, or refused")
            .send(post("Transfer-Encoding: chunked,\r\n", "5\r\nhello\r\n0\r\n\r\n"))
            .refused(&[400, 501])
            .echo("hello"),
    ];
    // RFC 9112 6.1: an unknown coding SHOULD be answered 501; 6.3: if chunked is not the last, 400 and a close.
    let codings: [(&str, &[u8]); 19] = [
        ("coding-gzip", b"gzip"),
        ("coding-gzip-chunked", b"gzip, chunked"),
        ("coding-chunked-gzip", b"chunked, gzip"),
        ("coding-chunked-twice", b"chunked, chunked"),
        ("coding-identity", b"identity"),
        ("coding-chunked-identity", b"chunked, identity"),
        ("coding-identity-chunked", b"identity, chunked"),
        ("coding-unknown", b"cow"),
        ("coding-prefix", b"xchunked"),
        ("coding-suffix", b"chunkedx"),
        ("coding-part", b"chunk"),
        ("coding-space-inside", b"chunked foo"),
        ("coding-parameter", b"chunked;q=1"),
        ("coding-quoted", b"\"chunked\""),
        ("coding-empty", b""),
        ("coding-vertical-tab", b"\x0bchunked"),
        ("coding-nul", b"chunked\0"),
        ("coding-cr", b"chun\rked"),
        ("coding-kelvin", "chun\u{212a}ed".as_bytes()),
    ];
    cases.extend(codings.map(|(id, coding)| {
        let fields = [b"Transfer-Encoding: ", coding, b"\r\n"].concat();
        security(id, "9112 6.3", "codings other than a single `chunked` are refused")
            .send(post(fields, zero_then_smuggled()))
            .refused(&[400, 501])
    }));
    let pairs: [(&str, &str, &str); 5] = [
        ("coding-lines-alike", "chunked", "chunked"),
        ("coding-lines-cow", "chunked", "cow"),
        ("coding-lines-identity", "chunked", "identity"),
        ("coding-lines-gzip", "gzip", "chunked"),
        ("coding-lines-empty", "chunked", "\x0b"),
    ];
    cases.extend(pairs.map(|(id, first, second)| {
        let fields = format!("Transfer-Encoding: {first}\r\nTransfer-encoding: {second}\r\n");
        security(id, "9112 6.3", "two lines of codings are one list, and refused")
            .send(post(fields, zero_then_smuggled()))
            .refused(&[400, 501])
    }));
    cases
}
