//! Clients that nobody here wrote, against every model of every chapter. Where one is missing, the test says so.

use course::{Course, Model};
use harness::Launch;
use std::io::Write;
use std::time::Duration;
use tests::files::root;

/// Bounds a client. A browser on a busy machine needs some of it.
const DEADLINE: Duration = Duration::from_secs(90);

/// One command of a client, with what it must show.
struct Case {
    /// A line for bash; `$ADDR` is where the server listens.
    command: &'static str,
    /// What its stdout or stderr must hold.
    shows: &'static [&'static str],
}

/// Which models a client is for.
#[derive(Clone, Copy, PartialEq)]
enum Models {
    /// Every one.
    All,
    /// Those that serve several clients at a time: it keeps connections open, each of which it expects to be served.
    Several,
}

/// Runs a line of bash, and gives its exit status as a success, and what it wrote.
fn bash(command: &str, addr: &str) -> (bool, String) {
    let (host, port) = addr.rsplit_once(':').expect("an address has a port");
    let launch = Launch::new("bash").args(["-c", command]).deadline(DEADLINE);
    let variables =
        [("ADDR", addr), ("HOST", host), ("PORT", port), ("NO_PROXY", "*"), ("no_proxy", "*")];
    let launch = variables.iter().fold(launch, |launch, (name, value)| launch.env(name, value));
    let fixtures = root().join("tests/fixtures/clients");
    let end = launch.env("FIXTURES", fixtures).env("LC_ALL", "C").run();
    (end.status.success(), format!("{}\n{}", end.stdout, end.stderr))
}

/// Runs the cases against each model, which serves `service`, if the client is there: if `probe` succeeds.
fn client(name: &str, probe: &str, service: &str, cases: &[Case]) {
    client_for(Models::All, name, probe, service, cases);
}

fn client_for(models: Models, name: &str, probe: &str, service: &str, cases: &[Case]) {
    if !bash(probe, "127.0.0.1:0").0 {
        // Written past the capture of the test harness, so that a plain `cargo test` shows it.
        let _ = writeln!(std::io::stderr(), "skipped: {name} is not installed");
        return;
    }
    let course = Course::read();
    let chosen = |model: &Model| models == Models::All || !model.one_at_a_time;
    for (package, Model { name: model, .. }) in course.models().filter(|(_, m)| chosen(m)) {
        let server = Launch::new(harness::build(package, package));
        let server =
            server.args(["--addr", "127.0.0.1:0", "--model", model, "--service", service]).start();
        for Case { command, shows } in cases {
            let (success, said) = bash(command, &server.addr().to_string());
            let missing: Vec<_> = shows.iter().filter(|text| !said.contains(**text)).collect();
            assert!(
                success && missing.is_empty(),
                "{name} against {package} --model {model}: it {}, and {missing:?} is missing in what it said\n$ {command}\n{said}",
                if success { "succeeded" } else { "failed" },
            );
        }
    }
}

#[test]
fn curl() {
    let cases = [
        Case { command: "curl -sS http://$ADDR/", shows: &["Hello, World!"] },
        // The second request opens no connection.
        Case {
            command: "curl -sS -o /dev/null -o /dev/null -w '%{http_code} by %{num_connects}. ' http://$ADDR/ http://$ADDR/bytes/9",
            shows: &["200 by 1. 200 by 0. "],
        },
        Case { command: "curl -sS --data-binary 'two words' http://$ADDR/", shows: &["two words"] },
        Case {
            command: "printf 'two words' | curl -sS -X POST -T - http://$ADDR/",
            shows: &["two words"],
        },
        Case {
            command: "curl -sS --head http://$ADDR/",
            shows: &["HTTP/1.1 200 OK", "Content-Length: 13", "Content-Type: text/plain", "Date: "],
        },
        Case { command: "curl -sS --http1.0 http://$ADDR/", shows: &["Hello, World!"] },
        Case {
            command: "head -c 200000 /dev/zero | curl -vsS -H 'Expect: 100-continue' --data-binary @- -w 'got %{size_download}' -o /dev/null http://$ADDR/",
            shows: &["100 Continue", "got 200000"],
        },
        Case {
            command: "curl -sS -o /dev/null -w 'got %{size_download}' http://$ADDR/bytes/3000000",
            shows: &["got 3000000"],
        },
        Case {
            command: "curl -sS -o /dev/null -w '%{http_code}' http://$ADDR/nothing",
            shows: &["404"],
        },
        Case { command: "curl -sS -X DELETE -i http://$ADDR/", shows: &["405", "Allow: "] },
        Case {
            command: "curl -sS --compressed --referer x --cookie a=b http://$ADDR/",
            shows: &["Hello, World!"],
        },
        Case {
            command: "curl -sS --parallel -w '%{http_code} ' -o /dev/null 'http://$ADDR/delay/[1-8]' | wc -w",
            shows: &["8"],
        },
    ];
    client("curl", "curl --version", "http", &cases);
}

