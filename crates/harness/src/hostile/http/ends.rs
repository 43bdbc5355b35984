//! The connection ends before the response does, by end-of-file and by a reset: RFC 9112 8.

use super::super::script::{Script, Step, Until};
use super::case::{Case, Kind, case};

const LENGTH: &str = "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello";
const CHUNKED: &str =
    "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\nT: 1\r\n\r\n";
const UNTIL_CLOSE: &str = "HTTP/1.1 200 OK\r\n\r\nhello";

pub(super) fn cases() -> Vec<Case> {
    // One name for each way to end; what came before is the same.
    let places: [([&str; 2], &str, usize, &str); 11] = [
        (["eof-version", "reset-version"], LENGTH, 5, "The end comes within the version."),
        (["eof-status", "reset-status"], LENGTH, 11, "The end comes within the status."),
        (
            ["eof-line", "reset-line"],
            LENGTH,
            17,
            "The end comes after the status line: the head is not over.",
        ),
        (["eof-field", "reset-field"], LENGTH, 25, "The end comes within a field."),
        (["eof-head", "reset-head"], LENGTH, 36, "The end comes before the empty line."),
        (
            ["eof-before-body", "reset-before-body"],
            LENGTH,
            38,
            "The end comes in place of the body.",
        ),
        (["eof-body", "reset-body"], LENGTH, 42, "The last byte of the body is missing."),
        (
            ["eof-chunk-size", "reset-chunk-size"],
            CHUNKED,
            48,
            "The end comes within the size of a chunk.",
        ),
        (["eof-chunk", "reset-chunk"], CHUNKED, 52, "The end comes within a chunk."),
        (
            ["eof-chunks", "reset-chunks"],
            CHUNKED,
            57,
            "The end comes in place of the last chunk: this is no whole body.",
        ),
        (["eof-trailer", "reset-trailer"], CHUNKED, 62, "The end comes within the trailer."),
    ];
    let cut = |name, about, reply: &str, end| {
        let script = Script::replies(&reply[..end]);
        let script =
            if end_is_reset(name) { script.then(Step::Taken).then(Step::Reset) } else { script };
        case(name, about, Kind::Early, script)
    };
    let mut cases: Vec<Case> = Vec::new();
    for (names, reply, end, about) in places {
        cases.extend(names.map(|name| cut(name, about, reply, end)));
    }
    cases.extend([
        cut("eof-last-chunk", "The empty line after the last chunk is missing.", CHUNKED, 60),
        cut(
            "reset-until-close",
            "Only an orderly end is the end of a body that nothing else ends.",
            UNTIL_CLOSE,
            UNTIL_CLOSE.len(),
        ),
        case(
            "eof-at-once",
            "The server takes the connection, and ends it.",
            Kind::Early,
            Script::new([]),
        ),
        case(
            "close-at-once",
            "The server closes without reading, so the request meets a reset.",
            Kind::Early,
            Script::new([Step::Close]),
        ),
        case(
            "eof-no-answer",
            "The server reads the request, and ends the connection.",
            Kind::Early,
            Script::new([Step::Read(Until::Head)]),
        ),
        case(
            "reset-no-answer",
            "The server reads the request, and resets the connection.",
            Kind::Early,
            Script::new([Step::Read(Until::Head), Step::Reset]),
        ),
        case(
            "reset-while-sending",
            "The server resets the connection while the client sends its body.",
            Kind::Early,
            Script::new([Step::Read(Until::Bytes(1_000)), Step::Reset]),
        )
        .sends(16_000_000),
    ]);
    cases.into_iter().map(|case| case.section("9112 8")).collect()
}

fn end_is_reset(name: &str) -> bool {
    name.starts_with("reset")
}
