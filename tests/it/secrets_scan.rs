//! Secrets stay with their owner: everything that the program gives out, by any door, is searched for them.

use paystage::export::format::Format;
use paystage::io::exporting::{Wish, export};
use paystage::lens::lamp::Lamp;
use paystage::protocol::dial::Hosting;
use paystage::session::builtin::SUITE;
use paystage::session::run::Session;
use paystage::session::run_file::save::save;
use paystage::session::scenario::parse::parse;
use paystage::session::scenario::play::play;
use paystage::session::watch::law::Law;
use paystage::ui::scene;
use paystage::world::character::BuyerCharacter;
use paystage::world::names::{Names, Secret};
use paystage::world::setup::Setup;
use serde_json::{Value, json};

use crate::program::Desk;
use crate::served::Served;

/// An app's own secret; long enough that it stands nowhere by chance.
pub(crate) const OWN: &str = "an own secret of some thirty-two bytes";

/// Another one, which JSON, XML and HTML write in ways of their own.
const SIGNS: &str = r#"my "own" secret & long <enough> to count"#;

/// A run in which that secret signs.
pub(crate) const SCENARIO: &str = r#"
title = "One pony, signed with an own secret"
why = "A test looks for it."

[setup]
hosting = "classic"

[setup.names.app]
secret = "an own secret of some thirty-two bytes"

[[steps]]
buy = "shiny-pony"

[[steps]]
run = "until idle"

[[steps]]
refund = "shiny-pony"

[[steps]]
run = "until idle"

[expect]
transaction = "refunded"
"#;

const TEXTS: [Format; 5] = [Format::Har, Format::Mermaid, Format::Svg, Format::Json, Format::Html];

pub(crate) fn with_own_secret() -> Setup {
    let mut names = Names::default();
    names.app.secret = Some(Secret::new(OWN));
    Setup { names, hosting: Hosting::Classic, buyer: BuyerCharacter::YouDecide, ..Setup::default() }
}

/// Everything that a run can be turned into: its trace, its file, and what these formats make of it.
fn papers(session: &Session, formats: &[Format]) -> Vec<(&'static str, String)> {
    let paint = |scene: &_, face| scene::png(scene, face).map_err(|error| error.to_string());
    let mut papers = vec![("the trace", session.trace()), ("the run file", save(session))];
    for &format in formats {
        let paper = export(session, Wish { is_unmasked: true, ..Wish::of(format) }, paint).unwrap();
        papers.push((format.name(), String::from_utf8(paper.content.concat()).unwrap()));
    }
    papers
}

/// Where a secret of this run is found in what it can be turned into.
pub(crate) fn leak(session: &Session) -> Option<String> {
    leak_in(session, &TEXTS)
}

fn leak_in(session: &Session, formats: &[Format]) -> Option<String> {
    let secrets = session.world().secrets();
    papers(session, formats)
        .into_iter()
        .find_map(|(paper, text)| Some(format!("{} in {paper}", secrets.found_in(&text)?)))
}

#[test]
fn no_scenario_gives_away_a_secret_in_any_form() {
    for (number, builtin) in SUITE.iter().enumerate() {
        let session = play(&builtin.scenario().unwrap()).session;
        // Drawing all of them takes its time; each of the others is read as it was recorded and kept.
        let formats: &[Format] = if number % 8 == 0 { &TEXTS } else { &[] };
        assert_eq!(leak_in(&session, formats), None, "{}", builtin.name);
    }
}

