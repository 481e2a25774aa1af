//! Knowledge: who knows what, filled as messages pass.
//!
//! A party knows a fact from the moment at which a message with it arrives there. What a party could work out is not told, only
//! what it was given.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::protocol::chain::Chain;
use crate::protocol::identity::{ANONYMOUS_USER, Recognisable, looks_like_identifier};
use crate::protocol::receipt::Receipt;
use crate::protocol::time::Time;
use crate::session::step::Step;
use crate::world::event::Event;
use crate::world::message::{Body, ChargeAnswer, Message, MessageId};
use crate::world::party::Party;

/// Something that can be known about a purchase and its buyer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Fact {
    /// The buyer's address.
    Email,
    /// The value by which a receipt knows its buyer.
    Identifier,
    /// The PIN.
    Pin,
    /// In which app something is bought.
    App,
    /// What is bought.
    Product,
    /// What it costs.
    Price,
    /// That it was paid for.
    Paid,
    /// That the money went back.
    TakenBack,
    /// The receipt itself.
    Receipt,
    /// That and when the app was opened.
    AppUsed,
    /// Everything that this buyer bought here.
    History,
}

/// How somebody came to know something.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Learned {
    /// The message that told it first; `None` for what a party knew before.
    pub message: Option<MessageId>,
    /// Its number, for people.
    pub number: u32,
    /// When it arrived.
    pub at: Time,
    /// How many messages told it.
    pub times: usize,
}

/// A sentence about what somebody has just learned and need not have.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Leak {
    /// The message that told it.
    pub message: MessageId,
    /// Its number, for people.
    pub number: u32,
    /// When it arrived.
    pub at: Time,
    /// What it means.
    pub sentence: String,
}

/// Parties by facts.
#[derive(Clone, Debug, Default)]
pub struct Knowledge {
    cells: BTreeMap<(Fact, Party), Learned>,
    leaks: Vec<Leak>,
}

impl Fact {
    /// All of them, in the order of the table.
    pub const ALL: [Self; 11] = [
        Self::Email,
        Self::Identifier,
        Self::AppUsed,
        Self::App,
        Self::Product,
        Self::Price,
        Self::Paid,
        Self::TakenBack,
        Self::Receipt,
        Self::Pin,
        Self::History,
    ];

    /// Its row in the table.
    #[must_use]
    pub fn label(self) -> &'static str {
        match self {
            Self::Email => "The buyer's email",
            Self::Identifier => "An identifier of the buyer",
            Self::Pin => "The PIN",
            Self::App => "In which app",
            Self::Product => "Which product",
            Self::Price => "The price",
            Self::Paid => "That it was paid",
            Self::TakenBack => "That the money went back",
            Self::Receipt => "The receipt",
            Self::AppUsed => "When the app is used",
            Self::History => "All that was bought here",
        }
    }

    /// Its name in reports.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Email => "email",
            Self::Identifier => "identifier",
            Self::Pin => "pin",
            Self::App => "app",
            Self::Product => "product",
            Self::Price => "price",
            Self::Paid => "paid",
            Self::TakenBack => "taken-back",
            Self::Receipt => "receipt",
            Self::AppUsed => "app-used",
            Self::History => "history",
        }
    }
}

impl Knowledge {
    /// What everybody knew before the first message: the buyer themselves, and the store with which they have an account.
    #[must_use]
    pub fn at_first(start: Time) -> Self {
        let mut knowledge = Self::default();
        let known = Learned { message: None, number: 0, at: start, times: 0 };
        for (fact, party) in [
            (Fact::Email, Party::Buyer),
            (Fact::Pin, Party::Buyer),
            (Fact::App, Party::Buyer),
            (Fact::App, Party::AppPage),
            (Fact::Email, Party::Marketplace),
            (Fact::Pin, Party::Marketplace),
        ] {
            knowledge.cells.insert((fact, party), known);
        }
        knowledge
    }

    /// What these steps have told.
    #[must_use]
    pub fn of(start: Time, steps: &[Arc<Step>]) -> Self {
        let mut knowledge = Self::at_first(start);
        for step in steps {
            knowledge.take(step);
        }
        knowledge
    }

    /// Adds what one step told.
    pub fn take(&mut self, step: &Step) {
        for event in &step.events {
            if let Event::Delivered { message } = event {
                self.hear(message);
            }
        }
    }

    /// How this party came to know this; `None` where it does not.
    #[must_use]
    pub fn learned(&self, fact: Fact, party: Party) -> Option<&Learned> {
        self.cells.get(&(fact, party))
    }

    /// Every cell that is filled.
    pub fn cells(&self) -> impl Iterator<Item = (Fact, Party, &Learned)> {
        self.cells.iter().map(|((fact, party), learned)| (*fact, *party, learned))
    }

    /// What was told that need not have been, oldest first.
    #[must_use]
    pub fn leaks(&self) -> &[Leak] {
        &self.leaks
    }

    fn hear(&mut self, message: &Arc<Message>) {
        for fact in facts(&message.body) {
            self.learn(*fact, message);
        }
        if let Some(receipt) = receipt_in(&message.body) {
            self.read_receipt(receipt, message);
        }
        if let Body::VerifyAsked { receipt, .. } = &message.body {
            let app = claims(receipt).map_or_else(|| "an app".to_owned(), |receipt| receipt.product.url);
            let at = message.due.human();
            self.leak(message, format!("The store now knows that {app} was opened at {at}"));
        }
        if let Body::ReissueAsked { .. } = &message.body {
            let at = message.due.human();
            self.leak(message, format!("The store now knows that the app was in use at {at}"));
        }
    }

