//! The fault desk: what is armed, how often it fired, and what it holds.

use std::sync::Arc;

use crate::protocol::id::{ProductId, TransactionId};
use crate::protocol::time::{Span, Time};
use crate::world::event::Event;
use crate::world::fault::act::Act;
use crate::world::fault::armed::{Armed, Fault, FaultId, MessageFault};
use crate::world::fault::pattern::Pattern;
use crate::world::message::{Message, MessageId};
use crate::world::wire::Wire;

/// By how much a message is late that comes when nobody waits for it any more: longer than any asker's patience.
const TOO_LATE: Span = Span::from_seconds(60);
/// How long a message lets itself be overtaken where nothing else arrives.
const OVERTAKEN_MAX: Span = Span::from_seconds(2);

/// Everything that shall go wrong in a run.
#[derive(Clone, Debug, Default)]
pub struct FaultDesk {
    armed: Vec<Armed>,
    count: u32,
    held: Vec<Held>,
    /// The messages that the next arrival overtakes.
    overtaken: Vec<MessageId>,
}

/// A message that waits until it is released.
#[derive(Clone, Debug)]
pub struct Held {
    /// The fault that holds it.
    pub by: FaultId,
    /// The message.
    pub message: Arc<Message>,
}

/// What a fault may reach into when it fires.
pub(crate) struct Reach<'a> {
    pub(crate) now: Time,
    pub(crate) wire: &'a mut Wire,
    pub(crate) events: &'a mut Vec<Event>,
    /// What a payment is for.
    pub(crate) product_of: &'a dyn Fn(&TransactionId) -> Option<ProductId>,
}

/// Reading.
impl FaultDesk {
    /// The armed faults, in the order in which they were armed.
    #[must_use]
    pub fn armed(&self) -> &[Armed] {
        &self.armed
    }

    /// The messages that are held, in the order in which they were caught.
    #[must_use]
    pub fn held(&self) -> &[Held] {
        &self.held
    }

    /// Whether no message can be hit.
    pub(crate) fn is_quiet(&self) -> bool {
        self.armed.is_empty()
    }
}

/// Arming.
impl FaultDesk {
    /// A desk with the faults that are armed from the start.
    pub(crate) fn new(faults: &[Fault], now: Time) -> Self {
        let mut desk = Self::default();
        for fault in faults {
            desk.enter(fault.clone(), now);
        }
        desk
    }

    /// Arms a fault. One that means a message that is already on its way hits it at once.
    pub(crate) fn arm(&mut self, fault: &Fault, reach: &mut Reach<'_>) {
        let id = self.enter(fault.clone(), reach.now);
        reach.events.push(Event::FaultArmed { fault: id });
        if let Fault::OnMessage(MessageFault { what: Pattern { message: Some(message), .. }, .. }) = fault {
            self.try_on(id, *message, reach);
        }
    }

    /// Takes a fault away. What it held goes on its way now, in the order in which it was caught.
    pub(crate) fn disarm(&mut self, id: FaultId, reach: &mut Reach<'_>) {
        let Some(index) = self.armed.iter().position(|armed| armed.id == id) else {
            return reach.events.push(Event::CommandIgnored { why: "No fault of this number is armed" });
        };
        self.armed.remove(index);
        reach.events.push(Event::FaultDisarmed { fault: id });
        let held: Vec<MessageId> = self.held.iter().filter(|held| held.by == id).map(|held| held.message.id).collect();
        for message in held {
            self.release(message, reach);
        }
    }

    /// Takes every fault away.
    pub(crate) fn clear(&mut self, reach: &mut Reach<'_>) {
        if self.armed.is_empty() {
            reach.events.push(Event::CommandIgnored { why: "No fault is armed" });
        }
        while let Some(first) = self.armed.first() {
            self.disarm(first.id, reach);
        }
    }

