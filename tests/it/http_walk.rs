//! The walk over HTTP: buy, pay, poll, receipt, verify, refund, verify again, reissue; and the ways of going wrong on it.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use paystage::protocol::dial::{DomainCheck, Hosting, SigningMode};
use paystage::protocol::id::TransactionId;
use paystage::protocol::jwt::{HeaderExtras, sign};
use paystage::protocol::request::SIGNATURE_CHECK_TYPE;
use paystage::protocol::rules::Revision;
use paystage::protocol::signing_key::SigningKey;
use paystage::protocol::time::Span;
use paystage::world::character::BuyerCharacter;
use paystage::world::command::Command;
use paystage::world::domain_check::ForeignCaller;
use paystage::world::event::Event;
use paystage::world::message::Body;
use paystage::world::names::{AppName, Names, Secret};
use paystage::world::seat::{Seat, Seats};
use paystage::world::setup::Setup;
use serde_json::{Value, json};

use crate::served::{NOON, Served};

const FORM: [(&str, &str); 1] = [("Content-Type", "application/x-www-form-urlencoded")];
const TEXT: [(&str, &str); 1] = [("Content-Type", "text/plain")];

fn you_decide() -> Served {
    Served::start(Setup { buyer: BuyerCharacter::YouDecide, ..Setup::default() })
}

#[test]
fn a_purchase_is_made_verified_refunded_and_refused() {
    let served = you_decide();
    let (transaction, receipt) = served.pony();
    assert_eq!(served.verify(&receipt), json!({ "status": "ok" }));
    served.command(Command::Refund { transaction: TransactionId::from(transaction.as_str()) });
    assert_eq!(served.verify(&receipt)["status"], "refunded");
    let reissued = served.ask("POST /api/v1/receipts/reissue/", &TEXT, &receipt);
    assert_eq!(reissued.status, 400, "{reissued:?}");
    assert!(reissued.body.contains("\"status\":\"refunded\""), "{reissued:?}");
}

#[test]
fn an_expired_receipt_is_traded_for_a_fresh_one() {
    let served = you_decide();
    let (_, receipt) = served.pony();
    let early = served.ask("POST /api/v2/receipts/reissue/", &TEXT, &receipt);
    assert_eq!(early.status, 400, "{early:?}");
    served.advance(Span::from_days(183));
    assert_eq!(served.verify(&receipt)["status"], "expired");
    let answer = served.ask("POST /api/v2/receipts/reissue/", &TEXT, &receipt);
    assert_eq!(answer.status, 200, "{answer:?}");
    let answer: Value = serde_json::from_str(&answer.body).unwrap();
    let fresh = answer["receipt"].as_str().unwrap();
    assert_ne!(fresh, receipt);
    assert_eq!(served.verify(fresh)["status"], "ok");
}

#[test]
fn the_shipped_interface_says_it_in_its_own_words() {
    for version in ["v1", "v2"] {
        let served = you_decide();
        let prepared = served.ask(&format!("POST /api/{version}/webpay/inapp/prepare/"), &FORM, "inapp=shiny-pony");
        assert_eq!(prepared.status, 201, "{prepared:?}");
        let prepared: Value = serde_json::from_str(&prepared.body).unwrap();
        let status_url = prepared["contribStatusURL"].as_str().unwrap();
        assert!(status_url.starts_with(&format!("/api/{version}/webpay/status/")) && status_url.ends_with('/'));
        let pending = served.json(&format!("GET {status_url}"), 200);
        assert_eq!(pending, json!({ "status": "incomplete", "receipt": null }));
        let begun = served.post("/mozpay/v1/api/pay/", &json!({ "req": prepared["webpayJWT"] }), 200);
        assert_eq!((&begun["status"], &begun["payment_required"]), (&json!("ok"), &json!(true)), "{begun}");
        served.does(begun["transactionID"].as_str().unwrap(), "confirm", &json!({ "pin": "1234" }));
        let complete = served.json(&format!("GET {status_url}"), 200);
        assert_eq!(complete["status"], "complete", "{complete}");
        let again = served.post("/mozpay/v1/api/pay/", &json!({ "req": prepared["webpayJWT"] }), 200);
        assert_eq!((&again["transactionID"], &again["payment_required"]), (&Value::Null, &json!(false)), "{again}");
        assert_eq!(served.verify(complete["receipt"].as_str().unwrap())["status"], "ok");
    }
}

