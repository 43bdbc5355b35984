//! What came of a grading, and what holds for every one.

use serde_json::Value;
use std::fs;
use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

/// A grading that has ended.
#[derive(Debug)]
pub(crate) struct Graded {
    pub(crate) code: Option<i32>,
    pub(crate) took: Duration,
    pub(crate) out: String,
    pub(crate) err: String,
    pub(crate) files: Files,
    /// The processes that are there still.
    pub(crate) left: Vec<String>,
    /// What is left in the folder for temporary files.
    pub(crate) litter: Vec<String>,
}

/// What was written for machines; null or empty if it is not there.
#[derive(Debug)]
pub(crate) struct Files {
    pub(crate) json: Value,
    pub(crate) gradescope: Value,
    pub(crate) classroom: Value,
    pub(crate) junit: String,
    pub(crate) github: String,
}

impl Files {
    /// Reads the files of whatever chapter is in the folder.
    pub(crate) fn read(folder: &Path) -> Self {
        let text = |end: &str| {
            let names = fs::read_dir(folder).into_iter().flatten().map_while(Result::ok);
            let mut paths = names.map(|entry| entry.path());
            let path = paths.find(|path| path.to_str().is_some_and(|path| path.ends_with(end)));
            path.and_then(|path| fs::read_to_string(path).ok()).unwrap_or_default()
        };
        let json = |end| serde_json::from_str(&text(end)).unwrap_or_default();
        let chapter = (1..=3).find(|n| folder.join(format!("ch{n}.json")).exists()).unwrap_or(0);
        Self {
            json: json(&format!("ch{chapter}.json")),
            gradescope: json("results.json"),
            classroom: json(".classroom.json"),
            junit: text(".junit.xml"),
            github: text(".md"),
        }
    }
}

impl Graded {
    /// The points in all files, which agree.
    #[track_caller]
    pub(crate) fn earned(&self) -> u64 {
        let earned = self.files.json["earned"].as_u64().unwrap();
        assert_eq!(self.files.gradescope["score"].as_f64(), Some(earned as f64), "{self:#?}");
        let tests = self.files.classroom["tests"].as_array().unwrap();
        let scores = tests.iter().map(|test| test["score"].as_u64().unwrap());
        assert_eq!(scores.sum::<u64>(), earned, "{self:#?}");
        assert!(self.files.junit.contains(&format!("name=\"earned\" value=\"{earned}\"")));
        earned
    }

    /// The symptoms of all parts that failed.
    pub(crate) fn symptoms(&self) -> Vec<&str> {
        let parts = self.parts();
        parts.iter().filter_map(|part| part["failure"]["symptom"].as_str()).collect()
    }

    /// The parts of all checks.
    pub(crate) fn parts(&self) -> Vec<&Value> {
        let checks = self.files.json["checks"].as_array().unwrap();
        checks.iter().flat_map(|check| check["parts"].as_array().unwrap()).collect()
    }

    /// A verdict that holds for nobody but the program: some checks failed, and all is whole and clean.
    #[track_caller]
    pub(crate) fn expect_failed(&self, name: &str) -> &Self {
        self.note(name);
        assert_eq!(self.code, Some(1), "{name}: {self:#?}");
        assert_eq!(self.files.json["exit_code"], 1, "{name}");
        assert_eq!(self.err, "", "{name}");
        assert_eq!(self.files.classroom["status"], "fail", "{name}");
        self.expect_clean(name);
        self
    }

    /// As [`Self::expect_failed`], without a point, and the failure names what happened: one of the symptoms, between
    /// which stands `|`, and all of these words.
    #[track_caller]
    pub(crate) fn expect_nothing(&self, name: &str, symptom: &str, words: &[&str]) -> &Self {
        self.expect_failed(name);
        assert_eq!(self.earned(), 0, "{name}: {}", self.out);
        let seen = self.symptoms();
        let is_named = symptom.split('|').any(|symptom| seen.contains(&symptom));
        assert!(is_named, "{name}: {seen:?}\n{}", self.out);
        let plain = self.out.split_whitespace().collect::<Vec<_>>().join(" ");
        for word in words {
            assert!(plain.contains(word), "{name}: no “{word}” in\n{}", self.out);
        }
        self
    }

    /// All files are whole, nothing moves a cursor, and nothing is left behind.
    #[track_caller]
    pub(crate) fn expect_clean(&self, name: &str) {
        let Files { json, gradescope, classroom, junit, github } = &self.files;
        assert!(json.is_object() && gradescope.is_object() && classroom.is_object(), "{self:#?}");
        expect_xml(junit);
        let mut texts = vec![self.out.clone(), self.err.clone(), junit.clone(), github.clone()];
        // What a program said stands in strings of their own there.
        texts.extend([json, gradescope, classroom].into_iter().flat_map(strings));
        for text in &texts {
            let is_raw = |c: char| c != '\n' && c.is_control();
            assert!(!text.contains(is_raw), "{name}: {text:?}");
            assert!(!text.contains('\u{202e}') && !text.contains("##["), "{name}: {text}");
            assert!(text.lines().all(|line| !line.trim_start().starts_with("::")), "{text}");
            assert!(text.len() < 500_000, "{name}: {} bytes", text.len());
        }
        // Text within a block of code is indented.
        let count = |word| github.lines().filter(|line| line.starts_with(word)).count();
        assert_eq!(count("<details>"), count("</details>"), "{name}: {github}");
        assert_eq!(self.left, [""; 0], "{name}: these processes are left");
        assert_eq!(self.litter, [""; 0], "{name}: these files are left");
    }

    /// A line of the table, for whoever runs the tests with `--nocapture`.
    pub(crate) fn note(&self, name: &str) {
        let json = &self.files.json;
        let (earned, points) = (&json["earned"], &json["points"]);
        let symptoms = json["checks"].as_array().map(|_| self.symptoms().join(", "));
        let (code, took) = (self.code.unwrap_or(-1), self.took.as_secs_f64());
        let text = format!(
            "{name}: exit {code}, {earned}/{points}, {took:.1} s, {}\n",
            symptoms.unwrap_or_default()
        );
        let _ = std::io::stdout().lock().write_all(text.as_bytes());
    }
}

/// All strings in a value.
fn strings(value: &Value) -> Vec<String> {
    match value {
        Value::String(text) => vec![text.clone()],
        Value::Array(values) => values.iter().flat_map(strings).collect(),
        Value::Object(fields) => fields.values().flat_map(strings).collect(),
        _ => Vec::new(),
    }
}

/// Has Python read the XML, where there is Python.
#[track_caller]
fn expect_xml(text: &str) {
    if !crate::bench::has_python() {
        return assert!(text.trim_end().ends_with("</testsuites>"), "{text}");
    }
    let code = "import sys, xml.etree.ElementTree as xml; xml.fromstring(sys.stdin.buffer.read())";
    let mut python = Command::new("python3");
    python.args(["-c", code]).stdin(Stdio::piped()).stderr(Stdio::piped());
    let mut python = python.spawn().unwrap();
    python.stdin.take().unwrap().write_all(text.as_bytes()).unwrap();
    let output = python.wait_with_output().unwrap();
    assert!(output.status.success(), "{}\n{text}", String::from_utf8_lossy(&output.stderr));
}
