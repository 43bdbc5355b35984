//! The files, and the page that documents them.

use crate::fixture;
use compare::report::{self, Unreadable};
use compare::results::{Fault, Outcome};
use serde_json::Value;
use std::collections::BTreeSet;
use std::fs;

const DOCUMENT: &str = include_str!("../../RESULTS.md");

fn keys(value: &Value, found: &mut BTreeSet<String>) {
    match value {
        Value::Array(items) => items.iter().for_each(|item| keys(item, found)),
        Value::Object(fields) => {
            for (key, field) in fields {
                found.insert(key.clone());
                keys(field, found);
            }
        }
        _ => {}
    }
}

/// Every fault there is, by its name in a file.
fn every_fault() -> Vec<Fault> {
    compare::report::measure::FAULTS.to_vec()
}

#[test]
fn every_field_and_column_is_documented() {
    let mut results = fixture::whole();
    for cell in &mut results.runs[0].cells {
        let Outcome::Measured(reading) = &mut cell.outcome else { continue };
        reading.groups[0].errors.extend(every_fault().into_iter().map(|fault| (fault, 1)));
    }
    let mut names = BTreeSet::new();
    keys(&serde_json::to_value(&results).unwrap(), &mut names);
    assert!(
        names.contains("not-served") && names.contains("surplus") && names.len() > 50,
        "{names:?}"
    );
    names.extend(compare::report::csv::header().into_iter().map(String::from));
    let decides = results.runs[0]
        .scenarios
        .iter()
        .map(|scenario| serde_json::to_value(scenario.decides).unwrap());
    names.extend(decides.map(|value| value.as_str().unwrap().to_string()));
    for name in names {
        let forms = [format!("`{name}`"), format!("{{\"{name}\"")];
        assert!(
            forms.iter().any(|form| DOCUMENT.contains(form)),
            "RESULTS.md says nothing of {name}"
        );
    }
}

#[test]
fn the_document_names_no_field_that_is_not_there() {
    let mut names = BTreeSet::new();
    keys(&serde_json::to_value(fixture::whole()).unwrap(), &mut names);
    names.extend(compare::report::csv::header().into_iter().map(String::from));
    for row in DOCUMENT.lines().filter(|line| line.starts_with("| `")) {
        let first = row.split('|').nth(1).unwrap();
        for name in first.split('`').skip(1).step_by(2) {
            assert!(names.contains(name), "RESULTS.md explains {name}, which is no field");
        }
    }
}

#[test]
fn what_is_written_can_be_read() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path().join("new/folder");
    let results = fixture::whole();
    let paths = report::write_all(&results, &folder).unwrap();
    // No assert_eq: a histogram has thousands of lines.
    assert!(report::read(&paths.json).unwrap() == results);
    // Again, over the old ones; and nothing else stays behind.
    report::write_all(&results, &folder).unwrap();
    let mut names: Vec<_> =
        fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    names.sort();
    assert_eq!(names, ["report.html", "results.csv", "results.json"]);
}

#[cfg(unix)]
#[test]
fn others_may_read_what_they_may_read_elsewhere() {
    use std::os::unix::fs::PermissionsExt as _;
    let folder = tempfile::tempdir().unwrap();
    let paths = report::write_all(&fixture::whole(), folder.path()).unwrap();
    fs::write(folder.path().join("plain"), "").unwrap();
    let mode = |path: &std::path::Path| fs::metadata(path).unwrap().permissions().mode();
    assert_eq!(mode(&paths.json), mode(&folder.path().join("plain")));
}

#[test]
fn a_file_that_cannot_be_written_is_one_line() {
    let folder = tempfile::tempdir().unwrap();
    let occupied = folder.path().join("file");
    fs::write(&occupied, "").unwrap();
    let error = report::write_all(&fixture::whole(), &occupied).unwrap_err().to_string();
    assert!(
        error.starts_with("cannot write ") && error.contains("file") && !error.contains('\n'),
        "{error}"
    );
    // A folder stands where the file should be: the new file must not stay behind.
    fs::create_dir(folder.path().join("results.json")).unwrap();
    assert!(report::write_all(&fixture::whole(), folder.path()).is_err());
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 2);
}

#[test]
fn a_file_that_cannot_be_read_is_one_line() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("x.json");
    let whole = serde_json::to_string(&fixture::whole()).unwrap();
    let higher = r#"{"version": 2, "runs": "all is different"}"#.to_string();
    let cases = [
        (higher, "version 2, and this program knows 1"),
        (whole[..whole.len() / 2].to_string(), "is it a results.json"),
        (
            whole.replace("\"scenario\":\"crash\"", "\"scenario\":\"none\""),
            "no scenario is called none",
        ),
        (whole.replace("\"server\":\"async\"", "\"server\":\"none\""), "no server is called none"),
        (whole.replace("\"group\":\"light\"", "\"group\":\"dark\""), "has no group dark"),
        (whole.replace("\"latency\":\"", "\"latency\":\"AAAA"), "is it a results.json"),
        ("{}".into(), "missing field `version`"),
        (String::new(), "is it a results.json"),
    ];
    for (text, expected) in cases {
        fs::write(&path, text).unwrap();
        let error = report::read(&path).unwrap_err();
        let line = error.to_string();
        assert!(
            line.contains(expected) && line.contains("x.json") && !line.contains('\n'),
            "{line}"
        );
    }
    assert!(matches!(report::read(&folder.path().join("none")), Err(Unreadable::Io(..))));
}

#[test]
fn the_csv_has_a_line_for_each_cell_and_group() {
    let results = fixture::whole();
    let mut text = Vec::new();
    report::csv::write(&results, &mut text).unwrap();
    let mut reader = csv::Reader::from_reader(&text[..]);
    let header = reader.headers().unwrap().clone();
    assert_eq!(header.iter().collect::<Vec<_>>(), report::csv::header());
    let rows: Vec<_> = reader.records().map(Result::unwrap).collect();
    assert_eq!(rows.len(), results.runs[0].cells.len());
    let column = |name: &str| header.iter().position(|other| other == name).unwrap();
    for (row, cell) in rows.iter().zip(&results.runs[0].cells) {
        let server = row[column("server")].trim_start_matches('\'');
        assert_eq!(server, cell.server);
        assert!(!row[column("server")].starts_with('='));
        let Outcome::Measured(reading) = &cell.outcome else {
            assert_eq!(&row[column("replies")], "");
            assert_ne!(&row[column("outcome")], "measured");
            continue;
        };
        assert_eq!(row[column("replies")], reading.groups[0].replies.to_string());
        assert_eq!(row[column("generator_busy")].parse(), Ok(reading.generator_busy));
        let p99 = reading.groups[0].latency.0.value_at_quantile(0.99);
        assert_eq!(row[column("p99_us")], p99.to_string());
        let order = reading.groups[0].errors.get(&Fault::Order).copied().unwrap_or(0);
        assert_eq!(row[column("order")], order.to_string());
    }
}
