//! The second opinion: what each profile and a typical library call make of one receipt, and where they disagree.

use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use paystage::lens::library::{call, verify};
use paystage::lens::opinion::{Judge, Opinions};
use paystage::protocol::dial::Profile;
use paystage::protocol::id::{Origin, ProductId};
use paystage::protocol::ring::KeyRing;
use paystage::protocol::signing_key::SigningKey;
use paystage::protocol::time::{Span, Time};
use paystage::protocol::verdict::check::{Check, Outcome};
use paystage::session::control::{advance, run_until_idle};
use paystage::session::run::Session;
use paystage::world::command::Command;
use paystage::world::planted::Planted;
use paystage::world::setup::Setup;

const NOW: i64 = 1_800_000_000;
const MARKET: &str = "https://market.example";

fn key() -> SigningKey {
    SigningKey::ed25519("key-1", &[7; 32])
}

fn token(header: &str, claims: &str) -> String {
    let input = format!("{}.{}", BASE64_URL_SAFE_NO_PAD.encode(header), BASE64_URL_SAFE_NO_PAD.encode(claims));
    let signature = key().sign(input.as_bytes()).unwrap();
    format!("{input}.{}", BASE64_URL_SAFE_NO_PAD.encode(signature))
}

/// What the library makes of these claims behind this header, `NOW` written as a number.
fn says(header: &str, claims: &str) -> Result<(), Check> {
    let token = token(header, &claims.replace("NOW", &NOW.to_string()));
    verify(&token, &key().verifying_key(), MARKET, Time::from_seconds(NOW)).map_err(|refused| refused.check)
}

const HEADER: &str = r#"{"alg":"EdDSA","typ":"JWT"}"#;

