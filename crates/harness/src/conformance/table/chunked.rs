//! Chunked bodies, well-formed and cut short: RFC 9112 7.1.

use super::super::case::{Case, End, echo, must, security, should};
use super::{SMUGGLED, chunks, join, post, request};

pub(super) fn cases() -> Vec<Case> {
    let every_byte: Vec<u8> = (0..=255).collect();
    let many: String = "1\r\nx\r\n".repeat(5000) + "0\r\n\r\n";
    let mut cases = vec![
        must("chunked-simple", "9112 7.1", "one chunk comes back").send(chunks("5\r\nhello\r\n0\r\n\r\n")).echo("hello"),
        must("chunked-several", "9112 7.1", "several chunks come back as one body")
            .send(chunks("3\r\nhel\r\n2\r\nlo\r\n6\r\n world\r\n0\r\n\r\n"))
            .echo("hello world"),
        must("chunked-empty", "9112 7.1", "no chunk but the last is an empty body").send(chunks("0\r\n\r\n")).echo(""),
        must("chunked-hex", "9112 7.1", "sizes are hexadecimal in either case")
            .send(chunks("a\r\n0123456789\r\nB\r\n0123456789x\r\n1a\r\nabcdefghijklmnopqrstuvwxyz\r\n0\r\n\r\n"))
            .echo("01234567890123456789xabcdefghijklmnopqrstuvwxyz"),
        must("chunked-zeros", "9112 7.1", "sizes may have leading zeros")
            .send(chunks("0005\r\nhello\r\n000\r\n\r\n"))
            .echo("hello"),
        must("chunked-crlf-inside", "9112 7.1", "a chunk may hold what looks like chunk lines")
            .send(chunks("c\r\n\r\n0\r\n\r\n5\r\n\r\n\r\n0\r\n\r\n"))
            .echo("\r\n0\r\n\r\n5\r\n\r\n"),
        must("chunked-every-byte", "9112 7.1", "a chunk may hold every byte")
            .send(chunks([b"100\r\n", every_byte.as_slice(), b"\r\n0\r\n\r\n"].concat()))
            .echo(&every_byte),
        must("chunked-close", "9112 9.6", "a chunked body that says close in its head is read first")
            .send(post("Connection: close\r\nTransfer-Encoding: chunked\r\n", "5\r\nhello\r\n0\r\n\r\n"))
            .gets([echo("hello")], End::Closed),
        must("chunked-byte-by-byte", "9112 7.1", "chunks that come a byte at a time are read")
            .each_byte(chunks("5;a=b\r\nhello\r\n0\r\nX: y\r\n\r\n"))
            .echo("hello"),
        must("chunked-split", "9112 7.1", "chunks may come apart anywhere")
            .send(request("POST / HTTP/1.1", "Transfer-Encoding: chunked\r\n"))
            .quiet()
            .send("5\r")
            .send("\nhel")
            .quiet()
            .send("lo\r")
            .send("\n0\r\n")
            .quiet()
            .send("\r\n")
            .echo("hello"),
        should("chunked-many", "9112 7.1", "5,000 small chunks are read").send(chunks(&many)).echo("x".repeat(5000)),
        must("chunked-large", "9112 7.1", "a chunk of half a MiB is read")
            .send(chunks(format!("80000\r\n{}\r\n0\r\n\r\n", "x".repeat(1 << 19))))
            .echo("x".repeat(1 << 19)),
        must("extension", "9112 7.1.1", "unknown extensions are ignored")
            .send(chunks("5;a\r\nhello\r\n0;b=c\r\n\r\n"))
            .echo("hello"),
        must("extension-several", "9112 7.1.1", "a chunk may have several extensions")
            .send(chunks("5;a=b;c;d=e\r\nhello\r\n0\r\n\r\n"))
            .echo("hello"),
        must("extension-quoted", "9112 7.1.1", "an extension may be quoted")
            .send(chunks("5;a=\"b;c \\\" d\"\r\nhello\r\n0\r\n\r\n"))
            .echo("hello"),
        should("extension-spaces", "9112 7.1.1", "whitespace around `;` and `=` is read, or refused")
            .send(chunks("5 ; a = b\r\nhello\r\n0\r\n\r\n"))
            .echo("hello")
            .refused(&[400]),
        security("extension-lf", "9112 7.1.1", "a bare LF does not end an extension")
            .send(chunks(format!("5;a\nhello\r\n0\r\n\r\n{SMUGGLED}")))
            .refused(&[400]),
        security("extension-lf-hides", "9112 7.1.1", "a bare LF in an extension does not hide a chunk")
            .send(chunks("2;\nxx\r\n29\r\n0\r\n\r\nGET /bytes/3 HTTP/1.1\r\nHost: b\r\n\r\n\r\n0\r\n\r\n"))
            .refused(&[400]),
        security("extension-cr", "9112 7.1.1", "a bare CR in an extension is refused")
            .send(chunks("5;a\rb\r\nhello\r\n0\r\n\r\n"))
            .refused(&[400]),
        security("extension-nul", "9112 7.1.1", "a NUL in an extension is refused")
            .send(chunks("5;a=\0\r\nhello\r\n0\r\n\r\n"))
            .refused(&[400]),
        security("extension-quoted-crlf", "9112 7.1.1", "a quote does not keep an extension from ending")
            .send(chunks("5;a=\"\r\nhello\r\n0\r\n\r\n"))
            .refused(&[400])
            .echo("hello"),
        security("chunked-no-crlf", "9112 7.1", "data without its CRLF is refused")
            .send(chunks("5\r\nhello0\r\n\r\n"))
            .refused(&[400]),
        security("chunked-longer", "9112 7.1", "data longer than its size is refused")
            .send(chunks("5\r\nhelloX\r\n0\r\n\r\n"))
            .refused(&[400]),
        security("chunked-shorter", "9112 7.1", "data shorter than its size is refused")
            .send(chunks("6\r\nhello\r\n0\r\n\r\n"))
            .refused(&[400]),
        security("chunked-lf-after-data", "9112 7.1", "a bare LF after data is refused")
            .send(chunks("5\r\nhello\n0\r\n\r\n"))
            .refused(&[400]),
        security("chunked-cr-after-data", "9112 7.1", "a bare CR after data is refused")
            .send(chunks("5\r\nhello\r0\r\n\r\n"))
            .refused(&[400]),
        security("chunked-any-two-after-data", "9112 7.1", "two other bytes do not stand for CRLF")
            .send(chunks(format!("5\r\nhelloXX0\r\n\r\n{SMUGGLED}")))
            .refused(&[400]),
        security("chunked-cr-cr", "9112 7.1", "CR CR LF after data is refused")
            .send(chunks("5\r\nhello\r\r\n0\r\n\r\n"))
            .refused(&[400]),
        security("chunked-double-crlf", "9112 7.1", "an empty line between chunks is refused")
            .send(chunks("5\r\nhello\r\n\r\n0\r\n\r\n"))
            .refused(&[400]),
        security("chunked-lf-after-size", "9112 7.1", "a bare LF after a size is refused")
            .send(chunks("5\nhello\r\n0\r\n\r\n"))
            .refused(&[400]),
        security("chunked-cr-after-size", "9112 7.1", "a bare CR after a size is refused")
            .send(chunks("5\rhello\r\n0\r\n\r\n"))
            .refused(&[400]),
        security("chunked-lf-after-last", "9112 7.1", "a bare LF after the last size is refused")
            .send(chunks("5\r\nhello\r\n0\n\r\n"))
            .refused(&[400]),
        security("chunked-lf-at-end", "9112 7.1", "a bare LF does not end the body, or ends it like a field section")
            .send(chunks("5\r\nhello\r\n0\r\n\n"))
            .half_close()
            .refused(&[400])
            .gets([echo("hello")], End::Closed)
            .silent(),
        security("chunked-lf-only", "9112 7.1", "chunk lines that all end in a bare LF are refused")
            .send(chunks("5\nhello\n0\n\n"))
            .refused(&[400]),
        security("chunked-smuggled-head", "9112 7.1", "nothing is served behind a broken chunk")
            .send(chunks(format!("5\r\nhello!!\r\n0\r\n\r\n{SMUGGLED}")))
            .refused(&[400]),
        must("chunked-good-then-good", "9112 9.3.2", "two chunked requests are answered in order")
            .send(join(&[&chunks("1\r\na\r\n0\r\n\r\n"), &chunks("1\r\nb\r\n0\r\n\r\n")]))
            .gets([echo("a"), echo("b")], End::Open),
    ];
    let cut: [(&str, &str); 7] = [
        ("chunked-cut-none", ""),
        ("chunked-cut-size", "5"),
        ("chunked-cut-line", "5\r\n"),
        ("chunked-cut-data", "5\r\nhel"),
        ("chunked-cut-crlf", "5\r\nhello"),
        ("chunked-cut-last", "5\r\nhello\r\n"),
        ("chunked-cut-end", "5\r\nhello\r\n0\r\n"),
    ];
    cases.extend(cut.map(|(id, body)| {
        must(id, "9112 8", "a chunked body that end-of-file cuts short is never served")
            .send(chunks(body))
            .half_close()
            .silent()
            .refused(&[400, 408])
    }));
    cases
}
