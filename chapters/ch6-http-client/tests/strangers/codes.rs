//! Exit codes: what a script learns from us is what it learns from curl. Where it is not, the table says why.

use crate::folder::Folder;
use crate::run::{curl, fails, is_sober, ours, row, succeeds, there_is};
use crate::servers::nginx;
use harness::hostile::{Script, Server, Step, Until};
use harness::site::{Answer, Site};
use harness::{Launch, Stdout};
use std::net::{TcpListener, TcpStream};

/// A failure, and how each client ends.
struct Case {
    name: &'static str,
    /// Flags for both, and the URL.
    args: Vec<String>,
    /// Nothing where another version of curl may end otherwise, or cannot.
    curl: Option<i32>,
    library: i32,
    by_hand: i32,
    /// Why they differ, if they do.
    why: &'static str,
}

/// All three of them agree.
fn all(name: &'static str, code: i32, args: &[&str]) -> Case {
    let args = args.iter().copied().map(String::from).collect();
    Case { name, args, curl: Some(code), library: code, by_hand: code, why: "" }
}

impl Case {
    /// Where curl ends otherwise.
    fn curl(self, code: impl Into<Option<i32>>, why: &'static str) -> Self {
        Self { curl: code.into(), why, ..self }
    }

    /// Where our own session ends otherwise.
    fn by_hand(self, code: i32, why: &'static str) -> Self {
        Self { by_hand: code, why, ..self }
    }

    #[track_caller]
    fn check(&self) {
        let Self { name, why, .. } = self;
        // The time is only to bound the matter: curl has no limit of its own.
        let end =
            curl(["-L", "--compressed", "--max-redirs", "3", "-m", "60"]).args(&self.args).run();
        let by_curl = end.status.code();
        assert!(self.curl.is_none_or(|code| by_curl == Some(code)), "{name}\n{end}");
        let by_library = ours(&self.args).run();
        let by_hand = ours(["--by-hand"]).args(&self.args).run();
        for (end, code) in [(&by_library, self.library), (&by_hand, self.by_hand)] {
            assert_eq!(end.status.code(), Some(code), "{name} {why}\n{end}");
            is_sober(end);
        }
        let words = |stderr: &str| stderr.trim().trim_start_matches("error: ").to_owned();
        row(
            format_args!("exit: {name}"),
            &by_curl.map_or_else(String::new, |code| code.to_string()),
            &format!("{} {}", self.library, words(&by_library.stderr)),
            &format!("{} {} {why}", self.by_hand, words(&by_hand.stderr)),
        );
    }
}

/// A server that answers every request with these bytes, and closes.
fn says(bytes: &str) -> Server {
    Server::start(Script::replies(bytes))
}

fn url(server: &Server) -> String {
    format!("http://{}/", server.addr())
}

#[test]
fn nobody_answers() {
    if !there_is("curl", &["--version"]) {
        return;
    }
    // The port of a client is taken, and nobody listens there.
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let taken = TcpStream::connect(listener.local_addr().unwrap()).unwrap();
    let port = taken.local_addr().unwrap().port();
    let refuses = format!("http://127.0.0.1:{port}/");
    let silent = Server::start(Script::never_answers());
    for case in [
        all("a port that refuses", 7, &[&refuses]),
        all("an unknown name", 6, &["http://x.invalid/"]),
        all("no host", 3, &["http://"]),
        all("an impossible port", 3, &["http://127.0.0.1:99999/"]),
        all("an unknown scheme", 1, &["unheard-of://127.0.0.1/"]),
        all("another scheme", 1, &[&format!("ftp://127.0.0.1:{port}/")])
            .curl(None, "curl may speak it"),
        all("--max-time is over", 28, &["--max-time", "0.3", &url(&silent)]),
        all("an unknown flag", 2, &["--unheard-of", "http://127.0.0.1/"]),
        all("no URL", 2, &[]),
        all("data from a file that is not there", 26, &["-d", "@/none/at/all", &refuses])
            .curl(None, "before 8.0 it warned and sent nothing instead"),
    ] {
        case.check();
    }
}

