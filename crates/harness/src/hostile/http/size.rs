//! Responses that only a limit of size ends, and those that are larger than a client cares for: RFC 9110 5.4.

use super::super::script::Script;
use super::case::{Case, Expected, Kind, case, hello, ok, unclear};
use super::interim::endless;

pub(super) fn cases() -> Vec<Case> {
    let never = |name, about, start: &str, more: &str| {
        case(name, about, Kind::Endless, endless(start, more.repeat(65_536 / more.len())))
    };
    let line = "HTTP/1.1 200 OK\r\n";
    let chunked = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";
    let fields =
        |count: usize| -> String { (0..count).map(|n| format!("X-{n}: {n}\r\n")).collect() };
    let with = |fields: &str| ok(format!("{fields}Content-Length: 5\r\n"), "hello");
    let value = "v".repeat(8 << 10);
    vec![
        case(
            "fields-99",
            "A response may have many fields: with its length, these are a hundred.",
            Kind::WellFormed(hello().field("X-98", "98")),
            Script::keeps_open(with(&fields(99))),
        ),
        case(
            "value-8-kib",
            "A value of 8 KiB is long, and not too long.",
            Kind::WellFormed(hello().field("X-Long", &value)),
            Script::keeps_open(with(&format!("X-Long: {value}\r\n"))),
        ),
        unclear("fields-1000", "A thousand fields may be too many.", with(&fields(1_000))),
        unclear(
            "value-100-kib",
            "A value of 100 KiB may be too long.",
            with(&format!("X-Long: {}\r\n", "v".repeat(100 << 10))),
        ),
        unclear(
            "head-1-mib",
            "A head of 1 MiB may be too long.",
            with(&format!("X-Long: {}\r\n", "v".repeat(1_000)).repeat(1_040)),
        ),
        case(
            "reason-100-kib",
            "A reason phrase of 100 KiB may be too long.",
            Kind::Unclear(hello()),
            Script::replies(format!(
                "HTTP/1.1 200 {}\r\nContent-Length: 5\r\n\r\nhello",
                "r".repeat(100 << 10)
            )),
        ),
        unclear(
            "chunk-extension-100-kib",
            "An extension of 100 KiB may be too long.",
            format!("{chunked}5;a={}\r\nhello\r\n0\r\n\r\n", "x".repeat(100 << 10)),
        )
        .section("9112 7.1.1"),
        unclear(
            "trailers-1000",
            "A trailer of a thousand fields may be too long.",
            format!("{chunked}5\r\nhello\r\n0\r\n{}\r\n", fields(1_000)),
        )
        .section("9112 7.1.2"),
        case(
            "chunks-many",
            "Ten thousand chunks of one byte are slow to read, and well-formed.",
            Kind::WellFormed(Expected::new(200, "x".repeat(10_000))),
            Script::keeps_open(format!("{chunked}{}0\r\n\r\n", "1\r\nx\r\n".repeat(10_000))),
        )
        .section("9112 7.1"),
        never("endless-line", "The status line has no end.", "HTTP/1.1 200 ", "and more "),
        never("endless-field", "One field has no end.", "HTTP/1.1 200 OK\r\nX-Long: ", "and more "),
        never("endless-fields", "There is always one field more.", line, "X-More: and more\r\n"),
        never(
            "endless-empty-fields",
            "The fields without end have nothing in them.",
            line,
            "X:\r\n",
        ),
        never("endless-start", "Empty lines come, and no response.", "", "\r\n")
            .section("9112 2.2"),
        never(
            "endless-body",
            "A body without a length goes on for ever.",
            "HTTP/1.1 200 OK\r\n\r\n",
            "and more ",
        )
        .section("9112 6.3"),
        never(
            "endless-length",
            "A petabyte was announced, and comes.",
            "HTTP/1.1 200 OK\r\nContent-Length: 1000000000000000\r\n\r\n",
            "and more ",
        )
        .section("9112 6.3"),
        never("endless-chunks", "There is always one chunk more.", chunked, "9\r\nand more \r\n")
            .section("9112 7.1"),
        never(
            "endless-chunk",
            "One chunk is a petabyte long.",
            &format!("{chunked}4000000000000\r\n"),
            "and more ",
        )
        .section("9112 7.1"),
        never("endless-size", "The size of a chunk has zeros without end.", chunked, "0")
            .section("9112 7.1"),
        never(
            "endless-extension",
            "The extension of a chunk has no end.",
            &format!("{chunked}5;a="),
            "more",
        )
        .section("9112 7.1.1"),
        never(
            "endless-trailer",
            "The trailer has no end.",
            &format!("{chunked}5\r\nhello\r\n0\r\n"),
            "X-More: and more\r\n",
        )
        .section("9112 7.1.2"),
    ]
    .into_iter()
    .map(|case| if case.section.is_empty() { case.section("9110 5.4") } else { case })
    .collect()
}
