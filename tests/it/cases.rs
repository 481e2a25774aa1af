//! The edge cases of history: each acts out what was, without its fault it ends otherwise, and where history was wrong it can go right.

use std::fs;
use std::path::PathBuf;

use paystage::session::builtin::SUITE;
use paystage::session::scenario::expected::Expected;
use paystage::session::scenario::parse::parse;
use paystage::session::scenario::plan::{Act, Scenario};
use paystage::session::scenario::play::play;
use paystage::session::scenario::variant::{should, twin};

/// How many edge cases there are.
const CASES: u32 = 120;

/// The cases that no scenario acts out, each with its reason.
const LEFT_OUT: &[(u32, &str)] = &[];

/// Every case by its name, read from the folder: a test beside this one holds it against the suite.
fn cases() -> impl Iterator<Item = (String, Scenario)> {
    folder(concat!(env!("CARGO_MANIFEST_DIR"), "/assets/scenarios/cases"))
}

/// Every further code that history had, in the same way.
fn codes() -> impl Iterator<Item = (String, Scenario)> {
    folder(concat!(env!("CARGO_MANIFEST_DIR"), "/assets/scenarios/codes"))
}

fn folder(folder: &str) -> impl Iterator<Item = (String, Scenario)> {
    let mut files: Vec<PathBuf> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    files.into_iter().map(|file| {
        let name = file.file_stem().unwrap().to_string_lossy().into_owned();
        let scenario = parse(&name, &fs::read_to_string(&file).unwrap()).unwrap_or_else(|error| panic!("{error}"));
        (name, scenario)
    })
}

#[test]
fn every_edge_case_is_acted_out_or_says_why_not() {
    let mut problems = Vec::new();
    let acted_out: Vec<u32> = cases().map(|(_, scenario)| scenario.case.unwrap().number.unwrap()).collect();
    for number in 1..=CASES {
        let is_acted_out = acted_out.contains(&number);
        let is_left_out = LEFT_OUT.iter().any(|(left_out, _)| *left_out == number);
        match (is_acted_out, is_left_out) {
            (false, false) => problems.push(format!("case {number} is missing")),
            (true, true) => problems.push(format!("case {number} is acted out and stands among those that are not")),
            (true, false) | (false, true) => {}
        }
    }
    assert!(LEFT_OUT.iter().all(|(_, reason)| reason.len() > 20), "a reason is a sentence");
    assert!(problems.is_empty(), "\n{}", problems.join("\n"));
}

#[test]
fn a_case_stands_under_its_number_and_says_what_history_did() {
    let mut last = 0;
    for (name, scenario) in cases() {
        let case = scenario.case.unwrap_or_else(|| panic!("{name} says nothing of history"));
        let number = case.number.unwrap_or_else(|| panic!("{name} says no number"));
        assert!(name.starts_with(&format!("{number:03}-")), "{name} is case {number}");
        assert!(number >= last, "{name} stands after case {last}");
        assert!(case.historic.len() > 15, "{name}");
        assert!(!scenario.end.is_empty() && scenario.why.len() > 20, "{name} says too little");
        last = number;
    }
}

#[test]
fn a_further_code_has_no_number_and_says_what_history_did() {
    for (name, scenario) in codes() {
        let case = scenario.case.unwrap_or_else(|| panic!("{name} says nothing of history"));
        assert_eq!(case.number, None, "{name}");
        assert!(case.historic.len() > 15 && scenario.why.len() > 20, "{name} says too little");
    }
}

#[test]
fn a_code_is_expected_at_the_message_where_it_hits() {
    for builtin in SUITE {
        let end = builtin.scenario().unwrap().end;
        let is_code = |expected: &Expected| matches!(expected, Expected::Codes(_) | Expected::Reason(_));
        let is_error = |expected: &Expected| matches!(expected, Expected::Error(code) if code != "none");
        let names_a_code = end.iter().any(|line| is_code(&line.expected) || is_error(&line.expected));
        let says_where = end.iter().any(|line| matches!(line.expected, Expected::Refusals(_)));
        assert!(!names_a_code || says_where, "{} does not say where", builtin.name);
    }
}

#[test]
fn every_case_goes_as_history_did() {
    let failures: Vec<String> = cases()
        .chain(codes())
        .flat_map(|(name, scenario)| {
            play(&scenario).failures.into_iter().map(move |failure| format!("{name}: {failure}"))
        })
        .collect();
    assert!(failures.is_empty(), "\n{}", failures.join("\n"));
}

#[test]
fn where_history_was_wrong_the_right_outcome_is_reached() {
    let mut failures = Vec::new();
    for (name, scenario) in cases().chain(codes()) {
        let Some(right) = should(&scenario) else { continue };
        failures.extend(play(&right).failures.iter().map(|failure| format!("{name}: {failure}")));
        // The same run must not be right as it was: the outcome is what tells them apart.
        let as_it_was = play(&Scenario { end: right.end.clone(), case: None, ..looked_at_once(&scenario) });
        if as_it_was.is_green() {
            failures.push(format!("{name}: is right as it was"));
        }
    }
    assert!(failures.is_empty(), "\n{}", failures.join("\n"));
}

#[test]
fn a_case_ends_otherwise_without_what_goes_wrong() {
    let mut failures = Vec::new();
    for (name, scenario) in cases().chain(codes()) {
        let twin = twin(&scenario).unwrap();
        failures.extend(play(&twin).failures.iter().map(|failure| format!("{name}: {failure}")));
        if play(&Scenario { end: scenario.end.clone(), ..twin }).is_green() {
            failures.push(format!("{name}: nothing that it expects depends on what goes wrong"));
        }
    }
    assert!(failures.is_empty(), "\n{}", failures.join("\n"));
}

/// The scenario without what it looks at on the way.
fn looked_at_once(scenario: &Scenario) -> Scenario {
    let mut scenario = scenario.clone();
    scenario.steps.retain(|step| !matches!(step.act, Act::Expect(_)));
    scenario
}
