//! Python's asyncio, where its articles are wrong or where it differs. Without python3 each test says so, and returns.

use super::{DEADLINE, claims, limits};
use harness::{Finished, Launch};
use std::io::{self, Write};
use std::process::Command;

/// Python with a script, or `None` where there is no Python. 3.8 is what the scripts need.
fn python(script: &str) -> Option<Launch> {
    let probe = "import sys; sys.exit(sys.version_info < (3, 8))";
    let probed = Command::new("python3").args(["-c", probe]).status();
    if !probed.is_ok_and(|status| status.success()) {
        let _ = writeln!(io::stderr(), "skipped: python3 is not installed, or is older than 3.8");
        return None;
    }
    Some(Launch::new("python3").deadline(DEADLINE).args(["-c", script]))
}

/// What a script says, which must end well.
fn said(script: &str) -> Option<Finished> {
    let said = python(script)?.run();
    assert!(said.status.success(), "{said}");
    Some(said)
}

/// A server of lines, each a number of milliseconds; `SLEEP` stands for how it waits.
const SLEEPER: &str = r"
import asyncio, time
replies = 0
async def serve(reader, writer):
    global replies
    while line := await reader.readline():
        SLEEP(int(line) / 1000)
        replies += 1
        writer.write(b'reply %d\n' % replies)
        await writer.drain()
async def main():
    server = await asyncio.start_server(serve, '127.0.0.1', 0)
    print('listening on 127.0.0.1:%d' % server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()
asyncio.run(main())
";

#[test]
fn python_sleeps_with_all_its_coroutines_as_well() {
    for (sleep, milliseconds, reply) in
        [("time.sleep", 1000, "reply 4\n"), ("await asyncio.sleep", 60_000, "reply 3\n")]
    {
        let Some(launch) = python(&SLEEPER.replace("SLEEP", sleep)) else { return };
        assert_eq!(claims::number_of_the_second(&launch.start(), milliseconds), reply, "{sleep}");
    }
}

/// An echo that may wait for its client, or not.
const ECHO: &str = r"
import asyncio
async def serve(reader, writer):
    while data := await reader.read(65536):
        writer.write(data)
        DRAIN
async def main():
    server = await asyncio.start_server(serve, '127.0.0.1', 0)
    print('listening on 127.0.0.1:%d' % server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()
asyncio.run(main())
";

#[test]
fn python_queues_without_limit_unless_it_drains() {
    let Some(launch) = python(&ECHO.replace("DRAIN", "pass")) else { return };
    let (endless, _) = limits::taken(&launch.start());
    let Some(launch) = python(&ECHO.replace("DRAIN", "await writer.drain()")) else { return };
    let (drained, _) = limits::taken(&launch.start());
    assert!(drained < endless, "{drained} bytes were taken with drain, {endless} without");
}

#[test]
fn coroutines_that_are_awaited_in_turn_overlap_in_nothing() {
    // The article's example runs one coroutine to its end: that is a call of a function, made in a longer way.
    let order = |start: &str| {
        said(&format!(
            "
import asyncio
async def work(name):
    print(name, 'begins')
    await asyncio.sleep(0)
    print(name, 'ends')
async def main():
    {start}
asyncio.run(main())
"
        ))
    };
    let Some(in_turn) = order("await work('a'); await work('b')") else { return };
    assert_eq!(in_turn.stdout, "a begins\na ends\nb begins\nb ends\n");
    let Some(together) = order("await asyncio.gather(work('a'), work('b'))") else { return };
    assert_eq!(together.stdout, "a begins\nb begins\na ends\nb ends\n");
}

#[tokio::test]
async fn and_so_it_is_in_rust() {
    use std::cell::RefCell;
    let said = RefCell::new(Vec::new());
    let work = async |name: &str| {
        said.borrow_mut().push(format!("{name} begins"));
        tokio::task::yield_now().await;
        said.borrow_mut().push(format!("{name} ends"));
    };
    work("a").await;
    work("b").await;
    assert_eq!(said.take(), ["a begins", "a ends", "b begins", "b ends"]);
    tokio::join!(work("a"), work("b"));
    let said = said.take();
    assert!(said.iter().take(2).all(|line| line.ends_with("begins")), "{said:?}");
}

#[test]
fn python_tells_of_a_forgotten_await_when_it_has_happened() {
    let script = "
import asyncio
async def work(): print('working')
async def main(): work()
asyncio.run(main())
";
    let Some(said) = said(script) else { return };
    assert_eq!(said.stdout, "");
    assert!(said.stderr.contains("RuntimeWarning: coroutine 'work' was never awaited"), "{said}");
}

#[test]
fn get_event_loop_is_a_way_of_the_past() {
    let article = "
async def work(): return 7
import asyncio, sys
loop = asyncio.get_event_loop()
assert loop.run_until_complete(work()) == 7
";
    let today = "
async def work(): return 7
import asyncio
assert asyncio.run(work()) == 7
";
    let Some(launch) = python(today) else { return };
    assert!(launch.env("PYTHONWARNINGS", "error").run().status.success());
    // From 3.12 on it warns when it has to make a loop, from 3.14 on it makes none.
    let recent = "import sys; sys.exit(sys.version_info >= (3, 12))";
    let Some(launch) = python(recent) else { return };
    let is_recent = !launch.run().status.success();
    let Some(launch) = python(article) else { return };
    let works = launch.env("PYTHONWARNINGS", "error::DeprecationWarning").run().status.success();
    assert!(!is_recent || !works, "from Python 3.12 on the article's way is deprecated");
}
