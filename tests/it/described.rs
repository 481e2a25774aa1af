//! The description is true: every endpoint that it lists is asked, and each answer is held against what it says.

use std::collections::BTreeSet;

use paystage::protocol::dial::SigningMode;
use paystage::protocol::jwt::Jwt;
use paystage::world::character::BuyerCharacter;
use paystage::world::setup::Setup;
use serde_json::{Value, json};

use crate::json_schema::objections_within;
use crate::raw_http::{Answer, Raw};
use crate::served::Served;

const FORM: &str = "application/x-www-form-urlencoded";
const JSON: &str = "application/json";

/// Somebody who asks, and holds each answer against the description.
struct Reader {
    house: Served,
    bearer: String,
    document: Value,
    /// Each method and path whose good answer was seen.
    seen: BTreeSet<String>,
}

impl Reader {
    fn new() -> Self {
        let buyer = BuyerCharacter::YouDecide;
        let house = Served::start(Setup { buyer, signing: Some(SigningMode::Rs256Certified), ..Setup::default() });
        let bearer = format!("Bearer {}", house.token);
        let document = house.json("GET /control/openapi.json", 200);
        Self { house, bearer, document, seen: BTreeSet::new() }
    }

    /// Asks for `line` with `body` of this `kind`. The answer has this status, which is described, and a body as described.
    #[track_caller]
    fn asks(&mut self, line: &str, kind: &str, body: &str, status: u16) -> Answer {
        let mut headers = vec![("Authorization", self.bearer.as_str())];
        if !kind.is_empty() {
            headers.push(("Content-Type", kind));
        }
        let answer = self.house.ask(line, &headers, body);
        assert_eq!(answer.status, status, "{line} {body}: {answer:?}");
        let (method, path) = line.split_once(' ').unwrap();
        let path = self.described(path.split('?').next().unwrap());
        let operation = &self.document["paths"][&path][method.to_lowercase()];
        let told = &operation["responses"][status.to_string()];
        assert!(told.is_object(), "{method} {path} never answers {status}, the description says: {operation}");
        self.hold(told, &answer, line);
        if status < 300 {
            self.seen.insert(format!("{method} {path}"));
        }
        answer
    }

    #[track_caller]
    fn json(&mut self, line: &str, kind: &str, body: &str, status: u16) -> Value {
        serde_json::from_str(&self.asks(line, kind, body, status).body).unwrap()
    }

    /// Holds what came against one described answer.
    #[track_caller]
    fn hold(&self, told: &Value, answer: &Answer, line: &str) {
        let kind = answer.header("content-type");
        let kind = kind.split(';').next().unwrap_or_default();
        let schema = &told["content"][kind]["schema"];
        assert!(schema.is_object(), "{line}: {kind:?} is not described: {told}");
        if kind.ends_with("json") {
            let value = serde_json::from_str(&answer.body).unwrap();
            let found = objections_within(&self.document, schema, &value);
            assert!(found.is_empty(), "{line}: {found:#?}");
        }
    }

    /// The path as it is described: of all that fit, the one with the fewest parameters.
    fn described(&self, path: &str) -> String {
        let fits = |known: &&String| {
            let (known, asked): (Vec<_>, Vec<_>) = (known.split('/').collect(), path.split('/').collect());
            known.len() == asked.len()
                && known.iter().zip(asked).all(|(known, asked)| known.starts_with('{') || *known == asked)
        };
        let paths = self.document["paths"].as_object().unwrap();
        let best = paths.keys().filter(fits).min_by_key(|known| known.matches('{').count());
        best.unwrap_or_else(|| panic!("{path} is not described")).clone()
    }

    /// Buys in the page's own way, and opens the payment window.
    fn opened(&mut self) -> String {
        let bought = self.json("POST /mozpay/product/shiny-pony/buy", "", "", 200);
        self.asks(&format!("GET /mozpay/?req={}", bought["webpayJWT"].as_str().unwrap()), "", "", 200);
        bought["transactionID"].as_str().unwrap().to_owned()
    }
}

