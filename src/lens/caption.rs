//! Captions: one plain sentence for each message, for somebody who sees this flow for the first time.

use crate::lens::badge::BadgeKind;
use crate::lens::failure::Failure;
use crate::lens::flow::Row;
use crate::lens::label::{brief, clipped, counted};
use crate::lens::purchases::Purchases;
use crate::lens::sayings::Saying;
use crate::protocol::id::TransactionId;
use crate::protocol::notice::{Heard, NoticeKind};
use crate::protocol::rules::NoticeRules;
use crate::protocol::store_answer::Status;
use crate::world::catalog::Catalog;
use crate::world::message::{Body, ChargeAnswer, Message};
use crate::world::planted::Planted;
use crate::world::refusal::Stop;
use crate::world::setup::Setup;

/// No caption has more words.
pub const CAPTION_WORDS_MAX: usize = 20;
/// A product's name may be any text; a caption has room for so much of it.
const NAME_WORDS_MAX: usize = 3;
const NAME_CHARS_MAX: usize = 28;

/// What a message says, in words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Caption {
    /// One sentence of at most 20 words, without a full stop.
    pub sentence: String,
    /// The historic code, where the message is a no.
    pub code: Option<&'static str>,
}

/// Who can tell a message: the cast, and what the messages before it told.
#[derive(Clone, Copy, Debug)]
pub struct Teller<'a> {
    setup: &'a Setup,
    catalog: &'a Catalog,
    purchases: &'a Purchases,
}

impl<'a> Teller<'a> {
    /// A teller of this run. `purchases` comes from the flow that holds the message.
    #[must_use]
    pub fn new(setup: &'a Setup, catalog: &'a Catalog, purchases: &'a Purchases) -> Self {
        Self { setup, catalog, purchases }
    }

    /// The caption of one message.
    #[must_use]
    pub fn caption(&self, message: &Message) -> Caption {
        match Failure::of(&message.body) {
            Some(Failure { sentence, code, .. }) => {
                Caption { sentence: sentence.to_owned(), code: (!code.is_empty()).then_some(code) }
            }
            None => {
                Caption { sentence: self.filled(saying(&message.body, self.notice_rules()).now, message), code: None }
            }
        }
    }

    /// The caption of an arrow after `taken` steps: of its brief answer, where that says more than the question.
    #[must_use]
    pub fn row_caption(&self, row: &Row, taken: usize) -> Caption {
        if row.badge_at(taken).is_some_and(|badge| badge.kind == BadgeKind::GaveUp) {
            let code = Stop::PollingGivenUp.code();
            return Caption { sentence: Saying::POLLING_GIVEN_UP.now.to_owned(), code: Some(code) };
        }
        match row.answer_at(taken) {
            Some(answer) if says_more(&answer.body, self.notice_rules()) => self.caption(answer),
            Some(_) | None => self.caption(&row.message),
        }
    }

    /// What comes, as a phrase after "next:". `message` is the one that will be delivered next.
    #[must_use]
    pub fn coming(&self, message: &Message) -> String {
        self.filled(saying(&message.body, self.notice_rules()).next, message)
    }

