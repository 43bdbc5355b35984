//! Clients that nobody here wrote, and the one that the documentation shows.

use crate::support::{DEADLINE, GREETING, has, serving};
use harness::{Launch, Program, Running};

fn nc(server: &Program) -> Running {
    let port = server.addr().port().to_string();
    // -N: at the end of its input it ends its side.
    let launch = Launch::new("nc").args(["-N", "127.0.0.1", &port]);
    launch.open_stdin().deadline(DEADLINE).begin()
}

#[test]
fn two_people_talk_by_nc() {
    if !has("nc", "two_people_talk_by_nc") {
        return;
    }
    let server = serving("").start();
    let mut alice = nc(&server);
    alice.write("alice\n");
    let mut to_alice =
        format!("{GREETING}* you are alice, alone in lobby; /help lists the commands\n");
    alice.expect_stdout(&to_alice);
    let mut bob = nc(&server);
    bob.write("alice\n");
    let mut to_bob =
        format!("{GREETING}* alice is taken, or looks like a name that is; choose another one\n");
    bob.expect_stdout(&to_bob);
    bob.write("bob\nhello\n");
    to_bob.push_str("* you are bob, in lobby with alice; /help lists the commands\n");
    bob.expect_stdout(&to_bob);
    to_alice.push_str("* bob joined\nbob: hello\n");
    alice.expect_stdout(&to_alice);
    alice.write("hi, bob\n");
    to_bob.push_str("alice: hi, bob\n");
    bob.expect_stdout(&to_bob);
    bob.write("bye");
    bob.end_stdin();
    let bob = bob.finish();
    assert!(bob.status.success() && bob.stdout == to_bob, "{bob}");
    to_alice.push_str("bob: bye\n* bob left\n");
    alice.expect_stdout(&to_alice);
    alice.write("/quit\n");
    to_alice.push_str("* good-bye\n");
    alice.expect_stdout(&to_alice);
    alice.end_stdin();
    assert!(alice.finish().status.success());
}

#[test]
fn a_file_can_be_said() {
    if !has("nc", "a_file_can_be_said") {
        return;
    }
    let server = serving("").start();
    let mut alice = crate::support::person(&server, "alice", "alone in lobby");
    let port = server.addr().port().to_string();
    let file: String = (0..200).map(|n| format!("line {n}\n")).collect();
    let said = format!("bob\n{file}");
    let bob =
        Launch::new("nc").args(["-N", "127.0.0.1", &port]).stdin(said).deadline(DEADLINE).run();
    assert!(bob.status.success(), "{bob}");
    let lines: String = file.lines().map(|line| format!("bob: {line}\n")).collect();
    alice.expect(format!("* bob joined\n{lines}* bob left\n"));
}

#[test]
fn the_python_client_of_the_documentation_works() {
    if !has("python3", "the_python_client_of_the_documentation_works") {
        return;
    }
    let text = include_str!("../../src/chat/protocol.rs");
    let mut lines = text.lines().map(|line| line.trim_start_matches("//!").trim_start_matches(' '));
    lines.find(|line| *line == "```python").expect("there is one");
    let program: Vec<_> = lines.take_while(|line| *line != "```").collect();
    let server = serving("").start();
    let program = program.join("\n").replace("8080", &server.addr().port().to_string());
    let python = Launch::new("python3").args(["-c", &program]).deadline(DEADLINE).run();
    assert!(python.status.success(), "{python}");
    let heard = format!(
        "{GREETING}* you are monty, alone in lobby; /help lists the commands\n* 1 in lobby: monty\n* good-bye\n"
    );
    assert_eq!(python.stdout, heard, "{python}");
}
