//! Every declared route stands behind its door: what the stand-in's routes are tried with, the real ones are tried with too.

use paystage::io::http::door::Door;
use paystage::io::http::guard::Gate;
use paystage::io::http::limits::Limits;
use paystage::io::http::listen::Listening;
use paystage::io::http::public::declared;
use paystage::io::http::route::{Route, Verb};
use paystage::io::http::server::Server;
use paystage::io::http::site;
use paystage::io::http::token::Token;
use paystage::io::inbox::Clock;
use paystage::io::live::stage;
use paystage::io::outbound::{Outbound, Reach};
use paystage::protocol::time::Span;
use paystage::session::line::Line;
use paystage::world::setup::Setup;

use crate::raw_http::{Answer, ask, say};

/// A server with the real routes, acting in a run of its own.
struct Real {
    _server: Server,
    port: u16,
}

impl Real {
    fn start() -> Self {
        let listening = Listening::bind(0).unwrap();
        let port = listening.port();
        let build = move || {
            let line = Line::new(Setup { latency: Span::ZERO, ..Setup::default() });
            let letterbox = stage::start(line, Clock::Virtual, Outbound::new(Reach::loopback()), None);
            site::front(
                Gate::new(port, Token::fresh().unwrap(), Limits::default()),
                &letterbox,
                &Outbound::new(Reach::loopback()),
            )
        };
        Self { _server: Server::start(listening, build).unwrap(), port }
    }

    fn host(&self) -> String {
        format!("127.0.0.1:{}", self.port)
    }

    /// Asks for a route in its first spelling, with this `Host` and these headers.
    fn ask(&self, route: &Route, host: &str, headers: &[(&str, &str)], body: &str) -> Answer {
        let all = [&[("Host", host)], headers].concat();
        ask(self.port, &line(route), &all, body)
    }
}

/// `POST /verify/`, with something in the place of each parameter.
fn line(route: &Route) -> String {
    let verb = match route.verb {
        Verb::Get => "GET",
        Verb::Post => "POST",
    };
    format!("{verb} {}", path(route))
}

fn path(route: &Route) -> String {
    let spelled = route.spellings().pop().unwrap();
    let parts = spelled.split('/').map(|part| if part.starts_with('{') { "x" } else { part });
    parts.collect::<Vec<_>>().join("/")
}

fn at(door: Door) -> impl Iterator<Item = &'static Route> {
    declared().filter(move |route| route.door == door)
}

#[test]
fn what_the_buyer_alone_may_do_is_behind_the_buyers_door() {
    let paths: Vec<_> = at(Door::Confirm).map(line).collect();
    let expected = [
        "/mozpay/window/x",
        "/mozpay/window/x/confirm",
        "/mozpay/window/x/cancel",
        "/purchases",
        "/purchases/x/receipt",
    ];
    for path in expected {
        assert!(paths.iter().any(|line| line.ends_with(&format!(" {path}"))), "{path} is not in {paths:?}");
    }
    assert!(at(Door::Public).count() > 10);
}

#[test]
fn no_route_answers_to_a_foreign_name() {
    let real = Real::start();
    for route in declared() {
        for host in ["evil.example".to_owned(), format!("evil.example:{}", real.port), "127.0.0.1:1".to_owned()] {
            assert_eq!(real.ask(route, &host, &[], "").status, 421, "{host} at {}", line(route));
        }
        let twice = real.ask(route, &real.host(), &[("Host", "evil.example")], "");
        assert_eq!(twice.status, 400, "{}", line(route));
        let portless = real.ask(route, "127.0.0.1", &[], "").status == 421;
        assert_eq!(portless, route.door != Door::Public, "{}", line(route));
    }
}