#[test]
fn the_answer_is_cut_off() {
    if !there_is("curl", &["--version"]) {
        return;
    }
    let nothing = Server::start(Script::new([Step::Read(Until::Head)]));
    let half = says("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhello");
    let between = says("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n");
    let within = says("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhel");
    let head = says("HTTP/1.1 200 OK\r\nContent-Le");
    let reset = Server::start(Script::new([
        Step::Read(Until::Head),
        Step::Write(b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhello".into()),
        Step::Taken,
        Step::Reset,
    ]));
    for case in [
        all("the connection ends at once", 52, &[&url(&nothing)]),
        Case {
            library: 52,
            ..all("in the head", 56, &[&url(&head)]).curl(
                0,
                "curl takes half a head for a whole one; the library tells none from half of one",
            )
        },
        all("in a body with a length", 18, &[&url(&half)]),
        all("between two chunks", 18, &[&url(&between)]),
        all("within a chunk", 18, &[&url(&within)]),
        all("a reset in the body", 56, &[&url(&reset)]),
    ] {
        case.check();
    }
}

#[test]
fn the_answer_is_not_wanted() {
    if !there_is("curl", &["--version"]) {
        return;
    }
    let rubbish = says("good day to you\r\n\r\n");
    let gzip =
        says("HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 7\r\n\r\nrubbish");
    let site = Site::start(|request| match &*request.target {
        "/loop" => Answer::redirect(302, "/loop"),
        "/mail" => Answer::redirect(302, "mailto:somebody"),
        "/gopher" => Answer::redirect(302, "gopher://127.0.0.1:1/"),
        "/large" => Answer::new(200).body([b'x'; 1_000]),
        "/chunks" => Answer::new(200).body([b'x'; 1_000]).chunked(),
        _ => Answer::new(404).body("nothing is here\n"),
    });
    for case in [
        all("-f and a 404", 22, &["-f", &site.url("/")]),
        all("a 404 without -f", 0, &[&site.url("/")]),
        all("longer than --max-filesize", 63, &["--max-filesize", "999", &site.url("/large")]),
        all("as long as --max-filesize", 0, &["--max-filesize", "1000", &site.url("/large")]),
        all("longer, as it turns out", 63, &["--max-filesize", "999", &site.url("/chunks")])
            .curl(None, "before 8.4 it looked at the declared length only"),
        all("a redirect to itself", 47, &["--max-redirs", "3", &site.url("/loop")])
            .by_hand(2, "redirects are the library's"),
        all("a redirect to mail", 1, &[&site.url("/mail")])
            .by_hand(0, "redirects are the library's"),
        all("a redirect to gopher", 1, &[&site.url("/gopher")])
            .by_hand(0, "redirects are the library's"),
        all("no HTTP", 8, &[&url(&rubbish)]).curl(1, "curl takes it for HTTP/0.9"),
        all("a damaged gzip", 61, &[&url(&gzip)]).by_hand(0, "encodings are the library's"),
    ] {
        case.check();
    }
}

#[test]
fn nobody_vouches_for_it() {
    let Some(server) = nginx() else { return };
    if !server.folder.has("cert.pem") || !there_is("curl", &["--version"]) {
        return;
    }
    let only = "https is the library's";
    let https = |path: &str| server.url(path).replace("http:", "https:");
    let (cert, none) = (server.folder.text("cert.pem"), server.folder.text("none.pem"));
    for case in [
        all("a certificate of its own", 60, &[&server.tls("/hello.txt")]).by_hand(1, only),
        all("with --cacert", 0, &["--cacert", &cert, &server.tls("/hello.txt")]).by_hand(2, only),
        all("TLS where none is spoken", 35, &[&https("/hello.txt")]).by_hand(1, only),
        Case {
            curl: Some(77),
            ..all("--cacert without a file", 26, &["--cacert", &none, &server.tls("/")])
                .by_hand(2, "26 is what could not be read, whatever it was for")
        },
    ] {
        case.check();
    }
}

#[test]
fn nobody_takes_what_came() {
    if !there_is("curl", &["--version"]) {
        return;
    }
    let site = Site::start(|_| Answer::new(200).body(vec![b'x'; 300_000]));
    let url = site.url("/");
    let clients = || [curl([&url]), ours([&url]), ours(["--by-hand", &url])];
    let codes = |change: &dyn Fn(Launch) -> Launch| {
        clients().map(|launch| {
            let end = change(launch).run();
            assert!(!end.stderr.contains("panicked"), "{end}");
            end.status.code()
        })
    };
    for (name, stdout) in [("a closed pipe", Stdout::ReaderGone), ("a full disk", Stdout::NoSpace)]
    {
        let codes = codes(&|launch| launch.stdout(stdout));
        assert_eq!(codes, [Some(23); 3], "{name}");
        row(format_args!("exit: stdout is {name}"), "23", "23", "23");
    }
    let folder = Folder::new();
    let nowhere = folder.text("none/at/all");
    assert_eq!(codes(&|launch| launch.args(["-o", &nowhere])), [Some(23); 3]);
    row("exit: -o in a folder that is not there", "23", "23", "23");
    assert_eq!(codes(&|launch| launch.args(["-o", &folder.text("")])), [Some(23); 3]);
    row("exit: -o is a folder", "23", "23", "23");
    assert!(folder.names().is_empty());
}

#[test]
fn several_urls_end_with_the_last_failure() {
    let site = Site::start(|request| match &*request.target {
        "/none" => Answer::new(404),
        target => Answer::new(200).body(target),
    });
    let urls = [site.url("/one"), site.url("/none"), site.url("/two")];
    fails(&ours(["-f"]).args(&urls).run(), 22, "404");
    succeeds(&ours(&urls).run());
    assert_eq!(ours(["-f"]).args(&urls).run().stdout, "/one/two");
}
