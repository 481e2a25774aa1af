//! Coverage: what a run met is counted, what it did not meet is named, and a scenario is known that meets it.

use paystage::lens::coverage::{Coverage, List, Reach};
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
    let (count, of) = all.count(List::Messages);
    assert!(count * 10 >= of * 8, "{count} of {of} messages");
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