    fn notice_rules(&self) -> &'static NoticeRules {
        &self.setup.rules().notice
    }

    fn filled(&self, template: &str, message: &Message) -> String {
        let mut text = String::with_capacity(template.len() + 32);
        let mut rest = template;
        while let Some((before, after)) = rest.split_once('{') {
            let (slot, after) = after.split_once('}').unwrap_or((after, ""));
            text.push_str(before);
            text.push_str(&self.filling(slot, message));
            rest = after;
        }
        text.push_str(rest);
        text
    }

    fn filling(&self, slot: &str, message: &Message) -> String {
        match slot {
            "server" => if self.setup.is_hosted() { "payment server" } else { "app server" }.to_owned(),
            "product" => self.product(message),
            "price" => self.price(message),
            "transaction" => transaction(&message.body),
            "n" => number(&message.body),
            _ => what(&message.body),
        }
    }

    fn product(&self, message: &Message) -> String {
        if let Body::PriceShown { name, .. } = &message.body {
            return short_name(name);
        }
        let product = self.purchases.product_of(message.id);
        match product.map(|id| (id, self.catalog.product(id))) {
            Some((_, Some(product))) => short_name(product.name),
            Some((id, None)) => short_name(id.as_str()),
            None => "the product".to_owned(),
        }
    }

    fn price(&self, message: &Message) -> String {
        let price = if let Body::PriceShown { price, .. }
        | Body::ChargeAsked { price, .. }
        | Body::RefundAsked { price, .. } = &message.body
        {
            Some(*price)
        } else if let Body::PinEntered { transaction, .. } = &message.body {
            self.purchases.price(transaction)
        } else {
            None
        };
        price.map_or_else(|| "the price".to_owned(), |price| price.to_string())
    }
}

fn saying(body: &Body, rules: &NoticeRules) -> Saying {
    match body {
        Body::KeysAsked => Saying::KEYS_ASKED,
        Body::KeysAnswered { .. } => Saying::KEYS_ANSWERED,
        Body::BuyClicked { .. } => Saying::BUY_CLICKED,
        Body::BuyAsked { .. } => Saying::BUY_ASKED,
        Body::StartAsked { .. } => Saying::START_ASKED,
        Body::StartAnswered { .. } => Saying::START_ANSWERED,
        Body::BuyAnswered { .. } => Saying::BUY_ANSWERED,
        Body::BuyRefused { .. } => Saying::BUY_REFUSED,
        Body::PayCalled { .. } => Saying::PAY_CALLED,
        Body::WindowOpened { .. } => Saying::WINDOW_OPENED,
        Body::PriceShown { .. } => Saying::PRICE_SHOWN,
        Body::PinEntered { .. } => Saying::PIN_ENTERED,
        Body::PinRefused { left: 0, .. } => Saying::PIN_LOCKED,
        Body::PinRefused { .. } => Saying::PIN_REFUSED,
        Body::CancelPressed { .. } => Saying::CANCEL_PRESSED,
        Body::WindowClosed { .. } => Saying::WINDOW_CLOSED,
        Body::WindowAbandoned { .. } => Saying::WINDOW_ABANDONED,
        Body::ChargeAsked { .. } => Saying::CHARGE_ASKED,
        Body::ChargeAnswered { answer, .. } => charge(*answer),
        Body::NoticeSent { kind, attempt, .. } => notice(*kind, *attempt),
        Body::NoticeAnswered { .. } => notice_answer(body, rules),
        Body::OwnerMailed { .. } => Saying::OWNER_MAILED,
        Body::WindowEnded { failure: None } => Saying::WINDOW_SUCCEEDED,
        Body::WindowEnded { failure: Some(_) } => Saying::WINDOW_FAILED,
        Body::PaySettled { failure: None } => Saying::PAY_SUCCEEDED,
        Body::PaySettled { failure: Some(_) } => Saying::PAY_FAILED,
        Body::StatusAsked { .. } => Saying::STATUS_ASKED,
        Body::StatusAnswered { receipt: None, .. } => Saying::STATUS_PENDING,
        Body::StatusAnswered { receipt: Some(_), .. } => Saying::STATUS_COMPLETED,
        Body::ReceiptSought { .. } => Saying::RECEIPT_SOUGHT,
        Body::ReceiptSupplied { .. } => Saying::RECEIPT_SUPPLIED,
        Body::ReceiptDenied { .. } => Saying::RECEIPT_DENIED,
        Body::InstallAsked { .. } => Saying::INSTALL_ASKED,
        Body::ReplaceAsked { .. } => Saying::REPLACE_ASKED,
        Body::InstallAnswered { error: None } => Saying::INSTALLED,
        Body::InstallAnswered { error: Some(_) } => Saying::NOT_INSTALLED,
        Body::ReceiptsAsked => Saying::RECEIPTS_ASKED,
        Body::ReceiptsAnswered { .. } => Saying::RECEIPTS_ANSWERED,
        Body::ReceiptJudged { verdict, .. } if verdict.is_accepted() => Saying::RECEIPT_ACCEPTED,
        Body::ReceiptJudged { verdict, .. } if verdict.is_waiting_for_store() => Saying::RECEIPT_SOUND,
        Body::ReceiptJudged { .. } => Saying::RECEIPT_REJECTED,
        Body::VerifyAsked { .. } => Saying::VERIFY_ASKED,
        Body::VerifyAnswered { answer } => verify_answer(answer.status),
        Body::AccessGranted { .. } => Saying::ACCESS_GRANTED,
        Body::AccessRefused { .. } => Saying::ACCESS_REFUSED,
        Body::HistoryAsked => Saying::HISTORY_ASKED,
        Body::HistoryAnswered { .. } => Saying::HISTORY_ANSWERED,
        Body::ReceiptRequested { .. } => Saying::RECEIPT_REQUESTED,
        Body::ReceiptHandedOver { .. } => Saying::RECEIPT_HANDED_OVER,
        Body::ReissueAsked { .. } => Saying::REISSUE_ASKED,
        Body::ReissueAnswered { answer, .. } if answer.receipt.is_some() => Saying::REISSUED,
        Body::ReissueAnswered { .. } => Saying::NOT_REISSUED,
        Body::RefundAsked { .. } => Saying::REFUND_ASKED,
        Body::RefundAnswered { .. } => Saying::REFUND_ANSWERED,
        Body::ChargebackReported { .. } => Saying::CHARGEBACK_REPORTED,
        Body::KeyRotated { .. } => Saying::KEY_ROTATED,
        Body::WindowPosted { .. } => Saying::WINDOW_POSTED,
        Body::HttpAnswered { .. } => Saying::HTTP_ANSWERED,
        Body::ProductsAsked { .. } => Saying::PRODUCTS_ASKED,
        Body::ProductsAnswered { .. } => Saying::PRODUCTS_ANSWERED,
        Body::ReceiptClaimed { .. } => Saying::RECEIPT_CLAIMED,
        Body::TestReceiptAsked { .. } => Saying::TEST_RECEIPT_ASKED,
        Body::TestReceiptIssued { .. } => Saying::TEST_RECEIPT_ISSUED,
        Body::StoreRefused { .. } => Saying::STORE_REFUSED,
        Body::ReceiptPlanted { .. } => Saying::RECEIPT_PLANTED,
    }
}

