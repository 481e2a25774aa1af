//! Every code of the payment flow server is reached: each refusal stands beside an accepted twin that differs in one thing.

use std::collections::BTreeSet;

use paystage::protocol::algorithm::Algorithm;
use paystage::protocol::code::Code;
use paystage::protocol::flow_failure::FlowFailure;
use paystage::protocol::jwt::{HeaderExtras, Jwt, sign, sign_json};
use paystage::protocol::key_check::KeyCheckError;
use paystage::protocol::pay_error::{PayError, PayRefusal};
use paystage::protocol::payflow::{AcceptedRequest, Access, Opening, PayDesk, PayForm, check};
use paystage::protocol::request::{PAY_TYPE, SimulationResult};
use paystage::protocol::rules::{Revision, Rules};
use paystage::protocol::signing_key::SigningKey;
use paystage::protocol::time::Time;
use serde_json::{Value, json};

/// The codes with which the server turned requests away.
const CHECKED_CODES: [&str; 24] = [
    // The server of 2012 had a name for a revoked key.
    "AppPaymentsRevoked",
    "FIELD_REQUIRED",
    "JWT_DECODE_ERR",
    "INVALID_JWT_OBJ",
    "SIM_DISABLED",
    "BAD_SIM_RESULT",
    "NO_SIM_REASON",
    "BAD_JWT_ISSUER",
    "SIM_ONLY_KEY",
    "BAD_ICON_KEY",
    "CHARGEBACKURL_TOO_LONG",
    "DEFAULTLOCALE_TOO_LONG",
    "ID_TOO_LONG",
    "NAME_TOO_LONG",
    "POSTBACKURL_TOO_LONG",
    "PRODUCTDATA_TOO_LONG",
    "NO_DEFAULT_LOC",
    "PAY_DISABLED",
    "EXPIRED_JWT",
    "INVALID_JWT",
    "MALFORMED_URL",
    "BAD_PRICE_POINT",
    // History answered the next two without a code: free text, and a server error.
    "BAD_REQUEST",
    "HTTP_500",
];

const NOW: i64 = 1_400_000_060;

/// A post to the payment flow server, good until something in it is spoilt.
struct Post {
    claims: Value,
    key: SigningKey,
    /// What is posted instead of the signed claims.
    text: Option<String>,
    network: (Option<&'static str>, Option<&'static str>),
    desk: PayDesk,
    now: i64,
}

impl Post {
    fn under(revision: Revision) -> Self {
        let key = SigningKey::hs256("pony-key", b"a secret of thirty-two bytes, 32").unwrap();
        let mut desk = PayDesk::new("market.example", Rules::of(revision));
        desk.admit("pony-key", key.verifying_key());
        desk.price_points = ["1", "2"].map(str::to_owned).into();
        let claims = json!({
            "iss": "pony-key", "aud": "market.example", "typ": PAY_TYPE, "iat": 1_400_000_000, "exp": 1_400_003_600,
            "request": {
                "id": "shiny-pony", "pricePoint": "1", "name": "Shiny Pony", "description": "A pony that shines",
                "postbackURL": "https://pony.example/postback", "chargebackURL": "https://pony.example/chargeback",
            },
        });
        Self { claims, key, text: None, network: (None, None), desk, now: NOW }
    }

    fn seller(&mut self) -> &mut paystage::protocol::payflow::Seller {
        self.desk.sellers.get_mut("pony-key").unwrap()
    }

    fn token(&self) -> String {
        self.text.clone().unwrap_or_else(|| sign(&self.claims, &self.key, HeaderExtras::default()).unwrap())
    }

    fn answer(&self) -> Result<AcceptedRequest, PayRefusal> {
        let token = self.token();
        let form = PayForm { req: Some(&token), mcc: self.network.0, mnc: self.network.1 };
        check(form, &self.desk, Time::from_seconds(self.now))
    }
}