#[test]
fn what_cannot_be_bought_has_the_status_of_whose_words_are_spoken() {
    let served = you_decide();
    let cases = [
        ("inapp=no-such-pony", "UNKNOWN_PRODUCT"),
        ("inapp=No+Such", "UNKNOWN_PRODUCT"),
        ("app=1", "FIELD_REQUIRED"),
        ("inapp=", "FIELD_REQUIRED"),
    ];
    for (body, code) in cases {
        let answer = served.ask("POST /api/v1/webpay/inapp/prepare/", &FORM, body);
        assert_eq!(answer.status, 400, "{body}: {answer:?}");
        assert!(answer.body.contains(code), "{body}: {answer:?}");
    }
    for slug in ["no-such-pony", "No%20Such"] {
        assert_eq!(served.json(&format!("POST /mozpay/product/{slug}/buy"), 404)["error_code"], "UNKNOWN_PRODUCT");
    }
}

#[test]
fn a_payment_that_nobody_knows_is_pending_for_ever() {
    let served = you_decide();
    assert_eq!(served.json("GET /mozpay/transaction/nobody", 200)["status"], "pending");
    assert_eq!(served.json("GET /api/v1/webpay/status/nobody/", 200)["status"], "incomplete");
    assert_eq!(served.json("GET /mozpay/window/nobody", 404)["error_code"], "UNKNOWN_TRANSACTION");
}

#[test]
fn an_ill_pay_request_opens_nothing_and_says_its_code() {
    let served = you_decide();
    let bought = served.json("POST /mozpay/product/shiny-pony/buy", 200);
    let good = bought["webpayJWT"].as_str().unwrap();
    let (head, _) = good.rsplit_once('.').unwrap();
    let spoilt = format!("{head}.{}", URL_SAFE_NO_PAD.encode([7; 32]));
    let cases = [("", "FIELD_REQUIRED"), ("a.b", "JWT_DECODE_ERR"), (spoilt.as_str(), "INVALID_JWT")];
    for (request, code) in cases {
        let answer = served.post("/mozpay/v1/api/pay/", &json!({ "req": request }), 400);
        assert_eq!(answer["error_code"], code, "{answer}");
    }
    served.post("/mozpay/v1/api/pay/", &json!({ "req": good }), 200);
    assert_eq!(served.post("/mozpay/v1/api/pay/", &json!({ "req": 7 }), 400)["error_code"], "BAD_JSON");
}

#[test]
fn a_wrong_pin_leaves_one_try_less_and_the_fifth_ends_it() {
    let served = you_decide();
    let transaction = served.opened("shiny-pony");
    for left in (1..5).rev() {
        let stands = served.does(&transaction, "confirm", &json!({ "pin": "0000" }));
        assert_eq!(stands, json!({ "state": "asking", "tries_left": left }));
    }
    let last = served.does(&transaction, "confirm", &json!({ "pin": "0000" }));
    assert_eq!((&last["state"], &last["failure"]["code"]), (&json!("ended"), &json!("PIN_LOCKED")), "{last}");
}

#[test]
fn cancelling_and_closing_end_the_window_unpaid() {
    for act in ["cancel", "close"] {
        let served = you_decide();
        let transaction = served.opened("shiny-pony");
        assert_eq!(served.json(&format!("GET /mozpay/window/{transaction}"), 200), json!({ "state": "asking" }));
        let ended = served.does(&transaction, act, &json!({}));
        assert_eq!(
            (&ended["state"], &ended["failure"]["code"]),
            (&json!("ended"), &json!("USER_CANCELLED")),
            "{act}: {ended}"
        );
        assert_eq!(served.json(&format!("GET /mozpay/transaction/{transaction}"), 200)["status"], "pending");
    }
}

