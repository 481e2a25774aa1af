//! No client can hold the server up: too long, too many, too slow, framed twice, never read.

use std::net::{Ipv4Addr, TcpStream};
use std::time::{Duration, Instant};

use paystage::io::http::limits::Limits;

use crate::raw_http::{Answer, Raw, ask, say};
use crate::stand_in::StandIn;

const SHORT: Duration = Duration::from_millis(150);

/// Limits that a test can wait for.
fn short() -> Limits {
    Limits { head_time: SHORT, body_time: SHORT, stall_time: SHORT, farewell_time: SHORT, ..Limits::default() }
}

fn head(house: &StandIn, line: &str, rest: &str) -> String {
    format!("{line} HTTP/1.1\r\nHost: {}\r\n{rest}", house.host())
}

fn status(text: &str) -> u16 {
    Answer::first(text).status
}

/// How many answers begin in `text`.
fn answers(text: &str) -> usize {
    text.matches("HTTP/1.1 ").count()
}

/// The server still serves, whatever was done to it before.
fn is_well(house: &StandIn) {
    assert_eq!(house.ask("POST /verify", &[], "x").status, 200);
}

#[test]
fn the_limits_are_those_that_were_promised() {
    let limits = Limits::default();
    assert_eq!((limits.head_time.as_secs(), limits.body_time.as_secs()), (5, 10));
    assert_eq!((limits.head_lines_max, limits.head_bytes_max), (64, 32 << 10));
    assert_eq!(limits.in_service_max, 256);
    assert!(limits.connections_max > limits.in_service_max);
}

#[test]
fn a_head_of_too_many_lines_or_bytes_is_refused() {
    let house = StandIn::start("heads");
    let lines = |count| "A: b\r\n".repeat(count);
    // Host and Connection are lines as well.
    assert_eq!(
        status(&say(house.port, head(&house, "GET /status/1", &format!("{}Connection: close\r\n\r\n", lines(62))))),
        200
    );
    for count in [63, 99, 101] {
        let asked = head(&house, "GET /status/1", &format!("{}Connection: close\r\n\r\n", lines(count)));
        assert_eq!(status(&say(house.port, asked)), 431, "{count} more lines");
    }
    let long = |bytes| head(&house, "GET /status/1", &format!("A: {}\r\nConnection: close\r\n\r\n", "b".repeat(bytes)));
    assert_eq!(status(&say(house.port, long(16 << 10))), 200);
    // Of a megabyte the answer may be lost behind what nobody reads; the request is not served either way.
    for bytes in [64 << 10, 1 << 20] {
        let said = say(house.port, long(bytes));
        assert!(said.is_empty() || status(&said) == 431, "{bytes}: {said}");
    }
    // Sent at once or in two, it is served up to the limit and not beyond.
    let limit = Limits::default().head_bytes_max;
    let short = long(0).len();
    for (length, served) in [(limit, 200), (limit + 1, 431), (limit + 1000, 431), (limit + (20 << 10), 431)] {
        let asked = long(length - short);
        assert_eq!(asked.len(), length);
        assert_eq!(status(&say(house.port, &asked)), served, "{length} at once");
        let mut raw = Raw::connect(house.port);
        let (first, second) = asked.split_at(length / 2);
        raw.send(first);
        raw.send(second);
        assert_eq!(status(&raw.rest()), served, "{length} in two");
    }
    let target = format!("GET /status/{}", "x".repeat(64 << 10));
    let said = say(house.port, head(&house, &target, "\r\n"));
    assert!(said.is_empty() || [414, 431].contains(&status(&said)), "{said}");
    assert_eq!(house.reached(), 4);
    is_well(&house);
}

#[test]
fn a_head_that_does_not_end_is_not_waited_for() {
    let house = StandIn::with("slow-heads", short());
    let whole = head(&house, "GET /status/1", "");
    for begun in ["", "G", "GET /status/1 HTTP/1.1\r\n", whole.as_str()] {
        let started = Instant::now();
        let said = say(house.port, begun);
        assert!(said.is_empty() || status(&said) == 408, "{begun:?}: {said}");
        assert!(started.elapsed() >= SHORT, "{begun:?} was cut off early");
    }
    // A line now and then gains no time: the clock is for the whole head.
    let mut raw = Raw::connect(house.port);
    let started = Instant::now();
    raw.send(whole.as_bytes());
    while started.elapsed() < SHORT * 2 && raw.is_open() {
        raw.send("A: b\r\n");
    }
    raw.send("\r\n");
    let said = raw.rest();
    assert!(said.is_empty() || [408, 431].contains(&status(&said)), "{said}");
    assert_eq!(house.reached(), 0);
    is_well(&house);
}

