//! The profiles: each historic verifier judges as it did, holes included; what it did is data.

use std::collections::BTreeMap;

use paystage::protocol::chain::{Certificate, Terms, join};
use paystage::protocol::dial::Profile;
use paystage::protocol::id::Origin;
use paystage::protocol::rules::{Revision, Rules};
use paystage::protocol::signing_key::SigningKey;
use paystage::protocol::store_answer::{Reason, Status, StoreAnswer, StoreReply};
use paystage::protocol::time::Span;
use paystage::protocol::verdict::check::{Check, Outcome};
use paystage::protocol::verdict::judge;
use paystage::protocol::verdict::ladder::Verdict;
use paystage::protocol::verdict::question::{CachedAnswer, Client, Question, Restores};
use paystage::protocol::verdict::remark::Remark;
use serde::Deserialize;
use serde_json::Value;

use crate::forge::{APP, Forge, ISSUER, claims, drop_claim, now, set, speaks_plainly, unsigned};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(clippy::struct_excessive_bools, reason = "each is a column of the data")]
pub(crate) struct Case {
    pub(crate) is: String,
    #[serde(skip)]
    pub(crate) profile: Profile,
    revision: Option<Revision>,
    form: Option<String>,
    #[serde(default)]
    claims: BTreeMap<String, Value>,
    #[serde(default)]
    drop: Vec<String>,
    store: Option<String>,
    kept: Option<Span>,
    product_url: Option<String>,
    allowed: Option<Vec<String>>,
    #[serde(default)]
    is_list_absent: bool,
    #[serde(default)]
    is_test_allowed: bool,
    #[serde(default)]
    restores_app: bool,
    app: Option<String>,
    at: Option<Check>,
    code: Option<String>,
    state: Option<String>,
    #[serde(default)]
    cached: bool,
    #[serde(default)]
    waits: bool,
    #[serde(default)]
    remarks: Vec<String>,
}

/// What the historic verifiers made of a receipt, case by case.
pub(crate) fn cases() -> Vec<Case> {
    let tables: BTreeMap<Profile, BTreeMap<String, Vec<Case>>> =
        toml::from_str(include_str!("../data/profiles.toml")).unwrap();
    let named = |(profile, tables): (Profile, BTreeMap<_, Vec<Case>>)| {
        tables.into_values().flatten().map(move |case| Case { profile, ..case })
    };
    tables.into_iter().flat_map(named).collect()
}

impl Case {
    /// What makes this case what it is, by name; what it leaves as it stands is absent.
    pub(crate) fn settings(&self) -> BTreeMap<String, String> {
        let said = |name: &str, value: Option<String>| value.map(|value| (name.to_owned(), value));
        let flag = |name: &str, is_set: bool| said(name, is_set.then(String::new));
        let claims = self.claims.iter().map(|(path, value)| (path.clone(), value.to_string()));
        let dropped = self.drop.iter().map(|path| (path.clone(), "dropped".to_owned()));
        let others = [
            said("the revision", self.revision.map(|revision| format!("{revision:?}"))),
            said("the form", self.form.clone()),
            said("the store's reply", self.store.clone()),
            said("the kept answer", self.kept.map(|age| age.to_string())),
            said("the option productURL", self.product_url.clone()),
            said("the list of issuers", self.allowed.as_ref().map(|list| list.join(" "))),
            flag("there is no list of issuers", self.is_list_absent),
            flag("test receipts are taken", self.is_test_allowed),
            flag("the app itself is restored", self.restores_app),
            said("the app", self.app.clone()),
        ];
        claims.chain(dropped).chain(others.into_iter().flatten()).collect()
    }
}

fn receipt(case: &Case, forge: &Forge) -> String {
    let mut claims = claims();
    for (path, value) in &case.claims {
        set(&mut claims, path, value.clone());
    }
    for path in &case.drop {
        drop_claim(&mut claims, path);
    }
    let behind = |life: i64| join(&[forge.certificate(Span::from_seconds(life))], &forge.bare(&claims));
    match case.form.as_deref() {
        None => forge.certified(&claims),
        Some("bare") => forge.bare(&claims),
        Some("unsigned") => join(&[forge.certificate(Span::from_days(400))], &unsigned(&claims)),
        Some("two-certificates") => format!("{}~{}", forge.certificate(Span::from_days(400)), forge.certified(&claims)),
        Some("other-host") => {
            let terms = Terms {
                issuer: "https://evil.example/root.jwk",
                price_limit: None,
                from: now(),
                life: Span::from_days(400),
            };
            let certificate = Certificate::new(&forge.key.verifying_key(), terms).unwrap().sign(&forge.root).unwrap();
            join(&[certificate], &forge.bare(&claims))
        }
        Some("other-root") => {
            Forge { root: SigningKey::ed25519("root-1", &[1; 32]), ..Forge::new() }.certified(&claims)
        }
        Some("expired-certificate") => behind(3_600),
        Some("short-certificate") => behind(14 * 86_400),
        // The certificate begins a day ago and the receipt is of 100 seconds ago.
        Some("certificate-expired-since") => behind(86_400 - 50),
        Some("garbage") => "garbage".to_owned(),
        Some(form) => panic!("no such form: {form}"),
    }
}

