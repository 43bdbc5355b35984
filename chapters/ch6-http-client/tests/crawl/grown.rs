//! A site of thousands of pages with traps, and what a polite crawler asks of it: written down while it grows, and not
//! computed by any code of the crawler's.

use harness::site::{Answer, Request, Site};
use std::collections::{BTreeSet, HashMap};

/// Pages of the tree.
const TREE: usize = 4_900;
/// Links from each of them to the next ones.
const BRANCHES: usize = 6;

/// The site while it grows.
#[derive(Default)]
pub(crate) struct Grown {
    pages: HashMap<String, Answer>,
    /// Targets that are to be asked for.
    pub(crate) allowed: BTreeSet<String>,
    /// Links on the first page.
    first: String,
    /// Targets whose links are broken.
    pub(crate) broken: BTreeSet<String>,
}

impl Grown {
    /// All of it.
    pub(crate) fn new() -> Self {
        let mut site = Self::default();
        site.traps();
        site.redirects();
        site.robots();
        site.oddities();
        for number in 0..TREE {
            site.tree(number);
        }
        site
    }

    /// Puts it on the network.
    pub(crate) fn start(self) -> Site {
        let pages = self.pages;
        Site::start(move |request: &Request| match pages.get(&request.target) {
            Some(answer) => answer.clone(),
            None => {
                Answer::new(404).field("Content-Type", "text/html").body("<a href=/never/404>x</a>")
            }
        })
    }

    fn page(&mut self, target: &str, answer: Answer) {
        assert!(self.pages.insert(target.into(), answer).is_none(), "{target} is there already");
    }

    /// A page that is to be asked for.
    fn open(&mut self, target: &str, answer: Answer) {
        self.page(target, answer);
        self.allowed.insert(target.into());
    }

    fn link(&mut self, html: &str) {
        self.first.push_str(html);
    }

    /// A page of the tree, with links to the next ones, and some of the traps.
    fn tree(&mut self, number: usize) {
        let mut body = format!("<title>Page {number} caf\u{e9}</title>");
        // It holds for all links of the page, those before it as well.
        body += "<a href='up'>up</a><base href='/base/'>";
        for child in (number * BRANCHES + 1..=(number + 1) * BRANCHES).filter(|child| *child < TREE)
        {
            body += &Self::links(child, number);
        }
        body += "<a href='/#top'>home</a><a href='/gone/1'>a broken link</a>";
        if number == 0 {
            body += &std::mem::take(&mut self.first);
        }
        let target = Self::target(number);
        self.open(&target, encoded(&body, number));
        if number == 0 {
            self.open("/base/up", Answer::html("<p>every page links here"));
        }
    }

    /// How a page of the tree is asked for.
    fn target(number: usize) -> String {
        match number {
            0 => "/".into(),
            _ => match number % 7 {
                0 => format!("/p/{number}.html"),
                1 => format!("/base/{number}"),
                2 => format!("/f/{number}?x=1&y=2"),
                3 => format!("/~t/{number}/%C3%A9%2F"),
                4 => format!("/s/{number}"),
                5 => format!("/d/{number}"),
                _ => format!("/l/%C3%A9{number}"),
            },
        }
    }

    /// How links to it are written: in more than one way.
    fn links(number: usize, on: usize) -> String {
        let hrefs = match number % 7 {
            0 => [format!("/p/{number}.html"), format!("HTTP:/p/{number}.html")],
            1 => [format!("{number}"), format!(" ./x/../{number}\n")],
            2 => [
                format!("/f/{number}?x=1&amp;y=2#a"),
                format!("/f/{number}?x=1&amp;y=2&amp;utm_source=p{on}#b"),
            ],
            3 => [format!("/%7et/{number}/%c3%a9%2f"), format!("/~t/{number}/%C3%a9%2F")],
            4 => [format!("/s/{number}?sid={on}"), format!("/s/{number};jsessionid={on}")],
            5 => [format!("/x/../d/./{number}"), format!("/%64/{number}?")],
            _ => [format!("/l/\u{e9}{number}"), format!("/l/%c3%a9{number}")],
        };
        hrefs.map(|href| format!("<a href='{href}'>to {number}</a>")).concat()
    }

    fn traps(&mut self) {
        self.link("<a href='/calendar?month=0'>calendar</a><a href='/round/a/b/'>round</a>");
        for month in 0..200 {
            let body = format!("<a href='/calendar?month={}'>next</a>", month + 1);
            let target = format!("/calendar?month={month}");
            // Fifty queries of a path, and no more.
            if month < 50 {
                self.open(&target, Answer::html(body));
            } else {
                self.page(&target, Answer::html(body));
            }
        }
        let round = Answer::html("<a href='a/b/'>on</a>");
        self.open("/round/a/b/", round.clone());
        self.open("/round/a/b/a/b/", round.clone());
        self.page("/round/a/b/a/b/a/b/", round);
        let long = format!("/{}", "x".repeat(3_000));
        self.link(&format!("<a href='{long}'>long</a>"));
        self.page(&long, Answer::html(""));
        for number in 1..=20 {
            let target = format!("/gone/{number}");
            self.link(&format!("<a href='{target}'>gone {number}</a>"));
            self.open(&target, Answer::new(if number % 2 == 0 { 410 } else { 404 }));
            self.broken.insert(target);
        }
    }

