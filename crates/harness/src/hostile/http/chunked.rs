//! Every legal oddity of a chunked body, and the illegal ones: RFC 9112 7.1.

use super::super::script::Script;
use super::case::{Case, Expected, Kind, bad, case, good, ok, unclear};

pub(super) fn cases() -> Vec<Case> {
    let legal: [(&str, &str, &str); 11] = [
        (
            "chunks-of-one",
            "1\r\nh\r\n1\r\ne\r\n1\r\nl\r\n1\r\nl\r\n1\r\no\r\n0\r\n\r\n",
            "Each chunk has one byte.",
        ),
        (
            "chunk-extension",
            "5;name=value\r\nhello\r\n0;last\r\n\r\n",
            "An extension that one does not know is ignored.",
        ),
        (
            "chunk-extensions",
            "5;a;b=c;d=\"e\"\r\nhello\r\n0\r\n\r\n",
            "There may be several, with and without values.",
        ),
        (
            "chunk-extension-quoted",
            "5;a=\"x;y=\\\"0\\\"\"\r\nhello\r\n0\r\n\r\n",
            "A quoted value may have semicolons and escaped quotes.",
        ),
        (
            "chunk-extension-spaced",
            "5 ; a = b\r\nhello\r\n0\r\n\r\n",
            "Spaces around an extension are bad, and must be borne.",
        ),
        ("chunk-zeros", "0005\r\nhello\r\n0\r\n\r\n", "A size may begin with zeros."),
        ("chunk-last-zeros", "5\r\nhello\r\n000\r\n\r\n", "The last size may have several zeros."),
        ("trailer", "5\r\nhello\r\n0\r\nDigest: x\r\n\r\n", "A trailer follows the last chunk."),
        (
            "trailers",
            "5\r\nhello\r\n0\r\nA: 1\r\nB:\r\nA: 2\r\n\r\n",
            "A trailer may have several fields, of which one may be empty.",
        ),
        (
            "trailer-length",
            "5\r\nhello\r\n0\r\nContent-Length: 3\r\n\r\n",
            "A length in a trailer frames nothing.",
        ),
        (
            "trailer-chunked",
            "5\r\nhello\r\n0\r\nTransfer-Encoding: gzip\r\n\r\n",
            "A coding in a trailer frames nothing.",
        ),
    ];
    let illegal: [(&str, &str, &str); 19] = [
        ("chunk-size-word", "xyz\r\nhello\r\n0\r\n\r\n", "A size is hexadecimal."),
        ("chunk-size-empty", "\r\nhello\r\n0\r\n\r\n", "A size has at least one digit."),
        (
            "chunk-size-extension",
            ";a=b\r\nhello\r\n0\r\n\r\n",
            "An extension without a size is no size.",
        ),
        ("chunk-size-minus", "-5\r\nhello\r\n0\r\n\r\n", "A size has no sign."),
        (
            "chunk-size-plus",
            "+5\r\nhello\r\n0\r\n\r\n",
            "A size has no sign, not even one that changes nothing.",
        ),
        ("chunk-size-0x", "0x5\r\nhello\r\n0\r\n\r\n", "A size has no prefix."),
        (
            "chunk-size-suffix",
            "5h\r\nhello\r\n0\r\n\r\n",
            "A size has nothing behind it but an extension.",
        ),
        ("chunk-size-spaced", " 5\r\nhello\r\n0\r\n\r\n", "No space comes before a size."),
        ("chunk-size-two", "5 5\r\nhello\r\n0\r\n\r\n", "Two sizes are none."),
        (
            "chunk-size-wraps",
            "10000000000000005\r\nhello\r\n0\r\n\r\n",
            "A size of 2^64 + 5 is not 5.",
        ),
        (
            "chunk-size-digits",
            "11111111111111111111111111111111\r\nhello\r\n0\r\n\r\n",
            "No chunk is so long that its size has 32 digits.",
        ),
        (
            "chunk-size-lf",
            "5\nhello\r\n0\r\n\r\n",
            "The line of a size ends in CRLF: two readers that differ there can be fooled.",
        ),
        ("chunk-size-cr", "5\rhello\r\n0\r\n\r\n", "A carriage return alone ends no line."),
        ("chunk-long", "4\r\nhello\r\n0\r\n\r\n", "A chunk is longer than its size."),
        ("chunk-short", "6\r\nhello\r\n0\r\n\r\n", "A chunk is shorter than its size."),
        ("chunk-joined", "5\r\nhello0\r\n\r\n", "No CRLF follows the data."),
        ("chunk-end-lf", "5\r\nhello\n0\r\n\r\n", "A line feed alone follows the data."),
        ("chunk-last-minus", "5\r\nhello\r\n-0\r\n\r\n", "Not even a zero has a sign."),
        (
            "trailer-no-colon",
            "5\r\nhello\r\n0\r\nnonsense\r\n\r\n",
            "A trailer has fields, and a field has a colon.",
        ),
    ];
    let chunked = |body: &str| ok("Transfer-Encoding: chunked\r\n", body);
    let mut cases: Vec<Case> = Vec::new();
    cases.extend(legal.map(|(name, body, about)| good(name, about, chunked(body))));
    cases.extend(["a", "A"].map(|digit| {
        let name = if digit == "a" { "chunk-lower" } else { "chunk-upper" };
        let body = format!("{digit}\r\nhellohello\r\n0\r\n\r\n");
        case(
            name,
            "Hexadecimal digits have no case.",
            Kind::WellFormed(Expected::new(200, "hellohello")),
            Script::keeps_open(chunked(&body)),
        )
    }));
    cases.push(case(
        "chunked-empty",
        "A body of no chunks but the last.",
        Kind::WellFormed(Expected::new(200, "")),
        Script::keeps_open(chunked("0\r\n\r\n")),
    ));
    cases.extend(illegal.map(|(name, body, about)| bad(name, about, chunked(body))));
    cases.push(unclear(
        "chunk-size-trailing-space",
        "Some old servers wrote a space behind a size: it is ignored, or refused.",
        chunked("5 \r\nhello\r\n0\r\n\r\n"),
    ));
    cases.into_iter().map(|case| case.section("9112 7.1")).collect()
}
