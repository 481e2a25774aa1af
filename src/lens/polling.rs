//! Polling: each purchase as a strip of polls, with the moment it was paid, and what came of the waiting.

use std::collections::BTreeMap;

use crate::lens::follower::Follower;
use crate::protocol::id::{ProductId, TransactionId};
use crate::protocol::time::Time;
use crate::session::run::Session;
use crate::world::World;
use crate::world::event::Event;
use crate::world::message::{Body, Message, MessageId};
use crate::world::party::Party;
use crate::world::transaction::TransactionState;

/// The purchases of the present branch up to the present place, kept up to date while the run grows. Never changes the session.
#[derive(Clone, Debug, Default)]
pub struct Polling {
    strips: Vec<Strip>,
    /// What was asked to be bought, by the message that asked.
    asked: BTreeMap<MessageId, ProductId>,
    follower: Follower,
}

/// One purchase that is waited for.
#[derive(Clone, Debug)]
pub struct Strip {
    /// The id in its status address.
    pub transaction: TransactionId,
    /// What is bought; `None` where a fault has hidden it.
    pub product: Option<ProductId>,
    /// When the waiting began, true time.
    pub began: Time,
    /// Every poll, in order.
    pub polls: Vec<Poll>,
    /// When the marketplace completed the payment.
    pub paid: Option<Time>,
    /// What ended the waiting, and when; `None` while it goes on.
    pub end: Option<(Time, Finish)>,
}

/// One poll.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Poll {
    /// 1 for the first.
    pub number: u32,
    /// The question.
    pub message: MessageId,
    /// Its number, as people say it.
    pub message_number: u32,
    /// When it was asked, true time.
    pub at: Time,
    /// What came back.
    pub said: Said,
}

/// What a poll came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Said {
    /// Nothing yet.
    Waiting,
    /// Not completed.
    Pending,
    /// Completed, and here is the receipt.
    Completed,
    /// Something that is no answer, with this HTTP status.
    Error(u16),
    /// Nothing, for as long as the app is patient.
    Nothing,
}

/// How the waiting ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Finish {
    /// The receipt came.
    Receipt,
    /// The app had asked as often as it wanted to.
    GaveUp,
    /// The payment failed, or a poll did and the app takes that for an end; with the historic code.
    Stopped(&'static str),
}

impl Polling {
    /// Reads what is new up to the present place.
    pub fn refresh(&mut self, session: &Session) {
        let past = session.past();
        let new = self.follower.beyond(past).unwrap_or_else(|| {
            *self = Self::default();
            past
        });
        for step in new {
            for event in &step.events {
                self.take(event, step.at, session.world());
            }
        }
        self.follower.reach(past);
    }

    /// The purchases, in the order in which they began.
    #[must_use]
    pub fn strips(&self) -> &[Strip] {
        &self.strips
    }

    fn take(&mut self, event: &Event, at: Time, world: &World) {
        match event {
            Event::Sent { message } => self.sent(message, at),
            Event::Delivered { message } => self.arrived(message, at),
            Event::TimedOut { message, .. } => self.answered(*message, Said::Nothing),
            Event::PollingGivenUp { transaction, .. } => {
                if let Some(strip) = self.open_mut(transaction) {
                    strip.end = Some((at, Finish::GaveUp));
                }
            }
            Event::TransactionChanged { transaction, to: TransactionState::Completed, .. } => {
                let payment = world.marketplace().transactions().iter().find(|one| one.id == *transaction);
                let order = payment.map_or(transaction, |payment| &payment.order);
                if let Some(strip) = self.strips.iter_mut().rfind(|strip| strip.transaction == *order) {
                    strip.paid = Some(at);
                }
            }
            Event::Refused { .. }
            | Event::TransactionChanged { .. }
            | Event::Waited { .. }
            | Event::Charged { .. }
            | Event::Returned { .. }
            | Event::ReceiptIssued { .. }
            | Event::AccessGranted { .. }
            | Event::AccessEnded { .. }
            | Event::BookedAgain { .. }
            | Event::NoticeGivenUp { .. }
            | Event::AppReopened
            | Event::AccountMade { .. }
            | Event::BuyerChanged { .. }
            | Event::ClockSkewed { .. }
            | Event::KeyRotated { .. }
            | Event::Unexpected { .. }
            | Event::FaultArmed { .. }
            | Event::FaultDisarmed { .. }
            | Event::FaultFired { .. }
            | Event::Released { .. }
            | Event::CommandIgnored { .. } => {}
        }
    }

