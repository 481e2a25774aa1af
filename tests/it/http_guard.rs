//! Nobody gets through a door without what the door asks for: each rule, and the attempts to get around it.

use paystage::io::http::door::Door;

use crate::raw_http::{Answer, ask, say};
use crate::stand_in::StandIn;

const JSON: (&str, &str) = ("Content-Type", "application/json");

type Headers = Vec<(&'static str, String)>;

/// A GET and a POST behind every door, as a program sends them that does everything right.
fn proper(house: &StandIn) -> Vec<(Door, &'static str, Headers)> {
    let json = || ("Content-Type", "application/json".to_owned());
    let token = || ("Authorization", format!("Bearer {}", house.token));
    vec![
        (Door::Public, "GET /status/1", vec![]),
        (Door::Public, "POST /verify", vec![]),
        (Door::Confirm, "GET /purchases", vec![]),
        (Door::Confirm, "POST /confirm", vec![json()]),
        (Door::Control, "GET /control/trace", vec![token()]),
        (Door::Control, "POST /control/command", vec![json(), token()]),
    ]
}

/// Sends each proper request of the doors with `change` made to it: first all headers, then the answer's check.
fn at_each(house: &StandIn, change: impl Fn(&mut Headers), check: impl Fn(Door, &str, &Answer)) {
    for (door, line, headers) in proper(house) {
        let mut all = vec![("Host", house.host())];
        all.extend(headers);
        change(&mut all);
        let headers: Vec<_> = all.iter().map(|(name, value)| (*name, value.as_str())).collect();
        let body = if line.starts_with("POST") { "{}" } else { "" };
        check(door, line, &ask(house.port, line, &headers, body));
    }
}

/// Replaces the `Host`.
fn named(host: String) -> impl Fn(&mut Headers) {
    move |headers| headers.iter_mut().filter(|(name, _)| *name == "Host").for_each(|(_, value)| value.clone_from(&host))
}

fn and(name: &'static str, value: impl Into<String>) -> impl Fn(&mut Headers) {
    let value = value.into();
    move |headers| headers.push((name, value.clone()))
}

fn all_pass(door: Door, line: &str, answer: &Answer) {
    assert_eq!(answer.status, 200, "{door:?} {line}: {answer:?}");
}

#[test]
fn a_proper_request_gets_in_at_every_door() {
    let house = StandIn::start("proper");
    at_each(&house, |_| {}, all_pass);
    assert_eq!(house.reached(), 6);
}

#[test]
fn every_name_of_this_machine_gets_in_at_every_door() {
    let house = StandIn::start("names");
    for name in ["127.0.0.1", "localhost", "[::1]", "LOCALHOST"] {
        at_each(&house, named(format!("{name}:{}", house.port)), all_pass);
    }
}

#[test]
fn a_foreign_host_is_misdirected_at_every_door_and_where_no_route_is() {
    let house = StandIn::start("foreign");
    let port = house.port;
    let mut foreign: Vec<String> = ["evil.example", "127.0.0.1.evil.example", "localhost.evil.example", "xlocalhost"]
        .iter()
        .flat_map(|name| [(*name).to_owned(), format!("{name}:{port}")])
        .collect();
    foreign.extend(["127.0.0.2", "0.0.0.0", "[::]", "[::ffff:127.0.0.1]", "2130706433", "localhost.", "::1", ""].map(
        |name| {
            if name.is_empty() { String::new() } else { format!("{name}:{port}") }
        },
    ));
    foreign.extend([format!("localhost:{}", port ^ 1), "localhost:".to_owned(), format!("localhost:0{port}")]);
    foreign.extend([format!("evil.example@localhost:{port}"), format!("localhost:{port}@evil.example")]);
    foreign.extend([format!("localhost:{port}, evil.example"), format!("localhost :{port}"), "\u{1f434}".to_owned()]);
    for host in foreign {
        at_each(&house, named(host.clone()), |door, line, answer| {
            assert_eq!(answer.status, 421, "{host:?} at {door:?} {line}: {answer:?}");
        });
        assert_eq!(ask(port, "GET /nowhere", &[("Host", &host)], "").status, 421, "{host:?}");
    }
    assert_eq!(house.reached(), 0);
    assert_eq!(house.ask("GET /nowhere", &[], "").status, 404);
}

#[test]
fn a_host_without_a_port_gets_in_where_historic_clients_ask_and_nowhere_else() {
    let house = StandIn::start("portless");
    for name in ["127.0.0.1", "localhost", "[::1]"] {
        at_each(&house, named(name.to_owned()), |door, line, answer| {
            let expected = if door == Door::Public { 200 } else { 421 };
            assert_eq!(answer.status, expected, "{name} at {line}: {answer:?}");
        });
    }
    assert_eq!(house.reached(), 6);
}

#[test]
fn a_request_has_exactly_one_host() {
    let house = StandIn::start("hosts");
    let host = house.host();
    at_each(
        &house,
        |headers| headers.retain(|(name, _)| *name != "Host"),
        |_, line, answer| {
            assert_eq!(answer.status, 400, "{line}: {answer:?}");
        },
    );
    for second in [host.as_str(), "evil.example", ""] {
        at_each(&house, and("Host", second), |_, line, answer| assert_eq!(answer.status, 400, "{line}: {answer:?}"));
        at_each(
            &house,
            |headers| headers.insert(0, ("host", second.to_owned())),
            |_, line, answer| {
                assert_eq!(answer.status, 400, "{line}: {answer:?}");
            },
        );
    }
    assert_eq!(Answer::first(&say(house.port, "GET /status/1 HTTP/1.0\r\n\r\n")).status, 400);
    assert_eq!(house.reached(), 0);
    assert_eq!(Answer::first(&say(house.port, format!("GET /status/1 HTTP/1.0\r\nHost: {host}\r\n\r\n"))).status, 200);
}

#[test]
fn an_absolute_target_must_name_this_server_too() {
    let house = StandIn::start("absolute");
    let host = house.host();
    for (target, status) in [
        (format!("http://{host}/status/1"), 200),
        (format!("http://evil.example:{}/status/1", house.port), 421),
        ("http://evil.example/status/1".to_owned(), 421),
        (format!("http://evil.example@{host}/status/1"), 421),
    ] {
        assert_eq!(ask(house.port, &format!("GET {target}"), &[("Host", &host)], "").status, status, "{target}");
    }
    // And it does not make up for a Host that is wrong.
    let target = format!("GET http://{host}/status/1");
    assert_eq!(ask(house.port, &target, &[("Host", "evil.example")], "").status, 421);
}

#[test]
fn pages_elsewhere_get_in_at_the_public_door_only() {
    let house = StandIn::start("origins");
    let port = house.port;
    let foreign = [
        "https://evil.example".to_owned(),
        "null".to_owned(),
        "http://127.0.0.1".to_owned(),
        format!("http://127.0.0.1:{}", port ^ 1),
        format!("https://127.0.0.1:{port}"),
        // Ours by another name: still not the page's own origin.
        format!("http://localhost:{port}"),
        format!("http://127.0.0.1:{port}.evil.example"),
        format!("http://127.0.0.1:{port}/"),
        String::new(),
    ];
    for origin in foreign {
        at_each(&house, and("Origin", origin.clone()), |door, line, answer| match door {
            Door::Public => assert_eq!(answer.status, 200, "{origin} at {line}"),
            Door::Confirm | Door::Control => assert_eq!(answer.status, 403, "{origin:?} at {line}: {answer:?}"),
        });
        // A good one beside it does not help.
        let own = format!("http://{}", house.host());
        at_each(
            &house,
            |headers| headers.extend([("Origin", own.clone()), ("Origin", origin.clone())]),
            |door, line, answer| {
                assert!(door == Door::Public || answer.status == 403, "{origin} at {line}: {answer:?}");
            },
        );
    }
    at_each(&house, and("Origin", format!("http://{}", house.host())), all_pass);
}

#[test]
fn what_a_browser_says_about_the_asking_site_is_believed() {
    let house = StandIn::start("sites");
    for site in ["cross-site", "same-site", "Same-Origin", "same-origin, cross-site", ""] {
        at_each(&house, and("Sec-Fetch-Site", site), |door, line, answer| match door {
            Door::Public => assert_eq!(answer.status, 200, "{site} at {line}"),
            Door::Confirm | Door::Control => assert_eq!(answer.status, 403, "{site:?} at {line}: {answer:?}"),
        });
    }
    for site in ["same-origin", "none"] {
        at_each(&house, and("Sec-Fetch-Site", site), all_pass);
    }
}

#[test]
fn a_link_elsewhere_may_lead_to_a_page_of_ours_and_to_nothing_else() {
    let house = StandIn::start("links");
    let visit = |mode, dest| [("Sec-Fetch-Site", "cross-site"), ("Sec-Fetch-Mode", mode), ("Sec-Fetch-Dest", dest)];
    assert_eq!(house.ask("GET /purchases", &visit("navigate", "document"), "").status, 200);
    for (mode, dest) in [("navigate", "iframe"), ("no-cors", "document"), ("no-cors", "image"), ("cors", "empty")] {
        assert_eq!(house.ask("GET /purchases", &visit(mode, dest), "").status, 403, "{mode} {dest}");
    }
    let mut form = visit("navigate", "document").to_vec();
    form.push(JSON);
    assert_eq!(house.ask("POST /confirm", &form, "{}").status, 403);
    assert_eq!(house.reached(), 1);
}

#[test]
fn what_a_form_can_send_changes_nothing_private() {
    let house = StandIn::start("forms");
    let kinds = [
        "application/x-www-form-urlencoded",
        "multipart/form-data; boundary=x",
        "text/plain",
        "text/plain; application/json",
        "application/json+x",
        "application/json; charset=latin1",
        "application/json, text/plain",
        "x/application/json",
        "",
    ];
    let unnamed = |headers: &mut Headers| headers.retain(|(name, _)| *name != "Content-Type");
    let check = |kind: &str, door, line: &str, answer: &Answer| {
        let is_refused = door != Door::Public && line.starts_with("POST");
        assert_eq!(answer.status, if is_refused { 415 } else { 200 }, "{kind:?} at {line}: {answer:?}");
    };
    for kind in kinds {
        let renamed = |headers: &mut Headers| {
            unnamed(headers);
            headers.push(("Content-Type", kind.to_owned()));
        };
        at_each(&house, renamed, |door, line, answer| check(kind, door, line, answer));
        // JSON said twice, or said once and something else once, is not JSON.
        at_each(&house, and("Content-Type", kind), |door, line, answer| {
            assert!(door != Door::Confirm || !line.starts_with("POST") || answer.status == 415, "{kind} at {line}");
        });
    }
    at_each(&house, unnamed, |door, line, answer| check("", door, line, answer));
    for kind in ["application/json;charset=utf-8", "Application/JSON; charset=UTF-8"] {
        let renamed = |headers: &mut Headers| {
            unnamed(headers);
            headers.push(("Content-Type", kind.to_owned()));
        };
        at_each(&house, renamed, all_pass);
    }
}

#[test]
fn an_empty_body_needs_no_name_unless_a_page_sends_it() {
    let house = StandIn::start("empty");
    let own = format!("http://{}", house.host());
    assert_eq!(house.ask("POST /confirm", &[], "").status, 200);
    assert_eq!(house.ask("POST /confirm", &[("Content-Length", "0")], "").status, 200);
    assert_eq!(house.ask("POST /confirm", &[("Origin", &own)], "").status, 415);
    assert_eq!(house.ask("POST /confirm", &[("Origin", &own), JSON], "{}").status, 200);
}

#[test]
fn control_opens_to_the_token_of_this_start_and_to_nothing_else() {
    let house = StandIn::start("token");
    let (token, line) = (house.token.clone(), "GET /control/trace");
    assert_eq!(token.len(), 64);
    let last = if token.ends_with('0') { "1" } else { "0" };
    let wrong = [
        format!("Bearer {}", token.get(..63).unwrap()),
        format!("Bearer {token}0"),
        format!("Bearer {}{last}", token.get(..63).unwrap()),
        format!("Bearer {}", token.to_ascii_uppercase().replace(|c: char| c.is_ascii_digit(), "A")),
        format!("Bearer  {token}"),
        format!("Bearer {token},{token}"),
        format!("Basic {token}"),
        format!("Bearer{token}"),
        "Bearer ".to_owned(),
        "Bearer".to_owned(),
        token.clone(),
        String::new(),
        "\u{1f434}\u{1f434}\u{1f434}".to_owned(),
    ];
    for said in wrong {
        let answer = house.ask(line, &[("Authorization", &said)], "");
        assert_eq!(answer.status, 401, "{said}: {answer:?}");
        assert_eq!(answer.header("www-authenticate"), "bearer");
        assert!(!answer.body.contains(token.get(..16).unwrap()), "{answer:?}");
    }
    let right = format!("Bearer {token}");
    let bearing = [("Authorization", right.as_str())];
    assert_eq!(house.ask(line, &[bearing, bearing].concat(), "").status, 401, "twice");
    for smuggled in [format!("{line}?token={token}"), format!("{line}?access_token={token}")] {
        assert_eq!(house.ask(&smuggled, &[], "").status, 401, "{smuggled}");
    }
    assert_eq!(house.ask(line, &[("Cookie", &format!("token={token}; Authorization=Bearer {token}"))], "").status, 401);
    assert_eq!(house.reached(), 0);
    assert_eq!(house.ask(line, &bearing, "").status, 200);
    assert_eq!(house.ask(line, &[("authorization", &format!("bEARER {token}"))], "").status, 200);
}

#[test]
fn a_token_opens_one_server_only() {
    let (house, other) = (StandIn::start("one"), StandIn::start("another"));
    assert_ne!(house.token, other.token);
    let right = format!("Bearer {}", house.token);
    assert_eq!(house.ask("GET /control/trace", &[("Authorization", &right)], "").status, 200);
    assert_eq!(other.ask("GET /control/trace", &[("Authorization", &right)], "").status, 401);
}

#[test]
fn any_page_may_read_public_answers_and_no_page_reads_the_others() {
    let house = StandIn::start("cors");
    for origin in ["https://pony.example", "null"] {
        let answer =
            house.ask("POST /verify", &[("Origin", origin), ("Content-Type", "text/plain;charset=UTF-8")], "x");
        assert_eq!((answer.status, answer.header("access-control-allow-origin")), (200, origin.to_owned()));
        assert_eq!(answer.header("vary"), "origin");
        assert_eq!(answer.header("access-control-allow-credentials"), "");
    }
    assert_eq!(house.ask("POST /verify", &[], "x").header("vary"), "origin");
    let own = format!("http://{}", house.host());
    at_each(&house, and("Origin", own), |door, line, answer| {
        assert_eq!(answer.header("access-control-allow-origin").is_empty(), door != Door::Public, "{line}");
        assert_eq!(answer.header("access-control-allow-credentials"), "", "{line}");
    });
}

#[test]
fn a_preflight_is_told_what_a_public_route_takes() {
    let house = StandIn::start("preflight");
    let asks = |method| {
        [
            ("Origin", "https://pony.example"),
            ("Access-Control-Request-Method", method),
            ("Access-Control-Request-Headers", "x-fxpay-version"),
        ]
    };
    for (path, method, allowed) in [("/verify", "POST", "post"), ("/status/1", "GET", "get,head")] {
        let answer = house.ask(&format!("OPTIONS {path}"), &asks(method), "");
        assert_eq!((answer.status, answer.body.as_str()), (204, ""), "{path}: {answer:?}");
        assert_eq!(answer.header("access-control-allow-origin"), "https://pony.example");
        assert_eq!(answer.header("access-control-allow-methods"), allowed);
        assert_eq!(answer.header("access-control-allow-headers"), "accept, content-type, x-fxpay-version");
        assert_eq!(answer.header("access-control-allow-credentials"), "");
    }
    for line in ["OPTIONS /confirm", "OPTIONS /control/command"] {
        let answer = house.ask(line, &asks("POST"), "");
        assert_eq!((answer.status, answer.header("access-control-allow-origin")), (403, String::new()), "{line}");
    }
    assert_eq!(house.ask("OPTIONS /confirm", &[JSON], "").status, 405);
    assert_eq!(house.ask("OPTIONS /nowhere", &asks("POST"), "").status, 404);
    assert_eq!(house.reached(), 0);
}

#[test]
fn a_method_that_a_route_does_not_know_is_told_which_it_knows() {
    let house = StandIn::start("methods");
    for method in ["GET", "PUT", "DELETE", "PATCH", "TRACE", "BREW"] {
        let answer = house.ask(&format!("{method} /verify"), &[], "");
        assert_eq!((answer.status, answer.header("allow")), (405, "post".to_owned()), "{method}");
    }
    let connect = ask(house.port, &format!("CONNECT {}", house.host()), &[("Host", &house.host())], "");
    assert!([400, 404, 405].contains(&connect.status), "{connect:?}");
    assert_eq!(house.reached(), 0);
}

#[test]
fn every_answer_is_what_it_says_and_is_kept_by_nobody() {
    let house = StandIn::start("dress");
    let answers = [
        house.ask("POST /verify", &[], "x"),
        house.ask("GET /nowhere", &[], ""),
        house.ask("GET /control/trace", &[], ""),
        house.ask("POST /confirm", &[("Origin", "null")], "x"),
        ask(house.port, "GET /status/1", &[("Host", "evil.example")], ""),
    ];
    for answer in answers {
        assert_eq!(answer.header("x-content-type-options"), "nosniff", "{answer:?}");
        assert_eq!(answer.header("cache-control"), "no-store", "{answer:?}");
        assert_eq!(answer.header("cross-origin-opener-policy"), "", "{answer:?}");
        assert_eq!(answer.header("set-cookie"), "", "{answer:?}");
    }
}

#[test]
fn a_refusal_says_in_json_what_to_do() {
    let house = StandIn::start("sentences");
    let answer = ask(house.port, "GET /status/1", &[("Host", "evil.example\"<b>")], "");
    let json: serde_json::Value = serde_json::from_str(&answer.body).unwrap();
    let port = house.port;
    let sentence =
        format!("this server answers to 127.0.0.1, localhost and [::1] on port {port} only, not to evil.example\"<b>");
    assert_eq!(json, serde_json::json!({ "error": sentence, "error_code": "HOST_FOREIGN" }));
    assert_eq!(answer.header("content-type"), "application/json");
    let long = "x".repeat(10_000);
    assert!(ask(port, "GET /status/1", &[("Host", &long)], "").body.len() < 300);
}
