//! The environment of a program: what it needs to run, and nothing that it could tell.

use std::env;
use std::ffi::OsString;

/// Where things are, and how text is shown. Everything else stays with the grader: a CI's secrets are variables.
const NAMES: &[&str] = &[
    "PATH",
    "HOME",
    "USER",
    "LOGNAME",
    "SHELL",
    "TERM",
    "TZ",
    "LANG",
    "LANGUAGE",
    // Rust. Not RUST_BACKTRACE: of stderr the last lines are shown, and a panic says in its first one what happened.
    "CARGO_HOME",
    "RUSTUP_HOME",
    "RUSTUP_TOOLCHAIN",
    // Python.
    "VIRTUAL_ENV",
    "PYTHONPATH",
    "PYTHONHOME",
    "PYENV_ROOT",
    "PYENV_VERSION",
    "CONDA_PREFIX",
    // The virtual machines, and others.
    "JAVA_HOME",
    "CLASSPATH",
    "DOTNET_ROOT",
    "GOPATH",
    "GOROOT",
    "NODE_PATH",
    "NVM_DIR",
    "GEM_HOME",
    "GEM_PATH",
    "RUBYLIB",
    "PERL5LIB",
    "LUA_PATH",
    "LUA_CPATH",
    "SDKMAN_DIR",
    "ASDF_DIR",
    "ASDF_DATA_DIR",
    "NIX_PROFILES",
    "LD_LIBRARY_PATH",
    "DYLD_LIBRARY_PATH",
];

/// The variables of our own environment that a program may see.
pub(super) fn passed_on() -> impl Iterator<Item = (OsString, OsString)> {
    env::vars_os().filter(|(name, _)| {
        name.to_str().is_some_and(|name| NAMES.contains(&name) || name.starts_with("LC_"))
    })
}