/// A reason, the date, what both twins share beyond a good post, and what only the refused one has.
struct Row(PayError, Revision, Option<fn(&mut Post)>, fn(&mut Post));

const STRICT: Revision = Revision::After;
const AS_BUILT: Revision = Revision::AsBuilt2015;

const DAY: i64 = 86_400;

/// Sets all dates; the end by how long after now it is.
fn dates(post: &mut Post, iat: i64, nbf: Option<i64>, end: i64) {
    post.claims["iat"] = json!(iat);
    post.claims["exp"] = json!(NOW + end);
    if let Some(nbf) = nbf {
        post.claims["nbf"] = json!(nbf);
    }
}

fn simulated(post: &mut Post) {
    post.claims["request"]["simulate"] = json!({"result": "postback"});
}

fn request(post: &mut Post) -> &mut Value {
    &mut post.claims["request"]
}

fn without(post: &mut Post, name: &str) {
    post.claims.as_object_mut().unwrap().remove(name);
}

fn letters(count: usize) -> Value {
    json!("ä".repeat(count))
}

fn address(count: usize) -> Value {
    let start = "https://pony.example/";
    json!(format!("{start}{}", "a".repeat(count - start.len())))
}

/// The rows of the server's table, in its order.
const ROWS: [Row; 55] = [
    Row(PayError::FieldRequired, STRICT, None, |post| post.text = Some(String::new())),
    Row(PayError::BadNetwork, STRICT, Some(|post| post.network = (Some("262"), Some("01"))), |post| {
        post.network.1 = None;
    }),
    Row(PayError::BadNetwork, STRICT, Some(|post| post.network = (Some("26"), Some("001"))), |post| {
        post.network.0 = Some("2");
    }),
    Row(PayError::BadNetwork, STRICT, Some(|post| post.network = (Some("26"), Some("001"))), |post| {
        post.network.1 = Some("o1");
    }),
    Row(PayError::JwtDecodeErr, STRICT, None, |post| post.text = Some("e30.e30".to_owned())),
    Row(PayError::JwtDecodeErr, STRICT, None, |post| post.text = Some(format!("{}=", post.token()))),
    Row(PayError::InvalidJwtObj, STRICT, None, |post| {
        post.text = Some(sign_json("[1]", &post.key, HeaderExtras::default()).unwrap());
    }),
    Row(PayError::CrashedWithoutRequest, AS_BUILT, None, |post| without(post, "request")),
    Row(PayError::SimDisabled, STRICT, Some(simulated), |post| post.desk.is_simulation_allowed = false),
    Row(PayError::BadSimResult, STRICT, Some(simulated), |post| request(post)["simulate"]["result"] = json!("refund")),
    Row(
        PayError::NoSimReason,
        STRICT,
        Some(|post| request(post)["simulate"] = json!({"result": "chargeback", "reason": "refund"})),
        |post| request(post)["simulate"]["reason"] = json!(""),
    ),
    Row(PayError::BadJwtIssuer, STRICT, None, |post| post.claims["iss"] = json!("nobody")),
    Row(PayError::BadJwtIssuer, STRICT, None, |post| without(post, "iss")),
    Row(PayError::BadJwtIssuer, STRICT, None, |post| post.seller().is_active = false),
    Row(PayError::PaymentsRevoked, Revision::October2012, None, |post| post.seller().is_active = false),
    Row(PayError::SimOnlyKey, STRICT, None, |post| post.seller().access = Access::SimulateOnly),
    Row(
        PayError::SimOnlyKey,
        STRICT,
        Some(|post| (simulated(post), post.seller().access = Access::SimulateOnly).1),
        |post| {
            request(post)["simulate"] = json!({});
        },
    ),
    Row(
        PayError::BadIconKey,
        STRICT,
        Some(|post| request(post)["icons"] = json!({"64": "https://pony.example/64.png"})),
        |post| {
            request(post)["icons"] = json!(["https://pony.example/64.png"]);
        },
    ),
    Row(PayError::ChargebackUrlTooLong, STRICT, Some(|post| request(post)["chargebackURL"] = address(255)), |post| {
        request(post)["chargebackURL"] = address(256);
    }),
    Row(PayError::DefaultLocaleTooLong, STRICT, Some(|post| request(post)["defaultLocale"] = letters(255)), |post| {
        request(post)["defaultLocale"] = letters(256);
    }),
    Row(PayError::IdTooLong, STRICT, Some(|post| request(post)["id"] = letters(255)), |post| {
        request(post)["id"] = letters(256);
    }),
    Row(PayError::NameTooLong, STRICT, Some(|post| request(post)["name"] = letters(255)), |post| {
        request(post)["name"] = letters(256);
    }),
    Row(PayError::PostbackUrlTooLong, STRICT, Some(|post| request(post)["postbackURL"] = address(255)), |post| {
        request(post)["postbackURL"] = address(256);
    }),
    Row(PayError::ProductDataTooLong, STRICT, Some(|post| request(post)["productData"] = letters(255)), |post| {
        request(post)["productData"] = letters(256);
    }),
    Row(
        PayError::NoDefaultLoc,
        STRICT,
        Some(|post| {
            request(post)["locales"] = json!({"de": {"name": "Schimmerndes Pony"}});
            request(post)["defaultLocale"] = json!("en");
        }),
        |post| request(post)["defaultLocale"] = Value::Null,
    ),
    Row(PayError::PayDisabled, STRICT, None, |post| post.desk.opening = Opening::Closed),
    Row(
        PayError::PayDisabled,
        STRICT,
        Some(|post| (simulated(post), post.desk.opening = Opening::SimulationsOnly).1),
        |post| {
            request(post)["simulate"] = Value::Null;
        },
    ),
    Row(PayError::BadSignature, STRICT, None, |post| {
        post.key = SigningKey::hs256("pony-key", b"another secret of thirty-two by.").unwrap();
    }),
    Row(PayError::WrongType, STRICT, None, |post| post.claims["typ"] = json!("mozilla/payments/pay/postback/v1")),
    Row(PayError::NotNumericDate, STRICT, None, |post| without(post, "exp")),
    Row(PayError::NotNumericDate, STRICT, None, |post| without(post, "iat")),
    Row(PayError::NotNumericDate, STRICT, None, |post| post.claims["exp"] = json!("1400003600")),
    Row(PayError::NotNumericDate, AS_BUILT, Some(|post| post.claims["exp"] = json!("1400003600")), |post| {
        post.claims["exp"] = json!("soon");
    }),
    Row(PayError::NotNumericDate, STRICT, Some(|post| post.claims["nbf"] = json!(NOW)), |post| {
        post.claims["nbf"] = json!("soon");
    }),
    Row(PayError::NotNumericDate, STRICT, Some(|post| without(post, "nbf")), |post| post.claims["nbf"] = Value::Null),
    Row(PayError::NotNumericDate, AS_BUILT, Some(|post| post.claims["nbf"] = Value::Null), |post| {
        post.claims["nbf"] = json!({});
    }),
    Row(PayError::ExpiredJwt, STRICT, Some(|post| post.claims["exp"] = json!(NOW + 1)), |post| {
        post.claims["exp"] = json!(NOW);
    }),
    Row(PayError::ExpiredJwt, AS_BUILT, Some(|post| post.claims["exp"] = json!(NOW)), |post| {
        post.claims["exp"] = json!(NOW - 1);
    }),
    Row(PayError::IssuedTooLongAgo, STRICT, Some(|post| post.claims["iat"] = json!(NOW - 3_600)), |post| {
        post.claims["iat"] = json!(NOW - 3_601);
    }),
    Row(PayError::NotYetValidCalledExpired, AS_BUILT, Some(|post| post.claims["nbf"] = json!(NOW)), |post| {
        post.claims["nbf"] = json!(NOW + 1);
    }),
    Row(PayError::NotYetValid, STRICT, Some(|post| post.claims["nbf"] = json!(NOW + 299)), |post| {
        post.claims["nbf"] = json!(NOW + 300);
    }),
    Row(PayError::IssuedAhead, STRICT, Some(|post| post.claims["iat"] = json!(NOW + DAY)), |post| {
        post.claims["iat"] = json!(NOW + DAY + 1);
    }),
    Row(PayError::LastsTooLong, STRICT, Some(|post| dates(post, NOW, None, DAY)), |post| {
        dates(post, NOW, None, DAY + 1);
    }),
    // Its life begins with the later of iat and nbf.
    Row(PayError::LastsTooLong, STRICT, Some(|post| dates(post, NOW, Some(NOW + 299), DAY + 299)), |post| {
        dates(post, NOW, Some(NOW + 299), DAY + 300);
    }),
    Row(PayError::LastsTooLong, STRICT, Some(|post| dates(post, NOW, Some(NOW - 9), DAY)), |post| {
        dates(post, NOW, Some(NOW - 9), DAY + 1);
    }),
    Row(PayError::LastsTooLong, STRICT, Some(|post| dates(post, NOW, None, 3_600)), |post| {
        post.claims["exp"] = json!((NOW + 3_600) * 1_000);
    }),
    Row(PayError::WrongAudience, STRICT, None, |post| post.claims["aud"] = json!("other.example")),
    Row(PayError::WrongAudience, STRICT, None, |post| post.claims["aud"] = json!(["market.example"])),
    Row(PayError::WrongAudience, AS_BUILT, Some(|post| post.claims["aud"] = json!(["x", "market.example"])), |post| {
        post.claims["aud"] = json!(["x"]);
    }),
    Row(PayError::RequestFieldMissing, STRICT, None, |post| without(post, "request")),
    Row(PayError::RequestFieldMissing, STRICT, None, |post| request(post)["description"] = json!("")),
    Row(PayError::MalformedUrl, STRICT, None, |post| request(post)["postbackURL"] = json!("/postback")),
    Row(
        PayError::MalformedUrl,
        STRICT,
        Some(|post| (simulated(post), request(post)["chargebackURL"] = json!("ftp://pony.example")).1),
        |post| {
            request(post)["simulate"] = json!({});
        },
    ),
    Row(PayError::BadPricePoint, STRICT, None, |post| request(post)["pricePoint"] = json!("999")),
    Row(PayError::RequestFieldMistyped, STRICT, None, |post| request(post)["name"] = json!(7)),
];

