//! The table is in order, and readers that nobody here wrote read its well-formed cases as it says.

use std::collections::HashSet;
use std::io::{Read, Write};
use std::net::{Shutdown, TcpStream};
use std::process::{Command, Stdio};
use std::thread;
use std::time::Duration;

use super::{Case, Expected, Kind, Then, cases, cases_at};
use crate::hostile::Server;
use crate::suite::skipped;
use crate::{DEADLINE, together};

#[test]
fn every_case_has_a_name_a_section_and_a_sentence() {
    let mut names = HashSet::new();
    for Case { name, section, about, .. } in cases() {
        assert!(names.insert(name), "{name} stands there twice");
        assert!(name.chars().all(|c| c.is_ascii_alphanumeric() || "-.".contains(c)), "{name}");
        let (rfc, number) = section.split_once(' ').unwrap_or_default();
        let numbered = number.split('.').all(|part| part.parse::<u8>().is_ok());
        assert!(["9110", "9112"].contains(&rfc) && numbered, "{name}: {section:?}");
        assert!(about.ends_with('.') && about.len() < 160, "{name}: {about}");
    }
}

#[test]
fn every_kind_is_there() {
    let all = cases();
    let number = |is: fn(&Kind) -> bool| all.iter().filter(|case| is(&case.kind)).count();
    assert!(number(|kind| matches!(kind, Kind::WellFormed(_))) >= 50);
    assert!(number(|kind| matches!(kind, Kind::Malformed)) >= 50);
    assert!(number(|kind| matches!(kind, Kind::Unclear(_))) >= 20);
    assert!(number(|kind| matches!(kind, Kind::Early)) >= 20);
    assert!(number(|kind| matches!(kind, Kind::Endless)) >= 10);
    assert!(number(|kind| matches!(kind, Kind::Silent)) >= 10);
    assert!(number(|kind| matches!(kind, Kind::Redirect { .. })) >= 20);
    assert_eq!(number(|kind| matches!(kind, Kind::Bomb { .. })), 2);
    assert_eq!(number(|kind| matches!(kind, Kind::Once)), 2);
}

/// What Python reads otherwise, with the reason.
const NOT_PYTHON: &[&str] = &[
    // It takes any interim response but 100 for the final one.
    "interim-102",
    "interim-103",
    "interim-unknown",
    "interim-several",
    "interim-split",
    // It counts the empty line as a field, and has a limit of a hundred.
    "fields-99",
];

