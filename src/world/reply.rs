//! Replies: what an HTTP answer means to whoever asked, as the historic clients read it.

use serde_json::Value;

use crate::protocol::code::Code as _;
use crate::protocol::flow_failure::FlowFailure;
use crate::protocol::id::TransactionId;
use crate::protocol::pay_error::PayError;
use crate::protocol::store_answer::StoreReply;
use crate::world::message::Body;
use crate::world::refusal::Refusal;

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
