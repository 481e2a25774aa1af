//! The attack corpus: Paystage refuses every forgery of it and accepts every twin, and a reader that skips a check is caught.

use std::collections::BTreeSet;

use paystage::lens::library;
use paystage::protocol::algorithm::Algorithm;
use paystage::protocol::corpus::attack::{Attack, TokenKind};
use paystage::protocol::corpus::collect::corpus;
use paystage::protocol::corpus::old_signature;
use paystage::protocol::corpus::strict::StrictReader;
use paystage::protocol::corpus::trust::{Plan, Trust};
use paystage::protocol::id::Origin;
use paystage::protocol::jwt::MAX_TOKEN_BYTES;
use paystage::protocol::money::Money;
use paystage::protocol::rules::{Revision, Rules};
use paystage::protocol::time::Time;
use paystage::protocol::verdict::check::{Check, CheckSet};
use paystage::protocol::verdict::judge;
use paystage::protocol::verdict::question::Question;
use paystage::protocol::verifying_key::PublicNumbers;

fn trust() -> Trust {
    Trust::of(&Plan {
        now: Time::from_seconds(1_700_000_000),
        issuer: Origin::parse("https://market.example").unwrap(),
        app: Origin::parse("https://pony.example").unwrap(),
        price: Money::usd(499),
        limit_bytes: MAX_TOKEN_BYTES,
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
        (Check::Times, &["exp-day-ago", "exp-word", "exp-milliseconds", "nbf-tomorrow", "iat-absent"]),
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
    for class in [
        "crit-unknown",
        "zip",
        "iss-absent",
        "iss-number",
        "iss-list",
        "typ-test",
        "product-other",
        "iat-tomorrow",
        "exp-milliseconds",
    ] {
        assert!(fooled.contains(class), "{class}: {fooled:?}");
    }
    for class in ["alg-none", "signature-absent", "signed-by-forger", "hs256-public-raw", "exp-hour-ago"] {
        assert!(!fooled.contains(class), "{class} should be refused by the library");
    }
}

#[test]
fn a_reader_that_lets_an_rsa_key_check_every_padding_is_caught_by_name() {
    let trust = trust();
    for (algorithm, own, other) in [
        (Algorithm::Rs256, jsonwebtoken::Algorithm::PS256, "rsa-pss"),
        (Algorithm::Rs512, jsonwebtoken::Algorithm::PS512, "rsa-pss"),
        (Algorithm::Rs256, jsonwebtoken::Algorithm::PS512, "rsa-pss-other-hash"),
    ] {
        let key = trust.key(algorithm).unwrap().verifying_key();
        let Some(PublicNumbers::Rsa(n, e)) = key.numbers() else { panic!("no RSA key") };
        let decoding = jsonwebtoken::DecodingKey::from_rsa_raw_components(n, e);
        let fits = |attack: &Attack| {
            let Some((input, signature)) = attack.token.rsplit_once('.') else { return false };
            jsonwebtoken::crypto::verify(signature, input.as_bytes(), &decoding, own).unwrap_or(false)
        };
        let receipts = corpus(&trust, &[TokenKind::Receipt], &[algorithm]).unwrap();
        let fooled: BTreeSet<_> = receipts.iter().filter(|one| fits(one)).map(|one| one.class.name).collect();
        assert!(fooled.contains(other), "{fooled:?}");
        assert_eq!(fooled.contains("rsa-pss-hidden"), other == "rsa-pss", "{fooled:?}");
        assert!(!fooled.contains("alg-says-ps256"), "its signature is the old padding's");
    }
}

#[test]
fn a_reader_that_knows_no_price_or_reads_limits_loosely_is_caught_by_name() {
    let trust = trust();
    let (ring, plan) = (trust.ring().unwrap(), trust.plan());
    let chains = corpus(&trust, &[TokenKind::Certified], &[Algorithm::EdDsa, Algorithm::Rs256]).unwrap();
    let is_accepted = |text: &str, price| {
        let question = Question::new(text, &ring, &plan.app, plan.now, Rules::of(Revision::After));
        judge(&Question { price, allowed_issuers: Some(&[plan.issuer.as_str()]), ..question }).is_accepted()
    };
    let fooled = |price| -> BTreeSet<&str> {
        let one = chains.iter().filter(|one| one.class.name.starts_with("price-") && is_accepted(&one.token, price));
        one.map(|one| one.class.name).collect()
    };
    assert_eq!(fooled(Some(plan.price)), BTreeSet::new());
    let careless =
        BTreeSet::from(["price-limit-below", "price-limit-of-last", "price-limit-of-parent", "price-limit-zero"]);
    assert_eq!(fooled(None), careless, "what is no number is refused even so");
    // Exactly at the limit is within it, a cent more is not.
    let below = chains.iter().find(|one| one.class.name == "price-limit-below").unwrap();
    assert!(is_accepted(&below.token, Some(Money::usd(400))) && !is_accepted(&below.token, Some(Money::usd(401))));
    assert!(is_accepted(&below.twin, Some(Money::usd(500))) && !is_accepted(&below.twin, Some(Money::usd(501))));
}

#[test]
fn a_reader_without_a_bound_is_caught_by_name_and_the_twins_keep_just_within_it() {
    let trust = trust();
    let receipts = corpus(&trust, &[TokenKind::Receipt], &[Algorithm::EdDsa]).unwrap();
    let (ring, plan) = (trust.ring().unwrap(), trust.plan());
    let is_accepted = |text: &str| library::call(text, &ring, &plan.issuer, plan.now).is_ok();
    let of = |class: &str| receipts.iter().find(|attack| attack.class.name == class).unwrap();
    for (class, at_least) in [
        ("size-over-limit", plan.limit_bytes + 1),
        ("header-over-limit", plan.limit_bytes + 1),
        ("size-64-kib", 64 << 10),
        ("size-1-mib", 1 << 20),
    ] {
        let attack = of(class);
        assert!(is_accepted(&attack.token), "a library that bounds nothing takes {class}");
        assert!(attack.token.len() >= at_least, "{class}: {}", attack.token.len());
        assert!((plan.limit_bytes - 3..=plan.limit_bytes).contains(&attack.twin.len()), "{}", attack.twin.len());
    }
    for class in ["size-over-limit", "header-over-limit"] {
        assert!(of(class).token.len() <= plan.limit_bytes + 4, "{class} is only just too long");
    }
    // Within the limit it is the nesting that is wrong.
    for class in ["claims-deep", "header-deep"] {
        assert!(of(class).token.len() <= plan.limit_bytes, "{class}");
    }
    let wide = Trust::of(&Plan { limit_bytes: 100_000, ..plan.clone() });
    let wide = corpus(&wide, &[TokenKind::Receipt], &[Algorithm::EdDsa]).unwrap();
    assert!(wide.iter().all(|attack| attack.class.name != "size-64-kib"), "a verifier may take more");
    assert!(wide.iter().any(|attack| attack.class.name == "size-1-mib" && attack.twin.len() > 99_990));
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