#[test]
fn any_page_may_ask_the_public_routes_and_is_told_how() {
    let real = Real::start();
    let foreign = ("Origin", "https://pony.example");
    for route in at(Door::Public) {
        let answer = real.ask(route, &real.host(), &[foreign], "");
        assert!(!answer.header("access-control-allow-origin").is_empty(), "{}: {answer:?}", line(route));
        assert_eq!(answer.header("access-control-allow-credentials"), "");
        let asks = [
            ("Host", real.host()),
            ("Origin", foreign.1.to_owned()),
            ("Access-Control-Request-Method", "POST".to_owned()),
        ];
        let asks: Vec<_> = asks.iter().map(|(name, value)| (*name, value.as_str())).collect();
        let preflight = ask(real.port, &format!("OPTIONS {}", path(route)), &asks, "");
        assert_eq!(preflight.status, 204, "{}: {preflight:?}", line(route));
        let allowed = preflight.header("access-control-allow-methods");
        assert!(allowed.contains(if route.verb == Verb::Get { "get" } else { "post" }), "{}: {allowed}", line(route));
        assert!(preflight.header("access-control-allow-headers").contains("x-fxpay-version"));
    }
}

#[test]
fn no_page_elsewhere_acts_for_the_buyer() {
    let real = Real::start();
    let own = format!("http://{}", real.host());
    for route in at(Door::Confirm) {
        let body = if route.verb == Verb::Post { "{}" } else { "" };
        let json = ("Content-Type", "application/json");
        for foreign in ["https://pony.example", "null", "http://localhost"] {
            let answer = real.ask(route, &real.host(), &[("Origin", foreign), json], body);
            assert_eq!(answer.status, 403, "{foreign} at {}: {answer:?}", line(route));
            assert_eq!(answer.header("access-control-allow-origin"), "");
        }
        let cross = [("Origin", own.as_str()), ("Sec-Fetch-Site", "cross-site"), json];
        assert_eq!(real.ask(route, &real.host(), &cross, body).status, 403, "{}", line(route));
        let answer = real.ask(route, &real.host(), &[("Origin", &own), ("Sec-Fetch-Site", "same-origin"), json], body);
        assert!(![403, 415, 421].contains(&answer.status), "{}: {answer:?}", line(route));
        if route.verb == Verb::Post {
            for kind in ["text/plain", "application/x-www-form-urlencoded"] {
                let answer = real.ask(route, &real.host(), &[("Content-Type", kind)], body);
                assert_eq!(answer.status, 415, "{kind} at {}", line(route));
            }
        }
    }
}

#[test]
fn no_route_reads_more_than_a_receipt() {
    let real = Real::start();
    let long = "x".repeat((16 << 10) + 1);
    for route in declared().filter(|route| route.verb == Verb::Post) {
        let answer = real.ask(route, &real.host(), &[("Content-Type", "application/json")], &long);
        assert_eq!(answer.status, 413, "{}", line(route));
    }
}

#[test]
fn no_route_knows_a_method_that_it_was_not_declared_with() {
    let real = Real::start();
    let json = ("Content-Type", "application/json");
    for route in declared() {
        for method in ["PUT", "DELETE", "PATCH"] {
            let host = real.host();
            let answer = ask(real.port, &format!("{method} {}", path(route)), &[("Host", &host), json], "{}");
            assert_eq!(answer.status, 405, "{method} {}", path(route));
            assert!(!answer.header("allow").is_empty(), "{method} {}", path(route));
        }
    }
}

#[test]
fn no_file_of_the_disk_is_served() {
    let real = Real::start();
    let host = real.host();
    for path in [
        "/etc/passwd",
        "/../etc/passwd",
        "/demo/../../../../etc/passwd",
        "/demo/..%2f..%2f..%2fetc%2fpasswd",
        "/%2e%2e/%2e%2e/etc/passwd",
        "//etc/passwd",
        "/verify/../Cargo.toml",
        "/receipts/..%2F..%2FCargo.toml",
        "/Cargo.toml",
        "/.git/config",
        "/receipts/%00",
        "/receipts/%ff",
    ] {
        let said = say(real.port, format!("GET {path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n"));
        let answer = Answer::first(&said);
        assert!((400..500).contains(&answer.status), "{path}: {answer:?}");
        assert!(!said.contains("root:") && !said.contains("[package]"), "{path}: {said}");
    }
}
