//! Transfers that break: nothing half-written is ever seen, and the next one goes on.

use crate::support::{
    DEADLINE, Direction, Fault, Proxy, Scratch, client, fails, noise, put_line, serve, sha256, well,
};
use harness::{Finished, eventually};
use std::fs::{self, File};

/// Expects that a client went on after a break, and says so. On a busy machine the server may notice the break late,
/// and a second attempt may be needed.
#[track_caller]
fn went_on(finished: &Finished) {
    assert!(finished.status.success(), "{finished}");
    let warning = finished.stderr.lines().next().unwrap_or_default();
    assert!(
        warning.starts_with("warning: ") && warning.contains("; going on in 1 s (1 of "),
        "{finished}"
    );
    assert!(finished.stdout.contains("of them from before"), "{finished}");
}

#[test]
fn a_get_that_is_cut_goes_on() {
    let (served, here) = (Scratch::new(), Scratch::new());
    let content = noise(2_000_000, 1);
    served.write("a", &content);
    let server = serve(&served);
    let proxy = Proxy::new(server.addr(), Direction::ToClient, Fault::Cut(700_000));
    went_on(&client(&here, "get", proxy.addr).args(["a"]).run());
    assert_eq!((here.read("a"), here.names()), (content, vec!["a".to_owned()]));
}

#[test]
fn a_put_that_is_cut_goes_on() {
    let (served, here) = (Scratch::new(), Scratch::new());
    let content = noise(2_000_000, 2);
    here.write("a", &content);
    let server = serve(&served);
    let proxy = Proxy::new(server.addr(), Direction::ToServer, Fault::Cut(700_000));
    went_on(&client(&here, "put", proxy.addr).args(["a"]).run());
    assert_eq!((served.read("a"), served.incoming()), (content, vec![]));
}

#[test]
fn a_client_that_is_killed_in_a_get_goes_on_at_its_next_start() {
    let (served, here) = (Scratch::new(), Scratch::new());
    let content = noise(2_000_000, 3);
    served.write("a", &content);
    here.write("a", b"old");
    let server = serve(&served);
    let proxy = Proxy::new(server.addr(), Direction::ToClient, Fault::Stall(700_000));
    let getting = client(&here, "get", proxy.addr).args(["a"]).begin();
    let length = || fs::metadata(here.at(".a.files-part")).map_or(0, |part| part.len());
    eventually(DEADLINE, "some of it has come", || proxy.is_stalled() && length() > 500_000);
    getting.signal(harness::Signal::Kill);
    getting.finish();
    assert_eq!(here.read("a"), b"old");
    let finished = client(&here, "get", server.addr()).args(["a"]).run();
    well(&finished);
    assert!(finished.stdout.contains("of them from before"), "{finished}");
    assert_eq!((here.read("a"), here.names()), (content, vec!["a".to_owned()]));
    proxy.release();
}

#[test]
fn a_client_that_is_killed_in_a_put_goes_on_at_its_next_start() {
    let (served, here) = (Scratch::new(), Scratch::new());
    let content = noise(2_000_000, 4);
    here.write("a", &content);
    served.write("a", b"old");
    let server = serve(&served);
    let proxy = Proxy::new(server.addr(), Direction::ToServer, Fault::Stall(700_000));
    let putting = client(&here, "put", proxy.addr).args(["a"]).begin();
    let came = || served.incoming().first().is_some_and(|length| *length > 500_000);
    eventually(DEADLINE, "some of it has come", || proxy.is_stalled() && came());
    putting.signal(harness::Signal::Kill);
    putting.finish();
    proxy.release();
    assert_eq!(served.read("a"), b"old");
    // Until the server has noticed, it is busy with the first one.
    let finished = client(&here, "put", server.addr()).args(["a", "--retries", "10"]).run();
    assert!(finished.status.success(), "{finished}");
    assert!(finished.stdout.contains("of them from before"), "{finished}");
    assert_eq!((served.read("a"), served.incoming()), (content, vec![]));
}

