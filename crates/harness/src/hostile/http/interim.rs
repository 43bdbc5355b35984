//! Interim responses, which a client must bear before the final one: RFC 9110 15.2.

use super::super::script::{Script, Step, Until};
use super::case::{Case, Kind, bad, case, good, hello, ok, unclear};

const CONTINUE: &str = "HTTP/1.1 100 Continue\r\n\r\n";
const SWITCHING: &str =
    "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: upgrade\r\n\r\n";
const HINTS: &str = "HTTP/1.1 103 Early Hints\r\nLink: </a.css>; rel=preload\r\n\r\n";

pub(super) fn cases() -> Vec<Case> {
    let last = ok("Content-Length: 5\r\n", "hello");
    let last = str::from_utf8(&last).expect("it is ASCII");
    let after = |interim: &str| format!("{interim}{last}");
    let early =
        |name, about, replies: &str| case(name, about, Kind::Early, Script::replies(replies));
    let cases = vec![
        good("interim-100", "A 100 that nobody waits for is ignored.", after(CONTINUE)),
        good(
            "interim-102",
            "Work goes on, as a 102 says.",
            after("HTTP/1.1 102 Processing\r\n\r\n"),
        ),
        good(
            "interim-103",
            "Early hints have fields, which are none of the response's.",
            after(HINTS),
        ),
        good(
            "interim-unknown",
            "A 1xx that one does not know is ignored.",
            after("HTTP/1.1 199 Odd\r\nA: b\r\n\r\n"),
        ),
        good(
            "interim-several",
            "There may be several before the response.",
            after(&[CONTINUE, HINTS, HINTS].concat()),
        ),
        case(
            "interim-split",
            "Each byte of them comes alone.",
            Kind::WellFormed(hello()),
            Script::split(after(&[CONTINUE, HINTS].concat()), 1).then(Step::Listen),
        ),
        case(
            "interim-to-body",
            "The 100 comes while the client sends its body, whether or not it waits for that.",
            Kind::WellFormed(hello()),
            Script::new([
                Step::Read(Until::Head),
                Step::Write(CONTINUE.into()),
                Step::Read(Until::More(10_000)),
                Step::Write(last.into()),
                Step::Listen,
            ]),
        )
        .sends(10_000)
        .section("9110 10.1.1"),
        unclear(
            "interim-length",
            "A 1xx has no body, so a length there says nothing.",
            after("HTTP/1.1 100 Continue\r\nContent-Length: 5\r\n\r\n"),
        )
        .section("9112 6.3"),
        unclear(
            "interim-chunked",
            "A 1xx has no body, so a coding there says nothing.",
            after("HTTP/1.1 103 Early Hints\r\nTransfer-Encoding: chunked\r\n\r\n"),
        )
        .section("9112 6.3"),
        unclear(
            "interim-flood",
            "A thousand 103 before the response: a client may lose its patience.",
            after(&HINTS.repeat(1_000)),
        ),
        case(
            "interim-endless",
            "There is always one 103 more.",
            Kind::Endless,
            endless("", HINTS.repeat(100)),
        ),
        case(
            "interim-endless-100",
            "There is always one 100 more.",
            Kind::Endless,
            endless("", CONTINUE.repeat(100)),
        ),
        early("interim-only", "After the 100 comes the end: it was no answer.", CONTINUE),
        early("interim-cut", "The connection ends within an interim response.", &HINTS[..40]),
        bad(
            "switches",
            "A 101 that nobody asked for: what follows is another protocol.",
            after(SWITCHING),
        )
        .section("9110 15.2.2"),
        bad(
            "switches-silently",
            "A 101 that nobody asked for, and does not say what to.",
            after("HTTP/1.1 101 Switching Protocols\r\n\r\n"),
        )
        .section("9110 15.2.2"),
        bad(
            "interim-bad",
            "An interim response has to be well-formed too.",
            after("HTTP/1.1 100 Continue\r\nnonsense\r\n\r\n"),
        ),
        case(
            "interim-after",
            "A 100 behind the response answers nothing, and spoils the connection.",
            Kind::WellFormed(hello()),
            Script::keeps_open(format!("{last}{CONTINUE}")),
        )
        .twice()
        .next(Script::keeps_open(last)),
    ];
    cases
        .into_iter()
        .map(|case| if case.section.is_empty() { case.section("9110 15.2") } else { case })
        .collect()
}

/// A beginning, and then the same again and again.
pub(super) fn endless(start: impl AsRef<[u8]>, more: impl AsRef<[u8]>) -> Script {
    Script::replies(start).then(Step::Endless(more.as_ref().into()))
}
