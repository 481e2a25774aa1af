//! Coverage: which messages, refusals, statuses and errors a run has met, out of all that there are.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde::Serialize;

use crate::protocol::client_error::{FxpayError, VerifierError};
use crate::protocol::code::Code;
use crate::protocol::device::{DeviceError, InstallError};
use crate::protocol::dial::Profile;
use crate::protocol::flow_failure::FlowFailure;
use crate::protocol::key_check::KeyCheckError;
use crate::protocol::mozpay::MozPayError;
use crate::protocol::notice_receiver::NoticeError;
use crate::protocol::pay_error::PayError;
use crate::protocol::store_answer::{Reason, Status, StoreAnswer};
use crate::protocol::verdict::check::Check;
use crate::protocol::verdict::ladder::Verdict;
use crate::session::step::Step;
use crate::world::event::Event;
use crate::world::kind::Kind;
use crate::world::message::{Body, Message, MessageId};
use crate::world::refusal::{Refusal, Stop};

/// A closed list of things that can be met.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum List {
    /// What can be said.
    Messages,
    /// Why a pay request is refused before anybody sees a price.
    PayRequests,
    /// How the payment window fails.
    PaymentFlow,
    /// With which names `mozPay` fails.
    MozPay,
    /// Why the device does not store a receipt.
    Install,
    /// Why the device does not install an app.
    AppInstall,
    /// Why an app's server refuses a notice.
    Notices,
    /// What a seller learns who has a key checked.
    KeyCheck,
    /// At which check a ladder ends.
    Checks,
    /// What the store answers for a receipt.
    Statuses,
    /// Why it calls one invalid.
    Reasons,
    /// What an app with fxpay was told.
    Fxpay,
    /// What an app with receiptverifier was told.
    Receiptverifier,
    /// Where history left no code of its own.
    Stops,
}

/// One thing that can be met.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Item {
    /// The list that it is on.
    pub list: List,
    /// Its historic name.
    pub code: &'static str,
    /// What it means; tells items apart that share a code.
    pub sentence: &'static str,
}

/// How often an item was met, and where first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Hit {
    /// How often.
    pub count: usize,
    /// The index of the step that met it first.
    pub step: usize,
    /// The message that met it first, by its id.
    #[serde(skip)]
    pub message: Option<MessageId>,
}

/// What has been met so far: by one run, or by several taken together.
#[derive(Clone, Debug, Default)]
pub struct Coverage {
    hits: BTreeMap<Item, Hit>,
}

impl List {
    /// All lists, in the order in which a purchase may meet them.
    pub const ALL: [Self; 14] = [
        Self::Messages,
        Self::PayRequests,
        Self::PaymentFlow,
        Self::MozPay,
        Self::Install,
        Self::AppInstall,
        Self::Notices,
        Self::KeyCheck,
        Self::Checks,
        Self::Statuses,
        Self::Reasons,
        Self::Fxpay,
        Self::Receiptverifier,
        Self::Stops,
    ];

    /// Its heading.
    #[must_use]
    pub fn label(self) -> &'static str {
        match self {
            Self::Messages => "Messages",
            Self::PayRequests => "Pay request refusals",
            Self::PaymentFlow => "Payment flow failures",
            Self::MozPay => "mozPay errors",
            Self::Install => "Receipt install errors",
            Self::AppInstall => "App install errors",
            Self::Notices => "Notice refusals",
            Self::KeyCheck => "Key check errors",
            Self::Checks => "Checks that refuse",
            Self::Statuses => "Store statuses",
            Self::Reasons => "Store reasons",
            Self::Fxpay => "Errors of fxpay",
            Self::Receiptverifier => "Errors of receiptverifier",
            Self::Stops => "Other stops",
        }
    }

    /// Everything that is on it.
    #[must_use]
    pub fn items(self) -> Vec<Item> {
        match self {
            Self::Messages => Kind::ALL.iter().map(|kind| Item::new(self, kind.name(), "")).collect(),
            Self::PayRequests => coded::<PayError>(self),
            Self::PaymentFlow => coded::<FlowFailure>(self),
            Self::MozPay => coded::<MozPayError>(self),
            Self::Install => coded::<DeviceError>(self),
            Self::AppInstall => coded::<InstallError>(self),
            Self::Notices => coded::<NoticeError>(self),
            Self::KeyCheck => coded::<KeyCheckError>(self),
            Self::Checks => Check::ALL.map(|check| Item::new(self, check.name(), check.label())).to_vec(),
            Self::Statuses => Status::ALL.map(|status| Item::new(self, status.as_str(), status.sentence())).to_vec(),
            Self::Reasons => Reason::ALL.map(|reason| Item::new(self, reason.code(), reason.sentence())).to_vec(),
            Self::Fxpay => coded::<FxpayError>(self),
            Self::Receiptverifier => coded::<VerifierError>(self),
            Self::Stops => coded::<Stop>(self),
        }
    }
}

impl Item {
    fn new(list: List, code: &'static str, sentence: &'static str) -> Self {
        Self { list, code, sentence }
    }
}

fn coded<C: Code>(list: List) -> Vec<Item> {
    let item = |reason: &C| Item::new(list, reason.words().code, reason.words().sentence);
    C::ALL.iter().map(item).collect()
}

