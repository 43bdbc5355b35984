//! Requests: what the server sees of ours is what it sees of curl's.

use crate::folder::Folder;
use crate::run::{curl, ours, row, skip, there_is};
use harness::site::{Answer, Request, Site};
use std::net::Ipv6Addr;

/// The fields that both must send alike. Who they say they are, and what they can unpack, is each one's own matter.
const COMPARED: [&str; 9] = [
    "host",
    "accept",
    "content-type",
    "content-length",
    "authorization",
    "range",
    "x-two",
    "x-empty",
    "cookie",
];

fn seen(request: &Request) -> Vec<String> {
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    let line = format!("{} {}", request.method, request.target);
    let fields = COMPARED.iter().flat_map(|name| {
        request.all(name).into_iter().map(move |value| format!("{name}: {}", text(value)))
    });
    [line].into_iter().chain(fields).chain([text(&request.body)]).collect()
}

#[test]
fn the_server_sees_the_same_request() {
    if !there_is("curl", &["--version"]) {
        return;
    }
    let (site, folder) = (Site::start(|_| Answer::new(200)), Folder::new());
    folder.write("body", b"not a line\xff");
    folder.write("lines", "one\ntwo\n");
    let (file, lines) = (format!("@{}", folder.text("body")), format!("@{}", folder.text("lines")));
    let plain = site.url("/path?a=b%20c");
    let with_password = plain.replace("http://", "http://m%65:p%40ss@");
    let mut count = 0;
    for args in [
        &[&*plain][..],
        &["-d", "a=1", &plain],
        &["-d", "a=1", "-d", "b=2 3&c", &plain],
        &["-d", "", &plain],
        &["-d", &file, &plain],
        &["--json", "{\"a\": [1, 2]}", &plain],
        &["--json", "{\"a\":", "--json", "1}", &plain],
        &["--json", &lines, &plain],
        &["-X", "PUT", "-d", "all of it", &plain],
        &["-X", "PATCH", "-H", "Content-Type: text/x", "-d", "some of it", &plain],
        &["-X", "DELETE", &plain],
        &["-X", "MADE-UP", &plain],
        &["-H", "X-Two: 1", "-H", "X-Two: 2", &plain],
        &["-H", "Accept: text/html;q=0.5", &plain],
        &["-H", "Host: another.example", &plain],
        &["-H", "Range: bytes=1-2", "-H", "Cookie: a=1; b=2", &plain],
        &["-I", &plain],
        &["-X", "GET", "-d", "a query in a body", &plain],
        &[&with_password],
    ] {
        let by = [curl(args), ours(args), ours(["--by-hand"]).args(args)].map(|launch| {
            let end = launch.run();
            assert!(end.status.success(), "{end}");
            let requests = site.requests();
            assert_eq!(requests.len(), count + 1, "{end}");
            count += 1;
            seen(&requests[count - 1])
        });
        let case = args[..args.len() - 1].join(" ");
        assert_eq!(by[1], by[0], "by library: {case}");
        assert_eq!(by[2], by[0], "by hand: {case}");
        row(format_args!("request: {case}"), &format!("{:?}", by[0]), "the same", "the same");
    }
}

#[test]
fn an_address_in_brackets_is_a_host() {
    let Ok(site) = Site::start_on(Ipv6Addr::LOCALHOST, |_| Answer::new(200)) else {
        return skip("there is no IPv6 here");
    };
    let url = site.url("/x");
    assert!(url.starts_with("http://[::1]:"), "{url}");
    for client in [ours([&url]), ours(["--by-hand", &url])] {
        let end = client.run();
        assert!(end.status.success(), "{end}");
    }
    let right = site.addr().to_string();
    let hosts: Vec<_> = site.requests();
    assert!(hosts.iter().all(|request| request.field("host") == Some(right.as_bytes())));
    assert_eq!(hosts.len(), 2);
}

#[test]
fn a_file_is_sent_as_it_is() {
    // curl takes line endings out of what `-d @FILE` sends, for the sake of forms, and has --data-binary beside it.
    let (site, folder) = (Site::start(|_| Answer::new(200)), Folder::new());
    folder.write("lines", "one\r\ntwo\n\0");
    let args = ["-d", &format!("@{}", folder.text("lines")), &site.url("/")];
    assert!(ours(args).run().status.success());
    assert!(ours(["--by-hand"]).args(args).run().status.success());
    assert!(ours(["-d", "@-", args[2]]).stdin("one\r\ntwo\n\0").run().status.success());
    assert!(site.requests().iter().all(|request| request.body == b"one\r\ntwo\n\0"));
    assert_eq!(site.requests().len(), 3);
}
