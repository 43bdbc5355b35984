//! Rules for the `Cargo.toml` files: who may depend on whom, and that versions stand in one place.

use course::Course;
use std::collections::BTreeSet;
use std::process::Command;
use tests::files::{self, File, Finding, hold};
use tests::manifest::{Kind, Manifest, members};
use toml::Value;

/// Packages that do I/O: no session may hold them.
const DO_IO: [&str; 7] = ["libc", "mio", "nix", "rustix", "signal-hook", "socket2", "tokio"];
/// The tools that judge programs. They know a program by its binary alone.
const TOOLS: [&str; 5] = ["compare", "course", "grader", "harness", "tests"];

fn is_chapter(member: &Manifest) -> bool {
    member.folder.starts_with("chapters/")
}

fn is_exercise(member: &Manifest) -> bool {
    is_chapter(member) && member.folder.ends_with("/exercise")
}

/// Every place where a member depends on what it must not.
fn wrong_direction(members: &[Manifest], course: &Course) -> Vec<Finding> {
    let mut findings = Vec::new();
    let member = |name: &str| members.iter().find(|member| member.name() == name);
    for from in members {
        for to in from.dependencies() {
            let is_tool = TOOLS.contains(&to.name);
            let fault = match (from.name(), to.name) {
                ("session", _) if to.kind != Kind::Dev => Some("session depends on nothing"),
                ("http1", name) if to.kind != Kind::Dev && DO_IO.contains(&name) => {
                    Some("http1 does no I/O")
                }
                ("http1", name) if name != "session" && member(name).is_some() => {
                    Some("of our own, http1 depends only on session")
                }
                ("common", name)
                    if !["session", "http1"].contains(&name) && member(name).is_some() =>
                {
                    Some("of our own, common depends only on session and http1")
                }
                (name, other) if TOOLS.contains(&name) && !is_tool && member(other).is_some() => {
                    Some("the tools that judge programs must not share code with them")
                }
                (_, name) if is_exercise(from) && member(name).is_some() => {
                    Some("an exercise is the student's own program, and depends on none of ours")
                }
                (_, "harness") if is_chapter(from) && to.kind != Kind::Dev => {
                    Some("a chapter uses harness only in its tests, as a dev-dependency")
                }
                (_, name) if is_chapter(from) && is_tool && name != "harness" => {
                    Some("a chapter does not depend on a tool")
                }
                (_, name) if member(name).is_some_and(is_chapter) => {
                    Some("nothing depends on a chapter")
                }
                (_, "mio" | "tokio") if !may_use_runtime(from, to.name, to.kind, course) => Some(
                    "only a chapter that teaches it, and says so in course.toml, has an event loop",
                ),
                _ => None,
            };
            let what = |fault| format!("{} depends on {}: {fault}", from.name(), to.name);
            findings.extend(fault.map(|fault| Finding::new(&from.file.path, to.line, what(fault))));
        }
    }
    findings
}

/// tokio and mio stand where they are the lesson, in a tool that needs them, and in the tests of http1.
fn may_use_runtime(from: &Manifest, package: &str, kind: Kind, course: &Course) -> bool {
    let chapter = course.chapters.iter().find(|chapter| chapter.folder == from.name());
    let taught = chapter.is_some_and(|chapter| chapter.packages.iter().any(|name| name == package));
    taught || from.name() == "compare" || (from.name() == "http1" && kind == Kind::Dev)
}

#[test]
fn dependencies_point_one_way() {
    hold(
        "session <- http1 <- common <- chapters, harness <- tools; nothing depends on a chapter (ARCHITECTURE.md)",
        "move what both need down into the crate that both may depend on, or drop the dependency",
        &wrong_direction(&members(), &Course::read()),
    );
}

