//! Notices are believed only when they should be, and the historic libraries' gaps are shown beside it.

use std::collections::BTreeSet;

use paystage::protocol::code::Code;
use paystage::protocol::jwt::{HeaderExtras, sign};
use paystage::protocol::notice::{Notice, NoticeKind, sign_notice};
use paystage::protocol::notice_receiver::{NoticeError, NoticeReceiver, NoticeRefusal, Recipient, receive_notice};
use paystage::protocol::request::{Offer, PayRequest};
use paystage::protocol::signing_key::SigningKey;
use paystage::protocol::time::{Span, Time};
use serde_json::{Value, json};

const SENT: Time = Time::from_seconds(1_400_000_060);
const ALL: [NoticeReceiver; 3] = [NoticeReceiver::Strict, NoticeReceiver::MozpayPy, NoticeReceiver::MozpayJs];

fn key() -> SigningKey {
    SigningKey::hs256("pony-key", b"a secret of thirty-two bytes, 32").unwrap()
}

fn notice(kind: NoticeKind) -> Notice {
    let offer = Offer {
        id: "shiny-pony",
        name: "Shiny Pony",
        description: "A pony that shines",
        price_point: "1",
        postback_url: "https://pony.example/postback",
        chargeback_url: "https://pony.example/chargeback",
    };
    let request =
        PayRequest::classic("pony-key", "market.example", offer, "order-7", Time::from_seconds(1_400_000_000));
    let price = Some("0.99 USD".parse().unwrap());
    match kind {
        NoticeKind::Postback => Notice::postback(&request, "webpay:1", price, SENT),
        NoticeKind::Chargeback => Notice::chargeback(&request, "webpay:1", price, "refund", SENT),
    }
}

/// What a seller with this name, which asked `market.example`, makes of a token.
fn receive(token: &str, kind: NoticeKind, now: Time, receiver: NoticeReceiver) -> Result<Notice, NoticeRefusal> {
    let key = key().verifying_key();
    let own = Recipient { name: "pony-key", provider: "market.example", key: &key };
    receive_notice(token, kind, &own, now, receiver)
}

/// A notice with one thing spoilt, signed again.
fn spoilt(kind: NoticeKind, spoil: fn(&mut Value)) -> String {
    let mut claims = serde_json::to_value(notice(kind)).unwrap();
    spoil(&mut claims);
    sign(&claims, &key(), HeaderExtras::default()).unwrap()
}

fn remove(object: &mut Value, name: &str) {
    object.as_object_mut().unwrap().remove(name);
}

#[test]
fn every_receiver_takes_a_good_notice_as_it_was_sent() {
    for kind in NoticeKind::ALL {
        let token = sign_notice(&notice(kind), &key()).unwrap();
        for receiver in ALL {
            assert_eq!(receive(&token, kind, SENT, receiver).unwrap(), notice(kind), "{receiver:?}");
        }
    }
}

/// What is spoilt, the kind, when it is looked at after it was signed, why the strict receiver refuses it, and whether the Python
/// and the JavaScript library refuse it too.
type Row = (NoticeError, NoticeKind, i64, fn(&mut Value), bool, bool);

const ROWS: [Row; 23] = [
    (
        NoticeError::WrongType,
        NoticeKind::Postback,
        0,
        |c| c["typ"] = json!("mozilla/payments/pay/chargeback/v1"),
        false,
        false,
    ),
    (NoticeError::WrongType, NoticeKind::Postback, 0, |c| c["typ"] = json!("mozilla/payments/pay/v1"), false, false),
    (NoticeError::NotNumericDate, NoticeKind::Postback, 0, |c| remove(c, "iat"), true, true),
    (NoticeError::NotNumericDate, NoticeKind::Postback, 0, |c| c["exp"] = json!("soon"), true, true),
    (NoticeError::NotNumericDate, NoticeKind::Postback, 0, |c| c["nbf"] = json!("soon"), false, false),
    (NoticeError::Expired, NoticeKind::Postback, 3_600, |_| {}, false, false),
    (NoticeError::Expired, NoticeKind::Postback, 3_601, |_| {}, true, true),
    (NoticeError::IssuedTooLongAgo, NoticeKind::Postback, 3_601, |c| c["exp"] = json!(1_500_000_000), true, false),
    (NoticeError::NotYetValid, NoticeKind::Postback, 0, |c| c["nbf"] = json!(1_400_000_060 + 1), false, false),
    (NoticeError::NotYetValid, NoticeKind::Postback, 0, |c| c["nbf"] = json!(1_400_000_060 + 121), false, true),
    (NoticeError::NotYetValid, NoticeKind::Postback, 0, |c| c["nbf"] = json!(1_400_000_060 + 300), true, true),
    (NoticeError::IssuedAhead, NoticeKind::Postback, 0, |c| c["iat"] = json!(1_400_000_060 + 86_401), false, false),
    (NoticeError::LastsTooLong, NoticeKind::Postback, 0, |c| c["exp"] = json!(1_400_000_060 + 86_401), false, false),
    (NoticeError::LastsTooLong, NoticeKind::Chargeback, 0, |c| c["exp"] = json!(1_400_003_660_000_i64), false, false),
    (NoticeError::WrongIssuer, NoticeKind::Postback, 0, |c| c["iss"] = json!("other.example"), false, false),
    (NoticeError::WrongIssuer, NoticeKind::Postback, 0, |c| remove(c, "iss"), false, false),
    // The same secret in two hands: only the audience tells whose notice it is.
    (NoticeError::WrongAudience, NoticeKind::Postback, 0, |c| c["aud"] = json!("other-key"), true, false),
    (NoticeError::WrongAudience, NoticeKind::Postback, 0, |c| remove(c, "aud"), true, false),
    (NoticeError::MissingField, NoticeKind::Postback, 0, |c| remove(c, "request"), true, true),
    (NoticeError::MissingField, NoticeKind::Postback, 0, |c| c["request"]["description"] = json!(""), true, false),
    (NoticeError::MissingField, NoticeKind::Postback, 0, |c| c["response"]["transactionID"] = json!(""), true, true),
    (NoticeError::MissingField, NoticeKind::Postback, 0, |c| c["response"] = Value::Null, true, true),
    (NoticeError::MissingReason, NoticeKind::Chargeback, 0, |c| remove(&mut c["response"], "reason"), true, false),
];