#[test]
fn every_refusal_of_a_pay_request_is_reached_beside_an_accepted_twin() {
    let mut reached: BTreeSet<PayError> = BTreeSet::new();
    for (place, Row(reason, revision, shared, spoil)) in ROWS.iter().enumerate() {
        let mut post = Post::under(*revision);
        if let Some(shared) = shared {
            shared(&mut post);
        }
        assert!(post.answer().is_ok(), "row {place}, {reason:?}: the twin is refused: {}", post.answer().unwrap_err());
        spoil(&mut post);
        let refusal = post.answer().expect_err(&format!("row {place}, {reason:?}: is accepted"));
        assert_eq!(refusal.reason(), *reason, "row {place}: {refusal}");
        reached.insert(*reason);
    }
    let all: BTreeSet<PayError> = PayError::ALL.iter().copied().collect();
    assert_eq!(reached, all);

    let codes: BTreeSet<&str> = PayError::ALL.iter().map(|reason| reason.code()).collect();
    assert_eq!(codes, CHECKED_CODES.into_iter().collect());
}

#[test]
fn the_server_as_built_took_requests_from_the_future_and_for_ages() {
    let spoils: [fn(&mut Post); 2] =
        [|post| dates(post, NOW + 99_999, None, 100_000), |post| dates(post, NOW, None, 1 << 40)];
    for spoil in spoils {
        let of = |revision| {
            let mut post = Post::under(revision);
            spoil(&mut post);
            post.answer()
        };
        assert!(of(AS_BUILT).is_ok() && of(STRICT).is_err());
    }
}

