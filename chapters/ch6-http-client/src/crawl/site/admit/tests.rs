use super::*;
use crate::crawl::answer::Answer;
use crate::crawl::flags::Options;
use crate::crawl::normal::bounded;

fn site() -> Site {
    let mut options = Options::new(Url::parse("http://a/").unwrap());
    (options.depth, options.variants) = (2, 2);
    Site::new(&options)
}

fn page(url: &str, links: &[&str]) -> Answer {
    let links = links.iter().map(|url| Link { url: (*url).into(), ..Link::default() });
    Answer {
        url: url.into(),
        status: Some(200),
        charset: Some("UTF-8".into()),
        links: links.collect(),
        ..Answer::default()
    }
}

fn redirect(url: &str, to: &str) -> Answer {
    Answer { url: url.into(), status: Some(301), location: Some(to.into()), ..Answer::default() }
}

fn counts(site: &Site) -> Vec<(Reason, u64)> {
    site.skips.by_reason().iter().map(|(reason, skipped)| (*reason, skipped.count)).collect()
}

#[test]
fn only_what_may_be_asked_for_is_known() {
    let mut site = site();
    let long = format!("http://a/{}", "x".repeat(LONGEST_URL));
    let links = [
        "http://a/1",
        "http://a/1",
        "http://b/",
        "http://a/?1",
        "http://a/?2",
        "http://a/?3",
        "http://a/x/x/x/x",
        &long,
        "mailto:me@a",
        "http://[",
    ];
    assert_eq!(site.waiting(), 1);
    assert!(site.learn(page("http://a/", &links)));
    assert_eq!(site.waiting(), 3);
    let known: Vec<_> = site.known().iter().map(|known| known.url.as_str()).collect();
    assert_eq!(known, ["http://a/", "http://a/1", "http://a/?1", "http://a/?2"]);
    assert_eq!((site.of(1).places_in_all, site.of(1).depth), (2, 1));
    use Reason::{Circular, NoUrl, OffSite, Scheme, TooLong, Variants};
    let all = [OffSite, Variants, Circular, TooLong, Scheme, NoUrl].map(|reason| (reason, 1));
    assert_eq!(counts(&site), all);
    assert!(!site.learn(page("http://a/", &[])), "it was answered before");
    assert!(!site.learn(page("http://a/never", &[])), "nobody asked for it");
    site.leave_out(1, Reason::Robots);
    site.learn(page("http://a/?1", &[]));
    assert_eq!(site.waiting(), 1);
}

#[test]
fn the_beginning_of_a_url_leads_nowhere() {
    let mut site = site();
    let long = bounded(format!("http://a/{}", "x".repeat(LONGEST_URL)));
    let data = bounded(format!("data:{}", "x".repeat(LONGEST_URL)));
    site.learn(page("http://a/", &["http://a/1", &long, &data]));
    site.learn(redirect("http://a/1", &long));
    assert_eq!(counts(&site), [(Reason::TooLong, 1), (Reason::Scheme, 1)]);
    assert_eq!(
        (site.known().len(), site.of(1).answer.as_ref().unwrap().failure.clone()),
        (2, None)
    );
}

#[test]
fn depth_counts_links_and_no_redirects() {
    let mut site = site();
    site.learn(page("http://a/", &["http://a/1"]));
    site.learn(redirect("http://a/1", "http://a/2"));
    site.learn(page("http://a/2", &["http://a/3"]));
    site.learn(page("http://a/3", &["http://a/4"]));
    assert_eq!(site.of(site.find("http://a/3").unwrap()).depth, 2);
    assert_eq!(counts(&site), [(Reason::TooDeep, 1)]);
}

#[test]
fn the_site_is_where_the_start_redirects_to() {
    let mut site = site();
    site.learn(redirect("http://a/", "https://www.a/"));
    site.learn(page("https://www.a/", &["http://a/x", "https://www.a/y", "https://b/"]));
    assert_eq!(site.known().len(), 4);
    site.learn(redirect("http://a/x", "https://b/"));
    assert_eq!(counts(&site), [(Reason::OffSite, 1)]);
}

#[test]
fn another_name_for_a_page_is_a_duplicate_and_read_on_from() {
    let mut site = site();
    site.learn(page("http://a/", &["http://a/1"]));
    let canonical = Some("http://a/2".to_owned());
    site.learn(Answer { canonical, ..page("http://a/1", &["http://a/more"]) });
    assert_eq!(site.of(1).duplicate_of, Some(2));
    assert_eq!((site.find("http://a/more"), site.of(2).depth), (Some(3), 1));
    assert_eq!(site.of(2).places, [(1, "rel=canonical".into())]);
    let canonical = Some("http://a/1".to_owned());
    site.learn(Answer { canonical, ..page("http://a/2", &[]) });
    assert_eq!(site.of(2).duplicate_of, None, "of two that name each other, one is the original");
    let canonical = Some("http://b/".to_owned());
    site.learn(Answer { canonical, ..page("http://a/more", &[]) });
    assert_eq!((site.of(3).duplicate_of, counts(&site)), (None, vec![(Reason::OffSite, 1)]));
}

#[test]
fn redirects_end() {
    let mut site = site();
    site.learn(redirect("http://a/", "http://a/1"));
    for hop in 1..=11 {
        site.learn(redirect(&format!("http://a/{hop}"), &format!("http://a/{}", hop + 1)));
    }
    assert_eq!(site.known().len(), 11);
    let last = site.known().last().unwrap().answer.as_ref().unwrap();
    assert_eq!(last.failure.as_ref().map(|fault| fault.kind()), Some(crate::Kind::Redirects));
}
