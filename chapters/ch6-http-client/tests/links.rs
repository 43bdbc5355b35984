//! The links that the crawler finds in a page, held against those that scraper finds in it: scraper builds the tree that
//! a browser would build.

use ch6_http_client::crawl::html;
use scraper::{Html, Selector};
use std::io::Write;
use std::time::Instant;

/// Pages are made of these. Each is the beginning, the end or the whole of something, so most pages are broken.
const PIECES: [&str; 44] = [
    "<p>",
    "</p>",
    "<div class='x'>",
    "</div>",
    "<b>",
    "</b>",
    "<i><b>",
    "</i>",
    "<br>",
    "<br/>",
    "<ul><li>",
    "<li>",
    "</ul>",
    "<h1>words",
    "</h1>",
    "some words ",
    "a &lt; b &amp; c ",
    "<",
    "< p>",
    "<!-- a comment with <a href=/comment> -->",
    "<!-->",
    "<!doctype html>",
    "<script>'<a href=/script>' < 3</script>",
    "<style>a { color: red } <a href=/style></style>",
    "<textarea><a href=/textarea></textarea>",
    "<title>a <a href=/title> title</title>",
    "<a href=/bare>",
    "<a href='/single'>",
    "<a href=\"/double\">",
    "<A HREF=/upper>",
    "</a>",
    "</A >",
    "<a\nhref\n=\n/lines>",
    "<a title='>' href=/after>",
    "<a href=/first href=/second>",
    "<a name=here>",
    "<a href=/entity?a=1&amp;b=2&copy=3>",
    "<a href='/a b/&#252;'>",
    "<area href=/area>",
    "<iframe src=/frame></iframe>",
    "<img src=/picture.png>",
    "<a href>",
    "<a href='/unclosed>",
    "<svg><a href=/svg></a></svg>",
];

#[test]
fn the_same_that_scraper_finds() {
    let url = ch6_http_client::url::parse("http://example.com/").unwrap();
    let places = Selector::parse("a[href], area[href], iframe[src], img[src]").unwrap();
    let mut random = fastrand::Rng::with_seed(6);
    let mut found = 0;
    for _ in 0..2_000 {
        let page: String =
            (0..random.usize(1..40)).map(|_| random.choice(PIECES).unwrap()).collect();
        let tree = Html::parse_document(&page);
        let mut wanted: Vec<String> = tree
            .select(&places)
            .filter_map(|place| place.attr("href").or_else(|| place.attr("src")))
            .filter_map(|link| url.join(link.trim()).ok())
            .map(|mut link| {
                link.set_fragment(None);
                link.to_string()
            })
            .collect();
        let mut ours: Vec<String> =
            html::read(&page, &url, &[]).links.into_iter().map(|link| link.url).collect();
        // Where tags overlap, the tree has copies of a link.
        for urls in [&mut wanted, &mut ours] {
            urls.sort();
            urls.dedup();
        }
        assert_eq!(ours, wanted, "{page}");
        found += ours.len();
    }
    assert!(found > 5_000, "{found}");
}

/// `cargo test --release -p ch6-http-client --test links -- --ignored --nocapture`
#[test]
#[ignore = "proves nothing: it prints what a tree costs"]
fn what_a_tree_costs() {
    let url = ch6_http_client::url::parse("http://example.com/").unwrap();
    for depth in [10_000, 20_000, 40_000] {
        let page = "<div>".repeat(depth);
        let begun = Instant::now();
        let nodes = Html::parse_document(&page).tree.nodes().len();
        let tree = begun.elapsed();
        let begun = Instant::now();
        html::read(&page, &url, &[]);
        let tokens = begun.elapsed();
        let _ = writeln!(
            std::io::stderr(),
            "{depth} nested: a tree of {nodes} nodes in {tree:.1?}, its tokens in {tokens:.1?}"
        );
    }
}
