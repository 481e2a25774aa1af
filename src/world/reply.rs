//! Replies: what an HTTP answer means to whoever asked, as the historic clients read it.

use serde::Deserialize;
use serde_json::Value;

use crate::protocol::code::{Code as _, Refusal as Coded};
use crate::protocol::flow_failure::FlowFailure;
use crate::protocol::id::{ProductId, TransactionId};
use crate::protocol::jwt::{Jwt, MAX_INSPECT_BYTES};
use crate::protocol::pay_error::PayError;
use crate::protocol::receipt::Product;
use crate::protocol::store_answer::StoreReply;
use crate::protocol::store_data::StoreData;
use crate::world::message::Body;
use crate::world::refusal::{Refusal, Stop};

/// The answer to `question` that this status and body are. Total: what makes no sense is [`Body::HttpAnswered`].
pub(crate) fn reply(question: &Body, status: u16, body: &str) -> Body {
    proper(question, status, body).unwrap_or_else(|| Body::HttpAnswered { status, body: body.to_owned() })
}

fn proper(question: &Body, status: u16, body: &str) -> Option<Body> {
    if let Body::NoticeSent { transaction, kind, .. } = question {
        let (transaction, kind) = (transaction.clone(), *kind);
        return Some(Body::NoticeAnswered { transaction, kind, status, body: body.to_owned() });
    }
    if let Body::ReissueAsked { .. } = question {
        // The refusals of this call come with a status of their own and the same words.
        let StoreReply::Answer(answer) = StoreReply::read(200, body) else { return None };
        return Some(Body::ReissueAnswered { status, answer });
    }
    if let Body::ReceiptRequested { transaction } = question {
        return Some(from_history(transaction, status, body));
    }
    if let Body::WindowOpened { .. } = question {
        // A page that is served says nothing yet; one that is refused ends the window.
        let failure = (!(200..300).contains(&status)).then(|| window_failure(body));
        return failure.map(|failure| Body::WindowEnded { failure: Some(failure) });
    }
    if !(200..300).contains(&status) {
        return None;
    }
    if let Body::VerifyAsked { .. } = question {
        let StoreReply::Answer(answer) = StoreReply::read(status, body) else { return None };
        return Some(Body::VerifyAnswered { answer });
    }
    if let Body::KeysAsked = question {
        return Some(Body::KeysAnswered { keys: body.into() });
    }
    if let Body::BuyAsked { .. } = question {
        return pay_request(&serde_json::from_str(body).ok()?);
    }
    if let Body::ReceiptSought { transaction } = question {
        let told: Value = serde_json::from_str(body).ok()?;
        let receipt = told.get("receipt")?.as_str()?.into();
        return Some(Body::ReceiptSupplied { transaction: transaction.clone(), receipt });
    }
    if let Body::HistoryAsked = question {
        let told: Value = serde_json::from_str(body).ok()?;
        let id = |row: &Value| row.as_str().or_else(|| row.get("transaction")?.as_str()).map(TransactionId::from);
        let rows = told.get("purchases")?.as_array()?;
        return Some(Body::HistoryAnswered { transactions: rows.iter().filter_map(id).collect() });
    }
    if let Body::StatusAsked { transaction, .. } = question {
        let told: Value = serde_json::from_str(body).ok()?;
        let receipt = told.get("receipt").and_then(Value::as_str).map(Into::into);
        let is_proper = match told.get("status")?.as_str()? {
            "pending" | "incomplete" => receipt.is_none(),
            "completed" | "complete" => receipt.is_some(),
            _ => false,
        };
        return is_proper.then(|| Body::StatusAnswered { transaction: transaction.clone(), receipt });
    }
    None
}

