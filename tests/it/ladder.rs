//! The ladder: each check refuses what spoils it alone, and what is left whole passes.

use paystage::protocol::dial::{Profile, VerifyPolicy};
use paystage::protocol::id::{Kid, Origin};
use paystage::protocol::money::Money;
use paystage::protocol::ring::KeyRing;
use paystage::protocol::rules::Revision;
use paystage::protocol::signing_key::SigningKey;
use paystage::protocol::store_answer::{Reason, Status, StoreAnswer, StoreReply};
use paystage::protocol::time::{Span, Time};
use paystage::protocol::verdict::check::{Check, CheckSet, Outcome};
use paystage::protocol::verdict::judge;
use paystage::protocol::verdict::ladder::Verdict;
use paystage::protocol::verdict::question::{Presenter, Question};
use proptest::prelude::{any, proptest};
use serde_json::{Value, json};

use crate::forge::{APP, Forge, ISSUER, claims, now, set, speaks_plainly, unsigned, with, without};

const AFTER: Revision = Revision::After;

fn judged(claims: &Value) -> Verdict {
    let forge = Forge::new();
    let receipt = forge.bare(claims);
    climbed(&forge.question(&receipt, AFTER))
}

#[track_caller]
fn climbed(question: &Question<'_>) -> Verdict {
    let verdict = judge(question);
    speaks_plainly(&verdict);
    verdict
}

#[track_caller]
fn refused_at(verdict: &Verdict, check: Check, code: Option<&str>) {
    let failed = verdict.failed().unwrap_or_else(|| panic!("accepted: {verdict:?}"));
    assert_eq!((failed.check, failed.code), (check, code), "{} ({failed})", verdict.headline());
    assert!(!verdict.is_accepted());
    for rung in verdict.rungs().iter().filter(|rung| rung.check > check) {
        assert_eq!(rung.outcome, Outcome::NotReached, "{:?}", rung.check);
    }
}

#[track_caller]
fn accepted(verdict: &Verdict) {
    assert!(verdict.is_accepted(), "{} {:?}", verdict.headline(), verdict.failed());
    assert_eq!(verdict.headline(), "Valid for this app");
}

#[test]
fn a_good_receipt_climbs_to_the_top() {
    let verdict = judged(&claims());
    accepted(&verdict);
    assert_eq!(verdict.code(), None);
    let outcomes: Vec<_> = verdict.rungs().iter().map(|rung| rung.outcome.sign()).collect();
    assert_eq!(outcomes.concat(), "✓✓✓✓✓✓✓––");
    let shown: Vec<_> = verdict.rungs().iter().map(ToString::to_string).collect();
    assert_eq!(shown[1..6], ["EdDSA, kid store-1", ISSUER, "Ed25519, strict", "purchase-receipt", APP]);
    assert_eq!(shown[8], "skipped: discouraged");
    assert!(verdict.rungs().iter().all(|rung| !rung.is_unverified));
}

