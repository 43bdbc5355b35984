//! The usual advice: do not wait, take larger buffers, take more threads.

use std::io::{ErrorKind, Read, Write};
use std::os::unix::net::UnixStream;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU32, Ordering};
use std::thread;
use std::time::Duration;

#[test]
fn who_does_not_wait_asks_again_and_again() {
    let (mut ours, mut theirs) = UnixStream::pair().unwrap();
    let calls = |reader: &mut UnixStream| {
        let mut calls = 1;
        while reader.read(&mut [0; 64]).is_err_and(|error| error.kind() == ErrorKind::WouldBlock) {
            calls += 1;
        }
        calls
    };
    let answers_late = |writer: &mut UnixStream| {
        thread::sleep(Duration::from_millis(200));
        writer.write_all(b"at last").unwrap();
    };
    for (does_not_wait, expected) in [(false, 1..=1), (true, 2..=u32::MAX)] {
        ours.set_nonblocking(does_not_wait).unwrap();
        let counted = thread::scope(|scope| {
            let writer = scope.spawn(|| answers_late(&mut theirs));
            let counted = calls(&mut ours);
            writer.join().unwrap();
            counted
        });
        assert!(expected.contains(&counted), "{does_not_wait}: {counted} calls");
    }
}

#[test]
fn a_larger_buffer_saves_calls_only_while_it_is_filled() {
    const SENT: usize = 16 * 1024;
    let calls = |size: usize| {
        let (mut ours, mut theirs) = UnixStream::pair().unwrap();
        theirs.write_all(&[0; SENT]).unwrap();
        drop(theirs);
        let mut buffer = vec![0; size];
        let read = || ours.read(&mut buffer).unwrap();
        std::iter::repeat_with(read).take_while(|count| *count > 0).count()
    };
    assert_eq!([64, 1024, SENT].map(calls), [SENT / 64, SENT / 1024, 1]);
    assert_eq!([2 * SENT, 64 * SENT].map(calls), [1, 1], "there is no more to be had");
}

#[test]
fn more_threads_than_clients_have_nothing_to_do() {
    const CLIENTS: u32 = 4;
    let busy_at_once = |threads: usize| {
        let (at_once, most) = (AtomicU32::new(0), AtomicU32::new(0));
        let (sender, requests) = std::sync::mpsc::channel();
        let requests = Mutex::new(requests);
        thread::scope(|scope| {
            for _ in 0..threads {
                scope.spawn(|| {
                    let next = || requests.lock().unwrap().recv();
                    while let Ok(reply) = next() {
                        most.fetch_max(
                            at_once.fetch_add(1, Ordering::SeqCst) + 1,
                            Ordering::SeqCst,
                        );
                        thread::sleep(Duration::from_millis(1));
                        at_once.fetch_sub(1, Ordering::SeqCst);
                        let reply: std::sync::mpsc::Sender<()> = reply;
                        reply.send(()).unwrap();
                    }
                });
            }
            for _ in 0..CLIENTS {
                let sender = sender.clone();
                scope.spawn(move || {
                    for _ in 0..50 {
                        let (reply, answered) = std::sync::mpsc::channel();
                        sender.send(reply).unwrap();
                        answered.recv().unwrap();
                    }
                });
            }
            drop(sender);
        });
        most.into_inner()
    };
    assert!(busy_at_once(2) <= 2);
    assert!(busy_at_once(32) <= CLIENTS);
}
