//! Who is told what: proxies, cookies, and passwords that are not for the next host.

use crate::folder::Folder;
use crate::run::{curl_answer, fails, our_answer, ours, ours_told, row, succeeds, there_is};
use crate::servers::nginx;
use harness::site::{Answer, Request, Site};

/// A page that says who answers, and what was asked for.
fn page(who: &'static str) -> impl Fn(&Request) -> Answer {
    move |request| Answer::new(200).body(format!("{who}: {}\n", request.target))
}

#[test]
fn a_proxy_is_asked_when_the_environment_names_one() {
    let (proxy, site) = (Site::start(page("the proxy")), Site::start(page("the site")));
    let here = proxy.url("");
    let url = site.url("/a?b");
    let by_proxy = format!("the proxy: {url}\n");
    let direct = "the site: /a?b\n";
    let there = site.addr().to_string();
    for (name, env, args, right) in [
        ("http_proxy", &[("http_proxy", &*here)][..], &[][..], &*by_proxy),
        ("ALL_PROXY", &[("ALL_PROXY", &here)], &[], &by_proxy),
        ("HTTPS_PROXY", &[("HTTPS_PROXY", &here)], &[], direct),
        ("no_proxy", &[("http_proxy", &here), ("no_proxy", "127.0.0.1")], &[], direct),
        ("NO_PROXY", &[("http_proxy", &here), ("NO_PROXY", "other,127.0.0.1")], &[], direct),
        ("NO_PROXY of others", &[("http_proxy", &here), ("NO_PROXY", "other")], &[], &by_proxy),
        ("--no-proxy", &[("http_proxy", &here)], &["--no-proxy"], direct),
        ("--proxy", &[], &["--proxy", &here], &by_proxy),
        // A raw socket asks whom it is told to ask.
        ("--by-hand", &[("http_proxy", &here)], &["--by-hand"], direct),
    ] {
        let end = ours_told(env, args).args([&url]).run();
        succeeds(&end);
        assert_eq!(end.stdout, right, "{name}\n{end}");
        row(format_args!("proxy: {name}"), "", end.stdout.trim_end(), "");
    }
    assert_eq!(proxy.requests().len(), 4);
    let request = &proxy.requests()[0];
    assert_eq!(request.field("host"), Some(there.as_bytes()));
    assert_eq!(site.requests().len(), 5);
}

#[test]
fn a_name_that_only_the_proxy_knows() {
    let proxy = Site::start(page("the proxy"));
    let end = ours_told(&[("http_proxy", &proxy.url(""))], ["http://no.such.host.invalid/x"]).run();
    succeeds(&end);
    assert_eq!(end.stdout, "the proxy: http://no.such.host.invalid/x\n");
}

#[test]
fn https_goes_through_a_proxy_without_a_word_of_it() {
    let proxy = Site::start(|_| Answer::new(403));
    let url = "https://me:secret@no.such.host.invalid/path";
    let end = ours_told(&[("https_proxy", &proxy.url(""))], [url]).run();
    fails(&end, 7, "(the proxy makes no way to it: see --proxy and --no-proxy)");
    let requests = proxy.requests();
    assert_eq!(requests.len(), 1, "{end}");
    assert_eq!(
        (&*requests[0].method, &*requests[0].target),
        ("CONNECT", "no.such.host.invalid:443")
    );
    assert_eq!(requests[0].field("authorization"), None, "the password is the server's");
    row("proxy: https, CONNECT refused with 403", "", &end.stderr, "");
}

