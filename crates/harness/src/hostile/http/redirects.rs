//! Redirects, to where a client may go and to where it must not: RFC 9110 15.4 and 10.2.2.

use super::super::script::Script;
use super::case::{Case, Expected, Kind, Then, case};

/// Its query never goes along.
const FROM: &str = "/a/b/c?old=1";

pub(super) fn cases() -> Vec<Case> {
    let here = || Expected::new(200, "here");
    let arrives: [(&str, &str, &str, &str); 10] = [
        ("redirect-path", "/to", "/to", "A path replaces the path."),
        (
            "redirect-relative",
            "to",
            "/a/b/to",
            "A relative reference is resolved against the folder.",
        ),
        ("redirect-up", "../to", "/a/to", "Two dots lead a folder up."),
        ("redirect-up-far", "../../../../to", "/to", "Nothing lies above the root."),
        ("redirect-dot", "./to/./", "/a/b/to/", "A single dot means nothing."),
        ("redirect-query", "?q=a", "/a/b/c?q=a", "A query alone keeps the path."),
        ("redirect-fragment", "/to#part", "/to", "A fragment is never sent."),
        ("redirect-escaped", "/%7Eto%2fx", "/%7Eto%2fx", "What is escaped stays escaped."),
        (
            "redirect-escaped-lines",
            "/to%0d%0aX-Injected:%201",
            "/to%0d%0aX-Injected:%201",
            "Escaped line endings stay escaped: no request has a field `X-Injected`.",
        ),
        ("redirect-spaces", "  \t/to\t ", "/to", "Spaces around a value are none of it."),
    ];
    let may: [(&str, &str, &str, &str); 4] = [
        (
            "redirect-cr",
            "/to\rX-Injected: 1",
            "/to%20X-Injected:%201",
            "A CR alone is refused, or becomes a space; it begins no field anywhere.",
        ),
        (
            "redirect-control",
            "/to\x01\x7f",
            "/to%01%7F",
            "Control characters in a reference are refused, or escaped.",
        ),
        (
            "redirect-space",
            "/to here",
            "/to%20here",
            "A space in a reference is refused, or escaped.",
        ),
        (
            "redirect-not-ascii",
            "/schön",
            "/sch%C3%B6n",
            "Bytes that are no ASCII are refused, or escaped.",
        ),
    ];
    let nowhere: [(&str, &str, &str); 8] = [
        ("redirect-ftp", "Location: ftp://127.0.0.1/x\r\n", "Another scheme is another protocol."),
        (
            "redirect-file",
            "Location: file:///etc/passwd\r\n",
            "A server must not read the client's files.",
        ),
        ("redirect-javascript", "Location: javascript:alert(1)\r\n", "A script is no place."),
        (
            "redirect-data",
            "Location: data:text/plain,evil\r\n",
            "What is in the reference itself is no place.",
        ),
        (
            "redirect-no-host",
            "Location: http:///x\r\n",
            "An http URL has a host; some take the `x` for it.",
        ),
        ("redirect-bad-port", "Location: http://127.0.0.1:99999/x\r\n", "No port has this number."),
        ("redirect-bad-host", "Location: http://[::1/x\r\n", "A bracket is open."),
        ("redirect-none", "", "Nothing says where to."),
    ];
    let mut cases: Vec<Case> = Vec::new();
    cases.extend(arrives.map(|(name, location, target, about)| {
        redirect(name, about, 302, Then::Arrives(target, here()), &to(location))
            .next(reply("here"))
            .path(FROM)
    }));
    cases.extend(may.map(|(name, location, target, about)| {
        redirect(name, about, 302, Then::MayArrive(target, here()), &to(location))
            .next(reply("here"))
            .path(FROM)
    }));
    cases.extend(
        nowhere.map(|(name, fields, about)| redirect(name, about, 302, Then::Nowhere, fields)),
    );
    let own = |name, about, then, scripts| redirect(name, about, 302, then, "").at(scripts);
    cases.extend([
        redirect("redirect-itself", "It leads to where one is.", 302, Then::Never, &to("/")),
        redirect(
            "redirect-empty",
            "An empty reference is the same place again.",
            302,
            Then::Never,
            &to(""),
        ),
        redirect("redirect-two", "Two places lead to each other.", 302, Then::Never, &to("?a")).at(
            |_| {
                let pair = [moved(302, &to("/a")), moved(302, &to("/"))];
                pair.into_iter().cycle().take(200).collect()
            },
        ),
        redirect(
            "redirect-ever-deeper",
            "Each place leads to a new one.",
            302,
            Then::Never,
            &to("more/"),
        ),
        redirect("redirect-308-itself", "A permanent loop is a loop.", 308, Then::Never, &to("/"))
            .section("9110 15.4.9"),
        redirect(
            "redirect-twice",
            "Two places are named, and a client that takes one is guessing.",
            302,
            Then::MayArrive("/to", here()),
            "Location: /to\r\nLocation: /other\r\n",
        )
        .next(reply("here")),
        own(
            "redirect-absolute",
            "A whole URL replaces the URL.",
            Then::Arrives("/to", here()),
            |addr| vec![moved(302, &to(&format!("http://{addr}/to"))), reply("here")],
        ),
        own(
            "redirect-no-path",
            "A URL without a path is asked for its root.",
            Then::Arrives("/", here()),
            |addr| vec![moved(302, &to(&format!("http://{addr}"))), reply("here")],
        ),
        own(
            "redirect-authority",
            "Two slashes keep the scheme only.",
            Then::Arrives("/to", here()),
            |addr| vec![moved(302, &to(&format!("//{addr}/to"))), reply("here")],
        ),
        own(
            "redirect-scheme-case",
            "Schemes have no case.",
            Then::Arrives("/to", here()),
            |addr| vec![moved(302, &to(&format!("HTTP://{addr}/to"))), reply("here")],
        ),
        own(
            "redirect-password",
            "A URL with a name and a password is suspicious: refused, or followed.",
            Then::MayArrive("/to", here()),
            |addr| vec![moved(302, &to(&format!("http://user:secret@{addr}/to"))), reply("here")],
        )
        .section("9110 4.2.4"),
        redirect(
            "redirect-300",
            "A 300 with a preferred place may be followed.",
            300,
            Then::MayArrive("/to", here()),
            &to("/to"),
        )
        .next(reply("here"))
        .section("9110 15.4.1"),
        case(
            "location-200",
            "A place in a 200 is no redirect.",
            Kind::WellFormed(Expected::new(200, "here")),
            reply_with("here", &to("/to")),
        ),
    ]);
    cases
        .into_iter()
        .map(|case| if case.section.is_empty() { case.section("9110 10.2.2") } else { case })
        .collect()
}

fn redirect(
    name: &'static str,
    about: &'static str,
    status: u16,
    then: Then,
    fields: &str,
) -> Case {
    case(name, about, Kind::Redirect { status, then }, moved(status, fields))
}

fn to(location: &str) -> String {
    format!("Location: {location}\r\n")
}

fn moved(status: u16, fields: &str) -> Script {
    Script::replies(format!(
        "HTTP/1.1 {status} Elsewhere\r\n{fields}Connection: close\r\nContent-Length: 0\r\n\r\n"
    ))
}

fn reply(body: &str) -> Script {
    reply_with(body, "")
}

fn reply_with(body: &str, fields: &str) -> Script {
    let length = body.len();
    Script::replies(format!(
        "HTTP/1.1 200 OK\r\n{fields}Connection: close\r\nContent-Length: {length}\r\n\r\n{body}"
    ))
}
