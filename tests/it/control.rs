//! The control interface over real sockets: every endpoint does what it says, beside a twin in which one thing is wrong.

use std::thread;

use paystage::protocol::id::Origin;
use paystage::world::character::BuyerCharacter;
use paystage::world::names::Secret;
use paystage::world::setup::Setup;
use serde_json::{Value, json};

use crate::raw_http::{self, Answer, Raw};
use crate::served::Served;

/// Test code with the token.
struct Tester {
    house: Served,
    bearer: String,
}

impl Tester {
    fn new() -> Self {
        Self::on(Served::start(Setup::default()))
    }

    fn on(house: Served) -> Self {
        let bearer = format!("Bearer {}", house.token);
        Self { house, bearer }
    }

    fn raw(&self, line: &str, body: &str) -> Answer {
        let mut headers = vec![("Authorization", self.bearer.as_str())];
        if !body.is_empty() {
            headers.push(("Content-Type", "application/json"));
        }
        self.house.ask(line, &headers, body)
    }

    fn asks(&self, line: &str, body: &Value, status: u16) -> Value {
        let body = if body.is_null() { String::new() } else { body.to_string() };
        let answer = self.raw(line, &body);
        assert_eq!(answer.status, status, "{line} {body}: {answer:?}");
        serde_json::from_str(&answer.body).unwrap_or_else(|error| panic!("{line}: {error}: {answer:?}"))
    }

    fn get(&self, path: &str) -> Value {
        self.asks(&format!("GET {path}"), &Value::Null, 200)
    }

    fn post(&self, path: &str, body: impl Into<Value>) -> Value {
        self.asks(&format!("POST {path}"), &body.into(), 200)
    }

    /// What is said when it does not work: every such answer has a sentence, a code and a hint.
    fn refused(&self, line: &str, body: impl Into<Value>, status: u16, code: &str) -> Value {
        let said = self.asks(line, &body.into(), status);
        assert_eq!(said["code"], code, "{said}");
        assert!(
            ["error", "hint"].iter().all(|member| said[member].as_str().is_some_and(|text| !text.is_empty())),
            "{said}"
        );
        said
    }
}

#[test]
fn nothing_is_told_without_the_token_or_to_another_page() {
    let tester = Tester::new();
    for line in ["GET /control/state", "POST /control/reset", "DELETE /control/faults", "GET /control/sessions"] {
        assert_eq!(tester.house.ask(line, &[], "").status, 401, "{line}");
        let wrong = tester.house.ask(line, &[("Authorization", "Bearer 0000")], "");
        assert!(wrong.status == 401 && !wrong.body.contains(&tester.house.token), "{line}: {wrong:?}");
        let foreign = [("Authorization", tester.bearer.as_str()), ("Origin", "https://evil.example")];
        assert_eq!(tester.house.ask(line, &foreign, "").status, 403, "{line}");
    }
    let form = [("Authorization", tester.bearer.as_str()), ("Content-Type", "text/plain")];
    assert_eq!(tester.house.ask("POST /control/command", &form, "{}").status, 415);
    assert_eq!(tester.house.ask("GET /control/openapi.json", &[], "").status, 200, "the description holds no secret");
}

