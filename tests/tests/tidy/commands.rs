//! Rules for the commands that the prose names: a reader who types one must not be told that it does not exist.

use tests::files::{self, File, Finding, hold};
use tests::manifest::{Manifest, members};
use tests::markdown::Document;
use toml::{Table, Value};

/// What cargo itself knows, and the tools that CONTRIBUTING.md tells how to install.
const CARGO: [&str; 20] = [
    "add", "bench", "build", "check", "clean", "clippy", "doc", "fetch", "fix", "fmt", "fuzz",
    "help", "install", "metadata", "miri", "new", "run", "test", "tree", "update",
];

/// Everything that a command may name.
struct Known {
    packages: Vec<String>,
    binaries: Vec<String>,
    tests: Vec<String>,
    aliases: Vec<String>,
}

impl Known {
    fn read() -> Self {
        let members = members();
        let config: Table =
            files::read(".cargo/config.toml").text.parse().expect(".cargo/config.toml is TOML");
        let aliases = config.get("alias").and_then(Value::as_table);
        let targets = |kind: &str, folder: &str| -> Vec<String> {
            members.iter().flat_map(|member| targets(member, kind, folder)).collect()
        };
        let own =
            members.iter().filter(|member| files::exists(format!("{}/src/main.rs", member.folder)));
        let own: Vec<_> = own.map(|member| member.name().to_string()).collect();
        Self {
            packages: members.iter().map(|member| member.name().to_string()).collect(),
            binaries: [own, targets("bin", "src/bin")].concat(),
            tests: targets("test", "tests"),
            aliases: aliases.into_iter().flat_map(Table::keys).cloned().collect(),
        }
    }

    /// Says what of this code does not exist.
    fn missing(&self, code: &str) -> Vec<String> {
        let mut missing: Vec<_> =
            commands(code).flat_map(|words| self.missing_in_cargo(&words)).collect();
        for path in scripts(code).filter(|path| !files::exists(path)) {
            missing.push(format!("there is no {path}"));
        }
        missing
    }

    fn missing_in_cargo(&self, words: &[&str]) -> Vec<String> {
        let mut missing = Vec::new();
        let mut words = words
            .iter()
            .copied()
            .skip_while(|word| word.starts_with('+'))
            .take_while(|word| *word != "--");
        match words.next() {
            Some(command)
                if CARGO.contains(&command)
                    || self.aliases.iter().any(|alias| alias == command) => {}
            Some(command) if command.starts_with(|c: char| c.is_ascii_lowercase()) => {
                missing.push(format!(
                    "cargo knows no command {command}: it is no alias in .cargo/config.toml"
                ));
            }
            _ => return missing,
        }
        while let Some(option) = words.next() {
            let (kind, known) = match option {
                "-p" | "--package" => ("package", &self.packages),
                "--bin" => ("binary", &self.binaries),
                "--test" => ("test", &self.tests),
                _ => continue,
            };
            // A name in capitals stands for any.
            let name = words.next().unwrap_or_default();
            let stands_for_any = name.chars().all(|c| !c.is_ascii_lowercase());
            if !stands_for_any && !known.iter().any(|other| other == name) {
                missing.push(format!("there is no {kind} {name}"));
            }
        }
        missing
    }
}

/// The binaries or tests of a member: what its manifest names, and each file or folder of its kind's folder.
fn targets(member: &Manifest, kind: &str, folder: &str) -> Vec<String> {
    let named = member.at(&[kind]).and_then(Value::as_array);
    let named = named.into_iter().flatten().filter_map(|target| target.get("name")?.as_str());
    let prefix = format!("{}/{folder}/", member.folder);
    let found = files::all(|path| path.starts_with(&prefix) && path.ends_with(".rs"));
    let found = found.iter().map(|file| {
        let name = file.path[prefix.len()..].trim_end_matches(".rs");
        name.split('/').next().unwrap_or_default()
    });
    named.chain(found).map(String::from).collect()
}