/// The receipt of a payment in the buyer's history, or why there is none. Which product it opens is for the receipt itself to say.
fn from_history(transaction: &TransactionId, status: u16, body: &str) -> Body {
    let told: Value = serde_json::from_str(body).unwrap_or_default();
    let receipt = told.get("receipt").and_then(Value::as_str).filter(|_| (200..300).contains(&status));
    if let Some(receipt) = receipt
        && let Some(product) = unverified_product(receipt)
    {
        return Body::ReceiptHandedOver { transaction: transaction.clone(), product, receipt: receipt.into() };
    }
    let code = told.get("error_code").and_then(Value::as_str).unwrap_or_default();
    let named = || Stop::ALL.iter().copied().find(|stop| stop.code() == code);
    let refusal = match status {
        0 => Coded::because_of(Stop::RequestFailed, body),
        200..300 => Coded::because_of(Stop::BadJson, body),
        _ => named().map_or_else(|| Coded::because_of(Stop::BadResponse, status), Coded::new),
    };
    Body::ReceiptDenied { transaction: transaction.clone(), status, refusal: refusal.into() }
}

/// What a receipt is for, whatever else is wrong with it.
#[derive(Deserialize)]
struct Bought {
    product: Product,
}

/// The in-app product that a receipt names. Nobody has checked it.
fn unverified_product(receipt: &str) -> Option<ProductId> {
    let token = receipt.rsplit('~').next().unwrap_or_default();
    let claims: Bought = Jwt::parse_within(token, MAX_INSPECT_BYTES).and_then(|jwt| jwt.unverified_claims()).ok()?;
    ProductId::parse(StoreData::parse(claims.product.storedata.as_deref()?).inapp_id()?).ok()
}

/// Why a payment window did not open: the code that the store's answer names, where it is one of the flow's.
fn window_failure(body: &str) -> Refusal {
    let told: Value = serde_json::from_str(body).unwrap_or_default();
    let code = told.get("error_code").and_then(Value::as_str).unwrap_or_default();
    flow_refusal(code).unwrap_or_else(|| FlowFailure::TransRequestFailed.into())
}

/// The refusal of the payment flow that this code names.
pub(crate) fn flow_refusal(code: &str) -> Option<Refusal> {
    let refused = PayError::ALL.iter().find(|error| error.words().code == code).copied().map(Refusal::from);
    let failed = || FlowFailure::ALL.iter().find(|failure| failure.words().code == code).copied().map(Refusal::from);
    refused.or_else(failed)
}

/// A pay request with the id that its status address ends in, in the words of either specification or of the shipped store.
fn pay_request(told: &Value) -> Option<Body> {
    let text = |names: &[&str]| names.iter().find_map(|name| told.get(name)?.as_str());
    let request = text(&["webpayJWT", "jwt"])?;
    let in_address = || text(&["contribStatusURL"])?.trim_end_matches('/').rsplit('/').next();
    let transaction = text(&["transactionID", "transID"]).or_else(in_address)?;
    Some(Body::BuyAnswered { transaction: TransactionId::from(transaction), request: request.into() })
}

#[cfg(test)]
mod tests {
    use base64::Engine as _;
    use base64::prelude::BASE64_URL_SAFE_NO_PAD;
    use serde_json::json;

    use super::*;
    use crate::world::message::Method;

    fn asked() -> Body {
        Body::StatusAsked { transaction: TransactionId::from("t"), poll: 1 }
    }

