//! The cast: the six parties and the wire between them, and how arrows, reminders and faults move them.
//!
//! Says how a thing that has begun goes on; what may be begun is for the commands to say.

use std::sync::Arc;

use crate::protocol::id::TransactionId;
use crate::protocol::time::Span;
use crate::world::app_page::AppPage;
use crate::world::app_server::AppServer;
use crate::world::buyer::Buyer;
use crate::world::device::Device;
use crate::world::event::Event;
use crate::world::fault::desk::FaultDesk;
use crate::world::fault::reach::Reach;
use crate::world::marketplace::Marketplace;
use crate::world::message::{Body, Crossing, Message, MessageId};
use crate::world::outside::Errands;
use crate::world::party::Party;
use crate::world::provider::Provider;
use crate::world::scene::Scene;
use crate::world::seat::Seat;
use crate::world::wire::{Due, Outbox, Reminder, Wire};

/// Everybody on the stage, what is on its way between them, and what shall go wrong with it.
#[derive(Clone, Debug)]
pub(crate) struct Cast {
    pub(crate) scene: Scene,
    pub(crate) wire: Wire,
    pub(crate) faults: FaultDesk,
    pub(crate) errands: Errands,
    pub(crate) buyer: Buyer,
    pub(crate) app_page: AppPage,
    pub(crate) device: Device,
    pub(crate) app_server: AppServer,
    pub(crate) marketplace: Marketplace,
    pub(crate) provider: Provider,
}

impl Cast {
    /// Delivers the next arrow with the brief answers that come back at the same instant.
    ///
    /// Where messages take time, a step runs on until an arrow arrives. Where they take none, as in live runs, it never leaves the
    /// moment of what is due next: a clock that follows the outside must not run ahead of it.
    pub(crate) fn step(&mut self, events: &mut Vec<Event>) {
        let Some(first) = self.wire.next_due() else {
            return events.push(Event::CommandIgnored { why: "Nothing is on its way" });
        };
        let is_prompt = self.scene.setup.latency <= Span::from_millis(0);
        while let Some(next) = self.wire.next_due() {
            if is_prompt && next > first.max(self.scene.now) {
                break;
            }
            let Some((due, what)) = self.wire.pop() else { break };
            self.scene.now = self.scene.now.max(due);
            match what {
                Due::Reminder(reminder) => {
                    self.remember(reminder, events);
                    // The app's looking again has no end: a step goes no further for its sake.
                    if self.wire.is_empty() {
                        break;
                    }
                }
                Due::Arrival(message) => {
                    self.deliver(&message, events);
                    if !self.wire.brief_answer_is_due(self.scene.now) {
                        return;
                    }
                }
            }
        }
        if events.is_empty() {
            events.push(Event::Waited { until: self.scene.now });
        }
    }

    /// Lets time pass, but never past something that is due.
    pub(crate) fn wait(&mut self, span: Span, events: &mut Vec<Event>) {
        let wanted = self.scene.now + span.max(Span::from_millis(0));
        let until = self.wire.next_due().map_or(wanted, |due| wanted.min(due)).max(self.scene.now);
        self.scene.now = until;
        events.push(Event::Waited { until });
    }