/// The words behind each `cargo` of a piece of code.
fn commands(code: &str) -> impl Iterator<Item = Vec<&str>> {
    let parts = code.split(['|', ';', '&', '(', ')', '#']);
    parts.filter_map(|part| {
        let mut words = part.split_whitespace().skip_while(|word| *word != "cargo");
        words.next()?;
        Some(words.collect())
    })
}

/// The scripts that a piece of code names.
fn scripts(code: &str) -> impl Iterator<Item = &str> {
    let is_path = |c: char| c.is_alphanumeric() || "./_-".contains(c);
    let words = code
        .split(move |c| !is_path(c))
        .map(|word| word.trim_start_matches("./").trim_end_matches('.'));
    words.filter(|word| {
        ["scripts/", ".ci/"]
            .iter()
            .any(|folder| word.starts_with(folder) && word.len() > folder.len())
    })
}

#[test]
fn every_command_in_the_prose_exists() {
    let known = Known::read();
    let mut findings = Vec::new();
    for file in files::markdown() {
        for (line, code) in Document::parse(&file).code() {
            findings.extend(
                known.missing(&code).into_iter().map(|what| Finding::new(&file.path, line, what)),
            );
        }
    }
    hold(
        "every package, binary, test, alias and script that the prose names exists",
        "mend the command",
        &findings,
    );
}

#[test]
fn a_command_that_does_not_exist_is_found() {
    let known = Known {
        packages: vec!["ch3".into()],
        binaries: vec!["ch3".into()],
        tests: vec!["tidy".into()],
        aliases: vec!["grade".into()],
    };
    for right in [
        "cargo run -p ch3 -- -p other",
        "$ cargo test --workspace",
        "RUSTFLAGS=x cargo run --release --bin ch3 | head",
        "cargo +nightly fuzz run server",
        "cargo grade",
        "cargo test --test tidy",
        "cargo run -p PACKAGE",
        "Cargo.toml",
        ".ci/run",
    ] {
        assert_eq!(known.missing(right), [""; 0], "{right}");
    }
    for wrong in [
        "cargo run -p ch9",
        "true && cargo compare",
        "cargo test --test no",
        "./scripts/none --all",
        "cargo run --bin x",
    ] {
        assert_eq!(known.missing(wrong).len(), 1, "{wrong}");
    }
}

#[test]
fn ci_runs_the_test_command_of_the_readme() {
    let readme = files::read("README.md");
    let blocks = Document::parse(&readme).blocks;
    let lines = blocks
        .iter()
        .flat_map(|block| block.numbered())
        .map(|(line, text)| (line, text.to_string()));
    let mut tests = lines.filter(|(_, text)| text.starts_with("cargo test"));
    let findings = match tests.next() {
        Some((_, first)) if first == "cargo test --workspace" => vec![],
        Some((line, first)) => {
            vec![Finding::new("README.md", line, format!("the first test command is `{first}`"))]
        }
        None => {
            vec![Finding::new("README.md", 0, "no line of a code block begins with `cargo test`")]
        }
    };
    hold(
        ".ci/run takes its test command from the README, where it is `cargo test --workspace` on a line of its own",
        "write that line into an `sh` block of the README, before any other test command",
        &findings,
    );
}

#[test]
fn the_workflow_runs_what_ci_runs() {
    let File { path, text } = files::read(".github/workflows/ci.yml");
    let runs: Vec<_> =
        text.lines().filter_map(|line| line.trim().strip_prefix("- run: ")).collect();
    let others = runs.iter().filter(|run| **run != ".ci/run" && !run.starts_with("rustup "));
    let mut findings: Vec<_> =
        others.map(|run| Finding::new(&path, 0, format!("it runs `{run}`"))).collect();
    if !runs.contains(&".ci/run") {
        findings.push(Finding::new(&path, 0, "it does not run .ci/run"));
    }
    hold(
        "the workflow installs Rust, runs .ci/run, and nothing else",
        "put the step into .ci/run",
        &findings,
    );
}
