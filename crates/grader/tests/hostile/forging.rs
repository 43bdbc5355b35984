//! Programs that print or write the result that they would like to have.

use crate::bench::{Bench, Way, text};
use std::fs;
use std::path::PathBuf;

/// What a perfect result might look like, in all forms at once.
const FORGED: &str = r#"{"version":1,"score":100,"earned":100,"points":100,"exit_code":0,"status":"pass","forged":true}"#;

#[test]
fn a_result_on_stdout_is_the_first_line_of_stdout() {
    let bench = Bench::new(Way::Best);
    let script = format!("echo '{FORGED}'; echo '::set-output name=result::e30='; exit 0");
    let graded = bench.grade("ch2.1", &bench.sh(&script));
    graded.expect_nothing("prints the result", "bad-ready-line", &["score"]);
}

#[test]
fn a_result_in_every_place_that_can_be_reached() {
    for way in Way::BOTH {
        let bench = Bench::new(way);
        for (name, words) in [("summary.md", "of another step\n"), ("output.txt", "a=b\n")] {
            fs::write(bench.path(name), words).unwrap();
        }
        // The program goes on writing until it is ended, so that it writes last if it can.
        let script = format!(
            "forge() {{ for place; do echo '{FORGED}' > \"$place\"; echo '{FORGED}' >> \"$place\"; done; }}\n\
             shift; places=$1\n\
             while :; do forge $places results.json ch2.json \"$TMPDIR/results.json\" /tmp/{}; \
             rm -f $places; mv \"$TMPDIR/results.json\" $places; echo forged; done 2>/dev/null",
            bench.mark()
        );
        let mut program = bench.sh(&script);
        let out = ["ch2.json", "results.json", "ch2.junit.xml", "ch2.classroom.json", "new.json"];
        let mut places: Vec<PathBuf> =
            out.iter().map(|name| bench.path("out").join(name)).collect();
        places.extend([bench.path("summary.md"), bench.path("output.txt")]);
        places.push(bench.path("work/results.json"));
        let places: Vec<_> = places.iter().map(|path| text(path)).collect();
        program.push(places.join(" "));
        let mut command = bench.command("ch2.1", &program);
        command.env("GITHUB_STEP_SUMMARY", bench.path("summary.md"));
        command.env("GITHUB_OUTPUT", bench.path("output.txt"));
        let graded = bench.finish(command);
        graded.expect_nothing("writes the result to every place", "bad-ready-line", &["forged"]);
        assert!(!bench.path("out/new.json").exists());
        assert!(fs::read_dir(bench.path("work")).unwrap().next().is_none());
        assert!(!PathBuf::from(format!("/tmp/{}", bench.mark())).exists());
        let summary = bench.text("summary.md");
        assert!(summary.starts_with("of another step\n## ch2: "), "{summary}");
        assert!(summary.contains("**0 of 10 points**"), "{summary}");
        let output = bench.text("output.txt");
        assert!(output.starts_with("a=b\nresult=") && output.lines().count() == 2, "{output}");
    }
}

#[test]
fn no_secret_is_to_be_seen() {
    for way in Way::BOTH {
        let bench = Bench::new(way);
        // Its own environment, and that of every process of this grading: not of anybody else's.
        let script = "look() { tr '\\0' '\\n' < $1 | grep -a -e \"$2\" | head -n 1; }\n\
            for file in /proc/[0-9]*/cmdline; do\n\
            \x20 look $file $1 2>/dev/null | grep -q . && look ${file%cmdline}environ open-secret 2>/dev/null\n\
            done\n\
            env | grep -e SECRET -e TOKEN -e SUMMARY\n\
            echo searched\n";
        let graded = bench.grade("ch2.1", &bench.sh(script));
        graded.expect_nothing("reads the grader's environment", "bad-ready-line", &["searched"]);
        assert!(!graded.out.contains("open-secret"), "{}", graded.out);
    }
}

/// What a report must survive: escapes, what XML forbids, what is no UTF-8, commands of GitHub, fences of Markdown, and
/// text that turns round.
pub(crate) const UGLY: &str = r"\033[2J\033[1;32m\033]0;passed\007 ::error::no \001\002\177 \302\205 \342\200\256 ``` ````` ]]> </details> ##[error]x \377\376 <b>&amp; \r";

#[test]
fn nothing_in_the_words_of_a_program_is_a_command() {
    let bench = Bench::new(Way::Best);
    let script =
        format!("printf '{UGLY}\\n'; printf '::error::x\\n{UGLY}\\n```\\n{UGLY}' >&2; exit 1");
    let graded = bench.grade("ch2.1", &bench.sh(&script));
    graded.expect_nothing("an ugly first line", "bad-ready-line", &[r"\x1b[2J"]);
    let bench = Bench::new(Way::Best);
    let script = "peer, _ = listen().accept()\n\
        peer.recv(1)\n\
        peer.sendall(b'\\x1b[2J ::error:: \\x00\\xff ``` ]]> \\xe2\\x80\\xae\\n')\n\
        time.sleep(1000)\n";
    let Some(program) = bench.server(script) else { return };
    let graded = bench.grade("ch2.1", &program);
    graded.expect_nothing("an ugly reply", "wrong-reply", &[r"\x1b[2J"]);
}