    /// Whoever holds a receipt can read it: which app, which buyer, and that it was paid.
    fn read_receipt(&mut self, receipt: &str, message: &Arc<Message>) {
        let Some(receipt) = claims(receipt) else { return };
        for fact in [Fact::Receipt, Fact::App, Fact::Paid] {
            self.learn(fact, message);
        }
        if receipt.user.value != ANONYMOUS_USER {
            self.learn(Fact::Identifier, message);
        }
        if looks_like_identifier(&receipt.user.value) == Some(Recognisable::Email) {
            let is_new = self.learned(Fact::Email, message.to).is_none();
            self.learn(Fact::Email, message);
            if is_new {
                let party = message.to.label();
                self.leak(
                    message,
                    format!("The {} now knows the buyer's email, from the receipt", party.to_lowercase()),
                );
            }
        }
    }

    fn learn(&mut self, fact: Fact, message: &Arc<Message>) {
        let new = Learned { message: Some(message.id), number: message.number, at: message.due, times: 0 };
        self.cells.entry((fact, message.to)).or_insert(new).times += 1;
    }

    fn leak(&mut self, message: &Arc<Message>, sentence: String) {
        self.leaks.push(Leak { message: message.id, number: message.number, at: message.due, sentence });
    }
}

/// What a message tells whoever receives it, apart from what stands inside its receipt.
fn facts(body: &Body) -> &'static [Fact] {
    match body {
        Body::BuyClicked { .. }
        | Body::ReceiptRequested { .. }
        | Body::ReceiptClaimed { .. }
        | Body::BuyAnswered { .. }
        | Body::ReceiptHandedOver { .. } => &[Fact::Product],
        Body::BuyAsked { .. } | Body::StartAsked { .. } => &[Fact::App, Fact::Product],
        Body::PayCalled { .. } | Body::WindowOpened { .. } | Body::PriceShown { .. } => &[Fact::Product, Fact::Price],
        Body::PinEntered { .. } => &[Fact::Pin],
        Body::ChargeAsked { .. } => &[Fact::Price],
        Body::NoticeSent { .. } => &[Fact::Product, Fact::Price, Fact::Paid],
        Body::ChargeAnswered { answer: ChargeAnswer::Charged, .. }
        | Body::PaySettled { failure: None }
        | Body::WindowEnded { failure: None } => &[Fact::Paid],
        Body::AccessGranted { .. } => &[Fact::Product, Fact::Paid],
        Body::VerifyAsked { .. } | Body::ReissueAsked { .. } => &[Fact::AppUsed],
        Body::HistoryAnswered { .. } => &[Fact::History],
        Body::RefundAsked { .. } => &[Fact::Price, Fact::TakenBack],
        Body::RefundAnswered { .. } | Body::ChargebackReported { .. } => &[Fact::TakenBack],
        Body::ChargeAnswered { .. }
        | Body::PaySettled { .. }
        | Body::WindowEnded { .. }
        | Body::KeysAsked
        | Body::KeysAnswered { .. }
        | Body::StartAnswered { .. }
        | Body::BuyRefused { .. }
        | Body::PinRefused { .. }
        | Body::CancelPressed { .. }
        | Body::WindowClosed { .. }
        | Body::WindowAbandoned { .. }
        | Body::NoticeAnswered { .. }
        | Body::OwnerMailed { .. }
        | Body::StatusAsked { .. }
        | Body::StatusAnswered { .. }
        | Body::ReceiptSought { .. }
        | Body::ReceiptSupplied { .. }
        | Body::ReceiptDenied { .. }
        | Body::InstallAsked { .. }
        | Body::ReplaceAsked { .. }
        | Body::InstallAnswered { .. }
        | Body::ReceiptsAsked
        | Body::ReceiptsAnswered { .. }
        | Body::ReceiptJudged { .. }
        | Body::VerifyAnswered { .. }
        | Body::AccessRefused { .. }
        | Body::HistoryAsked
        | Body::ReissueAnswered { .. }
        | Body::WindowPosted { .. }
        | Body::KeyRotated { .. }
        | Body::HttpAnswered { .. }
        | Body::ProductsAsked { .. }
        | Body::ProductsAnswered { .. }
        | Body::TestReceiptAsked { .. }
        | Body::TestReceiptIssued { .. }
        | Body::StoreRefused { .. }
        | Body::ReceiptPlanted { .. } => &[],
    }
}

/// The receipt that a message carries.
fn receipt_in(body: &Body) -> Option<&str> {
    if let Body::StatusAnswered { receipt: Some(receipt), .. }
    | Body::ReceiptSupplied { receipt, .. }
    | Body::InstallAsked { receipt }
    | Body::ReplaceAsked { new: receipt, .. }
    | Body::VerifyAsked { receipt, .. }
    | Body::ReceiptHandedOver { receipt, .. }
    | Body::ReissueAsked { receipt }
    | Body::ReceiptPlanted { receipt, .. } = body
    {
        return Some(receipt);
    }
    if let Body::ReissueAnswered { answer, .. } = body { answer.receipt.as_deref() } else { None }
}

/// What a receipt says, by nobody's word but its own.
fn claims(receipt: &str) -> Option<Receipt> {
    Receipt::read(Chain::split(receipt).ok()?.receipt().unverified_claims_json().as_bytes()).ok()
}
