//! What a program may not do, where the kernel can prevent it.

use crate::support::{finish, python, sandboxes, sh};
use grader::sandbox::{Exit, Listen, Sandbox};
use std::net::TcpListener;
use std::process;

/// Tries to bind a port and tells the error's name.
const BIND: &str = "import socket, sys, errno\ndef bind(port):\n s = socket.socket()\n try: s.bind(('127.0.0.1', port))\n \
                    except OSError as error: return errno.errorcode[error.errno]\n return 'bound'\n";

/// Whether a means is in force.
fn has(sandbox: &Sandbox, line: &str) -> bool {
    sandbox.isolation().iter().any(|means| means == line)
}

#[test]
fn it_writes_only_in_its_scratch_folder() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("file");
    for sandbox in sandboxes() {
        if !has(&sandbox, "landlock: writes only in its scratch folder")
            && !sandbox.has_bubblewrap()
        {
            continue;
        }
        let (exit, stdout, stderr) = finish(
            sh(&format!(
                "echo inside >\"$TMPDIR/file\" && cat \"$TMPDIR/file\" && mkdir \"$TMPDIR/folder\"
                 echo nowhere >/dev/null && echo again >/dev/stderr
                 (echo outside >{0}) 2>/dev/null || echo refused
                 (echo here >file) 2>/dev/null || echo refused
                 rm -r {1} 2>/dev/null || echo refused",
                file.display(),
                folder.path().display(),
            ))
            .start(&sandbox),
        );
        assert_eq!(
            (exit, &*stdout, &*stderr),
            (Exit::Code(0), "inside\nrefused\nrefused\nrefused\n", "again\n")
        );
        assert!(!file.exists() && folder.path().exists());
    }
}

#[test]
fn its_scratch_folder_is_gone_afterwards() {
    for sandbox in sandboxes() {
        let (_, stdout, _) =
            finish(sh("echo x >\"$TMPDIR/file\"; echo \"$TMPDIR\"").start(&sandbox));
        assert!(!std::path::Path::new(stdout.trim()).exists(), "{stdout}");
    }
}

#[test]
fn it_listens_only_where_it_is_told() {
    // We hold the port: whether the kernel would permit it shows in the error.
    let held = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = held.local_addr().unwrap().port();
    for sandbox in sandboxes() {
        if !has(&sandbox, "landlock: listens only on its port") {
            continue;
        }
        let try_all = format!("{BIND}print(bind(0), bind({port}), bind({port} ^ 1))");
        for (listen, expected) in [
            (Listen::Nowhere, "EACCES EACCES EACCES\n"),
            (Listen::FreePort, "bound EACCES EACCES\n"),
            (Listen::Port(port), "EACCES EADDRINUSE EACCES\n"),
        ] {
            let Some(mut program) = python(&try_all) else { return };
            program.launch.listen = listen;
            let (_, stdout, stderr) = finish(program.start(&sandbox));
            assert_eq!(stdout, expected, "{listen:?} {stderr}");
        }
    }
}

#[test]
fn it_signals_only_its_own() {
    for sandbox in sandboxes() {
        if !has(&sandbox, "landlock: signals only its own processes") {
            continue;
        }
        let (exit, stdout, _) = finish(
            sh(&format!(
                "kill -s 0 {} 2>/dev/null || echo not the grader
                 kill -s KILL $PPID 2>/dev/null || echo not the supervisor
                 sleep 1000 & kill $!; wait $!; echo $?",
                process::id()
            ))
            .start(&sandbox),
        );
        assert_eq!((exit, &*stdout), (Exit::Code(0), "not the grader\nnot the supervisor\n143\n"));
    }
}

#[test]
fn it_does_not_read_the_graders_environment() {
    for sandbox in sandboxes() {
        if !has(&sandbox, "landlock: writes only in its scratch folder")
            && !sandbox.has_bubblewrap()
        {
            continue;
        }
        let script = format!("cat /proc/{}/environ 2>/dev/null || echo refused", process::id());
        assert_eq!(finish(sh(&script).start(&sandbox)).1, "refused\n");
    }
}