    /// Lets a party begin something, then delivers the arrow that it sent: what a person does is seen at once.
    pub(crate) fn act(&mut self, events: &mut Vec<Event>, begin: impl FnOnce(&mut Self, &mut Outbox<'_>)) {
        let (sent, told) = (self.wire.sent_count(), events.len());
        self.prepare(events, begin);
        if self.wire.sent_count() == sent {
            return;
        }
        // A fault may have let it wait, or come to nothing.
        if let Some(message) = self.take_punctual(MessageId(sent), events.get(told..).unwrap_or_default()) {
            self.scene.now = self.scene.now.max(message.due);
            self.deliver(&message, events);
        }
        while self.wire.brief_answer_is_due(self.scene.now) {
            let Some((_, Due::Arrival(answer))) = self.wire.pop() else { return };
            self.deliver(&answer, events);
        }
    }

    /// As [`act`](Self::act), for what begins at the simulated app page.
    pub(crate) fn at_page(&mut self, events: &mut Vec<Event>, begin: impl FnOnce(&mut Self, &mut Outbox<'_>)) {
        if self.scene.setup.seats.app_page == Seat::External {
            return events.push(Event::CommandIgnored { why: "The app page sits outside in this run: act there" });
        }
        self.act(events, begin);
    }

    /// Takes a message off its way if it is still due when its sender meant it to be.
    fn take_punctual(&mut self, id: MessageId, events: &[Event]) -> Option<Arc<Message>> {
        let sent = events.iter().find_map(|event| match_sent(event, id))?;
        let is_punctual = self.wire.find(id).is_some_and(|message| message.due == sent.due);
        if is_punctual { self.wire.take(id) } else { None }
    }

    /// Lets a party do something that sends nothing by itself.
    pub(crate) fn prepare(&mut self, events: &mut Vec<Event>, begin: impl FnOnce(&mut Self, &mut Outbox<'_>)) {
        let sent = self.wire.sent_count();
        let mut wire = std::mem::take(&mut self.wire);
        begin(self, &mut Outbox::new(self.scene.now, &mut wire, events));
        self.wire = wire;
        self.spoil_since(sent, events);
    }

    fn deliver(&mut self, message: &Arc<Message>, events: &mut Vec<Event>) {
        events.push(Event::Delivered { message: Arc::clone(message) });
        let is_leaving = self.leaves_the_stage(message);
        let sent = self.wire.sent_count();
        let out = &mut Outbox::new(self.scene.now, &mut self.wire, events);
        // The payment page lives on the device: when it ends there, the buyer sees it go.
        if let (Body::WindowEnded { .. }, Some(opening)) = (&message.body, message.answers) {
            self.buyer.lose_window(opening, out);
        }
        if is_leaving {
            self.errands.note(message);
        } else {
            self.hear(message, events);
        }
        self.at_faults(events, |faults, reach| faults.has_arrived(message.id, reach));
        self.spoil_since(sent, events);
    }

    /// Lets the party hear what arrived for it.
    fn hear(&mut self, message: &Arc<Message>, events: &mut Vec<Event>) {
        let out = &mut Outbox::new(self.scene.now, &mut self.wire, events);
        match message.to {
            Party::Buyer => self.buyer.handle(message, out),
            Party::AppPage => self.app_page.handle(&self.scene, message, out),
            Party::Device => self.device.handle(message, out),
            Party::AppServer => self.app_server.handle(&self.scene, message, out),
            Party::Marketplace => self.marketplace.handle(&self.scene, message, out),
            Party::Provider => {
                let is_covered = |transaction: &TransactionId| self.buyer.can_pay(transaction);
                self.provider.handle(&self.scene, message, &is_covered, out);
            }
        }
    }

    fn remember(&mut self, reminder: Reminder, events: &mut Vec<Event>) {
        let sent = self.wire.sent_count();
        let out = &mut Outbox::new(self.scene.now, &mut self.wire, events);
        match reminder {
            Reminder::Poll { transaction } => self.app_page.poll(&self.scene, &transaction, out),
            Reminder::CheckAgain => self.app_page.check_hourly(&self.scene, out),
            Reminder::Decide { transaction } => self.buyer.decide(&self.scene, &transaction, out),
            Reminder::AnswerOverdue { message } => self.app_page.overdue(&self.scene, message, out),
            Reminder::FaultEnds { fault } => self.at_faults(events, |faults, reach| faults.disarm(fault, reach)),
            Reminder::ChargeBack { transaction } => self.provider.charge_back(&transaction, out),
            Reminder::Settle { transaction } => self.provider.settle(&transaction, out),
            Reminder::AnswerNotice { notice, status, body } => self.app_server.answer_late(notice, status, body, out),
            Reminder::NoticeOverdue { transaction, kind, message, .. } => {
                self.marketplace.notice_overdue(&transaction, kind, message, out);
            }
            Reminder::NoticeAgain { transaction, kind } => {
                self.marketplace.post_again(&self.scene, &transaction, kind, out);
            }
            Reminder::WindowExpires { transaction } => self.marketplace.window_expires(&transaction, out),
        }
        self.spoil_since(sent, events);
    }

    /// Lets the armed faults look at everything that was sent since `before`.
    fn spoil_since(&mut self, before: u32, events: &mut Vec<Event>) {
        if self.faults.is_quiet() {
            return;
        }
        for id in before..self.wire.sent_count() {
            self.at_faults(events, |faults, reach| faults.look_at(MessageId(id), reach));
        }
    }

    /// Lets the fault desk work on the wire.
    pub(crate) fn at_faults(&mut self, events: &mut Vec<Event>, work: impl FnOnce(&mut FaultDesk, &mut Reach<'_>)) {
        let Self { scene, wire, faults, app_server, marketplace, device, .. } = self;
        work(faults, &mut Reach { now: scene.now, scene, wire, events, app_server, marketplace, device });
    }

    /// Whether this message goes to a program outside: for the stage it ends when it is delivered.
    pub(crate) fn leaves_the_stage(&self, message: &Message) -> bool {
        let setup = &self.scene.setup;
        message.crossing == Some(Crossing::Out) || setup.seats.is_outside(message.to, setup.is_hosted())
    }
}

/// The message, if this is its departure.
fn match_sent(event: &Event, id: MessageId) -> Option<&Arc<Message>> {
    if let Event::Sent { message } = event { Some(message).filter(|message| message.id == id) } else { None }
}
