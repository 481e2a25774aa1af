//! The edge cases of history: each acts out what was, without its fault it ends otherwise, and where history was wrong it can go right.

use std::ops::RangeInclusive;

use paystage::session::builtin::{Builtin, SUITE};
use paystage::session::scenario::plan::{Act, Scenario};
use paystage::session::scenario::play::play;
use paystage::session::scenario::variant::{should, twin};

/// How many edge cases there are.
const CASES: u32 = 120;

/// The cases that no scenario acts out, each with its reason.
const LEFT_OUT: &[(u32, &str)] = &[];

/// The cases that may still be missing: the suite is being written.
const UNWRITTEN: &[RangeInclusive<u32>] = &[1..=51, 91..=106, 114..=120];

fn cases() -> impl Iterator<Item = (&'static Builtin, Scenario)> {
    SUITE.iter().map(|builtin| (builtin, builtin.scenario().unwrap())).filter(|(_, scenario)| scenario.case.is_some())
}

#[test]
fn every_edge_case_is_acted_out_or_says_why_not() {
    let mut problems = Vec::new();
    for number in 1..=CASES {
        let is_acted_out = cases().any(|(_, scenario)| scenario.case.unwrap().number == number);
        let is_left_out = LEFT_OUT.iter().any(|(left_out, _)| *left_out == number);
        match (is_acted_out, is_left_out) {
            (false, false) if UNWRITTEN.iter().any(|range| range.contains(&number)) => {}
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
    for (builtin, scenario) in cases() {
        let case = scenario.case.unwrap();
        assert!(builtin.name.starts_with(&format!("{:03}-", case.number)), "{} is case {}", builtin.name, case.number);
        assert!(case.number >= last, "{} stands after case {last}", builtin.name);
        assert!(case.historic.len() > 15, "{}", builtin.name);
        assert!(!scenario.end.is_empty() && scenario.why.len() > 20, "{} says too little", builtin.name);
        last = case.number;
    }
    let count = SUITE.iter().filter(|builtin| builtin.name.starts_with(|first: char| first.is_ascii_digit())).count();
    assert_eq!(count, cases().count(), "a file among the cases is none");
}

/// That the cases themselves hold is shown with the rest of the suite.
#[test]
fn where_history_was_wrong_the_right_outcome_is_reached() {
    let mut failures = Vec::new();
    for (builtin, scenario) in cases() {
        let Some(right) = should(&scenario) else { continue };
        failures.extend(play(&right).failures.iter().map(|failure| format!("{}: {failure}", builtin.name)));
        // The same run must not be right as it was: the outcome is what tells them apart.
        let as_it_was = play(&Scenario { end: right.end.clone(), case: None, ..looked_at_once(&scenario) });
        if as_it_was.is_green() {
            failures.push(format!("{}: is right as it was", builtin.name));
        }
    }
    assert!(failures.is_empty(), "\n{}", failures.join("\n"));
}

#[test]
fn a_case_ends_otherwise_without_what_goes_wrong() {
    let mut failures = Vec::new();
    for (builtin, scenario) in cases() {
        let twin = twin(&scenario).unwrap();
        failures.extend(play(&twin).failures.iter().map(|failure| format!("{}: {failure}", builtin.name)));
        if play(&Scenario { end: scenario.end.clone(), ..twin }).is_green() {
            failures.push(format!("{}: nothing that it expects depends on what goes wrong", builtin.name));
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