#[test]
fn a_connection_that_asks_nothing_more_is_closed_and_said_so_before() {
    let house = StandIn::with("idle", Limits { head_time: Duration::from_secs(1), ..short() });
    let mut raw = Raw::connect(house.port);
    raw.send(head(&house, "GET /status/1", "\r\n"));
    let said = raw.rest();
    assert_eq!((status(&said), answers(&said)), (200, 1));
    assert_eq!(Answer::first(&said).header("keep-alive"), "timeout=1");
}

#[test]
fn a_body_that_does_not_arrive_is_not_waited_for() {
    let house = StandIn::with("slow-bodies", short());
    for framing in
        ["Content-Length: 10\r\n\r\nabc", "Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n", "Content-Length: 1\r\n\r\n"]
    {
        let started = Instant::now();
        let said = say(house.port, head(&house, "POST /verify", framing));
        assert_eq!(status(&said), 408, "{said}");
        assert!(started.elapsed() >= SHORT);
    }
    assert_eq!(house.reached(), 0);
    is_well(&house);
}

#[test]
fn a_body_is_read_up_to_the_limit_of_its_door_and_no_further() {
    let house = StandIn::start("bodies");
    let receipts_max = 16 << 10;
    assert_eq!(house.ask("POST /verify", &[], &"x".repeat(receipts_max)).body, format!("verified {receipts_max}"));
    assert_eq!(house.ask("POST /verify", &[], &"x".repeat(receipts_max + 1)).status, 413);
    let token = format!("Bearer {}", house.token);
    let control = [("Authorization", token.as_str()), ("Content-Type", "application/json")];
    let scenario = "x".repeat(1 << 20);
    assert_eq!(house.ask("POST /control/command", &control, &scenario).body, format!("commanded {}", 1 << 20));
    let said = say(
        house.port,
        head(&house, "POST /verify", &format!("Content-Length: {}\r\n\r\n{}", 3 << 20, "x".repeat(3 << 20))),
    );
    assert_eq!(status(&said), 413, "who sends all the same gets to read why it was for nothing");
    // What is announced is refused although none of it is sent.
    assert_eq!(status(&say(house.port, head(&house, "POST /verify", "Content-Length: 3145728\r\n\r\n"))), 413);
    let beyond = say(house.port, head(&house, "POST /verify", "Content-Length: 18446744073709551615\r\n\r\n"));
    assert!([413, 431].contains(&status(&beyond)), "{beyond}");
    // What is not announced is counted as it comes.
    let chunk = format!("{:x}\r\n{}\r\n", receipts_max, "x".repeat(receipts_max));
    let chunked = |chunks: &str| head(&house, "POST /verify", &format!("Transfer-Encoding: chunked\r\n\r\n{chunks}"));
    assert_eq!(status(&say(house.port, chunked(&format!("{chunk}0\r\n\r\n")))), 200);
    assert_eq!(status(&say(house.port, chunked(&format!("{chunk}1\r\nx\r\n0\r\n\r\n")))), 413);
    assert_eq!(house.reached(), 3);
}

#[test]
fn nobody_who_knocks_in_vain_has_a_megabyte_read() {
    let house = StandIn::start("in-vain");
    for headers in [vec![], vec![("Authorization", "Bearer 0")]] {
        let mut all = vec![("Content-Type", "application/json"), ("Content-Length", "1048576")];
        all.extend(headers);
        assert_eq!(house.ask("POST /control/command", &all, "").status, 401);
    }
}

#[test]
fn a_body_framed_twice_hides_no_second_request() {
    let house = StandIn::start("smuggling");
    let hidden = head(&house, "GET /status/hidden", "\r\n");
    let both = [
        format!("Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n{hidden}"),
        format!("Transfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\n{hidden}"),
        format!("Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n{hidden}"),
    ];
    for framing in both {
        let said = say(house.port, head(&house, "POST /verify", &framing));
        assert_eq!(answers(&said), 1, "{said}");
        assert!(!said.contains("status 0"), "{said}");
    }
    let refused = [
        "Content-Length: 1\r\nContent-Length: 2\r\n\r\nxx",
        "Content-Length: 1, 2\r\n\r\nxx",
        "Content-Length: -1\r\n\r\nx",
        "Content-Length: +1\r\n\r\nx",
        "Content-Length: 0x1\r\n\r\nx",
        "Content-Length: 18446744073709551616\r\n\r\nx",
        "Transfer-Encoding: gzip\r\n\r\nx",
        "Transfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n",
        "Transfer-Encoding : chunked\r\n\r\n0\r\n\r\n",
        "Transfer-Encoding: chunked\r\n\r\nfffffffffffffffff\r\n",
        "Transfer-Encoding: chunked\r\n\r\nzz\r\n",
        "A: b\r\n folded\r\n\r\n",
        "A b\r\n\r\n",
        "A: b\0c\r\n\r\n",
    ];
    for framing in refused {
        let said = say(house.port, head(&house, "POST /verify", framing));
        assert_eq!(status(&said), 400, "{framing:?}: {said}");
    }
    assert_eq!(house.reached(), 3, "only what was framed by chunks");
    is_well(&house);
}

