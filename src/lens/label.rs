//! Labels: the few words on an arrow, short enough to stand between two lanes.

use crate::protocol::id::TransactionId;
use crate::protocol::jwt::{Jwt, MAX_INSPECT_BYTES};
use crate::protocol::money::Money;
use crate::protocol::notice::NoticeKind;
use crate::protocol::store_answer::StoreAnswer;
use crate::protocol::verdict::ladder::Verdict;
use crate::world::message::{Body, ChargeAnswer};
use crate::world::planted::Planted;

/// No label is longer, in characters.
pub const LABEL_CHARS_MAX: usize = 34;

/// The words on the arrow. `price` is what the payment of this message costs, where that is known.
#[must_use]
pub fn label(body: &Body, price: Option<Money>) -> String {
    let words = match body {
        Body::KeysAsked => "GET …/jwks.json".to_owned(),
        Body::KeysAnswered { .. } => "200 · public keys".to_owned(),
        Body::BuyClicked { .. } => "clicks Buy".to_owned(),
        Body::BuyAsked { product, .. } => format!("POST …/{}/buy", clipped(product.as_str(), 22)),
        Body::StartAsked { .. } => "record start".to_owned(),
        Body::StartAnswered { transaction } => format!("recorded as {}", brief(transaction)),
        Body::BuyAnswered { request, .. } => format!("200 · pay request{}", algorithm(request)),
        Body::BuyRefused { status, .. } | Body::StoreRefused { status, .. } => format!("{status} · refused"),
        Body::PayCalled { requests } => pay_call(requests.len()),
        Body::WindowOpened { .. } => "pay request".to_owned(),
        Body::PriceShown { name, price, .. } => format!("shows {}, {price}", clipped(name, 16)),
        Body::PinEntered { .. } => confirmation(price),
        Body::PinRefused { left, .. } => wrong_pin(*left),
        Body::CancelPressed { .. } => "presses Cancel".to_owned(),
        Body::WindowClosed { .. } => "closes the window".to_owned(),
        Body::WindowAbandoned { .. } => "window is gone".to_owned(),
        Body::ChargeAsked { price, .. } => format!("charge {price}"),
        Body::ChargeAnswered { answer, .. } => charge_word(*answer).to_owned(),
        Body::NoticeSent { kind, .. } => notice_word(*kind).to_owned(),
        Body::NoticeAnswered { status: 0, .. } | Body::HttpAnswered { status: 0, .. } => "no answer".to_owned(),
        Body::NoticeAnswered { status, body, .. } => format!("{status}{}", spoken_body(body)),
        Body::OwnerMailed { .. } => "mail: notice not delivered".to_owned(),
        Body::WindowEnded { failure } => choose(failure.is_none(), "paymentSuccess()", "paymentFailed()"),
        Body::PaySettled { failure } => choose(failure.is_none(), "mozPay succeeds", "mozPay fails"),
        Body::StatusAsked { .. } => "GET …/status".to_owned(),
        Body::StatusAnswered { receipt, .. } => status(receipt.as_deref()),
        Body::ReceiptSought { transaction } => format!("wants receipt of {}", brief(transaction)),
        Body::ReceiptSupplied { receipt, .. } => format!("receipt{}", algorithm(receipt)),
        Body::ReceiptDenied { status, .. } => format!("{status} · no receipt"),
        Body::InstallAsked { .. } => "install receipt".to_owned(),
        Body::ReplaceAsked { .. } => "replace receipt".to_owned(),
        Body::InstallAnswered { error } => choose(error.is_none(), "stored", "not stored"),
        Body::ReceiptsAsked => "asks for its receipts".to_owned(),
        Body::ReceiptsAnswered { receipts } => counted(receipts.len(), "receipt"),
        Body::ReceiptJudged { verdict, .. } => judged(verdict).to_owned(),
        Body::VerifyAsked { .. } => "POST …/verify".to_owned(),
        Body::VerifyAnswered { answer } => format!("200 · {}", answer.status.as_str()),
        Body::AccessGranted { .. } => "access granted".to_owned(),
        Body::AccessRefused { .. } => "access refused".to_owned(),
        Body::HistoryAsked => "GET …/purchases".to_owned(),
        Body::HistoryAnswered { transactions } => counted(transactions.len(), "purchase"),
        Body::ReceiptRequested { transaction } => format!("wants receipt of {} again", brief(transaction)),
        Body::ReceiptHandedOver { receipt, .. } => format!("receipt from history{}", algorithm(receipt)),
        Body::ReissueAsked { .. } => "POST …/reissue".to_owned(),
        Body::ReissueAnswered { status, answer } => reissued(*status, answer),
        Body::RefundAsked { price, .. } => format!("give back {price}"),
        Body::RefundAnswered { .. } => "given back".to_owned(),
        Body::ChargebackReported { transaction } => format!("chargeback of {}", brief(transaction)),
        Body::KeyRotated { .. } => "receipt key changed".to_owned(),
        Body::WindowPosted { status, .. } => format!("postMessage · {status}"),
        Body::HttpAnswered { status, .. } => format!("{status} · not what was asked for"),
        Body::ProductsAsked { product: None, .. } => "GET …/in-app/".to_owned(),
        Body::ProductsAsked { product: Some(product), .. } => format!("GET …/in-app/{product}/"),
        Body::ProductsAnswered { products, .. } => counted(products.len(), "product"),
        Body::ReceiptClaimed { .. } => "POST …/receipts/install/".to_owned(),
        Body::TestReceiptAsked { .. } => "POST …/receipts/test/".to_owned(),
        Body::TestReceiptIssued { .. } => "201 · test receipt".to_owned(),
        Body::ReceiptPlanted { kind, .. } => format!("plants receipt · {}", planted_word(kind)),
    };
    clipped(&words, LABEL_CHARS_MAX)
}

