//! How long a client goes on: as long as it gets further, as long as another transfer is busy, as long as a disk is
//! slow.

use crate::failures::{answering, hold};
use crate::support::{Direction, Fault, Proxy, Scratch, client, fails, noise, serve, sha256};
use ch3_threaded_server::files::client::Client;
use ch3_threaded_server::files::client::connection::Connection;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpListener;
use std::thread;
use std::time::Duration;

#[test]
fn a_transfer_that_gets_further_is_not_given_up() {
    let (served, here) = (Scratch::new(), Scratch::new());
    let (one, two) = (noise(2_000_000, 1), noise(2_000_000, 2));
    served.write("one", &one);
    here.write("two", &two);
    let server = serve(&served);
    for (direction, command, name) in
        [(Direction::ToClient, "get", "one"), (Direction::ToServer, "put", "two")]
    {
        let proxy = Proxy::often(server.addr(), direction, Fault::Cut(500_000), 3);
        let run = client(&here, command, proxy.addr).args([name, "--retries", "1"]).run();
        assert!(run.status.success(), "{run}");
        assert!(run.stderr.matches("; going on in 1 s (1 of 1)").count() >= 3, "{run}");
    }
    assert_eq!((here.read("one"), served.read("two")), (one, two));
    // And one that does not is.
    let proxy = Proxy::often(server.addr(), Direction::ToClient, Fault::Cut(3), 100);
    let run = client(&here, "get", proxy.addr).args(["one", "--retries", "1"]).run();
    fails(&run, 9, &["the server closed before its answer was whole"]);
}

#[test]
fn a_put_waits_for_another_one_of_the_same_content() {
    let here = Scratch::new();
    here.write("a", b"12345");
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let addr = listener.local_addr().unwrap();
    // Busy three times, while the client may try again once.
    let server = thread::spawn(move || {
        for nth in 0..4 {
            let (mut stream, _) = listener.accept().unwrap();
            let mut lines = BufReader::new(stream.try_clone().unwrap());
            lines.read_line(&mut String::new()).unwrap();
            match nth {
                0..3 => stream.write_all(b"error busy somebody else\n").unwrap(),
                _ => {
                    stream.write_all(b"ok 0\n").unwrap();
                    lines.read_exact(&mut [0; 5]).unwrap();
                    stream.write_all(b"done a\n").unwrap();
                }
            }
        }
    });
    let run = client(&here, "put", addr).args(["a", "--retries", "1"]).run();
    assert!(run.status.success(), "{run}");
    let warning = "warning: putting a: somebody else (busy); waiting for it, up to 75 s\n";
    assert_eq!(run.stderr, warning, "said once");
    server.join().unwrap();
    // Who wants no retries does not wait.
    let addr = answering(b"error busy somebody else\n".to_vec(), hold);
    let run = client(&here, "put", addr).args(["a", "--retries", "0"]).run();
    fails(&run, 30, &["somebody else (busy)"]);
    assert_eq!(run.stderr.lines().count(), 1);
}

#[test]
fn a_server_has_the_time_to_read_what_it_must() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let patience = Duration::from_secs(1);
    let address = listener.local_addr().unwrap().to_string();
    let client = Client { address, patience, retries: 0 };
    let mut connection = Connection::open(&client).unwrap();
    let (mut stream, _) = listener.accept().unwrap();
    let slow = thread::spawn(move || {
        // Longer than the patience; how much longer does not matter.
        thread::sleep(patience * 2);
        stream.write_all(b"1").unwrap();
        stream
    });
    connection.allow(10_000_000_000).unwrap();
    assert_eq!(connection.read(&mut [0; 10]).unwrap(), 1);
    // Once it has said something, it must not be silent for so long again.
    assert!(connection.read(&mut [0; 10]).is_err());
    drop(slow.join().unwrap());
}

#[test]
fn a_get_gives_the_server_the_time_to_hash_what_is_here() {
    // A file of zeros that takes no room. To hash so much may take 20 s on a slow disk.
    let here = Scratch::in_memory();
    let part = std::fs::File::create(here.at(".a.files-part")).unwrap();
    part.set_len(400_000_000).unwrap();
    let addr = answering(b"ok 400000000\n".to_vec(), |mut stream| {
        // Longer than the patience, which in turn is long enough for an `ok` on a busy machine.
        thread::sleep(Duration::from_secs(6));
        let _ = stream.write_all(format!("sha256 {}\n", sha256(b"")).as_bytes());
    });
    let run = client(&here, "get", addr).args(["a", "--retries", "0", "--patience", "4"]).run();
    // It heard the answer, which is wrong, and began anew.
    assert!(run.stderr.contains("(mismatch); beginning anew"), "{run}");
}

#[test]
fn what_is_no_entry_of_a_folder_is_refused() {
    let here = Scratch::new();
    let entries = [
        format!("1 {}", "x".repeat(256)),
        "1 a/b".into(),
        "1 a/".into(),
        "- a".into(),
        "- a/b/".into(),
        "1 ".into(),
        "- /".into(),
        "1 a%2Fb".into(),
    ];
    for entry in entries {
        let addr = answering(format!("ok\n{entry}\nend 1\n").into_bytes(), hold);
        let run = client(&here, "list", addr).run();
        fails(&run, 13, &["this is no answer of a file server: '"]);
    }
    let long = format!("ok\n1 {0}\n- {0}/\nend 2\n", "x".repeat(255));
    let run = client(&here, "list", answering(long.into_bytes(), hold)).run();
    assert!(run.status.success(), "{run}");
}
