//! Secrets stay with their owner (3): what the server prints, answers and keeps is searched for them.

use std::io::Read as _;
use std::process::{Child, Command, Stdio};

use paystage::session::run::Session;
use paystage::world::names::{Names, Secret};
use paystage::world::secret::Secrets;
use paystage::world::setup::Setup;
use rusqlite::Connection;
use rusqlite::types::ValueRef;
use serde_json::{Value, json};

use crate::program::Desk;
use crate::raw_http::{Raw, ask};
use crate::secrets_scan::{OWN, SCENARIO, with_own_secret};
use crate::served::Served;

const NAME: &str = "the app's own secret";

fn secrets() -> Secrets {
    Session::new(with_own_secret()).world().secrets()
}

/// A running `paystage serve` whose every word is kept.
pub(crate) struct Spoken {
    pub(crate) child: Child,
    pub(crate) port: u16,
    pub(crate) token: String,
    head: String,
}

impl Spoken {
    pub(crate) fn start(desk: &Desk, arguments: &[&str]) -> Self {
        let mut command: Command = desk.command(&[&["serve", "--port", "0"], arguments].concat());
        command.env_remove("XDG_RUNTIME_DIR").env("XDG_STATE_HOME", desk.path("state"));
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let mut head = String::new();
        let out = child.stdout.as_mut().unwrap();
        // Byte by byte, so that nothing of what follows is lost.
        while head.lines().count() < 2 || !head.ends_with('\n') {
            let mut byte = [0];
            out.read_exact(&mut byte).unwrap();
            head.push(char::from(byte[0]));
        }
        let mut lines = head.lines();
        let port = lines.next().unwrap().rsplit(':').next().unwrap().parse().unwrap();
        let token = std::fs::read_to_string(lines.next().unwrap()).unwrap().trim().to_owned();
        Self { child, port, token, head }
    }

    fn ask(&self, line: &str, headers: &[(&str, &str)], body: &str) -> u16 {
        let host = format!("127.0.0.1:{}", self.port);
        ask(self.port, line, &[&[("Host", host.as_str())], headers].concat(), body).status
    }

    /// Ends it as Ctrl-C does; everything that it ever printed.
    fn words(mut self) -> String {
        let told = Command::new("kill").args(["-INT", &self.child.id().to_string()]).status().unwrap();
        assert!(told.success());
        let (mut out, mut err) = (String::new(), String::new());
        self.child.stdout.take().unwrap().read_to_string(&mut out).unwrap();
        self.child.stderr.take().unwrap().read_to_string(&mut err).unwrap();
        assert_eq!(self.child.wait().unwrap().code(), Some(0), "{err}");
        format!("{}{out}{err}", self.head)
    }
}

#[cfg(unix)]
#[test]
fn the_server_prints_no_secret_and_no_token_whatever_it_is_asked() {
    let desk = Desk::new("secrets-serve");
    desk.file("secret.txt", OWN).file("setup.toml", "hosting = \"classic\"\nbuyer = \"you decide\"\n");
    let server = Spoken::start(&desk, &["--setup", "setup.toml", "--secret-file", "secret.txt"]);
    let token = server.token.clone();
    let bearer = format!("Bearer {token}");
    let json = ("Content-Type", "application/json");
    let good = ("Authorization", bearer.as_str());
    for (line, headers, body, status) in [
        ("GET /control/state", &[("Host", "evil.example"), good][..], "", 400),
        ("GET /control/state", &[("Authorization", "Bearer wrong")], "", 401),
        ("GET /control/state", &[], "", 401),
        ("GET /control/state", &[good], "", 200),
        ("POST /control/command", &[good, json], "{\"do\":\"nonsense\"}", 400),
        ("POST /control/command", &[good, json], "{", 400),
        ("POST /verify/", &[("Content-Type", "text/plain")], "no receipt", 200),
        ("POST /mozpay/product/no-such-pony/buy", &[], "", 404),
        ("DELETE /verify/", &[], "", 405),
        ("GET /nowhere", &[], "", 404),
    ] {
        let found = server.ask(line, headers, body);
        assert_eq!(found, status, "{line} {headers:?} {body}");
    }
    assert_eq!(server.ask("POST /mozpay/product/shiny-pony/buy", &[], ""), 200);
    assert!(server.ask("POST /verify/", &[("Content-Type", "text/plain")], &"x".repeat(100_000)) >= 400);
    let mut rude = Raw::connect(server.port);
    rude.send(format!("GET /\0 {token}\r\nHost: x\r\nAuthorization: {bearer}\r\n\r\n"));
    let _ = rude.rest();
    let words = server.words();
    assert_eq!(secrets().found_in(&words), None, "{words}");
    assert!(!words.contains(&token), "{words}");
}