impl Coverage {
    /// Nothing has been met.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// What these steps have met.
    #[must_use]
    pub fn of(steps: &[Arc<Step>]) -> Self {
        let mut coverage = Self::new();
        for step in steps {
            coverage.take(step);
        }
        coverage
    }

    /// Adds what one step has met.
    pub fn take(&mut self, step: &Step) {
        for event in &step.events {
            if let Event::Refused { refusal, .. } = event {
                self.refused(
                    refusal,
                    &[
                        List::PayRequests,
                        List::PaymentFlow,
                        List::Install,
                        List::Notices,
                        List::Fxpay,
                        List::Receiptverifier,
                        List::Stops,
                    ],
                    (step.index, None),
                );
            }
            if let Event::Delivered { message } = event {
                self.arrived(message, step.index);
            }
        }
    }

    /// Adds what another run has met.
    pub fn add(&mut self, other: &Self) {
        for (item, hit) in &other.hits {
            self.hits.entry(*item).and_modify(|own| own.count += hit.count).or_insert(*hit);
        }
    }

    /// How often this was met; `None` where it never was.
    #[must_use]
    pub fn hit(&self, item: &Item) -> Option<&Hit> {
        self.hits.get(item)
    }

    /// How many items of this list were met, and how many there are.
    #[must_use]
    pub fn count(&self, list: List) -> (usize, usize) {
        let items = list.items();
        (items.iter().filter(|item| self.hits.contains_key(item)).count(), items.len())
    }

    /// Everything that was met.
    pub fn met(&self) -> impl Iterator<Item = &Item> {
        self.hits.keys()
    }

    fn arrived(&mut self, message: &Arc<Message>, step: usize) {
        let at = (step, Some(message.id));
        self.note(Item::new(List::Messages, message.body.kind().name(), ""), at);
        if let Body::PaySettled { failure: Some(refusal) } = &message.body {
            self.refused(refusal, &[List::MozPay], at);
        }
        if let Body::InstallAnswered { error: Some(refusal) } = &message.body {
            self.refused(refusal, &[List::Install], at);
        }
        if let Body::WindowEnded { failure: Some(refusal) } = &message.body {
            self.told_by_window(refusal, at);
        }
        if let Body::ReceiptJudged { verdict, .. } = &message.body {
            self.said_by_client(verdict, at);
        }
        if let Body::ReceiptJudged { verdict, .. } = &message.body
            && let Some(rung) = verdict.failed()
        {
            self.note(Item::new(List::Checks, rung.check.name(), rung.check.label()), at);
        }
        if let Body::VerifyAnswered { answer } | Body::ReissueAnswered { answer, .. } = &message.body {
            self.answered(answer, at);
        }
    }

    /// What the payment flow says no to is an event already, unless somebody else answered in its place.
    fn told_by_window(&mut self, refusal: &Refusal, at: (usize, Option<MessageId>)) {
        let lists = [List::PayRequests, List::PaymentFlow];
        if !self.hits.keys().any(|item| lists.contains(&item.list) && item.code == refusal.code) {
            self.refused(refusal, &lists, at);
        }
    }

    /// What a historic client calls its verdict, whatever sentence the ladder has for it.
    fn said_by_client(&mut self, verdict: &Verdict, at: (usize, Option<MessageId>)) {
        let list = match verdict.profile() {
            Profile::Fxpay => List::Fxpay,
            Profile::Receiptverifier => List::Receiptverifier,
            Profile::Strict | Profile::Store => return,
        };
        let is_it = |item: &Item| Some(item.code) == verdict.code();
        if let Some(item) = list.items().into_iter().find(is_it) {
            self.note(item, at);
        }
    }

    fn answered(&mut self, answer: &StoreAnswer, at: (usize, Option<MessageId>)) {
        self.note(Item::new(List::Statuses, answer.status.as_str(), answer.status.sentence()), at);
        if let Some(reason) = answer.reason {
            self.note(Item::new(List::Reasons, reason.code(), reason.sentence()), at);
        }
    }

    /// A refusal does not say which list its code is from: the ones are asked that it can be from.
    fn refused(&mut self, refusal: &Refusal, lists: &[List], at: (usize, Option<MessageId>)) {
        for list in lists {
            let is_it = |item: &Item| item.code == refusal.code && item.sentence == refusal.sentence;
            if let Some(item) = list.items().into_iter().find(is_it) {
                return self.note(item, at);
            }
        }
    }

    fn note(&mut self, item: Item, (step, message): (usize, Option<MessageId>)) {
        self.hits.entry(item).and_modify(|hit| hit.count += 1).or_insert(Hit { count: 1, step, message });
    }
}

#[cfg(test)]
mod tests {
    use super::{Coverage, Item, List};

    #[test]
    fn no_item_stands_twice_on_its_list() {
        for list in List::ALL {
            let mut items = list.items();
            let count = items.len();
            items.sort_unstable();
            items.dedup();
            assert_eq!(items.len(), count, "{}", list.label());
            assert!(items.iter().all(|item: &Item| item.list == list));
        }
    }

    #[test]
    fn nothing_is_met_before_anything_happens() {
        for list in List::ALL {
            assert_eq!(Coverage::new().count(list), (0, list.items().len()));
        }
    }
}
