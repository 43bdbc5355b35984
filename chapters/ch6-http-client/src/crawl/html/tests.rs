use super::*;

fn page(text: &str) -> Page {
    read(text, &Url::parse("http://a/dir/page").unwrap(), &["sid".into()])
}

fn urls(text: &str) -> Vec<String> {
    page(text).links.into_iter().map(|link| link.url).collect()
}

#[test]
fn where_links_stand() {
    let text = "<!doctype html><title> A &amp;\n <b>page </title><link rel='Canonical x' href=/c><link rel=next href=2>\
                <link rel=stylesheet href=s.css><link rel=dns-prefetch href=//b>\
                <a href=' x?sid=1&y=2#part '>two\n <i>words</i></a><area href=../up><iframe src=f></iframe>\
                <a rel='external nofollow' href=n><img src=i.png alt=Picture></a><a name=here>no</a>\
                <meta http-equiv=Refresh content='3; URL=/later'>\
                <script>'<a href=no>'</script><!-- <a href=no> --><textarea><a href=no></textarea>\
                <noscript><a href=yes></noscript><svg><style><a href=svg></svg><title>no</title>";
    let page = page(text);
    assert_eq!(page.title, "A & <b>page");
    assert_eq!(page.canonical.as_deref(), Some("http://a/c"));
    let found: Vec<_> = page
        .links
        .iter()
        .map(|link| (&link.url[8..], &*link.text, link.asset, link.nofollow))
        .collect();
    assert_eq!(
        found,
        [
            ("/dir/2", "", false, false),
            ("/dir/s.css", "", true, false),
            ("/dir/x?y=2", "two words", false, false),
            ("/up", "", false, false),
            ("/dir/f", "", false, false),
            ("/dir/n", "Picture", false, true),
            ("/dir/i.png", "Picture", true, false),
            ("/later", "", false, false),
            ("/dir/yes", "", false, false),
            ("/dir/svg", "no", false, false),
        ]
    );
}

#[test]
fn a_base_moves_all_links() {
    assert_eq!(
        urls("<a href=x><base href=/other/><base href=/no/><a href=?q>"),
        ["http://a/other/x", "http://a/other/?q"]
    );
    assert_eq!(urls("<base href='data:text/html,x'><a href=x>"), ["http://a/dir/x"]);
    assert_eq!(urls("<a href='mailto:me@a'><a href='http://['>"), ["mailto:me@a", "http://["]);
}

#[test]
fn what_is_too_long_is_not_held() {
    let folder = |length| format!("/{}/", "b".repeat(length));
    let base = format!("<base href='{}'><a href=x>", folder(100_000));
    assert_eq!(urls(&base), ["http://a/dir/x"]);
    // A base that is long in its normal form only.
    let base = format!("<base href='/{}/'><a href=x>", "\u{e9}".repeat(900));
    assert_eq!(urls(&base), ["http://a/dir/x"]);
    let base = format!("<base href='{}'>", folder(LONGEST_URL - 10));
    let long = format!("{base}<link rel=canonical href={0}><a href={0}>", "x".repeat(20));
    let page = page(&long);
    assert_eq!((page.links[0].url.chars().count(), page.canonical), (201, None));
    assert!(page.links[0].url.starts_with("http://a/bbb") && is_cut(&page.links[0].url));
    assert_eq!(urls(&format!("<a href=mailto:{}>", "x".repeat(9_000)))[0].chars().count(), 201);
}

#[test]
fn pages_that_ask_not_to_be_followed() {
    for (content, right) in [("noindex, NoFollow", true), ("none", true), ("follow", false)] {
        assert_eq!(page(&format!("<META NAME=Robots content='{content}'>")).nofollow, right);
    }
}

#[test]
fn hostile_pages_cost_what_they_are_long() {
    assert!(!page(&"<div>".repeat(100_000)).cut);
    let full = page(&"<a href=/x>".repeat(90_000));
    assert_eq!((full.links.len(), full.cut), (MOST_LINKS, true));
    let attributes: String = (0..200_000).map(|number| format!(" a{number}")).collect();
    assert!(page(&format!("<a href=/x{attributes}>")).cut);
    let picture = format!("<img src='data:image/png;base64,{}'><a href=/x>", "A".repeat(1 << 20));
    assert_eq!(page(&picture).links[1].url, "http://a/x");
    assert_eq!(page("<title>").title, "");
    assert_eq!(page(&"<title>\u{20ac}".repeat(5_000)).title.chars().count(), LONGEST_TITLE);
}
