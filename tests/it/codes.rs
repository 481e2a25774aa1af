//! Every code of the device is reached: each refusal stands beside an accepted twin that differs in one thing.

use std::collections::BTreeSet;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use paystage::protocol::code::Code;
use paystage::protocol::device::{
    DeviceError, DeviceRefusal, InstallError, RECEIPT_BYTES_MAX, check_add, check_receipt, check_remove, check_replace,
};
use paystage::protocol::mozpay::{BrokerChoice, MozPayError, MozPayRefusal, Provider, broker, choose, offers};

use crate::closed_list;

/// The names that `mozPay` could fail with.
const MOZPAY_CODES: [&str; 17] = [
    "INTERNAL_ERROR_CALL_WITH_MISSING_JWT",
    "PAY_REQUEST_ERROR_WRONG_SEGMENTS_COUNT",
    "PAY_REQUEST_ERROR_EMPTY_PAYLOAD",
    "PAY_REQUEST_ERROR_ERROR_DECODING_JWT",
    "PAY_REQUEST_ERROR_ERROR_PARSING_JWT_PAYLOAD",
    "PAY_REQUEST_ERROR_NO_TYP_PARAMETER",
    "PAY_REQUEST_ERROR_NO_REQUEST_PARAMETER",
    "INTERNAL_ERROR_WRONG_REGISTERED_PAY_PROVIDER",
    "INTERNAL_ERROR_NON_HTTPS_PROVIDER_URI",
    "PAY_REQUEST_ERROR_DUPLICATED_JWT_TYPE",
    "PAY_REQUEST_ERROR_NO_VALID_REQUEST_FOUND",
    "INTERNAL_ERROR_CREATE_PAYMENT_GLUE_FAILED",
    "INTERNAL_ERROR_NO_VALID_SELECTED_PROVIDER",
    "INTERNAL_ERROR_NO_JWT_ASSOCIATED_TO_REQUEST",
    "INTERNAL_ERROR_ERROR_CREATING_PAY_REQUEST",
    "DIALOG_CLOSED_BY_USER",
    "USER_CANCELLED",
];

/// Those of them that no call of the broker can reach, and why.
const MOZPAY_LEFT_OUT: [(&str, &str); 4] = [
    ("INTERNAL_ERROR_CREATE_PAYMENT_GLUE_FAILED", "the simulated device can always show a window"),
    ("INTERNAL_ERROR_ERROR_CREATING_PAY_REQUEST", "the simulated device can always take a request in"),
    ("DIALOG_CLOSED_BY_USER", "the buyer's doing, once the broker has opened a window: a run meets it in flow_codes"),
    ("USER_CANCELLED", "the buyer's doing, once the broker has opened a window: a run meets it in flow_codes"),
];

/// The names that the device's receipt store could fail with.
const RECEIPT_CODES: [&str; 15] = [
    "INVALID_PARAMETERS",
    "RECEIPT_TOO_BIG",
    "INVALID_SEGMENTS_NUMBER",
    "INVALID_RECEIPT_ENCODING",
    "RECEIPT_TYPE_REQUIRED",
    "RECEIPT_PRODUCT_REQUIRED",
    "RECEIPT_USER_REQUIRED",
    "RECEIPT_ISS_REQUIRED",
    "RECEIPT_NBF_REQUIRED",
    "RECEIPT_IAT_REQUIRED",
    "RECEIPT_TYPE_UNSUPPORTED",
    "RECEIPT_ERROR",
    "TOO_MANY_RECEIPTS",
    "RECEIPT_ALREADY_EXISTS",
    "NO_SUCH_RECEIPT",
];

const NO_INSTALLATION: &str = "the one app is installed from the start, and no command installs another";
const NO_MANIFEST: &str = "the one app is installed from the start, so no manifest is ever fetched or read";

/// The names that installing an app could fail with. None is reached, and why.
const INSTALL_LEFT_OUT: [(&str, &str); 14] = [
    ("INVALID_URL", NO_INSTALLATION),
    ("BACKGROUND_APP", NO_INSTALLATION),
    ("NETWORK_ERROR", NO_MANIFEST),
    ("MANIFEST_URL_ERROR", NO_MANIFEST),
    ("MANIFEST_PARSE_ERROR", NO_MANIFEST),
    ("INVALID_MANIFEST", NO_MANIFEST),
    ("INVALID_MANIFEST_CONTENT_TYPE", NO_MANIFEST),
    ("REINSTALL_FORBIDDEN", NO_INSTALLATION),
    ("INSTALL_FROM_DENIED", NO_MANIFEST),
    ("INVALID_SECURITY_LEVEL", NO_MANIFEST),
    ("INVALID_ROLE", NO_MANIFEST),
    ("DENIED", NO_INSTALLATION),
    ("CROSS_ORIGIN_CHECK_NOT_ALLOWED", "nobody asks the device which apps are installed"),
    ("NOT_INSTALLED", "no command removes the app from the device"),
];

