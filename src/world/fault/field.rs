//! Fields: the members of a message that can be made to say something else.

use std::sync::Arc;

use serde_json::Value;

use crate::protocol::id::{Origin, ProductId, TransactionId};
use crate::protocol::money::Money;
use crate::protocol::store_answer::{Reason, Status, StoreAnswer};
use crate::world::message::{Body, ChargeAnswer, Method};
use crate::world::reply::flow_refusal;

/// Every field with a value that fits it: what a menu offers first.
const SAMPLES: [(&str, &str); 14] = [
    ("status", "500"),
    ("status", "refunded"),
    ("reason", "NO_PURCHASE"),
    ("body", "OK"),
    ("pin", "0000"),
    ("product", "golden-saddle"),
    ("origin", "https://evil.example"),
    ("transaction", "another-payment"),
    ("price", "0.01 USD"),
    ("name", "Another product"),
    ("url", "https://evil.example/postback"),
    ("answer", "declined"),
    ("receipt", "not-a-token"),
    ("text", "not-a-token"),
];

/// The fields that this message has, each with a value that it can be made to say.
#[must_use]
pub fn fields(body: &Body) -> Vec<(&'static str, Value)> {
    let sample = |(field, text): (&'static str, &str)| {
        let value = text.parse::<u16>().map_or_else(|_| Value::from(text), Value::from);
        put(&mut body.clone(), field, &value).map(|()| (field, value))
    };
    SAMPLES.into_iter().filter_map(sample).collect()
}

/// Lets one field say something else. `None`, and nothing changes, where the message has no such field or the value does not
/// fit it. `text` is the token or key set that the message carries, whole.
pub(crate) fn put(body: &mut Body, field: &str, value: &Value) -> Option<()> {
    match field {
        "status" => put_status(body, value),
        "reason" => {
            answer_mut(body)?.reason = if value.is_null() { None } else { Some(Reason::parse(value.as_str()?)) };
            Some(())
        }
        "text" | "receipt" | "request" | "token" | "keys" => {
            *body.carried_mut()? = Arc::from(value.as_str()?);
            Some(())
        }
        "transaction" => {
            *transaction_mut(body)? = TransactionId::from(value.as_str()?);
            Some(())
        }
        "product" => {
            *product_mut(body)? = ProductId::parse(value.as_str()?).ok()?;
            Some(())
        }
        "price" => {
            *price_mut(body)? = value.as_str()?.parse::<Money>().ok()?;
            Some(())
        }
        "origin" => put_origin(body, value),
        "code" => put_code(body, value),
        _ => put_text(body, field, value.as_str()?),
    }
}

fn put_status(body: &mut Body, value: &Value) -> Option<()> {
    if let Body::VerifyAnswered { answer } = body {
        let word = value.as_str()?;
        if let Some(status) = Status::parse(word) {
            answer.status = status;
        } else {
            let told = serde_json::json!({ "status": word }).to_string();
            *body = Body::HttpAnswered { status: 200, body: told };
        }
        return Some(());
    }
    if let Body::NoticeAnswered { status, .. }
    | Body::BuyRefused { status, .. }
    | Body::ReceiptDenied { status, .. }
    | Body::ReissueAnswered { status, .. }
    | Body::HttpAnswered { status, .. } = body
    {
        *status = u16::try_from(value.as_u64()?).ok().filter(|status| (100..600).contains(status))?;
        return Some(());
    }
    None
}

/// The code with which a payment page ends; null for success. Any of the flow's codes, and no other.
fn put_code(body: &mut Body, value: &Value) -> Option<()> {
    let Body::WindowEnded { failure } = body else { return None };
    *failure = if value.is_null() { None } else { Some(flow_refusal(value.as_str()?)?) };
    Some(())
}

fn put_origin(body: &mut Body, value: &Value) -> Option<()> {
    let named = || Origin::parse(value.as_str()?).ok();
    if let Body::BuyAsked { origin, .. } = body {
        *origin = if value.is_null() { None } else { Some(named()?) };
        return Some(());
    }
    if let Body::StartAsked { origin, .. } = body {
        *origin = named()?;
        return Some(());
    }
    None
}