#[test]
fn two_who_buy_at_once_get_their_own_answers() {
    let served = you_decide();
    let pony = served.opened("shiny-pony");
    let saddle = served.opened("golden-saddle");
    for (transaction, product) in [(&saddle, "golden-saddle"), (&pony, "shiny-pony")] {
        served.does(transaction, "confirm", &json!({ "pin": "1234" }));
        let listed = served.json("GET /purchases", 200);
        let rows = listed["purchases"].as_array().unwrap();
        let own = rows.iter().find(|row| row["transaction"] == **transaction).unwrap();
        assert_eq!(own["product"], product);
    }
    assert_eq!(served.json("GET /purchases", 200)["purchases"].as_array().unwrap().len(), 2);
}

#[test]
fn the_history_hands_a_receipt_over_once_more() {
    let served = you_decide();
    let (transaction, _) = served.pony();
    let again = served.json(&format!("POST /purchases/{transaction}/receipt"), 201);
    assert_eq!(served.verify(again["receipt"].as_str().unwrap())["status"], "ok");
    let denied = served.ask("POST /purchases/nobody/receipt", &[], "");
    assert!((400..500).contains(&denied.status) && denied.body.contains("error_code"), "{denied:?}");
}

#[test]
fn the_keys_are_a_jwk_set_however_receipts_are_signed() {
    for &signing in SigningMode::ALL {
        let served = Served::start(Setup { signing: Some(signing), ..Setup::default() });
        let set = served.json("GET /.well-known/jwks.json", 200);
        let keys = set["keys"].as_array().unwrap();
        assert!(!keys.is_empty(), "{signing:?}: {set}");
        for secret in ["d", "p", "q", "k"] {
            assert!(keys.iter().all(|key| key.get(secret).is_none()), "{signing:?} shows {secret}");
        }
        let root = served.ask("GET /public_keys/root.jwk", &[], "");
        let is_certified = matches!(signing, SigningMode::EdDsaCertified | SigningMode::Rs256Certified);
        assert_eq!(root.status, if is_certified { 200 } else { 404 }, "{signing:?}: {root:?}");
    }
}

#[test]
fn where_nothing_is_a_sentence_says_so() {
    let served = you_decide();
    assert_eq!(served.json("GET /no/such/path", 404)["error_code"], "NO_SUCH_PATH");
    assert_eq!(served.json("GET /services/status/", 200)["status"], "ok");
    let legend = served.json("GET /mozpay/services/error_legend?locale=de", 200);
    assert_eq!((&legend["locale"], legend["legend"]["USER_CANCELLED"].is_string()), (&json!("de"), true));
    let get = served.ask("GET /verify/", &[], "");
    assert_eq!((get.status, get.header("allow").as_str()), (405, "post"));
}