    /// Lets a held message go: it arrives now.
    pub(crate) fn release(&mut self, message: MessageId, reach: &mut Reach<'_>) {
        let Some(index) = self.held.iter().position(|held| held.message.id == message) else {
            return reach.events.push(Event::CommandIgnored { why: "No fault holds this message" });
        };
        let Held { message, .. } = self.held.remove(index);
        reach.events.push(Event::Released { message: Arc::clone(&message) });
        reach.wire.put_back(reach.now.max(message.due), message);
    }

    fn enter(&mut self, fault: Fault, now: Time) -> FaultId {
        self.count += 1;
        let id = FaultId(self.count);
        let (of, until) = match &fault {
            Fault::OnMessage(fault) => (fault.limit.most(), None),
            Fault::OnParty { span, .. } => (None, span.map(|span| now + span)),
        };
        self.armed.push(Armed { id, fault, matched: 0, used: 0, of, until });
        id
    }
}

/// Firing.
impl FaultDesk {
    /// Lets every armed fault look at this message, which has just been sent.
    pub(crate) fn look_at(&mut self, id: MessageId, reach: &mut Reach<'_>) {
        let armed: Vec<FaultId> = self.armed.iter().map(|armed| armed.id).collect();
        for fault in armed {
            self.try_on(fault, id, reach);
        }
    }

    /// Lets one fault look at a message, if it is still on its way.
    pub(crate) fn try_on(&mut self, fault: FaultId, id: MessageId, reach: &mut Reach<'_>) {
        let Some(message) = reach.wire.find(id).cloned() else { return };
        let Some(armed) = self.armed.iter_mut().find(|armed| armed.id == fault) else { return };
        let Fault::OnMessage(spoil) = &armed.fault else { return };
        if !spoil.what.admits(&message, reach.product_of) {
            return;
        }
        armed.matched += 1;
        if !spoil.limit.admits(armed.matched) {
            return;
        }
        armed.used += 1;
        let fired = Event::FaultFired {
            fault,
            message: Arc::clone(&message),
            act: spoil.act.word(),
            used: armed.used,
            of: armed.of,
            became: None,
        };
        tell(fired, id, reach.events);
        let act = spoil.act.clone();
        self.carry_out(&act, fault, message, reach);
    }

    fn carry_out(&mut self, act: &Act, fault: FaultId, message: Arc<Message>, reach: &mut Reach<'_>) {
        let id = message.id;
        match act {
            Act::Hold => {
                reach.wire.take(id);
                self.held.push(Held { by: fault, message });
            }
            Act::Delay(span) => reach.wire.postpone(id, *span),
            Act::Drop => drop(reach.wire.take(id)),
            Act::Duplicate => {
                let copy = reach.wire.copy(&message);
                reach.events.push(Event::Sent { message: copy });
            }
            Act::Reorder => {
                reach.wire.postpone(id, OVERTAKEN_MAX);
                self.overtaken.push(id);
            }
            Act::TimeOut => reach.wire.postpone(id, TOO_LATE),
            Act::Corrupt(_) | Act::Replace(_) | Act::Answer(_) => {}
        }
    }

    /// A message has arrived: what let itself be overtaken comes next.
    pub(crate) fn has_arrived(&mut self, id: MessageId, reach: &mut Reach<'_>) {
        if self.overtaken.is_empty() {
            return;
        }
        self.overtaken.retain(|overtaken| *overtaken != id);
        for overtaken in self.overtaken.drain(..) {
            if let Some(message) = reach.wire.take(overtaken) {
                reach.wire.put_back(reach.now, message);
            }
        }
    }
}

/// Tells it right after the departure of the message, where that is still to be seen.
fn tell(event: Event, id: MessageId, events: &mut Vec<Event>) {
    let is_departure = |event: &Event| matches!(event, Event::Sent { message } if message.id == id);
    match events.iter().rposition(is_departure) {
        Some(mut place) => {
            while matches!(events.get(place + 1), Some(Event::FaultFired { message, .. }) if message.id == id) {
                place += 1;
            }
            events.insert(place + 1, event);
        }
        None => events.push(event),
    }
}
