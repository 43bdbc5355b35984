//! What does a connection cost? One request after the other, by hand and by library, each with one connection for all
//! and with one for each.
//!
//! `cargo run --release -p ch6-http-client --example reuse -- http://127.0.0.1:8080/`
//!
//! The four take turns, in another order each round, so that whatever else the machine does meets all of them. What is
//! shown is the median of the rounds, and their least and most.
#![expect(clippy::print_stdout, reason = "a person reads this, and nobody waits for it")]

use ch6_http_client::by_hand::{self, Patience, Story};
use ch6_http_client::library::Settings;
use ch6_http_client::response::{Body, Head, Receiver};
use ch6_http_client::{Failure, Request, library, url};
use std::process::ExitCode;
use std::time::{Duration, Instant};

const ROUNDS: usize = 21;
const REQUESTS: u32 = 200;

/// Takes the body and forgets it.
struct Nothing;

impl Receiver for Nothing {
    fn head(&mut self, _: Head) -> Result<Body, Failure> {
        Ok(Body::Wanted)
    }
    fn body(&mut self, _: &[u8]) -> Result<(), Failure> {
        Ok(())
    }
}

fn main() -> ExitCode {
    match measure() {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => failure.report(),
    }
}

fn measure() -> Result<(), Failure> {
    let target = std::env::args().nth(1).unwrap_or_else(|| "http://127.0.0.1:8080/".into());
    let request = Request::get(url::parse(&target)?);
    let mut ways = [(true, true), (true, false), (false, true), (false, false)]
        .map(|(is_hand, reuse)| (is_hand, reuse, Vec::with_capacity(ROUNDS)));
    for _ in 0..ROUNDS {
        fastrand::shuffle(&mut ways);
        for (is_hand, reuse, times) in &mut ways {
            times.push(round(&request, *is_hand, *reuse)?);
        }
    }
    ways.sort_by_key(|(is_hand, reuse, _)| (!is_hand, !reuse));
    println!("µs for a request: median ({ROUNDS} rounds of {REQUESTS} requests), least to most");
    for (is_hand, reuse, mut times) in ways {
        times.sort();
        let us = |time: Duration| (time / REQUESTS).as_secs_f64() * 1e6;
        println!(
            "  {:<10} {:<24} {:>6.1}   {:>6.1} to {:.1}",
            if is_hand { "by hand" } else { "by library" },
            if reuse { "one connection for all" } else { "a connection for each" },
            us(times[ROUNDS / 2]),
            us(times[0]),
            us(times[ROUNDS - 1]),
        );
    }
    Ok(())
}

/// A client of its own for each round, which has asked once before the clock starts.
fn round(request: &Request, is_hand: bool, reuse: bool) -> Result<Duration, Failure> {
    let settings = Settings { reuse, ..Settings::default() };
    let patience = Patience {
        connect: settings.connect_timeout,
        read: settings.read_timeout,
        max: Duration::from_secs(60),
        most: 1 << 20,
    };
    if is_hand {
        let mut client = by_hand::Client::new(patience, &settings.user_agent, reuse);
        time(|| client.get(request, &mut Nothing, &mut Story::new(false)))
    } else {
        let asker = library::Asker::new(&settings)?;
        time(|| asker.get(None, request, &mut Nothing))
    }
}

fn time(mut ask: impl FnMut() -> Result<(), Failure>) -> Result<Duration, Failure> {
    ask()?;
    let begun = Instant::now();
    for _ in 0..REQUESTS {
        ask()?;
    }
    Ok(begun.elapsed())
}