fn claims(iss: &str, exp: &str, more: &str) -> String {
    format!(r#"{{"typ":"purchase-receipt"{iss}{exp}{more}}}"#)
}

const ISS: &str = r#","iss":"https://market.example""#;
const EXP: &str = r#","exp":1800000600"#;

/// What a normal-looking set-up of the library lets through; each beside a twin that it refuses.
#[test]
fn the_library_lets_through_what_it_never_looks_at() {
    let all_right = claims(ISS, EXP, "");
    assert_eq!(says(HEADER, &all_right), Ok(()));
    let let_through = [
        ("no iss at all", claims("", EXP, "")),
        ("iss is a number", claims(r#","iss":7"#, EXP, "")),
        ("one of several issuers fits", claims(r#","iss":["https://evil.example","https://market.example"]"#, EXP, "")),
        ("ended 59 s ago", claims(ISS, r#","exp":1799999941"#, "")),
        ("ends now", claims(ISS, r#","exp":1800000000"#, "")),
        ("ended 0.4 s before the leeway", claims(ISS, r#","exp":1799999939.6"#, "")),
        ("ends when the sun is gone", claims(ISS, r#","exp":1000000000000000000"#, "")),
        ("issued in the far future", claims(ISS, EXP, r#","iat":9000000000"#)),
        ("another kind of token", all_right.replace("purchase-receipt", "mozilla/payments/pay/v1")),
        ("no typ", format!(r#"{{"iss":"{MARKET}","exp":1800000600}}"#)),
        ("the same claim twice", claims(ISS, EXP, r#","price":99,"price":1"#)),
        ("claims 100 deep", claims(ISS, EXP, &format!(r#","a":{}1{}"#, "[".repeat(100), "]".repeat(100)))),
    ];
    for (what, claims) in let_through {
        assert_eq!(says(HEADER, &claims), Ok(()), "{what}");
    }
    let headers = [
        ("an extension that must be understood", r#"{"alg":"EdDSA","crit":["x"],"x":1}"#),
        ("a payload said not to be base64", r#"{"alg":"EdDSA","b64":false,"crit":["b64"]}"#),
        ("compressed, it says", r#"{"alg":"EdDSA","zip":"DEF"}"#),
        ("keys from elsewhere", r#"{"alg":"EdDSA","jku":"https://evil.example/keys"}"#),
        ("a path for a kid", r#"{"alg":"EdDSA","kid":"../../etc/passwd"}"#),
    ];
    for (what, header) in headers {
        assert_eq!(says(header, &all_right), Ok(()), "{what}");
    }
    let long = format!(r#"{{"alg":"EdDSA","x":"{}"}}"#, "a".repeat(1_000_000));
    assert_eq!(says(&long, &all_right), Ok(()), "a header of a megabyte");
}

#[test]
fn the_library_refuses_the_twins() {
    let refused = [
        ("another issuer", claims(r#","iss":"https://evil.example""#, EXP, ""), Check::Issuer),
        ("several issuers, none of them ours", claims(r#","iss":["https://evil.example"]"#, EXP, ""), Check::Issuer),
        ("ended 61 s ago", claims(ISS, r#","exp":1799999939"#, ""), Check::Times),
        ("no exp", claims(ISS, "", ""), Check::Times),
        ("exp is a word", claims(ISS, r#","exp":"never""#, ""), Check::Times),
        ("exp is negative", claims(ISS, r#","exp":-1"#, ""), Check::Times),
        ("begins in 61 s", claims(ISS, EXP, r#","nbf":1800000061"#), Check::Times),
        ("the same exp twice", claims(ISS, EXP, r#","exp":1"#), Check::Shape),
    ];
    for (what, claims, check) in refused {
        assert_eq!(says(HEADER, &claims), Err(check), "{what}");
    }
    assert_eq!(says(HEADER, &claims(ISS, EXP, r#","nbf":1800000060"#)), Ok(()));
    assert_eq!(says(r#"{"alg":"HS256"}"#, &claims(ISS, EXP, "")), Err(Check::Algorithm));
    assert_eq!(says(r#"{"alg":"none"}"#, &claims(ISS, EXP, "")), Err(Check::Shape));
    assert_eq!(says(r#"{"alg":"Ed25519"}"#, &claims(ISS, EXP, "")), Err(Check::Shape), "the newer name is not known");
    let mut other = token(HEADER, &claims(ISS, EXP, ""));
    let end = if other.ends_with("AA") { "BA" } else { "AA" };
    other.replace_range(other.len() - 10..other.len() - 8, end);
    let now = Time::from_seconds(NOW);
    assert_eq!(
        verify(&other, &key().verifying_key(), MARKET, now).map_err(|refused| refused.check),
        Err(Check::Signature)
    );
    let (ring, market) = (KeyRing::new(), Origin::parse(MARKET).unwrap());
    let call = |receipt: &str| call(receipt, &ring, &market, now).map_err(|refused| refused.check);
    assert_eq!(call("a~b"), Err(Check::Shape), "a chain");
    assert_eq!(call(&token(HEADER, "{}")), Err(Check::Issuer), "no key");
}

fn bought(setup: Setup) -> Session {
    let mut session = Session::new(setup);
    session.dispatch(Command::Buy { product: ProductId::parse("shiny-pony").unwrap() });
    assert!(run_until_idle(&mut session, 1_000));
    session
}

fn planted(receipt: Planted) -> Opinions {
    let mut session = bought(Setup::default());
    session.dispatch(Command::Plant { product: ProductId::parse("shiny-pony").unwrap(), receipt });
    let receipt = session.world().device().receipts().last().unwrap();
    Opinions::of(session.world(), receipt)
}

fn accepts(opinions: &Opinions, judge: Judge) -> bool {
    opinions.list().iter().find(|opinion| opinion.judge == judge).unwrap().is_accepted
}

const STRICT: Judge = Judge::Profile(Profile::Strict);

#[test]
fn a_genuine_receipt_is_disputed_only_where_a_judge_cannot_read_it() {
    let session = bought(Setup::default());
    let opinions = Opinions::of(session.world(), &session.world().device().receipts()[0]);
    assert_eq!(opinions.list().len(), Judge::ALL.len());
    for judge in [STRICT, Judge::Profile(Profile::Fxpay), Judge::Profile(Profile::Store), Judge::Library] {
        assert!(accepts(&opinions, judge), "{judge:?}: {:?}", opinions.list());
    }
    // The client of 2013 reads only receipts behind a certificate.
    assert!(!accepts(&opinions, Judge::Profile(Profile::Receiptverifier)));
    assert!(opinions.is_disputed(Check::Shape) && !opinions.is_disputed(Check::Signature));
    assert!(!opinions.is_unanimous());
}

#[test]
fn the_library_opens_another_apps_receipt_and_the_strict_profile_does_not() {
    let opinions = planted(Planted::OtherApp);
    assert!(!accepts(&opinions, STRICT) && accepts(&opinions, Judge::Library));
    assert!(opinions.is_disputed(Check::Product));
    let library = opinions.list().iter().find(|opinion| opinion.judge == Judge::Library).unwrap();
    assert_eq!(library.look(Check::Product).outcome, Outcome::Skipped);
    assert_eq!(library.look(Check::Signature).outcome, Outcome::Passed);
}

#[test]
fn a_test_receipt_is_money_to_the_library_alone() {
    let opinions = planted(Planted::Test);
    assert!(!accepts(&opinions, STRICT) && accepts(&opinions, Judge::Library));
    assert!(opinions.is_disputed(Check::Type));
}

#[test]
fn a_forged_receipt_is_refused_by_whoever_looks_at_the_signature() {
    let opinions = planted(Planted::Forged);
    assert!(!accepts(&opinions, STRICT) && !accepts(&opinions, Judge::Library));
    let library = opinions.list().iter().find(|opinion| opinion.judge == Judge::Library).unwrap();
    assert_eq!(library.look(Check::Signature).outcome, Outcome::Failed);
    assert_eq!(library.look(Check::Times).outcome, Outcome::NotReached);
}

#[test]
fn within_a_minute_of_its_end_the_library_and_the_strict_profile_disagree() {
    let mut session = bought(Setup { receipt_life: Span::from_seconds(600), ..Setup::default() });
    let receipt = session.world().device().receipts()[0].to_string();
    advance(&mut session, Span::from_seconds(630));
    let opinions = Opinions::of(session.world(), &receipt);
    assert!(!accepts(&opinions, STRICT) && accepts(&opinions, Judge::Library));
    assert!(opinions.is_disputed(Check::Times));
    advance(&mut session, Span::from_seconds(60));
    assert!(!accepts(&Opinions::of(session.world(), &receipt), Judge::Library));
}
