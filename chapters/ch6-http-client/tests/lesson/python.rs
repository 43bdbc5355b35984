//! The table for readers who come from Python: what its three clients do, and what ours do.

use super::{WAYS, client, python};
use harness::site::{Answer, Site};

/// What a Python client makes of a site: a line for each thing that it is asked.
fn heard(imports: &str, get: &str, site: &Site) -> Option<Vec<String>> {
    let program = format!(
        "
import sys
{imports}
def get(path):
{get}
for path in ['/chunked', '/old', '/missing', '/split']:
    try:
        print(path, *get(path))
    except Exception as error:
        print(path, type(error).__name__)
"
    );
    let end = python(&program, &[&site.addr().to_string()])?;
    if end.stderr.contains("ModuleNotFoundError") {
        harness::suite::skipped("Python has no requests");
        return None;
    }
    assert!(end.status.success(), "{end}");
    Some(end.stdout.lines().map(String::from).collect())
}

fn site() -> Site {
    Site::start(|request| match &*request.target {
        "/chunked" => Answer::new(200).chunked().body("in chunks"),
        "/old" => Answer::redirect(302, "/new").body("moved"),
        "/new" => Answer::new(200).body("new"),
        "/missing" => Answer::new(404).body("missing"),
        _ => Answer::new(200).body("whole"),
    })
}

#[test]
fn what_http_client_leaves_to_you() {
    let site = site();
    let get = "
    c = http.client.HTTPConnection(sys.argv[1], timeout=60)
    c.request('GET', path)
    r = c.getresponse()
    return r.status, r.read().decode()
";
    let Some(heard) = heard("import http.client", get, &site) else { return };
    assert_eq!(
        heard,
        ["/chunked 200 in chunks", "/old 302 moved", "/missing 404 missing", "/split 200 whole"]
    );
}

#[test]
fn urllib_raises_for_a_404_and_closes_each_connection() {
    let site = site();
    let imports = "import urllib.request
opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))";
    let get = "
    r = opener.open('http://' + sys.argv[1] + path, timeout=60)
    return r.status, r.read().decode()
";
    let Some(heard) = heard(imports, get, &site) else { return };
    assert_eq!(
        heard,
        ["/chunked 200 in chunks", "/old 200 new", "/missing HTTPError", "/split 200 whole"]
    );
    let closing = site
        .requests()
        .iter()
        .filter(|request| request.field("connection") == Some(b"close"))
        .count();
    assert_eq!((closing, site.connections()), (5, 5));
}

#[test]
fn a_session_of_requests_keeps_its_connection_and_get_does_not() {
    let imports = "import requests
session = requests.Session()
session.trust_env = False";
    for (get, connections) in [("session.get", 1), ("requests.get", 5)] {
        let site = site();
        let get = format!(
            "
    r = {get}('http://' + sys.argv[1] + path, timeout=60)
    return r.status_code, r.text
"
        );
        let Some(heard) = heard(imports, &get, &site) else { return };
        assert_eq!(
            heard,
            ["/chunked 200 in chunks", "/old 200 new", "/missing 404 missing", "/split 200 whole"]
        );
        // `requests.get` makes a session for each call, whose redirect uses the same connection.
        let expected = if connections == 1 { 1..=1 } else { 4..=5 };
        assert!(expected.contains(&site.connections()), "{get}: {}", site.connections());
    }
}

#[test]
fn and_what_ours_do() {
    for (way, old) in WAYS.iter().zip(["new", "moved"]) {
        let site = site();
        let urls = ["/chunked", "/old", "/missing", "/split"].map(|path| site.url(path));
        let end = client(way).args(&urls).run();
        assert_eq!(end.stdout, format!("in chunks{old}missingwhole"), "{end}");
        assert_eq!((end.status.code(), site.connections()), (Some(0), 1), "{end}");
    }
}
