//! The reply to a request that is refused must arrive, although the client has sent much more.
//!
//! Closing a socket with unread input makes the kernel send RST instead of FIN,
//! and an RST destroys what the client has not read yet. So a server must stage its close.

use super::Target;

/// What the client goes on to send: more than one read, less than the socket buffers of both sides.
const MORE: usize = 512 * 1024;

/// A bad request is answered by 400 and an orderly end, with much unread input behind it.
pub fn bad_request(target: &Target) {
    let server = target.start(&[]);
    for _ in 0..5 {
        let mut wire = server.connect();
        wire.send([b"BAD REQUEST LINE HERE\r\n\r\n".to_vec(), vec![b'x'; MORE]].concat());
        wire.expect_reply("GET", 400);
        wire.expect_end();
    }
}

/// A body over the limit is answered by 413 and an orderly end, while the client sends all of it as curl does.
pub fn large_body(target: &Target) {
    let server = target.start(&[]);
    for _ in 0..5 {
        let mut wire = server.connect();
        wire.send(format!("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: {}\r\n\r\n", 2 << 20));
        for _ in 0..32 {
            // The server may have stopped reading, but it must not have reset the connection.
            wire.send(vec![b'x'; (2 << 20) / 32]);
        }
        let reply = wire.expect_reply("POST", 413);
        wire.check(reply.closes(), "a reply that ends the connection says `Connection: close`");
        wire.half_close();
        wire.expect_end();
    }
}
