//! Whatever a token says, the words of payment answer it: nothing that comes from outside can make them panic.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use paystage::protocol::device::{DeviceError, check_receipt};
use paystage::protocol::identity::looks_like_identifier;
use paystage::protocol::jwt::{HeaderExtras, sign_json};
use paystage::protocol::mozpay::{Provider, broker};
use paystage::protocol::notice::NoticeKind;
use paystage::protocol::notice_receiver::{NoticeReceiver, Recipient, receive_notice};
use paystage::protocol::payflow::{PayDesk, PayForm, check};
use paystage::protocol::receipt::Receipt;
use paystage::protocol::rules::{Revision, Rules};
use paystage::protocol::signing_key::SigningKey;
use paystage::protocol::store_data::StoreData;
use paystage::protocol::time::Time;
use proptest::prelude::{Just, Strategy, any, prop_oneof, proptest};
use serde_json::{Map, Value};

/// The names of claims, so that random objects have something to do with tokens.
const NAMES: [&str; 24] = [
    "iss",
    "aud",
    "typ",
    "iat",
    "exp",
    "nbf",
    "request",
    "id",
    "pricePoint",
    "name",
    "description",
    "postbackURL",
    "chargebackURL",
    "icons",
    "locales",
    "defaultLocale",
    "simulate",
    "result",
    "response",
    "transactionID",
    "product",
    "user",
    "url",
    "value",
];

/// Texts and numbers on which checks turn.
const TEXTS: [&str; 8] = [
    "pony-key",
    "market.example",
    "mozilla/payments/pay/v1",
    "purchase-receipt",
    "postback",
    "",
    "https://a.example/",
    "9e99",
];
const NUMBERS: [u64; 5] = [0, 1, 1_400_000_000, 1 << 53, u64::MAX];

/// Any JSON value, rich in the names and texts of tokens.
fn value() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        (0..NUMBERS.len()).prop_map(|place| Value::from(NUMBERS[place])),
        (0..TEXTS.len()).prop_map(|place| Value::from(TEXTS[place])),
        ".{0,300}".prop_map(Value::from),
    ];
    leaf.prop_recursive(3, 24, 6, |inner| {
        prop_oneof![
            proptest::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            proptest::collection::vec((0..NAMES.len(), inner), 0..12).prop_map(|members| {
                let named = members.into_iter().map(|(place, value)| (NAMES[place].to_owned(), value));
                Value::Object(named.collect::<Map<String, Value>>())
            }),
        ]
    })
}

/// Hands a token to everybody who reads one.
fn read_everywhere(token: &str) {
    let key = SigningKey::hs256("pony-key", b"a secret of thirty-two bytes, 32").unwrap().verifying_key();
    let now = Time::from_seconds(1_400_000_000);
    for &revision in Revision::ALL {
        let mut desk = PayDesk::new("market.example", Rules::of(revision));
        desk.admit("pony-key", key.clone());
        let _ = check(PayForm::of(token), &desk, now);
    }
    let own = Recipient { name: "pony-key", provider: "market.example", key: &key };
    for receiver in [NoticeReceiver::Strict, NoticeReceiver::MozpayPy, NoticeReceiver::MozpayJs] {
        let _ = receive_notice(token, NoticeKind::Postback, &own, now, receiver);
    }
    let typ = "mozilla/payments/pay/v1".to_owned();
    let provider = Provider { name: "Market".to_owned(), uri: "https://market.example/?req=".to_owned(), typ };
    let _ = broker(&[Some(token), None], &[provider], true);
    let _ = check_receipt(token);
}

proptest! {
    #[test]
    fn well_signed_nonsense_is_answered(claims in value()) {
        let key = SigningKey::hs256("pony-key", b"a secret of thirty-two bytes, 32").unwrap();
        let claims = claims.to_string();
        read_everywhere(&sign_json(&claims, &key, HeaderExtras::default()).unwrap());
        let _ = Receipt::read(claims.as_bytes());
    }

    #[test]
    fn arbitrary_text_is_answered(text in ".{0,200}", claims in any::<Vec<u8>>()) {
        read_everywhere(&text);
        read_everywhere(&format!("{}.{}.", URL_SAFE_NO_PAD.encode("{}"), URL_SAFE_NO_PAD.encode(&claims)));
        let _ = Receipt::read(&claims);
        let _ = looks_like_identifier(&text);
        let data = StoreData::parse(&text);
        assert_eq!(StoreData::parse(&data.to_string()), data);
    }
}

#[test]
fn a_receipt_of_many_megabytes_is_refused_by_its_length_alone() {
    let refusal = check_receipt(&"a".repeat(8 << 20)).unwrap_err();
    assert_eq!(refusal.reason(), DeviceError::ReceiptTooBig);
}
