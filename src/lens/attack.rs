//! Attacks as a run tells them: what stopped the cheat, or what he gained. Read from the events, never from the card.

use std::collections::BTreeSet;
use std::fmt;
use std::sync::Arc;

use serde::Serialize;

use crate::protocol::code::Code;
use crate::protocol::id::{ProductId, TransactionId};
use crate::protocol::money::Money;
use crate::protocol::notice_receiver::NoticeError;
use crate::protocol::pay_error::PayError;
use crate::protocol::verdict::ladder::Verdict;
use crate::session::attack::barrier::Barrier;
use crate::session::run::Session;
use crate::session::step::Step;
use crate::world::app_server::OrderState;
use crate::world::event::Event;
use crate::world::guard::Guard;
use crate::world::message::{Body, Message, MessageId};
use crate::world::party::Party;
use crate::world::refusal::Refusal;

/// What became of a cheat's attempt.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Reading {
    /// What stood in its way last, if anything did.
    pub stopped: Option<Stopped>,
    /// What the cheat has now and should not have.
    pub gains: Vec<Gain>,
}

/// A no that a cheat met.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Stopped {
    /// Which barrier it was, where it is one that can be switched off.
    pub barrier: Option<Barrier>,
    /// Who said it.
    pub by: Party,
    /// Why, in one sentence.
    pub sentence: &'static str,
    /// The historic code; empty where there is none.
    pub code: &'static str,
    /// The number of the message that was refused.
    pub message: Option<u32>,
    /// The same as the run knows it.
    #[serde(skip)]
    pub id: Option<MessageId>,
    /// After how many steps it was said.
    #[serde(skip)]
    pub step: usize,
}

/// One thing that a cheat has and should not have.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "gain", rename_all = "kebab-case")]
pub enum Gain {
    /// A product is open that nobody paid for in this run.
    Unpaid {
        /// Its name.
        product: String,
        /// What it costs.
        price: Money,
    },
    /// A product is open for less than it costs.
    Saved {
        /// Its name.
        product: String,
        /// The difference.
        price: Money,
    },
    /// A product is open though its money went back.
    Kept {
        /// Its name.
        product: String,
        /// What went back.
        price: Money,
    },
    /// Money moved more often than somebody clicked on Buy.
    TakenAgain {
        /// What was taken too much.
        price: Money,
    },
    /// The app's server counts an order as paid that nobody paid.
    Booked {
        /// Which product.
        product: String,
    },
}

impl Stopped {
    /// Who or what said it, and where: `Signature, message 17`.
    #[must_use]
    pub fn place(&self) -> String {
        let who = self.barrier.map_or_else(|| self.by.label(), Barrier::label);
        self.message.map_or_else(|| who.to_owned(), |number| format!("{who}, message {number}"))
    }
}

impl Reading {
    /// Reads what happened on the present branch from the step of this index on.
    #[must_use]
    pub fn of(session: &Session, from: usize) -> Self {
        let steps = session.past().get(from..).unwrap_or_default();
        Self { stopped: stopped(steps), gains: gains(session, steps) }
    }

    /// Whether the cheat has something that he should not have.
    #[must_use]
    pub fn is_through(&self) -> bool {
        !self.gains.is_empty()
    }

    /// The barrier that stopped it, where it was stopped by one that can be switched off.
    #[must_use]
    pub fn barrier(&self) -> Option<Barrier> {
        if self.is_through() { None } else { self.stopped.as_ref()?.barrier }
    }
}

/// The whole in one sentence, without the code.
impl fmt::Display for Reading {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.gains.as_slice(), &self.stopped) {
            ([], None) => f.write_str("Nothing stopped it, and nothing came of it"),
            ([], Some(stopped)) => f.write_str(stopped.sentence),
            ([first, ..], None) => write!(f, "Nothing stopped it: {first}"),
            // What was gained before somebody said no stays gained.
            ([first, ..], Some(stopped)) => write!(f, "It got through: {first}. Then: {}", stopped.sentence),
        }
    }
}

impl fmt::Display for Gain {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unpaid { product, price } => write!(f, "{product} is open, and nobody paid its {price}"),
            Self::Saved { product, price } => write!(f, "{product} is open for {price} less than it costs"),
            Self::Kept { product, price } => write!(f, "{product} is still open, though {price} went back"),
            Self::TakenAgain { price } => write!(f, "{price} were taken once more for one click on Buy"),
            Self::Booked { product } => write!(f, "the app's server counts {product} as paid, and nobody paid"),
        }
    }
}

/// The last verdict that kept a product closed; where there is none, the first refusal of any kind.
fn stopped(steps: &[Arc<Step>]) -> Option<Stopped> {
    let (mut judged, mut refused, mut arrived) = (None, None, None);
    let mut shown = BTreeSet::new();
    for step in steps {
        for event in &step.events {
            let at = Moment { arrived, step: step.index + 1 };
            if let Event::Delivered { message } = event {
                arrived = Some((message.id, message.number));
                if let Body::ReceiptJudged { verdict, .. } = &message.body {
                    let here = Moment { arrived, step: step.index + 1 };
                    judged = by_verdict(verdict, here).or(judged.filter(|_| !verdict.is_accepted()));
                }
            }
            if let Event::Sent { message } = event {
                note_page(message, &mut shown);
                refused = refused.or_else(|| repeated(message, &shown, at));
            }
            if let Event::Refused { by, refusal } = event {
                refused = refused.or_else(|| Some(by_refusal(*by, refusal, at)));
            }
        }
    }
    judged.or(refused)
}

