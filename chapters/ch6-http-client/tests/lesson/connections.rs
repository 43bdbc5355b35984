//! What the lesson says about connections that are kept.

use super::{WAYS, client};
use harness::hostile::{Script, Server, Step, Until, response};
use harness::site::{Answer, Site};

fn hello() -> Site {
    Site::start(|_| Answer::new(200).body("hello\n"))
}

#[test]
fn three_urls_need_one_connection() {
    for way in WAYS {
        let site = hello();
        let urls = [site.url("/1"), site.url("/2"), site.url("/3")];
        let end = client(way).args(&urls).run();
        assert_eq!((&*end.stdout, site.connections()), ("hello\nhello\nhello\n", 1), "{end}");

        let site = hello();
        let urls = [site.url("/1"), site.url("/2"), site.url("/3")];
        let end = client(way).args(["--no-reuse"]).args(&urls).run();
        assert_eq!((&*end.stdout, site.connections()), ("hello\nhello\nhello\n", 3), "{end}");
    }
}

#[test]
fn a_new_client_has_no_connection_to_reuse() {
    let site = hello();
    for _ in 0..3 {
        // As `reqwest::get` and `requests.get` do it each time.
        let client = reqwest::blocking::Client::builder().no_proxy().build().unwrap();
        assert_eq!(client.get(site.url("/")).send().unwrap().text().unwrap(), "hello\n");
    }
    assert_eq!(site.connections(), 3);
    let client = reqwest::blocking::Client::builder().no_proxy().build().unwrap();
    for _ in 0..3 {
        assert_eq!(client.get(site.url("/")).send().unwrap().text().unwrap(), "hello\n");
    }
    assert_eq!(site.connections(), 4);
}

/// Answers once and keeps the connection, but ends it at the next request, without an answer.
fn closes_when_asked_again() -> Script {
    let ask = Step::Read(Until::Head);
    Script::new([ask.clone(), Step::Write(response("hello\n")), ask, Step::Close])
}

#[test]
fn a_connection_that_was_closed_while_idle_costs_one_more_try() {
    for way in WAYS {
        let server =
            Server::in_turn(vec![closes_when_asked_again(), Script::replies(response("again\n"))]);
        let url = format!("http://{}/", server.addr());
        let end = client(way).args([&url, &url]).run();
        assert_eq!(end.stdout, "hello\nagain\n", "{end}");
        assert_eq!(server.seen().len(), 2, "{end}");
    }
}

#[test]
fn but_not_for_what_may_not_be_sent_twice() {
    for way in WAYS {
        let server =
            Server::in_turn(vec![closes_when_asked_again(), Script::replies(response("again\n"))]);
        let url = format!("http://{}/", server.addr());
        // A POST without a body: both requests end with their heads.
        let end = client(way).args(["-X", "POST", &url, &url]).run();
        assert_eq!((&*end.stdout, end.status.code()), ("hello\n", Some(52)), "{end}");
        assert_eq!(server.seen().len(), 1, "{end}");
    }
}
