//! The files for machines. Each is written twice: before anything runs, to say that it has not finished, and at the end.

use super::{Report, classroom, github, gradescope, json, junit};
use anyhow::{Context as _, Result};
use std::fs::{self, OpenOptions, Permissions};
use std::io::{Read as _, Seek as _, SeekFrom, Write as _};
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};

/// What stands in the files until there is more to say.
pub const UNFINISHED: &str = "not finished: the grader was ended before it could say more";

/// A form of the result.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// All that is known: `ch3.json`.
    Json,
    /// For CI systems: `ch3.junit.xml`.
    Junit,
    /// For Gradescope: `results.json`.
    Gradescope,
    /// For GitHub: the job's summary, and what takes points from there.
    Github,
}

impl Format {
    /// All forms, by name.
    pub const ALL: [(&str, Self); 4] = [
        ("json", Self::Json),
        ("junit", Self::Junit),
        ("gradescope", Self::Gradescope),
        ("github", Self::Github),
    ];
}

/// Where which files go.
pub struct Files<'a> {
    formats: &'a [Format],
    folder: &'a Path,
    env: &'a dyn Fn(&str) -> Option<String>,
    summary: Option<Appended>,
    output: Option<Appended>,
}

impl<'a> Files<'a> {
    /// Makes the folder. `env` tells the variables of the environment.
    ///
    /// # Errors
    ///
    /// The folder cannot be made.
    pub fn begin(
        formats: &'a [Format],
        folder: &'a Path,
        env: &'a dyn Fn(&str) -> Option<String>,
    ) -> Result<Self> {
        if !formats.is_empty() {
            fs::create_dir_all(folder).with_context(|| {
                format!("cannot make the folder {} (try --output DIR)", folder.display())
            })?;
        }
        let github = formats.contains(&Format::Github);
        let appended =
            |name| env(name).filter(|path| github && !path.is_empty()).map(Appended::new);
        let (summary, output) = (appended("GITHUB_STEP_SUMMARY"), appended("GITHUB_OUTPUT"));
        Ok(Self { formats, folder, env, summary, output })
    }

    /// Writes all files, in place of what was written before, and says where they are.
    ///
    /// # Errors
    ///
    /// One of them cannot be written.
    pub fn write(&mut self, report: &Report<'_>) -> Result<Vec<PathBuf>> {
        let mut written = Vec::new();
        let chapter = report.grading.chapter;
        for format in self.formats {
            let (name, text) = match format {
                Format::Json => (format!("ch{chapter}.json"), json::text(report)?),
                Format::Junit => (format!("ch{chapter}.junit.xml"), junit::text(report)?),
                Format::Gradescope => ("results.json".into(), gradescope::text(report)?),
                Format::Github => {
                    self.github(report, &mut written)?;
                    continue;
                }
            };
            written.push(self.put(&name, &text)?);
        }
        Ok(written)
    }

    fn github(&mut self, report: &Report<'_>, written: &mut Vec<PathBuf>) -> Result<()> {
        let chapter = report.grading.chapter;
        let text = github::text(report);
        match &mut self.summary {
            Some(summary) => written.push(summary.put(&text)?),
            None => written.push(self.put(&format!("ch{chapter}.md"), &text)?),
        }
        let result = classroom::runner(report).to_string();
        written.push(self.put(&format!("ch{chapter}.classroom.json"), &result)?);
        if let Some(output) = &mut self.output {
            output.put(&format!("result={}\n", classroom::base64(result.as_bytes())))?;
        }
        if let Some(result) = classroom::classroom50(report, self.env) {
            written.push(self.put("result.json", &serde_json::to_string_pretty(&result)?)?);
        }
        Ok(())
    }

    fn put(&self, name: &str, text: &str) -> Result<PathBuf> {
        let path = self.folder.join(name);
        replace(&path, text.as_bytes())?;
        Ok(path)
    }
}

/// Puts a file into the place of another in one step: whoever reads it sees the old one or the new one.
///
/// # Errors
///
/// It cannot be written.
pub fn replace(path: &Path, bytes: &[u8]) -> Result<()> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
    let write = || {
        // What others may read stands in the umask, as for any file.
        let mut file = tempfile::Builder::new()
            .prefix(".grade-")
            .permissions(Permissions::from_mode(0o666))
            .tempfile_in(folder.unwrap_or(Path::new(".")))?;
        file.write_all(bytes)?;
        file.persist(path).map_err(|error| error.error)
    };
    write().map(drop).with_context(|| format!("cannot write {}", path.display()))
}

/// A file of somebody else to which we add, such as the summary of a job.
struct Appended {
    path: PathBuf,
    /// What we have added, and where.
    ours: Option<(u64, Vec<u8>)>,
}

impl Appended {
    fn new(path: String) -> Self {
        Self { path: path.into(), ours: None }
    }

    /// Adds the text, in place of what we added before if that is the end of the file still.
    fn put(&mut self, text: &str) -> Result<PathBuf> {
        let mut put = || -> std::io::Result<()> {
            let mut file = OpenOptions::new()
                .create(true)
                .truncate(false)
                .read(true)
                .write(true)
                .open(&self.path)?;
            let mut start = file.seek(SeekFrom::End(0))?;
            if let Some((before, ours)) = &self.ours {
                let mut end = Vec::new();
                file.seek(SeekFrom::Start(*before))?;
                file.read_to_end(&mut end)?;
                if end == *ours {
                    file.set_len(*before)?;
                    start = *before;
                }
            }
            file.seek(SeekFrom::Start(start))?;
            file.write_all(text.as_bytes())?;
            self.ours = Some((start, text.as_bytes().to_vec()));
            Ok(())
        };
        put().with_context(|| format!("cannot write {}", self.path.display()))?;
        Ok(self.path.clone())
    }
}
