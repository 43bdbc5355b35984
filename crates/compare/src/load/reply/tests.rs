//! Every reply in pieces of every size.

use super::*;
use proptest::prelude::*;

/// Reads a reply in pieces of a size, and says what came of it, and what was left over.
fn read(
    reply: &[u8],
    size: usize,
    wanted: Wanted<'_>,
) -> Result<Option<(u64, bool, usize)>, Fault> {
    let mut reader = Reader::default();
    let mut used = 0;
    for piece in reply.chunks(size) {
        if let Some(whole) = reader.read(piece, wanted)? {
            assert!(reader.is_fresh());
            return Ok(Some((whole.bytes, whole.close, reply.len() - used - whole.used)));
        }
        used += piece.len();
    }
    Ok(None)
}

/// Each must give the same in pieces of every size.
#[track_caller]
fn all_sizes(
    reply: &str,
    right: &dyn Fn() -> Right,
    echo: Option<&[u8]>,
) -> Result<Option<(u64, bool, usize)>, Fault> {
    let reply = reply.as_bytes();
    let once = |size| {
        let right = right();
        read(reply, size, Wanted { right: &right, echoes: echo.is_some(), echo })
    };
    let first = once(reply.len());
    for size in 1..reply.len() {
        let mut other = once(size);
        // Who reads less at a time sees less of what follows.
        if let (Ok(Some(first)), Ok(Some(other))) = (&first, &mut other) {
            other.2 = first.2;
        }
        assert_eq!(other, first, "pieces of {size} bytes of {:?}", String::from_utf8_lossy(reply));
    }
    first
}

#[track_caller]
fn hello(reply: &str) -> Result<Option<(u64, bool, usize)>, Fault> {
    all_sizes(reply, &|| Right::of("/", true), None)
}

/// Parts of replies, right and wrong, which are put together at random.
fn fragments() -> impl Strategy<Value = String> {
    let known = prop::sample::select(vec![
        "HTTP/1.1 200 OK\r\n",
        "HTTP/1.1 100 Continue\r\n\r\n",
        "HTTP/1.0 200 OK\r\n",
        "HTTP/1.1 503 No\r\n",
        "Content-Length: 13\r\n",
        "Content-Length: 0\r\n",
        "Transfer-Encoding: chunked\r\n",
        "Connection: close\r\n",
        "Date: now\r\n",
        "\r\n",
        "\n",
        "Hello, World!",
        "d\r\nHello, World!\r\n",
        "3\r\nHel\r\n",
        "a;x\r\nlo, World!\r\n",
        "0\r\n",
    ]);
    prop_oneof![8 => known.prop_map(str::to_owned), 1 => "[ -~]{1,9}"]
}

proptest! {
    #[test]
    fn nothing_breaks_the_reader(parts in prop::collection::vec(fragments(), 1..9)) {
        let reply = format!("HTTP/1.1 200 OK\r\n{}", parts.concat());
        let _ = hello(&reply);
        let _ = hello(&parts.concat());
        let _ = all_sizes(&reply, &|| Right::of("/x", false), None);
    }
}

#[test]
fn right_replies() {
    let date = "Date: Fri, 20 Nov 2026 21:00:00 GMT\r\n";
    let plain = format!("HTTP/1.1 200 OK\r\n{date}Content-Length: 13\r\n\r\nHello, World!");
    assert_eq!(hello(&plain), Ok(Some((13, false, 0))));
    assert_eq!(hello(&format!("HTTP/1.1 100 Continue\r\n\r\n{plain}")), Ok(Some((13, false, 0))));
    let chunked = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n\
                   5;x=y\r\nHello\r\n08\r\n, World!\r\n0\r\nT: x\r\n\r\n";
    assert_eq!(hello(chunked), Ok(Some((13, true, 0))));
    let letters = "HTTP/1.1 200 OK\r\nContent-Length: 30\r\n\r\nabcdefghijklmnopqrstuvwxyzabcd";
    assert_eq!(
        all_sizes(letters, &|| Right::of("/bytes/30", true), None),
        Ok(Some((30, false, 0)))
    );
    let none = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n";
    assert_eq!(all_sizes(none, &|| Right::of("/bytes/0", true), None), Ok(Some((0, false, 0))));
    assert_eq!(all_sizes(&plain, &|| Right::of("/x", true), None), Ok(Some((13, false, 0))));
}