/// A token with these bytes as claims, and a signature that nobody looks at.
fn token(claims: impl AsRef<[u8]>) -> String {
    format!("e30.{}.c2ln", URL_SAFE_NO_PAD.encode(claims))
}

const PAY: &str = r#"{"typ":"mozilla/payments/pay/v1","request":{}}"#;
const OTHER_PAY: &str = r#"{"typ":"other/pay/v1","request":{}}"#;

/// A call of `mozPay`: its pay requests, the device's providers, whether they must be https.
struct Call(Vec<Option<String>>, Vec<Provider>, bool);

fn provider(typ: &str, name: &str, uri: &str) -> Provider {
    Provider { name: name.to_owned(), uri: uri.to_owned(), typ: typ.to_owned() }
}

fn call(pay_requests: &[&str]) -> Call {
    let market = provider("mozilla/payments/pay/v1", "Market", "https://market.example/mozpay/?req=");
    let other = provider("other/pay/v1", "Other", "https://other.example/pay?req=");
    Call(pay_requests.iter().map(|text| Some((*text).to_owned())).collect(), vec![market, other], true)
}

impl Call {
    fn with_market(mut self, name: &str, uri: &str) -> Self {
        self.1[0] = provider("mozilla/payments/pay/v1", name, uri);
        self
    }

    fn without_https_check(mut self) -> Self {
        self.2 = false;
        self
    }

    fn offers(&self) -> Result<Vec<BrokerChoice<'_>>, MozPayRefusal> {
        let pay_requests: Vec<Option<&str>> = self.0.iter().map(Option::as_deref).collect();
        offers(&pay_requests, &self.1, self.2)
    }
}

