//! `paystage forge` and `paystage conform`: the forgeries as files, and against somebody's verifier, good, careless or broken.

use std::io::{self, BufRead as _, BufReader, Read as _, Write as _};
use std::net::{Ipv4Addr, TcpListener};

use serde_json::Value;

use crate::cli_run::junit;
use crate::program::{Desk, Said};

const AT: &str = "2023-11-14T22:13:20Z";
const PART: [&str; 6] = ["--kind", "receipt", "--algorithm", "EdDSA", "--at", AT];

fn conform(desk: &Desk, verifier: &str, more: &[&str]) -> Said {
    desk.run(&[&["conform", "--verifier", verifier, "--json"], &PART[..], more].concat())
}

fn report(said: &Said) -> Value {
    serde_json::from_str(&said.out).unwrap()
}

fn forged(name: &str) -> Desk {
    let desk = Desk::new(name);
    desk.run(&[&["forge", "--out", "corpus"], &PART[..]].concat()).ended(0).says(&["forgeries", "index.json"]);
    desk
}

/// Paystage's own `verify` as somebody's verifier.
fn own(desk: &Desk, more: &str) -> String {
    let keys = desk.path("corpus/keys/issuer.jwks");
    format!(
        "{} verify - --keys {} --issuer https://market.example --app https://pony.example --at {AT} {more}",
        env!("CARGO_BIN_EXE_paystage"),
        keys.display()
    )
}

#[test]
fn the_corpus_is_written_with_an_index_and_the_keys() {
    let desk = forged("forge-files");
    let index: Value = serde_json::from_slice(&desk.read("corpus/index.json")).unwrap();
    let attacks = index["attacks"].as_array().unwrap();
    assert!(attacks.len() >= 100 && index["good_at"] == AT, "{}", attacks.len());
    for attack in attacks {
        let read = |name: &str| desk.read(&format!("corpus/{}", attack[name].as_str().unwrap()));
        assert_ne!(read("token"), read("twin"), "{attack}");
        assert!(attack["flaw"].is_string() && attack["rule"].is_string());
    }
    let alone = ["issuer.jwks", "other-issuer.jwks", "root.json", "shared-secret.txt", "issuer-EdDSA.pem"];
    assert!(alone.iter().all(|name| !desk.read(&format!("corpus/keys/{name}")).is_empty()));
    desk.run(&["forge", "--list"]).ended(0).says(&["receipt-ES256-alg-none", "Header tricks", "RFC 8725, 3.2"]);
    let twin = desk.path("corpus/good/receipt-EdDSA-alg-none.jwt");
    desk.run(&["forge", twin.to_str().unwrap(), "--out", "mine"]).ended(0);
    assert!(!desk.read("mine/forged/receipt-EdDSA-edited-product.jwt").is_empty());
    assert_eq!(desk.run(&["forge"]).code, 2);
    assert_eq!(desk.run(&["forge", "--list", "--kind", "notice", "--algorithm", "EdDSA"]).code, 2);
}

#[test]
fn a_right_verifier_passes_and_one_that_skips_a_check_is_caught_by_name() {
    let desk = forged("conform-own");
    let right = conform(&desk, &own(&desk, ""), &["--junit", "right.xml"]);
    assert!(report(&right)["forgeries"].as_u64().unwrap() >= 100);
    right.ended(0);
    let careless = conform(&desk, &own(&desk, "--off product"), &["--junit", "careless.xml"]);
    let found = report(careless.ended(1));
    let named = |name: &str| {
        let mut all = found["findings"].as_array().unwrap().iter();
        all.any(|finding| finding["name"] == name && finding["found"][0]["wrong"] == "accepted")
    };
    assert!(named("receipt-EdDSA-product-other") && !named("receipt-EdDSA-alg-none"), "{found}");
    assert_eq!((found["wrongly_refused"].as_u64(), found["without_verdict"].as_u64()), (Some(0), Some(0)));
    let read = |name: &str| junit(&String::from_utf8(desk.read(name)).unwrap());
    assert!(read("right.xml").named("failure").is_empty());
    let careless = read("careless.xml");
    assert!(careless.named("failure").iter().any(|failure| failure.attribute("message") == "wrongly accepted"));
}

#[test]
fn a_verdict_says_which_limit_is_nobodys_but_this_stages() {
    let desk = forged("conform-limit");
    let said = conform(&desk, &own(&desk, "--off times"), &["--junit", "timeless.xml"]);
    let findings = report(said.ended(1))["findings"].as_array().unwrap().clone();
    let own_limits = findings.iter().filter(|finding| finding["is_own_limit"] == true);
    let names: Vec<_> = own_limits.map(|finding| (&finding["name"], &finding["found"][0]["wrong"])).collect();
    assert_eq!(names, [(&Value::from("receipt-EdDSA-exp-milliseconds"), &Value::from("accepted"))]);
    let report = junit(&String::from_utf8(desk.read("timeless.xml")).unwrap());
    let failures = report.named("failure");
    let own_limit = "accepted, which nothing but this stage's own limit forbids";
    assert_eq!(failures.iter().filter(|failure| failure.attribute("message") == own_limit).count(), 1);
    assert!(failures.iter().any(|failure| failure.attribute("message") == "wrongly accepted"), "the other times");
}