#[test]
fn the_first_failure_of_the_order_is_the_answer() {
    // Each post has the faults of two neighbours in the server's order; the row that comes first decides.
    let firsts: Vec<&Row> = ROWS.iter().filter(|row| row.1 == STRICT && row.2.is_none()).collect();
    let is_whole_text =
        |row: &Row| matches!(row.0, PayError::FieldRequired | PayError::JwtDecodeErr | PayError::InvalidJwtObj);
    for pair in firsts.windows(2) {
        if pair.iter().any(|row| is_whole_text(row)) || pair[0].0 == pair[1].0 {
            continue;
        }
        let mut post = Post::under(STRICT);
        (pair[1].3)(&mut post);
        (pair[0].3)(&mut post);
        assert_eq!(post.answer().unwrap_err().reason(), pair[0].0, "{:?} before {:?}", pair[0].0, pair[1].0);
    }
}

#[test]
fn every_refusal_tells_in_few_words_what_happened_and_what_to_do() {
    let pay = PayError::ALL.iter().map(|error| error.words());
    let later = FlowFailure::ALL.iter().map(|failure| failure.words());
    let of_keys = KeyCheckError::ALL.iter().map(|error| error.words());
    for words in pay.chain(later).chain(of_keys) {
        for line in [words.sentence, words.fix] {
            let count = line.split_whitespace().count();
            assert!((1..=20).contains(&count) && !line.ends_with('.'), "{}: {line}", words.code);
        }
    }
}