    #[test]
    fn a_proper_answer_is_what_was_asked_for() {
        let verify = Body::VerifyAsked { receipt: "r".into(), path: None, method: Method::Post };
        assert!(matches!(reply(&verify, 200, r#"{"status":"ok"}"#), Body::VerifyAnswered { .. }));
        assert!(matches!(reply(&asked(), 200, r#"{"status":"pending"}"#), Body::StatusAnswered { receipt: None, .. }));
        let completed = r#"{"status":"completed","receipt":"a.b.c"}"#;
        assert!(matches!(reply(&asked(), 200, completed), Body::StatusAnswered { receipt: Some(_), .. }));
        let reissue = Body::ReissueAsked { receipt: "r".into() };
        assert!(matches!(reply(&reissue, 400, r#"{"status":"ok"}"#), Body::ReissueAnswered { status: 400, .. }));
    }

    #[test]
    fn a_payment_page_that_is_refused_ends_its_window_with_the_code_that_the_store_names() {
        let opened = Body::WindowOpened { request: "r".into() };
        for (status, body, expected) in [
            (400, r#"{"error_code":"EXPIRED_JWT"}"#, "EXPIRED_JWT"),
            (400, r#"{"error_code":"USER_CANCELLED"}"#, "USER_CANCELLED"),
            (400, r#"{"error_code":"NEVER_HEARD_OF"}"#, "TRANS_REQUEST_FAILED"),
            (503, "<html>", "TRANS_REQUEST_FAILED"),
            (0, "Connection refused", "TRANS_REQUEST_FAILED"),
        ] {
            let Body::WindowEnded { failure: Some(refusal) } = reply(&opened, status, body) else { panic!("{body}") };
            assert_eq!(refusal.code, expected, "{status} {body}");
        }
        assert!(matches!(reply(&opened, 200, "<html>"), Body::HttpAnswered { .. }), "the page says nothing yet");
    }

    #[test]
    fn a_receipt_from_the_history_names_its_product_and_anything_else_is_a_no() {
        let asked = Body::ReceiptRequested { transaction: TransactionId::from("t") };
        let receipt = |storedata: &str| {
            let claims = json!({
                "typ": "purchase-receipt", "product": { "url": "https://pony.example", "storedata": storedata },
                "user": { "type": "directed-identifier", "value": "g" }, "iss": "https://market.example", "nbf": 1, "iat": 1,
            });
            let part = |text: &str| BASE64_URL_SAFE_NO_PAD.encode(text);
            format!("{}.{}.{}", part(r#"{"alg":"EdDSA"}"#), part(&claims.to_string()), part("signature"))
        };
        let answer = |receipt: &str| json!({ "receipt": receipt }).to_string();
        let good = receipt("id=7&contrib=41&inapp_id=shiny-pony");
        let handed = reply(&asked, 201, &answer(&good));
        assert!(matches!(&handed, Body::ReceiptHandedOver { product, .. } if product.as_str() == "shiny-pony"));
        let behind_certificate = reply(&asked, 200, &answer(&format!("a.b.c~{good}")));
        assert!(matches!(behind_certificate, Body::ReceiptHandedOver { .. }));
        for (status, body, code) in [
            (200, answer(&receipt("id=7")), "BAD_JSON_RESPONSE"),
            (200, answer("a.b"), "BAD_JSON_RESPONSE"),
            (200, r#"{"receipt":null}"#.to_owned(), "BAD_JSON_RESPONSE"),
            (200, "<html>".to_owned(), "BAD_JSON_RESPONSE"),
            (404, answer(&good), "BAD_API_RESPONSE"),
            (404, r#"{"error":"no","error_code":"NOT_PAID"}"#.to_owned(), "NOT_PAID"),
            (500, r#"{"error_code":"NEVER_HEARD_OF"}"#.to_owned(), "BAD_API_RESPONSE"),
            (0, "Connection refused".to_owned(), "API_REQUEST_ERROR"),
        ] {
            let read = reply(&asked, status, &body);
            let is_it = |refusal: &Refusal| refusal.code == code;
            assert!(
                matches!(&read, Body::ReceiptDenied { status: told, refusal, .. } if *told == status && is_it(refusal)),
                "{status} {body}: {read:?}"
            );
        }
    }

    #[test]
    fn anything_else_is_told_as_it_came() {
        for (status, body) in [
            (500, ""),
            (500, r#"{"status":"pending"}"#),
            (200, "<html>"),
            (200, r#"{"status":"weird"}"#),
            (200, r#"{"status":"completed"}"#),
        ] {
            let read = reply(&asked(), status, body);
            assert!(
                matches!(&read, Body::HttpAnswered { status: told, body: text } if *told == status && text == body)
            );
        }
    }
}