#[test]
fn each_spoilt_claim_is_refused_at_its_own_rung() {
    let rows: [(&str, Value, Check, Option<&str>); 31] = [
        ("iss", json!(7), Check::Issuer, Some("InvalidReceiptIssuer")),
        ("iss", json!([ISSUER]), Check::Issuer, Some("InvalidReceiptIssuer")),
        ("iss", json!(null), Check::Issuer, Some("InvalidReceiptIssuer")),
        ("iss", json!(""), Check::Issuer, Some("InvalidReceiptIssuer")),
        ("iss", json!("https://store.example/"), Check::Issuer, Some("InvalidReceiptIssuer")),
        ("iss", json!("https://store.example:443"), Check::Issuer, Some("InvalidReceiptIssuer")),
        ("iss", json!("https://Store.example"), Check::Issuer, Some("InvalidReceiptIssuer")),
        ("iss", json!("http://store.example"), Check::Issuer, Some("InvalidReceiptIssuer")),
        ("iss", json!("https://evilstore.example"), Check::Issuer, Some("InvalidReceiptIssuer")),
        ("typ", json!("developer-receipt"), Check::Type, Some("WrongType")),
        ("typ", json!("test-receipt"), Check::Type, Some("TestReceiptNotAllowed")),
        ("typ", json!("mozilla/payments/pay/v1"), Check::Type, Some("WrongType")),
        ("typ", json!("Purchase-Receipt"), Check::Type, Some("WrongType")),
        ("typ", json!(1), Check::Type, Some("WrongType")),
        ("product.url", json!("https://other.example"), Check::Product, Some("ProductURLError")),
        ("product.url", json!("https://pony.example/"), Check::Product, Some("ProductURLError")),
        ("product.url", json!("https://pony"), Check::Product, Some("ProductURLError")),
        ("product", json!(APP), Check::Product, Some("ProductURLError")),
        ("product.url", json!(["https://pony.example"]), Check::Product, Some("ProductURLError")),
        ("exp", json!("soon"), Check::Times, Some("ReceiptFormatError")),
        ("exp", json!(1_415_724_900.5), Check::Times, Some("ReceiptFormatError")),
        ("exp", json!(-1), Check::Times, Some("ReceiptFormatError")),
        ("exp", json!(9_007_199_254_740_992_i64), Check::Times, Some("ReceiptFormatError")),
        ("exp", json!(u64::MAX), Check::Times, Some("ReceiptFormatError")),
        ("exp", json!(null), Check::Times, Some("ReceiptFormatError")),
        ("nbf", json!(1_400_000_201), Check::Times, None),
        ("iat", json!(1_400_000_201), Check::Times, None),
        ("user.type", json!("email"), Check::User, Some("NO_DIRECTED_IDENTIFIER")),
        ("user.type", json!("passport"), Check::User, Some("NO_DIRECTED_IDENTIFIER")),
        ("user.value", json!("ada@example.org"), Check::User, Some("NO_DIRECTED_IDENTIFIER")),
        ("user.value", json!(7), Check::User, Some("ReceiptFormatError")),
    ];
    for (path, value, check, code) in rows {
        refused_at(&judged(&with(path, value)), check, code);
    }
    // The twins: as odd as is allowed.
    accepted(&judged(&with("exp", LAST_END)));
    accepted(&judged(&with("nbf", 1_400_000_200)));
    accepted(&judged(&with("iat", 1_400_000_200)));
    accepted(&judged(&with("user.value", "anonymous-user")));
}

#[test]
fn each_missing_claim_is_missed_at_its_own_rung() {
    for (path, check, code) in [
        ("iss", Check::Issuer, "RECEIPT_ISS_REQUIRED"),
        ("typ", Check::Type, "RECEIPT_TYPE_REQUIRED"),
        ("product", Check::Product, "RECEIPT_PRODUCT_REQUIRED"),
        ("product.url", Check::Product, "ProductURLError"),
        ("nbf", Check::Times, "RECEIPT_NBF_REQUIRED"),
        ("iat", Check::Times, "RECEIPT_IAT_REQUIRED"),
        ("user", Check::User, "RECEIPT_USER_REQUIRED"),
        ("user.type", Check::User, "ReceiptFormatError"),
        ("user.value", Check::User, "ReceiptFormatError"),
    ] {
        refused_at(&judged(&without(path)), check, Some(code));
    }
    for optional in ["exp", "detail", "verify", "reissue", "product.storedata"] {
        accepted(&judged(&without(optional)));
    }
    let endless = judged(&without("exp"));
    assert!(endless.rung(Check::Times).to_string().starts_with("no exp"));
}