#[test]
fn a_verifier_that_does_not_know_the_price_is_caught_by_name() {
    let desk = Desk::new("conform-price");
    let part = ["--kind", "certified-receipt", "--algorithm", "EdDSA", "--at", AT, "--price", "2.50 EUR"];
    desk.run(&[&["forge", "--out", "corpus"], &part[..]].concat()).ended(0);
    let index: Value = serde_json::from_slice(&desk.read("corpus/index.json")).unwrap();
    assert_eq!((&index["expects"]["price"], &index["expects"]["limit_bytes"]), (&"2.50 EUR".into(), &16384.into()));
    let keys = desk.path("corpus/keys/root.json");
    let verifier = |more: &str| {
        let keys = keys.display();
        let own = env!("CARGO_BIN_EXE_paystage");
        format!(
            "{own} verify - --keys {keys} --issuer https://root.example/keys.json --app https://pony.example --at {AT}{more}"
        )
    };
    let prices = |verifier: &str| -> Vec<String> {
        let said = desk.run(&[&["conform", "--verifier", verifier, "--json"], &part[..]].concat());
        let report = report(&said);
        assert_eq!(report["wrongly_refused"], 0, "{report}");
        let findings = report["findings"].as_array().unwrap().clone();
        let wrong = findings.iter().filter(|finding| !finding["found"].as_array().unwrap().is_empty());
        let names = wrong.map(|finding| finding["name"].as_str().unwrap().to_owned());
        names.filter(|name| name.contains("price-limit")).collect()
    };
    assert_eq!(prices(&verifier(" --price '2.50 EUR'")), Vec::<String>::new());
    let careless = prices(&verifier(""));
    assert!(careless.contains(&"certified-receipt-EdDSA-price-limit-below".to_owned()), "{careless:?}");
    assert_eq!(careless.len(), 4, "{careless:?}");
}

#[cfg(unix)]
#[test]
fn whoever_says_always_the_same_or_nothing_at_all_is_reported() {
    let desk = Desk::new("conform-same");
    let all = |said: &Said| report(said)["forgeries"].clone();
    let yes = conform(&desk, "cat > all; true", &[]);
    assert_eq!(report(yes.ended(1))["wrongly_accepted"], all(&yes));
    let no = conform(&desk, "exit 1", &[]);
    assert_eq!(report(no.ended(1))["wrongly_refused"], all(&no));
    for (verifier, why) in [
        ("exec sleep 600", "did not end within 100 ms"),
        ("sleep 600 & sleep 600", "did not end within 100 ms"),
        ("kill -SEGV $$", "crashed"),
        // A wrapper that outlives what it has started.
        ("sh -c 'kill -SEGV $$'; exit $?", "crashed: exit code 139, that is signal 11"),
        ("./no-such-verifier", "not found"),
    ] {
        let said = conform(&desk, verifier, &["--timeout-ms", "100", "--jobs", "64"]);
        assert_eq!(report(said.ended(1))["without_verdict"], all(&said), "{verifier}");
        assert!(said.out.contains(why), "{verifier}: {}", said.out);
    }
}

/// A server that gives every request this answer, until the test process ends.
fn answering(answer: &'static str) -> String {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    let port = listener.local_addr().unwrap().port();
    std::thread::spawn(move || {
        for socket in listener.incoming() {
            let socket = socket.unwrap();
            let mut asked = BufReader::new(&socket);
            let heads: Vec<String> =
                (&mut asked).lines().map_while(Result::ok).take_while(|line| !line.is_empty()).collect();
            // Whoever answers before the whole token has come cuts off a long one.
            let length =
                heads.iter().find_map(|head| head.to_lowercase().strip_prefix("content-length: ")?.parse().ok());
            let _ = io::copy(&mut asked.take(length.unwrap_or(0)), &mut io::sink());
            let _ = (&socket).write_all(answer.as_bytes());
        }
    });
    format!("http://127.0.0.1:{port}/verify")
}

#[test]
fn an_address_is_asked_by_post_and_its_nonsense_is_reported() {
    let desk = Desk::new("conform-http");
    let all = |said: &Said| report(said)["forgeries"].clone();
    let yes = conform(&desk, &answering("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"), &[]);
    assert_eq!(report(yes.ended(1))["wrongly_accepted"], all(&yes));
    let no = "HTTP/1.1 200 OK\r\nContent-Length: 20\r\n\r\n{\"status\":\"invalid\"}";
    let no = conform(&desk, &answering(no), &[]);
    assert_eq!(report(no.ended(1))["wrongly_refused"], all(&no));
    let page = "HTTP/1.1 200 OK\r\nContent-Length: 19\r\n\r\n<html>Log in</html>";
    let other = "HTTP/1.1 200 OK\r\nContent-Length: 14\r\n\r\n{\"valid\":\"no\"}";
    for answer in ["HTTP/1.1 500 Oh\r\nContent-Length: 0\r\n\r\n", "what?\r\n\r\n", "", page, other] {
        let said = conform(&desk, &answering(answer), &[]);
        assert_eq!(report(said.ended(1))["without_verdict"], all(&said), "{answer:?}");
    }
    let nobody = conform(&desk, "http://127.0.0.1:9/", &[]);
    assert_eq!(report(nobody.ended(1))["without_verdict"], all(&nobody));
    let far = conform(&desk, "http://verifier.example/", &[]);
    assert!(far.ended(1).out.contains("nobody has allowed it by name"));
    assert_eq!(conform(&desk, "https://127.0.0.1:9/", &[]).code, 2);
}

#[test]
fn an_address_that_takes_every_request_and_never_answers_is_reported_and_not_waited_for() {
    let desk = Desk::new("conform-hangs");
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    let address = format!("http://127.0.0.1:{}/verify", listener.local_addr().unwrap().port());
    // Whoever hangs up first is the client.
    std::thread::spawn(move || listener.incoming().map(Result::unwrap).collect::<Vec<_>>());
    let said = conform(&desk, &address, &["--timeout-ms", "100", "--jobs", "64"]);
    assert_eq!(report(said.ended(1))["without_verdict"], report(&said)["forgeries"]);
}
