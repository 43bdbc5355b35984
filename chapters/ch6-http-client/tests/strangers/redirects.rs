//! Redirects: what the server saw of our client is what it saw of curl.

use crate::folder::Folder;
use crate::run::{curl_answer, our_answer, row, there_is};
use harness::site::{Answer, Request, Site};

/// What a server remembers of a request: method, target, body, and the type of the body.
type Saw = (String, String, String, String);

/// `/301`, `/302` … lead to `/end`, `/hops/3` by three steps, and a page that is none of these tells what came.
fn site() -> Site {
    Site::start(|request| {
        let target = &*request.target;
        if let Some(hops) = target.strip_prefix("/hops/").and_then(|n| n.parse::<u32>().ok()) {
            return match hops {
                0 => Answer::new(200).body("after all the hops\n"),
                // Relative, as most servers have it: here to the path's own folder.
                _ => Answer::redirect(302, (hops - 1).to_string()),
            };
        }
        match target.trim_start_matches('/').parse() {
            Ok(status @ 300..400) => Answer::redirect(status, "/end?a=b").body("look elsewhere\n"),
            _ if target == "/up/and/down" => Answer::redirect(301, "../../end/./x/../y?q"),
            _ if target == "/bare" => Answer::redirect(302, "?only=a-query"),
            _ if target == "/scheme" => Answer::redirect(
                302,
                format!(
                    "//{}/end",
                    String::from_utf8_lossy(request.field("host").unwrap_or_default())
                ),
            ),
            _ if target == "/nowhere" => Answer::new(302).body("no Location\n"),
            _ => Answer::new(200).body(format!("{} {target}\n", request.method)),
        }
    })
}

fn saw(requests: &[Request]) -> Vec<Saw> {
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    requests
        .iter()
        .map(|request| {
            // curl goes on saying what the body is when there is none any more.
            let kind = if request.body.is_empty() { None } else { request.field("content-type") };
            let kind = text(kind.unwrap_or_default());
            (request.method.clone(), request.target.clone(), text(&request.body), kind)
        })
        .collect()
}

#[test]
fn the_server_sees_the_same_of_us_and_of_curl() {
    if !there_is("curl", &["--version"]) {
        return;
    }
    let (site, folder) = (site(), Folder::new());
    let paths = ["/hops/1", "/hops/2", "/hops/5", "/up/and/down", "/bare", "/scheme", "/nowhere"];
    let mut cases: Vec<(&str, &[&str])> = paths.map(|path| (path, &[][..])).to_vec();
    for path in ["/301", "/302", "/303", "/307", "/308"] {
        cases.extend([(path, &["-d", "a=1"][..]), (path, &["-I"]), (path, &["--json", "[1]"])]);
    }
    let mut before = 0;
    for (path, flags) in cases {
        let mut seen_of = |ask: &dyn Fn() -> crate::run::Answer| {
            let answer = ask();
            let requests = saw(&site.requests()[before..]);
            before += requests.len();
            (answer, requests)
        };
        let url = site.url(path);
        let args = || flags.iter().copied().chain([&*url]);
        let (right, by_curl) = seen_of(&|| curl_answer(&folder, ["-L"].into_iter().chain(args())));
        let (ours, by_us) = seen_of(&|| our_answer(args()));
        let case = format!("redirect {path} {}", flags.join(" "));
        assert_eq!(by_us, by_curl, "{case}");
        assert_eq!(
            (right.code, right.status, &right.body),
            (ours.code, ours.status, &ours.body),
            "{case}\n{}",
            ours.end
        );
        // By hand, a redirect is an answer like any other.
        let (by_hand, alone) = seen_of(&|| our_answer(["--by-hand"].into_iter().chain(args())));
        assert_eq!(alone, by_curl[..1], "{case}");
        let steps = |saw: &[Saw]| {
            let methods: Vec<_> = saw.iter().map(|(method, ..)| &**method).collect();
            methods.join(", ")
        };
        row(case, &steps(&by_curl), &steps(&by_us), &by_hand.status.to_string());
    }
}

#[test]
fn only_a_redirect_is_followed() {
    // curl follows a 300 too. RFC 9110 section 15.4.1 leaves the choice to the client, and 305 is deprecated.
    let site = site();
    for status in [300, 304, 305, 306] {
        let answer = our_answer([site.url(&format!("/{status}"))]);
        assert_eq!((answer.code, answer.status), (0, status), "{}", answer.end);
    }
    assert_eq!(site.requests().len(), 4);
    row("300, 304, 305, 306 with a Location", "follows a 300", "shows it", "shows it");
}