#[test]
fn the_reply_ends_where_it_ends() {
    let two = "HTTP/1.1 200 OK\r\nContent-Length: 13\r\n\r\nHello, World!HTTP";
    assert_eq!(hello(two), Ok(Some((13, false, 4))));
    assert_eq!(hello("HTTP/1.1 200 OK\r\nContent-Length: 13\r\n\r\nHello, World"), Ok(None));
}

#[test]
fn a_body_may_end_with_the_connection() {
    let right = Right::of("/", true);
    let wanted = Wanted { right: &right, echoes: false, echo: None };
    let reply = b"HTTP/1.0 200 OK\r\n\r\nHello, World!";
    for size in 1..reply.len() {
        let mut reader = Reader::default();
        for piece in reply.chunks(size) {
            assert_eq!(reader.read(piece, wanted), Ok(None));
        }
        let whole = Whole { bytes: 13, close: true, used: 0, date: None };
        assert_eq!(reader.end(wanted), Ok(whole));
        assert_eq!(reader.end(wanted), Err(Fault::Closed), "the next reply has not begun");
    }
    let mut reader = Reader::default();
    assert_eq!(reader.read(&reply[..25], wanted), Ok(None));
    assert_eq!(reader.end(wanted), Err(Fault::Body), "cut short");
}

#[test]
fn wrong_replies() {
    for (fault, reply) in [
        (Fault::Status, "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n"),
        (Fault::Status, "HTTP/1.1 204 No Content\r\n\r\n"),
        (Fault::Body, "HTTP/1.1 200 OK\r\nContent-Length: 13\r\n\r\nHello, World?"),
        (Fault::Body, "HTTP/1.1 200 OK\r\nContent-Length: 12\r\n\r\nHello, World"),
        (Fault::Body, "HTTP/1.1 200 OK\r\nContent-Length: 14\r\n\r\nHello, World!"),
        (
            Fault::Body,
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nHello\r\n0\r\n\r\n",
        ),
        (
            Fault::Body,
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n28\r\nHello, World!Hello, World!Hello, World!\n\r\n",
        ),
        (
            Fault::Malformed,
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nHelloX\r\n0\r\n\r\n",
        ),
        (Fault::Malformed, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n-5\r\nHello\r\n"),
        (Fault::Malformed, "HTTP/1.1 101 Switching Protocols\r\n\r\n"),
        (Fault::Malformed, "HTTP/1.1 200 OK\nContent-Length: 13\n\nHello, World!"),
        (Fault::Malformed, "Hello, World!"),
    ] {
        assert_eq!(hello(reply), Err(fault), "{reply:?}");
    }
}

#[test]
fn a_head_has_an_end() {
    let right = Right::of("/", true);
    let wanted = Wanted { right: &right, echoes: false, echo: None };
    let long = format!("HTTP/1.1 200 OK\r\nA: {}", "x".repeat(LONGEST_HEAD));
    for size in [1000, LONGEST_HEAD, long.len()] {
        assert_eq!(read(long.as_bytes(), size, wanted), Err(Fault::Malformed), "{size}");
    }
}

#[test]
fn a_reply_to_somebody_else_is_told_from_a_wrong_one() {
    let mine = "echo 00 000001 0000000000000001\n";
    let others = "echo 00 000002 0000000000000001\n";
    let echo = |body: &str| {
        let reply = format!("HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n{body}", body.len());
        all_sizes(&reply, &|| Right::of("/", true), Some(mine.as_bytes()))
    };
    assert_eq!(mine.len(), ECHO);
    assert_eq!(echo(mine), Ok(Some((32, false, 0))));
    assert_eq!(echo(others), Err(Fault::Order));
    assert_eq!(echo("Hello, World!"), Err(Fault::Order));
    assert_eq!(echo(&mine.replace("echo", "ECHO")), Err(Fault::Body));
    assert_eq!(echo(&mine[1..]), Err(Fault::Body));
    let right = Right::of("/", true);
    let wanted = Wanted { right: &right, echoes: true, echo: None };
    let reply = format!("HTTP/1.1 200 OK\r\nContent-Length: 32\r\n\r\n{mine}");
    assert_eq!(read(reply.as_bytes(), 9, wanted), Err(Fault::Order));
}