fn charge(answer: ChargeAnswer) -> Saying {
    match answer {
        ChargeAnswer::Charged => Saying::CHARGED,
        ChargeAnswer::Declined => Saying::DECLINED,
        ChargeAnswer::LedElsewhere => Saying::LED_ELSEWHERE,
        ChargeAnswer::Pending => Saying::CHARGE_PENDING,
    }
}

fn notice(kind: NoticeKind, attempt: u8) -> Saying {
    match (kind, attempt) {
        (NoticeKind::Postback, 0 | 1) => Saying::NOTICE_SENT,
        (NoticeKind::Chargeback, 0 | 1) => Saying::TAKEN_BACK_SENT,
        (NoticeKind::Postback | NoticeKind::Chargeback, _) => Saying::NOTICE_REPEATED,
    }
}

fn notice_answer(answer: &Body, rules: &NoticeRules) -> Saying {
    let Body::NoticeAnswered { transaction, status, body, .. } = answer else { return Saying::NOTICE_MISANSWERED };
    if is_understood(rules, *status, body, transaction) {
        Saying::NOTICE_ACCEPTED
    } else if *status == 0 {
        Saying::NOTICE_UNANSWERED
    } else if (200..300).contains(status) {
        Saying::NOTICE_MISANSWERED
    } else {
        Saying::NOTICE_FAILED
    }
}

