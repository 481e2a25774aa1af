//! The verify service: every status and every reason is reached, each beside a receipt that is fine.

use paystage::protocol::reissue::{Reissue, reissue_answer, reissue_refused_json, reissued_json};
use paystage::protocol::rules::{Revision, Rules};
use paystage::protocol::signing_key::SigningKey;
use paystage::protocol::store_answer::{Reason, Status, StoreAnswer};
use paystage::protocol::time::{Span, Time};
use paystage::protocol::verify_service::{
    LedgerEntry, LedgerKind, LedgerQuestion, Serves, ServiceFault, VerifyService, answer,
};
use serde_json::{Value, json};

use crate::closed_list;
use crate::forge::{Forge, claims, now, set, unsigned, with, without};

/// The reasons that the store gave for `invalid`.
const REASONS: [&str; 10] = [
    "ERROR_DECODING",
    "NO_DIRECTED_IDENTIFIER",
    "WRONG_TYPE",
    "WRONG_DOMAIN",
    "WRONG_PATH",
    "WRONG_STOREDATA",
    "NO_USER",
    "NO_PURCHASE",
    "WRONG_PURCHASE",
    "WRONG_USER",
];

const BUILT: Revision = Revision::AsBuilt2015;
const STRICT: Revision = Revision::September2013;

/// A ledger with one payment within the app and one of a whole app, both of this kind.
fn ledger(kind: LedgerKind) -> impl Fn(LedgerQuestion<'_>) -> Option<LedgerEntry> {
    move |question| match question {
        LedgerQuestion::InApp { contrib: 42 } => Some(LedgerEntry { kind, inapp_id: "pony".to_owned() }),
        LedgerQuestion::App { id: 7, user: "user-7" } => Some(LedgerEntry { kind, inapp_id: String::new() }),
        LedgerQuestion::InApp { .. } | LedgerQuestion::App { .. } => None,
    }
}

fn service(forge: &Forge) -> VerifyService<'_> {
    VerifyService {
        host: "store.example",
        path: "/verify/",
        keys: &forge.ring,
        certificate_hosts: &["root.example"],
        serves: Serves::Purchases,
    }
}

fn asked(receipt: &str, kind: LedgerKind, revision: Revision) -> Result<StoreAnswer, ServiceFault> {
    answer(receipt, &service(&Forge::new()), &ledger(kind), now(), Rules::of(revision))
}

fn asked_about(claims: &Value, revision: Revision) -> StoreAnswer {
    asked(&Forge::new().certified(claims), LedgerKind::Purchase, revision).unwrap()
}

fn of_app() -> Value {
    let mut claims = with("product.storedata", "id=7");
    set(&mut claims, "user.value", "user-7".into());
    claims
}

/// Every reason with what brings it about; the same receipt without the spoilt thing is `ok`.
#[test]
fn every_reason_is_given_for_what_brings_it_about_and_for_nothing_else() {
    let mut nameless = of_app();
    nameless["user"].as_object_mut().unwrap().remove("value").unwrap();
    let rows = [
        (Reason::NoDirectedIdentifier, with("user.type", "email")),
        (Reason::NoDirectedIdentifier, without("user")),
        (Reason::WrongType, with("typ", "developer-receipt")),
        (Reason::WrongType, without("typ")),
        (Reason::WrongDomain, with("verify", "https://other.example/verify/")),
        (Reason::WrongDomain, without("verify")),
        (Reason::WrongPath, with("verify", "https://store.example/")),
        (Reason::WrongStoredata, with("product.storedata", "id=seven")),
        (Reason::WrongStoredata, with("product.storedata", "contrib=forty-two&inapp_id=pony")),
        (Reason::WrongStoredata, without("product.storedata")),
        (Reason::NoUser, nameless),
        (Reason::NoPurchase, with("product.storedata", "id=7&contrib=43&inapp_id=pony")),
        (Reason::NoPurchase, with("product.storedata", "id=7&contrib=42&inapp_id=saddle")),
        (Reason::NoPurchase, with("product.storedata", "id=7")),
    ];
    let mut given: Vec<Reason> = Vec::new();
    for revision in [BUILT, STRICT] {
        assert_eq!(asked_about(&claims(), revision), StoreAnswer::of(Status::Ok), "{revision:?}");
        assert_eq!(asked_about(&of_app(), revision), StoreAnswer::of(Status::Ok), "{revision:?}");
        for (reason, claims) in &rows {
            assert_eq!(asked_about(claims, revision), StoreAnswer::invalid(*reason), "{revision:?} {claims}");
            given.push(*reason);
        }
        let stranger = Forge { root: SigningKey::ed25519("root-1", &[1; 32]), ..Forge::new() };
        for receipt in [String::new(), "garbage".to_owned(), unsigned(&claims()), stranger.certified(&claims())] {
            let answer = asked(&receipt, LedgerKind::Purchase, revision).unwrap();
            assert_eq!(answer, StoreAnswer::invalid(Reason::ErrorDecoding), "{revision:?} {receipt}");
            given.push(Reason::ErrorDecoding);
        }
        let receipt = Forge::new().certified(&claims());
        assert_eq!(asked(&receipt, LedgerKind::Other, revision), Ok(StoreAnswer::invalid(Reason::WrongPurchase)));
        given.push(Reason::WrongPurchase);
    }
    let left_out =
        [("WRONG_USER", "2013 and 2014 only, for receipts tied to an installation, which this store has not")];
    let own = Reason::ALL.iter().map(|reason| reason.code()).collect();
    closed_list::check(&own, &REASONS, &given.iter().map(|reason| reason.code()).collect(), &left_out);
}

