//! Servers that nobody here wrote, and small ones in Python as a reader of a tutorial would write them.

use crate::run::{TempFile, client, is_sober, pattern, prints, skip, to};
use harness::{Finished, Launch, Program, Running, build, holds_within, proc};
use std::fs;
use std::net::{SocketAddr, TcpListener};
use std::process::{Command, Stdio};
use std::time::Duration;

/// Whether a command can be run; if not, the test says so.
fn there_is(program: &str, args: &[&str]) -> bool {
    let mut command = Command::new(program);
    let found =
        command.args(args).stdin(Stdio::null()).output().is_ok_and(|end| end.status.success());
    if !found {
        skip(format!("there is no {program}"));
    }
    found
}

/// Starts a server in Python. `SERVER` is a listening socket or a bound one, `socket` is imported.
fn python(bind: &str, serve: &str) -> Option<Program> {
    let program = format!(
        "import socket\n{bind}\nprint('listening on 127.0.0.1:%d' % server.getsockname()[1], flush=True)\n{serve}"
    );
    there_is("python3", &["-c", ""]).then(|| Launch::new("python3").args(["-c", &program]).start())
}

const LISTEN: &str = "server = socket.socket(socket.AF_INET, socket.SOCK_STREAM)\nserver.bind(('127.0.0.1', 0))\nserver.listen(5)";

/// Starts any other server, and waits until it listens.
fn other(launch: &Launch) -> (Running, SocketAddr) {
    let server = launch.begin();
    let mut addrs = Vec::new();
    server.eventually("it listens", || {
        addrs = proc::listening(server.pid()).unwrap_or_default();
        !addrs.is_empty()
    });
    (server, addrs[0])
}

#[track_caller]
fn shows(end: &Finished, texts: &[&str]) {
    assert_eq!((end.status.code(), &*end.stderr), (Some(0), ""), "{end}");
    is_sober(end);
    for text in texts {
        assert!(end.stdout.contains(text), "stdout should contain {text:?}\n{end}");
    }
}

#[test]
#[cfg_attr(not(target_os = "linux"), ignore = "needs /proc to find the port")]
fn the_http_server_of_python() {
    if !there_is("python3", &["-c", "import http.server"]) {
        return;
    }
    let folder = std::env::temp_dir().join(format!("ch1-http-server-{}", std::process::id()));
    fs::create_dir_all(&folder).unwrap();
    fs::write(folder.join("big"), pattern(1_000_000)).unwrap();
    fs::write(folder.join("hello.txt"), "hello from a file\n").unwrap();
    let args = ["-m", "http.server", "0", "--bind", "127.0.0.1", "--directory"];
    let (_server, addr) = other(&Launch::new("python3").args(args).args([&folder]));
    shows(&to(addr, &["--get", "/hello.txt"]).run(), &["200 OK", "\r\n\r\nhello from a file\n"]);
    shows(&to(addr, &["--get", "/"]).run(), &["hello.txt</a>"]);
    // A reply that reports an error is a whole reply.
    shows(&to(addr, &["--get", "/none"]).run(), &["404 "]);
    let end = to(addr, &["--get", "/big"]).keep(1 << 21).run();
    assert!(end.status.success() && end.bytes.ends_with(&pattern(1_000_000)), "{}", end.stderr);
    // The same by hand; HTTP/1.0 ends with the connection.
    shows(&to(addr, &["--send", r"GET /hello.txt HTTP/1.0\r\n\r\n"]).run(), &["hello from a file"]);
    fs::remove_dir_all(&folder).unwrap();
}

#[test]
fn a_tutorials_server_that_greets_and_closes() {
    let serve = "while True:\n    client, addr = server.accept()\n    client.send(b'Welcome!\\r\\n')\n    client.close()";
    let Some(server) = python(LISTEN, serve) else { return };
    for _ in 0..5 {
        prints(&to(server.addr(), &[]).run(), "Welcome!\r\n");
    }
    // It never reads, so what we send may meet a reset; the greeting is there all the same.
    let end = to(server.addr(), &["--send", "hello"]).run();
    assert!([Some(0), Some(8), Some(9)].contains(&end.status.code()), "{end}");
    assert_eq!(end.stdout, "Welcome!\r\n", "{end}");
}