#[test]
fn a_server_that_is_killed_in_a_put_leaves_the_old_file_and_goes_on() {
    let (served, here) = (Scratch::new(), Scratch::new());
    let content = noise(2_000_000, 5);
    here.write("a", &content);
    served.write("a", b"old");
    let mut server = serve(&served);
    let proxy = Proxy::new(server.addr(), Direction::ToServer, Fault::Stall(700_000));
    let putting = client(&here, "put", proxy.addr).args(["a", "--retries", "10"]).begin();
    let came = || served.incoming().first().is_some_and(|length| *length > 500_000);
    eventually(DEADLINE, "some of it has come", || proxy.is_stalled() && came());
    server.kill();
    assert_eq!(served.names(), [".incoming", "a"]);
    assert_eq!(served.read("a"), b"old");

    let server = serve(&served);
    *proxy.target.lock().unwrap() = server.addr();
    let mut wire = server.connect();
    wire.send("list\n");
    wire.expect("ok\n3 a\nend 1\n");
    proxy.release();
    went_on(&putting.finish());
    assert_eq!((served.read("a"), served.incoming()), (content, vec![]));
}

#[test]
fn a_byte_that_is_flipped_on_its_way_is_found() {
    let (served, here) = (Scratch::new(), Scratch::new());
    let (one, two) = (noise(300_000, 6), noise(300_000, 7));
    served.write("one", &one);
    here.write("two", &two);
    let server = serve(&served);
    for (direction, command, name) in
        [(Direction::ToClient, "get", "one"), (Direction::ToServer, "put", "two")]
    {
        let proxy = Proxy::new(server.addr(), direction, Fault::Flip(200_000));
        let finished = client(&here, command, proxy.addr).args([name]).run();
        assert!(finished.status.success(), "{finished}");
        assert!(finished.stderr.trim_end().ends_with("(mismatch); beginning anew"), "{finished}");
    }
    assert_eq!((here.read("one"), served.read("two")), (one, two));
}

#[test]
fn a_part_of_another_content_is_thrown_away() {
    let (served, here) = (Scratch::new(), Scratch::new());
    let content = noise(300_000, 8);
    served.write("a", &content);
    let server = serve(&served);
    // One of another file, and one that is longer than this file.
    for length in [1000, 400_000] {
        here.write(".a.files-part", &noise(length, 9));
        let finished = client(&here, "get", server.addr()).args(["a"]).run();
        assert!(finished.status.success(), "{finished}");
        assert!(finished.stderr.trim_end().ends_with("(mismatch); beginning anew"), "{finished}");
        assert_eq!((here.read("a"), here.names()), (content.clone(), vec!["a".to_owned()]));
    }
}

#[test]
fn two_clients_do_not_write_to_one_part() {
    let (served, here) = (Scratch::new(), Scratch::new());
    served.write("a", b"12345");
    let server = serve(&served);
    let part = File::create(here.at(".a.files-part")).unwrap();
    part.lock().unwrap();
    let finished = client(&here, "get", server.addr()).args(["a"]).run();
    fails(&finished, 1, &["cannot write .a.files-part here: another transfer writes to it"]);
}

#[test]
fn a_file_that_shrinks_is_not_made_up() {
    let served = Scratch::new();
    let file = File::create(served.at("a")).unwrap();
    file.set_len(256 << 20).unwrap();
    let server = serve(&served);
    let mut wire = server.connect();
    wire.send("get a\n");
    wire.expect("ok 268435456\n");
    file.set_len(1000).unwrap();
    let came = wire.read_to_end();
    assert!(came.len() < 256 << 20 && came.iter().all(|byte| *byte == 0), "{}", came.len());
}

#[test]
fn the_same_content_goes_one_at_a_time() {
    let served = Scratch::new();
    let server = serve(&served);
    let content = noise(1000, 10);
    let (mut first, mut second) = (server.connect(), server.connect());
    first.send(put_line(&content, "a"));
    first.expect("ok 0\n");
    second.send(put_line(&content, "b"));
    second.expect("error busy ");
    first.send(&content);
    first.expect("done a\n");
    // Nobody holds it now.
    let mut third = server.connect();
    third.send(put_line(&content, "b"));
    third.expect("ok 0\n");
    third.send(&content);
    third.expect("done b\n");
    first.send("get b\n");
    first.expect("ok 1000\n");
    first.expect(&content);
    first.expect(format!("sha256 {}\n", sha256(&content)));
}