#[test]
fn a_closed_desk_answers_503_a_crash_500_and_every_other_refusal_400() {
    for &error in PayError::ALL {
        let expected = match error.code() {
            "PAY_DISABLED" => 503,
            "HTTP_500" => 500,
            _ => 400,
        };
        assert_eq!(error.http_status(), expected, "{error:?}");
    }
}

/// An edge case: its number, what is spoilt, and what the strict rules and those as built say; `""` is accepted.
type Edge = (u8, fn(&mut Post), &'static str, &'static str);

/// The edge cases of payment requests.
const EDGES: [Edge; 24] = [
    (8, |post| post.key = SigningKey::hs256("pony-key", b"wrong").unwrap(), "INVALID_JWT", "INVALID_JWT"),
    (9, |post| post.text = Some(with_algorithm(&post.token(), "none")), "INVALID_JWT", "INVALID_JWT"),
    (9, |post| post.text = Some(with_algorithm(&post.token(), "HS384")), "INVALID_JWT", "INVALID_JWT"),
    (9, |post| post.text = Some(with_algorithm(&post.token(), "RS256")), "INVALID_JWT", "INVALID_JWT"),
    (10, |post| post.claims["iss"] = Value::Null, "BAD_JWT_ISSUER", "BAD_JWT_ISSUER"),
    (
        11,
        |post| post.seller().key = SigningKey::hs256("pony-key", b"rotated").unwrap().verifying_key(),
        "INVALID_JWT",
        "INVALID_JWT",
    ),
    (12, |post| post.seller().is_active = false, "BAD_JWT_ISSUER", "BAD_JWT_ISSUER"),
    (13, |post| post.claims["exp"] = json!(NOW - 1), "EXPIRED_JWT", "EXPIRED_JWT"),
    (14, |post| post.claims["nbf"] = json!(NOW + 600), "INVALID_JWT", "EXPIRED_JWT"),
    (
        15,
        |post| (post.claims["iat"], post.claims["exp"]) = (json!(NOW - 7_200), json!(NOW + 86_400)),
        "EXPIRED_JWT",
        "",
    ),
    (16, |post| without(post, "exp"), "INVALID_JWT", "INVALID_JWT"),
    (16, |post| post.claims["exp"] = json!("soon"), "INVALID_JWT", "INVALID_JWT"),
    (16, |post| post.claims["exp"] = Value::Null, "EXPIRED_JWT", "EXPIRED_JWT"),
    (17, |post| without(post, "aud"), "INVALID_JWT", "INVALID_JWT"),
    (18, |post| without(post, "request"), "INVALID_JWT", "HTTP_500"),
    (18, |post| post.claims["request"] = json!("a pony"), "INVALID_JWT", "HTTP_500"),
    (19, |post| request(post)["description"] = json!(""), "INVALID_JWT", "INVALID_JWT"),
    (20, |post| request(post)["pricePoint"] = json!(0), "INVALID_JWT", "INVALID_JWT"),
    (20, |post| request(post)["pricePoint"] = json!(1), "", ""),
    (22, |post| request(post)["icons"] = json!({"64": "64.png"}), "MALFORMED_URL", "MALFORMED_URL"),
    (23, |post| request(post)["postbackURL"] = json!("ftp://pony.example/"), "MALFORMED_URL", "MALFORMED_URL"),
    (24, |post| (request(post)["locales"], request(post)["defaultLocale"]) = (json!({}), Value::Null), "", ""),
    (28, |post| request(post)["simulate"] = json!({}), "", ""),
    (
        29,
        |post| (simulated(post), post.key = SigningKey::hs256("pony-key", b"wrong").unwrap()).1,
        "INVALID_JWT",
        "INVALID_JWT",
    ),
];