#[test]
fn the_end_is_exclusive_and_the_beginning_inclusive() {
    let forge = Forge::new();
    let receipt = forge.bare(&claims());
    let at = |now: Time, leeway: Span| climbed(&Question { now, leeway, ..forge.question(&receipt, AFTER) });
    let (nbf, exp, instant) =
        (Time::from_seconds(1_400_000_100), Time::from_seconds(1_415_724_900), Span::from_millis(1));
    accepted(&at(nbf, Span::ZERO));
    refused_at(&at(nbf - instant, Span::ZERO), Check::Times, None);
    accepted(&at(exp - instant, Span::ZERO));
    refused_at(&at(exp, Span::ZERO), Check::Times, Some("ReceiptExpired"));
    let ten = Span::from_seconds(10);
    accepted(&at(nbf - ten, ten));
    refused_at(&at(nbf - ten - instant, ten), Check::Times, None);
    accepted(&at(exp + ten - instant, ten));
    refused_at(&at(exp + ten, ten), Check::Times, Some("ReceiptExpired"));
    refused_at(&at(Time::from_millis(i64::MAX), Span::from_days(36_500)), Check::Times, Some("ReceiptExpired"));
}

/// Ten years after the good receipt was issued.
const LAST_END: i64 = 1_400_000_100 + 3_653 * 86_400;

#[test]
fn no_receipt_lasts_longer_than_ten_years_but_one_without_an_end() {
    let of = |times: [(&str, i64); 3]| {
        let mut claims = claims();
        for (name, value) in times {
            claims[name] = value.into();
        }
        judged(&claims)
    };
    let issued = 1_400_000_100;
    accepted(&of([("nbf", issued), ("iat", issued), ("exp", LAST_END)]));
    for end in [LAST_END + 1, 1_415_724_900_000, 9_007_199_254_740_991] {
        let refusal = of([("nbf", issued), ("iat", issued), ("exp", end)]);
        refused_at(&refusal, Check::Times, None);
        assert!(refusal.rung(Check::Times).to_string().contains("more than 3653 d after 2014-05-13"), "{refusal:?}");
    }
    // A reissued receipt tells when it was bought, long ago, and lives from its own day on; one that begins late lives from then.
    accepted(&of([("nbf", 1_000_000_000), ("iat", issued), ("exp", LAST_END)]));
    refused_at(&of([("nbf", 1_000_000_000), ("iat", issued), ("exp", LAST_END + 1)]), Check::Times, None);
    accepted(&of([("nbf", issued + 100), ("iat", issued), ("exp", LAST_END + 100)]));
    refused_at(&of([("nbf", issued + 100), ("iat", issued), ("exp", LAST_END + 101)]), Check::Times, None);
    accepted(&judged(&without("exp")));
    // It hangs on nothing but the receipt: no clock makes it good, and whoever leaves the check out takes it.
    let forge = Forge::new();
    let receipt = forge.bare(&with("exp", LAST_END + 1));
    for now in [0, issued, LAST_END, LAST_END + 1].map(Time::from_seconds) {
        refused_at(&climbed(&Question { now, ..forge.question(&receipt, AFTER) }), Check::Times, None);
    }
    let careless = CheckSet::NONE.with(Check::Times);
    accepted(&climbed(&Question { switched_off: careless, ..forge.question(&receipt, AFTER) }));
}

#[test]
fn whatever_is_no_receipt_stops_at_the_shape() {
    let forge = Forge::new();
    let good = forge.bare(&claims());
    let long = forge.bare(&with("detail", "x".repeat(13_000)));
    for (receipt, code) in [
        (String::new(), "ReceiptParseError"),
        ("garbage".into(), "ReceiptParseError"),
        (format!("{good}="), "ReceiptParseError"),
        (format!("{good}.x"), "ReceiptParseError"),
        (format!("~{good}"), "ReceiptParseError"),
        (format!("{good}~"), "ReceiptParseError"),
        (format!(" {good}"), "ReceiptParseError"),
        (format!("\"{good}\""), "ReceiptParseError"),
        (long, "RECEIPT_TOO_BIG"),
    ] {
        refused_at(&climbed(&forge.question(&receipt, AFTER)), Check::Shape, Some(code));
    }
    let short = forge.bare(&with("detail", "x".repeat(11_000)));
    accepted(&climbed(&forge.question(&short, AFTER)));
}