fn reply(text: &str) -> StoreReply {
    match text.split_once(' ') {
        Some(("http", status)) => StoreReply::HttpStatus(status.parse().unwrap()),
        Some(("invalid", reason)) => StoreAnswer::invalid(Reason::parse(reason)).into(),
        Some(_) => panic!("no such reply: {text}"),
        None => match text {
            "html" => StoreReply::read(200, "<html>Sign in to the network</html>"),
            "null" => StoreReply::read(200, "null"),
            "weird" => StoreReply::read(200, r#"{"status":"weird"}"#),
            "offline" => StoreReply::Unreachable,
            "hangs" => StoreReply::TimedOut,
            status => StoreAnswer::of(Status::parse(status).unwrap()).into(),
        },
    }
}

/// What the profile makes of it here.
pub(crate) fn judged(case: &Case) -> Verdict {
    let forge = Forge::new();
    let receipt = receipt(case, &forge);
    let app = Origin::parse(case.app.as_deref().unwrap_or(APP)).unwrap();
    let store = case.store.as_deref().map(reply);
    let allowed: Vec<&str> =
        case.allowed.as_ref().map_or(vec![ISSUER], |list| list.iter().map(String::as_str).collect());
    let kept = case.kept.map(|age| CachedAnswer { status: Status::Ok, at: now() - age });
    let client = Client {
        product_url: case.product_url.as_deref(),
        cached: kept,
        receipt_check_sites: &[ISSUER],
        restores: if case.restores_app { Restores::App } else { Restores::InAppProduct },
        verify_service: Some(("store.example", "/verify/")),
        ..Client::default()
    };
    judge(&Question {
        profile: case.profile,
        rules: Rules::of(case.revision.unwrap_or(Revision::AsBuilt2015)),
        app: &app,
        store_answer: store.as_ref(),
        allowed_issuers: (!case.is_list_absent).then_some(&allowed),
        is_test_allowed: case.is_test_allowed,
        client,
        ..forge.question(&receipt, Revision::AsBuilt2015)
    })
}

#[test]
fn every_historic_verdict_comes_out_as_it_was() {
    for case in cases() {
        let verdict = judged(&case);
        speaks_plainly(&verdict);
        let is = format!("{}: {}", case.profile.name(), case.is);
        assert_eq!(verdict.profile(), case.profile, "{is}");
        assert_eq!(verdict.failed().map(|rung| rung.check), case.at, "{is}: {}", verdict.headline());
        assert_eq!(verdict.code(), case.code.as_deref(), "{is}");
        assert_eq!(verdict.state(), case.state.as_deref(), "{is}");
        assert_eq!(verdict.is_cacheable(), case.cached, "{is}");
        assert_eq!(verdict.is_waiting_for_store(), case.waits, "{is}");
        assert_eq!(verdict.is_accepted(), case.at.is_none() && !case.waits, "{is}");
        let noted = verdict.remarks().iter().filter(|remark| **remark != Remark::SignatureNeverChecked);
        let noted: Vec<_> = noted.map(|remark| format!("{remark:?}")).collect();
        if case.at.is_none() || !case.remarks.is_empty() {
            assert_eq!(noted, case.remarks, "{is}");
        }
    }
}

#[test]
fn clients_never_look_at_signature_clock_or_user() {
    for case in cases().iter().filter(|case| case.profile != Profile::Store) {
        let verdict = judged(case);
        assert!(verdict.remarks().contains(&Remark::SignatureNeverChecked), "{}", case.is);
        for check in [Check::Algorithm, Check::Signature, Check::Times, Check::User] {
            assert_eq!(verdict.rung(check).outcome, Outcome::Skipped, "{}", case.is);
        }
    }
}

#[test]
fn the_data_reach_every_answer_of_the_store_and_every_rung_that_refuses() {
    let cases = cases();
    for profile in [Profile::Fxpay, Profile::Receiptverifier] {
        let of = |word: &str| {
            let said = |case: &&Case| case.store.as_deref().is_some_and(|said| said.starts_with(word));
            cases.iter().filter(|case| case.profile == profile).any(|case| said(&case))
        };
        for word in ["ok", "pending", "refunded", "expired", "invalid", "http", "html", "weird", "offline", "hangs"] {
            assert!(of(word), "{profile:?} is never told {word}");
        }
    }
    for (profile, checks) in [
        (Profile::Fxpay, vec![Check::Shape, Check::Issuer, Check::Type, Check::Product, Check::Store]),
        (Profile::Receiptverifier, vec![Check::Shape, Check::Issuer, Check::Type, Check::Product, Check::Store]),
        (
            Profile::Store,
            vec![Check::Shape, Check::Signature, Check::Type, Check::Product, Check::Times, Check::User, Check::Store],
        ),
    ] {
        for check in checks {
            let is_reached = cases.iter().any(|case| case.profile == profile && case.at == Some(check));
            assert!(is_reached, "{profile:?} never refuses at {check:?}");
        }
    }
}

#[test]
fn every_edge_case_about_one_receipt_is_here() {
    let told: Vec<u32> = cases()
        .iter()
        .filter_map(|case| case.is.split_whitespace().next())
        .filter_map(|word| word.parse().ok())
        .collect();
    // What is about more than one receipt, or about routes and reissue, is tested elsewhere.
    let elsewhere: [(u32, &str); 6] = [
        (89, "two app receipts at once"),
        (90, "no receipt at all"),
        (97, "the service breaks down: codes_verify"),
        (106, "a developer installs an own paid app: the ledger has no such row, codes_verify"),
        (114, "reissue: codes_verify"),
        (115, "reissue: codes_verify"),
    ];
    for number in 75..=113 {
        let is_here = told.contains(&number) || elsewhere.iter().any(|(other, _)| *other == number);
        assert!(is_here, "edge case {number} is not among the data");
    }
}