#[cfg(unix)]
#[test]
fn a_secret_that_the_server_does_print_is_found() {
    let desk = Desk::new("secrets-serve-leak");
    desk.file("setup.toml", format!("buyer = \"{OWN}\"\n"));
    let said = desk.run(&["serve", "--port", "0", "--setup", "setup.toml"]);
    assert_eq!(secrets().found_in(&said.ended(2).err), Some(NAME), "a wrong word is quoted, and this was one");
}

#[test]
fn no_route_answers_a_secret_whatever_is_thrown_at_it() {
    let served = Served::start(with_own_secret());
    let secrets = secrets();
    let bought = served.json("POST /mozpay/product/shiny-pony/buy", 200);
    let begun = served.post("/mozpay/v1/api/pay/", &json!({ "req": bought["webpayJWT"] }), 200);
    served.does(begun["transactionID"].as_str().unwrap(), "confirm", &json!({ "pin": "1234" }));
    let status = served.json(&format!("GET /mozpay/transaction/{}", bought["transactionID"].as_str().unwrap()), 200);
    let receipt = status["receipt"].as_str().unwrap().to_owned();
    let bearer = format!("Bearer {}", served.token);
    let description: Value = served.json("GET /control/openapi.json", 200);
    let mut asked = 0;
    for (path, methods) in description["paths"].as_object().unwrap() {
        for method in methods.as_object().unwrap().keys().filter(|name| *name != "parameters") {
            let filled: Vec<&str> =
                path.split('/').map(|part| if part.starts_with('{') { "shiny-pony" } else { part }).collect();
            let line = format!("{} {}", method.to_uppercase(), filled.join("/"));
            if line.contains("events") || line.contains("stream") {
                continue;
            }
            for (kind, body) in [
                ("application/json", "{"),
                ("application/json", "{\"do\":7,\"setup\":{\"names\":{\"app\":{\"secret\":7}}}}"),
                ("application/x-www-form-urlencoded", "notice=a.b.c&req=a.b.c&product_url=x"),
                ("text/plain", receipt.as_str()),
            ] {
                for more in [&[][..], &[("Authorization", bearer.as_str())]] {
                    let answer = served.ask(&line, &[&[("Content-Type", kind)], more].concat(), body);
                    let said = format!("{answer:?}");
                    assert_eq!(secrets.found_in(&said), None, "{line} {body}");
                    assert!(!said.contains(&served.token), "{line} tells the token");
                    asked += 1;
                }
            }
        }
    }
    assert!(asked > 200, "{asked}");
}

#[test]
fn a_secret_that_a_route_does_answer_is_found() {
    let mut names = Names::default();
    // Whoever takes the secret for the key's name publishes it in each pay request.
    (names.app.key, names.app.secret) = (OWN.to_owned(), Some(Secret::new(OWN)));
    let served = Served::start(Setup { names, ..with_own_secret() });
    let bought = served.ask("POST /mozpay/product/shiny-pony/buy", &[], "");
    assert_eq!(secrets().found_in(&format!("{bought:?}")), Some(NAME));
}

/// Where in a store's tables a secret stands: `table.column`, each once.
fn places(store: &Connection, secrets: &Secrets) -> Vec<String> {
    let mut names = store.prepare("SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name").unwrap();
    let tables: Vec<String> = names.query_map([], |row| row.get(0)).unwrap().map(Result::unwrap).collect();
    assert!(tables.contains(&"step".to_owned()), "{tables:?}");
    let mut places = Vec::new();
    for table in tables {
        let mut rows = store.prepare(&format!("SELECT * FROM \"{table}\"")).unwrap();
        let columns: Vec<String> = rows.column_names().map(str::to_owned).collect();
        let mut rows = rows.query([]).unwrap();
        while let Some(row) = rows.next().unwrap() {
            for (index, column) in columns.iter().enumerate() {
                if let ValueRef::Text(bytes) | ValueRef::Blob(bytes) = row.get_ref(index).unwrap()
                    && secrets.found_in(&String::from_utf8_lossy(bytes)).is_some()
                {
                    places.push(format!("{table}.{column}"));
                }
            }
        }
    }
    places.sort();
    places.dedup();
    places
}

