//! Every code with which a payment fails once its page is open, or its call of `mozPay`: a run that meets it beside one that does not.

use std::collections::BTreeSet;

use paystage::protocol::code::Code;
use paystage::protocol::flow_failure::FlowFailure;
use paystage::protocol::key_check::KeyCheckError;
use paystage::protocol::mozpay::MozPayError;
use paystage::session::scenario::parse::parse;
use paystage::session::scenario::play::play;
use paystage::world::event::Event;
use paystage::world::message::Body;
use paystage::world::party::Party;

use crate::closed_list;

/// The codes of what fails later than the checks of a pay request, as the server, the provider's return and the page had them.
const FLOW_CODES: [&str; 44] = [
    "TRANS_MISSING",
    "TRANS_CONFIG_FAILED",
    "NO_PUBLICID_IN_JWT",
    "NO_VALID_SELLER",
    "SELLER_NOT_CONFIGURED",
    "BUYER_NOT_CONFIGURED",
    "UNEXPECTED_ERROR",
    "TRANSACTION_NOT_FOUND",
    "TRANS_ID_NOT_SET",
    "NO_ACTIVE_TRANS",
    "NOTICE_ERROR",
    "NOTICE_EXCEPTION",
    "BAD_BANGO_CODE",
    "BANGO_ERROR",
    "EXT_ERROR",
    "USER_CANCELLED",
    "UNSUPPORTED_PAY",
    "TRANS_TIMEOUT",
    "TRANS_NOT_FOUND",
    "TRANS_FAILED",
    "TRANS_REQUEST_FAILED",
    "INVALID_REDIR_URL",
    "MISSING_PROVIDER",
    "PROVIDER_LOGOUT_FAIL",
    "WAIT_URL_NOT_SET",
    "PIN_LOCKED",
    "PIN_ENTER_PERM_DENIED",
    "PIN_ENTER_USER_DOES_NOT_EXIST",
    "PIN_ENTER_UNHANDLED_ERROR",
    "PIN_CREATE_PERM_DENIED",
    "PIN_CREATE_UNHANDLED_ERROR",
    "PIN_RESET_PERM_DENIED",
    "PIN_RESET_UNHANDLED_ERROR",
    "LOGIN_TIMEOUT",
    "SIMULATE_FAIL",
    "SIMULATE_TIMEOUT",
    "INCOMPLETE_PAY_SUCCESS",
    "PAY_SUCCESS_TIMEOUT",
    "INCOMPLETE_PAY_FAIL",
    "PAY_FAILURE_TIMEOUT",
    "MISSING_ERROR_CODE",
    // History had the next three as HTTP answers or as states of the ledger, without a code of the flow.
    "WRONG_PIN",
    "TRANS_ENDED",
    "TRANS_EXPIRED",
];

const ONE_PROVIDER: &str = "the stage has one provider, which is always there and never redirects";
const SIGNED_IN: &str = "the one buyer is signed in and has a PIN from the start";
const NO_SESSION: &str = "the stage has no browser sessions: each message names its payment";
const CLOSED_ANSWERS: &str = "the provider's answers are a closed list: charged, declined, pending";
const NO_SIMULATED_PAYMENT: &str = "no app of the stage asks for a simulated payment";
const ENDS_AT_ONCE: &str = "the device closes the page on the message that ends it, and that message always arrives";