#[test]
fn a_tutorials_echo_server() {
    let serve = "while True:\n    client, addr = server.accept()\n    while True:\n        data = client.recv(1024)\n        if not data:\n            break\n        client.sendall(data)\n    client.close()";
    let Some(server) = python(LISTEN, serve) else { return };
    prints(&to(server.addr(), &[]).stdin("one\ntwo\n").run(), "one\ntwo\n");
    let bytes = pattern(2_000_000);
    prints(&to(server.addr(), &[]).stdin(bytes.clone()).keep(1 << 22).run(), bytes);
}

#[test]
fn a_tutorials_server_that_answers_one_message() {
    let serve = "client, addr = server.accept()\ndata = client.recv(1024)\nclient.send(b'you said ' + data)\nclient.close()";
    let Some(server) = python(LISTEN, serve) else { return };
    prints(&to(server.addr(), &["--send", "hi"]).run(), "you said hi");
}

#[test]
fn a_server_that_sends_in_two_pieces() {
    let serve = "import time\nclient, addr = server.accept()\nclient.recv(65536)\nfor piece in b'HTTP/1.1 200 OK\\r\\nContent-Le', b'ngth: 5\\r\\n\\r\\nhe', b'llo':\n    client.sendall(piece)\n    time.sleep(0.1)\nclient.recv(1)";
    let Some(server) = python(LISTEN, serve) else { return };
    shows(&to(server.addr(), &["--get", "/"]).run(), &["200 OK", "\r\n\r\nhello"]);
}

#[test]
fn a_tutorials_udp_server() {
    let bind =
        "server = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)\nserver.bind(('127.0.0.1', 0))";
    let serve = "while True:\n    data, addr = server.recvfrom(65535)\n    server.sendto(data.upper(), addr)";
    let Some(server) = python(bind, serve) else { return };
    prints(&to(server.addr(), &["--udp"]).stdin("one\ntwo\n").run(), "ONE\nTWO\n");
}

#[test]
#[cfg_attr(not(target_os = "linux"), ignore = "needs /proc to find the port")]
fn netcat() {
    let help = Command::new("nc").arg("-h").stdin(Stdio::null()).output();
    let is_openbsd = |text: &[u8]| String::from_utf8_lossy(text).contains("OpenBSD");
    if !help.is_ok_and(|end| is_openbsd(&end.stderr) || is_openbsd(&end.stdout)) {
        return skip("there is no OpenBSD nc");
    }
    // With -N it ends its side when its own input does.
    let launch = Launch::new("nc").args(["-N", "-l", "127.0.0.1", "0"]).stdin("hello from nc\n");
    let (server, addr) = other(&launch);
    prints(&to(addr, &["--send", "hello to nc"]).run(), "hello from nc\n");
    assert_eq!(server.finish().stdout, "hello to nc");
    // A conversation between two people.
    let (mut server, addr) =
        other(&Launch::new("nc").args(["-N", "-l", "127.0.0.1", "0"]).open_stdin());
    let mut client = to(addr, &[]).open_stdin().begin();
    client.write("hello?\n");
    server.expect_stdout("hello?\n");
    server.write("yes\n");
    client.expect_stdout("yes\n");
    client.end_stdin();
    server.end_stdin();
    prints(&client.finish(), "yes\n");
}

#[test]
#[cfg_attr(not(target_os = "linux"), ignore = "needs /proc to see that it listens")]
fn nginx() {
    if !there_is("nginx", &["-v"]) {
        return;
    }
    let folder = std::env::temp_dir().join(format!("ch1-nginx-{}", std::process::id()));
    fs::create_dir_all(&folder).unwrap();
    // nginx cannot take any free port, so somebody else may be quicker: then it ends, and we try another one.
    let started = (0..20).find_map(|_| {
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let config = format!(
            "daemon off; master_process off; pid nginx.pid; events {{}}\nhttp {{ access_log off; \
             client_body_temp_path body; proxy_temp_path proxy; fastcgi_temp_path fastcgi; uwsgi_temp_path uwsgi; scgi_temp_path scgi;\n\
             server {{ listen 127.0.0.1:{port}; location / {{ return 200 'Hello from nginx'; }} location /none {{ return 404; }} }} }}\n"
        );
        fs::write(folder.join("nginx.conf"), config).unwrap();
        let prefix = folder.to_str().unwrap();
        let args = ["-p", prefix, "-c", "nginx.conf", "-e", "error.log"];
        let server = Launch::new("nginx").args(args).begin();
        let addr = SocketAddr::from(([127, 0, 0, 1], port));
        let listens = || proc::listening(server.pid()).is_ok_and(|all| all.contains(&addr));
        holds_within(Duration::from_secs(5), listens).then_some((server, addr))
    });
    let Some((_server, addr)) = started else { panic!("nginx does not start") };
    shows(&to(addr, &["--get", "/"]).run(), &["200 OK", "Hello from nginx"]);
    shows(&to(addr, &["--get", "/none"]).run(), &["404 Not Found", "</html>"]);
    let by_hand = r"GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n";
    shows(&to(addr, &["--send", by_hand]).run(), &["Hello from nginx"]);
    shows(&to(addr, &["--send", r"rubbish\r\n\r\n"]).run(), &["400 Bad Request"]);
    fs::remove_dir_all(&folder).unwrap();
}

