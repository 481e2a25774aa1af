//! Coverage: what a run met is counted, what it did not meet is named, and a scenario is known that meets it.

use paystage::lens::coverage::{Coverage, List};
use paystage::lens::left_out::reason;
use paystage::lens::reach::Reach;
use paystage::session::builtin::{Builtin, SUITE};
use paystage::session::scenario::play::play;

use crate::program::Desk;

fn met(name: &str) -> Coverage {
    Coverage::of(play(&Builtin::find(name).unwrap().scenario().unwrap()).session.past())
}

fn has(coverage: &Coverage, list: List, code: &str) -> bool {
    list.items().iter().any(|item| item.code == code && coverage.hit(item).is_some())
}

#[test]
fn a_refusal_is_met_where_it_happens_and_not_in_its_twin() {
    let cases = [
        ("cancelled", List::MozPay, "USER_CANCELLED"),
        ("closed", List::MozPay, "DIALOG_CLOSED_BY_USER"),
        ("declined", List::PaymentFlow, "TRANS_FAILED"),
        ("wrong-pin-five-times", List::PaymentFlow, "PIN_LOCKED"),
        ("paid-but-timed-out", List::Stops, "PURCHASE_TIMEOUT"),
        ("refunded-store-asked", List::Statuses, "refunded"),
        ("forged", List::Checks, "signature"),
        ("other-apps-receipt", List::Checks, "product"),
        ("charged-back-tomorrow", List::Messages, "chargeback-reported"),
    ];
    let plain = met("plain-hosted");
    for (name, list, code) in cases {
        assert!(has(&met(name), list, code), "{name}: {code}");
        assert!(!has(&plain, list, code), "plain-hosted: {code}");
    }
    assert!(has(&plain, List::Messages, "access-granted"));
}

#[test]
fn the_first_message_and_the_number_of_times_are_kept() {
    let session = play(&Builtin::find("paid-but-timed-out").unwrap().scenario().unwrap()).session;
    let coverage = Coverage::of(session.past());
    let polls = List::Messages.items().into_iter().find(|item| item.code == "status-asked").unwrap();
    let hit = coverage.hit(&polls).unwrap();
    assert_eq!(hit.count, 10);
    assert!(session.past()[hit.step].message_number().is_some() && hit.message.is_some());
}

#[test]
fn every_item_that_the_suite_meets_names_a_scenario_that_meets_it() {
    let reach = Reach::of_suite();
    let mut all = Coverage::new();
    for builtin in SUITE {
        all.add(&met(builtin.name));
    }
    for item in List::ALL.into_iter().flat_map(List::items) {
        match reach.scenario(&item) {
            Some(name) => assert!(met(name).hit(&item).is_some(), "{name} does not meet {item:?}"),
            None => assert!(all.hit(&item).is_none(), "{item:?} is met by the suite"),
        }
    }
}

#[test]
fn everything_that_there_is_is_met_by_the_suite_or_left_out_for_a_reason() {
    let reach = Reach::of_suite();
    let mut problems = Vec::new();
    for item in List::ALL.into_iter().flat_map(List::items) {
        let (list, code, sentence) = (item.list.label(), item.code, item.sentence);
        match (reach.scenario(&item), reason(&item)) {
            (None, None) => problems.push(format!("{list}: nothing meets {code} ({sentence})")),
            (Some(name), Some(_)) => problems.push(format!("{list}: {code} is left out, and {name} meets it")),
            (Some(_), None) | (None, Some(_)) => {}
        }
    }
    assert!(problems.is_empty(), "\n{}", problems.join("\n"));
}

#[test]
fn what_is_left_out_is_told_with_its_reason() {
    let desk = Desk::new("left-out");
    let said = desk.run(&["run", "cancelled", "--coverage"]);
    assert!(said.out.contains("left out: ApiRequestAborted. No app on this stage takes back a call"), "{}", said.out);
    let json = desk.run(&["run", "cancelled", "--coverage", "--json", "-"]);
    let report: serde_json::Value = serde_json::from_str(&json.out).unwrap();
    let lines = report["coverage"].as_array().unwrap().iter().flat_map(|list| list["items"].as_array().unwrap());
    let (told, untold): (Vec<_>, Vec<_>) = lines.partition(|line| line.get("left_out").is_some());
    assert!(told.iter().any(|line| line["code"] == "ApiRequestAborted"));
    assert!(untold.iter().any(|line| line["code"] == "USER_CANCELLED"));
}

#[test]
fn run_prints_what_was_met_and_what_was_not() {
    let desk = Desk::new("coverage");
    let said = desk.run(&["run", "cancelled", "--coverage"]);
    assert_eq!(said.code, 0, "{}", said.err);
    assert!(said.out.contains("mozPay errors") && said.out.contains("not met: "), "{}", said.out);
    let json = desk.run(&["run", "cancelled", "--coverage", "--json", "-"]);
    let report: serde_json::Value = serde_json::from_str(&json.out).unwrap();
    let list = report["coverage"].as_array().unwrap().iter().find(|list| list["list"] == "mozPay errors").unwrap();
    assert_eq!(list["met"], 1);
    let without = desk.run(&["run", "cancelled", "--json", "-"]);
    assert!(!without.out.contains("coverage"));
}
