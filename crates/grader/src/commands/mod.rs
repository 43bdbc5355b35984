//! The command line.

use crate::sandbox;
use std::ffi::OsString;
use std::process::ExitCode;

/// Runs the grader with these arguments, the first one after the program's name.
pub fn main(args: impl IntoIterator<Item = OsString>) -> ExitCode {
    let args: Vec<OsString> = args.into_iter().collect();
    // The sandbox starts the grader again, as the supervisor of a program.
    if let Some(code) = sandbox::stage(&args) {
        return code;
    }
    let words: Vec<String> = args.iter().map(|a| a.to_string_lossy().into_owned()).collect();
    let chapter = words[0].parse().unwrap();
    let seed = words[1].parse().unwrap();
    let only = words[2].split(',').filter_map(|n| n.parse().ok()).collect();
    let order = crate::grading::Order { chapter, only, command: words[3..].to_vec(), seed, jobs: 4, stop: Default::default() };
    let sandbox = crate::sandbox::Sandbox::new().unwrap();
    let g = crate::grading::grade(&order, &sandbox, &mut |c| {
        println!("{:?} {} {} {}/{} {} ms", c.status, c.id, c.title, c.earned, c.points, c.took_ms);
        for p in &c.parts { println!("      {} {:?} {} ms", p.title, p.status, p.took_ms); if let Some(f) = &p.failure { println!("   {} [{}]: {f}", p.title, f.symptom.name()); for l in f.transcript.iter().rev().take(12).rev() { println!("     {l}"); } for l in &f.program { println!("     # {l}"); } } }
    });
    println!("{}/{} {} ms {:?}", g.earned(), g.points(), g.took_ms, g.fault);
    ExitCode::from(g.exit_code())
}