fn put_text(body: &mut Body, field: &str, text: &str) -> Option<()> {
    match (field, body) {
        ("body", Body::NoticeAnswered { body, .. } | Body::HttpAnswered { body, .. }) => text.clone_into(body),
        ("pin", Body::PinEntered { pin, .. }) => text.clone_into(pin),
        ("method", Body::VerifyAsked { method, .. }) => {
            *method = Method::ALL.into_iter().find(|method| method.name() == text)?;
        }
        ("word", Body::WindowPosted { status, .. }) => text.clone_into(status),
        ("name", Body::PriceShown { name, .. }) => text.clone_into(name),
        ("url", Body::NoticeSent { url, .. }) => *url = text.into(),
        ("answer", Body::ChargeAnswered { answer, .. }) => {
            *answer = match text {
                "charged" => ChargeAnswer::Charged,
                "declined" => ChargeAnswer::Declined,
                "led-elsewhere" => ChargeAnswer::LedElsewhere,
                "pending" => ChargeAnswer::Pending,
                _ => return None,
            }
        }
        _ => return None,
    }
    Some(())
}

fn answer_mut(body: &mut Body) -> Option<&mut StoreAnswer> {
    if let Body::VerifyAnswered { answer } | Body::ReissueAnswered { answer, .. } = body { Some(answer) } else { None }
}

fn price_mut(body: &mut Body) -> Option<&mut Money> {
    if let Body::PriceShown { price, .. } | Body::ChargeAsked { price, .. } | Body::RefundAsked { price, .. } = body {
        Some(price)
    } else {
        None
    }
}

fn product_mut(body: &mut Body) -> Option<&mut ProductId> {
    if let Body::BuyClicked { product }
    | Body::BuyAsked { product, .. }
    | Body::StartAsked { product, .. }
    | Body::AccessGranted { product }
    | Body::AccessRefused { product, .. }
    | Body::ReceiptHandedOver { product, .. }
    | Body::ReceiptPlanted { product, .. } = body
    {
        Some(product)
    } else {
        None
    }
}

fn transaction_mut(body: &mut Body) -> Option<&mut TransactionId> {
    if let Body::StartAnswered { transaction }
    | Body::BuyAnswered { transaction, .. }
    | Body::PriceShown { transaction, .. }
    | Body::PinEntered { transaction, .. }
    | Body::PinRefused { transaction, .. }
    | Body::CancelPressed { transaction }
    | Body::ChargeAsked { transaction, .. }
    | Body::ChargeAnswered { transaction, .. }
    | Body::NoticeSent { transaction, .. }
    | Body::NoticeAnswered { transaction, .. }
    | Body::OwnerMailed { transaction, .. }
    | Body::StatusAsked { transaction, .. }
    | Body::StatusAnswered { transaction, .. }
    | Body::ReceiptSought { transaction }
    | Body::ReceiptSupplied { transaction, .. }
    | Body::ReceiptDenied { transaction, .. }
    | Body::ReceiptRequested { transaction }
    | Body::ReceiptHandedOver { transaction, .. }
    | Body::RefundAsked { transaction, .. }
    | Body::RefundAnswered { transaction }
    | Body::ChargebackReported { transaction } = body
    {
        Some(transaction)
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::put;
    use crate::world::message::Body;

    #[test]
    fn a_payment_page_ends_with_a_code_of_the_flow_and_with_no_other() {
        let mut body = Body::WindowEnded { failure: None };
        assert_eq!(put(&mut body, "code", &"LOGIN_TIMEOUT".into()), Some(()));
        assert!(matches!(&body, Body::WindowEnded { failure: Some(refusal) } if refusal.code == "LOGIN_TIMEOUT"));
        assert_eq!(put(&mut body, "code", &"NEVER_HEARD_OF".into()), None);
        assert_eq!(put(&mut body, "code", &5.into()), None);
        assert!(matches!(&body, Body::WindowEnded { failure: Some(refusal) } if refusal.code == "LOGIN_TIMEOUT"));
        assert_eq!(put(&mut body, "code", &serde_json::Value::Null), Some(()));
        assert!(matches!(body, Body::WindowEnded { failure: None }));
        assert_eq!(put(&mut Body::KeysAsked, "code", &"LOGIN_TIMEOUT".into()), None);
    }
}
