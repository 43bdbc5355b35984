//! Several sockets on one port.
#![cfg(target_os = "linux")]

use std::io::ErrorKind;
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::time::Duration;

/// Two sockets that listen at one address, and the address.
fn pair() -> ([TcpListener; 2], SocketAddr) {
    let (first, mut further) =
        common::listen::several(SocketAddr::from(([127, 0, 0, 1], 0)), 2).unwrap();
    let both = [first, further.remove(0)];
    both.iter().for_each(|listener| listener.set_nonblocking(true).unwrap());
    let addr = both[0].local_addr().unwrap();
    assert_eq!(addr, both[1].local_addr().unwrap());
    (both, addr)
}

fn eventually(what: &str, condition: impl FnMut() -> bool) {
    assert!(harness::holds_within(Duration::from_secs(60), condition), "{what}");
}

/// How many clients wait in its backlog.
fn accepted(listener: &TcpListener) -> usize {
    std::iter::from_fn(|| listener.accept().ok()).count()
}

#[test]
fn the_kernel_deals_clients_out_by_chance() {
    let (listeners, addr) = pair();
    let clients: Vec<_> = (0..64).map(|_| TcpStream::connect(addr).unwrap()).collect();
    let mut counts = [0, 0];
    eventually("all have arrived", || {
        counts[0] += accepted(&listeners[0]);
        counts[1] += accepted(&listeners[1]);
        counts[0] + counts[1] == clients.len()
    });
    assert!(counts.iter().all(|count| *count > 0), "each has some of them: {counts:?}");
}

#[test]
fn who_waits_behind_one_socket_is_not_seen_by_the_other() {
    let ([busy, idle], addr) = pair();
    let _clients: Vec<_> = (0..64).map(|_| TcpStream::connect(addr).unwrap()).collect();
    accepted(&idle);
    assert_eq!(idle.accept().unwrap_err().kind(), ErrorKind::WouldBlock);
    eventually("they are there all the time", || accepted(&busy) > 0);
}

#[test]
fn who_waits_behind_a_socket_that_closes_is_lost() {
    let migrates = std::fs::read_to_string("/proc/sys/net/ipv4/tcp_migrate_req");
    if migrates.is_ok_and(|text| text.trim() != "0") {
        return harness::suite::skipped("this system has been told to hand such clients on");
    }
    let ([closing, staying], addr) = pair();
    let clients: Vec<_> = (0..64).map(|_| TcpStream::connect(addr).unwrap()).collect();
    drop(closing);
    let served = accepted(&staying);
    assert!(served < clients.len(), "the others were refused, though there is a server");
    // Whoever comes now has nobody else to go to.
    let _late = TcpStream::connect(addr).unwrap();
    eventually("it is let in", || staying.accept().is_ok());
}
