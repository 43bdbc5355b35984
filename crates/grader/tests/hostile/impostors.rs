//! Programs that are somewhere else than they were told to be.

use crate::bench::{Bench, Way};
use std::net::{Ipv4Addr, TcpListener};
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;

/// A port that nobody has at this moment.
fn free_port() -> u16 {
    TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap().local_addr().unwrap().port()
}

#[test]
fn binds_another_port() {
    for way in Way::BOTH {
        let bench = Bench::new(way);
        let script = format!(
            "sys.argv[sys.argv.index('--addr') + 1] = '127.0.0.1:{}'\n\
            listener = listen()\nwhile True: listener.accept()[0].close()\n",
            free_port()
        );
        let Some(program) = bench.server(&script) else { return };
        let graded = bench.grade("ch2.1", &program);
        graded.expect_failed("binds another port");
        assert_eq!(graded.earned(), 0, "{}", graded.out);
        let refused = graded.out.contains("PermissionError");
        assert!(refused || graded.symptoms().contains(&"wrong-address"), "{}", graded.out);
    }
}

/// Connecting is not forbidden: a client must. It earns nothing.
#[test]
fn connects_out() {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    listener.set_nonblocking(true).unwrap();
    let port = listener.local_addr().unwrap().port();
    let bench = Bench::new(Way::Best);
    let script = format!(
        "peer = socket.create_connection(('127.0.0.1', {port}))\npeer.send(b'hello')\n\
         print('connected', flush=True)\ntime.sleep(1000)\n"
    );
    let Some(program) = bench.server(&script) else { return };
    let graded = bench.grade("ch2.1", &program);
    graded.expect_nothing("connects out", "bad-ready-line", &["connected"]);
}

/// It says that it listens where somebody else does.
#[test]
fn points_to_a_server_that_is_not_its_own() {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    let addr = listener.local_addr().unwrap();
    let stop = AtomicBool::new(false);
    listener.set_nonblocking(true).unwrap();
    thread::scope(|scope| {
        scope.spawn(|| {
            // It knows no tally, and still says what the first question wants to hear.
            while !stop.load(Ordering::Relaxed) {
                if let Ok((stream, _)) = listener.accept() {
                    let _ = first_reply(&stream);
                }
                thread::sleep(std::time::Duration::from_millis(5));
            }
        });
        let bench = Bench::new(Way::Best);
        let script = format!("echo listening on {addr}; while :; do sleep 1; done");
        let graded = bench.grade("ch2.1", &bench.sh(&script));
        stop.store(true, Ordering::Relaxed);
        graded.note("points to another server");
        graded.expect_failed("points to another server");
        assert_eq!(graded.earned(), 0, "{}", graded.out);
    });
}

fn first_reply(stream: &std::net::TcpStream) -> std::io::Result<()> {
    use std::io::{BufRead, BufReader, Write};
    stream.set_nonblocking(false)?;
    let mut line = String::new();
    BufReader::new(stream).read_line(&mut line)?;
    let name = line.split_whitespace().nth(1).unwrap_or_default();
    (&*stream).write_all(format!("{name} 0\n").as_bytes())
}
