//! Content-Length and Transfer-Encoding: RFC 9112 6.

use super::super::script::Script;
use super::case::{Case, Kind, bad, case, good, hello, ok, unclear};

pub(super) fn cases() -> Vec<Case> {
    let with = |fields: &str| ok(fields, "hello");
    let chunked = |fields: &str| ok(fields, "5\r\nhello\r\n0\r\n\r\n");
    // A client that takes one of these for no length at all reads to the end, and is right by luck.
    let lengths: [(&str, &str, &str); 11] = [
        ("length-word", "five", "A length is a number."),
        ("length-empty", "", "A length has at least one digit."),
        ("length-minus", "-5", "A length has no sign."),
        ("length-plus", "+5", "A length has no sign, not even one that changes nothing."),
        ("length-spaces", "1 5", "Two numbers are no length."),
        ("length-hex", "0x5", "A length is decimal."),
        ("length-fraction", "5.0", "A length is whole."),
        ("length-unit", "5b", "A length has nothing behind its digits."),
        ("length-wide-digit", "\u{ff15}", "Only the ten digits of ASCII are digits here."),
        ("length-wraps", "18446744073709551621", "A length of 2^64 + 5 is not 5."),
        ("length-list-differs", "5, 6", "A list of different lengths names none."),
    ];
    let mut cases: Vec<Case> = Vec::new();
    cases.extend(lengths.map(|(name, value, about)| {
        bad(name, about, with(&format!("Content-Length: {value}\r\n"))).section("9112 6.3")
    }));
    let codings: [(&str, &str, &str); 4] = [
        ("coding-unknown", "Transfer-Encoding: xchunked\r\n", "Nobody knows this transfer coding."),
        (
            "coding-gzip",
            "Transfer-Encoding: gzip\r\n",
            "Nobody asked for gzip as a transfer coding, and this is none.",
        ),
        (
            "coding-gzip-chunked",
            "Transfer-Encoding: gzip, chunked\r\n",
            "Under the chunks there should be gzip, and is none.",
        ),
        (
            "coding-chunked-gzip",
            "Transfer-Encoding: chunked, gzip\r\n",
            "Chunked is not the last coding, so it frames nothing.",
        ),
    ];
    cases.extend(
        codings.map(|(name, fields, about)| bad(name, about, chunked(fields)).section("9112 6.1")),
    );
    cases.extend([
        bad(
            "length-differs",
            "Two lengths that differ leave no way to know which is right.",
            with("Content-Length: 5\r\nContent-Length: 6\r\n"),
        )
        .section("9112 6.3"),
        unclear(
            "length-repeated",
            "The same length twice may be taken for one, or refused.",
            with("Content-Length: 5\r\nContent-Length: 5\r\n"),
        )
        .section("9112 6.3"),
        unclear(
            "length-list",
            "A list of the same length twice may be taken for one, or refused.",
            with("Content-Length: 5, 5\r\n"),
        )
        .section("9112 6.3"),
        good(
            "length-zeros",
            "A length may begin with zeros.",
            with("Content-Length: 0000000005\r\n"),
        )
        .section("9110 8.6"),
        unclear(
            "length-and-chunked",
            "Chunked wins over a length, or the response is refused as an attack.",
            chunked("Content-Length: 3\r\nTransfer-Encoding: chunked\r\n"),
        )
        .section("9112 6.3"),
        unclear(
            "chunked-and-length",
            "The order of the two fields changes nothing.",
            chunked("Transfer-Encoding: chunked\r\nContent-Length: 3\r\n"),
        )
        .section("9112 6.3"),
        good(
            "chunked-odd-case",
            "Names of codings have no case.",
            chunked("TRANSFER-encoding: ChunKed\r\n"),
        )
        .section("9112 7"),
        case(
            "chunked-1.0",
            "HTTP/1.0 has no transfer codings, so whoever writes one there is not to be trusted.",
            Kind::Unclear(hello()),
            Script::replies(
                "HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n",
            ),
        )
        .section("9112 6.1"),
        unclear(
            "coding-twice",
            "Chunked is applied once; who takes two of it for one reads this all the same.",
            chunked("Transfer-Encoding: chunked, chunked\r\n"),
        )
        .section("9112 6.1"),
        unclear(
            "coding-two-lines",
            "Two lines are one list, and it has chunked twice.",
            chunked("Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n"),
        )
        .section("9112 6.1"),
        unclear(
            "coding-identity",
            "Identity was a transfer coding once, and said nothing.",
            with("Transfer-Encoding: identity\r\n"),
        )
        .section("9112 6.1"),
        unclear(
            "chunked-empty-member",
            "A list may have empty members, which count for nothing.",
            chunked("Transfer-Encoding: , chunked,\r\n"),
        )
        .section("9110 5.6.1"),
    ]);
    cases
}