/// The codes that no command leads to, and why.
const FLOW_LEFT_OUT: [(&str, &str); 38] = [
    ("TRANS_MISSING", NO_SESSION),
    ("TRANS_CONFIG_FAILED", "no command has an unknown product's request signed; the world's own tests hand one in"),
    ("NO_PUBLICID_IN_JWT", "sellers are found by the issuer of the request, never by a public_id in it"),
    ("NO_VALID_SELLER", "the one provider takes the money of every seller"),
    ("SELLER_NOT_CONFIGURED", "sellers have no accounts that could be unfinished"),
    ("BUYER_NOT_CONFIGURED", SIGNED_IN),
    ("UNEXPECTED_ERROR", "the world cannot fail: what a party cannot place is the event Unexpected"),
    ("TRANSACTION_NOT_FOUND", "the page never asks the ledger for a payment; it is told what became of its own"),
    ("TRANS_ID_NOT_SET", NO_SESSION),
    ("NO_ACTIVE_TRANS", NO_SESSION),
    ("NOTICE_ERROR", "the provider answers unsigned on a line of its own, so nothing can be refused about its notice"),
    ("NOTICE_EXCEPTION", "the provider answers unsigned on a line of its own, so no check of its notice can break"),
    ("BAD_BANGO_CODE", CLOSED_ANSWERS),
    ("BANGO_ERROR", CLOSED_ANSWERS),
    ("EXT_ERROR", "a decline is told as TRANS_FAILED; no operator stands behind the provider"),
    ("UNSUPPORTED_PAY", "the stage has no regions and no operators: every price can be paid"),
    ("TRANS_TIMEOUT", "a payment begins in the instant in which its page opens"),
    ("TRANS_REQUEST_FAILED", "the page never asks for its payment, so no such request can fail"),
    ("INVALID_REDIR_URL", ONE_PROVIDER),
    ("MISSING_PROVIDER", ONE_PROVIDER),
    ("PROVIDER_LOGOUT_FAIL", "nobody signs in at the provider, so nobody is signed out of it"),
    ("WAIT_URL_NOT_SET", "the page waits for the provider's answer itself, not at an address"),
    ("PIN_ENTER_PERM_DENIED", SIGNED_IN),
    ("PIN_ENTER_USER_DOES_NOT_EXIST", SIGNED_IN),
    ("PIN_ENTER_UNHANDLED_ERROR", "comparing two PINs is all that is done, and that cannot break"),
    ("PIN_CREATE_PERM_DENIED", SIGNED_IN),
    ("PIN_CREATE_UNHANDLED_ERROR", SIGNED_IN),
    ("PIN_RESET_PERM_DENIED", "the page has no way to reset a PIN: a lock is waited for"),
    ("PIN_RESET_UNHANDLED_ERROR", "the page has no way to reset a PIN: a lock is waited for"),
    ("LOGIN_TIMEOUT", SIGNED_IN),
    ("SIMULATE_FAIL", NO_SIMULATED_PAYMENT),
    ("SIMULATE_TIMEOUT", NO_SIMULATED_PAYMENT),
    ("INCOMPLETE_PAY_SUCCESS", ENDS_AT_ONCE),
    ("PAY_SUCCESS_TIMEOUT", ENDS_AT_ONCE),
    ("INCOMPLETE_PAY_FAIL", ENDS_AT_ONCE),
    ("PAY_FAILURE_TIMEOUT", ENDS_AT_ONCE),
    ("MISSING_ERROR_CODE", "a refusal is a type that always has a code"),
    ("TRANS_ENDED", "no command opens one pay request twice; the world's own tests deliver one again"),
];

const FORM: &str = "the app hands on what its server signed; tokens of every shape meet the broker in codes";
const REGISTERED: &str = "the device's one provider is complete and https; other settings meet the broker in codes";
const ONE_CHOICE: &str = "the app makes one request, so the buyer chooses nothing; choices are made in codes";

/// The names of `mozPay` that no run leads to, and why.
const MOZPAY_LEFT_OUT: [(&str, &str); 15] = [
    ("INTERNAL_ERROR_CALL_WITH_MISSING_JWT", FORM),
    ("PAY_REQUEST_ERROR_WRONG_SEGMENTS_COUNT", FORM),
    ("PAY_REQUEST_ERROR_EMPTY_PAYLOAD", FORM),
    ("PAY_REQUEST_ERROR_ERROR_DECODING_JWT", FORM),
    ("PAY_REQUEST_ERROR_ERROR_PARSING_JWT_PAYLOAD", FORM),
    ("PAY_REQUEST_ERROR_NO_TYP_PARAMETER", FORM),
    ("PAY_REQUEST_ERROR_NO_REQUEST_PARAMETER", FORM),
    ("INTERNAL_ERROR_WRONG_REGISTERED_PAY_PROVIDER", REGISTERED),
    ("INTERNAL_ERROR_NON_HTTPS_PROVIDER_URI", REGISTERED),
    ("PAY_REQUEST_ERROR_DUPLICATED_JWT_TYPE", ONE_CHOICE),
    ("PAY_REQUEST_ERROR_NO_VALID_REQUEST_FOUND", REGISTERED),
    ("INTERNAL_ERROR_CREATE_PAYMENT_GLUE_FAILED", "the simulated device can always show a window"),
    ("INTERNAL_ERROR_NO_VALID_SELECTED_PROVIDER", ONE_CHOICE),
    ("INTERNAL_ERROR_NO_JWT_ASSOCIATED_TO_REQUEST", ONE_CHOICE),
    ("INTERNAL_ERROR_ERROR_CREATING_PAY_REQUEST", "the simulated device can always take a request in"),
];