#[test]
fn a_dependency_in_the_wrong_direction_is_found() {
    let parse = |folder: &str, dependencies: &str| {
        let name = folder.rsplit('/').next().unwrap_or_default();
        let text = format!("[package]\nname = \"{name}\"\n{dependencies}");
        Manifest::parse(folder, File { path: format!("{folder}/Cargo.toml"), text })
    };
    let right = [
        parse("crates/session", "[dev-dependencies]\nproptest.workspace = true"),
        parse(
            "crates/http1",
            "[dependencies]\nsession.workspace = true\n[dev-dependencies]\ntokio.workspace = true",
        ),
        parse("crates/harness", "[dependencies]\nserde_json.workspace = true"),
        parse(
            "chapters/ch3",
            "[dependencies]\nhttp1.workspace = true\n[dev-dependencies]\nharness.workspace = true",
        ),
        parse("chapters/ch3/exercise", "[dependencies]\nsignal-hook.workspace = true"),
    ];
    let course: Course = toml::from_str("chapter = []").unwrap();
    assert_eq!(wrong_direction(&right, &course), []);
    for (folder, dependencies) in [
        ("crates/session", "[dependencies]\nitoa.workspace = true"),
        ("crates/session", "[target.'cfg(unix)'.dependencies]\nlibc.workspace = true"),
        ("crates/http1", "[dependencies]\nsocket2.workspace = true"),
        ("crates/http1", "[dev-dependencies]\nharness.workspace = true"),
        ("crates/common", "[dependencies]\nharness.workspace = true"),
        ("crates/common", "[dependencies]\ntokio.workspace = true"),
        ("crates/harness", "[dev-dependencies]\nhttp1.workspace = true"),
        ("crates/grader", "[dependencies]\nsession.workspace = true"),
        ("chapters/ch4", "[dependencies]\nch3.workspace = true"),
        ("chapters/ch4", "[dependencies]\nexercise.workspace = true"),
        ("chapters/ch4/exercise", "[dependencies]\nhttp1.workspace = true"),
        ("chapters/ch4/exercise", "[dev-dependencies]\nharness.workspace = true"),
        ("chapters/ch4", "[dependencies]\nharness.workspace = true"),
        ("chapters/ch4", "[dependencies]\nmio.workspace = true"),
        ("tests", "[dev-dependencies]\nch3.workspace = true"),
    ] {
        let wrong = parse(folder, dependencies);
        let mut members: Vec<_> = right.iter().map(|member| parse(&member.folder, "")).collect();
        members.push(wrong);
        assert_eq!(wrong_direction(&members, &course).len(), 1, "{folder}: {dependencies}");
    }
}

/// rustls has one provider here, aws-lc-rs. A second one, or a second TLS, would come by a feature that nobody meant.
const NOT_IN_THE_GRAPH: [&str; 4] = ["native-tls", "openssl", "openssl-sys", "ring"];

#[test]
fn there_is_one_library_for_tls() {
    let cargo = Command::new(env!("CARGO"))
        .args(["tree", "--locked", "--offline", "--workspace", "--prefix", "none"])
        .current_dir(files::root())
        .output()
        .expect("cargo runs");
    let tree = String::from_utf8_lossy(&cargo.stdout);
    assert!(cargo.status.success(), "{}", String::from_utf8_lossy(&cargo.stderr));
    assert!(tree.lines().any(|line| line.starts_with("aws-lc-rs v")), "{tree}");
    let name = |line: &str| line.split(' ').next().unwrap_or_default().to_owned();
    let unwanted: BTreeSet<_> = tree.lines().map(name).collect();
    let findings: Vec<_> = NOT_IN_THE_GRAPH
        .iter()
        .filter(|name| unwanted.contains(**name))
        .map(|name| Finding::new("Cargo.lock", 0, format!("{name} is part of the build")))
        .collect();
    hold(
        "TLS is rustls with aws-lc-rs, and nothing else",
        "`cargo tree -i NAME` says who brings it; drop the feature",
        &findings,
    );
}