#[test]
fn every_endpoint_answers_as_it_is_described() {
    let mut reader = Reader::new();
    let receipt = pages_own(&mut reader);
    shipped(&mut reader, &receipt);
    control(&mut reader);
    sessions(&mut reader);
    let paths = reader.document["paths"].as_object().unwrap();
    let listed = paths.iter().flat_map(|(path, operations)| {
        operations.as_object().unwrap().keys().map(move |method| format!("{} {path}", method.to_uppercase()))
    });
    let unseen: Vec<String> = listed.filter(|known| !reader.seen.contains(&known.replace("/v2/", "/v1/"))).collect();
    assert!(unseen.is_empty(), "described and never asked: {unseen:#?}");
}

/// The page's own routes, the payment window, the history. Gives back a receipt.
fn pages_own(reader: &mut Reader) -> String {
    let origin = reader.house.url().replace(':', "%3A").replace('/', "%2F");
    for page in [
        "/",
        "/demo/",
        "/developers/test/receipts/details/",
        "/paystage.js",
        "/logos/shiny-pony.svg",
        "/services/status/",
    ] {
        reader.asks(&format!("GET {page}"), "", "", 200);
    }
    for keys in ["/.well-known/jwks.json", "/public_keys/root.jwk", "/mozpay/services/error_legend"] {
        reader.asks(&format!("GET {keys}"), "", "", 200);
    }
    reader.asks("POST /mozpay/product/nothing/buy", "", "", 404);
    reader.asks(&format!("POST /mozpay/app/{origin}/product/shiny-pony/buy"), "", "", 200);
    reader.asks("GET /mozpay/?req=a.b", "", "", 400);
    reader.asks("GET /mozpay/window/nobody", "", "", 404);
    for (act, body) in [("cancel", ""), ("close", "")] {
        let transaction = reader.opened();
        reader.asks(&format!("POST /mozpay/window/{transaction}/{act}"), "", body, 200);
        reader.asks(&format!("POST /mozpay/window/{transaction}/{act}"), "", body, 409);
    }
    let transaction = reader.opened();
    let window = format!("/mozpay/window/{transaction}");
    reader.asks(&format!("GET {window}"), "", "", 200);
    reader.asks(&format!("POST {window}/confirm"), JSON, r#"{"pin":1}"#, 400);
    reader.asks(&format!("POST {window}/confirm"), JSON, r#"{"pin":"9999"}"#, 200);
    reader.asks(&format!("POST {window}/confirm"), JSON, r#"{"pin":"1234"}"#, 200);
    let status = reader.json(&format!("GET /mozpay/transaction/{transaction}"), "", "", 200);
    reader.asks("GET /mozpay/transaction/nobody", "", "", 200);
    reader.asks("GET /purchases", "", "", 200);
    reader.asks(&format!("POST /purchases/{transaction}/receipt"), "", "", 201);
    reader.asks("POST /purchases/nobody/receipt", "", "", 402);
    let number = reader.house.json("GET /purchases", 200)["purchases"][0]["number"].to_string();
    reader.asks(&format!("GET /receipts/{number}"), "", "", 200);
    reader.asks("GET /receipts/9", "", "", 404);
    status["receipt"].as_str().unwrap().to_owned()
}

/// The store's shipped interface, its verify service and its payment flow.
fn shipped(reader: &mut Reader, receipt: &str) {
    let origin = reader.house.url().replace(':', "%3A").replace('/', "%2F");
    for (path, status) in [
        (format!("/api/v1/payments/{origin}/in-app/?active=1"), 200),
        (format!("/api/v1/payments/{origin}/in-app/shiny-pony/"), 200),
        (format!("/api/v1/payments/{origin}/in-app/nothing/"), 404),
        ("/api/v1/payments/https%3A%2F%2Fnobody.example/in-app/".to_owned(), 404),
        ("/api/v1/payments/stub-in-app-products/".to_owned(), 200),
        ("/api/v1/payments/stub-in-app-products/kiwi/".to_owned(), 200),
        ("/api/v1/payments/stub-in-app-products/nothing/".to_owned(), 404),
        ("/api/v1/webpay/status/nobody/".to_owned(), 200),
    ] {
        reader.asks(&format!("GET {path}"), "", "", status);
    }
    reader.asks("POST /api/v1/webpay/inapp/prepare/", FORM, "inapp=nothing", 400);
    let prepared = reader.json("POST /api/v1/webpay/inapp/prepare/", FORM, "inapp=shiny-pony", 201);
    let request = prepared["webpayJWT"].as_str().unwrap();
    reader.asks("POST /mozpay/v1/api/pay/", JSON, &json!({ "req": request }).to_string(), 200);
    reader.asks("POST /mozpay/v1/api/pay/", JSON, r#"{"req":"a.b.c"}"#, 400);
    for (form, status) in [("app=shiny-pony", 201), ("app=golden-saddle", 402), ("app=nothing", 400)] {
        reader.asks("POST /api/v1/receipts/install/", FORM, form, status);
    }
    let test = "manifest_url=http%3A%2F%2Fa.example%2Fm.webapp&receipt_type=";
    let issued = reader.json("POST /api/v1/receipts/test/", FORM, &format!("{test}ok"), 201);
    let jwt = issued["receipt"].as_str().unwrap().rsplit('~').next().unwrap().to_owned();
    let detail = Jwt::parse(&jwt).unwrap().unverified_claims::<Value>().unwrap()["detail"].clone();
    let detail = detail.as_str().unwrap().strip_prefix(&reader.house.url()).unwrap().to_owned();
    reader.asks(&format!("GET {detail}"), "", "", 200);
    reader.asks("POST /api/v1/receipts/test/", FORM, &format!("{test}unheard-of"), 400);
    reader.asks("POST /api/v1/receipts/reissue/", "text/plain", receipt, 400);
    for path in ["/verify/", "/verify/7", "/developers/test/receipts/verify/ok/"] {
        reader.asks(&format!("POST {path}"), "text/plain", receipt, 200);
        reader.asks(&format!("POST {path}"), "text/plain", "garbage", 200);
    }
    for path in ["postback", "chargeback"] {
        reader.asks(&format!("POST /services/webpay/{path}"), FORM, "notice=x", 400);
        reader.seen.insert(format!("POST /services/webpay/{path}"));
    }
    reader.asks("POST /mozpay/services/sig_check", FORM, "sig_check_jwt=a.b.c", 400);
    reader.seen.insert("POST /mozpay/services/sig_check".to_owned());
    reader.house.advance(paystage::protocol::time::Span::from_days(183));
    reader.asks("POST /api/v1/receipts/reissue/", "text/plain", receipt, 200);
}

/// What test code may do with a run.
fn control(reader: &mut Reader) {
    for read in ["state", "faults", "clock", "trace?from=0&limit=3", "run", "scenario", "openapi.json"] {
        reader.asks(&format!("GET /control/{read}"), "", "", 200);
    }
    reader.asks("GET /control/trace?from=x", "", "", 400);
    let transaction = reader.house.json("GET /purchases", 200)["purchases"][0]["transaction"].clone();
    let refund = json!({ "do": "refund", "transaction": transaction }).to_string();
    reader.asks("POST /control/command", JSON, &refund, 200);
    reader.asks("POST /control/command", JSON, &refund, 409);
    reader.asks("POST /control/command", JSON, r#"{"do":"dance"}"#, 400);
    reader.asks("POST /control/clock", JSON, r#"{"advance":"12s"}"#, 200);
    reader.asks("POST /control/clock", JSON, "{}", 400);
    reader.asks("POST /control/faults", JSON, r#"{"on":"status-answered","nth":2,"answer":{"status":500}}"#, 201);
    reader.asks("POST /control/faults", JSON, r#"{"on":"status-answered"}"#, 400);
    reader.asks("DELETE /control/faults/1", "", "", 200);
    reader.asks("DELETE /control/faults/1", "", "", 404);
    reader.asks("POST /control/wait", JSON, r#"{"idle":true}"#, 200);
    reader.asks("POST /control/wait", JSON, "{}", 400);
    reader.asks("POST /control/release", JSON, r#"{"message":9}"#, 409);
    held_and_released(reader);
    reader.asks("DELETE /control/faults", "", "", 200);
    let none = reader.json("DELETE /control/faults", "", "", 200);
    assert_eq!(none, json!({ "armed": [], "held": [] }), "whoever tidies up twice is not told off");
    reader.asks("POST /control/reset", "", "", 200);
    reader.asks("POST /control/begin", JSON, r#"{"setup":{"buyer":"cancels"}}"#, 200);
    reader.asks("POST /control/begin", JSON, r#"{"scenario":"nobody's"}"#, 404);
    reader.asks("POST /control/begin", JSON, r#"{"setup":{"buyer":"nobody"}}"#, 400);
}

fn held_and_released(reader: &mut Reader) {
    reader.asks("POST /control/faults", JSON, r#"{"on":"verify-answered","hold":true}"#, 201);
    let port = reader.house.port;
    let mut waiting = Raw::connect(port);
    waiting.send(format!(
        "POST /verify/ HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nConnection: close\r\nContent-Length: 1\r\n\r\nx"
    ));
    reader.asks("POST /control/wait", JSON, r#"{"fault":2}"#, 200);
    let held = reader.json("GET /control/faults", "", "", 200)["held"][0].clone();
    reader.asks("POST /control/release", JSON, &json!({ "message": held }).to_string(), 200);
    assert!(waiting.rest().contains("invalid"));
}

/// Sessions beside the root.
fn sessions(reader: &mut Reader) {
    reader.asks("POST /control/sessions", JSON, r#"{"name":"mine","setup":{"buyer":"cancels"}}"#, 201);
    reader.asks("POST /control/sessions", JSON, r#"{"name":"mine"}"#, 409);
    reader.asks("POST /control/sessions", JSON, r#"{"name":"My own"}"#, 400);
    reader.asks("GET /control/sessions", "", "", 200);
    reader.asks("DELETE /control/sessions/mine", "", "", 200);
    reader.asks("DELETE /control/sessions/mine", "", "", 404);
}

#[test]
fn what_comes_otherwise_is_noticed() {
    let document = json!({ "components": { "schemas": { "Word": { "type": "string", "enum": ["ok"] } } } });
    let schema = json!({ "type": "object", "required": ["a"], "properties": {
        "a": { "$ref": "#/components/schemas/Word" }, "b": { "type": ["integer", "null"] }, "c": { "items": { "type": "boolean" } },
    } });
    let against = |value: &Value| objections_within(&document, &schema, value).len();
    assert_eq!(against(&json!({ "a": "ok", "b": null, "c": [true] })), 0);
    for spoilt in [json!({}), json!({ "a": "no" }), json!({ "a": "ok", "b": "1" }), json!({ "a": "ok", "d": 1 })] {
        assert_eq!(against(&spoilt), 1, "{spoilt}");
    }
    assert_eq!(against(&json!({ "a": "ok", "c": [true, 1, 2] })), 2);
}

#[test]
fn everything_that_the_first_page_leads_to_is_there() {
    let reader = Reader::new();
    let page = reader.house.ask("GET /", &[], "").body;
    let links: Vec<&str> = page.split("href=\"").skip(1).filter_map(|rest| rest.split('"').next()).collect();
    let ways: Vec<_> = links.into_iter().filter(|link| !link.starts_with("data:")).collect();
    assert!(ways.len() >= 8, "{ways:?}");
    for way in ways {
        let answer = reader.house.ask(&format!("GET /{}", way.trim_start_matches('/')), &[], "");
        assert_eq!(answer.status, 200, "{way}");
    }
    let unslashed = reader.house.ask("GET /demo", &[], "");
    assert_eq!((unslashed.status, unslashed.header("location").as_str()), (307, "demo/"));
}
