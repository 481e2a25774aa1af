//! Every state and every error of the historic clients: a receipt that is given it beside one that is not and differs in one thing.

use std::collections::{BTreeMap, BTreeSet};

use paystage::protocol::dial::Profile;

use crate::closed_list;
use crate::profiles::{Case, cases, judged};

/// The states of receiptverifier, families included.
const RECEIPTVERIFIER_STATES: [&str; 18] = [
    "VerificationIncomplete",
    "OK",
    "OKCache",
    "OKStaleCache",
    "NeedsInstall",
    "NotInstalled",
    "NoReceipts",
    "NoValidReceipts",
    "NetworkError",
    "ConnectionError",
    "ServerError",
    "RequestTimeout",
    "ServerStatusError",
    "InvalidServerResponse",
    "InternalError",
    "MozAppsError",
    "VerifierError",
    "MozAppsNotSupported",
];

const FAMILY: &str = "the name of a family: a verdict always has the name of one of its members";
const MANY_RECEIPTS: &str = "a state of the app's list of receipts, and a verdict is about one receipt that is there";
const MOZ_APPS: &str = "it comes from the browser's app registry, which is asked before there is a receipt to judge";

const STATES_LEFT_OUT: [(&str, &str); 10] = [
    ("NeedsInstall", FAMILY),
    ("NotInstalled", MOZ_APPS),
    ("NoReceipts", MANY_RECEIPTS),
    ("NetworkError", FAMILY),
    ("ServerError", FAMILY),
    ("RequestTimeout", "an aborted request ended with status 0 first, so that the state was ConnectionError"),
    ("InternalError", FAMILY),
    ("MozAppsError", MOZ_APPS),
    ("VerifierError", "it reports a fault inside the library, and the judge cannot fail whatever it is given"),
    ("MozAppsNotSupported", MOZ_APPS),
];

/// What receiptverifier noted about one receipt.
const RECEIPTVERIFIER_ERRORS: [&str; 15] = [
    "ReceiptFormatError",
    "ReceiptParseError",
    "InvalidFromStore",
    "Refunded",
    "InvalidReceiptIssuer",
    "ReceiptExpired",
    "VerifyDomainMismatch",
    "WrongType",
    "ProductURLError",
    "ConnectionError",
    "RequestTimeout",
    "ServerStatusError",
    "InvalidServerResponse",
    // Notes rather than errors: why the receipt passed without being asked about.
    "OKCache",
    "OKStaleCache",
];

/// The classes of error with which fxpay turned a receipt away.
const FXPAY_ERRORS: [&str; 6] = [
    "InvalidReceipt",
    "TestReceiptNotAllowed",
    "BadApiResponse",
    "BadJsonResponse",
    "ApiRequestTimeout",
    // What a request came to that never left the browser.
    "ApiRequestError",
];

/// The words that a client's verdicts have, each with the settings of the cases that are given it and of those that are not.
fn words_of(profile: Profile, word_of: fn(&Case) -> Option<String>) -> BTreeSet<String> {
    let told: Vec<(BTreeMap<String, String>, Option<String>, String)> = cases()
        .iter()
        .filter(|case| case.profile == profile)
        .map(|case| (case.settings(), word_of(case), case.is.clone()))
        .collect();
    let words: BTreeSet<String> = told.iter().filter_map(|(_, word, _)| word.clone()).collect();
    for word in &words {
        let (met, others): (Vec<_>, Vec<_>) = told.iter().partition(|(_, other, _)| other.as_ref() == Some(word));
        let has_twin = met.iter().any(|(own, ..)| others.iter().any(|(other, ..)| difference(own, other) == 1));
        assert!(has_twin, "{profile:?}: {word} has no twin that differs in one thing; it is met by {met:?}");
    }
    words
}

/// In how many things two cases differ.
fn difference(one: &BTreeMap<String, String>, other: &BTreeMap<String, String>) -> usize {
    let names: BTreeSet<&String> = one.keys().chain(other.keys()).collect();
    names.into_iter().filter(|name| one.get(*name) != other.get(*name)).count()
}

fn code(case: &Case) -> Option<String> {
    judged(case).code().map(str::to_owned)
}

fn state(case: &Case) -> Option<String> {
    judged(case).state().map(str::to_owned)
}

#[track_caller]
fn check(list: &[&str], reached: &BTreeSet<String>, left_out: &[(&str, &str)]) {
    closed_list::check_reached(list, &reached.iter().map(String::as_str).collect(), left_out);
}

#[test]
fn every_state_of_receiptverifier_is_met_beside_a_twin_or_left_out_for_a_reason() {
    check(&RECEIPTVERIFIER_STATES, &words_of(Profile::Receiptverifier, state), &STATES_LEFT_OUT);
}

#[test]
fn every_error_of_receiptverifier_is_met_beside_a_twin() {
    check(&RECEIPTVERIFIER_ERRORS, &words_of(Profile::Receiptverifier, code), &[]);
}

#[test]
fn every_error_of_fxpay_about_a_receipt_is_met_beside_a_twin() {
    check(&FXPAY_ERRORS, &words_of(Profile::Fxpay, code), &[]);
    assert_eq!(words_of(Profile::Fxpay, state), BTreeSet::new(), "fxpay has no word for the whole");
}
