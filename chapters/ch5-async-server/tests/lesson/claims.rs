//! Claims about waiting, reading and writing.

use super::{example, ours, send_all_at_once};
use harness::{Program, Signal};
use std::future::poll_fn;
use std::pin::pin;
use std::task::Poll;
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt, duplex};

/// Long enough to see that nothing comes.
const A_WHILE: Duration = Duration::from_millis(300);

/// The first client's handler sleeps for so many milliseconds, then comes a second client: the number of its reply.
pub(super) fn number_of_the_second(server: &Program, milliseconds: u32) -> String {
    let (mut first, mut second) = (server.connect(), server.connect());
    for client in [&mut first, &mut second] {
        client.send("0\n");
        client.read_exact("reply 1\n".len());
    }
    first.send(format!("{milliseconds}\n"));
    second.send("0\n");
    String::from_utf8(second.read_exact("reply 3\n".len())).unwrap()
}

#[test]
fn a_sleeping_thread_holds_up_all_its_coroutines() {
    // Two replies before these, and one of the two clients is third.
    assert_eq!(number_of_the_second(&example("wrong_async", &["sleep"]), 1000), "reply 4\n");
    assert_eq!(
        number_of_the_second(&example("wrong_async", &["sleep-right"]), 60_000),
        "reply 3\n"
    );
}

#[test]
fn a_short_read_is_not_an_empty_socket() {
    let behind_urgent_data = |server: &Program| {
        let mut clients = [server.connect()];
        clients[0].send("hello");
        clients[0].expect("hello");
        send_all_at_once(server, &mut clients, |client| {
            client.send("before");
            // A read stops in front of an urgent byte, which is not part of the stream, though more is there.
            client.send_urgent(b'!');
            client.send("behind");
        });
        server.signal(Signal::Resume);
        let [mut client] = clients;
        client.expect("before");
        client
    };
    let server = example("wrong_loop", &["short-read"]);
    let mut client = behind_urgent_data(&server);
    client.expect_silence(A_WHILE);
    // It was there all the time.
    client.send(", and more");
    client.expect("behind, and more");

    for model in super::MODELS {
        let server = ours(model, "--service echo").start();
        behind_urgent_data(&server).expect("behind");
    }
}

#[test]
fn one_write_is_not_the_whole_reply() {
    const LENGTH: usize = 64 << 20;
    let server = example("wrong_loop", &["one-write"]);
    let mut client = server.connect_narrow();
    client.send("?");
    let came = client.read_to_end().len();
    assert!((1..LENGTH).contains(&came), "the kernel has taken {came} bytes of {LENGTH}");

    for model in super::MODELS {
        let server = ours(model, "").start();
        let reply = server.connect().get("/bytes/20000000", 200);
        assert_eq!(reply.body.len(), 20_000_000);
    }
}

#[test]
fn a_name_is_looked_up_by_a_thread() {
    let server = example("wrong_async", &["lookup"]);
    let mut client = server.connect();
    assert_eq!(server.reading().threads, 1);
    client.send("127.0.0.1\n");
    client.expect("reply 1\n");
    assert_eq!(server.reading().threads, 1, "an address is no name");
    client.send("localhost\n");
    client.expect("reply 2\n");
    assert_eq!(server.reading().threads, 2, "getaddrinfo(3) waits, so somebody has to");
}

/// Polls once, and drops the future: as `select!` and `timeout` do with whoever is not the first.
async fn give_up_after_one_poll<F: Future>(future: F) -> Option<F::Output> {
    let mut future = pin!(future);
    poll_fn(|context| match future.as_mut().poll(context) {
        Poll::Ready(output) => Poll::Ready(Some(output)),
        Poll::Pending => Poll::Ready(None),
    })
    .await
}

#[tokio::test]
async fn a_read_exact_that_is_dropped_takes_with_it_what_it_had_read() {
    let (mut client, mut server) = duplex(64);
    let mut frame = [0; 4];
    client.write_all(b"ab").await.unwrap();
    assert!(give_up_after_one_poll(server.read_exact(&mut frame)).await.is_none());
    client.write_all(b"cdefgh").await.unwrap();
    server.read_exact(&mut frame).await.unwrap();
    assert_eq!(&frame, b"cdef", "the frame was abcd");
}

#[tokio::test]
async fn what_lies_outside_of_the_dropped_future_stays() {
    let (mut client, mut server) = duplex(64);
    let mut arrived = Vec::new();
    client.write_all(b"ab").await.unwrap();
    for _ in 0..2 {
        // The first one brings two bytes, the second one is dropped while it waits.
        give_up_after_one_poll(server.read_buf(&mut arrived)).await;
    }
    client.write_all(b"cdefgh").await.unwrap();
    while arrived.len() < 4 {
        server.read_buf(&mut arrived).await.unwrap();
    }
    assert!(arrived.starts_with(b"abcd"));
}

#[tokio::test]
async fn an_async_fn_does_nothing_until_somebody_awaits_it() {
    use std::sync::atomic::{AtomicBool, Ordering};
    static DONE: AtomicBool = AtomicBool::new(false);
    async fn work() {
        DONE.store(true, Ordering::Relaxed);
    }
    let future = work();
    tokio::task::yield_now().await;
    assert!(!DONE.load(Ordering::Relaxed));
    future.await;
    assert!(DONE.load(Ordering::Relaxed));
}