const KEY_CHECK_IS_NO_ARROW: &str = "it is answered over HTTP, and no run is told of it; http_walk has it checked";

/// What the key check answers: over HTTP, beside any purchase, so that no run is told of it.
const KEY_CHECK_LEFT_OUT: [(&str, &str); 2] =
    [("INVALID_JWT_OR_UNKNOWN_ISSUER", KEY_CHECK_IS_NO_ARROW), ("INCORRECT_JWT_TYP", KEY_CHECK_IS_NO_ARROW)];

/// A purchase of the pony as lines of a scenario.
#[derive(Clone, Copy)]
struct Run {
    /// Of its set-up.
    setup: &'static [&'static str],
    /// Its steps after Buy, up to the last, which lets it come to rest.
    steps: &'static [&'static str],
}

/// What was said in a run.
#[derive(Debug, PartialEq, Eq)]
struct Told {
    /// The codes with which the payment flow refused, in order.
    by_flow: Vec<&'static str>,
    /// What the app read in `request.error.name`, for each call of `mozPay` that failed.
    to_app: Vec<&'static str>,
    /// Whether the pony was opened.
    is_open: bool,
}

fn told(by_flow: &[&'static str], to_app: &[&'static str], is_open: bool) -> Told {
    Told { by_flow: by_flow.to_vec(), to_app: to_app.to_vec(), is_open }
}

impl Run {
    fn lines(self) -> Vec<&'static str> {
        self.setup.iter().chain(self.steps).copied().collect()
    }

    fn told(self) -> Told {
        let steps: Vec<String> =
            [BUY].iter().chain(self.steps).chain(&[RESTS]).map(|line| format!("[[steps]]\n{line}")).collect();
        let setup = self.setup.join("\n");
        let text = format!("title = 'a run'\nwhy = 'a code'\n[setup]\n{setup}\n{}", steps.join("\n"));
        let outcome = play(&parse("run.toml", &text).unwrap());
        assert!(outcome.is_green(), "{text}\n{}", outcome.failures[0]);
        let mut told = told(&[], &[], false);
        for event in outcome.session.steps().iter().flat_map(|step| &step.events) {
            match event {
                Event::Refused { by: Party::Marketplace, refusal } => told.by_flow.push(refusal.code),
                Event::Delivered { message } => {
                    if let Body::PaySettled { failure: Some(refusal) } = &message.body {
                        told.to_app.push(refusal.code);
                    }
                }
                Event::AccessGranted { .. } => told.is_open = true,
                _ => {}
            }
        }
        told
    }
}

/// A run that meets a code, what is said in it, its twin that differs in one line, and what is said in that.
struct Row {
    met: (Run, Told),
    twin: (Run, Told),
}

/// The app polls for an hour, so that it is there whenever the payment ends.
const PATIENT: &str = "polling = { interval = '1m', tries = 60 }";
const YOU_DECIDE: &str = "buyer = 'you decide'";
const BUY: &str = "buy = 'shiny-pony'";
const ASKED: &str = "run = 'until asked'";
const RESTS: &str = "run = 'until idle'";
const RIGHT: &str = "confirm = '1234'";
const WRONG: &str = "confirm = '0000'";

