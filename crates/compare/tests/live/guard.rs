//! Other pages in the same browser: they may neither read nor control.

use super::{ask, host, page, text};
use compare::live::Wish;

#[test]
fn a_name_that_was_made_to_lead_here_is_refused() {
    let page = page();
    let port = page.addr().port();
    for field in [format!("Host: evil.example:{port}\r\n"), "Host: 127.0.0.1\r\n".into()] {
        for path in ["/", "/events", "/page.js"] {
            let reply = ask(&page, "GET", path, &field, "");
            assert_eq!((reply.status, text(&reply).lines().count()), (403, 1), "{field} {path}");
        }
        assert_eq!(ask(&page, "POST", "/pause", &field, "").status, 403, "{field}");
    }
    let localhost = format!("Host: localhost:{port}\r\n");
    assert_eq!(ask(&page, "GET", "/", &localhost, "").status, 200);
    assert_eq!(page.wish(), Wish::default());
}

#[test]
fn another_page_cannot_control_the_run() {
    let page = page();
    let foreign = [
        "Origin: http://evil.example\r\n",
        "Origin: null\r\n",
        "Origin: http://127.0.0.1:1\r\n",
        "Sec-Fetch-Site: cross-site\r\n",
        "Sec-Fetch-Site: same-site\r\nSec-Fetch-Mode: navigate\r\n",
    ];
    for fields in foreign {
        let fields = host(&page) + fields;
        assert_eq!(ask(&page, "POST", "/pause", &fields, "").status, 403, "{fields}");
    }
    assert_eq!(page.wish(), Wish::default());
    let own =
        format!("{}Origin: http://{}\r\nSec-Fetch-Site: same-origin\r\n", host(&page), page.addr());
    assert_eq!(ask(&page, "POST", "/pause", &own, "").status, 204);
}

#[test]
fn another_page_takes_no_seat() {
    let page = page();
    let fields = host(&page) + "Sec-Fetch-Site: cross-site\r\nSec-Fetch-Mode: cors\r\n";
    assert_eq!(ask(&page, "GET", "/events", &fields, "").status, 403);
}
