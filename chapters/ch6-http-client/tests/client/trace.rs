//! `--trace`, line by line.

use super::client;
use harness::hostile::{Script, Server};
use harness::site::{Answer, Site};

/// The trace with its numbers of milliseconds and its ports taken out.
fn masked(trace: &str, site: &str) -> String {
    let mut words = Vec::new();
    for line in trace.replace(site, "SITE").lines() {
        let mut line = line.to_owned();
        while let Some(at) = line.find(" ms") {
            let digits =
                line[..at].rfind(|c: char| !c.is_ascii_digit() && c != '.').map_or(0, |i| i + 1);
            line.replace_range(digits..at + 3, "TIME");
        }
        if let Some(at) = line.find("from 127.0.0.1:") {
            let end = line[at..].find(" to").map_or(line.len(), |i| at + i);
            line.replace_range(at..end, "from PORT");
        }
        words.push(line.trim_end().to_owned());
    }
    words.join("\n")
}

#[test]
fn by_hand_every_line_is_told_and_explained() {
    let site = Site::start(|_| Answer::new(200).field("ETag", "\"1\"").chunked().body("hello"));
    let addr = site.addr().to_string();
    let end = client(&["--by-hand", "--trace", &site.url("/x")]).run();
    assert_eq!(end.stdout, "hello", "{end}");
    let told = masked(&end.stderr, &addr);
    let (request, response) = told.split_once("\n* the first ").unwrap_or_else(|| panic!("{end}"));
    assert_eq!(
        request,
        "\
* connected from PORT to SITE (TIME)
> GET /x HTTP/1.1
> Host: SITE
*   which of the names that live at this address is meant (RFC 9110 section 7.2)
> Accept: */*
*   which types are welcome (RFC 9110 section 12.5.1)
> User-Agent: ch6-http-client
*   who asks (RFC 9110 section 10.1.5)
>
* sent: 84 bytes, the empty line ends the head"
            .replace("84", &(83 + addr.len() - 15 + 1).to_string())
    );
    for line in [
        "\n< HTTP/1.1 200 OK\n",
        "\n< ETag: \"1\"\n*   the name of this version of it (RFC 9110 section 8.8.3)\n",
        "\n< Transfer-Encoding: chunked\n*   the body comes in chunks, each with its own length (RFC 9112 section 7.1)\n",
        "\n* the body ends with a chunk of length 0\n",
        "\n* the response is whole, and the connection can serve again\n",
        "\n* look-up –, connect TIME, first byte TIME, last byte TIME; ",
    ] {
        assert!(response.contains(line), "{line:?} is missing\n{end}");
    }
}

#[test]
fn the_three_ways_to_say_where_a_body_ends() {
    for (reply, says) in [
        ("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello", "* the body ends after 5 bytes\n"),
        (
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n",
            "* the body ends with a chunk of length 0\n",
        ),
        (
            "HTTP/1.1 200 OK\r\n\r\nhello",
            "* nothing says where the body ends, so it ends with the connection\n",
        ),
    ] {
        let server = Server::start(Script::replies(reply));
        let url = format!("http://{}/", server.addr());
        let end = client(&["--by-hand", "-v", &url]).run();
        assert!(end.stderr.contains(says), "{says}\n{end}");
        assert_eq!(end.stdout, "hello", "{end}");
        assert_eq!(client(&[&url]).run().stdout, "hello", "by library as well");
    }
}

#[test]
fn a_thousand_pieces_are_not_a_thousand_lines() {
    let reply = harness::hostile::response("x".repeat(300));
    let server = Server::start(Script::split(reply, 1));
    let end = client(&["--by-hand", "-v", &format!("http://{}/", server.addr())]).run();
    assert_eq!(end.stdout.len(), 300, "{end}");
    assert!(end.stderr.lines().count() < 60, "{end}");
    assert!(end.stderr.contains("* and so on\n"), "{end}");
}

#[test]
fn by_library_the_head_is_told() {
    let site = Site::start(|_| Answer::new(200).field("X-One", "1").body("hello"));
    let end = client(&["-v", "--no-proxy", &site.url("/")]).run();
    assert!(end.stderr.starts_with("* no proxy is asked\n< HTTP/1.1 200 OK\n"), "{end}");
    assert!(end.stderr.contains("< x-one: 1\n") && end.stderr.contains("* over after "), "{end}");
}