#[test]
fn cookies_are_kept_only_if_that_is_asked_for() {
    let site = Site::start(|request| match &*request.target {
        "/set" => Answer::redirect(302, "/see").field("Set-Cookie", "a=1; Path=/"),
        _ => {
            let cookie = request.field("cookie").unwrap_or(b"none");
            Answer::new(200).body([cookie, b"\n"].concat())
        }
    });
    let urls = [site.url("/see"), site.url("/set"), site.url("/see")];
    assert_eq!(ours(&urls).run().stdout, "none\nnone\nnone\n");
    assert_eq!(ours(["--cookies"]).args(&urls).run().stdout, "none\na=1\na=1\n");
    assert_eq!(ours(["--by-hand"]).args(&urls).run().stdout, "none\nnone\n");
    let other = site.url_at("localhost", "/see");
    assert_eq!(ours(["--cookies", &urls[1], &other]).run().stdout, "a=1\nnone\n");
    row("cookies", "", "none; with --cookies a=1, and not to another host", "none");
}

/// Asks for a page that redirects, and gives the fields of this name that the two requests had.
fn told(site: &Site, name: &str, before: &mut usize) -> Vec<Option<String>> {
    let requests = site.requests();
    let new = requests[*before..].iter();
    let text = |value: &[u8]| String::from_utf8_lossy(value).into_owned();
    let told = new.map(|request| request.field(name).map(text)).collect();
    *before = requests.len();
    told
}

#[test]
fn what_is_for_one_host_is_not_for_the_next() {
    if !there_is("curl", &["--version"]) {
        return;
    }
    let site = Site::start(|request| match request.target.strip_prefix("/to/") {
        Some(host) => {
            let own =
                String::from_utf8_lossy(request.field("host").unwrap_or_default()).into_owned();
            let port = own.rsplit_once(':').map_or("80", |(_, port)| port);
            Answer::redirect(302, format!("http://{host}:{port}/end"))
        }
        None => Answer::new(200).body("the end\n"),
    });
    let folder = Folder::new();
    let mut before = 0;
    for (host, stays) in [("127.0.0.1", true), ("localhost", false)] {
        let plain = site.url(&format!("/to/{host}"));
        let with_password = plain.replace("http://", "http://me:secret@");
        for (name, value, args) in [
            ("authorization", "Basic bWU6c2VjcmV0", vec![&*with_password]),
            ("authorization", "Bearer x", vec!["-H", "Authorization: Bearer x", &plain]),
            ("cookie", "a=1", vec!["-H", "Cookie: a=1", &plain]),
        ] {
            let case = format!("redirect to {host} with {name}: {value}");
            assert_eq!(curl_answer(&folder, ["-L"].iter().chain(&args)).code, 0);
            let by_curl = told(&site, name, &mut before);
            let answer = our_answer(&args);
            assert_eq!(answer.body, b"the end\n", "{}", answer.end);
            let by_us = told(&site, name, &mut before);
            let value = Some(value.to_owned());
            assert_eq!(by_us, [value.clone(), value.filter(|_| stays)], "{case}");
            assert_eq!(by_curl, by_us, "{case}");
            row(case, &format!("{by_curl:?}"), &format!("{by_us:?}"), "");
        }
    }
}

#[test]
fn a_password_for_https_is_not_for_http() {
    let Some(server) = nginx().filter(|server| server.folder.has("cert.pem")) else { return };
    let cert = server.folder.text("cert.pem");
    let to = |path: &str, who: &str| {
        our_answer(["--cacert", &cert, &server.tls(path).replace("//", &format!("//{who}@"))])
    };
    let right = to("/private/hello.txt", "me:secret");
    assert_eq!((right.status, &*right.body), (200, &b"hello from a file\n"[..]), "{}", right.end);
    assert_eq!(to("/private/hello.txt", "me:wrong").status, 401);
    assert_eq!(to("/down", "me:secret").body, b"hello from a file\n");
    let log = server.logged("GET /hello.txt 200", 1);
    assert!(log[0].ends_with("HTTP/1.1 auth=\"-\""), "{log:?}");
    server
        .logged("GET /down 302", 1)
        .iter()
        .for_each(|line| assert!(line.contains("auth=\"Basic bWU6c2VjcmV0\""), "{line}"));
    row("redirect from https to http with a password", "", "not sent on", "");
}