#[test]
fn no_report_and_no_file_that_a_command_writes_holds_the_own_secret() {
    let desk = Desk::new("secrets-commands");
    desk.file("own.toml", SCENARIO).file("bad.toml", SCENARIO.replace("\"refunded\"", "\"started\""));
    let secrets = Session::new(with_own_secret()).world().secrets();
    let silent = |what: &str, text: &str| assert_eq!(secrets.found_in(text), None, "{what}");
    for (arguments, code) in [
        (&["run", "own.toml", "bad.toml", "--messages"][..], 1),
        (&["run", "own.toml", "bad.toml", "--json", "-", "--coverage"], 1),
        (&["run", "own.toml", "bad.toml", "--junit", "-"], 1),
        (&["run", "own.toml", "bad.toml", "--html", "-"], 1),
        (&["compare", "own.toml", "plain-classic"], 1),
        (&["explore", "own.toml", "--json"], 0),
        (&["attack", "--dial", "hosting=classic", "--json"], 1),
        (&["export", "own.toml", "--as", "json", "--unmasked"], 0),
        (&["export", "own.toml", "--as", "har", "--unmasked"], 0),
    ] {
        let said = desk.run(arguments);
        assert_eq!(said.code, code, "{arguments:?}: {}", said.err);
        assert!(said.out.len() > 100, "{arguments:?} says something: {said:?}");
        silent(&arguments.join(" "), &said.out);
        silent(&arguments.join(" "), &said.err);
    }
    // Nor one with signs that are written in other ways in JSON, in XML and in HTML, where an answer tells it.
    let told = SCENARIO.replace("\"an own secret of some thirty-two bytes\"", &format!("'{SIGNS}'"));
    let told = told.replace(
        "[[steps]]\nbuy",
        &format!("[[faults]]\non = \"buy-asked\"\nanswer = {{ status = 200, body = '{SIGNS}' }}\n\n[[steps]]\nbuy"),
    );
    desk.file("told.toml", told.replace("One pony", &format!("One {}", SIGNS.replace('"', "\\\""))));
    let signs = play(&parse("told.toml", &told).unwrap()).session;
    let mut lamp = Lamp::new();
    while lamp.refresh(&signs) {}
    assert!(lamp.breach(Law::SecretsKept).is_some(), "the lamp sees it");
    for arguments in [
        &["run", "told.toml", "--messages"][..],
        &["run", "told.toml", "--json", "-"],
        &["run", "told.toml", "--junit", "-"],
        &["run", "told.toml", "--html", "-"],
        &["export", "told.toml", "--as", "json", "--unmasked"],
        &["export", "told.toml", "--as", "har", "--unmasked"],
        &["export", "told.toml", "--as", "html", "--unmasked"],
    ] {
        let said = desk.run(arguments);
        assert!(said.out.len() > 100, "{arguments:?} says something: {said:?}");
        assert_eq!(signs.world().secrets().found_in(&said.out), None, "{arguments:?}: {}", said.out);
    }
    // A scenario that cannot be read is quoted in the complaint; the secret is not.
    desk.file("wrong.toml", SCENARIO.replace("secret = ", "secrets = "));
    let said = desk.run(&["run", "wrong.toml"]);
    silent("a complaint", &said.ended(2).out);
    silent("a complaint", &said.err);
}

#[test]
fn no_answer_of_the_server_holds_a_secret_or_the_token() {
    let served = Served::start(with_own_secret());
    let secrets = Session::new(with_own_secret()).world().secrets();
    let bought = served.json("POST /mozpay/product/shiny-pony/buy", 200);
    let begun = served.post("/mozpay/v1/api/pay/", &json!({ "req": bought["webpayJWT"] }), 200);
    let transaction = begun["transactionID"].as_str().unwrap().to_owned();
    served.does(&transaction, "confirm", &json!({ "pin": "1234" }));
    let status = served.json(&format!("GET /mozpay/transaction/{}", bought["transactionID"].as_str().unwrap()), 200);
    let receipt = status["receipt"].as_str().unwrap().to_owned();
    let bearer = format!("Bearer {}", served.token);
    let mut asked = 0;
    let mut ask = |line: &str, body: &str| {
        let json = [("Authorization", bearer.as_str()), ("Content-Type", "application/json")];
        let answer = served.ask(line, if body.is_empty() { &json[..1] } else { &json }, body);
        let said = format!("{answer:?}");
        assert_eq!(secrets.found_in(&said), None, "{line}");
        assert!(!said.contains(&served.token), "{line} tells the token");
        asked += usize::from(answer.status == 200);
    };
    let description: Value = served.json("GET /control/openapi.json", 200);
    for (path, methods) in description["paths"].as_object().unwrap() {
        if methods.get("get").is_some() {
            let filled = path.split('/').map(|part| if part.starts_with('{') { transaction.as_str() } else { part });
            ask(&format!("GET {}", filled.collect::<Vec<_>>().join("/")), "");
        }
    }
    for path in ["/control/trace", "/control/run", "/control/scenario", "/control/state", "/purchases", "/demo/"] {
        ask(&format!("GET {path}"), "");
    }
    let refund = json!({ "do": "refund", "transaction": transaction });
    for (path, body) in [("/control/command", &refund), ("/control/command", &json!({ "do": "nonsense" }))] {
        ask(&format!("POST {path}"), &body.to_string());
    }
    assert!(asked > 10, "{asked} answers were good");
    let verify = served.ask("POST /verify/", &[("Content-Type", "text/plain")], &receipt);
    assert_eq!(secrets.found_in(&format!("{verify:?}")), None);
}

#[test]
fn a_secret_that_does_stand_somewhere_is_found() {
    let session = Session::new(with_own_secret());
    let secrets = session.world().secrets();
    assert_eq!(secrets.found_in(&format!("<p>{OWN}</p>")), Some("the app's own secret"));
    assert_eq!(secrets.found_in(&session.trace()), None);
}
