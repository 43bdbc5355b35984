//! A world that a test controls.

use course::{Chapter, Course, Exercise};
use grader::build::Built;
use grader::commands::{self, Grade, World};
use grader::grading::{Grading, Judged};
use grader::report::paint::Paint;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use tempfile::TempDir;

/// The folder of the exercise of chapter 3.
pub(crate) const EXERCISE: &str = "chapters/ch3-threaded-server/exercise";

pub(crate) struct Bench {
    folder: TempDir,
    course: Course,
    /// What a build comes to.
    pub built: Built,
    /// What grades.
    pub grade: Arc<Grade>,
    /// Ctrl-C.
    pub stop: Arc<AtomicBool>,
}

/// What a command has said.
pub(crate) struct Said {
    pub code: u8,
    pub out: String,
    pub err: String,
}

impl Bench {
    /// A grader that finds this.
    pub(crate) fn finds(grading: Grading) -> Self {
        let exercise = |task: &str| Some(Exercise { task: task.into() });
        let chapter = |number, folder: &str, exercise| Chapter {
            number,
            folder: folder.into(),
            question: "?".into(),
            packages: Vec::new(),
            models: Vec::new(),
            exercise,
        };
        let chapters = vec![
            chapter(
                1,
                "ch1-raw-socket-client",
                exercise("the client: lines from stdin, replies to stdout"),
            ),
            chapter(
                3,
                "ch3-threaded-server",
                exercise("the server, with a thread for each client"),
            ),
            chapter(5, "ch5-async-server", None),
        ];
        let bench = Self {
            folder: tempfile::tempdir().unwrap(),
            course: Course { chapters },
            built: Built::Program(vec!["/built".into(), "--addr".into(), "{addr}".into()]),
            grade: says(grading),
            stop: Arc::default(),
        };
        bench.put("skeleton.rs", "// TODO step 1\n");
        bench.put("src/main.rs", "// my work\n");
        bench.put("solution.rs", "fn main() {}\n");
        bench
    }

    /// Writes a file of the exercise.
    pub(crate) fn put(&self, name: &str, text: &str) {
        let path = self.root().join(EXERCISE).join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    /// Reads a file, from the root of the course.
    pub(crate) fn text(&self, name: &str) -> String {
        fs::read_to_string(self.root().join(name)).unwrap_or_else(|error| panic!("{name}: {error}"))
    }

    pub(crate) fn root(&self) -> PathBuf {
        self.folder.path().canonicalize().unwrap()
    }

    /// Types a command, without `cargo grade`, in the root of the course.
    pub(crate) fn run(&self, line: &str) -> Said {
        self.run_in("", line)
    }

    /// Types a command in this folder of the course.
    pub(crate) fn run_in(&self, folder: &str, line: &str) -> Said {
        let (mut out, mut err) = (Vec::new(), Vec::new());
        let root = self.root();
        let folder = root.join(folder);
        let mut world = World {
            root: &root,
            folder: &folder,
            course: &self.course,
            checks: crate::support::checks,
            grade: Arc::clone(&self.grade),
            build: &|_| self.built.clone(),
            env: &|_| None,
            stop: Arc::clone(&self.stop),
            out: &mut out,
            err: &mut err,
            paint: Paint::new(false),
            terminal: false,
        };
        let code = commands::run(&mut world, line.split_whitespace().map(Into::into));
        let text = |bytes| String::from_utf8(bytes).unwrap();
        Said { code, out: text(out), err: text(err) }
    }

    /// The result of the last run with `--format json`.
    pub(crate) fn json(&self) -> serde_json::Value {
        serde_json::from_str(&self.text("target/grade/results/ch3.json")).unwrap()
    }

    /// Whether there is such a file.
    pub(crate) fn has(&self, name: impl AsRef<Path>) -> bool {
        self.root().join(name).exists()
    }
}

/// Finds this, whatever the program.
pub(crate) fn says(grading: Grading) -> Arc<Grade> {
    Arc::new(move |order, seen| {
        let mut found = grading.clone();
        if !order.only.is_empty() {
            let wanted =
                order.only.iter().map(|number| format!("ch3.{number}")).collect::<Vec<_>>();
            found.checks.retain(|check| wanted.contains(&check.id));
        }
        found.checks.iter().for_each(seen);
        Ok(judged(found))
    })
}

/// What the checks of a grading have found.
pub(crate) fn judged(grading: Grading) -> Judged {
    Judged { isolation: grading.isolation, checks: grading.checks, fault: grading.fault }
}