#[test]
fn a_key_is_used_with_its_own_algorithm_and_its_own_name_only() {
    let forge = Forge::new();
    let receipt = |header: &str| {
        use base64::Engine as _;
        use base64::engine::general_purpose::URL_SAFE_NO_PAD;
        let input = format!("{}.{}", URL_SAFE_NO_PAD.encode(header), URL_SAFE_NO_PAD.encode(claims().to_string()));
        let signature = URL_SAFE_NO_PAD.encode(forge.key.sign(input.as_bytes()).unwrap());
        format!("{input}.{signature}")
    };
    let verdict = |header: &str| climbed(&forge.question(&receipt(header), AFTER));
    for alg in ["none", "None", "HS256", "RS256", "ES256", "eddsa", "EdDSA ", "PS256", ""] {
        let refusal = verdict(&json!({ "alg": alg }).to_string());
        refused_at(&refusal, Check::Algorithm, Some("ERROR_DECODING"));
    }
    for alg in ["EdDSA", "Ed25519"] {
        accepted(&verdict(&json!({ "alg": alg }).to_string()));
    }
    accepted(&verdict(r#"{"alg":"EdDSA","kid":"store-1"}"#));
    refused_at(&verdict(r#"{"alg":"EdDSA","kid":"store-2"}"#), Check::Signature, Some("ERROR_DECODING"));
    refused_at(&verdict(r#"{"alg":"EdDSA","crit":["x"],"x":1}"#), Check::Shape, Some("ReceiptParseError"));
    refused_at(&verdict(r#"{"alg":"EdDSA","zip":"DEF"}"#), Check::Shape, Some("ReceiptParseError"));
    let followed = verdict(r#"{"alg":"EdDSA","jku":"https://evil.example/keys","jwk":{"kty":"OKP"}}"#);
    accepted(&followed);
    assert_eq!(followed.remarks().len(), 2);
}

#[test]
fn only_the_issuers_present_key_signs() {
    let forge = Forge::new();
    let stranger = SigningKey::ed25519("store-1", &[8; 32]);
    let forged = Forge { key: stranger, ..Forge::new() }.bare(&claims());
    refused_at(&climbed(&forge.question(&forged, AFTER)), Check::Signature, Some("ERROR_DECODING"));
    refused_at(&climbed(&forge.question(&unsigned(&claims()), AFTER)), Check::Signature, Some("ERROR_DECODING"));
    let good = forge.bare(&claims());
    for at in good.rfind('.').map(|dot| [dot + 1, dot + 40]).unwrap() {
        let mut bytes = good.clone().into_bytes();
        bytes[at] = if bytes[at] == b'A' { b'B' } else { b'A' };
        let spoilt = String::from_utf8(bytes).unwrap();
        refused_at(&climbed(&forge.question(&spoilt, AFTER)), Check::Signature, Some("ERROR_DECODING"));
    }
    let issuer = Origin::parse(ISSUER).unwrap();
    for (retired, is_good) in [(1_400_000_100, false), (1_400_000_101, true)] {
        let mut ring = forge.ring.clone();
        assert!(ring.retire(&issuer, &Kid::from("store-1"), Time::from_seconds(retired)));
        let verdict = climbed(&Question { keys: &ring, ..forge.question(&good, AFTER) });
        assert_eq!(verdict.is_accepted(), is_good, "retired at {retired}");
    }
    let empty = KeyRing::new();
    let unknown = climbed(&Question { keys: &empty, ..forge.question(&good, AFTER) });
    refused_at(&unknown, Check::Issuer, Some("InvalidReceiptIssuer"));
    for (list, is_good) in
        [(&[ISSUER] as &[&str], true), (&["*"], true), (&["https://store.example/"], false), (&[], false)]
    {
        let verdict = climbed(&Question { allowed_issuers: Some(list), ..forge.question(&good, AFTER) });
        assert_eq!(verdict.is_accepted(), is_good, "{list:?}");
    }
}

#[test]
fn the_four_rules_of_certificates_hold_in_strict_revisions() {
    let forge = Forge::new();
    let good = forge.certified(&claims());
    let verdict = climbed(&forge.question(&good, AFTER));
    accepted(&verdict);
    assert_eq!(verdict.rung(Check::Signature).to_string(), "Ed25519, strict, 1 certificate");
    let bare = forge.bare(&claims());
    let short = format!("{}~{bare}", forge.certificate(Span::from_days(14)));
    let expired = format!("{}~{bare}", forge.certificate(Span::from_seconds(3_600)));
    let stranger = Forge { root: SigningKey::ed25519("root-1", &[1; 32]), ..Forge::new() }.certified(&claims());
    let twice = format!("{}~{good}", forge.certificate(Span::from_days(400)));
    for receipt in [short, expired, stranger, twice] {
        refused_at(&climbed(&forge.question(&receipt, AFTER)), Check::Signature, Some("ERROR_DECODING"));
    }
    for (price, is_good) in [("100.00 USD", true), ("100.01 USD", false)] {
        let price: Option<Money> = Some(price.parse().unwrap());
        let verdict = climbed(&Question { price, ..forge.question(&good, AFTER) });
        assert_eq!(verdict.is_accepted(), is_good, "{price:?}");
    }
}

#[test]
fn as_built_certificates_may_have_expired() {
    let forge = Forge::new();
    let expired = format!("{}~{}", forge.certificate(Span::from_seconds(3_600)), forge.bare(&claims()));
    let verdict = climbed(&forge.question(&expired, Revision::AsBuilt2015));
    assert_eq!(verdict.rung(Check::Signature).outcome, Outcome::Skipped);
    assert!(verdict.rung(Check::Product).is_unverified);
    assert!(verdict.rung(Check::Product).to_string().ends_with("(unverified)"));
    assert_eq!(verdict.remarks().len(), 1);
    refused_at(&climbed(&forge.question(&expired, AFTER)), Check::Signature, Some("ERROR_DECODING"));
}

#[test]
fn the_presenter_counts_before_the_privacy_changes_and_cannot_be_known_after() {
    let forge = Forge::new();
    let mut email = with("user.type", "email");
    set(&mut email, "user.value", "ada@example.org".into());
    let (email, directed) = (forge.bare(&email), forge.bare(&claims()));
    let own = "4fb35151-2b9b-4ba2-8283-c49d381640bd";
    let ada = |identifier| Presenter::Asserted { email: "ada@example.org", identifier };
    let bob = |identifier| Presenter::Asserted { email: "bob@example.org", identifier };
    let user = |receipt: &str, revision, presenter| {
        climbed(&Question { presenter, ..forge.question(receipt, revision) }).rung(Check::User).outcome
    };
    let before = Revision::Before;
    assert_eq!(user(&email, before, ada(None)), Outcome::Passed);
    assert_eq!(user(&email, before, bob(None)), Outcome::Failed);
    assert_eq!(user(&email, before, bob(Some("ada@example.org"))), Outcome::Failed);
    assert_eq!(user(&email, before, Presenter::WithoutAssertion), Outcome::Failed);
    assert_eq!(user(&email, before, Presenter::Nobody), Outcome::Skipped);
    assert_eq!(user(&directed, before, ada(Some(own))), Outcome::Passed);
    assert_eq!(user(&directed, before, bob(Some("another"))), Outcome::Failed);
    assert_eq!(user(&directed, before, bob(None)), Outcome::Skipped);
    for revision in [AFTER, Revision::October2012, Revision::September2013, Revision::AsBuilt2015] {
        assert_eq!(user(&email, revision, ada(None)), Outcome::Failed, "{revision:?}");
        for presenter in [ada(None), bob(None), Presenter::WithoutAssertion, Presenter::Nobody] {
            assert_eq!(user(&directed, revision, presenter), Outcome::Skipped, "{revision:?}");
        }
    }
    let impossible = climbed(&forge.question(&directed, AFTER));
    assert_eq!(impossible.rung(Check::User).to_string(), "impossible: only the store knows");
}

#[test]
fn the_store_is_asked_where_the_policy_says_so_and_only_at_its_own_address() {
    let forge = Forge::new();
    let receipt = forge.bare(&claims());
    let ask = |receipt: &str, policy, store_answer: Option<&StoreReply>| {
        climbed(&Question { policy, store_answer, ..forge.question(receipt, AFTER) })
    };
    let both = VerifyPolicy::SignatureAndStore;
    let waiting = ask(&receipt, both, None);
    assert!(waiting.is_waiting_for_store() && !waiting.is_accepted());
    assert_eq!(waiting.rung(Check::Store).to_string(), "not asked yet");
    accepted(&ask(&receipt, both, Some(&StoreAnswer::of(Status::Ok).into())));
    for (reply, code) in [
        (StoreAnswer::of(Status::Pending).into(), "pending"),
        (StoreAnswer::of(Status::Refunded).into(), "Refunded"),
        (StoreAnswer::of(Status::Expired).into(), "ReceiptExpired"),
        (StoreAnswer::of(Status::Invalid).into(), "InvalidFromStore"),
        (StoreAnswer::invalid(Reason::NoPurchase).into(), "NO_PURCHASE"),
        (StoreReply::HttpStatus(500), "ServerStatusError"),
        (StoreReply::NotJson, "InvalidServerResponse"),
        (StoreReply::NotAnObject, "InvalidServerResponse"),
        (StoreReply::UnknownStatus("weird".into()), "InvalidServerResponse"),
        (StoreReply::Unreachable, "ConnectionError"),
        (StoreReply::TimedOut, "RequestTimeout"),
    ] {
        refused_at(&ask(&receipt, both, Some(&reply)), Check::Store, Some(code));
        accepted(&ask(&receipt, VerifyPolicy::SignatureOnly, Some(&reply)));
    }
    for address in [
        "https://evilstore.example/verify/",
        "https://store.example.evil.net/verify/",
        "http://store.example/verify/",
        "https://store.example:8443/verify/",
        "https://evil.net/?x=store.example",
        "https://store.example@evil.net/",
        "verify",
    ] {
        let receipt = forge.bare(&with("verify", address));
        refused_at(&ask(&receipt, both, None), Check::Store, Some("VerifyDomainMismatch"));
        accepted(&ask(&receipt, VerifyPolicy::SignatureOnly, None));
    }
    for address in ["https://receiptcheck.store.example/verify/", "https://store.example/verify/?a=b"] {
        assert!(ask(&forge.bare(&with("verify", address)), both, None).is_waiting_for_store(), "{address}");
    }
    refused_at(&ask(&forge.bare(&without("verify")), both, None), Check::Store, Some("ReceiptFormatError"));
}

#[test]
fn an_app_that_only_asks_the_store_opens_to_a_forgery_that_the_store_does_not_notice() {
    let forge = Forge::new();
    let forged = unsigned(&claims());
    let ok = StoreAnswer::of(Status::Ok).into();
    let question = Question { store_answer: Some(&ok), ..forge.question(&forged, AFTER) };
    let blind = climbed(&Question { policy: VerifyPolicy::StoreOnly, ..question });
    accepted(&blind);
    assert_eq!(blind.rung(Check::Signature).outcome, Outcome::Skipped);
    assert!(blind.rung(Check::Times).is_unverified);
    let careful = climbed(&Question { policy: VerifyPolicy::SignatureAndStore, ..question });
    refused_at(&careful, Check::Signature, Some("ERROR_DECODING"));
}

#[test]
fn a_check_that_is_switched_off_lets_through_exactly_what_it_would_have_stopped() {
    let forge = Forge::new();
    let good = forge.bare(&claims());
    let mut cases: Vec<(Check, String)> = [
        (Check::Type, with("typ", "other")),
        (Check::Product, with("product.url", "https://other.example")),
        (Check::Times, with("exp", 1)),
        (Check::User, with("user.type", "email")),
    ]
    .map(|(check, claims)| (check, forge.bare(&claims)))
    .into();
    cases.push((Check::Signature, unsigned(&claims())));
    cases.push((Check::Shape, format!("{good}=")));
    for (check, receipt) in cases {
        refused_at(&climbed(&forge.question(&receipt, AFTER)), check, judge(&forge.question(&receipt, AFTER)).code());
        let mut off = CheckSet::NONE.with(check);
        if check == Check::Shape {
            // A text that is no token has no algorithm and no signature either.
            off = off.with(Check::Algorithm).with(Check::Signature);
        }
        let verdict = climbed(&Question { switched_off: off, ..forge.question(&receipt, AFTER) });
        accepted(&verdict);
        assert_eq!(verdict.rung(check).outcome, Outcome::SwitchedOff);
        assert!(verdict.rung(check).fix().is_some(), "{check:?} keeps what it found");
    }
    let store = StoreAnswer::of(Status::Refunded).into();
    let question = Question {
        policy: VerifyPolicy::SignatureAndStore,
        store_answer: Some(&store),
        ..forge.question(&good, AFTER)
    };
    refused_at(&climbed(&question), Check::Store, Some("Refunded"));
    accepted(&climbed(&Question { switched_off: CheckSet::NONE.with(Check::Store), ..question }));
    let empty = KeyRing::new();
    let question = Question { keys: &empty, ..forge.question(&good, AFTER) };
    let off = CheckSet::NONE.with(Check::Issuer);
    refused_at(&climbed(&Question { switched_off: off, ..question }), Check::Signature, Some("ERROR_DECODING"));
    accepted(&climbed(&Question { switched_off: off.with(Check::Signature), ..question }));
    let all: CheckSet = Check::ALL.into_iter().collect();
    let blind = climbed(&Question { switched_off: all, ..forge.question("garbage", AFTER) });
    assert!(blind.is_accepted() && blind.rungs().iter().all(|rung| rung.outcome == Outcome::SwitchedOff));
}

#[test]
fn test_receipts_open_only_where_they_were_asked_for() {
    let forge = Forge::new();
    let receipt = forge.bare(&with("typ", "test-receipt"));
    for &revision in Revision::ALL {
        let question = forge.question(&receipt, revision);
        let refused = climbed(&question);
        refused_at(&refused, Check::Type, Some("TestReceiptNotAllowed"));
        accepted(&climbed(&Question { is_test_allowed: true, ..question }));
    }
    for (revision, is_taken) in [(AFTER, false), (Revision::September2013, true)] {
        let receipt = forge.bare(&with("typ", "reviewer-receipt"));
        assert_eq!(climbed(&forge.question(&receipt, revision)).is_accepted(), is_taken, "{revision:?}");
    }
}

#[test]
fn a_verdict_reads_as_json() {
    let verdict = judged(&with("product.url", "https://other.example"));
    let report: Value = serde_json::to_value(&verdict).unwrap();
    assert_eq!(report["accepted"], false);
    assert_eq!(report["headline"], "This receipt was written for another app");
    assert_eq!(report["code"], "ProductURLError");
    assert_eq!(report["rungs"][5]["outcome"], "failed");
    assert_eq!(report["rungs"][6]["outcome"], "not-reached");
    assert_eq!(now().rfc3339(), "2014-05-13T16:56:40Z");
}

proptest! {
    #[test]
    fn no_text_makes_a_judge_stumble(text in any::<String>(), tail in "[A-Za-z0-9_.~-]{0,80}") {
        let forge = Forge::new();
        let tilde = format!("{tail}~{text}");
        for receipt in [&text, &tail, &tilde] {
            for &revision in Revision::ALL {
                for &profile in Profile::ALL {
                    let off = CheckSet::NONE.with(Check::Shape);
                    for switched_off in [CheckSet::NONE, off] {
                        let question = Question { profile, switched_off, ..forge.question(receipt, revision) };
                        speaks_plainly(&judge(&question));
                    }
                }
            }
        }
    }
}
