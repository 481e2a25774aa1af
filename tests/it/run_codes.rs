//! Run codes: a built-in scenario is named by one word, the same bytes come of it anywhere, and any difference is said.

use paystage::protocol::id::ProductId;
use paystage::session::builtin::{Builtin, SUITE};
use paystage::session::run_code::{ENGINE, RunCode, RunCodeError};
use paystage::session::scenario::play::play;
use paystage::world::command::Command;

use crate::program::Desk;

fn code_of(name: &str, seed: u64) -> RunCode {
    let mut scenario = Builtin::find(name).unwrap().scenario().unwrap();
    scenario.setup.seed = seed;
    RunCode::new(name, seed, &play(&scenario).session.fingerprint())
}

/// When this fails, and not because a scenario or a test was meant to change it, old run codes and run files do not replay any
/// more: raise `ENGINE`.
#[test]
fn the_bytes_of_this_engine_are_those_that_its_codes_were_given_for() {
    assert_eq!(ENGINE, 1);
    let codes = ["plain-hosted", "plain-classic"].map(|name| code_of(name, 42).to_string());
    expect_test::expect![[r#"
        [
            "R1-42-plain-hosted-GRHP",
            "R1-42-plain-classic-VQ2C",
        ]
    "#]]
    .assert_debug_eq(&codes);
}

#[test]
fn a_code_gives_the_same_bytes_again() {
    for builtin in SUITE.iter().step_by(9) {
        let code = code_of(builtin.name, 7);
        let read = RunCode::parse(&code.to_string()).unwrap();
        let (outcome, mismatch) = read.play().unwrap();
        assert_eq!(mismatch, None, "{code}");
        assert_eq!(outcome.session.setup().seed, 7);
        assert_eq!(RunCode::of(&outcome.session).map(|again| again.to_string()), Some(code.to_string()));
    }
}

#[test]
fn a_wrong_checksum_another_engine_and_an_unknown_name_are_told_apart() {
    let right = code_of("declined", 42);
    let wrong = RunCode { seed: 43, ..right.clone() };
    let mismatch = wrong.play().unwrap().1.unwrap();
    assert!(!mismatch.is_other_engine() && mismatch.expected == right.checksum);
    let old = RunCode { engine: ENGINE + 1, ..wrong };
    let told = old.play().unwrap().1.unwrap().to_string();
    assert!(told.contains(&format!("made by engine {}", ENGINE + 1)), "{told}");
    let same = RunCode { engine: ENGINE + 1, ..right };
    assert_eq!(same.play().unwrap().1, None, "another engine that gives the same bytes is no trouble");
    let missing = RunCode::parse("R1-42-no-such-thing-0000").unwrap().play().unwrap_err();
    assert!(matches!(&missing, RunCodeError::Unknown { name, .. } if name == "no-such-thing"), "{missing}");
}

#[test]
fn a_run_that_went_another_way_has_no_code() {
    let mut session = code_of("plain-hosted", 42).play().unwrap().0.session;
    session.to_start();
    assert!(RunCode::of(&session).is_some(), "where it stands does not matter");
    session.dispatch(Command::Buy { product: ProductId::parse("golden-saddle").unwrap() });
    assert_eq!(RunCode::of(&session), None);
}

#[test]
fn the_command_line_takes_a_code_wherever_a_run_is_meant() {
    let desk = Desk::new("run-code");
    let code = code_of("notice-lost-once", 5).to_string();
    let said = desk.run(&["run", &code, "--json", "-"]);
    assert_eq!(said.code, 0, "{}", said.err);
    let report: serde_json::Value = serde_json::from_str(&said.out).unwrap();
    assert_eq!((report["results"][0]["seed"].as_u64(), report["results"][0]["code"].as_str()), (Some(5), Some(&*code)));
    let spoilt = code.replace("-5-", "-6-");
    let said = desk.run(&["run", &spoilt, "--junit", "report.xml", "--html", "report.html"]);
    assert_eq!(said.code, 1, "{}", said.out);
    let true_code = code_of("notice-lost-once", 6).to_string();
    let reports = ["report.xml", "report.html"].map(|name| String::from_utf8(desk.read(name)).unwrap());
    for text in [&said.out, &reports[0], &reports[1]] {
        assert!(text.contains("run code") && text.contains(&true_code), "{text}");
    }
    let other = desk.run(&["compare", &code, &spoilt]);
    assert_eq!(other.code, 2);
    assert!(other.err.contains("the run code says"), "{}", other.err);
}

#[test]
fn the_readme_names_a_code_that_is_true() {
    let readme = std::fs::read_to_string("README.md").unwrap();
    let words = readme.split(|letter: char| !letter.is_ascii_alphanumeric() && letter != '-');
    let codes: Vec<RunCode> = words.filter_map(|word| RunCode::parse(word).ok()).collect();
    assert!(!codes.is_empty());
    for code in codes {
        assert_eq!(code.play().unwrap().1, None, "{code}");
    }
}