/// Each reason with a call that it refuses and a call that passes.
fn mozpay_rows() -> Vec<(MozPayError, Call, Call)> {
    let good = || call(&[&token(PAY)]);
    let none = Call(vec![None], good().1, true);
    vec![
        (MozPayError::CallWithMissingJwt, none, good()),
        (MozPayError::CallWithMissingJwt, call(&[""]), good()),
        (MozPayError::WrongSegmentsCount, call(&["e30.e30"]), good()),
        (MozPayError::WrongSegmentsCount, call(&[&format!("{}.x", token(PAY))]), good()),
        (MozPayError::EmptyPayload, call(&["e30..c2ln"]), good()),
        (MozPayError::ErrorDecodingJwt, call(&["e30.*.c2ln"]), good()),
        (MozPayError::ErrorDecodingJwt, call(&[&token("{typ}")]), good()),
        (MozPayError::ErrorParsingJwtPayload, call(&[&token("null")]), good()),
        (MozPayError::ErrorParsingJwtPayload, call(&[&token("false")]), good()),
        (MozPayError::NoTypParameter, call(&[&token(r#"{"typ":"","request":{}}"#)]), good()),
        (MozPayError::NoTypParameter, call(&[&token("true")]), good()),
        (
            MozPayError::NoRequestParameter,
            call(&[&token(PAY.replace("{}", "0"))]),
            call(&[&token(PAY.replace("{}", "1"))]),
        ),
        (
            MozPayError::NoRequestParameter,
            call(&[&token(OTHER_PAY.replace("request", "requests"))]),
            call(&[&token(OTHER_PAY)]),
        ),
        (MozPayError::WrongRegisteredPayProvider, good().with_market("", "https://market.example/?req="), good()),
        (MozPayError::WrongRegisteredPayProvider, good().with_market("Market", ""), good()),
        (
            MozPayError::NonHttpsProviderUri,
            good().with_market("Market", "http://market.example/?req="),
            good().with_market("Market", "HTTPS://market.example/?req="),
        ),
        (
            MozPayError::NonHttpsProviderUri,
            good().with_market("Market", "http://market.example/?req="),
            good().with_market("Market", "http://market.example/?req=").without_https_check(),
        ),
        (MozPayError::DuplicatedJwtType, call(&[&token(PAY), &token(PAY)]), call(&[&token(PAY), &token(OTHER_PAY)])),
        (
            MozPayError::NoValidRequestFound,
            call(&[&token(r#"{"typ":"unknown","request":{}}"#)]),
            call(&[&token(r#"{"typ":"unknown","request":{}}"#), &token(PAY)]),
        ),
        (MozPayError::NoValidRequestFound, call(&[]), good()),
    ]
}

#[test]
fn every_error_name_of_mozpay_is_reached_beside_an_accepted_twin() {
    let mut reached: BTreeSet<&str> = BTreeSet::new();
    for (place, (reason, refused, twin)) in mozpay_rows().into_iter().enumerate() {
        let refusal = refused.offers().expect_err(&format!("row {place} is accepted"));
        assert_eq!(refusal.reason(), reason, "row {place}: {refusal}");
        assert!(twin.offers().is_ok(), "row {place}: {}", twin.offers().unwrap_err());
        reached.insert(refusal.code());
    }

    let call = call(&[&token(PAY)]);
    let choices = call.offers().unwrap();
    assert_eq!(choose(&choices, &call.1, "mozilla/payments/pay/v1").unwrap().index, 0);
    for typ in ["unknown", "other/pay/v1"] {
        reached.insert(choose(&choices, &call.1, typ).unwrap_err().code());
    }
    check_list(MozPayError::ALL, &MOZPAY_CODES, &reached, &MOZPAY_LEFT_OUT);
}

#[test]
fn a_type_without_provider_is_passed_over_and_the_known_one_is_used() {
    let call = call(&[&token(r#"{"typ":"unknown","request":{}}"#), &token(PAY)]);
    let pay_requests: Vec<Option<&str>> = call.0.iter().map(Option::as_deref).collect();
    let choice = broker(&pay_requests, &call.1, true).unwrap();
    assert_eq!((choice.index, choice.provider.name.as_str()), (1, "Market"));
    assert_eq!(choice.provider.flow_url("a.b.c"), "https://market.example/mozpay/?req=a.b.c");
}

#[test]
fn the_broker_forgives_in_base64_what_a_browser_forgives() {
    let padded = format!("e30.{}.", base64::engine::general_purpose::STANDARD.encode(format!("{PAY} ")));
    assert!(call(&[&padded]).offers().is_ok(), "{padded}");
    let latin = token(PAY.replace("{}", r#"{"name":"Cafébar"}"#));
    assert!(call(&[&latin]).offers().is_ok());
}

const RECEIPT: &str = r#"{"typ":"purchase-receipt","product":{},"user":{},"iss":"https://store.example","nbf":1400000100,"iat":1400000100}"#;

/// A receipt with one text of its claims exchanged for another.
fn receipt(old: &str, new: &str) -> String {
    assert!(old.is_empty() || RECEIPT.contains(old), "{old}");
    token(RECEIPT.replace(old, if old.is_empty() { "" } else { new }))
}

/// What the device is asked to do with a receipt.
#[derive(Clone)]
enum Ask {
    Check(String),
    Add(String, Vec<String>),
    Remove(String, Vec<String>),
    Replace(String, String, Vec<String>),
}

impl Ask {
    fn answer(&self) -> Result<(), DeviceRefusal> {
        match self {
            Self::Check(receipt) => check_receipt(receipt),
            Self::Add(receipt, stored) => check_add(receipt, stored),
            Self::Remove(receipt, stored) => check_remove(receipt, stored).map(|_| ()),
            Self::Replace(old, new, stored) => check_replace(old, new, stored).map(|_| ()),
        }
    }
}

fn device_rows() -> Vec<(DeviceError, Ask, Ask)> {
    let good = token(RECEIPT);
    let check = |old: &str, new: &str| Ask::Check(receipt(old, new));
    let padded = |bytes: usize| {
        let frame = "e30..c2ln".len();
        let claims = format!("{}{}", RECEIPT, " ".repeat((bytes - frame) / 4 * 3 - RECEIPT.len()));
        let text = format!("e30.{}.c2ln", URL_SAFE_NO_PAD.encode(claims));
        format!("{text}{}", "A".repeat(bytes - text.len()))
    };
    let many = |count: usize| (0..count).map(|number| format!("receipt {number}")).collect::<Vec<_>>();
    let twin = || Ask::Check(good.clone());
    let one = || vec![good.clone()];
    let members = [
        (DeviceError::ReceiptTypeRequired, "\"purchase-receipt\"", "\"\""),
        (DeviceError::ReceiptProductRequired, "\"product\"", "\"products\""),
        (DeviceError::ReceiptUserRequired, "\"user\":{}", "\"user\":null"),
        (DeviceError::ReceiptIssRequired, "\"https://store.example\"", "false"),
        (DeviceError::ReceiptNbfRequired, "\"nbf\":1400000100", "\"nbf\":0"),
        (DeviceError::ReceiptIatRequired, "\"iat\":1400000100", "\"iat\":0.0"),
        (DeviceError::ReceiptTypeUnsupported, "purchase-receipt", "inapp-receipt"),
        (DeviceError::ReceiptTypeUnsupported, "\"purchase-receipt\"", "[\"purchase-receipt\"]"),
        (DeviceError::ReceiptError, "{\"typ\"", "{typ"),
    ];
    let mut rows: Vec<_> = members.into_iter().map(|(reason, old, new)| (reason, check(old, new), twin())).collect();
    rows.extend([
        (DeviceError::InvalidParameters, Ask::Check(String::new()), twin()),
        (DeviceError::InvalidParameters, Ask::Remove(String::new(), one()), Ask::Remove(good.clone(), one())),
        (
            DeviceError::InvalidParameters,
            Ask::Replace(good.clone(), String::new(), one()),
            Ask::Replace(good.clone(), good.clone(), one()),
        ),
        (DeviceError::ReceiptTooBig, Ask::Check(padded(RECEIPT_BYTES_MAX + 1)), Ask::Check(padded(RECEIPT_BYTES_MAX))),
        (DeviceError::InvalidSegmentsNumber, Ask::Check(format!("{good}.x")), Ask::Check(format!("a.b~{good}"))),
        (DeviceError::InvalidSegmentsNumber, Ask::Check("e30.e30".to_owned()), twin()),
        (DeviceError::InvalidReceiptEncoding, Ask::Check(token("null")), twin()),
        (DeviceError::ReceiptError, Ask::Check("e30.*.c2ln".to_owned()), twin()),
        // Among three tokens the device reads the first, which is a certificate.
        (
            DeviceError::ReceiptProductRequired,
            Ask::Check(format!("{}~{}~{good}", token(r#"{"typ":"certified-key"}"#), token("{}"))),
            Ask::Check(format!("{}~{good}", token(r#"{"typ":"certified-key"}"#))),
        ),
        (DeviceError::TooManyReceipts, Ask::Add(good.clone(), many(501)), Ask::Add(good.clone(), many(500))),
        (DeviceError::ReceiptAlreadyExists, Ask::Add(good.clone(), one()), Ask::Add(good.clone(), many(1))),
        (DeviceError::NoSuchReceipt, Ask::Remove(good.clone(), many(1)), Ask::Remove(good.clone(), one())),
        (
            DeviceError::NoSuchReceipt,
            Ask::Replace("old".to_owned(), good.clone(), Vec::new()),
            Ask::Replace("receipt 0".to_owned(), good.clone(), many(1)),
        ),
    ]);
    rows
}

#[test]
fn every_error_name_of_the_receipt_store_is_reached_beside_an_accepted_twin() {
    let mut reached: BTreeSet<&str> = BTreeSet::new();
    for (place, (reason, refused, twin)) in device_rows().into_iter().enumerate() {
        let refusal = refused.answer().expect_err(&format!("row {place} is accepted"));
        assert_eq!(refusal.reason(), reason, "row {place}: {refusal}");
        assert!(twin.answer().is_ok(), "row {place}: {}", twin.answer().unwrap_err());
        reached.insert(refusal.code());
    }
    check_list(DeviceError::ALL, &RECEIPT_CODES, &reached, &[]);
}

#[test]
fn the_device_says_where_a_receipt_is_stored() {
    let stored = ["one", "two"];
    assert_eq!(check_remove("two", &stored).unwrap(), 1);
    assert_eq!(check_replace("two", &token(RECEIPT), &stored).unwrap(), 1);
}

#[test]
fn installing_an_app_is_left_out_for_a_reason() {
    let names = INSTALL_LEFT_OUT.map(|(name, _)| name);
    check_list(InstallError::ALL, &names, &BTreeSet::new(), &INSTALL_LEFT_OUT);
}

/// Demands that the closed list has exactly the historic codes, each reached or left out, each told in few words.
fn check_list<C: Code>(all: &[C], codes: &[&str], reached: &BTreeSet<&str>, left_out: &[(&str, &str)]) {
    let own: BTreeSet<&str> = all.iter().map(|reason| reason.words().code).collect();
    closed_list::check(&own, codes, reached, left_out);
    for reason in all {
        let words = reason.words();
        for line in [words.sentence, words.fix] {
            let count = line.split_whitespace().count();
            assert!((1..=20).contains(&count) && !line.ends_with('.'), "{reason:?}: {line}");
        }
    }
}