#[test]
fn a_developer_has_a_key_checked_before_anybody_buys() {
    let app = AppName { key: "pony-key".to_owned(), secret: Some(Secret::new("the app's own")), ..AppName::default() };
    let names = Names { app, ..Names::default() };
    let served = Served::start(Setup { hosting: Hosting::Classic, names, ..Setup::default() });
    let domain = served.look(|run| run.world().catalog().market_domain.clone());
    let token = |secret: &str, typ: &str| {
        let now = NOON.seconds();
        let claims =
            json!({ "iss": "pony-key", "aud": domain, "typ": typ, "iat": now, "exp": now + 60, "request": {} });
        sign(&claims, &SigningKey::hs256("pony-key", secret.as_bytes()).unwrap(), HeaderExtras::default()).unwrap()
    };
    let asked = |body: &str| {
        let answer = served.ask("POST /mozpay/services/sig_check", &FORM, body);
        (answer.status, serde_json::from_str::<Value>(&answer.body).unwrap())
    };
    let good = token("the app's own", SIGNATURE_CHECK_TYPE);
    assert_eq!(asked(&format!("sig_check_jwt={good}")), (200, json!({ "result": "ok", "errors": {} })));
    for (body, code) in [
        (format!("sig_check_jwt={}", token("another", SIGNATURE_CHECK_TYPE)), "INVALID_JWT_OR_UNKNOWN_ISSUER"),
        (format!("sig_check_jwt={}", token("the app's own", "mozilla/payments/pay/v1")), "INCORRECT_JWT_TYP"),
        ("sig_check_jwt=a.b.c".to_owned(), "INVALID_JWT_OR_UNKNOWN_ISSUER"),
        (format!("jwt={good}"), "This field is required."),
        (String::new(), "This field is required."),
    ] {
        let errors = json!({ "result": "error", "errors": { "sig_check_jwt": [code] } });
        assert_eq!(asked(&body), (400, errors), "{body}");
    }
    assert_eq!(served.ask("GET /mozpay/services/sig_check", &[], "").status, 405);
    assert_eq!(served.look(|run| run.count()), 1, "the run is not told of it");
}

#[test]
fn the_shipped_flow_says_what_it_has_begun() {
    let app = AppName { key: "pony-key".to_owned(), secret: Some(Secret::new("the app's own")), ..AppName::default() };
    let names = Names { app, ..Names::default() };
    let buyer = BuyerCharacter::YouDecide;
    let seats = Seats { app_server: Seat::External, ..Seats::default() };
    let served = Served::start(Setup { hosting: Hosting::Classic, names, buyer, seats, ..Setup::default() });
    let domain = served.look(|run| run.world().catalog().market_domain.clone());
    let asked = |tier: &str, simulate: Value, network: Value| {
        let now = NOON.seconds();
        let url = "http://127.0.0.1:9/notices";
        let request = json!({ "id": "gem", "pricePoint": tier, "name": "Gem", "description": "A gem", "productData": "",
            "postbackURL": url, "chargebackURL": url, "simulate": simulate });
        let claims = json!({ "iss": "pony-key", "aud": domain, "typ": "mozilla/payments/pay/v1", "iat": now,
            "exp": now + 60, "request": request });
        let key = SigningKey::hs256("pony-key", b"the app's own").unwrap();
        let mut body = network;
        body["req"] = Value::from(sign(&claims, &key, HeaderExtras::default()).unwrap());
        let answer = served.ask("POST /mozpay/v1/api/pay/", &[("Content-Type", "application/json")], &body.to_string());
        (answer.status, serde_json::from_str::<Value>(&answer.body).unwrap())
    };
    let trial = json!({ "result": "chargeback", "reason": "refund" });
    for (tier, simulate, told, is_required) in [
        ("1", Value::Null, Value::Null, true),
        ("1", json!({}), Value::Null, true),
        ("1", trial.clone(), trial, false),
        ("0", Value::Null, Value::Null, false),
    ] {
        let (status, begun) = asked(tier, simulate, json!({}));
        assert_eq!((status, &begun["status"]), (200, &json!("ok")), "{begun}");
        assert_eq!((&begun["simulation"], &begun["payment_required"]), (&told, &json!(is_required)), "{tier} {begun}");
    }
    // What counts is what the store took, not what was posted.
    let postback = json!({ "result": "postback" });
    let replaced = json!({ "field": "claims.request.simulate", "value": postback, "sign": true });
    let fault = json!({ "on": "window-opened", "first": 1, "replace": replaced });
    served.command(serde_json::from_value(json!({ "do": "arm", "fault": fault })).unwrap());
    for (told, is_required) in [(postback, false), (Value::Null, true)] {
        let (_, begun) = asked("1", Value::Null, json!({}));
        assert_eq!((&begun["simulation"], &begun["payment_required"]), (&told, &json!(is_required)), "{begun}");
    }
    assert_eq!(asked("1", Value::Null, json!({ "mcc": "262", "mnc": "07" })).0, 200);
    for network in [json!({ "mcc": "262" }), json!({ "mnc": "07" }), json!({ "mcc": "2", "mnc": "07" })] {
        let (status, refused) = asked("1", Value::Null, network.clone());
        assert_eq!((status, &refused["error_code"]), (400, &json!("BAD_REQUEST")), "{network}");
    }
}

