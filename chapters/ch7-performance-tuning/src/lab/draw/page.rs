//! A page with the report and its charts. It loads nothing from anywhere.

use super::super::Chart;
use super::{clean, draw};

const STYLE: &str = "\
:root{color-scheme:light dark}body{font:16px/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem}\
pre{font:13px/1.4 ui-monospace,monospace;overflow-x:auto}svg{max-width:100%;height:auto}";

/// The page: a title, the report as standard output shows it, and the charts.
pub fn page(title: &str, report: &str, charts: &[Chart]) -> String {
    let report: Vec<_> = report.lines().map(|line| escape(&clean(line))).collect();
    let (heading, report) = (escape(&clean(title)), report.join("\n"));
    format!(
        "<!DOCTYPE html>\n<html lang=\"en\">\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width\">\n<title>{heading}</title>\n\
         <style>{STYLE}</style>\n<h1>{heading}</h1>\n{}\n<pre>{report}</pre>\n</html>\n",
        draw(title, charts)
    )
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}
