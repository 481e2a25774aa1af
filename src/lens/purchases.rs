//! Purchases: which product and which price each message is about, learned from the messages themselves.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::protocol::id::{ProductId, TransactionId};
use crate::protocol::jwt::Jwt;
use crate::protocol::money::Money;
use crate::protocol::request::PayRequest;
use crate::world::message::{Body, Message, MessageId};

/// What the messages seen so far tell about the payments they belong to. Grows with each message; asks no party.
#[derive(Clone, Debug, Default)]
pub struct Purchases {
    by_transaction: BTreeMap<TransactionId, Purchase>,
    by_token: BTreeMap<Arc<str>, ProductId>,
    by_message: BTreeMap<MessageId, ProductId>,
    latest: Option<ProductId>,
}

#[derive(Clone, Debug, Default)]
struct Purchase {
    product: Option<ProductId>,
    price: Option<Money>,
}

impl Purchases {
    /// Takes in one message and says which product it is about. `None` before the first purchase.
    pub fn learn(&mut self, message: &Message) -> Option<ProductId> {
        let product = self.recognised(message).or_else(|| self.latest.clone());
        self.note(&message.body, product.as_ref());
        if let Some(product) = &product {
            self.by_message.insert(message.id, product.clone());
            self.latest = Some(product.clone());
        }
        product
    }

    /// The product that this message is about, once it has been learned.
    #[must_use]
    pub fn product_of(&self, message: MessageId) -> Option<&ProductId> {
        self.by_message.get(&message)
    }

    /// The product of a payment.
    #[must_use]
    pub fn product_of_transaction(&self, transaction: &TransactionId) -> Option<&ProductId> {
        self.by_transaction.get(transaction)?.product.as_ref()
    }

    /// What a payment costs, as the payment window showed it.
    #[must_use]
    pub fn price(&self, transaction: &TransactionId) -> Option<Money> {
        self.by_transaction.get(transaction)?.price
    }

    /// What the payment of this message costs, where the message names a payment.
    #[must_use]
    pub fn price_of(&self, body: &Body) -> Option<Money> {
        if let Subject::Transaction(transaction) = subject(body) { self.price(transaction) } else { None }
    }

    /// By what the message says, else by what it answers.
    fn recognised(&self, message: &Message) -> Option<ProductId> {
        let answered = || self.by_message.get(message.answers.as_ref()?).cloned();
        match subject(&message.body) {
            Subject::Product(product) => Some(product.clone()),
            Subject::Transaction(transaction) => self.product_of_transaction(transaction).cloned().or_else(answered),
            Subject::Token(token) => self.by_token.get(token).cloned().or_else(answered).or_else(|| asked_for(token)),
            Subject::Nothing => answered(),
        }
    }

    fn note(&mut self, body: &Body, product: Option<&ProductId>) {
        if let Subject::Transaction(transaction) = subject(body) {
            let purchase = self.by_transaction.entry(transaction.clone()).or_default();
            if purchase.product.is_none() {
                purchase.product = product.cloned();
            }
            if let Body::PriceShown { price, .. } | Body::ChargeAsked { price, .. } = body {
                purchase.price = Some(*price);
            }
        }
        if let (Some(token), Some(product)) = (token(body), product)
            && !self.by_token.contains_key(token)
        {
            self.by_token.insert(Arc::clone(token), product.clone());
        }
    }
}

/// The product that a pay request of somebody outside asks money for.
fn asked_for(token: &str) -> Option<ProductId> {
    let request: PayRequest = Jwt::parse(token).ok()?.unverified_claims().ok()?;
    Some(ProductId::for_foreign(&request.request.id))
}

/// What a body names.
enum Subject<'a> {
    Product(&'a ProductId),
    Transaction(&'a TransactionId),
    Token(&'a Arc<str>),
    Nothing,
}

fn subject(body: &Body) -> Subject<'_> {
    match body {
        Body::BuyClicked { product }
        | Body::BuyAsked { product, .. }
        | Body::StartAsked { product, .. }
        | Body::ReceiptJudged { product, .. }
        | Body::AccessGranted { product }
        | Body::AccessRefused { product, .. }
        | Body::ReceiptHandedOver { product, .. }
        | Body::ReceiptClaimed { product }
        | Body::ReceiptPlanted { product, .. } => Subject::Product(product),
        Body::StartAnswered { transaction }
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
        | Body::RefundAsked { transaction, .. }
        | Body::RefundAnswered { transaction }
        | Body::ChargebackReported { transaction } => Subject::Transaction(transaction),
        Body::WindowOpened { request: token }
        | Body::InstallAsked { receipt: token }
        | Body::ReplaceAsked { old: token, .. }
        | Body::VerifyAsked { receipt: token, .. }
        | Body::ReissueAsked { receipt: token } => Subject::Token(token),
        Body::PayCalled { requests } => requests.first().map_or(Subject::Nothing, Subject::Token),
        Body::KeysAsked
        | Body::KeysAnswered { .. }
        | Body::BuyRefused { .. }
        | Body::WindowClosed { .. }
        | Body::WindowAbandoned { .. }
        | Body::WindowEnded { .. }
        | Body::PaySettled { .. }
        | Body::InstallAnswered { .. }
        | Body::ReceiptsAsked
        | Body::ReceiptsAnswered { .. }
        | Body::VerifyAnswered { .. }
        | Body::HttpAnswered { .. }
        | Body::ProductsAsked { .. }
        | Body::ProductsAnswered { .. }
        | Body::TestReceiptAsked { .. }
        | Body::TestReceiptIssued { .. }
        | Body::StoreRefused { .. }
        | Body::HistoryAsked
        | Body::HistoryAnswered { .. }
        | Body::ReissueAnswered { .. }
        | Body::WindowPosted { .. }
        | Body::KeyRotated { .. } => Subject::Nothing,
    }
}

/// The token that this body brings into the world, so that whoever carries it on is recognised.
fn token(body: &Body) -> Option<&Arc<str>> {
    if let Body::BuyAnswered { request: token, .. }
    | Body::StatusAnswered { receipt: Some(token), .. }
    | Body::ReceiptSupplied { receipt: token, .. }
    | Body::ReceiptHandedOver { receipt: token, .. }
    | Body::ReceiptPlanted { receipt: token, .. }
    | Body::ReplaceAsked { new: token, .. } = body
    {
        return Some(token);
    }
    if let Body::ReissueAnswered { answer, .. } = body { answer.receipt.as_ref() } else { None }
}