#[test]
fn a_session_is_behind_the_same_doors_as_the_root() {
    let tester = Tester::new();
    tester.asks("POST /control/sessions", &json!({ "name": "mine" }), 201);
    let bearer = ("Authorization", tester.bearer.as_str());
    assert_eq!(tester.raw("GET /s/mine/control/state", "").status, 200);
    assert_eq!(tester.house.ask("GET /s/mine/control/state", &[], "").status, 401);
    let foreign = [bearer, ("Origin", "https://evil.example")];
    assert_eq!(tester.house.ask("GET /s/mine/control/state", &foreign, "").status, 403);
    let host = [("Host", "evil.example"), bearer];
    assert_eq!(raw_http::ask(tester.house.port, "GET /s/mine/control/state", &host, "").status, 421);

    let bought = tester.asks("POST /s/mine/mozpay/product/shiny-pony/buy", &Value::Null, 200);
    let line = format!("POST /s/mine/mozpay/window/{}/confirm", bought["transactionID"].as_str().unwrap());
    let pin = [("Content-Type", "application/json"), ("Origin", "https://evil.example")];
    assert_eq!(tester.house.ask(&line, &pin, r#"{"pin":"1234"}"#).status, 403);
    let own = format!("http://127.0.0.1:{}", tester.house.port);
    let pin = [("Content-Type", "application/json"), ("Origin", own.as_str())];
    assert_ne!(tester.house.ask(&line, &pin, r#"{"pin":"1234"}"#).status, 403);
}

#[test]
fn a_reset_gives_the_same_mark_each_time() {
    let tester = Tester::new();
    let first = tester.get("/control/state")["fingerprint"].clone();
    assert!(first.as_str().is_some_and(|mark| mark.len() == 64));
    tester.house.pony();
    assert_ne!(tester.get("/control/state")["fingerprint"], first);
    let state = tester.post("/control/reset", Value::Null);
    assert_eq!((&state["fingerprint"], &state["transactions"]), (&first, &json!([])));
    tester.house.pony();
    assert_eq!(tester.post("/control/reset", Value::Null)["fingerprint"], first);
}

#[test]
fn the_second_status_poll_alone_is_answered_500() {
    let tester = Tester::new();
    let fault = json!({ "on": "status-answered", "nth": 2, "answer": { "status": 500 } });
    let armed = tester.asks("POST /control/faults", &fault, 201);
    assert_eq!((&armed["used"], &armed["of"]), (&json!(0), &json!(1)));
    let transaction = tester.house.opened("shiny-pony");
    let poll = || tester.house.ask(&format!("GET /mozpay/transaction/{transaction}"), &[], "").status;
    assert_eq!([poll(), poll(), poll()], [200, 500, 200]);
    let faults = tester.get("/control/faults");
    assert_eq!((&faults["armed"][0]["used"], &faults["armed"][0]["of"]), (&json!(1), &json!(1)));
    let met = tester.post("/control/wait", json!({ "fault": 1, "used": 1 }));
    assert_eq!(met["met"], true);
    tester.asks("DELETE /control/faults/1", &Value::Null, 200);
    assert_eq!(tester.get("/control/faults")["armed"], json!([]));
    tester.refused("DELETE /control/faults/1", Value::Null, 404, "NO_SUCH_FAULT");
    tester.refused("POST /control/faults", json!({ "on": "status-answered", "nht": 2 }), 400, "WRONG_MEMBER");
    tester.refused("POST /control/faults", json!({ "on": "status-answered" }), 400, "WRONG_MEMBER");
}

#[test]
fn a_held_answer_comes_when_it_is_released() {
    let tester = Tester::new();
    tester.asks("POST /control/faults", &json!({ "on": "verify-answered", "first": 1, "hold": true }), 201);
    let (_, receipt) = tester.house.pony();
    let port = tester.house.port;
    let mut waiting = Raw::connect(port);
    waiting.send(format!(
        "POST /verify/ HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{receipt}",
        receipt.len()
    ));
    tester.post("/control/wait", json!({ "fault": 1 }));
    assert!(waiting.is_open());
    let held = tester.get("/control/faults")["held"][0].clone();
    tester.post("/control/release", json!({ "message": held }));
    let answer = Answer::first(&waiting.rest());
    assert!(answer.status == 200 && answer.body.contains("\"ok\""), "{answer:?}");
    tester.refused("POST /control/release", json!({ "message": held }), 409, "IGNORED");
}

#[test]
fn a_command_answers_with_its_step_and_a_refund_shows_at_the_next_check() {
    let tester = Tester::new();
    let (transaction, receipt) = tester.house.pony();
    assert_eq!(tester.house.verify(&receipt)["status"], "ok");
    let step = tester.post("/control/command", json!({ "do": "refund", "transaction": transaction }));
    assert!(step["events"].as_array().is_some_and(|events| !events.is_empty()), "{step}");
    tester.post("/control/wait", json!({ "state": "refunded", "transaction": transaction }));
    assert_eq!(tester.house.verify(&receipt)["status"], "refunded");
    tester.refused("POST /control/command", json!({ "do": "refnd" }), 400, "WRONG_MEMBER");
    tester.refused("POST /control/command", json!({ "do": "confirm", "pin": "1234" }), 409, "IGNORED");
    let broken = tester.raw("POST /control/command", "{\n  \"do\": ,\n}");
    let said: Value = serde_json::from_str(&broken.body).unwrap();
    assert_eq!((broken.status, &said["where"]), (400, &json!({ "line": 2, "column": 9 })), "{said}");
}

#[test]
fn the_virtual_clock_obeys_and_receipts_expire_by_it() {
    let tester = Tester::new();
    let (_, receipt) = tester.house.pony();
    let before = tester.get("/control/clock");
    assert_eq!(before["follows"], "virtual");
    let after = tester.post("/control/clock", json!({ "advance": "183d" }));
    let passed = after["now_ms"].as_i64().unwrap() - before["now_ms"].as_i64().unwrap();
    assert_eq!(passed, 183 * 86_400_000);
    assert_eq!(tester.house.verify(&receipt)["status"], "expired");
    assert_eq!(tester.post("/control/clock", json!({ "follow": "real" }))["follows"], "real");
    assert_eq!(tester.post("/control/clock", json!({ "follow": "virtual" }))["follows"], "virtual");
    tester.refused("POST /control/clock", json!({}), 400, "NOTHING_TO_DO");
    tester.refused("POST /control/clock", json!({ "advance": "-1s" }), 400, "WRONG_SPAN");
    tester.refused("POST /control/clock", json!({ "advance": "soon" }), 400, "WRONG_MEMBER");
}

#[test]
fn waiting_ends_with_the_state_or_by_the_runs_own_clock() {
    let tester = Tester::new();
    let transaction = tester.house.opened("shiny-pony");
    thread::scope(|scope| {
        let wait = scope.spawn(|| tester.post("/control/wait", json!({ "state": "completed", "timeout": "60s" })));
        tester.house.does(&transaction, "confirm", &json!({ "pin": "1234" }));
        assert_eq!(wait.join().unwrap()["met"], true);
    });
    let late = json!({ "state": "refunded", "timeout": "30s" });
    thread::scope(|scope| {
        let wait = scope.spawn(|| tester.asks("POST /control/wait", &late, 408));
        while !wait.is_finished() {
            tester.post("/control/clock", json!({ "advance": "10s" }));
        }
        let said = wait.join().unwrap();
        assert_eq!((&said["met"], &said["state"]["transactions"][0]["state"]), (&json!(false), &json!("completed")));
    });
    tester.refused("POST /control/wait", json!({}), 400, "NOT_ONE_CONDITION");
    tester.refused("POST /control/wait", json!({ "idle": true, "state": "completed" }), 400, "NOT_ONE_CONDITION");
}

#[test]
fn a_run_begins_from_a_scenario_and_can_be_taken_home() {
    let tester = Tester::new();
    let state = tester.post("/control/begin", json!({ "scenario": "plain-hosted" }));
    assert_eq!(state["access"]["shiny-pony"], true);
    let file = tester.raw("GET /control/run", "").body;
    assert_eq!(
        paystage::session::run_file::load::load(file.as_bytes()).unwrap().fingerprint().as_str(),
        state["fingerprint"]
    );
    let plan = tester.raw("GET /control/scenario", "").body;
    assert_eq!(tester.post("/control/begin", json!({ "toml": plan }))["fingerprint"], state["fingerprint"]);
    assert_ne!(tester.post("/control/begin", json!({ "toml": plan, "seed": 7 }))["fingerprint"], state["fingerprint"]);
    let near = tester.refused("POST /control/begin", json!({ "scenario": "plain-hostd" }), 404, "NO_SUCH_SCENARIO");
    assert!(near["error"].as_str().unwrap().contains("plain-hosted"), "{near}");
    let bad = tester.refused("POST /control/begin", json!({ "toml": "title = \"t\"\nwhy = 7" }), 400, "NOT_A_SCENARIO");
    assert_eq!(bad["where"]["line"], 2, "{bad}");
    tester.refused(
        "POST /control/begin",
        json!({ "scenario": "plain-hosted", "setup": {} }),
        400,
        "SEVERAL_BEGINNINGS",
    );
    tester.refused("POST /control/begin", json!({ "setup": { "sed": 1 } }), 400, "WRONG_MEMBER");
}

#[test]
fn the_trace_is_read_by_pages_and_as_it_grows() {
    let tester = Tester::new();
    tester.house.pony();
    let count = tester.get("/control/state")["steps"].as_u64().unwrap();
    let (mut from, mut steps) = (0, Vec::new());
    loop {
        let page = tester.get(&format!("/control/trace?from={from}&limit=3"));
        steps.extend(page["steps"].as_array().unwrap().clone());
        match page["next"].as_u64() {
            Some(next) => from = next,
            None => break,
        }
    }
    let indexes: Vec<u64> = steps.iter().map(|step| step["index"].as_u64().unwrap()).collect();
    assert_eq!(indexes, (0..count).collect::<Vec<_>>());
    tester.refused("GET /control/trace?from=x", Value::Null, 400, "NOT_A_NUMBER");

    let port = tester.house.port;
    let mut stream = Raw::connect(port);
    stream.send(format!(
        "GET /control/trace HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nAuthorization: {}\r\nAccept: text/event-stream\r\nLast-Event-ID: {}\r\n\r\n",
        tester.bearer,
        count - 2
    ));
    stream.until(&format!("id: {}", count - 1));
    tester.post("/control/command", json!({ "do": "rotate-key" }));
    let fresh = stream.until("rotate-key");
    assert!(fresh.contains(&format!("id: {count}")) && fresh.contains("event: step"), "{fresh}");
}

#[test]
fn sixteen_sessions_at_once_know_nothing_of_each_other() {
    let tester = Tester::new();
    let solo = {
        let made = tester.asks(
            "POST /control/sessions",
            &json!({ "name": "solo", "setup": { "start": 1_795_348_800_000_i64 }, "clock": "virtual" }),
            201,
        );
        assert_eq!(made["base"], "/s/solo");
        bought_in(&tester, "/s/solo")
    };
    thread::scope(|scope| {
        let runs: Vec<_> = (0..16)
            .map(|number| {
                let tester = &tester;
                scope.spawn(move || {
                    let name = format!("s{number}");
                    let wanted =
                        json!({ "name": name, "setup": { "start": 1_795_348_800_000_i64 }, "clock": "virtual" });
                    tester.asks("POST /control/sessions", &wanted, 201);
                    bought_in(tester, &format!("/s/{name}"))
                })
            })
            .collect();
        for run in runs {
            let (steps, receipt_host) = run.join().unwrap();
            assert_eq!((steps, receipt_host), solo, "each run is as if it were alone");
        }
    });
    assert_eq!(tester.get("/control/sessions")["sessions"].as_array().unwrap().len(), 17);
    assert_eq!(tester.get("/control/state")["transactions"], json!([]), "the root heard of none");
    tester.asks("DELETE /control/sessions/s3", &Value::Null, 200);
    assert_eq!(tester.house.ask("GET /s/s3/purchases", &[], "").status, 404);
    tester.refused("DELETE /control/sessions/s3", Value::Null, 404, "NO_SUCH_SESSION");
    tester.refused("POST /control/sessions", json!({ "name": "s4" }), 409, "NAME_TAKEN");
    tester.refused("POST /control/sessions", json!({ "name": "../x" }), 400, "WRONG_NAME");
}

#[test]
fn there_is_an_end_to_the_number_of_sessions() {
    let tester = Tester::new();
    for _ in 0..64 {
        tester.asks("POST /control/sessions", &json!({}), 201);
    }
    tester.refused("POST /control/sessions", json!({}), 429, "TOO_MANY_SESSIONS");
    tester.asks("DELETE /control/sessions/run-7", &Value::Null, 200);
    tester.asks("POST /control/sessions", &json!({}), 201);
}

/// Buys the pony below `base`. Gives back how many steps that took and whether the receipt can be verified there.
fn bought_in(tester: &Tester, base: &str) -> (u64, String) {
    let house = &tester.house;
    let bought = house.json(&format!("POST {base}/mozpay/product/shiny-pony/buy"), 200);
    let (token, id) = (bought["webpayJWT"].as_str().unwrap(), bought["transactionID"].as_str().unwrap());
    assert_eq!(house.ask(&format!("GET {base}/mozpay/?req={token}"), &[], "").status, 200);
    house.post(&format!("{base}/mozpay/window/{id}/confirm"), &json!({ "pin": "1234" }), 200);
    let status = house.json(&format!("GET {base}/mozpay/transaction/{id}"), 200);
    let receipt = status["receipt"].as_str().unwrap();
    let verified = house.ask(&format!("POST {base}/verify/"), &[("Content-Type", "text/plain")], receipt);
    let verified: Value = serde_json::from_str(&verified.body).unwrap();
    let state = tester.get(&format!("{base}/control/state"));
    (state["steps"].as_u64().unwrap(), verified["status"].as_str().unwrap().to_owned())
}

#[test]
fn a_session_begins_as_the_server_was_started_but_for_what_it_says() {
    let mut usual = Setup { buyer: BuyerCharacter::Cancels, ..Setup::default() };
    usual.names.app.origin = Origin::loopback(3000);
    usual.names.app.key = "their-key".to_owned();
    usual.names.app.secret = Some(Secret::new("their secret of thirty-two bytes"));
    let tester = Tester::on(Served::usually(usual));
    let own = format!("http://127.0.0.1:{}", tester.house.port);
    let begun = |line: &str, body: Value, status| tester.asks(line, &body, status);

    let plain = begun("POST /control/sessions", json!({ "name": "plain" }), 201)["state"]["setup"].clone();
    assert_eq!(
        (&plain["buyer"], &plain["names"]["app"]["origin"]),
        (&json!("cancels"), &json!("http://127.0.0.1:3000"))
    );
    assert_eq!((&plain["names"]["market"], &plain["names"]["base"]), (&json!(own), &json!("/s/plain")));
    let said = json!({ "setup": { "buyer": "declines", "names": { "app": { "key": "another" } } } });
    for (line, status) in [("POST /control/sessions", 201), ("POST /control/begin", 200)] {
        let answer = begun(line, said.clone(), status);
        let setup = if status == 201 { &answer["state"]["setup"] } else { &answer["setup"] };
        assert_eq!((&setup["buyer"], &setup["names"]["app"]["key"]), (&json!("declines"), &json!("another")), "{line}");
        assert_eq!(setup["names"]["app"]["origin"], "http://127.0.0.1:3000", "{line}");
    }
    let secret = tester.house.look(|run| run.setup().names.app.secret.clone());
    assert_eq!(secret.as_ref().map(Secret::expose), Some("their secret of thirty-two bytes"), "never dots");
    // A scenario plays here as everywhere.
    let scenario = begun("POST /control/begin", json!({ "scenario": "plain-hosted" }), 200)["setup"].clone();
    assert_eq!(scenario["names"]["app"]["origin"], "https://pony.example");
}

#[test]
fn a_server_whose_secret_nobody_told_takes_no_seat_by_any_beginning() {
    let tester = Tester::new();
    let before = tester.get("/control/state")["fingerprint"].clone();
    let scenario = |secret: &str| {
        format!("title = 't'\nwhy = 'w'\n[setup]\nhosting = 'classic'\nseats.app-server = 'external'\n{secret}")
    };
    let dials = json!({ "hosting": "classic", "seats": { "app-server": "external" } });
    let mut told = dials.clone();
    told["names"] = json!({ "app": { "key": "pony-key", "secret": "hush" } });
    for (line, status) in [("POST /control/sessions", 201), ("POST /control/begin", 200)] {
        for body in [json!({ "setup": dials }), json!({ "toml": scenario("") })] {
            tester.refused(line, body, 400, "SECRET_UNKNOWN");
            assert_eq!(tester.get("/control/state")["fingerprint"], before, "nothing has begun");
        }
        if status == 201 {
            assert_eq!(tester.get("/control/sessions")["sessions"], json!([]));
        }
        for body in [json!({ "setup": told }), json!({ "toml": scenario("names.app.secret = 'hush'") })] {
            tester.asks(line, &body, status);
        }
    }
}

#[test]
fn a_session_whose_beginning_is_misspelt_is_refused_by_its_word() {
    let tester = Tester::new();
    for (body, word) in [
        (json!({ "nam": "mine" }), "nam"),
        (json!({ "setpu": { "buyer": "cancels" } }), "setpu"),
        (json!({ "setup": { "buyr": "cancels" } }), "buyr"),
        (json!({ "setup": { "start": "yesterday" } }), "yesterday"),
    ] {
        let refusal = tester.refused("POST /control/sessions", body.clone(), 400, "WRONG_MEMBER");
        assert!(
            refusal["error"].as_str().unwrap().contains(word) && refusal["where"]["line"] == 1,
            "{body}: {refusal}"
        );
    }
    let begun = json!({ "setup": { "start": "2026-11-22T10:04:00Z" } });
    let state = tester.asks("POST /control/sessions", &begun, 201)["state"].clone();
    assert_eq!(state["clock"]["now"], "2026-11-22T10:04:00Z");
}

#[test]
fn whatever_is_refused_below_control_has_a_code_and_a_hint() {
    let tester = Tester::new();
    tester.refused("GET /control/nothing", Value::Null, 404, "NO_SUCH_PATH");
    tester.refused("GET /s/nobody/control/state", Value::Null, 404, "NO_SUCH_SESSION");
    let ask = |line: &str, headers: &[(&str, &str)], body: &str| -> (u16, Value) {
        let answer = tester.house.ask(line, headers, body);
        (answer.status, serde_json::from_str(&answer.body).unwrap())
    };
    let bearer = ("Authorization", tester.bearer.as_str());
    let foreign = ("Origin", "https://evil.example");
    for (line, headers, body, status, code) in [
        ("GET /control/state", vec![], "", 401, "TOKEN_MISSING"),
        ("GET /control/state", vec![("Authorization", "Bearer 0")], "", 401, "TOKEN_WRONG"),
        ("GET /control/state", vec![bearer, foreign], "", 403, "ORIGIN_FOREIGN"),
        ("POST /control/begin", vec![bearer, ("Content-Type", "text/plain")], "{}", 415, "NOT_JSON"),
        ("PUT /control/state", vec![bearer, ("Content-Type", "application/json")], "{}", 405, "OTHER_METHOD"),
    ] {
        let (said, refusal) = ask(line, &headers, body);
        assert_eq!((said, &refusal["code"]), (status, &json!(code)), "{line}: {refusal}");
        assert!(refusal["hint"].as_str().is_some_and(|hint| !hint.is_empty()), "{refusal}");
    }
    // Where the store is asked, the store's own form.
    let (_, refusal) = ask("GET /purchases", &[foreign], "");
    assert_eq!((&refusal["error_code"], &refusal["hint"]), (&json!("ORIGIN_FOREIGN"), &Value::Null));
    let (_, refusal) = ask("GET /s/nobody/purchases", &[], "");
    assert_eq!(refusal["error_code"], "NO_SUCH_SESSION");
}
