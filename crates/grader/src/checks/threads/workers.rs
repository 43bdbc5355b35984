//! At most so many at once, and no more threads than that.

use crate::failure::{Failure, Stop, Symptom};
use crate::lab::{Lab, Server};
use crate::talk::Talk;
use harness::holds_within;
use std::time::Duration;

/// How many handler threads are allowed here, and how many clients come on top: no more than a short backlog holds.
const WORKERS: usize = 3;
const MORE: usize = 4;

/// While all workers are taken, further clients wait; when one leaves, the next is served.
pub(in crate::checks) fn waiting(lab: &mut Lab) -> Result<(), Stop> {
    let server = lab.server(&["--workers", &WORKERS.to_string()])?;
    let name = lab.name();
    let mut held = full(lab, &server, &name)?;
    let mut next = lab.connect(&server)?;
    next.note(format!(
        "the {} client, with --workers {WORKERS} and {WORKERS} clients connected",
        WORKERS + 1
    ));
    next.say(format!("add {name} 1\n"))?;
    next.expect_quiet(
        Symptom::TooMany,
        &format!("{WORKERS} workers serve {WORKERS} other clients"),
    )?;
    let mut first = held.remove(0);
    first.half_close();
    first.expect_end("the client ended its side")?;
    next.note("one of the clients before has left");
    let told = |stop: Stop| {
        stop.told("after one of the clients before has left")
            .or(Symptom::Silent, Symptom::NotServed)
    };
    next.expect(format!("{name} {}", WORKERS + 1)).map_err(told)
}

/// More clients make no more threads.
pub(in crate::checks) fn threads(lab: &mut Lab) -> Result<(), Stop> {
    let server = lab.server(&["--workers", &WORKERS.to_string()])?;
    let name = lab.name();
    let held = full(lab, &server, &name)?;
    let before = lab.threads(&server)?;
    let mut waiting = Vec::new();
    for _ in 0..MORE {
        let mut talk = lab.connect(&server)?;
        talk.say_whole(format!("get {name}\n"))?;
        waiting.push(talk);
    }
    waiting[0].expect_quiet(
        Symptom::TooMany,
        &format!("{WORKERS} workers serve {WORKERS} other clients"),
    )?;
    let mut after = lab.threads(&server)?;
    // A runtime may start threads of its own, and end them again.
    holds_within(Duration::from_secs(2), || {
        after = lab.threads(&server).unwrap_or(after);
        after < before + MORE
    });
    if after >= before + MORE {
        let expected = format!(
            "no more than the {before} threads that it has with {WORKERS} clients and --workers {WORKERS}"
        );
        let got = format!("{after} threads with {MORE} clients more");
        return Err(Failure::new(Symptom::TooMany, expected, got).into());
    }
    drop(held);
    // Whoever is served first makes room for the next one.
    waiting.iter_mut().for_each(Talk::half_close);
    for talk in &mut waiting {
        talk.expect(format!("{name} {WORKERS}"))?;
        talk.expect_end("the client ended its side")?;
    }
    Ok(())
}

/// After a hundred clients there are no more threads and descriptors than after ten.
pub(in crate::checks) fn many(lab: &mut Lab) -> Result<(), Stop> {
    let server = lab.server(&["--workers", &WORKERS.to_string()])?;
    let name = lab.name();
    let mut total = 0;
    let mut serve = |lab: &mut Lab, clients: usize| -> Result<(), Stop> {
        for _ in 0..clients {
            total += 1;
            let mut talk = lab.connect(&server)?;
            talk.say_whole(format!("add {name} 1\nquit\n"))?;
            talk.expect(format!("{name} {total}"))?;
            talk.expect("bye")?;
            talk.expect_end("it was told to quit")?;
        }
        Ok(())
    };
    serve(lab, 10)?;
    let count = |lab: &Lab| Ok::<_, Stop>((lab.threads(&server)?, lab.descriptors(&server)?));
    let (threads, descriptors) = count(lab)?;
    serve(lab, 100)?;
    let mut now = (threads, descriptors);
    // What is over may take a moment to be cleared away.
    holds_within(Duration::from_secs(5), || {
        now = count(lab).unwrap_or(now);
        now.0 <= threads + WORKERS && now.1 <= descriptors + WORKERS
    });
    serve(lab, 1)?;
    lab.expect_no_zombies(&server, "after 111 clients, all of whom have left")?;
    for (what, before, now) in [("threads", threads, now.0), ("descriptors", descriptors, now.1)] {
        if now > before + WORKERS {
            let expected = format!("about {before} {what}, as after 10 clients");
            let got = format!("{now} {what} after 111 clients, all of whom have left");
            return Err(Failure::new(Symptom::Leak, expected, got).into());
        }
    }
    Ok(())
}

/// As many clients as there are workers, each served once and still connected.
fn full(lab: &mut Lab, server: &Server, name: &str) -> Result<Vec<Talk>, Stop> {
    let mut talks = Vec::new();
    for number in 1..=WORKERS {
        let mut talk = lab.connect(server)?;
        talk.note(format!("client {number}, with --workers {WORKERS}"));
        talk.ask(format!("add {name} 1"), format!("{name} {number}")).map_err(|stop| {
            stop.or(Symptom::Silent, Symptom::OneAtATime)
                .or(Symptom::WaitsForEof, Symptom::OneAtATime)
        })?;
        talks.push(talk);
    }
    Ok(talks)
}