#[test]
fn a_spoilt_notice_is_refused_strictly_and_by_the_libraries_where_they_looked() {
    let mut reached = BTreeSet::from([NoticeError::MissingNotice, NoticeError::NotAToken, NoticeError::BadSignature]);
    for (place, (error, kind, later, spoil, is_refused_by_python, is_refused_by_javascript)) in
        ROWS.into_iter().enumerate()
    {
        let (token, now) = (spoilt(kind, spoil), SENT + Span::from_seconds(later));
        let refusal =
            receive(&token, kind, now, NoticeReceiver::Strict).expect_err(&format!("row {place} is accepted"));
        assert_eq!(refusal.reason(), error, "row {place}: {refusal}");
        for (receiver, is_refused) in
            [(NoticeReceiver::MozpayPy, is_refused_by_python), (NoticeReceiver::MozpayJs, is_refused_by_javascript)]
        {
            let answer = receive(&token, kind, now, receiver);
            assert_eq!(answer.is_err(), is_refused, "row {place}, {receiver:?}: {answer:?}");
        }
        reached.insert(error);
    }
    assert_eq!(reached, NoticeError::ALL.iter().copied().collect());
}

#[test]
fn a_strict_receiver_takes_what_is_just_within_its_limits() {
    let at = |later, change| {
        let token = spoilt(NoticeKind::Postback, change);
        receive(&token, NoticeKind::Postback, SENT + Span::from_seconds(later), NoticeReceiver::Strict)
    };
    let answers = [
        at(0, |c| c["iat"] = json!(1_400_000_060 + 86_400)),
        at(0, |c| c["exp"] = json!(1_400_000_060 + 86_400)),
        at(100, |c| (c["nbf"], c["exp"]) = (json!(1_400_000_160), json!(1_400_000_160 + 86_400))),
    ];
    assert!(answers.iter().all(Result::is_ok), "{answers:?}");
}

#[test]
fn nobody_takes_what_is_absent_broken_or_signed_by_others() {
    let good = sign_notice(&notice(NoticeKind::Postback), &key()).unwrap();
    let other = SigningKey::hs256("pony-key", b"another secret of thirty-two by.").unwrap();
    let forged = sign_notice(&notice(NoticeKind::Postback), &other).unwrap();
    for receiver in ALL {
        for (token, error) in [
            ("", NoticeError::MissingNotice),
            ("a.b", NoticeError::NotAToken),
            (forged.as_str(), NoticeError::BadSignature),
        ] {
            let refusal = receive(token, NoticeKind::Postback, SENT, receiver).unwrap_err();
            assert_eq!(refusal.reason(), error, "{receiver:?}: {refusal}");
        }
        assert!(receive(&good, NoticeKind::Postback, SENT, receiver).is_ok(), "{receiver:?}");
    }
}

#[test]
fn a_notice_that_waited_for_its_last_good_second_is_taken() {
    let token = sign_notice(&notice(NoticeKind::Postback), &key()).unwrap();
    for receiver in ALL {
        assert!(
            receive(&token, NoticeKind::Postback, SENT + Span::from_seconds(3_599), receiver).is_ok(),
            "{receiver:?}"
        );
    }
}

#[test]
fn the_codes_of_a_refused_notice_are_those_of_the_library() {
    let codes: BTreeSet<&str> = NoticeError::ALL.iter().map(|error| error.words().code).collect();
    assert_eq!(codes, BTreeSet::from(["INVALID_JWT", "MISSING_NOTICE", "REQUEST_EXPIRED"]));
}