#[test]
fn every_status_is_answered_from_the_ledger_and_the_clock() {
    let receipt = Forge::new().certified(&claims());
    for (kind, built, strict) in [
        (LedgerKind::Purchase, Status::Ok, Status::Ok),
        (LedgerKind::NoCharge, Status::Ok, Status::Ok),
        (LedgerKind::Refund, Status::Refunded, Status::Refunded),
        (LedgerKind::Chargeback, Status::Refunded, Status::Refunded),
        (LedgerKind::Pending, Status::Invalid, Status::Pending),
    ] {
        assert_eq!(asked(&receipt, kind, BUILT).unwrap().status, built, "{kind:?}");
        for revision in [Revision::After, Revision::Before, Revision::October2012, STRICT] {
            assert_eq!(asked(&receipt, kind, revision).unwrap().status, strict, "{kind:?} {revision:?}");
        }
    }
    let pending = asked(&receipt, LedgerKind::Pending, BUILT).unwrap();
    assert_eq!(pending.reason, Some(Reason::WrongPurchase));
    for revision in [BUILT, STRICT] {
        assert_eq!(asked_about(&with("exp", 1_400_000_100), revision).status, Status::Expired);
    }
}

#[test]
fn refunded_comes_before_expired_and_invalid_before_both() {
    let forge = Forge::new();
    let over = forge.certified(&with("exp", 1_400_000_100));
    let mut wrong = with("exp", 1_400_000_100);
    set(&mut wrong, "typ", "test-receipt".into());
    let wrong = forge.certified(&wrong);
    for revision in [BUILT, STRICT] {
        assert_eq!(asked(&over, LedgerKind::Refund, revision).unwrap().status, Status::Refunded);
        assert_eq!(asked(&wrong, LedgerKind::Refund, revision), Ok(StoreAnswer::invalid(Reason::WrongType)));
    }
}

#[test]
fn ten_seconds_for_skew_work_the_wrong_way_as_built_and_not_at_all_strictly() {
    for (exp, built, strict) in [
        (1_400_000_211, Status::Ok, Status::Ok),
        (1_400_000_210, Status::Ok, Status::Ok),
        (1_400_000_209, Status::Expired, Status::Ok),
        (1_400_000_201, Status::Expired, Status::Ok),
        (1_400_000_200, Status::Expired, Status::Expired),
    ] {
        assert_eq!(asked_about(&with("exp", exp), BUILT).status, built, "{exp}");
        assert_eq!(asked_about(&with("exp", exp), STRICT).status, strict, "{exp}");
    }
    assert_eq!(asked_about(&with("exp", "a"), BUILT).status, Status::Expired);
    assert_eq!(asked_about(&without("exp"), BUILT), StoreAnswer::invalid(Reason::ErrorDecoding));
    assert_eq!(asked_about(&without("exp"), STRICT).status, Status::Ok);
}

#[test]
fn a_forged_receipt_with_a_past_end_fools_the_as_built_service_alone() {
    let forge = Forge::new();
    let forged = |exp| format!("{}~{}", forge.certificate(Span::from_days(400)), unsigned(&with("exp", exp)));
    assert_eq!(asked(&forged(1_399_999_999), LedgerKind::Purchase, BUILT), Ok(StoreAnswer::of(Status::Expired)));
    let refused = Ok(StoreAnswer::invalid(Reason::ErrorDecoding));
    assert_eq!(asked(&forged(1_399_999_999), LedgerKind::Purchase, STRICT), refused);
    assert_eq!(asked(&forged(1_500_000_000), LedgerKind::Purchase, BUILT), refused);
}