fn is_understood(rules: &NoticeRules, status: u16, body: &str, transaction: &TransactionId) -> bool {
    rules.reading(status, body, transaction.as_str()) == Heard::Acknowledged
}

fn verify_answer(status: Status) -> Saying {
    match status {
        Status::Ok => Saying::VERIFY_OK,
        Status::Pending => Saying::VERIFY_PENDING,
        Status::Refunded | Status::Expired | Status::Invalid => Saying::VERIFY_BAD,
    }
}

/// Whether an arrow with its brief answer is better told by the answer.
fn says_more(answer: &Body, rules: &NoticeRules) -> bool {
    if let Body::ChargeAnswered { answer, .. } = answer {
        return *answer != ChargeAnswer::Charged;
    }
    if let Body::NoticeAnswered { transaction, status, body, .. } = answer {
        return !is_understood(rules, *status, body, transaction);
    }
    matches!(
        answer,
        Body::StatusAnswered { .. }
            | Body::ReceiptSupplied { .. }
            | Body::ReceiptDenied { .. }
            | Body::InstallAnswered { error: Some(_) }
            | Body::VerifyAnswered { .. }
            | Body::HistoryAnswered { .. }
            | Body::HttpAnswered { .. }
            | Body::ProductsAnswered { .. }
            | Body::StoreRefused { .. }
    )
}

fn transaction(body: &Body) -> String {
    if let Body::StartAnswered { transaction } = body { brief(transaction) } else { String::new() }
}

fn number(body: &Body) -> String {
    if let Body::NoticeSent { attempt, .. } = body {
        return attempt.to_string();
    }
    if let Body::NoticeAnswered { status, .. } = body { status.to_string() } else { String::new() }
}

/// The one phrase that only this kind of message needs.
fn what(body: &Body) -> String {
    if let Body::PinRefused { left, .. } = body {
        return if *left == 1 { "one try is left".to_owned() } else { format!("{left} tries are left") };
    }
    if let Body::OwnerMailed { attempts, .. } = body {
        return if *attempts == 1 { "one try".to_owned() } else { format!("{attempts} tries") };
    }
    if let Body::ReceiptsAnswered { receipts } = body {
        return counted(receipts.len(), "receipt");
    }
    if let Body::ProductsAnswered { products, .. } = body {
        return counted(products.len(), "product");
    }
    if let Body::HistoryAnswered { transactions } = body {
        return counted(transactions.len(), "completed purchase");
    }
    if let Body::ReceiptPlanted { kind, .. } = body { planted(kind).to_owned() } else { String::new() }
}

fn planted(kind: &Planted) -> &'static str {
    match kind {
        Planted::OtherApp => "was bought in another app",
        Planted::OtherUser => "somebody else bought",
        Planted::Forged => "was not signed by the store, though it says so",
        Planted::Edited => "was edited after the store signed it",
        Planted::Unsigned => "nobody signed",
        Planted::Expired => "is genuine, but out of date",
        Planted::Test => "was made for tests and proves no payment",
        Planted::TooLong => "is genuine, but far too long",
        Planted::TwoCertificates => "is genuine, behind one certificate too many",
        Planted::Crafted(craft) => craft.meaning(),
        Planted::Text(_) => "may be no receipt at all",
    }
}

/// At most three words and 28 characters of a name.
fn short_name(name: &str) -> String {
    let words: Vec<&str> = name.split_whitespace().collect();
    match words.get(..NAME_WORDS_MAX) {
        Some(first) if words.len() > NAME_WORDS_MAX => clipped(&format!("{}…", first.join(" ")), NAME_CHARS_MAX),
        Some(_) | None => clipped(&words.join(" "), NAME_CHARS_MAX),
    }
}