#[test]
fn an_origin_in_the_path_tells_where_a_buy_request_comes_from() {
    let served = Served::start(Setup { domain_check: DomainCheck::OriginInPath, ..Setup::default() });
    let own = served.url().replace(':', "%3A").replace('/', "%2F");
    served.json(&format!("POST /mozpay/app/{own}/product/shiny-pony/buy"), 200);
    let refused = |path: &str| served.json(&format!("POST {path}"), 403)["error_code"].clone();
    assert_eq!(
        refused("/mozpay/app/https%3A%2F%2Fevil.example/product/shiny-pony/buy"),
        ForeignCaller::PathForeign.code()
    );
    assert_eq!(refused("/mozpay/product/shiny-pony/buy"), ForeignCaller::PathMissing.code());
}

#[test]
fn receipts_name_the_address_at_which_they_are_served() {
    let served = you_decide();
    let (_, receipt) = served.pony();
    let payload = URL_SAFE_NO_PAD.decode(receipt.split('.').nth(1).unwrap()).unwrap();
    let claims: Value = serde_json::from_slice(&payload).unwrap();
    assert_eq!((&claims["iss"], &claims["product"]["url"]), (&json!(served.url()), &json!(served.url())));
    assert_eq!(claims["verify"], format!("{}/verify/", served.url()));
    let detail = claims["detail"].as_str().unwrap().strip_prefix(&served.url()).unwrap().to_owned();
    assert_eq!(served.json(&format!("GET {detail}"), 200)["product"], "shiny-pony");
    assert_eq!(served.json("GET /receipts/999", 404)["error_code"], "UNKNOWN_RECEIPT");
}

#[test]
fn the_catalogue_lists_what_an_app_sells_by_its_encoded_origin() {
    let served = you_decide();
    let origin = served.url().replace(':', "%3A").replace('/', "%2F");
    for version in ["v1", "v2"] {
        let base = format!("GET /api/{version}/payments/{origin}/in-app");
        let list = served.json(&format!("{base}/?active=1"), 200);
        let objects = list["objects"].as_array().unwrap();
        assert_eq!(list["meta"]["total_count"], objects.len());
        for product in objects {
            let one = served.json(&format!("{base}/{}/", product["guid"].as_str().unwrap()), 200);
            assert_eq!(&one, product);
            assert!(one["name"].is_string() && one["price_id"].is_number());
            let logo = one["logo_url"].as_str().unwrap().strip_prefix(&served.url()).unwrap().to_owned();
            let picture = served.ask(&format!("GET {logo}"), &[], "");
            assert_eq!((picture.status, picture.header("content-type").as_str()), (200, "image/svg+xml"));
        }
        assert!(objects.iter().any(|product| product["guid"] == "shiny-pony"), "{list}");
        served.json(&format!("{base}/long-string/"), 404);
        served.json("GET /logos/no-such-pony.svg", 404);
        served.json("GET /logos/shiny-pony", 404);
        served.json(&format!("GET /api/{version}/payments/https%3A%2F%2Fnobody.example/in-app/"), 404);
        let stubs = served.json(&format!("GET /api/{version}/payments/stub-in-app-products/"), 200);
        assert_eq!(stubs["objects"].as_array().unwrap().len(), 2, "{stubs}");
        served.json(&format!("GET /api/{version}/payments/stub-in-app-products/kiwi/"), 200);
        served.json(&format!("GET /api/{version}/payments/stub-in-app-products/shiny-pony/"), 404);
    }
}