#[test]
fn members_look_alike() {
    let mut findings = Vec::new();
    for member in members() {
        let mut demand = |right: bool, what: &str| {
            if !right {
                findings.push(Finding::new(&member.file.path, 1, what));
            }
        };
        let inherits = |keys: &[&str]| member.at(keys) == Some(&Value::Boolean(true));
        // The folder of an exercise is named alike in each chapter: see exercises.rs.
        let folder = member.folder.rsplit('/').next();
        let named = is_exercise(&member) || folder == Some(member.name());
        demand(named, "the folder has another name than the package");
        demand(inherits(&["lints", "workspace"]), "`[lints] workspace = true` is missing");
        for key in ["version", "edition", "rust-version", "license", "publish"] {
            let what = format!("`{key}.workspace = true` is missing");
            demand(inherits(&["package", key, "workspace"]), &what);
        }
        demand(member.at(&["package", "description"]).is_some(), "it has no description");
        for dependency in member.dependencies() {
            let what = format!("{} does not take its version from the workspace", dependency.name);
            demand(dependency.from_workspace, &what);
        }
    }
    let root = Manifest::read("");
    if root.at(&["workspace", "package", "publish"]) != Some(&Value::Boolean(false)) {
        findings.push(Finding::new(
            "Cargo.toml",
            1,
            "`publish = false` is missing in [workspace.package]",
        ));
    }
    hold(
        "each member is named as its folder, and takes versions, lints and metadata from the workspace",
        "copy the head of another member's Cargo.toml",
        &findings,
    );
}

#[test]
fn the_root_lists_every_member_in_order() {
    let listed: Vec<_> = members().into_iter().map(|member| member.folder).collect();
    let root = Manifest::read("");
    let excluded = root.at(&["workspace", "exclude"]).and_then(Value::as_array);
    let excluded: Vec<_> = excluded.into_iter().flatten().filter_map(Value::as_str).collect();
    let mut there: Vec<_> = files::all(|path| path.ends_with("/Cargo.toml"))
        .into_iter()
        .map(|file| file.path.trim_end_matches("/Cargo.toml").to_string())
        .filter(|folder| !excluded.contains(&&**folder))
        .collect();
    there.sort();
    let at = root.line_of("workspace", "members");
    let what = format!("it lists {listed:?}, and there are {there:?}");
    let findings =
        if listed == there { vec![] } else { vec![Finding::new("Cargo.toml", at, what)] };
    hold("the root lists every member, sorted", "write the list as it is said second", &findings);
}

#[test]
fn no_version_is_kept_for_nobody() {
    let root = Manifest::read("");
    let members = members();
    let used = |name: &str| {
        members.iter().any(|m| m.dependencies().iter().any(|dependency| dependency.name == name))
    };
    let shared = root.at(&["workspace", "dependencies"]).and_then(Value::as_table);
    let unused = shared.into_iter().flat_map(|table| table.keys()).filter(|name| !used(name));
    let findings: Vec<_> = unused
        .map(|name| {
            let what = format!("no member uses {name}");
            Finding::new("Cargo.toml", root.line_of("workspace.dependencies", name), what)
        })
        .collect();
    hold("each entry of [workspace.dependencies] is used", "delete the line", &findings);
}

#[test]
fn each_chapter_uses_the_packages_that_it_teaches() {
    let members = members();
    let mut findings = Vec::new();
    for chapter in Course::read().chapters {
        let Some(member) = members.iter().find(|member| member.name() == chapter.folder) else {
            findings.push(Finding::new(
                "course.toml",
                0,
                format!("{} is no member", chapter.folder),
            ));
            continue;
        };
        let dependencies = member.dependencies();
        let uses =
            |name: &String| dependencies.iter().any(|d| d.name == name && d.kind != Kind::Build);
        for missing in chapter.packages.iter().filter(|name| !uses(name)) {
            findings.push(Finding::new(
                &member.file.path,
                1,
                format!("{missing} is not among its dependencies"),
            ));
        }
    }
    hold(
        "what course.toml names as a chapter's packages, the chapter uses",
        "add the package to the chapter's Cargo.toml, or take it from course.toml",
        &findings,
    );
}
