//! `--help`, with the limits and the table of exit codes.

use super::normal::STRIPPED;
use crate::failure::Kind;
use crate::library::flags::HELP;

/// The whole help.
pub fn text() -> String {
    let mut text = FLAGS.replace("STRIPPED", &STRIPPED.join(",")).replace("LIBRARY", &library());
    text.push_str("\nExit codes:\n    0  the site was visited, and no broken link was found\n");
    for kind in Kind::ALL {
        let about = match kind {
            Kind::Some => "there are broken links; or robots.txt forbids the start",
            Kind::Status => "the start has a status of 400 or above, or its robots.txt one of 500",
            Kind::Range | Kind::Digest | Kind::TooLarge => continue,
            kind => kind.about(),
        };
        text.push_str(&format!("  {:>3}  {about}\n", kind.code()));
    }
    text
}

/// The library's flags, but for the one about redirects: a crawl follows them itself, and looks at each.
fn library() -> String {
    let lines = HELP.lines().filter(|line| !line.contains("--max-redirs"));
    lines.map(|line| format!("{line}\n")).collect()
}

const FLAGS: &str = "\
crawl: visits a site politely, and says which of its links are broken.

Usage: crawl [OPTIONS] URL

The site is what has the scheme, host and port of URL, or of where URL redirects to. Pages are visited in the order of
their distance from URL. robots.txt is always obeyed (RFC 9309), for links that are only checked as well; the crawl is
`chapter-six-crawl` there. So are rel=nofollow, and nofollow for robots in <meta> and X-Robots-Tag. A page that names
another one as rel=canonical is listed as a duplicate of it; the links of both are followed.

How far:
  --depth N                  links away from URL, at most [5]
  --pages N                  pages, at most; redirects and errors count [500]
  --check-external           look by HEAD whether links that lead off the site are there, and read nothing
  --check-assets             the same for pictures, scripts and style sheets
  --variants N               queries of one path, at most: a calendar has no end [50]
  --strip-params A,B         parameters that name a visit and no page: they are dropped from each query, and from ;A=1
                             in a path; * at the end stands for any ending
            [STRIPPED]

How politely:
  --per-host N               requests at once to a host, 1 to 16 [1]
  --delay SECONDS            rest between two requests to a host, from the end of a response [0.2];
                             Crawl-delay in robots.txt, if that is longer, up to 30
  -m, --max-time SECONDS     for one request, with its body [30]
  --max-size BYTES           what is read of a page, after decompression [2097152]
  --retry N                  attempts after the first one in vain; Retry-After holds up the whole host [2]
LIBRARY
What to make of it:
  --json FILE                a report for programs; - is standard output, instead of the tables
  --map FILE                 a picture of the site, as SVG
  --state FILE               keep every answer there, and go on from there: nothing is fetched twice but robots.txt
                             and what had no response
  -v, --verbose              a line on standard error for each answer
  -h, --help                 print this

Only text/html and application/xhtml+xml are read. Further limits: 100,000 URLs known, 2,000 bytes in a URL, 64
folders in its path, 5,000 links on a page, 10 redirects in a row, 16 requests at once to all hosts, 500 KiB of a
robots.txt; a host that has not answered 10 requests in a row is asked no more. A path in which the same folders come
three times in a row (a single one: four times) is not followed. A host that has answered before and then ends the
connection without a word is asked once more at once. What was not asked for is counted by reason. Control-C ends it
with the report so far; what is under way is waited for up to 3 seconds.
";
