//! What a program says about itself is what `course.toml` says about it.

use course::Course;
use harness::Launch;

#[test]
fn the_help_of_each_program_lists_the_models_of_course_toml() {
    for chapter in &Course::read().chapters {
        let help =
            Launch::new(harness::build(&chapter.folder, &chapter.folder)).args(["--help"]).run();
        let said: Vec<_> = help
            .stdout
            .lines()
            .map(|line| line.split_whitespace().collect::<Vec<_>>().join(" "))
            .collect();
        let title = format!("{}: {}", chapter.folder, chapter.question);
        assert_eq!(said[0], title, "the first line of --help, and course.toml");
        let listed = |line: &String| {
            chapter
                .models
                .iter()
                .position(|model| *line == format!("{} {}", model.name, model.about))
        };
        let found: Vec<_> = said.iter().filter_map(listed).collect();
        let expected: Vec<_> = (0..chapter.models.len()).collect();
        assert_eq!(
            found, expected,
            "--help lists every model of course.toml, by name and in words, in this order:\n{help}"
        );
    }
}
