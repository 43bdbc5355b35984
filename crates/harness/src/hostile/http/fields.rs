//! Fields: RFC 9112 5 and RFC 9110 5.

use super::super::script::Script;
use super::case::{Case, Kind, bad, case, hello, ok, unclear};

/// Fields as a client must read them: names in any case of letters, and exact values.
type Read = &'static [(&'static str, &'static [u8])];

pub(super) fn cases() -> Vec<Case> {
    let with = |fields: &[u8]| ok([fields, b"Content-Length: 5\r\n"].concat(), "hello");
    let legal: [(&str, &[u8], Read, &str); 9] = [
        (
            "name-odd-case",
            b"x-MiXeD: a\r\ncontent-TYPE: text/plain\r\n",
            &[("X-Mixed", b"a"), ("Content-Type", b"text/plain")],
            "Names have no case.",
        ),
        (
            "name-odd-characters",
            b"!#$%&'*+-.^_`|~9: a\r\n",
            &[("!#$%&'*+-.^_`|~9", b"a")],
            "All of these characters are permitted in a name.",
        ),
        (
            "value-empty",
            b"X-Empty:\r\nX-Spaces:  \t \r\n",
            &[("X-Empty", b""), ("X-Spaces", b"")],
            "A value may be empty.",
        ),
        ("value-no-space", b"X-A:b\r\n", &[("X-A", b"b")], "No space need follow the colon."),
        (
            "value-spaces",
            b"X-A: \t b\tc  d \t\r\n",
            &[("X-A", b"b\tc  d")],
            "Spaces and tabs around a value are none of it, those within it are.",
        ),
        (
            "value-colons",
            b"X-A: b: c:: d\r\n",
            &[("X-A", b"b: c:: d")],
            "Only the first colon ends the name.",
        ),
        (
            "value-not-ascii",
            b"X-A: sch\xc3\xb6n \xff\x80\r\n",
            &[("X-A", b"sch\xc3\xb6n \xff\x80")],
            "A value may have bytes that are no text.",
        ),
        (
            "field-repeated",
            b"Set-Cookie: a=1; Path=/\r\nX-B: c\r\nSet-Cookie: d=\"e,f\"\r\n",
            &[("Set-Cookie", b"a=1; Path=/"), ("Set-Cookie", b"d=\"e,f\"")],
            "Two cookies are two fields: a comma between them would mean another thing.",
        ),
        (
            "field-no-business",
            b"Host: evil\r\nContent-Encoding: identity\r\nUpgrade: h2c\r\nKeep-Alive: nonsense\r\n",
            &[("Keep-Alive", b"nonsense")],
            "What a client has no use for does no harm.",
        ),
    ];
    let wrong: [(&str, &[u8], &str); 8] = [
        ("field-no-colon", b"nonsense\r\n", "A field has a colon."),
        ("name-empty", b": value\r\n", "A field has a name."),
        ("name-inner-space", b"X A: b\r\n", "A name has no space in it."),
        ("name-nul", b"X\0A: b\r\n", "A name has no NUL."),
        ("name-control", b"X\x01A: b\r\n", "A name has no control characters."),
        ("name-not-ascii", b"X-\xc3\xb6: b\r\n", "A name is ASCII."),
        ("name-slash", b"X/A: b\r\n", "A name has no slash."),
        ("name-quoted", b"\"X\": b\r\n", "A name has no quotes."),
    ];
    let odd: [(&str, &[u8], &str, &str); 9] = [
        (
            "value-nul",
            b"X-A: b\0c\r\n",
            "9110 5.5",
            "A NUL in a value is refused, or becomes a space.",
        ),
        (
            "value-cr",
            b"X-A: b\rX-Injected: c\r\n",
            "9110 5.5",
            "A CR alone in a value is refused, or becomes a space; it begins no field.",
        ),
        (
            "value-control",
            b"X-A: b\x01\x1b[31mc\r\n",
            "9110 5.5",
            "Control characters are refused, or kept; they never reach a terminal.",
        ),
        (
            "value-delete",
            b"X-A: b\x7fc\r\n",
            "9110 5.5",
            "The character 127 is a control character.",
        ),
        (
            "folded",
            b"X-A: b\r\n c\r\n",
            "9112 5.2",
            "A value that goes on in the next line was legal once.",
        ),
        (
            "folded-first",
            b" X-A: b\r\n",
            "9112 2.2",
            "A space before the first field: the response is refused, or the line is.",
        ),
        (
            "folded-length",
            b"X-A: b\r\n Content-Length: 3\r\n",
            "9112 5.2",
            "A length in a folded line is none.",
        ),
        (
            "name-space-colon",
            b"X-A : b\r\n",
            "9112 5.1",
            "A space before the colon is refused, or removed.",
        ),
        (
            "name-tab-colon",
            b"X-A\t: b\r\n",
            "9112 5.1",
            "A tab before the colon is refused, or removed.",
        ),
    ];
    let mut cases: Vec<Case> = Vec::new();
    cases.extend(legal.map(|(name, lines, read, about)| {
        let expected = read.iter().fold(hello(), |all, (name, value)| all.field(name, value));
        let script = Script::keeps_open(with(lines));
        case(name, about, Kind::WellFormed(expected), script).section("9112 5")
    }));
    cases.extend(wrong.map(|(name, lines, about)| bad(name, about, with(lines)).section("9112 5")));
    cases.extend(
        odd.map(|(name, lines, section, about)| unclear(name, about, with(lines)).section(section)),
    );
    cases.extend([
        unclear(
            "length-space-colon",
            "A length before whose colon a space stands: refused, or 5, and the body is the same.",
            ok("Content-Length : 5\r\n", "hello"),
        )
        .section("9112 5.1"),
        unclear(
            "lines-lf",
            "Lines that end in a line feed alone may be read, or refused.",
            "HTTP/1.1 200 OK\nContent-Length: 5\n\nhello",
        )
        .section("9112 2.2"),
        unclear(
            "lines-mixed",
            "Line endings of both kinds in one head.",
            "HTTP/1.1 200 OK\r\nX-A: b\nContent-Length: 5\r\n\r\nhello",
        )
        .section("9112 2.2"),
        bad(
            "lines-cr",
            "Carriage returns alone end no line.",
            "HTTP/1.1 200 OK\rContent-Length: 5\r\rhello",
        )
        .section("9112 2.2"),
    ]);
    cases
}
