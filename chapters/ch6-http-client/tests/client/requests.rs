//! What is sent: the server is asked.

use super::{WAYS, client};
use harness::Launch;
use harness::site::{Answer, Request, Site};

/// The one request that these arguments make, by each way. `prepare` gives the client what else it needs.
fn sent(args: &[&str], prepare: impl Fn(Launch) -> Launch) -> [Request; 2] {
    WAYS.map(|way| {
        let site = Site::start(|_| Answer::new(200));
        let end = prepare(client(way).args(args).args([site.url("/a%20b?c=d&e#f")])).run();
        assert_eq!(end.status.code(), Some(0), "{end}");
        let mut requests = site.requests();
        assert_eq!(requests.len(), 1, "{end}");
        let host = requests[0].field("host").map(<[u8]>::to_vec);
        assert_eq!(host, Some(site.addr().to_string().into_bytes()), "{end}");
        requests.remove(0)
    })
}

fn field(request: &Request, name: &str) -> String {
    String::from_utf8_lossy(request.field(name).unwrap_or(b"(none)")).into_owned()
}

#[test]
fn both_ways_send_what_curl_would() {
    const FORM: &str = "application/x-www-form-urlencoded";
    for (args, method, body, content_type, accept) in [
        (&[][..], "GET", "", "(none)", "*/*"),
        (&["-I"], "HEAD", "", "(none)", "*/*"),
        (&["-X", "DELETE"], "DELETE", "", "(none)", "*/*"),
        (&["-d", "a=1"], "POST", "a=1", FORM, "*/*"),
        (&["-d", "a=1", "--data", "b=2"], "POST", "a=1&b=2", FORM, "*/*"),
        (&["-d", ""], "POST", "", FORM, "*/*"),
        (&["-X", "PUT", "-d", "x"], "PUT", "x", FORM, "*/*"),
        (&["-d", "x", "-H", "content-type: text/plain"], "POST", "x", "text/plain", "*/*"),
        (
            &["--json", "{\"a\":", "--json", "1}"],
            "POST",
            "{\"a\":1}",
            "application/json",
            "application/json",
        ),
        (&["-H", "Accept: text/html"], "GET", "", "(none)", "text/html"),
        (&["-d", "@-"], "POST", "from\nstdin\n", FORM, "*/*"),
    ] {
        for request in sent(args, |client| client.stdin("from\nstdin\n")) {
            assert_eq!((&*request.method, &*request.target), (method, "/a%20b?c=d&e"), "{args:?}");
            assert_eq!(String::from_utf8_lossy(&request.body), body, "{args:?}");
            assert_eq!(field(&request, "content-type"), content_type, "{args:?}");
            assert_eq!(field(&request, "accept"), accept, "{args:?}");
            assert_eq!(field(&request, "user-agent"), "ch6-http-client", "{args:?}");
            assert_eq!(field(&request, "cookie"), "(none)", "{args:?}");
        }
    }
}

#[test]
fn only_the_library_asks_for_compression() {
    let [by_library, by_hand] = sent(&[], |client| client);
    let asked = field(&by_library, "accept-encoding");
    for coding in ["gzip", "br", "zstd", "deflate"] {
        assert!(asked.contains(coding), "{asked}");
    }
    assert_eq!(field(&by_hand, "accept-encoding"), "(none)");
}

#[test]
fn a_field_may_say_anything_that_is_one_line() {
    for request in
        sent(&["-H", "X-Name:  caf\u{e9}\t(\u{4f60})  ", "-H", "X-Empty:"], |client| client)
    {
        assert_eq!(field(&request, "x-name"), "caf\u{e9}\t(\u{4f60})");
        assert_eq!(field(&request, "x-empty"), "");
    }
    for (way, text) in WAYS.iter().zip(["X: a\r\nY: b", "X: a\r\nY: b"]) {
        let site = Site::start(|_| Answer::new(200));
        let end = client(way).args(["-H", text, &site.url("/")]).run();
        assert_eq!((end.status.code(), site.connections()), (Some(2), 0), "{end}");
    }
}

#[test]
fn a_name_and_a_password_are_sent_and_not_shown() {
    for way in WAYS {
        let site = Site::start(|_| Answer::new(401));
        let url = site.url("/").replace("http://", "http://me:se%20cret@");
        let end = client(way).args(["-f", "-v", &url]).run();
        // `me:se cret` in Base64.
        assert_eq!(field(&site.requests()[0], "authorization"), "Basic bWU6c2UgY3JldA==", "{end}");
        assert!(!end.stderr.contains("cret") && !end.stderr.contains("bWU6"), "{end}");
        assert_eq!(end.status.code(), Some(22), "{end}");
    }
}

#[test]
fn who_was_sent_on_has_been_heard() {
    // Nobody listens where the redirect leads to; but the order was taken before.
    let site = Site::start(|_| Answer::redirect(307, "http://127.0.0.1:1/thanks"));
    let end = client(&["--no-proxy", "--retry", "2", "-d", "order", &site.url("/")]).run();
    assert_eq!((end.status.code(), site.requests().len()), (Some(7), 1), "{end}");
    assert!(end.stderr.contains("cannot connect to http://127.0.0.1:1:"), "{end}");
    let end = client(&["--no-proxy", "--retry", "1", &site.url("/")]).run();
    assert_eq!((end.status.code(), site.requests().len()), (Some(7), 3), "a GET may\n{end}");
}

#[test]
fn a_host_of_ones_own_is_for_one_host() {
    let other = Site::start(|_| Answer::new(200));
    let there = other.url("/");
    let site = Site::start(move |request| match &*request.target {
        "/here" => Answer::redirect(302, "/"),
        "/there" => Answer::redirect(302, &there),
        _ => Answer::new(200),
    });
    let host = ["--no-proxy", "-H", "Host: example.com"];
    let end = client(&host).args([site.url("/here")]).run();
    assert_eq!((end.status.code(), site.requests().len()), (Some(0), 2), "{end}");
    let end = client(&host).args([site.url("/there")]).run();
    assert_eq!((end.status.code(), other.requests().len()), (Some(47), 0), "{end}");
}

#[test]
fn no_secret_is_shown() {
    for args in [
        &["http://me:secret@h:99999/"][..],
        &["-x", "http://me:secret@h:99999/", "http://a/"],
        &["-H", "Authorization Bearer secret", "http://a/"],
    ] {
        let end = client(args).run();
        assert!(end.status.code() != Some(0) && !end.stderr.contains("secret"), "{end}");
    }
    let site = Site::start(|_| Answer::new(200).field("Set-Cookie", "id=secret"));
    let cookie = ["--by-hand", "-v", "-H", "Cookie: id=secret"];
    let end = client(&cookie).args([site.url("/")]).run();
    assert!(end.stderr.contains("> Cookie: …\n") && !end.stderr.contains("secret"), "{end}");
}

#[test]
fn a_header_has_its_limit_in_both_ways() {
    for way in WAYS {
        let site = Site::start(|_| Answer::new(200).field("X-Long", "x".repeat(100_000)));
        let end = client(way).args([site.url("/")]).run();
        assert_eq!(end.status.code(), Some(63), "{end}");
        assert!(end.stderr.contains("(a header may have 64 KiB and 100 lines)"), "{end}");
    }
}
