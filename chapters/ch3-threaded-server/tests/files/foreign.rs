//! Clients that nobody here wrote, and the one that the documentation shows.

use crate::support::{Scratch, has, noise, put_line, serve, sha256};
use std::io::Write;
use std::process::{Command, Stdio};

/// What a shell command prints, given this input.
fn shell(script: &str, args: &[&str], input: &[u8]) -> Vec<u8> {
    let mut command = Command::new("sh");
    command.args(["-c", script, "sh"]).args(args).stdin(Stdio::piped()).stdout(Stdio::piped());
    let mut child = command.spawn().unwrap();
    let mut stdin = child.stdin.take().unwrap();
    let input = input.to_vec();
    let writer = std::thread::spawn(move || {
        let _ = stdin.write_all(&input);
    });
    let output = child.wait_with_output().unwrap();
    writer.join().unwrap();
    output.stdout
}

#[test]
fn nc_is_a_client() {
    if !has("nc", "nc_is_a_client") {
        return;
    }
    let served = Scratch::new();
    let server = serve(&served);
    let port = server.addr().port().to_string();
    let nc = |input: &[u8]| shell("nc -N -w 20 127.0.0.1 \"$1\"", &[&port], input);
    let content = noise(1_000_000, 1);
    let said = [put_line(&content, "a").as_bytes(), &content, b"list\nquit\n"].concat();
    let heard = nc(&said);
    assert_eq!(String::from_utf8_lossy(&heard), "ok 0\ndone a\nok\n1000000 a\nend 1\nbye\n");
    let heard = nc(b"get a\n");
    let sha256 = format!("sha256 {}\n", sha256(&content));
    assert!(heard == [b"ok 1000000\n", &content[..], sha256.as_bytes()].concat());
}

#[test]
fn the_python_client_of_the_documentation_works() {
    if !has("python3", "the_python_client_of_the_documentation_works") {
        return;
    }
    let text = include_str!("../../src/files/mod.rs");
    let mut lines = text.lines().map(|line| line.trim_start_matches("//!").trim_start_matches(' '));
    lines.find(|line| *line == "```python").expect("there is one");
    let program: Vec<_> = lines.take_while(|line| *line != "```").collect();
    let served = Scratch::new();
    let server = serve(&served);
    let program = program.join("\n").replace("8080", &server.addr().port().to_string());
    let heard = shell("exec python3 -c \"$1\"", &[&program], b"");
    let hello = "5891b5b522d5df086d0ff0b110fbd9d21bb4fc7163af34d08286a2e846f6be03";
    let wanted = format!("b'done hello.txt\\n'\nb'hello\\n' b'sha256 {hello}\\n'\n");
    assert_eq!(String::from_utf8_lossy(&heard), wanted);
    assert_eq!(served.read("hello.txt"), b"hello\n");
}

#[test]
fn sha256sum_agrees() {
    if !has("sha256sum", "sha256sum_agrees") {
        return;
    }
    for length in [0, 1, 55, 56, 64, 1000, 300_000] {
        let content = noise(length, 2);
        let heard = shell("sha256sum", &[], &content);
        assert_eq!(String::from_utf8_lossy(&heard), format!("{}  -\n", sha256(&content)));
    }
}
