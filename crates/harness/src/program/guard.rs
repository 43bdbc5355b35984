//! Programs that outlive the test process: nobody drops anything when a test run is interrupted or killed.
//!
//! One shell per test process remembers the process groups that run, and reads from a pipe that only we can write to.
//! When we end in any way, the kernel closes the pipe, and the shell ends what is left.

use std::io::Write;
use std::os::unix::process::CommandExt;
use std::process::{Child, Command, Stdio};
use std::sync::{LazyLock, Mutex, PoisonError};

/// Nothing here starts a process before the end of the input.
const SCRIPT: &str = r#"
live=' '
while read -r word group; do
    case "$word $live" in
        started*) live="$live$group " ;;
        ended*" $group "*) live="${live%% "$group" *} ${live#* "$group" }" ;;
    esac
done
for group in $live; do kill -s KILL -- "-$group"; done
"#;

static GUARD: LazyLock<Mutex<Option<Child>>> = LazyLock::new(|| {
    let mut command = Command::new("sh");
    command.args(["-c", SCRIPT]).stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::null());
    // In a group of its own, Ctrl-C at the terminal does not reach it. Without a shell we go on unguarded.
    Mutex::new(command.process_group(0).spawn().ok())
});

/// A process group has started.
pub(super) fn started(group: u32) {
    tell("started", group);
}

/// A process group has been ended.
pub(super) fn ended(group: u32) {
    tell("ended", group);
}

fn tell(word: &str, group: u32) {
    let mut guard = GUARD.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(stdin) = guard.as_mut().and_then(|child| child.stdin.as_mut()) {
        let _ = stdin.write_all(format!("{word} {group}\n").as_bytes());
    }
}