/// When something was said, and after which arrival.
#[derive(Clone, Copy)]
struct Moment {
    arrived: Option<(MessageId, u32)>,
    step: usize,
}

impl Moment {
    fn stop(self, barrier: Option<Barrier>, by: Party, (sentence, code): (&'static str, &'static str)) -> Stopped {
        let (id, message) = (self.arrived.map(|(id, _)| id), self.arrived.map(|(_, number)| number));
        Stopped { barrier, by, sentence, code, message, id, step: self.step }
    }
}

fn by_verdict(verdict: &Verdict, at: Moment) -> Option<Stopped> {
    let failed = verdict.failed()?;
    let words = (failed.sentence(), failed.code.unwrap_or_default());
    Some(at.stop(Some(Barrier::Check(failed.check)), Party::AppPage, words))
}

fn by_refusal(by: Party, refusal: &Refusal, at: Moment) -> Stopped {
    let is = |sentence: &str| refusal.sentence == sentence;
    let guard = match by {
        Party::Marketplace if is(PayError::BadSignature.words().sentence) => Some(Guard::RequestSignature),
        Party::AppServer if is(NoticeError::BadSignature.words().sentence) => Some(Guard::NoticeSignature),
        Party::Buyer | Party::AppPage | Party::Device | Party::AppServer | Party::Marketplace | Party::Provider => None,
    };
    at.stop(guard.map(Barrier::Guard), by, (refusal.sentence, refusal.code))
}

/// Remembers the pages on which a price was shown.
fn note_page(message: &Message, shown: &mut BTreeSet<MessageId>) {
    if let Body::PriceShown { opening, .. } = &message.body {
        shown.insert(*opening);
    }
}

/// A payment page that ends well without having shown a price: its request had been paid before.
fn repeated(message: &Message, shown: &BTreeSet<MessageId>, at: Moment) -> Option<Stopped> {
    let opening = message.answers?;
    let is_repeated = matches!(message.body, Body::WindowEnded { failure: None }) && !shown.contains(&opening);
    is_repeated.then(|| {
        let words = ("This request was paid already, and is not charged again", "");
        at.stop(Some(Barrier::Guard(Guard::RequestOnce)), Party::Marketplace, words)
    })
}

fn gains(session: &Session, steps: &[Arc<Step>]) -> Vec<Gain> {
    let world = session.world();
    let mut gains: Vec<Gain> = Vec::new();
    for shelf in world.app_page().shelves().filter(|shelf| shelf.is_open) {
        gains.extend(open_gain(session, &shelf.product));
    }
    gains.extend(taken_again(steps));
    gains.extend(booked(session));
    gains
}

/// What is wrong with this product being open.
fn open_gain(session: &Session, product: &ProductId) -> Option<Gain> {
    let listed = session.world().catalog().product(product)?;
    let (name, price) = (listed.name.to_owned(), listed.price);
    let moved = |event: &Event| {
        if let Event::Charged { transaction, price } = event { Some((transaction.clone(), *price)) } else { None }
    };
    let returned = |event: &Event| {
        if let Event::Returned { transaction, price } = event { Some((transaction.clone(), *price)) } else { None }
    };
    let paid = sum(session, product, moved);
    let back = sum(session, product, returned);
    let cents = |minor| Money { minor, ..price };
    if paid > 0 && back >= paid {
        Some(Gain::Kept { product: name, price: cents(back) })
    } else if paid == 0 && price.minor > 0 {
        Some(Gain::Unpaid { product: name, price })
    } else if paid < price.minor {
        Some(Gain::Saved { product: name, price: cents(price.minor - paid) })
    } else {
        None
    }
}

/// What moved for this product in the whole run, in minor units.
fn sum(session: &Session, product: &ProductId, moved: impl Fn(&Event) -> Option<(TransactionId, Money)>) -> u64 {
    let events = session.past().iter().flat_map(|step| &step.events);
    let is_for = |id: &TransactionId| {
        session
            .world()
            .marketplace()
            .transactions()
            .iter()
            .any(|payment| payment.id == *id && payment.product == *product)
    };
    events.filter_map(moved).filter(|(id, _)| is_for(id)).map(|(_, price)| price.minor).fold(0, u64::saturating_add)
}

/// More charges than clicks on Buy.
fn taken_again(steps: &[Arc<Step>]) -> Option<Gain> {
    let (mut clicks, mut charges) = (0, Vec::new());
    for event in steps.iter().flat_map(|step| &step.events) {
        if let Event::Sent { message } = event {
            clicks += usize::from(matches!(message.body, Body::BuyClicked { .. }));
        }
        if let Event::Charged { price, .. } = event {
            charges.push(*price);
        }
    }
    charges.get(clicks..)?.first().map(|price| Gain::TakenAgain { price: *price })
}

/// An order that the app's server counts as paid, of which the store knows no paid payment.
fn booked(session: &Session) -> Option<Gain> {
    let world = session.world();
    let is_paid = |id: &TransactionId| {
        world.marketplace().transactions().iter().any(|payment| payment.order == *id && payment.completed.is_some())
    };
    let orders = world.app_server().orders().values();
    let order = orders.filter(|order| order.state == OrderState::Paid).find(|order| !is_paid(&order.transaction))?;
    let name = world.catalog().product(&order.product).map_or(order.product.as_str(), |product| product.name);
    Some(Gain::Booked { product: name.to_owned() })
}