    fn redirects(&mut self) {
        for (number, status) in [301, 302, 303, 307, 308].into_iter().enumerate() {
            let target = format!("/redirect/{number}");
            self.link(&format!("<a href='{target}'>redirect</a>"));
            let to = if number == 4 { "/arrived".into() } else { format!("{}?#x", number + 1) };
            self.open(&target, Answer::redirect(status, to));
        }
        self.open("/arrived", Answer::html("here"));
        for (from, to) in
            [("/circle/1", "/circle/2"), ("/circle/2", "/circle/1"), ("/self", "self")]
        {
            self.open(from, Answer::redirect(301, to));
            self.link(&format!("<a href='{from}'>a circle</a>"));
            self.broken.insert(from.into());
        }
        for (from, to) in
            [("/scheme", "ftp://127.0.0.1/"), ("/script", "javascript:alert(1)"), ("/nowhere", "")]
        {
            self.open(from, Answer::redirect(302, to));
            self.link(&format!("<a href='{from}'>to another world</a>"));
            self.broken.insert(from.into());
        }
        self.link("<a href='/endless/0'>endless</a><a href='/away'>away</a>");
        self.broken.insert("/endless/0".into());
        for hop in 0..50 {
            let (target, to) = (format!("/endless/{hop}"), (hop + 1).to_string());
            // Ten redirects in a row are followed.
            if hop <= 10 {
                self.open(&target, Answer::redirect(301, to));
            } else {
                self.page(&target, Answer::redirect(301, to));
            }
        }
        // Another host, even if it is the same machine.
        self.open("/away", Answer::redirect(301, "http://localhost:1/"));
    }

    fn robots(&mut self) {
        let robots = "User-agent: *\nDisallow: /\n\nUser-agent: chapter-six-crawl\nDisallow: /private/\n\
                      Allow: /private/open\nDisallow: /*.secret$\nDisallow: /search?*q=\nDisallow: /%7Eme/\n";
        self.page("/robots.txt", Answer::new(200).field("Content-Type", "text/plain").body(robots));
        for target in ["/private/", "/private/1", "/a.secret", "/search?x=1&q=2", "/~me/x"] {
            self.link(&format!("<a href='{target}'>forbidden</a>"));
            self.page(target, Answer::html("<a href=/never/forbidden>x</a>"));
        }
        for target in ["/private/open/1", "/a.secret.html", "/search?x=1", "/~you/x"] {
            self.link(&format!("<a href='{target}'>allowed</a>"));
            self.open(target, Answer::html("fine"));
        }
        self.link("<a href='/to-private'>a redirect to what is forbidden</a>");
        self.open("/to-private", Answer::redirect(301, "/private/1"));
    }

    fn oddities(&mut self) {
        self.link(
            "<a href='mailto:me@example.com'>m</a><a href='javascript:void(0)'>j</a><a href='tel:1'>t</a>\
             <a href='data:text/html,x'>d</a><a href='http://['>b</a><a>n</a><a href='http://example.com/'>off</a>\
             <a rel='nofollow noopener' href=/never/1>n</a><a href=/dead-end>d</a><a href=/header>h</a>\
             <a href=/file.pdf>f</a><a href=/huge>h</a><a href=/copy?of=1>c</a><img src=/never/picture.png>\
             <script>'<a href=/never/script>'</script><!--<a href=/never/comment>--><a href=/text>t</a>\
             <style>/* <a href=/never/style> */</style><map><area href=/area></map><iframe src=/frame></iframe>",
        );
        let nofollow = "<meta name=Robots content='noindex, nofollow'><a href=/never/2>x</a>";
        self.open("/dead-end", Answer::html(nofollow));
        let header = Answer::html("<a href=/never/3>x</a>").field("X-Robots-Tag", "nofollow");
        self.open("/header", header);
        let binary = |media: &str| {
            Answer::new(200)
                .field("Content-Type", media)
                .body("<a href=/never/4>x</a>".repeat(10_000))
        };
        self.open("/file.pdf", binary("application/pdf"));
        self.open("/text", binary("text/plain"));
        let huge = format!(
            "<a href=/huge/first>x</a>{}<a href=/never/last>x</a>",
            "text ".repeat(600_000)
        );
        self.open("/huge", Answer::html(huge));
        self.open("/huge/first", Answer::html("first"));
        self.open(
            "/copy?of=1",
            Answer::html("<link rel=canonical href=/copy><a href=/copy/more>x</a>"),
        );
        self.open("/copy/more", Answer::html("more"));
        self.open("/copy", Answer::html("<link rel=canonical href=/copy>the original"));
        self.open("/area", Answer::html("area"));
        self.open("/frame", Answer::html("<frameset><frame src=/frame/2></frameset>"));
        self.open("/frame/2", Answer::html("frame"));
    }
}

/// A page in one of five encodings, each named in another way.
fn encoded(body: &str, number: usize) -> Answer {
    let answer =
        |media: &str, body: Vec<u8>| Answer::new(200).field("Content-Type", media).body(body);
    let one_byte = |text: &str| text.chars().map(|c| u8::try_from(c).unwrap()).collect::<Vec<_>>();
    match number % 5 {
        0 => Answer::html(body),
        1 => answer("text/html", one_byte(&format!("<meta charset='iso-8859-1'>{body}"))),
        2 => answer("Text/HTML; Charset=\"windows-1252\"", one_byte(body)).chunked(),
        3 => {
            let bytes =
                format!("\u{feff}{body}").encode_utf16().flat_map(u16::to_le_bytes).collect();
            answer("text/html", bytes)
        }
        _ => answer("application/xhtml+xml", body.into()),
    }
}
