//! Messages: one arrow each, who says what to whom.

use std::sync::Arc;

use serde::{Deserialize, Serialize, Serializer};

use crate::protocol::id::{Kid, Origin, ProductId, TransactionId};
use crate::protocol::money::Money;
use crate::protocol::notice::NoticeKind;
use crate::protocol::payflow::Terms;
use crate::protocol::store_answer::StoreAnswer;
use crate::protocol::time::Time;
use crate::protocol::verdict::ladder::Verdict;
use crate::world::party::Party;
use crate::world::planted::Planted;
use crate::world::provenance::Provenance;
use crate::world::refusal::Refusal;
use crate::world::ware::Ware;

/// A message's place in the run: 0 for the first one sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct MessageId(pub u32);

/// One arrow: a body on its way from one party to another.
#[derive(Clone, Debug, Serialize)]
pub struct Message {
    /// Its place among all messages of the run.
    pub id: MessageId,
    /// The number people say: a brief answer shares the number of what it answers.
    pub number: u32,
    /// Who says it.
    pub from: Party,
    /// To whom. The sender itself, where a party acts alone.
    pub to: Party,
    /// When it left, true time.
    pub sent: Time,
    /// When it arrives, true time.
    pub due: Time,
    /// The message that it answers.
    pub answers: Option<MessageId>,
    /// Whether it crosses the edge of the stage by somebody who sits in no seat.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub crossing: Option<Crossing>,
    /// What it says.
    pub body: Body,
}

/// Which way a message crosses the edge of the stage.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Crossing {
    /// A program outside said it; it was recorded.
    In,
    /// It answers a program outside, and is for it alone: no party of the stage hears it.
    Out,
}