/// The words on an arrow that carries its brief answer too: what was asked, and what came of it.
#[must_use]
pub fn answered_label(question: &Body, answer: &Body, price: Option<Money>) -> String {
    let asked = label(question, price);
    let words = if let Body::StartAnswered { transaction } = answer {
        format!("record start of {}", brief(transaction))
    } else if let Body::ReceiptSupplied { receipt, .. } = answer {
        format!("receipt → signed{}", algorithm(receipt))
    } else if let Body::NoticeAnswered { .. } = answer {
        format!("{asked} → {}", label(answer, None))
    } else {
        match outcome(answer) {
            Some(outcome) => format!("{asked} · {outcome}"),
            None => asked,
        }
    };
    clipped(&words, LABEL_CHARS_MAX)
}

/// What a brief answer adds in a word; nothing where it only says that all went well.
fn outcome(answer: &Body) -> Option<String> {
    if let Body::ChargeAnswered { answer, .. } = answer {
        return (*answer != ChargeAnswer::Charged).then(|| charge_word(*answer).to_owned());
    }
    if let Body::StatusAnswered { receipt: None, .. } = answer {
        return Some("pending".to_owned());
    }
    if let Body::ReceiptDenied { status, .. } = answer {
        return Some(status.to_string());
    }
    if let Body::InstallAnswered { error: Some(_) } = answer {
        return Some("not stored".to_owned());
    }
    if let Body::ReceiptsAnswered { receipts } = answer {
        return Some(receipts.len().to_string());
    }
    if let Body::ProductsAnswered { products, .. } = answer {
        return Some(products.len().to_string());
    }
    if let Body::HttpAnswered { status, .. } | Body::StoreRefused { status, .. } = answer {
        return Some(status.to_string());
    }
    if let Body::VerifyAnswered { answer } = answer {
        return Some(answer.status.as_str().to_owned());
    }
    if let Body::HistoryAnswered { transactions } = answer {
        return Some(transactions.len().to_string());
    }
    None
}

/// The first four characters of a transaction's id, as the lists show it.
#[must_use]
pub fn brief(transaction: &TransactionId) -> String {
    let text = transaction.as_str();
    match text.char_indices().nth(4) {
        Some((cut, _)) => format!("{}…", text.get(..cut).unwrap_or_default()),
        None => text.to_owned(),
    }
}

