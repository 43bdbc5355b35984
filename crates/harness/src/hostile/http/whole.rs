//! Well-formed responses that come as TCP may bring them: RFC 9112 2.2 and 6.3.

use super::super::script::{Script, Step, Until};
use super::case::{Case, Expected, Kind, case, good, hello, ok};

const LENGTH: &str = "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello";
const CHUNKED: &str = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nhel\r\n2;x=\"y\"\r\nlo\r\n0\r\nT: 1\r\n\r\n";

/// Where a reader has most to remember: within the version, the status and both endings of a line, and around the body.
const LENGTH_SEAMS: &[usize] = &[3, 10, 16, 17, 24, 32, 35, 36, 37, 38, 39, 40];
const CHUNKED_SEAMS: &[usize] = &[
    16, 17, 45, 46, 47, 48, 49, 50, 51, 54, 55, 56, 58, 60, 63, 64, 65, 68, 69, 70, 74, 75, 76, 77,
];

pub(super) fn cases() -> Vec<Case> {
    let byte = |reply: &str| open(Script::split(reply, 1));
    let cases = vec![
        good("whole", "The whole response comes at once, and the connection stays open.", LENGTH),
        case(
            "head-then-body",
            "The body comes when the client has taken the head.",
            Kind::WellFormed(hello()),
            seams(LENGTH, &[38]),
        ),
        case("every-byte", "Each byte comes alone.", Kind::WellFormed(hello()), byte(LENGTH)),
        case(
            "seams",
            "The response is cut at every place where a reader could lose its way.",
            Kind::WellFormed(hello()),
            seams(LENGTH, LENGTH_SEAMS),
        ),
        good("chunked-whole", "A chunked response with a trailer comes at once.", CHUNKED),
        case(
            "chunked-every-byte",
            "Each byte of a chunked response comes alone.",
            Kind::WellFormed(hello()),
            byte(CHUNKED),
        ),
        case(
            "chunked-seams",
            "A chunked response is cut in and around its sizes, its data and its trailer.",
            Kind::WellFormed(hello()),
            seams(CHUNKED, CHUNKED_SEAMS),
        ),
        case(
            "length-0",
            "A body of no bytes: the response is over with its head.",
            Kind::WellFormed(Expected::new(200, "")),
            Script::keeps_open(ok("Content-Length: 0\r\n", "")),
        ),
        case(
            "large",
            "A megabyte comes as fast as it is read.",
            Kind::WellFormed(Expected::new(200, megabyte())),
            Script::keeps_open(ok("Content-Length: 1000000\r\n", megabyte())),
        ),
        case(
            "until-close",
            "No field says how long the body is, so it ends where the connection does.",
            Kind::WellFormed(hello()),
            Script::replies(ok("", "hello")),
        ),
        case(
            "until-close-every-byte",
            "The same, and each byte comes alone.",
            Kind::WellFormed(hello()),
            Script::split(ok("", "hello"), 1),
        ),
        case(
            "until-close-empty",
            "A body that ends with the connection may have no byte.",
            Kind::WellFormed(Expected::new(200, "")),
            Script::replies(ok("", "")),
        ),
        case(
            "version-1.0",
            "An HTTP/1.0 server closes where the body ends.",
            Kind::WellFormed(hello()),
            Script::replies("HTTP/1.0 200 OK\r\nContent-Type: text/plain\r\n\r\nhello"),
        ),
        bodiless("head", "HEAD", 200, "The length is that of the body which GET would bring."),
        bodiless("status-304", "GET", 304, "A 304 has no body, whatever its Content-Length says."),
        bodiless("status-204", "GET", 204, "A 204 has no body; a length there is wrong, and unused."),
        bodiless("head-404", "HEAD", 404, "A response to HEAD has no body, whatever its status."),
        case(
            "head-chunked",
            "A response to HEAD is over with its head, even where it says chunked.",
            Kind::WellFormed(Expected::new(200, "")),
            Script::keeps_open(ok("Transfer-Encoding: chunked\r\n", "")),
        )
        .method("HEAD"),
        case(
            "error-status",
            "An error has a body like any other response.",
            Kind::WellFormed(Expected::new(404, "hello")),
            Script::keeps_open("HTTP/1.1 404 Not Found\r\nContent-Length: 5\r\n\r\nhello"),
        ),
        case(
            "answers-early",
            "The response comes before the body of the request was read, and is read all the same.",
            Kind::WellFormed(Expected::new(413, "hello")),
            Script::replies(
                "HTTP/1.1 413 Content Too Large\r\nConnection: close\r\nContent-Length: 5\r\n\r\nhello",
            ),
        )
        .sends(4_000_000)
        .section("9112 9.5"),
    ];
    cases
        .into_iter()
        .map(|case| if case.section.is_empty() { case.section("9112 6.3") } else { case })
        .collect()
}

fn bodiless(name: &'static str, method: &'static str, status: u16, about: &'static str) -> Case {
    let reply = format!("HTTP/1.1 {status} As It Is\r\nContent-Length: 5\r\n\r\n");
    case(name, about, Kind::WellFormed(Expected::new(status, "")), Script::keeps_open(reply))
        .method(method)
}

/// The reply in pieces that end at these places, each of which the client has to read alone.
fn seams(reply: &str, ends: &[usize]) -> Script {
    let mut steps = vec![Step::Read(Until::Head)];
    let mut start = 0;
    for &end in ends.iter().chain([&reply.len()]) {
        let bytes = reply.as_bytes()[start..end].to_vec();
        steps.push(Step::Pieces { cut: bytes.len(), bytes, pause: std::time::Duration::ZERO });
        start = end;
    }
    open(Script::new(steps))
}

fn open(script: Script) -> Script {
    script.then(Step::Listen)
}

fn megabyte() -> Vec<u8> {
    (0..1_000_000_u32).map(|n| b'a' + (n / 7 % 26) as u8).collect()
}
