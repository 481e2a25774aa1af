//! `paystage serve`, the real program: what it prints, what it keeps, how it ends, and what it refuses.

use std::io::{BufRead as _, BufReader, Read as _};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::Instant;

use paystage::io::headless::RUNS_KEPT;
use paystage::io::http::listen::Listening;
use paystage::io::store::handle::Store;
use paystage::io::store::keeper::LineKeeper;
use paystage::io::store::place::StorePlace;
use paystage::protocol::time::Span;
use paystage::session::branch::BranchId;
use paystage::world::setup::Setup;
use serde_json::{Value, json};

use crate::program::Desk;
use crate::raw_http::{PATIENCE, ask};

/// A running `paystage serve`. Killed when the test ends before it does.
pub(crate) struct Program {
    child: Child,
    pub(crate) port: u16,
    token: PathBuf,
    out: BufReader<std::process::ChildStdout>,
}

impl Program {
    pub(crate) fn start(desk: &Desk, arguments: &[&str]) -> Self {
        Self::of(serve(desk, arguments))
    }

    pub(crate) fn of(mut command: Command) -> Self {
        let mut child = command.stdout(Stdio::piped()).spawn().unwrap();
        let mut out = BufReader::new(child.stdout.take().unwrap());
        let (mut url, mut token) = (String::new(), String::new());
        out.read_line(&mut url).unwrap();
        out.read_line(&mut token).unwrap();
        let port = url.trim_end().rsplit(':').next().and_then(|port| port.parse().ok());
        let port = port.unwrap_or_else(|| panic!("no address in {url:?}"));
        assert_eq!(url, format!("http://127.0.0.1:{port}\n"));
        Self { child, port, token: PathBuf::from(token.trim_end()), out }
    }

    fn json(&self, line: &str, body: &Value) -> Value {
        let host = format!("127.0.0.1:{}", self.port);
        let text = if body.is_null() { String::new() } else { body.to_string() };
        let answer = ask(self.port, line, &[("Host", &host), ("Content-Type", "application/json")], &text);
        serde_json::from_str(&answer.body).unwrap_or_else(|error| panic!("{line}: {error}: {answer:?}"))
    }

    /// Asks its control interface.
    fn control(&self, line: &str, body: &Value) -> Value {
        let token = format!("Bearer {}", std::fs::read_to_string(&self.token).unwrap().trim());
        let host = format!("127.0.0.1:{}", self.port);
        let text = if body.is_null() { String::new() } else { body.to_string() };
        let headers = [("Host", host.as_str()), ("Authorization", &token), ("Content-Type", "application/json")];
        let answer = ask(self.port, line, &headers, &text);
        assert_eq!(answer.status, 200, "{answer:?}");
        serde_json::from_str(&answer.body).unwrap_or_else(|error| panic!("{line}: {error}: {answer:?}"))
    }

    /// Lets time pass in its run.
    pub(crate) fn advance(&self, span: Span) {
        self.control("POST /control/clock", &json!({ "advance": span }));
    }

    /// Waits until its run has taken a step after its start.
    fn second_step(&self) {
        let began = Instant::now();
        while self.control("GET /control/state", &Value::Null)["steps"].as_u64().unwrap() < 2 {
            assert!(began.elapsed() < PATIENCE, "nothing came");
            std::thread::yield_now();
        }
    }

    pub(crate) fn verify(&self, receipt: &str) -> String {
        let host = format!("127.0.0.1:{}", self.port);
        ask(self.port, "POST /verify/", &[("Host", &host), ("Content-Type", "text/plain")], receipt).body
    }

    /// Buys the pony; gives back its receipt.
    pub(crate) fn pony(&self) -> String {
        let bought = self.json("POST /mozpay/product/shiny-pony/buy", &Value::Null);
        let begun = self.json("POST /mozpay/v1/api/pay/", &json!({ "req": bought["webpayJWT"] }));
        let transaction = begun["transactionID"].as_str().unwrap();
        self.json(&format!("POST /mozpay/window/{transaction}/confirm"), &json!({ "pin": "1234" }));
        let status = self.json(&format!("GET /mozpay/transaction/{transaction}"), &Value::Null);
        status["receipt"].as_str().unwrap_or_else(|| panic!("{status}")).to_owned()
    }