    fn sent(&mut self, message: &Message, at: Time) {
        if let Body::BuyAsked { product, .. } = &message.body {
            self.asked.insert(message.id, product.clone());
        }
        if let Body::AccessRefused { product, refusal } = &message.body {
            self.refused(product, at, refusal.code);
        }
        let Body::StatusAsked { transaction, poll } = &message.body else { return };
        let Some(strip) = self.strips.iter_mut().rfind(|strip| strip.transaction == *transaction) else { return };
        // A client that kept the id takes the waiting up where it left off.
        strip.end = None;
        strip.polls.push(Poll {
            number: *poll,
            message: message.id,
            message_number: message.number,
            at: message.sent,
            said: Said::Waiting,
        });
    }

    fn arrived(&mut self, message: &Message, at: Time) {
        if message.to != Party::AppPage {
            return;
        }
        let asked = message.answers;
        if let Body::BuyAnswered { transaction, .. } = &message.body {
            self.strips.push(Strip {
                transaction: transaction.clone(),
                product: asked.and_then(|asked| self.asked.get(&asked)).cloned(),
                began: at,
                polls: Vec::new(),
                paid: None,
                end: None,
            });
        }
        let Some(asked) = asked else { return };
        if let Body::StatusAnswered { receipt, .. } = &message.body {
            self.answered(asked, if receipt.is_some() { Said::Completed } else { Said::Pending });
            if let Some(strip) = self.strips.iter_mut().find(|strip| strip.has(asked) && receipt.is_some()) {
                strip.end = Some((at, Finish::Receipt));
            }
        }
        if let Body::HttpAnswered { status, .. } = &message.body {
            self.answered(asked, Said::Error(*status));
        }
    }

    fn answered(&mut self, question: MessageId, said: Said) {
        let polls = self.strips.iter_mut().flat_map(|strip| &mut strip.polls);
        if let Some(poll) = polls.into_iter().find(|poll| poll.message == question) {
            poll.said = said;
        }
    }

    /// The app told the buyer no: it waits for this product no longer. A poll that is tried again tells nobody.
    fn refused(&mut self, product: &ProductId, at: Time, code: &'static str) {
        let waits = |strip: &&mut Strip| strip.end.is_none() && strip.product.as_ref().is_none_or(|own| own == product);
        if let Some(strip) = self.strips.iter_mut().rfind(waits) {
            strip.end = Some((at, Finish::Stopped(code)));
        }
    }

    fn open_mut(&mut self, transaction: &TransactionId) -> Option<&mut Strip> {
        self.strips.iter_mut().rfind(|strip| strip.transaction == *transaction && strip.end.is_none())
    }
}

impl Strip {
    fn has(&self, question: MessageId) -> bool {
        self.polls.iter().any(|poll| poll.message == question)
    }

    /// Whether the payment was completed and the app stopped waiting without the receipt.
    #[must_use]
    pub fn is_missed(&self) -> bool {
        self.paid.is_some() && matches!(self.end, Some((_, Finish::GaveUp | Finish::Stopped(_))))
    }

    /// Whether the buyer has paid, nobody waits any more, and the product is closed at the present place.
    #[must_use]
    pub fn is_orphaned(&self, world: &World) -> bool {
        let is_open = |product: &ProductId| world.app_page().shelf(product).is_some_and(|shelf| shelf.is_open);
        self.is_missed() && !self.product.as_ref().is_some_and(is_open)
    }

    /// The end of what there is to see: the last poll, the payment, or the end of the waiting.
    #[must_use]
    pub fn last_moment(&self) -> Time {
        let polls = self.polls.iter().map(|poll| poll.at);
        polls.chain(self.paid).chain(self.end.map(|(at, _)| at)).max().unwrap_or(self.began)
    }

    /// What came of it, in one sentence.
    #[must_use]
    pub fn sentence(&self, world: &World) -> String {
        let polls = match self.polls.len() {
            1 => "1 poll".to_owned(),
            count => format!("{count} polls"),
        };
        match self.end {
            None => format!("{polls} so far, the app goes on asking"),
            Some((_, Finish::Receipt)) => format!("The receipt came with poll {}", self.polls.len()),
            Some((_, Finish::GaveUp)) if self.is_orphaned(world) => {
                format!("Orphaned: paid, and after {polls} nobody asks any more")
            }
            Some((_, Finish::GaveUp)) if self.paid.is_some() => {
                format!("The app gave up after {polls}; the product came another way")
            }
            Some((_, Finish::GaveUp)) => format!("The app gave up after {polls}, and nothing was paid by then"),
            Some((_, Finish::Stopped(code))) => format!("The waiting ended after {polls} · {code}"),
        }
    }
}

impl Said {
    /// In a few words.
    #[must_use]
    pub fn label(self) -> String {
        match self {
            Self::Waiting => "waits for an answer".to_owned(),
            Self::Pending => "pending".to_owned(),
            Self::Completed => "completed, with the receipt".to_owned(),
            Self::Error(0) => "no connection".to_owned(),
            Self::Error(status) => format!("{status} instead of an answer"),
            Self::Nothing => "no answer in time".to_owned(),
        }
    }
}