/// The token with another algorithm in its header, its signature as it was.
fn with_algorithm(token: &str, alg: &str) -> String {
    use base64::Engine as _;
    let (_, rest) = token.split_once('.').unwrap();
    let header = base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(format!(r#"{{"alg":"{alg}","typ":"JWT"}}"#));
    let forged = format!("{header}.{rest}");
    assert!(Jwt::parse(&forged).is_ok() && Algorithm::parse(alg) != Some(Algorithm::Hs256));
    forged
}

#[test]
fn edge_cases_end_as_history_had_them_or_as_they_should() {
    for (number, spoil, strict, as_built) in EDGES {
        for (revision, expected) in [(STRICT, strict), (AS_BUILT, as_built)] {
            let mut post = Post::under(revision);
            spoil(&mut post);
            let code = post.answer().map_or_else(|refusal| refusal.code(), |_| "");
            assert_eq!(code, expected, "edge case {number} under {revision:?}");
        }
    }
}

#[test]
fn an_accepted_request_says_whether_money_will_move() {
    let accepted = Post::under(STRICT).answer().unwrap().terms;
    assert!(accepted.is_payment_required && accepted.simulation.is_none());

    let mut free = Post::under(STRICT);
    request(&mut free)["pricePoint"] = json!("0");
    assert!(!free.answer().unwrap().terms.is_payment_required);

    let mut simulation = Post::under(STRICT);
    simulated(&mut simulation);
    let accepted = simulation.answer().unwrap().terms;
    assert!(!accepted.is_payment_required);
    assert_eq!(accepted.simulation.unwrap().result, SimulationResult::Postback);
}

#[test]
fn a_long_description_is_cut_and_a_long_name_is_not_taken() {
    let mut post = Post::under(STRICT);
    request(&mut post)["description"] = letters(256);
    assert_eq!(post.answer().unwrap().request.request.description, format!("{}...", "ä".repeat(252)));
    request(&mut post)["description"] = letters(255);
    assert_eq!(post.answer().unwrap().request.request.description, "ä".repeat(255));
}

#[test]
fn an_accepted_request_is_what_was_signed_unknown_members_included() {
    let mut post = Post::under(STRICT);
    post.claims["jti"] = json!("one");
    request(&mut post)["imageURL"] = json!("https://pony.example/old.png");
    request(&mut post)["productData"] = json!("order-7");
    let accepted = post.answer().unwrap();
    assert_eq!(serde_json::to_value(&accepted.request).unwrap(), post.claims);
}