/// What a message says. The closed list of everything that can pass between the parties.
#[derive(Clone, Debug, Serialize)]
#[serde(tag = "says", rename_all = "kebab-case")]
pub enum Body {
    /// App page → Marketplace: asks for the store's public keys, beforehand.
    KeysAsked,
    /// Marketplace → App page: the JWK set.
    KeysAnswered {
        /// RFC 7517 JWK set as JSON.
        keys: Arc<str>,
    },
    /// Buyer → App page: clicks Buy.
    BuyClicked {
        /// What is bought.
        product: ProductId,
    },
    /// App page → App server: `POST /mozpay/product/{slug}/buy`.
    BuyAsked {
        /// What is bought.
        product: ProductId,
        /// The `Origin` header that a browser adds, and a program need not.
        #[serde(skip_serializing_if = "Option::is_none")]
        origin: Option<Origin>,
        /// What else tells where it comes from.
        #[serde(flatten)]
        provenance: Provenance,
    },
    /// App server → Marketplace: records the start of the transaction.
    StartAsked {
        /// What is bought.
        product: ProductId,
        /// The app it is bought in.
        origin: Origin,
    },
    /// Marketplace → App server: recorded.
    StartAnswered {
        /// The new transaction, pending.
        transaction: TransactionId,
    },
    /// App server → App page: the pay request.
    BuyAnswered {
        /// What the status URL names.
        transaction: TransactionId,
        /// The HS256 pay request.
        request: Arc<str>,
    },
    /// App server → App page, or Marketplace → App server: no.
    BuyRefused {
        /// HTTP status.
        status: u16,
        /// Why.
        refusal: Refusal,
    },
    /// App page → Device: `mozPay([jwt, …])`.
    PayCalled {
        /// The pay requests, one per provider that the app offers.
        requests: Vec<Arc<str>>,
    },
    /// Device → Marketplace: opens the payment flow with the pay request.
    WindowOpened {
        /// The pay request that the broker chose.
        request: Arc<str>,
    },
    /// Marketplace → Buyer: product and price in the trusted window.
    PriceShown {
        /// The payment.
        transaction: TransactionId,
        /// The product's name as the pay request gives it.
        name: String,
        /// What will be charged.
        price: Money,
        /// What the pay request comes to, as the flow accepted it.
        #[serde(skip)]
        terms: Terms,
        /// The message that opened this window.
        #[serde(skip)]
        opening: MessageId,
    },
    /// Buyer → Marketplace: confirms with the PIN.
    PinEntered {
        /// The payment.
        transaction: TransactionId,
        /// What was typed.
        pin: String,
    },
    /// Marketplace → Buyer: wrong PIN.
    PinRefused {
        /// The payment.
        transaction: TransactionId,
        /// Tries left; none: the window is locked for 300 s.
        left: u8,
    },
    /// Buyer → Marketplace: presses Cancel.
    CancelPressed {
        /// The payment.
        transaction: TransactionId,
    },
    /// Buyer → Device: closes the trusted window.
    WindowClosed {
        /// Which one: the message that opened it. No wire carries this, the page itself is meant.
        #[serde(skip)]
        opening: MessageId,
    },
    /// Device → Marketplace: the payment page was unloaded before it ended.
    WindowAbandoned {
        /// Which one: the message that opened it.
        #[serde(skip)]
        opening: MessageId,
    },
    /// Marketplace → Provider: charge.
    ChargeAsked {
        /// The payment.
        transaction: TransactionId,
        /// How much.
        price: Money,
    },
    /// Provider → Marketplace: charged, declined, pending.
    ChargeAnswered {
        /// The payment.
        transaction: TransactionId,
        /// Which of the three.
        answer: ChargeAnswer,
    },
    /// Marketplace → App server: `POST notice=<JWT>`.
    NoticeSent {
        /// The payment.
        transaction: TransactionId,
        /// Paid, or taken back.
        kind: NoticeKind,
        /// The HS256 notice.
        token: Arc<str>,
        /// 1 for the first delivery.
        attempt: u8,
        /// Where it is posted to.
        url: Arc<str>,
    },
    /// App server → Marketplace: the answer that counts only if it is right.
    NoticeAnswered {
        /// The payment.
        transaction: TransactionId,
        /// Paid, or taken back.
        kind: NoticeKind,
        /// HTTP status.
        status: u16,
        /// The whole body.
        body: String,
    },
    /// Marketplace → App server: the owner is told by mail that no delivery worked.
    OwnerMailed {
        /// The payment.
        transaction: TransactionId,
        /// How many deliveries were tried.
        attempts: u8,
    },
    /// Marketplace → Device: the payment page ends with `paymentSuccess()` or `paymentFailed(code)`.
    WindowEnded {
        /// `None` for success.
        failure: Option<Refusal>,
    },
    /// Device → App page: `mozPay` succeeded, or failed with an error name.
    PaySettled {
        /// `None` for success.
        failure: Option<Refusal>,
    },
    /// App page → App server: `GET /mozpay/transaction/{id}`.
    StatusAsked {
        /// Which payment.
        transaction: TransactionId,
        /// 1 for the first poll.
        poll: u32,
    },
    /// App server → App page: pending, or completed with the receipt.
    StatusAnswered {
        /// Which payment.
        transaction: TransactionId,
        /// The receipt, when completed.
        receipt: Option<Arc<str>>,
    },
    /// App server → Marketplace: wants the receipt of a completed payment.
    ReceiptSought {
        /// Which payment.
        transaction: TransactionId,
    },
    /// Marketplace → App server: the signed receipt.
    ReceiptSupplied {
        /// Which payment.
        transaction: TransactionId,
        /// Bare, or `cert~receipt`.
        receipt: Arc<str>,
    },
    /// Marketplace → App server, or → Buyer: no receipt.
    ReceiptDenied {
        /// Which payment.
        transaction: TransactionId,
        /// HTTP status.
        status: u16,
        /// Why.
        refusal: Refusal,
    },
    /// App page → Device: `addReceipt(receipt)`.
    InstallAsked {
        /// Bare, or `cert~receipt`.
        receipt: Arc<str>,
    },
    /// App page → Device: `replaceReceipt(old, new)`.
    ReplaceAsked {
        /// What is stored.
        old: Arc<str>,
        /// What replaces it.
        new: Arc<str>,
    },
    /// Device → App page: stored, or an error name.
    InstallAnswered {
        /// `None` for success.
        error: Option<Refusal>,
    },
    /// App page → Device: `getSelf().receipts`.
    ReceiptsAsked,
    /// Device → App page: what is stored for this app.
    ReceiptsAnswered {
        /// In the order in which they were added.
        receipts: Vec<Arc<str>>,
    },
    /// App page → itself: the ladder has been climbed.
    ReceiptJudged {
        /// The product in question.
        product: ProductId,
        /// The receipt that was judged.
        receipt: Arc<str>,
        /// What came out.
        #[serde(serialize_with = "in_short")]
        verdict: Arc<Verdict>,
    },
    /// App page → Marketplace: `POST` to the verify URL, the whole receipt as the body.
    VerifyAsked {
        /// The receipt that is asked about.
        receipt: Arc<str>,
        /// The path that is posted to, where it is not the one that the store's receipts name.
        #[serde(skip_serializing_if = "Option::is_none")]
        path: Option<Arc<str>>,
        /// How it is asked. Anything but `POST` carries no receipt; its address alone is taken from one.
        #[serde(skip_serializing_if = "Method::is_post")]
        method: Method,
    },
    /// Marketplace → App page: what the store says.
    VerifyAnswered {
        /// Status and reason.
        answer: StoreAnswer,
    },
    /// App page → Buyer: the product is open.
    AccessGranted {
        /// Which product.
        product: ProductId,
    },
    /// App page → Buyer: the product stays closed, or closes again.
    AccessRefused {
        /// Which product.
        product: ProductId,
        /// Why.
        refusal: Refusal,
    },
    /// Buyer → Marketplace: opens the list of completed in-app payments.
    HistoryAsked,
    /// Marketplace → Buyer: the list.
    HistoryAnswered {
        /// Completed payments, oldest first.
        transactions: Vec<TransactionId>,
    },
    /// Buyer → Marketplace: wants the receipt of one again.
    ReceiptRequested {
        /// Which payment.
        transaction: TransactionId,
    },
    /// Marketplace → App page: the receipt from the history.
    ReceiptHandedOver {
        /// Which payment.
        transaction: TransactionId,
        /// Which product.
        product: ProductId,
        /// Bare, or `cert~receipt`.
        receipt: Arc<str>,
    },
    /// App page → Marketplace: `POST` to the reissue URL.
    ReissueAsked {
        /// The old receipt.
        receipt: Arc<str>,
    },
    /// Marketplace → App page: a fresh receipt, or why not.
    ReissueAnswered {
        /// HTTP status.
        status: u16,
        /// Status, reason and the new receipt.
        answer: StoreAnswer,
    },
    /// Marketplace → Provider: give the money back.
    RefundAsked {
        /// The payment.
        transaction: TransactionId,
        /// How much.
        price: Money,
    },
    /// Provider → Marketplace: given back.
    RefundAnswered {
        /// The payment.
        transaction: TransactionId,
    },
    /// Provider → Marketplace: the buyer's bank took the money back.
    ChargebackReported {
        /// The payment.
        transaction: TransactionId,
    },
    /// Marketplace → App page: the receipt key has changed.
    KeyRotated {
        /// The key that signs no more.
        old: Kid,
        /// Since when.
        at: Time,
    },
    /// Buyer → Device: a receipt from elsewhere is put into the store.
    ReceiptPlanted {
        /// The product that it shall open.
        product: ProductId,
        /// What it is.
        kind: Planted,
        /// The text.
        receipt: Arc<str>,
    },
    /// Device → App page: a window has called `postMessage`, the payment page or any other.
    WindowPosted {
        /// Where that window's page is from, as the browser says.
        origin: Origin,
        /// What it says: `ok`, `failed`, `unloaded`, or something else.
        status: String,
        /// The code beside `failed`.
        #[serde(rename = "errorCode", skip_serializing_if = "Option::is_none")]
        code: Option<String>,
    },
    /// A server → whoever asked: an HTTP answer that is not what was asked for.
    HttpAnswered {
        /// HTTP status.
        status: u16,
        /// The whole body.
        body: String,
    },
    /// App page → Marketplace: wants the in-app products of an app, or one of them.
    ProductsAsked {
        /// Whose; `None`: those that are there for trying out payments.
        #[serde(skip_serializing_if = "Option::is_none")]
        origin: Option<String>,
        /// Only this one.
        #[serde(skip_serializing_if = "Option::is_none")]
        product: Option<ProductId>,
    },
    /// Marketplace → App page: the products.
    ProductsAnswered {
        /// In shop order.
        products: Vec<Ware>,
        /// Whether a list was asked for, even of one.
        is_list: bool,
    },
    /// App page → Marketplace: wants the receipt of a product that its buyer has bought already.
    ReceiptClaimed {
        /// Which product.
        product: ProductId,
    },
    /// App page → Marketplace: wants a receipt for trying things out, which proves no payment.
    TestReceiptAsked {
        /// The address of the app's manifest.
        manifest: String,
        /// What its verify address shall answer: `ok`, `expired`, `invalid`, `refunded`; or `none` for no receipt.
        kind: String,
    },
    /// Marketplace → App page: such a receipt; nothing, where `none` was asked for.
    TestReceiptIssued {
        /// Of typ `test-receipt`.
        receipt: Option<Arc<str>>,
    },
    /// Marketplace → App page: no to one of its questions about products and receipts.
    StoreRefused {
        /// HTTP status.
        status: u16,
        /// Why.
        refusal: Refusal,
    },
}

/// How the verify service is called.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum Method {
    /// As it should be.
    #[default]
    Post,
    /// As a browser opens a page.
    Get,
    /// As a browser asks beforehand whether a page may ask at all (CORS preflight).
    Options,
}

impl Method {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Post, Self::Get, Self::Options];

    /// Its name on the wire.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Post => "POST",
            Self::Get => "GET",
            Self::Options => "OPTIONS",
        }
    }

    #[expect(clippy::trivially_copy_pass_by_ref, reason = "serde hands fields over by reference")]
    fn is_post(&self) -> bool {
        *self == Self::Post
    }
}

/// What the provider says to a charge.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum ChargeAnswer {
    /// The money has moved.
    Charged,
    /// The money will not move.
    Declined,
    /// The buyer is to be led to another site first.
    LedElsewhere,
    /// Not yet known.
    Pending,
}

/// A verdict in the trace is its outcome; the whole ladder follows from the receipt.
fn in_short<S: Serializer>(verdict: &Arc<Verdict>, serializer: S) -> Result<S::Ok, S::Error> {
    (verdict.is_accepted(), verdict.code()).serialize(serializer)
}
