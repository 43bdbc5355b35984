//! The slow server of tallies, and what mends it: each file of `teacher/patches` takes one fault away, and all of them
//! together make the reference. Whatever is mended, the answers stay the same.

use harness::Program;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// How many commands a script has. The replies to them fit into the buffers of a connection.
const COMMANDS: usize = 1_000;
/// A package outside of the workspace, in which all versions are built.
const MANIFEST: &str = r#"
[package]
name = "tallies"
edition = "2024"

[workspace]

[dependencies]
signal-hook = { version = "0.4", default-features = false, features = ["iterator"] }
"#;
/// Words by which a student would be told what to look for.
const TELLING: &str = "algorithm alloc batch bottleneck buffer cheap clone contention copies copy cost expensive fast \
                       fault futex hash inefficient linear nagle nodelay perform poll quadratic quick slow syscall wake";

fn chapter() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn read(path: impl AsRef<Path>) -> String {
    let path = chapter().join(path);
    fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

fn slow() -> String {
    read("examples/slow_tally.rs")
}

/// What mends one fault: what to replace, each by what.
struct Patch {
    name: String,
    blocks: Vec<(String, String)>,
}

impl Patch {
    fn parse(name: &str, text: &str) -> Self {
        let block = |block: &str| {
            let (old, new) = block.split_once("@ write\n").expect("each block says what to write");
            (old.to_owned(), new.to_owned())
        };
        let blocks = text.split("@ instead of\n").skip(1).map(block).collect();
        Self { name: name.to_owned(), blocks }
    }

    /// The source without this fault.
    #[track_caller]
    fn mend(&self, source: &str) -> String {
        self.blocks.iter().fold(source.to_owned(), |source, (old, new)| {
            let places = source.matches(old).count();
            assert_eq!(places, 1, "{}: so often this stands in the source:\n{old}", self.name);
            source.replace(old, new)
        })
    }
}

/// All of them, sorted by name.
fn patches() -> Vec<Patch> {
    let entries = fs::read_dir(chapter().join("teacher/patches")).expect("the folder is there");
    let mut paths: Vec<_> = entries.map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    let name = |path: &Path| path.file_stem().unwrap().to_str().unwrap().to_owned();
    paths.iter().map(|path| Patch::parse(&name(path), &read(path))).collect()
}

#[test]
fn all_patches_together_make_the_reference() {
    let patches = patches();
    assert_eq!(patches.len(), 6);
    let forwards = patches.iter().fold(slow(), |source, patch| patch.mend(&source));
    let backwards = patches.iter().rev().fold(slow(), |source, patch| patch.mend(&source));
    assert_eq!(forwards, backwards);
    let reference = read("examples/fast_tally.rs");
    // Line by line, so that a failure says where.
    for (number, (made, right)) in (1..).zip(forwards.lines().zip(reference.lines())) {
        assert_eq!(made, right, "line {number} of the reference");
    }
    assert_eq!(forwards, reference);
}

#[test]
fn any_of_the_patches_can_be_applied_without_the_others() {
    let patches = patches();
    for chosen in 0..1_u32 << patches.len() {
        let some = patches.iter().enumerate().filter(|(at, _)| chosen & 1 << at != 0);
        let mended = some.fold(slow(), |source, (_, patch)| patch.mend(&source));
        assert_eq!(mended == slow(), chosen == 0);
    }
}

#[test]
fn a_patch_that_does_not_fit_is_refused() {
    let patch = Patch::parse("p", "What it does.\n@ instead of\na\n@ write\nb\nc\n");
    assert_eq!(patch.mend("1\na\n2\n"), "1\nb\nc\n2\n");
    for source in ["1\n", "a\na\n"] {
        assert!(std::panic::catch_unwind(|| patch.mend(source)).is_err(), "{source:?}");
    }
}

/// Builds these sources as programs of one package, with the versions of the workspace. Each has a name.
fn build(sources: &[(String, String)]) -> Vec<(String, PathBuf)> {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("tallies");
    // What an earlier run has left is no part of this one.
    let _ = fs::remove_dir_all(folder.join("src"));
    fs::create_dir_all(folder.join("src/bin")).unwrap();
    fs::write(folder.join("Cargo.toml"), MANIFEST).unwrap();
    fs::copy(chapter().join("../../Cargo.lock"), folder.join("Cargo.lock")).unwrap();
    for (name, source) in sources {
        fs::write(folder.join(format!("src/bin/{name}.rs")), source).unwrap();
    }
    let cargo = Command::new(harness::cargo())
        .args(["build", "--offline", "--message-format=json", "--target-dir"])
        .arg(folder.join("target"))
        // A warning of something unused would say that a patch leaves a part of its fault behind.
        .env("RUSTFLAGS", "-D warnings")
        .current_dir(&folder)
        .output()
        .expect("cargo runs");
    let messages = String::from_utf8_lossy(&cargo.stdout);
    let said = String::from_utf8_lossy(&cargo.stderr);
    assert!(cargo.status.success(), "{said}{messages}");
    let program = |(name, _): &(String, String)| {
        (name.clone(), harness::executable(&messages, name).expect("cargo names what it built"))
    };
    sources.iter().map(program).collect()
}

/// Commands of all kinds, right and wrong. The last line has no ending.
fn script(seed: u64) -> Vec<u8> {
    let mut chance = fastrand::Rng::with_seed(seed);
    let mut script = Vec::new();
    for _ in 1..COMMANDS {
        let names: [&[u8]; 6] = [b"a", b"b", b"A", b"\xff\xfe", b"wait", b"0"];
        let name = names[chance.usize(..names.len())];
        let n = [7, -7, 0, i64::MAX, i64::MIN, chance.i64(..)][chance.usize(..6)].to_string();
        let words: Vec<&[u8]> = match chance.u32(..20) {
            0 => vec![b"wait", b"0"],
            1 => vec![b"wait", b"-1"],
            2 => vec![b"add", name, b"+1"],
            3 => vec![b"add", name],
            4 => vec![b"", b"get", b"", name, b""],
            5 => vec![],
            6 => vec![b"GET", name],
            7..12 => vec![b"get", name],
            _ => vec![b"add", name, n.as_bytes()],
        };
        script.extend(words.join(&b' '));
        script.extend_from_slice(if chance.bool() { b"\n" } else { b"\r\n" });
    }
    script.extend_from_slice(b"get a");
    script
}

/// What a program replies to the script, which comes in pieces.
fn replies(program: &Path, script: &[u8]) -> Vec<u8> {
    let server = Program::start(program, &["--addr", "127.0.0.1:0", "--workers", "2"]);
    let mut wire = server.connect();
    for piece in script.chunks(997) {
        wire.send(piece);
    }
    wire.half_close();
    wire.read_to_end()
}

#[test]
fn whatever_is_mended_the_answers_are_the_same() {
    let mut sources = vec![("slow".to_owned(), slow())];
    let mended = |patch: &Patch| (format!("mended-{}", patch.name), patch.mend(&slow()));
    sources.extend(patches().iter().map(mended));
    sources.push(("fast".to_owned(), read("examples/fast_tally.rs")));
    let programs = build(&sources);
    let script = script(7);
    let right = replies(&programs[0].1, &script);
    assert_eq!(right.iter().filter(|&&byte| byte == b'\n').count(), COMMANDS);
    for (name, program) in &programs[1..] {
        let same = replies(program, &script) == right;
        assert!(same, "{name} replies otherwise than the slow one");
    }
}

#[test]
fn the_students_program_names_no_fault() {
    for (number, line) in (1..).zip(slow().lines()) {
        let Some((_, comment)) = line.split_once("//") else { continue };
        let comment = comment.to_lowercase();
        let told = TELLING.split_whitespace().find(|word| comment.contains(word));
        assert_eq!(told, None, "line {number} of slow_tally.rs tells too much");
    }
}

#[test]
fn the_teacher_reads_of_each_fault() {
    let notes = read("teacher/TEACHER.md");
    for patch in patches() {
        let link = format!("](patches/{}.txt)", patch.name);
        assert!(notes.contains(&link), "teacher/TEACHER.md has no link to {}", patch.name);
    }
}