fn rows() -> Vec<Row> {
    let with = |setup: &'static [&'static str]| Run { setup, steps: &[] };
    let decided = |steps: &'static [&'static str]| Run { setup: &[YOU_DECIDE], steps };
    let fine = || told(&[], &[], true);
    let fails = |code: &'static str| told(&[code], &[code], false);
    let pays = with(&["buyer = 'pays at once'"]);
    let (wrong, locked) = ("WRONG_PIN", "PIN_LOCKED");
    vec![
        Row { met: (with(&["buyer = 'cancels'"]), fails("USER_CANCELLED")), twin: (pays, fine()) },
        Row {
            met: (with(&["buyer = 'closes the window'"]), told(&[], &["DIALOG_CLOSED_BY_USER"], false)),
            twin: (pays, fine()),
        },
        Row {
            met: (decided(&[ASKED, WRONG, RIGHT]), told(&[wrong], &[], true)),
            twin: (decided(&[ASKED, RIGHT, RIGHT]), fine()),
        },
        Row {
            met: (
                decided(&[ASKED, WRONG, WRONG, WRONG, WRONG, WRONG]),
                told(&[wrong, wrong, wrong, wrong, locked], &[locked], false),
            ),
            twin: (
                decided(&[ASKED, WRONG, WRONG, WRONG, WRONG, RIGHT]),
                told(&[wrong, wrong, wrong, wrong], &[], true),
            ),
        },
        // The lock outlives its page, for five minutes.
        Row {
            met: (
                decided(&[ASKED, WRONG, WRONG, WRONG, WRONG, WRONG, RESTS, "wait = '4m'", BUY, ASKED, RIGHT]),
                told(&[wrong, wrong, wrong, wrong, locked, locked], &[locked, locked], false),
            ),
            twin: (
                decided(&[ASKED, WRONG, WRONG, WRONG, WRONG, WRONG, RESTS, "wait = '5m'", BUY, ASKED, RIGHT]),
                told(&[wrong, wrong, wrong, wrong, locked], &[locked], true),
            ),
        },
        Row {
            met: (with(&["provider = 'declines'"]), fails("TRANS_FAILED")),
            twin: (with(&["provider = 'charges'"]), fine()),
        },
        Row {
            met: (with(&[PATIENT, "provider = 'settles after 36 s'"]), fails("TRANS_NOT_FOUND")),
            twin: (with(&[PATIENT, "provider = 'settles after 34 s'"]), fine()),
        },
        Row {
            met: (with(&[PATIENT, "buyer = 'pays after 31 m'"]), fails("TRANS_EXPIRED")),
            twin: (with(&[PATIENT, "buyer = 'pays after 29 m'"]), fine()),
        },
    ]
}

#[test]
fn every_later_failure_is_met_by_a_run_beside_a_twin_or_left_out_for_a_reason() {
    let (mut by_flow, mut to_app) = (BTreeSet::new(), BTreeSet::new());
    for (place, row) in rows().into_iter().enumerate() {
        let (met, twin) = (row.met.0.lines(), row.twin.0.lines());
        let differing = met.iter().zip(&twin).filter(|(met, twin)| met != twin).count();
        assert_eq!((met.len(), differing), (twin.len(), 1), "row {place}: the twins differ in more than one line");
        assert_ne!(row.met.1, row.twin.1, "row {place}");
        let told = row.met.0.told();
        assert_eq!(told, row.met.1, "row {place}: {met:?}");
        assert_eq!(row.twin.0.told(), row.twin.1, "row {place}, the twin: {twin:?}");
        by_flow.extend(told.by_flow);
        to_app.extend(told.to_app);
    }
    let own: BTreeSet<&str> = FlowFailure::ALL.iter().map(|failure| failure.code()).collect();
    closed_list::check(&own, &FLOW_CODES, &by_flow, &FLOW_LEFT_OUT);

    // What the app reads is a name of mozPay, or the code that the page failed with.
    let names: Vec<&str> = MozPayError::ALL.iter().map(|error| error.code()).collect();
    let (of_mozpay, of_page): (BTreeSet<&str>, BTreeSet<&str>) = to_app.iter().partition(|code| names.contains(code));
    assert!(of_page.is_subset(&by_flow), "{of_page:?}");
    closed_list::check_reached(&names, &of_mozpay, &MOZPAY_LEFT_OUT);
}

#[test]
fn the_key_check_is_left_out_for_a_reason() {
    let own: Vec<&str> = KeyCheckError::ALL.iter().map(|error| error.code()).collect();
    closed_list::check_reached(&own, &BTreeSet::new(), &KEY_CHECK_LEFT_OUT);
}
