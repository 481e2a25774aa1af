//! The attack corpus: Paystage refuses every forgery of it and accepts every twin, and a reader that skips a check is caught.

use std::collections::BTreeSet;

use paystage::lens::library;
use paystage::protocol::corpus::attack::{Attack, TokenKind};
use paystage::protocol::corpus::collect::corpus;
use paystage::protocol::corpus::old_signature;
use paystage::protocol::corpus::strict::StrictReader;
use paystage::protocol::corpus::trust::{Plan, Trust};
use paystage::protocol::id::Origin;
use paystage::protocol::key::Algorithm;
use paystage::protocol::time::Time;
use paystage::protocol::verdict::check::{Check, CheckSet};

fn trust() -> Trust {
    Trust::of(&Plan {
        now: Time::from_seconds(1_700_000_000),
        issuer: Origin::parse("https://market.example").unwrap(),
        app: Origin::parse("https://pony.example").unwrap(),
        seed: 1,
    })
}

fn all(trust: &Trust) -> Vec<Attack> {
    corpus(trust, TokenKind::ALL, &Algorithm::ALL).unwrap()
}

/// The classes that a reader with this check switched off lets through.
fn let_through(trust: &Trust, attacks: &[Attack], off: Check) -> BTreeSet<&'static str> {
    let off = CheckSet::NONE.with(off);
    let reader = StrictReader::new(trust).unwrap();
    let is_fooled = |attack: &&Attack| reader.accepts(attack.kind, &attack.token, off);
    attacks.iter().filter(is_fooled).map(|attack| attack.class.name).collect()
}

#[test]
fn the_strict_reader_refuses_every_forgery_and_accepts_every_twin() {
    let trust = trust();
    let reader = StrictReader::new(&trust).unwrap();
    let mut wrong = Vec::new();
    for attack in all(&trust) {
        for (text, is_good) in [(&attack.token, false), (&attack.twin, true)] {
            if reader.accepts(attack.kind, text, CheckSet::NONE) != is_good {
                wrong.push(format!("{} {}", attack.name(), if is_good { "twin refused" } else { "accepted" }));
            }
        }
        if attack.token == attack.twin {
            wrong.push(format!("{} is its own twin", attack.name()));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn there_are_classes_enough_and_each_name_is_used_once() {
    let trust = trust();
    let attacks = all(&trust);
    let classes: BTreeSet<_> = attacks.iter().map(|attack| attack.class.name).collect();
    assert!(classes.len() >= 60, "{} classes", classes.len());
    let names: BTreeSet<String> = attacks.iter().map(Attack::name).collect();
    assert_eq!(names.len(), attacks.len());
    for kind in TokenKind::ALL {
        for algorithm in kind.algorithms() {
            let of_both = attacks.iter().filter(|attack| attack.kind == *kind && attack.algorithm == Some(*algorithm));
            assert!(of_both.count() >= 60, "{kind:?} {algorithm}");
        }
    }
    for attack in &attacks {
        assert!(attack.class.rule.starts_with("RFC ") || attack.class.rule.contains("own page"), "{:?}", attack.class);
        assert!(!attack.class.flaw.ends_with('.'), "{:?}", attack.class);
    }
}

#[test]
fn one_plan_gives_the_same_bytes_and_another_seed_gives_other_keys() {
    let attacks = all(&trust());
    assert_eq!(attacks, all(&trust()));
    let other = Trust::of(&Plan { seed: 2, ..trust().plan().clone() });
    assert_ne!(other.issuer_keys().unwrap().json(), trust().issuer_keys().unwrap().json());
    let stranger = attacks.iter().find(|attack| attack.algorithm == Some(Algorithm::EdDsa)).unwrap();
    assert!(!StrictReader::new(&other).unwrap().accepts(stranger.kind, &stranger.twin, CheckSet::NONE));
}

#[test]
fn a_reader_that_skips_a_check_is_caught_by_name() {
    let trust = trust();
    let receipts = corpus(&trust, &[TokenKind::Receipt], &[Algorithm::EdDsa, Algorithm::Rs256]).unwrap();
    for (off, classes) in [
        (Check::Algorithm, &["alg-case", "alg-says-es256"][..]),
        (Check::Signature, &["signed-by-forger", "signature-absent", "signature-zero", "edited-exp", "jwk-carried"]),
        (Check::Type, &["typ-absent", "typ-test", "typ-postback"]),
        (Check::Product, &["product-other", "product-suffix", "product-absent"]),
        (Check::Times, &["exp-day-ago", "exp-word", "nbf-tomorrow", "iat-absent"]),
        (Check::User, &["user-absent", "user-empty"]),
    ] {
        let fooled = let_through(&trust, &receipts, off);
        for class in classes {
            assert!(fooled.contains(class), "without {off:?} {class} should get through: {fooled:?}");
        }
    }
}

#[test]
fn an_ordinary_library_call_is_caught_by_name() {
    let trust = trust();
    let (ring, plan) = (trust.ring().unwrap(), trust.plan());
    let receipts = corpus(&trust, &[TokenKind::Receipt], &[Algorithm::EdDsa]).unwrap();
    let is_accepted = |text: &str| library::call(text, &ring, &plan.issuer, plan.now).is_ok();
    assert!(receipts.iter().all(|attack| is_accepted(&attack.twin)));
    let fooled: BTreeSet<_> =
        receipts.iter().filter(|attack| is_accepted(&attack.token)).map(|attack| attack.class.name).collect();
    for class in
        ["crit-unknown", "zip", "iss-absent", "iss-number", "iss-list", "typ-test", "product-other", "iat-tomorrow"]
    {
        assert!(fooled.contains(class), "{class}: {fooled:?}");
    }
    for class in ["alg-none", "signature-absent", "signed-by-forger", "hs256-public-raw", "exp-hour-ago"] {
        assert!(!fooled.contains(class), "{class} should be refused by the library");
    }
}

#[test]
fn a_token_of_ones_own_is_forged_without_its_key() {
    let trust = trust();
    let reader = StrictReader::new(&trust).unwrap();
    for kind in TokenKind::ALL {
        let first = &corpus(&trust, &[*kind], kind.algorithms()).unwrap()[0];
        let own = old_signature::attacks(&first.twin).unwrap();
        assert!(own.len() >= 20 && own.iter().all(|attack| attack.kind == *kind), "{kind:?}");
        for attack in own {
            assert_eq!(attack.twin, first.twin);
            assert!(!reader.accepts(*kind, &attack.token, CheckSet::NONE), "{}", attack.name());
        }
    }
    assert!(old_signature::attacks("not a token").is_err());
}