/// The text, cut to so many characters with an ellipsis as the last of them.
#[must_use]
pub fn clipped(text: &str, chars_max: usize) -> String {
    if text.chars().count() <= chars_max {
        return text.to_owned();
    }
    let mut short: String = text.chars().take(chars_max.saturating_sub(1)).collect();
    short.truncate(short.trim_end().len());
    short.push('…');
    short
}

/// `1 receipt`, `2 receipts`.
#[must_use]
pub(crate) fn counted(count: usize, noun: &str) -> String {
    if count == 1 { format!("1 {noun}") } else { format!("{count} {noun}s") }
}

/// ` (EdDSA)`, as the token's own header says; nothing where it cannot be read.
fn algorithm(token: &str) -> String {
    let last = token.rsplit('~').next().unwrap_or_default();
    match Jwt::parse_within(last, MAX_INSPECT_BYTES) {
        Ok(jwt) => format!(" ({})", clipped(&jwt.unverified_header().alg, 7)),
        Err(_) => String::new(),
    }
}

fn choose(is_well: bool, well: &str, badly: &str) -> String {
    if is_well { well } else { badly }.to_owned()
}

fn confirmation(price: Option<Money>) -> String {
    match price {
        Some(price) => format!("confirms {price}, PIN"),
        None => "confirms with PIN".to_owned(),
    }
}

fn wrong_pin(left: u8) -> String {
    match left {
        0 => "wrong PIN, locked".to_owned(),
        1 => "wrong PIN, 1 try left".to_owned(),
        left => format!("wrong PIN, {left} tries left"),
    }
}

fn judged(verdict: &Verdict) -> &'static str {
    if verdict.is_accepted() {
        "checks receipt · accepted"
    } else if verdict.is_waiting_for_store() {
        "checks receipt · sound so far"
    } else {
        "checks receipt · refused"
    }
}

fn status(receipt: Option<&str>) -> String {
    match receipt {
        Some(receipt) => format!("200 · completed + receipt{}", algorithm(receipt)),
        None => "200 · pending".to_owned(),
    }
}

fn pay_call(requests: usize) -> String {
    if requests == 1 { "mozPay([jwt])".to_owned() } else { format!("mozPay([{requests} jwts])") }
}

fn charge_word(answer: ChargeAnswer) -> &'static str {
    match answer {
        ChargeAnswer::Charged => "charged",
        ChargeAnswer::Declined => "declined",
        ChargeAnswer::LedElsewhere => "led elsewhere",
        ChargeAnswer::Pending => "pending",
    }
}

fn notice_word(kind: NoticeKind) -> &'static str {
    match kind {
        NoticeKind::Postback => "notice",
        NoticeKind::Chargeback => "taken-back notice",
    }
}

/// A body in quotes; an id is known by its beginning.
fn spoken_body(body: &str) -> String {
    match body.trim() {
        "" => String::new(),
        text if text.chars().count() <= 8 => format!(" \"{text}\""),
        text => format!(" \"{}…\"", text.chars().take(4).collect::<String>()),
    }
}

fn reissued(status: u16, answer: &StoreAnswer) -> String {
    match &answer.receipt {
        Some(receipt) => format!("{status} · fresh receipt{}", algorithm(receipt)),
        None => format!("{status} · {}", answer.status.as_str()),
    }
}

fn planted_word(kind: &Planted) -> &'static str {
    match kind {
        Planted::OtherApp => "other app's",
        Planted::OtherUser => "somebody's",
        Planted::Forged => "forged",
        Planted::Edited => "edited",
        Planted::Unsigned => "unsigned",
        Planted::Expired => "expired",
        Planted::Test => "test",
        Planted::TooLong => "endless",
        Planted::TwoCertificates => "doubly certified",
        Planted::Crafted(craft) => craft.label(),
        Planted::Text(_) => "any text",
    }
}
