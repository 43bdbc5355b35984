//! `course.toml`: the one list of chapters, models and exercises.

use serde::Deserialize;
use std::path::PathBuf;

/// The whole list.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Course {
    /// The chapters, in their order.
    #[serde(rename = "chapter")]
    pub chapters: Vec<Chapter>,
}

/// One chapter.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Chapter {
    /// Its number: 3 for `ch3-…`.
    pub number: u32,
    /// Its folder below `chapters/`, and the name of its package.
    pub folder: String,
    /// The question that it answers.
    pub question: String,
    /// The packages that are part of its lesson.
    #[serde(default)]
    pub packages: Vec<String>,
    /// The models that its program offers by `--model`.
    #[serde(default, rename = "model")]
    pub models: Vec<Model>,
    /// What the student writes, if this chapter has an exercise.
    pub exercise: Option<Exercise>,
}

/// The exercise of a chapter: a package in its folder `exercise`, which `cargo grade` grades.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Exercise {
    /// What the student writes, in one line.
    pub task: String,
}

/// One way to serve many clients.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Model {
    /// What `--model` calls it.
    pub name: String,
    /// What it is, in one line.
    pub about: String,
    /// Does a second client wait until the first has gone?
    #[serde(default)]
    pub one_at_a_time: bool,
}

impl Course {
    /// The list as it was when this was compiled.
    ///
    /// # Panics
    ///
    /// When it does not have this form: a test reads it.
    pub fn read() -> Self {
        let text = include_str!("../../../course.toml");
        toml::from_str(text).unwrap_or_else(|error| panic!("course.toml: {error}"))
    }

    /// The rows of the README's table of chapters, as they must stand there.
    pub fn table(&self) -> Vec<String> {
        let head = ["| chapter | question | models | named packages |", "|---|---|---|---|"];
        head.map(String::from).into_iter().chain(self.chapters.iter().map(Chapter::row)).collect()
    }

    /// Each model of each chapter, with the package of its program.
    pub fn models(&self) -> impl Iterator<Item = (&str, &Model)> {
        self.chapters
            .iter()
            .flat_map(|chapter| chapter.models.iter().map(|model| (&*chapter.folder, model)))
    }
}

impl Chapter {
    /// The chapter's folder, from the root of the course.
    pub fn path(&self) -> PathBuf {
        PathBuf::from("chapters").join(&self.folder)
    }

    /// The folder of the chapter's exercise, from the root of the course.
    pub fn exercise_path(&self) -> PathBuf {
        self.path().join("exercise")
    }

    /// The name of the exercise's package: `ch3-exercise`.
    pub fn exercise_package(&self) -> String {
        format!("ch{}-exercise", self.number)
    }

    fn row(&self) -> String {
        let models: Vec<_> = self.models.iter().map(|model| format!("`{}`", model.name)).collect();
        let models = if models.is_empty() { "–".into() } else { models.join(", ") };
        format!(
            "| [{folder}](chapters/{folder}/README.md) | {} | {} | {} |",
            self.question,
            models,
            self.packages.join(", "),
            folder = self.folder
        )
    }
}
