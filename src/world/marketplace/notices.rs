//! The notice desk: tells app servers that money came or went, until they say that they heard it.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::protocol::dial::AccountMatch;
use crate::protocol::id::{TransactionId, UserId};
use crate::protocol::notice::{
    Heard, NOTICE_RETRIES, NOTICE_RETRY_DELAY, NOTICE_TIMEOUT, Notice, NoticeKind, sign_notice,
};
use crate::protocol::request::{PayRequest, SimulationResult};
use crate::protocol::signing_key::SigningKey;
use crate::world::event::Event;
use crate::world::marketplace::ledger::{Charge, Delivery, Ledger, NOBODY, Transaction};
use crate::world::message::{Body, MessageId};
use crate::world::party::Party;
use crate::world::scene::Scene;
use crate::world::transaction::TransactionState;
use crate::world::wire::{Outbox, Reminder};

/// Posts notices, counts attempts, writes to owners who never answer.
#[derive(Clone, Debug)]
pub(crate) struct NoticeDesk {
    /// The secret shared with whoever signed the pay requests.
    key: SigningKey,
    /// What each payment was asked for with; a notice repeats it.
    requests: BTreeMap<TransactionId, Arc<PayRequest>>,
}

/// One delivery: of which notice, about which payment.
pub(crate) struct Subject<'a> {
    pub(crate) transaction: &'a TransactionId,
    pub(crate) kind: NoticeKind,
}

impl NoticeDesk {
    pub(crate) fn new(key: SigningKey) -> Self {
        Self { key, requests: BTreeMap::new() }
    }

    pub(crate) fn key(&self) -> &SigningKey {
        &self.key
    }

    pub(crate) fn take_key(&mut self, key: SigningKey) {
        self.key = key;
    }

    /// Remembers what a payment was asked for with.
    pub(crate) fn keep(&mut self, transaction: &TransactionId, request: PayRequest) {
        self.requests.insert(transaction.clone(), Arc::new(request));
    }

    /// Which notice a simulated payment asks for; `None` for a payment in earnest.
    pub(crate) fn simulated_result(&self, transaction: &TransactionId) -> Option<SimulationResult> {
        self.requests.get(transaction)?.request.simulate.as_ref().map(|simulation| simulation.result)
    }

    /// Posts a notice: the first time, or again.
    pub(crate) fn post(&self, scene: &Scene, ledger: &mut Ledger, subject: &Subject<'_>, out: &mut Outbox<'_>) {
        let kind = subject.kind;
        let Some(transaction) = ledger.find_mut(subject.transaction) else { return };
        let Some(request) = self.requests.get(&transaction.id) else { return };
        let id = &transaction.notice_id();
        let token = self.token(scene, transaction, kind, request);
        if transaction.delivery(kind).is_none() {
            transaction.notices.push(Delivery { kind, attempts: 0, is_acknowledged: false, is_given_up: false });
        }
        let Some(delivery) = transaction.delivery_mut(kind) else { return };
        delivery.attempts += 1;
        let attempt = delivery.attempts;
        let url = kind.target(&request.request).into();
        let body = Body::NoticeSent { transaction: id.clone(), kind, token, attempt, url };
        let message = out.send(Party::Marketplace, Party::AppServer, body);
        out.remind(NOTICE_TIMEOUT, Reminder::NoticeOverdue { transaction: id.clone(), kind, attempt, message });
    }

    /// An answer came. Only the right one counts; any other is as good as none.
    pub(crate) fn answered(
        scene: &Scene,
        ledger: &mut Ledger,
        subject: &Subject<'_>,
        answer: (u16, &str),
        out: &mut Outbox<'_>,
    ) {
        let Subject { transaction: id, kind } = *subject;
        let Some(transaction) = ledger.find_mut(id) else { return };
        let charge = transaction.charge;
        let Some(delivery) = transaction.delivery_mut(kind) else { return };
        let attempt = delivery.attempts;
        let is_waited_for = |reminder: &Reminder| {
            matches!(reminder, Reminder::NoticeOverdue { transaction, kind: of, attempt: number, .. }
                if transaction == id && *of == kind && *number == attempt)
        };
        // An answer after the time-out falls on deaf ears: the connection was closed.
        if !out.forget(is_waited_for) {
            return;
        }
        let (status, body) = answer;
        match scene.rules().notice.reading(status, body, id.as_str()) {
            Heard::Acknowledged => {
                delivery.is_acknowledged = true;
                let is_new = scene.setup.account == AccountMatch::MadeAtPostback && kind == NoticeKind::Postback;
                if is_new && transaction.buyer == UserId::from(NOBODY) {
                    transaction.buyer = scene.catalog.buyer.id.clone();
                    out.event(Event::AccountMade { transaction: transaction.id.clone() });
                }
            }
            Heard::GivenUp => delivery.is_given_up = true,
            Heard::Retried => Self::try_again((delivery, charge), subject, out),
        }
    }

    /// No answer came in time.
    pub(crate) fn overdue(ledger: &mut Ledger, subject: &Subject<'_>, message: MessageId, out: &mut Outbox<'_>) {
        let Subject { transaction: id, kind } = *subject;
        let Some(transaction) = ledger.find_mut(id) else { return };
        let charge = transaction.charge;
        let Some(delivery) = transaction.delivery_mut(kind) else { return };
        out.event(Event::TimedOut { message, after: NOTICE_TIMEOUT });
        Self::try_again((delivery, charge), subject, out);
    }

    fn try_again((delivery, charge): (&mut Delivery, Charge), subject: &Subject<'_>, out: &mut Outbox<'_>) {
        let (transaction, kind) = (subject.transaction.clone(), subject.kind);
        if delivery.attempts <= NOTICE_RETRIES {
            return out.remind(NOTICE_RETRY_DELAY, Reminder::NoticeAgain { transaction, kind });
        }
        delivery.is_given_up = true;
        let attempts = delivery.attempts;
        out.event(Event::NoticeGivenUp { transaction: transaction.clone(), attempts });
        // Nobody was ever written to about a simulation.
        if charge != Charge::Simulated {
            out.send(Party::Marketplace, Party::AppServer, Body::OwnerMailed { transaction, attempts });
        }
    }

    fn token(&self, scene: &Scene, transaction: &Transaction, kind: NoticeKind, request: &PayRequest) -> Arc<str> {
        let simulated = request.request.simulate.as_ref().and_then(|simulation| simulation.reason.as_deref());
        let is_reversal = transaction.state != TransactionState::Refunded;
        let reason = simulated.unwrap_or(if is_reversal { "reversal" } else { "refund" });
        let (id, price) = (transaction.notice_id(), (transaction.charge != Charge::Free).then_some(transaction.price));
        let now = scene.clock_of(Party::Marketplace);
        let notice = match kind {
            NoticeKind::Postback => Notice::postback(request, id.as_str(), price, now),
            NoticeKind::Chargeback => Notice::chargeback(request, id.as_str(), price, reason, now),
        };
        // A key that loaded signs; an empty token would be refused by whoever reads it.
        sign_notice(&notice, &self.key).unwrap_or_default().into()
    }
}