#[test]
fn a_server_of_mail_says_who_it_is() {
    // Python had one up to version 3.11.
    let script = "import asyncore, smtpd, warnings\nserver = smtpd.DebuggingServer(('127.0.0.1', 0), None)\n\
        print('listening on 127.0.0.1:%d' % server.socket.getsockname()[1], flush=True)\nasyncore.loop()";
    if !there_is("python3", &["-W", "ignore", "-c", "import asyncore, smtpd"]) {
        return;
    }
    let server = Launch::new("python3").args(["-W", "ignore", "-c", script]).start();
    let end = to(server.addr(), &[]).stdin("HELO me\r\nQUIT\r\n").run();
    shows(&end, &["220 ", "250 ", "221 "]);
}

#[test]
#[cfg_attr(not(target_os = "linux"), ignore = "needs /proc to see that it listens")]
fn a_server_of_shells_says_who_it_is() {
    let sshd = "/usr/sbin/sshd";
    let found = "test -x /usr/sbin/sshd && command -v ssh-keygen";
    if !Launch::new("sh").args(["-c", found]).run().status.success() {
        return skip("there is no sshd");
    }
    let key = TempFile::new("");
    fs::remove_file(key.path()).unwrap();
    assert!(there_is("ssh-keygen", &["-q", "-t", "ed25519", "-N", "", "-f", key.path()]));
    let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let listen = format!("ListenAddress=127.0.0.1:{port}");
    let args =
        ["-D", "-e", "-f", "/dev/null", "-h", key.path(), "-o", &listen, "-o", "PidFile=none"];
    let server = Launch::new(sshd).args(args).begin();
    let listens = || proc::listening(server.pid()).is_ok_and(|all| !all.is_empty());
    if !holds_within(Duration::from_secs(10), listens) {
        return skip(format!("sshd does not start: {}", server.stderr()));
    }
    let mut client = client(&["127.0.0.1", &port.to_string()]).open_stdin().begin();
    client.eventually("its banner is there", || client.stdout().starts_with("SSH-2.0-"));
    client.end_stdin();
    is_sober(&client.finish());
    let _ = fs::remove_file(format!("{}.pub", key.path()));
}

#[test]
fn the_server_of_chapter_3() {
    let binary = build("ch3-threaded-server", "ch3-threaded-server");
    let server = Launch::new(&binary).args(["--addr", "127.0.0.1:0"]).start();
    shows(&to(server.addr(), &["--get", "/"]).run(), &["200 OK", "Hello, World!"]);
    shows(&to(server.addr(), &["--get", "/none"]).run(), &["404 Not Found"]);
    let end = to(server.addr(), &["--get", "/bytes/5000000"]).keep(1 << 23).run();
    assert!(end.status.success() && end.bytes.len() > 5_000_000, "{} bytes", end.bytes.len());
    let server = Launch::new(&binary).args(["--addr", "127.0.0.1:0", "--service", "echo"]).start();
    let bytes = pattern(3_000_000);
    prints(&to(server.addr(), &[]).stdin(bytes.clone()).keep(1 << 22).run(), bytes);
    let server = Launch::new(&binary).args(["--addr", "127.0.0.1:0", "--service", "hello"]).start();
    shows(&to(server.addr(), &[]).run(), &["Hello, world!"]);
}