#[test]
fn a_receipt_is_claimed_by_who_has_paid() {
    let served = you_decide();
    let claim = |product: &str| served.ask("POST /api/v1/receipts/install/", &FORM, &format!("app={product}"));
    assert_eq!(claim("shiny-pony").status, 402);
    served.pony();
    let claimed = claim("shiny-pony");
    assert_eq!(claimed.status, 201, "{claimed:?}");
    let receipt: Value = serde_json::from_str(&claimed.body).unwrap();
    assert_eq!(served.verify(receipt["receipt"].as_str().unwrap())["status"], "ok");
    assert_eq!(claim("no-such-pony").status, 400);
    assert_eq!(claim("golden-saddle").status, 402);
}

#[test]
fn the_shipped_store_shows_a_picture_and_names_no_buyer() {
    let claims = |token: &str| {
        let payload = URL_SAFE_NO_PAD.decode(token.split('.').nth(1).unwrap()).unwrap();
        serde_json::from_slice::<Value>(&payload).unwrap()
    };
    let bought = |revision| {
        let served = Served::start(Setup { revision, buyer: BuyerCharacter::YouDecide, ..Setup::default() });
        let prepared = served.ask("POST /api/v1/webpay/inapp/prepare/", &FORM, "inapp=shiny-pony");
        let prepared: Value = serde_json::from_str(&prepared.body).unwrap();
        let (_, receipt) = served.pony();
        let request = claims(prepared["webpayJWT"].as_str().unwrap())["request"].clone();
        let icon = request["icons"]["64"].as_str().unwrap_or_default().strip_prefix(&served.url()).map(str::to_owned);
        if let Some(icon) = &icon {
            assert_eq!(served.ask(&format!("GET {icon}"), &[], "").status, 200, "{icon}");
        }
        let user = claims(receipt.rsplit('~').next().unwrap())["user"]["value"].as_str().unwrap().to_owned();
        (
            icon.is_some(),
            request.get("locales").cloned(),
            request.get("defaultLocale").cloned(),
            user == "anonymous-user",
        )
    };
    assert_eq!(bought(Revision::AsBuilt2015), (true, Some(json!({})), Some(Value::Null), true));
    assert_eq!(bought(Revision::After), (false, None, None, false));
}

#[test]
fn without_its_signer_the_store_hands_out_what_is_signed_and_signs_nothing() {
    let served = you_decide();
    let (_, receipt) = served.pony();
    let trouble = json!({ "do": "arm", "fault": { "trouble": "signer-down" } });
    let asked = |line: &str, body: &str| served.ask(line, &FORM, body).status;
    let trial = "manifest_url=https://pony.example/manifest.webapp&receipt_type=ok";
    let statuses = || {
        let reissued = served.ask("POST /api/v1/receipts/reissue/", &TEXT, &receipt);
        let bought = asked("POST /api/v1/receipts/install/", "app=shiny-pony");
        let unbought = asked("POST /api/v1/receipts/install/", "app=golden-saddle");
        (bought, unbought, asked("POST /api/v1/receipts/test/", trial), reissued.status)
    };
    // What is good still is not traded, whoever could sign.
    assert_eq!(statuses(), (201, 402, 201, 400));
    served.command(serde_json::from_value(trouble).unwrap());
    assert_eq!(statuses(), (500, 402, 500, 400));
    assert_eq!(served.verify(&receipt)["status"], "ok");
    served.command(Command::ClearFaults);
    assert_eq!(statuses(), (201, 402, 201, 400));
}