/// A store that a server has left behind in the middle of its work, log and all.
#[cfg(unix)]
fn left_behind(desk: &Desk, setup: &str) -> (Connection, String) {
    desk.file("secret.txt", OWN).file("setup.toml", setup);
    let arguments = ["--setup", "setup.toml", "--secret-file", "secret.txt", "--store", "runs.sqlite"];
    let mut server = Spoken::start(desk, &arguments);
    assert_eq!(server.ask("POST /mozpay/product/shiny-pony/buy", &[], ""), 200);
    let json = ("Content-Type", "application/json");
    let bearer = format!("Bearer {}", server.token);
    let refused = json!({ "do": "refund", "transaction": "none" }).to_string();
    server.ask("POST /control/command", &[("Authorization", &bearer), json], &refused);
    server.child.kill().unwrap();
    server.child.wait().unwrap();
    let files = ["runs.sqlite", "runs.sqlite-wal"];
    let bytes: Vec<u8> = files.into_iter().flat_map(|name| desk.read(name)).collect();
    let text = String::from_utf8_lossy(&bytes).into_owned();
    assert!(!text.contains(&server.token), "the token is in no file but its own");
    (Connection::open(desk.path("runs.sqlite")).unwrap(), text)
}

/// A run cannot be lived again without the secret that its app signed with: the store keeps it in the set-up of the run, for its
/// owner's eyes only, and nowhere else. The stage's own secrets come from the seed and are never written.
#[cfg(unix)]
#[test]
fn the_store_holds_the_own_secret_in_one_field_and_is_its_owners_alone() {
    use std::os::unix::fs::PermissionsExt as _;
    let desk = Desk::new("secrets-store");
    let (store, raw) = left_behind(&desk, "hosting = \"classic\"\n");
    for name in ["runs.sqlite", "runs.sqlite-wal", "state"] {
        let mode = std::fs::metadata(desk.path(name)).unwrap().permissions().mode() & 0o077;
        assert_eq!(mode, 0, "{name} is open to others: {mode:o}");
    }
    assert_eq!(places(&store, &secrets()), ["run.setup"]);
    let setup: String = store.query_row("SELECT setup FROM run", [], |row| row.get(0)).unwrap();
    let mut setup: Value = serde_json::from_str(&setup).unwrap();
    assert_eq!(setup["names"]["app"]["secret"].take(), OWN);
    assert_eq!(secrets().found_in(&setup.to_string()), None, "{setup}");
    // The stage's own: neither in a table nor between the pages.
    let own = Session::new(Setup::default()).world().secrets();
    assert_eq!(own.found_in(&raw), None);
}

#[cfg(unix)]
#[test]
fn a_secret_in_another_field_of_the_store_is_found() {
    let desk = Desk::new("secrets-store-leak");
    let (store, raw) = left_behind(&desk, "hosting = \"classic\"\n");
    store.execute("UPDATE run SET title = ?1", [OWN]).unwrap();
    assert_eq!(places(&store, &secrets()), ["run.setup", "run.title"]);
    store.execute("UPDATE step SET command = ?1 WHERE step = 0", [format!("{{\"k\":\"{OWN}\"}}")]).unwrap();
    assert_eq!(places(&store, &secrets()), ["run.setup", "run.title", "step.command"]);
    assert_eq!(secrets().found_in(&raw), Some(NAME), "bytes are searched as well");
}

#[test]
fn a_secret_in_a_title_stands_as_dots_in_every_report() {
    let desk = Desk::new("secrets-reports-leak");
    desk.file("leak.toml", SCENARIO.replace("One pony, signed with an own secret", OWN));
    for arguments in [
        &["run", "leak.toml"][..],
        &["run", "leak.toml", "--json", "-"],
        &["run", "leak.toml", "--junit", "-"],
        &["run", "leak.toml", "--html", "-"],
    ] {
        let said = desk.run(arguments);
        assert_eq!(secrets().found_in(&said.ended(0).out), None, "{arguments:?}");
        assert!(said.out.contains("••••"), "the title is there, and covered: {arguments:?}\n{}", said.out);
    }
}
