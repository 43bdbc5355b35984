use super::*;

#[test]
fn the_longest_rule_counts() {
    let rules = Rules::parse(
        b"\xef\xbb\xbfUser-agent: *\nDisallow: /shop\nAllow: /shop/open\nDisallow: /*.pdf$\nDisallow: /a*b*c\n\
          Disallow: /%7Eme\nDisallow: /tie\nAllow: /tie\nDisallow:\n",
    );
    for (path, right) in [
        ("/", true),
        ("/shop", false),
        ("/shopping", false),
        ("/shop/open/1", true),
        ("/x.pdf", false),
        ("/x.pdf?page=2", true),
        ("/abc", false),
        ("/a1b2c3", false),
        ("/acb", true),
        ("/~me", false),
        ("/tie", true),
    ] {
        assert_eq!(rules.allow(path), right, "{path}");
    }
}

#[test]
fn the_group_that_names_us_counts_alone() {
    let file = b"user-agent: other\nuser-agent: *\ndisallow: /\n\nuser-agent: Chapter-Six-Crawl/1.0\ncrawl-delay: 2.5\n\
                 disallow: /x\n\nuser-agent: chapter-six-crawl\ndisallow: /y\n";
    let rules = Rules::parse(file);
    assert!(rules.allow("/") && !rules.allow("/x") && !rules.allow("/y"));
    assert_eq!(rules.delay, Some(Duration::from_millis(2500)));
}

#[test]
fn a_delay_is_bounded() {
    for (value, right) in
        [("1e9", Some(LONGEST_DELAY)), ("-1", None), ("NaN", None), ("soon", None)]
    {
        let file = format!("User-agent: *\nCrawl-delay: {value}\n");
        assert_eq!(Rules::parse(file.as_bytes()).delay, right, "{value}");
    }
}

#[test]
fn no_file_is_too_strange() {
    let long = "Disallow: /\u{e9}".to_owned() + &"\u{20ac}".repeat(20_000);
    for file in [
        long.as_bytes(),
        b"\xff\xfe\0\0",
        &b"*".repeat(LONGEST + 1),
        b"User-agent: *\nDisallow: /%\n",
    ] {
        assert!(Rules::parse(file).allow("/x"));
    }
}

/// What the RFC says, word by word and without a thought for time.
fn matches_slowly(pattern: &[u8], path: &[u8]) -> bool {
    match (pattern, path) {
        ([], _) | ([b'$'], []) => true,
        ([b'$'], _) => false,
        ([b'*', rest @ ..], _) => {
            (0..=path.len()).any(|skipped| matches_slowly(rest, &path[skipped..]))
        }
        ([first, rest @ ..], [byte, after @ ..]) => first == byte && matches_slowly(rest, after),
        (_, []) => false,
    }
}

#[test]
fn every_short_pattern_matches_what_it_should() {
    let mut patterns = vec![String::new()];
    let mut shorter = 0..1;
    for _ in 0..4 {
        for at in shorter.clone() {
            let begun = patterns[at].clone();
            patterns.extend(["a", "b", "*", "$", "/"].map(|letter| begun.clone() + letter));
        }
        shorter = shorter.end..patterns.len();
    }
    for pattern in patterns {
        let file = format!("User-agent: *\nDisallow: /{pattern}\n");
        let rules = Rules::parse(file.as_bytes());
        for path in ["/", "/a", "/b", "/ab", "/aab", "/abab", "/a/b", "/ba", "/a$", "/aa", "/abba"]
        {
            let right = !matches_slowly(format!("/{pattern}").as_bytes(), path.as_bytes());
            assert_eq!(rules.allow(path), right, "/{pattern} and {path}");
        }
    }
}
