//! What is printed.

use super::{WAYS, client};
use harness::Stdout;
use harness::site::{Answer, Site};

#[test]
fn the_body_is_printed_byte_for_byte() {
    let body: Vec<u8> =
        (0..3_000_000_u32).map(|i| (i.wrapping_mul(2_654_435_761) >> 24) as u8).collect();
    for way in WAYS {
        for chunked in [false, true] {
            let answer = body.clone();
            let site = Site::start(move |_| {
                let answer = Answer::new(200).body(answer.clone());
                if chunked { answer.chunked() } else { answer }
            });
            let end = client(way).args([site.url("/")]).keep(body.len() + 1).run();
            assert_eq!((end.status.code(), &*end.stderr), (Some(0), ""), "{way:?}");
            assert!(end.bytes == body, "{way:?}");
        }
    }
}

#[test]
fn the_head_is_printed_when_it_is_asked_for() {
    for way in WAYS {
        let site = Site::start(|_| Answer::new(200).field("X-One", "1").body("body"));
        let whole = client(way).args(["-i", &site.url("/")]).run();
        let (head, body) = whole.stdout.split_once("\r\n\r\n").unwrap_or_else(|| panic!("{whole}"));
        assert!(head.starts_with("HTTP/1.1 200 OK\r\n"), "{whole}");
        assert!(head.to_lowercase().contains("\r\nx-one: 1"), "{whole}");
        assert_eq!(body, "body", "{whole}");
        let head_only = client(way).args(["-I", &site.url("/")]).run();
        assert!(head_only.stdout.ends_with("\r\n\r\n"), "{head_only}");
        assert_eq!(site.requests()[1].method, "HEAD");
    }
}

#[test]
fn an_error_page_is_printed_unless_it_should_fail() {
    for way in WAYS {
        let site = Site::start(|_| Answer::new(404).body("no such page"));
        let end = client(way).args([site.url("/")]).run();
        assert_eq!((end.status.code(), &*end.stdout), (Some(0), "no such page"), "{end}");
        let end = client(way).args(["--fail", &site.url("/")]).run();
        assert_eq!((end.status.code(), &*end.stdout), (Some(22), ""), "{end}");
        let says =
            format!("error: cannot get {}: the server answers 404 Not Found\n", site.url("/"));
        assert_eq!(end.stderr, says);
    }
}

#[test]
fn one_failure_does_not_keep_the_others() {
    for way in WAYS {
        let site = Site::start(|request| Answer::new(200).body(format!("{}\n", request.target)));
        let refused = "http://127.0.0.1:1/";
        let end = client(way).args(["--no-proxy", &site.url("/1"), refused, &site.url("/2")]).run();
        assert_eq!((end.status.code(), &*end.stdout), (Some(7), "/1\n/2\n"), "{end}");
        assert_eq!(end.stderr.lines().count(), 1, "{end}");
    }
}

#[test]
fn an_output_that_takes_nothing_is_an_error() {
    for way in WAYS {
        let site = Site::start(|_| Answer::new(200).body(vec![b'x'; 1_000_000]));
        for stdout in [Stdout::ReaderGone, Stdout::NoSpace] {
            let end = client(way).args([site.url("/")]).stdout(stdout).run();
            assert_eq!(end.status.code(), Some(23), "{end}");
            assert!(end.stderr.starts_with("error: cannot write to standard output: "), "{end}");
            assert_eq!(end.stderr.lines().count(), 1, "{end}");
        }
    }
}

#[test]
fn what_a_server_says_cannot_steer_the_screen() {
    for way in WAYS {
        let site = Site::start(|_| Answer::redirect(302, "/\u{9b}31m\u{202e}"));
        let end = client(way).args(["-v", "-o", "/dev/null/x", &site.url("/")]).run();
        assert!(
            end.stderr.lines().all(|line| !line.contains(['\u{9b}', '\u{202e}', '\u{1b}'])),
            "{end}"
        );
    }
}
