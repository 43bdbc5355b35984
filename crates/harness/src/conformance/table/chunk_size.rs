//! Chunk sizes that two readers could read differently: RFC 9112 7.1.

use super::super::case::{Case, security};
use super::{SMUGGLED, chunks};

pub(super) fn cases() -> Vec<Case> {
    let malformed: [(&str, &[u8]); 18] = [
        ("size-empty", b""),
        ("size-plus", b"+5"),
        ("size-minus", b"-5"),
        ("size-0x", b"0x5"),
        ("size-letter", b"g"),
        ("size-trailing-letter", b"5g"),
        ("size-leading-space", b" 5"),
        ("size-leading-tab", b"\t5"),
        ("size-inner-space", b"0 5"),
        ("size-underscore", b"0_5"),
        ("size-fraction", b"5.0"),
        ("size-comma", b"5,a"),
        ("size-quoted", b"\"5\""),
        ("size-nul", b"5\0"),
        ("size-vertical-tab", b"5\x0b"),
        ("size-wide-digit", b"\xef\xbc\x95"),
        ("size-h", b"5h"),
        ("size-extension-only", b";a=b"),
    ];
    let mut cases: Vec<Case> = Vec::new();
    cases.extend(malformed.map(|(id, size)| {
        security(id, "9112 7.1", "a malformed chunk size is refused")
            .send(chunks([size, b"\r\nhello\r\n0\r\n\r\n"].concat()))
            .refused(&[400])
    }));
    // Whitespace there is outside the grammar, but servers that wrote it were common once.
    let trailing: [(&str, &str); 2] = [("size-trailing-space", "5 "), ("size-trailing-tab", "5\t")];
    cases.extend(trailing.map(|(id, size)| {
        security(id, "9112 7.1", "whitespace after a chunk size is refused, or ignored")
            .send(chunks(format!("{size}\r\nhello\r\n0\r\n\r\n")))
            .refused(&[400])
            .echo("hello")
    }));
    let last: [(&str, &str); 4] =
        [("last-minus", "-0"), ("last-0x", "0x0"), ("last-letter", "0g"), ("last-plus", "+0")];
    cases.extend(last.map(|(id, size)| {
        security(id, "9112 7.1", "a malformed last chunk is refused, and nothing served behind it")
            .send(chunks(format!("5\r\nhello\r\n{size}\r\n\r\n{SMUGGLED}")))
            .refused(&[400])
    }));
    // RFC 9112 7.1: a recipient "MUST anticipate potentially large hexadecimal numerals and prevent parsing errors".
    let huge: [(&str, &str); 7] = [
        ("size-max", "FFFFFFFFFFFFFFFF"),
        ("size-max-less-one", "FFFFFFFFFFFFFFFE"),
        ("size-signed-max", "7FFFFFFFFFFFFFFF"),
        ("size-signed-min", "8000000000000000"),
        ("size-wraps-64", "10000000000000005"),
        ("size-wraps-32", "100000005"),
        ("size-wraps-128", "100000000000000000000000000000005"),
    ];
    cases.extend(huge.map(|(id, size)| {
        security(id, "9112 7.1", "a chunk size that is too large does not wrap around")
            .send(chunks(format!("{size}\r\nhello\r\n0\r\n\r\n")))
            .refused(&[413, 400])
    }));
    cases.push(
        security("size-many-zeros", "9112 7.1", "leading zeros without end are refused, or read")
            .send(chunks(format!("{}5\r\nhello\r\n0\r\n\r\n", "0".repeat(40))))
            .refused(&[400, 413])
            .echo("hello"),
    );
    cases
}