#[test]
fn requests_in_a_row_are_answered_in_their_order() {
    let house = StandIn::start("pipeline");
    let row: String = (0..20)
        .map(|n| head(&house, "POST /verify", &format!("Content-Length: {n}\r\n\r\n{}", "x".repeat(n))))
        .collect();
    let last = head(&house, "GET /status/1", "Connection: close\r\n\r\n");
    let said = say(house.port, row + &last);
    let bodies: Vec<_> = said.split("\r\n\r\n").skip(1).map(|rest| rest.split("HTTP/1.1").next().unwrap()).collect();
    let expected: Vec<_> = (0..20).map(|n| format!("verified {n}")).chain(["status 0".to_owned()]).collect();
    assert_eq!(bodies, expected);
    // A refusal in the row ends it: nothing behind a bad request is served.
    let bad = "GET /status/1 HTTP/1.1\r\nHost: evil.example\r\n\r\n";
    let said = say(house.port, format!("{bad}{last}"));
    assert_eq!((status(&said), answers(&said)), (421, 1), "{said}");
}

#[test]
fn no_connection_becomes_something_else() {
    let house = StandIn::start("upgrades");
    for upgrade in ["websocket", "h2c", "TLS/1.0"] {
        let said = house.ask("GET /status/1", &[("Upgrade", upgrade), ("Connection", "Upgrade")], "");
        assert_eq!((said.status, said.body.as_str()), (200, "status 0"), "{upgrade}");
    }
    let preface = say(house.port, "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n");
    assert!(preface.is_empty() || status(&preface) == 400, "{preface}");
    let hello = say(house.port, b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n");
    assert!(hello.is_empty() || status(&hello) == 400, "{hello}");
    assert_eq!(status(&say(house.port, head(&house, "OPTIONS *", "Connection: close\r\n\r\n"))), 404);
    is_well(&house);
}

#[test]
fn an_answer_that_nobody_reads_is_given_up() {
    let house = StandIn::with("stall", short());
    let mut raw = Raw::connect(house.port);
    raw.send(head(&house, "GET /long", "\r\n"));
    raw.until("\r\n\r\n");
    // Not reading on: the server's side must end by itself, which shows as an answer that is cut short.
    raw.until_hung_up();
    let rest = raw.rest();
    assert!(rest.len() < 64 << 20, "all of it came");
    is_well(&house);
}

#[test]
fn half_open_connections_end_in_time_while_others_are_served() {
    let house = StandIn::with("half-open", Limits { head_time: Duration::from_secs(1), ..Limits::default() });
    let started = Instant::now();
    let half_open: Vec<Raw> = (0..300)
        .map(|n| {
            let mut raw = Raw::connect(house.port);
            raw.send(if n % 2 == 0 { "POST /verify HTTP/1.1\r\n" } else { "" });
            raw
        })
        .collect();
    for _ in 0..20 {
        is_well(&house);
    }
    for mut raw in half_open {
        let said = raw.rest();
        assert!(said.is_empty() || status(&said) == 408, "{said}");
    }
    assert!(started.elapsed() < Duration::from_secs(6), "{:?}", started.elapsed());
}

#[test]
fn the_oldest_who_asked_nothing_makes_room_when_all_places_are_taken() {
    let house = StandIn::with("crowded", Limits { connections_max: 10, ..Limits::default() });
    let mut asked = Raw::connect(house.port);
    asked.send(head(&house, "GET /status/1", "\r\n"));
    asked.until("status 0");
    let mut silent: Vec<Raw> = (0..9).map(|_| Raw::connect(house.port)).collect();
    is_well(&house);
    // The oldest silent one had to go; who had asked something stayed.
    assert_eq!(silent.remove(0).rest(), "");
    asked.send(head(&house, "GET /status/1", "Connection: close\r\n\r\n"));
    assert_eq!(status(&asked.rest()), 200);
    // A flood of silent ones costs a client that asks nothing but its own short turn.
    for _ in 0..100 {
        silent.push(Raw::connect(house.port));
    }
    is_well(&house);
}

#[test]
fn who_is_being_served_is_never_put_out_for_a_newcomer() {
    let house = StandIn::with("served", Limits { connections_max: 3, ..Limits::default() });
    let mut held: Vec<Raw> = (0..3).map(|_| Raw::connect(house.port)).collect();
    for raw in &mut held {
        raw.send(head(&house, "GET /hold", "Connection: close\r\n\r\n"));
    }
    house.wait_until_reached(3);
    assert_eq!(say(house.port, head(&house, "GET /status/1", "\r\n")), "", "there was no place");
    for mut raw in held {
        house.release.notify_one();
        assert!(raw.rest().ends_with("released"));
    }
    is_well(&house);
}

#[test]
fn requests_beyond_those_in_service_wait_for_their_turn_at_their_own_door() {
    let house = StandIn::with("turns", Limits { in_service_max: 2, ..Limits::default() });
    let mut held: Vec<Raw> = (0..2).map(|_| Raw::connect(house.port)).collect();
    for raw in &mut held {
        raw.send(head(&house, "GET /hold", "Connection: close\r\n\r\n"));
    }
    house.wait_until_reached(2);
    let mut third = Raw::connect(house.port);
    third.send(head(&house, "GET /status/1", "Connection: close\r\n\r\n"));
    // The tester's own door stays open: it is how what is held gets released.
    let token = format!("Bearer {}", house.token);
    assert_eq!(house.ask("GET /control/trace", &[("Authorization", &token)], "").status, 200);
    assert_eq!(house.reached(), 3, "the third public request waits");
    house.release.notify_one();
    assert_eq!(status(&third.rest()), 200);
    house.release.notify_one();
    for mut raw in held {
        assert!(raw.rest().ends_with("released"));
    }
}

#[test]
fn bodies_that_never_come_take_no_place_in_service() {
    let house = StandIn::with("bodies-in-service", Limits { in_service_max: 1, ..Limits::default() });
    let slow: Vec<Raw> = (0..5)
        .map(|_| {
            let mut raw = Raw::connect(house.port);
            raw.send(head(&house, "POST /verify", "Content-Length: 5\r\n\r\nx"));
            raw
        })
        .collect();
    is_well(&house);
    drop(slow);
}

#[test]
fn bodies_that_never_come_leave_room_for_others() {
    let house = StandIn::with("bodies-crowded", Limits { connections_max: 10, ..Limits::default() });
    let mut slow: Vec<Raw> = (0..30)
        .map(|_| {
            let mut raw = Raw::connect(house.port);
            raw.send(head(&house, "POST /verify", "Content-Length: 5\r\n\r\nx"));
            raw
        })
        .collect();
    is_well(&house);
    assert_eq!(slow.remove(0).rest(), "", "the oldest had to go");
}

#[test]
fn a_stop_lets_what_is_in_service_end_and_takes_no_more() {
    let house = StandIn::start("stop");
    let (mut idle, mut held) = (Raw::connect(house.port), Raw::connect(house.port));
    idle.send(head(&house, "GET /status/1", "\r\n"));
    idle.until("status 0");
    held.send(head(&house, "GET /hold", "\r\n"));
    house.wait_until_reached(2);
    let StandIn { server, port, release, .. } = house;
    let stopping = std::thread::spawn(move || server.stop());
    assert_eq!(idle.rest(), "", "an idle connection ends at once");
    release.notify_one();
    let said = held.rest();
    assert!(said.ends_with("released"), "{said}");
    stopping.join().unwrap().unwrap();
    assert!(TcpStream::connect((Ipv4Addr::LOCALHOST, port)).is_err(), "the port is free again");
}

#[test]
fn a_stop_does_not_wait_for_ever() {
    let house = StandIn::with("farewell", short());
    let mut held = Raw::connect(house.port);
    held.send(head(&house, "GET /hold", "\r\n"));
    house.wait_until_reached(1);
    let mut half = Raw::connect(house.port);
    half.send("GET ");
    let port = house.port;
    house.server.stop().unwrap();
    assert_eq!((held.rest(), half.rest()), (String::new(), String::new()));
    assert!(TcpStream::connect((Ipv4Addr::LOCALHOST, port)).is_err());
}

#[test]
fn a_client_that_leaves_in_the_middle_harms_nobody() {
    let house = StandIn::start("leavers");
    let whole = head(&house, "POST /verify", "Content-Length: 5\r\n\r\nabcde");
    for cut in 0..=whole.len() {
        let mut raw = Raw::connect(house.port);
        raw.send(whole.get(..cut).unwrap());
    }
    is_well(&house);
    assert_eq!(ask(house.port, "POST /verify", &[("Host", &house.host())], "abcde").body, "verified 5");
}