#[test]
fn python() {
    let shows = &["all as expected"];
    let clients = [
        ("Python's http.client", "import http.client", "python3 $FIXTURES/http_client.py"),
        ("Python's urllib", "import urllib.request", "python3 $FIXTURES/urllib_client.py"),
        ("Python's requests", "import requests", "python3 $FIXTURES/requests_client.py"),
    ];
    for (name, import, command) in clients {
        client(name, &format!("python3 -c '{import}'"), "http", &[Case { command, shows }]);
    }
}

#[test]
fn wget() {
    let cases = [
        Case {
            command: "wget -O - http://$ADDR/ http://$ADDR/",
            shows: &["Hello, World!Hello, World!", "Reusing existing connection"],
        },
        Case { command: "wget -qO - --post-data='two words' http://$ADDR/", shows: &["two words"] },
        Case { command: "wget -qO - http://$ADDR/bytes/3000000 | wc -c", shows: &["3000000"] },
        Case { command: "wget --spider http://$ADDR/ 2>&1", shows: &["200 OK"] },
    ];
    client("wget", "wget --version | grep GNU", "http", &cases);
}

#[test]
fn nc() {
    let request =
        "printf 'GET / HTTP/1.1\\r\\nHost: a\\r\\nConnection: close\\r\\n\\r\\n' | nc $HOST $PORT";
    let http = [Case { command: request, shows: &["HTTP/1.1 200 OK", "Hello, World!"] }];
    // Any nc that is there: each has another option for its version, or none.
    client("nc", "command -v nc", "http", &http);
    let hello = [Case { command: "nc $HOST $PORT </dev/null", shows: &["Hello, world!"] }];
    client("nc (for the service hello)", "command -v nc", "hello", &hello);
}

#[test]
fn ab() {
    let closing = [Case {
        command: "ab -q -n 2000 -c 16 http://$ADDR/",
        shows: &["Complete requests:      2000", "Failed requests:        0"],
    }];
    client("ab", "ab -V", "http", &closing);
    let keeping = [Case {
        command: "ab -q -k -n 2000 -c 16 http://$ADDR/",
        shows: &[
            "Complete requests:      2000",
            "Failed requests:        0",
            "Keep-Alive requests:    2000",
        ],
    }];
    client_for(Models::Several, "ab with keep-alive", "ab -V", "http", &keeping);
}

#[test]
fn wrk() {
    let run =
        "wrk -t1 -c16 -d1s http://$ADDR/ | sed 's/^ *Socket errors/FAILED/; s/^ *Non-2xx/FAILED/'";
    let command = "said=$(RUN); echo \"$said\"; ! grep -q FAILED <<<\"$said\"".replace("RUN", run);
    client(
        "wrk",
        "command -v wrk",
        "http",
        &[Case { command: command.leak(), shows: &["requests in"] }],
    );
}

#[test]
fn a_browser() {
    let command = "profile=$(mktemp -d) && trap 'rm -rf $profile' EXIT && chromium --headless --no-sandbox --disable-gpu \
        --disable-quic --no-first-run --disable-background-networking --disable-component-update --disable-sync \
        --no-proxy-server --user-data-dir=$profile --dump-dom http://$ADDR/";
    client(
        "chromium",
        "command -v chromium",
        "http",
        &[Case { command, shows: &["Hello, World!"] }],
    );
}