#[test]
fn python_reads_each_well_formed_case() {
    let python = Command::new("python3")
        .args(["-c", include_str!("oracle.py")])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn();
    let Ok(mut python) = python else { return skipped("hostile::http: no python3") };
    let readable = well_formed()
        .into_iter()
        .filter(|(case, _)| case.requests == 1 && !NOT_PYTHON.contains(&case.name));
    let servers: Vec<(Server, String)> = readable
        .map(|(case, expected)| {
            let server = case.start();
            let fields = expected.fields.iter();
            let line = serde_json::json!({
                "name": case.name,
                "port": server.addr().port(),
                "method": case.method,
                "path": case.path,
                "sends": case.sends,
                "status": expected.status,
                "body": hex(&expected.body),
                "fields": fields.map(|(name, value)| (name.to_lowercase(), hex(value))).collect::<Vec<_>>(),
            });
            (server, format!("{line}\n"))
        })
        .collect();
    let lines: String = servers.iter().map(|(_, line)| &**line).collect();
    let mut stdin = python.stdin.take().unwrap();
    // It answers while we write, so somebody else has to write.
    let writer = thread::spawn(move || stdin.write_all(lines.as_bytes()));
    let output = python.wait_with_output().unwrap();
    writer.join().unwrap().unwrap();
    assert!(output.status.success());
    assert_eq!(String::from_utf8_lossy(&output.stdout), "");
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[test]
fn curl_reads_each_well_formed_case() {
    let all = well_formed();
    together(4, |n| {
        for (case, expected) in all.iter().skip(n).step_by(4) {
            let Some((output, _)) = curl(case) else { return };
            let mut one = expected.body.clone();
            one.extend(format!("|{}|", expected.status).bytes());
            assert!(
                output == one.repeat(case.requests),
                "{}: {}",
                case.name,
                String::from_utf8_lossy(&output[..output.len().min(500)])
            );
        }
    });
}

#[test]
fn curl_arrives_where_a_redirect_leads() {
    for case in cases() {
        let Kind::Redirect { then: Then::Arrives(target, expected), .. } = &case.kind else {
            continue;
        };
        let Some((output, server)) = curl(&case) else { return };
        let mut wanted = expected.body.clone();
        wanted.extend(format!("|{}|", expected.status).bytes());
        assert_eq!(String::from_utf8_lossy(&output), String::from_utf8_lossy(&wanted));
        let seen = server.seen();
        let asked = String::from_utf8_lossy(&seen[1].received);
        assert!(asked.starts_with(&format!("GET {target} HTTP/1.1\r\n")), "{}: {asked}", case.name);
    }
}

/// What curl shows, with the status behind each response, and the server that it asked.
fn curl(case: &Case) -> Option<(Vec<u8>, Server)> {
    let server = case.start();
    let url = format!("http://{}{}", server.addr(), case.path);
    let body = "x".repeat(case.sends);
    let mut curl = Command::new("curl");
    curl.args(["--silent", "--location", "--max-time", "60", "--noproxy", "*"]);
    curl.args(["--write-out", "|%{http_code}|"]).args(vec![&url; case.requests]);
    match case.method {
        "HEAD" => drop(curl.args(["--head", "--output", "/dev/null"])),
        "POST" => drop(curl.args(["--data-binary", "@-", "--header", "Expect:"])),
        _ => {}
    }
    let Ok(mut curl) = curl.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn() else {
        skipped("hostile::http: no curl");
        return None;
    };
    let mut stdin = curl.stdin.take().unwrap();
    // It may show something before it has taken all of this, and not want the rest.
    let writer = thread::spawn(move || drop(stdin.write_all(body.as_bytes())));
    let output = curl.wait_with_output().unwrap();
    writer.join().unwrap();
    Some((output.stdout, server))
}

fn well_formed() -> Vec<(Case, Expected)> {
    let expected = |case: Case| match case.kind.clone() {
        Kind::WellFormed(expected) => Some((case, expected)),
        _ => None,
    };
    cases().into_iter().filter_map(expected).collect()
}

#[test]
fn what_has_an_end_ends() {
    // A client that ends its side gets all there is, and then the end: no case hangs by itself.
    let all: Vec<Case> = cases_at(Duration::ZERO)
        .into_iter()
        .filter(|case| !matches!(case.kind, Kind::Endless | Kind::Silent))
        .filter(|case| !case.name.contains("every-byte"))
        .collect();
    together(4, |n| {
        for case in all.iter().skip(n).step_by(4) {
            let server = case.start();
            let mut stream = TcpStream::connect(server.addr()).unwrap();
            stream.set_read_timeout(Some(DEADLINE)).unwrap();
            // One that closes at once may refuse any of this.
            let _ = write!(stream, "{} {} HTTP/1.1\r\nHost: a\r\n\r\n", case.method, case.path);
            let _ = stream.write_all(&vec![b'x'; case.sends]);
            let _ = stream.shutdown(Shutdown::Write);
            if let Err(error) = stream.read_to_end(&mut Vec::new()) {
                let reset = error.kind() == std::io::ErrorKind::ConnectionReset;
                assert!(reset, "{}: {error}", case.name);
            }
        }
    });
}

#[test]
fn a_bomb_is_as_large_as_it_says() {
    let bomb = cases().into_iter().find(|case| case.name == "bomb").unwrap();
    let Kind::Bomb { decoded } = bomb.kind else { panic!("{:?}", bomb.kind) };
    let server = bomb.start();
    let mut stream = TcpStream::connect(server.addr()).unwrap();
    stream.write_all(b"GET / HTTP/1.1\r\n\r\n").unwrap();
    stream.shutdown(Shutdown::Write).unwrap();
    let mut reply = Vec::new();
    stream.read_to_end(&mut reply).unwrap();
    assert!(reply.len() < 100 << 10, "{}", reply.len());
    let start = reply.windows(4).position(|four| four == b"\r\n\r\n").unwrap() + 4;
    let mut decoder = flate2::read::GzDecoder::new(&reply[start..]);
    assert_eq!(std::io::copy(&mut decoder, &mut std::io::sink()).unwrap(), decoded);
}
