//! Lines on their way to one person, without a socket.

use crate::support::socket::{drained, outbox};
use ch5_async_server::chat::outbox::{Fill, Full};

#[test]
fn an_outbox_is_full_at_its_limit_and_not_before() {
    let (outbox, socket) = outbox(10 * (64 + 3));
    let line = "abc".into();
    let fills: Vec<_> = (0..10).map(|_| outbox.push(&line).unwrap()).collect();
    assert_eq!(fills, [[Fill::Low; 2].as_slice(), &[Fill::Middle; 3], &[Fill::High; 5]].concat());
    assert_eq!(outbox.push(&line), Err(Full));
    outbox.close("good-bye");
    outbox.close("once more");
    assert_eq!(outbox.push(&line), Ok(Fill::Low), "it is closed, and takes nothing");
    assert_eq!(drained(&outbox, &socket), "abc\n".repeat(10) + "good-bye\n(closed)");
}