    /// Asks for the pony, and no more than that; the status of the answer.
    pub(crate) fn buys(&self) -> u16 {
        let host = format!("127.0.0.1:{}", self.port);
        ask(self.port, "POST /mozpay/product/shiny-pony/buy", &[("Host", &host)], "").status
    }

    /// How many payments its run has.
    pub(crate) fn payments(&self) -> usize {
        self.control("GET /control/state", &Value::Null)["transactions"].as_array().unwrap().len()
    }

    /// Begins its run again.
    fn reset(&self) {
        self.control("POST /control/reset", &json!({}));
    }

    /// Ends it as Ctrl-C does; gives back the exit code and what else it had printed.
    pub(crate) fn interrupt(mut self) -> (Option<i32>, String) {
        let told = Command::new("kill").args(["-INT", &self.child.id().to_string()]).status().unwrap();
        assert!(told.success());
        let code = self.child.wait().unwrap().code();
        let mut rest = String::new();
        self.out.read_to_string(&mut rest).unwrap();
        (code, rest)
    }

    /// Ends it as a crash does.
    pub(crate) fn kill(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        // It may have ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

pub(crate) fn serve(desk: &Desk, arguments: &[&str]) -> Command {
    serve_at(desk, 0, arguments)
}

fn serve_at(desk: &Desk, port: u16, arguments: &[&str]) -> Command {
    anywhere(desk, &[&["--port", &port.to_string()], arguments].concat())
}

/// Without a port, as people start it.
fn anywhere(desk: &Desk, arguments: &[&str]) -> Command {
    let mut command = desk.command(&[&["serve"], arguments].concat());
    // The token's folder must be the user's alone; the desk's is not.
    command.env_remove("XDG_RUNTIME_DIR").env("XDG_STATE_HOME", desk.path("state")).stderr(Stdio::piped());
    command
}

#[test]
fn it_prints_where_it_is_serves_and_ends_politely() {
    let desk = Desk::new("serve-plain");
    let program = Program::start(&desk, &["--buyer", "you decide"]);
    assert!(program.token.starts_with(desk.path("state")), "{:?}", program.token);
    let token = std::fs::read_to_string(&program.token).unwrap();
    assert!(program.verify(&program.pony()).contains("\"ok\""));
    let (path, (code, rest)) = (program.token.clone(), program.interrupt());
    assert_eq!(code, Some(0));
    assert!(!rest.contains(token.trim()), "the token is never printed");
    assert!(!path.exists(), "the token goes with its start");
}

#[test]
fn a_buyer_who_pays_at_once_needs_nobody_at_the_window() {
    let desk = Desk::new("serve-pays");
    let program = Program::start(&desk, &["--clock", "virtual", "--buyer", "pays after 0 s"]);
    let bought = program.json("POST /mozpay/product/shiny-pony/buy", &Value::Null);
    let begun = program.json("POST /mozpay/v1/api/pay/", &json!({ "req": bought["webpayJWT"] }));
    let status =
        program.json(&format!("GET /mozpay/transaction/{}", begun["transactionID"].as_str().unwrap()), &Value::Null);
    assert_eq!(status["status"], "completed", "{status}");
}

#[test]
fn what_was_answered_is_there_after_a_crash() {
    let desk = Desk::new("serve-crash");
    let first = Program::start(&desk, &["--store", "runs.sqlite", "--buyer", "you decide"]);
    let receipt = first.pony();
    first.kill();
    // Without a dial it goes on; the receipt names the first address, and the run still knows it.
    let second = Program::start(&desk, &["--store", "runs.sqlite"]);
    assert!(second.verify(&receipt).contains("\"ok\""));
    let list = second.json("GET /purchases", &Value::Null);
    assert_eq!(list["purchases"].as_array().unwrap().len(), 1);
    let (code, rest) = second.interrupt();
    assert_eq!(code, Some(0));
    assert!(rest.contains("Goes on with the store's last run"), "{rest}");
    // With a dial a new run begins beside it.
    let third = Program::start(&desk, &["--store", "runs.sqlite", "--seed", "7"]);
    assert_eq!(third.json("GET /purchases", &Value::Null)["purchases"], json!([]));
}

#[test]
fn without_a_store_each_start_is_a_new_run_in_the_file_of_its_port() {
    let desk = Desk::new("serve-kept");
    let port = Listening::bind(0).unwrap().port();
    let first = Program::of(serve_at(&desk, port, &["--buyer", "you decide"]));
    let receipt = first.pony();
    first.kill();
    let second = Program::of(serve_at(&desk, port, &[]));
    assert_eq!(second.json("GET /purchases", &Value::Null)["purchases"], json!([]), "CI starts clean");
    second.verify("no receipt");
    let (code, rest) = second.interrupt();
    let path = desk.path(&format!("paystage/served-{port}.sqlite"));
    assert_eq!(code, Some(0));
    assert!(rest.contains(&format!("Everything is kept in {}", path.display())), "{rest}");

    // What was kept can be read, and gone on with; of many runs the latest in which anything was done are kept.
    let place = StorePlace::File(path.clone());
    let store = Store::open(&place).unwrap();
    let oldest = store.recent(9).unwrap().pop().unwrap();
    let (_, line) = LineKeeper::resume(&store, oldest.id, &mut |_| {}).unwrap();
    assert!(line.world().marketplace().transactions()[0].receipts.iter().any(|kept| **kept == *receipt));
    drop(store);
    let third = Program::start(&desk, &["--store", path.to_str().unwrap(), "--run", "2"]);
    assert_eq!(
        third.json("GET /purchases", &Value::Null)["purchases"][0]["state"],
        "completed",
        "the one before the latest"
    );
    let (_, rest) = third.interrupt();
    assert!(rest.contains("Goes on with run 2 of the store"), "{rest}");
    for (arguments, words) in [(["--run", "9"], "no run 9"), (["--run", "1"], "--run")] {
        let mut asked = vec!["--store", path.to_str().unwrap()];
        asked.extend(arguments);
        if words == "--run" {
            asked.extend(["--seed", "7"]);
        }
        let ended = serve(&desk, &asked).output().unwrap();
        let complaint = String::from_utf8(ended.stderr).unwrap();
        assert!(ended.status.code() == Some(2) && complaint.contains(words), "{asked:?}: {complaint}");
    }
    let store = Store::open(&place).unwrap();
    let more: Vec<_> = (0..RUNS_KEPT).map(|_| store.create("Another", &Setup::default())).collect();
    assert!(!more.contains(&oldest.id));
    drop(store);
    let heads = || Store::open(&place).unwrap().recent(99).unwrap();
    let before = heads();
    let (_, rest) = Program::of(serve_at(&desk, port, &[])).interrupt();
    assert!(!rest.contains("Goes on"), "{rest}");
    assert_eq!(heads(), before, "a start in which nothing was done takes nobody's place");
    let active = Program::of(serve_at(&desk, port, &[]));
    active.verify("no receipt");
    active.interrupt();
    let kept = heads();
    assert!(kept.len() == RUNS_KEPT && kept.iter().all(|head| head.id != oldest.id), "{kept:?}");
    let store = Store::open(&place).unwrap();
    assert_eq!(store.steps(oldest.id, BranchId::FIRST, 0, 9), Ok(Vec::new()), "its steps went with it");
    drop(store);
    let (_, rest) = Program::start(&desk, &["--store", path.to_str().unwrap()]).interrupt();
    assert!(rest.contains("Goes on with the store's last run"), "{rest}");
    let (_, rest) = Program::start(&desk, &[]).interrupt();
    assert!(rest.contains("Nothing is kept when this ends"), "{rest}");
}

#[test]
fn what_a_store_outside_says_by_itself_makes_no_run_that_takes_a_place() {
    let desk = Desk::new("serve-idle");
    let theirs = Program::start(&desk, &[]);
    let there = format!("marketplace=http://127.0.0.1:{}", theirs.port);
    // One that answers when it is asked for its keys, and one that is not there.
    let nowhere = format!("marketplace=http://127.0.0.1:{}", Listening::bind(0).unwrap().port());
    let port = Listening::bind(0).unwrap().port();
    let heads = || {
        let store = Store::open(&StorePlace::File(desk.path(&format!("paystage/served-{port}.sqlite")))).unwrap();
        store.recent(99).unwrap().into_iter().map(|head| head.steps).collect::<Vec<_>>()
    };
    for seat in [&there, &nowhere] {
        let idle = Program::of(serve_at(&desk, port, &["--seat", seat]));
        idle.second_step();
        assert_eq!(idle.interrupt().0, Some(0));
        assert!(heads().is_empty(), "{seat}: {:?}", heads());
    }
    // What was held back is kept with the first thing that somebody does.
    let active = Program::of(serve_at(&desk, port, &["--seat", &there]));
    active.second_step();
    active.advance(Span::from_seconds(1));
    active.kill();
    assert!(matches!(heads()[..], [steps] if steps > 2), "{:?}", heads());
}

#[test]
fn each_reset_leaves_the_run_before_it_and_no_more() {
    let desk = Desk::new("serve-resets");
    let port = Listening::bind(0).unwrap().port();
    let program = Program::of(serve_at(&desk, port, &["--buyer", "you decide"]));
    program.pony();
    for _ in 0..3 {
        // The second one ends a run in which nothing was done.
        program.reset();
        program.reset();
        program.pony();
    }
    program.kill();
    let store = Store::open(&StorePlace::File(desk.path(&format!("paystage/served-{port}.sqlite")))).unwrap();
    let kept = store.recent(99).unwrap();
    assert_eq!(kept.len(), 4, "{kept:?}");
    for head in kept {
        let (_, line) = LineKeeper::resume(&store, head.id, &mut |_| {}).unwrap();
        assert_eq!(line.world().marketplace().transactions().len(), 1);
    }
}

#[test]
fn a_named_store_goes_on_with_what_a_reset_began() {
    let desk = Desk::new("serve-reset-named");
    let program = Program::start(&desk, &["--store", "runs.sqlite", "--buyer", "you decide"]);
    program.pony();
    program.reset();
    program.kill();
    let again = Program::start(&desk, &["--store", "runs.sqlite"]);
    assert_eq!(again.json("GET /purchases", &Value::Null)["purchases"], json!([]), "the reset was answered");
    drop(again);
    let store = Store::open(&StorePlace::File(desk.path("runs.sqlite"))).unwrap();
    let steps: Vec<_> = store.recent(9).unwrap().iter().map(|head| head.steps > 0).collect();
    assert_eq!(steps, [true, true], "two beginnings, and nothing besides");
}

#[test]
fn a_run_goes_on_at_the_port_that_its_receipts_name_and_elsewhere_says_what_to_do() {
    let desk = Desk::new("serve-again");
    let first = Program::start(&desk, &["--store", "runs.sqlite", "--buyer", "you decide"]);
    let (port, receipt) = (first.port, first.pony());
    assert_eq!(first.interrupt().0, Some(0));
    // Nobody names a port: the run's own is free, so it is taken.
    let second = Program::of(anywhere(&desk, &["--store", "runs.sqlite"]));
    assert_eq!((second.port, second.verify(&receipt).contains("\"ok\"")), (port, true));
    let (_, rest) = second.interrupt();
    assert!(rest.contains("Goes on with the store's last run") && !rest.contains('!'), "{rest}");
    // Another is named: said, with the way back.
    let (_, rest) = Program::start(&desk, &["--store", "runs.sqlite"]).interrupt();
    assert!(rest.contains(&format!("calls its store http://127.0.0.1:{port}")), "{rest}");
    assert!(rest.contains(&format!("leave --port out, or give --port {port}")), "{rest}");
    // Its own has been taken by somebody else: another port, and who must go.
    let other = Listening::bind(port).unwrap();
    let third = Program::of(anywhere(&desk, &["--store", "runs.sqlite"]));
    assert_ne!(third.port, port);
    let (_, rest) = third.interrupt();
    assert!(rest.contains(&format!("Another program has port {port}: end that one")), "{rest}");
    drop(other);
}

#[test]
fn one_store_serves_one_program() {
    let desk = Desk::new("serve-twice");
    let _first = Program::start(&desk, &["--store", "runs.sqlite"]);
    let second = serve(&desk, &["--store", "runs.sqlite"]).output().unwrap();
    let complaint = String::from_utf8(second.stderr).unwrap();
    assert_eq!(second.status.code(), Some(2), "{complaint}");
    assert!(complaint.contains("runs.sqlite"), "{complaint}");
}

#[test]
fn a_port_that_is_taken_is_named_with_the_way_out() {
    let desk = Desk::new("serve-port");
    let first = Program::start(&desk, &[]);
    let port = first.port.to_string();
    let mut second = desk.command(&["serve", "--port", &port]);
    let second = second.env("XDG_STATE_HOME", desk.path("state")).output().unwrap();
    let complaint = String::from_utf8(second.stderr).unwrap();
    assert_eq!(second.status.code(), Some(2), "{complaint}");
    assert!(complaint.contains(&port) && complaint.contains("--port 0"), "{complaint}");
}

#[test]
fn a_bad_set_up_is_named_by_file_line_and_word() {
    let desk = Desk::new("serve-setup");
    desk.file("bad.toml", "seed = 7\nbuyr = \"cancels\"\n").file("good.toml", "[setup]\nbuyer = \"cancels\"\n");
    desk.file("empty.txt", "");
    for (arguments, words) in [
        (["--setup", "bad.toml"], ["bad.toml", "line 2"]),
        (["--setup", "none.toml"], ["none.toml", ""]),
        (["--secret-file", "empty.txt"], ["empty.txt", "empty"]),
        (["--seat", "buyer=http://127.0.0.1:1"], ["--seat", "app-server and marketplace"]),
        (["--seat", "app-server=http://127.0.0.1:1"], ["--key", "--secret-file"]),
        (["--buyer", "pays never"], ["pays never", "pays at once"]),
    ] {
        let ended = serve(&desk, &arguments).output().unwrap();
        let complaint = String::from_utf8(ended.stderr).unwrap();
        assert_eq!(ended.status.code(), Some(2), "{arguments:?}: {complaint}");
        assert!(words.iter().all(|word| complaint.contains(word)), "{arguments:?}: {complaint}");
    }
    let program = Program::start(&desk, &["--setup", "good.toml"]);
    assert_eq!(program.interrupt().0, Some(0));
}

#[test]
fn steps_that_have_left_memory_come_back_from_the_store() {
    let desk = Desk::new("serve-archive");
    let program = Program::start(&desk, &["--store", "runs.sqlite"]);
    let token = std::fs::read_to_string(&program.token).unwrap();
    let host = format!("127.0.0.1:{}", program.port);
    let bearer = format!("Bearer {}", token.trim());
    let trace = |query: &str| {
        let answer = ask(
            program.port,
            &format!("GET /control/trace?{query}"),
            &[("Host", &host), ("Authorization", &bearer)],
            "",
        );
        assert_eq!(answer.status, 200, "{answer:?}");
        serde_json::from_str::<Value>(&answer.body).unwrap()
    };
    program.pony();
    let young = trace("from=0&limit=4");
    for _ in 0..1100 {
        assert_eq!(ask(program.port, "GET /.well-known/jwks.json", &[("Host", &host)], "").status, 200);
    }
    let old = trace("from=0&limit=4");
    assert!(old["kept_from"].as_u64() > Some(4), "{}", old["kept_from"]);
    assert_eq!((&old["steps"], old["steps"].as_array().map(Vec::len)), (&young["steps"], Some(4)));
    assert_eq!(old["next"], 4);
    // What is waited for is counted from the beginning, too.
    let wait = |count: usize| {
        let json = [("Host", host.as_str()), ("Authorization", bearer.as_str()), ("Content-Type", "application/json")];
        let body = format!(r#"{{"message":"keys-asked","count":{count},"timeout":"10ms"}}"#);
        ask(program.port, "POST /control/wait", &json, &body).status
    };
    assert_eq!((wait(1100), wait(1200)), (200, 408));
}
