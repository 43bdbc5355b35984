//! Building another package's binary, for tests that cross packages.

use std::collections::HashMap;
use std::env;
use std::ffi::OsString;
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::sync::{LazyLock, Mutex, PoisonError};

use serde_json::Value;

/// What was built by this process: each binary is built once, and one at a time.
static BUILT: LazyLock<Mutex<HashMap<(String, String), PathBuf>>> = LazyLock::new(Mutex::default);

/// Builds the binary `bin` of `package` in the profile of the running test, and says where it is.
///
/// Cargo names the file itself (`--message-format=json`), so no target folder is guessed.
#[track_caller]
pub fn build(package: &str, bin: &str) -> PathBuf {
    build_target(package, "--bin", bin)
}

/// Builds an example of `package`, like [`build`].
#[track_caller]
pub fn build_example(package: &str, example: &str) -> PathBuf {
    build_target(package, "--example", example)
}

#[track_caller]
fn build_target(package: &str, kind: &str, name: &str) -> PathBuf {
    // A failed build of one binary must not poison the tests of the others.
    let mut built = BUILT.lock().unwrap_or_else(PoisonError::into_inner);
    let key = (package.to_owned(), format!("{kind} {name}"));
    if let Some(path) = built.get(&key) {
        return path.clone();
    }
    let cargo = cargo();
    let mut command = Command::new(&cargo);
    command.args(["build", "-p", package, kind, name, "--message-format=json"]);
    if !cfg!(debug_assertions) {
        command.arg("--release");
    }
    let output = match command.stdin(Stdio::null()).output() {
        Ok(output) => output,
        Err(error) => panic!(
            "cannot run {}: {error}\nRun the tests by `cargo test`, or set CARGO to the path of cargo.",
            cargo.display()
        ),
    };
    let messages = String::from_utf8_lossy(&output.stdout);
    if !output.status.success() {
        panic!(
            "cannot build {name}: {}\nRun `cargo build -p {package} {kind} {name}` and repair what it says:\n{}{}",
            output.status,
            String::from_utf8_lossy(&output.stderr),
            rendered(&messages),
        );
    }
    let Some(path) = executable(&messages, name) else {
        panic!(
            "cargo built {package} but named no program {name}\nLook for `src/main.rs`, `[[bin]]` and `examples` in its folder."
        )
    };
    built.insert(key, path.clone());
    path
}

/// The cargo that runs us, or the one that is found by its name.
pub fn cargo() -> OsString {
    env::var_os("CARGO").unwrap_or_else(|| "cargo".into())
}

/// The path in the message of `cargo build --message-format=json` that announces the binary `name`.
pub fn executable(messages: &str, name: &str) -> Option<PathBuf> {
    parsed(messages)
        .filter(|message| {
            message["reason"] == "compiler-artifact" && message["target"]["name"] == name
        })
        .filter_map(|message| message["executable"].as_str().map(PathBuf::from))
        .last()
}

/// The compiler's own words, which `--message-format=json` takes from stderr.
fn rendered(messages: &str) -> String {
    parsed(messages)
        .filter_map(|message| message["message"]["rendered"].as_str().map(str::to_owned))
        .collect()
}

fn parsed(messages: &str) -> impl Iterator<Item = Value> {
    messages.lines().filter_map(|line| serde_json::from_str(line).ok())
}
