//! Servers in small: what a request costs each of them, measured.

use super::price::Price;
use super::{cpu, fixture};
use common::blocking;
use mio::{Events, Interest, Poll, Token};
use std::io::{self, Read, Write};
use std::net::Shutdown;
use std::thread;
use std::time::Duration;

/// A way to serve requests, whose cost can be added up from the list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Work {
    /// One thread asks `epoll_wait(2)` who has a request, of many clients.
    EventLoop,
    /// A thread for each connection, which waits for it. The client is another thread, on the same core.
    ThreadWaits,
    /// A connection for each request, client and server in one thread.
    ConnectionEach,
    /// A connection for each request, and a thread for each connection.
    ThreadEach,
}

impl Work {
    /// All of them, as they are told in the table.
    pub const ALL: [Self; 4] =
        [Self::EventLoop, Self::ThreadWaits, Self::ConnectionEach, Self::ThreadEach];

    /// What is served how, in the words of the table.
    pub fn name(self) -> &'static str {
        match self {
            Self::EventLoop => "event loop: its part of a request",
            Self::ThreadWaits => "waiting thread: request and client",
            Self::ConnectionEach => "connection each: request and client",
            Self::ThreadEach => "thread and connection each, and client",
        }
    }

    /// What a request is made of.
    pub fn parts(self) -> &'static [(f64, Price)] {
        match self {
            // Read the request, write the reply.
            Self::EventLoop => &[(1.0, Price::Report), (1.0, Price::Socket), (1.0, Price::Session)],
            // Both sides read and write, and both wait.
            Self::ThreadWaits => {
                &[(2.0, Price::Socket), (1.0, Price::Session), (2.0, Price::Switch)]
            }
            Self::ConnectionEach => {
                &[(1.0, Price::Connection), (2.0, Price::Socket), (1.0, Price::Session)]
            }
            // The client waits for the reply first, and only then for the end of the thread.
            Self::ThreadEach => &[
                (1.0, Price::Connection),
                (2.0, Price::Socket),
                (1.0, Price::Session),
                (1.0, Price::Thread),
                (2.0, Price::Switch),
            ],
        }
    }

    /// How many requests a round has.
    pub fn times(self) -> u32 {
        match self {
            Self::EventLoop => 20_000,
            Self::ThreadWaits => 5_000,
            Self::ConnectionEach | Self::ThreadEach => 1_000,
        }
    }

    /// Serves so many requests, and gives the CPU time of one in seconds.
    ///
    /// # Errors
    ///
    /// When the system does not have the descriptors or the threads.
    pub fn measure(self, times: u32) -> io::Result<f64> {
        match self {
            Self::EventLoop => event_loop(times),
            Self::ThreadWaits => thread_waits(times),
            Self::ConnectionEach => connection_each(times),
            Self::ThreadEach => thread_each(times),
        }
    }
}

fn event_loop(times: u32) -> io::Result<f64> {
    let mut poll = Poll::new()?;
    let mut crowd = Vec::new();
    for (at, (client, mut server)) in fixture::crowd()?.into_iter().enumerate() {
        poll.registry().register(&mut server, Token(at), Interest::READABLE)?;
        crowd.push((client, server, fixture::session()));
    }
    let mut events = Events::with_capacity(2 * fixture::CLIENTS);
    let (mut buffer, mut paid, mut served) = ([0; 1024], Duration::ZERO, 0_u32);
    while served < times {
        for (client, ..) in &mut crowd {
            client.write_all(fixture::REQUEST)?;
        }
        let before = cpu::of_this_thread()?;
        poll.poll(&mut events, None)?;
        for event in &events {
            let (_, server, session) = &mut crowd[event.token().0];
            if server.read(&mut buffer)? == fixture::REQUEST.len() {
                fixture::answer(session, |reply| server.write_all(reply))?;
            }
            served += 1;
        }
        paid += cpu::of_this_thread()? - before;
        for event in &events {
            let _ = crowd[event.token().0].0.read(&mut buffer)?;
        }
    }
    Ok(paid.as_secs_f64() / f64::from(served))
}

fn thread_waits(times: u32) -> io::Result<f64> {
    let (mut client, server) = fixture::pair()?;
    thread::scope(|scope| {
        // When the client has gone, the conversation is over: an error, and nobody's loss.
        scope.spawn(move || blocking::drive(&server, &mut fixture::session()));
        let mut buffer = [0; 1024];
        let mut ask = || {
            client.write_all(fixture::REQUEST)?;
            client.read(&mut buffer).map(drop)
        };
        let result = (|| {
            for _ in 0..times.div_ceil(8) {
                ask()?;
            }
            let before = cpu::of_this_process()?;
            for _ in 0..times {
                ask()?;
            }
            Ok((cpu::of_this_process()? - before).as_secs_f64() / f64::from(times))
        })();
        let _ = client.shutdown(Shutdown::Both);
        result
    })
}

fn connection_each(times: u32) -> io::Result<f64> {
    let listener = fixture::listener()?;
    let mut buffer = [0; 1024];
    cpu::each(times, || {
        let (mut client, mut server) = fixture::connect(&listener)?;
        client.write_all(fixture::REQUEST)?;
        let _ = server.read(&mut buffer)?;
        fixture::answer(&mut fixture::session(), |reply| server.write_all(reply))?;
        client.read(&mut buffer).map(drop)
    })
}

fn thread_each(times: u32) -> io::Result<f64> {
    let listener = fixture::listener()?;
    let mut buffer = [0; 1024];
    let before = cpu::of_this_process()?;
    for _ in 0..times {
        let (mut client, mut server) = fixture::connect(&listener)?;
        client.write_all(fixture::REQUEST)?;
        let thread = thread::Builder::new().spawn(move || {
            let _ = server.read(&mut [0; 1024])?;
            fixture::answer(&mut fixture::session(), |reply| server.write_all(reply))
        })?;
        let _ = client.read(&mut buffer)?;
        thread.join().expect("a session does not panic")?;
    }
    Ok((cpu::of_this_process()? - before).as_secs_f64() / f64::from(times))
}
