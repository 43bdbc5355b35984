//! What a new thread or process has, and what it breaks.

use crate::python;
use crate::support::{children, idle_clients, ours};
use harness::proc;
use std::fs;
use std::net::{TcpListener, TcpStream};
use std::os::fd::OwnedFd;
use std::os::unix::process::ExitStatusExt;
use std::process::Command;

const SIGABRT: i32 = 6;
const SIGPIPE: i32 = 13;

/// The same work, in a thread or in a process, as the tutorials start them.
const WORK: &str = r"
import multiprocessing, os, sys, threading
count = 0

def add():
    global count
    count += 1

kinds = {'Thread': threading.Thread, 'Process': multiprocessing.get_context('fork').Process}
kind, target = kinds[sys.argv[1]], {'add': add, 'abort': os.abort}[sys.argv[2]]
worker = kind(target=target)
worker.start()
worker.join()
print('count', count)
";

#[test]
fn a_thread_shares_and_a_process_copies() {
    for (kind, count) in [("Thread", 1), ("Process", 0)] {
        let Some(launch) = python(&["-c", WORK, kind, "add"]) else { return };
        let ended = launch.run();
        assert_eq!(ended.stdout, format!("count {count}\n"), "{ended}");
    }
}

#[test]
fn an_abort_ends_all_threads_and_one_process() {
    let Some(launch) = python(&["-c", WORK, "Thread", "abort"]) else { return };
    let ended = launch.run();
    assert_eq!(ended.status.signal(), Some(SIGABRT), "{ended}");
    assert_eq!(ended.stdout, "", "{ended}");

    let Some(launch) = python(&["-c", WORK, "Process", "abort"]) else { return };
    let ended = launch.run();
    assert!(ended.status.success(), "{ended}");
    assert_eq!(ended.stdout, "count 0\n", "{ended}");
}

/// Another thread holds a lock while we fork, and releases it afterwards: who can take it then?
const LOCK: &str = r"
import os, threading
lock, taken, over = threading.Lock(), threading.Event(), threading.Event()

def hold():
    with lock:
        taken.set()
        over.wait()

other = threading.Thread(target=hold)
other.start()
taken.wait()
go, write = os.pipe()
child = os.fork()
if child == 0:
    os.read(go, 1)
    os._exit(0 if lock.acquire(blocking=False) else 1)
over.set()
other.join()
print('the parent takes the lock:', lock.acquire(blocking=False))
os.write(write, b'!')
print('the child takes the lock:', os.waitpid(child, 0)[1] == 0)
";

#[test]
fn a_lock_of_another_thread_stays_locked_in_the_child() {
    if let Some(launch) = python(&["-c", LOCK]) {
        let ended = launch.run();
        let shown = "the parent takes the lock: True\nthe child takes the lock: False\n";
        assert_eq!(ended.stdout, shown, "{ended}");
    }
    // Who forks has no other thread that could hold one.
    for model in ["fork", "prefork"] {
        let server = ours(model, "--workers 4").start();
        let _clients = idle_clients(&server, 3);
        let threads = server.reading().threads;
        server.check(threads == 1, format!("{model}: a parent of one thread, got {threads}"));
        for child in children(&server) {
            let threads = proc::of(child).map_or(0, |reading| reading.threads);
            server.check(threads == 1, format!("{model}: a child of one thread, got {threads}"));
        }
    }
}

/// The tutorials' lines, and the same below the guard that they leave out.
const PROCESS: &str = r"
import multiprocessing, sys

def work():
    print('work', flush=True)

def main():
    process = multiprocessing.get_context(sys.argv[1]).Process(target=work)
    process.start()
    process.join()
    print('exit code', process.exitcode, flush=True)

if __name__ == '__main__' or sys.argv[2] == 'bare':
    main()
";

#[test]
fn a_process_at_module_level_begins_only_by_fork() {
    // A file of this run alone: what is imported must not be written at the same time.
    let path =
        format!("{}/ch4_module_level_{}.py", env!("CARGO_TARGET_TMPDIR"), std::process::id());
    fs::write(&path, PROCESS).unwrap();
    for (method, guard, works) in [
        ("fork", "bare", true),
        ("spawn", "bare", false),
        ("forkserver", "bare", false),
        ("spawn", "guarded", true),
        ("forkserver", "guarded", true),
    ] {
        let Some(launch) = python(&[&path, method, guard]) else { break };
        let ended = launch.run();
        let shown = if works { "work\nexit code 0\n" } else { "exit code 1\n" };
        assert_eq!(ended.stdout, shown, "{method}, {guard}: {ended}");
        assert_eq!(ended.stderr.contains("bootstrapping phase"), !works, "{method}: {ended}");
    }
    fs::remove_file(&path).unwrap();
}

#[test]
fn writing_to_a_client_that_is_gone_ends_a_program_that_does_not_ignore_sigpipe() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let client = TcpStream::connect(listener.local_addr().unwrap()).unwrap();
    let (stream, _) = listener.accept().unwrap();
    drop(client);
    // Its end must have come before anything is written: otherwise the first error is a reset.
    assert_eq!(stream.peek(&mut [0]).unwrap(), 0);
    // `yes` writes without end, and dies of its first broken pipe.
    let mut yes = Command::new("yes").stdout(OwnedFd::from(stream)).spawn().unwrap();
    assert_eq!(yes.wait().unwrap().signal(), Some(SIGPIPE));
}

#[test]
fn a_command_that_is_kept_keeps_its_descriptors() {
    let (mut reader, writer) = std::io::pipe().unwrap();
    let mut command = Command::new("true");
    command.stdout(writer);
    assert!(command.status().unwrap().success());
    // The child has ended, and yet there is no end-of-file: the command could start another one.
    let reading = std::thread::spawn(move || std::io::Read::read(&mut reader, &mut [0]));
    std::thread::sleep(std::time::Duration::from_millis(100));
    assert!(!reading.is_finished());
    drop(command);
    assert_eq!(reading.join().unwrap().unwrap(), 0);
}