#[test]
fn a_test_receipt_is_answered_for_at_its_own_address_only() {
    let served = you_decide();
    let manifest = "https://pony.example/manifest.webapp";
    for status in ["ok", "expired", "invalid", "refunded"] {
        let asked = json!({ "manifest_url": manifest, "receipt_type": status });
        let receipt = served.post("/api/v1/receipts/test/", &asked, 201)["receipt"].as_str().unwrap().to_owned();
        let verify = |at: &str| {
            let answer = served.ask(&format!("POST /developers/test/receipts/verify/{at}/"), &TEXT, &receipt);
            serde_json::from_str::<Value>(&answer.body).unwrap()["status"].as_str().unwrap().to_owned()
        };
        assert_eq!(verify(status), status);
        let other = if status == "ok" { "refunded" } else { "ok" };
        assert_eq!(verify(other), "invalid", "{status} at {other}");
        assert_eq!(served.verify(&receipt)["status"], "invalid", "{status} where purchases are verified");
    }
    let form = format!("manifest_url={manifest}&receipt_type=ok");
    assert_eq!(served.ask("POST /api/v2/receipts/test/", &FORM, &form).status, 201);
    for (body, status) in [("manifest_url=x&receipt_type=ok", 400), ("receipt_type=ok", 400)] {
        assert_eq!(served.ask("POST /api/v2/receipts/test/", &FORM, body).status, status, "{body}");
    }
    let (_, real) = served.pony();
    let answer = served.ask("POST /developers/test/receipts/verify/ok/", &TEXT, &real);
    assert!(answer.body.contains("\"invalid\""), "{answer:?}");
}

#[test]
fn a_receipt_is_verified_at_the_path_that_it_names() {
    let served = you_decide();
    let (_, receipt) = served.pony();
    let at = |path: &str| {
        let answer = served.ask(&format!("POST {path}"), &TEXT, &receipt);
        assert_eq!(answer.status, 200, "{path}: {answer:?}");
        serde_json::from_str::<Value>(&answer.body).unwrap()
    };
    assert_eq!(at("/verify/")["status"], "ok");
    assert_eq!(at("/verify")["status"], "ok");
    assert_eq!(at("/verify/7"), json!({ "status": "invalid" }));
}

#[test]
fn the_payment_server_believes_signed_notices_only() {
    let served = you_decide();
    let (transaction, receipt) = served.pony();
    let genuine = served.look(|run| {
        let steps = run.kept();
        let sent = steps.iter().flat_map(|step| &step.events).find_map(|event| match event {
            Event::Sent { message } => match &message.body {
                Body::NoticeSent { token, .. } => Some(token.to_string()),
                _ => None,
            },
            _ => None,
        });
        sent.unwrap()
    });
    let post = |path: &str, notice: &str| served.ask(&format!("POST {path}"), &FORM, &format!("notice={notice}"));
    let again = post("/services/webpay/postback", &genuine);
    assert_eq!(
        (again.status, again.body.as_str()),
        (200, transaction.as_str()),
        "a notice repeated is answered as before"
    );
    assert_eq!(post("/services/webpay/chargeback", &genuine).status, 400, "one kind is not the other");
    let (head, _) = genuine.rsplit_once('.').unwrap();
    let forged = format!("{head}.{}", URL_SAFE_NO_PAD.encode([7; 32]));
    for notice in ["", "a.b.c", forged.as_str()] {
        assert_eq!(post("/services/webpay/postback", notice).status, 400, "{notice}");
    }
    assert_eq!(served.verify(&receipt)["status"], "ok", "and nothing has come of any of it");
    let classic = Served::start(Setup { hosting: Hosting::Classic, ..Setup::default() });
    let refused = classic.ask("POST /services/webpay/postback", &FORM, "notice=a.b.c");
    assert_eq!(refused.status, 409, "{refused:?}");
}

#[test]
fn a_page_outside_is_taken_to_hold_the_stores_keys_when_its_receipt_is_judged() {
    let served = Served::start(Setup::default());
    let (_, receipt) = served.pony();
    let spoilt = receipt.replacen("eyJ", "eyK", 1);
    let judged = |text: String| {
        served.look(move |run| {
            run.world().judged(&text, paystage::protocol::verdict::check::CheckSet::NONE).is_accepted()
        })
    };
    assert!(judged(receipt) && !judged(spoilt));
}