#[test]
fn a_payment_without_its_product_breaks_the_as_built_service() {
    let receipt = Forge::new().certified(&with("product.storedata", "id=7&contrib=42"));
    assert_eq!(asked(&receipt, LedgerKind::Purchase, BUILT), Err(ServiceFault));
    let wrong = Ok(StoreAnswer::invalid(Reason::WrongStoredata));
    assert_eq!(asked(&receipt, LedgerKind::Purchase, STRICT), wrong);
}

#[test]
fn the_reason_is_told_since_2013_alone() {
    for (revision, reason) in [
        (Revision::After, None),
        (Revision::Before, None),
        (Revision::October2012, None),
        (STRICT, Some(Reason::WrongType)),
        (BUILT, Some(Reason::WrongType)),
    ] {
        let answer = asked_about(&with("typ", "test-receipt"), revision);
        assert_eq!((answer.status, answer.reason), (Status::Invalid, reason), "{revision:?}");
        assert_eq!(answer.json().contains("reason"), reason.is_some());
    }
}

#[test]
fn reviewers_and_testers_have_addresses_of_their_own() {
    let forge = Forge::new();
    let ask = |claims: &Value, serves| {
        let nothing = |_: LedgerQuestion<'_>| None;
        let service = VerifyService { serves, ..service(&forge) };
        answer(&forge.certified(claims), &service, &nothing, now(), Rules::of(BUILT)).unwrap()
    };
    for typ in ["developer-receipt", "reviewer-receipt"] {
        assert_eq!(ask(&with("typ", typ), Serves::Reviewers), StoreAnswer::of(Status::Ok));
        assert_eq!(ask(&with("typ", typ), Serves::Purchases), StoreAnswer::invalid(Reason::WrongType));
    }
    let mut over = with("typ", "reviewer-receipt");
    set(&mut over, "exp", json!(1_400_000_100));
    assert_eq!(ask(&over, Serves::Reviewers), StoreAnswer::of(Status::Expired));
    assert_eq!(ask(&claims(), Serves::Reviewers), StoreAnswer::invalid(Reason::WrongType));
    set(&mut over, "typ", "test-receipt".into());
    for status in [Status::Ok, Status::Expired, Status::Invalid, Status::Refunded] {
        assert_eq!(ask(&over, Serves::Tests(status)), StoreAnswer::of(status), "the end is not looked at");
        assert_eq!(ask(&claims(), Serves::Tests(status)), StoreAnswer::invalid(Reason::WrongType));
    }
}

#[test]
fn only_an_expired_receipt_is_traded_for_a_fresh_one() {
    let forge = Forge::new();
    let trade = |claims: &Value, kind, revision: Revision| {
        let receipt = forge.certified(claims);
        let (service, life) = (service(&forge), Span::from_days(182));
        reissue_answer(&receipt, &service, &ledger(kind), now(), Rules::of(revision), life).unwrap()
    };
    let over = with("exp", 1_400_000_100);
    for revision in [BUILT, STRICT] {
        let Reissue::Fresh(fresh) = trade(&over, LedgerKind::Purchase, revision) else { panic!("refused") };
        assert_eq!(fresh.user.value, over["user"]["value"]);
        assert_eq!(fresh.product.storedata.as_deref(), over["product"]["storedata"].as_str());
        assert_eq!(fresh.iat.time(), now());
        assert_eq!(fresh.exp.unwrap().time(), now() + Span::from_days(182));
        let bought = Time::from_seconds(1_400_000_100);
        assert_eq!(fresh.nbf.time(), if revision == BUILT { now() } else { bought });
        let fine = trade(&claims(), LedgerKind::Purchase, revision);
        assert_eq!(fine, Reissue::Refused(StoreAnswer::of(Status::Ok)));
        assert_eq!(fine.http_status(), 400);
        let refunded = trade(&over, LedgerKind::Refund, revision);
        assert_eq!(refunded, Reissue::Refused(StoreAnswer::of(Status::Refunded)));
    }
    // The shipped code compared the verify claim with the reissue address.
    let elsewhere = VerifyService { path: "/api/v1/receipts/reissue/", ..service(&forge) };
    let receipt = forge.certified(&over);
    let all = ledger(LedgerKind::Purchase);
    let refused = reissue_answer(&receipt, &elsewhere, &all, now(), Rules::of(BUILT), Span::from_days(182));
    assert_eq!(refused, Ok(Reissue::Refused(StoreAnswer::invalid(Reason::WrongPath))));
    let body: Value = serde_json::from_str(&reissued_json("a~b.c.d")).unwrap();
    assert_eq!(body, json!({ "reason": "", "receipt": "a~b.c.d", "status": "expired" }));
    let body: Value = serde_json::from_str(&reissue_refused_json(&StoreAnswer::of(Status::Ok))).unwrap();
    assert_eq!(body, json!({ "receipt": "", "status": "ok" }));
}
